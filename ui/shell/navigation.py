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

from ui.shell import progress
from ui.shell.logo import favicon
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
    minutes: int = 5
    """How long a first reading takes, about; 0 where there is nothing to read through."""

    @property
    def path(self) -> Path:
        """The page's script."""
        return PAGES_FOLDER / f"{self.stem}.py"


PAGES: Final = (
    Entry("quickstart", "Quickstart", "bolt", "Learn", "From images to a prediction, start to finish.", 6),
    Entry("line_by_line", "Line by line", "step_over", "Learn", "Play the tutorial's programs back."),
    Entry("tensors", "Tensors", "grid_on", "Learn", "The arrays that everything in PyTorch is made of.", 12),
    Entry("datasets", "Datasets", "photo_library", "Learn", "The garments, one by one and in batches.", 10),
    Entry("transforms", "Transforms", "tune", "Learn", "Pictures and labels become what a network takes.", 6),
    Entry("model", "Network", "account_tree", "Learn", "One image on its way through the layers.", 10),
    Entry("autograd", "Autograd", "share", "Learn", "How PyTorch finds gradients by itself.", 12),
    Entry("optimization", "Optimization", "trending_down", "Learn", "What gradients do to the weights.", 12),
    Entry("mistakes", "Mistakes", "bug_report", "Learn", "Classic mistakes, run beside their cures.", 8),
    Entry("training", "Training", "model_training", "Train", "Train your own network and watch it learn.", 8),
    Entry("compare", "Compare", "stacked_line_chart", "Train", "Your finished runs, side by side.", 4),
    Entry("predictions", "Predictions", "image_search", "Use", "What a network says of images, and why.", 8),
    Entry("checkpoints", "Checkpoints", "save", "Use", "Save what a network has learned, and load it.", 5),
    Entry("error_clinic", "Error clinic", "healing", "Use", "What an error says, and what to change.", 4),
    Entry("classroom", "Class", "groups", "Teach", "One question on the wall, phones in the hands.", 0),
)  # fmt: skip


@cache
def available() -> tuple[Entry, ...]:
    """The pages whose script is there, in the order in which they are read."""
    return tuple(entry for entry in PAGES if entry.path.is_file())


def _title(entry: Entry) -> str:
    """The sidebar's words for a page: with how many of its sections were open, until all were."""
    done, count = progress.seen(entry.stem)
    return f"{entry.title} · {done}/{count}" if 0 < done < count else entry.title


@cache
def readings() -> tuple[Entry, ...]:
    """The pages that one reads through."""
    return tuple(entry for entry in available() if entry.minutes)


def hours() -> str:
    """How long all readings take together, in words."""
    halves = max(1, round(sum(entry.minutes for entry in readings()) / 30))
    return f"{halves // 2}{' and a half' if halves % 2 else ''} hour{'s' if halves > 2 else ''}"


def minutes_left() -> int:
    """About how long it takes to read the pages that this visitor has not been through."""
    return sum(entry.minutes for entry in readings() if not progress.is_done(entry.stem))


def entry(stem: str) -> Entry:
    """The entry of the page `stem`."""
    return next(entry for entry in PAGES if entry.stem == stem)


def after(stem: str) -> Entry | None:
    """The page that is read after `stem`; `None` after the last."""
    entries = available()
    position = next((i for i, entry in enumerate(entries) if entry.stem == stem), len(entries))
    return entries[position + 1] if position + 1 < len(entries) else None


def build() -> StreamlitPage:
    """Register every page with Streamlit and return the one this visitor asked for.

    The browser's own icon is set first: for a page's icon it would ask a server of fonts.
    """
    st.set_page_config(page_icon=favicon())
    sections: dict[str, list[StreamlitPage]] = {}
    entries = available()
    for number, entry in enumerate(entries):
        page = st.Page(
            entry.path,
            title=_title(entry),
            icon=":material/check_circle:" if progress.is_done(entry.stem) else f":material/{entry.icon}:",
            url_path=entry.stem if number else "home",
            help=entry.about,
            default=number == 0,
        )
        sections.setdefault(entry.section, []).append(page)
    first = entries[0]  # Streamlit serves it at `/` alone; a link to its file's name must work too
    named = st.Page(first.path, title=first.title, url_path=first.stem, visibility="hidden")
    sections[first.section].append(named)
    return st.navigation(sections, expanded=True, position="hidden" if hides("pages") else "sidebar")
