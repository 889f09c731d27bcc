"""The autograd page: the graph a computation leaves behind, and the gradients that flow back through it."""

import torch
from torch import nn

from core.teaching.lessons.autograd_checks import (
    finite_differences,
    logging_backward,
    tracking_cost,
    vector_jacobian,
)
from core.teaching.lessons.autograd_tracking import adding_up, dynamic, freezing, no_tracking
from core.teaching.lessons.neural_network import NeuralNetwork
from core.teaching.snippets import Bool, Choice, Code, Float, Int, Lesson, step


@step(
    title="Any expression leaves a graph",
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
def expression(expression, a_value, b_value):
    """PyTorch records every operation on a tensor that says `requires_grad=True`. Where a variable is used
    twice, two gradients come back and add up.

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


@step(title="One layer and its loss", seed=Int(label="Seed", default=0, low=0, high=20))
def one_layer(seed):
    """`w` and `b` are what training changes, so they say `requires_grad=True`; `x` and `y` do not.

    From then on each result remembers, in its `grad_fn`, the operation that made it and what backward will
    need. `loss` compares three raw outputs `z` with the targets `y` (0 or 1): the mean of their **binary
    cross-entropies**, which punish an output for being on the wrong side of 0.
    """
    x = torch.ones(5)  # input tensor
    y = torch.zeros(3)  # expected output

    torch.manual_seed(seed)
    w = torch.randn(5, 3, requires_grad=True)
    b = torch.randn(3, requires_grad=True)

    z = torch.matmul(x, w) + b
    loss = nn.functional.binary_cross_entropy_with_logits(z, y)
    print("z:", z)
    print("loss:", loss)
    print(f"Gradient function for z = {type(z.grad_fn).__name__}")
    print(f"Gradient function for loss = {type(loss.grad_fn).__name__}")
    return x, y, w, b, z, loss


@step(
    title="One step of the tutorial's network",
    batch=Choice(label="Images in the batch", default=4, options=(1, 4, 16)),
)
def network_loss(batch):
    """The tutorial's network, 784-512-512-10: its graph has the same few operations, only larger.

    The images here are random numbers, and so are the labels: what the graph looks like does not depend on
    them.
    """
    torch.manual_seed(0)
    model = NeuralNetwork()
    images = torch.rand(batch, 1, 28, 28)
    labels = torch.randint(10, (batch,))

    loss = nn.functional.cross_entropy(model(images), labels)
    print("loss:", loss)
    return (loss,)


@step(title="Backward", after=one_layer)
def backward(w, b, z, y, loss):
    """`loss.backward()` walks from the loss back to the leaves and fills each one's `.grad`.

    `w.grad` has the shape of `w`: how much the loss would rise, per unit, if that one number rose a little.
    All rows are alike here because all five inputs are 1.
    """
    loss.backward()
    print(w.grad)
    print(b.grad)
    w_grad, b_grad = w.grad, b.grad
    by_hand = (torch.sigmoid(z) - y) / 3  # the derivative of the loss, by hand
    print("b.grad by hand:", by_hand.detach())
    return w, w_grad, b_grad


@step(
    title="Walking the graph",
    tracked=Choice(
        label="requires_grad=True for", default="w and b", options=("w and b", "w", "b"), top=True
    ),
)
def walking(tracked):
    """The graph is there to be read: each `grad_fn` lists, in `next_functions`, the ones it came from.

    `AccumulateGrad` is where a leaf collects its gradient. `None` stands for an input that needs none, such
    as `x`.
    """
    x = torch.ones(5)
    w = torch.full((5, 3), 0.1, requires_grad="w" in tracked)
    b = torch.zeros(3, requires_grad="b" in tracked)
    z = torch.matmul(x, w) + b
    loss = nn.functional.binary_cross_entropy_with_logits(z, torch.zeros(3))

    waiting = [(loss.grad_fn, 0)]
    while waiting:
        function, depth = waiting.pop()
        print("  " * depth + (function.name() if function else "None"))
        if function:
            for used, _ in function.next_functions:
                waiting.append((used, depth + 1))


@step(title="Leaves, and who keeps a gradient", keep=Bool(label="z.retain_grad()", default=False, top=True))
def leaves(keep):
    """A **leaf** is where a graph begins: a tensor that requires a gradient of its own accord, as a parameter
    does, or one that requires none. Backward keeps gradients for leaves only.

    The gradient of `z` is computed all the same, on the way to `w`, and thrown away once it has been used:
    keeping them all would cost as much memory as the forward pass. `z.retain_grad()` asks for it to be
    kept. A result may be a leaf too, as `frozen` shows: `detach` cuts it off from what made it.
    """
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    z = w * 2
    frozen = (w * 2).detach()
    loss = (z**2).sum()
    if keep:
        z.retain_grad()
    loss.backward()

    for name, tensor in (("w", w), ("z", z), ("frozen", frozen), ("loss", loss)):
        print(f"{name}: is_leaf {tensor.is_leaf}, requires_grad {tensor.requires_grad}")
    print("w.grad:", w.grad)
    print("z.grad:", z.grad if z.retains_grad else "not kept")
    return w, z


@step(title="Backward twice", retain_graph=Bool(label="retain_graph", default=False))
def backward_twice(retain_graph):
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


LESSON = Lesson(
    "autograd",
    "Autograd",
    (
        expression,
        one_layer,
        backward,
        network_loss,
        walking,
        leaves,
        backward_twice,
        adding_up,
        dynamic,
        logging_backward,
        no_tracking,
        freezing,
        tracking_cost,
        finite_differences,
        vector_jacobian,
    ),
)
