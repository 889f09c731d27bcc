"""The symptom clinic on screen: a run with one slip, evidence on request, a name for it, and the truth."""

import random
from typing import Final

import pandas as pd
import streamlit as st

from core.teaching.symptoms import CORRECT, MAX_CASE, SLIPS, Case, Run, case, eight_images, runs
from ui.charts import lines, show_chart
from ui.images import png
from ui.shell.params import int_param, set_param
from ui.shell.share import hides

EVIDENCE: Final = ("Train loss", "Test accuracy", "Gradient norm", "Outputs", "Eight predictions")
_RECORD: Final = "symptoms_record"
_LARGE: Final = 20
"""Above it, a loss is drawn on a logarithmic scale."""


def show() -> None:
    """One case, and how the visitor has done so far."""
    st.markdown(
        "A run of six epochs has **one** slip in it, and nothing correct stands beside it. "
        "Ask for evidence, as little as you need, and name the slip."
    )
    number = int_param("case", 1, 1, MAX_CASE)
    asked = case(number)
    looks: list[str] = st.session_state.setdefault(f"looks_{number}", [])
    done = st.session_state.get(f"named_{number}")
    st.markdown(f"**Case {number:,}**, seed {asked.seed}")
    with st.container(horizontal=True, gap="small"):
        for kind in EVIDENCE:
            st.button(
                kind,
                key=f"look_{number}_{kind}",
                icon=":material/visibility:",
                disabled=kind in looks,
                on_click=looks.append,
                args=(kind,),
            )
    st.caption(f"{len(looks)} of {len(EVIDENCE)} looks taken.")
    broken, correct = runs()[asked.slip, asked.seed], runs()[CORRECT, asked.seed]
    for kind in EVIDENCE if done else looks:
        _evidence(kind, broken, correct if done else None)
    _question(asked, done)
    _score()


def _question(asked: Case, done: str | None) -> None:
    """The four names; once one is chosen, the truth."""
    named = st.radio(
        "Which slip is it?",
        asked.options,
        index=None,
        format_func=lambda name: SLIPS[name].title,
        key=f"slip_{asked.number}",
        disabled=done is not None,
    )
    if done is None:
        st.button(
            "Name it",
            type="primary",
            icon=":material/stethoscope:",
            disabled=named is None,
            on_click=_name,
            args=(asked,),
        )
        return
    slip = SLIPS[asked.slip]
    if done == asked.slip:
        st.success(f"Yes: {slip.title}. {slip.why}", icon=":material/check:")
    else:
        st.info(f"No, it is: {slip.title}. {slip.why}", icon=":material/close:")
    st.caption("The charts now show the correct run of the same seed as well.")
    if not hides("code"):
        for right, wrong in slip.replace:
            before, after = st.columns(2)
            before.markdown(":material/close: **The slip**")
            before.code(wrong or "# the line is missing", language="python", wrap_lines=True)
            after.markdown(":material/check: **Its cure**")
            after.code(right, language="python", wrap_lines=True)
    st.button("Next case", icon=":material/skip_next:", on_click=_next, args=(asked.number,), type="primary")


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
        st.metric("Named rightly", f"{sum(right for _, right, _ in record)} of {len(record)}", width=150)
        st.metric("Streak", streak, width=150)
        st.metric("Looks per case", f"{sum(looks for *_, looks in record) / len(record):.1f}", width=150)
    missed = list(dict.fromkeys(SLIPS[slip].title for slip, right, _ in record if not right))
    if missed:
        st.markdown("**Missed so far:** " + "; ".join(missed) + ".")


def _evidence(kind: str, broken: Run, correct: Run | None) -> None:
    """One kind of evidence, of the unknown run alone, or with the correct one beside it."""
    st.markdown(f"**{kind}**")
    sides = {"this run": broken} | ({"correct run": correct} if correct else {})
    match kind:
        case "Train loss":
            _curve({name: run.loss for name, run in sides.items()}, "Train loss per image, nats", ".3~f")
        case "Test accuracy":
            _curve({name: run.accuracy for name, run in sides.items()}, "Test accuracy, 500 images", ".0%")
        case "Gradient norm":
            _curve(
                {name: run.norm for name, run in sides.items()},
                "Gradient norm, mean of the epoch",
                ".3~g",
                log=True,
            )
        case "Outputs":
            _outputs(sides)
        case _:
            _predictions(sides)


def _curve(sides: dict[str, tuple[float, ...]], title: str, number_format: str, *, log: bool = False) -> None:
    log = log or max(max(values) for values in sides.values()) > _LARGE
    rows = [
        {"epoch": epoch, "run": name, "value": max(value, 1e-6) if log else value}
        for name, values in sides.items()
        for epoch, value in enumerate(values, 1)
    ]
    chart = lines(
        pd.DataFrame(rows), x="epoch", y="value", series="run", x_title="Epoch", y_title=title,
        y_format=number_format, zero=not log, log=log,
    )  # fmt: skip
    last = ", ".join(f"{name} ends at {values[-1]:.4g}" for name, values in sides.items())
    show_chart(chart, alt_text=f"{title}, over six epochs: {last}.")


def _outputs(sides: dict[str, Run]) -> None:
    """The histogram of the outputs, as lines so that two can be told apart."""
    rows = [
        {"output": -15 + 2 * place, "run": name, "count": count}
        for name, run in sides.items()
        for place, count in enumerate(run.histogram)
    ]
    chart = lines(
        pd.DataFrame(rows), x="output", y="count", series="run", x_title="Output (logit), bins of 2",
        y_title="Outputs of 500 test images", y_format="d", zero=True,
    )  # fmt: skip
    outside = ", ".join(f"{name} {5000 - int(sum(run.histogram)):,}" for name, run in sides.items())
    show_chart(chart, alt_text="How the last epoch's outputs for the test images are spread.")
    st.caption(f"Of 5,000 outputs beyond -16 to 16: {outside}.")


def _predictions(sides: dict[str, Run]) -> None:
    """Eight test images with what they are and what is said of them."""
    images, truth, classes = eight_images()
    with st.container(horizontal=True, gap="small"):
        for place in range(8):
            said = [f"{name}: {classes[run.predictions[place]]}" for name, run in sides.items()]
            st.image(
                png(images[place], 3),
                width=92,
                caption=f"{truth[place]}; {'; '.join(said)}",
                alt=f"Test image: {truth[place]}",
            )
