"""Plays a traced program back line by line, in the browser alone.

The whole trace travels once. A step redraws from it; the server is told where the visitor is when they have
rested for a moment, so that the link can say it.

Keyboard: left and right step, Home and End go to the ends, wherever the focus is in the player; in the code,
up and down choose a line, and Enter goes to the next time it is run.
"""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.teaching.tracer import Trace
from ui.components.assets import register

Link = tuple[str, str]
"""What to call a page, and its address relative to this one."""

_mount = register("line_player", __file__)


def line_player(
    trace: Trace, *, at: int, links: Mapping[int, Link], other: Sequence[int], key: str
) -> tuple[int, str | None]:
    """Show the player.

    Args:
        trace: The program's run.
        at: The step to begin with, counted from 0.
        links: By line, the page that plays with it.
        other: Lines that another version of the program does not have.
        key: Unique on the page, and another one for another run.

    Returns:
        The step that the visitor is at, as far as the server knows; and the address of the link that they
        followed, once.
    """
    if key not in st.session_state:  # what is sent must stay the same, or it would be sent again
        st.session_state[f"{key}_start"] = at
    data = {
        "id": key,
        "trace": dict(trace.data),
        "at": st.session_state[f"{key}_start"],
        "links": {str(line): list(link) for line, link in links.items()},
        "other": list(other),
    }
    state = _mount(key=key, data=data, on_at_change=lambda: None, on_link_change=lambda: None)
    rested = state.at if type(state.at) is int and 0 <= state.at < len(trace.data["steps"]) else at
    followed = next((href for _, href in links.values() if href == state.link), None)
    return rested, followed
