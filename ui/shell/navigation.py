"""The list of pages, and the router built from it.

A new page is one file in `pages/` and one line in `PAGES`. A page's URL is its file's stem, always:
a cold server that is first asked for `/tensors` finds `pages/tensors.py` by that name, before the router
has run (see `ui.shell.frame.open_page`).
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from ui.shell.share import hides

PAGES_FOLDER: Final = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True)
class Entry:
    """One page of the app."""

    stem: str
    """The file in `pages/` without `.py`, and the page's URL."""
    title: str
    """What the sidebar and the browser's tab call it."""
    icon: str
    """Name of a Material symbol."""
    section: str
    """The sidebar's section."""
    about: str
    """One sentence on what the visitor finds there."""

    @property
    def path(self) -> Path:
        """The page's script."""
        return PAGES_FOLDER / f"{self.stem}.py"


PAGES: Final = (
    Entry("quickstart", "Quickstart", "bolt", "Learn", "The whole way once, from images to a prediction."),
    Entry("line_by_line", "Line by line", "step_over", "Learn", "Play the tutorial's programs back."),
    Entry("tensors", "Tensors", "grid_on", "Learn", "The arrays that everything in PyTorch is made of."),
    Entry("datasets", "Datasets", "photo_library", "Learn", "The garments, one by one and in batches."),
    Entry("transforms", "Transforms", "tune", "Learn", "Pictures and labels become what a network takes."),
    Entry("model", "Network", "account_tree", "Learn", "One image on its way through the layers."),
    Entry("autograd", "Autograd", "share", "Learn", "How PyTorch finds gradients by itself."),
    Entry("optimization", "Optimization", "trending_down", "Learn", "What gradients do to the weights."),
    Entry("mistakes", "Mistakes", "bug_report", "Learn", "Classic mistakes, run beside their cures."),
    Entry("training", "Training", "model_training", "Train", "Train your own network and watch it learn."),
    Entry("compare", "Compare", "stacked_line_chart", "Train", "Your finished runs, side by side."),
    Entry("predictions", "Predictions", "image_search", "Use", "What a network says of images, and why."),
    Entry("checkpoints", "Checkpoints", "save", "Use", "Save what a network has learned, and load it."),
    Entry("error_clinic", "Error clinic", "healing", "Use", "What an error says, and what to change."),
    Entry("classroom", "Class", "groups", "Teach", "One question on the wall, phones in the hands."),
)  # fmt: skip


@cache
def available() -> tuple[Entry, ...]:
    """The pages whose script is there, in the order in which they are read."""
    return tuple(entry for entry in PAGES if entry.path.is_file())


def entry(stem: str) -> Entry:
    """The entry of the page `stem`."""
    return next(entry for entry in PAGES if entry.stem == stem)


def after(stem: str) -> Entry | None:
    """The page that is read after `stem`; `None` after the last."""
    entries = available()
    position = next((i for i, entry in enumerate(entries) if entry.stem == stem), len(entries))
    return entries[position + 1] if position + 1 < len(entries) else None


def build() -> StreamlitPage:
    """Register every page with Streamlit and return the one this visitor asked for."""
    sections: dict[str, list[StreamlitPage]] = {}
    entries = available()
    for number, entry in enumerate(entries):
        page = st.Page(
            entry.path,
            title=entry.title,
            icon=f":material/{entry.icon}:",
            url_path=entry.stem if number else "home",
            help=entry.about,
            default=number == 0,
        )
        sections.setdefault(entry.section, []).append(page)
    first = entries[0]  # Streamlit serves it at `/` alone; a link to its file's name must work too
    named = st.Page(first.path, title=first.title, url_path=first.stem, visibility="hidden")
    sections[first.section].append(named)
    return st.navigation(sections, expanded=True, position="hidden" if hides("pages") else "sidebar")
