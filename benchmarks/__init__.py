"""Commands that measure and print one JSON line each: `python -m benchmarks.training` and its neighbors."""

import core  # noqa: F401  what is measured waits as the app does
