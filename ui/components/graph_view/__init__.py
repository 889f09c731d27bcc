"""An autograd graph whose nodes can be clicked."""

from ui.components.graph_view.component import graph_view

__all__ = ["graph_view"]
