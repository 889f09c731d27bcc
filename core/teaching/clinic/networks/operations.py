"""Operations on shapes: what functions and methods of tensors make of them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from core.teaching.clinic.networks.shape_rules import (
    MisfitError,
    Sized,
    adapted,
    flattened,
    pooled,
    scaled,
    viewed,
)


def _pooling(x: Sized, kernel_size: Any, stride: Any = None, padding: Any = 0) -> Sized:
    return Sized(pooled(x.shape, 2, kernel_size, stride, padding))


def _viewed(x: Sized, *sizes: Any) -> Sized:
    wanted = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple) else sizes
    return Sized(viewed(x.shape, tuple(wanted)))


def _reduced(x: Sized, dim: Any = None, keepdim: bool = False) -> Sized:
    if dim is None:
        return Sized(())
    dims = [d % len(x.shape) for d in (dim if isinstance(dim, tuple) else (dim,))]
    return Sized(
        tuple(
            1 if place in dims else size for place, size in enumerate(x.shape) if keepdim or place not in dims
        )
    )


def _squeezed(x: Sized, dim: int | None = None) -> Sized:
    return Sized(
        tuple(
            s
            for place, s in enumerate(x.shape)
            if s != 1 or (dim is not None and place != dim % len(x.shape))
        )
    )


def _unsqueezed(x: Sized, dim: int) -> Sized:
    place = dim % (len(x.shape) + 1)
    return Sized((*x.shape[:place], 1, *x.shape[place:]))


def _permuted(x: Sized, *dims: Any) -> Sized:
    order = dims[0] if len(dims) == 1 and isinstance(dims[0], tuple) else dims
    return Sized(tuple(x.shape[place] for place in order))


def _transposed(x: Sized, first: int, second: int) -> Sized:
    sizes = list(x.shape)
    sizes[first], sizes[second] = sizes[second], sizes[first]
    return Sized(tuple(sizes))


def _joined(parts: tuple[Sized, ...], dim: int = 0) -> Sized:
    first = parts[0].shape
    place = dim % len(first)
    for number, part in enumerate(parts):
        for other, (a, b) in enumerate(zip(first, part.shape, strict=False)):
            if other != place and a != b:
                raise MisfitError(
                    f"Sizes of tensors must match except in dimension {place}. Expected size {a} but got "
                    f"size {b} for tensor number {number} in the list."
                )
    return Sized((*first[:place], sum(part.shape[place] for part in parts), *first[place + 1 :]))


def kept_entries(ends: list[Any], size: int) -> int:
    """How many entries a slice keeps of `size`."""
    return len(range(*slice(*ends).indices(size)))


def _same(x: Sized, *_: Any, **__: Any) -> Sized:
    return x


_ELEMENTWISE: Final = (
    "relu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "selu",
    "sigmoid",
    "tanh",
    "softmax",
    "log_softmax",
    "dropout",
    "dropout2d",
    "relu_",
    "normalize",
    "logsigmoid",
    "softplus",
    "contiguous",
    "float",
    "clone",
)
OPERATIONS: Final[Mapping[str, Callable[..., Any]]] = {
    **dict.fromkeys(_ELEMENTWISE, _same),
    "max_pool2d": _pooling,
    "avg_pool2d": _pooling,
    "adaptive_avg_pool2d": lambda x, output_size: Sized(adapted(x.shape, output_size, 2)),
    "flatten": lambda x, start_dim=0, end_dim=-1: Sized(flattened(x.shape, start_dim, end_dim)),
    "cat": _joined,
    "squeeze": _squeezed,
    "unsqueeze": _unsqueezed,
    "mean": _reduced,
    "sum": _reduced,
    "interpolate": lambda x, size=None, scale_factor=None, **_: Sized(scaled(x.shape, size, scale_factor)),
    "permute": _permuted,
    "transpose": _transposed,
    "reshape": _viewed,
    "view": _viewed,
    "size": lambda x, dim=None: x.shape if dim is None else x.shape[dim],
    "dim": lambda x: len(x.shape),
}
