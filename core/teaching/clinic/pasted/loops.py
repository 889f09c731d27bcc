"""What pasted lines of a training loop show: each function looks for one thing, and says it or nothing."""

import re
from typing import Final

from core.teaching.clinic.pasted.code import PastedCode

_LARGE: Final = 0.05
"""A learning rate with which many networks learn nothing at all."""
_OF_LINES: Final = 0.1
"""A learning rate that a straight line through scaled numbers bears."""
_RATE: Final = re.compile(
    r"\b(?:cur_)?(?:lr|learning[ _]rate)\b[ :=`(]{0,4}(0?\.\d{1,8}|\d{1,3})\b", re.IGNORECASE
)


_LOGARITHM: Final = re.compile(
    r"(?:(?<![\w.])|\b(?:torch|np|numpy|\w{1,20}\([^()]{0,40}\))\.)log\(|\w\.log\(\)"
)
"""A logarithm, and no entry of a logger."""
_NEGATIVE: Final = re.compile(r"(?<!gaussian)(?<!gaussian_)(?<!poisson)(?<!poisson_)nll_?loss")
_ELEMENTWISE: Final = re.compile(r"bce\w{0,12}loss|mseloss|l1loss|mse_loss|binary_cross_entropy|l1_loss")
_RANDOM: Final = re.compile(r"(\w{1,30}) ?= ?.{0,30}(?:rand|randn|zeros|ones|empty)\((\d{1,6})(, ?1)?\)")
_DRAWN: Final = re.compile(r"(?:\.plot|np\.\w{1,12})\((\w{0,20}loss\w{0,10})(?:\[\w{1,10}\])?[,)]")
_TABLE: Final = re.compile(r"(?:tensor|array)\(\[")
_NUMBER: Final = re.compile(r"(?<![\w.])\d{1,9}(?:\.\d{0,6})?(?=[\],])")
_SCALES: Final = re.compile(r"\.std\(|scaler|normaliz|\.mean\(|/ ?\d")
_UNSCALED: Final = 20.0
"""A number of the inputs from which on plain gradient descent at the usual rates may blow up."""


def softmax_twice(code: PastedCode) -> str:
    """A softmax before a loss that contains one."""
    text = code.text
    if "softmax(" in text and "log_softmax" not in text and "crossentropyloss" in text:
        return (
            "There is a softmax, and `CrossEntropyLoss` contains one: if what it gives goes into the loss, "
            "give that the raw scores, without yours."
        )
    if re.search(r"softmax\(.{0,400}cross_entropy\(", code.joined, re.DOTALL) and "log_softmax" not in text:
        return (
            "There is a softmax, and `cross_entropy` contains one: if what it gives goes into the loss, give "
            "that the raw scores, without yours."
        )
    if re.search(r"sigmoid\(", code.joined) and "bcewithlogits" in text and "bceloss" not in text:
        return (
            "There is a sigmoid, and `BCEWithLogitsLoss` contains one: if what it gives goes into the loss, "
            "give that the raw scores, without yours."
        )
    return ""


def before_logarithm(code: PastedCode) -> str:
    """A logarithm of probabilities, or its absence."""
    text = code.text
    if _LOGARITHM.search(text) and "softmax" in text and "log_softmax" not in text:
        return (
            "There are a `log` and a softmax: the logarithm of a softmax is minus infinity where a "
            "probability rounds to 0: `log_softmax`, or `CrossEntropyLoss` on the raw scores."
        )
    if _NEGATIVE.search(text) and "softmax(" in text.replace("logsoftmax(", "").replace("log_softmax(", ""):
        return (
            "`NLLLoss` takes logarithms of probabilities, and there is a plain softmax. If it comes before "
            "it: `log_softmax`, or `CrossEntropyLoss` on the raw scores."
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
    zeroed, steps = (code.lines[place].partition(".")[0] for place in places[1:])
    if zeroed != steps and "opt" in zeroed and "opt" in steps:  # two optimizers
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
    if re.search(r"\.grad\b", code.joined):  # a step by hand
        return ""
    return "The lines show `backward()` and no `optimizer.step()`: without it no weight ever changes."


def large_rate(code: PastedCode) -> str:
    """A learning rate that is large for most networks."""
    told = _RATE.search(code.text)
    if told is None or float(told[1]) < _LARGE or "adam" in code.text:
        return ""
    if float(told[1]) <= _OF_LINES and "mse" in code.text and code.joined.count("nn.linear(") == 1:
        return ""
    return f"The text names a learning rate of {told[1]}: try a tenth of it first."


def unscaled(code: PastedCode) -> str:
    """Large numbers in a table that goes into a network as it is."""
    numbers = [
        float(number) for line in code.lines if _TABLE.search(line) for number in _NUMBER.findall(line)
    ]
    largest = max(numbers, default=0.0)
    squared = "mse" in code.text or "regression" in code.text
    if largest < _UNSCALED or not squared or _SCALES.search(code.joined):
        return ""
    return (
        f"The numbers in the lines go up to {largest:,.0f}, and nothing scales them: the gradient of a "
        "squared error grows with their square, and steps may go too far. Scale inputs and targets first, "
        "`x = (x - x.mean()) / x.std()`, or take a far smaller learning rate."
    )


def drawn_with_graph(code: PastedCode) -> str:
    """Losses that are drawn, or given to NumPy, as the tensors that they were in the loop."""
    found = code.first(_DRAWN)
    if found is None or re.search(r"\.item\(|\.detach\(|\bfloat\(\w{0,9}loss", code.joined):
        return ""
    return (
        f"If `{found[1]}` holds the losses as the loop made them, they are tensors with their graphs: "
        "Matplotlib and NumPy refuse those, and every graph stays in memory. Collect numbers, "
        "`losses.append(loss.item())`."
    )


def broadcast_loss(code: PastedCode) -> str:
    """An output with a column and a target without one, made in the lines."""
    if not _ELEMENTWISE.search(code.joined):
        return ""
    sizes = [found for line in code.lines for found in _RANDOM.findall(line)]
    columns = {size for _, size, one in sizes if one}
    rows = {(name, size) for name, size, one in sizes if not one and size in columns and int(size) > 1}
    if not rows:
        return ""
    name, size = min(rows)
    return (
        f"One tensor has shape ({size}, 1) and `{name}` has ({size}): if the loss gets the two, it compares "
        f"each with each, {size} × {size} pairs (old versions flattened both). `{name}.unsqueeze(1)` makes "
        "them alike."
    )


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
        "The last layer in the lines has one output. If that goes into cross-entropy, it is always 0: two "
        "outputs, or `BCEWithLogitsLoss` with labels as `float`."
    )


def clipped_by_relu(code: PastedCode) -> str:
    """A ReLU on the scores."""
    found = code.first(re.compile(r"^return .{0,10}relu\(self\.\w{1,30}\("))
    if found is None:
        return ""
    return (
        f"`{found[0]}...` puts a ReLU on what it returns: if those are the scores, it cuts off all that are "
        "negative, so return them as they are."
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


def other_model(code: PastedCode) -> str:
    """An optimizer that was given the parameters of a model which the lines do not train."""
    given = code.first(re.compile(r"optim\w{0,10}\.\w{2,12}\(.{0,20}?\b(\w{1,30})\.parameters\("))
    made = [found[1] for line in code.lines if (found := re.match(r"(\w{1,30}) ?= ?[A-Z]\w{1,40}\(", line))]
    alike = [
        name
        for name in made
        if given is not None and name.rstrip("0123456789_") == given[1].rstrip("0123456789_")
    ]
    if given is None or not alike or given[1] in made:
        return ""
    if (
        code.first(re.compile(rf"^def \w{{1,40}}\(.{{0,80}}\b{given[1]}\b")) is not None
    ):  # its name in a function
        return ""
    return (
        f"The optimizer was given the parameters of `{given[1]}`, and the model that your lines make is "
        f"`{alike[-1]}`: `{alike[-1]}.parameters()`."
    )
