"""The autograd page: the graph a computation leaves behind, and the gradients that flow back through it."""

# mypy: disable-error-code="no-untyped-call, union-attr, operator, return-value"
# torch leaves backward() without annotations, and `.grad` may be None: a reader's script checks neither.

import torch
from torch import Tensor, nn

from core.model import NeuralNetwork
from core.teaching.lessons.autograd_checks import finite_differences, tracking_cost, vector_jacobian
from core.teaching.snippets import Bool, Choice, Code, Float, Int, Lesson, step

SEED = Int(label="Seed", default=0, low=0, high=20)


@step(title="One layer and its loss", seed=SEED)
def one_layer(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """`w` and `b` are what training changes, so they say `requires_grad=True`; `x` and `y` do not.

    From then on each result remembers, in its `grad_fn`, the operation that made it and what backward will
    need. `loss` compares three raw outputs `z` with the targets `y` (0 or 1): the mean of their
    binary cross-entropies.
    """
    x = torch.ones(5)
    y = torch.zeros(3)

    generator = torch.Generator().manual_seed(seed)
    w = torch.randn(5, 3, generator=generator, requires_grad=True)
    b = torch.randn(3, generator=generator, requires_grad=True)

    z = torch.matmul(x, w) + b
    loss = nn.functional.binary_cross_entropy_with_logits(z, y)
    print("z:", z)
    print("loss:", loss)
    return x, y, w, b, z, loss


@step(
    title="Other expressions",
    expression=Code(
        label="f",
        default="a * b + a",
        options={
            text: text
            for text in (
                "a * b + a",
                "(a ** 2 + b ** 2).sqrt()",
                "torch.sin(a) * b ** 2",
                "a.exp() / (1 + a.exp())",
                "torch.relu(b - a) * a",
                "torch.tanh(a * b).log1p()",
            )
        },
    ),
    a_value=Float(label="a", default=1.5, low=0.5, high=3.0),
    b_value=Float(label="b", default=2.0, low=0.5, high=3.0),
)
def expression(expression: Tensor, a_value: float, b_value: float) -> tuple[Tensor, Tensor, Tensor]:
    """Any expression leaves such a graph. Where a variable is used twice, two gradients come back and add up.

    `a.grad` is the slope of f when only `a` moves: move it by a little, and f moves `a.grad` times as much.
    """
    a = torch.tensor(a_value, requires_grad=True)
    b = torch.tensor(b_value, requires_grad=True)
    f = expression
    f.backward()
    print("f:", f.item())
    print("slope along a:", a.grad)
    print("slope along b:", b.grad)
    return a, b, f


@step(
    title="One step of the tutorial's network",
    batch=Choice(label="Images in the batch", default=4, options=(1, 4, 16)),
)
def network_loss(batch: int) -> Tensor:
    """The network of this app, 784-512-512-10: its graph has the same few operations, only larger.

    The images here are random numbers, and so are the labels: what the graph looks like does not depend on
    them.
    """
    torch.manual_seed(0)
    model = NeuralNetwork()
    images = torch.rand(batch, 1, 28, 28)
    labels = torch.randint(10, (batch,))

    loss = nn.functional.cross_entropy(model(images), labels)
    print("loss:", loss)
    return loss


@step(title="Backward", seed=SEED)
def backward(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """`loss.backward()` walks from the loss back to the leaves and fills each one's `.grad`.

    `w.grad` has the shape of `w`: how much the loss would rise if that one number rose a little. All rows
    are alike here because all five inputs are 1.
    """
    x = torch.ones(5)
    y = torch.zeros(3)
    generator = torch.Generator().manual_seed(seed)
    w = torch.randn(5, 3, generator=generator, requires_grad=True)
    b = torch.randn(3, generator=generator, requires_grad=True)
    z = torch.matmul(x, w) + b
    loss = nn.functional.binary_cross_entropy_with_logits(z, y)

    loss.backward()
    print(w.grad)
    print(b.grad)
    w_grad, b_grad = w.grad, b.grad
    by_hand = (torch.sigmoid(z) - y) / 3  # the formula of the loss, by hand
    print("b.grad by hand:", by_hand.detach())
    return w, w_grad, b_grad


@step(title="Walking the graph")
def walking() -> None:
    """The graph is there to be read: each `grad_fn` lists, in `next_functions`, the ones it came from.

    `AccumulateGrad` is where a leaf collects its gradient. `None` stands for an input that needs none, here
    `x`.
    """
    x = torch.ones(5)
    w = torch.full((5, 3), 0.1, requires_grad=True)
    b = torch.zeros(3, requires_grad=True)
    z = torch.matmul(x, w) + b
    loss = nn.functional.binary_cross_entropy_with_logits(z, torch.zeros(3))

    waiting = [(loss.grad_fn, 0)]
    while waiting:
        function, depth = waiting.pop()
        print("  " * depth + (function.name() if function else "None"))
        if function:
            waiting.extend((used, depth + 1) for used, _ in function.next_functions)


@step(title="Leaves, and who keeps a gradient", keep=Bool(label="z.retain_grad()", default=False, top=True))
def leaves(keep: bool) -> tuple[Tensor, Tensor]:
    """A **leaf** was made by you, not by an operation. Backward keeps the gradient of leaves only.

    The gradient of `z` is computed all the same, on the way to `w`, and thrown away once it has been used:
    keeping them all would cost as much memory as the forward pass. `z.retain_grad()` asks for it to be
    kept.
    """
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    z = w * 2
    loss = (z**2).sum()
    if keep:
        z.retain_grad()
    loss.backward()

    for name, tensor in (("w", w), ("z", z), ("loss", loss)):
        print(f"{name}: is_leaf {tensor.is_leaf}, requires_grad {tensor.requires_grad}")
    print("w.grad:", w.grad)
    print("z.grad:", z.grad if z.retains_grad else "not kept")
    return w, z


@step(title="Backward twice", retain_graph=Bool(label="retain_graph", default=False))
def backward_twice(retain_graph: bool) -> tuple[Tensor, Tensor]:
    """Backward frees what the graph had saved as it goes, so a second backward has nothing to work with.

    That is about memory, not a rule: `retain_graph=True` keeps the saved tensors, and the second backward
    adds its gradients to the first's. Running the forward pass again makes a new graph and needs no such
    thing.
    """
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    loss = (w**2).sum()
    loss.backward(retain_graph=retain_graph)
    print("after the first:", w.grad)
    try:
        loss.backward()
        print("after the second:", w.grad)
    except RuntimeError as error:
        print("RuntimeError:", error)
    w_grad = w.grad
    return w, w_grad


@step(
    title="Gradients add up",
    times=Int(label="Backward passes", default=4, low=1, high=8),
    zero=Bool(label="Set to zero before each", default=False, top=True),
)
def adding_up(times: int, zero: bool) -> list[float]:
    """Backward **adds** to `.grad`. Without `zero_grad()` in between, a step repeats all the steps before it.

    Adding is useful on purpose: several small batches can make one large step. By accident it makes a run
    diverge.
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


@step(title="Switching tracking off")
def no_tracking() -> tuple[Tensor, Tensor]:
    """Inside `torch.no_grad()` nothing is remembered; `detach()` gives the same numbers without a history.

    Use the first to evaluate and predict, the second to take a value out of a computation: to print it, to
    store it, or to stop gradients there. A detached tensor shares its memory with the original.
    """
    x = torch.ones(5)
    w = torch.full((5, 3), 0.1, requires_grad=True)
    b = torch.zeros(3, requires_grad=True)

    z = torch.matmul(x, w) + b
    print(z.requires_grad)

    with torch.no_grad():
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
def freezing(frozen: list[int], steps: int) -> tuple[list[str], list[float]]:
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

    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if trained:
        optimizer = torch.optim.SGD(trained, lr=0.1)
        for _ in range(steps):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(X), y).backward()
            optimizer.step()

    names, moved = [], []
    for name, parameter in model.named_parameters():
        names.append(name)
        moved.append((parameter - before[name]).norm().item())
        print(f"{name:<9} moved by {moved[-1]:.4f}")
    return names, moved


LESSON = Lesson(
    "autograd",
    "Autograd",
    (
        one_layer,
        expression,
        network_loss,
        backward,
        walking,
        leaves,
        backward_twice,
        adding_up,
        no_tracking,
        freezing,
        tracking_cost,
        finite_differences,
        vector_jacobian,
    ),
)
