"""The promise of every teaching page: the code that is shown is the code that ran, wherever it is run."""

import ast
import contextlib
import functools
import importlib.util
import io
import json
import logging
import re
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import tokenize
from pathlib import Path
from typing import Any

import pytest
import torch

from core.errors import LessonInputError
from core.teaching.lessons import lessons
from core.teaching.snippets import Lesson, Step, StepResult, execute, run_step, to_notebook, to_script
from core.teaching.snippets.dataset_root import dataset_root
from core.teaching.snippets.params import Bool, DataFolder, Typed
from core.teaching.snippets.runner import MAX_PRINTED, execute_apart, run_program
from tests.core.teaching.test_notebooks import LESSONS as IN_JUPYTER

# As for a reader of the script: what libraries say among themselves about coming versions is not an error.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SLOW = 2.0  # seconds after which a step is not tried with yet more values

LESSONS = lessons()
STEPS = [pytest.param(step, id=f"{lesson.name}-{step.name}") for lesson in LESSONS for step in lesson.steps]

DRIVER = '''
"""Runs the files named on standard input, each in a namespace of its own, and says what each cell printed."""
import contextlib, io, json, sys

for name in json.load(sys.stdin):
    with open(name, encoding="utf-8") as file:
        text = file.read()
    if name.endswith(".ipynb"):
        cells = ["".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
    else:
        cells = [text]
    namespace, printed, error = {"__name__": "__main__"}, [], None
    for cell in cells:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            try:
                exec(compile(cell, name, "exec"), namespace)
            except Exception as raised:
                error = error or f"{type(raised).__name__}: {raised}"
        printed.append(out.getvalue())
    print(json.dumps({"name": name, "printed": printed, "error": error}))
'''


@pytest.fixture(autouse=True)
def quiet_autograd():
    """Where a broken snippet ends before it has switched PyTorch's logger off again, this does."""
    yield
    logger = logging.getLogger("torch.autograd.graph")
    logger.setLevel(logging.NOTSET)
    logger.propagate = True
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)


def combinations(step: Step) -> list[dict]:
    """The initial values, and every value of each widget in turn."""
    grids = [{name: value} for name, param in step.params.items() for value in param.grid()]
    return [{}, *grids]


def pattern(result: StepResult) -> str:
    """What a run must print, as a regular expression; digits are free where the step measures."""
    text = re.escape(result.stdout)
    return (
        re.sub(r"(\\ )*\d[\d.,]*(e\\?[+-]\d+)?", r"[\\d.,e+ -]+", text.replace(r"\.", "."))
        if result.step.varies
        else text
    )


def in_a_file(code: str) -> tuple[str, dict[str, Any], str | None]:
    """Run `code` as a file would, in a folder of its own: with PyTorch's global generator, then put back."""
    buffer, namespace = io.StringIO(), {}
    with torch.random.fork_rng(devices=[]), tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        error = run_program(code, namespace, functools.partial(print, file=buffer))
    return buffer.getvalue()[:MAX_PRINTED], namespace, error


def chain_of(result: StepResult) -> list[StepResult]:
    """The results of the steps that this one goes on from, and its own."""
    before = result.step.chain[:-1]
    return [*(run_step(s, **{n: result.inputs[n] for n in s.params}) for s in before), result]


def problem(step: Step, code: str, shown: StepResult) -> str | None:
    """What is wrong with `code` as the program behind what a page shows; `None` if nothing is.

    The whole program prints what the steps before it print, and then what the page shows of this one.
    """
    stdout, namespace, error = in_a_file(code)
    if error != shown.error:
        return error or "it should have failed"
    if re.fullmatch("".join(map(pattern, chain_of(shown))), stdout) is None:
        return f"it printed {stdout!r}"
    for name, value in shown.values.items():
        if name not in namespace:
            return f"it made no {name}"
        compared = isinstance(value, torch.Tensor) and not step.varies
        if compared and not torch.equal(value, namespace[name]):
            return f"it made another {name}"
    return None


@pytest.mark.parametrize("step", STEPS)
def test_a_snippet_runs_by_itself_and_gives_what_the_page_shows(step: Step) -> None:
    """For every value of every widget the shown text, run in a fresh namespace, gives the shown result.

    And the process's random generator is as it was before, so that nobody else's numbers depend on a click.
    """
    started = time.perf_counter()
    for at, values in enumerate(combinations(step)):
        if at > 1 and time.perf_counter() - started > SLOW:
            break  # a step that trains: its initial values and one other have been tried
        before = torch.random.get_rng_state()
        shown = run_step(step, **values)
        assert torch.equal(before, torch.random.get_rng_state()), "the global generator was left changed"
        # An index may not fit the tensor's shape, or may be beyond the 1,000 test images of the sample.
        fallible = any(isinstance(param, Typed | DataFolder) for param in step.params.values())
        assert shown.error is None or (fallible and shown.error.startswith("PyTorch says")), (
            values,
            shown.error,
        )
        assert problem(step, shown.code, shown) is None, values


UNNOTICED = {
    ("logging_backward", "propagate"): "it only keeps PyTorch's own lines off the terminal",
    ("whole_model", "model"): "the line raises before it binds the name",
    ("choices", "value"): "plain SGD remembers nothing, so the loop's body does not run",
    ("loading", "model"): "the name is bound already, to the network whose weights are loaded",
}
"""Names that may be misspelled where nothing can tell: the step's name and the name in it, and why."""


@pytest.mark.parametrize("step", STEPS)
def test_one_broken_character_is_noticed(step: Step) -> None:
    """A snippet with one character of one name changed does not pass for the one that the page shows."""
    values = {name: True for name, param in step.params.items() if isinstance(param, Bool)}
    shown = run_step(step, **values)
    broken = list(_with_one_character_changed(len(step.snippet(**values).body.splitlines()), shown.code))
    quick = step.function.__module__.split(".")[-1].startswith(("tensors", "autograd"))
    few = 1 if step.heavy else 2  # each runs all of what comes before it once more
    kept = broken if quick else broken[:: max(1, len(broken) // 3)][:few]
    if step.varies:
        kept = kept[:2]
    assert kept
    for code in kept:
        pairs = zip(re.findall(r"\w+", shown.code), re.findall(r"\w+", code), strict=True)
        name = next(right for right, wrong in pairs if right != wrong)
        assert problem(step, code, shown) is not None or (step.name, name) in UNNOTICED, code


def _with_one_character_changed(length: int, code: str):
    """The snippet again and again, each time with another name in its last `length` lines misspelt."""
    body = code.splitlines()[-length:]
    start = len(code.splitlines()) - len(body)
    seen: dict[str, tuple[int, int]] = {}
    handler, depth = False, 0
    for token in tokenize.generate_tokens(io.StringIO("\n".join(body) + "\n").readline):
        if token.type == tokenize.NAME and token.start[1] == 0:
            handler = False
        depth += (token.string in "([{") - (token.string in ")]}") if token.type == tokenize.OP else 0
        looped = depth > 0 and " for " in token.line  # a comprehension over something that may be empty
        looped |= " if " in token.line and " else " in token.line  # the side that is not taken never runs
        handler |= token.string in ("except", "if", "elif", "else", "lambda")  # a branch that may not run
        if token.type == tokenize.NAME and not handler and not looped and len(token.string) > 1:
            seen.setdefault(token.string, token.start)
    lines = code.splitlines()
    for name, (row, column) in seen.items():
        line = lines[start + row - 1]
        changed = line[:column] + ("q" if name[0] != "q" else "z") + line[column + 1 :]
        yield "\n".join([*lines[: start + row - 1], changed, *lines[start + row :]]) + "\n"


def _written(folder: Path) -> dict[str, tuple[Lesson, dict]]:
    """Every lesson as a script and a notebook; the two quick ones also with the last value of each widget."""
    written = {}
    for lesson in LESSONS:
        settings = {"first": {}}
        if lesson.name in ("tensors", "autograd"):
            settings["last"] = {
                step.name: {name: p.grid()[-1] for name, p in step.params.items() if not isinstance(p, Typed)}
                for step in lesson.steps
                if not step.varies
            }
        for title, values in settings.items():
            for suffix, make in ((".py", to_script), (".ipynb", to_notebook)):
                if suffix == ".ipynb" and lesson in IN_JUPYTER:
                    continue  # `test_notebooks` runs it
                name = f"{lesson.name}_{title}{suffix}"
                (folder / name).write_text(make(lesson, values), encoding="utf-8")
                written[name] = (lesson, values)
    return written


def test_downloads_print_what_the_page_shows(tmp_path: Path) -> None:
    """Every page's script and notebook, run in another process that knows nothing of this project."""
    written = _written(tmp_path)
    (tmp_path / "data").symlink_to(dataset_root())
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input=json.dumps(list(written)),
        cwd=tmp_path,
        text=True,
        capture_output=True,
        timeout=150,
    )
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(reports) == len(written), done.stderr[-2000:]
    for report in reports:
        lesson, values = written[report["name"]]
        assert report["error"] is None, report
        shown = [run_step(step, **values.get(step.name, {})) for step in lesson.steps]
        if report["name"].endswith(".py"):
            assert re.fullmatch("".join(map(pattern, shown)), "".join(report["printed"])), report["name"]
        else:
            assert report["printed"][0] == ""  # the imports
            for result, printed in zip(shown, report["printed"][1:], strict=True):
                assert re.fullmatch(pattern(result), printed), (report["name"], result.step.name)


def test_a_script_runs_as_a_file(tmp_path: Path) -> None:
    """`python tensors.py`, as a reader would run it, prints what the page shows."""
    lesson = next(lesson for lesson in LESSONS if lesson.name == "tensors")
    (tmp_path / "tensors.py").write_text(to_script(lesson), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "tensors.py"], cwd=tmp_path, text=True, capture_output=True, timeout=100
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert re.fullmatch("".join(pattern(run_step(step)) for step in lesson.steps), done.stdout)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_script_holds_every_body_as_shown(lesson: Lesson) -> None:
    """The lines of each step are in the download, to the character."""
    script, notebook = to_script(lesson), json.loads(to_notebook(lesson))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for step in lesson.steps:
        body = step.snippet(portable=True).body
        assert body in script
        assert sum(body in cell for cell in cells) >= 1


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_script_reads_each_split_at_most_once(lesson: Lesson) -> None:
    """What was loaded is passed on, or given another transform; it is not read from its files again."""
    calls = [node for node in ast.walk(ast.parse(to_script(lesson))) if isinstance(node, ast.Call)]
    loaded = [
        keyword.value.value
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "FashionMNIST"
        for keyword in call.keywords
        if keyword.arg == "train"
    ]
    assert len(loaded) == len(set(loaded)), loaded


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_notebook_is_valid(lesson: Lesson) -> None:
    """The fields that nbformat 4.5 requires, with unique cell ids and no outputs."""
    notebook = json.loads(to_notebook(lesson))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in notebook["cells"]:
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell["id"])
        assert isinstance(cell["source"], list)
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize("step", STEPS)
def test_a_snippet_needs_nothing_of_this_project(step: Step) -> None:
    """No download imports `core` or `ui`."""
    assert not re.search(r"^\s*(from|import) (core|ui|pages)\b", step.code(), re.MULTILINE)


def test_printing_in_many_threads_does_not_mix() -> None:
    """Each run keeps its own output, also when many visitors run snippets at once."""
    code = "import time\nfor i in range(20):\n    print(NAME, i)\n    time.sleep(0.001)\n"
    printed = {}

    def run(name: int) -> None:
        printed[name] = execute(code.replace("NAME", str(name)))[0]

    threads = [threading.Thread(target=run, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert printed == {name: "".join(f"{name} {i}\n" for i in range(20)) for name in range(8)}


def test_settings_out_of_range_are_refused_in_a_sentence() -> None:
    """What is not among a step's values never becomes code."""
    lesson = next(lesson for lesson in LESSONS if lesson.name == "tensors")
    for name, values in (
        ("like_another", {"seed": 10**9}),
        ("like_another", {"seed": True}),
        ("like_another", {"dtype": "torch.float32); print(1"}),
        ("joining", {"dim": 2}),
        ("joining", {"dim": "0"}),
        ("joining", {"size": 2}),
        ("from_data", {"data": "__import__('os')"}),
    ):
        with pytest.raises(LessonInputError) as error:
            lesson.step(name).code(**values)
        assert str(error.value).endswith(".")


@pytest.mark.parametrize("step", [p for p in STEPS if p.values[0].heavy and not p.values[0].varies])
def test_what_runs_apart_can_be_sent_back(step: Step) -> None:
    """Values are packed and read as between the processes: with nothing but tensors and plain values."""

    def compute(target: str, **arguments: Any) -> Any:
        ended = execute_apart(**arguments, report=lambda share: None)
        file = io.BytesIO()
        torch.save(ended, file)
        file.seek(0)
        return torch.load(file, weights_only=True)

    result = run_step(step, fresh=True, compute=compute)
    assert result.error is None
    assert result.stdout == run_step(step).stdout


def test_results_are_kept_within_a_bound() -> None:
    """The same text is run once; the store of results does not grow without end."""
    from core.teaching.snippets import runner

    lesson = next(lesson for lesson in LESSONS if lesson.name == "tensors")
    step = lesson.step("from_data")
    assert run_step(step, data="[1, 2]") is run_step(step, data="[1,2]")
    assert run_step(step, data="[1, 2]", fresh=True) is run_step(step, data="[1,2]")
    for number in range(runner.MAX_CACHED + 20):
        run_step(step, data=str(number))
    assert len(runner._cache) <= runner.MAX_CACHED


def test_the_lesson_in_the_contributing_guide_works(tmp_path):
    """Its module runs as written; its page names what it uses; its line fits the list of pages."""
    guide = (Path(__file__).resolve().parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    module, page, line = (
        textwrap.dedent(block)
        for block in re.findall(r"   ```(?:python|text)\n(.*?)   ```", guide, re.DOTALL)
    )
    path = tmp_path / "broadcasting.py"
    path.write_text(module)
    spec = importlib.util.spec_from_file_location("broadcasting", path)
    lesson = importlib.util.module_from_spec(spec)
    sys.modules["broadcasting"] = lesson
    try:
        spec.loader.exec_module(lesson)
        (step,) = lesson.LESSON.steps
        assert run_step(step, rows=5).stdout == "torch.Size([5, 4])\n"
    finally:
        del sys.modules["broadcasting"]
    assert f"steps.{step.name}" in page
    compile(page, "page", "exec")
    assert ast.literal_eval(line.strip().removeprefix("Entry").rstrip(","))[0] == lesson.LESSON.name
