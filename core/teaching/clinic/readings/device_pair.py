"""Which of the tensors in a call is on which device, as the message names one of the call's arguments."""

import re
from typing import Final

_WEIGHTS: Final = "the network's weights"
_INPUT: Final = "the input"
_ARGUMENTS: Final = (
    ("index_select", {"self": _WEIGHTS, "index": _INPUT}),
    ("embedding", {"weight": _WEIGHTS, "indices": _INPUT}),
    ("addmm", {"self": _WEIGHTS, "mat1": _INPUT, "mat2": _WEIGHTS}),
    ("conv", {"input": _INPUT, "weight": _WEIGHTS, "bias": _WEIGHTS}),
    ("batch_norm", {"input": _INPUT, "weight": _WEIGHTS}),
    ("layer_norm", {"input": _INPUT, "weight": _WEIGHTS}),
    ("loss", {"self": "the output", "target": "the target"}),
    ("entropy", {"self": "the output", "target": "the target"}),
)
"""What the arguments of an operation are in a network, by a part of the operation's name."""


def placed(text: str) -> str:
    """Which tensor is on the CPU and which on the GPU; an empty text where the message does not tell."""
    old = re.search(
        r"Expected object of (?:device type|backend) \w{2,12} but got (?:device type|backend) "
        r"(\w{2,12}) for argument #\d{1,2} '(\w{2,20})' in call to (\w{2,60})",
        text,
        re.IGNORECASE,
    )
    if old:
        return _said(old[2], on=old[1], operation=old[3], other_is_cpu=True)
    new = re.search(
        r"at least two devices, ([\w:]{2,12}) and ([\w:]{2,12})! \(when checking argument for argument "
        r"(\w{2,20}) in method (\w{2,80})",
        text,
    )
    if new is None or ("index_select" in new[4] and "mbedding" not in text):  # which is also called by itself
        return ""
    return _said(new[3], on=new[2], operation=new[4], other_is_cpu=new[1] == "cpu")


def _said(argument: str, *, on: str, operation: str, other_is_cpu: bool) -> str:
    names = next((names for part, names in _ARGUMENTS if part in operation.lower()), {})
    what = names.get(argument, "")
    if not what:
        return ""
    is_cpu = on.lower() == "cpu"
    if not is_cpu and not other_is_cpu:  # two GPUs
        return ""
    if what == _WEIGHTS:
        return (
            "The network's weights are on the CPU and the input is on the GPU: `model.to(device)` is "
            "missing, or does not reach this layer (it is kept in a plain list, was made in `forward`, or is "
            "a tensor of your own)."
            if is_cpu
            else _not_moved(_INPUT)
        )
    if what == _INPUT:
        return (
            _not_moved(_INPUT)
            if is_cpu
            else "The input is on the GPU and the network's weights are on the CPU: `model.to(device)` is "
            "missing, or does not reach this layer (it is kept in a plain list, was made in `forward`, or is "
            "a tensor of your own)."
        )
    if what == "the target":
        return _not_moved("the target" if is_cpu else "the output")
    return _not_moved("the output" if is_cpu else "the target")


def _not_moved(what: str) -> str:
    if what == "the target":
        return "The labels are on the CPU and the output is on the GPU: `y = y.to(device)` is missing."
    if what == "the output":
        return (
            "The labels are on the GPU and the output is on the CPU: the model and its input are to be moved."
        )
    return (
        "The weights are on the GPU and the input of this layer is on the CPU: `X = X.to(device)` is missing "
        "(`X.to(device)` alone moves nothing), or a tensor is made anew in `forward`."
    )
