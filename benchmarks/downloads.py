"""Every page's downloads, run as a reader runs them: do they print what the page shows?

`python -m benchmarks.downloads [--pages NAME ...] [--short] [--part K/N]`

Each file is run in a folder of its own that holds nothing but the dataset, as `data`: a script by a fresh
Python, a notebook by Jupyter (nbclient). All compute on one thread, as the pages' snippets do: several add
up in another order. Prints one JSON line per page: how many files, the seconds they took, and of those that
failed or printed something else, how it ended. `--short` adds the programs of single steps: the answers to
the questions, both programs of each mistake, the pipelines, the network's class, what was pressed in the
step debugger, and the error clinic's programs, faulty and cured. The clinic's are many and small: each has
a process of its own, but one that was forked after PyTorch's import. `--part 2/4` takes the second quarter
of each page's files.
"""

import argparse
import asyncio
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from typing import Final

import nbformat
import torch
from nbclient import NotebookClient

from core.config import Change, DataConfig, TrainConfig
from core.data import load_split
from core.exchange import to_loading_script, to_notebook, to_script
from core.model import NeuralNetwork
from core.model.class_code import class_code, printed
from core.teaching import snippets
from core.teaching.clinic import KINDS, raised, run_here
from core.teaching.clinic.raised import error_of, run_each
from core.teaching.debugger import SLIPS, Debugger, replay
from core.teaching.lessons import lessons
from core.teaching.mistakes import MISTAKES, run_loop
from core.teaching.programs import PROGRAMS, VERSIONS, Program
from core.teaching.questions import pages, questions, run_question
from core.teaching.snippets.dataset_root import dataset_root
from core.teaching.tracer import trace
from core.teaching.transforms import PRESETS, Pipeline, program, read_pipeline
from core.training.engine import run_training

LIMIT: Final = 600
"""Seconds that one file may take."""
AT_ONCE: Final = 40
"""Programs of the clinic that one process forks, one after the other."""
_NUMBER: Final = re.compile(r" *\d[\d.,]*(e[+-]\d+)?")
_PLACE: Final = re.compile(r"0x[0-9a-f]+|/tmp/\S*|\d+")


@dataclass(frozen=True, kw_only=True)
class Download:
    """One file that a page offers."""

    page: str
    """The page's stem."""
    name: str
    """The file's name."""
    text: str
    """What is in it."""
    shown: Callable[[], str]
    """Gives what the page shows of its output."""
    read: Callable[[str], str] = str
    """What is compared, of either text: all of it, or what can be the same twice."""
    error: bool = False
    """Whether it is to end in an error; its last line is then the last line that the page shows."""


def without_digits(text: str) -> str:
    """A text that holds measured times, without its numbers."""
    return _NUMBER.sub(" #", text)


def losses(text: str) -> str:
    """The losses of a run's epochs, to four decimals."""
    return " ".join(f"{float(loss):.4f}" for loss in re.findall(r"(?:train|test) loss ([\d.]+)", text))


def of_lessons() -> Iterator[Download]:
    """The snippets of each page together, as a script and as a notebook."""
    for lesson in lessons():
        read = without_digits if any(step.varies for step in lesson.steps) else str
        for suffix, make in ((".py", snippets.to_script), (".ipynb", snippets.to_notebook)):
            shown = functools.partial(_printed_by_steps, lesson)
            yield Download(
                page=lesson.name, name=lesson.name + suffix, text=make(lesson), shown=shown, read=read
            )


def _printed_by_steps(lesson: snippets.Lesson) -> str:
    return "".join(snippets.run_step(step).stdout for step in lesson.steps)


def of_programs() -> Iterator[Download]:
    """The program of each section of the tutorial, in both versions."""
    for each in PROGRAMS:
        for version in VERSIONS:
            shown = functools.partial(_printed_under_the_tracer, each, version)
            for suffix, text in ((".py", each.text(version)), (".ipynb", each.notebook(version))):
                yield Download(
                    page="line_by_line", name=f"{each.name}_{version}{suffix}", text=text, shown=shown
                )


def _printed_under_the_tracer(each: Program, version: str) -> str:
    output = trace(each, version, {}).data["output"]
    return "".join(piece for piece in output if isinstance(piece, str))


def of_runs() -> Iterator[Download]:
    """A short run and a fork of it, and the program that reads a run's weights."""
    plain = replace(TrainConfig.tutorial(), device="cpu", threads=1, data=DataConfig(limit=640), epochs=2)
    fork = replace(plain, changes=(Change(epoch=1, lr=0.01),))
    for name, config in (("run", plain), ("fork", fork)):
        shown = functools.partial(_losses_of_the_app, config)
        for page, suffix, text in (
            ("training", ".py", to_script(config)),
            ("checkpoints", ".ipynb", to_notebook(config)),
        ):
            yield Download(page=page, name=name + suffix, text=text, shown=shown, read=losses)
    load = to_loading_script(plain.model, plain.data.normalize)
    yield Download(page="checkpoints", name="load_model.py", text=load, shown=str, read=lambda text: "")


def _losses_of_the_app(config: TrainConfig) -> str:
    """Of the same run in the app: the downloads take the test images of the dataset in use, all of them."""
    history = run_training(config, train_split=load_split(True), test_split=load_split(False)).history
    return "".join(
        f"train loss {record.train_loss:.8f}, test loss {record.test_loss:.8f}\n" for record in history
    )


def of_single_steps() -> Iterator[Download]:
    """Small programs: questions, mistakes, pipelines, the tutorial's class."""
    for page in pages():
        for asked in questions(page):
            yield Download(
                page=page,
                name=f"{page}_{asked.name}.py",
                text=asked.step.snippet(portable=True).code,
                shown=functools.partial(lambda asked: run_question(asked).printed + "\n", asked),
            )
    for name, mistake in MISTAKES.items():
        here, portable = mistake.programs(), mistake.programs(portable=True)
        for kind, ran, text in zip(("correct", "mistaken"), here, portable, strict=True):
            yield Download(
                page="mistakes",
                name=f"{name}_{kind}.py",
                text=text,
                shown=functools.partial(_printed_by_a_loop, ran),
                error=kind == "mistaken" and mistake.effect is None,
            )
    for name, spec in PRESETS.items():
        pipeline = read_pipeline(spec)
        yield Download(
            page="transforms",
            name=f"pipeline_{name}.py",
            text=program.to_code(pipeline, index=0, train=True, seed=0, draws=2),
            shown=functools.partial(_printed_by_a_pipeline, pipeline),
            error=name == "The wrong order",
        )
    for number, actions in enumerate(("flbszx", *SLIPS.values()), start=1):
        debugger = replay(load_split(True), actions)
        yield Download(
            page="optimization",
            name=f"optimization_my_steps_{number}.py",
            text=debugger.script(),
            shown=functools.partial(_shown_by_the_debugger, debugger),
            read=_end_and_errors,
        )
    model = TrainConfig.tutorial().model
    shown = functools.partial(lambda text: text + "\n", printed(model))
    yield Download(page="model", name="network.py", text=class_code(model), shown=shown)


def _shown_by_the_debugger(debugger: Debugger) -> str:
    errors = "".join(f"{event.error}\n" for event in debugger.events if event.error)
    return f"{errors}{debugger.value} {debugger.gradient is not None}\n"


def _end_and_errors(text: str) -> str:
    """How many lines ended in an error, and the last line: the parameter, and whether it has a gradient."""
    return f"{text.count('Error')} errors, {text.strip().splitlines()[-1]}"


def wrong_in_the_clinic(number: int, parts: int) -> tuple[int, dict[str, str]]:
    """Run the clinic's programs that a machine like this one can run, each faulty and cured.

    Args:
        number: Which part of them, from 1.
        parts: How many parts there are.

    Returns:
        How many programs, and what is wrong with those that did something else than the page says.
    """
    kinds = [kind for kind in KINDS.values() if kind.program and kind.runs != "elsewhere"][
        number - 1 :: parts
    ]
    wrong = {}
    for start in range(0, len(kinds), AT_ONCE // 2):
        some = kinds[start : start + AT_ONCE // 2]
        ran = run_each(
            {kind.name: kind.program for kind in some} | {f"{kind.name}_cured": kind.cured() for kind in some}
        )
        for kind in some:
            failed, said = ran[kind.name]
            error, printed_here = run_here(kind.program) if kind.runs == "here" else (raised(kind.name), "")
            got = error_of(kind, said) if failed or kind.runs == "apart" else said
            if _named(got) != _named(error or printed_here):
                wrong[f"{kind.name}.py"] = f"it ended with {got!r} where the page shows {error!r}"
            if ran[f"{kind.name}_cured"][0]:
                wrong[f"{kind.name}_cured.py"] = ran[f"{kind.name}_cured"][1][-300:]
    return 2 * len(kinds), wrong


def _named(message: str) -> str:
    """The line of a message that names the error, without what differs from run to run.

    Lines before it that stand further in show where a text is wrong. Left out are addresses, process
    numbers and folders.
    """
    lines = message.rstrip().splitlines()
    return _PLACE.sub("#", next((line for line in lines if line[:1].strip()), ""))


def _printed_by_a_pipeline(pipeline: Pipeline) -> str:
    ran = program.run_pipeline(pipeline, index=0, train=True, seed=0, draws=2, root=dataset_root())
    return ran.printed + ran.error


def _printed_by_a_loop(text: str) -> str:
    ran = run_loop(text)
    return ran.printed + ran.error


def run(download: Download, folder: Path) -> str:
    """Run a file in its folder, and give what is wrong with what it did; nothing if all is right."""
    (folder / "data").symlink_to(dataset_root())
    if download.name == "load_model.py":  # it reads what a run of the same network has saved
        torch.save(NeuralNetwork().state_dict(), folder / "model.pth")
    path = folder / download.name
    path.write_text(download.text, encoding="utf-8")
    try:
        text = _in_jupyter(path) if path.suffix == ".ipynb" else _as_a_script(path, download.error)
    except Exception as raised:
        return f"{type(raised).__name__}: {str(raised)[-300:]}"
    if download.error:
        expected, last = download.shown(), text.strip().splitlines()[-1]
        words = last.partition(": ")[2].rstrip(".") or last
        return "" if words in " ".join(expected.split()) else f"it ended with {last!r}"
    shown, got = download.read(download.shown()), download.read(text)
    if shown == got:
        return ""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(shown, got, strict=False)))
    there, here = (part[max(0, same - 30) : same + 60] for part in (got, shown))
    return f"it printed {there!r} where the page shows {here!r}"


def _as_a_script(path: Path, error: bool) -> str:
    """What a script prints, in a process of its own that knows nothing of this project."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, path.name],
        cwd=path.parent,
        env={**environment, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    if (done.returncode != 0) != error:
        raise RuntimeError(done.stderr or "It should have ended in an error.")
    return done.stdout + (done.stderr if error else "")


def _in_jupyter(path: Path) -> str:
    """What a notebook's cells print, one after the other."""
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(notebook, timeout=LIMIT, resources={"metadata": {"path": str(path.parent)}})
    asyncio.run(client.async_execute())
    outputs = [out for cell in notebook["cells"] for out in cell.get("outputs", ())]
    return "".join(out["text"] for out in outputs if out.get("name") == "stdout")


def main() -> None:
    """Run the files of the pages that are asked for, and print a line for each page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", nargs="+", default=[], help="only these")
    parser.add_argument("--short", action="store_true", help="the programs of single steps as well")
    parser.add_argument("--part", default="1/1", help="the K-th of N parts of each page's files, as K/N")
    options = parser.parse_args()
    number, parts = map(int, options.part.split("/"))
    os.environ["OMP_NUM_THREADS"] = "1"  # of the files
    torch.set_num_threads(1)
    makers = [of_lessons, of_programs, of_runs, *([of_single_steps] if options.short else [])]
    by_page: dict[str, list[Download]] = {}
    for download in (found for make in makers for found in make()):
        by_page.setdefault(download.page, []).append(download)
    for page, downloads in by_page.items():
        if not options.pages or page in options.pages:
            _report(page, functools.partial(_wrong, downloads[number - 1 :: parts]))
    if options.short and (not options.pages or "error_clinic" in options.pages):
        _report("error_clinic", functools.partial(wrong_in_the_clinic, number, parts))


def _wrong(downloads: list[Download]) -> tuple[int, dict[str, str]]:
    """How many files there are, and what is wrong with those that did something else."""
    wrong = {}
    for download in downloads:
        with tempfile.TemporaryDirectory(prefix="pytorch-basics-") as folder:
            if problem := run(download, Path(folder)):
                wrong[download.name] = problem
    return len(downloads), wrong


def _report(page: str, judge: Callable[[], tuple[int, dict[str, str]]]) -> None:
    start = time.perf_counter()
    files, wrong = judge()
    seconds = round(time.perf_counter() - start, 1)
    figures = {"page": page, "files": files, "seconds": seconds, "ok": not wrong}
    print(
        json.dumps({"benchmark": "downloads", **figures, **({"wrong": wrong} if wrong else {})}), flush=True
    )


if __name__ == "__main__":
    main()
