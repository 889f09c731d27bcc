"""A visitor's file of weights on its way to a network: read, matched, and what the file cannot say asked."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from torch import Tensor

from core.config import Activation, ModelConfig, Normalization, TrainConfig
from core.errors import ConfigError
from core.exchange.weights.recognition import compare, expected, fit, recognise, unwrap
from core.exchange.weights.weights import read_weight_file
from core.training.trained_model import TrainedModel


@dataclass(frozen=True, eq=False)
class Upload:
    """A visitor's file, matched with a network, before anything is loaded into one."""

    state_dict: dict[str, Tensor]
    """Under the network's own names, float32 and int64, finite."""
    model: ModelConfig
    """The network."""
    normalize: Normalization | None
    """As the file's notes say; `None` where it has none and the visitor has to say."""
    told: bool
    """Whether notes in the file named the network, so that there is nothing left to ask."""
    kind: str
    """What the file is, in words."""
    renamed: bool
    """Whether the file called its tensors by other names."""


def read_upload(data: bytes, known: Iterable[ModelConfig] = ()) -> Upload:
    """A visitor's file: read, checked, and matched with a network.

    Args:
        data: The whole file.
        known: Networks to try beside the tutorial's and what the shapes say.

    Raises:
        CheckpointError: The file is refused, or fits no network.
    """
    file = read_weight_file(data)
    state, (noted, normalize) = unwrap(file.state_dict), _notes(file.notes)
    told = noted is not None and compare(state, noted).fits
    model = noted if noted is not None and told else recognise(state, known)
    fitted = fit(state, model)
    renamed = list(fitted) != list(file.state_dict)
    return Upload(fitted, model, normalize if told else None, told, file.kind, renamed)


def to_model(upload: Upload, *, title: str, normalize: Normalization, activation: Activation) -> TrainedModel:
    """The network with the uploaded weights, for the visitor who brought them.

    Args:
        upload: What `read_upload` gave.
        title: What to call it, such as the file's name.
        normalize: How its training images were prepared.
        activation: Of a network whose file does not tell it; the tutorial's and noted ones ignore it.
    """
    model = upload.model
    if not upload.told and model.architecture in ("mlp", "cnn"):
        model = replace(model, activation=activation)
    trained = TrainedModel.from_state_dict(
        upload.state_dict,
        id="",
        title=title,
        model=model,
        normalize=normalize,
        about=f"Uploaded in this session from {upload.kind}; how it was trained is not known here.",
    )
    return replace(trained, id=f"upload-{trained.digest}")


def notes(model: ModelConfig, normalize: Normalization, about: str) -> dict[str, str]:
    """What our own `.safetensors` files carry, so that they come back with nothing left to ask."""
    return {
        "about": about,
        "model": json.dumps(dataclasses.asdict(model), sort_keys=True),
        "normalize": normalize,
    }


def _notes(found: Mapping[str, str]) -> tuple[ModelConfig | None, Normalization | None]:
    """The network and the normalisation that a file's notes name, if they make sense."""
    normalize = found.get("normalize")
    try:
        model = TrainConfig.from_dict({"model": json.loads(found["model"])}).model
        expected(model)
    except (KeyError, ValueError, RecursionError, ConfigError):
        return None, None
    return model, normalize if normalize in ("none", "fashion_mnist") else None  # type: ignore[return-value]
