const read = (store) => {
  try {
    const names = JSON.parse(localStorage.getItem(store) ?? "[]")
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : []
  } catch {
    return [] // storage is switched off, or holds something else
  }
}

export default function ({ data, parentElement, setStateValue }) {
  const names = [...new Set([...read(data.store), ...data.add])].sort()
  try {
    if (data.add.length) localStorage.setItem(data.store, JSON.stringify(names))
  } catch {
    // the visitor's browser keeps nothing: the session still knows
  }
  const text = names.join("|")
  if (parentElement.names === text) return
  parentElement.names = text
  if (names.length) setStateValue("names", names)
}
