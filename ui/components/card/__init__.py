"""One garment and what a network makes of it: the card of every page, alone."""

from ui.components.card.component import card

__all__ = ["card"]
