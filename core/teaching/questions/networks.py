"""Questions of the network, autograd, optimization and mistakes pages."""

# mypy: disable-error-code="no-untyped-call, union-attr, operator"
# torch leaves backward() without annotations, and `.grad` may be None: a reader's script checks neither.

import torch
from torch import nn
from torch.nn import functional as F

from core.teaching.questions.question import question


@question(
    "model",
    "`nn.Flatten()` on three images of 28 × 28: which shape?",
    answer="torch.Size([3, 784])",
    wrong=("torch.Size([2352])", "torch.Size([784, 3])", "torch.Size([3, 28, 28])"),
)
def flattened() -> None:
    """It joins all dimensions but the first, which is the batch: 28 × 28 = 784."""
    images = torch.rand(3, 28, 28, generator=torch.Generator().manual_seed(0))
    print(nn.Flatten()(images).shape)


@question(
    "model",
    "How many parameters does `nn.Linear(784, 512)` have?",
    answer="401,920",
    wrong=("401,408", "1,296", "802,816"),
)
def parameters_of_a_layer() -> None:
    """784 × 512 weights, and a bias for each of the 512 outputs."""
    layer = nn.Linear(784, 512)
    print(f"{sum(parameter.numel() for parameter in layer.parameters()):,}")


@question(
    "model",
    "`nn.ReLU()` of `[-1, 0, 2]`:",
    answer="[0.0, 0.0, 2.0]",
    wrong=("[1.0, 0.0, 2.0]", "[-1.0, 0.0, 1.0]", "[0.0, 0.0, 1.0]"),
)
def rectified() -> None:
    """Negative values become 0, all others stay as they are."""
    print(nn.ReLU()(torch.tensor([-1.0, 0.0, 2.0])).tolist())


@question(
    "model",
    "Add 5 to all ten logits of an image. By how much does the largest probability change?",
    answer="0.000",
    wrong=("0.500", "0.050", "5.000"),
)
def shifted_logits() -> None:
    """Softmax looks at differences between logits only, and those stay the same."""
    logits = torch.randn(10, generator=torch.Generator().manual_seed(0))
    before, after = logits.softmax(0).max(), (logits + 5).softmax(0).max()
    print(f"{(after - before).abs().item():.3f}")


@question(
    "autograd",
    "`y = x ** 2` at `x = 3`, then `y.backward()`. What is `x.grad`?",
    answer="6.0",
    wrong=("9.0", "3.0", "2.0"),
)
def slope_of_a_square() -> None:
    """The derivative of x² is 2x: raise x by a little, and y rises six times as much."""
    x = torch.tensor(3.0, requires_grad=True)
    y = x**2
    y.backward()
    print(x.grad.item())


@question(
    "autograd",
    "The same twice over, `(x ** 2).backward()` at `x = 3`, with nothing in between. And now?",
    answer="12.0",
    wrong=("6.0", "36.0", "RuntimeError"),
)
def backward_two_times() -> None:
    """Each call made a graph of its own, so there is no error; gradients add up: 6 + 6."""
    x = torch.tensor(3.0, requires_grad=True)
    (x**2).backward()
    (x**2).backward()
    print(x.grad.item())


@question(
    "autograd",
    "`w` requires a gradient. Does `w * 2`, computed inside `torch.no_grad()`?",
    answer="False",
    wrong=("True", "None", "RuntimeError"),
)
def without_tracking() -> None:
    """Nothing is recorded inside, so there would be no way back to `w`."""
    w = torch.ones(3, requires_grad=True)
    with torch.no_grad():
        z = w * 2
    print(z.requires_grad)


@question(
    "autograd",
    "What is the gradient of `relu(x)` at `x = -1`?",
    answer="0.0",
    wrong=("1.0", "-1.0", "None"),
)
def slope_of_relu() -> None:
    """Left of 0 ReLU is flat: moving x a little changes nothing, so that neuron learns nothing there."""
    x = torch.tensor(-1.0, requires_grad=True)
    torch.relu(x).backward()
    print(x.grad.item())


@question(
    "optimization",
    "A weight is 1.0, its gradient 2.0, SGD's learning rate 0.1. What is the weight after `step()`?",
    answer="0.8",
    wrong=("1.2", "0.9", "-1.0"),
)
def one_step() -> None:
    """SGD subtracts rate times gradient, to go downhill: 1 - 0.1 × 2."""
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    (2 * w).backward()
    optimizer.step()
    print(f"{w.item():.1f}")


@question(
    "optimization",
    "What is `.grad` after `optimizer.zero_grad()`?",
    answer="None",
    wrong=("tensor(0.)", "tensor(2.)", "tensor(1.)"),
)
def after_zero_grad() -> None:
    """It is taken away, not filled with zeros: that saves memory, and `step()` skips such parameters."""
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    (2 * w).backward()
    optimizer.zero_grad()
    print(w.grad)


@question(
    "optimization",
    "The gradient is 1,000. How far does the first step of Adam go, at a learning rate of 0.01?",
    answer="0.010",
    wrong=("10.000", "1000.000", "0.001"),
)
def first_step_of_adam() -> None:
    """Adam divides the gradient by its own recent size, so a first step is as long as the rate says."""
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.Adam([w], lr=0.01)
    (1000 * w).backward()
    optimizer.step()
    print(f"{1 - w.item():.3f}")


@question(
    "optimization",
    "`loss.backward()` has run. How far has it moved the weight?",
    answer="0.0",
    wrong=("0.1", "0.2", "2.0"),
)
def backward_moves_nothing() -> None:
    """`backward()` only writes gradients; it is `step()` that moves."""
    w = torch.tensor(1.0, requires_grad=True)
    torch.optim.SGD([w], lr=0.1)
    (2 * w).backward()
    print(w.item() - 1.0)


@question(
    "mistakes",
    "A perfect prediction goes through softmax **and** `cross_entropy`. How small can the loss get?",
    answer="1.46",
    wrong=("0.00", "2.30", "0.10"),
)
def softmax_twice() -> None:
    """Softmax leaves at most a 1 and nine 0s; as logits, those are far from sure: -log(e / (e + 9))."""
    probabilities = torch.tensor([[1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0]])
    print(f"{F.cross_entropy(probabilities, torch.tensor([0])).item():.2f}")


@question(
    "mistakes",
    "Every batch has the gradient 2. `zero_grad()` is forgotten. What is `.grad` at the third step?",
    answer="6.0",
    wrong=("2.0", "8.0", "0.0"),
)
def never_cleared() -> None:
    """`backward()` adds: the third step goes along the sum of all three."""
    w = torch.tensor(1.0, requires_grad=True)
    for _ in range(3):
        (2 * w).backward()
    print(w.grad.item())


@question(
    "mistakes",
    "All weights and biases start at zero. How many of the first layer's 32 weights get a gradient?",
    answer="0",
    wrong=("32", "8", "16"),
)
def zero_start() -> None:
    """The gradient comes back through the second layer's weights, and those are all 0."""
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    F.cross_entropy(model(torch.ones(16, 4)), torch.tensor([0, 1] * 8)).backward()
    print(int(model[0].weight.grad.count_nonzero()))


@question(
    "mistakes",
    "One image, ten logits, shape 1 × 10, `softmax(dim=0)`. What do the ten “probabilities” add up to?",
    answer="10.0",
    wrong=("1.0", "0.1", "100.0"),
)
def wrong_dimension() -> None:
    """Dimension 0 is the batch: each logit is compared with itself alone, and each becomes 1."""
    logits = torch.randn(1, 10, generator=torch.Generator().manual_seed(0))
    print(logits.softmax(dim=0).sum().item())
