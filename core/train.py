"""Train without a screen: `python -m core.train --preset tutorial`.

The same engine, and the same folder of runs, as the app: what is trained here is shown there. Ctrl-C leaves
a run that the same command goes on with. The last line on stdout is the run's folder.
"""

import os
import signal
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Train one run; gives the exit status."""
    # PyTorch takes a second to load, and an interrupt within it would end in a traceback of its modules
    before = signal.signal(signal.SIGINT, _leave)
    from core.training.command import train_command

    signal.signal(signal.SIGINT, before)
    return train_command(arguments)


def _leave(*_: object) -> None:
    sys.stderr.write("\nInterrupted before anything was trained.\n")
    sys.stderr.flush()
    os._exit(130)


if __name__ == "__main__":
    sys.exit(main())
