"""Puzzles on networks: build one within bounds, and the numbers between its layers."""

from typing import Final

import torch
from torch import nn
from torch.nn.functional import conv2d

from core.teaching.puzzles.judges import builds, number
from core.teaching.puzzles.puzzle import Puzzle, Verdict

_WORDS: Final = (
    "Layers are written as in links, joined by hyphens: `flatten`, `linear64`, `relu`, "
    "`conv8`, `maxpool2`, `batchnorm`."
)


def _network(
    name: str,
    ask: str,
    answers: tuple[str, ...],
    wrong: tuple[str, ...],
    *,
    at_most: int = 0,
    exactly: int = 0,
    kinds: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    hidden: bool = False,
) -> Puzzle:
    return Puzzle(
        name=name,
        page="model",
        ask=f"{ask} It takes one gray image of 28 × 28 and gives 10 values. {_WORDS}",
        program="model = build(____)\nprint(model(torch.zeros(1, 1, 28, 28)).shape)",
        wanted="torch.Size([1, 10])",
        placeholder="flatten-linear64-relu-linear10",
        judge=builds(at_most=at_most, exactly=exactly, kinds=kinds, without=without, hidden=hidden),
        answers=answers,
        wrong=wrong,
    )


def _features(count: float) -> Verdict:
    maps = nn.MaxPool2d(2)(torch.zeros(1, 8, 28, 28))
    arrive = nn.Flatten()(maps).shape[1]
    if count != arrive:
        said = "too few" if count < arrive else "too many"
        return Verdict(
            False, f"{count:,.0f} is {said}: {list(maps.shape)} is the shape that the flatten is given."
        )
    return Verdict(True, f"Right: {list(maps.shape[1:])} makes {arrive:,} numbers.")


def _padding(count: float) -> Verdict:
    found = conv2d(torch.zeros(1, 1, 28, 28), torch.zeros(1, 1, 5, 5), padding=int(count)).shape[-1]
    if found != 28:
        return Verdict(
            False, f"With a padding of {int(count)} the image comes out {found} pixels wide; it should be 28."
        )
    return Verdict(True, "Right: 28 pixels go in, 28 come out.")


def _channels(count: float) -> Verdict:
    parameters = sum(p.numel() for p in nn.Conv2d(int(count), 16, 3, device="meta").parameters())
    if parameters != 448:
        return Verdict(
            False,
            f"With {int(count)} {'channel' if count == 1 else 'channels'} the layer has {parameters:,} "
            "parameters; it should have 448.",
        )
    return Verdict(True, "Right: 16 windows of 3 × 3 × 3 weights, and 16 biases.")


PUZZLES: Final = (
    _network(
        "ten-thousand",
        "Build a network of at most 10,000 parameters.",
        ("flatten-linear10", "flatten-linear12-relu-linear10", "maxpool2-flatten-linear40-relu-linear10"),
        ("flatten-linear64-relu-linear10", "linear10", "flatten-linear9"),
        at_most=10_000,
    ),
    _network(
        "hidden-layer",
        "Build a network with a hidden layer and a ReLU, of at most 50,000 parameters.",
        ("flatten-linear60-relu-linear10", "maxpool2-flatten-linear100-relu-linear10"),
        (
            "flatten-linear10",
            "flatten-linear64-relu-linear10",
            "flatten-relu-linear10",
            "flatten-linear10-relu",
        ),
        at_most=50_000,
        kinds=("relu", "linear"),
        hidden=True,
    ),
    _network(
        "exactly-7850",
        "Build a network of exactly 7,850 parameters.",
        ("flatten-linear10", "flatten-relu-linear10"),
        ("flatten-linear11-linear10",),
        exactly=7_850,
    ),
    _network(
        "small-convolution",
        "Build a network with a convolution, of at most 5,000 parameters.",
        ("conv8-relu-maxpool4-flatten-linear10", "conv4-maxpool7-flatten-linear10"),
        ("flatten-linear10", "conv8-flatten-linear10"),
        at_most=5_000,
        kinds=("conv",),
    ),
    _network(
        "no-bias",
        "Build a network of exactly 7,840 parameters. (`linear64n` is a layer without biases.)",
        ("flatten-linear10n",),
        ("flatten-linear10",),
        exactly=7_840,
    ),
    Puzzle(
        name="features-after-pooling",
        page="model",
        ask="How many numbers arrive at the linear layer?",
        program=(
            "model = nn.Sequential(nn.MaxPool2d(2), nn.Flatten(), nn.Linear(____, "
            "10))\nprint(model(torch.zeros(1, 8, 28, 28)).shape)"
        ),
        wanted="torch.Size([1, 10])",
        placeholder="784",
        judge=number(_features, low=1, high=100_000),
        answers=("1568",),
        wrong=("784", "196", "6272"),
    ),
    Puzzle(
        name="padding-that-keeps",
        page="model",
        ask="Which padding keeps a 28 × 28 image the same size?",
        program="conv = nn.Conv2d(1, 1, 5, padding=____)\nprint(conv(torch.zeros(1, 1, 28, 28)).shape)",
        wanted="torch.Size([1, 1, 28, 28])",
        placeholder="0",
        judge=number(_padding, low=0, high=10),
        answers=("2",),
        wrong=("0", "1", "5"),
    ),
    Puzzle(
        name="channels-from-count",
        page="model",
        ask="How many channels does this layer take, if it has 448 parameters?",
        program="conv = nn.Conv2d(____, 16, 3)\nprint(sum(p.numel() for p in conv.parameters()))",
        wanted="448",
        placeholder="1",
        judge=number(_channels, low=1, high=64),
        answers=("3",),
        wrong=("1", "4"),
    ),
)
