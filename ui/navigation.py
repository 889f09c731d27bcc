"""The list of pages, and the router built from it.

A new page is one file in `pages/` and one line in `PAGES`. A page's URL is its file's stem, always:
a cold server that is first asked for `/tensors` finds `pages/tensors.py` by that name, before the router
has run (see `ui.frame.open_page`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage

PAGES_FOLDER: Final = Path(__file__).resolve().parent.parent / "pages"


@dataclass(frozen=True)
class Entry:
    """One page of the app.

    Attributes:
        stem: The file in `pages/` without `.py`, and the page's URL.
        title: What the sidebar and the browser's tab call it.
        icon: A `:material/...:` icon.
        section: The sidebar's section.
        about: One sentence on what the visitor finds there.
    """

    stem: str
    title: str
    icon: str
    section: str
    about: str

    @property
    def path(self) -> Path:
        """The page's script."""
        return PAGES_FOLDER / f"{self.stem}.py"


PAGES: Final = (
    Entry("quickstart", "Quickstart", ":material/bolt:", "Learn", "The whole way once: data, network, training, prediction."),
    Entry("tensors", "Tensors", ":material/grid_on:", "Learn", "Make, index, join and multiply the arrays everything is made of."),
    Entry("datasets", "Datasets", ":material/photo_library:", "Learn", "Look through the garments and how batches of them are loaded."),
    Entry("transforms", "Transforms", ":material/tune:", "Learn", "Turn pictures and labels into what a network takes."),
    Entry("model", "Network", ":material/account_tree:", "Learn", "Follow one image through the layers, shape by shape."),
    Entry("autograd", "Autograd", ":material/share:", "Learn", "See the graph a computation leaves and the gradients it gives."),
    Entry("optimization", "Optimization", ":material/trending_down:", "Learn", "Watch a step, a learning rate and a schedule at work."),
    Entry("mistakes", "Mistakes", ":material/bug_report:", "Learn", "Run the classic mistakes beside their cures."),
    Entry("training", "Training", ":material/model_training:", "Train", "Train your own network and watch it learn."),
    Entry("compare", "Compare", ":material/stacked_line_chart:", "Train", "Put finished runs side by side."),
    Entry("predictions", "Predictions", ":material/image_search:", "Use", "Click through test images and see what a network makes of them."),
    Entry("checkpoints", "Checkpoints", ":material/save:", "Use", "Save weights, load them, and bring your own."),
)  # fmt: skip


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
            icon=entry.icon,
            url_path=entry.stem,
            help=entry.about,
            default=number == 0,
        )
        sections.setdefault(entry.section, []).append(page)
    return st.navigation(sections, expanded=True)
