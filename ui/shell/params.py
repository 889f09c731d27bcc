"""What a link carries: query parameters with a type and bounds.

A parameter that makes no sense gives the default and one sentence, never an exception. Widgets that are
bound to the URL by Streamlit itself (`bind="query-params"`) drop such values silently; call `int_param` or
`choice_param` with the same name before the widget, and the visitor is told.
"""

import math
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from core.text import quoted, shown

_LINKS: Final = "page_links"
_AT: Final = "page_at"
MAX_LENGTH = 8_000
"""Longest value that a link can have, characters."""
MAX_SHOWN = 30
"""Longest part of a bogus value that is repeated to the visitor, characters."""
RENAMED: Final = {
    "Neighbours": "Neighbors",
    "5. Go on training": "5. Resume training",
    "as in the notes": "as in the tutorial",
}
"""What links of before call some choices, and what they are called today."""


def int_param(name: str, default: int, low: int, high: int) -> int:
    """The whole number `?name=`, if it is there and within `low` and `high`, else `default`."""
    text = _read(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if low <= value <= high:
        return value
    _tell(name, text, f"it must be a whole number between {low:,} and {high:,}", f"{default:,}")
    return default


def float_param(name: str, default: float, low: float, high: float) -> float:
    """The number `?name=`, if it is there and within `low` and `high`, else `default`."""
    text = _read(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if low <= value <= high:  # false for NaN
        return value
    _tell(name, text, f"it must be a number between {low:g} and {high:g}", f"{default:g}")
    return default


def choice_param(name: str, options: Sequence[str], default: str, *, sentence: str = "") -> str:
    """The option `?name=`, if it is one of `options`, else `default`.

    Args:
        name: The parameter.
        options: What it may be.
        default: What it is otherwise.
        sentence: What to tell the visitor in that case, where the options' names mean nothing to them.
    """
    text = _read(name)
    if text is None or text in options:
        return default if text is None else text
    if sentence:
        _toast(sentence)
    else:
        known = f"it must be one of {', '.join(options)}" if len(options) <= 6 else "there is no such choice"
        _tell(name, text, known, default)
    return default


def set_param(name: str, value: object, default: object = None) -> None:
    """Write `?name=value` into the address, or take it out where `value` is the default.

    It is remembered for the visitor's return at once: where only a fragment runs, nothing else does that.
    """
    if value is None or value == default:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != str(value):
        st.query_params[name] = str(value)
    keep_link()


def drop_unreadable() -> None:
    """Take out of the link, when a visitor comes with it, what would make a widget of Streamlit fail.

    A bound widget reads its value from the link before the page can look at it. Some of them raise at an
    infinite number, and give `None` where they promise a value at an empty one.
    """
    if "link_checked" in st.session_state:
        for name in st.session_state["link_checked"]:
            _toast(f"The link says nothing readable for {name}; this page shows what it shows without it.")
        return
    st.session_state["link_checked"] = dropped = []
    for name in list(st.query_params):
        if name not in ("lead", "hide") and any(map(_is_unreadable, st.query_params.get_all(name))):
            del st.query_params[name]
            dropped.append(shown(name, MAX_SHOWN))
    if dropped:
        st.rerun()  # widgets read the link as it was when the run began


def use_todays_names() -> None:
    """Call the choices of a link of before by their names of today, before a widget reads them."""
    renamed = {name: RENAMED[text] for name, text in st.query_params.items() if text in RENAMED}
    if renamed:
        st.query_params.update(renamed)
        st.rerun()  # widgets read the link as it was when the run began


def restore_link(page: str) -> None:
    """Give a page that is opened without a link the one that it had when this visitor left it.

    The link that the browser has is remembered here as well: someone who goes on quickly ends the page's run
    before its last lines.
    """
    links: dict[str, dict[str, list[str]]] = st.session_state.setdefault(_LINKS, {})
    arrived = st.session_state.get(_AT) != page
    st.session_state[_AT] = page
    if arrived and not st.query_params and links.get(page):
        st.query_params.from_dict(links[page])
        st.rerun()  # widgets read the link as it was when the run began
    keep_link()


def keep_link() -> None:
    """Remember this page's link for the visitor's return."""
    kept = {name: st.query_params.get_all(name) for name in st.query_params if name not in ("lead", "hide")}
    st.session_state.setdefault(_LINKS, {})[st.session_state.get(_AT, "")] = kept


def query() -> str:
    """The link's parameters as they stand in an address."""
    return urlencode([(name, item) for name in st.query_params for item in st.query_params.get_all(name)])


def _is_unreadable(text: str) -> bool:
    if not text.strip() or len(text) > MAX_LENGTH:
        return True
    try:
        return not math.isfinite(float(text))
    except ValueError:
        return False


def _read(name: str) -> str | None:
    return st.query_params.get(name)


def _tell(name: str, text: str, rule: str, default: str) -> None:
    _toast(
        f"The link says {name} = {quoted(text, MAX_SHOWN)}, but {rule}; this page shows {default} instead."
    )


def _toast(sentence: str) -> None:
    """Say it once a session: the parameter may stay in the address for many clicks."""
    told = st.session_state.setdefault("told_of_links", set())
    if sentence not in told:
        told.add(sentence)
        st.toast(sentence, icon=":material/link_off:", duration="long")
