"""Steps of the autograd page that measure and check: the cost of tracking, finite differences, vectors."""

# mypy: disable-error-code="no-untyped-call, union-attr, operator, return-value"
# torch leaves backward() without annotations, and `.grad` may be None: a reader's script checks neither.

import time
from typing import Any

import torch
from torch import Tensor

from core.model import NeuralNetwork
from core.teaching.snippets import Choice, Code, NestedNumbers, step


@step(
    title="What tracking costs",
    varies="it measures time",
    batch=Choice(label="Images in the batch", default=64, options=(1, 64, 256, 1024)),
)
def tracking_cost(batch: int) -> tuple[list[float], int]:
    """Tracking keeps what backward needs: the input of every layer, and the output of every ReLU.

    Time changes little, most so for a single image. Memory decides: what is kept grows with the batch and
    is only freed by backward. `saved_tensors_hooks` sees each tensor as it is put aside, so its bytes can
    be counted. The weights are kept too, but they are there anyway. Times are the best of ten forward
    passes.
    """
    torch.manual_seed(0)
    model = NeuralNetwork()
    images = torch.rand(batch, 1, 28, 28)

    times: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(10):
        for tracking, measured in times.items():
            start = time.perf_counter()
            with torch.set_grad_enabled(tracking):
                model(images)
            measured.append(1000 * (time.perf_counter() - start))
    milliseconds = [min(measured) for measured in times.values()]
    print(f"with tracking:    {milliseconds[0]:6.2f} ms a forward pass")
    print(f"without tracking: {milliseconds[1]:6.2f} ms a forward pass")

    owned = {parameter.data_ptr() for parameter in model.parameters()}
    kept: dict[int, int] = {}

    def put_aside(tensor: Tensor) -> Tensor:
        if tensor.data_ptr() not in owned:
            kept[tensor.data_ptr()] = tensor.nbytes
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(put_aside, lambda tensor: tensor):
        model(images)
    saved_bytes = sum(kept.values())
    print(f"kept for backward: {saved_bytes:,} bytes, beside the weights")
    return milliseconds, saved_bytes


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
def finite_differences(function: Tensor, dtype: torch.dtype) -> tuple[list[float], list[float]]:
    """A gradient can be checked without trusting it: move `x` by h both ways and see how f changes.

    Too large an h misses the curvature, too small an h drowns in rounding: the error is smallest in
    between, and `float32` never gets as close as `float64`. `torch.autograd.gradcheck` makes the same test.
    """

    def f(x: Tensor) -> Tensor:
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
)
def vector_jacobian(vector: Any) -> tuple[Tensor, Tensor, Tensor]:
    """The slopes of one number are a vector. Those of a vector are a matrix, the Jacobian: a row an output.

    Backward never builds that matrix: it computes v times the Jacobian. For a single number v is simply
    one. For a vector PyTorch cannot guess, so you say how much each output counts: `[1, 0, 0]` asks for the
    first row.
    """
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    z = torch.stack([x[0] * x[1], x[1] ** 2, x.sum()])
    try:
        z.backward()
    except RuntimeError as error:
        print("RuntimeError:", error)

    v = torch.tensor(vector, dtype=torch.float32)
    z.backward(v)
    print("x.grad:", x.grad)

    jacobian = torch.autograd.functional.jacobian(
        lambda x: torch.stack([x[0] * x[1], x[1] ** 2, x.sum()]), x.detach()
    )
    print("v @ jacobian:", v @ jacobian)
    gradient = x.grad
    return v, jacobian, gradient
