"""Which file of an archive a name in a table means.

Tables come from other machines: their names have drives, folders and extensions of their own, or none. What
counts is the end of the path, as far as it tells one file from all others. Nothing here touches a disk.
"""

import posixpath
from collections import defaultdict
from collections.abc import Collection
from typing import Final

from core.errors import DataError
from core.text import quoted

_SHOWN: Final = 3  # files named in a sentence


class FileNames:
    """The pictures of an archive, found by path, by the end of a path, or by name without extension.

    Args:
        paths: Their paths in the archive, with slashes.
        base: Folder of the table, where names are looked up first.
    """

    def __init__(self, paths: Collection[str], base: str = "") -> None:
        self._paths, self._base = set(paths), base
        self._by_end: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            self._by_end[_name(path)].append(path)
            if _stem(path) != _name(path):
                self._by_end[_stem(path)].append(path)

    def find(self, text: str) -> str:
        """The path in the archive.

        Raises:
            DataError: There is no such file, or there are several. The text is a clause that says where.
        """
        parts = [part for part in text.replace("\\", "/").split("/") if part not in ("", ".", "..")]
        if parts and parts[0].endswith(":"):  # a drive
            del parts[0]
        if not parts:
            raise DataError("the file's name is missing")
        name = "/".join(parts)
        for path in (name, posixpath.join(self._base, name)):
            if path in self._paths:
                return path
        last = parts[-1].lower()
        found = self._by_end.get(last) or self._by_end.get(_stem(last)) or []
        if not found:
            example = min(self._paths, default="")
            raise DataError(
                "the archive holds no such file"
                + (f"; it holds, for example, {quoted(example, 60)}" if example else "")
            )
        # of several, the one that shares the most folders with the name, from the end
        shared = [
            _shared(path.lower().split("/")[:-1], [part.lower() for part in parts[:-1]]) for path in found
        ]
        best = [path for path, count in zip(found, shared, strict=True) if count == max(shared)]
        if len(best) > 1:
            named = ", ".join(quoted(path, 60) for path in sorted(best)[:_SHOWN])
            raise DataError(
                f"the archive holds {len(best)} files of this name, such as {named}: add the folder"
            )
        return best[0]


def _name(path: str) -> str:
    return posixpath.basename(path).lower()


def _stem(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0].lower()


def _shared(one: list[str], other: list[str]) -> int:
    count = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        count += 1
    return count
