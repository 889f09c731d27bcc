"""The line tracer: it shows what the untraced program has, all of it, in bounded time and size."""

import ast
import json
import sys
import threading
import time

import pytest
import torch

from core.data.idx import idx_bytes
from core.data.sources import RAW, file_names
from core.errors import LessonInputError
from core.teaching.programs import PROGRAMS, VERSIONS, program
from core.teaching.snippets.dataset_root import dataset_root
from core.teaching.tracer import is_sample_instead, record, trace
from core.teaching.tracer import recorder as recording
from core.teaching.tracer.images import images_root
from core.teaching.tracer.recorder import Recorder
from core.teaching.tracer.rounds import flatten
from core.teaching.tracer.statements import Statements
from core.teaching.tracer.trace import MAX_BYTES, prepared
from core.teaching.tracer.values import Describer

EACH = [(each, version) for each in PROGRAMS for version in VERSIONS]
each_program = pytest.mark.parametrize(
    ("each", "version"), EACH, ids=[f"{each.name}-{version}" for each, version in EACH]
)
SMALL = {"images": 250}


def steps(data):
    """The steps of a packed trace by their names."""
    names = ("line", "last", "kind", "call", "places", "scope", "outside", "marks", "printed", "returned")
    return [dict(zip(names, step, strict=False)) for step in data["steps"]]


def names_at(data, step):
    """Every name in scope after a step, with its value."""
    return {
        name: data["values"][value]
        for table in (step["outside"], step["scope"])
        for name, value in data["scopes"][table]
    }


@each_program
def test_every_executable_line_is_visited(each, version):
    """100% of the lines for which the compiler made code, in what is played back."""
    data = trace(each, version, {}).data
    visited = {line for step in steps(data) for line in range(step["line"], step["last"] + 1)}
    assert set(data["executable"]) <= visited


class Probes(ast.NodeTransformer):
    """Puts a call after every simple statement, which tells the line and the names: another tracer."""

    SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr)

    def __init__(self):
        self.lines = set()

    def generic_visit(self, node):
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list):
                setattr(node, field, [new for old in body for new in self.probed(old)])
        return node

    def probed(self, statement):
        yield statement
        if isinstance(statement, self.SIMPLE):
            self.lines.add(statement.lineno)
            yield ast.parse(f"__probe__({statement.lineno}, locals())").body[0]


@each_program
def test_every_value_is_that_of_the_untraced_program(each, version, monkeypatch):
    """Each name after each simple statement of the whole run: descriptions with numbers to the last bit."""
    monkeypatch.setattr("core.teaching.tracer.rounds.FIRST_ROUNDS", 10**9)  # keep every round
    text = each.text(version, {name: value for name, value in SMALL.items() if name in each.settings})
    with prepared(text, each.files) as (code, namespace, output):
        tracer = Recorder(
            Statements(ast.parse(text)), Describer(output.hidden), lambda: len(output.pieces), 600
        )
        tracer.run(code, namespace)
        traced = [step for step, _ in flatten(tracer.root)]
        printed = output.pieces

    seen = []
    probes = Probes()
    with prepared(text, each.files, probes) as (code, namespace, output):
        describer = Describer(output.hidden)

        def probe(line, names):
            namespace["__builtins__"]["__probe__"] = lambda *_: None  # describing may run a transform
            seen.append((line, {name: describer.describe(value) for name, value in names.items()}))
            namespace["__builtins__"]["__probe__"] = probe

        namespace["__builtins__"]["__probe__"] = probe
        exec(code, namespace)
        assert output.pieces == printed

    lines = [
        step
        for step in traced
        if step.kind == "line" and step.line in probes.lines and step.function != "lambda" and not step.error
    ]
    assert [step.line for step in lines] == [line for line, _ in seen]
    compared = 0
    for step, (line, names) in zip(lines, seen, strict=True):
        shown = dict(step.scope) if step.function else dict(step.outside)
        for name, value in shown.items():
            assert value == names[name], (line, name)
            compared += 1
    assert compared > 20


def test_losses_are_equal_to_the_bit():
    """The loss of every batch of the quickstart, against the same lines without a tracer."""
    each = program("quickstart")
    data = trace(each, "today", SMALL).data
    text = each.text("today", SMALL).replace(
        "        loss.backward()", "        losses.append(loss.item())\n        loss.backward()"
    )
    with prepared(text, each.files) as (code, namespace, _):
        losses = namespace["losses"] = []
        exec(code, namespace)
    drawn = [value for _, value in data["series"]["train.loss"]]
    kept = [value for i, value in enumerate(drawn) if not i or value != drawn[i - 1]]  # `.item()` repeats it
    assert kept == losses
    shown = [
        float(names["loss"]["exact"])
        for step in steps(data)
        if "exact" in (names := names_at(data, step)).get("loss", {})
    ]
    assert set(shown) <= set(losses)
    assert len(set(shown)) >= 6


@each_program
def test_a_trace_is_small(each, version):
    made = trace(each, version, {})
    assert made.size <= MAX_BYTES
    assert made.size == len(json.dumps(made.data, separators=(",", ":"), ensure_ascii=False).encode())


def test_a_trace_is_quick():
    """The longest takes at most 2 s on two quiet cores; a busy machine may make twice as many of them.

    `python -m benchmarks.line_by_line` measures all of them.
    """
    each = program("quickstart")
    trace(each, "today", {})  # imports what the program imports
    start = time.thread_time()
    record(each.text("today"), each.files)
    assert time.thread_time() - start < 4


def test_the_largest_run_that_can_be_asked_for_is_small_as_well():
    made = record(program("quickstart").text("today", {"batch_size": 32}), ("model.pth",))
    assert made.size <= MAX_BYTES


def test_a_trace_is_made_once():
    assert trace(program("autograd"), "today", {}) is trace(program("autograd"), "today", {})


def test_nothing_else_is_disturbed():
    """The random state is as before, no trace function stays, and another thread is not traced."""
    torch.manual_seed(7)
    before, tracing = torch.get_rng_state(), sys.gettrace()
    others = []
    thread = threading.Thread(target=lambda: others.append(sys.gettrace()))
    record("import torch\ntorch.manual_seed(0)\nx = torch.rand(3)\n")
    thread.start()
    thread.join()
    assert torch.equal(before, torch.get_rng_state())
    assert sys.gettrace() is tracing
    assert others == [None]


LOOP = """import torch

for i in range(10):
    x = torch.ones(3 if i == 6 else 2)
    y = x * i
print(i)
"""


def test_a_loop_keeps_its_first_rounds_its_last_and_those_where_a_shape_changes():
    data = record(LOOP).data
    rounds = {
        tuple(data["places"][step["places"]][0]) for step in steps(data) if data["places"][step["places"]]
    }
    assert sorted(number for _, _, number, _ in rounds) == [1, 2, 7, 10]
    assert {total for *_, total in rounds} == {10}
    assert len(data["series"]["i"]) == 10  # what is drawn over time has every round


def test_calls_step_into_the_programs_own_functions():
    data = trace(program("build_model"), "today", {}).data
    inside = [step for step in steps(data) if data["calls"][step["call"]][1] == "forward"]
    assert [step["kind"] for step in inside] == ["call", "line", "line", "line"]
    shapes = [names_at(data, step)["x"]["shape"] for step in inside]
    assert shapes == [[1, 28, 28], [1, 784], [1, 784], [1, 784]]
    assert data["values"][inside[-1]["returned"]]["shape"] == [1, 10]


def test_gradients_are_shown_before_and_after():
    """`backward` makes them, `zero_grad` takes them away; the step says what the model was before."""
    data = trace(program("optimization"), "today", {}).data
    norms = {}
    for step in steps(data):
        line = data["code"][step["line"] - 1].strip()
        for name, local, before in step["marks"]:
            if name == "model" and local and step["kind"] == "line":
                now = names_at(data, step)["model"]["layers"][1]["parameters"][0]["grad_norm"]
                was = data["values"][before]["layers"][1]["parameters"][0]["grad_norm"]
                norms.setdefault(line, []).append((was, now))
    assert all(was is None and now > 0 for was, now in norms["loss.backward()"])
    assert all(was == now > 0 for was, now in norms["optimizer.step()"])
    assert all(was > 0 and now is None for was, now in norms["optimizer.zero_grad()"])


def test_memory_shared_with_numpy_is_seen_to_change():
    data = trace(program("tensors"), "today", {}).data
    added = next(s for s in steps(data) if data["code"][s["line"] - 1].startswith("np.add"))
    assert {name for name, _, _ in added["marks"]} == {"n", "t"}


def test_an_error_that_the_program_catches_is_shown_where_it_was_raised():
    data = trace(program("autograd"), "today", {}).data
    raised = [step for step in data["steps"] if step[10]]
    assert len(raised) == 1
    assert data["code"][raised[0][0] - 1].strip() == "loss.backward()"
    assert raised[0][10].startswith("RuntimeError: Trying to backward through the graph a second time")


def test_paths_of_the_server_are_not_shown():
    for each, version in EACH:
        text = json.dumps(trace(each, version, {}).data)
        assert "/tmp/" not in text
        assert "line-by-line-" not in text
        assert "fashion-mnist-" not in text


def test_a_program_that_runs_too_long_ends_with_a_sentence(monkeypatch):
    monkeypatch.setattr(recording, "MAX_EVENTS", 1_000)
    with pytest.raises(LessonInputError, match="fewer images"):
        record("i = 0\nwhile True:\n    try:\n        i += 1\n    except Exception:\n        pass\n")


def test_the_chain_ends_with_a_right_prediction():
    """Trained, saved, loaded into a new network: the first test image is an ankle boot, and it says so."""
    for version in VERSIONS:
        output = trace(program("quickstart"), version, {}).data["output"]
        assert output[-1] == 'Predicted: "Ankle boot", actual: "Ankle boot"\n'


def test_a_program_that_fails_ends_with_a_sentence():
    with pytest.raises(LessonInputError, match="IndexError"):
        record("numbers = [1, 2]\nprint(numbers[5])\n")


def test_programs_run_on_the_sample_where_the_dataset_is_too_small(
    tmp_path, monkeypatch, sample_train, sample_test
):
    """A dataset of 100 images is too small for 1,000: the sample takes its place, and the page can say so."""
    folder = tmp_path / RAW
    folder.mkdir(parents=True)
    for train, split in ((True, sample_train), (False, sample_test)):
        images, labels = file_names(train)
        (folder / images).write_bytes(idx_bytes(split.images[:100]))
        (folder / labels).write_bytes(idx_bytes(split.labels[:100].byte()))
    monkeypatch.setenv("FASHION_MNIST_ROOT", str(tmp_path))
    dataset_root.cache_clear()
    images_root.cache_clear()
    try:
        assert is_sample_instead()
        assert trace(program("optimization"), "today", SMALL).size < MAX_BYTES
    finally:
        dataset_root.cache_clear()
        images_root.cache_clear()
