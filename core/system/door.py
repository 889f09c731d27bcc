"""Where strangers' input comes in: whatever its parser raises is one sentence of the door, and is logged."""

import contextlib
import logging
from collections.abc import Iterator
from typing import Final

from core.errors import CoreError

_log: Final = logging.getLogger(__name__)


@contextlib.contextmanager
def door(error: type[CoreError], sentence: str) -> Iterator[None]:
    """Let a parser work on what a stranger sent; its own sentences pass.

    Args:
        error: What is raised for everything else.
        sentence: Its text.

    Raises:
        CoreError: `error`, or what the parser said itself.
    """
    try:
        yield
    except CoreError:
        raise
    except Exception as fault:  # a parser fed with a stranger's bytes raises whatever it likes
        _log.info("refused with %r: %s", fault, sentence)
        raise error(sentence) from fault
