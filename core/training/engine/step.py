"""One optimizer step, three ways with the same result: plainly, written out, or as a CUDA graph."""

import contextlib
import logging
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import torch
from torch import Tensor, nn

from core.config import TrainConfig
from core.model import Dropout
from core.training.engine.batches import augment, to_input
from core.training.engine.objectives import loss_function, loss_with_gradient, make_optimizer
from core.training.engine.written_out import is_written_out, sgd_step

WARM_UP: Final = 3
"""Plain steps before a capture: libraries choose their kernels and optimizers make their buffers in them."""

_log = logging.getLogger(__name__)


class StepOutcome(NamedTuple):
    """What one step reports, all on the device so that nothing waits for it."""

    loss: Tensor
    """Mean over the batch, before the update; a scalar."""
    logits: Tensor
    """Of the batch, before the update; float32, N x 10."""
    gradient_norm: Tensor | None
    """L2 norm of all gradients together before clipping, where it was asked for."""


class TrainingStep:
    """Forward, loss, backward, update.

    Args:
        config: The run, its device resolved.
        model: The network, on that device.
        generators: `augment` and `dropout`, on that device.
        capture: Whether a CUDA step may be captured as a graph and launched whole.
    """

    def __init__(
        self,
        config: TrainConfig,
        model: nn.Module,
        generators: dict[str, torch.Generator],
        *,
        capture: bool = True,
    ) -> None:
        self.config, self.model, self.generators = config, model, generators
        for layer in model.modules():
            if isinstance(layer, Dropout):
                layer.generator = generators["dropout"]
        self.parameters = list(model.parameters())
        self.linear = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
        self.is_written_out = is_written_out(config)
        self.captures = capture and _can_capture(config)
        self.loss, self.loss_with_gradient = loss_function(config), loss_with_gradient(config)
        self.optimizer = make_optimizer(
            config.optimizer, self.parameters, capture_on=config.device if self.captures else None
        )
        self._captured: _CapturedStep | None = None
        self._calls = 0

    def __call__(self, images: Tensor, labels: Tensor, rate: float, *, wants_norm: bool) -> StepOutcome:
        """Train on one batch.

        Args:
            images: uint8, N x 28 x 28.
            labels: int64, N.
            rate: The learning rate of this step.
            wants_norm: Whether to measure the gradient, which reads all of it once more.
        """
        if self.is_written_out:
            return self._written_out(images, labels, rate, wants_norm)
        self._set_rate(rate)
        if not self.captures or len(images) != self.config.batch_size:
            return self._run(images, labels, wants_norm)
        self._calls += 1
        if self._calls <= WARM_UP:
            return _on_a_side_stream(lambda: self._run(images, labels, wants_norm))
        if self._captured is None:
            try:
                self._captured = _CapturedStep(self._run, images, labels, list(self.generators.values()))
            except RuntimeError as error:  # what cannot be captured still trains, one kernel at a time
                _log.warning("this run's step cannot be captured as a CUDA graph: %s", error)
                self.captures = False
                return self._run(images, labels, wants_norm)
        return self._captured(images, labels)

    def optimizer_state(self) -> dict[str, Any]:
        """The optimizer's `state_dict`, its learning rates as numbers."""
        state = self.optimizer.state_dict()
        groups = [{**group, "lr": float(group["lr"])} for group in state["param_groups"]]
        return {**state, "param_groups": groups}

    def load_optimizer_state(self, state: dict[str, Any]) -> None:
        """Go on from what `optimizer_state` gave."""
        rates = [group["lr"] for group in self.optimizer.param_groups]
        self.optimizer.load_state_dict(state)
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate  # the tensor that a capture reads; every step sets its value anyway

    def _set_rate(self, rate: float) -> None:
        for group in self.optimizer.param_groups:
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate

    def _input(self, images: Tensor) -> Tensor:
        data = self.config.data
        if data.augments:
            images = augment(images, data, self.generators["augment"])
        return to_input(images, data.normalize)

    def _written_out(self, images: Tensor, labels: Tensor, rate: float, wants_norm: bool) -> StepOutcome:
        gradients: list[Tensor] | None = [] if wants_norm else None
        loss, logits = sgd_step(
            self.linear,
            self._input(images).flatten(1),
            lambda logits: self.loss_with_gradient(logits, labels),
            rate=rate,
            decay=self.config.optimizer.weight_decay,
            gradients=gradients,
        )
        return StepOutcome(loss, logits, nn.utils.get_total_norm(gradients) if gradients else None)

    def _run(self, images: Tensor, labels: Tensor, wants_norm: bool) -> StepOutcome:
        clip = self.config.optimizer.clip_norm
        with self._autocast():
            logits = self.model(self._input(images)).float()
        loss = self.loss(logits, labels)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = None
        if clip is not None or wants_norm:
            gradients = [p.grad for p in self.parameters if p.grad is not None]
            norm = nn.utils.get_total_norm(gradients)
        if clip is not None and norm is not None:
            nn.utils.clip_grads_with_norm_(self.parameters, clip, norm)
        self.optimizer.step()
        return StepOutcome(loss.detach(), logits.detach(), norm if wants_norm else None)

    def _autocast(self) -> contextlib.AbstractContextManager[Any]:
        if self.config.precision == "float32":
            return contextlib.nullcontext()
        # a capture must not keep casts of weights that later steps change
        kind = torch.device(self.config.device).type
        return torch.autocast(kind, dtype=torch.bfloat16, cache_enabled=not self.captures)


def _can_capture(config: TrainConfig) -> bool:
    """Whether a graph holds the whole step: RMSprop has no fused form, one-hot labels wait for the device."""
    return config.device.startswith("cuda") and config.optimizer.name != "rmsprop" and config.loss != "mse"


class _CapturedStep:
    """A step's kernels, recorded once and launched together."""

    def __init__(
        self,
        run: Callable[[Tensor, Tensor, bool], StepOutcome],
        images: Tensor,
        labels: Tensor,
        generators: list[torch.Generator],
    ) -> None:
        self.images, self.labels = images.clone(), labels.clone()
        self.graph = torch.cuda.CUDAGraph()
        for generator in generators:
            if generator.device.type == "cuda":  # each replay then draws anew
                self.graph.register_generator_state(generator)
        with torch.cuda.graph(self.graph):
            self.outcome = run(self.images, self.labels, True)

    def __call__(self, images: Tensor, labels: Tensor) -> StepOutcome:
        self.images.copy_(images)
        self.labels.copy_(labels)
        self.graph.replay()
        loss, logits, norm = self.outcome  # the next replay writes over them
        return StepOutcome(loss.clone(), logits.clone(), None if norm is None else norm.clone())


def _on_a_side_stream(run: Callable[[], StepOutcome]) -> StepOutcome:
    """Run where a capture will run, so that autograd's buffers belong to no stream that a capture forbids."""
    side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        outcome = run()
    torch.cuda.current_stream().wait_stream(side)
    return outcome
