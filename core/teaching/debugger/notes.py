"""What a line of the loop did, in words, with the figures of that very moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Action(StrEnum):
    """What can be done, in the order of the loop. The value is the letter that a link carries."""

    NEXT_BATCH = "x"
    FORWARD = "f"
    LOSS = "l"
    BACKWARD = "b"
    STEP = "s"
    ZERO_GRAD = "z"


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What a line found and what it left."""

    first: int
    """Number of the training image at which the batch that `next` returns begins."""
    images: int
    """Images in the current batch."""
    right: int
    """How many of them the forward pass has just classified correctly; 0 after any other line."""
    parameters: int
    """Number of values in the network's parameters."""
    optimizer: str
    """The name of the optimizer, as the lesson's option calls it."""
    rate: float
    """Its learning rate."""
    loss: float | None
    """What `loss` holds, nats; `None` before there is one."""
    value_before: float
    """The watched parameter before the line."""
    gradient_before: float | None
    """Its gradient before the line; `None` where there was none."""
    value: float
    """The watched parameter after the line."""
    gradient: float | None
    """Its gradient after the line; `None` where there is none."""


@dataclass
class Counts:
    """What has been run before, as far as it decides what a line means."""

    batch: int = -1
    """Batches taken, minus one."""
    steps: int = 0
    """Steps that moved something."""
    backwards: int = 0
    """Times that `backward()` ran."""
    batch_of_forward: int = -1
    """`batch` at the last forward pass."""
    steps_at_forward: int = 0
    """`steps` at the last forward pass."""
    backwards_at_step: int = 0
    """`backwards` at the last step."""

    def add(self, action: Action, *, moved: bool) -> None:
        """Count a line that ran, and whether there were gradients to move along."""
        if action is Action.NEXT_BATCH:
            self.batch += 1
        elif action is Action.FORWARD:
            self.steps_at_forward, self.batch_of_forward = self.steps, self.batch
        elif action is Action.BACKWARD:
            self.backwards += 1
        elif action is Action.STEP:
            self.steps += moved
            self.backwards_at_step = self.backwards


def _next_batch(seen: Observation, counts: Counts) -> str:
    return f"`X` holds training images {seen.first} to {seen.first + seen.images - 1}, `y` their labels."


def _forward(seen: Observation, counts: Counts) -> str:
    return (
        f"{seen.images} images in, {seen.images} × 10 logits out; {seen.right} of {seen.images} "
        "are right. PyTorch recorded every operation for `backward()`. "
        "No parameter and no gradient has changed."
    )


def _loss(seen: Observation, counts: Counts) -> str:
    text = (
        f"One number from {seen.images} images: {seen.loss:.4f} nats, their mean. (A nat is the unit of a "
        "loss that is made with the natural logarithm.) Ten equal probabilities would give ln 10 = 2.3026."
    )
    if counts.batch_of_forward != counts.batch:
        return f"{text} But `pred` belongs to the **batch before** and `y` to this one, so it means nothing."
    if counts.steps_at_forward != counts.steps:
        return f"{text} But `pred` is from **before the last `step()`**; run forward to see what that did."
    return text


def _backward(seen: Observation, counts: Counts) -> str:
    now, before = seen.gradient or 0.0, seen.gradient_before
    if before is not None:
        return (
            f"The new gradient was **added** to the old one: {before:+.6f} {now - before:+.6f} = "
            f"{now:+.6f}. `zero_grad()` was not called in between."
        )
    way = "rise" if now > 0 else "fall"
    return (
        f"Each of {seen.parameters:,} parameters has a gradient now. This one's is {now:+.6f}: if it grew "
        f"by 0.01, the loss would {way} by about {abs(now) * 0.01:.6f}. Nothing has moved yet."
    )


def _step(seen: Observation, counts: Counts) -> str:
    before, now, gradient = seen.value_before, seen.value, seen.gradient_before
    if gradient is None:
        return (
            "**Nothing moved**, and nothing complains: no parameter has a gradient, so there is nowhere "
            "to go. `backward()` computes them."
        )
    if seen.optimizer == "SGD":
        text = (
            f"Value minus rate times gradient: {before:+.6f} − {seen.rate:g} × {gradient:+.6f} = {now:+.6f}."
        )
    else:
        history = (
            f"{seen.optimizer} also uses what it remembers of earlier gradients."
            if counts.steps
            else f"This was the first step, so {seen.optimizer} had no earlier gradients to draw on."
        )
        text = (
            f"It moved by {now - before:+.6f}, from {before:+.6f} to {now:+.6f}; plain SGD at this rate "
            f"would have moved it by {-seen.rate * gradient:+.6f}. {history}"
        )
    if counts.steps and counts.backwards == counts.backwards_at_step:
        return f"{text} That is **the gradient of the step before once more**: it is out of date."
    return f"{text} The loss shown is still the one from before."


def _zero_grad(seen: Observation, counts: Counts) -> str:
    gradient = seen.gradient_before
    if gradient is None:
        return "There was nothing to clear: no gradient has been computed since the last time."
    if counts.backwards > counts.backwards_at_step:
        return (
            f"The gradient {gradient:+.6f} is gone **before `step()` could use it**: the work of "
            "`backward()` was for nothing, and a `step()` now moves nothing."
        )
    return (
        f"The gradient {gradient:+.6f} is gone; `.grad` is `None`, which takes no memory. "
        "The next `backward()` starts from nothing."
    )


NOTES: Final[Mapping[Action, Callable[[Observation, Counts], str]]] = {
    Action.NEXT_BATCH: _next_batch,
    Action.FORWARD: _forward,
    Action.LOSS: _loss,
    Action.BACKWARD: _backward,
    Action.STEP: _step,
    Action.ZERO_GRAD: _zero_grad,
}
"""For each action what its line did, in Markdown, given the counts before it."""


def why(error: str) -> str:
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
