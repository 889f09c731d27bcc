// Ten probabilities as labeled bars, with the line of a guess.

export const makeBars = (bars, classes, colors) => {
  bars.replaceChildren(
    ...classes.map((name, i) => {
      const row = document.createElement("div")
      row.className = "row"
      row.innerHTML =
        '<span class="name"></span><div class="track"><div class="bar"></div></div>' +
        '<span class="value"></span><span class="tick"></span>'
      row.querySelector(".name").textContent = name
      row.querySelector(".bar").style.background = colors[i]
      return row
    }),
  )
}

export const showBars = (bars, probabilities, classes, actual, words, digits = 1) => {
  const percent = (p) => (p * 100).toFixed(digits) + "%"
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a])
  const best = probabilities[order[0]]
  const told = classes.map((name, c) => `${name} ${percent(probabilities[c])}`).join(", ")
  bars.setAttribute("aria-label", `Ten probabilities. ${words}, ${told}`)
  ;[...bars.children].forEach((row, c) => {
    const p = probabilities[c]
    // where there is little room, the three largest and the actual class are enough
    row.classList.toggle("minor", order.indexOf(c) > 2 && c !== actual)
    row.querySelector(".bar").style.width = p * 100 + "%"
    row.querySelector(".bar").style.opacity = p === best ? 1 : 0.75
    row.querySelector(".value").textContent = percent(p)
    row.querySelector(".tick").textContent = c === actual ? "\u2713" : ""
  })
}
