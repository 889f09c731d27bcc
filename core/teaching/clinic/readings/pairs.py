"""Which torchvision goes with which torch."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes

_TORCH: Final = re.compile(
    r"(?<![\w-])(?:py)?torch(?:[ =:]{1,3}|[ ](?:version|v)[ =:]{0,2}|\W{1,3}Version: )v?(\d)\.(\d{1,2})",
    re.IGNORECASE,
)
_VISION: Final = re.compile(
    r"torchvision(?:[ =:]{1,3}|[ ](?:version|v)[ =:]{0,2}(?:is )?|\W{1,3}Version: )v?0\.(\d{1,2})",
    re.IGNORECASE,
)


_ASKED: Final = re.compile(
    r"(torch(?:vision)?)\.__version__\)?['\"]?(?: is|:|=)? {0,2}(?:>>> )?['\"]?(?=\d)()"
)
"""`torch.__version__`, and the number that Python answered."""
_NIGHTLY: Final = re.compile(r"\btorch[^a-z]{1,24}(\d\.\d{1,2}\.\d\.dev\d{6,8})", re.IGNORECASE)


def vision_of(major: int, minor: int) -> int:
    """The second number of the torchvision that goes with a torch: 0.5 with 1.4, 0.15 with 2.0.

    From the table of torchvision's README: until 1.13 it is one more than torch's, since 2.0 fifteen more.
    """
    return minor + 1 if major == 1 else minor + 15


def versions(found: Holes) -> str:
    """Whether the two versions that a text names go together."""
    text = _ASKED.sub(r"\1 \2", found["text"])
    torch, vision = _TORCH.search(text), _VISION.search(text)
    nightly = _NIGHTLY.search(text)
    if nightly is not None:
        return (
            f"torch {nightly[1]} is a nightly build, which goes only with a torchvision of the same night "
            "(its number ends in `dev` and a date as well). Either both from the nightly index, or "
            "both stable."
        )
    if torch is None or vision is None or torch[1] not in "12":
        return ""
    wanted = vision_of(int(torch[1]), int(torch[2]))
    if int(vision[1]) == wanted:
        return (
            f"By their numbers torch {torch[1]}.{torch[2]} and torchvision 0.{vision[1]} go together, so one "
            "of them is another build, or a rest of an old one: uninstall both until pip finds neither, then "
            "install the two at once."
        )
    return f"torch {torch[1]}.{torch[2]} goes with torchvision 0.{wanted}, and here it is 0.{vision[1]}."
