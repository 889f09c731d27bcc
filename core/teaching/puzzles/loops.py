"""Puzzles on training: the order of the loop's lines, steps and batches, and learning rates."""

from typing import Final

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets

from core.errors import LessonInputError
from core.teaching.puzzles.judges import number
from core.teaching.puzzles.puzzle import Puzzle, Verdict
from core.teaching.snippets.chance import OwnChance
from core.teaching.snippets.params import DataFolder, Float
from core.teaching.snippets.runner import run_step
from core.teaching.snippets.step import step

LINES: Final = {
    "a": "optimizer.step()",
    "b": "loss.backward()",
    "c": "loss = loss_fn(model(X), y)",
    "d": "optimizer.zero_grad()",
}
"""The loop's lines, by the letters that an answer puts in order."""


@step(
    title="One epoch", root=DataFolder(), rate=Float(label="Learning rate", default=0.1, low=0.0, high=100.0)
)
def one_epoch(root: str, rate: float) -> tuple[float]:
    """Five kinds that differ well, one epoch, batches of 20, one hidden layer of 64 units."""
    train_data = datasets.FashionMNIST(root=root, train=True, download=True)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True)
    kinds = torch.tensor([1, 2, 5, 8, 9])  # trousers, pullovers, sandals, bags, ankle boots
    train, test = torch.isin(train_data.targets[:5000], kinds), torch.isin(test_data.targets[:1000], kinds)
    images, labels = train_data.data[:5000][train] / 255, train_data.targets[:5000][train]
    test_images, test_labels = test_data.data[:1000][test] / 255, test_data.targets[:1000][test]
    labels, test_labels = torch.bucketize(labels, kinds), torch.bucketize(test_labels, kinds)

    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 5))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    for start in range(0, len(labels), 20):
        X, y = images[start : start + 20], labels[start : start + 20]
        loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        accuracy = (model(test_images).argmax(dim=1) == test_labels).float().mean().item()
    return (accuracy,)


def _rate(rate: float) -> Verdict:
    result = run_step(one_epoch, rate=float(rate))
    if result.error:
        raise LessonInputError(result.error)
    accuracy = result.values["accuracy"]
    said = f"Trained for one epoch with {rate:g}: test accuracy {accuracy:.1%}"
    if accuracy < 0.85:
        return Verdict(
            False,
            f"{said}; the goal is 85%. " + ("Guessing gives 20%." if accuracy < 0.3 else "It is on its way."),
        )
    return Verdict(True, f"Right. {said}.")


def _weights(order: str) -> tuple[torch.Tensor, bool]:
    """The weights after three turns of the loop in this order."""
    generator = torch.Generator().manual_seed(0)
    batches = [
        (torch.randn(8, 4, generator=generator), torch.randn(8, 1, generator=generator)) for _ in range(3)
    ]
    with OwnChance():
        model = nn.Linear(4, 1)
    names = {
        "model": model,
        "loss_fn": nn.MSELoss(),
        "optimizer": torch.optim.SGD(model.parameters(), lr=0.1),
    }
    program = compile("\n".join(LINES[letter] for letter in order), "<loop>", "exec")
    for X, y in batches:
        exec(program, names | {"X": X, "y": y})
    return model.weight.detach().clone(), any(
        p.grad is not None and bool(p.grad.any()) for p in model.parameters()
    )


def _order(text: str) -> Verdict:
    letters = [character for character in text.lower() if character not in " ,;>-()[]"]
    if sorted(letters) != sorted(LINES):
        raise LessonInputError("Use each of the four letters a, b, c, d once, such as d, a, b, c.")
    order = "".join(letters)
    if order.index("b") < order.index("c"):
        return Verdict(
            False, "The loss is used before it is computed: Python says “name 'loss' is not defined”."
        )
    found, right = _weights(order)[0], _weights("cdba")[0]
    if torch.equal(found, right):
        return Verdict(
            True, "Right: after three batches the weights are those of the tutorial's loop, bit for bit."
        )
    if torch.equal(found, _weights("")[0]):
        return Verdict(
            False, "It runs, and no weight moves: the gradients are zeroed before step() uses them."
        )
    distance = float((found - right).abs().max())
    return Verdict(
        False,
        (
            f"It runs, but after three batches a weight is off by {distance:.3f}: step() uses "
            "gradients that are not its batch's."
        ),
    )


def _one_step(rate: float) -> Verdict:
    weight = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=rate)
    torch.autograd.backward(((weight - 3) ** 2).sum())
    optimizer.step()
    if abs(weight.item() - 3) > 1e-4:
        return Verdict(False, f"One step with {rate:g} leads to {weight.item():.4g}; it should be 3.")
    return Verdict(True, f"Right: the gradient at 0 is -6, and {rate:g} times 6 is 3.")


def _diverges(rate: float) -> Verdict:
    weight = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=rate)
    for _ in range(50):
        optimizer.zero_grad()
        torch.autograd.backward((weight**2).sum())
        optimizer.step()
    distance = abs(weight.item())
    if distance <= 1:
        where = "nearer to 0 than" if distance < 1 else "as far from 0 as"
        return Verdict(
            False,
            f"With {rate:g} the weight is {weight.item():.3g} after 50 steps: {where} the 1 it began at.",
        )
    return Verdict(
        True,
        (
            f"Right: after 50 steps the weight is {weight.item():.3g}. Above 1, each step "
            "overshoots by more than it corrects."
        ),
    )


def _batches(size: float) -> Verdict:
    steps = len(DataLoader(range(5000), batch_size=int(size)))  # type: ignore[arg-type]
    if steps != 40:
        return Verdict(
            False,
            f"With batches of {int(size):,} an epoch has {steps:,} {'step' if steps == 1 else 'steps'}; "
            "it should be 40.",
        )
    return Verdict(
        True,
        (
            f"Right: 5,000 images in batches of {int(size)} are 40 steps, the last of "
            f"{5000 - 39 * int(size)} images."
        ),
    )


def _steps(count: float) -> Verdict:
    steps = len(DataLoader(range(60_000), batch_size=64)) * 5  # type: ignore[arg-type]
    if count != steps:
        return Verdict(
            False,
            (
                f"{count:,.0f} is {'too few' if count < steps else 'too many'}: 60,000 / 64 is "
                f"{60_000 / 64}, the last, smaller batch of an epoch counts as one, and there are 5 epochs."
            ),
        )
    return Verdict(True, f"Right: {steps // 5:,} batches per epoch, five times.")


PUZZLES: Final = (
    Puzzle(
        name="order-of-lines",
        page="optimization",
        ask="Put the lines of the training loop in order, by their letters.",
        program="for X, y in loader:\n    ____\n\n"
        + "\n".join(f"# {letter}: {line}" for letter, line in LINES.items()),
        placeholder="a, b, c, d",
        judge=_order,
        answers=("c, d, b, a", "dcba", "c b a d"),
        wrong=("a, b, c, d", "c, b, d, a", "b, c, d, a", "a, c, d, b"),
    ),
    Puzzle(
        name="rate-for-85",
        page="optimization",
        ask=(
            "Choose a learning rate that reaches a test accuracy of 85% in one epoch, on five of "
            "the classes. It is trained."
        ),
        program="optimizer = torch.optim.SGD(model.parameters(), lr=____)",
        placeholder="0.001",
        judge=number(_rate, whole=False, low=0, high=100),
        answers=("0.05", "0.1"),
        wrong=("0.0001", "10"),
    ),
    Puzzle(
        name="one-step-there",
        page="optimization",
        ask="Choose the learning rate with which one step leads from 0 to the minimum at 3.",
        program=(
            "weight = torch.zeros(1, requires_grad=True)\noptimizer = torch.optim.SGD([weight], "
            "lr=____)\n((weight - 3) ** 2).sum().backward()\noptimizer.step()\nprint(weight)"
        ),
        wanted="tensor([3.], requires_grad=True)",
        placeholder="0.1",
        judge=number(_one_step, whole=False, low=0, high=100),
        answers=("0.5", ".5", "5e-1"),
        wrong=("0.1", "1", "3"),
    ),
    Puzzle(
        name="rate-that-diverges",
        page="optimization",
        ask=(
            "Choose a learning rate with which the weight moves away from the minimum at 0 instead "
            "of toward it."
        ),
        program=(
            "weight = torch.ones(1, requires_grad=True)\noptimizer = torch.optim.SGD([weight], "
            "lr=____)\nfor _ in range(50):\n    optimizer.zero_grad()\n    (weight ** "
            "2).sum().backward()\n    optimizer.step()"
        ),
        placeholder="0.1",
        judge=number(_diverges, whole=False, low=0, high=100),
        answers=("1.1", "2", "50"),
        wrong=("0.1", "0.9", "0"),
    ),
    Puzzle(
        name="forty-steps",
        page="optimization",
        ask="Choose a batch size that makes 40 steps per epoch of 5,000 images.",
        program="print(len(DataLoader(range(5000), batch_size=____)))",
        wanted="40",
        placeholder="64",
        judge=number(_batches, low=1, high=5000),
        answers=("125", "126", "128"),
        wrong=("64", "124", "200"),
    ),
    Puzzle(
        name="steps-of-the-tutorial",
        page="optimization",
        ask="How many steps does the tutorial's run take: 60,000 images, batches of 64, 5 epochs?",
        program="print(5 * len(DataLoader(range(60_000), batch_size=64)) == ____)",
        wanted="True",
        placeholder="1000",
        judge=number(_steps, low=0, high=1_000_000),
        answers=("4690",),
        wrong=("4685", "938", "4700"),
    ),
)
