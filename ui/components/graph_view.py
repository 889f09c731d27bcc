"""An autograd graph as a drawing whose nodes can be clicked, which Streamlit does not have.

Keyboard: Tab walks through the nodes in the order of the forward pass, Enter or Space chooses.
"""

from typing import Any, Final

import streamlit as st

from core.graph import Graph, Node

_WIDTH: Final = 132
_HEIGHT: Final = 46
_GAP_X: Final = 18
_GAP_Y: Final = 34

_CSS: Final = """
.graph { overflow-x: auto; padding: 4px; }
svg { display: block; margin: 0 auto; font-family: var(--st-font); max-width: none; }
.edge { fill: none; stroke: var(--st-text-color); stroke-opacity: 0.45; stroke-width: 1.5; }
.edge.near { stroke: var(--st-primary-color); stroke-opacity: 1; stroke-width: 2.5; }
.tip { fill: var(--st-text-color); fill-opacity: 0.6; }
.node { cursor: pointer; }
.node rect { fill: var(--st-secondary-background-color); stroke: var(--st-border-color); stroke-width: 1.5; }
.node.leaf rect { fill: color-mix(in srgb, #3b82f6 20%, var(--st-background-color)); stroke: #3b82f6; }
.node.output rect { fill: color-mix(in srgb, #128f76 22%, var(--st-background-color)); stroke: #128f76; }
.node:hover rect { stroke: var(--st-text-color); }
.node.chosen rect { stroke: var(--st-primary-color); stroke-width: 3; }
.node:focus { outline: none; }
.node:focus-visible rect { stroke: var(--st-link-color); stroke-width: 3.5; }
.title { fill: var(--st-text-color); font-size: 12.5px; font-weight: 600; text-anchor: middle; }
.leaf .title { font-family: var(--st-code-font); }
.under { fill: var(--st-text-color); fill-opacity: 0.85; font-size: 11px; text-anchor: middle; }
"""

_JS: Final = """
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".graph")
  const drawn = JSON.stringify(data)
  if (root.drawn === drawn) return
  root.drawn = drawn
  const active = parentElement.activeElement ?? document.activeElement
  const focus = active && active.dataset ? active.dataset.id : undefined
  const scroll = root.scrollLeft
  const make = (tag, attributes, text) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag)
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
    if (text !== undefined) node.textContent = text
    return node
  }
  const { width, height, nodes, edges, box, chosen, label } = data
  const viewBox = `0 0 ${width} ${height}`
  const svg = make("svg", { width, height, viewBox, role: "group", "aria-label": label })
  const defs = make("defs", {})
  const size = { refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse" }
  const tip = make("marker", { id: "tip", viewBox: "0 0 8 8", orient: "auto", ...size })
  tip.append(make("path", { d: "M0 0 L8 4 L0 8 z", class: "tip" }))
  defs.append(tip)
  svg.append(defs)
  const at = Object.fromEntries(nodes.map((node) => [node.id, node]))
  edges.forEach(([from, to]) => {
    const x1 = at[from].x, y1 = at[from].y + box[1] / 2, x2 = at[to].x, y2 = at[to].y - box[1] / 2
    const bend = Math.max(14, (y2 - y1) / 2)
    const d = `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`
    const near = from === chosen || to === chosen ? " near" : ""
    svg.append(make("path", { d, class: "edge" + near, "marker-end": "url(#tip)" }))
  })
  nodes.forEach((node) => {
    const group = make("g", {
      class: "node " + node.kind + (node.id === chosen ? " chosen" : ""), tabindex: 0, role: "button",
      "aria-label": node.label, "aria-pressed": node.id === chosen ? "true" : "false", "data-id": node.id,
      transform: `translate(${node.x - box[0] / 2} ${node.y - box[1] / 2})`,
    })
    group.append(make("title", {}, node.label))
    group.append(make("rect", { width: box[0], height: box[1], rx: node.kind === "leaf" ? 22 : 8 }))
    group.append(make("text", { x: box[0] / 2, y: 20, class: "title" }, node.title))
    group.append(make("text", { x: box[0] / 2, y: 36, class: "under" }, node.under))
    const choose = () => setTriggerValue("clicked", node.id)
    group.onclick = choose
    group.onkeydown = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return
      event.preventDefault()
      choose()
    }
    svg.append(group)
  })
  root.replaceChildren(svg)
  root.scrollLeft = scroll
  if (focus !== undefined) root.querySelector(`[data-id="${focus}"]`)?.focus()
}
"""

_mount = st.components.v2.component("autograd_graph", html='<div class="graph"></div>\n', css=_CSS, js=_JS)


def graph_view(graph: Graph, *, key: str) -> Node:
    """Draw the graph, and give the node that was clicked last (the output at first).

    Args:
        graph: At most a few tens of nodes.
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

    _mount(key=key, data=_drawing(graph, chosen), on_clicked_change=keep)
    return graph.nodes[chosen]


def _drawing(graph: Graph, chosen: int) -> dict[str, Any]:
    rows = graph.layers()
    widest = max(len(row) for row in rows)
    width = widest * (_WIDTH + _GAP_X) + _GAP_X
    nodes = []
    for y, row in enumerate(rows):
        left = (width - len(row) * (_WIDTH + _GAP_X) + _GAP_X) / 2
        for x, at in enumerate(row):
            node = graph.nodes[at]
            nodes.append(
                {
                    "id": at,
                    "kind": node.kind,
                    "title": _short(node.title),
                    "under": _under(node),
                    "label": f"{node.kind} {node.title}, {_under(node)}",
                    "x": left + x * (_WIDTH + _GAP_X) + _WIDTH / 2,
                    "y": 6 + y * (_HEIGHT + _GAP_Y) + _HEIGHT / 2,
                }
            )
    return {
        "width": width,
        "height": len(rows) * (_HEIGHT + _GAP_Y) - _GAP_Y + 12,
        "nodes": sorted(nodes, key=lambda node: int(node["id"])),
        "edges": [list(edge) for edge in graph.edges],
        "box": [_WIDTH, _HEIGHT],
        "chosen": chosen,
        "label": f"Autograd graph with {len(graph.nodes)} nodes; Enter chooses a node",
    }


def _short(text: str) -> str:
    """A title that fits its box: the end of a parameter's name, the beginning of an operation's."""
    if len(text) <= 17:
        return text
    return f"…{text[-15:]}" if "." in text else f"{text[:15]}…"


def _under(node: Node) -> str:
    """The second line: the variable an operation gives, and the shape."""
    shape = "" if node.shape is None else " × ".join(map(str, node.shape)) or "one number"
    shape += " numbers" if node.shape is not None and len(node.shape) == 1 else ""
    return ": ".join(part for part in (node.variable if node.kind != "leaf" else "", shape) if part)
