"""What a value is, in a few lines: type, shape, dtype, device, gradient, and a preview bounded in size.

`Describer.describe(value)` gives a plain dictionary for the browser. It never changes the value: no iterator
is advanced. A dataset is asked for its first sample, which runs its transforms once more: those of a program
must therefore print nothing and draw no random numbers.
"""

import inspect
import re
import types
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import torch
from matplotlib.figure import Figure
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, RandomSampler

from core.teaching.tracer.pictures import pixels_of

Description = dict[str, Any]
"""Keys: `type` and `text` always; `kind` says how to draw it; others as the functions below set them."""

MAX_TEXT: Final = 160
MAX_ROWS: Final = 5
MAX_COLUMNS: Final = 8
MAX_LAYERS: Final = 12
_SMALL: Final = 1_024
"""Elements up to which a tensor's contents are compared, since NumPy may write into them unseen."""
_REMEMBERED: Final = 64
_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+", re.IGNORECASE)
_PLAIN: Final = (bool, int, float, str, type(None), torch.dtype, torch.device, torch.Size)


class Describer:
    """Describes values, each only once as long as it does not change.

    Args:
        hidden: A folder's path, which is left out of every text.
    """

    def __init__(self, hidden: str) -> None:
        self._hidden = hidden
        self._known: OrderedDict[int, tuple[Any, Any, Description]] = OrderedDict()

    def describe(self, value: Any) -> Description:
        """The value's description; the same object as before if the value is as it was."""
        mark = _fingerprint(value)
        known = self._known.get(id(value))
        if known is not None and known[0] is value and known[1] == mark:
            self._known.move_to_end(id(value))
            return known[2]
        description = self._new(value)
        self._known[id(value)] = (value, mark, description)  # holds the value: its id is not used again
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return description

    def text(self, text: str) -> str:
        """Text without the hidden folder and addresses in memory, cut to `MAX_TEXT` characters."""
        text = _ADDRESS.sub("", text.replace(self._hidden + "/", ""))
        return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"

    def _new(self, value: Any) -> Description:
        for kind, describe in _DESCRIBERS:
            if isinstance(value, kind):
                found = describe(value)
                found["text"] = self.text(found["text"])
                if "rows" in found:
                    found["rows"] = [[name, self.text(str(text))] for name, text in found["rows"]]
                return {"type": type(value).__name__, **found}
        return {"type": type(value).__name__, "kind": "other", **self._other(value)}

    def _other(self, value: Any) -> Description:
        """Of a class that is not known here: an object of the program's own shows its attributes."""
        if type(value).__module__ == "__main__":
            return {"text": "", "rows": self._attributes(value)}
        return {"text": self.text(_safely(lambda: repr(value), f"a {type(value).__name__}"))}

    def _attributes(self, value: Any) -> list[list[str]]:
        return [
            [f".{name}", self.text(summary(part))]
            for name, part in list(vars(value).items())[:MAX_LAYERS]
            if not name.startswith("_")
        ]


def summary(value: Any) -> str:
    """The value in one line."""
    for kind, describe in _DESCRIBERS:
        if isinstance(value, kind):
            text: str = describe(value)["text"]
            return text
    if type(value).__name__ == "DataFrame":
        return f"a table of {value.shape[0]} rows and {value.shape[1]} columns"
    return _safely(lambda: repr(value), f"a {type(value).__name__}")


def _safely(make: Callable[[], str], otherwise: str) -> str:
    """What an object says of itself, unless that fails: it may be half made."""
    try:
        return make()
    except Exception:
        return otherwise


def _fingerprint(value: Any) -> Any:
    """Something that differs when the value was changed in place."""
    if isinstance(value, Tensor):
        return _tensor_mark(value)
    if isinstance(value, np.ndarray):
        return value.tobytes() if value.size <= _SMALL and value.dtype != object else value.size
    if isinstance(value, nn.Module):
        if "_modules" not in vars(value):
            return None
        parts = tuple(_tensor_mark(part) for part in value.parameters())
        return (value.training, len(list(value.modules())), parts)
    if isinstance(value, torch.optim.Optimizer):
        return (len(value.state), [group.get("lr") for group in value.param_groups])
    if isinstance(value, Figure):
        return (len(value.axes), sum(len(axes.get_children()) for axes in value.axes))
    if isinstance(value, list | tuple | dict):
        entries = list(value.values() if isinstance(value, dict) else value)
        return (len(entries), tuple(_fingerprint(entry) for entry in entries[:MAX_LAYERS]))
    if isinstance(value, _PLAIN):
        return (type(value), value)
    own = getattr(value, "__dict__", None)
    return tuple((name, id(part)) for name, part in own.items()) if type(own) is dict else None


def _tensor_mark(value: Tensor) -> Any:
    grad = value.grad if value.is_leaf or value.retains_grad else None
    known = (value._version, value.requires_grad, id(grad), None if grad is None else grad._version)
    if value.numel() > _SMALL or value.device.type != "cpu" or value.layout != torch.strided:
        return known
    return (*known, value.detach().contiguous().view(-1).view(torch.uint8).numpy().tobytes())


def _number(value: float | int | bool) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _tensor(value: Tensor) -> Description:
    plain = value.detach().as_subclass(Tensor)
    shape = list(plain.shape)
    found: Description = {
        "kind": "tensor",
        "shape": shape,
        "dtype": str(plain.dtype).removeprefix("torch."),
        "device": str(plain.device),
        "requires_grad": value.requires_grad,
        "text": f"tensor of shape {tuple(shape)}",
    }
    if value.grad_fn is not None:
        found["grad_fn"] = type(value.grad_fn).__name__
    if value.requires_grad and (value.is_leaf or value.retains_grad):
        found["grad_norm"] = None if value.grad is None else _norm(value.grad)
    if plain.numel() == 1:
        found["text"] = _number(plain.item())
        found["exact"] = repr(plain.item())
    pixels = pixels_of(plain)
    if pixels is not None:
        found["pixels"] = pixels
        found["count"] = shape[0] if len(shape) == 4 else 1
        found["range"] = [_number(plain.min().item()), _number(plain.max().item())]
    elif plain.numel() > 1:
        found |= _grid(plain)
        if plain.is_floating_point():
            found["norm"] = _norm(plain)
    return found


def _norm(value: Tensor) -> float:
    return float(f"{torch.linalg.vector_norm(value.detach()):.6g}")


def _grid(plain: Tensor) -> Description:
    """The first rows and columns; of more than two dimensions, those of the first matrix."""
    matrix = plain
    while matrix.ndim > 2:
        matrix = matrix[0]
    rows = matrix.reshape(1, -1) if matrix.ndim == 1 else matrix
    numbers = rows[:MAX_ROWS, :MAX_COLUMNS].tolist()
    return {
        "grid": [[_number(number) for number in row] for row in numbers],
        "of": list(rows.shape),
    }


def _array(value: np.ndarray) -> Description:
    found: Description = {
        "kind": "tensor",
        "shape": list(value.shape),
        "dtype": str(value.dtype),
        "text": f"array of shape {value.shape}",
    }
    if value.size and value.dtype.kind in "fiub":
        found |= _grid(torch.from_numpy(value.copy()))
    return found


def _plain(value: Any) -> Description:
    return {"kind": "number" if isinstance(value, int | float) else "text", "text": repr(value)}


def _module(value: nn.Module) -> Description:
    """Its layers: what each is, and the norms of its parameters and of their gradients."""
    name = type(value).__name__
    if "_modules" not in vars(value):
        return {"kind": "model", "text": f"{name}, not initialized yet"}
    leaves = [(path, part) for path, part in value.named_modules() if not list(part.children())]
    layers = []
    for path, part in leaves[:MAX_LAYERS]:
        if part is value and not list(part.parameters()):
            continue
        parameters = [
            {
                "name": own,
                "shape": list(tensor.shape),
                "norm": _norm(tensor),
                "grad_norm": None if tensor.grad is None else _norm(tensor.grad),
            }
            for own, tensor in part.named_parameters()
        ]
        layer = {"name": path or own_name(part), "layer": own_name(part), "extra": part.extra_repr()}
        layers.append({**layer, "parameters": parameters})
    count = sum(tensor.numel() for tensor in value.parameters())
    mode = "training mode" if value.training else "evaluation mode"
    text = f"{count:,} parameters, {mode}" if count else " ".join(repr(value).split())
    return {"kind": "model", "text": text, "layers": layers}


def own_name(part: object) -> str:
    """The name of an object's class."""
    return type(part).__name__


def _optimizer(value: torch.optim.Optimizer) -> Description:
    tensors = [tensor for group in value.param_groups for tensor in group["params"]]
    rows = [
        ["learning rate", value.param_groups[0]["lr"]],
        ["moves", f"{len(tensors)} tensors, {sum(t.numel() for t in tensors):,} numbers"],
        ["keeps notes on", f"{sum(bool(state) for state in value.state.values())} of them"],
    ]
    return {"kind": "rows", "text": f"lr={value.param_groups[0]['lr']}", "rows": rows}


def _loader(value: DataLoader[Any]) -> Description:
    """What it will give, without asking it for a batch."""
    shuffled = isinstance(value.sampler, RandomSampler)
    count = len(value)
    rows = [
        ["gives", f"{count:,} batches of {value.batch_size}"],
        ["of", _dataset(value.dataset)["text"]],
        ["order", "new in every round" if shuffled else "as in the dataset"],
    ]
    sample = _sample(value.dataset)
    if isinstance(sample, tuple):
        size = min(value.batch_size or 1, len(value.dataset))  # type: ignore[arg-type]
        parts = [f"{[size, *part.shape]}" if isinstance(part, Tensor) else f"[{size}]" for part in sample]
        rows.insert(1, ["each with shapes", " and ".join(parts)])
    return {"kind": "rows", "text": f"{count:,} batches of {value.batch_size}", "rows": rows}


def _dataset(value: Any) -> Description:
    """How many samples, and what one of them is; a dataset of the program's own shows its attributes."""
    if type(value).__module__ == "__main__":
        rows = [[f".{name}", summary(part)] for name, part in vars(value).items()]
        return {"kind": "rows", "text": own_name(value), "rows": rows}
    count = len(value)
    rows = [["samples", f"{count:,}"]]
    if getattr(value, "transform", None) is not None:
        rows.append(["transform", " ".join(repr(value.transform).split())])
    sample = _sample(value)
    if isinstance(sample, tuple):
        rows.append(["the first", ", ".join(summary(part) for part in sample)])
    of = own_name(getattr(value, "dataset", value))  # a subset names what it is a subset of
    return {"kind": "rows", "text": f"{count:,} samples of {of}", "rows": rows}


def _sample(dataset: Any) -> Any:
    """The first sample; `None` of a dataset of the program's own."""
    return None if type(dataset).__module__ == "__main__" else dataset[0]


def _figure(value: Figure) -> Description:
    return {"kind": "other", "text": f"a figure with {len(value.axes)} parts"}


def _picture(value: Image.Image) -> Description:
    found: Description = {
        "kind": "picture",
        "text": f"{value.width} × {value.height} pixels, mode {value.mode}",
    }
    if value.mode == "L" and max(value.size) <= 64:
        found["pixels"] = ((1, value.height, value.width), value.tobytes())
        found["count"] = 1
    return found


def _collection(value: list[Any] | tuple[Any, ...]) -> Description:
    opening, closing = "[]" if isinstance(value, list) else "()"
    parts = ", ".join(summary(part) for part in value[:MAX_LAYERS])
    more = ", …" if len(value) > MAX_LAYERS else ""
    return {"kind": "text", "text": f"{opening}{parts}{more}{closing}", "length": len(value)}


def _dictionary(value: Mapping[Any, Any]) -> Description:
    parts = [f"{key!r}: {summary(part)}" for key, part in list(value.items())[:MAX_LAYERS]]
    return {"kind": "text", "text": "{" + ", ".join(parts) + "}", "length": len(value)}


def _function(value: types.FunctionType) -> Description:
    names = ", ".join(inspect.signature(value).parameters)
    return {"kind": "function", "text": f"{value.__name__}({names})"}


def _class(value: type) -> Description:
    return {"kind": "function", "text": f"class {value.__name__}"}


_DESCRIBERS: Final[tuple[tuple[Any, Callable[[Any], Description]], ...]] = (
    (Tensor, _tensor),
    (np.ndarray, _array),
    (_PLAIN, _plain),
    (nn.Module, _module),
    (torch.optim.Optimizer, _optimizer),
    (DataLoader, _loader),
    (Dataset, _dataset),
    (Figure, _figure),
    (Image.Image, _picture),
    ((list, tuple), _collection),
    (dict, _dictionary),
    (types.FunctionType, _function),
    (type, _class),
)
