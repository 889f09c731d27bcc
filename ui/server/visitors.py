"""Who is there: a tab, a browser, an address."""

import secrets
import uuid
from typing import Final

import streamlit as st

from ui.server.gate import ADDRESS_HEADER, BROWSER_COOKIE

_TAB: Final = "visitor"
_SECRET: Final = "own_secret"


def tab() -> str:
    """A random name for this browser tab's session: whose jobs are whose."""
    name: str = st.session_state.setdefault(_TAB, uuid.uuid4().hex)
    return name


def person() -> str:
    """Whom shares of the server are counted against: an address where it is known, else a browser or a tab.

    A visitor opens tabs and throws away cookies at will; an address is harder to change.
    """
    return st.context.headers.get(ADDRESS_HEADER) or st.context.cookies.get(BROWSER_COOKIE) or tab()


def secret() -> bytes:
    """What only this visitor's browser knows, or only this session where the browser keeps no cookie."""
    if _SECRET not in st.session_state:
        cookie = st.context.cookies.get(BROWSER_COOKIE, "")
        st.session_state[_SECRET] = cookie.encode() if len(cookie) >= 22 else secrets.token_bytes(32)
    known: bytes = st.session_state[_SECRET]
    return known
