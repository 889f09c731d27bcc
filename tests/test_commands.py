"""The commands that the documents promise: they exist, are listed, and refuse politely."""

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md")
TEXTS = sorted(
    {"SECURITY.md", *DOCUMENTS, *(f"docs/{path.name}" for path in (PROJECT / "docs").glob("*.md"))}
)
needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not on this machine")


def run(*command, **options):
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, **options)


def targets():
    """What the Makefile declares as commands."""
    (line,) = re.findall(r"^\.PHONY: (.*)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    return line.split()


def code_of(document):
    """What stands between backquotes, in line and in blocks."""
    found = re.findall(r"```sh\n(.*?)```|`([^`\n]+)`", (PROJECT / document).read_text(), re.DOTALL)
    return "\n".join(block or inline for block, inline in found)


@needs_make
def test_make_help_lists_every_command():
    listed = re.findall(r"^  make (\w+) +\S", run("make", "help").stdout, re.MULTILINE)
    assert sorted(listed) == sorted(targets())
    assert run("make").stdout == run("make", "help").stdout  # bare `make` changes nothing


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_command_in_the_documents_exists(document):
    named = set(re.findall(r"\bmake ([a-z]+)\b", code_of(document)))
    assert named
    assert named <= set(targets())


@pytest.mark.parametrize("document", TEXTS)
def test_every_module_and_file_in_the_documents_exists(document):
    code = code_of(document)
    for module in re.findall(r"python -m ((?:core|benchmarks)[\w.]*)", code):
        path = PROJECT.joinpath(*module.split("."))
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module
    for name in re.findall(r"(?<![\w./-])[\w./-]+\.(?:py|txt|md)\b", code):
        places = (PROJECT / name, PROJECT / "docs" / name, PROJECT / "tests" / "faults" / name)
        assert "NAME" in name or any(place.exists() for place in places), name


def test_data_command_knows_what_the_readme_names():
    shown = run(sys.executable, "-m", "core.data", "--help").stdout
    assert "fetch" in shown
    assert "make-sample" in shown


START = "-m streamlit run streamlit_app.py --server.port 8599"


@needs_make
def test_first_start_installs_and_fetches_the_second_starts_at_once(machine):
    """Also where there is no network: that the dataset could not be had is said, and asked for once only."""
    done, asked = machine("run", "PORT=8599")
    assert done.returncode == 0
    assert "http://localhost:8599" in done.stdout
    assert "Going on with the sample" in done.stdout
    assert [line for line in asked if "pip install" in line] == [
        "-m pip install --disable-pip-version-check -r requirements.txt"
    ]
    assert asked[-3:] == ["tools/port.py 8599", "-m core.data fetch", START]

    done, asked = machine("run", "PORT=8599")
    assert asked == ["tools/port.py 8599", START]


@needs_make
def test_changed_requirements_are_installed_and_touched_ones_are_not(machine):
    machine("setup")
    requirements = machine.folder / "requirements.txt"
    requirements.touch()
    assert machine("run")[1][0] == "tools/port.py 8501"
    requirements.write_text(requirements.read_text() + "# more\n")
    assert "pip install" in machine("run")[1][0]


@needs_make
def test_what_the_tests_need_includes_what_the_app_needs(machine):
    asked = machine("test")[1]
    assert "requirements-dev.txt" in asked[0]
    assert asked[-1] == "-m pytest -n 2 --dist loadfile --no-loadscope-reorder"
    assert machine("run")[1][0] == "tools/port.py 8501"


@needs_make
def test_machine_without_a_new_python_is_told(machine, tmp_path):
    shutil.rmtree(tmp_path / ".venv")
    (tmp_path / "log").touch()
    names = "cat cksum tr touch rm find awk sh"
    (tmp_path / "bin").mkdir()
    for name in names.split():
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    old = tmp_path / "bin" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")  # a Python older than 3.11 says no
    old.chmod(0o755)
    done = subprocess.run(
        [shutil.which("make"), "setup"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(tmp_path / "bin")},
    )
    assert done.returncode != 0
    assert done.stderr.startswith("Python 3.11 or newer is needed")
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("port", ["0", "65536", "abc", "", "-1", "80 80"])
def test_impossible_port_is_a_sentence(port):
    done = run(sys.executable, "tools/port.py", port)
    assert done.returncode == 1
    assert done.stderr.startswith("PORT must be a number from 1 to 65535")


def test_busy_port_is_a_sentence_with_a_way_out():
    with socket.socket() as server:
        server.bind(("", 0))
        server.listen()
        port = server.getsockname()[1]
        done = run(sys.executable, "tools/port.py", str(port))
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        rf"Port {port} is in use: choose another one, as in `make run PORT=\d+`\.\n", done.stderr
    )


def test_free_port_is_accepted_in_silence():
    with socket.socket() as server:
        server.bind(("", 0))
        port = server.getsockname()[1]
    done = run(sys.executable, "tools/port.py", str(port))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
