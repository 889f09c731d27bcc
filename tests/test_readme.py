"""Every command in the README is run here, as it stands there; a new one without a test fails."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from core.data.sources import DEBIAN_DIR

PROJECT = Path(__file__).resolve().parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
PROGRAMS = r"(?:make|python|pip|streamlit|docker)\b"
NO_NETWORK = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not on this machine")


def commands():
    """What the README tells a reader to type, without comments, each once."""
    found = []
    for block, inline in re.findall(r"```sh\n(.*?)```|`([^`\n]+)`", README, re.DOTALL):
        found += [line.partition("#")[0].strip() for line in block.splitlines()]
        if re.match(PROGRAMS, inline):
            found.append(inline)
    return list(dict.fromkeys(filter(None, found)))


def run(command, *more, **variables):
    """Run a command of the README in the project's folder, with this Python for its programs."""
    words = shlex.split(command)
    if words[0] == "python":
        words[0] = sys.executable
    elif words[0] in ("pip", "streamlit"):
        words = [sys.executable, "-m", *words]
    return subprocess.run(
        [*words, *more],
        cwd=PROJECT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


MADE = {
    "make run": [
        "tools/port.py 8501",
        "-m core.data fetch",
        "-m streamlit run streamlit_app.py --server.port 8501",
    ],
    "make run PORT=8600": [
        "tools/port.py 8600",
        "-m core.data fetch",
        "-m streamlit run streamlit_app.py --server.port 8600",
    ],
    "make run PYTHON=/path/to/python3": ["-m streamlit run streamlit_app.py --server.port 8501"],
    "make test": ["tools/browser.py", "-m pytest -n 2 --dist loadfile --no-loadscope-reorder"],
    "make data": ["-m core.data fetch"],
    "make screenshots": ["-m tools.screenshots"],
}
"""What each command of make asks Python to do, in this order at its end. Each of those is run by a test."""


@needs_make
@pytest.mark.parametrize("command", MADE)
def test_make_asks_for_what_the_readme_says(machine, command):
    _, asked = machine(*shlex.split(command)[1:])
    if command == "make data":
        assert asked[-1:] == MADE[command]
    else:
        assert [line for line in asked if line in MADE[command]] == MADE[command]


@needs_make
def test_make_help_lists_the_commands():
    done = run("make help")
    assert done.returncode == 0
    assert "make run" in done.stdout


def test_training_from_the_command_line_leaves_a_run(tmp_path):
    done = run(
        "python -m core.train --preset fast", "--limit", "200", "--epochs", "1", "--runs", str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.splitlines()[-1])
    assert (folder / "weights.pt").is_file()
    assert folder.parent == tmp_path


def test_what_the_requirements_ask_for_is_what_these_tests_run_on():
    """Nothing is left to install, so no network is asked."""
    done = run("pip install -r requirements.txt", "--no-index", "--disable-pip-version-check")
    assert done.returncode == 0, done.stderr
    assert "Collecting" not in done.stdout


def test_torch_and_torchvision_are_asked_from_one_index():
    """Both are here already, so pip reads the command to its end and leaves the index alone."""
    command = "pip install torch torchvision --index-url https://download.pytorch.org/whl/cpu"
    done = run(command, "--disable-pip-version-check", **NO_NETWORK)
    assert done.returncode == 0, done.stderr


def test_streamlit_run_serves_the_app():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", *shlex.split("streamlit run streamlit_app.py")]
    words += ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.port", str(port)]
    server = subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
                    assert answer.read() == b"ok"
                    return
            except (urllib.error.URLError, OSError):
                assert server.poll() is None
                time.sleep(0.1)
        raise AssertionError("the app did not answer within a minute")
    finally:
        server.terminate()
        server.wait(20)


def test_fetching_without_a_network_gets_all_or_nothing(tmp_path):
    """All four files where Debian's package is on the machine, else a sentence and no file.

    What it does with a network: tests/core/test_data_fetch.py.
    """
    done = run("python -m core.data fetch --root", str(tmp_path), **NO_NETWORK)
    packaged = DEBIAN_DIR.is_dir()
    assert done.returncode == (0 if packaged else 1)
    assert len((done.stdout if packaged else done.stderr).strip().splitlines()[-1]) > 20
    assert "Traceback" not in done.stderr
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == (4 if packaged else 0)


def test_the_sample_is_made_from_the_full_dataset_only(tmp_path):
    """The tests' dataset is the sample: that it is no full dataset is a sentence."""
    done = run("python -m core.data make-sample", "--out", str(tmp_path))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_docker_builds_from_what_is_here_and_starts_what_is_tested():
    """No Docker engine is needed: each instruction of the Dockerfile is held against the project."""
    lines = (PROJECT / "Dockerfile").read_text().splitlines()
    code = "\n".join(lines)
    assert "docker build -t pytorch-basics-live ." in lines[0]
    assert "docker run --rm -p 8501:8501 pytorch-basics-live" in lines[0]
    for source in re.findall(r"^COPY (\S+) ", code, re.MULTILINE):
        assert (PROJECT / source).exists(), source
    installs = re.findall(r"^RUN (pip install .*)$", code, re.MULTILINE)
    assert (
        installs
        == [command for command in commands() if command.startswith("pip")][1:]
        + [command for command in commands() if command.startswith("pip")][:1]
    )
    (start,) = re.findall(r"^CMD (.*)$", code, re.MULTILINE)
    assert "python -m core.data fetch" in start
    assert "streamlit run streamlit_app.py" in start
    assert "EXPOSE 8501" in lines


def test_every_command_of_the_readme_is_run_here():
    text = Path(__file__).read_text(encoding="utf-8")
    for command in commands():
        plain = command.removesuffix(" DIR")
        assert f'"{plain}' in text or plain in MADE, f"no test runs `{command}`"


def test_the_tree_is_the_tree():
    """Every path of the README's tree exists, and every room of `core`, `ui` and the project has its line."""
    tree = README.partition("## How it is laid out")[2].partition("```\n")[2].partition("```")[0]
    shown, parent = set(), ""
    for line in tree.splitlines():
        names, nested = line[:24].split(), line.startswith("  ")
        shown |= {f"{parent if nested else ''}{name}".rstrip("/") for name in names if name != "..."}
        if not nested:
            parent = names[0]
    assert all((PROJECT / name).exists() for name in shown)
    ignored = {line.strip("/") for line in (PROJECT / ".gitignore").read_text().splitlines()}
    rooms = [path for path in PROJECT.iterdir() if path.is_dir() and path.name not in ignored]
    rooms += [path for path in (PROJECT / "core").iterdir() if path.is_dir()]
    names = {path.relative_to(PROJECT).as_posix() for path in rooms if not path.name.startswith((".", "__"))}
    assert names <= shown | {"core/data/sample"}
    modules = {f"core/{path.name}" for path in (PROJECT / "core").glob("[a-z]*.py")}
    assert modules <= shown
