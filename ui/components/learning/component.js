import { makeBars, showBars } from "../shared/bars.js"
import { showCard } from "../shared/card.js"
import { paint, press, setMark, thumbnail, walkWithArrows } from "../shared/thumbnails.js"

const PACE = 110 // milliseconds from one kept moment to the next: what the eye can follow
const last = { run: "", at: 0, playing: false } // where the show stood, should the page be built anew

export default function ({ data, parentElement, setTriggerValue }) {
  const find = (name) => parentElement.querySelector(name)
  const [root, grid, bars] = [".learning", ".grid", ".bars"].map(find)
  const { classes, labels, moments } = data
  root.data = data
  if (!root.made) {
    root.made = true
    makeBars(bars, classes, data.colors)
    grid.replaceChildren(
      ...labels.map((label, i) => thumbnail(data, i, { name: classes[label], caption: " ", mark: "" })),
    )
    walkWithArrows(grid, [...grid.children])
  }
  const cells = [...grid.children]

  const card = (moment) => {
    const { selected } = root
    const [says, is] = [moment.predicted[selected], labels[selected]]
    const words = `Test image ${selected}: ${classes[is]}, predicted ${classes[says]}`
    const probabilities = moment.percent[selected].map((p) => p / 100)
    paint(find(".large"), data, selected)
    showCard(find, { predicted: says, actual: is }, classes, words)
    showBars(bars, probabilities, classes, is, words, 0)
    press(cells, selected, cells.indexOf(parentElement.activeElement))
  }

  const score = (at) => {
    const { moments, steps, tested } = root.data
    const { accuracy, step } = moments[at]
    const percent = Math.round(accuracy * 100) + "%"
    const trained = step ? `after ${step} of ${steps} training steps` : "before any training"
    find(".accuracy").textContent = percent
    find(".told").textContent = `of ${tested.toLocaleString("en-US")} test images named correctly, ${trained}`
    // the horizontal axis is the kept moments: most is learned in the first few steps
    const across = (i) => (i / Math.max(1, root.data.expected - 1)) * 600
    const points = moments.slice(0, at + 1).map((m, i) => `${across(i).toFixed(1)},${90 - m.accuracy * 90}`)
    find(".line").setAttribute("points", points.join(" "))
    find(".curve").setAttribute("aria-label", `Test accuracy so far: ${percent}. Dashed: a guess, 10%.`)
    return percent
  }

  const draw = (at) => {
    last.at = at
    const moment = root.data.moments[at]
    cells.forEach((cell, i) => {
      const says = classes[moment.predicted[i]]
      const right = moment.predicted[i] === labels[i]
      cell.querySelector(".caption").textContent = says
      cell.title = `${says}, ${right ? "right" : `wrong: ${classes[labels[i]]}`}`
      cell.setAttribute("aria-label", cell.title)
      setMark(cell, right ? "right" : "wrong")
    })
    card(moment)
    return score(at)
  }

  const stop = () => {
    clearInterval(root.timer)
    last.playing = false
    const ended = root.data.moments.length > 1 && root.data.done
    find(".replay").style.visibility = ended ? "visible" : "hidden"
  }
  const play = () => {
    clearInterval(root.timer)
    last.playing = true
    find(".replay").style.visibility = "hidden"
    root.timer = setInterval(() => {
      if (last.at < root.data.moments.length - 1) {
        draw(last.at + 1)
      } else if (root.data.done) {
        find(".announced").textContent = `Training has ended: ${draw(last.at)} named correctly.`
        stop()
      }
    }, PACE)
  }

  root.selected = data.selected
  if (last.run !== data.run) {
    last.run = data.run
    draw(data.playing ? 0 : moments.length - 1)
    if (data.playing) {
      find(".announced").textContent = "Training has started."
      play()
    } else stop()
  } else {
    draw(Math.min(last.at, moments.length - 1))
    if (last.playing) play()
    else stop()
  }

  cells.forEach((cell, i) => {
    cell.onclick = () => {
      root.selected = i
      card(root.data.moments[last.at])
      setTriggerValue("clicked", i)
    }
  })
  find(".replay").onclick = () => {
    draw(0)
    play()
    cells[root.selected].focus()
  }
  return () => clearInterval(root.timer)
}
