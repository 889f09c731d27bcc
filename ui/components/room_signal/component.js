const LEAST_GAP = 700 // milliseconds between two runs, however fast votes fall
const ASK = [4000, 8000, 15000] // without events: more slowly the longer nothing happens

export default function ({ data, parentElement, setStateValue }) {
  const signal = parentElement.querySelector(".signal")
  signal.seen = String(data.seen)
  signal.tell = setStateValue
  // all of Streamlit is measured in this size: 16 pixels on a laptop, half as much again on a projector
  const root = document.documentElement.style
  if (data.large) root.fontSize = "clamp(16px, 1.25vw, 40px)"
  const name = data.code + data.view
  if (signal.name === name) return // the connection is there; what is shown has caught up
  signal.close?.()
  signal.name = name

  let last = 0
  let timer = null
  const tell = (count) => {
    signal.latest = count
    if (timer !== null || count === signal.seen) return
    timer = setTimeout(
      () => {
        timer = null
        last = Date.now()
        if (signal.latest !== signal.seen) signal.tell("change", signal.latest)
      },
      Math.max(0, last + LEAST_GAP - Date.now()),
    )
  }
  const base = location.pathname.replace(/[^/]*\/?$/, "")
  const source = new EventSource(`${base}api/rooms/${data.code}/changes?view=${data.view}`)
  let failures = 0
  let quiet = 0
  let asking = null
  const ask = () => {
    signal.tell("change", `asked ${Date.now()}`)
    asking = setTimeout(ask, ASK[Math.min(quiet++, ASK.length - 1)])
  }
  source.onmessage = (event) => {
    failures = 0
    tell(event.data)
    if (event.data === "ended") source.close()
  }
  source.onerror = () => {
    failures += 1
    if (failures < 3 && source.readyState !== EventSource.CLOSED) return
    source.close()
    asking = setTimeout(ask, ASK[0])
  }
  signal.close = () => {
    source.close()
    clearTimeout(timer)
    clearTimeout(asking)
    if (data.large) root.fontSize = ""
  }
  return () => signal.close()
}
