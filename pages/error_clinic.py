"""Error clinic: paste a message, a traceback or a class, and learn what it says and what to change.

The visitor will understand an error message of PyTorch by a small program that raises the same one.
"""

import streamlit as st

from core.teaching.clinic import KINDS, MAX_CHARACTERS, explain_error, raised
from ui.error_clinic import clinic
from ui.foot import next_page
from ui.shell.frame import guard, lead, open_page
from ui.shell.params import choice_param, set_param

open_page(__file__)
lead(
    "Error clinic",
    "Paste an error message, a traceback, or the class of a network: it is read, never run. "
    "You get what it means, which line of yours matters, and a small program that raises the "
    "same error, beside its cure.",
)


def _paste(text: str) -> None:
    """Put an example into the field."""
    st.session_state["pasted"] = text
    set_param("kind", None)


def _examples() -> None:
    """Errors to try the page with."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Or an example:", width="content")
        for name in clinic.EXAMPLES:
            text = raised(name) or "RuntimeError: CUDA error: device-side assert triggered"
            st.button(
                KINDS[name].title, key=f"example_{name}", on_click=_paste, args=(text,), type="tertiary"
            )


with st.form("paste", border=False):
    st.text_area(
        "Error message, traceback, or class",
        key="pasted",
        height=220,
        max_chars=MAX_CHARACTERS,
        placeholder="RuntimeError: mat1 and mat2 shapes cannot be multiplied (64x512 and 784x10)",
        help=(
            "What you paste stays in this session. Several lines are better than one: the traceback "
            "says where it happened."
        ),
    )
    asked = st.form_submit_button("Explain it", type="primary", icon=":material/healing:")
if asked:
    set_param("kind", None)
titles = clinic.labels()
chosen = choice_param("kind", list(titles), "", sentence="The clinic knows no error of that name.")
answered = bool(chosen or st.session_state.get("pasted", "").strip())
if not answered:
    _examples()
with guard():
    if chosen:
        clinic.of_kind(KINDS[chosen])
    elif st.session_state.get("pasted", "").strip():
        clinic.answer(explain_error(st.session_state["pasted"]))
    elif asked:
        st.info(
            "Nothing is there yet: paste an error message, a traceback, or a class.", icon=":material/info:"
        )
if answered:  # above the answer they would push it out of sight on a phone
    _examples()

st.divider()
st.session_state["kind_choice"] = chosen or None
st.selectbox(
    f"All {len(titles)} errors that the clinic knows",
    list(titles),
    format_func=titles.__getitem__,
    key="kind_choice",
    placeholder="Choose one to read about it",
    on_change=lambda: set_param("kind", st.session_state["kind_choice"]),
)
next_page()
