import { explainWords } from "../shared/words.js"

// Streamlit adds an entry to the browser's history whenever a page writes into its link, so that "Back" goes
// through every click. Here an entry is a page: a change of the query alone replaces the entry.
const keepOneEntryPerPage = () => {
  if (history.keepsOneEntry) return
  history.keepsOneEntry = true
  const push = history.pushState.bind(history)
  history.pushState = (state, title, url) => {
    const to = new URL(url, location.href)
    if (to.pathname === location.pathname) history.replaceState(state, title, url)
    else push(state, title, url)
  }
}

// where a bar of tabs is wider than the screen, Streamlit leaves it at its start
const showOpenTabs = (root) => {
  const open = [...document.querySelectorAll('[role="tab"][aria-selected="true"]')]
  const names = open.map((tab) => tab.textContent).join("|")
  if (root.names === names) return // whoever scrolled the bar since is left alone
  root.names = names
  for (const tab of open) {
    const bar = tab.closest('[role="tablist"]')
    const [inner, outer] = [tab.getBoundingClientRect(), bar.getBoundingClientRect()]
    if (inner.left < outer.left || inner.right > outer.right) {
      bar.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2
    }
  }
}

const PROGRESS = "pytorch-basics-live:progress"
const readProgress = () => {
  try {
    return JSON.parse(localStorage.getItem(PROGRESS)) ?? {}
  } catch {
    return {} // no storage, or something else is in it
  }
}

// remembers in this browser which sections of which page were open; gives what was known before
const remember = ({ page, section, sections, link }) => {
  const before = readProgress()
  const seen = new Set(Array.isArray(before.seen?.[page]) ? before.seen[page] : [])
  seen.add(section)
  const next = {
    seen: { ...before.seen, [page]: [...seen].slice(-40) },
    sections: { ...before.sections, [page]: sections },
    last: { page, section, link },
  }
  try {
    localStorage.setItem(PROGRESS, JSON.stringify(next))
  } catch {
    // a browser that keeps nothing: the sidebar then marks this visit only
  }
  return before
}

const FOCUSABLE = 'a[href], button, input, textarea, summary, [tabindex="0"]'
const SETTLED = 250 // milliseconds from a change to the look at what it left; a run's charts change all the time

// what an answer brought below the window comes into it, as far as it is beside the field that has the focus
const showBrought = () => {
  const brought = document.querySelector('[class*="st-key-brought"]')
  const text = brought?.textContent ?? ""
  if (document.brought === text) return
  document.brought = text
  const box = document.activeElement?.closest('[data-testid="stExpander"]')
  if (box?.contains(brought)) brought.scrollIntoView({ block: "nearest" })
}

// a button that is gone or disabled after it was pressed would leave the keyboard at the top of the page:
// what it brought (its key begins with "brought") or what now stands in its place gets the focus
const keepFocus = () => {
  if (document.keepsFocus) return
  let [held, isKeyboard, timer] = [null, false, null]
  // another page is read from its title on, another section of the same page from its tab
  const arrive = (section) => {
    if (!isKeyboard) return
    const places = [...main().querySelectorAll(section ? '[role="tab"]' : "h1")]
    const place = section ? places.find((tab) => tab.textContent === section) : places[0]
    if (!section) place?.setAttribute("tabindex", "-1")
    place?.focus({ preventScroll: true })
  }
  document.keepsFocus = { arrive }
  const main = () => document.querySelector('[data-testid="stMain"]')
  const reachable = () =>
    [...main().querySelectorAll(FOCUSABLE)].filter(
      (each) => !each.disabled && each.tabIndex >= 0 && each.checkVisibility(),
    )
  const check = () => {
    timer = null
    showBrought()
    if (!held || !isKeyboard || !main() || document.activeElement !== document.body) return
    if (held.target.isConnected && !held.target.disabled) return
    if (document.querySelector('[data-test-script-state="running"]')) return later()
    const now = reachable()
    const before = held.before.findLast((each) => now.includes(each))
    const brought = now.find((each) => each.closest('[class*="st-key-brought"]'))
    const next = brought ?? now[now.indexOf(before) + 1]
    next?.focus()
  }
  const later = () => (timer ??= setTimeout(check, SETTLED))
  document.addEventListener("keydown", () => (isKeyboard = true), true)
  document.addEventListener("pointerdown", () => (isKeyboard = false), true)
  document.addEventListener("focusin", ({ target }) => {
    held = null
    if (!main()?.contains(target)) return
    const all = reachable()
    held = { target, before: all.slice(0, all.indexOf(target)) }
  })
  new MutationObserver(later).observe(document.body, {
    attributeFilter: ["disabled"],
    childList: true,
    subtree: true,
  })
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector("span")
  keepOneEntryPerPage()
  keepFocus()
  const live = parentElement.querySelector("[role=status]")
  if (live.textContent !== data.say) live.textContent = data.say
  const place = `${data.page} ${data.jump}`
  if (window.streamlitPlace !== place) {
    const from = window.streamlitPlace
    window.streamlitPlace = place
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0)
    if (from) document.keepsFocus.arrive(from.split(" ")[0] === data.page ? data.section : "")
  }
  requestAnimationFrame(() => showOpenTabs(root))
  explainWords(data.page, parentElement.querySelector("[role=tooltip]"))
  const before = remember(data)
  if (!data.known && before.last) setStateValue("progress", before)
  // Streamlit tells the server of another theme at the next click; the logo and the charts cannot wait
  const ground = getComputedStyle(root).getPropertyValue("--st-background-color")
  if (root.ground && root.ground !== ground) setStateValue("ground", ground)
  root.ground = ground
}
