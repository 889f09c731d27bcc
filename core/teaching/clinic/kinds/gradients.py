"""Autograd: graphs that are cut, freed or changed under it."""

import re
from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.readings import graph_faults
from core.teaching.clinic.signs.autograd import TWICE, UNFILLED
from core.teaching.clinic.signs.measuring import NO_GRADIENT
from core.teaching.clinic.signs.sign import reads

_INNOCENT: Final = (
    "The line with `backward()` is innocent: it only finds what went wrong in the forward pass. "
    "`torch.autograd.set_detect_anomaly(True)` adds a second traceback that shows the forward line."
)

KINDS: Final = (
    kind(
        "inplace-changed",
        "A tensor that the gradient needs was overwritten",
        (
            "modified by an inplace operation: [torch.{t} [{s}]], which is output {k} of {op}, is at "
            "version {v#}; expected version {w#} instead"
        ),
        "modified by an inplace operation: [torch.{t} [{s}]] is at version {v#}; expected version {w#}",
        (
            "needed for gradient computation has been modified by an inplace operation: [torch.{t} [{s}]] is "
            "at version {v#}; expected version {w#} instead"
        ),
        ("one of the variables needed for gradient computation has been modified by an inplace operation"),
        "variables needed for gradient computation has been modified",
        "Backward. Traceback of forward call that caused the error",
        "got an inplace operation error",
        "inplace operation error",
        means=(
            "For the backward pass autograd keeps values of the forward pass; one of them was "
            "changed afterward, in place."
        ),
        cure="Replace in-place operations on values of the network: `x += y` by `x = x + y`, `x[0] = ...` "
        "by a new tensor or a `clone()`, `nn.ReLU(inplace=True)` by `nn.ReLU()`. Weights count as well: no "
        "`optimizer.step()` between a forward pass and its backward pass.",
        trap="`retain_graph=True` does not help: the values are overwritten, not freed.",
        reads=graph_faults.overwritten,
        where=_INNOCENT,
        program="""
import torch

x = torch.rand(3, requires_grad=True)
y = torch.sigmoid(x)
y += 1
y.sum().backward()
""",
        change=(("y += 1", "y = y + 1"),),
        page="autograd",
    ),
    kind(
        "second-backward",
        "backward() through the same graph twice",
        "Trying to backward through the graph a second time",
        ("Trying to backward through the graph a second time, but the buffers have already been freed"),
        means="`backward()` frees the graph it went through. This one reaches into a graph that is gone: "
        "of an earlier step, or of a loss computed once and used twice.",
        cure="Compute the loss anew in each step. A state that is carried from step to step (an RNN's "
        "hidden state, a running value) has to be cut off: `hidden = hidden.detach()`. Two losses of one "
        "graph: `(loss1 + loss2).backward()`.",
        trap="`retain_graph=True` is not the cure for a state that should be detached: each step then goes "
        "back through all steps before, slower and larger each time, and the next message is often about "
        "in-place changes.",
        where="The line with `backward()` is innocent: look for what two calls of it share: a tensor made "
        "before the loop, or in an earlier step, or one forward pass.",
        reads=reads(*TWICE),
        complaints=(
            "retain_graph & only|must|have to|need to|without|unless|why|required & backward|run|work|error",
            "second time|twice|again & graph & freed|backward",
        ),
        program="""
import torch

weight = torch.rand(1, requires_grad=True)
state = torch.zeros(1)
for step in range(2):
    state = torch.tanh(weight * state + 1)
    state.sum().backward()
""",
        change=(("state.sum().backward()", "state.sum().backward()\nstate = state.detach()"),),
        page="autograd",
    ),
    kind(
        "no-graph",
        "The loss is cut off from the weights",
        "element {k#} of tensors does not require grad and does not have a grad_fn",
        "element {k#} of variables does not require grad and does not have a grad_fn",
        "does not require grad and does not have a grad_fn",
        "element {k#} of tensors does not require grad",
        "element {k#} of variables does not require grad",
        "there are no graph nodes that require computing gradients",
        "element {k#} of variables tuple is volatile",
        "element {k#} of variables is volatile",
        "calling backward on a Variable that doesn't require grad",
        means=(
            "The loss does not come from any tensor that requires a gradient, so there is nothing to compute."
        ),
        cure="Look for what cut it, between the weights and the loss: `torch.no_grad()`, `.detach()`, "
        "`.item()`, `.data`, `.numpy()`, `torch.tensor(loss)`, `argmax` or a comparison, a loss made of "
        "Python numbers; or all layers are frozen with `requires_grad = False`, or a tensor of yours was "
        "made without `requires_grad=True`.",
        trap=(
            "`loss.requires_grad = True` removes the message and hides the cut: `backward()` runs, "
            "and no weight gets a gradient."
        ),
        where=(
            "The line with `backward()` is innocent: `print(x.grad_fn)` line by line before it shows "
            "where the graph ends."
        ),
        reads=reads(*UNFILLED),
        program="""
import torch
from torch import nn

model = nn.Linear(4, 2)
with torch.no_grad():
    loss = model(torch.rand(8, 4)).mean()
loss.backward()
""",
        change=(("with torch.no_grad():", "with torch.enable_grad():"),),
        page="autograd",
        complaints=(
            "detach|no_grad|requires_grad false & no effect|not affect|doesnt affect|no influence|has not "
            "changed|not changed|unchanged & loss|term|weight|result",
            "loss|output|tensor|it & doesnt have|has no|no grad_fn|have no|having "
            "no|without|missing|lost|loses & grad_fn|gradfn",
            (
                "loss requires_grad & run|runs|works|removes|fixes|fixed|helped|no error|without error "
                "& not|doesnt|isnt|never|no longer|same|constant|stays|stuck"
            ),
        ),
    ),
    kind(
        "not-scalar",
        "backward() of what is not one real number",
        "grad can be implicitly created only for scalar outputs",
        "grad can be implicitly created only for real scalar outputs",
        "backward should be called only on a scalar",
        means="A gradient says how one real number changes. What `backward()` was called on is a tensor of "
        "several numbers, of none, or a complex one.",
        cure="Reduce the loss first: `loss.mean().backward()`. With `reduction='none'` weight the losses, "
        "then take the mean. With `DataParallel` there is one loss per GPU: `.mean()`. A complex number: "
        "`.real` or `.abs()`.",
        program="""
import torch

x = torch.rand(3, requires_grad=True)
loss = x ** 2
loss.backward()
""",
        change=(("loss.backward()", "loss.mean().backward()"),),
        reads=lambda found: (
            "The loss is one complex number: take `.real` or `.abs()` of it."
            if "but got torch.complex" in found["message"]
            else ""
        ),
        page="autograd",
    ),
    kind(
        "leaf-inplace",
        "A tensor that requires a gradient itself is changed in place",
        "a leaf Variable that requires grad is being used in an in-place operation",
        "a leaf Variable that requires grad has been used in an in-place operation",
        "a view of a leaf Variable that requires grad is being used in an in-place operation",
        "leaf variable has been moved into the graph interior",
        means="A parameter, or a tensor that you made with `requires_grad=True`, is the start of the graph: "
        "if it could change in place, its gradient would have no meaning.",
        cure="To update or initialize weights: do it inside `with torch.no_grad():` (or with `nn.init` "
        "functions). To compute with them: `y = x + 1` or `x.clone()` instead of `x += 1`.",
        reads=graph_faults.rectified,
        trap=(
            "`w = w - lr * w.grad` avoids the message and makes `w` a non-leaf: its `.grad` is None "
            "in the next step."
        ),
        program="""
import torch

weight = torch.rand(3, requires_grad=True)
weight -= 0.1
print(weight.shape)
""",
        change=(("weight -= 0.1", "with torch.no_grad():\n    weight -= 0.1"),),
        page="autograd",
    ),
    kind(
        "non-leaf-grad",
        "The gradient of a tensor in the middle of a graph",
        "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed",
        "requires_grad=True).cuda(){x}.grad",
        "requires_grad=True).to({y}){x}.grad",
        "requires_grad=True).view({y}){x}.grad",
        means="A warning: gradients are kept only for leaves, tensors you made yourself with "
        "`requires_grad=True`. The `.grad` you read is None.",
        cure="Call `x.retain_grad()` before `backward()`. If `x` should be a leaf: `torch.rand(3, "
        "device=device, requires_grad=True)` in one step, since `torch.rand(3, "
        "requires_grad=True).to(device)` is none.",
        reads=reads(*NO_GRADIENT),
        program="""
import warnings

import torch

warnings.simplefilter("error")
x = torch.rand(3, requires_grad=True)
y = x * 2
y.sum().backward()
print(y.grad)
""",
        change=(("y = x * 2", "y = x * 2\ny.retain_grad()"),),
        page="autograd",
        symptom=True,
        holds=lambda found: "none" in found["text"].lower() or "leaf" in found["text"].lower(),
        weight=-1,
        runs="apart",
    ),
    kind(
        "custom-backward",
        "An autograd.Function that breaks a rule of its kind",
        "returned an incorrect number of gradients (expected {a#}, got {b#})",
        "You must implement the backward function for custom autograd.Function",
        "You must implement either the backward or vjp method for your custom autograd.Function",
        "Legacy autograd function with non-static forward method is deprecated",
        "save_for_backward can only save",
        "Returning Variables sharing storage with other Variables that require grad is not supported",
        "returned an invalid number of gradient tensors (expected {a#}, but got {b#})",
        "returned a gradient different than None at position",
        "returned a gradient different that is defined at position",
        "expected Variable or None (got",
        "expected a Variable or None",
        "unbound method backward() must be called",
        "unbound method forward() must be called",
        means="`backward` of an `autograd.Function` gives one gradient per argument of its `forward`, in the "
        "same order.",
        cure="Write both as `@staticmethod`, with `ctx` first, and call `Scale.apply(...)`. "
        "Return as many values as `forward` has arguments after `ctx`, with None for those that need no "
        "gradient: `return grad * scale, None`. If it is in a package, that was written for another PyTorch: "
        "update it.",
        reads=graph_faults.function,
        complaints=(
            "custom|own|defined|implemented & backward & not called|never called|isnt called|not "
            "executed|not being called|not run|doesnt get called|not invoked",
        ),
        program="""
import torch


class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale):
        ctx.scale = scale
        return x * scale

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.scale


x = torch.ones(3, requires_grad=True)
Scale.apply(x, 2).sum().backward()
print(x.grad)
""",
        change=(("return grad * ctx.scale", "return grad * ctx.scale, None"),),
        page="autograd",
    ),
    kind(
        "integer-grad",
        "Gradients of whole numbers",
        "Only Tensors of floating point and complex dtype can require gradients",
        "only Tensors of floating point dtype can require gradients",
        "Only Tensors of floating point dtype can require gradients",
        "isDifferentiableType(variable.scalar_type())",
        means="Whole numbers have no slope, so they cannot require a gradient.",
        cure="Write `torch.tensor([1.0, 2.0], requires_grad=True)` with points, or `.float()` first. A "
        "parameter that is to stay whole numbers: `nn.Parameter(x, requires_grad=False)`, or a buffer.",
        reads=lambda found: (
            "If the whole numbers are positions that `max` or `argmax` gave, `.float()` would only hide that "
            "they have no gradient. Compute the loss from the scores themselves."
            if re.search(r"(?<![a-z_])(?:arg)?max\(", found["text"])
            else ""
        ),
        program="""
import torch

x = torch.tensor([1, 2], requires_grad=True)
print(x.dtype)
""",
        change=(
            (
                "x = torch.tensor([1, 2], requires_grad=True)",
                "x = torch.tensor([1.0, 2.0], requires_grad=True)",
            ),
        ),
        page="autograd",
    ),
)
