"""The order of a file's layers, and what may be done at its convolutions, as far as shapes tell."""

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import Final

from core.data import CLASS_COUNT, SIDE
from core.errors import CheckpointError
from core.exchange.weights.weighted_layers import WeightedLayer

MAX_GEOMETRIES: Final = 10
_MAX_SURPRISE: Final = 4.0  # more than the likeliest
WINDOWS: Final = (2, 3, 4)  # sides of a pooling's window, pixels, where it is not over all that is left
_MAX_SEARCHED: Final = 20_000  # partial geometries


@dataclass(frozen=True)
class Step:
    """What is done at one convolution: how it moves, and how what it gives is pooled."""

    padding: int
    stride: int
    pool: int
    """Side of the pooling's window, pixels; 1 does not pool."""


@dataclass(frozen=True)
class Geometry:
    """What is done at each convolution."""

    steps: tuple[Step, ...]
    surprise: float = 0.0
    """How unusual it is; 0 is what most networks do."""


@dataclass(frozen=True)
class Chain:
    """Layers with weights in the order in which they are applied, as far as shapes tell."""

    front: WeightedLayer | None
    """A batch norm of the image itself."""
    convs: tuple[WeightedLayer, ...]
    linears: tuple[WeightedLayer, ...]
    norms: tuple[tuple[str, WeightedLayer], ...]
    """Batch norms, each with the name of the layer that it follows."""
    geometries: tuple[Geometry, ...]
    """What may be done at the convolutions, the likeliest first; one without steps if there are none."""
    flat: WeightedLayer | None = None
    """A batch norm of all values that the convolutions leave."""


def find_chain(layers: Sequence[WeightedLayer]) -> Chain:
    """Put layers into the one order that their shapes allow.

    Raises:
        CheckpointError: There is none; the sentence names the layer that stands in the way.
    """
    convs = _in_a_row([layer for layer in layers if layer.kind == "conv"], 1)
    linears = _row_of_linears([layer for layer in layers if layer.kind == "linear"], convs)
    last = (*convs, *linears)[-1] if convs or linears else None
    if last is None:
        raise CheckpointError("The file has no linear or convolutional layer, so it is no network.")
    if last.outputs != CLASS_COUNT:
        raise CheckpointError(
            f"The last layer, {last.title}, gives {last.outputs:,} values, and a network here gives "
            f"{CLASS_COUNT}, one per class."
        )
    front, flat, norms = _placed_norms(layers, (*convs, *linears))
    normed = {name for name, _ in norms}  # a batch norm after it makes a bias superfluous
    plain = [layer for layer in linears if layer.name not in normed]
    bare = [layer for layer in plain if not layer.bias]
    if 0 < len(bare) < len(plain):
        raise CheckpointError(
            f"The layer {bare[0].title} has no bias, unlike the other linear layers: a tensor is missing."
        )
    return Chain(front, convs, linears, norms, _geometries(convs, linears), flat)


def _in_a_row(layers: Sequence[WeightedLayer], inputs: int) -> tuple[WeightedLayer, ...]:
    """Layers of which each takes what the one before gives, as near to the file's order as that allows."""
    longest: tuple[WeightedLayer, ...] = ()
    waiting: list[tuple[tuple[WeightedLayer, ...], tuple[WeightedLayer, ...], int]]
    waiting = [((), tuple(layers), inputs)]  # the row so far, the rest, what the next one takes
    for _ in range(_MAX_SEARCHED):
        if not waiting:
            break
        row, rest, wanted = waiting.pop()
        if not rest:
            return row
        longest = max(longest, row, key=len)
        for place in reversed(range(len(rest))):  # the first is taken off the stack first
            if rest[place].inputs == wanted:
                left = (*rest[:place], *rest[place + 1 :])
                waiting.append(((*row, rest[place]), left, rest[place].outputs))
    rest = tuple(layer for layer in layers if layer not in longest)
    raise CheckpointError(_does_not_follow(rest[0], longest[-1] if longest else None))


def _row_of_linears(
    layers: Sequence[WeightedLayer], convs: Sequence[WeightedLayer]
) -> tuple[WeightedLayer, ...]:
    if not layers:
        return ()
    if not convs:
        return _in_a_row(layers, SIDE * SIDE)
    outputs = {layer.outputs for layer in layers}
    first = next((layer for layer in layers if layer.inputs not in outputs), layers[0])
    if first.inputs % convs[-1].outputs:
        raise CheckpointError(_does_not_follow(first, convs[-1]))
    return _in_a_row(layers, first.inputs)


def _does_not_follow(layer: WeightedLayer, before: WeightedLayer | None) -> str:
    unit = "channels" if layer.kind == "conv" else "features"
    takes = f"The layer {layer.title} takes {layer.inputs:,} {unit}"
    if before is not None:
        return (
            f"{takes}, and the layer before it, {before.title}, gives {before.outputs:,}: networks here are "
            "chains, in which each layer takes what the one before gives."
        )
    if layer.kind == "conv":
        return (
            f"{takes}, and the images here have 1, gray: it was made for color images or for another place."
        )
    return f"{takes}, and the images here have {SIDE * SIDE}, {SIDE} × {SIDE} pixels."


def _placed_norms(
    layers: Sequence[WeightedLayer], chain: Sequence[WeightedLayer]
) -> tuple[WeightedLayer | None, WeightedLayer | None, tuple[tuple[str, WeightedLayer], ...]]:
    """The norm of the image, that of all values before the first linear layer, and each of the others.

    Those come with the layer that they follow: the one before it in the file; where all norms stand
    together, the first layer of its width that has none yet.
    """
    places: dict[str, WeightedLayer] = {}
    front: WeightedLayer | None = None
    flat: WeightedLayer | None = None
    first = next((layer for layer in chain if layer.kind == "linear"), None)
    waiting: list[WeightedLayer] = []
    for before, layer in zip((None, *layers), layers, strict=False):
        if layer.kind != "batch_norm":
            continue
        if before is not None and before.kind != "batch_norm" and before.outputs == layer.outputs:
            places[before.name] = layer
        else:
            waiting.append(layer)
    for layer in waiting:
        place = next((at for at in chain if at.outputs == layer.outputs and at.name not in places), None)
        if place is not None:
            places[place.name] = layer
        elif front is None and layer.outputs == chain[0].inputs:
            front = layer
        elif flat is None and first is not None and layer.outputs == first.inputs:
            flat = layer
        else:
            raise CheckpointError(
                f"The batch norm {layer.title} has {layer.outputs:,} features, and no layer before it gives "
                "as many."
            )
    return front, flat, tuple(places.items())


def _geometries(convs: Sequence[WeightedLayer], linears: Sequence[WeightedLayer]) -> tuple[Geometry, ...]:
    """What may be done at each convolution so that the first linear layer fits, the likeliest first."""
    if not convs:
        return (Geometry(()),)
    pixels = linears[0].inputs // convs[-1].outputs if linears else 1
    side = math.isqrt(pixels)
    found = list(islice(_searched(convs, side), MAX_GEOMETRIES)) if side * side == pixels else []
    found = [each for each in found if each.surprise <= found[0].surprise + _MAX_SURPRISE]
    if not found:
        where = linears[0].title if linears else "the end"
        raise CheckpointError(
            f"No padding, stride and pooling of the convolutions leaves the {pixels:,} values per channel "
            f"that {where} takes from images of {SIDE} × {SIDE} pixels."
        )
    return tuple(found)


def _searched(convs: Sequence[WeightedLayer], target: int) -> Iterator[Geometry]:
    """Geometries that end at `target` pixels a side, those with the fewest surprises first."""
    ties = count()
    heap: list[tuple[float, int, int, tuple[Step, ...]]] = [(0.0, next(ties), SIDE, ())]
    for _ in range(_MAX_SEARCHED):
        if not heap:
            return
        surprise, _, side, steps = heapq.heappop(heap)
        if len(steps) == len(convs):
            if side == target:
                yield Geometry(steps, surprise)
            continue
        for step, more in _steps(convs[len(steps)].kernel, steps):
            after = (side + 2 * step.padding - convs[len(steps)].kernel) // step.stride + 1
            last = len(steps) + 1 == len(convs)
            for pool, extra in _poolings(after, target, strides=step.stride > 1, last=last):
                made = replace(step, pool=pool)
                if after // pool >= target and after > 0:
                    entry = (surprise + more + extra, next(ties), after // pool, (*steps, made))
                    heapq.heappush(heap, entry)


def _steps(kernel: int, before: Sequence[Step]) -> Iterator[tuple[Step, float]]:
    """Ways to move a window, and how surprising each is: same or no padding, alike everywhere, stride 1."""
    for padding in sorted({kernel // 2, 0, 1, 2} & set(range(kernel))):
        surprise = 0.0 if padding == kernel // 2 else 0.1 if padding == 0 else 2.0
        if before and before[-1].padding != padding:
            surprise += 1.5
        yield Step(padding, 1, 1), surprise
        yield Step(padding, 2, 1), surprise + 1.5


def _poolings(side: int, target: int, *, strides: bool, last: bool) -> Iterator[tuple[int, float]]:
    """Windows to pool by, and how surprising each is; at the end one that leaves the pixels wanted."""
    yield 2, 1.0 if strides else 0.0
    yield 1, 0.0 if strides else 1.0
    yield 3, 3.0
    yield 4, 4.0
    if last and target == 1 and 4 < side <= 14:
        yield side, 0.5
