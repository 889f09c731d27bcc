"""The class is the experiment, on screen: a setting for each phone, one chart for all of them."""

import json
import random
from dataclasses import asdict

import altair as alt
import pandas as pd
import streamlit as st

from core.teaching.classroom import Prompt, Room, Tally
from core.teaching.classroom.experiment import (
    IMAGES,
    NAMES,
    VALUES,
    ExperimentJob,
    Point,
    setting_of,
)
from ui.charts import Chart, layered, show_chart
from ui.resources import classroom, jobs, runs, test_split, train_split, visitor
from ui.theme import ACCENT, SECOND, text_color


def draw_one(room: Room, prompt: Prompt) -> int:
    """A value that few phones own yet, by chance."""
    counts = classroom().answers.tally(room.code, room.number).counts(len(prompt.options))
    least = min(counts)
    return random.choice([place for place, count in enumerate(counts) if count == least])


def train_all(room: Room, prompt: Prompt) -> None:
    """Queue the runs of all settings that phones own, as one job.

    Raises:
        CoreError: The queue is full, or memory is short.
    """
    tally = classroom().answers.tally(room.code, room.number)
    places = sorted({int(value) for _, _, value in tally.answers})

    def keep(point: Point) -> None:
        classroom().note_result(room.code, room.number, float(point.place), json.dumps(asdict(point)))

    name = f"{room.code} {room.number} {places}"
    splits = (train_split(), test_split())
    jobs().submit(ExperimentJob(name, setting_of(prompt), places, runs(), splits, keep), visitor())


def points(room: Room) -> list[Point]:
    """The runs that have ended so far, by rising setting."""
    found = classroom().answers.results(room.code, room.number)
    return [Point(**json.loads(body)) for body in found.values()]


def wall(room: Room, prompt: Prompt, tally: Tally) -> None:
    """A point for each setting that has been trained, as large as many phones own it."""
    setting = setting_of(prompt)
    found = points(room)
    owners = tally.counts(len(prompt.options))
    trained, wanted = len(found), sum(count > 0 for count in owners)
    if room.is_revealed:
        st.progress(trained / wanted if wanted else 0.0, text=f"{trained} of {wanted} runs trained")
    _chart(found, setting_name=NAMES[setting], values=VALUES[setting], owners=owners, own=None)
    st.caption(
        f"Test accuracy of each run, {len(test_split()):,} images, after two epochs on {IMAGES:,} training "
        "images; larger points belong to more phones. A run that diverged stands at 10%, a guess."
    )
    if found and trained == wanted:
        st.page_link(
            "pages/compare.py",
            label="Open these runs in Compare",
            icon=":material/stacked_line_chart:",
            query_params={"runs": ",".join(point.key[:16] for point in found[:8])},
        )


def phone(room: Room, prompt: Prompt, own: float | None) -> None:
    """The phone's own setting, and its point among the others once they are trained."""
    setting = setting_of(prompt)
    if own is None:
        st.info("Draw a value, or choose one.", icon=":material/casino:")
        return
    place = int(own)
    st.markdown(f"Your {NAMES[setting]}: **{prompt.options[place]}**")
    found = points(room)
    mine = next((point for point in found if point.place == place), None)
    if mine is None:
        st.caption(
            "The runs are under way: your result appears here when the last of them has ended."
            if room.is_revealed
            else "The runs start when the leader says so."
        )
        return
    if mine.has_diverged:
        st.warning("It diverged: the loss is no longer a number.", icon=":material/trending_up:")
    else:
        st.success(f"Test accuracy {mine.accuracy:.1%}, {len(test_split()):,} images", icon=":material/flag:")
    owners = classroom().answers.tally(room.code, room.number).counts(len(prompt.options))
    _chart(found, setting_name=NAMES[setting], values=VALUES[setting], owners=owners, own=place)


def _chart(
    found: list[Point], *, setting_name: str, values: tuple[float, ...], owners: list[int], own: int | None
) -> None:
    rows = pd.DataFrame(
        [
            {
                "value": values[p.place],
                "accuracy": p.accuracy,
                "phones": owners[p.place],
                "own": p.place == own,
            }
            for p in found
        ],
        columns=["value", "accuracy", "phones", "own"],
    )
    low, high = min(values), max(values)
    scale = alt.Scale(domain=[low, high]) if low == 0 else alt.Scale(type="log", domain=[low, high])
    base = alt.Chart(rows).encode(
        x=alt.X(
            "value:Q",
            title=setting_name.capitalize(),
            scale=scale,
            axis=alt.Axis(values=list(values), grid=False, labelOverlap=True),
        ),
        y=alt.Y(
            "accuracy:Q", title="Test accuracy", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%")
        ),
        tooltip=[alt.Tooltip("value:Q", title=setting_name), alt.Tooltip("accuracy:Q", format=".1%")],
    )
    dots = base.mark_circle(opacity=0.85).encode(
        size=alt.Size("phones:Q", legend=None, scale=alt.Scale(domain=[1, 20], range=[120, 900])),
        color=alt.Color("own:N", legend=None, scale=alt.Scale(domain=[True, False], range=[ACCENT, SECOND])),
    )
    chart: Chart = dots.properties(height=320)
    if own is not None:
        name = base.transform_filter("datum.own").mark_text(
            dy=-18, fontSize=13, text="yours", color=text_color()
        )
        chart = layered(dots, name).properties(height=260)
    show_chart(chart, alt_text=f"Test accuracy of {len(found)} runs over their {setting_name}.")
