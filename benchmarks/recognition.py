"""Networks of other people from their weights alone: how many come back as they were put together.

`python -m benchmarks.recognition [--only WORD] [--held-out]`

Each network below is trained for a few seconds on the shipped sample, saved as its author would save it, and
read as the Checkpoints page reads an upload. It counts as recognized where the upload is right about as many
test images as the network itself, within half a percentage point, and as the same where no prediction
differs. Prints one JSON line. The networks of `DESIGN` were in view while the search was written, those of
`HELD_OUT` were written afterward.
"""

import argparse
import json
import re
import statistics
import sys
import time
import zlib
from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.data import Split, load_split
from core.data.sources import SAMPLE_ROOT
from core.data.statistics import NORMALIZATIONS
from core.errors import CheckpointError
from core.exchange.weights import to_pth
from core.exchange.weights.uploads import read_uploaded_weights, to_model, try_upload
from core.training.engine import predict_logits

DESIGN: Final[Mapping[str, str]] = {
    "global average, batch norm": "c16 bn relu max2 c32 bn relu max2 c64 bn relu gap f10",
    "global average without batch norm": "c16 relu max2 c32 relu max2 c64 relu gap f10",
    "global average of 14 x 14": "c16 relu max2 c32 relu gap f10",
    "adaptive average to 7 x 7": "c16 relu max2 c32 relu ada7 f64 relu drop f10",
    "adaptive average to 1, hidden layer": "c32 relu max2 c32 relu max2 c64 relu gap f32 relu f10",
    "global maximum": "c16 relu max2 c32 relu max2 c48 relu gmp f10",
    "network in network": (
        "c24k5 relu c16k1 relu c16k1 relu max2 c24k5 relu c16k1 relu max2 c24 relu c10k1 relu gap"
    ),
    "network in network, batch norm": (
        "c24k5 bn relu c16k1 bn relu max2 c24k3 bn relu c16k1 bn relu max2 c10k1 gap"
    ),
    "all convolutions, strides": "c16 relu c16s2 relu c32 relu c32s2 relu c32 relu c10k1 gap",
    "conv ReLU, linear tanh": "c16k5p0 relu max2 c32k5p0 relu max2 f120 tanh f84 tanh f10",
    "conv tanh, linear ReLU": "c8k5 tanh avg2 c16k5p0 tanh avg2 f64 relu f10",
    "conv ReLU, linear sigmoid": "c16 relu max2 c16 relu max2 f64 sigmoid f10",
    "leaky ReLU in convolutions only": "c16 leaky max2 c32 leaky max2 f128 relu f10",
    "LeNet-5 with C5": "c6k5 tanh avg2 c16k5p0 tanh avg2 c120k5p0 tanh f84 tanh f10",
    "LeNet-5 with C5, ReLU": "c6k5 relu max2 c16k5p0 relu max2 c120k5p0 relu f84 relu f10",
    "VGG, two per block": (
        "c16 relu c16 relu max2 c32 relu c32 relu max2 c48 relu c48 relu max2 f64 relu drop f10"
    ),
    "VGG, batch norm": (
        "c16 bn relu c16 bn relu max2 c32 bn relu c32 bn relu max2 c48 bn relu c48 bn relu max2 f64 relu f10"
    ),
    "VGG, three in a block": "c16 relu max2 c24 relu max2 c32 relu c32 relu c32 relu max2 f64 relu f10",
    "VGG, one and two": "c16 relu max2 c32 relu c32 relu max2 f128 relu drop f10",
    "three strides": "c16s2 relu c32s2 relu c64s2 relu f64 relu f10",
    "two strides of 5 x 5, batch norm": "c16k5s2 bn relu c32k5s2 bn relu f10",
    "strides without padding": "c16p0s2 relu c32p0s2 relu f64 relu f10",
    "discriminator": "c16k5s2 leaky c32k5s2 bn leaky c64k3s2 bn leaky f10",
    "average pooling, ReLU": "c6k5 relu avg2 c16k5p0 relu avg2 f120 relu f84 relu f10",
    "average pooling, batch norm": "c16 bn relu avg2 c32 bn relu avg2 f10",
    "sigmoid MLP": "f128 sigmoid f64 sigmoid f10",
    "tanh MLP": "f200 tanh f100 tanh f50 tanh f10",
    "sigmoid MLP, one layer": "f300 sigmoid f10",
    "bottleneck of 1 x 1": "c32 relu max2 c8k1 relu c32 relu max2 c8k1 relu c32 relu f10",
    "bottleneck, batch norm": "c32 bn relu max2 c8k1 bn relu c32 bn relu max2 f10",
    "SiLU": "c16 silu max2 c32 silu max2 f64 silu f10",
    "GELU, batch norm": "c16 bn gelu max2 c32 bn gelu max2 f64 gelu f10",
    "stem of 7 x 7": "c16k7s2 bn relu max2 c32 bn relu max2 f10",
    "unpadded pairs": "c16p0 relu c16p0 relu max2 c32p0 relu c32p0 relu max2 f64 relu f10",
    "pooling of four": "c32k5 relu max4 f64 relu f10",
    "no pooling at all": "c8p0 relu c8p0 relu f10",
    "MLP, batch norm and dropout": "f256 bn relu drop f128 bn relu drop f64 bn relu f10",
    "MLP, norm after activation": "f128 relu bn f64 relu bn f10",
}
"""What each is known as, and its layers, first to last: `cN` is a convolution of N channels (`k3`, half of it
padding, `s1` unless said otherwise), `fN` a linear layer, `adaN` an adaptive average pooling to N x N."""

HELD_OUT: Final[Mapping[str, str]] = {
    "adaptive average to 1, three widths": "c12 relu max2 c24 relu max2 c48 relu gap f24 relu f10",
    "adaptive average to 2 x 2": "c16 relu max2 c32p0 relu max2 c32 relu ada2 f10",
    "global average, batch norm, no bias": "c16n bn relu max2 c32n bn relu gap f10",
    "head of 1 x 1": "c20 relu max2 c20 relu max2 c20 relu c10k1 gap",
    "network in network, small": "c12k5 bn relu c12k1 bn relu max2 c16k5 bn relu c16k1 bn relu max2 c10 gap",
    "conv tanh with maximum, linear tanh": "c12k5p0 tanh max2 c24k5p0 tanh max2 f64 tanh f10",
    "conv ELU": "c12 elu max2 c24 elu max2 f10",
    "conv GELU, linear ReLU": "c16 gelu max2 c16 gelu max2 f48 relu f10",
    "5 x 5 to a single pixel": "c8k5p0 relu max2 c16k5p0 relu max2 c32k3p0 relu max2 f32 relu f10",
    "VGG of four, batch norm": "c8 bn relu c8 bn relu max2 c16 bn relu c16 bn relu max2 f32 relu f10",
    "VGG of four": "c12 relu c12 relu max2 c24 relu c24 relu max2 f64 relu drop f10",
    "VGG of three blocks": "c12 relu max2 c24 relu c24 relu max2 c24 relu max2 f32 relu f10",
    "strides of 5 x 5": "c12k5s2 relu c24k5s2 relu f32 relu f10",
    "four strides, batch norm": "c8s2 bn relu c16s2 bn relu c32s2 bn relu c32s2 bn relu f10",
    "average pooling, GELU": "c12k5 gelu avg2 c24k5 gelu avg2 f10",
    "average pooling, no padding": "c12p0 relu avg2 c24p0 relu avg2 f48 relu f10",
    "tanh MLP, four layers": "f128 tanh f128 tanh f64 tanh f32 tanh f10",
    "sigmoid MLP, three layers": "f128 sigmoid f64 sigmoid f32 sigmoid f10",
    "narrow and wide": "c24 relu c8k1 relu max2 c24 relu c8k1 relu max2 f10",
    "activation after pooling, norm first": "c16 bn max2 relu c32 bn max2 relu f32 bn relu f10",
}

TRAINING_IMAGES: Final = 3_000
MAX_EPOCHS: Final = 12
SAME_ACCURACY: Final = 0.005

_WORD: Final = re.compile(r"([a-z]+)(\d*)(?:k(\d))?(?:p(\d))?(?:s(\d))?(n?)")
_ACTIVATIONS: Final[Mapping[str, type[nn.Module]]] = {
    "relu": nn.ReLU, "leaky": nn.LeakyReLU, "gelu": nn.GELU, "silu": nn.SiLU, "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid, "elu": nn.ELU,
}  # fmt: skip


def build(text: str) -> nn.Sequential:
    """The network that a text of `DESIGN` describes, for images N x 1 x 28 x 28."""
    modules: list[nn.Module] = []
    shape: tuple[int, ...] = (1, 28, 28)
    for word in text.split():
        if word.startswith("f") and len(shape) == 3:
            modules.append(nn.Flatten())
            shape = _after(modules[-1], shape)
        modules.append(_module(word, shape))
        shape = _after(modules[-1], shape)
    return nn.Sequential(*modules, nn.Flatten())


def _after(module: nn.Module, shape: tuple[int, ...]) -> tuple[int, ...]:
    with torch.no_grad():
        return tuple(module.eval()(torch.zeros(2, *shape)).shape[1:])


def _module(word: str, shape: tuple[int, ...]) -> nn.Module:
    match = _WORD.fullmatch(word)
    assert match is not None, word
    kind, number, kernel, padding, stride, bare = match.groups()
    size = int(number or 0)
    if kind in _ACTIVATIONS:
        activation: nn.Module = _ACTIVATIONS[kind]()
        return activation
    if kind == "c":
        window = int(kernel or 3)
        return nn.Conv2d(
            shape[0], size, window, int(stride or 1), int(padding) if padding else window // 2, bias=not bare
        )
    return {  # type: ignore[no-untyped-call]
        "f": lambda: nn.Linear(shape[0], size, bias=not bare),
        "bn": lambda: nn.BatchNorm2d(shape[0]) if len(shape) == 3 else nn.BatchNorm1d(shape[0]),
        "max": lambda: nn.MaxPool2d(size),
        "avg": lambda: nn.AvgPool2d(size),
        "ada": lambda: nn.AdaptiveAvgPool2d(size),
        "gap": lambda: nn.AdaptiveAvgPool2d(1),
        "gmp": lambda: nn.AdaptiveMaxPool2d(1),
        "drop": lambda: nn.Dropout(0.25),
    }[kind]()


def train(text: str, split: Split, seed: int) -> tuple[nn.Sequential, tuple[float, float]]:
    """A network, trained until it is clearly better than a guess, and how its images were scaled."""
    torch.manual_seed(seed)
    mean, std = list(NORMALIZATIONS.values())[(2, 0, 1, 3, 2, 0, 4)[seed % 7]]
    module = build(text)
    images = (split.images[:TRAINING_IMAGES, None].float() / 255 - mean) / std
    labels = split.labels[:TRAINING_IMAGES]
    optimizer = torch.optim.Adam(module.parameters(), 3e-3)
    for _ in range(MAX_EPOCHS):
        module.train()
        for X, y in zip(torch.split(images, 50), torch.split(labels, 50), strict=True):
            optimizer.zero_grad()
            F.cross_entropy(module(X), y).backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        if _accuracy(module, images[:300], labels[:300]) > 0.75:
            break
    settle(module.eval(), images, labels)
    return module, (mean, std)


def settle(module: nn.Sequential, images: Tensor, labels: Tensor) -> None:
    """Bring the last linear layer to its best, as long training does to every layer."""
    place = max((place for place, layer in enumerate(module) if isinstance(layer, nn.Linear)), default=None)
    if place is None:
        return
    last = module[place]
    assert isinstance(last, nn.Linear)
    with torch.no_grad():
        features = torch.cat([module[:place](part) for part in torch.split(images, 100)])
    optimizer = torch.optim.LBFGS(last.parameters(), max_iter=60, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        penalty = 1e-4 * last.weight.square().sum()
        loss = F.cross_entropy(last(features), labels) + penalty
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]


def _accuracy(module: nn.Module, images: Tensor, labels: Tensor) -> float:
    with torch.no_grad():
        return float((module.eval()(images).argmax(1) == labels).float().mean())


def saved(module: nn.Sequential, place: int) -> dict[str, Tensor]:
    """Weights under the names that people give: those of an `nn.Sequential`, or `conv1`, `bn1` and `fc1`."""
    state = module.state_dict()
    if place % 2 == 0:
        return state
    kinds = {nn.Conv2d: "conv", nn.BatchNorm2d: "bn", nn.BatchNorm1d: "bn", nn.Linear: "fc"}
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for number, layer in enumerate(module):
        if kind := kinds.get(type(layer)):
            counts[kind] = counts.get(kind, 0) + 1
            names[str(number)] = f"{kind}{counts[kind]}"
    return {f"{names[key.partition('.')[0]]}.{key.partition('.')[2]}": value for key, value in state.items()}


def recognized(name: str, text: str, place: int, train_split: Split, test: Split) -> dict[str, Any]:
    """How one network came back."""
    module, (mean, std) = train(text, train_split, zlib.crc32(name.encode()))
    images = (test.images[:, None].float() / 255 - mean) / std
    with torch.no_grad():
        own = torch.cat([module(part).argmax(1) for part in torch.split(images, 100)])
    accuracy = float((own == test.labels).float().mean())
    began = time.process_time()
    try:
        upload = read_uploaded_weights(to_pth(saved(module, place)))
        best = try_upload(upload, train_split, test)[0]
    except CheckpointError as error:
        return {"name": name, "found": False, "same": False, "own": accuracy, "reason": str(error)}
    seconds = time.process_time() - began
    model = to_model(upload, title=name, normalize=best.normalize, arrangement=best.arrangement)
    got = predict_logits(model.module, test.images, best.normalize).argmax(1)
    found = float((got == test.labels).float().mean())
    return {
        "name": name,
        "found": abs(found - accuracy) <= SAME_ACCURACY,
        "same": bool((got == own).all()),
        "own": round(accuracy, 3),
        "got": round(found, 3),
        "seconds": round(seconds, 1),
    }


def main() -> None:
    """Try every network of a list and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recognition", description=__doc__)
    parser.add_argument("--only", default="", help="those with this word in their name")
    parser.add_argument("--held-out", action="store_true", help="those written after the search")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    splits = load_split(True, str(SAMPLE_ROOT)), load_split(False, str(SAMPLE_ROOT))
    chosen = HELD_OUT if arguments.held_out else DESIGN
    rows = []
    for place, (name, text) in enumerate(chosen.items()):
        if arguments.only in name:
            rows.append(recognized(name, text, place, *splits))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    seconds = [row["seconds"] for row in rows if "seconds" in row]
    print(
        json.dumps(
            {
                "known": len(rows),
                "recognized": sum(bool(row["found"]) for row in rows),
                "same_predictions": sum(bool(row["same"]) for row in rows),
                "missed": [row["name"] for row in rows if not row["found"]],
                "median_cpu_seconds": statistics.median(seconds) if seconds else None,
                "longest_cpu_seconds": max(seconds, default=None),
            }
        )
    )


if __name__ == "__main__":
    main()
