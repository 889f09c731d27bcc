"""A server of the app (or of a script beside it) in a process of its own, and what it takes in memory."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
FAULT_LINES = 5
"""Of a traceback that are shown."""
_TRACEBACK = r"^.*Traceback \(most recent call last\):\n(?:[ \t|+].*\n|\n)*.*"
STEMS = tuple(sorted(path.stem for path in (PROJECT / "pages").glob("*.py")))


@dataclass
class Server:
    """A running server."""

    port: int
    """Where it listens on 127.0.0.1."""
    pid: int
    """Its process."""
    log: Path
    """What it wrote."""
    ready_seconds: float
    """From its start until it answered."""

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def runs(self) -> Path:
        """Where its runs are kept."""
        return self.log.parent / "runs"

    def memory(self) -> dict[str, float]:
        """Resident and anonymous memory now, megabytes (Linux)."""
        text = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        kilobytes = {
            name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)
        }
        return {
            "resident_mb": round(kilobytes["Rss"] / 1024, 1),
            "anonymous_mb": round(kilobytes["Anonymous"] / 1024, 1),
        }

    def answers(self) -> bool:
        """Whether it says that it is well."""
        return _answers(self.port)

    def errors(self) -> int:
        """Tracebacks in its log."""
        return len(self.faults())

    def faults(self) -> list[str]:
        """The last lines of each traceback in its log: where it was raised, and what it says."""
        text = self.log.read_text(errors="replace")
        found = re.findall(_TRACEBACK, text, re.MULTILINE)
        return ["\n".join(each.rstrip().splitlines()[-FAULT_LINES:]) for each in found]


@contextlib.contextmanager
def serve(
    script: Path = PROJECT / "streamlit_app.py",
    *,
    port: int = 0,
    folder: Path | None = None,
    **environment: str,
) -> Iterator[Server]:
    """Start a server and end it afterward.

    Args:
        script: What it serves.
        port: Where it listens; 0 takes a free one.
        folder: Where its log and its runs are; a temporary folder otherwise.
        **environment: Added to the process's environment.

    Raises:
        RuntimeError: It ended, or did not answer in time.
    """
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="pytorch-basics-live-") as temporary:
        folder = folder or Path(temporary)
        log = folder / "log"
        command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
        command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
        variables = {**os.environ, "PYTORCH_BASICS_RUNS": str(folder / "runs"), **environment}
        started = time.perf_counter()
        with log.open("ab") as output:
            process = subprocess.Popen(
                command, cwd=PROJECT, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        try:
            while not _answers(port):
                if process.poll() is not None or time.perf_counter() - started > START_SECONDS:
                    raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.02)
            yield Server(port, process.pid, log, time.perf_counter() - started)
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2).close()
        return True
    return False
