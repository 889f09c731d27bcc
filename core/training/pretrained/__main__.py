"""Make the shipped model again: `python -m core.training.pretrained`.

Needs the full dataset; takes about a minute.
"""

import json
import sys

import torch

from core.config import DataConfig, OptimizerConfig, TrainConfig
from core.data import Split, load_split
from core.data.sources import SAMPLE_ROOT
from core.errors import CoreError
from core.model import build
from core.training.engine import evaluate, run_training
from core.training.engine.records import RunProgress
from core.training.pretrained import ABOUT, HISTORY, WEIGHTS

CONFIG = TrainConfig(
    data=DataConfig(shift=1, flip=True),
    optimizer=OptimizerConfig(name="adamw", lr=3e-3, weight_decay=0.02, schedule="one_cycle", warmup=0.2),
    epochs=30,
    batch_size=256,
    device="cpu",
)


def main() -> int:
    """Train, round to half precision, score what is left, and write the files."""
    train, test = load_split(True), load_split(False)
    if len(train) < 60_000:
        print("The shipped model is trained on the full dataset: get it with `python -m core.data fetch`.")
        return 1
    result = run_training(CONFIG, train_split=train, test_split=test, on_progress=_show)
    state = {name: value.half() for name, value in result.state_dict.items()}
    module = build(CONFIG.model)
    module.load_state_dict(state)

    def score(split: Split) -> dict[str, float]:
        found = evaluate(module, split.images, split.labels)
        return {"images": len(split), "accuracy": found.accuracy, "loss": found.loss}

    scores = {"full": score(test), "sample": score(load_split(False, str(SAMPLE_ROOT)))}
    torch.save(state, WEIGHTS)
    facts = {
        "config": result.config.to_dict(),
        "train_images": len(train),
        "torch": torch.__version__,
        "scores": scores,
    }
    ABOUT.write_text(json.dumps(facts, indent=2) + "\n")
    HISTORY.write_text(json.dumps([record.to_dict() for record in result.history]) + "\n")
    print(f"Test accuracy {scores['full']['accuracy']:.2%} on {scores['full']['images']:,} images.")
    return 0


def _show(progress: RunProgress) -> None:
    if len(progress.history) == progress.epoch:
        last = progress.history[-1]
        print(f"epoch {last.epoch}/{progress.epochs}: test accuracy {last.test_accuracy:.2%}", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CoreError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
