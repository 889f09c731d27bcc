const MOVE = 450 // milliseconds from one epoch to the next

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".moving")
  const slider = root.querySelector(".at"),
    play = root.querySelector(".play"),
    now = root.querySelector(".now"),
    canvas = root.querySelector("canvas"),
    legend = root.querySelector(".legend")
  const last = data.frames.length - 1
  const given = JSON.stringify([data.names, data.frames[last], data.colors])
  if (root.given !== given) {
    root.given = given
    root.shown = last
    slider.max = last
    slider.value = last
    const items = data.classes.map((name, at) => {
      const item = document.createElement("span"),
        dot = document.createElement("i")
      dot.style.background = data.colors[at]
      item.append(dot, name)
      return item
    })
    legend.replaceChildren(...items)
  }

  const draw = () => {
    const scale = window.devicePixelRatio || 1
    const width = canvas.clientWidth,
      height = canvas.clientHeight
    canvas.width = width * scale
    canvas.height = height * scale
    const context = canvas.getContext("2d")
    context.scale(scale, scale)
    const first = Math.floor(root.shown),
      share = root.shown - first
    const from = data.frames[first],
      to = data.frames[Math.min(last, first + 1)]
    context.globalAlpha = 0.8
    data.labels.forEach((label, at) => {
      const place = (axis) => (from[2 * at + axis] * (1 - share) + to[2 * at + axis] * share) / 10000
      context.fillStyle = data.colors[label]
      context.beginPath()
      context.arc(8 + place(0) * (width - 16), 8 + (1 - place(1)) * (height - 16), 4, 0, 2 * Math.PI)
      context.fill()
    })
    const name = data.names[Math.round(root.shown)]
    now.textContent = name
    slider.setAttribute("aria-valuetext", name)
    canvas.setAttribute("aria-label", `${data.label}, ${name}`)
  }

  // goes toward the slider's place, so that a jump is seen as a movement; at once where motion is unwanted
  const move = () => {
    cancelAnimationFrame(root.timer)
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches
    const begin = root.shown,
      end = Number(slider.value),
      since = performance.now()
    const step = (time) => {
      const share = still ? 1 : Math.min(1, Math.max(0, (time - since) / MOVE))
      root.shown = begin + (end - begin) * share
      draw()
      if (share < 1) root.timer = requestAnimationFrame(step)
      else if (root.playing && end < last) {
        slider.value = end + 1
        root.timer = still ? setTimeout(move, MOVE) : requestAnimationFrame(move)
      } else stop()
    }
    root.timer = requestAnimationFrame(step)
  }
  const stop = () => {
    root.playing = false
    play.textContent = "Play"
  }

  play.onclick = () => {
    if (root.playing) return stop()
    root.playing = true
    play.textContent = "Pause"
    if (Number(slider.value) === last) {
      slider.value = 0
      root.shown = 0
    }
    move()
  }
  slider.oninput = () => {
    stop()
    move()
  }
  root.draw = draw
  root.observer ??= new ResizeObserver(() => root.draw())
  root.observer.observe(canvas)
  draw()
}
