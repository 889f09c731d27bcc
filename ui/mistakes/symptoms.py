"""The symptom clinic on screen: a run with one slip, evidence on request, a name for it, and the truth."""

import random
from typing import Final

import streamlit as st

from core.teaching.symptoms import MAX_CASE, SLIPS, Case, case
from ui.mistakes import evidence
from ui.mistakes.evidence import EVIDENCE
from ui.shell.params import int_param, set_param

_RECORD: Final = "symptoms_record"


def show() -> None:
    """One case, and how the visitor has done so far."""
    st.markdown(
        "A run of six epochs has **one** slip in it, and no correct run to compare it with. "
        "Ask for evidence, as little as you need, and name the slip."
    )
    number = int_param("case", 1, 1, MAX_CASE)
    asked = case(number)
    looks: list[str] = st.session_state.setdefault(f"looks_{number}", [])
    done = st.session_state.get(f"named_{number}")
    st.markdown(f"**Case {number:,}**, seed {asked.seed}")
    if done is None:
        _looks(number, looks)
    st.caption(
        f"{len(looks)} of {len(EVIDENCE)} looks taken. This evidence is recorded "
        "(`python -m core.teaching.symptoms` makes it anew); once you name the slip, both programs run here."
        if done is None
        else f"{len(looks)} of {len(EVIDENCE)} looks taken."
    )
    seen = st.container()  # what was looked at keeps its place, so that the verdict comes where the name was
    if done is None:
        with seen:
            for kind in looks:
                evidence.draw(kind, evidence.recorded(asked))
        _question(asked)
    else:
        _verdict(asked, done)
        broken, correct = evidence.ran_here(asked)
        for kind in sorted(EVIDENCE, key=lambda kind: looks.index(kind) if kind in looks else len(looks)):
            with seen if kind in looks else st.container():
                evidence.draw(kind, broken, correct)
    _score()


def _looks(number: int, looks: list[str]) -> None:
    """A button for each kind of evidence; one that was pressed stays, and keeps the keyboard's focus."""

    def look(kind: str) -> None:
        if kind not in looks:
            looks.append(kind)

    with st.container(horizontal=True, gap="small"):
        for kind in EVIDENCE:
            icon = ":material/check:" if kind in looks else ":material/visibility:"
            st.button(kind, key=f"look_{number}_{kind}", icon=icon, on_click=look, args=(kind,))


def _question(asked: Case) -> None:
    """The four names to choose from."""
    named = st.radio(
        "Which slip is it?",
        asked.options,
        index=None,
        format_func=lambda name: SLIPS[name].title,
        key=f"slip_{asked.number}",
    )
    st.button(
        "Name it",
        type="primary",
        icon=":material/stethoscope:",
        disabled=named is None,
        on_click=_name,
        args=(asked,),
    )


def _verdict(asked: Case, named: str) -> None:
    """Whether the name was right, and the changed lines."""
    slip = SLIPS[asked.slip]
    if named == asked.slip:
        st.success(f"Yes: {slip.title}. {slip.why}", icon=":material/check:")
    else:
        st.info(f"You said: {SLIPS[named].title}. It is: {slip.title}. {slip.why}", icon=":material/close:")
    evidence.changed_lines(asked)
    st.button(
        "Next case",
        key=f"brought_next_case_{asked.number}",  # the keyboard goes on from here
        type="primary",
        icon=":material/skip_next:",
        on_click=_next,
        args=(asked.number,),
    )


def _name(asked: Case) -> None:
    """Take the answer, and count it."""
    named = st.session_state[f"slip_{asked.number}"]
    st.session_state[f"named_{asked.number}"] = named
    looks = len(st.session_state[f"looks_{asked.number}"])
    st.session_state.setdefault(_RECORD, []).append((asked.slip, named == asked.slip, looks))


def _next(number: int) -> None:
    set_param("case", random.Random(number * 7_919 + 1).randint(1, MAX_CASE), 1)


def _score() -> None:
    """The streak, the looks, and which slips are missed."""
    record: list[tuple[str, bool, int]] = st.session_state.get(_RECORD, [])
    if not record:
        return
    streak = 0
    for _, right, _ in reversed(record):
        if not right:
            break
        streak += 1
    st.divider()
    with st.container(horizontal=True, gap="medium"):
        st.metric("Named correctly", f"{sum(right for _, right, _ in record)} of {len(record)}", width=150)
        st.metric("Streak", streak, width=150)
        st.metric("Looks per case", f"{sum(looks for *_, looks in record) / len(record):.1f}", width=150)
    missed = list(dict.fromkeys(SLIPS[slip].title for slip, right, _ in record if not right))
    if missed:
        st.markdown("**Missed so far:** " + "; ".join(missed) + ".")
