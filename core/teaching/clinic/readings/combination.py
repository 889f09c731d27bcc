"""`received an invalid combination of arguments`: which of the types given does not fit."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes

_TYPE: Final = re.compile(r"(?:(\w{1,30})=)?(tuple of \([^()]{0,200}\)|[\w.]{1,40})")
_LAZY: Final = ("generator", "map", "filter", "dict_values", "zip")
_SETTINGS: Final = ("stride", "padding", "dilation", "groups", "kernel_size", "output_padding")


def _types(text: str) -> tuple[tuple[str, str], ...]:
    """The arguments given, as (name or "", type), of the fullest list in the message."""
    _, found, after = text.rpartition("arguments have invalid types: (")
    if not found:
        _, found, after = text.rpartition(" - got (")
    return tuple(_TYPE.findall(_to_bracket(after).replace("!", "")))[:16] if found else ()


def _to_bracket(text: str) -> str:
    """The text up to the bracket that closes it."""
    depth = 1
    for place, character in enumerate(text[:400]):
        depth += (character == "(") - (character == ")")
        if not depth:
            return text[:place]
    return text[:400]


def _several(given: str) -> str:
    """What to say of a first argument that is several tensors."""
    if not given.startswith(("tuple", "list")):
        return ""
    count = given.count("Tensor")
    return (
        f"A {given[:5].strip()}"
        + (f" of {count} tensors" if count > 1 else "")
        + " came where one tensor is wanted: what comes before gives several values. Take the one you mean "
        "(`x = x[0]`, or `out, hidden = lstm(x)`), or call the layer for each of them in a loop."
    )


def _of_setting(types: tuple[tuple[str, str], ...]) -> str:
    """What to say of a setting of another type than it may have."""
    for name, given in types:
        if name in _SETTINGS and given in ("float", "tuple of (float, float)", "bool", "str", "Tensor"):
            cure = (
                f"`int({name})`, or `//` where it is computed" if "float" in given else "give a whole number"
            )
            return f"`{name}` is of type {given}, and a whole number is wanted: {cure}."
        if given.startswith("tuple of (bool"):
            return (
                "A True or False stands where a size such as the stride or the padding is wanted: arguments "
                "without a name are counted off by their place, so one too many or too few shifts the rest. "
                "Name them: `nn.Conv2d(16, 32, 3, padding=1, bias=True)`. (Versions before 1.9 took it for "
                "a 1 or a 0.)"
            )
        if given.startswith("tuple of (float"):
            return (
                "A size, such as the stride or the padding, is a fraction: `/` gives one in Python 3, "
                "so write `//` where it is computed, or `int(...)` around it."
            )
    return ""


def _size(message: str, text: str) -> str:
    """What to say of a size that is no whole number, or no tuple of them."""
    given = message.partition("not ")[2].split(" ")[0].strip(" .,'")[:40]
    if "size=" in text and given == "int":
        return "With its name, `size=` wants a tuple: `size=(n,)`, or leave the name out, `torch.zeros(n)`."
    cures = {"Tensor": "`int(n)` or `n.item()`", "float": "`int(n)`, or `//` where it is computed"}
    return f"A size is of type {given}: {cures[given]} makes a whole number of it." if given in cures else ""


def combination(found: Holes) -> str:
    """What to say of types that none of a function's forms takes."""
    text = found["text"]
    if "to() received an invalid" in text and "got (tuple" in text:
        return (
            "The device is a tuple: mostly there is a comma at the end of the line that sets it. Take it "
            "away."
        )
    if "cat received an invalid" in text and text.partition(" - got (")[2].startswith(_LAZY):
        return "`torch.cat` wants a list: `torch.cat(list(items))`."
    if "cat received an invalid" in text and not text.partition(" - got (")[2].startswith(("tuple", "list")):
        return "The tensors go in as one list: `torch.cat([a, b])`, not `torch.cat(a, b)`."
    if "cat received an invalid" in text:
        return (
            "`torch.cat` of an old PyTorch mostly says so where the parts are of different types: a tensor "
            "and a Variable, float and long. Make them one type, `x.float()`. Two tensors go in as one list: "
            "`torch.cat([a, b])`."
        )
    if "must be tuple of " in found["message"][:90] or "'size'" in found["message"][:60]:
        return _size(found["message"], text)
    if "keepdims=" in found["message"][:160]:
        return "`keepdims` is NumPy's name: here it is `keepdim=True`, and older versions know no other."
    if "keepdim=" in found["message"][:160] and "dim=int" not in found["message"][:160]:
        return "`keepdim` needs the dimension that it is to keep: `x.max(dim=1, keepdim=True)`."
    types = _types(text[text.rfind("received an invalid combination") :])
    if not types:
        return ""
    if types[0] == ("", "float") and "(Tensor input" in text:
        return (
            "A plain number came where a tensor is wanted: use `math` or Python's own `max`, `min` and `sum` "
            "for it, or make it a tensor, `torch.tensor(x)`."
        )
    if all(given in ("int", "float") for _, given in types) and ("", "float") in types:
        return (
            "A size is a fraction: `/`, and `math.floor` in Python 2, give one. Write `//` where it is "
            "computed, "
            "or `int(...)` around it" + (", in the call of the layer." if "nn." in text else ".")
        )
    layer = any(name in text for name in ("conv", "linear(", "layer_norm(", "batch_norm(", "embedding("))
    said = (_several(types[0][1]) if layer else "") or _of_setting(types)
    given = text.partition(" - got ")[2].partition(", but expected")[0][:120]
    return said or (f"What was given: {given}." if given else "")
