"""What a page needs of the browser itself, which Streamlit does not give.

One entry in the browser's history per page; a page that is opened is seen from its top; the open tab in
sight; a second run when the theme changes; the field's words explained; and where the reader has been, which
stays in their browser.
"""

from typing import Any

import streamlit as st

from ui.components.assets import register

_KEY = "page_companion"
_SAY = "page_companion_say"
_mount = register("page_companion", __file__, isolated=False)


def page_companion(*, page: str, section: str, sections: int, link: str, jump: int) -> None:
    """Mount it, at the end of every page.

    Args:
        page: The page's stem.
        section: Its open section; "" where it has none.
        sections: How many sections it has, at least 1.
        link: The query of the page's link.
        jump: Rises whenever the page is to be seen from its top again.
    """
    _mount(
        key=_KEY,
        data={
            "page": page,
            "section": section,
            "sections": sections,
            "link": link,
            "jump": jump,
            "known": remembered() is not None,
            "say": st.session_state.pop(_SAY, ""),
        },
        on_progress_change=lambda: None,
        on_ground_change=lambda: None,
        height="content",
    )


def announce(text: str) -> None:
    """Have screen readers say something that changes on the page by itself, such as the end of a run."""
    st.session_state[_SAY] = text


def remembered() -> Any:
    """What the browser remembers of earlier visits; it can be anything. `None` where that is nothing."""
    return st.session_state.get(_KEY, {}).get("progress")
