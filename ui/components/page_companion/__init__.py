"""What a page needs of the browser itself: history, place on the page, and where the reader has been."""

from ui.components.page_companion.component import announce, page_companion, remembered

__all__ = ["announce", "page_companion", "remembered"]
