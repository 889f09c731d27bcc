import { press, showAnswer, thumbnail, walkWithArrows } from "../shared/thumbnails.js"

export default function ({ data, parentElement, setTriggerValue }) {
  const grid = parentElement.querySelector(".grid")
  const { columns, least, captions, marks, names, selected, label, plain, answer } = data
  grid.style.setProperty("--columns", columns)
  grid.style.setProperty("--least", least + "px")
  grid.setAttribute("aria-label", label)
  const drawn = [data.sprite, ...captions, ...marks].join("|")
  if (grid.drawn !== drawn) {
    grid.drawn = drawn
    grid.replaceChildren(
      ...captions.map((caption, i) => thumbnail(data, i, { name: names[i], caption, mark: marks[i], plain })),
    )
  }
  if (plain) return
  const cells = [...grid.children]
  press(cells, selected, cells.indexOf(parentElement.activeElement ?? document.activeElement))
  cells.forEach((cell, i) => {
    cell.onclick = () => {
      setTriggerValue("clicked", i)
      showAnswer(answer)
    }
  })
  walkWithArrows(grid, cells)
}
