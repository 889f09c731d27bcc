"""Numbers of attention heads and widths."""

import re
from math import isqrt
from typing import Final

from core.teaching.clinic.kind import Holes

_WIDTH: Final = re.compile(
    r"(?:d_out|d_model|embed_dim|emb_dim|hidden_size|hidden size|n_embd|width|dim)"
    r"\W{1,4}(?:is |of )?\(?(\d{1,5})\b",
    re.IGNORECASE,
)
_HEADS: Final = re.compile(
    r"(?:num_heads|n_heads|nhead|n_head|num_attention_heads|attention heads|heads)"
    r"\W{1,4}(?:is |of )?\(?(\d{1,4})\b",
    re.IGNORECASE,
)
_MOST: Final = 64
"""Heads that are named at most."""


def divided(found: Holes) -> str:
    """What the width leaves over with that number of heads, and which numbers divide it."""
    width, heads = _WIDTH.search(found["text"]), _HEADS.search(found["text"])
    if width is None or heads is None or not int(heads[1]) or not int(width[1]) % int(heads[1]):
        return ""
    features, count = int(width[1]), int(heads[1])
    if features < 2:  # `dim=1` of another call
        return ""
    near = sorted(
        (n for n in range(2, min(features - 1, _MOST) + 1) if not features % n), key=lambda n: abs(n - count)
    )
    said = f"{features:,} = {features // count} × {count} + {features % count}."
    if not near or abs(near[0] - count) > count // 2:
        return f"{said} {_other_width(features, count, near)}"
    return (
        f"{said} Numbers that divide {features:,} are, the nearest first, {', '.join(map(str, near[:4]))}. "
        f"If it is a pretrained model, it has one of its own, and {count} is perhaps its number of layers."
    )


def _other_width(features: int, count: int, near: list[int]) -> str:
    """What to do where no number of heads near the one that is wanted divides the width."""
    wider = (features // count + 1) * count
    if near:
        why = f"Of the numbers up to {_MOST} only {', '.join(map(str, sorted(near)[:4]))} divide it"
    elif all(features % n for n in range(2, isqrt(features) + 1)):
        why = f"{features:,} is prime, so only 1 and {features:,} divide it"
    else:
        why = f"No number from 2 to {_MOST} divides it"
    return (
        f"{why}: change the width rather than the heads. `nn.Linear({features}, {wider})` before the "
        f"encoder, and `d_model={wider}`, or fill the features up to {wider:,} with zeros, `F.pad(x, (0, "
        f"{wider - features}))`: {wider:,} = {wider // count} × {count}."
    )
