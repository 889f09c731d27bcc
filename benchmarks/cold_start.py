"""From `streamlit run` to the first page and the first prediction, against a bare app with the same imports.

`python -m benchmarks.cold_start [--rounds N]`

Both servers are started in turn, N times each, in one run; a visitor without a screen asks for the home page
as soon as the server answers. The home page holds the first prediction. Prints one JSON line: medians in
seconds and their ratio.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.memory import IMPORTS
from benchmarks.server import PROJECT, Server, serve
from benchmarks.visitor import Visitor


async def first_page(server: Server) -> float:
    """Seconds until the home page has run."""
    async with Visitor(server.port) as visitor:
        return await visitor.open("")


def cold(script: Path) -> float:
    """Seconds from the server's start to its first whole page."""
    started = time.perf_counter()
    with serve(script) as server:
        asyncio.run(first_page(server))
        return time.perf_counter() - started


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    seconds: dict[str, list[float]] = {"app": [], "bare": []}
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder, "bare.py")
        bare.write_text(IMPORTS)
        for _ in range(options.rounds):
            seconds["bare"].append(cold(bare))
            seconds["app"].append(cold(PROJECT / "streamlit_app.py"))
    app, base = (statistics.median(seconds[name]) for name in ("app", "bare"))
    ratio = statistics.median(a / b for a, b in zip(seconds["app"], seconds["bare"], strict=True))
    print(
        json.dumps(
            {
                "benchmark": "cold_start",
                "rounds": options.rounds,
                "app_s": round(app, 2),
                "bare_s": round(base, 2),
                "ratio": round(ratio, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
