export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".row")
  const drawn = JSON.stringify(data)
  if (root.drawn === drawn) return
  const before = parentElement.activeElement ?? document.activeElement
  const focus = before && before.dataset ? before.dataset.at : undefined
  root.drawn = drawn
  const make = (tag, cls, text) => {
    const node = document.createElement(tag)
    if (cls) node.className = cls
    if (text !== undefined) node.textContent = text
    return node
  }
  const grid = (part, slab) => {
    const table = make("table")
    table.setAttribute("aria-label", part.name + (slab.label ? " " + slab.label : ""))
    if (part.ndim) {
      // a single number has no index
      const head = table.createTHead().insertRow()
      if (part.ndim > 1) head.append(make("td"))
      slab.rows[0].forEach((_, c) => head.append(make("th", "", String(c))))
    }
    const body = table.createTBody()
    slab.rows.forEach((cells, r) => {
      const line = body.insertRow()
      if (part.ndim > 1) line.append(make("th", "", String(r)))
      cells.forEach((cell) => {
        const box = make(part.click ? "button" : "div", "cell " + cell.mark, cell.text)
        box.style.setProperty("--heat", cell.heat)
        box.style.setProperty("--tint", cell.negative ? "#e8833a" : "#3b82f6")
        if (part.click) {
          box.type = "button"
          box.tabIndex = -1
          box.dataset.at = part.name + ":" + cell.at
          box.setAttribute("aria-label", part.name + cell.index + " is " + cell.text)
          box.setAttribute("aria-pressed", cell.mark.includes("chosen") ? "true" : "false")
          box.onclick = () => setTriggerValue("clicked", { name: part.name, at: cell.at })
        }
        line.insertCell().append(box)
      })
    })
    return table
  }
  root.replaceChildren(
    ...data.parts.map((part) => {
      if (part.sign) return make("span", "sign", part.sign)
      const figure = make("figure")
      const caption = make("figcaption")
      caption.style.setProperty("--words", Math.min(256, 10 + 6.6 * part.note.length) + "px")
      caption.append(make("b", "", part.name), document.createElement("br"), make("span", "", part.note))
      const slabs = make("div", "slabs")
      part.slabs.forEach((slab) => {
        const box = make("div", "slab")
        if (slab.label) box.append(make("div", "label", slab.label))
        const filled = slab.rows.length && slab.rows[0].length
        box.append(filled ? grid(part, slab) : make("div", "empty", "no elements"))
        slabs.append(box)
      })
      figure.append(caption, slabs)
      return figure
    }),
  )
  for (const slab of root.querySelectorAll(".slab")) {
    // what scrolls can be reached with the keyboard
    if (slab.scrollWidth > slab.clientWidth && !slab.querySelector("button")) slab.tabIndex = 0
  }
  const buttons = [...root.querySelectorAll("button.cell")]
  const chosen = buttons.find((b) => b.classList.contains("chosen"))
  const home = buttons.find((b) => b.dataset.at === focus) || chosen || buttons[0]
  if (home) home.tabIndex = 0
  if (focus && home && home.dataset.at === focus) home.focus()
  root.onkeydown = (event) => {
    const box = event.target.closest("button.cell")
    if (!box || event.altKey || event.ctrlKey || event.metaKey) return
    const cell = box.parentElement,
      line = cell.parentElement
    const down = { ArrowDown: 1, ArrowUp: -1 }[event.key],
      right = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    let to
    if (right) to = line.cells[cell.cellIndex + right]
    if (down) to = line.parentElement.rows[line.sectionRowIndex + down]?.cells[cell.cellIndex]
    const next = to && to.querySelector("button.cell")
    if (!next) return
    event.preventDefault()
    event.stopPropagation()
    box.tabIndex = -1
    next.tabIndex = 0
    next.focus()
  }
}
