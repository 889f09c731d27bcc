"""TracIn: how much each training image pushed a prediction, from the weights of a run's kept epochs.

A step of gradient descent on a training image z with learning rate r changes the loss of another image z'
by about -r grad l(z) . grad l(z'). Added up over the kept epochs k, that is the influence of z on z'
(TracInCP in Pruthi, Liu, Kale and Sundararajan, "Estimating Training Data Influence by Tracing Gradient
Descent", NeurIPS 2020, section 3.2):

    influence(z, z') = sum over k of  r_k  grad l(w_k, z) . grad l(w_k, z')

Only the last linear layer's weights and biases are used (section 4.2 there). Its gradient is the outer
product of the gradient g at its outputs and its inputs h, with 1 for the bias, so the product of two such
gradients is (g . g') (h . h' + 1), and no gradient is ever laid out.

An image that the network finds hard has long gradients and pushes everything. So a score is the cosine of
the two: influence(z, z') / sqrt(influence(z, z) influence(z', z')), in [-1, 1]. To divide by what an image
does to itself is the proposal of Barshan, Brunet and Dziugaite, "RelatIF: Identifying Explanatory Training
Examples via Relative Influence", AISTATS 2020, section 3. `benchmarks.influence` measures what it gains.

Images count as they are stored, without augmentation, in evaluation mode. The formula is that of plain
gradient descent: momentum, Adam's scaling and weight decay are not in it.
"""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.analysis.attribution import trunk
from core.config import TrainConfig
from core.data import Split
from core.errors import RunError
from core.training.engine import EVALUATION_BATCH, SEED_OFFSETS, to_input
from core.training.engine.batches import own_labels, split_indices
from core.training.engine.objectives import loss_function
from core.training.runs import StoredRun
from core.training.trained_model import TrainedModel


@dataclass(frozen=True, eq=False)
class Influence:
    """What the training images of a run had to do with some predictions."""

    indices: Tensor
    """Which images the run trained on, by index in the dataset; int64, M."""
    labels: Tensor
    """Their labels in the run; int64, M."""
    scores: Tensor
    """How much each pushed each prediction, in [-1, 1]: above 0 for it, below 0 against; float32, Q x M."""
    losses: Tensor
    """Each image's smallest loss over the later half of the kept epochs; float32, M."""
    epochs: tuple[int, ...]
    """The kept epochs that were used, counted from 1."""

    def strongest(self, count: int, *, question: int = 0, against: bool = False) -> Tensor:
        """Positions of the images that pushed a prediction most, strongest first; int64, at most `count`.

        Those whose score has the other sign are never among them.
        """
        scores = -self.scores[question] if against else self.scores[question]
        found = scores.topk(min(count, len(scores)))
        return found.indices[found.values > 0]

    def stubborn(self, count: int) -> Tensor:
        """Positions of the images whose loss stayed highest to the end, highest first; int64."""
        return self.losses.topk(min(count, len(self.losses))).indices


def passes(run: StoredRun, epochs: Sequence[int], images: int) -> int:
    """How many images have to go through the network: those trained on, once per kept epoch."""
    return len(epochs) * min(run.config.data.limit or images, images)


def influence(
    run: StoredRun,
    epochs: Sequence[int],
    load: Callable[[int], TrainedModel],
    split: Split,
    questions: Tensor,
    answers: Tensor,
    on_progress: Callable[[float], None] | None = None,
) -> Influence:
    """Trace predictions back to the training images of a run.

    Memory stays small whatever the dataset: only one epoch's network and one batch's values are held.

    Args:
        run: The run.
        epochs: Its kept epochs.
        load: Gives its network after an epoch.
        split: The training images of its dataset.
        questions: uint8, Q x 28 x 28: the images that are predicted.
        answers: int64, Q: the class whose probability is asked about, for each of them.
        on_progress: Called with the share done, in (0, 1].

    Raises:
        RunError: No epoch was kept.
        CoreError: The network has no last linear layer.
    """
    if not epochs:
        raise RunError("This run has no kept epoch, so nothing can be traced back: train again.")
    config = run.config
    generator = torch.Generator().manual_seed(config.seed + SEED_OFFSETS["validation"])
    indices, _ = split_indices(config.data, split.labels, generator)
    split = own_labels(config.data, split)
    labels = split.labels[indices]
    scores = torch.zeros(len(questions), len(indices))
    asked_own, seen_own = torch.zeros(len(questions)), torch.zeros(len(indices))
    losses = torch.full((len(indices),), torch.inf)
    later = list(epochs)[len(epochs) // 2 :]
    done, total = 0, len(epochs) * len(indices)
    for epoch in epochs:
        layers = _LastLayer(load(epoch), config)
        rate = run.history[epoch - 1].learning_rate
        asked = layers(questions, answers)
        asked_own += rate * asked.squares
        for start in range(0, len(indices), EVALUATION_BATCH):
            part = slice(start, start + EVALUATION_BATCH)
            seen = layers(split.images[indices[part]], labels[part])
            products = (asked.outputs @ seen.outputs.T) * (asked.inputs @ seen.inputs.T + 1)
            scores[:, part] += rate * products
            seen_own[part] += rate * seen.squares
            if epoch in later:
                losses[part] = torch.minimum(losses[part], seen.losses)
            done += len(seen.losses)
            if on_progress is not None:
                on_progress(done / total)
    lengths = asked_own.sqrt()[:, None] * seen_own.sqrt()
    scores /= lengths.clamp_min(torch.finfo(torch.float32).tiny)
    return Influence(indices, labels, scores, losses, tuple(epochs))


@dataclass(frozen=True, eq=False)
class _Gradients:
    """What the gradients of the last linear layer are made of, for N images."""

    inputs: Tensor
    """What reaches the layer; float32, N x D."""
    outputs: Tensor
    """Gradient of each image's own loss with respect to what the layer gives; float32, N x 10."""
    losses: Tensor
    """Each image's loss, labels as they are; float32, N."""

    @property
    def squares(self) -> Tensor:
        """The squared length of each image's gradient; float32, N."""
        return self.outputs.square().sum(1) * (self.inputs.square().sum(1) + 1)


class _LastLayer:
    """A network cut at its last linear layer."""

    def __init__(self, model: TrainedModel, config: TrainConfig) -> None:
        module = copy.deepcopy(model.module)  # the model belongs to everybody
        self.normalize = model.normalize
        self.trunk = trunk(module).eval()
        layers = [layer for layer in module.modules() if next(layer.children(), None) is None]
        at = max(place for place, layer in enumerate(layers) if isinstance(layer, nn.Linear))
        self.last, self.tail = layers[at], nn.Sequential(*layers[at + 1 :]).eval()
        self.loss = loss_function(config)
        self.squared = config.loss == "mse"

    @torch.no_grad()
    def __call__(self, images: Tensor, labels: Tensor) -> _Gradients:
        inputs = self.trunk(to_input(images, self.normalize)).flatten(1)
        with torch.enable_grad():
            outputs = self.last(inputs).detach().requires_grad_()
            logits = self.tail(outputs)
            total = self.loss(logits, labels) * len(labels)  # of means, the sum: images do not touch
            (gradients,) = torch.autograd.grad(total, outputs)
        return _Gradients(inputs, gradients, self._each(logits, labels))

    def _each(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The loss of every image, N: what the run's loss is the mean of, without smoothing."""
        if self.squared:
            return (logits - F.one_hot(labels, logits.shape[1])).square().mean(1)
        return F.cross_entropy(logits, labels, reduction="none")
