"""The layers that a parsed constructor makes: rebuilt from a short list, on PyTorch's `meta` device."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import torch
from torch import nn

MAX_SIZE: Final = 1_000_000
MAX_LAYERS: Final = 80

LAYERS: Final = (
    "Linear",
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose2d",
    "MaxPool1d",
    "MaxPool2d",
    "AvgPool2d",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "LayerNorm",
    "GroupNorm",
    "InstanceNorm2d",
    "Dropout",
    "Dropout2d",
    "Flatten",
    "Unflatten",
    "Identity",
    "ReLU",
    "LeakyReLU",
    "ELU",
    "GELU",
    "SELU",
    "SiLU",
    "ReLU6",
    "Hardswish",
    "PReLU",
    "Softplus",
    "Tanh",
    "Sigmoid",
    "Softmax",
    "LogSoftmax",
    "Embedding",
    "LSTM",
    "GRU",
    "RNN",
    "Upsample",
    "ZeroPad2d",
    "Softmax2d",
)
ARITHMETIC: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Div: lambda a, b: a / b,
    ast.MatMult: lambda a, b: a @ b,
}


@dataclass(frozen=True)
class Row:
    """One step of the forward pass that changes or takes a shape."""

    name: str
    """As the class calls it, such as `self.fc1` or `x.view`."""
    layer: str
    """What it is."""
    given: tuple[int, ...]
    gives: tuple[int, ...]


@dataclass(frozen=True)
class Stop:
    """Why the reading ends."""

    sentence: str
    wrong: bool
    """Whether the class is at fault, not the reader."""


class StopReadingError(Exception):
    """Carries a `Stop` out of nested expressions."""

    def __init__(self, sentence: str, *, wrong: bool = False) -> None:
        super().__init__(sentence)
        self.stop = Stop(sentence, wrong)


def short(node: ast.AST) -> str:
    """A piece of code, short enough for a sentence."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 70 else text[:67] + "..."


def said(error: Exception) -> str:
    """The first line of what PyTorch says, cut to a sentence's length."""
    return str(error).split("\n")[0][:200]


@dataclass
class Network:
    """The layers that a constructor makes."""

    layers: dict[str, nn.Module] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    """Plain values in the constructor's reach, by name; those kept in `self` with `self.` before."""
    names: set[str] = field(default_factory=set)
    """Every attribute and method that `self` has."""
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, node: ast.ClassDef, tree: ast.Module) -> "Network | Stop":
        """Read the constructor; a `Stop` where it cannot be followed, or makes a layer that is none."""
        network = cls()
        network.names = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
        network.names |= {name for name in dir(nn.Module) if not name.startswith("__")}
        for statement in tree.body:
            if (
                isinstance(statement, ast.Assign)
                and isinstance(statement.targets[0], ast.Name)
                and isinstance(statement.value, ast.Constant)
            ):
                network.values[statement.targets[0].id] = statement.value.value
        constructor = next(
            (item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"),
            None,
        )
        try:
            if constructor is not None:
                network._arguments(constructor, node.name, tree)
                for line in constructor.body:
                    network._line(line)
        except StopReadingError as stopped:
            return stopped.stop
        return network

    def _arguments(self, constructor: ast.FunctionDef, name: str, tree: ast.Module) -> None:
        """The constructor's parameters: their defaults, and what a call in the text gives them."""
        names = [arg.arg for arg in constructor.args.args[1:]]
        defaults = constructor.args.defaults
        for arg, default in zip(names[len(names) - len(defaults) :], defaults, strict=True):
            if isinstance(default, ast.Constant):
                self.values[arg] = default.value
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                given = [
                    *zip(names, node.args, strict=False),
                    *((k.arg, k.value) for k in node.keywords if k.arg),
                ]
                self.values |= {arg: value.value for arg, value in given if isinstance(value, ast.Constant)}

    def _line(self, line: ast.stmt) -> None:
        if isinstance(line, ast.Expr):
            return
        if not isinstance(line, ast.Assign) or len(line.targets) != 1:
            raise StopReadingError(
                f"line {line.lineno} of the constructor, `{short(line)}`, is more than this reader follows."
            )
        target = line.targets[0]
        if isinstance(target, ast.Name):
            self.values[target.id] = self.value(line.value)
            return
        if not (isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self"):
            raise StopReadingError(
                f"line {line.lineno} of the constructor, `{short(line)}`, is more than this reader follows."
            )
        self.names.add(target.attr)
        value = self.value(line.value)
        if isinstance(value, nn.Module):
            self.layers[target.attr] = value
        else:
            self.values[f"self.{target.attr}"] = value
            if isinstance(value, list) and any(isinstance(entry, nn.Module) for entry in value):
                self.remarks += (
                    (
                        f"`self.{target.attr}` is a plain list: its layers are invisible to "
                        "`parameters()` and `.to(device)`; use `nn.ModuleList`."
                    ),
                )

    def value(self, node: ast.expr) -> Any:
        """What an expression of the constructor gives: a number, a tuple, a text, or a layer.

        Raises:
            StopReadingError: It is something else.
        """
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name) if name in self.values:
                return self.values[name]
            case ast.Name(id=name):
                raise StopReadingError(
                    f"line {node.lineno}: the value of `{name}` is given from outside, and the text "
                    "does not say it."
                )
            case ast.Attribute() if ast.unparse(node) in self.values:
                return self.values[ast.unparse(node)]
            case ast.Tuple(elts=items):
                return tuple(self.value(item) for item in items)
            case ast.List(elts=items):
                return [self.value(item) for item in items]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value = self.value(operand)
                if isinstance(value, int | float):
                    return -value
            case ast.BinOp(op=operator, left=left, right=right):
                pair = self.value(left), self.value(right)
                if all(isinstance(part, int | float) for part in pair):
                    if isinstance(operator, ast.Pow) and 0 <= pair[1] <= 8 and abs(pair[0]) <= 1000:
                        return pair[0] ** pair[1]
                    if type(operator) in ARITHMETIC and not (
                        isinstance(operator, ast.Div | ast.FloorDiv) and pair[1] == 0
                    ):
                        return ARITHMETIC[type(operator)](*pair)
            case ast.Call():
                return self._layer(node)
        raise StopReadingError(f"line {node.lineno}, `{short(node)}`, is more than this reader follows.")

    def _layer(self, node: ast.Call) -> Any:
        called = ast.unparse(node.func)
        module, _, name = called.rpartition(".")
        if module not in ("nn", "torch.nn", ""):
            raise StopReadingError(f"line {node.lineno}: this reader does not know `{called[:60]}`.")
        if name in ("Sequential", "ModuleList"):
            items = (
                node.args[0].elts if len(node.args) == 1 and isinstance(node.args[0], ast.List) else node.args
            )
            entries = [self.value(item) for item in items]
            for item, entry in zip(items, entries, strict=True):
                if not isinstance(entry, nn.Module):
                    raise StopReadingError(f"line {item.lineno}: `{short(item)}` is no layer.", wrong=True)
            if len(self.layers) + len(entries) > MAX_LAYERS:
                raise StopReadingError(f"line {node.lineno}: more than {MAX_LAYERS} layers are not read.")
            return nn.Sequential(*entries) if name == "Sequential" else nn.ModuleList(entries)
        if name not in LAYERS:
            folded = {layer.lower(): layer for layer in LAYERS}.get(name.lower())
            if folded and module:
                raise StopReadingError(
                    f"line {node.lineno}: `{called}` does not exist; `nn.{folded}` does.", wrong=True
                )
            raise StopReadingError(
                f"line {node.lineno}: this reader does not know the layer `{called[:60]}`."
            )
        arguments = [self.value(arg) for arg in node.args]
        options = {
            keyword.arg: self.value(keyword.value)
            for keyword in node.keywords
            if keyword.arg and keyword.arg not in ("device", "dtype")
        }
        for given in (*arguments, *options.values()):
            parts = given if isinstance(given, tuple | list) else (given,)
            if len(parts) > 6 or any(
                isinstance(part, int | float) and abs(part) > MAX_SIZE for part in parts
            ):
                raise StopReadingError(
                    f"line {node.lineno}: `{short(node)}` is larger than what is read here."
                )
        if name in ("LSTM", "GRU", "RNN") and any(
            type(v) is int and v > 16 for v in (*arguments[2:], options.get("num_layers", 1))
        ):
            raise StopReadingError(f"line {node.lineno}: more than 16 layers in one are not read.")
        try:
            with torch.device("meta"):
                return getattr(nn, name)(*arguments, **options).eval()
        except Exception as error:
            raise StopReadingError(
                f"line {node.lineno}, `{short(node)}`: PyTorch says: {said(error)}", wrong=True
            ) from None

    def first_input(self) -> tuple[int, ...] | None:
        """The shape of a sample that the first layer takes; a size of 0 where it may be any."""
        for layer in self.layers.values():
            for module in layer.modules():
                match module:
                    case nn.Flatten() | nn.Identity():
                        return None
                    case nn.Linear():
                        return (module.in_features,) if module.in_features != 784 else None
                    case nn.Conv2d():
                        return (module.in_channels, 0, 0)
                    case nn.ConvTranspose2d():  # a decoder, which begins at a small map
                        return (module.in_channels, 7, 7)
                    case nn.Conv1d():
                        return (module.in_channels, 100)
                    case nn.LSTM() | nn.GRU() | nn.RNN():
                        return (20, module.input_size)
                    case nn.Embedding():
                        return (20,)
        return None
