"""Kill a process at each flush of a checkpoint in turn: `python tests/faults/kill_saving.py FOLDER`.

Prints how many epochs the run on disk had after each kill, then whether the end is the unkilled run's.
"""

import itertools
import os
import signal
import sys
from pathlib import Path

FAULTS = Path(__file__).parent
sys.path[:0] = [str(FAULTS), str(FAULTS.parents[1])]

import torch  # noqa: E402
from kill_training import check, make_job, start  # noqa: E402

from core.training.runs import files as run_files  # noqa: E402


def start_dying(job, flushes: int) -> int:
    """Train in a process of its own that kills itself before its flush number `flushes` (from 1)."""
    child = os.fork()
    if child:
        return child
    counter, flush = itertools.count(1), os.fsync

    def fsync(descriptor: int) -> None:
        if next(counter) == flushes:
            os.kill(os.getpid(), signal.SIGKILL)
        flush(descriptor)

    os.fsync = fsync
    job.run(lambda _: None, lambda: False)
    os._exit(0)


def main() -> int:
    """Kill, check, and go on each time; then compare with a run that nobody killed."""
    root = Path(sys.argv[1])
    whole, killed = make_job(root / "whole", 2), make_job(root / "killed", 2)
    assert os.waitpid(start(whole), 0)[1] == 0
    folder = killed.runs.folder(killed.key)
    epochs, ended = [0], False
    for flushes in range(1, 60):
        status = os.waitpid(start_dying(killed, flushes), 0)[1]
        epochs.append(check(folder))
        assert epochs[-1] >= epochs[-2], "an epoch that was whole is lost"
        ended = status == 0
        if ended:
            break
        assert os.WIFSIGNALED(status)
    assert ended
    print(*epochs)
    first, second = (run_files.read_weights(job.runs.folder(job.key)) for job in (whole, killed))
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
    print("the same weights")
    return 0


if __name__ == "__main__":
    sys.exit(main())
