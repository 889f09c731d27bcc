"""What a server takes in memory, stage by stage.

`python -m benchmarks.memory [--sessions 10 50] [--passing 200]`

Prints one JSON line a stage: resident and anonymous megabytes of the server's process, and how much that is
above a Streamlit server that has done nothing but the same imports.
"""

import argparse
import asyncio
import contextlib
import json
import tempfile
import time
from pathlib import Path

from benchmarks.server import STEMS, Server, serve
from benchmarks.visitor import Visitor

IMPORTS = """import altair, matplotlib.figure, pandas, torch, torchvision.transforms.v2
import streamlit as st
st.title("bare")
"""
SETTLE_SECONDS = 3.0


def tell(stage: str, server: Server, base: dict[str, float] | None = None) -> dict[str, float]:
    """Print a stage's line and give its figures."""
    time.sleep(SETTLE_SECONDS)
    memory = server.memory()
    above = (
        {f"{name[:-3]}_above_imports_mb": round(memory[name] - base[name], 1) for name in memory}
        if base
        else {}
    )
    print(json.dumps({"benchmark": "memory", "stage": stage, **memory, **above}), flush=True)
    return memory


async def bare(server: Server) -> None:
    """Run the script once, so that its imports happen."""
    async with Visitor(server.port) as visitor:
        await visitor.open("")


async def walk(visitor: Visitor) -> None:
    """See every page once."""
    for stem in STEMS:
        await visitor.open(stem)


async def stages(server: Server, base: dict[str, float], sessions: list[int], passing: int) -> int:
    """Everything from the first page to after the last visitor; gives the errors seen."""
    errors = 0
    async with Visitor(server.port) as first:
        await first.open("quickstart")
        tell("first page, data loaded", server, base)
        await walk(first)
        tell("one session that has seen every page", server, base)
        await first.open("training", "preset=tutorial&epochs=60")
        await first.click("Start training")
        await asyncio.sleep(5)
        running = tell("one run training", server, base)
        for count in sessions:
            async with contextlib.AsyncExitStack() as stack:
                visitors = [await stack.enter_async_context(Visitor(server.port)) for _ in range(count)]
                for visitor in visitors:
                    await walk(visitor)
                memory = tell(f"one run training, {count} sessions that have seen every page", server, base)
                each = (memory["anonymous_mb"] - running["anonymous_mb"]) / count
                print(
                    json.dumps({"benchmark": "memory", "sessions": count, "mb_a_session": round(each, 2)}),
                    flush=True,
                )
                errors += sum(visitor.errors for visitor in visitors)
        errors += first.errors
    before = tell("they have gone", server, base)
    for _ in range(passing):
        async with Visitor(server.port) as visitor:
            await visitor.open("predictions")
            errors += visitor.errors
    after = tell(f"{passing} more have come and gone", server, base)
    growth = after["anonymous_mb"] / before["anonymous_mb"] - 1
    print(
        json.dumps({"benchmark": "memory", "sessions_passed": passing, "growth": round(growth, 4)}),
        flush=True,
    )
    return errors


def main() -> None:
    """Measure and print the lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sessions", type=int, nargs="+", default=[10, 50])
    parser.add_argument("--passing", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "bare.py")
        script.write_text(IMPORTS)
        with serve(script) as server:
            asyncio.run(bare(server))
            base = tell("imports only", server)
    with serve() as server:
        errors = asyncio.run(stages(server, base, options.sessions, options.passing))
        print(json.dumps({"benchmark": "memory", "errors": errors + server.errors()}), flush=True)


if __name__ == "__main__":
    main()
