// Plays a packed trace back. Nothing here asks the server: it is told where the visitor is once they rest.

const KEYWORDS = new RegExp(
  "\\b(?:import|from|as|class|def|return|for|in|while|if|else|elif|with|try|except|break|not|and|or|None|True|False|lambda)\\b",
)
const TOKENS = new RegExp(`(#.*$)|([fr]?"[^"]*"?|[fr]?'[^']*'?)|(${KEYWORDS.source})`, "g")
const ICONS = {
  first: "M5 5h2.5v14H5zM17 5l2 2-5 5 5 5-2 2-7-7z",
  previous: "M15 5l2 2-5 5 5 5-2 2-7-7z",
  play: "M7 5v14l11-7z",
  pause: "M7 5h3v14H7zM14 5h3v14h-3z",
  next: "M9 5L7 7l5 5-5 5 2 2 7-7z",
  last: "M16.5 5H19v14h-2.5zM7 5L5 7l5 5-5 5 2 2 7-7z",
}
const PACE = 700 // milliseconds for each step while it plays
const REST = 900 // milliseconds without a step until the server is told

const make = (tag, cls, text) => {
  const node = document.createElement(tag)
  if (cls) node.className = cls
  if (text !== undefined) node.textContent = text
  return node
}

const unpack = (row) => {
  const [line, last, kind, call, places, scope, outside, marks, printed, returned, error, tick] = row
  return { line, last, kind, call, places, scope, outside, marks, printed, returned, error, tick }
}

const shape = (sizes) => (sizes.length ? `[${sizes.join(", ")}]` : "one number")
const breakable = (path) => path.replace(/[._]/g, "$&\u200b")
const brief = (number) => (number === null ? "none" : String(Number(number.toPrecision(4))))

function colored(text) {
  const line = document.createDocumentFragment()
  let at = 0
  for (const found of text.matchAll(TOKENS)) {
    line.append(text.slice(at, found.index))
    const cls = found[1] ? "comment" : found[2] ? "string" : "keyword"
    line.append(make("span", cls, found[0]))
    at = found.index + found[0].length
  }
  line.append(text.slice(at))
  return line
}

// One player for each place on a page; it outlives new data.
class Player {
  constructor(root) {
    this.root = root
    this.find = (selector) => root.querySelector(selector)
    this.pinned = new Set()
    this.opened = new Set()
    for (const name of ["first", "previous", "play", "next", "last"]) {
      this.find(`.${name}`).onclick = () => {
        this[name]()
        this.showNames()
      }
      this.icon(name, name)
    }
    this.find(".scrub").oninput = (event) => this.go(Number(event.target.value))
    root.onkeydown = (event) => this.key(event)
    this.find(".side").addEventListener("toggle", (event) => this.toggled(event.target), true)
  }

  icon(button, name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
    svg.setAttribute("viewBox", "0 0 24 24")
    svg.setAttribute("aria-hidden", "true")
    const path = document.createElementNS(svg.namespaceURI, "path")
    path.setAttribute("d", ICONS[name])
    svg.append(path)
    this.find(`.${button}`).replaceChildren(svg)
  }

  load(data, tell) {
    this.tell = tell
    if (this.id === data.id) return
    this.stop()
    Object.assign(this, { id: data.id, trace: data.trace, links: data.links, other: new Set(data.other) })
    this.steps = this.trace.steps.map(unpack)
    this.firstRun = new Map()
    this.runs = new Map()
    this.steps.forEach((step, at) => {
      for (let line = step.line; line <= step.last; line++) {
        if (!this.firstRun.has(line)) this.firstRun.set(line, at)
        this.runs.set(line, [...(this.runs.get(line) ?? []), at])
      }
    })
    const scrub = this.find(".scrub")
    scrub.max = this.steps.length - 1
    this.write()
    this.at = -1
    this.go(Math.min(Math.max(0, data.at), this.steps.length - 1), false)
  }

  // ---- where the visitor goes

  first() {
    this.stop()
    this.go(0)
  }
  previous() {
    this.stop()
    this.go(this.at - 1)
  }
  next() {
    this.stop()
    this.go(this.at + 1)
  }
  last() {
    this.stop()
    this.go(this.steps.length - 1)
  }

  play() {
    if (this.timer) return this.stop()
    if (this.at === this.steps.length - 1) this.go(0)
    this.timer = setInterval(() => {
      if (this.at === this.steps.length - 1) this.stop()
      else this.go(this.at + 1)
    }, PACE)
    this.button("pause", "Pause")
  }

  stop() {
    clearInterval(this.timer)
    this.timer = undefined
    this.button("play", "Play")
  }

  button(icon, label) {
    this.icon("play", icon)
    this.find(".play").setAttribute("aria-label", label)
    this.find(".play").title = label
  }

  // on a phone the names stand below the code: what a step made would be out of sight
  showNames() {
    const [code, names] = [this.find(".code"), this.find(".side")].map((pane) => pane.getBoundingClientRect())
    if (names.top < code.bottom || names.top < window.innerHeight - 120) return
    this.find(".bar").scrollIntoView({ block: "start", behavior: "smooth" })
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const target = event.target
    if (target.matches(".scrub, summary")) return // they have keys of their own
    const along = { ArrowRight: "next", ArrowLeft: "previous", Home: "first", End: "last" }[event.key]
    if (along) this[along]()
    else if (target.closest(".code") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const lines = [...this.root.querySelectorAll("button.line")]
      const to = lines[lines.indexOf(target) + (event.key === "ArrowDown" ? 1 : -1)]
      if (to) this.focus(to)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }

  focus(line) {
    this.root.querySelectorAll('button.line[tabindex="0"]').forEach((other) => {
      other.tabIndex = -1
    })
    line.tabIndex = 0
    line.focus()
  }

  // The next time that a line is run, or the first time again.
  visit(line) {
    const runs = this.runs.get(line)
    if (!runs) return
    this.stop()
    this.go(runs.find((at) => at > this.at) ?? runs[0])
  }

  go(at, tell = true) {
    if (at < 0 || at >= this.steps.length || at === this.at) return
    this.at = at
    this.draw()
    clearTimeout(this.resting)
    if (tell)
      this.resting = setTimeout(() => {
        if (!this.timer) this.tell("at", at)
      }, REST)
  }

  // ---- what is drawn

  write() {
    const executable = new Set(this.trace.executable)
    const heads = new Set(this.steps.map((step) => step.line))
    this.lines = this.trace.code.map((text, index) => {
      const number = index + 1
      const row = make("li", this.other.has(number) ? "other" : "")
      const runs = this.runs.get(number)?.length ?? 0
      const line = make(runs && text.trim() ? "button" : "span", "line")
      line.append(colored(text || " "))
      if (line.tagName === "BUTTON") {
        line.type = "button"
        line.tabIndex = -1
        line.onclick = () => {
          this.visit(number)
          this.focus(line)
        }
        const often = runs === 1 ? "kept once" : `kept ${runs} times`
        line.setAttribute("aria-label", `Line ${number}, ${often}: ${text.trim()}`)
      } else if (executable.has(number)) line.title = "This line is never run with these settings."
      row.append(make("span", "number", String(number)), line)
      const link = this.links[number]
      if (link && heads.has(number)) row.append(this.anchor(link, "↗", "go"))
      return row
    })
    this.find(".code ol").replaceChildren(...this.lines)
  }

  anchor([label, href], text, cls) {
    const anchor = make("a", cls, text)
    anchor.href = href
    anchor.title = `Play with this: ${label}`
    anchor.setAttribute("aria-label", anchor.title)
    if (cls === "go") anchor.tabIndex = -1
    anchor.onclick = (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      this.tell("link", href)
    }
    return anchor
  }

  draw() {
    const step = this.steps[this.at]
    const [parents, name] = this.trace.calls[step.call]
    this.drawLines(step)
    const scrub = this.find(".scrub")
    scrub.value = this.at
    scrub.setAttribute("aria-valuetext", `Step ${this.at + 1} of ${this.steps.length}, line ${step.line}`)
    this.find(".count").textContent = `${this.at + 1} / ${this.steps.length}`
    for (const [button, off] of [
      ["first", !this.at],
      ["previous", !this.at],
    ])
      this.find(`.${button}`).disabled = off
    for (const button of ["next", "last"])
      this.find(`.${button}`).disabled = this.at === this.steps.length - 1
    this.drawWhere(step, parents, name)
    this.drawSide(step, name)
    this.drawPins(step)
  }

  drawLines(step) {
    this.lines.forEach((row, index) => {
      const number = index + 1
      const now = number >= step.line && number <= step.last
      row.classList.toggle("now", now)
      const first = this.firstRun.get(number)
      const isCode = first !== undefined || this.trace.executable.includes(number)
      row.classList.toggle("later", isCode && !(first <= this.at))
      const line = row.children[1]
      if (line.tagName !== "BUTTON") return
      if (number === step.line) {
        line.setAttribute("aria-current", "step")
        if (!this.root.activeElement?.matches?.("button.line")) line.tabIndex = 0
      } else {
        line.removeAttribute("aria-current")
        if (line !== this.root.activeElement) line.tabIndex = -1
      }
    })
    const box = this.find(".code")
    const row = this.lines[step.line - 1]
    const above = row.offsetTop - box.scrollTop
    if (above < 40 || above > box.clientHeight - 80) box.scrollTop = row.offsetTop - box.clientHeight / 3
  }

  drawWhere(step, parents, name) {
    const where = this.find(".where")
    const what = {
      call: `${name} begins`,
      end: "the loop has nothing more",
      leave: "the block is left",
    }[step.kind]
    const said = [`Line ${step.line}`]
    if (name) said[0] += ` in ${name}`
    if (what) said[0] += `: ${what}`
    if (parents.length > 0) {
      said.push(
        "called from " +
          [...parents]
            .reverse()
            .map(([f, l]) => `line ${l}${f ? ` in ${f}` : ""}`)
            .join(", from "),
      )
    }
    const loops = this.trace.places[step.places].filter(([, , , total]) => total > 1)
    const rounds = loops.map(([line, called, number, total]) =>
      called
        ? `call ${number} of ${total} of ${called} (line ${line})`
        : `round ${number} of ${total} of the loop in line ${line}`,
    )
    where.replaceChildren(make("b", "", said[0]))
    const rest = [...said.slice(1), ...rounds]
    if (rest.length) where.append(" · " + rest.join(" · "))
    const skipped = this.skipped(loops)
    if (skipped) where.append(" · " + skipped)
    const changed = step.marks.map(([what]) => what).join(", ")
    if (changed) where.append(make("span", "unseen", `. Made or changed: ${changed}`))
    if (step.error) where.append(make("span", "error", `Raised ${step.error}`))
  }

  // What lies between this step and the one before it, where rounds were left out.
  skipped(loops) {
    if (!this.at) return ""
    const before = this.trace.places[this.steps[this.at - 1].places]
    for (const [line, called, number] of loops) {
      const earlier = before.find(([l, c]) => l === line && c === called)
      if (earlier && number > earlier[2] + 1) {
        const [from, to] = [earlier[2] + 1, number - 1]
        return from === to
          ? `round ${from} was run as well, and is left out here`
          : `rounds ${from} to ${to} were run as well, and are left out here`
      }
    }
    return ""
  }

  drawSide(step, name) {
    const side = this.find(".side")
    const top = side.scrollTop
    const local = this.trace.scopes[step.scope]
    const outside = this.trace.scopes[step.outside]
    const marks = new Map(step.marks.map(([what, isLocal, before]) => [`${isLocal}${what}`, before]))
    const parts = []
    const made = [...local.map((pair) => [1, ...pair]), ...outside.map((pair) => [0, ...pair])]
      .filter(([isLocal, what]) => marks.has(`${isLocal}${what}`))
      .filter(([isLocal, , value], i, all) => isLocal || !all.some(([l, , v]) => l && v === value))
    parts.push(make("h2", "", step.kind === "call" ? "It was given" : "This line made or changed"))
    if (!made.length && step.returned < 0) {
      const imports = /^(from|import) /.test(this.trace.code[step.line - 1])
      parts.push(
        make("p", "none", imports ? "Names of libraries, which are not listed here." : "No name changed."),
      )
    }
    for (const [isLocal, what, value] of made) {
      parts.push(this.name(what, value, isLocal ? name : "", marks.get(`${isLocal}${what}`), true))
    }
    if (step.returned >= 0) parts.push(this.name("returned", step.returned, name, -1, true))
    parts.push(...this.printed(step))
    const link = this.links[step.line]
    if (link) {
      const play = make("p", "small")
      play.append(this.anchor(link, `Play with this: ${link[0]}`, ""))
      parts.push(play)
    }
    if (name) {
      parts.push(make("h2", "", `Names in ${name}`))
      if (!local.length) parts.push(make("p", "none", "None yet."))
      local.forEach(([what, value]) => parts.push(this.name(what, value, name, undefined, false)))
    }
    parts.push(make("h2", "", name ? "Names of the program" : "All names"))
    if (!outside.length) parts.push(make("p", "none", "None yet, but those that were imported."))
    outside.forEach(([what, value]) => parts.push(this.name(what, value, "", undefined, false)))
    side.replaceChildren(...parts)
    side.scrollTop = this.stayed === step.call ? top : 0
    this.stayed = step.call
  }

  // One name: its line, and what is behind it once it is opened.
  name(what, index, place, before, open) {
    const value = this.trace.values[index]
    const box = make("details", "name")
    const key = `${place}.${what}`
    box.dataset.key = open ? "" : key
    const head = make("summary", "head")
    head.append(make("b", "", what))
    if (before !== undefined && what !== "returned") {
      head.append(make("span", "badge", before < 0 ? "new" : before === index ? "set" : "changed"))
    }
    const facts = [value.type]
    if (value.shape) facts.push(shape(value.shape))
    if (value.dtype) facts.push(value.dtype)
    head.append(make("span", "what", facts.join(", ")))
    const short = value.kind === "tensor" ? value.exact !== undefined && value.text : value.text
    if (short) head.append(make("span", "value", short))
    box.append(head)
    const fill = () => {
      if (box.children.length === 1)
        box.append(...this.details(value, before >= 0 ? this.trace.values[before] : null, what, place))
    }
    box.open = open || this.opened.has(key)
    if (box.open) fill()
    box.fill = fill
    return box
  }

  toggled(box) {
    if (!box.fill) return
    if (box.open) box.fill()
    if (!box.dataset.key) return
    if (box.open) this.opened.add(box.dataset.key)
    else this.opened.delete(box.dataset.key)
  }

  details(value, before, what, place) {
    const parts = []
    const facts = []
    if (value.kind === "tensor") {
      if (value.device) facts.push(["device", value.device])
      if (value.requires_grad !== undefined)
        facts.push(["requires_grad", value.requires_grad ? "True" : "False"])
      if (value.grad_fn) facts.push(["grad_fn", value.grad_fn])
      if (value.exact !== undefined) facts.push(["exactly", value.exact])
      if (value.range) facts.push(["from, to", value.range.join(", ")])
      if (value.norm !== undefined) facts.push(["norm", brief(value.norm)])
      if (value.grad_norm !== undefined) {
        const was = before && before.grad_norm !== undefined ? `${brief(before.grad_norm)} → ` : ""
        facts.push(["norm of the gradient", was + brief(value.grad_norm)])
      }
    }
    if (value.length !== undefined) facts.push(["entries", value.length])
    facts.push(...(value.rows ?? []))
    if (facts.length) {
      const list = make("dl", "facts")
      facts.forEach(([term, text]) => list.append(make("dt", "", term), make("dd", "", String(text))))
      parts.push(list)
    }
    if (value.picture !== undefined) parts.push(...this.sheet(value, what))
    if (value.grid) parts.push(this.grid(value, before))
    if (value.layers?.length) parts.push(this.layers(value, before))
    if (before && before.exact !== undefined && value.exact !== undefined) {
      parts.push(make("p", "small", `It was ${before.exact}.`))
    }
    const pins = this.seriesOf(what, place, value)
    if (pins.length) {
      const row = make(pins.length > 2 ? "details" : "p", "small")
      if (pins.length > 2) row.append(make("summary", "", "Pin a parameter or its gradient"))
      pins.forEach(([label, key]) => row.append(this.pin(label, key), " "))
      parts.push(row)
    }
    return parts
  }

  sheet(value, what) {
    const image = make("img", "sheet")
    image.src = this.trace.pictures[value.picture]
    image.alt = value.count > 1 ? `The first ${value.shown} images of ${what}` : `The image ${what}`
    const scale = value.count > 1 ? 1.25 : 4
    image.width = Math.min(value.shown, 8) * (value.shape?.at(-1) ?? 28) * scale
    const parts = [image]
    if (value.count > value.shown)
      parts.push(make("p", "small", `The first ${value.shown} of ${value.count} images.`))
    return parts
  }

  grid(value, before) {
    const box = make("div", "scroll")
    const table = make("table")
    value.grid.forEach((cells, r) => {
      const row = table.insertRow()
      cells.forEach((text, c) => {
        const cell = row.insertCell()
        cell.textContent = text
        const was = before?.grid?.[r]?.[c]
        if (was !== undefined && was !== text && String(before.shape) === String(value.shape))
          cell.className = "changed"
      })
    })
    box.append(table)
    const [rows, columns] = value.of
    if (rows > value.grid.length || columns > value.grid[0].length || value.shape.length > 2) {
      const matrix = value.shape.length > 2 ? ", of the first matrix" : ""
      box.append(
        make(
          "p",
          "small",
          `The first ${value.grid.length} of ${rows} rows, ${value.grid[0].length} of ${columns} columns${matrix}.`,
        ),
      )
    }
    return box
  }

  layers(value, before) {
    const box = make("div", "scroll")
    const table = make("table")
    const head = table.createTHead().insertRow()
    for (const [text, cls] of [
      ["layer", "layer"],
      ["norm", ""],
      ["norm of gradient", ""],
    ]) {
      const cell = make("th", cls, text)
      cell.scope = "col"
      head.append(cell)
    }
    const body = table.createTBody()
    value.layers.forEach((layer, l) => {
      const was = before?.layers?.[l]
      if (!layer.parameters.length) {
        const row = body.insertRow()
        const cell = row.insertCell()
        cell.className = "layer"
        cell.textContent = breakable(`${layer.name}: ${layer.layer}(${layer.extra})`)
        cell.colSpan = 3
      }
      layer.parameters.forEach((parameter, p) => {
        const row = body.insertRow()
        const old = was?.parameters?.[p]
        const name = breakable(`${layer.name}.${parameter.name}`)
        const cells = [
          [`${name} ${shape(parameter.shape)}`, "layer"],
          this.pair(old?.norm, parameter.norm),
          this.pair(old?.grad_norm, parameter.grad_norm),
        ]
        cells.forEach(([text, cls]) => {
          const cell = row.insertCell()
          cell.textContent = text
          cell.className = cls
        })
      })
    })
    box.append(table)
    return box
  }

  pair(before, now) {
    return before === undefined || before === now
      ? [brief(now), ""]
      : [`${brief(before)} → ${brief(now)}`, "changed"]
  }

  printed(step) {
    const before = this.at ? this.steps[this.at - 1].printed : 0
    if (!step.printed) return []
    const box = make("div", "printed")
    this.trace.output.slice(0, step.printed).forEach((piece, index) => {
      const fresh = index >= before ? "fresh" : ""
      if (typeof piece === "string") box.append(make("span", fresh, piece))
      else {
        const image = make("img", fresh)
        image.src = this.trace.pictures[piece]
        image.alt = "The figure that the program showed"
        box.append(image)
      }
    })
    const details = make("details", "name")
    details.dataset.key = "printed"
    details.open = step.printed > before || this.opened.has("printed")
    details.fill = () => {}
    const head = make("summary", "head")
    head.append(make("b", "", "Printed so far"))
    if (step.printed > before) head.append(make("span", "badge", "new"))
    details.append(head, box)
    return [details]
  }

  // ---- names drawn over time

  seriesOf(what, place, value) {
    const { series } = this.trace
    const known = (label, ...keys) => {
      const key = keys.find((name) => series[name])
      return key ? [[label, key]] : []
    }
    const own = place ? `${place}.${what}` : what
    if (value.kind !== "model") return [...known("Pin", own), ...known("Pin its norm", `${own}: norm`)]
    const model = series[`${what} ${value.layers?.[0]?.name}`] ? what : "model"
    return (value.layers ?? []).flatMap((layer) =>
      layer.parameters.flatMap((parameter) => {
        const key = `${model} ${layer.name}.${parameter.name}`
        return [
          ...known(`Pin ${layer.name}.${parameter.name}`, `${key}: norm`),
          ...known("its gradient", `${key}: gradient`),
        ]
      }),
    )
  }

  pin(label, key) {
    const button = make("button", "pin", label)
    button.type = "button"
    button.setAttribute("aria-pressed", String(this.pinned.has(key)))
    button.setAttribute("aria-label", `${label}: draw ${key} over time`)
    button.onclick = () => {
      if (!this.pinned.delete(key)) this.pinned.add(key)
      button.setAttribute("aria-pressed", String(this.pinned.has(key)))
      this.drawPins(this.steps[this.at])
    }
    return button
  }

  drawPins(step) {
    const end = this.steps.at(-1).tick
    const charts = [...this.pinned]
      .filter((key) => this.trace.series[key])
      .map((key) => {
        const points = this.trace.series[key]
        const values = points.map(([, value]) => value)
        const low = Math.min(...values),
          high = Math.max(...values)
        const x = (tick) => (tick / end) * 300
        const y = (value) => 78 - ((value - low) / (high - low || 1)) * 72
        const now = points.findLast(([tick]) => tick <= step.tick)?.[1]
        const box = make("section", "chart")
        const head = make("header")
        const said = now === undefined ? "not yet" : brief(now)
        head.append(make("b", "", key), make("span", "", said))
        const off = make("button", "pin", "Unpin")
        off.type = "button"
        off.setAttribute("aria-label", `Unpin ${key}`)
        off.onclick = () => {
          this.pinned.delete(key)
          this.draw()
        }
        head.append(off)
        const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
        svg.setAttribute("viewBox", "0 0 300 84")
        svg.setAttribute("preserveAspectRatio", "none")
        svg.setAttribute("role", "img")
        svg.setAttribute(
          "aria-label",
          `${key} over the whole run: from ${brief(values[0])} to ${brief(values.at(-1))}, now ${said}`,
        )
        const path = document.createElementNS(svg.namespaceURI, "polyline")
        path.setAttribute("points", points.map(([tick, value]) => `${x(tick)},${y(value)}`).join(" "))
        const cursor = document.createElementNS(svg.namespaceURI, "line")
        cursor.setAttribute("class", "cursor")
        for (const [name, value] of [
          ["x1", x(step.tick)],
          ["x2", x(step.tick)],
          ["y1", 0],
          ["y2", 84],
        ])
          cursor.setAttribute(name, value)
        svg.append(path, cursor)
        box.append(head, svg, make("p", "small", `${brief(low)} to ${brief(high)}, over the whole run`))
        return box
      })
    this.find(".pins").replaceChildren(...charts)
  }
}

const players = new WeakMap()

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".player")
  if (!players.has(root)) {
    Object.defineProperty(root, "activeElement", {
      get: () => parentElement.activeElement ?? document.activeElement,
    })
    players.set(root, new Player(root))
  }
  const player = players.get(root)
  const tell = (name, value) => (name === "at" ? setStateValue : setTriggerValue)(name, value)
  player.load(data, tell)
  return () => player.stop()
}
