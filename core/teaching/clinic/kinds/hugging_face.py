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
            "Mostly the labels have different lengths, and the tokenizer pads the inputs only: "
            "`DataCollatorForTokenClassification(tokenizer)`, or `DataCollatorForSeq2Seq` for texts to texts."
        )
    if "NoneType" in text or "None" in text.partition("Unable to create")[0][-400:]:
        return told + "If there is a None among the values, it is an empty text or label in the data."
    return told


_QUOTES: Final = "'\"`,"
_SETTINGS: Final = (
    *("evaluation_strategy", "eval_strategy", "processing_class", "no_cuda", "per_gpu_train_batch_size"),
    *("logging_strategy", "save_strategy", "eval_accumulation_steps", "group_by_length"),
)
_NAMES: Final = {
    "evaluation_strategy": "Since transformers 4.46 it is called `eval_strategy`; versions before 3.4 have "
    "neither.",
    "eval_strategy": "Before transformers 4.41 it is called `evaluation_strategy`: update, or write that.",
    "tokenizer": "In transformers 5 it is called `processing_class`.",
    "processing_class": "Before transformers 4.46 it is called `tokenizer`: update, or write that.",
    "no_cuda": "It is called `use_cpu` now.",
    "per_gpu_train_batch_size": "It is called `per_device_train_batch_size` now.",
}
"""What a setting is called in other versions."""


def _renamed(found: Holes) -> str:
    if "AdamW" in found["message"][:60]:
        return "`AdamW` is PyTorch's own: `from torch.optim import AdamW`."
    message = found["message"][:160]
    return next((said for name, said in _NAMES.items() if f"'{name}'" in message), "")


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
    kind(
        "trainer-arguments",
        "Settings of Hugging Face's Trainer that the installed version does not know",
        "TrainingArguments.__init__() got an unexpected keyword argument '{n}'",
        "Seq2SeqTrainingArguments.__init__() got an unexpected keyword argument '{n}'",
        "Trainer.__init__() got an unexpected keyword argument 'tokenizer'",
        *(f"__init__() got an unexpected keyword argument '{name}'" for name in _SETTINGS),
        "cannot import name 'AdamW' from 'transformers",
        means="The transformers package renames settings from version to version; the program was written "
        "for a newer or an older one than is installed.",
        cure="`import transformers; print(transformers.__version__)`. Write the name of that version, or "
        "install the version that the program was written for, and restart the notebook's kernel.",
        reads=_renamed,
        program="""
from transformers import TrainingArguments

print(TrainingArguments("out", evaluation_strategy="epoch"))
""",
        change=(
            (
                'print(TrainingArguments("out", evaluation_strategy="epoch"))',
                'print(TrainingArguments("out", eval_strategy="epoch"))',
            ),
        ),
        page="training",
        runs="elsewhere",
        excludes=("lightning",),
        weight=3,
    ),
    kind(
        "accelerate-missing",
        "Hugging Face's Trainer misses the package accelerate",
        "requires 'accelerate>={v}'",
        "Using the 'Trainer' with 'PyTorch' requires",
        "Using the Trainer with PyTorch requires",
        "requires 'accelerate'",
        "requires Accelerate: 'pip install accelerate'",
        means="The `Trainer` and `device_map` need the package accelerate. It is not there, is too old, or "
        "was installed while this process was already running, which still does not see it.",
        cure="`pip install -U accelerate`, then restart the notebook's kernel (Runtime, Restart), and run "
        "the cells again.",
        trap="Installing it once more without a restart changes nothing.",
        page="quickstart",
        runs="elsewhere",
        weight=3,
    ),
    kind(
        "hub-name",
        "A model's name that the Hugging Face hub does not give",
        "{n} is not a local folder and is not a valid model identifier listed on",
        "is not a local folder and is not a valid model identifier",
        "We couldn't connect to 'https://huggingface.co'",
        "Cannot access gated repo for url",
        "Client Error: Unauthorized for url: https://huggingface.co",
        "does not appear to have a file named {f}",
        "Repo id must be in the form 'repo_name' or 'namespace/repo_name'",
        means="`from_pretrained` takes a name of the hub, such as `bert-base-uncased`, or the path of a "
        "folder with a model's files. The name does not exist, the folder is not found from here, the model "
        "is one that asks for permission, or there is no way to the internet.",
        cure="Search the name on huggingface.co and copy it. A folder: print `os.path.exists(path)`, it "
        "needs `config.json`. A gated model: accept its terms on its page, then `huggingface-cli login`. A "
        "wrong folder of the same name beside the script hides the hub: rename it.",
        reads=lambda found: (
            f"The name asked for is `{found['n'].split()[-1].strip(_QUOTES)[:60]}`."
            if found.get("n", "").split()
            else ""
        ),
        page="checkpoints",
        runs="elsewhere",
        weight=3,
    ),
    kind(
        "no-tokens",
        "A model of the transformers package was given no token numbers",
        "You have to specify either input_ids or inputs_embeds",
        "You have to specify either decoder_input_ids or decoder_inputs_embeds",
        "You cannot specify both input_ids and inputs_embeds at the same time",
        "You have to specify pixel_values",
        "You have to specify input_ids",
        means="The model takes its inputs by name. Under the name that it asks for nothing came: the call "
        "gave them another place or name, or gave none.",
        cure="Hand the tokenizer's dict over by name, with two stars: `model(**inputs)`, not "
        "`model(inputs)`. A batch of your own: `model(input_ids=ids, attention_mask=mask)`; of pictures: "
        "`pixel_values=`. A model with encoder and decoder, such as T5 or BART, also needs its target: "
        "`labels=...` in training, `model.generate(**inputs)` for a prediction. With the Trainer: the "
        "columns of the data set have to be called so (print `dataset.column_names`).",
        page="training",
        runs="elsewhere",
        weight=3,
    ),
    kind(
        "no-loss",
        "Hugging Face's Trainer was given no labels",
        "The model did not return a loss from the inputs, only the following keys: {k}. For reference, the "
        "inputs it received are {i}.",
        "The model did not return a loss from the inputs",
        means="The models of the transformers package compute their loss from an entry `labels` of the "
        "batch. It is not there, under that name; or the model is one without a head, such as `AutoModel`.",
        cure="Name the column `labels`: `dataset.rename_column('label', 'labels')`, or let "
        "`DataCollatorWithPadding` do it (it renames `label`). For language models: "
        "`DataCollatorForLanguageModeling`. Take a class with a head: `AutoModelForSequenceClassification`.",
        reads=lambda found: (
            ""
            if "i" not in found
            else "`labels` came in, so the model is one without a head that computes a loss."
            if "labels" in found["i"].replace(",", " ").split()
            else f"What came in: {found['i'].strip()[:80]}; among it is no `labels`."
        ),
        page="training",
        runs="elsewhere",
        weight=3,
    ),
    kind(
        "long-text",
        "A text longer than the model takes",
        "Token indices sequence length is longer than the specified",
        "({a#} > {b#}). Running this sequence through the model will result in indexing errors",
        "This is a friendly reminder - the current text generation call will exceed the model's predefined",
        means="A transformer has a table of positions with so many rows; a longer text asks for a row that "
        "is not there.",
        cure="`tokenizer(text, truncation=True, max_length=512)`; or cut the text into pieces and predict "
        "for each. Only a model with a longer table reads it whole.",
        reads=lambda found: (
            f"The text has {found['a']} tokens, the model takes {found['b']}." if "b" in found else ""
        ),
        page="datasets",
        runs="elsewhere",
        weight=3,
    ),
    kind(
        "shared-weights",
        "Weights that share memory, and a file format that does not allow it",
        "Some tensors share memory, this will lead to duplicate memory on disk",
        "The weights trying to be saved contained shared tensors",
        means="Two layers of the model use one tensor (often the embedding and the last layer), and "
        "safetensors stores each tensor once and for itself.",
        cure="`safetensors.torch.save_model(model, path)` in place of `save_file(model.state_dict(), path)`; "
        "in transformers update the package, or `save_pretrained(path, safe_serialization=False)`. "
        "`torch.save(model.state_dict(), path)` takes shared tensors.",
        page="checkpoints",
        runs="elsewhere",
        weight=2,
    ),
    kind(
        "torch-required",
        "transformers wants a newer PyTorch before it loads a pickled file",
        "we now require users to upgrade torch to at least v2.6",
        "Disabling PyTorch because PyTorch >= {v} is required",
        "PyTorch version {v} available, but",
        means="Files in PyTorch's own format can hold code, and `torch.load` before 2.6 had a hole in its "
        "guard. New versions of transformers no longer load them with an older PyTorch.",
        cure="Update PyTorch to 2.6 or newer with the command of pytorch.org; or load a file in the other "
        "format, `from_pretrained(name, use_safetensors=True)`, if the model has one; or install an older "
        "transformers.",
        page="checkpoints",
        runs="elsewhere",
        weight=2,
    ),
)
