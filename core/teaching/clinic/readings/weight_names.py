"""Reads the lists of names that `load_state_dict` gives: missing ones and unexpected ones."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes

_PREFIX: Final = len("module.")
_LISTED: Final = re.compile(r"nexpected key\(s\)(?: in state_dict)?:? ?((?:'[^']{0,160}'(?:, ?)?){1,400})")
_ENTRIES: Final = (
    *("model_state_dict", "state_dict", "model_state", "model", "net", "network", "weights", "params"),
    *("optimizer_state_dict", "optimizer", "optim", "epoch", "best_acc", "scheduler"),
)
"""What programs call the entries of a checkpoint."""
_LONG_ENTRIES: Final = (
    *("optimizer", "scheduler", "train_record", "best_acc1", "best_loss", "train_loss", "val_loss"),
    *("state_dict", "model_state_dict", "optimizer_state_dict", "scheduler_state_dict", "best_accuracy"),
)
"""Entries that are longer than `module.`."""


def _left_over(text: str) -> str:
    """What to say of names that only the file has."""
    said = "The file has what the model does not know, and all that the model wants."
    if "position_ids" in text:
        said += " `position_ids` is a buffer that older versions of transformers saved."
    return (
        f"{said} If those names are nothing that you need, as buffers or a head of the training, "
        "`strict=False` is right here: every layer of the model gets its weights."
    )


def keys(found: Holes) -> str:
    """What the lists of names suggest."""
    text = found["text"]
    missing, unexpected = "missing key(s)" in text.lower(), "unexpected key(s)" in text.lower()
    first = next(iter(text.partition("ey(s) in state_dict:")[2].replace('"', "'").split("'")[1:2]), "")
    said = f"The first name in question is `{first[:60]}`. " if first else ""
    if not missing and "running stats buffer" in text:
        return (
            "The file is from before PyTorch 0.4, when `InstanceNorm2d` kept running statistics. Take the "
            "names out: `{k: v for k, v in state.items() if 'running_' not in k}`, or set "
            "`track_running_stats=True`."
        )
    old = text.replace('"', "'").partition("unexpected key '")[2].partition("'")[0]
    if old in _ENTRIES:  # of PyTorch before 0.4
        return (
            f"`{old}` is no weight but an entry of a checkpoint: the file holds more than the weights. Load "
            f"the entry with the weights, as in `model.load_state_dict(checkpoint['{_weights([old])}'])`."
        )
    if not missing and not unexpected:  # the paste ends before the lists
        return ""
    if first.endswith("num_batches_tracked"):
        return said + (
            "Batch norm counts its batches there since PyTorch 0.4.1: file and program are mostly from "
            "different times. Update PyTorch; if these counters are all that differs, `strict=False` is "
            "right here."
        )
    entries = _entries(text)
    if entries:
        return (
            f"`{entries[0]}` is no weight but an entry of a checkpoint: the file holds more than the "
            f"weights. Load the entry with the weights, as in "
            f"`model.load_state_dict(checkpoint['{_weights(entries)}'])`."
        )
    if missing and unexpected and not one_is_wrapped(found):
        return said + (
            "Both lists begin with `module.`, so that prefix is not what differs: file and model have other "
            "layers. Build the network that was saved, with the same depth and options."
        )
    if missing and unexpected:
        lost = _cut(text) or _of_entries(text)
        if lost:
            return said + lost
        return said + (
            "Both lists are there: compare a missing name with an unexpected one; often only a prefix is "
            "between them. If it is more, the file is of another network."
        )
    if missing and any(
        word in text.lower() for word in ("gpus", "multi-gpu", "multi gpu", "multigpu", "parallel")
    ):
        return said + (
            "With several GPUs `DataParallel` puts `module.` before every name of the model it wraps: save "
            "`model.module.state_dict()`, and load into the model before it is wrapped."
        )
    return said + ("The file lacks what the model wants." if missing else _left_over(text))


def only_counters(found: Holes) -> bool:
    """Whether all the names listed are batch norm's counters."""
    text = found["text"].replace('"', "'").replace("’", "'").replace("‘", "'")
    starts = [place for place in (text.find("nexpected key"), text.find("issing key")) if place >= 0]
    quoted = text[min(starts, default=0) :].split("'")[1::2]
    names = [name for name in quoted if "." in name and name.replace(".", "").isidentifier()]
    return all(name.endswith("num_batches_tracked") for name in names)


def _cut(text: str) -> str:
    """Whether the unexpected names are the missing ones without their first letters."""
    missing, _, unexpected = text.replace('"', "'").partition("nexpected key(s)")
    wanted = [name for name in missing.split("'")[1:80:2] if name]
    given = {name for name in unexpected.split("'")[1:80:2] if name}
    if any(name[_PREFIX:] in given and name[_PREFIX - 1] != "." for name in wanted if len(name) > _PREFIX):
        return (
            "The unexpected names are the missing ones without their first 7 letters: `k[7:]` is to take "
            "`module.` away, and was applied to names without it. Leave it out, or "
            "`k.removeprefix('module.')`."
        )
    return ""


def _of_entries(text: str) -> str:
    """Whether the unexpected names are entries of a checkpoint without their first letters."""
    names = text.replace('"', "'").partition("nexpected key(s)")[2].split("'")[1:40:2]
    whole = [entry for name in names if len(name) > 1 for entry in _LONG_ENTRIES if entry[_PREFIX:] == name]
    if not whole or any("." in name for name in names):
        return ""
    return (
        f"The unexpected names look like entries of a whole checkpoint, `{whole[0]}` for one, without their "
        "first 7 letters: `k[7:]` is to take `module.` away. Take the weights out of the file first "
        "(`print(checkpoint.keys())`, then `checkpoint['net']` or what the entry is called), and cut only "
        "what is there, `k.removeprefix('module.')`."
    )


def _entries(text: str) -> list[str]:
    """Which of the unexpected names are those of entries of a checkpoint; code names them, too."""
    listed = _LISTED.search(text.replace('"', "'"))
    return [name for name in _ENTRIES if listed and f"'{name}'" in listed[1]]


def _weights(entries: list[str]) -> str:
    """Which entry of a checkpoint holds the weights."""
    return next((name for name in entries if "optim" not in name and name != "epoch"), "model_state_dict")


def is_checkpoint(found: Holes) -> bool:
    """Whether an unexpected name is that of an entry of a checkpoint: the weights lie below it."""
    return bool(_entries(found["text"]))


def one_is_wrapped(found: Holes) -> bool:
    """Whether the prefix is on one side only: with both, the names differ in something else."""
    text = found["text"].replace('"', "'")
    return not all(f"{which} key(s) in state_dict: 'module." in text for which in ("issing", "xpected"))
