"""What surrounds every page: its width, its lead, the data in use, what is training, where to go next."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Final, Literal, NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from core.errors import CoreError
from core.system.installed_packages import check_packages as check_environment
from core.teaching.glossary import PAGES, TERMS
from ui.components.page_companion import page_companion
from ui.shell import navigation, params, progress, sections, share
from ui.shell.logo import show_logo
from ui.theme import is_wall

WIDTH: Final = 1120
"""Widest a page gets, pixels: longer lines are hard to read, on a projector as well."""

_log = logging.getLogger(__name__)
_ROUTED: Final = "router_has_run"
_PAGE: Final = "page_stem"

_framed: Final = ContextVar("framed", default=False)
"""Whether this run has a frame: tests run pages alone."""


class _EndOfPage(Exception):  # noqa: N818 - not an error
    """A page has nothing more to show."""


def show(page: StreamlitPage) -> None:
    """Run `page` inside the frame."""
    st.session_state[_ROUTED] = True
    st.set_page_config(
        page_title=f"{page.title.partition(' · ')[0]} · PyTorch Basics, Live",
        layout="wide",
        menu_items={"About": "Learn PyTorch by clicking: the beginner tutorial as an app."},
    )
    show_logo()
    problem = check_environment()
    if problem:
        st.error(problem, icon=":material/error:")
        st.stop()

    with _while_importing():
        from ui.shell import status  # imports torch, which the check above has to come before

        status.settle()
    params.drop_unreadable()
    params.use_todays_names()
    share.forget_place()
    params.restore_link(page.url_path)
    sections.forget()
    with st.container(horizontal_alignment="center"), st.container(width=_width()), guard():
        inside = _framed.set(True)
        with suppress(_EndOfPage):
            page.run()
        _framed.reset(inside)
        share.fill()
    status.training_line()
    _remember()


def _width() -> int | Literal["stretch"]:
    """A wall is read from afar and fills its projector."""
    return "stretch" if is_wall() else WIDTH


@contextmanager
def _while_importing() -> Iterator[None]:
    """On a server that has just started, show that something comes: PyTorch takes seconds to import."""
    if "torch" in sys.modules:
        yield
        return
    place = st.empty()
    with place.container(horizontal_alignment="center"), st.container(width=WIDTH):
        st.title("PyTorch Basics, Live", anchor=False)
        st.markdown("The server has just started and is loading PyTorch. This takes a few seconds, once.")
        st.skeleton(height=320)
    time.sleep(0.05)  # lets the words go out before the import takes the processor
    yield
    place.empty()


def end_page() -> NoReturn:
    """End the page here; unlike after `st.stop`, the frame is drawn to its end."""
    if _framed.get():
        raise _EndOfPage
    st.stop()


def _remember() -> None:
    """What was open, in the session and in the browser; and how much is left, in the sidebar."""
    shown, page = sections.shown(), st.session_state.get(_PAGE, "")
    section, count = (shown.chosen, len(shown.names)) if shown else ("", 1)
    progress.note(page, section, count)
    params.keep_link()
    if not share.hides("pages"):
        pages = navigation.readings()
        done = sum(progress.is_done(entry.stem) for entry in pages)
        left = f"about {navigation.minutes_left()} minutes left" if done < len(pages) else "well done"
        with st.sidebar:
            st.caption(f"{done} of {len(pages)} pages read, {left}")
    page_companion(
        page=page,
        section=section,
        sections=count,
        link=params.query(),
        jump=st.session_state.get(sections.JUMP, 0),
    )


def open_page(file: str) -> None:
    """The first call of every page: makes sure that the router has run before it.

    A cold server that is first asked for `/tensors` finds the folder `pages/` and runs `tensors.py` alone, as
    Streamlit's older multipage mode does. Registering the pages once ends that mode for the whole server.

    Args:
        file: The page's `__file__`.
    """
    st.session_state[_PAGE] = Path(file).stem
    if _ROUTED not in st.session_state:
        st.session_state[_ROUTED] = True
        navigation.build()
        st.rerun()


def lead(title: str, text: str, *, data: bool = True) -> None:
    """The page's title, what it is about in at most two sentences, and one line on the data in use."""
    share.open_title(title)
    st.markdown(text, help=_words(st.session_state.get(_PAGE, "")))
    from ui.shell import status

    status.require_data()
    if data:
        data_line()


def _words(page: str) -> str | None:
    """The field's words that a page uses, to be read on hover or with the keyboard."""
    words = [f"**{term}**: {TERMS[term]}" for term in PAGES.get(page, ())]
    return "\n\n".join(["**Words of this page**", *words]) if words else None


def data_line() -> None:
    """One line on the images in use, which `lead` shows unless it is told not to."""
    if share.hides("data"):
        return
    from ui.shell import status

    status.data_line()


def page_stem() -> str:
    """The stem of the page that this visitor sees; empty before the first."""
    stem: str = st.session_state.get(_PAGE, "")
    return stem


@contextmanager
def guard() -> Iterator[None]:
    """Turn an error that is meant for the visitor into its one sentence, and end the page there."""
    try:
        yield
    except CoreError as error:
        _log.info("shown to a visitor: %s", error)
        st.error(str(error), icon=":material/error:")
