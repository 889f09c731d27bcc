"""An autograd graph as a drawing whose nodes can be clicked, which Streamlit does not have.

Keyboard: Tab walks through the nodes in the order of the forward pass, Enter or Space chooses.
"""

from typing import Any, Final

import streamlit as st

from core.analysis.graph import Graph, Node

_CSS: Final = """
.graph { overflow-x: auto; padding: 4px 0; }
svg { display: block; margin: 0 auto; font-family: var(--st-font); max-width: none; }
.edge { fill: none; stroke: var(--st-text-color); stroke-opacity: 0.5; stroke-width: 1.5; }
.edge.near { stroke: var(--st-primary-color); stroke-opacity: 1; stroke-width: 2.5; }
.tip { fill: var(--st-text-color); fill-opacity: 0.7; }
.node { cursor: pointer; }
.node rect { fill: var(--st-secondary-background-color); stroke: var(--st-border-color); stroke-width: 1.5; }
.node.leaf rect { fill: color-mix(in srgb, #3b82f6 20%, var(--st-background-color)); stroke: #3b82f6; }
.node.output rect { fill: color-mix(in srgb, #128f76 22%, var(--st-background-color)); stroke: #128f76; }
.node:hover rect { stroke: var(--st-text-color); }
.node.chosen rect { stroke: var(--st-primary-color); stroke-width: 3; }
.node:focus { outline: none; }
.node:focus-visible rect { stroke: var(--st-link-color); stroke-width: 3.5; }
.title { fill: var(--st-text-color); font-weight: 600; text-anchor: middle; }
.leaf .title { font-family: var(--st-code-font); }
.under { fill: var(--st-text-color); fill-opacity: 0.85; text-anchor: middle; }
"""

_JS: Final = """
const make = (tag, attributes, text) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  if (text !== undefined) node.textContent = text
  return node
}

// a name in lines of at most `most` characters, broken before a capital or after a dot or an underscore
const broken = (name, most) => {
  const lines = [""]
  for (const word of name.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[._])/)) {
    if (lines.at(-1) && lines.at(-1).length + word.length > most) lines.push("")
    lines.push(lines.pop() + word)
  }
  return lines
}

// boxes as wide as the page allows: three beside each other fit on a phone
const measure = (data, width) => {
  const gap = width < 460 ? 8 : 20
  const box = Math.max(92, Math.min(190, (width - gap) / data.columns - gap))
  const font = box < 124 ? 12.5 : 14
  const titles = data.nodes.map((node) => broken(node.title, Math.floor((box - 10) / (font * 0.6))))
  const high = Math.max(...titles.map((lines) => lines.length)) * (font + 3) + font + 14
  return { gap, box, font, titles, high, step: high + (width < 460 ? 30 : 34) }
}

// where an edge that passes rows meets none of their boxes: the way nearest to both its ends
const laneOf = (from, to, passed, size) => {
  const aside = (size.box + size.gap) / 2
  const ways = [from.x, to.x, ...passed.flatMap((box) => [box.x - aside, box.x + aside])]
  const free = ways.filter((x) => passed.every((box) => Math.abs(box.x - x) >= aside - 1))
  const detour = (x) => Math.abs(x - from.x) + Math.abs(x - to.x)
  return free.sort((a, b) => detour(a) - detour(b))[0]
}

const edgeOf = (from, to, places, size, near) => {
  const passed = places.filter((place) => place.row > from.row && place.row < to.row)
  const curve = (x1, y1, x2, y2) => {
    const bend = (y2 - y1) / 2
    return `C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`
  }
  const y1 = from.y + size.high / 2, y2 = to.y - size.high / 2
  let d = `M${from.x} ${y1} ` + curve(from.x, y1, to.x, y2)
  if (passed.length) {
    const lane = laneOf(from, to, passed, size)
    const enter = to.x + Math.sign(lane - to.x) * size.box / 4
    const top = y1 + size.step - size.high, bottom = y2 - size.step + size.high
    d = `M${from.x} ${y1} ` + curve(from.x, y1, lane, top) + ` L${lane} ${bottom} `
    d += curve(lane, bottom, enter, y2)
  }
  return make("path", { d, class: "edge" + (near ? " near" : ""), "marker-end": "url(#tip)" })
}

const nodeOf = (node, lines, at, size, chosen, choose) => {
  const { box, high, font } = size
  const group = make("g", {
    class: "node " + node.kind + (chosen ? " chosen" : ""), tabindex: 0, role: "button",
    "aria-label": node.label, "aria-pressed": chosen ? "true" : "false", "data-id": node.id,
    transform: `translate(${at.x - box / 2} ${at.y - high / 2})`,
  })
  group.append(make("title", {}, node.label))
  group.append(make("rect", { width: box, height: high, rx: node.kind === "leaf" ? 22 : 8 }))
  const texts = lines.length * (font + 3) + (node.under ? font : 0)
  let y = (high - texts) / 2 + font - 1
  for (const line of lines) {
    group.append(make("text", { x: box / 2, y, class: "title", "font-size": font }, line))
    y += font + 3
  }
  group.append(make("text", { x: box / 2, y, class: "under", "font-size": font - 1.5 }, node.under))
  group.onclick = choose
  group.onkeydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return
    event.preventDefault()
    choose()
  }
  return group
}

const draw = (root, data, setTriggerValue) => {
  const size = measure(data, root.clientWidth)
  const margin = size.gap / 2  // an edge may pass on the outside
  const width = data.columns * (size.box + size.gap) + 2 * margin, height = data.rows * size.step
  const svg = make("svg", {
    width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": data.label,
  })
  const tip = make("marker", {
    id: "tip", viewBox: "0 0 8 8", orient: "auto", refX: 7, refY: 4,
    markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse",
  })
  tip.append(make("path", { d: "M0 0 L8 4 L0 8 z", class: "tip" }))
  svg.append(tip)
  const places = data.nodes.map((node) => ({
    x: margin + node.column * (size.box + size.gap), y: node.row * size.step + size.high / 2 + 3,
    row: node.row,
  }))
  for (const [from, to] of data.edges) {
    const near = from === data.chosen || to === data.chosen
    svg.append(edgeOf(places[from], places[to], places, size, near))
  }
  data.nodes.forEach((node, id) => {
    const choose = () => setTriggerValue("clicked", id)
    svg.append(nodeOf(node, size.titles[id], places[id], size, id === data.chosen, choose))
  })
  root.replaceChildren(svg)
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".graph")
  const redraw = () => {
    const drawn = JSON.stringify([data, root.clientWidth])
    if (root.drawn === drawn) return
    root.drawn = drawn
    const active = parentElement.activeElement ?? document.activeElement
    const focus = active && active.dataset ? active.dataset.id : undefined
    const scroll = root.scrollLeft
    draw(root, data, setTriggerValue)
    root.scrollLeft = scroll
    if (focus !== undefined) root.querySelector(`[data-id="${focus}"]`)?.focus()
  }
  root.redraw = redraw
  root.observer ??= new ResizeObserver(() => root.redraw())
  root.observer.observe(root)
  redraw()
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
    """A parameter's name without the modules that it has in common with its neighbours: `0.weight`."""
    return ".".join(title.split(".")[-2:])


def _under(node: Node) -> str:
    """The second line: the variable an operation gives, and the shape."""
    shape = "" if node.shape is None else " × ".join(map(str, node.shape)) or "one number"
    shape += " numbers" if node.shape is not None and len(node.shape) == 1 else ""
    return ": ".join(part for part in (node.variable if node.kind != "leaf" else "", shape) if part)
