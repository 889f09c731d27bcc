"""What pasted lines show of calls and names: each function looks for one thing."""

import re
from difflib import get_close_matches
from typing import Final

from core.teaching.clinic.pasted.code import POSITIONS, PastedCode, shown

_NO_SELF: Final = re.compile(
    r"^def ((?:forward|__init__|__getitem__|__len__|training_step)\((?!self\b|ctx\b|cls\b)[^)]{0,60}\)?)"
)
_MISSPELLED: Final = re.compile(
    r"^def ((?:_init_|_init__|__init_|__init|__int__|___init___)\(self\b[^()]{0,60}\)?)"
)
_COUNTED: Final = re.compile(
    r"\b(\w{1,40})\(\) takes (\d{1,2}) positional arguments? but (\d{1,2}) were given"
)
_CALL: Final = re.compile(
    r"(?<![\w.])(?!print\(|super\(|range\(|zip\(|torch\.|nn\.|F\.|np\.)"
    r"(?:self\.)?(\w{1,40})\(([^()=*]{1,120})\)"
)
_NOT_MADE: Final = re.compile(r"^(\w{1,30}) ?= ?(?!True$|False$|None$)([A-Z](?=\w{0,29}[a-z])\w{2,30})$")
_TAKEN: Final = re.compile(r"^(\w{1,30}) ?= ?\1\(")
_RECURRENT: Final = re.compile(r"nn\.(LSTM|GRU|RNN)\(")
_SEVERAL_MADE: Final = re.compile(
    r"self\.(\w{1,30}) ?= ?(?:torch\.)?(?:nn\.)?(?:LSTM|GRU|RNN|MultiheadAttention)\("
)
_SEVERAL_CALLED: Final = re.compile(
    r"^(\w{1,30}) ?= ?self\.\w{0,20}(?:lstm|gru|rnn|LSTM|GRU|RNN)\d{0,2}\([^()]{0,80}\)$"
)
_LAYER_SET: Final = re.compile(r"^self\.(\w{1,30}) ?= ?(?:torch\.)?nn\.[A-Z]")
_NAMED_ONLY: Final = re.compile(r"^(\w{1,20}) ?= ?self\.(\w{1,30})$")
_TUPLE: Final = re.compile(
    r"^\w{1,30} ?= ?\((?:[A-Za-z_][\w.]{0,30}, ?){1,5}[A-Za-z_][\w.]{0,30}\)(?=,|\.|$)"
)
_BY_PATH: Final = re.compile(r"load_state_dict\(\s?(['\"][^'\"]{1,80}['\"]|\w{0,20}(?:path|file)\w{0,10})\)")
_READS: Final = re.compile(r"(\w{1,30}) ?= ?(cv2\.imread|imread)\(")
_NESTED: Final = re.compile(r"optim\w{0,10}\.\w{2,12}\(\[(\w{1,30}), ?\{")
_IN_LIST: Final = re.compile(r"optim\w{0,10}\.\w{2,12}\(\[(\w{1,30})[\],]")
_ASKED: Final = re.compile(r"(?:local variable '|access local variable '|name ')(\w{1,40})'")
_NO_ATTRIBUTE: Final = re.compile(r"object has no attribute '(\w{2,40})'")
_SET_IN_SELF: Final = re.compile(r"^self\.(\w{2,40}) ?=(?!=)")
_POSITIONS_KEPT: Final = re.compile(
    r"\w{1,30} ?= ?(?:\w{1,20}\.)?(?:argmax\(.{0,40}|max\(.{0,40}\)\[1\]|\w{1,30}\.max\(.{0,20}\)\[1\])"
)
_COUNTS: Final = re.compile(r"correct|accura")
"""Positions are what an accuracy is made of."""


def without_self(code: PastedCode) -> str:
    """A method that lacks its first argument."""
    found = code.first(_NO_SELF)
    if found is None:
        return ""
    name, _, rest = found[1].partition("(")
    named = f"{name}() takes" in code.text or re.search(r"class |\bself\.", code.joined)
    if not name.startswith("__") and not named:
        return ""  # a function of that name
    return f"`def {found[1]}` lacks `self`: write `def {name}(self, {rest}`."


def no_constructor(code: PastedCode) -> str:
    """A constructor with another name, which nobody calls."""
    found = code.first(_MISSPELLED)
    if found is None or "class " not in code.joined:
        return ""
    return (
        f"`def {found[1]}` is no constructor: it has to be `__init__`, with two underscores on either side "
        "(in the call of `super()` as well). As it stands nobody calls it, so nothing in it is set and the "
        "class has no layers."
    )


def one_too_many(code: PastedCode) -> str:
    """A call with one value more than the definition beside it takes."""
    told = _COUNTED.search(code.text)
    if told is None or int(told[3]) <= int(told[2]):
        return ""
    taken, given = int(told[2]) - 1, int(told[3]) - 1
    head = re.compile(rf"^def ({told[1]}\(self(?:, ?[^()=*]{{1,90}})?\))", re.IGNORECASE)
    defined = {match[1] for line in code.lines if (match := head.match(line))}
    calls = {
        match[0]: match[2].split(",")[-1].strip()
        for line in code.lines
        if not line.startswith(("def ", "class "))
        for match in _CALL.finditer(line)
        if len(match[2].split(",")) == given and (told[1] == "__init__") == match[1][:1].isupper()
    }
    if len(defined) != 1 or len(calls) != 1:
        return ""
    (definition,), ((call, last),) = defined, calls.items()
    if definition.count(",") != taken:
        return ""
    return (
        f"`{definition}` takes {taken or 'no'} value{'' if taken == 1 else 's'}, and `{call}` gives {given}. "
        f"If they are in order, `{last}` is left over: take it out of the call, or add it to the definition."
    )


class_not_made: Final = shown(
    _NOT_MADE,
    "`{0}` only gives the class another name; nothing is made of it yet. With parentheses: "
    "`{0}()`, with its arguments in them.",
)
"""A class that is given a name instead of being called."""


name_taken: Final = shown(
    _TAKEN,
    "`{0}...)` gives the function's own name to its result, so the next call finds that and no "
    "function. Call the result otherwise, and restart a notebook's kernel.",
)
"""A function whose name is given to its result."""


def recurrent_in_sequential(code: PastedCode) -> str:
    """A recurrent layer that hands two values to the next layer."""
    found = code.first(_RECURRENT)
    if found is None or "sequential(" not in code.joined:
        return ""
    return (
        f"`nn.{found[1]}` gives a pair, its output and its state, and a `Sequential` hands both on. If it "
        "stands in yours, take it out of there: `out, state = self.rnn(x)`, then the other layers on `out` "
        "(its last step: `out[:, -1]`)."
    )


def not_applied(code: PastedCode) -> str:
    """A layer that is given a name in the forward pass instead of being called."""
    layers = {found[1] for line in code.lines if (found := _LAYER_SET.match(line))}
    for line in code.inside:
        found = _NAMED_ONLY.match(line)
        if found is not None and found[2] in layers:
            return (
                f"`{line}` puts the layer itself into `{found[1]}`, and what came before is lost: call it, "
                f"`{found[1]} = self.{found[2]}({found[1]})`."
            )
    return ""


def tuple_written(code: PastedCode) -> str:
    """A tuple that is written where a call was meant."""
    found = code.first(_TUPLE)
    if found is None or "'tuple' object" not in code.text:
        return ""
    return (
        f"`{found[0]}` makes a tuple of what is in the parentheses: if a function was to be called with it, "
        "its name is missing before them."
    )


def pair_kept(code: PastedCode) -> str:
    """The two values of a recurrent or attention layer, kept under one name."""
    made = code.first(_SEVERAL_MADE)
    called = code.first(re.compile(rf"^(\w{{1,30}}) ?= ?self\.{made[1]}\([^()]{{0,80}}\)$")) if made else None
    unsure = ""
    if called is None:
        called = code.first(_SEVERAL_CALLED)
        unsure = "If that is a layer of `nn`, "
    if called is None or (unsure and "cell(" in code.joined):
        return ""
    return (
        f"{unsure}`{called[0]}` keeps a pair under one name: a recurrent layer gives its output and its "
        f"state, attention its output and its weights. Take the first: `{called[1]}, _ = "
        f"{called[0].partition('=')[2].strip()}`."
    )


enumerated_pair: Final = shown(
    re.compile(
        r"^for "
        r"(?!(?:i|j|k|n|it|idx|ind|index|step|steps|batch|batch_?idx|batch_?i|batch_?id|iteration|num|count|no|b|t|_)\b)"
        r"(\w{1,20}), ?(\w{1,20}) in enumerate\((\w{0,20}(?:loader|dl)\w{0,4})\):"
    ),
    "`{0}` gives the number of the batch as `{1}` and the whole batch, a list, as `{2}`: write "
    "`for {1}, {2} in {3}:`, or `for i, ({1}, {2}) in enumerate({3}):`.",
)
"""A batch taken apart into its number and itself."""


weights_by_path: Final = shown(
    _BY_PATH,
    "`load_state_dict` takes the weights, not the file's name: `load_state_dict(torch.load({1}))`.",
)
"""A path where the weights themselves are wanted."""


picture_not_read: Final = shown(
    _READS,
    "`{2}` raises no error where it cannot read a file: it gives None. Check the path, with "
    "`os.path.exists(path)`, its ending and its letters; OpenCV also fails at some paths with accents. If "
    "the file is there, it cannot be decoded, as a GIF named `.jpg`: convert it, or open it by Pillow.",
)
"""A picture that OpenCV could not read."""


groups_nested: Final = shown(
    _NESTED,
    "`[{1}, ...]` puts one list into another, if `{1}` is a list of groups: `{1} + [...]`.",
)
"""Groups of parameters in a list within a list."""


def layer_for_parameters(code: PastedCode) -> str:
    """A layer in the place of its parameters."""
    found = code.first(_IN_LIST)
    if (
        found is None
        or code.first(re.compile(rf"^{found[1]} ?= ?(?:torch\.)?nn\.(?!Parameter)[A-Z]")) is None
    ):
        return ""
    return f"`{found[1]}` is a layer: `{found[1]}.parameters()` gives its tensors."


def kept_in_self(code: PastedCode) -> str:
    """A name that was set as an attribute and is asked for without `self`."""
    asked = _ASKED.search(code.text)
    name = asked[1] if asked is not None else ""
    if not name or f"self.{name} =" not in code.joined.replace("  ", " "):
        return ""
    return (
        f"Your lines set `self.{name}` and then ask for `{name}`, which is another name: write `self.{name}` "
        f"in both places, or `{name}` in both."
    )


def misspelled(code: PastedCode) -> str:
    """An attribute that is set under one name and asked for under a similar one."""
    asked = _NO_ATTRIBUTE.search(code.text)
    if asked is None:
        return ""
    given = [name for line in code.lines for name in _SET_IN_SELF.findall(line)]
    if asked[1] in (name.lower() for name in given):
        return ""
    close = next(
        (name for name in given if get_close_matches(asked[1], [name.lower()], n=1, cutoff=0.75)), ""
    )
    return (
        f"Your lines set `self.{close}` and ask for `{asked[1]}`: one of the two is misspelled, or "
        f"`{asked[1]}` is set nowhere."
        if close
        else ""
    )


def set_later(code: PastedCode) -> str:
    """A name that a line uses above the one that sets it."""
    asked = _ASKED.search(code.text)
    if asked is None or ("referenced before" not in code.text and "cannot access local" not in code.text):
        return ""
    word = re.compile(rf"(?<![\w.'\"]){asked[1]}\b", re.IGNORECASE)
    uses = [(number, line) for number, line in enumerate(code.lines) if word.search(line)]
    sets = [
        number
        for number, line in uses
        if re.match(rf"{asked[1]} ?=(?!=)", line, re.IGNORECASE) and len(word.findall(line)) == 1
    ]
    if not sets or uses[0][0] >= sets[0]:
        return ""
    return (
        f"`{code.lines[sets[0]][:90]}` stands below a line that uses it, `{uses[0][1][:90]}`: if both are in "
        "one function, move it up, before that line."
    )


def positions_cut(code: PastedCode) -> str:
    """Positions of the largest scores on the way from the parameters to the loss."""
    found = code.first(_POSITIONS_KEPT)
    if (
        found is None
        or "backward(" not in code.joined
        or "grad" not in code.text
        or _COUNTS.search(code.joined)
    ):
        return ""
    return (
        f"`{found[0][:90]}` gives whole numbers, and no gradient goes through them: the layers before it get "
        "none if the loss is made of that. Go on with the scores, or with `softmax`."
    )


positions_in_loss: Final = shown(
    re.compile(POSITIONS),
    "`argmax`, and the second value of `max`, are whole numbers: if the function was given those, give it "
    "the scores themselves. Positions also have no gradient.",
)
"""Positions of the largest scores that a function of scores was given."""
