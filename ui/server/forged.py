"""Values that no control of the app sends, such as text where a number belongs, count as none.

A program that speaks for a browser can send them. Streamlit would end that page with an error of its own, and
write a traceback into the log for each.
"""

import logging
from typing import Any, Final

from streamlit.runtime.state.session_state import Serialized, Value, WStates

_log: Final = logging.getLogger(__name__)
_read: Final = WStates.__getitem__


def ignore_forged_values() -> None:
    """Let a widget that was sent what it cannot read have its default, in the whole process."""
    WStates.__getitem__ = _read_or_default  # type: ignore[method-assign]


def _read_or_default(states: WStates, widget: str) -> Any:
    """A widget's value, as `WStates` gives it.

    Raises:
        KeyError: It has none.
    """
    sent, metadata = states.states.get(widget), states.widget_metadata.get(widget)
    if not isinstance(sent, Serialized) or metadata is None:
        return _read(states, widget)
    kind = sent.value.WhichOneof("value")
    try:
        if kind in (None, metadata.value_type):  # none where a field was emptied
            return _read(states, widget)
    except Exception as error:  # whatever a widget's own reading raises
        _log.info("%s of a widget cannot be read (%s): its default is taken", kind, type(error).__name__)
    default = metadata.deserializer(None)
    states.states[widget] = Value(default)
    return default
