"""Names that came with some version of PyTorch or torchvision."""

from typing import Final

SINCE: Final = {
    **dict.fromkeys(("ToPureTensor", "tv_tensors", "ToImage", "CutMix", "MixUp"), "torchvision 0.16"),
    **dict.fromkeys(("compile", "set_default_device", "vmap"), "PyTorch 2.0"),
    **dict.fromkeys(("inference_mode", "Mish"), "PyTorch 1.9"),
    **dict.fromkeys(("SiLU", "Unflatten"), "PyTorch 1.7"),
}
"""Names that are newer than many installations, and which version brought them."""
