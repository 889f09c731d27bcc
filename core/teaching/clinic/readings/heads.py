"""Numbers of attention heads and widths."""

import re
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
        (n for n in range(1, min(features, _MOST) + 1) if not features % n), key=lambda n: abs(n - count)
    )
    return (
        f"{features:,} = {features // count} × {count} + {features % count}. "
        + (
            f"Numbers that divide {features:,} are, the nearest first, {', '.join(map(str, near[:4]))}."
            if len(near) > 1
            else f"Only 1 and {features:,} itself divide {features:,}: choose another width."
        )
        + f" If it is a pretrained model, "
        f"it has one of its own, and {count} is perhaps its number of layers."
    )
