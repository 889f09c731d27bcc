"""Runs the clinic's programs, and keeps what each raised.

`python -m core.teaching.clinic` writes `raised.json`.

The messages kept are those of the PyTorch named in the file; a test runs every program again on the PyTorch
installed and compares.
"""

import builtins
import json
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import torch

from core.teaching.clinic.kind import Kind
from core.teaching.clinic.wording import find
from core.teaching.snippets.chance import OwnChance

RAISED: Final = Path(__file__).with_name("raised.json")
MAX_SECONDS: Final = 240

# Imports PyTorch once, then runs each program in a fork of itself, so that one can change what belongs to
# the whole process, or end it.
_RUNNER: Final = """
import os, pathlib, runpy, sys, traceback
import torch, torchvision

for file in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    child = os.fork()
    if child == 0:
        with open(file.with_suffix(".txt"), "w") as said:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            if file.stem in sys.argv[2:]:  # it is about importing, so it must not find PyTorch imported
                os.execv(sys.executable, [sys.executable, str(file)])
            try:
                runpy.run_path(str(file), run_name="__main__")
                code = 0
            except BaseException:
                traceback.print_exc()
                code = 1
            sys.stderr.flush()
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    file.with_suffix(".rc").write_text(str(code))
"""


@lru_cache(maxsize=1)
def _kept() -> Mapping[str, Mapping[str, str]]:
    known: Mapping[str, Mapping[str, str]] = json.loads(RAISED.read_text(encoding="utf-8"))
    return known


def raised(name: str) -> str:
    """The message with which the program of a kind ended; empty where no machine of ours raises it."""
    return _kept()["messages"].get(name, "")


def raised_with() -> str:
    """The version of PyTorch that raised the messages."""
    return _kept()["about"]["torch"]


def run_here(program: str) -> tuple[str, str]:
    """Run a program of ours in this process, in milliseconds.

    Returns:
        Its error's name and message, empty if there was none; and what it printed.
    """
    printed: list[str] = []
    with OwnChance() as chance:
        own = {
            **vars(builtins),
            "print": lambda *values: printed.append(" ".join(map(str, values))),
            "__import__": chance.importing,
        }
        namespace = {"__name__": "__main__", "__builtins__": own}
        try:
            exec(compile(program, "<program>", "exec", dont_inherit=True), namespace)
        except Exception as error:
            return "".join(traceback.format_exception_only(error)).removesuffix("\n"), "\n".join(printed)
    return "", "\n".join(printed)


def run_apart(programs: Mapping[str, str]) -> dict[str, str]:
    """Run programs of ours, each in its own process; what each printed if it failed, else an empty text."""
    return {key: said if failed else "" for key, (failed, said) in run_each(programs).items()}


def run_each(programs: Mapping[str, str]) -> dict[str, tuple[bool, str]]:
    """Run programs of ours, each in its own process and all in one temporary folder.

    Returns:
        By key, whether the program failed, and what it printed.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for key, program in programs.items():
            (folder / f"{key}.py").write_text(program, encoding="utf-8")
        fresh = [key for key, program in programs.items() if "sys.path" in program]
        subprocess.run(
            [sys.executable, "-c", _RUNNER, name, *fresh],
            check=True,
            timeout=MAX_SECONDS,
            cwd=name,
            capture_output=True,
        )
        return {
            key: (
                (folder / f"{key}.rc").read_text() != "0",
                (folder / f"{key}.txt").read_text(encoding="utf-8").replace(name, ""),
            )
            for key in programs
        }


def error_of(kind: Kind, printed: str) -> str:
    """The error of this kind in what its program printed, with all its lines; else the last error."""
    lines = printed.strip().split("\n")
    found = ""
    for number in range(len(lines) - 1, -1, -1):
        head = lines[number].split(":")[0].rpartition(".")[2]
        if not head.endswith(("Error", "Warning", "Exception", "Unsupported", "StopIteration")) or lines[
            number
        ].startswith(" "):
            continue
        message = "\n".join(lines[number : number + 8]).partition("\nTraceback")[0].strip()
        found = found or message
        flat = " ".join(message.split())
        if any(find(wording, flat, flat.lower()) for wording in kind.wordings):
            return message
    return found


def gather(kinds: Mapping[str, Kind]) -> dict[str, object]:
    """Run the program of every kind that this machine can raise, and give what `raised.json` holds."""
    both = {name: run_here(kind.program) for name, kind in kinds.items() if kind.runs == "here"}
    here = {
        name: error or (printed if kinds[name].symptom else "") for name, (error, printed) in both.items()
    }
    apart = run_apart({name: kind.program for name, kind in kinds.items() if kind.runs == "apart"})
    packages = (
        f"{Path(torch.__file__).parents[1]}/"  # where PyTorch lies on this machine is no part of a message
    )
    messages = here | {
        name: error_of(kinds[name], printed.replace(packages, "")) for name, printed in apart.items()
    }
    return {
        "about": {"torch": str(torch.__version__)},
        "messages": {name: messages[name] for name in kinds if name in messages},
    }
