"""The order of a file's layers, as far as shapes tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.data import CLASS_COUNT, SIDE
from core.errors import CheckpointError
from core.exchange.weights.geometry import Geometry, find_geometries
from core.exchange.weights.weighted_layers import WeightedLayer

_MAX_SEARCHED: Final = 20_000  # partial orders


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
    return Chain(front, convs, linears, norms, find_geometries(convs, linears), flat)


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
