"""Data types that do not meet, or that an operation does not know."""

from typing import Final

from core.teaching.clinic.kind import Holes

_WHOLE: Final = ("long", "int", "short", "char", "byte", "bool")
_LONG: Final = 40
"""More characters no data type has."""


def pair(found: Holes) -> str:
    """Which two types do not meet, and which one has to change."""
    first, second = found.get("a", "").strip(" '\"."), found.get("b", "").strip(" '\".")
    second = second if len(second) <= _LONG else second.split()[0].strip("'\",.").partition("(")[0]
    if not first or not second or len(first) + len(second) > 2 * _LONG:
        return ""
    if first == second:
        return "The message does not say in what they differ: print `dtype` and `device` of both."
    text = f"One side is {first}, the other {second}."
    if "clamp_(" in found["text"]:
        return (
            f"{text} If it is the `clamp_`, it changes whole numbers in place, and its limits are fractions: "
            "`.long()` on the limits, or `x = x.clamp(...)` into a new tensor."
        )
    if "for sequence element" in found["message"]:
        return f"{text} Old versions join tensors of one type only: `.float()` on each before `torch.cat`."
    if "double" in second.lower() and "weight" in found["text"].lower() and "CrossEntropy" in found["text"]:
        return f"{text} If the loss has class weights, they came from NumPy as Double: `weights.float()`."
    if "TensorOptions(" in found["message"]:
        return (
            f"`torch.Tensor(x)` makes numbers of type {first}, and was given a tensor of {second}: write "
            "`x.float()`, or `torch.as_tensor(x, dtype=torch.float32)`, in its place."
        )
    if "backward(" in found["text"] and "expected dtype" in found["message"].lower():
        return (
            f"{text} It shows in `backward()`, so it is mostly the loss: the network's output and the target "
            "are of different types. Make them one, `loss_fn(output, target.to(output.dtype))`, or "
            "everything `.float()`."
        )
    if "double" in (first + second).lower() or "float64" in (first + second).lower():
        text += " Double is NumPy's usual type: mostly that side came from an array, and needs `.float()`."
    elif "byte" in (first + second).lower() or "unsigned char" in (first + second).lower():
        text += " Byte (uint8) is mostly raw pixels: `.float() / 255`, or `ToTensor()`."
    elif "half" in (first + second).lower():
        text += " Half (float16) is one side only: convert both, or use `torch.autocast`."
    return text


def operation(found: Holes) -> str:
    """Which operation has no version for a type."""
    name, dtype = found["a"], found["b"].split(" ")[0].strip("'\"")
    text = f"The operation `{name.strip()[:60]}` has no version for {dtype.strip()[:30]}."
    dtype = dtype.lower()
    if "half" in dtype and "cuda" in name:
        text += (
            " Take `.float()` for this step, and `.half()` after it; under `autocast`, switch it off there."
        )
    elif "half" in dtype:
        text += (
            " Half precision is made for GPUs: on the CPU use `.float()`, or "
            "`torch.autocast('cpu')`, which takes bfloat16."
        )
    elif "bfloat16" in dtype:
        text += " Take `.float()` for this step; newer versions know more operations for bfloat16."
    elif "complex" in dtype:
        text += " The numbers are complex: `x.abs()` or `x.real` gives real ones."
    elif any(loss in name for loss in ("binary_cross_entropy", "mse", "l1", "bce", "huber")):
        text += (
            " This loss takes fractions on both sides: `labels.float()`. The network's output is whole "
            "numbers as well if `argmax` or `.long()` came before: leave that out."
        )
    elif any(loss in name for loss in ("nll_loss", "cross_entropy")) and "long" not in dtype:
        text += " Here it is the labels that have the wrong type: class numbers have to be `.long()`."
    elif "argmax(" in found.get("text", ""):
        text += (
            " Here it wants floating-point numbers. If the values come from `argmax`, `.float()` silences "
            "the message and nothing learns: give the scores, with `nn.CrossEntropyLoss` the positions as "
            "labels."
        )
    elif any(whole in dtype for whole in _WHOLE):
        text += " Here it wants floating-point numbers: `.float()` on the values that were whole numbers."
    elif any(bits in name for bits in ("bitwise", "shift", "gcd", "lcm")):
        text += " It is for whole numbers and bools: `.long()`, or a comparison such as `x > 0`."
    return text


def unsupported(found: Holes) -> str:
    """What to do where an operation has no version for a type."""
    if "with a bool tensor" in found["message"] or "two bool tensors" in found["message"]:
        return (
            "Comparisons give bool tensors since PyTorch 1.2, and those know no minus: `~mask` in place of "
            "`1 - mask`, and `a ^ b` (where they differ) in place of `a - b`."
        )
    if "integer division of tensors" in found["message"].lower():
        return (
            "Both sides are whole numbers, and one of them is a tensor, such as a count of correct answers. "
            "Take it out of the tensor, `correct.item() / total`, or divide as fractions, "
            "`correct.float() / total`. Newer versions of PyTorch divide so by themselves."
        )
    before, half, _ = found["text"].rpartition(" not implemented for 'Half'")
    if half:
        name = before.split()[-1].strip("\"'")[-40:]
        if "cuda" in name:
            return operation({"a": name, "b": "'Half'"})
        return (
            f"Your version has no `{name}` for half precision on the CPU. Take float32, `model.float()` and "
            "`x.float()` (load without `torch_dtype=torch.float16`), or compute on a GPU; if you meant to, "
            "the model or the input is still on the CPU."
        )
    return operation({"a": "mean", **found}) if "b" in found else ""
