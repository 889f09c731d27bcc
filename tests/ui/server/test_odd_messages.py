"""What a stranger sends for a widget is read as the widget's own, or not at all; a late click counts."""

import ast
import json
from functools import partial
from types import SimpleNamespace

import pytest
from streamlit.components.v2.bidi_component.serialization import BidiComponentSerde
from streamlit.elements.widgets.button_group import _SingleSelectButtonGroupSerde
from streamlit.elements.widgets.multiselect import MultiSelectSerde
from streamlit.elements.widgets.radio import RadioSerde
from streamlit.elements.widgets.selectbox import SelectboxSerde
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import Serialized, WStates

from core.data.sources import PROJECT
from ui.server import odd_messages

DEFAULT = 7.0


@pytest.fixture
def read_with(monkeypatch):
    """A function that gives what a widget reads, by its own reading, where a state was sent for it."""
    monkeypatch.setattr(WStates, "__getitem__", WStates.__getitem__)  # put back after the test
    monkeypatch.setattr(AppSession, "request_rerun", AppSession.request_rerun)
    odd_messages.answer_odd_messages()

    def read_widget(deserialize, declared, **sent):
        states = WStates()
        states.widget_metadata["widget"] = WidgetMetadata(
            id="widget", deserializer=deserialize, serializer=lambda value: value, value_type=declared
        )
        state = WidgetState(id="widget", **{k: v for k, v in sent.items() if not k.endswith("array_value")})
        for name in [name for name in sent if name.endswith("array_value")]:
            getattr(state, name).data.extend(sent[name])
        states.states["widget"] = Serialized(state)
        assert states["widget"] == states["widget"]  # the second time it is not read again
        return {name: states[name] for name in states}["widget"]

    return read_widget


@pytest.fixture
def read(read_with):
    """The same of a number's widget."""
    return partial(
        read_with,
        lambda value: DEFAULT if value is None else 2 * json.loads(json.dumps(value)),
        "double_value",
    )


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


def serde(kind, options):
    """What reads a widget of choices, as Streamlit makes it."""
    names = {option: index for index, option in enumerate(options)}
    return kind(options, formatted_options=options, formatted_option_to_option_index=names)


@pytest.mark.parametrize("kind", [SelectboxSerde, RadioSerde])
def test_a_choice_that_was_not_offered_is_none(read_with, kind):
    """Streamlit would hand on the text that came."""
    reads = serde(kind, ["relu", "tanh"]).deserialize
    assert read_with(reads, "string_value", string_value="tanh") == "tanh"
    assert read_with(reads, "string_value", string_value="<b>") is None


def test_no_choice_is_the_default_where_one_is_required(read_with):
    """A group of buttons sends an empty list where the pressed one is pressed again."""
    reads = serde(_SingleSelectButtonGroupSerde, ["relu", "tanh"])
    assert read_with(reads.deserialize, "string_array_value", string_array_value=[]) is None
    reads.default_option_index = 1
    assert read_with(reads.deserialize, "string_array_value", string_array_value=[]) == "tanh"
    assert read_with(reads.deserialize, "string_array_value", string_array_value=["relu"]) == "relu"


def test_each_group_of_buttons_with_a_default_is_required():
    """So that an empty list stands for the default."""
    for path in (PROJECT / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in (
                "segmented_control",
                "pills",
            ):
                given = {keyword.arg for keyword in node.keywords}
                assert "default" not in given or given & {"required", "selection_mode"}, (path, node.lineno)


def test_choices_that_were_not_offered_are_none(read_with):
    """Of several, one that was not offered is enough."""
    reads = serde(MultiSelectSerde, ["relu", "tanh"]).deserialize
    assert read_with(reads, "string_array_value", string_array_value=["tanh", "relu"]) == ["tanh", "relu"]
    assert read_with(reads, "string_array_value", string_array_value=["tanh", "x"]) == []


def test_what_is_not_json_is_none_and_leaves_no_traceback(read_with, caplog):
    """A component's state."""
    reads = BidiComponentSerde().deserialize
    assert read_with(reads, "json_value", json_value='{"at": 3}')["at"] == 3
    for broken in ("[" * 9, "", '"x"', "[" * 100_000):
        assert read_with(reads, "json_value", json_value=broken) == read_with(reads, "json_value")
    assert not any(record.exc_info for record in caplog.records)


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
