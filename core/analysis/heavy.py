"""Computations that may take seconds, as `core.system.apart` calls them: plain values in and out.

What each takes is worked out from the network's layers beforehand, so that it can be reserved.
"""

import dataclasses
import math
from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor

from core.analysis import attribution, explore
from core.config import TrainConfig
from core.data import CLASSES, Split
from core.model.footprint import backward_bytes, forward_bytes
from core.model.summary import NetworkSummary, summary_of
from core.training.engine import EVALUATION_BATCH, predict_logits
from core.training.trained_model import TrainedModel

LIGHT: Final = 20_000_000_000
"""Multiply-adds that a page computes by itself: well under a second on one core."""
FEATURE_BYTES: Final = 24_000_000
"""What the values before the last linear layer may take for all images: 6,000 values for 1,000 images."""
EXPLAINED: Final = 1_000
"""Forward passes that an explanation costs, a gradient counting as three."""
CHANGED: Final = 300
"""Forward passes that looking for a small change costs."""
_FLOAT: Final = 4
_COPIES: Final = 5
"""Of what is sent: packed and its buffer at this end, received, unpacked and put to use at the other."""
_FIXED: Final = 16_000_000
"""Bytes that every piece of work takes: libraries' buffers and kernels."""
_EIGENVECTORS: Final = 10
"""Multiply-adds that finding the directions takes, by the number of values cubed."""
_MATRICES: Final = 8
"""Matrices of every pair of images that arranging a map holds at once."""
Report = Callable[[float], None]


def is_light(model: TrainedModel, images: int) -> bool:
    """Whether a page may compute the network's answer for so many images by itself."""
    return summary_of(model.model).multiply_adds * images <= LIGHT


def is_plane_light(model: TrainedModel, images: int) -> bool:
    """Whether a page may find the plane of so many images by itself: their answers and the directions."""
    directions = _EIGENVECTORS * min(images, _units(summary_of(model.model))) ** 3
    return is_light(model, images) and directions <= LIGHT


def plain(model: TrainedModel) -> dict[str, Any]:
    """A network as plain values."""
    config = dataclasses.asdict(model.model)
    return {"state": dict(model.module.state_dict()), "config": config, "normalize": model.normalize}


def _network(values: dict[str, Any]) -> TrainedModel:
    config = TrainConfig.from_dict({"model": values["config"]}).model
    return TrainedModel.from_state_dict(
        values["state"], id="", title="", model=config, normalize=values["normalize"], about=""
    )


# ---- what each takes, in bytes


def predict_bytes(model: TrainedModel, images: int) -> int:
    """Bytes at the peak of `predict` for so many images."""
    summary = summary_of(model.model)
    return _sent(summary, images) + forward_bytes(summary.rows, EVALUATION_BATCH)


def hidden_count(model: TrainedModel, most: int) -> int:
    """How many images' values before the last linear layer are kept: `most`, or fewer of a wide layer."""
    return max(2, min(most, FEATURE_BYTES // (_FLOAT * _units(summary_of(model.model)))))


def hidden_bytes(model: TrainedModel, images: int) -> int:
    """Bytes at the peak of `hidden` or `plane` for so many images."""
    units = _units(summary_of(model.model))
    smaller = min(units, images)
    return predict_bytes(model, images) + _FLOAT * (_COPIES * units * images + 8 * smaller**2)


def explain_bytes(model: TrainedModel) -> int:
    """Bytes at the peak of `explain` and of `change`."""
    summary = summary_of(model.model)
    forward = forward_bytes(summary.rows, attribution.COVERED_BATCH)
    return _sent(summary, 1) + max(forward, backward_bytes(summary.rows, attribution.GRADIENT_BATCH))


def place_bytes(images: int) -> int:
    """Bytes at the peak of `place` for so many images."""
    return _FIXED + _FLOAT * images * (_MATRICES * images + _COPIES * 28 * 28)


def _sent(summary: NetworkSummary, images: int) -> int:
    return _FIXED + _COPIES * (_FLOAT * summary.parameters + 28 * 28 * images)


def _units(summary: NetworkSummary) -> int:
    """Values that reach the last linear layer; 1 where there is none, which those who need it say."""
    linear = [row for row in summary.rows if row.layer.kind == "linear"]
    return math.prod(linear[-1].input_shape) if linear else 1


# ---- the computations


def predict(model: dict[str, Any], images: Tensor, report: Report) -> Tensor:
    """`predict_logits` of the network for uint8 images, N x 28 x 28."""
    network = _network(model)
    return predict_logits(network.module, images, network.normalize, on_progress=report)


def hidden(model: dict[str, Any], images: Tensor, report: Report) -> Tensor:
    """`attribution.hidden`: what reaches the last linear layer for uint8 images, N x 28 x 28."""
    return attribution.hidden(_network(model), images, on_progress=report)


def plane(model: dict[str, Any], images: Tensor, report: Report) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """`attribution.plane` of what `hidden` gives: mean, axes, points and shares."""
    found = attribution.plane(hidden(model, images, report))
    return found.mean, found.axes, found.points, found.shares


def explain(
    model: dict[str, Any], image: Tensor, label: int, report: Report
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradient, integrated gradients and occlusion of one image (float32, 1 x 28 x 28, in [0, 1])."""
    network = _network(model)
    gradient = attribution.input_gradient(network, image, label)
    report(0.02)
    integrated = attribution.integrated_gradients(network, image, label)
    report(0.2)
    return gradient, integrated, attribution.occlusion(network, image, label)


def change(
    model: dict[str, Any], image: Tensor, sign: bool, report: Report
) -> tuple[Tensor, float, int, int] | None:
    """`attribution.smallest_change` of one image: the changed image, the step, both answers."""
    found = attribution.smallest_change(_network(model), image, sign=sign)
    return (found.image, found.step, found.before, found.after) if found is not None else None


def place(images: Tensor, report: Report) -> Tensor:
    """The t-SNE points (N x 2) of uint8 images, N x 28 x 28, that are a map's sample already."""
    split = Split(images, torch.zeros(len(images), dtype=torch.int64), CLASSES, "", True, "")
    return explore.make_map(split, len(images), method="neighbors", on_progress=report).points
