"""What the lines of a training loop reveal that are pasted with a complaint about it."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes

_LARGE: Final = 0.05
"""A learning rate with which many networks learn nothing at all."""
_RATE: Final = re.compile(
    r"\b(?:cur_)?(?:lr|learning[ _]rate)\b[ :=`(]{0,4}(0?\.\d{1,8}|\d{1,3})\b", re.IGNORECASE
)


def shown(found: Holes) -> str:
    """What stands out in the code or the log; an empty text if nothing does."""
    text = found["text"].lower()
    said = []
    if "softmax(" in text and "log_softmax" not in text and "crossentropyloss" in text:
        said.append(
            "There is a softmax, and `CrossEntropyLoss` contains one: give it the raw scores, without yours."
        )
    if "log(" in text and "softmax" in text and "log_softmax" not in text:
        said.append(
            "The logarithm of a softmax is minus infinity where a probability rounds to 0: `log_softmax`, or "
            "`CrossEntropyLoss` on the raw scores."
        )
    if "backward()" in text and "zero" not in text:
        said.append(
            "The lines show `backward()` and nothing that sets the gradients to zero, so they add up from "
            "step to step: `optimizer.zero_grad()`, or `w.grad.zero_()` without an optimizer, in every step."
        )
    told = _RATE.search(found["text"])
    if told is not None and float(told[1]) >= _LARGE:
        said.append(f"The text names a learning rate of {told[1]}: try a tenth of it first.")
    return " ".join(said)
