const MARK = "glossary"
const PROSE = '[data-testid="stMarkdownContainer"] :is(p, li)'
const ELSEWHERE = "a, button, h1, h2, h3, h4, h5, h6, label, pre, summary, .katex, [role=tab]"

// where the page's prose first uses each word; inline code counts where it is the word and nothing else
const firstUses = (words) => {
  const found = new Map()
  for (const block of document.querySelectorAll(`[data-testid="stMain"] ${PROSE}`)) {
    if (found.size === words.length) break
    if (block.closest(ELSEWHERE) || !block.checkVisibility()) continue
    const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT)
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const { parentElement: holder, data } = text
      if (block.contains(holder.closest(ELSEWHERE))) continue
      for (const word of words.filter((each) => !found.has(each))) {
        const match = data.match(word.pattern)
        if (!match || (holder.closest("code") && match[0] !== data)) continue
        const range = new Range()
        range.setStart(text, match.index)
        range.setEnd(text, match.index + match[0].length)
        found.set(word, range)
      }
    }
  }
  return found
}

const isOver = ({ left, right, top, bottom }, { clientX: x, clientY: y }) =>
  left <= x && x <= right && top <= y && y <= bottom

// Explains the field's words where the page first uses them, on hover or tap. Ranges of text are marked, not
// wrapped: the elements are React's. The keyboard finds the same words at the end of the page's first lines.
export const explainWords = (page, tip) => {
  const glossary = JSON.parse(document.getElementById("glossary")?.textContent ?? "[]")
  if (!CSS.highlights) return
  const words = glossary
    .filter(([, , elsewhere]) => !elsewhere.includes(page))
    .map(([pattern, text]) => ({ pattern: new RegExp(pattern), text }))
  document.glossary = { ...document.glossary, words, tip }
  if (document.glossary.mark) return document.glossary.mark()
  let [uses, timer] = [new Map(), null]
  document.glossary.mark = () => {
    timer = null
    uses = firstUses(document.glossary.words)
    CSS.highlights.set(MARK, new Highlight(...uses.values()))
  }
  const show = (event) => {
    const { tip } = document.glossary
    const target = event.target instanceof Element ? event.target : document.body
    if (tip.contains(target)) return
    for (const [word, range] of target.closest(PROSE) ? uses : []) {
      if (!target.contains(range.startContainer)) continue
      const box = [...range.getClientRects()].find((each) => isOver(each, event))
      if (!box) continue
      if (!tip.matches(":popover-open")) tip.showPopover()
      if (tip.textContent !== word.text) tip.textContent = word.text
      const { offsetWidth: width, offsetHeight: height } = tip
      const fits = box.bottom + height + 8 < window.innerHeight
      tip.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - width - 8))}px`
      tip.style.top = `${fits ? box.bottom : box.top - height}px`
      return
    }
    hide()
  }
  const hide = () => document.glossary.tip.matches(":popover-open") && document.glossary.tip.hidePopover()
  document.addEventListener("pointermove", show)
  document.addEventListener("pointerdown", show)
  document.addEventListener("scroll", hide, true)
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide())
  new MutationObserver(() => (timer ??= setTimeout(document.glossary.mark, 250))).observe(document.body, {
    childList: true,
    characterData: true,
    subtree: true,
  })
  document.glossary.mark()
}
