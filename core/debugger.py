"""The training loop one line at a time, in any order, on a real batch, with what each line changed.

The lines are those of the lesson's step `one_round`, and running one means running its text: errors are
PyTorch's own. Nothing here knows of a screen. A debugger holds less than 1 MB; images are the split's own.
"""

import math
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import torch
from torch import Tensor, nn

from core.config import ModelConfig
from core.data import Split
from core.engine.batches import to_input
from core.errors import ConfigError, quoted
from core.lessons.optimization import one_round
from core.model import build

BATCH: Final = 64  # images
BATCHES: Final = 8  # after which they begin again
MAX_ACTIONS: Final = 400

Action = Literal["x", "f", "l", "b", "s", "z"]
ACTIONS: Final[Mapping[str, str]] = {
    "x": "next batch",
    "f": "forward",
    "l": "loss",
    "b": "backward()",
    "s": "step()",
    "z": "zero_grad()",
}
"""What can be done, in the order of the loop; the letters are what a link carries."""

PURPOSES: Final[Mapping[str, str]] = {
    "x": "takes 64 images, 64 labels",
    "f": "predicts: ten scores an image",
    "l": "how wrong that is: one number",
    "b": "finds every gradient",
    "s": "moves against the gradients",
    "z": "clears them, or they add up",
}
"""What each line of the loop is for, to be read before it is run."""

SLIPS: Final[Mapping[str, str]] = {
    "no zero_grad()": "flbsxflb",
    "zero_grad() too early": "flbzs",
    "backward() twice": "flbb",
    "no new forward": "flbszl",
}
"""Ways to get the loop wrong, each as the lines that end in it."""

WATCHABLE: Final = ("3.bias", "3.weight", "1.bias", "1.weight")
"""Tensors of the network, the last layer's first."""

_NETWORK: Final = ModelConfig(architecture="mlp", hidden=(32,))
_LOOP: Final = "for _ in range(3):\n"


def loop_lines() -> dict[str, str]:
    """The line of the loop that each action runs."""
    body = textwrap.dedent(one_round.snippet().body.partition(_LOOP)[2]).splitlines()
    return dict(zip(ACTIONS, body, strict=False))


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line that was run.

    Attributes:
        action: A key of `ACTIONS`.
        line: The text that ran.
        error: The error it ended with, as Python prints it, or empty.
        note: What happened and why, in Markdown, with the figures of this very event.
        value: The watched parameter afterwards.
        gradient: Its gradient afterwards; `None` where there is none.
        loss: What `loss` holds afterwards, mean of a batch, nats; `None` before there is one.
    """

    action: str
    line: str
    error: str
    note: str
    value: float
    gradient: float | None
    loss: float | None


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One number among the parameters.

    Attributes:
        name: The tensor's name in the network, such as `3.weight`.
        index: Its place in the tensor.
    """

    name: str
    index: tuple[int, ...]

    @property
    def tensor(self) -> str:
        """How Python names its tensor: `model[3].weight`."""
        layer, _, kind = self.name.partition(".")
        return f"model[{layer}].{kind}"

    @property
    def text(self) -> str:
        """How Python names it: `model[3].weight[2, 14]`."""
        return f"{self.tensor}[{', '.join(map(str, self.index))}]"

    @property
    def gradient_text(self) -> str:
        """How Python names its gradient: `model[3].weight.grad[2, 14]`."""
        return f"{self.tensor}.grad[{', '.join(map(str, self.index))}]"


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
        self._backwards = self._steps = 0  # since the start
        self._at_forward = self._at_step = 0  # steps at the last forward; backwards at the last step
        self._forward_batch = self._batch = -1
        self._batches = math.ceil(min(len(split), BATCH * BATCHES) / BATCH)
        if watch not in WATCHABLE:
            raise ConfigError(f"The step debugger can watch {', '.join(WATCHABLE)}, not {quoted(watch)}.")
        self.watched = _largest_gradient(model, watch, split)
        self.do("x")

    @property
    def model(self) -> nn.Module:
        """The network, as the lines run so far left it."""
        model: nn.Module = self._names["model"]
        return model

    @property
    def actions(self) -> str:
        """What was done since the first batch was taken, a letter each."""
        return "".join(event.action for event in self.events[1:])

    @property
    def next_action(self) -> str:
        """The line that the loop would run now: the one after the last that succeeded."""
        order = list(ACTIONS)
        done = [event.action for event in self.events if not event.error]
        return order[(order.index(done[-1]) + 1) % len(order)]

    @property
    def _size(self) -> int:
        """Images in the batch at hand."""
        return len(self._names["y"])

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

    def do(self, action: str) -> Event:
        """Run the action's line as it stands, and say what it did.

        Args:
            action: A key of `ACTIONS`.

        Raises:
            ConfigError: There is no such action, or there were `MAX_ACTIONS` already.
        """
        if action not in ACTIONS:
            raise ConfigError(f"The step debugger has no action {quoted(action)}.")
        if len(self.events) > MAX_ACTIONS:
            raise ConfigError(f"After {MAX_ACTIONS} lines the step debugger has to start again.")
        before = self.value, self.gradient
        error = self._run(self.lines[action])
        note = _why(error) if error else self._note(action, *before)
        event = Event(
            action=action,
            line=self.lines[action],
            error=error,
            note=note,
            value=self.value,
            gradient=self.gradient,
            loss=self.loss,
        )
        self.events.append(event)
        if not error:
            self._count(action)
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

    def _run(self, line: str) -> str:
        try:
            exec(compile(line, "<debugger>", "exec"), self._names)
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return ""

    def _count(self, action: str) -> None:
        if action == "x":
            self._batch += 1
        elif action == "f":
            self._at_forward, self._forward_batch = self._steps, self._batch
        elif action == "b":
            self._backwards += 1
        elif action == "s":
            moved = any(parameter.grad is not None for parameter in self.model.parameters())
            self._steps += moved
            self._at_step = self._backwards

    def _note(self, action: str, value: float, gradient: float | None) -> str:
        """What the line that just ran did; the arguments are the watched parameter before it."""
        if action == "x":
            first = (self._batch + 1) % self._batches * BATCH
            return f"`X` holds training images {first} to {first + self._size - 1}, `y` their labels."
        if action == "f":
            pred, y = self._names["pred"], self._names["y"]
            right = int((pred.argmax(1) == y).sum())
            return (
                f"{len(y)} images in, {len(y)} times 10 logits out; {right} of {len(y)} right. PyTorch wrote "
                "down every operation for `backward()`. No parameter and no gradient has changed."
            )
        if action == "l":
            return self._loss_note()
        if action == "b":
            return self._backward_note(gradient)
        if action == "s":
            return self._step_note(value, gradient)
        if gradient is None:
            return "There was nothing to clear: no gradient has been computed since the last time."
        if self._backwards > self._at_step:
            return (
                f"The gradient {gradient:+.6f} is gone **before `step()` could use it**: the work of "
                "`backward()` was for nothing, and a `step()` now moves nothing."
            )
        return (
            f"The gradient {gradient:+.6f} is gone; `.grad` is `None`, which takes no memory. "
            "The next `backward()` starts from nothing."
        )

    def _loss_note(self) -> str:
        text = (
            f"One number from {self._size} images: {self.loss:.4f} nats, their mean. Ten equal probabilities "
            "would give ln 10 = 2.3026."
        )
        if self._forward_batch != self._batch:
            return f"{text} But `pred` is of the **batch before** and `y` of this one: it means nothing."
        if self._at_forward != self._steps:
            return f"{text} But `pred` is from **before the last `step()`**: forward shows what that did."
        return text

    def _backward_note(self, gradient: float | None) -> str:
        now = self.gradient or 0.0
        if gradient is not None:
            return (
                f"The new gradient was **added** to the old one: {gradient:+.6f} {now - gradient:+.6f} = "
                f"{now:+.6f}. Nobody called `zero_grad()` in between."
            )
        way = "rise" if now > 0 else "fall"
        return (
            f"Each of {sum(p.numel() for p in self.model.parameters()):,} parameters has a gradient now. "
            f"This one's is {now:+.6f}: if it grew by 0.01, the loss would {way} by about "
            f"{abs(now) * 0.01:.6f}. Nothing has moved yet."
        )

    def _step_note(self, value: float, gradient: float | None) -> str:
        now = self.value
        if gradient is None:
            return (
                "**Nothing moved**, and nothing complains: no parameter has a gradient, so there is nowhere "
                "to go. `backward()` makes them."
            )
        rate = self._names["optimizer"].param_groups[0]["lr"]
        if self.optimizer_name == "SGD":
            text = f"Value minus rate times gradient: {value:+.6f} − {rate:g} × {gradient:+.6f} = {now:+.6f}."
        else:
            text = (
                f"It moved by {now - value:+.6f}, from {value:+.6f} to {now:+.6f}; plain SGD at this rate "
                f"would have moved it by {-rate * gradient:+.6f}. {self.optimizer_name} also uses its notes "
                "on earlier gradients."
            )
        if self._steps and self._backwards == self._at_step:
            return f"{text} That is **the gradient of the step before once more**: it is out of date."
        return f"{text} The loss is still the one from before."


def replay(
    split: Split, actions: str, *, seed: int = 0, optimizer: str = "SGD", watch: str = "3.bias"
) -> Debugger:
    """A debugger in which `actions` (letters of `ACTIONS`) have been done.

    Raises:
        ConfigError: A letter is none of them, or there are too many.
        LessonInputError: The seed or the optimizer is not one of those that `one_round` has.
    """
    if len(actions) > MAX_ACTIONS:
        raise ConfigError(f"A link to the step debugger may have {MAX_ACTIONS} lines at most.")
    debugger = Debugger(split, seed=seed, optimizer=optimizer, watch=watch)
    for action in actions:
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


def _why(error: str) -> str:
    """What an error means here, and what to do."""
    if "a second time" in error:
        return (
            "`backward()` frees what the forward pass had kept for it, so it works once. Run forward and "
            "loss again: they make a new graph."
        )
    if "inplace operation" in error:
        return (
            "`step()` has changed the weights since this loss was computed, and `backward()` needs them as "
            "they were. Run forward and loss again."
        )
    if "'pred'" in error:
        return "There is no prediction yet: the name `pred` is made by forward."
    if "'loss'" in error:
        return "There is no loss yet, and `backward()` is a method of the loss: run forward and loss first."
    return "Run forward and loss again, then this line."
