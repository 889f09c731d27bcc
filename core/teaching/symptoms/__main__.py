"""Runs every slip with ten seeds on the images that ship with the app, and writes `runs.json`."""

import json
import sys
from dataclasses import asdict

import torch

from core.teaching.symptoms.evidence import ASKED_SEEDS, CORRECT, KNOWN_SEEDS, RUNS, record
from core.teaching.symptoms.live import sample_folder
from core.teaching.symptoms.programs import SLIPS

if __name__ == "__main__":
    torch.set_num_threads(1)
    first = next(iter(SLIPS.values()))
    kept: dict[str, dict[int, object]] = {}
    for name in (CORRECT, *SLIPS):
        for seed in (*KNOWN_SEEDS, *ASKED_SEEDS):
            correct, broken = SLIPS.get(name, first).programs(seed, root=sample_folder())
            kept.setdefault(name, {})[seed] = asdict(record(correct if name == CORRECT else broken))
        sys.stdout.write(f"{name}\n")
    RUNS.write_text(json.dumps(kept, separators=(",", ":")) + "\n", encoding="utf-8")
