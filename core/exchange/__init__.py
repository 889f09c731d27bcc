"""What comes in and goes out as files: weights, scripts, notebooks, bundles, cards."""

from core.exchange.onnx import check_onnx, to_onnx
from core.exchange.script import about_digits, to_loading_script, to_notebook, to_script
from core.exchange.weights import read_state_dict

__all__ = [
    "about_digits",
    "check_onnx",
    "read_state_dict",
    "to_loading_script",
    "to_notebook",
    "to_onnx",
    "to_script",
]
