"""Where the reader has been: which sections of which page, in this visit and, by their browser, before."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

import streamlit as st

from ui.components.page_companion import remembered

_SEEN: Final = "sections_seen"
_COUNTS: Final = "sections_in_all"
_MOST: Final = 40
"""Most sections of a page that are believed."""


@dataclass(frozen=True)
class Resume:
    """Where the last visit ended."""

    page: str
    """The page's stem."""
    section: str
    """The section that was open; "" where the page has none."""
    query: dict[str, str]
    """The link's parameters."""


def note(page: str, section: str, sections: int) -> None:
    """Remember that a section of a page is open."""
    st.session_state.setdefault(_SEEN, {}).setdefault(page, set()).add(section)
    st.session_state.setdefault(_COUNTS, {})[page] = sections


def seen(page: str) -> tuple[int, int]:
    """How many sections of a page were open, of how many; (0, 0) where it was never visited."""
    before = _earlier()
    names = {name for name in _list(before.get("seen"), page) if isinstance(name, str)}
    names |= st.session_state.get(_SEEN, {}).get(page, set())
    counts = before.get("sections")
    count = counts.get(page, 0) if isinstance(counts, dict) else 0
    count = st.session_state.get(_COUNTS, {}).get(page, count if type(count) is int else 0)
    return min(len(names), count), min(max(count, 0), _MOST)


def is_done(page: str) -> bool:
    """Whether all sections of a page were open."""
    done, count = seen(page)
    return 0 < count == done


def resume() -> Resume | None:
    """Where the last visit ended; `None` in a browser that has not been here, or does not remember."""
    last = _earlier().get("last")
    if not isinstance(last, dict):
        return None
    page, section, link = (last.get(name) for name in ("page", "section", "link"))
    if not (isinstance(page, str) and isinstance(section, str) and isinstance(link, str)) or len(link) > 2000:
        return None
    return Resume(page, section[:60], _query(link))


def _query(link: str) -> dict[str, str]:
    """A link's parameters, but for those that Streamlit keeps for itself."""
    query = {name: values[-1] for name, values in parse_qs(link).items()}
    return {name: value for name, value in query.items() if not name.lower().startswith("embed")}


def _earlier() -> dict[str, Any]:
    lists = remembered()
    return lists if isinstance(lists, dict) else {}


def _list(lists: Any, name: str) -> list[Any]:
    found = lists.get(name) if isinstance(lists, dict) else None
    return found[:_MOST] if isinstance(found, list) else []
