export default function ({ parentElement }) {
  requestAnimationFrame(() => {
    const open = [...document.querySelectorAll('[role="tab"][aria-selected="true"]')]
    const names = open.map((tab) => tab.textContent).join("|")
    if (parentElement.names === names) return // whoever scrolled the bar since is left alone
    parentElement.names = names
    for (const tab of open) {
      const bar = tab.closest('[role="tablist"]')
      const [inner, outer] = [tab.getBoundingClientRect(), bar.getBoundingClientRect()]
      if (inner.left < outer.left || inner.right > outer.right) {
        bar.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2
      }
    }
  })
}
