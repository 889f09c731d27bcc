"""Messages that no control of the app sends, or sends too late.

A program that speaks for a browser can send text where a number belongs: Streamlit would end that page with
an error of its own, and write a traceback into the log for each. And a click can arrive when the part of the
page that it was made in has just gone: Streamlit would drop it without an answer.
"""

import json
import logging
from collections.abc import Callable
from typing import Any, Final

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.state.session_state import Serialized, Value, WStates

_log: Final = logging.getLogger(__name__)
_read: Final = WStates.__getitem__
_request_rerun: Final = AppSession.request_rerun
_DECLARED: Final = {"int_value": "double_value"}
"""A number without decimals travels in a field of its own, though its widget declares the other."""


def answer_odd_messages() -> None:
    """Give a widget that was sent what it cannot read its default and drop no click, from now on."""
    WStates.__getitem__ = _read_or_default  # type: ignore[method-assign]
    AppSession.request_rerun = _request_rerun_of_what_is_there  # type: ignore[method-assign]


def _read_or_default(states: WStates, widget: str) -> Any:
    """A widget's value, as `WStates` gives it.

    Raises:
        KeyError: It has none.
    """
    sent, metadata = states.states.get(widget), states.widget_metadata.get(widget)
    if not isinstance(sent, Serialized) or metadata is None:
        return _read(states, widget)
    kind, declared = sent.value.WhichOneof("value"), metadata.value_type
    try:
        # none where a field was emptied
        if kind is None or _DECLARED.get(kind, kind) == _DECLARED.get(declared, declared):
            _check(sent.value, metadata.deserializer)
            return _read(states, widget)
    except Exception as error:  # whatever a widget's own reading raises
        _log.info("%s of a widget cannot be read (%s): its default is taken", kind, type(error).__name__)
    default = metadata.deserializer(None)
    states.states[widget] = Value(default)
    return default


def _check(sent: WidgetState, deserialize: Callable[[Any], object]) -> None:
    """Look at what Streamlit reads too kindly.

    It hands on a choice that was not offered as the text that came, and logs a traceback for broken JSON.

    Raises:
        ValueError: The widget would not send this.
    """
    if sent.HasField("json_value") and isinstance(json.loads(sent.json_value), str):
        raise ValueError("text in JSON is read as JSON once more")
    reader = getattr(deserialize, "__self__", None)
    offered = getattr(reader, "formatted_option_to_option_index", None)
    if offered is not None:
        chosen = [sent.string_value] if sent.HasField("string_value") else sent.string_array_value.data
        if not all(text in offered for text in chosen):
            raise ValueError("this was not offered")
        # each choice of the app that begins with one is required: a test holds it
        if not chosen and getattr(reader, "default_option_index", None) is not None:
            raise ValueError("one has to be chosen")


def _request_rerun_of_what_is_there(self: AppSession, client_state: ClientState | None) -> None:
    """Run the whole page where the part that was asked for has gone; a part's own clock is not worth that."""
    if (
        client_state is not None
        and client_state.fragment_id
        and not client_state.is_auto_rerun
        and not self.has_fragment(client_state.fragment_id)
    ):
        client_state.fragment_id = ""
    _request_rerun(self, client_state)
