"""The only training loop.

Images and labels sit on the device, images as uint8; a batch is sliced and converted there. Losses are
collected on the device and read at most ten times per second. The steps are those of the tutorial's
DataLoader loop, with its losses. Knows nothing of threads, files or screens.
"""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

import torch
from torch import Tensor

from core.config import TrainConfig
from core.data import CLASS_COUNT, Split
from core.errors import DeviceMemoryError, DivergedError, ResumeError
from core.model import build
from core.system import device as devices
from core.system import memory
from core.training.engine.averaging import WeightAverage
from core.training.engine.batches import images_at, in_batches, kept_of, own_labels, split_indices
from core.training.engine.inference import confusion_matrix, evaluate, predict_logits
from core.training.engine.layout import lay_out
from core.training.engine.movement import UpdateRatios
from core.training.engine.objectives import rate_at, with_rate
from core.training.engine.records import (
    FIXED_COUNT,
    KEPT_COUNT,
    EpochRecord,
    RateChange,
    RunProgress,
    TrainingResult,
    TrainingState,
    WeightHistogram,
)
from core.training.engine.state import Hooks, copy_to_cpu, rows
from core.training.engine.step import TrainingStep
from core.training.engine.threads import threads_for

REPORT_INTERVAL: Final = 0.1  # seconds
GRADIENT_NORM_EVERY: Final = 50  # steps: a norm reads every gradient once more

SEED_OFFSETS: Final = {"weights": 0, "shuffle": 1, "validation": 2, "augment": 3, "dropout": 4}
"""Each use of chance has a generator of its own, seeded with the run's seed plus this."""


def run_training(
    config: TrainConfig,
    *,
    train_split: Split,
    test_split: Split,
    on_progress: Callable[[RunProgress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    on_checkpoint: Callable[[TrainingState], None] | None = None,
    resume: TrainingState | None = None,
    capture: bool = True,
    new_rate: Callable[[], float | None] | None = None,
    on_change: Callable[[TrainConfig], bool] | None = None,
) -> TrainingResult:
    """Train a network and evaluate it after every epoch.

    A run with changes is trained in parts: where settings change at the end of an epoch, the next part goes
    on from the state of the one before, as a run that is resumed does.

    Args:
        config: The run.
        train_split: Training images; the validation split is taken from them.
        test_split: Test images.
        on_progress: Called at most ten times per second, and after every epoch.
        should_stop: Asked before every step. Time spent in it is not counted, so it may block to pause.
        on_checkpoint: Called after every epoch with all that is needed to go on from there.
        resume: Where to go on; the result is that of the uninterrupted run, to the bit on a CPU.
        capture: Whether a CUDA step may be captured as a graph; false launches its kernels one by one.
        new_rate: Asked before every step for a learning rate to hold from there on; `None` changes nothing.
        on_change: Called with the run that this one becomes by such a rate, before the step; says whether it
            may. The state of every later epoch, and the result, are that run's.

    Raises:
        DivergedError: The loss became NaN or infinite.
        DeviceMemoryError: The device has too little memory for the run; what was taken is given back.
        ConfigError: The device is not there.
        ResumeError: `resume` is the state of another run, or damaged.
    """
    config = replace(config, device=devices.resolve(config.device))
    config = replace(config, threads=config.threads or threads_for(config))
    torch.set_num_threads(config.threads)
    hooks = Hooks(on_progress, should_stop, on_checkpoint, capture, new_rate, on_change)
    failure = ""
    try:
        with memory.reused_blocks():
            while True:
                result, resume = _Run(config, train_split, test_split, hooks, resume).train()
                config = result.config
                if result.status != "finished" or len(result.history) == config.epochs:
                    return result
    except torch.OutOfMemoryError as error:
        failure = str(error).partition(".")[0]
    # outside the handler: the exception's traceback would keep the run's tensors alive
    if config.device.startswith("cuda"):
        torch.cuda.empty_cache()
    raise DeviceMemoryError(
        f"{config.device} has too little free memory for this run ({failure}): "
        "choose a smaller batch or network."
    )


class _Run:
    """A run's tensors and its loop, up to the end or to the epoch after which its settings change."""

    def __init__(
        self,
        config: TrainConfig,
        train_split: Split,
        test_split: Split,
        hooks: Hooks,
        resume: TrainingState | None,
    ) -> None:
        done = resume.epoch if resume is not None else 0
        self.whole, self.hooks = config, hooks
        config = self.config = config.settings_after(done)  # in force until `self.until`
        later = [change.epoch for change in self.whole.changes if not change.step and change.epoch > done]
        self.until = min([self.whole.epochs, *later])
        device = self.device = torch.device(config.device)
        self.generators = {
            name: torch.Generator(device if name in ("augment", "dropout") else "cpu").manual_seed(
                config.seed + offset
            )
            for name, offset in SEED_OFFSETS.items()
        }
        train, held_out = split_indices(config.data, train_split.labels, self.generators["validation"])
        train_split = own_labels(config.data, train_split)
        self.images, self.labels = images_at(train_split, train, device)
        self.kept = kept_of(config.data, train_split, held_out)
        self.validation = images_at(train_split, held_out, device) if len(held_out) else None
        self.test = (test_split.images.to(device), test_split.labels.to(device))

        model = self.model = lay_out(build(config.model, self.generators["weights"]).to(device))
        decay = config.optimizer.ema_decay
        self.average = WeightAverage(model, decay) if decay else None
        self.result_model = (
            self.average.model if self.average else model
        )  # copied before the step changes layers
        self.step = TrainingStep(config, model, self.generators, capture=hooks.capture)

        self.steps = math.ceil(len(self.images) / config.batch_size)
        self.losses = torch.zeros(self.steps, device=device)
        self.logits = torch.zeros(len(self.images), CLASS_COUNT, device=device)
        self.history: list[EpochRecord] = []
        self.done = 0  # steps in complete epochs
        self.best: dict[str, Tensor] | None = None
        if resume is not None:
            self._restore(resume)

    def train(self) -> tuple[TrainingResult, TrainingState]:
        status: Literal["finished", "early", "stopped"] = "finished"
        state = self._state()
        while len(self.history) < self.until:
            record = self._epoch(len(self.history) + 1)
            if record is None:
                status = "stopped"
                break
            self.history.append(record)
            self.done += self.steps
            self._keep_best()
            state = self._state()
            if self.hooks.on_checkpoint:
                self.hooks.on_checkpoint(state)
            self._report(record.epoch, self.steps, self.steps, record.samples_per_second)
            if self._is_out_of_patience():
                status = "early"
                break
        weights = state.best if state.best is not None and status != "stopped" else state.model
        seconds = sum(record.seconds for record in self.history)
        result = TrainingResult(
            config=self.whole, state_dict=weights, history=state.history, status=status, seconds=seconds
        )
        return result, state

    def _epoch(self, epoch: int) -> EpochRecord | None:
        """Train for one epoch and evaluate, or `None` where it was asked to stop."""
        config, should_stop = self.config, self.hooks.should_stop
        self.model.train()
        norms = []
        ratios = UpdateRatios(self.model)
        rate = config.optimizer.lr
        reported, idle, start = 0, 0.0, time.perf_counter()
        next_report = start + REPORT_INTERVAL
        order = self._order()
        batches = in_batches(self.images, self.labels, config.batch_size, order)
        for step, (images, labels) in enumerate(batches):
            if should_stop:
                asked = time.perf_counter()
                if should_stop():
                    return None
                idle += time.perf_counter() - asked

            self._take_new_rate(epoch, step)
            rate = rate_at(self.whole, epoch, step, steps_per_epoch=self.steps)
            measured = step % GRADIENT_NORM_EVERY == 0
            if measured:
                ratios.before()
            outcome = self.step(images, labels, rate, wants_norm=measured)
            if measured:
                ratios.after()
            self.losses[step] = outcome.loss
            first = step * config.batch_size
            self.logits[first : first + len(images)] = outcome.logits
            if self.average is not None:
                self.average.update(self.done + step + 1)
            if outcome.gradient_norm is not None:
                norms.append(outcome.gradient_norm)

            now = time.perf_counter()
            if now >= next_report:
                done = min((step + 1) * config.batch_size, len(self.images))
                self._report(epoch, reported, step + 1, done / (now - start - idle))
                reported, next_report = step + 1, now + REPORT_INTERVAL
        labels = self.labels if order is None else self.labels[order]
        # waits for the device: the clock stops when the work is done
        hits = (self.logits.argmax(1) == labels).sum().item()
        seconds = time.perf_counter() - start - idle
        self._report(epoch, reported, self.steps, len(self.images) / seconds)
        record = self._record(epoch, hits / len(labels), norms, rate, seconds)
        return replace(record, update_ratios=ratios.mean())

    def _take_new_rate(self, epoch: int, step: int) -> None:
        """Where a new learning rate was asked for: from this step on it is another run."""
        if self.hooks.new_rate is None or not step:
            return
        rate = self.hooks.new_rate()
        changed = with_rate(self.whole, epoch, step, rate) if rate is not None else None
        if changed is not None and (self.hooks.on_change is None or self.hooks.on_change(changed)):
            self.whole = changed

    def _order(self) -> Tensor | None:
        """In which order the epoch visits the images; `None` is as they are stored."""
        if not self.config.shuffle:
            return None
        order = torch.randperm(len(self.kept), generator=self.generators["shuffle"])
        places = self.kept.cumsum(0) - 1  # leaving an image out does not change how the others follow
        return places[order[self.kept[order]]].to(self.device)

    def _record(
        self, epoch: int, train_accuracy: float, norms: list[Tensor], rate: float, seconds: float
    ) -> EpochRecord:
        sizes = torch.full((self.steps,), float(self.config.batch_size), device=self.device)
        sizes[-1] = len(self.images) - (self.steps - 1) * self.config.batch_size
        normalize = self.config.data.normalize
        validation = None
        if self.validation is not None:
            validation = evaluate(
                self.result_model, *self.validation, normalize=normalize, config=self.config
            )
        test = evaluate(self.result_model, *self.test, normalize=normalize, config=self.config)
        confusion = confusion_matrix(self.test[1].cpu(), test.logits.argmax(1))
        return EpochRecord(
            epoch=epoch,
            train_loss=(self.losses.double() @ sizes.double()).item() / len(self.images),
            train_accuracy=train_accuracy,
            validation_loss=validation.loss if validation else None,
            validation_accuracy=validation.accuracy if validation else None,
            test_loss=test.loss,
            test_accuracy=test.accuracy,
            seconds=seconds,
            samples_per_second=len(self.images) / seconds,
            gradient_norm=torch.stack(norms).mean().item(),
            learning_rate=rate,
            confusion=tuple(map(tuple, confusion.tolist())),
            fixed_logits=rows(test.logits[:KEPT_COUNT]),
            histograms={
                name: WeightHistogram.of(p.detach()) for name, p in self.result_model.named_parameters()
            },
            steps=self.steps,
            rate_changes=tuple(
                RateChange(step=change.step, rate=change.lr)
                for change in self.whole.changes
                if change.epoch == epoch - 1 and change.step and change.lr is not None
            ),
        )

    def _report(self, epoch: int, first: int, last: int, samples_per_second: float) -> None:
        """Report the losses of steps `first` to `last` of this epoch, up to the first that is no number."""
        losses: list[float] = self.losses[first:last].tolist()
        count = next((i for i, loss in enumerate(losses) if not math.isfinite(loss)), len(losses))
        done = self.done - (self.steps if len(self.history) == epoch else 0)  # before this epoch
        before = done + first + 1
        if self.hooks.on_progress is not None:
            fixed = predict_logits(self.result_model, self.test[0][:FIXED_COUNT], self.config.data.normalize)
            self.hooks.on_progress(
                RunProgress(
                    epoch=epoch,
                    epochs=self.whole.epochs,
                    epoch_step=first + count,
                    epoch_steps=self.steps,
                    samples_per_second=samples_per_second,
                    losses=tuple(enumerate(losses[:count], before)),
                    fixed_logits=rows(fixed),
                    history=tuple(self.history),
                    steps_before=done,
                )
            )
        if count < len(losses):
            step = before + count
            message = f"The loss stopped being a finite number at step {step:,}: lower the learning rate."
            raise DivergedError(message, step=step)

    def _keep_best(self) -> None:
        losses = [record.validation_loss for record in self.history if record.validation_loss is not None]
        if self.config.patience and losses[-1] == min(losses):
            self.best = copy_to_cpu(self.result_model.state_dict())

    def _is_out_of_patience(self) -> bool:
        if not self.config.patience:
            return False
        losses = [record.validation_loss or 0.0 for record in self.history]
        return len(losses) - 1 - losses.index(min(losses)) >= self.config.patience

    def _state(self) -> TrainingState:
        return TrainingState(
            config=self.whole,
            history=tuple(self.history),
            model=copy_to_cpu(self.result_model.state_dict()),
            optimizer=copy_to_cpu(self.step.optimizer_state()),
            generators={name: generator.get_state() for name, generator in self.generators.items()},
            best=self.best,
            trained=copy_to_cpu(self.model.state_dict()) if self.average else None,
        )

    def _restore(self, state: TrainingState) -> None:
        try:
            self.result_model.load_state_dict(state.model)
            self.model.load_state_dict(state.trained or state.model)
            here = [change for change in self.whole.changes if change.place == (state.epoch, 0)]
            if not any(change.optimizer for change in here):
                self.step.load_optimizer_state(state.optimizer)
            for name, generator in self.generators.items():
                generator.set_state(state.generators[name])
            for change in here:
                if change.shuffle_seed is not None:
                    self.generators["shuffle"].manual_seed(change.shuffle_seed + SEED_OFFSETS["shuffle"])
        except (RuntimeError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise ResumeError("What this run left is damaged: train again.") from error
        self.history = list(state.history)
        self.done = sum(record.steps or self.steps for record in self.history)
        self.best = state.best
