"""The browser's side of `ui.components.viewer`: its markup, style and script."""

from typing import Final

HTML: Final = """
<div class="viewer">
  <section class="card" aria-live="polite">
    <div class="buttons">
      <button class="previous" type="button" title="Left arrow">&#8592; Previous</button>
      <button class="next" type="button" title="Right arrow">Next &#8594;</button>
      <button class="random" type="button">Random</button>
    </div>
    <div class="top">
      <div class="large picture" role="img"></div>
      <div class="facts">
        <div>Predicted: <b class="predicted"></b></div>
        <div>Actual: <b class="actual"></b></div>
        <div><span class="badge"></span></div>
        <div class="small number"></div>
        <div class="small loss" title="Cross-entropy: minus the logarithm of the probability of the actual
class. 0 is certain and right, 2.303 is a guess among ten."></div>
        <div class="small rank" title="1: no class got a higher probability."></div>
        <div class="small note"></div>
      </div>
    </div>
    <div class="bars" role="img"></div>
    <div class="small axis">Probability. Dashed: a guess, 10%. &#10003;: the actual class.</div>
  </section>
  <div class="grid" role="group"
    aria-label="Test images with their predictions; arrow keys move, Enter chooses"></div>
</div>
"""

CSS: Final = """
:host { container-type: inline-size; display: block; }
.viewer {
  display: grid; grid-template-columns: minmax(0, 4fr) minmax(0, 5fr); gap: 32px; align-items: start;
  font-family: var(--st-font); color: var(--st-text-color); padding: 3px;
}
@container (max-width: 640px) { .viewer { grid-template-columns: minmax(0, 1fr); } }
button { font: inherit; color: inherit; }
.buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 16px; }
.buttons button {
  padding: 8px 12px; font-size: 0.875rem; background: var(--st-background-color); cursor: pointer;
  border: 1px solid var(--st-border-color); border-radius: var(--st-button-radius, 8px);
}
.buttons button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
button:focus-visible { outline: 3px solid var(--st-link-color); outline-offset: 2px; }
.picture { background-color: #000; image-rendering: pixelated; aspect-ratio: 1; }
.top { display: flex; gap: 16px; margin-bottom: 12px; }
.large { flex: 0 0 52%; border-radius: var(--st-base-radius); }
.facts { display: flex; flex-direction: column; gap: 4px; min-width: 0; line-height: 1.35; }
.small { font-size: 0.875rem; opacity: 0.8; }
.badge {
  display: inline-block; padding: 1px 10px; margin: 3px 0; border-radius: 999px; font-size: 0.875rem;
  color: #ffffff;
}
.badge.right { background: #0b6b4f; }
.badge.wrong { background: #b42318; }
.bars { display: flex; flex-direction: column; gap: 5px; }
.row { display: grid; grid-template-columns: 92px minmax(0, 1fr) 52px 16px; align-items: center; gap: 6px; }
.row span { font-size: 0.8125rem; white-space: nowrap; }
.name, .value { text-align: right; }
.track { position: relative; height: 16px; }
.track::after {
  content: ""; position: absolute; left: 10%; top: -3px; bottom: -2px;
  border-left: 1px dashed var(--st-text-color); opacity: 0.55;
}
.bar { height: 100%; border-radius: 0 3px 3px 0; min-width: 1px; }
.axis { margin: 8px 0 0 98px; font-size: 0.8125rem; }
.grid {
  display: grid; gap: 8px; --share: calc((100% - 48px) / 7);
  grid-template-columns: repeat(auto-fill, minmax(max(60px, var(--share)), 1fr));
}
.cell {
  position: relative; display: flex; flex-direction: column; min-width: 0; padding: 0; overflow: hidden;
  border: 2px solid var(--st-border-color); border-radius: var(--st-base-radius); cursor: pointer;
  background: var(--st-secondary-background-color);
}
.cell:hover { border-color: var(--st-text-color); }
.cell[aria-pressed="true"] {
  border-color: var(--st-primary-color); box-shadow: 0 0 0 2px var(--st-primary-color);
}
.cell .picture { display: block; width: 100%; }
.caption { padding: 3px 2px 4px; font-size: 0.75rem; line-height: 1.2; letter-spacing: -0.01em; }
.mark {
  position: absolute; top: 3px; right: 3px; padding: 0 5px; border-radius: 999px; font-size: 0.75rem;
  font-weight: 600; line-height: 1.15rem; color: #ffffff;
}
.right > .mark { background: #0b6b4f; }
.wrong > .mark { background: #b42318; }
"""

JS: Final = """
export default function ({ data, parentElement, setTriggerValue }) {
  const find = (name) => parentElement.querySelector(name)
  const root = find(".viewer"), grid = find(".grid"), bars = find(".bars")
  const { items, classes, colors, across, down } = data
  const number = (value) => value.toLocaleString("en-US")
  const paint = (element, i) => {
    const share = (at, of) => (of > 1 ? (at / (of - 1)) * 100 : 0) + "%"
    element.style.backgroundImage = "url(" + data.sprite + ")"
    element.style.backgroundSize = across * 100 + "% " + down * 100 + "%"
    element.style.backgroundPosition = share(i % across, across) + " " + share(Math.floor(i / across), down)
  }
  const isRight = (item) => item.actual === item.predicted
  const words = (item) =>
    "Test image " + number(item.index) + ": " + classes[item.actual] + ", predicted " +
    classes[item.predicted]

  if (!root.made) {
    root.made = true
    root.count = data.count
    bars.replaceChildren(...classes.map((name, i) => {
      const row = document.createElement("div")
      row.className = "row"
      row.innerHTML = '<span class="name"></span><div class="track"><div class="bar"></div></div>' +
        '<span class="value"></span><span class="tick"></span>'
      row.querySelector(".name").textContent = name
      row.querySelector(".bar").style.background = colors[i]
      return row
    }))
  }
  const drawn = data.sprite + data.grid + items.map((item) => item.index + "-" + item.predicted).join()
  if (grid.drawn !== drawn) {
    grid.drawn = drawn
    grid.replaceChildren(...items.slice(0, data.grid).map((item, i) => {
      const cell = document.createElement("button")
      cell.type = "button"
      cell.className = "cell " + (isRight(item) ? "right" : "wrong")
      cell.title = words(item)
      cell.setAttribute("aria-label", words(item))
      const picture = document.createElement("span"), text = document.createElement("span")
      const mark = document.createElement("span")
      picture.className = "picture"
      paint(picture, i)
      text.className = "caption"
      text.textContent = classes[item.predicted]
      mark.className = "mark"
      mark.setAttribute("aria-hidden", "true")
      mark.textContent = isRight(item) ? "\\u2713" : "\\u2717"
      cell.append(picture, text, mark)
      return cell
    }))
  }
  const cells = [...grid.children]

  const show = (i) => {
    root.shown = i
    const item = items[i]
    const large = find(".large")
    paint(large, i)
    large.setAttribute("aria-label", words(item))
    find(".predicted").textContent = classes[item.predicted]
    find(".actual").textContent = classes[item.actual]
    const badge = find(".badge")
    badge.className = "badge " + (isRight(item) ? "right" : "wrong")
    badge.textContent = isRight(item) ? "\\u2713 Right" : "\\u2717 Wrong"
    find(".number").textContent = "Test image " + number(item.index)
    find(".loss").textContent = "Loss " + item.loss.toFixed(3) + " nats"
    find(".rank").textContent = "Actual class: rank " + item.rank + " of " + classes.length
    find(".note").textContent = i < data.grid
      ? number(data.start + i + 1) + " of " + number(data.matching) + " in this order"
      : "Outside the filter"
    const best = Math.max(...item.probabilities)
    bars.setAttribute("aria-label", "Ten probabilities. " + words(item) + ", " +
      classes.map((name, c) => name + " " + (item.probabilities[c] * 100).toFixed(1) + "%").join(", "))
    ;[...bars.children].forEach((row, c) => {
      const p = item.probabilities[c]
      row.querySelector(".bar").style.width = p * 100 + "%"
      row.querySelector(".bar").style.opacity = p === best ? 1 : 0.75
      row.querySelector(".value").textContent = (p * 100).toFixed(1) + "%"
      row.querySelector(".tick").textContent = c === item.actual ? "\\u2713" : ""
    })
    const focused = cells.indexOf(parentElement.activeElement)
    cells.forEach((cell, at) => {
      cell.setAttribute("aria-pressed", at === i ? "true" : "false")
      cell.tabIndex = at === (focused >= 0 ? focused : i < data.grid ? i : 0) ? 0 : -1
    })
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
  if (data.count >= root.count) {
    root.count = data.count
    show(data.selected)
  } else show(Math.max(0, items.findIndex((item) => item.index === root.last)))
  root.last = items[root.shown].index

  cells.forEach((cell, i) => { cell.onclick = () => { choose(i); root.last = items[i].index } })
  find(".next").onclick = () => { step(1); root.last = items[root.shown].index }
  find(".previous").onclick = () => { step(-1); root.last = items[root.shown].index }
  find(".random").onclick = () => tell("random", items[root.shown].index)
  grid.onkeydown = (event) => {
    const at = cells.indexOf(event.target.closest(".cell"))
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return
    const perRow = cells.filter((cell) => cell.offsetTop === cells[0].offsetTop).length
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow }[event.key]
    let to = by === undefined ? undefined : at + by
    if (event.key === "Home") to = 0
    if (event.key === "End") to = cells.length - 1
    if (to === undefined) return
    event.stopPropagation()
    if (to < 0 || to >= cells.length) return
    event.preventDefault()
    cells[at].tabIndex = -1
    cells[to].tabIndex = 0
    cells[to].focus()
  }
  const onKey = (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!by || event.defaultPrevented) return
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const busy = "input, textarea, select, [role=slider], [role=radio], [role=tab], [role=combobox], " +
      "[role=listbox], [contenteditable=true]"
    if (event.composedPath().some((node) => node.matches && node.matches(busy))) return
    event.preventDefault()
    step(by)
    root.last = items[root.shown].index
  }
  document.removeEventListener("keydown", root.onKey)
  root.onKey = onKey
  document.addEventListener("keydown", onKey)
  return () => document.removeEventListener("keydown", onKey)
}
"""
