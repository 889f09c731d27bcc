"""Registers a component from the files beside its module: `component.html`, `component.css`, `component.js`.

What several components share stands in `shared/`. They name it as a browser would (`import ... from
"../shared/x.js"`, `@import "../shared/x.css"`; HTML, which has no such thing, in a comment), so that
formatters and linters understand the files; it is written into them here, because Streamlit sends a browser
one script and one style sheet per component.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

_IMPORT = re.compile(
    r'^(?:import [^"]*? from| *<!-- @import|@import) "(\.\./shared/[a-z_]+\.(?:js|css|html))"(?:;?| -->)\n',
    re.MULTILINE,
)


def register(name: str, module: str, *, isolated: bool = True) -> "ComponentRenderer":
    """A component of Streamlit's own kind, ready to be mounted.

    Args:
        name: What Streamlit calls it.
        module: The `__file__` of the module beside which its files stand.
        isolated: Whether its style sheet is for itself alone, and not for the page that it stands in.
    """
    folder = Path(module).parent
    html, css, js = (_read(folder / f"component.{kind}") for kind in ("html", "css", "js"))
    return st.components.v2.component(name, html=html, css=css, js=js, isolate_styles=isolated)


def _read(file: Path) -> str | None:
    """A file with what it imports written into it; `None` where there is none."""
    if not file.is_file():
        return None

    def shared(found: re.Match[str]) -> str:
        text = (file.parent / found[1]).read_text(encoding="utf-8")
        return re.sub(r"^export ", "", text, flags=re.MULTILINE)

    return _IMPORT.sub(shared, file.read_text(encoding="utf-8"))
