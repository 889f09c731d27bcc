import { makeBars, showBars } from "../shared/bars.js"
import { showCard } from "../shared/card.js"
import { paint } from "../shared/thumbnails.js"

export default function ({ data, parentElement }) {
  const find = (name) => parentElement.querySelector(name)
  if (!find(".bars").children.length) makeBars(find(".bars"), data.classes, data.colors)
  paint(find(".large"), data, 0)
  showCard(find, data, data.classes, data.words)
  showBars(find(".bars"), data.probabilities, data.classes, data.actual, data.words)
}
