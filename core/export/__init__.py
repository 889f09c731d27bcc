"""A run as code to take home: a script and a notebook that give the same numbers."""

from core.export.script import about_digits, check_onnx, to_notebook, to_onnx, to_script

__all__ = ["about_digits", "check_onnx", "to_notebook", "to_onnx", "to_script"]
