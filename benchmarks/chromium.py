"""The browser that benchmarks drive: where it is, and how it is started."""

from typing import Final

from tools.browser import find

ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def chromium() -> str:
    """The program's path.

    Raises:
        SystemExit: There is none; the sentence says how to get one.
    """
    path = find()
    if path is None:
        raise SystemExit("There is no Chromium: `python tools/browser.py` gets one.")
    return path
