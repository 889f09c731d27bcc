"""What a visitor's browser remembers of them, without an account."""

from ui.components.browser_memory.component import remembered_in_browser

__all__ = ["remembered_in_browser"]
