"""What messages of autograd say of a tensor that was overwritten, and of functions that break a rule."""

from typing import Final

from core.teaching.clinic.kind import Holes, sizes
from core.teaching.clinic.signs.autograd import STEP_BETWEEN
from core.teaching.clinic.signs.sign import read_signs

_KEEPS_RESULT: Final = (
    *("relubackward", "sigmoidbackward", "tanhbackward", "softmaxbackward", "logsoftmaxbackward"),
    *("expbackward", "sqrtbackward"),
)


def _is_kernel(shape: tuple[int, ...]) -> bool:
    """Whether a shape is that of a convolution's weights."""
    return len(shape) == 4 and shape[-1] == shape[-2] <= 11 and shape[-1] % 2 == 1


def _changed(found: Holes) -> str:
    if "s" not in found:
        return ""
    text = f"The tensor has shape [{found['s'].strip()}]"
    if "op" in found:
        text += f" and came out of `{found['op'].strip()[:40]}`"
    text += f"; it was changed {found['v']} time(s) where {found['w']} was expected."
    operation = found.get("op", "").lower()
    operation = operation.strip(" [(")
    if (
        operation.startswith(("tbackward", "asstridedbackward0"))
        or "accumulategrad" in operation
        or (
            not operation
            and ("is at version 2; expected version 1" in found["text"] or _is_kernel(sizes(found["s"])))
        )
    ):
        text += (
            " Such a tensor is often a weight. If it is, `optimizer.step()` ran between forward and backward "
            "(as in a GAN with two optimizers): run the forward pass again, or step after both backward "
            "passes."
        )
    elif operation.startswith(_KEEPS_RESULT):
        text += (
            " That operation needs its own result for the gradient: something wrote into its output, "
            "such as `x += y` after it: `x = x + y`."
        )
    return text


def overwritten(found: Holes) -> str:
    """What the message says of the tensor, after a step of an optimizer that stands beside it."""
    return " ".join(part for part in (read_signs((STEP_BETWEEN,), found["text"]), _changed(found)) if part)


def function(found: Holes) -> str:
    """Which rule of an `autograd.Function` the message is about."""
    if "save_for_backward" in found["message"]:
        return (
            "`ctx.save_for_backward` is for tensors; keep other things on `ctx` itself: `ctx.scale = scale`."
        )
    if "sharing storage" in found["message"]:
        return (
            "`forward` returned its input, or a view of it (a slice, a reshape): return a tensor of its own, "
            "`y.clone()`. Keep what `backward` needs with `ctx.save_for_backward`."
        )
    return f"`forward` has {found['a']} arguments, `backward` gave {found['b']}." if "a" in found else ""


def rectified(found: Holes) -> str:
    """A layer that works in place and was given a parameter."""
    lowered = found["text"].lower().replace(" ", "")
    if "relu" not in lowered or not ("inplace=true" in lowered or "relu_(" in lowered):
        return ""
    if "relu_(input)" in lowered:  # the frame of the traceback
        return (
            "A ReLU with `inplace=True` writes into what it is given, and here that is a leaf, such as a "
            "parameter: leave `inplace=True` out, `F.relu(self.weight)`."
        )
    return (
        "A ReLU with `inplace=True` writes into what it is given. If that is a parameter, or an input that "
        "requires a gradient, leave `inplace=True` out: `F.relu(self.weight)`."
    )


def not_a_number(found: Holes) -> str:
    """Which operation it is, and where its slope has no value."""
    name = found.get("f", "").strip()[:40]
    said = f"The operation is `{name}`." if name else ""
    if "orm" in name and "BatchNorm" not in name and "LayerNorm" not in name:
        said += (
            " A norm has no slope where what it measures is 0, and for p below 1 none at any single entry of "
            "0, as a ReLU leaves them: `(x.abs() + 1e-8).pow(p).sum().pow(1 / p)`, or p of 1 and more."
        )
    return said
