"""A handful of kills for every test run; `python tests/faults/kill_training.py --kills 50` does more."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent / "kill_training.py"


def test_a_killed_run_goes_on_to_the_same_weights():
    """Eight kills at random moments: every file readable, no epoch lost, the end bit-identical."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--kills", "8", "--epochs", "12", "--seed", "1"],
        capture_output=True, text=True, timeout=170,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["weights"] == "bit-identical"
