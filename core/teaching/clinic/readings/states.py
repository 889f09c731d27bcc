"""Sequence models: hidden states, positions, the width of attention."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, sizes

_LONGER: Final = re.compile(
    r"(?:longer|long|large|larger|extend\w{0,3}|increas\w{0,3}|exceed\w{0,3}) (?:\w{1,12} ){0,5}"
    r"(?:text|sentence|sequence|article|document|input|length|summar|paragraph|passage)"
    r"|max_len|max_seq|block_size|(?:text|sentence|sequence|article|document|input)s? (?:\w{1,8} "
    r"){0,3}(?:too |very )?long"
)
"""Words of somebody whose texts are long."""


def hidden(found: Holes) -> str:
    """In what the state differs from the one that the layer wants."""
    if "batched 3-d input" in found["message"].lower()[:40]:
        return (
            "The input has a batch, and the state has too few dimensions for it: it is (layers, batch, "
            "hidden). `h.unsqueeze(0)` adds the layers, of `c` as well."
        )
    if "unbatched 2-d input" in found["message"].lower()[:40]:
        return (
            "The input has no batch, (length, features), and the state has one. `x.unsqueeze(0)` with "
            "`batch_first=True`, `x.unsqueeze(1)` without, gives the input its batch."
        )
    if "b" not in found:
        return ""
    wanted, given = sizes(found["a"]), sizes(found["b"])
    if len(wanted) == 1:
        return _cell(wanted[0], given[0], found["text"])
    said = f"({found['a']}) is expected, [{found['b']}] came."
    if len(wanted) == 3 and given in (wanted[1:], (wanted[0], wanted[2])):
        said += " The state lacks a dimension" + (
            ", that of the layers: `hidden.unsqueeze(0)`."
            if given == wanted[1:]
            else ", that of the batch: `hidden.unsqueeze(1)`."
        )
    elif len(wanted) == len(given) == 3:
        said += _differs(wanted, given)
    return said


def _cell(batch: int, given: int, text: str) -> str:
    """What to say of the state of a cell, whose message names two batch sizes only."""
    if "LSTMCell" in text:
        return (
            "The state of an `LSTMCell` is a pair, `cell(x, (h, c))`, each of (batch, hidden). If it was "
            "given a single tensor, that was taken apart into its rows, so its length was read as a batch."
        )
    return (
        f"The input has a batch of {batch}, the state was made for {given}: make it anew for each batch, "
        "`torch.zeros(x.size(0), hidden_size)`."
    )


def _differs(wanted: tuple[int, ...], given: tuple[int, ...]) -> str:
    """In which of (layers, batch, hidden) two states differ."""
    if (wanted[0], wanted[2]) == (given[0], given[2]):
        return (
            f" Only the batch differs: the layer counts {wanted[1]}, the state was made for {given[1]}. "
            f"If {wanted[1]} is the length of your sequences, the layer lacks `batch_first=True`."
        )
    if wanted[1:] == given[1:]:
        return (
            f" Only the first number differs, layers × directions: the layer has {wanted[0]}, the state was "
            f"made for {given[0]}. Use `num_layers`, twice that with `bidirectional=True`, and the same "
            "number in both places."
        )
    if (wanted[1], wanted[0], wanted[2]) == given:
        return (
            " The first two are exchanged: a state is (layers, batch, hidden) also with `batch_first=True`; "
            "`hidden.transpose(0, 1).contiguous()`."
        )
    if wanted[:2] == given[:2]:
        return f" Only the last number differs: the layer's `hidden_size` is {wanted[2]}."
    return ""


def width(found: Holes) -> str:
    """Which width an attention has, and what the other one may be made of."""
    if "b" not in found:
        return ""
    wanted, given = int(found["a"][:9]), int(found["b"][:9])
    said = f"The layer takes vectors of {wanted:,} numbers, and each has {given:,}."
    if wanted and given > wanted and given % wanted == 0 and "latten(" in found["text"]:
        return (
            f"{said} {given:,} = {given // wanted:,} × {wanted:,}: the flatten put a whole sequence into one "
            "vector. Leave it out before the attention: (batch, length, features) is what it wants."
        )
    return f"{said} `d_model={given}`, or `nn.Linear({given}, {wanted})` in front of it."


def position(text: str) -> str:
    """What to say where the numbers that were looked up may be positions."""
    lowered = text.lower()
    if any(word in lowered for word in ("transformers", "tokenizer", "bert", "gpt2", "input_ids")):
        return (
            " In a model of the transformers package either the text is longer than its positions (512 for "
            "BERT: `truncation=True, max_length=512`), or the tokenizer has more words than the model: "
            "`model.resize_token_embeddings(len(tokenizer))`."
        )
    if _LONGER.search(lowered):
        return (
            " If it comes with longer texts only, it is the table of positions that is too short: cut the "
            "text, `max_length=512` with `truncation=True` (or what the model was built for), split it, or "
            "make that table longer."
        )
    if "nn.Embedding(" in text or "index_select" in text:
        return "" if "arange(" not in text and "position" not in text else _OF_POSITIONS
    return (
        " If it comes with long texts only, it is the table of positions of a transformer: cut the text to "
        "what the model was built for (`truncation=True, max_length=512`, say), or split it. If it comes at "
        "once, it is that of the words: the tokenizer, or the vocabulary, has more of them than the table "
        "has rows."
    )


_OF_POSITIONS: Final = (
    " If it is the table of positions, the text is longer than the table: cut it to `max_length`, or "
    "make the table longer."
)
