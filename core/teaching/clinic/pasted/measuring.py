"""What pasted lines show of measuring, predicting and keeping: each function looks for one thing."""

import re
from typing import Final

from core.teaching.clinic.pasted.code import PastedCode, shown

_PREDICTS: Final = re.compile(r"load_state_dict\(|no_grad\(|inference_mode\(|in test_?loader|in val_?loader")
_LARGEST: Final = re.compile(r"(?:argmax\([^()]{0,40}\)|torch\.max\([^()]{0,40}, ?(?:dim ?= ?)?-?1\))")
_BINARY: Final = re.compile(r"bceloss|bcewithlogits|binary_cross_entropy")
_LAST: Final = re.compile(r"\b((?:\w{0,10}out|output|outputs|lstm_out|gru_out|rnn_out|h_t|r_out)\[-1\])")
_BEST: Final = re.compile(
    r"^((?:self\.)?\w{0,20}(?:best|checkpoint)\w{0,20}) ?= ?((?:self\.)?\w{1,20})\.state_dict\(\)$"
)
_CHAIN: Final = re.compile(r"Compose\(")
_NORMALIZES: Final = re.compile(r"ormalize\(")
_HELD_OUT: Final = re.compile(r"val|test|eval|infer|predict", re.IGNORECASE)
_OF_LABELS: Final = re.compile(r"target|mask|label|inv|denorm|unnorm", re.IGNORECASE)
"""Chains that have no reason to normalize."""
_CHAIN_LINES: Final = 12
"""Lines within which a chain of transforms ends."""
_EVALUATED: Final = re.compile(r"^((?:self\.)?\w{1,30})\.eval\(\)$")
_ANEW: Final = re.compile(r"(next\(iter\((\w{1,30})\)\))")


def not_in_evaluation(code: PastedCode) -> str:
    """A prediction for which nothing switches to evaluation mode."""
    if not _PREDICTS.search(code.joined) or re.search(r"\beval\b|\.train\(false", code.text):
        return ""
    return (
        "No `model.eval()` stands in the lines: without it dropout leaves out other units at each call, and "
        "batch norm takes its statistics from the batch at hand. Call it before predicting."
    )


def evaluated(code: PastedCode) -> str:
    """Networks that are put into evaluation mode."""
    names = [found[1] for line in code.lines if (found := _EVALUATED.match(line)) is not None]
    names = list(dict.fromkeys(name for name in names if "target" not in name))[:3] or names[:1]
    if not names:
        return ""
    lines = ", ".join(f"`{name}.eval()`" for name in names)
    return (
        f"There is {lines} in the lines, and the very forward pass that the loss comes from has to run in "
        f"training mode: `{names[0]}.train()` belongs before that pass; after it, it is too late."
    )


def largest_of_one(code: PastedCode) -> str:
    """The position of the largest of one score."""
    found = code.first(_LARGEST)
    if (
        found is None
        or not _BINARY.search(code.text)
        or "cross_entropy(" in code.joined.replace("binary_", "")
    ):
        return ""
    return (
        f"If the network gives one score for each sample, `{found[0]}` looks for the largest of one, and "
        "that is always number 0. Compare with the threshold: `output > 0` for scores, `output > 0.5` after "
        "a sigmoid."
    )


def last_of_batch(code: PastedCode) -> str:
    """The last sample in the place of the last step."""
    found = code.first(_LAST)
    if found is None or not re.search(r"batch_first ?= ?true", code.text):
        return ""
    name = found[1].partition("[")[0]
    return (
        f"With `batch_first=True` the output is (batch, length, features), and `{found[1]}` of it is the "
        f"last sample of the batch, not the last step: `{name}[:, -1]`."
    )


def best_not_copied(code: PastedCode) -> str:
    """A state that is kept without a copy, and not saved to a file."""
    found = code.first(_BEST)
    if found is None or f"save({found[1].lower()}" in code.joined:
        return ""
    return (
        f"`{found[0]}` keeps the weights themselves, which go on changing with every step, so the best state "
        f"becomes the last: `{found[1]} = copy.deepcopy({found[2]}.state_dict())`, or save it to a file."
    )


first_batch: Final = shown(
    _ANEW,
    "`{1}` begins the loader anew at each call: in a loop that is one batch of a new round each time "
    "(without `shuffle=True` always the same), and slow with workers. Loop over it: `for X, y in {2}:`.",
)
"""A loader that is begun anew for every batch."""


def other_scaling(code: PastedCode) -> str:
    """A chain of transforms that normalizes beside one that does not."""
    chains = [
        (line.partition("=")[0].strip(), _NORMALIZES.search(_to_end(code.lines[number:])) is not None)
        for number, line in enumerate(code.lines)
        if _CHAIN.search(line) and not _OF_LABELS.search(line.partition("=")[0])
    ]
    plain = [name for name, normalizes in chains if not normalizes]
    if (
        len(chains) < 2
        or len(plain) in (0, len(chains))
        or not any(_HELD_OUT.search(name) for name, _ in chains)
    ):
        return ""
    return (
        f"One chain of transforms ends in `Normalize` and `{plain[0][:40]}` does not, so training and "
        "test get numbers of two ranges: give both the same `Normalize`; only the random "
        "steps belong to training alone."
    )


def _to_end(lines: tuple[str, ...]) -> str:
    """The lines from a chain of transforms to where it ends, or the next begins."""
    kept = [lines[0]]
    for line in lines[1:_CHAIN_LINES]:
        if kept[-1].rstrip(",").endswith("])") or _CHAIN.search(line):
            break
        kept.append(line)
    return " ".join(kept)
