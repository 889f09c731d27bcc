"""Processes that end while they train: cleanly, without a traceback, and the run goes on next time."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.training.runs import RunStore

PROJECT = Path(__file__).resolve().parents[2]

TRAIN_AND_LEAVE = """
import sys, time
from pathlib import Path
from core.config import DataConfig, TrainConfig
from core.data import load_split
from core.training.jobs import JobQueue, TrainingService
from core.training.runs import RunStore

pair = load_split(True), load_split(False)
service = TrainingService(JobQueue(), RunStore(Path(sys.argv[1])), lambda name: pair)
key = service.submit(TrainConfig(epochs=60, data=DataConfig(limit=3000), device="cpu")).key
while not service.snapshot(key).history:
    time.sleep(0.01)
"""


def test_a_process_that_ends_while_it_trains_ends_cleanly(tmp_path):
    """No abort of a thread inside PyTorch; the run is left as one that goes on."""
    done = subprocess.run(
        [sys.executable, "-c", TRAIN_AND_LEAVE, str(tmp_path)],
        capture_output=True, text=True, check=False, timeout=120, cwd=PROJECT,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    [run] = RunStore(tmp_path).list()
    assert run.status == "running"
    assert run.epochs_done >= 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="tells from /proc how far a process is")
@pytest.mark.parametrize("moment", ["PyTorch is being loaded", "the run is training"])
def test_ctrl_c_prints_no_traceback_however_early(moment, tmp_path):
    """One sentence and the exit status of an interrupt; what has begun goes on next time."""
    command = [
        sys.executable,
        "-m",
        "core.train",
        "--epochs",
        "60",
        "--device",
        "cpu",
        "--runs",
        str(tmp_path),
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT
    )
    loads = moment == "PyTorch is being loaded"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if loads and "libtorch" in Path(f"/proc/{process.pid}/maps").read_text():
            break
        if list(tmp_path.glob("*/progress.json")):
            break
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert err.rstrip().splitlines()[-1].startswith("Interrupted")
    assert out == ""
    statuses = [json.loads(path.read_text())["status"] for path in tmp_path.glob("*/status.json")]
    assert statuses == ([] if loads else ["running"])
