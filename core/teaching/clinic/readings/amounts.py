"""Amounts of memory in a message of a full GPU: what was asked for, what is in use and what others hold."""

import re
from typing import Final

_UNITS: Final = {
    "gib": 1.0,
    "gb": 1.0,
    "mib": 1 / 1024,
    "mb": 1 / 1024,
    "kib": 1 / 1024**2,
    "bytes": 1 / 1024**3,
}
_AMOUNT: Final = r"([\d.]{1,12}) ?(GiB|GB|MiB|MB|KiB|bytes)"
_WORDINGS: Final = {
    "asked": (rf"Tried to allocate {_AMOUNT}",),
    "total": (rf"{_AMOUNT} total capacity", rf"total capacity of {_AMOUNT}"),
    "used": (rf"{_AMOUNT} already allocated", rf"{_AMOUNT} is allocated by PyTorch"),
    "free": (rf"{_AMOUNT} free", rf"of which {_AMOUNT} is free"),
    "held": (rf"{_AMOUNT} reserved in total",),
    "idle": (
        rf"{_AMOUNT} cached",
        rf"{_AMOUNT} is reserved by PyTorch but unallocated",
    ),
}
"""How each amount is written, in newer and older messages."""
_PLENTY: Final = 1.0
"""GiB from which on a part of the card is worth a word."""
_MOST: Final = 0.4
"""The share of the card that others have to hold to be at fault: CUDA itself and the screen hold some."""


def amounts(message: str) -> str:
    """What the numbers tell, the most telling first."""
    given = {name: _read(message, wordings) for name, wordings in _WORDINGS.items()}
    asked, total, used, free = (given[name] for name in ("asked", "total", "used", "free"))
    if asked is None:
        return ""
    wanted = re.search(_WORDINGS["asked"][0], message, re.IGNORECASE)
    said = f"It asked for {wanted[1]} {wanted[2]} more." if wanted else ""
    if total is None or used is None:
        return said
    held = given["held"] if given["held"] is not None else used + (given["idle"] or 0.0)
    idle = held - used
    others = total - held - free if free is not None else total - held if held < total / 4 else 0.0
    if free is not None and free > asked + _PLENTY / 2:
        return said + (
            f" {_written(free)} are said to be free, so it would fit: mostly another process takes memory at "
            "times (`nvidia-smi` while it runs shows it), or a limit was set for this one. Restart what "
            "holds the GPU, and try a smaller batch."
        )
    if others > total * _MOST:
        return said + (
            f" Of the card's {_written(total)} PyTorch has {_written(held)} here: others hold the rest, "
            f"about {_written(others)}, mostly other processes, which `nvidia-smi` shows (or another library "
            "in this one, as TensorFlow). End them, or take another card with `CUDA_VISIBLE_DEVICES`."
        )
    if idle > max(total / 4, asked, _PLENTY):
        return said + (
            f" PyTorch holds {_written(held)}, of which {_written(used)} are in use: the rest is in pieces "
            "too small for it. Set `PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True` (before PyTorch 2.1 "
            "`max_split_size_mb:128`) before Python starts, keep the batches' sizes equal, and `del outputs, "
            "loss` at the end of each step."
        )
    if asked > max(total / 3, _PLENTY):
        return said + (
            " That is one piece, mostly a single tensor, so it is huge: a smaller batch, or, if that is 1 "
            "already, smaller "
            "pictures or crops or shorter texts. If they are small: a broadcast of (n, 1) with (n)."
        )
    return said


def _read(message: str, wordings: tuple[str, ...]) -> float | None:
    """The first amount of that name, in GiB; None if there is none."""
    for wording in wordings:
        match = re.search(wording, message, re.IGNORECASE)
        if match:
            return float(match[1].rstrip(".") or 0) * _UNITS[match[2].lower()]
    return None


def _written(gibibytes: float) -> str:
    return f"{gibibytes:.1f} GiB" if gibibytes >= 1 else f"{gibibytes * 1024:.0f} MiB"
