"""Packages beside PyTorch that its programs often use: torchtext, model summaries, ONNX."""

from typing import Final

from core.teaching.clinic.kind import kind

KINDS: Final = (
    kind(
        "torchtext-field",
        "torchtext without what the program was written with",
        "module 'torchtext.data' has no attribute '{n}'",
        "module 'torchtext' has no attribute '{n}'",
        "cannot import name '{n}' from 'torchtext",
        "No module named 'torchtext.legacy'",
        "'Field' object has no attribute 'vocab'",
        means="`Field`, `BucketIterator`, `LabelField` and `TabularDataset` are gone since torchtext 0.12, "
        "and torchtext itself is no longer developed. A `Field` has its `vocab` only after `build_vocab`.",
        cure="For a new program leave torchtext out: a vocabulary is a dict of words and numbers, a batch of "
        "texts is made by `pad_sequence` in a `collate_fn`. An old program needs the old versions, torch 1.8 "
        "with torchtext 0.9 (`torchtext.legacy`). For a missing `vocab`: `TEXT.build_vocab(train)` first.",
        program="""
from torchtext.data import Field

print(Field(lower=True))
""",
        change=(
            ("from torchtext.data import Field", 'words = sorted({"a", "good", "film"})'),
            ("print(Field(lower=True))", "print({word: number for number, word in enumerate(words)})"),
        ),
        page="datasets",
        runs="elsewhere",
        weight=2,
    ),
    kind(
        "model-summary",
        "torchsummary on a model whose layers give no single tensor",
        "list(output.size())",
        "list(input[0].size())",
        "[-1] + list(o.size())[1:] for o in output",
        "list(outputs.size())[1:]",
        means="`torchsummary` asks every layer's result for its size, and takes it for a tensor. A layer "
        "that gives a dict, None, a number or several values stops it; the model itself is fine.",
        cure="`pip install torchinfo`, then `from torchinfo import summary` and "
        "`summary(model, input_size=(1, 3, 224, 224))`, with the batch in front: it is made for all kinds of "
        "results. `print(model)` lists the layers without any package.",
        program="""
import torchvision
from torchsummary import summary

summary(torchvision.models.segmentation.fcn_resnet50(weights=None), (3, 64, 64))
""",
        change=(
            ("from torchsummary import summary", "from torchinfo import summary"),
            (
                "summary(torchvision.models.segmentation.fcn_resnet50(weights=None), (3, 64, 64))",
                "summary(torchvision.models.segmentation.fcn_resnet50(weights=None), (1, 3, 64, 64))",
            ),
        ),
        page="model",
        runs="elsewhere",
        needs=("summary", "torchkeras"),
        weight=3,
    ),
    kind(
        "onnx-operator",
        "An operation that ONNX, or its exporter, does not have",
        "Exporting the operator {n} to ONNX opset version {v#} is not supported",
        "Exporting the operator {n} to ONNX is not supported",
        "torch.onnx.errors.UnsupportedOperatorError",
        "symbolic_registry.UnsupportedOperatorError",
        "Unsupported: ONNX export of operator",
        "ONNX export failed: Couldn't export operator",
        "ONNX export failed on an operator with unrecognized namespace",
        means="ONNX has a list of operations, longer with each version (opset). The model uses one that the "
        "chosen version lacks, or that the exporter cannot write down.",
        cure="A newer PyTorch, and a higher number: `torch.onnx.export(..., opset_version=17)`, or "
        "`dynamo=True`. If it stays, replace that operation in `forward` by plain ones (sums, products, "
        "`cat`). Random numbers and losses are not part of the model to be exported: `model.eval()` first.",
        reads=lambda found: (
            f"The operation is {found['n'].strip()[:40]}."
            + (f" The opset asked for is {found['v']}." if "v" in found else "")
            if "n" in found
            else ""
        ),
        program="""
import torch
from torch import nn


class Noisy(nn.Module):
    def forward(self, x):
        return x + torch.empty_like(x).uniform_()


torch.onnx.export(Noisy(), (torch.rand(1, 4),), "noisy.onnx", opset_version=12, dynamo=False)
""",
        change=(("return x + torch.empty_like(x).uniform_()", "return x + 0.5"),),
        page="checkpoints",
        runs="elsewhere",
        weight=2,
    ),
)
