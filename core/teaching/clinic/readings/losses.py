"""Outputs and targets of a loss, by their shapes."""

import re
from math import gcd, isqrt
from typing import Final

from core.teaching.clinic.kind import Holes, sizes

_CUT: Final = re.compile(r"\b(\w{1,30})\.(?:view|reshape)\(-1, ?(\d{1,5})\)")
_SHORT: Final = 3
"""Positions of the shortest sequence that a number of rows is read as."""


def _steps(given: int, wanted: int) -> str:
    """What to say where both are the same number of sequences, one a position longer than the other."""
    batch = gcd(given, wanted)
    long, short = max(given, wanted) // max(batch, 1), min(given, wanted) // max(batch, 1)
    if batch <= 1 or long - short != 1 or short < _SHORT:
        return ""
    return (
        f" {given:,} = {given // batch} × {batch} and {wanted:,} = {wanted // batch} × {batch}: if these are "
        f"{batch} sequences, one side lost a position of each, as the first or last word. Cut the other "
        "alike: `labels[:, 1:]` for labels that begin with the start token."
    )


def _classes(given: int, wanted: int, text: str) -> str:
    """What to say where a view cuts the scores into rows for another number of classes."""
    for name, size in _CUT.findall(text):
        classes = int(size)
        if classes > 1 and wanted and given != wanted and given * classes % wanted == 0:
            has = given * classes // wanted
            if 1 < has != classes:
                return (
                    f" If these are the scores, `{name}.view(-1, {classes})` cuts them into rows of "
                    f"{classes}. All together they are {given:,} × {classes} = {wanted:,} × {has} numbers: "
                    f"if there are {has} classes, `{name}.view(-1, {has})`."
                )
    return ""


def batches(found: Holes) -> str:
    """How many rows of scores there are for how many labels, and where the others may have gone."""
    given, wanted = int(found["a"][:12]), int(found["b"][:12])
    text = f"The network gave {given:,} rows of scores, there are {wanted:,} labels."
    if "SequenceClassification" in found["text"] and "LanguageModeling" in found["text"]:
        text += (
            " A model of sequence classification gives one answer for each text, and the collator for "
            "language modeling makes a label for each token. To train a language model: "
            "`AutoModelForMaskedLM` (or `...ForCausalLM`). To classify texts: class numbers as labels, and "
            "`DataCollatorWithPadding`."
        )
    elif classes := _classes(given, wanted, found["text"]):
        text += classes
    elif wanted and given % wanted == 0 and any(call in found["text"] for call in ("cat((", "cat([")):
        text += (
            f" {given:,} is {given // wanted:,} × {wanted:,}: if that many outputs are joined by `torch.cat` "
            "along dimension 0, they come one batch below the other. Join them with `dim=1`."
        )
    elif steps := _steps(given, wanted):
        text += steps
    elif wanted == 1 and given > 1:
        text += (
            f" There is one label in all. If the {given:,} rows are the positions of a sequence, each needs "
            "a label of its own, or the output has to be that of one position. If they are one sample that "
            "a `view(-1, n)` spread over several rows: `x.view(x.size(0), -1)`."
        )
    elif wanted and given % wanted == 0:
        text += (
            f" {given:,} is {given // wanted:,} × {wanted:,}: mostly a `view(-1, n)` with a wrong n, or a "
            "missing flatten, spread each image over several rows: use `x.view(x.size(0), -1)`. If the rows "
            "are positions of a sequence, each needs its label, or the output has to be that of one position."
        )
    elif given and wanted % given == 0:
        text += (
            f" {wanted:,} is {wanted // given:,} × {given:,}: mostly each sample has several labels "
            "(one-hot: `labels.argmax(dim=1)` in place of `view(-1)`; or a sequence), or a `view(-1, n)` "
            "with too large an n melted images together."
        )
    else:
        text += (
            " Often a `view(-1, n)` with a wrong n changed the number of rows: use `x.view(x.size(0), -1)`; "
            "or the labels are of another batch."
        )
    return text


def _ones(given: tuple[int, ...], target: tuple[int, ...]) -> str:
    """What to say where a dimension of 1 is all that is between two shapes; empty if it is not."""
    longer, name = (target, "target") if len(target) > len(given) else (given, "output")
    shorter = given if longer is target else target
    places = [k for k, size in enumerate(longer) if size == 1 and (*longer[:k], *longer[k + 1 :]) == shorter]
    if not places:
        return ""
    place = places[-1] if longer is given else places[min(1, len(places) - 1)]
    other = "output" if name == "target" else "target"
    return (
        f" Only a dimension of 1 is between them, number {place} of the {name}: `{name}.squeeze({place})`, "
        f"or `{other}.unsqueeze({place})`."
    )


_LARGEST: Final = 1024
"""Rows from which on a number is hardly a batch, if it is also many times the other."""
_TIMES: Final = 4
_ROUNDED: Final = 8
"""How far two sides lie apart where rounding on the way down is to blame."""
_OF_GANS: Final = re.compile(
    r"discriminator|\bfake|\bd_[ab]\(|\bnetd\b|\berrd\b|\b(?:dc|w|c|ls|cycle|info|style|big)?gans?\b"
)
_PAIR: Final = 2
_SIDES: Final = 16
"""A side of the map that a discriminator leaves of larger pictures: more than a pair, at most that."""
_FULL: Final = 2_048
"""The largest batch that a difference of batches is explained by."""


def _of_batch(given: int, target: int) -> str:
    """What to say where output and target have another number of samples."""
    larger, smaller = max(given, target), min(given, target)
    side = isqrt(given // target) if target and given % target == 0 else 0
    if _PAIR < side <= _SIDES and side * side == given // target:
        return (
            f" {given:,} = {target:,} × {side} × {side}: mostly the network leaves a map of {side} × {side} "
            "for each picture, which a `view(-1)` puts into the rows: the pictures are larger than it was "
            "made for (a discriminator of 64 × 64 leaves 5 × 5 of 128 × 128). Resize them, or add a layer "
            "with a stride of 2, in a generator as well; or end with `nn.AdaptiveAvgPool2d(1)`."
        )
    if smaller and larger % smaller == 0 and given > target:
        return (
            f" {given:,} = {given // target:,} × {target:,}: mostly a batch size that is written down in the "
            "network, as in `x.view(16, -1)`, or a `view(-1, n)` with a wrong n, cuts the batch otherwise. "
            "`x.view(x.size(0), -1)` keeps it."
        )
    if given > max(_LARGEST, _TIMES * target):
        return (
            f" {given:,} rows are no batch of {target:,}: on the way each sample was cut into several rows, "
            "as a rule by a `view(-1, n)` or a layer's size n that is not the number of values of one sample "
            "(the batch size, for instance). `x.view(x.size(0), -1)` keeps one row per sample, and the first "
            "layer takes channels × height × width."
        )
    if larger > _FULL:
        return (
            f" Only the first number differs, and {larger:,} is more than a batch has: one of the two is the "
            "whole data set, or pixels or positions in one row after the other. Print both shapes in the "
            "line above the loss, and those of the batch, and take the target out of the same batch as the "
            "input."
        )
    return (
        " Only the batch differs. If it comes at the end of an epoch, the last batch is smaller, and what "
        "was made once for the full one (labels, noise, a second loader) does not fit it: make it from the "
        "data, `torch.ones_like(output)`, or set `drop_last=True`. If it comes at once, output and target "
        "are not of the same samples, or a `view` melts or cuts them."
    )


def _of_sides(given: tuple[int, ...], target: tuple[int, ...]) -> str:
    """What to say where output and target differ in height or width."""
    if all(abs(a - b) <= _ROUNDED for a, b in zip(given[2:], target[2:], strict=True)):
        return (
            " Only the sides differ, and by little: mostly a convolution with a stride, or a pooling, halves "
            "an odd side downward, and the way up doubles it; or a convolution without `padding` takes its "
            "border away. Resize or pad the pictures to a multiple of 2 for each halving (32 for five), set "
            f"`output_padding=1` where one is missing, or cut the output, `output[..., :{target[2]}, "
            f":{target[3]}]`."
        )
    return (
        " Only the sides differ: `F.interpolate(output, size=target.shape[-2:])`, or resize the targets to "
        "the output."
    )


def _per_row(given: int, target: int) -> str:
    """What to say where output and target differ in how many numbers each row has."""
    if given == 1:
        return (
            f" Each row of the target has {target} numbers and the network gives one: either its last layer "
            f"needs {target} outputs, or the target is one number that was left apart, as `log_prob` of "
            "several actions is: `.sum(-1, keepdim=True)`."
        )
    if target == 1:
        return (
            f" If the target is one class number of {given} for each row, the loss is `nn.CrossEntropyLoss`, "
            "with `target.squeeze(1).long()`; if it is a number, the last layer needs one output."
        )
    return (
        f" The network gives {given} numbers per sample, and the target has {target}: the last layer "
        f"needs {target} outputs, `nn.Linear(..., {target})`, or the target is that of another task."
    )


def compared(found: Holes) -> str:
    """In what two shapes differ that have to be one."""
    target, given = sizes(found["t"]), sizes(found["i"])
    text = f"The target has shape {list(target)}, the network's output {list(given)}."
    if not given and target == (1,):
        text += (
            " The output is a single number, as after a `squeeze()` without a number (name the dimension, "
            "`output.squeeze(1)`) or after an index: `target.squeeze()` makes the target one as well."
        )
    elif ones := _ones(given, target):
        text += ones
    elif len(given) == 2 and len(target) == 1 and _OF_GANS.search(found["text"].lower()):
        text += (
            f" If it is a discriminator, it gives one number for each sample, and this one gives {given[1]}: "
            "usually the pictures are larger than it was made for (64 × 64, as a rule). Resize them, or end "
            "it with `nn.AdaptiveAvgPool2d(1)`."
        )
    elif len(given) == 2 and len(target) == 1:
        text += (
            f" If the target is one class number for each sample, which has {given[1]} outputs, the loss to "
            "use is `nn.CrossEntropyLoss`; for one number each, the last layer needs one output, and "
            "`output.squeeze(1)`."
        )
    elif len(given) == len(target) > 2 and given[0] == target[0] and given[2:] == target[2:]:
        masks = "masks that are color pictures have to become class masks"
        text += f" They differ in the channels: the network gives {given[1]}, the target has {target[1]}."
        text += (
            " If the masks were read as color pictures, read them gray: `Image.open(path).convert('L')`."
            if given[1] == 1 and target[1] in (3, 4)
            else f" Make the last layer's outputs as many; {masks}."
        )
    elif len(target) == len(given) + 1 > 2 and target[-1] in (3, 4):
        text += (
            f" If these are masks, the {target[-1]} at the end of the target are colors: they were read as "
            "color pictures. Give each color its class number, (batch, height, width), then "
            "`nn.CrossEntropyLoss`; or, for this loss, one channel per class, `F.one_hot(mask, "
            f"{given[1]}).permute(0, 3, 1, 2).float()`."
        )
    elif len(given) == len(target) == 2 and given[0] == target[0]:
        text += _per_row(given[1], target[1])
    elif len(given) == len(target) == 4 and given[:2] == target[:2]:
        text += _of_sides(given, target)
    elif given[1:] == target[1:] and target[0] == 1 and given[0] > 1:
        text += (
            f" There are {given[0]} rows and one target. If they are the steps of one sequence, take the "
            "last, `output[-1:]`, or give each step its target."
        )
    elif given[1:] == target[1:] and given[0] != 1:
        text += _of_batch(given[0], target[0])
    elif given[1:] == target[1:]:
        text += (
            " The network gave one row: one sample went in, or a `view(1, -1)`, or a `view(-1, n)` with a "
            "wrong n, melted the samples of the batch together. `x.view(x.size(0), -1)` keeps them apart."
        )
    return text


def masks(found: Holes) -> str:
    """What the shape of a target says that has a dimension too many or too few."""
    if "b" in found:
        given, target = sizes(found["a"]), sizes(found["b"])
        said = f"[{found['a']}] and [{found['b']}] have to agree, apart from the classes."
        if len(given) == len(target) == 2 and given[0] == target[0]:
            said += (
                f" The scores were read as ({given[0]}, classes, {given[1]}), {given[1]} positions, and the "
                f"target has {target[1]}. If {given[1]} is the number of classes, the axes are exchanged: "
                "`scores.permute(0, 2, 1)`. If not, the two have other lengths: a decoder that is given "
                "`target[:, :-1]` answers for `target[:, 1:]`, and both have to be padded to one length."
            )
        if len(given) == 4 and len(target) == 3 and given[0] == target[0]:
            said += (
                f" Only height and width differ: the scores have {given[2]} × {given[3]}, the labels "
                f"{target[1]} × {target[2]}. Print the shape after each layer to find the one that changes "
                "it by too much (a stride, a missing `padding`, a `ConvTranspose2d` for a `Conv2d`), or "
                "bring the scores to the labels, `F.interpolate(scores, size=labels.shape[-2:])`."
            )
        return said
    target = sizes(found["message"].partition("got targets of")[2][:60].partition("]")[0])
    if len(target) != 4:
        return ""
    text = f"The target has shape {list(target)}, and (batch, height, width) is wanted:"
    if target[1] == 1:
        return f"{text} `mask.squeeze(1)`."
    if target[-1] in (3, 4) or target[1] in (3, 4):
        return f"{text} if the masks are color pictures, each color has to become a class number."
    return (
        f"{text} with {target[1]} channels, one for each class, the class numbers are `mask.argmax(dim=1)`."
    )


def ctc(found: Holes) -> str:
    """Which of the lengths does not fit."""
    message = found["message"][:160]
    if "'targets'" in message:
        return (
            f"The longest of `target_lengths` is {found['b']}, and the rows of `targets` have {found['a']} "
            "labels: count the labels that were encoded, not the letters of the text, and pad the rows to "
            "the longest."
        )
    if "integral" in message:
        return "The lengths have to be whole numbers: `lengths.long()`, or `dtype=torch.long` where made."
    if "batch_size" in message:
        return (
            "One length per sample: the batch is dimension 1 of the scores (time, batch, classes), so "
            "`torch.full((log_probs.size(1),), log_probs.size(0))` for whole rows. If the batch comes first, "
            "`log_probs.permute(1, 0, 2)`."
        )
    return f"There are {found['a']} steps, and a length of {found['b']} was given." if "b" in found else ""


def counted(found: Holes) -> str:
    """How many numbers output and target have, and how many that may be for each sample."""
    if "m" not in found and _OF_GANS.search(found["text"].lower()):
        return (
            "A discriminator gives one number for each picture where the pictures have the size that it was "
            "made for (64 × 64, as a rule); of larger ones it gives a map. Resize them, give it more layers "
            "with a stride, or end it with `nn.AdaptiveAvgPool2d(1)`."
        )
    if "m" not in found:
        return ""
    target, given = int(found["n"][:12]), int(found["m"][:12])
    batch = gcd(target, given)
    said = f"The target has {target:,} numbers, the output {given:,}."
    if batch <= 1:
        return said
    return (
        f"{said} {target:,} = {batch} × {target // batch} and {given:,} = {batch} × {given // batch}: if "
        f"{batch} is the batch, the network gives {given // batch} numbers for each sample, and "
        f"{target // batch} are wanted: make its last layer give as many."
    )
