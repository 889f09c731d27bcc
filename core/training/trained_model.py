"""A network with its weights, ready to be looked at: pretrained, trained here, or brought by a visitor."""

import hashlib
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from core.config import ModelConfig, Normalization
from core.model.networks import build
from core.training.engine.records import EpochRecord


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A network in evaluation mode that nobody may change: every visitor sees the same one."""

    id: str
    """What a link calls it."""
    title: str
    """What a person calls it."""
    module: nn.Module
    """The network; copy it before changing anything in it."""
    model: ModelConfig
    """Its configuration."""
    normalize: Normalization
    """How its images are prepared."""
    about: str
    """How it was trained and what it scored on which images, in words."""
    history: tuple[EpochRecord, ...] = ()
    """One record per epoch, where it was trained here."""
    digest: str = field(default="")
    """SHA-256 of its parameters, the first 16 hexadecimal digits: what caches go by."""

    @classmethod
    def from_state_dict(
        cls,
        state_dict: dict[str, Tensor],
        *,
        id: str,  # noqa: A002
        title: str,
        model: ModelConfig,
        normalize: Normalization,
        about: str,
        history: tuple[EpochRecord, ...] = (),
    ) -> "TrainedModel":
        """Build the network and give it these parameters (float, any device; copied)."""
        module = build(model)
        module.load_state_dict(state_dict)
        module.eval().requires_grad_(False)
        whole = f"{digest(module.state_dict())} {model!r} {normalize}"
        known = hashlib.sha256(whole.encode()).hexdigest()
        return cls(id, title, module, model, normalize, about, history, known)


def digest(state_dict: dict[str, Tensor]) -> str:
    """SHA-256 of all parameters with their names, types and shapes, 64 hexadecimal digits."""
    hasher = hashlib.sha256()
    for name, value in state_dict.items():
        hasher.update(f"{name} {value.dtype} {tuple(value.shape)} ".encode())
        hasher.update(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return hasher.hexdigest()
