// One garment and what a network makes of it, the same on every page.

// `find` gives the card's elements; `words` says for screen readers what they show
export const showCard = (find, { predicted, actual }, classes, words) => {
  const isRight = predicted === actual
  find(".large").setAttribute("aria-label", words)
  find(".predicted").textContent = classes[predicted]
  find(".actual").textContent = classes[actual]
  find(".badge").className = "badge " + (isRight ? "right" : "wrong")
  find(".badge").textContent = isRight ? "\u2713 Right" : "\u2717 Wrong"
}
