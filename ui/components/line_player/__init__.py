"""The line player: a traced program, played back in the browser."""

from ui.components.line_player.component import Link, line_player

__all__ = ["Link", "line_player"]
