"""What a text may say about two forms of one loss that disagree."""

from typing import Final

from core.teaching.clinic.signs.sign import Sign

TWO_FORMS: Final = (
    Sign(
        "`{0}` gets probabilities, and it applies the softmax or sigmoid itself: one of them is too many.",
        r"((?:cross_entropy|CrossEntropyLoss\(\)|binary_cross_entropy_with_logits|BCEWithLogitsLoss\(\))"
        r"\((?:torch\.|F\.)?(?:softmax|sigmoid)\()",
    ),
    Sign(
        "`{0}` divides the mean by the sum of the samples' weights, not by their number.",
        r"((?:CrossEntropyLoss|NLLLoss|cross_entropy|nll_loss)\([^()\n]{0,60}\bweight ?=)",
    ),
    Sign(
        "`{0}` adds the batch up, and the default of the other form is the mean.",
        r"(reduction ?= ?['\"]sum['\"]|size_average ?= ?False)",
    ),
    Sign(
        "Look at the scores first: beyond about 17, `sigmoid` rounds to exactly 1, where `BCELoss` caps the "
        "logarithm at -100. `BCEWithLogitsLoss` does neither, and is the right one.",
        r"BCELoss|binary_cross_entropy\(|bceloss",
        also=r"logits",
    ),
)
"""Why two forms of a loss may give different numbers."""
