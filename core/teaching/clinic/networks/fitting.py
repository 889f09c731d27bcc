"""Finds the batch with which a pasted class raises the message that was pasted with it."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from core.teaching.clinic.networks.constructor import Row, Stop
from core.teaching.clinic.networks.shape_rules import Shape

Reading = tuple[Shape, tuple[Row, ...], Stop | None]
_TRIES: Final = 150
"""Batches that are sent through a class."""
_STEPS: Final = 1_200
"""Layers that they pass together: some 30 ms."""
_BATCH: Final = 64
_BATCHES: Final = frozenset(
    (*range(1, 13), *(16, 20, 24, 25, 30, 32, 40, 48, 50, 60, 64, 100, 128, 200, 256, 512))
)
"""Numbers of samples that batches have."""
_LARGEST: Final = 4096
_SIDES: Final = (
    *(224, 32, 28, 64, 128, 256, 299, 227, 96, 112, 48, 512, 100, 150, 200, 160, 192, 240, 320, 384, 400),
    *(416, 300, 120, 84, 50, 60, 80, 72, 480, 600, 640, 1024, 40, 36, 56, 110, 144, 180, 250, 350, 448, 500),
    *(16, 14, 8),
)  # fmt: skip
"""Pixels of the sides of pictures, the commonest first."""
_OBLONG: Final = (
    *((480, 640), (240, 320), (256, 512), (720, 1280), (120, 160), (128, 256), (512, 1024), (360, 480)),
)  # fmt: skip
_LENGTHS: Final = (
    *(10, 16, 20, 28, 32, 50, 64, 100, 128, 200, 250, 256, 300, 500, 512, 1000, 1024, 2048, 4096, 8, 5),
)  # fmt: skip
_SHAPE: Final = re.compile(r"\[(\d{1,5}(?:, \d{1,5}){1,4})\]")
_WRITTEN: Final = re.compile(r"[(\[](\d{1,4}), ?(\d{1,4}), ?(\d{1,4})[)\]]")
"""The shape of a sample, as code has it: `(3, 21, 21)`."""
_PRODUCT: Final = re.compile(r"\((\d+)x(\d+) and (\d+)x(\d+)\)")
_COUNT: Final = re.compile(r"input (?:of size|with) (\d{1,12})")


@dataclass(frozen=True)
class Told:
    """What the message beside a class says."""

    kind: str
    """Which kind of error it is."""
    values: Mapping[str, str]
    """What stands in the holes of its wording; `message` is the message itself."""

    def number(self, hole: str) -> int:
        """The whole number in a hole; 0 where there is none."""
        digits = self.values.get(hole, "")[:12]
        return int(digits) if digits.isascii() and digits.isdigit() else 0


def fitting(told: Told, first: Shape | None, send: Callable[[Shape], Reading]) -> Reading | None:
    """The first batch, of those that people use, that ends as the message says; `None` if none does.

    Args:
        told: The message.
        first: The shape of a sample that the first layer takes, a size of 0 where it may be any.
        send: Sends a batch of a shape through the class.
    """
    left = _STEPS
    for shape in islice(dict.fromkeys(_batches(told, first)), _TRIES):
        reading = send(shape)
        if _ends_so(told, reading):
            return reading
        samples = _samples_told(told, reading)
        if samples:
            larger = send((samples, *shape[1:]))
            if _ends_so(told, larger):
                return larger
        left -= len(reading[1]) + 1
        if left < 0:
            break
    return None


def _samples_told(told: Told, reading: Reading) -> int:
    """How many samples make the numbers of the message, where this pass is of one and ends so; else 0."""
    if reading[0][0] != 1:
        return 0
    if told.kind == "view-size":
        have, want = _count(reading[2]), _COUNT.search(told.values["message"])
        times = int(want[1]) // have if have and want else 0
        return times if times in _BATCHES else 0
    product = _product(reading[2])
    if product[1:] != [told.number(hole) for hole in "bcd"]:
        return 0
    return min(told.number("a") // max(1, product[0]), _LARGEST)


def _linear(told: Told, reading: Reading) -> str:
    """What the layer has to be for what arrives, or what has to be done to it before."""
    stop = reading[2]
    arrives = _SHAPE.search(stop.sentence.rpartition(" is given ")[2]) if stop is not None else None
    sizes = [int(size) for size in arrives[1].split(", ")] if arrives is not None else []
    if len(sizes) < 3:
        return f" For such a batch it has to be `nn.Linear({told.number('b')}, {told.number('d')})`."
    numbers = math.prod(sizes[1:])
    said = f" Flatten before it, `torch.flatten(x, 1)`: that makes rows of {numbers:,} numbers"
    if numbers == told.number("c"):
        return said + ", as it takes."
    return said + f", and it has to be `nn.Linear({numbers}, {told.number('d')})`."


def _count(stop: Stop | None) -> int:
    """How many numbers a view was given that it could not arrange; 0 if it is none."""
    found = _COUNT.search(stop.sentence) if stop is not None else None
    return int(found[1]) if found is not None else 0


def _product(stop: Stop | None) -> list[int]:
    """The four sizes of a product that does not fit; empty if it is none."""
    found = _PRODUCT.search(stop.sentence) if stop is not None else None
    return [int(size) for size in found.groups()] if found is not None else []


def _batches(told: Told, first: Shape | None) -> Iterator[Shape]:
    """Batches to try: those that the message names, then those of pictures and sequences."""
    for text in _SHAPE.findall(told.values["message"])[:4]:
        yield tuple(int(size) for size in text.split(", "))
    written = [tuple(int(size) for size in sizes) for sizes in _WRITTEN.findall(told.values["text"])[:4]]
    for sample in chain(written, _samples(first)):
        for batch in _counts(told):
            yield (batch, *sample)
    if told.kind == "linear-features":
        yield (told.number("a"), told.number("b"))


def _counts(told: Told) -> tuple[int, ...]:
    """How many samples the batch may have."""
    if told.kind in ("linear-features", "view-size"):
        return (1,)
    named = told.number("b") if told.kind == "loss-batch" else 0
    return (named,) if 0 < named <= _LARGEST else (_BATCH,)


def _samples(first: Shape | None) -> Iterator[Shape]:
    if first is not None and len(first) == 2:
        yield from ((first[0], length) for length in _LENGTHS)
    elif first is None or len(first) == 3:
        for channels in (1, 3) if first is None else first[:1]:
            yield from ((channels, side, side) for side in _SIDES)
            yield from ((channels, *sides) for sides in _OBLONG)


def _ends_so(told: Told, reading: Reading) -> bool:
    """Whether a pass through the class ends with the message."""
    _, rows, stop = reading
    if told.kind == "loss-batch":
        return stop is None and bool(rows) and rows[-1].gives[0] == told.number("a") != told.number("b")
    if stop is None or not stop.wrong:
        return False
    said = stop.sentence.partition("PyTorch says: ")[2]
    if told.kind == "linear-features":
        return _product(stop) == [told.number(hole) for hole in "abcd"]
    if told.kind == "view-size":
        want = _COUNT.search(told.values["message"])
        return want is not None and _count(stop) == int(want[1])
    return bool(said) and " ".join(said.lower().split()) in told.values["message"].lower()


def cause(told: Told, reading: Reading, whole: Shape | None) -> str:
    """What the class shows of the message: the batch, the layer, and what goes through instead.

    Args:
        told: The message.
        reading: The pass that ends so.
        whole: A batch that goes through; `None` if none was found.
    """
    given, rows, stop = reading
    said = f"In the class that you pasted, for example a batch of shape {list(given)} "
    if stop is None:
        said += f"comes out as {rows[-1].gives[0]:,} rows"
        spread = next((row for row in rows if row.gives and row.gives[0] != row.given[0]), None)
        if spread is not None:
            said += f": `{spread.layer}` makes {spread.gives[0]:,} rows of {list(spread.given)}"
        said += "."
        if spread is not None and spread.name in ("x.view", "x.reshape"):
            said += (
                " Flatten with `torch.flatten(x, 1)` instead, and give the next layer the size that then "
                f"arrives, {math.prod(spread.given[1:]):,}."
            )
    else:
        place = stop.sentence.partition("of the class: ")[2].partition(". PyTorch says: ")[0]
        said += f"leads to this very message: {place}."
        arrives = _SHAPE.search(place.rpartition(" is given ")[2])
        if told.kind == "view-size" and arrives is not None:
            numbers = math.prod(int(size) for size in arrives[1].split(", ")[1:])
            said += (
                " `torch.flatten(x, 1)` in its place keeps one row per sample, and the next layer then takes "
                f"{numbers:,} numbers."
            )
    if told.kind == "linear-features":
        said += _linear(told, reading)
    if whole is not None and len(whole) == len(given) == 4 and whole[2:] != given[2:]:
        said += (
            f" The class as it is takes {whole[1]} × {whole[2]} × {whole[3]}: "
            f"`transforms.Resize(({whole[2]}, {whole[3]}))` brings pictures to that."
        )
    elif whole is not None and whole[1:] != given[1:]:
        said += f" A batch of shape {list(whole)} goes through."
    return said
