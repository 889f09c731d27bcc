"""Hugging Face's packages: tokenizers, transformers and their Trainer."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind


def _uneven(found: Holes) -> str:
    """Which column cannot become a tensor, and why."""
    text = found["text"]
    name = found.get("c", "").strip("'\"` ")[:40]
    told = f"The column is `{name}`. " if name else ""
    if "too many dimensions 'str'" in text or "invalid data type 'str'" in text:
        return told + (
            "It holds texts: take such columns out before the batch is made, "
            "`dataset.remove_columns(['text'])`, or let `tokenizer` turn them into numbers. Padding does not "
            "help."
        )
    if name.startswith(("label", "tag", "ner")):
        return told + (
            "The labels have different lengths, and the tokenizer pads the inputs only: "
            "`DataCollatorForTokenClassification(tokenizer)`, or `DataCollatorForSeq2Seq` for texts to texts."
        )
    if "NoneType" in text or "None" in text.partition("Unable to create")[0][-400:]:
        return told + "There is a None among the values: an empty text or label in the data."
    return told


KINDS: Final = (
    kind(
        "tokenizer-batch",
        "Texts of different lengths, or no numbers, in one batch",
        "Unable to create tensor, you should probably activate truncation and/or padding with 'padding=True' "
        "'truncation=True' to have batched tensors with the same length. Perhaps your features ({c} in this "
        "case)",
        "Unable to create tensor, you should probably activate truncation and/or padding",
        "Asking to pad but the tokenizer does not have a padding token",
        means="A batch is a full table of numbers: every row needs the same length, and every column "
        "numbers.",
        cure="`tokenizer(texts, padding=True, truncation=True, return_tensors='pt')`, or a "
        "`DataCollatorWithPadding(tokenizer)` that pads each batch. If it pads already, another column is at "
        "fault: one with texts (remove it), or labels of different lengths (a collator that pads them). A "
        "tokenizer without a padding token, as GPT-2's: `tokenizer.pad_token = tokenizer.eos_token`.",
        reads=_uneven,
        program="""
from transformers import AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased")
print(tokenizer(["a word", "a few more words"], return_tensors="pt")["input_ids"].shape)
""",
        change=(
            (
                'print(tokenizer(["a word", "a few more words"], return_tensors="pt")["input_ids"].shape)',
                'texts = ["a word", "a few more words"]\n'
                'print(tokenizer(texts, padding=True, return_tensors="pt")["input_ids"].shape)',
            ),
        ),
        page="datasets",
        runs="elsewhere",
        weight=3,
    ),
)
