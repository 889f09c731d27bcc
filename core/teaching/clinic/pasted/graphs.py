"""What pasted lines show of the graph behind a loss: each function looks for one thing."""

import re
from dataclasses import replace
from typing import Final

from core.teaching.clinic.pasted.code import POSITIONS, PastedCode

_NO_LEAF: Final = re.compile(
    r"^(\w{1,40}) ?= ?.{0,120}requires_grad ?= ?True[^)]{0,40}\)"
    r"(?:\.(view|reshape|to|cuda|unsqueeze|float|double|t)\(| ?[*/+-] ?\S)"
)
_NEW_LEAF: Final = re.compile(r"^(\w{1,40}) ?= ?\1 ?- ?.{1,60}\1\.grad")
_STATE: Final = re.compile(
    r",\s?\(?(h\w{0,10}|hidden\w{0,10}|state\w{0,10}|hx)\b[^=]{0,20}=\s?\w[\w.]{0,40}\(.{0,60}\b\1\b"
)
_WRITES: Final = re.compile(
    r"^(?!i\b|n\b|step|count|epoch|total|running|correct|loss|\w*_loss|acc)[\w.\[\]:, +-]{1,60} ?[+\-*/]= ?\S"
    r"|^(?!self\.\w+ =)\w[\w.]{0,40}\[[^\]]{1,40}\] ?= ?\S"
    r"|inplace ?= ?True"
    r"|\.(?:relu|sigmoid|clamp|mul|add|sub|div|fill|masked_fill|copy|squeeze|unsqueeze|zero|scatter)_\("
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
        POSITIONS + r"|\.indices\b",
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

_ON_MODULE: Final = re.compile(
    r"^(?!self\.)((?:\w{0,20}(?:model|net|network|encoder|decoder|generator|discriminator|backbone|classifier|bert)"
    r"|resnet\d{0,3}|vgg\d{0,2}|densenet\d{0,3})(?:\.(?!weight|bias|data\b|grad|\w{0,20}param)\w{1,30}|\[-?\d{1,3}\]){0,4})"
    r"\.requires_grad ?= ?(True|False)\b"
)
"""`requires_grad` set on a module, which is an attribute that nobody reads."""
_OVER_MODULES: Final = re.compile(
    r"\bfor (?:\w{1,20}, ?)?(\w{1,20}) in .{0,30}\b(?:named_)?(?:children|modules)\(\)"
)
"""A loop whose variable is a module, whatever it is called."""
_POSITIONS_KEPT: Final = re.compile(rf"^(\w{{1,30}})(?:, ?\w{{1,30}})? ?= ?.{{0,60}}(?:{POSITIONS})")
"""A name that positions are given."""


def set_on_module(code: PastedCode) -> str:
    """`requires_grad` of a whole module."""
    found = code.first(_ON_MODULE)
    over = code.first(_OVER_MODULES)
    if (
        found is None
        and over is not None
        and code.first(re.compile(rf"\bfor .{{0,20}}\b{over[1]} in .{{0,40}}parameters\(")) is None
    ):
        found = code.first(re.compile(rf"^({over[1]})\.requires_grad ?= ?(True|False)\b"))
    if found is None:
        return ""
    unsure = f"If `{found[1]}` is a module and no parameter, " if "." in found[1] else ""
    return (
        f"{unsure}`{found[0]}` sets a new attribute of the module and leaves its parameters as they are: "
        f"with brackets and an underscore, `{found[1]}.requires_grad_({found[2]})`, it reaches all of them."
    )


def cut_in_training(code: PastedCode) -> str:
    """What takes the loss out of its graph, unsaid by a message: positions only where it takes them."""
    found = code.first(_POSITIONS_KEPT)
    if found is not None and not any(
        re.search(rf"(?:loss|criterion)\w{{0,12}}\(.{{0,60}}\b{found[1]}\b", line, re.IGNORECASE)
        for line in code.lines
    ):
        code = replace(code, lines=tuple(line for line in code.lines if line != found.string))
    return cut_off(code)


def no_leaf(code: PastedCode) -> str:
    """A tensor that is no leaf although it was made to be one."""
    found = code.first(_NO_LEAF)
    if found is not None:
        what = f"`.{found[2]}()`" if found[2] else "a computation"
        if found[2] in ("to", "cuda", "float", "double"):
            what += " (a new tensor wherever that changes anything)"
        return (
            f"`{found[1]}` is the result of {what}, not the tensor that was made with `requires_grad=True`: "
            f"the gradient goes to that one, which has no name. Make `{found[1]}` without it, then "
            f"`{found[1]}.requires_grad_()`, or call `{found[1]}.retain_grad()` before `backward()`."
        )
    found = code.first(_NEW_LEAF)
    if found is None:
        return ""
    name = found[1]
    return (
        f"`{found[0]}` makes a new `{name}`, whose `.grad` is None in the next step. "
        f"Change it in place: `with torch.no_grad(): {name} -= lr * {name}.grad`."
    )


def carried(code: PastedCode) -> str:
    """A state that is carried from step to step with its graph."""
    found = code.first(_STATE)
    if found is None or f"{found[1].lower()}.detach" in code.joined:
        return ""
    name = found[1]
    return (
        f"If `{name}` goes from one batch into the next, the graph of all batches before comes along: "
        f"`{name} = {name}.detach()` at the beginning of each batch (both parts of an LSTM's pair)."
    )


def written(code: PastedCode) -> str:
    """What writes in place."""
    lines = [line for line in code.lines if _WRITES.search(line) and ".grad" not in line][:3]
    if not lines:
        return ""
    told = ", ".join(f"`{line[:70]}`" for line in lines)
    return (
        f"What writes in place in your lines: {told}. Begin with what lies between the layers and the loss."
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
        return (
            "`retain_graph=True` keeps the graph after `backward()`: leave it out where nothing goes back "
            "again."
        )
    if (
        ".eval()" in code.joined
        and "no_grad" not in code.text
        and "backward" not in code.text
        and "inference_mode" not in code.text
    ):
        return "`eval()` does not stop graphs from being kept: `with torch.no_grad():` around the evaluation."
    return ""
