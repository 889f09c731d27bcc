import { showAnswer } from "../shared/thumbnails.js"

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
  const y1 = from.y + size.high / 2,
    y2 = to.y - size.high / 2
  let d = `M${from.x} ${y1} ` + curve(from.x, y1, to.x, y2)
  if (passed.length) {
    const lane = laneOf(from, to, passed, size)
    const enter = to.x + (Math.sign(lane - to.x) * size.box) / 4
    const top = y1 + size.step - size.high,
      bottom = y2 - size.step + size.high
    d = `M${from.x} ${y1} ` + curve(from.x, y1, lane, top) + ` L${lane} ${bottom} `
    d += curve(lane, bottom, enter, y2)
  }
  return make("path", { d, class: "edge" + (near ? " near" : ""), "marker-end": "url(#tip)" })
}

const nodeOf = (node, lines, at, size, chosen, choose) => {
  const { box, high, font } = size
  const group = make("g", {
    class: "node " + node.kind + (chosen ? " chosen" : ""),
    tabindex: 0,
    role: "button",
    "aria-label": `${node.title} ${node.under}, ${node.label}`,
    "aria-pressed": chosen ? "true" : "false",
    "data-id": node.id,
    transform: `translate(${at.x - box / 2} ${at.y - high / 2})`,
  })
  group.append(make("rect", { width: box, height: high, rx: node.kind === "leaf" ? 22 : 8 }))
  const texts = lines.length * (font + 3) + (node.under ? font : 0)
  let y = (high - texts) / 2 + font - 1
  for (const line of lines) {
    group.append(make("text", { x: box / 2, y, class: "title", "font-size": font }, line + " "))
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
  const margin = size.gap / 2 // an edge may pass on the outside
  const width = data.columns * (size.box + size.gap) + 2 * margin,
    height = data.rows * size.step
  const svg = make("svg", {
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: "group",
    "aria-label": data.label,
  })
  const tip = make("marker", {
    id: "tip",
    viewBox: "0 0 8 8",
    orient: "auto",
    refX: 7,
    refY: 4,
    markerWidth: 9,
    markerHeight: 9,
    markerUnits: "userSpaceOnUse",
  })
  tip.append(make("path", { d: "M0 0 L8 4 L0 8 z", class: "tip" }))
  svg.append(tip)
  const places = data.nodes.map((node) => ({
    x: margin + node.column * (size.box + size.gap),
    y: node.row * size.step + size.high / 2 + 3,
    row: node.row,
  }))
  for (const [from, to] of data.edges) {
    const near = from === data.chosen || to === data.chosen
    svg.append(edgeOf(places[from], places[to], places, size, near))
  }
  data.nodes.forEach((node, id) => {
    const choose = () => {
      setTriggerValue("clicked", id)
      showAnswer(data.answer)
    }
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
