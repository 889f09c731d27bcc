"""Rarer words of autograd: copies, unused inputs, NaN, inference mode."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind
from core.teaching.clinic.readings.graph_faults import not_a_number
from core.teaching.clinic.signs.autograd import FLAG
from core.teaching.clinic.signs.sign import reads


def _view(found: Holes) -> str:
    """What the message says of where the view comes from."""
    message = found["message"].lower()
    if "custom function" in message:
        return (
            "The view comes out of a custom `Function`. Backward hooks of a module make one as well: set "
            "`inplace=False` in the ReLU inside it or after it, or `x = x + y` instead of `x += y`."
        )
    if "no_grad mode" in message:
        return "The view was made under `no_grad`: make it and change it either both inside or both outside."
    if "detach" in message:
        return "`detach_()` cannot cut off a view: `x = x.detach()` makes a new tensor that is cut off."
    if "multiple views" in message:
        return "The view is one of several that one call gave, as `unbind`, `split` and `chunk` do."
    return ""


def _underived(found: Holes) -> str:
    """Whether a derivative that does not exist is the first one or the second."""
    name = found.get("f", "").strip().removeprefix("aten::").partition(" ")[0][:40]
    if not name:
        return ""
    if "backward" in name:
        return f"`{name}` is a backward pass itself, so a second derivative is asked for."
    return (
        f"`{name}` has no derivative at all, not even a first: take it of a `detach()`ed tensor, or replace "
        "it."
    )


KINDS: Final = (
    kind(
        "deepcopy",
        "A deep copy of a tensor in the middle of a graph",
        "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol",
        "Only Variables created explicitly by the user",
        means=(
            "A computed tensor belongs to a graph, which a copy cannot take along. Usually a module "
            "keeps such a tensor as an attribute."
        ),
        cure=(
            "Keep `x.detach()` in the attribute, or copy the weights alone: "
            "`copy.deepcopy(model.state_dict())`."
        ),
        program="""
import copy

import torch

x = torch.rand(3, requires_grad=True) * 2
print(copy.deepcopy(x).shape)
""",
        change=(("print(copy.deepcopy(x).shape)", "print(copy.deepcopy(x.detach()).shape)"),),
        page="autograd",
    ),
    kind(
        "unused-in-graph",
        "A gradient of something that takes no part",
        "One of the differentiated Tensors appears to not have been used in the graph",
        "One of the differentiated Variables appears to not have been used in the graph",
        "appears to not have been used in the graph",
        means=(
            "`torch.autograd.grad` was asked for a gradient with respect to a tensor that the output "
            "does not depend on."
        ),
        cure="Ask for the tensor that was really used: a copy, a slice or `.to(device)` of it is another "
        "tensor. `allow_unused=True` gives None instead.",
        program="""
import torch

x = torch.rand(3, requires_grad=True)
loss = (x.clone() * 0 + 1).detach().requires_grad_().sum()
print(torch.autograd.grad(loss, x))
""",
        change=(
            ("loss = (x.clone() * 0 + 1).detach().requires_grad_().sum()", "loss = (x.clone() * 2).sum()"),
        ),
        page="autograd",
    ),
    kind(
        "nan-backward",
        "NaN found in the backward pass",
        "Function '{f}' returned nan values in its {k}th output",
        "returned nan values in its",
        means="Anomaly detection found the first operation whose gradient is NaN. Its name says which. "
        "Mostly it is a square root or norm at 0, a logarithm of 0, a division by 0, or a value that was NaN "
        "or infinite in the forward pass already.",
        cure="Add a small number inside: `torch.sqrt(x + 1e-8)`, `torch.log(x + 1e-8)`; use "
        "`F.cross_entropy` and `BCEWithLogitsLoss` on raw scores instead of taking logarithms yourself; "
        "check the input for NaN.",
        reads=not_a_number,
        where=(
            "The line with `backward()` is innocent: the traceback printed above the error, "
            "`Traceback of forward call`, shows the forward line."
        ),
        program="""
import torch

x = torch.zeros(3, requires_grad=True)
with torch.autograd.detect_anomaly(check_nan=True):
    loss = (torch.sqrt(x) * 0).sum()
    loss.backward()
""",
        change=(("loss = (torch.sqrt(x) * 0).sum()", "loss = (torch.sqrt(x + 1e-8) * 0).sum()"),),
        page="autograd",
        runs="apart",
    ),
    kind(
        "no-gradient-kept",
        "A gradient asked of a tensor that requires none",
        "One of the differentiated Tensors does not require grad",
        "One of the differentiated Variables does not require grad",
        "can't retain_grad on Tensor that has requires_grad=False",
        "can't retain_grad on Variable that has requires_grad=False",
        "cannot register a hook on a tensor that doesn't require gradient",
        "cannot register a hook on a variable that doesn't require gradient",
        means="The tensor has `requires_grad=False`: nothing that it was computed of required a gradient, or "
        "it was cut off from that. Autograd keeps nothing for it.",
        cure="Set `x.requires_grad_()` on the input before anything is computed of it. If the tensor is a "
        "result, look for what cut it off: `torch.no_grad()`, `.detach()`, `.data`, NumPy, or frozen layers.",
        trap="`allow_unused=True` does not help here: that is for tensors that take no part in the result.",
        program="""
import torch

images = torch.rand(3, 4)
scores = images * 2
scores.retain_grad()
""",
        change=(("images = torch.rand(3, 4)", "images = torch.rand(3, 4, requires_grad=True)"),),
        page="autograd",
    ),
    kind(
        "flag-non-leaf",
        "requires_grad switched on a computed tensor, or too late",
        "you can only change requires_grad flags of leaf variables",
        "No grad accumulator for a saved leaf",
        means="Whether a computed tensor needs a gradient follows from what it was computed of. A leaf's "
        "flag has to be set before the forward pass, and stay as it is until `backward()`.",
        cure="To cut it off: `x.detach()`. To freeze layers: set the flag of the parameters, `for p in "
        "layer.parameters(): p.requires_grad = False`, before the forward pass. An input that needs no "
        "gradient: `x = x.detach()` instead of switching its flag off in between.",
        reads=reads(*FLAG),
        program="""
import torch

x = torch.rand(3, requires_grad=True)
y = x * 2
y.requires_grad = False
""",
        change=(("y.requires_grad = False", "y = y.detach()"),),
        page="autograd",
    ),
    kind(
        "inference-tensor",
        "A tensor made in inference mode",
        "Inference tensors cannot be saved for backward",
        "Inplace update to inference tensor outside InferenceMode is not allowed",
        "Cannot set version_counter for inference tensor",
        "Inference tensors do not track version counter",
        means="What is computed under `torch.inference_mode()` can take no part in training.",
        cure="Use `torch.no_grad()` there, or `x.clone()` outside.",
        program="""
import torch

with torch.inference_mode():
    features = torch.rand(3)
weights = torch.rand(3, requires_grad=True)
print((weights * features).sum())
""",
        change=(("with torch.inference_mode():", "with torch.no_grad():"),),
        page="autograd",
    ),
    kind(
        "gradient-shape",
        "A gradient of another shape than its tensor",
        ("Mismatch in shape: grad_output[{k}] has a shape of {a} and output[{j}] has a shape of {b}."),
        "assigned grad has data of a different size",
        "hook '{f}' has changed the size of value",
        (
            "Function {f} returned an invalid gradient at index {k#} - got [{a}] but expected shape "
            "compatible with [{b}]"
        ),
        means="A gradient always has the shape of the tensor that it belongs to.",
        cure="Pass `backward(torch.ones_like(y))` for a `y` that is no single number. In a function or a "
        "hook of your own, return gradients in the shapes of the inputs. `p.grad = ...` takes the shape of "
        "`p`. If the function is one of PyTorch, something gave a tensor's `.data` another shape after the "
        "forward pass.",
        reads=lambda found: (
            f"{found['a'].strip()} stands against {found['b'].strip()}." if "a" in found else ""
        ),
        program="""
import torch

x = torch.rand(3, requires_grad=True)
(x * 2).backward(torch.ones(2))
""",
        change=(("(x * 2).backward(torch.ones(2))", "(x * 2).backward(torch.ones(3))"),),
        page="autograd",
    ),
    kind(
        "view-inplace",
        "A view is changed in place",
        "is a view and is being modified inplace",
        "Can't detach views in-place",
        "in-place operations can be only used on variables that don't share storage",
        "is a view and its base or another view of its base has been modified inplace",
        means="A view shares the memory of another tensor, and not every change in place of it can be "
        "followed by autograd: not of the several views of `unbind`, `split`, `chunk` or a loop over a "
        "tensor, not of a view out of a `Function`, and not of one made under `no_grad`.",
        cure="Write it without changing in place: `a = a + 1` instead of `a += 1`, or `a = a.clone()` first.",
        reads=_view,
        program="""
import torch

pairs = torch.ones(2, 3, requires_grad=True) * 2
first, second = pairs.unbind(0)
first += 1
print(first.sum())
""",
        change=(("first += 1", "first = first + 1"),),
        page="autograd",
    ),
    kind(
        "shape-in-place",
        "A tensor's shape is changed in place",
        "is not allowed on a Tensor created from .data or .detach()",
        "cannot resize variables that require grad",
        "cannot resize variables which require grad",
        "cannot resize non-leaf",
        "set_sizes_contiguous is not allowed on",
        "set_storage is not allowed on",
        means="`resize_`, `squeeze_`, `unsqueeze_`, `t_`, `set_` and an assignment to `.data` change the "
        "shape of a tensor where it lies. Autograd keeps that shape, so it forbids it, also through `.data` "
        "and `.detach()`, which share the tensor's memory.",
        cure="Make a new tensor instead: `x = x.reshape(2, 2)`, `x = x.unsqueeze(0)`, without the "
        "underscore. To change a tensor behind autograd's back: `with torch.no_grad():`, or "
        "`x.detach().clone()` first.",
        trap="If the line is in a package (an old `torch_scatter` or a model's code), update that package.",
        program="""
import torch

weights = torch.rand(4, requires_grad=True) * 2
print(weights.resize_(2, 2).shape)
""",
        change=(("print(weights.resize_(2, 2).shape)", "print(weights.reshape(2, 2).shape)"),),
        page="autograd",
    ),
    kind(
        "expanded-write",
        "Writing into a tensor whose cells share memory",
        "more than one element of the written-to tensor refers to a single memory location",
        "some elements of the input tensor and the written-to tensor refer to a single memory location",
        means="`expand` and broadcasting repeat cells without copying them: to write one would write "
        "several. So would a slice that is written into an overlapping slice of the same tensor, as "
        "`x[1:] += x[:-1]`.",
        cure="`.clone()` after `expand`, or `repeat`, which copies. For a slice: `x[1:] += x[:-1].clone()`, "
        "or `x = x + y` instead of `x += y`.",
        program="""
import torch

rows = torch.zeros(1, 3).expand(2, 3)
rows += torch.ones(2, 3)
print(rows)
""",
        change=(("rows = torch.zeros(1, 3).expand(2, 3)", "rows = torch.zeros(1, 3).repeat(2, 1)"),),
        page="tensors",
    ),
    kind(
        "no-second-derivative",
        "A derivative that PyTorch does not have, mostly a second one",
        "derivative for {f} is not implemented",
        "trying to differentiate twice a function that was marked with @once_differentiable",
        "is not twice differentiable",
        "ouble backwards is not supported for CuDNN RNNs",
        "ouble backward is not supported for",
        "ouble-backward is not implemented",
        "derivative for aten::{f} is not implemented",
        means="Nobody has written this derivative. A gradient penalty, a Hessian or `create_graph=True` "
        "differentiates the backward pass itself, and the fast versions of some functions have no backward "
        "of their backward.",
        cure="For an LSTM or GRU on the GPU: run it with `torch.backends.cudnn.flags(enabled=False):` around "
        "it; for attention, `with torch.nn.attention.sdpa_kernel(SDPBackend.MATH):`. Otherwise replace the "
        "function by a plain one, or update PyTorch. Leave `create_graph=True` out where only first "
        "derivatives are wanted.",
        program="""
import torch
from torch.autograd.function import once_differentiable


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        return grad * 2 * ctx.saved_tensors[0]


x = torch.ones(3, requires_grad=True)
(slope,) = torch.autograd.grad(Square.apply(x).pow(2).sum(), x, create_graph=True)
slope.sum().backward()
""",
        change=(("@once_differentiable", ""),),
        page="autograd",
        excludes=("the derivative for '",),
        reads=_underived,
    ),
    kind(
        "no-derivative",
        "A gradient for an argument that has none",
        "the derivative for '{x}' is not implemented",
        "the derivative of '{x}' is not implemented",
        "is not differentiable with respect to argument '{x}'",
        means="The function passes gradients to some of its arguments only. Another one, often the target or "
        "the class weights of a loss, requires a gradient here.",
        cure="Give it without its graph: `loss_fn(pred, target.detach())`. Labels and weights that are data "
        "never need `requires_grad=True`. Where the target is the output of a network that shall learn as "
        "well, take a loss that treats both alike, such as `F.mse_loss`.",
        reads=lambda found: f"The argument is `{found['x'].strip(chr(39))[:40]}`.",
        program="""
import torch
import torch.nn.functional as F

scores, labels = torch.rand(4, 3, requires_grad=True), torch.tensor([0, 2, 1, 1])
weights = torch.ones(3, requires_grad=True)
print(F.cross_entropy(scores, labels, weight=weights))
""",
        change=(("weights = torch.ones(3, requires_grad=True)", "weights = torch.ones(3)"),),
        page="autograd",
    ),
)
