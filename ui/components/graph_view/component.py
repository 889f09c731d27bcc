"""An autograd graph as a drawing whose nodes can be clicked, which Streamlit does not have.

Keyboard: Tab walks through the nodes in the order of the forward pass, Enter or Space chooses.
"""

from typing import Any

import streamlit as st

from core.analysis.graph import Graph, Node
from ui.components.assets import register

_mount = register("autograd_graph", __file__)


def graph_view(graph: Graph, *, key: str, answer: str = "") -> Node:
    """Draw the graph, and give the node that was clicked last (the output at first).

    Args:
        graph: At most a few tens of nodes.
        answer: Key of the container that a click changes: on a phone it is brought into sight.
        key: Unique on the page; its choice is forgotten when the graph has other nodes.
    """
    kept = f"{key}_node"
    functions = tuple(node.function for node in graph.nodes)
    remembered = st.session_state.get(kept)
    chosen = remembered[1] if remembered and remembered[0] == functions else len(graph.nodes) - 1

    def keep() -> None:
        clicked = getattr(st.session_state.get(key), "clicked", None)
        # what comes from a browser can be anything
        if type(clicked) is int and 0 <= clicked < len(graph.nodes):
            st.session_state[kept] = (functions, clicked)

    _mount(key=key, data=_drawing(graph, chosen) | {"answer": answer}, on_clicked_change=keep)
    return graph.nodes[chosen]


def _drawing(graph: Graph, chosen: int) -> dict[str, Any]:
    """Rows and columns, the browser makes pixels of them: a column is counted from the left edge."""
    rows = graph.layers()
    columns = max(len(row) for row in rows)
    places = {
        at: (y, (columns - len(row)) / 2 + x + 0.5) for y, row in enumerate(rows) for x, at in enumerate(row)
    }
    return {
        "rows": len(rows),
        "columns": columns,
        "nodes": [
            {
                "id": node.id,
                "kind": node.kind,
                "title": _short(node.title),
                "under": _under(node),
                "label": f"{node.kind} {node.title}, {_under(node)}",
                "row": places[node.id][0],
                "column": places[node.id][1],
            }
            for node in graph.nodes
        ],
        "edges": [list(edge) for edge in graph.edges],
        "chosen": chosen,
        "label": f"Autograd graph with {len(graph.nodes)} nodes; Enter chooses a node",
    }


def _short(title: str) -> str:
    """A parameter's name without the modules that it has in common with its neighbors: `0.weight`."""
    return ".".join(title.split(".")[-2:])


def _under(node: Node) -> str:
    """The second line: the variable an operation gives, and the shape."""
    shape = "" if node.shape is None else " × ".join(map(str, node.shape))
    if node.shape in ((), (1,)):
        shape = "one number"
    elif node.shape is not None and len(node.shape) == 1:
        shape += " numbers"
    return ": ".join(part for part in (node.variable if node.kind != "leaf" else "", shape) if part)
