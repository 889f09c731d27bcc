"""An exported run on two machines of which one process is killed: it goes on, and ends with the same weights.

`python -m benchmarks.elastic [--epochs 40]`

The two machines are two `torchrun` agents on this one (`--nnodes=2`, rendezvous c10d over loopback), with one
process each. The run shuffles, drops out, augments and has momentum and a schedule. It is held twice: once in
peace, and once with `kill -9` of one process after its first checkpoint. The last line is JSON: `restarts`,
and `same_bits`, whether both ended with the same weights to the last bit.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

from benchmarks.server import free_port
from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.exchange import to_script
from core.teaching.snippets.dataset_root import dataset_root

SECONDS = 600


def config(epochs: int) -> TrainConfig:
    """A run that uses every generator that a checkpoint has to keep."""
    return TrainConfig(
        model=ModelConfig(architecture="mlp", hidden=(64,), dropout=0.2),
        optimizer=OptimizerConfig(lr=0.05, momentum=0.9, schedule="cosine"),
        data=DataConfig(limit=2_000, shift=2),
        epochs=epochs,
        batch_size=100,
        device="cpu",
        threads=1,
    )


def hold(folder: Path, script: str, *, kill: bool) -> tuple[dict[str, torch.Tensor], int]:
    """Run the script on both agents; gives its weights and how often it was started again."""
    folder.mkdir()
    (folder / "run.py").write_text(script, encoding="utf-8")
    command = [
        *(
            sys.executable,
            "-m",
            "torch.distributed.run",
            "--nnodes=2",
            "--nproc-per-node=1",
            "--max-restarts=3",
        ),
        *("--rdzv-backend=c10d", f"--rdzv-endpoint=127.0.0.1:{free_port()}", "--rdzv-id=benchmark"),
        *("run.py", "--root", str(Path(dataset_root()).resolve()), "--checkpoint", "run.pt"),
    ]
    environment = {**os.environ, "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1", "OMP_NUM_THREADS": "1"}
    with contextlib.ExitStack() as stack:
        agents = [
            stack.enter_context(
                subprocess.Popen(
                    command,
                    cwd=folder,
                    env=environment,
                    stdout=stack.enter_context((folder / f"{name}.log").open("w")),
                    stderr=subprocess.STDOUT,
                )
            )
            for name in ("one", "two")
        ]
        if kill:
            wait_for(folder / "run.pt")
            os.kill(children(agents[1].pid)[0], signal.SIGKILL)
        codes = [agent.wait(timeout=SECONDS) for agent in agents]
    logs = "".join((folder / f"{name}.log").read_text(encoding="utf-8") for name in ("one", "two"))
    if any(codes):
        raise SystemExit(logs[-3_000:])
    starts = logs.count("StackedNetwork(")  # the first process prints the network at each start
    return torch.load(folder / "model.pth", weights_only=True), starts - 1


def wait_for(path: Path) -> None:
    """Wait until a file is there."""
    deadline = time.monotonic() + SECONDS
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)


def children(pid: int) -> list[int]:
    """Processes that a process has started (Linux)."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    return [int(child) for child in text.split()]


def main() -> None:
    """Hold both runs and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--epochs", type=int, default=40)
    script = to_script(config(parser.parse_args().epochs), distributed=True)
    with tempfile.TemporaryDirectory(prefix="pytorch-basics-live-") as name:
        peaceful, _ = hold(Path(name) / "peaceful", script, kill=False)
        killed, restarts = hold(Path(name) / "killed", script, kill=True)
    same = all(torch.equal(value, killed[key]) for key, value in peaceful.items())
    print(json.dumps({"benchmark": "elastic", "restarts": restarts, "same_bits": same}), flush=True)


if __name__ == "__main__":
    main()
