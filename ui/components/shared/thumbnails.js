// Pictures from one sheet, as buttons of a grid: one stop for Tab, arrows move inside it.

// shows picture number `i` of the sheet
export const paint = (element, { sprite, across, down }, i) => {
  const share = (at, of) => (of > 1 ? (at / (of - 1)) * 100 : 0) + "%"
  element.style.backgroundImage = `url(${sprite})`
  element.style.backgroundSize = `${across * 100}% ${down * 100}%`
  element.style.backgroundPosition = share(i % across, across) + " " + share(Math.floor(i / across), down)
}

const part = (className, text) => {
  const node = document.createElement("span")
  node.className = className
  if (text) node.textContent = text
  return node
}

export const setMark = (cell, mark) => {
  cell.classList.toggle("right", mark === "right")
  cell.classList.toggle("wrong", mark === "wrong")
  cell.querySelector(".mark")?.remove()
  if (!mark) return
  const corner = part("mark", { right: "\u2713", wrong: "\u2717" }[mark] ?? mark)
  corner.setAttribute("aria-hidden", "true")
  cell.append(corner)
}

export const thumbnail = (sheet, i, { name, caption, mark, plain }) => {
  const cell = document.createElement(plain ? "div" : "button")
  if (plain) cell.setAttribute("role", "img")
  else cell.type = "button"
  cell.className = plain ? "cell plain" : "cell"
  cell.title = name
  cell.setAttribute("aria-label", name)
  const picture = part("picture")
  paint(picture, sheet, i)
  cell.append(picture)
  if (caption) cell.append(part("caption", caption))
  setMark(cell, mark)
  return cell
}

// presses one of the cells, and lets Tab reach the one that has the focus, else the pressed one
export const press = (cells, pressed, focused) => {
  const stop = focused >= 0 ? focused : Math.max(0, pressed)
  cells.forEach((cell, i) => {
    cell.tabIndex = i === stop ? 0 : -1
    cell.setAttribute("aria-pressed", i === pressed ? "true" : "false")
  })
}

export const walkWithArrows = (grid, cells) => {
  grid.onkeydown = (event) => {
    const at = cells.indexOf(event.target.closest(".cell"))
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return
    const perRow = cells.filter((cell) => cell.offsetTop === cells[0].offsetTop).length
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow }
    const to = { Home: 0, End: cells.length - 1 }[event.key] ?? at + steps[event.key]
    if (Number.isNaN(to)) return
    event.stopPropagation()
    if (!cells[to]) return
    event.preventDefault()
    cells[at].tabIndex = -1
    cells[to].tabIndex = 0
    cells[to].focus()
  }
}

// on a phone, what a click changes may be out of sight
export const showAnswer = (key) => {
  const place = key && window.innerWidth < 640 && document.querySelector(".st-key-" + key)
  if (place) place.scrollIntoView({ block: "start", behavior: "smooth" })
}
