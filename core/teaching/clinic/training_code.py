"""What pasted lines of a training loop show: each function looks for one thing, and says it or nothing."""

import re
from typing import Final

from core.teaching.clinic.pasted_code import PastedCode

_LARGE: Final = 0.05
"""A learning rate with which many networks learn nothing at all."""
_RATE: Final = re.compile(
    r"\b(?:cur_)?(?:lr|learning[ _]rate)\b[ :=`(]{0,4}(0?\.\d{1,8}|\d{1,3})\b", re.IGNORECASE
)
_INNOCENT: Final = re.compile(
    r"\b(?:print|running|total|acc|accuracy|correct|append|metric|confusion|plot|log|writer|assert|np\.mean)"
    r"|[+*/-]=|\.grad\b"
)
"""What marks a line that only reports."""
_CUTS: Final = (
    (r"\bloss\w{0,20}(?:\.data)?\.requires_grad(?:_\(| ?= ?True)", "only hides that the loss is cut off"),
    (
        r"^(?:with torch\.(?:no_grad\(\)|inference_mode)|@torch\.no_grad|torch\.set_grad_enabled\(False)",
        "switches gradients off for what is below it",
    ),
    (
        r"requires_grad(?: ?= ?False|_\(False\))",
        "freezes weights: if it is all of them, nothing is left to learn",
    ),
)
"""Lines that cut a graph, and what each does."""
_VALUES: Final = (
    (
        r"\bloss\w{0,20}\.(?:item|detach|data|numpy)\b"
        r"|^\w{0,20}loss\w{0,20} ?=.{1,100}\.(?:item|detach|data)\b",
        "cuts the loss off from its graph",
    ),
    (
        r"\b(?:torch\.(?:tensor|Tensor|FloatTensor|as_tensor)|Variable)\([^()]{0,40}(?:loss|pred|output|logit)",
        "makes a new tensor of the values, without their graph",
    ),
    (
        r"argmax\(|\.max\([^()]{0,20}\)\[1\]|torch\.max\([^()]{0,40}\)\[1\]|\.indices\b",
        "gives positions, which have no gradient",
    ),
    (r"\.(?:detach|numpy|tolist)\(|\w\.data\b(?!\.)", "cuts the graph"),
    (
        r"torch\.round\(|\.round\(|torch\.sign\(|\.(?:long|int|bool|byte)\(\)",
        "gives steps, which have no slope",
    ),
    (r"[\w)\]] ?(?:>=?|<=?|==) ?0?\.\d", "is a comparison, which has no slope"),
)
"""Expressions that do, on the right of an equals sign."""


def softmax_twice(code: PastedCode) -> str:
    """A softmax before a loss that contains one."""
    text = code.text
    if "softmax(" in text and "log_softmax" not in text and "crossentropyloss" in text:
        return (
            "There is a softmax, and `CrossEntropyLoss` contains one: give it the raw scores, without yours."
        )
    if re.search(r"softmax\(.{0,400}cross_entropy\(", code.joined, re.DOTALL) and "log_softmax" not in text:
        return "There is a softmax, and `cross_entropy` contains one: give it the raw scores, without yours."
    if re.search(r"sigmoid\(", code.joined) and "bcewithlogits" in text:
        return (
            "There is a sigmoid, and `BCEWithLogitsLoss` contains one: give it the raw scores, without yours."
        )
    return ""


def before_logarithm(code: PastedCode) -> str:
    """A logarithm of probabilities, or its absence."""
    text = code.text
    if re.search(r"(?<!_)\blog\(", text) and "softmax" in text and "log_softmax" not in text:
        return (
            "The logarithm of a softmax is minus infinity where a probability rounds to 0: `log_softmax`, or "
            "`CrossEntropyLoss` on the raw scores."
        )
    if ("nllloss" in text or "nll_loss" in text) and "softmax(" in text.replace("logsoftmax(", "").replace(
        "log_softmax(", ""
    ):
        return (
            "`NLLLoss` takes logarithms of probabilities, and there is a plain softmax before it: "
            "`log_softmax`, or `CrossEntropyLoss` on the raw scores."
        )
    return ""


def backward_alone(code: PastedCode) -> str:
    """Gradients that nobody sets to zero."""
    if "backward()" not in code.text or "zero" in code.text:
        return ""
    return (
        "The lines show `backward()` and nothing that sets the gradients to zero. If nothing else does, they "
        "add up from step to step: `optimizer.zero_grad()`, or `w.grad.zero_()` without an optimizer, in "
        "every step."
    )


def zeroed_after_backward(code: PastedCode) -> str:
    """Gradients that are zeroed before they are used."""
    places = [_place(code, word) for word in (".backward(", "zero_grad(", ".step(")]
    if min(places) < 0 or not places[0] < places[1] < places[2]:
        return ""
    return (
        "`zero_grad()` stands between `backward()` and `step()`, so every step is made with gradients of 0: "
        "put it before `backward()`."
    )


def _place(code: PastedCode, word: str) -> int:
    return next((number for number, line in enumerate(code.lines) if word in line), -1)


def no_step(code: PastedCode) -> str:
    """A loop without `step()`."""
    if ".backward(" not in code.joined or "zero_grad(" not in code.joined or "step" in code.text:
        return ""
    return "The lines show `backward()` and no `optimizer.step()`: without it no weight ever changes."


def large_rate(code: PastedCode) -> str:
    """A learning rate that is large for most networks."""
    told = _RATE.search(code.text)
    if told is None or float(told[1]) < _LARGE or "adam" in code.text:
        return ""
    return f"The text names a learning rate of {told[1]}: try a tenth of it first."


def one_output(code: PastedCode) -> str:
    """Cross-entropy over a single output."""
    last = [line for line in code.lines if "nn.Linear(" in line][-1:]
    if (
        not last
        or "crossentropyloss" not in code.text
        or not re.search(r"nn\.Linear\([^()]{1,60}, ?1\)", last[0])
    ):
        return ""
    return (
        "The last layer has one output, and cross-entropy over one output is always 0: two outputs, or "
        "`BCEWithLogitsLoss` with labels as `float`."
    )


def clipped_by_relu(code: PastedCode) -> str:
    """A ReLU on the scores."""
    found = code.first(re.compile(r"^return .{0,10}relu\(self\.\w{1,30}\("))
    if found is None:
        return ""
    return (
        f"`{found[0]}...` puts a ReLU on the scores, which cuts off all that are negative: return them as "
        "they are."
    )


def other_dimension(code: PastedCode) -> str:
    """A softmax or argmax along the batch."""
    found = code.first(
        re.compile(r"(?:softmax|argmax|torch\.max)\((?:[\w.]{1,30}, ?)?(?:dim ?= ?|axis ?= ?)?0\)")
    )
    if found is None:
        return ""
    return (
        f"`{found[0]}` works along dimension 0, the samples of the batch, if the output has shape "
        "(batch, classes): the classes are `dim=1`."
    )


def cut_off(code: PastedCode) -> str:
    """What takes the loss out of its graph."""
    lines = tuple(line for line in code.lines if not _INNOCENT.search(line))
    values = tuple(line for line in lines if "=" in line)
    cuts = [(pattern, does, lines) for pattern, does in _CUTS]
    for pattern, does, among in (*cuts[:1], *((*value, values) for value in _VALUES), *cuts[1:]):
        line = next((line for line in among if re.search(pattern, line)), "")
        if line:
            return f"`{line[:100]}` {does}. If the loss comes from it, that is the place."
    made = re.search(r"torch\.(?:tensor|rand|randn|ones|zeros|arange|linspace)\(", code.joined)
    if made and "requires_grad" not in code.text and not re.search(r"nn\.|model|net|parameter", code.text):
        return "No tensor in your lines is made with `requires_grad=True`, so there is nothing to learn."
    return ""


def accumulated(code: PastedCode) -> str:
    """Losses or outputs that are kept with their graphs."""
    found = code.first(
        re.compile(
            r"^(\w{0,40}loss\w{0,20}) ?(?:\+= ?|= ?\1 ?\+ ?)"
            r"(?!.{0,60}(?:item|detach|data|float\())\w.{0,60}$",
            re.IGNORECASE,
        )
    ) or code.first(
        re.compile(
            r"^(\w{1,40})\.append\((?!.{0,60}(?:item|detach|data|cpu\(\)\.numpy|float\())\w{0,20}(?:loss|output|pred|out|logit)\w{0,20}\)"
        )
    )
    if found is None:
        return ""
    return (
        f"`{found[0]}` keeps the graph of each step with its number, if what it adds to lives through the "
        "steps. For a report take the number alone: `loss.item()` (or `output.detach()`)."
    )


def backward_kept(code: PastedCode) -> str:
    """Evaluation with graphs, or graphs that are kept on purpose."""
    if "retain_graph=true" in code.joined.replace(" ", ""):
        return "`retain_graph=True` keeps the graph after `backward()`: leave it out."
    if (
        ".eval()" in code.joined
        and "no_grad" not in code.text
        and "backward" not in code.text
        and "inference_mode" not in code.text
    ):
        return "`eval()` does not stop graphs from being kept: `with torch.no_grad():` around the evaluation."
    return ""
