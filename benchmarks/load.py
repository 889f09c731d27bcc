"""How a server answers N visitors at once while one run trains.

`python -m benchmarks.load [--visitors 1 10 25 50] [--rounds N] [--think SECONDS]`

Each visitor speaks the browser's protocol over loopback: opens the pages in an order of its own, then clicks
"Forward" (the next garments) on the predictions page, thinking between clicks. Prints one JSON line for each
N: median and 95th percentile of page and click times, errors, and, for N = 1, how much of the speed that it
has alone the run kept.
"""

import argparse
import asyncio
import json
import random
import statistics
import time
from dataclasses import dataclass, field

from benchmarks.server import STEMS, Server, serve
from benchmarks.visitor import Visitor

TRAIN_BUTTON = "Start training"
LIGHT_CLICK = "Forward"  # the next page of the grid
ALONE_SECONDS = 20.0


@dataclass
class Times:
    """What all visitors together saw, seconds; and the run's images a second without them and with them."""

    pages: list[float] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)
    errors: int = 0
    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)


async def visit(server: Server, number: int, rounds: int, think: float, times: Times) -> None:
    """One visitor: every page once a round, then clicks."""
    chance = random.Random(number)
    async with Visitor(server.port) as visitor:
        await asyncio.sleep(chance.random() * think)
        for _ in range(rounds):
            for stem in chance.sample(STEMS, len(STEMS)):
                times.pages.append(await visitor.open(stem))
                await asyncio.sleep(think * (0.5 + chance.random()))
            await visitor.open("predictions")
            for _ in range(5):
                await asyncio.sleep(think * (0.5 + chance.random()))
                times.clicks.append(await visitor.click(LIGHT_CLICK))
        times.errors += visitor.errors


def speeds(server: Server) -> list[float]:
    """Images a second of each complete epoch of the run, from its folder."""
    histories = list(server.runs.glob("*/history.json"))
    return (
        [epoch["samples_per_second"] for epoch in json.loads(histories[0].read_text())] if histories else []
    )


async def measure(server: Server, visitors: int, rounds: int, think: float) -> Times:
    """N visitors at once, while somebody else's run trains."""
    times = Times()
    async with Visitor(server.port) as trainer:
        await trainer.open("training", "preset=tutorial&epochs=60")
        await trainer.click(TRAIN_BUTTON)
        if visitors == 1:
            await asyncio.sleep(ALONE_SECONDS)
        before = len(speeds(server))
        await asyncio.gather(*(visit(server, n, rounds, think, times) for n in range(visitors)))
        times.errors += trainer.errors
        found = speeds(server)
        times.alone, times.together = found[:before], found[before + 1 :]  # whole epochs of either kind
    return times


def kept(times: Times) -> dict[str, float]:
    """How much of its speed the run kept, where both were measured."""
    if not (times.alone and times.together):
        return {}
    return {"run_speed_kept": round(statistics.median(times.together) / statistics.median(times.alone), 2)}


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> None:
    """Measure and print one JSON line for each number of visitors."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 10, 25, 50])
    parser.add_argument("--rounds", type=int, default=1, help="walks through all pages of each visitor")
    parser.add_argument("--think", type=float, default=2.0, help="mean seconds between two clicks")
    options = parser.parse_args()
    for visitors in options.visitors:
        with serve() as server:
            started = time.perf_counter()
            times = asyncio.run(measure(server, visitors, options.rounds, options.think))
            milliseconds = {
                f"{name}_{label}_ms": round(1000 * function(values))
                for name, values in (("page", times.pages), ("click", times.clicks))
                for label, function in (
                    ("median", statistics.median),
                    ("p95", lambda v: percentile(v, 0.95)),
                )
            }
            print(
                json.dumps(
                    {
                        "benchmark": "load",
                        "visitors": visitors,
                        "pages": len(times.pages),
                        "clicks": len(times.clicks),
                        **milliseconds,
                        **kept(times),
                        "errors": times.errors + server.errors(),
                        "seconds": round(time.perf_counter() - started, 1),
                    }
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
