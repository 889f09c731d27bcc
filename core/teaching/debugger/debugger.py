"""The training loop one line at a time, in any order, on a real batch, with what each line changed.

The lines are those of the lesson's step `one_round`, and running one means running its text: errors are
PyTorch's own. Nothing here knows of a screen. A debugger holds less than 1 MB; images are the split's own.
"""

import math
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn

from core.config import ModelConfig
from core.data import Split
from core.errors import ConfigError
from core.model import build
from core.teaching.debugger.notes import NOTES, Action, Counts, Observation, why
from core.teaching.lessons.optimization import one_round
from core.text import quoted
from core.training.engine.batches import to_input

BATCH: Final = 64  # images
BATCHES: Final = 8  # after which they begin again
MAX_ACTIONS: Final = 400

LABELS: Final[Mapping[Action, str]] = {
    Action.NEXT_BATCH: "next batch",
    Action.FORWARD: "forward",
    Action.LOSS: "loss",
    Action.BACKWARD: "backward()",
    Action.STEP: "step()",
    Action.ZERO_GRAD: "zero_grad()",
}
"""What each action is called on its button."""

PURPOSES: Final[Mapping[Action, str]] = {
    Action.NEXT_BATCH: f"takes {BATCH} images and {BATCH} labels",
    Action.FORWARD: "predicts: ten scores per image",
    Action.LOSS: "how wrong that is: one number",
    Action.BACKWARD: "finds every gradient",
    Action.STEP: "moves against the gradients",
    Action.ZERO_GRAD: "clears them, or they add up",
}
"""What each line of the loop is for, to be read before it is run."""

SLIPS: Final[Mapping[str, str]] = {
    "no zero_grad()": "flbsxflb",
    "zero_grad() too early": "flbzs",
    "backward() twice": "flbb",
    "no new forward": "flbszl",
}
"""Ways to get the loop wrong, each as the actions (letters, as in a link) that lead to it."""

WATCHABLE: Final = ("3.bias", "3.weight", "1.bias", "1.weight")
"""Tensors of the network, the last layer's first."""

_NETWORK: Final = ModelConfig(architecture="mlp", hidden=(32,))
_LOOP: Final = "for _ in range(3):\n"


def loop_lines() -> dict[Action, str]:
    """The line of the loop that each action runs: the loop's own lines, but for the `print` at its end."""
    lines = textwrap.dedent(one_round.snippet().body.partition(_LOOP)[2]).splitlines()
    return dict(zip(Action, lines[: len(Action)], strict=True))


def parse_actions(text: str) -> tuple[Action, ...]:
    """Read actions from a link, a letter each.

    Raises:
        ConfigError: A letter stands for no action, or there are more than `MAX_ACTIONS`.
    """
    if len(text) > MAX_ACTIONS:
        raise ConfigError(f"A link to the step debugger may have {MAX_ACTIONS} lines at most.")
    letters = {action.value: action for action in Action}
    unknown = next((letter for letter in text if letter not in letters), None)
    if unknown is not None:
        raise ConfigError(f"The step debugger has no action {quoted(unknown)}.")
    return tuple(letters[letter] for letter in text)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line that was run."""

    action: Action
    """What was done."""
    line: str
    """The text that ran."""
    error: str
    """The error it ended with, as Python prints it, or empty."""
    note: str
    """What happened and why, in Markdown, with the figures of this very event."""
    value: float
    """The watched parameter afterward."""
    gradient: float | None
    """Its gradient afterward; `None` where there is none."""
    loss: float | None
    """What `loss` holds afterward, mean of a batch, nats; `None` before there is one."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One number among the parameters."""

    name: str
    """The tensor's name in the network, such as `3.weight`."""
    index: tuple[int, ...]
    """Its place in the tensor."""

    @property
    def tensor(self) -> str:
        """How Python names its tensor: `model[3].weight`."""
        layer, _, kind = self.name.partition(".")
        return f"model[{layer}].{kind}"

    @property
    def text(self) -> str:
        """How Python names it: `model[3].weight[2, 14]`."""
        return f"{self.tensor}[{', '.join(map(str, self.index))}]"


class Debugger:
    """A network, an optimizer and a batch, between two lines of the loop.

    Args:
        split: Training images; the first 512 are used.
        seed: Seeds the weights, in [0, 20].
        optimizer: One of the options of `one_round`.
        watch: Name of the tensor whose number with the largest gradient on the first batch is watched.

    Raises:
        LessonInputError: The seed or the optimizer is not one of those.
        ConfigError: There is no such tensor.
    """

    def __init__(self, split: Split, *, seed: int = 0, optimizer: str = "SGD", watch: str = "3.bias") -> None:
        one_round.check({"seed": seed, "optimizer_class": optimizer})
        self.seed, self.optimizer_name = seed, optimizer
        self.events: list[Event] = []
        self.lines = loop_lines()
        # as the lesson's lines make it, but without a draw from the global generator
        built = build(_NETWORK, torch.Generator().manual_seed(seed))
        model = nn.Sequential(*built.get_submodule("layers").children())
        self._names: dict[str, Any] = {
            "torch": torch,
            "model": model,
            "loss_fn": nn.CrossEntropyLoss(),
            "batches": _batches(split),
        }
        text = one_round.params["optimizer_class"].source(optimizer)
        self._names["optimizer"] = eval(text, self._names)  # the lesson's own expression, never a visitor's
        self._counts = Counts()
        self._batches = math.ceil(min(len(split), BATCH * BATCHES) / BATCH)
        if watch not in WATCHABLE:
            raise ConfigError(f"The step debugger can watch {', '.join(WATCHABLE)}, not {quoted(watch)}.")
        self.watched = _largest_gradient(model, watch, split)
        self.do(Action.NEXT_BATCH)

    @property
    def model(self) -> nn.Module:
        """The network, as the lines run so far left it."""
        model: nn.Module = self._names["model"]
        return model

    @property
    def actions(self) -> str:
        """What was done since the first batch was taken, as a link carries it."""
        return "".join(event.action for event in self.events[1:])

    @property
    def next_action(self) -> Action:
        """The line that the loop would run now: the one after the last that succeeded."""
        order = list(Action)
        done = [event.action for event in self.events if not event.error]
        return order[(order.index(done[-1]) + 1) % len(order)]

    @property
    def value(self) -> float:
        """The watched parameter now."""
        return self.model.get_parameter(self.watched.name)[self.watched.index].item()

    @property
    def gradient(self) -> float | None:
        """Its gradient now; `None` where there is none."""
        grad = self.model.get_parameter(self.watched.name).grad
        return None if grad is None else grad[self.watched.index].item()

    @property
    def loss(self) -> float | None:
        """The value of the name `loss`; `None` before there is one."""
        loss = self._names.get("loss")
        return None if loss is None else float(loss.item())

    def do(self, action: Action) -> Event:
        """Run the action's line as it stands, and say what it did.

        Raises:
            ConfigError: There were `MAX_ACTIONS` already.
        """
        if len(self.events) > MAX_ACTIONS:
            raise ConfigError(f"After {MAX_ACTIONS} lines the step debugger has to start again.")
        value, gradient = self.value, self.gradient
        error = self._run(self.lines[action])
        seen = self._observe(action, value, gradient)
        event = Event(
            action=action,
            line=self.lines[action],
            error=error,
            note=why(error) if error else NOTES[action](seen, self._counts),
            value=seen.value,
            gradient=seen.gradient,
            loss=seen.loss,
        )
        if not error:
            self._counts.add(action, moved=gradient is not None)
        self.events.append(event)
        return event

    def script(self, *, portable: bool = True) -> str:
        """The same lines as a program: what the buttons ran, in their order, and what is left at the end.

        Args:
            portable: Name the data's folder as a download does, not as it is here.
        """
        program = one_round.snippet(portable=portable, seed=self.seed, optimizer_class=self.optimizer_name)
        lines = [program.code.partition(_LOOP)[0].rstrip() + "\n"]
        for event in self.events:
            if event.error:
                lines.append(f"try:\n    {event.line}\nexcept Exception as error:\n    print(repr(error))")
            else:
                lines.append(event.line)
        lines.append(f"\nprint({self.watched.text}.item(), {self.watched.tensor}.grad is not None)")
        return "\n".join(lines) + "\n"

    def _observe(self, action: Action, value: float, gradient: float | None) -> Observation:
        """What the notes speak of: the watched parameter before the line, and what is there after it."""
        labels = self._names["y"]
        return Observation(
            first=(self._counts.batch + 1) % self._batches * BATCH,
            images=len(labels),
            right=int((self._names["pred"].argmax(1) == labels).sum()) if action is Action.FORWARD else 0,
            parameters=sum(parameter.numel() for parameter in self.model.parameters()),
            optimizer=self.optimizer_name,
            rate=self._names["optimizer"].param_groups[0]["lr"],
            loss=self.loss,
            value_before=value,
            gradient_before=gradient,
            value=self.value,
            gradient=self.gradient,
        )

    def _run(self, line: str) -> str:
        try:
            exec(compile(line, "<debugger>", "exec"), self._names)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return ""


def replay(
    split: Split, actions: str, *, seed: int = 0, optimizer: str = "SGD", watch: str = "3.bias"
) -> Debugger:
    """A debugger in which `actions` (the letters of a link) have been done.

    Raises:
        ConfigError: A letter stands for no action, or there are too many.
        LessonInputError: The seed or the optimizer is not one of those that `one_round` has.
    """
    parsed = parse_actions(actions)
    debugger = Debugger(split, seed=seed, optimizer=optimizer, watch=watch)
    for action in parsed:
        debugger.do(action)
    return debugger


def _batches(split: Split) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches without end, each made when it is asked for: nothing but the current one is in memory."""
    while True:
        for start in range(0, BATCH * BATCHES, BATCH):
            images, labels = split.images[start : start + BATCH], split.labels[start : start + BATCH]
            if len(images):
                yield to_input(images), labels


def _largest_gradient(model: nn.Module, name: str, split: Split) -> Watched:
    """Of the tensor `name` the number with the largest gradient on the first batch."""
    X, y = next(_batches(split))
    loss = nn.functional.cross_entropy(model(X), y)
    (gradient,) = torch.autograd.grad(loss, model.get_parameter(name))
    place = torch.unravel_index(gradient.abs().argmax(), gradient.shape)
    return Watched(name=name, index=tuple(int(i) for i in place))
