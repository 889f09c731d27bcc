"""What a run looks like: its curves, its outputs, what it says of eight images; and what was wrong."""

from typing import Final

import pandas as pd
import streamlit as st

from core.errors import CoreError
from core.teaching.snippets import PEAK_BYTES
from core.teaching.symptoms import BROKEN, CORRECT, SLIPS, Case, Run, eight_images, runs
from ui import heavy
from ui.charts import lines, show_chart
from ui.components.grid import image_grid
from ui.shell.share import hides

EVIDENCE: Final = ("Train loss", "Test accuracy", "Gradient norm", "Outputs", "Eight predictions")
_LARGE: Final = 20
"""Above it, a loss is drawn on a logarithmic scale."""


def recorded(asked: Case) -> Run:
    """The run with the slip, as it was recorded."""
    return runs()[asked.slip, asked.seed]


def ran_here(asked: Case) -> tuple[Run, Run]:
    """Run the program with the slip and the correct one, once per session, and say so.

    Returns:
        The run with the slip, and the correct one.
    """
    key = f"ran_{asked.number}"
    if key not in st.session_state:
        try:
            found = heavy.compute(
                "core.teaching.symptoms.live:run_both",
                "Running the program with the slip and the correct one",
                PEAK_BYTES,
                slip=asked.slip,
                seed=asked.seed,
            )
        except CoreError as error:
            st.warning(f"{error} The charts show the recorded runs instead.", icon=":material/info:")
            return recorded(asked), runs()[CORRECT, asked.seed]
        st.session_state[key] = tuple(
            Run(**{field: tuple(values) for field, values in found[side].items()})
            for side in (BROKEN, CORRECT)
        )
    st.caption(
        "Both programs have just run here, on 1,500 training and 500 test images of those that ship with the "
        f"app, with seed {asked.seed}: the charts show these two runs."
    )
    broken, correct = st.session_state[key]
    return broken, correct


def changed_lines(asked: Case) -> None:
    """The lines with the slip, and those that cure it."""
    slip = SLIPS[asked.slip]
    if hides("code"):
        return
    for right, wrong in slip.replace:
        before, after = st.columns(2)
        before.markdown(":material/close: **The slip**")
        before.code(wrong or "# the line is missing", language="python", wrap_lines=True)
        after.markdown(":material/check: **Its cure**")
        after.code(right, language="python", wrap_lines=True)


def draw(kind: str, broken: Run, correct: Run | None = None) -> None:
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
                "Gradient norm, epoch mean",
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
        y_title="Outputs of 500 test images", y_format=",d", zero=True,
    )  # fmt: skip
    outside = ", ".join(f"{name} {5000 - int(sum(run.histogram)):,}" for name, run in sides.items())
    show_chart(chart, alt_text="How the last epoch's outputs for the test images are spread.")
    st.caption(f"Of 5,000 outputs beyond -16 to 16: {outside}.")


def _predictions(sides: dict[str, Run]) -> None:
    """What a run says of eight test images, each marked as right or wrong."""
    images, truth, classes = eight_images()
    for name, run in sides.items():
        said = [classes[place] for place in run.predictions[:8]]
        if len(sides) > 1:
            st.caption(name.capitalize())
        image_grid(
            images,
            said,
            key=f"eight_{name.replace(' ', '_')}",
            columns=8,
            least=72,
            marks=["right" if one == other else "wrong" for one, other in zip(said, truth, strict=True)],
            names=[f"{one}, predicted {other}" for one, other in zip(truth, said, strict=True)],
            label=f"Eight test images with the predictions of {name}",
            plain=True,
        )
