"""What a stranger's program sends for a widget is read as the widget's own values are, or not at all."""

import json

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import Serialized, WStates

from ui.server import forged

DEFAULT = 7.0


@pytest.fixture
def read(monkeypatch):
    """A function that gives what a number's widget reads where a state was sent for it."""
    monkeypatch.setattr(WStates, "__getitem__", WStates.__getitem__)  # put back after the test
    forged.ignore_forged_values()

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
        assert states.widget_metadata["number"].value_type == "double_value"
        return {name: states[name] for name in states}["number"]

    return read_number


def test_a_number_is_read(read):
    """What a browser sends goes through."""
    assert read(double_value=4.0) == 8.0


@pytest.mark.parametrize(
    "sent",
    [
        {"string_value": "x"},
        {"bool_value": True},
        {"bytes_value": b"\xff"},
        {"json_value": "{"},
        {"int_array_value": [1, 2]},
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
