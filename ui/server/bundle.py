"""Streamlit's small modules in one file.

Streamlit's page asks for some eighty modules of a kilobyte or two. Each is a request that the one interpreter
answers, and that a visitor far away waits for. Here they travel together, and an import map tells the browser
that it has them. Large modules stay as they are.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from streamlit import file_util

FOLDER: Final = "static/js"
"""Where Streamlit's modules lie, and the bundle beside them."""
_OFFER: Final = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_NONE: Final = "offer({}) // the server puts them in"
_LARGEST: Final = 6_000
"""Bytes of a module above which it travels alone. Three in five of Streamlit's are smaller."""
_ALONE: Final = ("import.meta", "import(")
"""What a module holds that has to know its own address."""
_NEIGHBOR: Final = re.compile(r'\b(from|import)"\./')
"""How an import from the same folder begins; a module in a bundle lies in none."""
_TAG: Final = re.compile(
    rf'\s*<(?:script type="module"|link rel="modulepreload")[^>]*="\./{FOLDER}/([^"/]+)"[^>]*>(?:</script>)?'
)
"""How the page asks for a module, by its file name."""
_END: Final = "</body>"


@dataclass(frozen=True)
class Bundle:
    """Small modules, and what offers them to a browser."""

    names: frozenset[str]
    """The files that it stands for."""
    script: bytes

    @cached_property
    def path(self) -> str:
        """Where it lies: elsewhere if its content changes, so that a browser may keep it for good."""
        return f"{FOLDER}/bundle.{hashlib.sha256(self.script).hexdigest()[:8]}.js"

    def put_into(self, page: str) -> str:
        """Streamlit's page, which no longer asks for the files in the bundle.

        What it asks for comes at its end: after what the visitor sees first, and the import map before the
        first module, as browsers want it.
        """
        tags = [tag[0].strip() for tag in _TAG.finditer(page) if tag[1] not in self.names]
        if not tags or _END not in page:
            return page
        tags.insert(0, f'<script src="./{self.path}"></script>')
        return _TAG.sub("", page).replace(_END, "\n".join((*tags, _END)), 1)


def bundle_of(folder: Path) -> Bundle:
    """The small modules in `folder`."""
    sources = {
        file.name: _NEIGHBOR.sub(r'\1"streamlit/', text)
        for file in sorted(folder.glob("*.js"))
        if file.stat().st_size <= _LARGEST
        and not any(word in (text := file.read_text(encoding="utf-8")) for word in _ALONE)
    }
    script = _OFFER.replace(_NONE, f"offer({json.dumps(sources)})", 1)
    return Bundle(frozenset(sources), script.encode())


@cache
def installed() -> Bundle:
    """That of the Streamlit that is installed."""
    return bundle_of(Path(file_util.get_static_dir()) / FOLDER)
