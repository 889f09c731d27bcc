"""The transforms page's workbench: build a pipeline, see what each stage makes of an image, take it along."""

import functools
from dataclasses import replace
from typing import Any, cast

import streamlit as st

from core.config import DataConfig, TrainConfig
from core.errors import TransformError
from core.teaching.snippets import PEAK_BYTES
from core.teaching.snippets.dataset_root import dataset_root
from core.teaching.transforms import (
    CATALOGUE,
    DEFAULT_PIPELINE,
    LAMBDAS,
    MAX_STAGES,
    PRESETS,
    Number,
    Pipeline,
    TransformStep,
    program,
    read_pipeline,
    to_training,
    write_pipeline,
)
from core.teaching.transforms.catalogue import Parameter
from core.teaching.transforms.program import Picture, PipelineResult
from core.training.runs.link import to_query
from ui import charts, heavy
from ui.code import show_code
from ui.datasets.choice import pick_split
from ui.images import png
from ui.shell import navigation, params
from ui.theme import ACCENT, SECOND

_SPEC = "pipeline"
_REVISION = "pipeline_revision"
_SHOWN = "pipeline_shown"
PICTURE = 104
"""Pixels a side of an image on this page: three stand beside each other on a phone."""


def show() -> None:
    """Controls, stages, draws, code and the way to training."""
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        split = pick_split()
        index = params.int_param("image", 0, 0, len(split) - 1)
        index = int(st.number_input("Image", 0, len(split) - 1, index, key=f"image_{split.train}", width=130))
        params.set_param("image", index, 0)
        seed = int(st.number_input("Seed", 0, 9_999, 0, key="tseed", width=130, bind="query-params"))
    current = _current()
    _start(current)
    first = _Row("The image as stored", "A PIL image: rows of gray values, 0 to 255.", "original")
    rows, stages = [first], []
    for at in range(len(current)):
        kind = CATALOGUE[current[at].kind]
        row = _Row(f"{at + 1}. {kind.title}", kind.about, f"{kind.id}_{at}")
        stages.append(_edit_stage(current, at, row))
        rows.append(row)
    pipeline = tuple(stages)
    params.set_param(_SPEC, write_pipeline(pipeline), DEFAULT_PIPELINE)
    st.session_state[_SHOWN] = write_pipeline(pipeline)

    st.header("Applied again and again", anchor=False)
    draws = int(st.slider("Times", 2, 12, 6, key="draws", width=260, bind="query-params"))
    result = _run(pipeline, index, split.train, seed, draws, dataset_root(), split.fingerprint)
    name = split.classes[int(split.labels[index])]
    for row, picture in zip(rows, (result.original, *result.steps), strict=False):
        row.fill(picture, name)
    if result.error:
        rows[1 + len(result.steps)].words.error(result.error, icon=":material/error:")
    _show_draws(pipeline, result, seed)
    st.header("The code that ran", anchor=False)
    show_code(result.code, key="pipeline_code", file_name="pipeline.py")
    if result.printed:
        st.caption("What it printed")
        st.code(result.printed, language=None)
    _offer_training(pipeline)


def _current() -> Pipeline:
    """The pipeline in the link; a link that makes no sense gives the default and one sentence."""
    spec = st.query_params.get(_SPEC, DEFAULT_PIPELINE)
    try:
        pipeline = read_pipeline(spec)
    except TransformError as error:
        st.toast(f"{error} This page shows its own pipeline instead.", icon=":material/link_off:")
        pipeline = read_pipeline(DEFAULT_PIPELINE)
    if write_pipeline(pipeline) != st.session_state.get(_SHOWN):  # a link, or the browser's back button
        st.session_state[_REVISION] = st.session_state.get(_REVISION, 0) + 1
    return pipeline


def _put(pipeline: Pipeline) -> None:
    """Make this the pipeline, from a widget's callback."""
    params.set_param(_SPEC, write_pipeline(pipeline), DEFAULT_PIPELINE)


def _start(pipeline: Pipeline) -> None:
    """Choose an example, or add a stage at the end."""
    revision = st.session_state.get(_REVISION, 0)

    def take() -> None:
        name = st.session_state[f"preset_{revision}"]
        if name in PRESETS:
            _put(read_pipeline(PRESETS[name]))

    def add() -> None:
        kind = st.session_state[f"add_{revision}"]
        if kind in CATALOGUE and len(pipeline) < MAX_STAGES:
            _put((*read_pipeline(st.session_state[_SHOWN]), TransformStep(kind)))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Start from",
            list(PRESETS),
            index=None,
            placeholder="an example",
            key=f"preset_{revision}",
            on_change=take,
            width=200,
        )
        st.selectbox(
            "Add a stage",
            list(CATALOGUE),
            index=None,
            placeholder="a transform",
            format_func=lambda kind: CATALOGUE[kind].title,
            key=f"add_{revision}",
            on_change=add,
            width=240,
            disabled=len(pipeline) >= MAX_STAGES,
            help=f"A pipeline has at most {MAX_STAGES} stages here.",
        )


class _Row:
    """A stage on the page: what came out, its words and settings, its numbers."""

    def __init__(self, title: str, about: str, key: str) -> None:
        self.title, self.key = title, key
        row = st.container(border=True, horizontal=True, gap="medium")
        self.picture = row.container(width=PICTURE)
        self.words = row.container(width="stretch", gap="small")
        self.numbers = row.container(width=260, gap="small")
        self.words.markdown(f"**{title}**  \n{about}")

    def fill(self, picture: Picture, name: str) -> None:
        """Show what came out."""
        self.picture.image(_enlarged(picture), width=PICTURE, alt=f"{name} after: {self.title}")
        with self.numbers:
            _show_numbers(picture, self.title, f"chart_{self.key}")


def _edit_stage(pipeline: Pipeline, at: int, row: _Row) -> TransformStep:
    """The settings of one stage, and the menu that moves or removes it."""
    stage = pipeline[at]
    kind = CATALOGUE[stage.kind]
    key = f"stage_{st.session_state.get(_REVISION, 0)}_{at}"
    moves = {"Move up": -1, "Move down": 1}

    def change() -> None:
        order = list(read_pipeline(st.session_state[_SHOWN]))
        by = moves.get(st.session_state[f"{key}_menu"])
        if by is None:
            del order[at]
        elif 0 <= at + by < len(order):
            order[at], order[at + by] = order[at + by], order[at]
        _put(tuple(order))

    values = []
    if kind.parameters:
        with row.words.container(horizontal=True, gap="small"):
            for parameter, value in zip(kind.parameters, stage.values, strict=True):
                values.append(_setting(parameter, value, f"{key}_{parameter.name}"))
    row.words.menu_button(
        "Change",
        [*moves, "Remove"],
        key=f"{key}_menu",
        on_click=change,
        type="tertiary",
        icon=":material/more_vert:",
    )
    try:
        return replace(stage, values=tuple(values))
    except TransformError as error:
        row.words.error(str(error), icon=":material/error:")
        return stage


def _setting(parameter: Parameter, value: Number, key: str) -> Number:
    """The widget of one number."""
    if parameter.options:
        positions = list(range(len(parameter.options)))
        chosen = st.selectbox(
            parameter.label,
            positions,
            index=int(value),
            format_func=lambda i: f"{parameter.options[i]}  ({list(LAMBDAS.values())[i]})",
            key=key,
            width=420,
        )
        return int(chosen or 0)
    kind = int if isinstance(parameter.step, int) else float
    shown: Number
    limits: dict[str, Any] = {
        "min_value": kind(parameter.low), "max_value": kind(parameter.high), "value": kind(value),
        "step": kind(parameter.step), "key": key,
    }  # fmt: skip
    if (parameter.high - parameter.low) / parameter.step > 1000:
        shown = st.number_input(parameter.label, format="%.4f", width=150, **limits)
    else:
        shown = st.slider(parameter.label, width=150, **limits)
    return shown


@st.cache_resource(max_entries=32, show_spinner=False)  # the program reads the whole split each time
def _run(
    pipeline: Pipeline, index: int, train: bool, seed: int, draws: int, root: str, fingerprint: str
) -> PipelineResult:
    compute = functools.partial(heavy.compute, text="Running the pipeline", size=PEAK_BYTES)
    return program.run_pipeline(
        pipeline, index=index, train=train, seed=seed, draws=draws, root=root, compute=compute
    )


def _show_numbers(picture: Picture, title: str, key: str) -> None:
    shape = " × ".join(map(str, picture.shape))
    kind = "PIL image, " if picture.type == "PIL image" else ""
    drawn = "  \ndrawn from its lowest value to its highest" if picture.stretched else ""
    st.caption(
        f"{kind}{picture.dtype}, {shape}  \nfrom {picture.low:.4g} to {picture.high:.4g}, "
        f"mean {picture.mean:.3g}, std {picture.std:.3g}{drawn}"
    )
    chart = charts.small_histogram(
        picture.counts,
        picture.edges,
        counted="pixels of 1 image",
        color=SECOND if picture.dtype == "uint8" else ACCENT,
    )
    charts.show_chart(chart, alt_text=f"How often each value occurs after: {title}", key=key)


def _show_draws(pipeline: Pipeline, result: PipelineResult, seed: int) -> None:
    if result.error or not result.draws:
        st.caption("A stage above failed, so the whole pipeline did not run.")
        return
    if any(CATALOGUE[stage.kind].random for stage in pipeline):
        st.caption(
            f"The same image {len(result.draws)} times, seed {seed}; the first is the one above. Training "
            "draws anew in every epoch, so a network hardly ever sees the same pixels twice."
        )
    else:
        st.caption(
            f"No stage here is random: all {len(result.draws)} are the same. Add one that starts with Random."
        )
    with st.container(horizontal=True, gap="small"):
        for number, picture in enumerate(result.draws, start=1):
            st.image(_enlarged(picture), width=PICTURE, alt=f"Application {number}")


def _enlarged(picture: Picture) -> bytes:
    """The picture as a PNG file with at least twice the pixels that it is shown with."""
    return png(picture.pixels, max(1, 2 * PICTURE // max(picture.pixels.shape)))


def _offer_training(pipeline: Pipeline) -> None:
    st.header("Train with it", anchor=False)
    fields, notes = to_training(pipeline)
    st.markdown(
        "Training transforms whole batches at once, so it supports only some of these. "
        + (f"It keeps: {', '.join(_named(name, value) for name, value in fields.items())}." if fields else "")
    )
    for note in notes:
        st.caption(note)
    target = navigation.entry("training")
    if target.path.is_file():
        st.page_link(
            target.path,
            label="Take it to training",
            icon=":material/model_training:",
            query_params=to_query(replace(TrainConfig.tutorial(), data=DataConfig(**cast(Any, fields)))),
        )


def _named(name: str, value: object) -> str:
    words = {
        "normalize": "normalizing",
        "shift": f"shifting by up to {value} pixels",
        "flip": "mirroring",
        "erase": f"erasing a square of {value} pixels",
    }
    return words[name]
