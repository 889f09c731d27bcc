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
