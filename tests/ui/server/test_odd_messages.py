"""What a stranger sends for a widget is read as the widget's own, or not at all; a late click counts."""

import json
from functools import partial
from types import SimpleNamespace

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import Serialized, WStates

from ui.server import odd_messages

DEFAULT = 7.0


@pytest.fixture
def read(monkeypatch):
    """A function that gives what a number's widget reads where a state was sent for it."""
    monkeypatch.setattr(WStates, "__getitem__", WStates.__getitem__)  # put back after the test
    monkeypatch.setattr(AppSession, "request_rerun", AppSession.request_rerun)
    odd_messages.answer_odd_messages()

    def read_number(**sent):
        states = WStates()
        states.widget_metadata["number"] = WidgetMetadata(
            id="number",
            deserializer=lambda value: DEFAULT if value is None else 2 * json.loads(json.dumps(value)),
            serializer=lambda value: value,
            value_type="double_value",
        )
        state = WidgetState(id="number", **{k: v for k, v in sent.items() if not k.endswith("array_value")})
        for name in [name for name in sent if name.endswith("array_value")]:
            getattr(state, name).data.extend(sent[name])
        states.states["number"] = Serialized(state)
        assert states["number"] == states["number"]  # the second time it is not read again
        return {name: states[name] for name in states}["number"]

    return read_number


@pytest.mark.parametrize("sent", [{"double_value": 4.0}, {"int_value": 4}], ids=lambda sent: next(iter(sent)))
def test_a_number_is_read(read, sent):
    """What a browser sends goes through: it has a field of its own for a number without decimals."""
    assert read(**sent) == 8.0


@pytest.mark.parametrize(
    "sent",
    [
        {"string_value": "x"},
        {"bool_value": True},
        {"bytes_value": b"\xff"},
        {"json_value": "{"},
        {"int_array_value": [1, 2]},
        {"double_array_value": [1.0]},
        {"string_array_value": []},
    ],
    ids=lambda sent: next(iter(sent)),
)
def test_a_value_of_another_kind_is_the_default(read, sent):
    """Not an error, and the widget goes on to hold numbers."""
    assert read(**sent) == DEFAULT


def test_a_value_that_the_widget_cannot_read_is_the_default(read, monkeypatch):
    """Of the right kind, and still refused by the widget's own reading."""
    monkeypatch.setattr(json, "loads", lambda text: int("x"))
    assert read(double_value=4.0) == DEFAULT


@pytest.fixture
def asked(monkeypatch):
    """What Streamlit was asked to run, of a session that holds one fragment."""
    asked = []
    monkeypatch.setattr(odd_messages, "_request_rerun", lambda session, state: asked.append(state))
    monkeypatch.setattr(AppSession, "request_rerun", AppSession.request_rerun)
    monkeypatch.setattr(WStates, "__getitem__", WStates.__getitem__)
    odd_messages.answer_odd_messages()
    monkeypatch.setattr(AppSession, "has_fragment", lambda fragments, fragment: fragment in fragments)
    session = SimpleNamespace(has_fragment=partial(AppSession.has_fragment, {"there"}))

    def ask(state):
        AppSession.request_rerun(session, state)
        return asked.pop()

    return ask


def test_a_click_in_a_part_that_has_gone_runs_the_page(asked):
    """With what was clicked. A part that is there runs alone; the clock of one that has gone runs nothing."""
    late = ClientState(fragment_id="gone", query_string="part=Fill")
    late.widget_states.widgets.add(id="button", trigger_value=True)
    run = asked(late)
    assert (run.fragment_id, run.query_string, run.widget_states.widgets[0].id) == ("", "part=Fill", "button")
    assert asked(ClientState(fragment_id="there")).fragment_id == "there"
    assert asked(ClientState(fragment_id="gone", is_auto_rerun=True)).fragment_id == "gone"
    assert asked(None) is None
