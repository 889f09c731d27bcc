"""TorchScript: models that are translated, or followed with one example."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind


def _refused(found: Holes) -> str:
    """Which part of Python the message is about, and how to write it for TorchScript."""
    message = found["message"].lower()
    if "o" in found and "unknown builtin" in message[:20]:
        name = found["o"].strip(" '`").split()[0].rstrip(".")[:40]
        return f"It has no `{name}`: " + (
            "`x.to(torch.int8)` for `x.type(torch.int8)`."
            if name == "aten::type"
            else "look for another function of `torch` that does the same; the message names some."
        )
    if "name of python class object" in message:
        return (
            "What was handed over is neither a module nor a function: script the model itself, "
            "`torch.jit.script(model)`, made from `nn.Module`."
        )
    if "found type" in message or "previously ha" in message or "branch" in message:
        return (
            "A variable has one type from its first line to its last: begin with a tensor "
            "(`x = torch.zeros(1)`, not `x = 0`), set it in both branches of an `if`, and write "
            "`Optional[Tensor]` where None may stand."
        )
    if "optional[tensor]" in message[:60]:
        return "It may be None: `if x is not None:` around its use, with `x` kept in a variable of its own."
    if "integer literal" in message:
        return "`layers[i]` with a counter: write the loop as `for layer in layers:`."
    return ""


KINDS: Final = (
    kind(
        "jit-script",
        "A model that TorchScript cannot translate",
        "torch.jit.frontend.NotSupportedError",
        "torch.jit.frontend.UnsupportedNodeError",
        "NotSupportedError: Compiled functions can't take variable number of arguments",
        "Compiled functions can't take variable number of arguments",
        "Could not export Python function call",
        "is currently not supported in Torchscript",
        "not supported in TorchScript",
        "Tried to access nonexistent attribute or method '{n}' of type",
        "Arguments for call are not valid. The following variants are available",
        "Expected a value of type '{w}' for argument '{a}' but instead found type '{g}'",
        "Unknown builtin op: {o}. Here are some suggestions",
        "Unknown builtin op: {o}",
        "Could not get name of python class object",
        "Unknown type name '{u}'",
        "Python builtin {o} is currently not supported in Torchscript",
        "failed to convert Python type: '{u}' to a TorchScript type",
        "Variable '{a}' previously had type {w} but is now being assigned to a value of type {g}",
        "Variable '{a}' previously has type {w} but is now being assigned to a value of type {g}",
        "Type mismatch: {a} is set to type {w} in the true branch and type {g} in the false branch",
        "{a} is not defined in the false branch",
        "{a} is not defined in the true branch",
        "Return value was annotated as having type {w} but is actually of type {g}",
        "Expected integer literal for index",
        "Unsupported value kind: Tensor",
        "'Optional[Tensor]' object has no attribute or method '{n}'",
        "object has no attribute or method '{n}'. Did you forget to initialize",
        means="`torch.jit.script` reads the source of `forward` and translates it. It knows a part of Python "
        "only: no `*args`, few kinds of objects, and one type per variable.",
        cure="Write what it names in a plainer way: fixed arguments, with types (`x: torch.Tensor`); script "
        "the model itself and not its `DataParallel` wrapper (`model.module`). "
        "`torch.jit.trace(model, example)` needs no translation, but keeps only the branch that the example "
        "took. For a new program: `torch.compile` for speed, `torch.export` to hand a model on.",
        program="""
import torch
from torch import nn


class Network(nn.Module):
    def forward(self, *inputs):
        return inputs[0] * 2


print(torch.jit.script(Network())(torch.ones(2)))
""",
        change=(
            ("def forward(self, *inputs):", "def forward(self, x):"),
            ("return inputs[0] * 2", "return x * 2"),
        ),
        page="model",
        runs="apart",
        reads=_refused,
        weight=1,
    ),
    kind(
        "jit-trace",
        "A model that cannot be traced with what it was given",
        "Only tuples, lists and Variables are supported as JIT inputs/outputs{x}But got unsupported type {g}",
        "Only tuples, lists and Variables supported as JIT inputs/outputs{x}But got unsupported type {g}",
        "received an input of unsupported type: {g}",
        "Only tensors, lists, tuples of tensors, or dictionary of tensors can be output from traced "
        "functions",
        "Only tensors or tuples of tensors can be output from traced functions",
        "Tracer cannot infer type of {g}",
        "Type '{g}' cannot be traced",
        "Encountering a dict at the output of the tracer might cause the trace to be incorrect",
        "Tracing failed sanity checks",
        "Graphs differed across invocations",
        "input must be a tensor or tuple of tensors, but got {g}",
        means="`torch.jit.trace`, and what is built on it (the old ONNX exporter, TensorBoard's "
        "`add_graph`), runs the model once with an example and writes down what happens to tensors. It takes "
        "and gives only tensors, and lists, tuples and dicts of them.",
        cure="Give the example as a tensor, or a tuple of tensors for several inputs; make the number a "
        "tensor (`torch.tensor(3)`) or set it in `__init__`. Let `forward` return tensors only: wrap the "
        "model in a small module that takes them out (`return self.model(x)['out']`). A dict as the result: "
        "`strict=False`.",
        reads=lambda found: (
            "The model does not do the same twice: `model.eval()` first, for dropout and batch norm."
            if "sanity checks" in found["message"] or "Graphs differed" in found["message"]
            else f"What is no tensor is of type {found['g'].split()[0].strip(chr(39))[:40]}."
            if found.get("g", "").split()
            else ""
        ),
        program="""
import torch
from torch import nn


class Network(nn.Module):
    def forward(self, x):
        return x * 2, "two"


print(torch.jit.trace(Network(), torch.ones(2)))
""",
        change=(('return x * 2, "two"', "return x * 2"),),
        page="model",
        runs="apart",
        weight=1,
    ),
    kind(
        "trace-warning",
        "A trace that keeps a value of the example (a warning)",
        "Converting a tensor to a Python {g} might cause the trace to be incorrect",
        "Converting a tensor to a NumPy array might cause the trace to be incorrect",
        "Iterating over a tensor might cause the trace to be incorrect",
        "Using len to get tensor shape might cause the trace to be incorrect",
        "results are registered as constants in the trace",
        "Using a Python {g} to get tensor shape might cause the trace to be incorrect",
        means="The trace is made; this only says where it may be too narrow. A trace writes down what "
        "happens to tensors. A number that is taken out of one, in an `if`, an `assert`, `int()` or a loop, "
        "is no longer followed: it stays what it was in the example. While tracing, sizes are tensors too.",
        cure="A mere check, such as an `assert` on a size, does no harm: leave the warning. Where another "
        "input would take another branch, another size or another number of rounds: `torch.jit.script` for "
        "that part, or the same with tensor operations (`torch.where` for an `if`). Compare the traced "
        "model with the model itself on an input of another size.",
        program="""
import warnings

import torch
from torch import nn


class Network(nn.Module):
    def forward(self, x):
        return x * 2 if x.sum() > 0 else x


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    torch.jit.trace(Network(), torch.ones(2))
told = [warning for warning in caught if warning.category is torch.jit.TracerWarning]
print(f"TracerWarning: {told[0].message}" if told else "nothing to warn of")
""",
        change=(("return x * 2 if x.sum() > 0 else x", "return torch.where(x.sum() > 0, x * 2, x)"),),
        page="model",
        symptom=True,
    ),
)
