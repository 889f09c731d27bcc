"""Computations that may take seconds, as `core.system.apart` calls them: plain values in and out."""

import dataclasses
from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor

from core.analysis import attribution, explore
from core.config import TrainConfig
from core.data import CLASSES, Split
from core.model.summary import summary_of
from core.training.engine import predict_logits
from core.training.trained_model import TrainedModel

LIGHT: Final = 20_000_000_000
"""Multiply-adds that a page computes by itself: well under a second on one core."""
Report = Callable[[float], None]


def is_light(model: TrainedModel, images: int) -> bool:
    """Whether a page may compute the network's answer for so many images by itself."""
    return summary_of(model.model).multiply_adds * images <= LIGHT


def plain(model: TrainedModel) -> dict[str, Any]:
    """A network as plain values."""
    config = dataclasses.asdict(model.model)
    return {"state": dict(model.module.state_dict()), "config": config, "normalize": model.normalize}


def _network(values: dict[str, Any]) -> TrainedModel:
    config = TrainConfig.from_dict({"model": values["config"]}).model
    return TrainedModel.from_state_dict(
        values["state"], id="", title="", model=config, normalize=values["normalize"], about=""
    )


def predict(model: dict[str, Any], images: Tensor, report: Report) -> Tensor:
    """`predict_logits` of the network for uint8 images, N x 28 x 28."""
    network = _network(model)
    return predict_logits(network.module, images, network.normalize, on_progress=report)


def hidden(model: dict[str, Any], images: Tensor, report: Report) -> Tensor:
    """`attribution.hidden`: what reaches the last linear layer for uint8 images, N x 28 x 28."""
    return attribution.hidden(_network(model), images, on_progress=report)


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


def place(images: Tensor, report: Report) -> Tensor:
    """The t-SNE points (N x 2) of uint8 images, N x 28 x 28, that are a map's sample already."""
    split = Split(images, torch.zeros(len(images), dtype=torch.int64), CLASSES, "", True, "")
    return explore.make_map(split, len(images), method="neighbours", on_progress=report).points
