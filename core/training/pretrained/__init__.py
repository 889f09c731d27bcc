"""The model that ships with the project, so that predictions work before anybody has trained anything.

It is the tutorial's network, trained for longer and with a better optimizer than the tutorial's. Its weights
are stored in half precision (1.3 MB); `about.json` beside them says how it was trained and what it scored
after that rounding, `history.json` how each epoch went. `python -m core.training.pretrained` makes them
again.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import torch

from core.config import TrainConfig
from core.errors import CheckpointError
from core.training.engine.records import EpochRecord
from core.training.presets import OPTIMIZERS
from core.training.trained_model import TrainedModel

__all__ = ["MODEL_ID", "about", "load"]

FOLDER: Final = Path(__file__).parent
WEIGHTS: Final = FOLDER / "weights.pt"
ABOUT: Final = FOLDER / "about.json"
HISTORY: Final = FOLDER / "history.json"
MODEL_ID: Final = "pretrained"


def about() -> dict[str, Any]:
    """What `about.json` says: `config`, `train_images`, `torch` and `scores` (accuracy in [0, 1])."""
    values: dict[str, Any] = json.loads(ABOUT.read_text())
    return values


@cache
def load() -> TrainedModel:
    """The shipped model, float32 on the CPU. Read once in the process.

    Raises:
        CheckpointError: A file of the project is missing or damaged.
    """
    try:
        facts = about()
        state = torch.load(WEIGHTS, weights_only=True, map_location="cpu")
        config = TrainConfig.from_dict(facts["config"])
        history = json.loads(HISTORY.read_text())
        score = facts["scores"]["full"]
        return TrainedModel.from_state_dict(
            {name: value.float() for name, value in state.items()},
            id=MODEL_ID,
            title="Pretrained model",
            model=config.model,
            normalize=config.data.normalize,
            about=(
                f"Shipped with this app: the tutorial's network after {config.epochs} epochs of "
                f"{OPTIMIZERS[config.optimizer.name]} on {facts['train_images']:,} training images, "
                f"test accuracy {score['accuracy']:.1%}, {score['images']:,} images."
            ),
            history=tuple(EpochRecord.from_dict(entry) for entry in history),
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        message = "The pretrained model's files are missing or damaged: get the project's files again."
        raise CheckpointError(message) from error
