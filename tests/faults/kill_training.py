"""Kill a training run at random moments, again and again: `python tests/faults/kill_training.py --kills 50`.

Each time: every file that is left can be read, the run on disk is the last whole epoch or the one before, and
starting again goes on from there. In the end the weights are those of a run that was never killed, bit for
bit. Prints one JSON line.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

import torch
import torch._dynamo  # the first step of an optimizer imports it: once here, not in every child

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig  # noqa: E402
from core.data import load_split  # noqa: E402
from core.data.sources import SAMPLE_ROOT  # noqa: E402
from core.training.jobs.training import TrainingJob, resolve  # noqa: E402
from core.training.runs import RunStore  # noqa: E402
from core.training.runs import files as run_files  # noqa: E402

CONFIG = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(64,), dropout=0.2),
    data=DataConfig(limit=1000, shift=1, flip=True, validation=0.1),
    optimizer=OptimizerConfig(name="adam", schedule="cosine", ema_decay=0.9),
    device="cpu",
    threads=1,
)


def make_job(runs: Path, epochs: int) -> TrainingJob:
    """The run that is killed: all that draws at random, an optimizer and an average that remember."""
    train, test = (load_split(train=flag, root=str(SAMPLE_ROOT)) for flag in (True, False))
    config = resolve(TrainConfig.from_dict({**CONFIG.to_dict(), "epochs": epochs}), train)
    return TrainingJob(config, RunStore(runs), train, test)


def check(folder: Path) -> int:
    """Every file of a run that a kill left can be read; gives the number of whole epochs."""
    if not (folder / "status.json").exists():
        return 0
    stored = run_files.read(folder)
    for path in folder.rglob("*.pt"):
        if not path.name.startswith(".tmp-"):
            torch.load(path, weights_only=True)
    if stored.history and stored.status not in run_files.COMPLETE:
        state = run_files.read_state(folder)
        assert state is not None
        assert state.epoch == len(stored.history)
    return len(stored.history)


def main() -> int:
    """Kill, check, start again; then compare."""
    parser = argparse.ArgumentParser(
        description="Kill a training run at random moments and check what is left."
    )
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        return _kill(options, Path(root), random.Random(options.seed))


def start(job: TrainingJob) -> int:
    """Train in a process of its own; gives its id. This process itself must not train before it forks."""
    child = os.fork()
    if child:
        return child
    try:
        job.run(lambda _: None, lambda: False)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _kill(options: argparse.Namespace, root: Path, rng: random.Random) -> int:
    whole, killed = make_job(root / "whole", options.epochs), make_job(root / "killed", options.epochs)
    began = time.perf_counter()
    child = start(whole)
    while not (whole.runs.folder(whole.key) / "history.json").exists():
        time.sleep(0.002)
    first = time.perf_counter() - began
    assert os.waitpid(child, 0)[1] == 0
    epoch = (time.perf_counter() - began - first) / (options.epochs - 1)
    folder = killed.runs.folder(killed.key)
    kills, finished, epochs = 0, 0, [0]
    while kills < options.kills:
        child = start(killed)
        # short lives, so that there are many kills in one run; some end before the first epoch does
        time.sleep(rng.uniform(0, first + 4 * epoch))
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        if os.WIFEXITED(status):  # it had ended before the blow: begin again, the kills go on
            assert os.WEXITSTATUS(status) == 0, "a restart failed"
            finished += 1
            _check_same(whole, folder)
            shutil.rmtree(folder)
            epochs = [0]
            continue
        kills += 1
        epochs.append(check(folder))
        assert epochs[-1] >= epochs[-2], "an epoch was lost"
    assert os.waitpid(start(killed), 0)[1] == 0, "the last restart failed"
    _check_same(whole, folder)
    print(json.dumps({
        "kills": kills, "finished_before_a_kill": finished, "epochs": options.epochs,
        "epochs_at_the_last_kill": epochs[-1], "unreadable_files": 0, "weights": "bit-identical",
    }))  # fmt: skip
    return 0


def _check_same(whole: TrainingJob, folder: Path) -> None:
    expected = run_files.read_weights(whole.runs.folder(whole.key))
    found = run_files.read_weights(folder)
    assert all(torch.equal(found[name], expected[name]) for name in expected), "the weights differ"
    first, second = run_files.read(whole.runs.folder(whole.key)), run_files.read(folder)
    assert [r.test_loss for r in first.history] == [r.test_loss for r in second.history]
    assert (first.losses == second.losses).all()


if __name__ == "__main__":
    sys.exit(main())
