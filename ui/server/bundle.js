// Offers Streamlit's small modules out of this one file, under the addresses at which a browser looks for them.
// Where it cannot, the browser asks for each of them, as it does without this file.
const offer = (modules) => {
  if (!window.HTMLScriptElement.supports?.("importmap")) return
  const folder = new URL("./", document.currentScript.src).href
  const imports = { "streamlit/": folder }
  for (const [name, source] of Object.entries(modules)) {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }))
    imports[folder + name] = imports[`streamlit/${name}`] = address
  }
  const map = document.createElement("script")
  map.type = "importmap"
  map.textContent = JSON.stringify({ imports })
  document.head.append(map)
}

offer({}) // the server puts them in
