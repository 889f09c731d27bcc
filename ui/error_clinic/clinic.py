"""The error clinic on screen: what was pasted, what it is, and the program that raises it."""

from functools import lru_cache

import pandas as pd
import streamlit as st

from core.teaching.clinic import (
    KINDS,
    NO_PROGRAM,
    TOPICS,
    UNKNOWN,
    ClassReading,
    Explanation,
    Kind,
    raised,
    raised_with,
    run_here,
)
from ui.code import show_code
from ui.shell.navigation import entry
from ui.shell.share import hides

EXAMPLES = ("linear-features", "second-backward", "weights-size", "device-assert")
"""Kinds to begin with: one of each sort of answer."""


def answer(found: Explanation) -> None:
    """All that the clinic says of a text."""
    if found.kind is None:
        _without_kind(found)
        return
    st.header(found.kind.title, anchor=False)
    st.markdown(found.kind.means)
    if found.beside:
        st.info(found.beside, icon=":material/code:", title="In your code")
    if found.reading:
        st.info(found.reading, icon=":material/search:", title="In your message")
    if found.frame is not None:
        st.markdown("**Your line**")
        st.caption(_plain(found.frame.place))
        if found.frame.code:
            st.code(found.frame.code, language="python", wrap_lines=True)
    _advice(found.kind)
    if found.network is not None:
        network(found.network)
    program(found.kind)


def of_kind(kind: Kind) -> None:
    """What the clinic says of a kind, chosen from the list."""
    st.header(kind.title, anchor=False)
    st.markdown(kind.means)
    _advice(kind)
    program(kind)


def _advice(kind: Kind) -> None:
    if kind.where:
        st.markdown(kind.where)
    st.success(kind.cure, icon=":material/build:", title="What to do")
    if kind.trap:
        st.warning(kind.trap, icon=":material/block:", title="What does not help")


def _without_kind(found: Explanation) -> None:
    if found.beside:
        st.info(found.beside, icon=":material/code:", title="In your code")
    if found.nearest:
        _unknown(found.nearest)
    if found.network is not None:
        network(found.network)


def _unknown(nearest: tuple[Kind, ...]) -> None:
    st.warning(UNKNOWN, icon=":material/help:")
    for kind in nearest:
        with st.container(border=True):
            st.markdown(f"**{kind.title}** {kind.means}")
            st.caption(
                "Known as, for example: "
                f"{_plain(raised(kind.name).split(chr(10))[0] or kind.wordings[0])[:200]}"
            )


def network(read: ClassReading) -> None:
    """A class layer by layer, with the shapes, to where it breaks."""
    st.header(f"The class {_plain(read.name)}, layer by layer", anchor=False)
    st.caption("It was parsed, not run: the shapes follow from the layers' settings.")
    if read.given:
        st.markdown(f"A batch of shape `{list(read.given)}` goes in.")
    if read.rows:
        rows = [
            {
                "called": row.name,
                "layer": row.layer,
                "takes": str(list(row.given)),
                "gives": str(list(row.gives)),
            }
            for row in read.rows
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")
    if read.problem and read.wrong:
        st.error(f"It stops here: {read.problem}", icon=":material/error:")
    elif read.problem:
        st.info(f"The reading ends here: {read.problem}", icon=":material/info:")
    elif read.given:
        st.success("All layers fit.", icon=":material/check:")
    for remark in read.remarks:
        st.markdown(remark)


def program(kind: Kind) -> None:
    """A program of ours that raises the message, the message, and the lines that cure it."""
    if not kind.program:
        st.caption(NO_PROGRAM)
        return
    if not hides("code"):
        st.markdown("**A program that raises it**")
        show_code(kind.program, key=f"{kind.name}_program", file_name=f"{kind.name}.py")
    message, note = _message(kind)
    st.caption(note)
    if message:
        st.code(message, language=None, wrap_lines=True)
    if not hides("code"):
        st.markdown("**The lines that cure it**")
        for old, new in kind.change:
            left, right = st.columns(2)
            left.caption(":material/close: Instead of")
            left.code(old, language="python", wrap_lines=True)
            right.caption(":material/check: write")
            right.code(new or "# nothing: leave the line out", language="python", wrap_lines=True)
        with st.expander("The cured program in full", icon=":material/code:"):
            show_code(kind.cured(), key=f"{kind.name}_cured", file_name=f"{kind.name}_cured.py")
    page = entry(kind.page)
    st.page_link(page.path, label=f"Play with it: {page.title}", icon=f":material/{page.icon}:")


def _message(kind: Kind) -> tuple[str, str]:
    """What the program ended with, and where it ran."""
    if kind.runs == "here":
        return _here(kind.name), "How it ends, here and now"
    kept = raised(kind.name)
    if kept:
        return kept, f"How it ended, in a process of its own, with PyTorch {raised_with()}"
    return "", ("This server cannot raise it: it takes a GPU, a broken installation or another package.")


@lru_cache(maxsize=len(KINDS))
def _here(name: str) -> str:
    """The error of a program, run once by this server; for one without an error, what it printed."""
    error, printed = run_here(KINDS[name].program)
    return error or printed


def _plain(text: str) -> str:
    """A stranger's words as they may stand in Markdown: as code, on one line."""
    return "`" + text.replace("`", "'").replace("\n", " ")[:200] + "`"


def labels() -> dict[str, str]:
    """Every kind's title with its topic, by name."""
    return {kind.name: f"{topic}: {kind.title}" for topic, kinds in TOPICS.items() for kind in kinds}
