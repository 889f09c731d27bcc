"""Names that came with some version of PyTorch or torchvision."""

from typing import Final

SINCE: Final = {
    **dict.fromkeys(
        ("ToPureTensor", "ToImage", "CutMix", "MixUp"), ("torchvision.transforms.v2", "torchvision 0.16")
    ),
    "tv_tensors": ("torchvision", "torchvision 0.16"),
    **dict.fromkeys(("compile", "set_default_device", "vmap"), ("torch", "PyTorch 2.0")),
    "inference_mode": ("torch", "PyTorch 1.9"),
    "Mish": ("torch.nn", "PyTorch 1.9"),
    **dict.fromkeys(("SiLU", "Unflatten"), ("torch.nn", "PyTorch 1.7")),
}
"""Names that are newer than many installations, the module where they are, and which version brought them."""
