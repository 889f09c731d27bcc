"""A network as ONNX, for programs other than PyTorch."""

import copy
import importlib.util
import tempfile
from pathlib import Path

import torch

from core.errors import CheckpointError
from core.training.trained_model import TrainedModel


def check_onnx() -> None:
    """Check that networks can be exported to ONNX here.

    Raises:
        CheckpointError: The optional packages `onnx` and `onnxscript` are not installed.
    """
    if importlib.util.find_spec("onnx") is None or importlib.util.find_spec("onnxscript") is None:
        raise CheckpointError(
            "ONNX export needs two optional packages on the server: pip install onnx onnxscript."
        )


def to_onnx(model: TrainedModel) -> bytes:
    """A network as ONNX: input `images` (N x 1 x 28 x 28), output `logits` (N x 10).

    Args:
        model: The network.

    Raises:
        CheckpointError: The optional packages `onnx` and `onnxscript` are not installed.
    """
    check_onnx()
    program = torch.onnx.export(
        copy.deepcopy(model.module),  # visitors share the original
        (torch.zeros(2, 1, 28, 28),),
        input_names=["images"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("n")},),
        dynamo=True,
        verbose=False,
    )
    if program is None:  # its type allows it; it does not happen
        raise CheckpointError("PyTorch did not export this network to ONNX.")
    with tempfile.TemporaryDirectory() as folder:  # the exporter writes to paths only
        path = Path(folder) / "model.onnx"
        program.save(path, external_data=False)
        return path.read_bytes()
