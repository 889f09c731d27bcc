import { makeBars, showBars } from "../shared/bars.js"
import { showCard } from "../shared/card.js"
import { paint, press, thumbnail, walkWithArrows } from "../shared/thumbnails.js"

export default function ({ data, parentElement, setTriggerValue }) {
  const find = (name) => parentElement.querySelector(name)
  const [root, grid, bars] = [".viewer", ".grid", ".bars"].map(find)
  const { items, classes, colors } = data
  const number = (value) => value.toLocaleString("en-US")
  const isRight = (item) => item.actual === item.predicted
  const words = (item) =>
    `Test image ${number(item.index)}: ${classes[item.actual]}, predicted ${classes[item.predicted]}`

  if (!root.made) {
    root.made = true
    root.count = data.count
    makeBars(bars, classes, colors)
  }
  const drawn = data.sprite + data.grid + items.map((item) => item.index + "-" + item.predicted).join()
  if (grid.drawn !== drawn) {
    grid.drawn = drawn
    grid.replaceChildren(
      ...items.slice(0, data.grid).map((item, i) => {
        const mark = isRight(item) ? "right" : "wrong"
        return thumbnail(data, i, { name: words(item), caption: classes[item.predicted], mark })
      }),
    )
  }
  const cells = [...grid.children]

  const show = (i) => {
    root.shown = i
    const item = items[i]
    root.last = item.index
    paint(find(".large"), data, i)
    showCard(find, item, classes, words(item))
    showBars(bars, item.probabilities, classes, item.actual, words(item))
    find(".number").textContent = "Test image " + number(item.index)
    find(".loss").textContent = "Loss " + item.loss.toFixed(3) + " nats"
    find(".rank").textContent = "Actual class: rank " + item.rank + " of " + classes.length
    find(".note").textContent =
      i < data.grid
        ? number(data.start + i + 1) + " of " + number(data.matching) + " in this order"
        : "Outside the filter"
    press(cells, i < data.grid ? i : -1, cells.indexOf(parentElement.activeElement))
  }
  const tell = (action, index) => setTriggerValue("choice", { action, index, count: ++root.count })
  const choose = (i) => {
    show(i)
    tell("choose", items[i].index)
  }
  const step = (by) => {
    const to = root.shown + by
    if (root.shown < data.grid && to >= 0 && to < data.grid) choose(to)
    else tell(by > 0 ? "next" : "previous", items[root.shown].index)
  }

  // an answer to an earlier click than the last one would take the visitor back
  const current = items.findIndex((item) => item.index === root.last)
  const answered = data.count >= root.count
  if (answered) root.count = data.count
  show(answered ? data.selected : Math.max(0, current))

  cells.forEach((cell, i) => {
    cell.onclick = () => choose(i)
  })
  find(".next").onclick = () => step(1)
  find(".previous").onclick = () => step(-1)
  find(".random").onclick = () => tell("random", items[root.shown].index)
  walkWithArrows(grid, cells)
  const onKey = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!by || event.defaultPrevented) return
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const busy =
      "input, textarea, select, [role=slider], [role=radio], [role=tab], [role=combobox], " +
      "[role=listbox], [contenteditable=true]"
    if (event.composedPath().some((node) => node.matches && node.matches(busy))) return
    event.preventDefault()
    step(by)
  }
  document.removeEventListener("keydown", root.onKey)
  root.onKey = onKey
  document.addEventListener("keydown", onKey)
  return () => document.removeEventListener("keydown", onKey)
}
