"""The symptom clinic: runs with one unknown slip, the evidence of each, and cases that the evidence decides.

`python -m core.teaching.symptoms` runs every slip anew and writes `runs.json`.
"""

from core.teaching.symptoms.cases import MAX_CASE, OPTIONS, Case, case
from core.teaching.symptoms.evidence import CORRECT, Run, classify, record, runs
from core.teaching.symptoms.live import BROKEN, run_both
from core.teaching.symptoms.pictures import eight_images
from core.teaching.symptoms.programs import SLIPS

__all__ = [
    "BROKEN",
    "CORRECT",
    "MAX_CASE",
    "OPTIONS",
    "SLIPS",
    "Case",
    "Run",
    "case",
    "classify",
    "eight_images",
    "record",
    "run_both",
    "runs",
]
