"""The Parameters section: all by name, one in numbers and pictures, and where it came from."""

import pandas as pd
import streamlit as st

from core.analysis.parameters import heat_map, init_rule, movement, parameter_rows, parameter_stats
from core.teaching.lessons.model import LESSON
from ui import charts
from ui.lesson import play, show_run
from ui.model.neurons import show_neurons
from ui.model.pictures import largest_shown, signed_png
from ui.model.subject import Subject, pick_subject, show_origin


def show() -> None:
    """The whole section."""
    subject = pick_subject()
    if subject is None:
        return
    show_origin(subject)
    rows = parameter_rows(subject.module)
    if not rows:
        st.info("This network has no parameters.", icon=":material/info:")
        return
    st.header("Every parameter by name", anchor=False)
    st.markdown(
        "What `named_parameters()` lists. `requires_grad` says whether `backward()` gives it a gradient. "
        "A trained network here says False: all visitors share it, so the app keeps it frozen."
    )
    frame = pd.DataFrame(
        {
            "Name": [row.name for row in rows],
            "Size": [" × ".join(map(str, row.shape)) for row in rows],
            "First values": [row.first for row in rows],
            "requires_grad": [str(row.requires_grad) for row in rows],
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        height="content" if len(rows) <= 12 else 420,
        alt="The network's parameters: name, size, first values and requires_grad",
    )
    names = [row.name for row in rows]
    name = st.selectbox("Parameter", names, key="parameter", bind="query-params", width=420)
    _one(subject, name)
    show_neurons(subject)
    with st.expander("The same in code", icon=":material/code:"):
        result = play(LESSON.step("parameters"))
        if result is not None:
            show_run(result)


def _one(subject: Subject, name: str) -> None:
    """Numbers, histogram and heat map of one parameter, and how far it has come."""
    values = subject.module.get_parameter(name)
    stats = parameter_stats(values)
    with st.container(horizontal=True, gap="medium"):
        for label, text, help_text in (
            ("Values", f"{stats.count:,}", None),
            ("Mean", f"{stats.mean:.4f}", None),
            ("Standard deviation", f"{stats.std:.4f}", None),
            ("L2 norm", f"{stats.norm:.2f}", "Root of the sum of all squares: how long it is as a vector."),
            ("Exactly 0", f"{stats.zeros:.1%}", None),
        ):
            st.metric(label, text, width="content", help=help_text)
    left, right = st.columns(2, gap="medium")
    with left:
        charts.show_chart(
            charts.histogram(stats.counts, stats.edges, x_title="Value", y_title="Number of values"),
            height=340,
            alt_text=f"Histogram of {name}: {stats.count:,} values from {stats.low:.3f} to {stats.high:.3f}.",
            key="parameter_histogram",
        )
    with right:
        picture = heat_map(values)
        shown = " × ".join(map(str, picture.shape))
        st.image(
            # full color at the 99th percentile: a few large values would leave the rest pale
            signed_png(picture, max(1, 480 // max(picture.shape)), largest_shown(picture)),
            caption=f"{name} as a picture of {shown} cells: a row is one output, a column one input "
            "(large ones averaged). Orange is above 0, blue below."
            if values.ndim > 1
            else f"{name}, its values row by row. Orange is above 0, blue below.",
            alt=f"Heat map of {name}",
            width="stretch",
        )
    _origin(subject, name, stats.std)


def _origin(subject: Subject, name: str, std: float) -> None:
    """How the first values were drawn, and how far training has moved them."""
    rule = init_rule(subject.module, name)
    st.markdown("**Where it started**")
    left, right = st.columns(2, gap="medium")
    with left:
        st.latex(rule.formula)
        st.markdown(f"{rule.words[0].upper()}{rule.words[1:]}. Drawn by `{rule.source}`.")
    with right:
        if subject.first is None:
            st.markdown(
                f"Which values it began with is not known here. Its spread is {std:.4f} now; "
                f"freshly drawn it would be {rule.std:.4f}."
            )
            return
        moved = movement(subject.first().get_parameter(name), subject.module.get_parameter(name))
        if moved.distance == 0:
            st.markdown(f"Nothing has moved it yet. Its spread is {std:.4f}, by the formula {rule.std:.4f}.")
            return
        share = f"{moved.relative:.2g} times the norm it began with" if moved.relative < 1e6 else "from 0"
        st.markdown(
            f"Training has moved it by {moved.distance:.2g} (L2 norm), {share}: {moved.mean_change:.2g} "
            f"per value on average. The cosine between its first and its present values is "
            f"{moved.cosine:.2f}; 1 is the same direction."
        )
