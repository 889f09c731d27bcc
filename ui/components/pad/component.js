export default function ({ data, parentElement, setStateValue }) {
  const canvas = parentElement.querySelector("canvas")
  const context = canvas.getContext("2d")
  const size = parentElement.querySelector(".size"),
    gray = parentElement.querySelector(".gray")
  if (!canvas.history) {
    canvas.history = []
    context.fillStyle = "#000"
    context.fillRect(0, 0, canvas.width, canvas.height)
    if (data.drawing) {
      const image = new Image()
      image.onload = () => context.drawImage(image, 0, 0)
      image.src = data.drawing
    }
  }
  const place = (event) => {
    const box = canvas.getBoundingClientRect()
    return [
      ((event.clientX - box.left) / box.width) * canvas.width,
      ((event.clientY - box.top) / box.height) * canvas.height,
    ]
  }
  const stroke = (from, to) => {
    const shade = gray.value
    context.strokeStyle = "rgb(" + shade + "," + shade + "," + shade + ")"
    context.lineWidth = Number(size.value)
    context.lineCap = context.lineJoin = "round"
    context.beginPath()
    context.moveTo(...from)
    context.lineTo(...to)
    context.stroke()
  }
  const send = () => setStateValue("drawing", canvas.toDataURL("image/png"))
  const remember = () => {
    canvas.history.push(context.getImageData(0, 0, canvas.width, canvas.height))
    if (canvas.history.length > 20) canvas.history.shift()
  }
  canvas.onpointerdown = (event) => {
    remember()
    canvas.setPointerCapture(event.pointerId)
    canvas.last = place(event)
    stroke(canvas.last, canvas.last)
  }
  canvas.onpointermove = (event) => {
    if (!canvas.last) return
    const to = place(event)
    stroke(canvas.last, to)
    canvas.last = to
  }
  canvas.onpointerup = canvas.onpointercancel = () => {
    if (!canvas.last) return
    canvas.last = null
    send()
  }
  const point = parentElement.querySelector(".point")
  const mark = () => {
    const [x, y] = canvas.at
    const border = (canvas.offsetWidth - canvas.clientWidth) / 2
    point.style.left = border + (x / canvas.width) * canvas.clientWidth + "px"
    point.style.top = border + (y / canvas.height) * canvas.clientHeight + "px"
    point.className = canvas.down ? "point down" : "point"
  }
  const lift = () => {
    if (!canvas.down) return
    canvas.down = false
    mark()
    send()
  }
  canvas.at ??= [canvas.width / 2, canvas.height / 2]
  mark()
  canvas.onkeydown = (event) => {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
    const way = ways[event.key]
    if (!way && event.key !== " ") return
    event.preventDefault()
    if (event.key === " ") {
      if (canvas.down) return lift()
      remember()
      canvas.down = true
      stroke(canvas.at, canvas.at)
    } else {
      const far = event.shiftKey ? 1 : 8 // pixels of the 280
      const to = canvas.at.map((at, i) => Math.min(280, Math.max(0, at + far * way[i])))
      if (canvas.down) stroke(canvas.at, to)
      canvas.at = to
    }
    mark()
  }
  canvas.onblur = lift
  parentElement.querySelector(".undo").onclick = () => {
    if (!canvas.history.length) return
    context.putImageData(canvas.history.pop(), 0, 0)
    send()
  }
  parentElement.querySelector(".clear").onclick = () => {
    remember()
    context.fillStyle = "#000"
    context.fillRect(0, 0, canvas.width, canvas.height)
    setStateValue("drawing", "")
  }
}
