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
    kind(
        "model-download",
        "Pretrained weights that could not be fetched",
        "HTTP Error 403: rate limit exceeded",
        'int(u.headers["Content-Length"])',
        "HASH_REGEX.search(filename).group(1)",
        means="`torch.hub` and `model_zoo` fetch code from GitHub and weights from the address in the "
        "program. GitHub answers only so many questions per hour and network, which Colab's machines share; "
        "other servers move or close; and names of weights end in a part of their hash, `-5c106cde.pth`.",
        cure="Wait an hour, or leave the hub out where the model is in torchvision: "
        "`torchvision.models.resnet18(weights='DEFAULT')`. `torch.hub.load(..., skip_validation=True)` asks "
        "GitHub less. Else fetch the file by hand and `model.load_state_dict(torch.load(path))`. A name "
        "without a hash: `load_state_dict_from_url(address, check_hash=False)`.",
        program="""
import torch

for _ in range(100):
    print(torch.hub.load("pytorch/vision", "resnet18", force_reload=True))
""",
        change=(
            ("import torch", "import torchvision"),
            ("for _ in range(100):", "for _ in range(1):"),
            (
                'print(torch.hub.load("pytorch/vision", "resnet18", force_reload=True))',
                "print(torchvision.models.resnet18())",
            ),
        ),
        page="checkpoints",
        runs="elsewhere",
        weight=2,
    ),
    kind(
        "gym-interface",
        "A Gym environment whose answers have another form",
        "env.step({k}ValueError: too many values to unpack (expected 4",
        "from_numpy(state){k}expected np.ndarray (got tuple)",
        "from_numpy(observation){k}expected np.ndarray (got tuple)",
        "from_numpy(s){k}expected np.ndarray (got tuple)",
        "FloatTensor(state) ValueError: expected sequence of length",
        "FloatTensor([state]) ValueError: expected sequence of length",
        "Expected 'Env.step' to return a four or five element tuple",
        means="Since Gym 0.26, and in Gymnasium, `reset()` gives the state and a dict, and `step()` five "
        "values: `done` is two now, `terminated` and `truncated`. The program was written for the other "
        "form.",
        cure="`state, info = env.reset()`, and `state, reward, terminated, truncated, info = "
        "env.step(action)`, then `done = terminated or truncated`. An old program runs unchanged with "
        "`pip install gym==0.25.2`.",
        program="""
import gymnasium
import torch

env = gymnasium.make("CartPole-v1")
state = env.reset()
print(torch.from_numpy(state).shape)
""",
        change=(("state = env.reset()", "state, info = env.reset()"),),
        page="tensors",
        runs="elsewhere",
        weight=3,
    ),
)
