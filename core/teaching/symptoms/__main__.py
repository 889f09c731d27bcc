"""Runs every slip with ten seeds on the images that ship with the app, and writes `runs.json`."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import torch

from core.teaching.symptoms.evidence import ASKED_SEEDS, CORRECT, KNOWN_SEEDS, RUNS, record
from core.teaching.symptoms.programs import SLIPS

if __name__ == "__main__":
    os.environ["FASHION_MNIST_ROOT"] = str(Path(__file__).resolve().parents[2] / "data" / "sample")
    torch.set_num_threads(1)
    first = next(iter(SLIPS.values()))
    kept: dict[str, dict[int, object]] = {}
    for name in (CORRECT, *SLIPS):
        for seed in (*KNOWN_SEEDS, *ASKED_SEEDS):
            correct, broken = SLIPS.get(name, first).programs(seed)
            kept.setdefault(name, {})[seed] = asdict(record(correct if name == CORRECT else broken))
        sys.stdout.write(f"{name}\n")
    RUNS.write_text(json.dumps(kept, separators=(",", ":")) + "\n", encoding="utf-8")
