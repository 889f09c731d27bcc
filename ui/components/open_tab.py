"""Brings the open tab into view where a bar of tabs is wider than the screen.

A link opens a tab by its name; on a phone Streamlit leaves the bar at its start, so the name of what is shown
may be out of sight.
"""

from typing import Final

import streamlit as st

_JS: Final = """
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
"""

_mount = st.components.v2.component("open_tab", html="<span></span>", js=_JS)


def bring_into_view() -> None:
    """Do so for every bar of tabs on the page; call it after them."""
    _mount(key="open_tab", height="content")
