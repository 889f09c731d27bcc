"""A page's link, with what is in it; and the view that a teacher makes of a page, by link.

`?lead=` adds a line of text above the page, `?hide=` (words joined by commas, those of `PARTS`) leaves parts
of it out. Both hold for the visitor's whole session, on every page. The text is a stranger's: it is shown
as it is, never as Markdown or HTML.
"""

from typing import Final
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

PARTS: Final = {
    "pages": "The list of pages",
    "data": "The line on the data",
    "code": "Code",
    "settings": "Settings of the steps",
    "next": "Where to go next",
}
"""What a link can hide, and what to call it."""

MAX_LEAD: Final = 300
"""Longest line that a link can add, characters."""
LONG_LINK: Final = 2_000
"""Characters that every browser and chat program takes."""
_MAX_VALUE: Final = 60

_VIEW: Final = "teacher_view"
_PLACE: Final = "share_place"


def _view() -> tuple[str, frozenset[str]]:
    """The line to add and the parts to hide: the link's, or what an earlier link of this session said."""
    query = st.query_params
    if "lead" in query or "hide" in query:
        words = query.get("hide", "")[:200].split(",")
        st.session_state[_VIEW] = (_one_line(query.get("lead", "")), frozenset(PARTS) & frozenset(words))
    view: tuple[str, frozenset[str]] = st.session_state.get(_VIEW, ("", frozenset()))
    return view


def _one_line(text: str) -> str:
    """Printable characters on one line, at most `MAX_LEAD`."""
    words = "".join(c if c.isprintable() else " " for c in text[: 2 * MAX_LEAD]).split()
    line = " ".join(words)
    return line if len(line) <= MAX_LEAD else line[: MAX_LEAD - 1] + "…"


def plain(text: str) -> str:
    """Text for a Markdown element in which nothing is Markdown: names such as `__main__` stay as they are."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+~|$" else c for c in text)


def hides(part: str) -> bool:
    """Whether this visitor's link hides a part of `PARTS`."""
    return part in _view()[1]


def open_title(title: str) -> None:
    """The page's title, room for its share button beside it, and the line that the link adds."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(title, anchor=False, width="stretch")
        st.session_state[_PLACE] = st.container(width="content")
    line = _view()[0]
    if line:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(":material/school:", width="content")
            st.text(line)


def forget_place() -> None:
    """Forget the room of an earlier run that was cut short: it is no longer where it was on the page."""
    st.session_state.pop(_PLACE, None)


def fill() -> None:
    """Put the share button into its room, once the page has written all its parameters into the link."""
    place: DeltaGenerator | None = st.session_state.pop(_PLACE, None)
    if place is not None:
        with place:
            _popover()


def link(**changes: str | None) -> str:
    """The address of what this visitor sees.

    Args:
        **changes: Parameters to set; `None` leaves one out.
    """
    values = {name: st.query_params.get_all(name) for name in st.query_params}
    for name, value in changes.items():
        values[name] = [value] if value else []
    query = urlencode([(name, item) for name, items in values.items() for item in items])
    address = (st.context.url or "").partition("?")[0]
    return f"{address}?{query}" if query else address


@st.fragment
def _popover() -> None:
    with st.popover("Share", icon=":material/link:", width="content"):
        address = link(lead=None, hide=None)
        st.markdown("**A link to what you see.** " + ("It carries:" if "?" in address else "Nothing is set."))
        carried = [
            f"{name}: {value if len(value) <= _MAX_VALUE else value[:_MAX_VALUE] + '…'}"
            for name in st.query_params
            for value in st.query_params.get_all(name)
            if name not in ("lead", "hide")
        ]
        if carried:
            st.text("\n".join(carried[:12]))
        _address(address)
        with st.expander("For a class", icon=":material/school:"):
            line, hidden = _view()
            text = st.text_input(
                "A line above the page",
                line,
                max_chars=MAX_LEAD,
                key="share_lead",
                placeholder="Find three errors.",
            )
            parts = st.pills(
                "Leave out",
                list(PARTS),
                selection_mode="multi",
                default=sorted(hidden),
                format_func=lambda part: PARTS[part],
                key="share_hide",
            )
            _address(link(lead=text or None, hide=",".join(sorted(parts)) or None))
            if line or hidden:
                st.button("Show everything again", on_click=_show_everything, icon=":material/visibility:")


def _address(address: str) -> None:
    """A link with a button that copies it."""
    st.code(address, language=None, wrap_lines=True)
    if len(address) > LONG_LINK:
        st.caption(
            f"This link has {len(address):,} characters. Some programs cut links of more than {LONG_LINK:,}."
        )


def _show_everything() -> None:
    st.session_state.pop(_VIEW, None)
    for name in ("lead", "hide"):
        if name in st.query_params:
            del st.query_params[name]
