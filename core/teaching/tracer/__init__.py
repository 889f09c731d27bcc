"""The line tracer: runs a program of ours, records every line, and packs the run to be played back."""

from core.teaching.tracer.images import is_sample_instead
from core.teaching.tracer.trace import Trace, record, trace

__all__ = ["Trace", "is_sample_instead", "record", "trace"]
