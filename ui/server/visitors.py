"""Who is there: a tab, a browser, an address."""

import hashlib
import secrets
import threading
import uuid
from collections import OrderedDict
from typing import Final

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.training.jobs import Visitor
from ui.server.gate import ADDRESS_HEADER, BROWSER_COOKIE

_TAB: Final = "visitor"
_SECRET: Final = "own_secret"
_MAX_SESSIONS: Final = 2000

_sessions: Final[OrderedDict[str, str]] = OrderedDict()
"""The browser behind each session of Streamlit's, the last seen last."""
_sessions_lock: Final = threading.Lock()


def tab() -> str:
    """A random name for this browser tab's session: whose jobs are whose."""
    name: str = st.session_state.setdefault(_TAB, uuid.uuid4().hex)
    return name


def visitor() -> Visitor:
    """Who asks for jobs: a browser, not a tab, and the address it is at."""
    cookie = st.context.cookies.get(BROWSER_COOKIE, "")
    known = cookie if len(cookie) >= 22 else tab()  # a browser without cookies is as many as it has tabs
    browser = hashlib.sha256(known.encode()).hexdigest()  # the cookie itself is the visitor's secret
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        with _sessions_lock:
            _sessions[context.session_id] = browser
            _sessions.move_to_end(context.session_id)
            while len(_sessions) > _MAX_SESSIONS:
                _sessions.popitem(last=False)
    return Visitor(browser, str(st.context.headers.get(ADDRESS_HEADER) or ""))


def is_connected(browser: str) -> bool:
    """Whether a tab of this browser is connected, be it hidden or asleep. May be called on any thread."""
    if not runtime.exists():
        return False
    with _sessions_lock:
        sessions = [session for session, owner in _sessions.items() if owner == browser]
    return any(runtime.get_instance().is_active_session(session) for session in sessions)


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
