"""How long the server takes to answer a click, page by page.

`python -m benchmarks.answers [--rounds N]`

Opens each part of each page with one setting changed each time, without a browser (Streamlit's AppTest), on
the data that is here; what is made once in the process is made before. Prints one JSON line: median
milliseconds of each.
"""

import argparse
import json
import statistics
import time

from streamlit.testing.v1 import AppTest

from benchmarks.server import PROJECT

PARTS: dict[str, tuple[str, dict[str, str], str, tuple[str, ...]]] = {
    "tensors, index": ("tensors", {"part": "Index"}, "indexing-seed", ("0", "1", "2", "3", "4")),
    "autograd, graph": ("autograd", {"part": "Graph"}, "one_layer-seed", ("0", "1", "2", "3", "4")),
    "datasets, browse": ("datasets", {}, "image", ("1", "2", "3", "4", "5")),
    "datasets, neighbors": ("datasets", {"part": "Neighbors"}, "image", ("1", "2", "3", "4", "5")),
    "transforms": ("transforms", {}, "image", ("1", "2", "3", "4", "5")),
    "network, neuron": ("model", {"section": "Parameters"}, "neuron", ("1", "2", "3", "4", "5")),
    "network, weights": ("model", {"section": "Parameters"}, "weights", ("built", "trained")),
    "network, layer": ("model", {"section": "Forward"}, "layer", ("1", "2", "3", "4", "5")),
    "network, sample": ("model", {"section": "Forward"}, "sample", ("1", "2", "3", "4", "5")),
    "optimization, steps": ("optimization", {}, "done", ("b", "bf", "bfl", "bflb", "bflbs")),
    "predictions": ("predictions", {}, "sample", ("1", "2", "3", "4", "5")),
    "training": ("training", {}, "seed", ("1", "2", "3", "4", "5")),
    "checkpoints": ("checkpoints", {}, "sample", ("1", "2", "3", "4", "5")),
}
"""What is measured: page, fixed query, the parameter that changes, and its values."""


def answer(stem: str, query: dict[str, str]) -> float:
    """Seconds of one run of a page."""
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=120)
    app.switch_page(f"pages/{stem}.py")
    for name, value in query.items():
        app.query_params[name] = value
    start = time.perf_counter()
    app.run()
    seconds = time.perf_counter() - start
    if app.exception:
        raise SystemExit(f"/{stem} failed: {app.exception[0].value}")
    if app.toast:  # the link was refused: something else would be measured
        raise SystemExit(f"/{stem}: {app.toast[0].value}")
    return seconds


def main() -> None:
    """Measure and print one JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    medians = {}
    for name, (stem, fixed, parameter, values) in PARTS.items():
        answer(stem, fixed)
        times = [answer(stem, fixed | {parameter: value}) for _ in range(options.rounds) for value in values]
        medians[name] = round(1000 * statistics.median(times))
    print(json.dumps({"benchmark": "answers", "unit": "ms", **medians}))


if __name__ == "__main__":
    main()
