"""Files of weights, in and out. What strangers send is read by nothing that runs or allocates first."""

from core.exchange.weights.weights import read_state_dict, read_weight_file, to_pth, to_safetensors

__all__ = ["read_state_dict", "read_weight_file", "to_pth", "to_safetensors"]
