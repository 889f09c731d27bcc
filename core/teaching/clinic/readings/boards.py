"""NVIDIA's Jetson boards, whose CUDA is a part of their system."""

import re
from typing import Final

_JETSON: Final = re.compile(r"jetson|jetpack|\btegra|\bl4t\b", re.IGNORECASE)
"""What a text from such a board names."""
_SERVERS: Final = 12
"""The first CUDA for which there were wheels for other machines with ARM processors."""
_JETPACKS: Final = {
    "10.0": "JetPack 4.2 or 4.3",
    "10.2": "JetPack 4.4 to 4.6",
    "11.4": "JetPack 5",
    "12.2": "JetPack 6.0",
    "12.6": "JetPack 6.1 or 6.2",
}
"""Which versions of the system bring which CUDA."""
_NAMED: Final = re.compile(r"\bcuda[-/ ]{1,2}(\d{1,2}\.\d)", re.IGNORECASE)


def is_jetson(number: str, text: str) -> bool:
    """Whether a text in which PyTorch asks for a library of that version is from a Jetson."""
    old = number.partition(".")[0].isdigit() and int(number.partition(".")[0]) < _SERVERS
    return _JETSON.search(text) is not None or (old and "aarch64" in text)


def _called(number: str) -> str:
    return f"CUDA {number}" + (f" ({_JETPACKS[number]})" if number in _JETPACKS else "")


def jetson(name: str, number: str, text: str) -> str:
    """What to say where PyTorch on a Jetson asks for a library of another CUDA.

    Args:
        name: The library's file.
        number: The version in its name.
        text: The whole paste.
    """
    there = next((other for other in _NAMED.findall(text) if other != number), "")
    made = _called(number) if name.startswith("libcudart") else "another CUDA or cuDNN"
    return (
        "On a Jetson CUDA comes with the system, JetPack, and neither with pip nor with PyTorch. "
        f"`{name}` says that this wheel was made for {made}, and "
        + (f"the board has {_called(there)}" if there else "the board has another, or none")
        + ". Look whether it is there and only not found: `ls /usr/local/cuda*/lib64`, and that folder into "
        "`LD_LIBRARY_PATH`. If not, board and wheel have to be brought together: NVIDIA's wheel for the "
        "JetPack that is installed (`apt show nvidia-jetpack`), or an image with the JetPack that the wheel "
        "was made for. An image of another maker may have no JetPack at all, and wheels of pytorch.org are "
        "for other machines."
    )
