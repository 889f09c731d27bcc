"""The step debugger on screen: the loop's lines as buttons, and what the last one did."""

import pandas as pd
import streamlit as st

from core.teaching.debugger import (
    BATCH,
    LABELS,
    MAX_ACTIONS,
    PURPOSES,
    SLIPS,
    WATCHABLE,
    Action,
    Debugger,
    Event,
    parse_actions,
    replay,
)
from core.teaching.lessons.optimization import one_round
from ui.code import show_code
from ui.lesson import controls
from ui.resources import train_split
from ui.shell import params

_DONE = "done"
_KEPT = "step_debugger"
SHOWN = 14
"""Lines of the record that are visible without scrolling."""


def show() -> None:
    """The loop with a button per line, the watched number, ways to get it wrong, and the record."""
    st.header("The loop, line by line", anchor=False)
    st.markdown(
        "Press the lines in order, then out of order: each really runs, on 64 training images and a network "
        "of 25,450 parameters. One parameter is watched. The filled button is the line whose turn it is."
    )
    stage = st.container()
    with st.expander("Optimizer, seed, watched parameter", icon=":material/tune:"):
        debugger = _current()
    with stage:
        program, state = st.columns([6, 5], gap="medium")
        with program:
            _program(debugger)
        with state:
            _state(debugger)
            _explain(debugger.events[-1])
        _slips(debugger)
    if len(debugger.events) > 1:
        _record(debugger)


def _current() -> Debugger:
    """This visitor's debugger, brought to what the address says."""
    values = controls(one_round, ["optimizer_class", "seed"])
    params.choice_param("watch", WATCHABLE, WATCHABLE[0])
    watch = st.selectbox(
        "Watch a parameter of",
        WATCHABLE,
        key="watch",
        help="Tensors of the network, named as in its `state_dict`. The parameter with the largest gradient "
        "on the first batch is watched.",
        bind="query-params",
        width=260,
    )
    text = st.query_params.get(_DONE, "")
    fine = len(text) <= MAX_ACTIONS and set(text) <= set(Action)
    gone = "The link's lines make no sense to the step debugger; it starts at the beginning."
    done = params.choice_param(_DONE, [text] if fine else [""], "", sentence=gone)

    split = train_split()
    settings = {"seed": values["seed"], "optimizer": values["optimizer_class"], "watch": watch}
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] != (settings, split.fingerprint) or not done.startswith(kept[1].actions):
        kept = (settings, split.fingerprint), replay(split, done, **settings)
        st.session_state[_KEPT] = kept
    debugger: Debugger = kept[1]
    for action in parse_actions(done[len(debugger.actions) :]):
        debugger.do(action)
    return debugger


def _go(done: str) -> None:
    params.set_param(_DONE, done[:MAX_ACTIONS], "")


def _program(debugger: Debugger) -> None:
    """The loop, a row for each line, and the buttons for several lines at once."""
    done, due = debugger.actions, debugger.next_action
    full = len(done) >= MAX_ACTIONS
    with st.container(border=True, gap="xsmall"):
        st.markdown("`for _ in range(rounds):`")
        for action in Action:
            _line(debugger, action, disabled=full)
    order = "".join(Action)
    start = order.index(due)
    with st.container(horizontal=True, gap="small"):
        whole = order[start:] + order[:start]
        st.button(
            "Whole round",
            icon=":material/redo:",
            on_click=_go,
            args=(done + whole,),
            disabled=full,
            help="Six lines, from the one whose turn it is.",
        )
        st.button("Undo", icon=":material/undo:", on_click=_go, args=(done[:-1],), disabled=not done)
        st.button("Restart", icon=":material/replay:", on_click=_go, args=("",), disabled=not done)
    if full:
        st.caption(f"After {MAX_ACTIONS} lines the debugger has to start again.")


def _line(debugger: Debugger, action: Action, *, disabled: bool) -> None:
    """One line of the loop: its button, its text, what it is for, and a mark on the one that ran last."""
    last, due = debugger.events[-1], action == debugger.next_action
    mark = ""
    if action == last.action:
        mark = " :red[:material/close: failed]" if last.error else " :green[:material/done: ran]"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.button(
            LABELS[action],
            key=f"debug_{action}",
            type="primary" if due else "secondary",
            width=118,
            on_click=_go,
            args=(debugger.actions + action,),
            disabled=disabled,
        )
        with st.container(gap=None):
            st.markdown(f"`{debugger.lines[action]}`{mark}")
            st.caption(PURPOSES[action])


def _slips(debugger: Debugger) -> None:
    """Buttons that run the loop the wrong way."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown("**Try a slip**", width="content")
        for name, actions in SLIPS.items():
            st.button(name, key=f"slip_{actions}", on_click=_go, args=(actions,))


def _state(debugger: Debugger) -> None:
    """The loss, the watched parameter and its gradient, and what the last line changed in them."""
    event = debugger.events[-1]
    before = debugger.events[-2] if len(debugger.events) > 1 else event
    rows = [
        ("loss, nats", event.loss, before.loss, ".4f"),
        ("parameter", event.value, before.value, "+.6f"),
        ("its gradient", event.gradient, before.gradient, "+.6f"),
    ]
    body = "\n".join(
        f"| {name} | {_number(now, form)} | {_change(now, was, '+' + form.lstrip('+'))} |"
        for name, now, was, form in rows
    )
    st.markdown(f"| Value | Now | Change |\n|---|---:|---|\n{body}")
    st.caption(f"Loss: mean of {BATCH} images. Parameter: `{debugger.watched.text}`.")


def _number(value: float | None, form: str) -> str:
    return "None" if value is None else f"{value:{form}}"


def _change(now: float | None, was: float | None, form: str) -> str:
    if now == was:
        return "same"
    if now is None:
        return ":orange-background[cleared]"
    return ":orange-background[new]" if was is None else f":orange-background[{now - was:{form}}]"


def _explain(event: Event) -> None:
    if event.error:
        st.error(f"**{event.error.partition('. ')[0]}**\n\n{event.note}", icon=":material/error:")
    else:
        st.info(f"`{event.line}`\n\n{event.note}", icon=":material/info:")


def _record(debugger: Debugger) -> None:
    """Everything so far, newest first, and the same as a program."""
    events = debugger.events
    table = pd.DataFrame(
        {
            "line": [LABELS[event.action] + (" ✗" if event.error else "") for event in events],
            "loss": [event.loss for event in events],
            debugger.watched.text: [event.value for event in events],
            "gradient": [event.gradient for event in events],
        }
    )[::-1]
    st.markdown("**Every line you ran**, the newest on top" + _errors_told(events))
    st.dataframe(
        table,
        hide_index=True,
        height="content" if len(table) <= SHOWN else 36 * SHOWN,
        column_config={
            "line": st.column_config.TextColumn(width=96),
            "loss": st.column_config.NumberColumn("loss, nats", format="%.4f", width=70),
            debugger.watched.text: st.column_config.NumberColumn("parameter", format="%+.6f", width=84),
            "gradient": st.column_config.NumberColumn(format="%+.6f", width=84),
        },
        alt="Each line that was run, newest first, with the loss, the watched parameter and its gradient",
    )
    with st.expander("What you pressed, as a program", icon=":material/code:"):
        show_code(debugger.script(), key="debugger_script", file_name="optimization_my_steps.py")


def _errors_told(events: list[Event]) -> str:
    return "; ✗ ended in an error" if any(event.error for event in events) else ""
