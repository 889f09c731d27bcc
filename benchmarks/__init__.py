"""Commands that measure and print one JSON line each: `python -m benchmarks.training` and its neighbours."""
