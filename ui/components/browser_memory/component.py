"""Names that the visitor's own browser keeps, so that they are there after a reload and on the next day.

Nothing of it stays on the server. The names come from the browser, so they are a stranger's input: only those
that are known are taken.
"""

from collections.abc import Collection
from typing import Final

from ui.components.assets import register

MAX_NAMES: Final = 200

_mount = register("browser_memory", __file__)


def remembered_in_browser(known: Collection[str], add: Collection[str], *, key: str) -> frozenset[str]:
    """Let the browser keep the names in `add`, and give all that it keeps.

    Args:
        known: The names that may be kept; the browser's others are ignored.
        add: Names to keep from now on.
        key: Unique on the page; also the name under which the browser keeps them.
    """
    result = _mount(
        key=key,
        data={"store": f"pytorch-basics-{key}", "add": sorted(add)[:MAX_NAMES]},
        default={"names": []},
        on_names_change=lambda: None,
        height="content",
    )
    names = result.names if isinstance(result.names, list) else []
    return frozenset(name for name in names[:MAX_NAMES] if isinstance(name, str) and name in known)
