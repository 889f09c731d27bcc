"""A visitor's file of weights on its way to a network: read, matched, and what the file cannot say tried."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from torch import Tensor

from core.config import ModelConfig, Normalization, TrainConfig
from core.data import Split
from core.errors import ConfigError
from core.exchange.weights.arrangements import Arrangement
from core.exchange.weights.reading import read_weight_file
from core.exchange.weights.recognition import Recognition, fit, has_names_of, named, recognize
from core.exchange.weights.scoring import Examples, Trial, score_ways
from core.exchange.weights.weighted_layers import unwrap
from core.training.trained_model import TrainedModel


@dataclass(frozen=True, eq=False)
class UploadedWeights:
    """A visitor's file, matched with a network, before anything is loaded into one."""

    tensors: dict[str, Tensor]
    """Under the file's names, without what wrappers put before them."""
    found: Recognition
    """What their names and shapes tell."""
    normalize: Normalization | None
    """As the file's notes say; `None` where it has none and it has to be found out."""
    kind: str
    """What the file is, in words."""
    renamed: bool
    """Whether the file called its tensors by other names."""

    @property
    def model(self) -> ModelConfig:
        """The network, or the likeliest one."""
        return self.found.likeliest.model

    @property
    def state_dict(self) -> dict[str, Tensor]:
        """Under the network's own names, float32 and int64, finite."""
        return fit(self.tensors, self.found.likeliest)


def read_uploaded_weights(data: bytes, known: Iterable[ModelConfig] = ()) -> UploadedWeights:
    """A visitor's file: read, checked, and matched with a network.

    Args:
        data: The whole file.
        known: Networks to try beside the tutorial's and what the shapes say.

    Raises:
        CheckpointError: The file is refused, or fits no network.
    """
    file = read_weight_file(data)
    state, (noted, normalize) = unwrap(file.state_dict), _read_notes(file.notes)
    if noted is not None and has_names_of(state, noted):
        found = Recognition(named(noted))
    else:
        found, normalize = recognize(state, known), None
    fitted = fit(state, found.likeliest)
    return UploadedWeights(state, found, normalize, file.kind, renamed=set(fitted) != set(file.state_dict))


def try_upload(
    upload: UploadedWeights,
    train: Split,
    test: Split,
    on_progress: Callable[[float], None] = lambda share: None,
) -> tuple[Trial, ...]:
    """What the file does not say, tried on images: one trial per preparation of images, the best first.

    Args:
        upload: What `read_uploaded_weights` gave.
        train: Training images, which tell arrangements apart.
        test: Test images, of which the figures are.
        on_progress: Called with the share of the work that is done, in [0, 1].
    """
    return score_ways(upload.tensors, upload.found, Examples.of(train), Examples.of(test), on_progress)


def try_apart(
    tensors: dict[str, Tensor],
    config: dict[str, Any],
    train: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    report: Callable[[float], None],
) -> list[dict[str, Any]]:
    """`try_upload` in plain values, as `core.system.apart` takes and gives them.

    Args:
        tensors: Those of the upload.
        config: The network, where the file's names leave no doubt; empty otherwise.
        train: Training images, uint8, N x 28 x 28, and their labels, int64, N.
        test: Test images and their labels.
        report: Called with the share done.
    """
    found = Recognition(named(_model(config))) if config else recognize(tensors)
    trials = score_ways(tensors, found, Examples(*train), Examples(*test), report)
    return [dataclasses.asdict(trial) for trial in trials]


def plain_config(upload: UploadedWeights) -> dict[str, Any]:
    """What `try_apart` takes as the network."""
    return dataclasses.asdict(upload.model) if upload.found.chain is None else {}


def trial_from(values: dict[str, Any]) -> Trial:
    """A trial from the plain values that `try_apart` gives."""
    arrangement = values["arrangement"]
    made = Arrangement(_model(arrangement["model"]), tuple(arrangement["sources"]))
    return Trial(**{**values, "arrangement": made})


def _model(values: dict[str, Any]) -> ModelConfig:
    return TrainConfig.from_dict({"model": values}).model


def to_model(
    upload: UploadedWeights,
    *,
    title: str,
    normalize: Normalization,
    arrangement: Arrangement | None = None,
) -> TrainedModel:
    """The network with the uploaded weights, for the visitor who brought them.

    Args:
        upload: What `read_uploaded_weights` gave.
        title: What to call it, such as the file's name.
        normalize: How its training images were prepared.
        arrangement: How its layers are put together, from a trial; `None` is the likeliest way.
    """
    arrangement = arrangement or upload.found.likeliest
    state = fit(upload.tensors, arrangement)
    trained = TrainedModel.from_state_dict(
        state,
        id="",
        title=title,
        model=arrangement.model,
        normalize=normalize,
        about=f"Uploaded in this session from {upload.kind}; how it was trained is not known here.",
    )
    return replace(trained, id=f"upload-{trained.digest}")


def write_notes(model: ModelConfig, normalize: Normalization, about: str) -> dict[str, str]:
    """What our own `.safetensors` files carry, so that they come back with nothing left to ask."""
    return {
        "about": about,
        "model": json.dumps(dataclasses.asdict(model), sort_keys=True),
        "normalize": normalize,
    }


def _read_notes(found: Mapping[str, str]) -> tuple[ModelConfig | None, Normalization | None]:
    """The network and the normalization that a file's notes name, if they make sense."""
    normalize = next((name for name in get_args(Normalization) if name == found.get("normalize")), None)
    try:
        return _model(json.loads(found["model"])), normalize
    except (KeyError, ValueError, RecursionError, ConfigError):
        return None, None
