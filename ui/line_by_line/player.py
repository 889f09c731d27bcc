"""A program on the page: its version and settings, the player, what differs today, and files to take home."""

import functools
import hashlib
from typing import Any, Final
from urllib.parse import parse_qsl

import streamlit as st

from core.teaching.programs import SETTINGS, VERSIONS, Program
from core.teaching.snippets import PEAK_BYTES
from core.teaching.snippets.params import Choice, Int
from core.teaching.tracer import Trace, is_sample_instead, trace
from ui import heavy
from ui.components.line_player import line_player
from ui.downloads import file_button
from ui.lesson import DIGITS
from ui.line_by_line.links import links
from ui.shell import navigation, params
from ui.shell.share import hides

_RUN: Final = "line_by_line_run"


def show(program: Program) -> None:
    """Show the program, run with the visitor's settings."""
    if is_sample_instead():
        st.caption(
            "The dataset in use has too few images for the tutorial's programs: they run on the sample that "
            "ships with the app."
        )
    version, values = _settings(program)
    compute = functools.partial(heavy.compute, text="Running the program line by line", size=PEAK_BYTES)
    run = trace(program, version, values, compute)
    key = "line_player_" + hashlib.sha256(run.text.encode()).hexdigest()[:16]
    at, followed = line_player(
        run,
        at=_start(run, key),
        links=links(program, version),
        other=program.own_lines(version),
        key=key,
    )
    params.set_param("at", at + 1, 1)
    st.session_state[_RUN] = (key, run.text.splitlines()[run.data["steps"][at][0] - 1])
    if followed is not None:
        _go_to(followed)
    st.caption(
        f"Everything shown comes from one run on this server, recorded as it ran{DIGITS}. Here `data` is the "
        "server's copy of the images, and files that the program writes lie in a temporary folder. A dot "
        "beside a line: the other version does not have it."
    )
    _differences(program)
    _downloads(program, version, values)


def _settings(program: Program) -> tuple[str, dict[str, Any]]:
    """The version and the settings, from widgets whose values are in the URL."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        params.choice_param("version", list(VERSIONS), "today")
        version = st.segmented_control(
            "Version",
            list(VERSIONS),
            default="today",
            format_func=VERSIONS.__getitem__,
            required=True,
            key="version",
            bind="query-params",
        )
        values = _values(program)
        st.link_button(
            "The official page",
            program.official,
            icon=":material/open_in_new:",
            type="tertiary",
            help="This section of the tutorial at pytorch.org",
        )
    return str(version), values


def _values(program: Program) -> dict[str, Any]:
    """The program's settings."""
    place = st.empty()
    if not program.settings:
        return {}
    with place.popover("Settings", icon=":material/tune:", width="content"):
        values = {name: _widget(name) for name in program.settings}
    if hides("settings"):  # their values still come from the link
        place.empty()
    return values


def _widget(name: str) -> Any:
    param = SETTINGS[name]
    if isinstance(param, Int):
        params.int_param(name, param.default, param.low, param.high)
        return st.number_input(
            param.label, param.low, param.high, param.default, key=name, width=130, bind="query-params"
        )
    if isinstance(param, Choice):
        params.choice_param(name, [str(option) for option in param.options], str(param.default))
        return st.segmented_control(
            param.label,
            list(param.options),
            default=param.default,
            format_func=lambda option: f"{option:,}" if isinstance(option, int) else f"{option:g}",
            required=True,
            key=name,
            bind="query-params",
        )
    raise TypeError(f"No widget for {type(param).__name__}.")


def _start(run: Trace, key: str) -> int:
    """The step to begin with: the link's, or where the visitor was in another run of the program."""
    steps = run.data["steps"]
    lines = len(run.data["code"])
    asked = params.int_param("line", 0, 1, lines) if "line" in st.query_params else 0
    params.set_param("line", None)
    if asked:
        return next((at for at, step in enumerate(steps) if step[0] <= asked <= step[1]), 0)
    before = st.session_state.get(_RUN)
    if before is None or before[0] == key:
        return params.int_param("at", 1, 1, len(steps)) - 1
    return next((at for at, step in enumerate(steps) if run.data["code"][step[0] - 1] == before[1]), 0)


def _go_to(address: str) -> None:
    stem, _, query = address.partition("?")
    st.switch_page(navigation.entry(stem).path, query_params=dict(parse_qsl(query)))


def _differences(program: Program) -> None:
    with st.expander("What is written differently today", icon=":material/difference:"):
        st.markdown("\n".join(f"- {sentence}" for sentence in program.differences))
        if hides("code"):
            return
        for pair in program.changes():
            for column, version, lines in zip(st.columns(2), ("notes", "today"), pair, strict=True):
                column.caption(VERSIONS[version])
                column.code(lines or "# nothing here", language="python", wrap_lines=True)


def _downloads(program: Program, version: str, values: dict[str, Any]) -> None:
    if hides("code"):
        return
    with st.container(horizontal=True):
        file_button(
            "Download it as a notebook",
            lambda: program.notebook(version, values),
            file_name=f"{program.name}.ipynb",
            mime="application/x-ipynb+json",
            key="line_by_line_notebook",
        )
        file_button(
            "Download it as a script",
            lambda: program.text(version, values),
            file_name=f"{program.name}.py",
            mime="text/x-python",
            key="line_by_line_script",
        )
