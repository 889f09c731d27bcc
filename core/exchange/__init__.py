"""What comes in and goes out as files: weights, scripts, notebooks, bundles, cards."""

from core.exchange.script import about_digits, check_onnx, to_notebook, to_onnx, to_script
from core.exchange.weights import read_state_dict

__all__ = ["about_digits", "check_onnx", "read_state_dict", "to_notebook", "to_onnx", "to_script"]
