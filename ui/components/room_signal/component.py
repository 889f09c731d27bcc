"""Runs the fragment it stands in when something in a room has changed, and never otherwise.

The browser keeps one quiet connection to `ui.classroom.changes`. Where a proxy does not let it through, it
asks every few seconds instead, more slowly the longer nothing happens.
"""

from typing import Literal

from ui.components.assets import register

_mount = register("room_signal", __file__, isolated=False)


def room_signal(
    code: str, view: Literal["phone", "wall"], seen: int, *, key: str, large: bool = False
) -> None:
    """Wait for the next change.

    Args:
        code: The room's.
        view: Whose changes: questions and reveals for a phone; answers as well for the wall.
        seen: The counter that what is shown now is of.
        key: Unique on the page.
        large: Whether the whole page grows with its window: it is on a projector.
    """
    _mount(
        key=key,
        data={"code": code, "view": view, "seen": seen, "large": large},
        default={"change": ""},
        on_change_change=lambda: None,
        height="content",
    )
