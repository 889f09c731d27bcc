"""How much uploads take: what is on its way, and what Streamlit keeps of each session's."""

from collections import Counter
from typing import Final, Protocol

from starlette.formparsers import MultiPartParser
from streamlit import runtime

from core.system import memory
from core.system.budget import FULL, YOURS

MB: Final = 1 << 20
MAX_SESSION: Final = 80 * MB
"""Of one session: one file of the largest kind and a few small ones."""
MAX_OWNER: Final = 128 * MB
"""Of one address, however many sessions it opens."""
MAX_TOTAL: Final = 224 * MB
"""Of all visitors together."""
MAX_FILES: Final = 16
"""Files of one session, however small they are."""
IN_MEMORY: Final = 8 * MB
"""Bytes up to which an upload arrives in memory alone, as most pictures and the tutorial's weights do; larger
ones pass through a temporary file."""


def stay_off_the_disk() -> None:
    """Let files arrive in memory up to `IN_MEMORY`; Starlette's own bound is 1 MB."""
    MultiPartParser.spool_max_size = IN_MEMORY


class Files(Protocol):
    """What Streamlit keeps of uploads; its own manager is one."""

    file_storage: dict[str, dict[str, "File"]]

    def remove_file(self, session_id: str, file_id: str) -> None:
        """Drop one file."""


class File(Protocol):
    """One uploaded file."""

    data: bytes


def _streamlits() -> Files | None:
    return runtime.get_instance().uploaded_file_mgr if runtime.exists() else None  # type: ignore[return-value]


class Uploads:
    """Counts uploads. Everything happens in the server's one thread, so there is no lock."""

    def __init__(self) -> None:
        self._coming: Counter[str] = Counter()
        self._owners: dict[str, str] = {}

    def admit(self, session: str, owner: str, size: int, files: Files | None = None) -> str | None:
        """Make room for a file that is about to come.

        A session's own oldest files give way to its new one: they belong to pages that it has left. Those of
        others never do.

        Args:
            session: Where it goes to.
            owner: Whose it is: the visitor's address, where it is known.
            size: Bytes that are announced.
            files: What is kept; Streamlit's own if `None`.

        Returns:
            Why it is refused, or `None`.
        """
        files = files or _streamlits()
        kept = files.file_storage if files is not None else {}
        self._owners = {
            known: who for known, who in self._owners.items() if known in kept or known in self._coming
        }
        own = kept.get(session, {})
        while (
            files is not None
            and own
            and (sum(_sizes(own)) + self._coming[session] + size > MAX_SESSION or len(own) >= MAX_FILES)
        ):
            files.remove_file(session, next(iter(own)))
        if self._coming[session] + size > MAX_SESSION:
            return YOURS
        self._owners[session] = owner
        held = {
            known: sum(_sizes(kept.get(known, {}))) + self._coming[known] for known in {*kept, *self._coming}
        }
        theirs = sum(count for known, count in held.items() if self._owners.get(known) == owner)
        if theirs + size > MAX_OWNER:
            return YOURS
        left = memory.available()
        # it is read from its temporary file into memory, and a page that uses it takes a copy
        if sum(held.values()) + size > MAX_TOTAL or (left is not None and left < memory.RESERVE + 2 * size):
            return FULL
        self._coming[session] += size
        return None

    def arrived(self, session: str, size: int) -> None:
        """An admitted file is there, or will not come."""
        self._coming[session] -= size
        if self._coming[session] <= 0:
            del self._coming[session]


def _sizes(files: dict[str, File]) -> list[int]:
    return [len(file.data) for file in list(files.values())]
