"""The autograd graph of any tensor, as plain nodes and edges: what `grad_fn` remembers, and what flows back.

A node is an operation that has to be undone (`AddBackward0`) or a leaf that collects its gradient
(`AccumulateGrad`). Edges point the way the forward pass went. Values are copied, so that a graph can be kept
after PyTorch has freed its own.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import torch
from torch import Tensor, nn

from core.analysis.graph.formulas import FORMULAS
from core.errors import LessonInputError

MAX_NODES: Final = 200
MAX_KEPT: Final = 64
"""Elements up to which a saved tensor or a gradient is kept whole; of larger ones the shape and norm."""
REDUCTIONS: Final = {0: "'none'", 1: "'mean'", 2: "'sum'"}
"""What a loss's `reduction=` was, by the number that its node keeps."""


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor that the graph holds, or what is left of it."""

    name: str
    """`self`, `other`, `result`...: the operation's own word; `gradient` for a gradient."""
    of: str
    """The variable it is, where one is known (`x`, `w`), else empty."""
    shape: tuple[int, ...]
    """Its shape."""
    dtype: str
    """Its dtype, without `torch.`."""
    norm: float
    """Its Euclidean norm (root of the sum of squares)."""
    tensor: Tensor | None
    """A copy, where it has at most 64 elements."""
    nbytes: int
    """Bytes of its elements."""


@dataclass(frozen=True, eq=False)
class Node:
    """An operation or a leaf."""

    id: int
    """Position in `Graph.nodes`."""
    kind: str
    """`leaf`, `operation` or `output` (the operation that made the traced tensor)."""
    function: str
    """PyTorch's name for it, such as `MulBackward0`."""
    variable: str
    """The variable that holds its value, where one is known, else empty."""
    forward: str
    """What it computed, in LaTeX."""
    backward: str
    """How it passes a gradient g on, in LaTeX."""
    saved: tuple[Value, ...]
    """What it keeps for backward."""
    settings: tuple[tuple[str, str], ...]
    """Plain numbers that it keeps (`dim`, `alpha`)."""
    shape: tuple[int, ...] | None
    """Shape of the value it stands for; `None` where it cannot be told before backward."""
    gradient: Value | None = None
    """Gradient of the traced tensor with respect to that value; `None` before backward."""

    @property
    def title(self) -> str:
        """What to write on it: the operation's name without `Backward0`, or the leaf's variable."""
        if self.kind == "leaf":
            return self.variable or "leaf"
        return self.function.split("Backward")[0]


@dataclass(frozen=True, eq=False)
class Graph:
    """Nodes, leaves and operations in the order the forward pass needs, and edges between them."""

    nodes: tuple[Node, ...]
    """The traced tensor's own node is the last."""
    edges: tuple[tuple[int, int], ...]
    """Pairs of node ids, from what was used to what used it."""

    def layers(self) -> tuple[tuple[int, ...], ...]:
        """Node ids in rows for a drawing: every edge goes to a later row, and few edges cross."""
        users: dict[int, list[int]] = {node.id: [] for node in self.nodes}
        sources: dict[int, list[int]] = {node.id: [] for node in self.nodes}
        for source, target in self.edges:
            users[source].append(target)
            sources[target].append(source)
        depth: dict[int, int] = {}
        for node in reversed(self.nodes):
            depth[node.id] = 1 + max((depth[user] for user in users[node.id]), default=-1)
        rows: list[list[int]] = [[] for _ in range(max(depth.values()) + 1)]
        for node in self.nodes:
            rows[depth[node.id]].append(node.id)
        for above, row in pairwise(rows):
            place = {node: at / max(1, len(above) - 1) for at, node in enumerate(above)}
            row.sort(
                key=lambda node: (
                    sum(place.get(u, 0.5) for u in users[node]) / len(users[node]),
                    [sources[u].index(node) for u in users[node]],
                )
            )
        return tuple(tuple(row) for row in reversed(rows))


def trace_graph(tensor: Tensor, names: Mapping[str, Any] | None = None) -> Graph:
    """The graph that backward from `tensor` would walk.

    Args:
        tensor: Any tensor with a `grad_fn`.
        names: Variables by name: tensors, and modules for their parameters.

    Raises:
        LessonInputError: The tensor has no graph, or its graph has more than 200 nodes.
    """
    return _read(tensor, names)[0]


def trace_backward(
    tensor: Tensor, names: Mapping[str, Any] | None = None, gradient: Tensor | None = None
) -> Graph:
    """The same graph after `tensor.backward(gradient)`, with the gradient that reached each node.

    The leaves' `.grad` are filled and the graph is freed, as by any backward.

    Args:
        tensor: Any tensor with a `grad_fn`; a single number if `gradient` is `None`.
        names: Variables by name: tensors, and modules for their parameters.
        gradient: What to start from; 1 if `None`.

    Raises:
        LessonInputError: The tensor has no graph, or its graph has more than 200 nodes.
    """
    graph, functions = _read(tensor, names)
    arrived: dict[int, Tensor] = {}

    def watch(at: int) -> Any:
        def keep(gradients: tuple[Tensor | None, ...]) -> None:
            given = next((g for g in gradients if g is not None), None)
            if given is not None:
                arrived[at] = given.detach().clone()

        return keep

    hooks = [function.register_prehook(watch(at)) for at, function in enumerate(functions)]
    try:
        torch.autograd.backward(tensor, gradient)
    finally:
        for hook in hooks:
            hook.remove()
    nodes = tuple(
        replace(
            node,
            gradient=_value("gradient", arrived[node.id], {}),
            shape=node.shape if node.shape is not None else tuple(arrived[node.id].shape),
        )
        if node.id in arrived
        else node
        for node in graph.nodes
    )
    return Graph(nodes, graph.edges)


def _read(tensor: Tensor, names: Mapping[str, Any] | None) -> tuple[Graph, list[Any]]:
    if tensor.grad_fn is None:
        raise LessonInputError("This tensor has no graph: nothing it was made from requires a gradient.")
    functions = _ordered(tensor.grad_fn)
    position = {function: at for at, function in enumerate(functions)}
    variables = _variables(names or {})
    nodes, edges = [], []
    for at, function in enumerate(functions):
        kind = "output" if function is tensor.grad_fn else "operation"
        nodes.append(_node(at, "leaf" if hasattr(function, "variable") else kind, function, variables))
        edges += [(position[used], at) for used, _ in function.next_functions if used is not None]
    return Graph(tuple(nodes), tuple(dict.fromkeys(edges))), functions


def _ordered(last: Any) -> list[Any]:
    """Every function that `last` leads to, each after those it uses; no recursion, however deep."""
    done: dict[Any, None] = {}
    waiting = [(last, False)]
    while waiting:
        function, ready = waiting.pop()
        if function in done:
            continue
        if ready:
            done[function] = None
            if len(done) > MAX_NODES:
                raise LessonInputError(f"This graph has more than {MAX_NODES} nodes, too many to draw.")
            continue
        waiting.append((function, True))
        waiting += [(used, False) for used, _ in reversed(function.next_functions) if used is not None]
    return list(done)


def _variables(names: Mapping[str, Any]) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    for name, value in names.items():
        if isinstance(value, Tensor):
            found[name] = value
        elif isinstance(value, nn.Module):
            found.update(dict(value.named_parameters()))
    return found


def _node(at: int, kind: str, function: Any, variables: Mapping[str, Tensor]) -> Node:
    name = function.name().split("::")[-1]
    if kind == "leaf":
        tensor = function.variable
        variable = next((n for n, t in variables.items() if t is tensor), "")
        saved = (_value("variable", tensor, variables),)
        forward, backward = FORMULAS["AccumulateGrad"]
        return Node(at, kind, name, variable, forward, backward, saved, (), tuple(tensor.shape))
    holders = [(n, t) for n, t in variables.items() if t.grad_fn is function]
    kept = _saved(function)
    forward, backward = FORMULAS.get(name, FORMULAS.get(name.rstrip("0123456789"), ("", "")))
    return Node(
        at,
        kind,
        name,
        holders[-1][0] if holders else "",
        forward,
        backward,
        tuple(_value(key, value, variables) for key, value in kept if isinstance(value, Tensor)),
        tuple((key, _setting(key, value)) for key, value in kept if not isinstance(value, Tensor)),
        tuple(holders[-1][1].shape) if holders else None,
    )


def _saved(function: Any) -> list[tuple[str, Any]]:
    """What the function keeps, by PyTorch's names; what it does not keep (`None`) is left out."""
    kept = []
    for key in dir(function):
        if key.startswith("_saved_") and "_sym_" not in key:
            value = getattr(function, key)
            if value is not None and not callable(value):
                kept.append((key.removeprefix("_saved_"), value))
    return kept


def _setting(key: str, value: Any) -> str:
    """A plain number or tuple in words; PyTorch shows negative numbers as unsigned ones here."""
    if isinstance(value, int) and value >= 2**63:
        value -= 2**64
    if key == "reduction" and value in REDUCTIONS:
        return REDUCTIONS[value]
    return str(value)[:60]


def _value(name: str, tensor: Tensor, variables: Mapping[str, Tensor]) -> Value:
    data = tensor.detach()
    of = next((n for n, t in variables.items() if _same(t, tensor)), "")
    norm = float(data.double().norm()) if data.numel() else 0.0
    return Value(
        name,
        of,
        tuple(data.shape),
        str(data.dtype).removeprefix("torch."),
        norm if math.isfinite(norm) else math.nan,
        data.clone() if data.numel() <= MAX_KEPT else None,
        data.nbytes,
    )


def _same(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors are the same numbers in the same memory, whatever their shapes."""
    with torch.no_grad():
        return a is b or (a.numel() > 0 and a.data_ptr() == b.data_ptr() and a.numel() == b.numel())
