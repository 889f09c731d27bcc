"""The shape that a layer gives, from its settings alone; where it does not fit, PyTorch's own sentence.

PyTorch could be asked itself, on its `meta` device, but its first answer there takes seconds and some nine
hundred modules. A test compares these rules, and their sentences, with PyTorch.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from torch import nn

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Sized:
    """A tensor of which only the shape is known."""

    shape: Shape


class MisfitError(Exception):
    """What PyTorch says of shapes that do not fit."""


class UnknownRuleError(Exception):
    """There is no rule for this layer or operation here."""


def _texts(shape: Shape, joint: str = ", ") -> str:
    return joint.join(map(str, shape))


def _each(value: Any, count: int) -> Shape:
    """A setting for each spatial dimension."""
    return tuple(value) if isinstance(value, tuple | list) else (value,) * count


def of_layer(layer: nn.Module, given: Sized) -> Any:
    """What a layer gives for a tensor of this shape: a `Sized`, or a pair for recurrent layers.

    Raises:
        MisfitError: The layer refuses the shape; the text is PyTorch's sentence.
        UnknownRuleError: The layer has no rule here.
    """
    for kinds, rule in _RULES.items():
        if isinstance(layer, kinds):
            found = rule(layer, given.shape)
            return (
                found if isinstance(found, tuple) and found and isinstance(found[0], Sized) else Sized(found)
            )
    if isinstance(layer, _SAME):
        return given
    raise UnknownRuleError


def _linear(layer: Any, shape: Shape) -> Shape:
    if shape[-1] != layer.in_features:
        rows = math.prod(shape[:-1])
        raise MisfitError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{shape[-1]} and "
            f"{layer.in_features}x{layer.out_features})"
        )
    return (*shape[:-1], layer.out_features)


def _convolution(layer: Any, shape: Shape) -> Shape:
    count = len(layer.kernel_size)
    if len(shape) not in (count + 1, count + 2):
        raise MisfitError(
            f"Expected {count + 1}D (unbatched) or {count + 2}D (batched) input to conv{count}d, but "
            f"got input of size: [{_texts(shape)}]"
        )
    batched = shape if len(shape) == count + 2 else (1, *shape)
    if batched[1] != layer.in_channels:
        weight = (layer.out_channels, layer.in_channels // layer.groups, *layer.kernel_size)
        raise MisfitError(
            f"Given groups={layer.groups}, weight of size [{_texts(weight)}], expected "
            f"input[{_texts(batched)}] to have "
            f"{layer.in_channels} channels, but got {batched[1]} channels instead"
        )
    if layer.padding == "same":
        return (*shape[: -count - 1], layer.out_channels, *shape[-count:])
    padding = (0,) * count if layer.padding == "valid" else layer.padding
    padded = tuple(size + 2 * more for size, more in zip(shape[-count:], padding, strict=True))
    reach = tuple(d * (k - 1) + 1 for d, k in zip(layer.dilation, layer.kernel_size, strict=True))
    if any(size < window for size, window in zip(padded, reach, strict=True)):
        raise MisfitError(
            f"Calculated padded input size per channel: ({_texts(padded, ' x ')}). Kernel size: "
            f"({_texts(reach, ' x ')}). Kernel size can't be greater than actual input size"
        )
    sizes = tuple(
        (size - window) // step + 1 for size, window, step in zip(padded, reach, layer.stride, strict=True)
    )
    return (*shape[: -count - 1], layer.out_channels, *sizes)


def _transposed(layer: Any, shape: Shape) -> Shape:
    if len(shape) != 4 or shape[1] != layer.in_channels:
        weight = (layer.in_channels, layer.out_channels // layer.groups, *layer.kernel_size)
        raise MisfitError(
            f"Given transposed=1, weight of size [{_texts(weight)}], expected input[{_texts(shape)}] to have "
            f"{layer.in_channels} channels, but got {shape[1]} channels instead"
        )
    sizes = (
        (size - 1) * step - 2 * padding + dilation * (window - 1) + more + 1
        for size, step, padding, dilation, window, more in zip(
            shape[2:],
            layer.stride,
            layer.padding,
            layer.dilation,
            layer.kernel_size,
            layer.output_padding,
            strict=True,
        )
    )
    return (shape[0], layer.out_channels, *sizes)


def pooled(
    shape: Shape, count: int, window: Any, stride: Any, padding: Any = 0, *, up: bool = False
) -> Shape:
    """The shape after a pooling over the last `count` dimensions."""
    if len(shape) not in (count + 1, count + 2):
        raise MisfitError("non-empty 3D or 4D (batch mode) tensor expected for input")
    windows, paddings = _each(window, count), _each(padding, count)
    steps = windows if stride is None else _each(stride, count)
    sizes = []
    for size, side, step, more in zip(shape[-count:], windows, steps, paddings, strict=True):
        room = size + 2 * more - side
        sizes.append((-(-room // step) if up else room // step) + 1)
    out = (*shape[:-count], *sizes)
    if min(sizes) < 1:
        before, after = shape[-count - 1 :], out[-count - 1 :]
        padded = (before, after) if count == 2 else ((before[0], 1, before[1]), (after[0], 1, after[1]))
        raise MisfitError(
            f"Given input size: ({_texts(padded[0], 'x')}). Calculated output size: "
            f"({_texts(padded[1], 'x')}). Output size is too small"
        )
    return out


def _pool(layer: Any, shape: Shape) -> Shape:
    count = 1 if isinstance(layer, nn.MaxPool1d) else 2
    return pooled(shape, count, layer.kernel_size, layer.stride, layer.padding, up=bool(layer.ceil_mode))


def adapted(shape: Shape, size: Any, count: int) -> Shape:
    """The shape after an adaptive pooling."""
    wanted = _each(size, count)
    kept = [have if want is None else want for have, want in zip(shape[-count:], wanted, strict=True)]
    return (*shape[:-count], *kept)


def _adaptive(layer: Any, shape: Shape) -> Shape:
    return adapted(shape, layer.output_size, 1 if isinstance(layer, nn.AdaptiveAvgPool1d) else 2)


def _batch_norm(layer: Any, shape: Shape) -> Shape:
    wanted, said = ((2, 3), "2D or 3D") if isinstance(layer, nn.BatchNorm1d) else ((4,), "4D")
    if len(shape) not in wanted:
        raise MisfitError(f"expected {said} input (got {len(shape)}D input)")
    if shape[1] != layer.num_features:
        raise MisfitError(f"running_mean should contain {shape[1]} elements not {layer.num_features}")
    return shape


def _layer_norm(layer: Any, shape: Shape) -> Shape:
    wanted = tuple(layer.normalized_shape)
    if shape[-len(wanted) :] != wanted:
        raise MisfitError(
            f"Given normalized_shape=[{_texts(wanted)}], expected input with shape [*, "
            f"{_texts(wanted)}], but got input of size[{_texts(shape)}]"
        )
    return shape


def flattened(shape: Shape, start: int = 0, end: int = -1) -> Shape:
    """The shape with the dimensions from `start` to `end` made one."""
    first, last = start % len(shape), end % len(shape)
    return (*shape[:first], math.prod(shape[first : last + 1]), *shape[last + 1 :])


def viewed(shape: Shape, wanted: Shape) -> Shape:
    """The shape after `view` or `reshape`."""
    count, known = math.prod(shape), math.prod(size for size in wanted if size != -1)
    if wanted.count(-1) == 1 and known and count % known == 0:
        return tuple(count // known if size == -1 else size for size in wanted)
    if -1 in wanted or known != count:
        raise MisfitError(f"shape '[{_texts(wanted)}]' is invalid for input of size {count}")
    return wanted


def _recurrent(layer: Any, shape: Shape) -> tuple[Sized, Any]:
    if len(shape) not in (2, 3):
        raise MisfitError(f"{type(layer).__name__}: Expected input to be 2D or 3D, got {len(shape)}D instead")
    if shape[-1] != layer.input_size:
        raise MisfitError(
            f"input.size(-1) must be equal to input_size. Expected {layer.input_size}, got {shape[-1]}"
        )
    ways = 2 if layer.bidirectional else 1
    batch = shape[0 if layer.batch_first else 1] if len(shape) == 3 else 1
    state = Sized((layer.num_layers * ways, batch, layer.hidden_size))
    return Sized((*shape[:-1], layer.hidden_size * ways)), (state, state) if isinstance(
        layer, nn.LSTM
    ) else state


def scaled(shape: Shape, size: Any, factor: Any) -> Shape:
    """The shape after an interpolation."""
    count = len(shape) - 2
    if size is not None:
        return (*shape[:2], *_each(size, count))
    return (
        *shape[:2],
        *(int(side * times) for side, times in zip(shape[2:], _each(factor, count), strict=True)),
    )


def together(first: Shape, second: Shape) -> Shape:
    """The shape of two tensors broadcast."""
    length = max(len(first), len(second))
    left, right = (1,) * (length - len(first)) + first, (1,) * (length - len(second)) + second
    for place, (a, b) in reversed(list(enumerate(zip(left, right, strict=True)))):
        if a != b and 1 not in (a, b):
            raise MisfitError(
                f"The size of tensor a ({a}) must match the size of tensor b ({b}) at non-singleton "
                f"dimension {place}"
            )
    return tuple(b if a == 1 else a for a, b in zip(left, right, strict=True))


_SAME: Final = (
    nn.ReLU,
    nn.LeakyReLU,
    nn.ELU,
    nn.GELU,
    nn.SELU,
    nn.SiLU,
    nn.ReLU6,
    nn.Hardswish,
    nn.PReLU,
    nn.Softplus,
    nn.Tanh,
    nn.Sigmoid,
    nn.Softmax,
    nn.LogSoftmax,
    nn.Softmax2d,
    nn.Dropout,
    nn.Dropout2d,
    nn.Identity,
    nn.GroupNorm,
    nn.InstanceNorm2d,
)
_RULES: Final[Mapping[Any, Callable[[Any, Shape], Any]]] = {
    nn.Linear: _linear,
    nn.ConvTranspose2d: _transposed,
    (nn.Conv1d, nn.Conv2d, nn.Conv3d): _convolution,
    (nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool2d): _pool,
    (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d): _adaptive,
    (nn.BatchNorm1d, nn.BatchNorm2d): _batch_norm,
    nn.LayerNorm: _layer_norm,
    nn.Flatten: lambda layer, shape: flattened(shape, layer.start_dim, layer.end_dim),
    nn.Unflatten: lambda layer, shape: (
        *shape[: layer.dim],
        *layer.unflattened_size,
        *shape[layer.dim + 1 :],
    ),
    nn.Embedding: lambda layer, shape: (*shape, layer.embedding_dim),
    (nn.LSTM, nn.GRU, nn.RNN): _recurrent,
    nn.Upsample: lambda layer, shape: scaled(shape, layer.size, layer.scale_factor),
    nn.ZeroPad2d: lambda layer, shape: (
        *shape[:-2],
        shape[-2] + layer.padding[2] + layer.padding[3],
        shape[-1] + layer.padding[0] + layer.padding[1],
    ),
}
