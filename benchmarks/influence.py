"""What leaving out the images that TracIn names does, against leaving out random ones of the same class.

`python -m benchmarks.influence [--errors N] [--seeds N] [--write]`

For each seed a network 784-64-10 is trained on the shipped sample, and its first errors among the test
images are traced back. For each error the network is trained again twice: without the 50 training images
that pushed the predicted class most, and without 50 random training images of that class. What counts is
how far the probability of the predicted class falls. Prints one JSON line; `--write` also puts the figures
where the page reads them.
"""

import argparse
import json
import statistics
import sys
from dataclasses import replace

import numpy as np
import torch

from core.analysis.evaluation import wilson_interval
from core.analysis.influence import influence
from core.analysis.influence.measured import FILE
from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.data import Split, load_split
from core.data.sources import SAMPLE_ROOT
from core.training.engine import predict_logits, run_training
from core.training.engine.records import TrainingState
from core.training.runs import StoredRun
from core.training.trained_model import TrainedModel

IMAGES = 50
# The rate falls to 0, so that a run ends at rest: with a constant one the noise of the last steps, which
# every change of the images draws anew, hides most of what 50 images do (71 of 100, 8 epochs at 0.02).
CONFIG = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(64,)),
    optimizer=OptimizerConfig(lr=0.05, momentum=0.9, schedule="cosine"),
    epochs=15,
    device="cpu",
    threads=1,
)


def model_of(config: TrainConfig, weights: dict[str, torch.Tensor]) -> TrainedModel:
    """A network that pages would look at."""
    return TrainedModel.from_state_dict(
        weights, id="", title="", model=config.model, normalize=config.data.normalize, about=""
    )


def probabilities(config: TrainConfig, train: Split, test: Split) -> torch.Tensor:
    """What the network of a run says of every test image, N x 10."""
    result = run_training(config, train_split=train, test_split=test.first(1))
    return predict_logits(model_of(config, result.state_dict).module, test.images).softmax(1)


def trial(seed: int, count: int, train: Split, test: Split) -> list[tuple[float, float]]:
    """For each error of one seed: how far the probability falls without the strongest, and without others."""
    config = replace(CONFIG, seed=seed)
    states: list[TrainingState] = []
    result = run_training(config, train_split=train, test_split=test, on_checkpoint=states.append)
    run = StoredRun("", config, "finished", None, result.history, np.zeros(0, np.float32), 0.0)
    before = predict_logits(model_of(config, result.state_dict).module, test.images).softmax(1)
    predicted = before.argmax(1)
    errors = (predicted != test.labels).nonzero().flatten()[:count]
    found = influence(
        run,
        range(1, config.epochs + 1),
        lambda epoch: model_of(config, states[epoch - 1].model),
        train,
        test.images[errors],
        predicted[errors],
    )
    generator = torch.Generator().manual_seed(seed)
    falls = []
    for number, error in enumerate(errors.tolist()):
        label = int(predicted[error])
        members = (train.labels == label).nonzero().flatten()
        shuffled = members[torch.randperm(len(members), generator=generator)]
        fall = []
        for gone in (found.indices[found.strongest(IMAGES, question=number)], shuffled[:IMAGES]):
            without = replace(config, data=DataConfig(left_out=tuple(gone.tolist())))
            after = probabilities(without, train, test)[error, label]
            fall.append(float(before[error, label] - after))
        falls.append((fall[0], fall[1]))
        print(f"seed {seed}, test image {error}: {fall[0]:.3f} against {fall[1]:.3f}", file=sys.stderr)
    return falls


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--errors", type=int, default=100, help="over all seeds")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the figures where the page reads them")
    options = parser.parse_args()
    train, test = (load_split(train=train, root=str(SAMPLE_ROOT)) for train in (True, False))
    falls: list[tuple[float, float]] = []
    for seed in range(options.seeds):
        left = options.errors - len(falls)
        falls += trial(seed, -(-left // (options.seeds - seed)), train, test)
    more = sum(strongest > random for strongest, random in falls)
    low, high = wilson_interval(more, len(falls))
    figures = {
        "errors": len(falls),
        "more": more,
        "images": IMAGES,
        "seeds": options.seeds,
        "strongest": round(statistics.mean(fall for fall, _ in falls), 3),
        "random": round(statistics.mean(fall for _, fall in falls), 3),
    }
    if options.write:
        FILE.write_text(json.dumps(figures) + "\n")
    interval = {"share": round(more / len(falls), 3), "low": round(low, 3), "high": round(high, 3)}
    print(json.dumps({"benchmark": "influence", **figures, **interval}))


if __name__ == "__main__":
    main()
