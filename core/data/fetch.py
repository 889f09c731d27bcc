"""Getting the full dataset: from this machine, from the internet, or from Debian's package without root.

Every file is checked against the known SHA-256 before it is put in place whole. Used by the command line
only: the app never waits for a network.
"""

import gzip
import io
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final
from urllib.response import addinfourl

from core.data.fashion_mnist import FULL_SHA256, RAW, SIDE
from core.data.idx import parse_idx, read_idx, write_whole
from core.data.sources import DEBIAN_DIR
from core.errors import DataError
from core.system.files import TEMPORARY

MIRRORS: Final = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
)
"""torchvision's own mirror, then the authors' repository."""

PACKAGE: Final = "dataset-fashion-mnist"
IN_PACKAGE: Final = Path("usr/share/datasets/fashion-mnist")

CONNECT_SECONDS: Final = 4.0
STALL_SECONDS: Final = 15.0
APT_SECONDS: Final = 180.0
MAX_BYTES: Final = 40_000_000
"""The largest packed file has 26.4 MB; more than this is not what was asked for."""

MAX_UNPACKED: Final = 48_000_000
"""The largest unpacked file has 47.0 MB."""

Report = Callable[[str, int, int], None]
"""Takes the name of what is coming, the bytes that are here, and the bytes in all (0 where not known)."""


def _silent(name: str, done: int, total: int) -> None:
    pass


def fetch(root: Path, report: Report = _silent) -> str:
    """Put the full dataset's four files, unpacked, where torchvision looks for them below `root`.

    Args:
        root: The folder; made if it is not there.
        report: Told how far it is.

    Returns:
        Where the files came from, in words.

    Raises:
        DataError: The files could not be obtained or written. The text names everything that was tried.
    """
    folder = root / RAW
    _remove_leftovers(folder)
    missing = [name for name in FULL_SHA256 if not _is_whole(folder, name)]
    if not missing:
        return "what was already there"
    failures = []
    ways: tuple[tuple[str, Callable[[], None]], ...] = (
        ("the Debian package on this machine", lambda: _copy(DEBIAN_DIR, missing, folder)),
        ("the internet", lambda: _download(missing, folder, report)),
        (f"the package {PACKAGE} of Debian's mirror", lambda: _unpack_package(missing, folder, report)),
    )
    for words, way in ways:
        try:
            way()
        except DataError as error:
            failures.append(f"{words}: {error}")
        else:
            return words
    raise DataError(
        f"The full Fashion-MNIST could not be obtained. {' '.join(_capital(f) for f in failures)}"
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _remove_leftovers(folder: Path) -> None:
    """Remove what a killed fetch left an hour ago or longer; a younger one may still be at work."""
    if folder.is_dir():
        for path in folder.glob(f"{TEMPORARY}*"):
            if time.time() - path.stat().st_mtime > 3600:
                path.unlink(missing_ok=True)


def _item_shape(name: str) -> tuple[int, ...]:
    return (SIDE, SIDE) if "images" in name else ()


def _is_whole(folder: Path, name: str) -> bool:
    for path in (folder / name, folder / f"{name}.gz"):
        try:
            if read_idx(path, item_shape=_item_shape(name)).sha256 == FULL_SHA256[name]:
                return True
        except DataError:
            continue
    return False


def _install(name: str, packed: bytes, folder: Path) -> None:
    """Unpack one file, compare it with the known one, and put it in place."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            data = file.read(MAX_UNPACKED)  # whatever arrived, it does not get to fill the memory
        whole = parse_idx(data, item_shape=_item_shape(name)).sha256 == FULL_SHA256[name]
    except (OSError, EOFError, zlib.error, DataError):
        whole = False
    if not whole:
        raise DataError(f"{name}.gz arrived damaged.")
    write_whole(folder / name, data)


def _copy(source: Path, names: Iterable[str], folder: Path) -> None:
    for name in names:
        try:
            packed = (source / f"{name}.gz").read_bytes()
        except FileNotFoundError as error:
            raise DataError("it is not installed.") from error
        except OSError as error:
            raise DataError(f"{name}.gz cannot be read ({error.strerror}).") from error
        _install(name, packed, folder)


def _download(names: Iterable[str], folder: Path, report: Report) -> None:
    """Take each file from the first mirror that gives it; a mirror that failed is not asked again."""
    mirrors = list(MIRRORS)
    reasons: list[str] = []
    for name in names:
        while mirrors:
            try:
                _install(name, _get(f"{mirrors[0]}{name}.gz", report), folder)
                break
            except (OSError, ValueError, DataError) as error:
                host = mirrors.pop(0).split("/")[2]
                reasons.append(f"{host} gave no {name}.gz ({_reason(error)})")
        else:
            raise DataError(f"{'; '.join(reasons)}.")


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        error.close()  # it is also the answer, with its connection
        return f"HTTP status {error.code}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    return str(getattr(cause, "strerror", None) or cause).rstrip(".")


def _get(url: str, report: Report) -> bytes:
    """The body of one answer, whole.

    Raises:
        OSError: No connection, no answer in time, an HTTP status, or less than was announced.
    """
    name = url.rpartition("/")[2]
    report(name, 0, 0)
    with _open(url) as response:
        total = int(response.headers.get("Content-Length") or 0)
        data = bytearray()
        while chunk := response.read(2**16):
            data += chunk
            report(name, len(data), total)
            if len(data) > MAX_BYTES:
                raise OSError("the answer is larger than the file can be")
        if total and len(data) != total:
            raise OSError(f"the connection ended after {len(data):,} of {total:,} bytes")
        return bytes(data)


def _open(url: str) -> addinfourl:
    """Open a connection within `CONNECT_SECONDS`, name look-up included.

    A timeout of `urlopen` does not cover the name look-up, which may hang for half a minute without a
    network: so it is left behind in a thread of its own.
    """
    opened: list[addinfourl] = []
    failed: list[Exception] = []

    def work() -> None:
        try:
            opened.append(urllib.request.urlopen(url, timeout=STALL_SECONDS))
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS)
    if failed:
        raise failed[0]
    if not opened:
        raise TimeoutError("no answer in time")
    return opened[0]


def _unpack_package(names: Iterable[str], folder: Path, report: Report) -> None:
    """Take the files out of Debian's package, which needs apt but not root."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise DataError("this machine has no apt-get.")
    deadline = time.monotonic() + APT_SECONDS
    with tempfile.TemporaryDirectory(prefix="fashion-mnist-") as temporary:
        work = Path(temporary)
        report(PACKAGE, 0, 0)
        try:
            _apt(["download", PACKAGE], work, [], deadline)
        except DataError as error:
            if "resolving" in str(error) or "onnect" in str(error):
                raise  # there is no network: lists of our own would not help
            # The machine's package lists are missing or old, as in a container: make our own.
            report("package lists", 0, 0)
            lists = _own_lists(work)
            _apt(["update"], work, lists, deadline)
            report(PACKAGE, 0, 0)
            _apt(["download", PACKAGE], work, lists, deadline)
        package = next(work.glob(f"{PACKAGE}_*.deb"), None)
        if package is None:
            raise DataError("apt-get gave no package.")
        _run(["dpkg-deb", "-x", str(package), str(work / "unpacked")], work, deadline)
        _copy(work / "unpacked" / IN_PACKAGE, names, folder)


def _own_lists(work: Path) -> list[str]:
    """Options that keep apt's lists and caches in `work`, where no rights are needed."""
    for name in ("lists/partial", "cache/archives/partial"):
        (work / name).mkdir(parents=True, exist_ok=True)
    return ["-o", f"Dir::State::Lists={work}/lists", "-o", f"Dir::Cache={work}/cache"]


def _apt(arguments: list[str], work: Path, options: list[str], deadline: float) -> None:
    settings = (
        f"Acquire::http::Timeout={CONNECT_SECONDS:.0f}",
        "Acquire::Retries=0",
        "APT::Update::Error-Mode=any",  # an update that reached no server is a failure, not a warning
        "APT::Sandbox::User=",  # root's apt would fetch as a user who may not write to our folder
    )
    quick = [part for setting in settings for part in ("-o", setting)]
    _run(["apt-get", "-qq", *quick, *options, *arguments], work, deadline)


def _run(command: list[str], work: Path, deadline: float) -> None:
    try:
        subprocess.run(
            command,
            cwd=work,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=max(1.0, deadline - time.monotonic()),
            env={**os.environ, "LC_ALL": "C", "RES_OPTIONS": "timeout:2 attempts:1"},  # no waiting for names
        )
    except subprocess.TimeoutExpired as error:
        raise DataError(f"{command[0]} took too long.") from error
    except subprocess.CalledProcessError as error:
        lines = [line for line in str(error.stderr).splitlines() if line.startswith("E:")] or ["it failed"]
        line = re.sub(r"https?://([^/\s]+)\S*\s*", r"\1: ", lines[0].removeprefix("E: "))
        raise DataError(f"{command[0]}: {line[:150].rstrip('.')}.") from error
    except OSError as error:
        raise DataError(f"{command[0]} cannot be run ({error.strerror}).") from error
