"""The complete program of each section of the tutorial, as a learner has it in a file.

`notes/` holds the programs of the study notes, with their slips corrected; `today/` the same programs as they
are written now. They are read as text, shown, traced and downloaded, never imported.
"""

from core.teaching.programs.catalogue import PROGRAMS, SETTINGS, VERSIONS, Program, program

__all__ = ["PROGRAMS", "SETTINGS", "VERSIONS", "Program", "program"]
