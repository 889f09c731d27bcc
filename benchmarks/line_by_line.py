"""How long it takes to record each of the tutorial's programs, and how much goes to the browser for it.

`python -m benchmarks.line_by_line` prints one JSON line: per program and version the seconds of the second
run (the first imports what the program imports), the processor seconds of its thread, the seconds of the same
program without the recorder, the bytes and steps of the trace, and how many of the lines with code it visits.
"""

import json
import time

from core.teaching.programs import PROGRAMS, VERSIONS, Program
from core.teaching.tracer import record
from core.teaching.tracer.trace import prepared


def measured(program: Program, version: str) -> dict[str, float]:
    """The figures of one program."""
    text = program.text(version)
    record(text, program.files)
    start, busy = time.perf_counter(), time.thread_time()
    made = record(text, program.files)
    seconds, busy = time.perf_counter() - start, time.thread_time() - busy
    with prepared(text, program.files) as (code, namespace, _):
        start = time.perf_counter()
        exec(code, namespace)
        plain = time.perf_counter() - start
    executable = set(made.data["executable"])
    visited = {line for first, last, *_ in made.data["steps"] for line in range(first, last + 1)}
    return {
        "seconds": round(seconds, 2),
        "processor_seconds": round(busy, 2),
        "untraced_seconds": round(plain, 2),
        "bytes": made.size,
        "steps": len(made.data["steps"]),
        "lines": len(executable),
        "visited": len(executable & visited),
    }


def main() -> None:
    """Measure every program."""
    figures = {
        f"{program.name}, {version}": measured(program, version)
        for program in PROGRAMS
        for version in VERSIONS
    }
    print(json.dumps({"benchmark": "line_by_line", **figures}))


if __name__ == "__main__":
    main()
