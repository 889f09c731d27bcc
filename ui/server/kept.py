"""What sessions keep of their visitors' files, counted: by visitor, and of all together."""

from typing import Final

import streamlit as st

from core.system.budget import Budget, Held
from ui.server import visitors

MAX_TOTAL: Final = 192_000_000
"""Bytes of pictures, datasets and networks that all sessions keep together."""
MAX_PERSON: Final = 112_000_000
"""Bytes of one visitor: the largest network that is accepted, read and in use, and a picture."""

BUDGET: Final = Budget(MAX_TOTAL, MAX_PERSON)

_HELD: Final = "held_bytes"


def hold(name: str, size: int) -> None:
    """Count what the session is about to keep under `name`, in the place of what it kept there before.

    The bytes go back when the session ends, or with `release`.

    Raises:
        BudgetError: This visitor, or all together, would keep too much. Nothing is counted under `name` then,
            so nothing may be kept there.
    """
    held: dict[str, Held] = st.session_state.setdefault(_HELD, {})
    before = held.pop(name, None)
    if before is not None:
        before.release()
    if size:
        held[name] = BUDGET.take(visitors.person(), size)


def release(name: str) -> None:
    """The session keeps nothing under `name` any more."""
    hold(name, 0)
