"""Follows a batch's shape through a parsed `forward`; nothing is computed but shapes."""

import ast
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from torch import nn

from core.teaching.clinic.networks.constructor import ARITHMETIC, Network, Row, Stop, StopReadingError, short
from core.teaching.clinic.networks.operations import OPERATIONS, kept_entries
from core.teaching.clinic.networks.shape_rules import (
    MisfitError,
    Shape,
    Sized,
    UnknownRuleError,
    of_layer,
    together,
)

BATCH: Final = 64
"""Images in the batch that is sent through."""
MAXOPERATIONS: Final = 120


def follow(
    network: Network, forward: ast.FunctionDef, shape: Shape
) -> tuple[Shape, tuple[Row, ...], Stop | None]:
    """Send a batch of this shape through `forward`: the shape, the layers reached, why it ended early."""
    names = [arg.arg for arg in forward.args.args[1:]]
    if len(names) != 1:
        return (
            shape,
            (),
            Stop("`forward` takes more than one input, which this reader does not follow.", False),
        )
    walk = _Walk(network, {names[0]: Sized(shape)})
    try:
        walk.block(forward.body)
    except StopReadingError as stopped:
        return shape, tuple(walk.rows), stopped.stop
    return shape, tuple(walk.rows), None


class _Walk:
    """One forward pass of shapes."""

    def __init__(self, network: Network, known: dict[str, Any]) -> None:
        self.network = network
        self.known = known
        self.rows: list[Row] = []
        self.left = MAXOPERATIONS

    def block(self, lines: list[ast.stmt]) -> bool:
        """Follow statements; whether a `return` was reached."""
        return any(self._statement(line) for line in lines)

    def _statement(self, line: ast.stmt) -> bool:
        match line:
            case ast.Return(value=value):
                if value is not None:
                    self.value(value)
                return True
            case ast.Assign(targets=[target], value=value):
                self._bind(target, self.value(value))
                return False
            case ast.AugAssign(target=ast.Name(id=name), op=operator, value=value) if (
                type(operator) in ARITHMETIC
            ):
                self.known[name] = self._computed(line, operator, self.known.get(name), self.value(value))
                return False
            case (
                ast.Expr(value=ast.Constant())
                | ast.Pass()
                | ast.Expr(value=ast.Call(func=ast.Name(id="print")))
            ):
                return False
            case ast.For(target=target, iter=ast.Attribute() as loop, body=body):
                layers = self._attribute(loop)
                if isinstance(layers, nn.ModuleList | nn.Sequential | list):
                    return any(self._turn(target, layer, body) for layer in layers)
        raise self._stop(line, "is more than this reader follows.")

    def _turn(self, target: ast.expr, layer: Any, body: list[ast.stmt]) -> bool:
        """One turn of a loop over layers."""
        self._bind(target, layer)
        return self.block(body)

    def _stop(self, node: ast.stmt | ast.expr, why: str, *, wrong: bool = False) -> StopReadingError:
        return StopReadingError(f"line {node.lineno} of the class, `{short(node)}`, {why}", wrong=wrong)

    def _bind(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self.known[target.id] = value
        elif isinstance(target, ast.Tuple) and isinstance(value, tuple) and len(target.elts) == len(value):
            for part, entry in zip(target.elts, value, strict=True):
                self._bind(part, entry)
        else:
            raise self._stop(target, "takes more than this reader follows.")

    def value(self, node: ast.expr) -> Any:
        """What an expression gives: a shape, a number, or a tuple of them."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name) if name in self.known:
                return self.known[name]
            case ast.Attribute():
                return self._attribute(node)
            case ast.Tuple(elts=items) | ast.List(elts=items):
                return tuple(self.value(item) for item in items)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value = self.value(operand)
                return value if isinstance(value, Sized) else self._number(node, value, -1)
            case ast.BinOp(op=operator, left=left, right=right) if type(operator) in ARITHMETIC:
                return self._computed(node, operator, self.value(left), self.value(right))
            case ast.Subscript(value=inner, slice=index):
                return self._picked(node, self.value(inner), index)
            case ast.Call():
                return self._call(node)
        raise self._stop(node, "is more than this reader follows.")

    def _number(self, node: ast.expr, value: Any, sign: int) -> Any:
        if not isinstance(value, int | float):
            raise self._stop(node, "is more than this reader follows.")
        return sign * value

    def _attribute(self, node: ast.Attribute) -> Any:
        text = ast.unparse(node)
        if ast.unparse(node.value) == "self" and node.attr in self.network.layers:
            return self.network.layers[node.attr]
        if text in self.network.values:
            return self.network.values[text]
        if node.attr == "shape":
            inner = self.value(node.value)
            if isinstance(inner, Sized):
                return inner.shape
        raise self._stop(node, "is more than this reader knows.")

    def _computed(self, node: ast.stmt | ast.expr, operator: ast.operator, left: Any, right: Any) -> Any:
        if isinstance(operator, ast.MatMult) or not all(
            isinstance(part, int | float | Sized) for part in (left, right)
        ):
            raise self._stop(node, "is more than this reader follows.")
        if not isinstance(left, Sized) and not isinstance(right, Sized):
            return self._run(node, lambda: ARITHMETIC[type(operator)](left, right))
        shapes = [part.shape if isinstance(part, Sized) else () for part in (left, right)]
        return self._run(node, lambda: Sized(together(*shapes)))

    def _picked(self, node: ast.Subscript, value: Any, index: ast.expr) -> Any:
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        if isinstance(value, tuple) and len(parts) == 1 and not isinstance(parts[0], ast.Slice):
            place = self.value(parts[0])
            if isinstance(place, int) and -len(value) <= place < len(value):
                return value[place]
        if not isinstance(value, Sized) or len(parts) > len(value.shape):
            raise self._stop(node, "is more than this reader follows.")
        kept = []
        for part, size in zip(parts, value.shape, strict=False):
            if isinstance(part, ast.Slice):
                ends = [
                    None if end is None else self.value(end) for end in (part.lower, part.upper, part.step)
                ]
                kept.append(self._run(node, partial(kept_entries, ends, size)))
            elif not isinstance(self.value(part), int):
                raise self._stop(node, "is more than this reader follows.")
        return Sized((*kept, *value.shape[len(parts) :]))

    def _call(self, node: ast.Call) -> Any:
        called = ast.unparse(node.func)
        owner, _, name = called.rpartition(".")
        if (
            owner in ("F", "torch", "nn.functional", "torch.nn.functional", "functional")
            and name in OPERATIONS
        ):
            return self._applied(node, called, OPERATIONS[name], called)
        if isinstance(node.func, ast.Call) or owner in ("nn", "torch.nn"):
            layer = self.network.value(node.func)
            return self._layer(node, short(node.func), layer)
        if isinstance(node.func, ast.Attribute) and owner != "self" and name in OPERATIONS:
            inner = self.value(node.func.value)
            if isinstance(inner, Sized):
                return self._applied(
                    node, f"x.{name}", lambda *a, **o: OPERATIONS[name](inner, *a, **o), short(node), inner
                )
        layer = self.value(node.func)
        if isinstance(layer, nn.Module):
            return self._layer(node, called, layer)
        raise self._stop(node, "is more than this reader follows.")

    def _layer(self, node: ast.Call, called: str, layer: Any) -> Any:
        """A layer; a Sequential one by one, so that the one that does not fit is named."""
        given = self.value(node.args[0]) if node.args else None
        if not isinstance(given, Sized) or not isinstance(layer, nn.Module):
            raise self._stop(node, "is more than this reader follows.")
        if not isinstance(layer, nn.Sequential):
            return self._step(node, called, layer, given)
        for number, inner in enumerate(layer):
            given = self._step(node, f"{called}[{number}]", inner, given)
        return given

    def _step(self, node: ast.Call, name: str, layer: nn.Module, given: Any) -> Any:
        text = repr(layer).split("\n")[0][:80]
        if not isinstance(given, Sized):
            raise self._stop(node, f"hands several values to {name}, which this reader does not follow.")
        value = self._run(node, lambda: of_layer(layer, given), f"{name}, `{text}`,", given)
        self._note(name, text, given, value)
        return value

    def _applied(
        self, node: ast.Call, name: str, function: Callable[..., Any], text: str, given: Any = None
    ) -> Any:
        arguments = [self.value(arg) for arg in node.args]
        options = {keyword.arg: self.value(keyword.value) for keyword in node.keywords if keyword.arg}
        given = given if given is not None else next(iter(arguments), None)
        value = self._run(node, lambda: function(*arguments, **options), f"`{short(node)}`", given)
        self._note(name, text, given, value)
        return value

    def _note(self, name: str, text: str, given: Any, value: Any) -> None:
        out = value[0] if isinstance(value, tuple) and value else value
        if isinstance(given, Sized) and isinstance(out, Sized):
            self.rows.append(Row(name, text, given.shape, out.shape))

    def _run(
        self, node: ast.stmt | ast.expr, compute: Callable[[], Any], what: str = "", given: Any = None
    ) -> Any:
        """One operation; a shape that does not fit ends the reading at this line."""
        self.left -= 1
        if self.left < 0:
            raise self._stop(node, f"comes after {MAXOPERATIONS} others; no more are followed.")
        try:
            return compute()
        except MisfitError as error:
            shape = f" is given {list(given.shape)}" if isinstance(given, Sized) else ""
            sentence = (
                f"line {node.lineno} of the class: {what or '`' + short(node) + '`'}{shape}. PyTorch "
                f"says: {error}"
            )
            raise StopReadingError(sentence, wrong=True) from None
        except (
            UnknownRuleError,
            TypeError,
            ValueError,
            IndexError,
            ZeroDivisionError,
            AttributeError,
            OverflowError,
        ):
            raise self._stop(node, "is more than this reader follows.") from None


def not_given_back(rows: tuple[Row, ...]) -> str:
    """What to say of a network that enlarges what it made smaller, to another size; else nothing."""
    if len(rows) < 2 or not any(row.layer.startswith("ConvTranspose2d") for row in rows):
        return ""
    given, gives = rows[0].given, rows[-1].gives
    if len(given) != 4 or len(gives) != 4 or given[2:] == gives[2:] or given[1] != gives[1]:
        return ""
    return (
        f"It gives back {gives[2]} × {gives[3]} for {given[2]} × {given[3]}: if the output is compared with "
        "the input, sizes have to agree. With `stride=2`, `output_padding=1` in a `ConvTranspose2d` adds one "
        "row and one column."
    )
