"""For a class that is pasted with its message, the clinic finds a batch that really raises that message."""

import re
import time

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core.teaching.clinic import explain_error

_HEAD = "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
_LENET = (
    ["self.conv1 = nn.Conv2d(3, 6, 5)", "self.pool = nn.MaxPool2d(2, 2)", "self.conv2 = nn.Conv2d(6, 16, 5)",
     "self.fc1 = nn.Linear(16 * 5 * 5, 10)"],
    ["x = self.pool(F.relu(self.conv1(x)))", "x = self.pool(F.relu(self.conv2(x)))"],
)  # fmt: skip
_FLAT = [*_LENET[1], "x = torch.flatten(x, 1)", "return self.fc1(x)"]
_VIEW = [*_LENET[1], "x = x.view(-1, 16 * 5 * 5)", "return self.fc1(x)"]
_PLAIN = ["self.fc1 = nn.Linear(784, 10)"], ["return self.fc1(x)"]
_CASES = (
    (_LENET[0], _FLAT, (4, 3, 224, 224)),
    (_LENET[0], _FLAT, (2, 3, 240, 320)),
    (_LENET[0], [*_LENET[1], "return self.fc1(x)"], (8, 3, 32, 32)),
    (_LENET[0], _FLAT, (4, 1, 28, 28)),
    (_LENET[0], _FLAT, (4, 3, 8, 8)),
    (_LENET[0], _VIEW, (4, 3, 28, 28)),
    (*_PLAIN, (64, 1, 28, 28)),
    (["self.fc1 = nn.Linear(100, 10)"], ["return self.fc1(x)"], (32, 90)),
    (["self.conv = nn.Conv1d(4, 8, 3)", "self.fc1 = nn.Linear(8, 2)"],
     ["return self.fc1(torch.flatten(self.conv(x), 1))"], (5, 4, 128)),
    (["self.layers = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4, 10))"],
     ["return self.layers(x)"], (2, 1, 28, 28)),
)  # fmt: skip


def class_of(layers, forward, head=_HEAD):
    body = "".join(f"        {line}\n" for line in layers) + "\n    def forward(self, x):\n"
    return head + body + "".join(f"        {line}\n" for line in forward)


def network(text):
    scope = {"nn": nn, "F": F, "torch": torch}
    exec(text, scope)  # our own text, from above
    return scope["Net"]()


def refusal(model, shape):
    """What PyTorch says to a batch of this shape."""
    with pytest.raises(RuntimeError) as caught, torch.no_grad():
        model(torch.zeros(shape))
    return f"RuntimeError: {caught.value}"


def named(text):
    """The shape of the batch that an answer names."""
    return tuple(int(size) for size in re.search(r"a batch of shape \[([\d, ]+)\]", text)[1].split(", "))


@pytest.mark.parametrize(("layers", "forward", "shape"), _CASES)
def test_the_batch_found_raises_the_very_message(layers, forward, shape):
    """The class and the message of PyTorch are pasted; the batch in the answer raises the same message."""
    text = class_of(layers, forward)
    model = network(text)
    message = refusal(model, shape)
    found = explain_error(f"{text}\n{message}")
    assert "this very message" in found.beside
    assert refusal(model, named(found.beside)) == message
    assert found.beside in found.answer


def test_the_size_that_the_class_takes_goes_through():
    text = class_of(_LENET[0], _FLAT)
    model = network(text)
    found = explain_error(f"{text}\n{refusal(model, (4, 3, 224, 224))}")
    side = re.search(r"Resize\(\((\d+), (\d+)\)\)", found.beside)
    assert model(torch.zeros(4, 3, int(side[1]), int(side[2]))).shape == (4, 10)
    assert "nn.Linear(44944, 10)" in found.beside


def test_a_shape_that_the_text_names_goes_before_others():
    """Batches of other pictures have as many numbers: of them, the one that the code makes is named."""
    text = class_of(_LENET[0], _VIEW)
    message = refusal(network(text), (6, 3, 21, 21))
    found = explain_error(f"{text}\ninput_shape = (3, 21,21)\nx = torch.randn(6, *input_shape)\n{message}")
    assert named(found.beside) == (6, 3, 21, 21)


def test_rows_that_a_view_made_are_explained_by_the_view():
    """A view lets the rows follow from the size of the pictures; the loss complains, not the class."""
    text = class_of(_LENET[0], _VIEW)
    rows = network(text)(torch.zeros(8, 3, 112, 112)).shape[0]
    found = explain_error(
        f"{text}\nValueError: Expected input batch_size ({rows}) to match target batch_size (8)."
    )
    assert network(text)(torch.zeros(named(found.beside))).shape[0] == rows
    assert "x.view(-1, 16 * 5 * 5)" in found.beside


@pytest.mark.parametrize("head", ["    def __init__(self):\n        super().__init__()\n", ""])
def test_a_class_without_its_first_lines_is_read(head):
    text = (
        class_of(_LENET[0], _FLAT, head)
        if head
        else "self.net = nn.Sequential(nn.Flatten(), nn.Linear(9, 2))\n"
    )
    message = "(4x44944 and 400x10)" if head else "(4x784 and 9x2)"
    found = explain_error(f"{text}RuntimeError: mat1 and mat2 shapes cannot be multiplied {message}")
    assert "this very message" in found.beside


def test_a_message_that_no_batch_explains_is_left_to_the_message():
    text = class_of(_LENET[0], _FLAT)
    found = explain_error(
        f"{text}\nRuntimeError: mat1 and mat2 shapes cannot be multiplied (4x401 and 400x10)"
    )
    assert "batch of shape" not in found.beside
    assert found.reading


def test_a_long_class_is_read_in_bounded_time():
    """As many layers as are read, with a message that no batch explains."""
    layers = [f"self.c{i} = nn.Conv2d(3, 3, 3, padding=1)" for i in range(75)]
    forward = [*(f"x = F.relu(self.c{i}(x))" for i in range(50)), "return self.c0(x)"]
    text = class_of(layers, forward)
    start = time.process_time()
    explain_error(f"{text}\nRuntimeError: mat1 and mat2 shapes cannot be multiplied (4x401 and 400x10)")
    assert time.process_time() - start < 1
