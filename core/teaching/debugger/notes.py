"""What a line of the loop did, in words, with the figures of that very moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a line found and what it left.

    Attributes:
        first: Number of the training image with which the batch that `next` gives begins.
        images: Images in the batch at hand.
        right: How many of them forward has just got right; 0 after any other line.
        parameters: Numbers in the network.
        optimizer: Its class's name.
        rate: Its learning rate.
        loss: What `loss` holds, nats; `None` before there is one.
        value_before: The watched parameter before the line.
        gradient_before: Its gradient before the line; `None` where there was none.
        value: The watched parameter after it.
        gradient: Its gradient after it; `None` where there is none.
    """

    first: int
    images: int
    right: int
    parameters: int
    optimizer: str
    rate: float
    loss: float | None
    value_before: float
    gradient_before: float | None
    value: float
    gradient: float | None


@dataclass
class Counts:
    """What has been run before, as far as it decides what a line means.

    Attributes:
        batch: Batches taken, less one.
        steps: Steps that moved something.
        backwards: Times that `backward()` ran.
        batch_of_forward: `batch` at the last forward.
        steps_at_forward: `steps` at the last forward.
        backwards_at_step: `backwards` at the last step.
    """

    batch: int = -1
    steps: int = 0
    backwards: int = 0
    batch_of_forward: int = -1
    steps_at_forward: int = 0
    backwards_at_step: int = 0

    def add(self, action: str, *, moved: bool) -> None:
        """Count a line that ran: a key of `ACTIONS`, and whether there were gradients to move along."""
        if action == "x":
            self.batch += 1
        elif action == "f":
            self.steps_at_forward, self.batch_of_forward = self.steps, self.batch
        elif action == "b":
            self.backwards += 1
        elif action == "s":
            self.steps += moved
            self.backwards_at_step = self.backwards


def _next_batch(found: Found, counts: Counts) -> str:
    return f"`X` holds training images {found.first} to {found.first + found.images - 1}, `y` their labels."


def _forward(found: Found, counts: Counts) -> str:
    return (
        f"{found.images} images in, {found.images} times 10 logits out; {found.right} of {found.images} "
        "right. PyTorch wrote down every operation for `backward()`. "
        "No parameter and no gradient has changed."
    )


def _loss(found: Found, counts: Counts) -> str:
    text = (
        f"One number from {found.images} images: {found.loss:.4f} nats, their mean. Ten equal probabilities "
        "would give ln 10 = 2.3026."
    )
    if counts.batch_of_forward != counts.batch:
        return f"{text} But `pred` is of the **batch before** and `y` of this one: it means nothing."
    if counts.steps_at_forward != counts.steps:
        return f"{text} But `pred` is from **before the last `step()`**: forward shows what that did."
    return text


def _backward(found: Found, counts: Counts) -> str:
    now, before = found.gradient or 0.0, found.gradient_before
    if before is not None:
        return (
            f"The new gradient was **added** to the old one: {before:+.6f} {now - before:+.6f} = "
            f"{now:+.6f}. Nobody called `zero_grad()` in between."
        )
    way = "rise" if now > 0 else "fall"
    return (
        f"Each of {found.parameters:,} parameters has a gradient now. This one's is {now:+.6f}: if it grew "
        f"by 0.01, the loss would {way} by about {abs(now) * 0.01:.6f}. Nothing has moved yet."
    )


def _step(found: Found, counts: Counts) -> str:
    before, now, gradient = found.value_before, found.value, found.gradient_before
    if gradient is None:
        return (
            "**Nothing moved**, and nothing complains: no parameter has a gradient, so there is nowhere "
            "to go. `backward()` makes them."
        )
    if found.optimizer == "SGD":
        text = (
            f"Value minus rate times gradient: {before:+.6f} − {found.rate:g} × {gradient:+.6f} = {now:+.6f}."
        )
    else:
        text = (
            f"It moved by {now - before:+.6f}, from {before:+.6f} to {now:+.6f}; plain SGD at this rate "
            f"would have moved it by {-found.rate * gradient:+.6f}. {found.optimizer} also uses its notes "
            "on earlier gradients."
        )
    if counts.steps and counts.backwards == counts.backwards_at_step:
        return f"{text} That is **the gradient of the step before once more**: it is out of date."
    return f"{text} The loss is still the one from before."


def _zero_grad(found: Found, counts: Counts) -> str:
    gradient = found.gradient_before
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


NOTES: Final[Mapping[str, Callable[[Found, Counts], str]]] = {
    "x": _next_batch,
    "f": _forward,
    "l": _loss,
    "b": _backward,
    "s": _step,
    "z": _zero_grad,
}
"""For each key of `ACTIONS` what its line did, in Markdown, given the counts before it."""


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
