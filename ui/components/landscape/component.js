const SEND = 200 // milliseconds between two places that go to the server
const RAMP = [
  [20, 24, 66],
  [38, 92, 140],
  [53, 158, 140],
  [160, 205, 96],
  [250, 231, 130],
]

const shade = (value) => {
  const at = Math.min(Math.max(value, 0), 1) * (RAMP.length - 1)
  const low = Math.min(Math.floor(at), RAMP.length - 2)
  const mix = RAMP[low].map((part, i) => Math.round(part + (RAMP[low + 1][i] - part) * (at - low)))
  return `rgb(${mix})`
}

const picture = (shades) => {
  const tile = document.createElement("canvas")
  tile.width = shades[0].length
  tile.height = shades.length
  const context = tile.getContext("2d")
  shades.forEach((row, y) =>
    row.forEach((value, x) => {
      context.fillStyle = value < 0 ? "#7d8590" : shade(value)
      context.fillRect(x, shades.length - 1 - y, 1, 1)
    }),
  )
  return tile
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".landscape")
  const canvas = root.querySelector("canvas")
  const side = (axis) => data[axis][1] - data[axis][0]
  const toScreen = ([x, y], width) => [
    ((x - data.x[0]) / side("x")) * width,
    (1 - (y - data.y[0]) / side("y")) * width,
  ]
  if (!root.dragging) root.point = data.point
  canvas.setAttribute("aria-label", data.label)
  root.querySelector(".low").textContent = data.range[0]
  root.querySelector(".high").textContent = data.range[1]
  const stops = RAMP.map((_, at) => shade(at / (RAMP.length - 1)))
  root.querySelector(".ramp").style.background = `linear-gradient(90deg, ${stops})`
  root.querySelector(".legend").replaceChildren(
    ...data.tracks.map((track, number) => {
      const item = document.createElement("span"),
        line = document.createElement("i")
      line.style.background = number
        ? `repeating-linear-gradient(90deg, ${track.color} 0 6px, transparent 6px 9px)`
        : track.color
      item.append(line, `${track.name}: epochs ${track.epochs[0]} to ${track.epochs.at(-1)}`)
      return item
    }),
  )
  const tile = picture(data.shades)

  const draw = () => {
    const ratio = window.devicePixelRatio || 1
    const width = canvas.clientWidth
    canvas.width = canvas.height = width * ratio
    const context = canvas.getContext("2d")
    context.scale(ratio, ratio)
    // a grid's outer points are its corners, so half a cell of the picture lies outside
    const cell = width / Math.max(1, tile.width - 1)
    context.drawImage(tile, -cell / 2, -cell / 2, width + cell, width + cell)
    const named = [] // of epochs that lie on each other, the last has its number
    data.tracks.forEach((track, number) => {
      const places = track.places.map((place) => toScreen(place, width))
      for (const [color, thick] of [
        ["#ffffff", 6],
        [track.color, 3],
      ]) {
        context.strokeStyle = color
        context.lineWidth = thick
        context.lineJoin = "round"
        context.setLineDash(number ? [9, 9] : []) // where two runs are one, both are seen
        context.beginPath()
        places.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)))
        context.stroke()
      }
      context.setLineDash([])
      context.font = "600 12px sans-serif"
      const every = Math.ceil(places.length / 8)
      places.forEach(([x, y]) => {
        context.beginPath()
        context.arc(x, y, 4.5, 0, 2 * Math.PI)
        context.fillStyle = track.color
        context.fill()
        context.strokeStyle = "#ffffff"
        context.lineWidth = 1.5
        context.stroke()
      })
      places.toReversed().forEach(([x, y], back) => {
        const at = places.length - 1 - back
        if ((at % every && back) || named.some(([left, top]) => Math.hypot(x - left, y - top) < 18)) return
        named.push([x, y])
        context.lineWidth = 3
        context.strokeStyle = "#000000"
        context.strokeText(track.epochs[at], x + 10, y - 9)
        context.fillStyle = "#ffffff"
        context.fillText(track.epochs[at], x + 10, y - 9)
      })
    })
    if (!root.point) return
    const [x, y] = toScreen(root.point, width)
    context.beginPath()
    context.arc(x, y, 9, 0, 2 * Math.PI)
    context.strokeStyle = "#000000"
    context.lineWidth = 5
    context.stroke()
    context.strokeStyle = "#ffffff"
    context.lineWidth = 2.5
    context.stroke()
  }

  const send = () => {
    root.sent = performance.now()
    setStateValue("point", root.point)
  }
  const moveTo = (x, y) => {
    root.point = [Math.min(Math.max(x, data.x[0]), data.x[1]), Math.min(Math.max(y, data.y[0]), data.y[1])]
    draw()
    clearTimeout(root.later)
    const wait = SEND - (performance.now() - (root.sent ?? -SEND))
    if (wait <= 0) send()
    else root.later = setTimeout(send, wait)
  }
  const follow = (event) => {
    const box = canvas.getBoundingClientRect()
    moveTo(
      data.x[0] + ((event.clientX - box.left) / box.width) * side("x"),
      data.y[1] - ((event.clientY - box.top) / box.height) * side("y"),
    )
  }
  canvas.onpointerdown = (event) => {
    if (!data.point) return
    root.dragging = true
    canvas.setPointerCapture(event.pointerId)
    follow(event)
  }
  canvas.onpointermove = (event) => root.dragging && follow(event)
  canvas.onpointerup = canvas.onpointercancel = () => (root.dragging = false)
  canvas.onkeydown = (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key]
    if (!way || !root.point) return
    event.preventDefault()
    moveTo(root.point[0] + (way[0] * side("x")) / 40, root.point[1] + (way[1] * side("y")) / 40)
  }
  root.draw = draw
  root.observer ??= new ResizeObserver(() => root.draw())
  root.observer.observe(canvas)
  draw()
}
