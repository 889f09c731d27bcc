"""Steps of the autograd page about what a graph is made of, and when there is none."""

import torch
from torch import nn

from core.teaching.snippets import Bool, Choice, Code, Int, step


class DynamicNetwork(nn.Module):
    """A layer that is applied as often as the input asks for: ordinary Python decides."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.last = nn.Linear(4, 1)

    def forward(self, x):
        for _ in range(int(x.abs().sum()) % 4):
            x = torch.tanh(self.linear(x))
        if x.mean() > 0:
            x = x * 2
        return self.last(x)


@step(
    title="Gradients add up",
    times=Int(label="Backward passes", default=4, low=1, high=8),
    zero=Bool(label="Set to zero before each", default=False, top=True),
)
def adding_up(times, zero):
    """Backward **adds** to `.grad`. Without `zero_grad()` in between, a step repeats all the steps before it.

    Adding is useful when it is intended: several small batches can make one large step. By accident it can
    make a run diverge.
    """
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    seen = []
    for _ in range(times):
        if zero:
            optimizer.zero_grad()
        loss = (3 * w) ** 2 / 6
        loss.backward()
        seen.append(w.grad.item())
    print("w.grad after each backward:", seen)
    return seen


@step(
    title="Graphs are dynamic",
    size=Choice(label="Size of the input's numbers", default=0.5, options=(0.25, 0.5, 0.75, 1.0)),
)
def dynamic(size):
    """A graph is made anew in every forward pass, from what really ran. So `forward` may contain `if` and
    loops: the next input may take another path, and its graph then has other operations.
    """
    torch.manual_seed(0)
    model = DynamicNetwork()
    x = torch.full((4,), size)
    loss = model(x).sum()
    loss.backward()

    rounds = int(x.abs().sum()) % 4
    print(f"the layer was applied {rounds} times")
    print("loss:", loss)
    was_used = model.linear.weight.grad is not None
    print("gradient of the layer:", "there" if was_used else "none, it was not used")
    return (loss,)


@step(
    title="Switching tracking off",
    off=Code(
        label="Switch it off with",
        default="torch.no_grad()",
        options={name: name for name in ("torch.no_grad()", "torch.inference_mode()", "torch.enable_grad()")},
    ),
)
def no_tracking(off):
    """Inside `torch.no_grad()` nothing is remembered; `detach()` gives the same numbers without a history.

    Use the first to evaluate and predict, the second to take a value out of a computation: to print it, to
    store it, or to stop gradients there. A detached tensor shares its memory with the original.
    `inference_mode` is stricter: what is made in it can never be part of a graph.
    """
    x = torch.ones(5)
    w = torch.full((5, 3), 0.1, requires_grad=True)
    b = torch.zeros(3, requires_grad=True)

    z = torch.matmul(x, w) + b
    print(z.requires_grad)

    with off:
        quiet = torch.matmul(x, w) + b
    print(quiet.requires_grad)

    z_det = z.detach()
    print(z_det.requires_grad)
    print("same memory:", z_det.data_ptr() == z.data_ptr())
    return z, z_det


@step(
    title="Frozen parameters",
    frozen=Code(
        label="Freeze",
        default="first layer",
        options={"nothing": "[]", "first layer": "[0]", "last layer": "[2]", "both": "[0, 2]"},
    ),
    steps=Choice(label="Steps", default=20, options=(1, 20, 100)),
)
def freezing(frozen, steps):
    """A parameter with `requires_grad_(False)` gets no gradient, so the optimizer leaves it where it is.

    That is how a trained network is adapted to a new task: keep the early layers, train the last ones. A
    frozen layer in the middle still passes gradients on to the layers before it.
    """
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
    X = torch.randn(64, 8)
    y = torch.randint(3, (64,))
    for position in frozen:
        model[position].requires_grad_(False)

    before = {name: param.detach().clone() for name, param in model.named_parameters()}
    trained = [param for param in model.parameters() if param.requires_grad]
    if trained:
        optimizer = torch.optim.SGD(trained, lr=0.1)
        for _ in range(steps):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(X), y).backward()
            optimizer.step()

    names, moved = [], []
    for name, param in model.named_parameters():
        names.append(name)
        moved.append((param - before[name]).norm().item())
        print(f"{name:<9} moved by {moved[-1]:.4f}")
    return names, moved
