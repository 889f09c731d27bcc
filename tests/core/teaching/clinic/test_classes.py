"""A pasted class is read layer by layer without being run, and the shapes are PyTorch's."""

import pytest
import torch
from torch import nn

from core.teaching.clinic import explain_error, read_class
from core.teaching.clinic.networks.shape_rules import MisfitError, Sized, of_layer

HEAD = "class Network(nn.Module):\n    def __init__(self):\n        super().__init__()\n"


def network(layers, forward):
    """The text of a class with these constructor lines and these of `forward`."""
    body = "".join(f"        {line}\n" for line in layers) + "    def forward(self, x):\n"
    return HEAD + body + "".join(f"        {line}\n" for line in forward)


LAYERS = [
    (nn.Linear(8, 3), (5, 8)),
    (nn.Linear(8, 3), (5, 2, 7)),
    (nn.Conv2d(3, 6, 5, stride=2, padding=1, dilation=2), (4, 3, 32, 30)),
    (nn.Conv2d(3, 6, (3, 5), padding="same"), (4, 3, 32, 30)),
    (nn.Conv2d(3, 6, 3), (4, 1, 28, 28)),
    (nn.Conv2d(3, 6, 3), (3, 28, 28)),
    (nn.Conv2d(3, 6, 3), (28, 28)),
    (nn.Conv2d(3, 6, 9), (4, 3, 5, 5)),
    (nn.Conv1d(2, 4, 3), (4, 2, 10)),
    (nn.Conv1d(2, 4, 3), (4, 3, 10)),
    (nn.ConvTranspose2d(3, 6, 4, stride=2, padding=1), (4, 3, 8, 8)),
    (nn.ConvTranspose2d(3, 6, 4), (4, 1, 8, 8)),
    (nn.MaxPool2d(3, 2, 1), (4, 3, 9, 9)),
    (nn.MaxPool2d(2, ceil_mode=True), (4, 3, 9, 9)),
    (nn.MaxPool2d(4), (4, 3, 3, 3)),
    (nn.AvgPool2d(2), (4, 3, 9, 8)),
    (nn.MaxPool1d(2), (4, 3, 9)),
    (nn.AdaptiveAvgPool2d((1, None)), (4, 3, 9, 8)),
    (nn.BatchNorm2d(3), (4, 3, 9, 8)),
    (nn.BatchNorm2d(3), (4, 3)),
    (nn.BatchNorm1d(3), (4, 3, 2, 2)),
    (nn.BatchNorm1d(3), (4, 5)),
    (nn.LayerNorm(8), (4, 8)),
    (nn.LayerNorm(8), (4, 9)),
    (nn.Flatten(), (4, 3, 2, 2)),
    (nn.Unflatten(1, (3, 4)), (4, 12)),
    (nn.LSTM(4, 8, bidirectional=True, batch_first=True), (5, 7, 4)),
    (nn.GRU(4, 8), (5, 7, 4)),
    (nn.LSTM(4, 8), (5, 7, 3)),
    (nn.Upsample(scale_factor=2), (4, 3, 5, 5)),
    (nn.ZeroPad2d((1, 2, 3, 4)), (4, 3, 5, 5)),
    (nn.ReLU(), (4, 3)),
]


@pytest.mark.parametrize(("layer", "shape"), LAYERS)
def test_a_rule_gives_the_shape_and_the_sentence_of_pytorch(layer, shape):
    """Each layer on real zeros and by its rule: the same shape, or the same refusal."""
    layer.eval()
    try:
        with torch.no_grad():
            out = layer(torch.zeros(shape))
    except (RuntimeError, ValueError) as error:
        refused = str(error)
    else:
        found = of_layer(layer, Sized(shape))
        first, ruled = (out[0], found[0]) if isinstance(out, tuple) else (out, found)
        assert ruled.shape == tuple(first.shape)
        return
    with pytest.raises(MisfitError) as caught:
        of_layer(layer, Sized(shape))
    assert str(caught.value) == refused


def test_a_network_that_fits_is_followed_to_its_end():
    """The input is found by what the layers take: 3 x 32 x 32 is the one that fits 16 * 5 * 5."""
    read = read_class(
        network(
            ["self.conv1 = nn.Conv2d(3, 6, 5)", "self.pool = nn.MaxPool2d(2, 2)",
             "self.conv2 = nn.Conv2d(6, 16, 5)",
             "self.fc = nn.Linear(16 * 5 * 5, 10)"],
            ["x = self.pool(F.relu(self.conv1(x)))", "x = self.pool(F.relu(self.conv2(x)))",
             "x = x.view(-1, 16 * 5 * 5)", "return self.fc(x)"],
        )
    )  # fmt: skip
    assert read.given == (64, 3, 32, 32)
    assert (read.problem, read.rows[-1].gives) == ("", (64, 10))


@pytest.mark.parametrize(
    ("layers", "forward", "said"),
    [
        (["self.a = nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(256, 10))"],
         ["return self.a(x)"], "mat1 and mat2 shapes cannot be multiplied (64x512 and 256x10)"),
        (["self.a = nn.linear(784, 10)"], ["return self.a(x)"], "`nn.Linear` does"),
        (["self.linear = nn.Linear(784, 10)"], ["return self.linaer(x)"], "`self.linear` is"),
        (["self.a = nn.Linear(784, 10)"], ["self.a(x)"], "has no `return`"),
        (["self.a = nn.Sequential(nn.Linear(4, 4), F.relu)"], ["return self.a(x)"],
         "more than this reader follows"),
        (["self.a = nn.Sequential(nn.Linear(4, 4), 3)"], ["return self.a(x)"], "is no layer"),
    ],
)  # fmt: skip
def test_a_reading_stops_where_the_class_breaks(layers, forward, said):
    assert said in read_class(network(layers, forward)).problem


def test_a_forgotten_super_call_and_a_misspelled_forward_are_named():
    text = network(["self.a = nn.Linear(4, 2)"], ["return self.a(x)"])
    assert "super().__init__()" in read_class(text.replace("super().__init__()", "pass")).problem
    assert "`foward` looks like it" in read_class(text.replace("def forward", "def foward")).problem


def test_a_plain_list_of_layers_is_remarked():
    read = read_class(
        network(["self.a = nn.Linear(4, 2)", "self.more = [nn.Linear(2, 2)]"], ["return self.a(x)"])
    )
    assert any("plain list" in remark for remark in read.remarks)


def test_nothing_of_a_class_is_run(tmp_path):
    """Calls that would do something are not on the list: the reading ends there."""
    target = tmp_path / "made"
    text = network([f"self.a = open({str(target)!r}, 'w')"], ["return self.a(x)"])
    assert "does not know" in read_class(text).problem
    text = network(
        ["self.a = nn.Linear(4, 2)"], [f"__import__('os').mkdir({str(target)!r})", "return self.a(x)"]
    )
    assert read_class(text).problem
    assert not target.exists()


def test_sizes_are_bounded():
    """A layer of a thousand million weights is refused before it is built."""
    assert (
        "larger than" in read_class(network(["self.a = nn.Linear(10**8, 10)"], ["return self.a(x)"])).problem
    )


def test_a_class_alone_is_an_answer_and_a_traceback_with_one_has_both():
    text = network(["self.a = nn.Linear(4, 2)"], ["return self.a(x)"])
    alone = explain_error(text)
    assert alone.known
    assert "layer by layer" in alone.answer
    both = explain_error(text + "\nRuntimeError: mat1 and mat2 shapes cannot be multiplied (8x3 and 4x2)")
    assert both.kind.name == "linear-features"
    assert "layer by layer" in both.answer


def test_a_network_that_gives_back_another_size_is_told_so():
    """Down by strides and up again, one row and one column too few."""
    layers = (
        "        self.down = nn.Conv2d(1, 4, 3, stride=2, padding=1)\n"
        "        self.up = nn.ConvTranspose2d(4, 1, 3, stride=2, padding=1{})\n\n"
        "    def forward(self, x):\n        return self.up(self.down(x))\n"
    )
    assert "It gives back 27 × 27 for 28 × 28" in explain_error(HEAD + layers.format("")).answer
    assert "It gives back" not in explain_error(HEAD + layers.format(", output_padding=1")).answer


def test_a_method_called_init_beside_the_constructor_is_none():
    source = (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.fc = nn.Linear(4, 2)\n    def init(self):\n        pass\n"
        "    def forward(self, x):\n        return self.fc(x)\n"
    )
    assert not read_class(source).wrong
    assert read_class(source.replace("def __init__", "def _init_")).wrong


def test_a_name_that_is_added_by_a_call_is_not_said_to_be_set_nowhere():
    found = read_class(
        "class N(nn.Module):\n    def __init__(self):\n        super().__init__()\n        "
        "self.add_module('late', nn.ReLU())\n    def forward(self, x):\n        return self.late(x)\n"
    )
    assert found is not None
    assert not found.wrong
    assert "set nowhere" not in found.text
