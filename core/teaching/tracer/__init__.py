"""The line tracer: runs a program of ours, records every line, and packs the run to be played back."""

from core.teaching.tracer.trace import Trace, record, trace

__all__ = ["Trace", "record", "trace"]
