"""Steps of the autograd page that measure and check: the cost of tracking, finite differences, vectors."""

import logging
import threading
import time

import torch
from torch import nn

from core.teaching.lessons.neural_network import NeuralNetwork
from core.teaching.snippets import Choice, Code, Int, NestedNumbers, step


class PrintingHandler(logging.Handler):
    """Prints what PyTorch logs, without the addresses of its objects."""

    def emit(self, record):
        print(record.getMessage().replace("Executing: ", "").partition(" object at")[0].strip("<"))


@step(
    title="What tracking costs",
    varies="it measures time",
    batch=Choice(label="Images in the batch", default=64, options=(1, 64, 256, 1024)),
)
def tracking_cost(batch):
    """Tracking keeps what backward needs: the input of every layer, and the output of every ReLU.

    Time changes little, most for a single image. Memory decides: what is kept grows with the batch and
    is only freed by backward. `saved_tensors_hooks` sees each tensor as it is put aside, so its bytes can
    be counted, each piece of memory once; the weights and the images are kept too, but they are there anyway.
    Times are the best of ten forward passes.
    """
    torch.manual_seed(0)
    model = NeuralNetwork()
    images = torch.rand(batch, 1, 28, 28)

    milliseconds = []
    for tracking in (True, False):
        times = []
        for _ in range(10):
            start = time.perf_counter()
            with torch.set_grad_enabled(tracking):
                model(images)
            times.append(1000 * (time.perf_counter() - start))
        milliseconds.append(min(times))
    print(f"with tracking:    {milliseconds[0]:6.2f} ms per forward pass")
    print(f"without tracking: {milliseconds[1]:6.2f} ms per forward pass")

    there_anyway = {tensor.untyped_storage().data_ptr() for tensor in (images, *model.parameters())}
    kept = {}

    def put_aside(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in there_anyway:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(put_aside, lambda tensor: tensor):
        logits = model(images)
    saved_bytes = sum(kept.values())
    print(f"kept for backward: {saved_bytes:,} bytes, beside the weights and the images")
    return milliseconds, saved_bytes


@step(
    title="Backward, as PyTorch logs it",
    layers=Int(label="Layers", default=2, low=1, high=4),
)
def logging_backward(layers):
    """PyTorch can say which operations backward runs, in which order: start a program of yours with
    `TORCH_LOGS="+autograd" python program.py`.

    The environment variable switches on a logger of that name; these lines switch it on from inside, for one
    call of `backward`.
    """
    torch.manual_seed(0)
    model = nn.Sequential()
    for _ in range(layers):
        model.extend([nn.Linear(4, 4), nn.ReLU()])
    loss = model(torch.rand(2, 4)).mean()

    log = logging.getLogger("torch.autograd.graph")
    handler = PrintingHandler()
    handler.addFilter(lambda record: record.thread == threading.get_ident())  # of this program alone
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    log.propagate = False  # or PyTorch would write the same, with times and addresses, to the terminal
    loss.backward()
    log.propagate = True
    log.setLevel(level)
    log.removeHandler(handler)


@step(
    title="Checked against finite differences",
    function=Code(
        label="f",
        default="(x ** 3).sum()",
        options={
            "(x ** 3).sum()": "(x ** 3).sum()",
            "torch.sin(x).prod()": "torch.sin(x).prod()",
            "(x.exp() - x).mean()": "(x.exp() - x).mean()",
        },
    ),
    dtype=Code(
        label="dtype", default="float64", options={"float64": "torch.float64", "float32": "torch.float32"}
    ),
)
def finite_differences(function, dtype):
    """A gradient can be checked without trusting it: move `x` by h both ways and see how f changes.

    With too large an h the third derivative shows (the curvature cancels between the two sides); too small
    an h drowns in rounding. The error is smallest in between, and `float32` never gets as close as `float64`.
    `torch.autograd.gradcheck` makes the same test.
    """

    def f(x):
        return function

    x = torch.tensor([0.5, 1.0, 1.5], dtype=dtype, requires_grad=True)
    f(x).backward()
    print("autograd:", x.grad)

    steps, errors = [], []
    with torch.no_grad():
        for power in range(1, 11):
            h = 10.0**-power
            numeric = torch.zeros_like(x)
            for i in range(3):
                shift = torch.zeros_like(x)
                shift[i] = h
                numeric[i] = (f(x + shift) - f(x - shift)) / (2 * h)
            steps.append(h)
            errors.append((numeric - x.grad).abs().max().item())
            print(f"h = {h:.0e}: largest difference {errors[-1]:.1e}")

    exact = x.detach().double().requires_grad_()
    print("gradcheck:", torch.autograd.gradcheck(f, (exact,)))
    return steps, errors


@step(
    title="Backward from a vector",
    vector=NestedNumbers(
        label="v", default="[1, 1, 1]", examples=("[1, 0, 0]", "[0, 0, 1]", "[0.5, -1, 2]"), top=True
    ),
    times=Int(label="Backward passes", default=1, low=1, high=3),
)
def vector_jacobian(vector, times):
    """The slopes of one number are a vector. Those of a vector are a matrix, the Jacobian, with a row per
    output.

    Backward never builds that matrix: it computes v times the Jacobian. For a single number v is simply
    one. For a vector PyTorch cannot guess, so you say how much each output counts: `[1, 0, 0]` asks for the
    first row. As always, backward adds to `.grad`: a second pass doubles it, unless it is set to zero.
    """
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    z = torch.stack([x[0] * x[1], x[1] ** 2, x.sum()])
    try:
        z.backward()
    except RuntimeError as error:
        print("RuntimeError:", error)

    v = torch.tensor(vector, dtype=torch.float32)
    for _ in range(times):
        z.backward(v, retain_graph=True)
        print("x.grad:", x.grad)
    gradient = x.grad.clone()
    x.grad.zero_()
    z.backward(v)
    print("after zeroing, once more:", x.grad)

    jacobian = torch.autograd.functional.jacobian(
        lambda x: torch.stack([x[0] * x[1], x[1] ** 2, x.sum()]), x.detach()
    )
    print("v @ jacobian:", v @ jacobian)
    return v, jacobian, gradient
