"""Whose runs lie on disk, and whose goes first when they take too much: visitors share the space evenly.

An owner is a browser at an address, kept as digests with a salt of this folder's own: enough to count by,
not enough to identify anybody. A run that no visitor asked for belongs to the app itself.
"""

import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from core.system.files import write_bytes

MAX_OWNERS: Final = 16
"""Owners of one run that are remembered, the first ones."""
_FILE: Final = "owners.json"
_SALT: Final = ".salt"


class Owner(NamedTuple):
    """Somebody who asked for a run, as digests."""

    address: str
    browser: str


APP: Final = Owner("", "")


def owner_of(root: Path, *, browser: str, address: str) -> Owner:
    """A visitor as an owner.

    Raises:
        OSError: The folder of all runs cannot be read or written.
    """
    path = root / _SALT
    if not path.exists():
        root.mkdir(parents=True, exist_ok=True)
        write_bytes(path, secrets.token_bytes(16))
    salt = path.read_bytes()
    return Owner(*(hashlib.sha256(salt + word.encode()).hexdigest()[:32] for word in (address, browser)))


def read_owners(folder: Path) -> tuple[Owner, ...]:
    """The owners of a run; the app where none is known."""
    try:
        pairs = json.loads((folder / _FILE).read_text())
        return tuple(Owner(str(address), str(browser)) for address, browser in pairs) or (APP,)
    except (OSError, ValueError, TypeError, RecursionError):
        return (APP,)


def write_owners(folder: Path, owners: Collection[Owner]) -> None:
    """Replace the owners of a run.

    Raises:
        OSError: It cannot be written.
    """
    write_bytes(folder / _FILE, json.dumps(list(owners)[:MAX_OWNERS]).encode(), flush=False)


def first_to_go(
    sizes: Mapping[Path, int], owners: Mapping[Path, Collection[Owner]], used: Mapping[Path, float]
) -> tuple[Path, Owner] | None:
    """Which run goes first, and whose: of the address that takes most, of its browser that takes most.

    So no visitor loses runs to another who takes more.

    Args:
        sizes: Bytes of every run.
        owners: Of every run; it counts to each of them by an equal part.
        used: When each run that may go was last used. Of one owner's runs the one unused for longest goes.
    """
    taken: dict[Owner, float] = defaultdict(float)
    for run, size in sizes.items():
        for owner in owners[run]:
            taken[owner] += size / len(owners[run])
    by_address: dict[str, float] = defaultdict(float)
    for owner, bytes_taken in taken.items():
        by_address[owner.address] += bytes_taken
    candidates = {owner for run in used for owner in owners[run]}
    if not candidates:
        return None
    heaviest = max(candidates, key=lambda owner: (by_address[owner.address], taken[owner]))
    return min((run for run in used if heaviest in owners[run]), key=lambda run: used[run]), heaviest
