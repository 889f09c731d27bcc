"""Files of weights, in and out. What strangers send is read by nothing that runs or allocates first."""

from core.exchange.weights.reading import read_state_dict, read_weight_file, to_pth
from core.exchange.weights.safetensors_file import to_safetensors

__all__ = ["read_state_dict", "read_weight_file", "to_pth", "to_safetensors"]
