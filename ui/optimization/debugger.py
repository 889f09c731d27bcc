"""The step debugger on screen: the loop's lines as buttons, and what the last one did."""

import pandas as pd
import streamlit as st

from core.debugger import ACTIONS, MAX_ACTIONS, WATCHABLE, Debugger, Event, replay
from core.lessons.optimization import one_round
from ui import params
from ui.code import show_code
from ui.lesson import controls
from ui.resources import train_split

_DONE = "done"
_KEPT = "step_debugger"
SHOWN = 14
"""Lines of the record that are visible without scrolling."""


def step_debugger() -> None:
    """Settings, the loop with a button a line, the watched number, and the record."""
    st.subheader("The loop, line by line", anchor=False)
    st.markdown(
        "Press the lines in any order; each is run as it stands, on a network of 25,450 parameters and real "
        "batches of 64 training images. One parameter is watched: the one with the largest gradient in its "
        "tensor."
    )
    debugger = _current()
    event = debugger.events[-1]
    program, state = st.columns([1, 1], gap="large")
    with program:
        _program(debugger)
    with state:
        _explain(event)
        _state(debugger)
    if len(debugger.events) > 1:
        _record(debugger)


def _current() -> Debugger:
    """This visitor's debugger, brought to what the address says."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        values = controls(one_round, ["optimizer_class", "seed"])
    with right:
        params.choice_param("watch", WATCHABLE, WATCHABLE[0])
        watch = st.selectbox(
            "Watch a number of",
            WATCHABLE,
            key="watch",
            help="Tensors of the network, named as in its `state_dict`.",
            bind="query-params",
        )
    text = st.query_params.get(_DONE, "")
    fine = len(text) <= MAX_ACTIONS and set(text) <= set(ACTIONS)
    gone = "The link's lines make no sense to the step debugger; it starts at the beginning."
    done = params.choice_param(_DONE, [text] if fine else [""], "", sentence=gone)

    split = train_split()
    settings = {"seed": values["seed"], "optimizer": values["optimizer_class"], "watch": watch}
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] != (settings, split.fingerprint) or not done.startswith(kept[1].actions):
        kept = (settings, split.fingerprint), replay(split, done, **settings)
        st.session_state[_KEPT] = kept
    debugger: Debugger = kept[1]
    for action in done[len(debugger.actions) :]:
        debugger.do(action)
    return debugger


def _go(done: str) -> None:
    params.set_param(_DONE, done[:MAX_ACTIONS], "")


def _program(debugger: Debugger) -> None:
    """A row for each line of the loop; the one that is due has the filled button."""
    done, due = debugger.actions, debugger.next_action
    full = len(done) >= MAX_ACTIONS
    last = debugger.events[-1]
    with st.container(border=True, gap="xsmall"):
        st.markdown("`for _ in range(rounds):`")
        for action, name in ACTIONS.items():
            line = debugger.lines[action]
            mark = ":material/close: " if last.error else ":material/done: "
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.button(
                    name,
                    key=f"debug_{action}",
                    type="primary" if action == due else "secondary",
                    width=122,
                    on_click=_go,
                    args=(done + action,),
                    disabled=full,
                )
                text = f":orange-background[`{line}`]" if action == due else f"`{line}`"
                st.markdown(text + (f" {mark}" if action == last.action else ""), width="content")
    ended = ":material/close: has just failed" if last.error else ":material/done: has just run"
    st.caption(f"Highlighted: the line that is due. {ended}.")
    order = "".join(ACTIONS)
    start = order.index(due)
    with st.container(horizontal=True, gap="small"):
        whole = order[start:] + order[:start]
        st.button("A whole round", icon=":material/redo:", on_click=_go, args=(done + whole,), disabled=full)
        st.button("Undo", icon=":material/undo:", on_click=_go, args=(done[:-1],), disabled=not done)
        st.button("Start again", icon=":material/replay:", on_click=_go, args=("",), disabled=not done)
    if full:
        st.caption(f"After {MAX_ACTIONS} lines the debugger has to start again.")


def _state(debugger: Debugger) -> None:
    """The loss, the watched parameter and its gradient, and what the last line changed in them."""
    event = debugger.events[-1]
    before = debugger.events[-2] if len(debugger.events) > 1 else event
    name = debugger.watched.text
    rows = [
        ("loss", event.loss, before.loss, "mean of 64 images, nats"),
        (name, event.value, before.value, "the watched parameter"),
        (
            debugger.watched.gradient_text,
            event.gradient,
            before.gradient,
            "its gradient",
        ),
    ]
    for label, now, was, about in rows:
        st.metric(
            f"`{label}`, {about}",
            "None" if now is None else f"{now:+.6f}" if label != "loss" else f"{now:.4f}",
            _change(now, was),
            delta_color="off",
            delta_arrow="off",
        )


def _change(now: float | None, was: float | None) -> str:
    if now == was:
        return "unchanged"
    if now is None:
        return "cleared"
    return "new" if was is None else f"changed by {now - was:+.6f}"


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
            "step": range(len(events)),
            "line": [event.line for event in events],
            "loss": [event.loss for event in events],
            debugger.watched.text: [event.value for event in events],
            "gradient": [event.gradient for event in events],
            "error": [event.error.partition(":")[0] for event in events],
        }
    )[::-1]
    if not any(event.error for event in events):
        table = table.drop(columns="error")
    digits = st.column_config.NumberColumn(format="%+.6f")
    st.dataframe(
        table,
        hide_index=True,
        height="content" if len(table) <= SHOWN else 36 * SHOWN,
        column_config={
            "step": st.column_config.NumberColumn(width=50),
            "loss": st.column_config.NumberColumn("loss, nats", format="%.4f"),
            debugger.watched.text: digits,
            "gradient": st.column_config.NumberColumn("its gradient", format="%+.6f"),
        },
        alt="Each line that was run, newest first, with the loss, the watched parameter and its gradient",
    )
    with st.expander("What you pressed, as a program", icon=":material/code:"):
        show_code(debugger.script(), key="debugger_script", file_name="optimization_my_steps.py")
