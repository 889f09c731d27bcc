"""The step debugger does what plain PyTorch does, to the bit, in any order; and says why."""

import contextlib
import io
import random
from dataclasses import replace

import pytest
import torch
from torch import nn

from core.config import ModelConfig
from core.errors import ConfigError, LessonInputError
from core.model import build
from core.teaching.debugger import (
    BATCH,
    BATCHES,
    MAX_ACTIONS,
    WATCHABLE,
    Action,
    Debugger,
    loop_lines,
    parse_actions,
    replay,
)
from core.teaching.lessons.optimization import one_round
from core.teaching.snippets import execute, run_step
from core.training.engine.batches import to_input

OPTIMIZERS = {
    "SGD": lambda parameters: torch.optim.SGD(parameters, lr=0.1),
    "SGD, momentum 0.9": lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9),
    "Adam": lambda parameters: torch.optim.Adam(parameters, lr=0.003),
}


class Plain:
    """The same operations written down by hand: no line of the debugger is used."""

    def __init__(self, split, seed, optimizer):
        generator = torch.Generator().manual_seed(seed)
        self.model = build(ModelConfig(architecture="mlp", hidden=(32,)), generator)
        self.optimizer = OPTIMIZERS[optimizer](self.model.parameters())
        self.split, self.taken, self.pred, self.loss = split, 0, None, None
        self.do("x")

    def do(self, action):
        """One operation; gives whether PyTorch refused it."""
        try:
            if action == "x":
                start = self.taken % BATCHES * BATCH
                self.taken += 1
                self.X = to_input(self.split.images[start : start + BATCH])
                self.y = self.split.labels[start : start + BATCH]
            elif action == "f":
                self.pred = self.model(self.X)
            elif action == "l":
                self.loss = nn.CrossEntropyLoss()(self.pred, self.y)
            elif action == "b":
                self.loss.backward()
            elif action == "s":
                self.optimizer.step()
            else:
                self.optimizer.zero_grad()
        except (RuntimeError, TypeError, AttributeError):
            return True
        return False


def assert_same(debugger, plain):
    """Every parameter, every gradient and the loss, bit for bit."""
    for (_, ours), theirs in zip(debugger.model.named_parameters(), plain.model.parameters(), strict=True):
        assert torch.equal(ours, theirs)
        assert (ours.grad is None) == (theirs.grad is None)
        if ours.grad is not None:
            assert torch.equal(ours.grad, theirs.grad)
    assert debugger.loss == (None if plain.loss is None else plain.loss.item())


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_states_of_the_loop_are_those_of_plain_pytorch(sample_train, optimizer):
    """After every line of three rounds: parameters, gradients and loss are equal to the bit."""
    debugger = Debugger(sample_train, seed=3, optimizer=optimizer)
    plain = Plain(sample_train, 3, optimizer)
    for action in "flbszx" * 3:
        assert not debugger.do(Action(action)).error
        assert not plain.do(action)
        assert_same(debugger, plain)


@pytest.mark.parametrize("seed", range(6))
def test_any_order_gives_what_plain_pytorch_gives(sample_train, seed):
    """150 actions drawn at random: the same states after each, and errors at the same ones."""
    chance = random.Random(seed)
    optimizer = list(OPTIMIZERS)[seed % 3]
    debugger, plain = (
        Debugger(sample_train, seed=seed, optimizer=optimizer),
        Plain(sample_train, seed, optimizer),
    )
    errors = 0
    for _ in range(150):
        action = chance.choice("xfffllbbszz")
        event = debugger.do(Action(action))
        assert bool(event.error) == plain.do(action), (debugger.actions, event.error)
        errors += bool(event.error)
        assert event.note
        assert_same(debugger, plain)
    assert errors > 5


def test_the_buttons_run_the_lines_of_the_shown_loop():
    """The lines are read from the lesson's program, where they stand in this order."""
    assert list(loop_lines().values()) == [
        "X, y = next(batches)",
        "pred = model(X)",
        "loss = loss_fn(pred, y)",
        "loss.backward()",
        "optimizer.step()",
        "optimizer.zero_grad()",
    ]


def test_three_rounds_print_the_losses_of_the_program_on_the_page(sample_train):
    """The lesson's whole program and the debugger see the same three losses."""
    debugger = replay(sample_train, "flbszx" * 3)
    losses = [event.loss for event in debugger.events if event.action == "l"]
    assert run_step(one_round).stdout == "".join(f"loss {loss:.6f}\n" for loss in losses)


@pytest.mark.parametrize("actions", ["", "flbsz", "bslfflbbflbsbzzs", "flbszx" * 2 + "lb"])
@pytest.mark.parametrize("watch", WATCHABLE)
def test_what_was_pressed_is_a_program_with_the_same_end(sample_train, actions, watch):
    """The script, run by itself, ends with the same parameter; lines that fail there fail in it."""
    debugger = replay(sample_train, actions, watch=watch, optimizer="Adam")
    stdout, namespace, error = execute(debugger.script(portable=False))
    assert error is None
    assert f"{debugger.value} {debugger.gradient is not None}" in stdout
    assert stdout.count("Error") == sum(bool(event.error) for event in debugger.events)
    for ours, theirs in zip(debugger.model.parameters(), namespace["model"].parameters(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize(
    ("actions", "error", "note"),
    [
        ("b", "NameError: name 'loss' is not defined", "run forward and loss first"),
        ("l", "NameError: name 'pred' is not defined", "made by forward"),
        ("flbb", "RuntimeError: Trying to backward through the graph a second time", "works once"),
        ("flbslb", "RuntimeError: Trying to backward", "make a new graph"),
        ("flbflsb", "RuntimeError: one of the variables needed for gradient computation", "as they were"),
    ],
)
def test_out_of_order_is_the_real_error_and_says_what_to_do(sample_train, actions, error, note):
    """Nothing is caught beforehand: the text is Python's or PyTorch's own."""
    event = replay(sample_train, actions).events[-1]
    assert event.error.startswith(error)
    assert note in event.note


@pytest.mark.parametrize(
    ("actions", "note"),
    [
        ("s", "**Nothing moved**"),
        ("flbzs", "**Nothing moved**"),
        ("flbz", "before `step()` could use it"),
        ("z", "nothing to clear"),
        ("flbflb", "**added** to the old one"),
        ("flbss", "gradient of the step before once more"),
        ("flxl", "**batch before**"),
        ("flbsl", "**before the last `step()`**"),
        ("flb", "25,450 parameters has a gradient"),
        ("f", "64 images in"),
    ],
)
def test_out_of_order_without_an_error_is_explained(sample_train, actions, note):
    """What PyTorch lets pass is told in words."""
    event = replay(sample_train, actions).events[-1]
    assert not event.error
    assert note in event.note


def test_the_figures_of_a_step_are_its_own(sample_train):
    """The note's subtraction is that of the values before and after."""
    debugger = replay(sample_train, "flb")
    before, gradient = debugger.value, debugger.gradient
    event = debugger.do(Action("s"))
    assert f"{before:+.6f} − 0.1 × {gradient:+.6f} = {event.value:+.6f}" in event.note
    assert event.value == pytest.approx(before - 0.1 * gradient, abs=1e-7)


def test_the_line_that_is_due_follows_the_last_that_succeeded(sample_train):
    """An error does not move it on."""
    debugger = Debugger(sample_train)
    assert debugger.next_action == "f"
    debugger.do(Action("b"))
    assert debugger.next_action == "f"
    for action in "flbszx":
        debugger.do(Action(action))
        order = list(Action)
        assert debugger.next_action == order[(order.index(action) + 1) % 6]
    assert debugger.actions == "bflbszx"


def test_the_watched_number_has_the_largest_gradient_of_its_tensor(sample_train):
    """Of the first batch, before anything has moved."""
    for name in WATCHABLE:
        debugger = replay(sample_train, "flb", watch=name)
        grad = debugger.model.get_parameter(name).grad
        assert abs(debugger.gradient) == grad.abs().max().item()
        assert eval(debugger.watched.text, {"model": debugger.model}).item() == debugger.value


def test_a_debugger_takes_less_than_a_megabyte(sample_train):
    """Parameters, gradients, Adam's notes, the batch, and what the graph keeps."""
    debugger = replay(sample_train, "flbszxfl", optimizer="Adam")
    names = debugger._names
    kept = {}

    def count(tensor):
        kept[tensor.data_ptr()] = tensor.nbytes
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        debugger.do(Action("f"))
        debugger.do(Action("l"))
        debugger.do(Action("b"))
    tensors = [*debugger.model.parameters(), names["X"], names["y"], names["pred"], names["loss"]]
    tensors += [parameter.grad for parameter in debugger.model.parameters()]
    tensors += [
        value for state in names["optimizer"].state.values() for value in state.values()
    ]  # Adam's notes
    for tensor in tensors:
        kept[tensor.data_ptr()] = tensor.nbytes
    assert sum(kept.values()) < 1_000_000


def test_what_is_not_an_action_is_refused_in_a_sentence(sample_train):
    """Letters, tensors, optimizers and lengths that do not exist."""
    with pytest.raises(ConfigError, match="no action"):
        parse_actions("fq")
    with pytest.raises(ConfigError, match="can watch"):
        Debugger(sample_train, watch="5.weight")
    with pytest.raises(LessonInputError):
        Debugger(sample_train, optimizer="__import__('os')")
    with pytest.raises(ConfigError, match="lines at most"):
        replay(sample_train, "f" * (MAX_ACTIONS + 1))
    full = replay(sample_train, "z" * MAX_ACTIONS)
    with pytest.raises(ConfigError, match="start again"):
        full.do(Action("z"))


def test_a_small_dataset_gives_small_batches(sample_train):
    """Fewer than 512 images: the notes count what is there."""
    few = replace(sample_train, images=sample_train.images[:100], labels=sample_train.labels[:100])
    debugger = replay(few, "xf")
    assert "images 64 to 99" in debugger.events[1].note
    assert "36 images in" in debugger.events[2].note
    assert "images 0 to 63" in debugger.do(Action("x")).note


def test_nothing_is_printed_and_the_random_generator_is_left_alone(sample_train):
    """A visitor's clicks cannot change a run's numbers."""
    before = torch.random.get_rng_state()
    with contextlib.redirect_stdout(io.StringIO()) as out:
        replay(sample_train, "flbszxb")
    assert out.getvalue() == ""
    assert torch.equal(before, torch.random.get_rng_state())
