"""The mistakes lab: each mistake is a change of one or two lines to a correct program, and both are run.

A correct program is the text of a loop in `core.teaching.mistakes.programs`. A mistake names the lines it
replaces; if they are not there exactly once, making the broken program fails, so that no mistake can quietly
become the correct program. What is said of a mistake is filled in from the figures of the two runs.
"""

from core.teaching.mistakes.catalogue import COUNT, MISTAKES
from core.teaching.mistakes.job import SEEDS, LabJob, LabProgress, LabResult, ProgramResult, run_loop
from core.teaching.mistakes.mistake import Effect, Figure, Figures, Mistake, patch
from core.teaching.mistakes.report import mean_of_last, measured

__all__ = [
    "COUNT",
    "MISTAKES",
    "SEEDS",
    "Effect",
    "Figure",
    "Figures",
    "LabJob",
    "LabProgress",
    "LabResult",
    "Mistake",
    "ProgramResult",
    "mean_of_last",
    "measured",
    "patch",
    "run_loop",
]
