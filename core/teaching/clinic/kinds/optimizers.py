"""Optimizers."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind
from core.teaching.clinic.readings.given import parameters
from core.teaching.clinic.signs.autograd import EMPTY, NON_LEAF, SHARED, STATE
from core.teaching.clinic.signs.sign import reads


def _setting(found: Holes) -> str:
    if found["message"].startswith("'<"):
        return (
            "One of the settings is a text. If it comes from a YAML file, `1e-4` is read as one there: write "
            "`1.0e-4`, or `lr=float(config['lr'])`."
        )
    return f"The value is {found['v'].strip()[:20].split(' ')[0]}." if "v" in found else ""


_SCALED: Final = (
    (
        "unscale fp16",
        "There are gradients, but in float16, as the weights are: leave `model.half()` out (or "
        "`torch_dtype=torch.float16`); `autocast` alone makes the products float16.",
    ),
    (
        "unscale_() has already",
        "`scaler.unscale_(optimizer)` may be called once between two `scaler.update()`. Where gradients are "
        "gathered over several batches, call it only in the round that steps, then `update()`. If you call "
        "no scaler yourself, a Trainer does, and some versions did so twice: update transformers and "
        "accelerate, or try `gradient_accumulation_steps=1`.",
    ),
    (
        "unscale_() is being",
        "`scaler.unscale_(optimizer)`, and the clipping after it, belong before `scaler.step(optimizer)`.",
    ),
    ("step() has already", "`scaler.update()` is missing after `scaler.step(optimizer)`."),
    (
        "_scale is none",
        "The scaler has scaled no loss yet: write `scaler.scale(loss).backward()` for `loss.backward()`.",
    ),
    (
        "prior to update",
        "`scaler.update()` came without a `scaler.step(optimizer)` before it: call both, in that order.",
    ),
)
"""What a message of the gradient scaler tells, by its words."""


def _scaled(found: Holes) -> str:
    return next((said for words, said in _SCALED if words in found["message"].lower()), "")


def _is_of_optimizers(lowered: str) -> bool:
    return any(word in lowered for word in ("optim", "lr", "sgd", "adam", "learning", "momentum"))


KINDS: Final = (
    kind(
        "no-parameters",
        "An optimizer without parameters",
        "optimizer got an empty parameter list",
        "optimizer got an empty ",
        means=(
            "What the optimizer was given holds no parameters: mostly the layers are not attributes of the "
            "module, or a generator was used up before."
        ),
        cure="Layers in a plain list are invisible: use `nn.ModuleList` or `nn.Sequential`. Tensors of your "
        "own have to be `nn.Parameter`. With a filter by `requires_grad`, all layers are frozen, or the "
        "filter was used up by a loop before: make it a `list(...)`. Check with "
        "`print(list(model.parameters()))`, and pass a fresh `model.parameters()`.",
        reads=reads(*EMPTY),
        program="""
import torch
from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(784, 64), nn.Linear(64, 10)]


print(torch.optim.SGD(Network().parameters(), lr=0.1))
""",
        change=(
            (
                "self.layers = [nn.Linear(784, 64), nn.Linear(64, 10)]",
                "self.layers = nn.ModuleList([nn.Linear(784, 64), nn.Linear(64, 10)])",
            ),
        ),
        page="mistakes",
        complaints=(
            "model|parameters & parameters is empty|parameters are empty|parameters is an "
            "empty|parameters returns nothing",
            "layer|model|network|module & have no parameter|has no parameter|no trainable parameter|no "
            "parameters|empty parameter",
            (
                "parameters & empty|not in|not contain|doesnt contain|not include|doesnt include|not show|"
                "not appear|not registered|not listed|not part of & list|dict|modulelist & layers|layer|"
                "modules|module"
            ),
        ),
    ),
    kind(
        "wrong-parameters",
        "An optimizer, or a scheduler, given something else than it works on",
        ("params argument given to the optimizer should be an iterable of Tensors or dicts, but got {t}"),
        "optimizer can only optimize Tensors, but one of the params is {t}",
        "optimizer can only optimize Variables",
        "'method' object is not iterable",
        "'Linear' object is not iterable",
        "'{t}' object is not an Optimizer",
        "{t} is not an Optimizer",
        "param_group must be a dict, but got",
        "optimizer parameters need to be organized in ordered collections",
        "optimizer can only optimize {a}, but one of the params is",
        "optimizing a parameter that doesn't require gradients",
        means="The first argument is what is to be optimized: an iterable of parameters. That of a scheduler "
        "is the optimizer.",
        cure="`model.parameters()` with its parentheses, not `model`, `model.parameters` or "
        "`model.state_dict()`; a single tensor goes into a list: `[x]`. Where layers are frozen, old "
        "versions want only the others: `filter(lambda p: p.requires_grad, model.parameters())`.",
        reads=parameters,
        program="""
import torch
from torch import nn

model = nn.Linear(4, 2)
print(torch.optim.SGD(model.state_dict(), lr=0.1))
""",
        change=(
            (
                "print(torch.optim.SGD(model.state_dict(), lr=0.1))",
                "print(torch.optim.SGD(model.parameters(), lr=0.1))",
            ),
        ),
        page="optimization",
    ),
    kind(
        "non-leaf-parameter",
        "An optimizer given a computed tensor",
        "can't optimize a non-leaf Tensor",
        "can't optimize a non-leaf Variable",
        "can&#39;t optimize a non-leaf Tensor",
        means="Only leaves can be optimized: tensors made directly, not computed from others. "
        "`.to(device)`, `.float()` or a product after `requires_grad=True` already computes.",
        cure=(
            "Make it in one step, `torch.rand(3, device=device, requires_grad=True)`, or set "
            "`x.requires_grad_()` last."
        ),
        reads=reads(*NON_LEAF),
        program="""
import torch

x = torch.rand(3, requires_grad=True).double()
print(torch.optim.SGD([x], lr=0.1))
""",
        change=(
            ("x = torch.rand(3, requires_grad=True).double()", "x = torch.rand(3).double().requires_grad_()"),
        ),
        page="optimization",
    ),
    kind(
        "shared-parameters",
        "A parameter in two groups",
        "some parameters appear in more than one parameter group",
        "some parameters appear in more than one",
        means="Each parameter belongs to one group, with one learning rate.",
        cure=(
            "Leave the parameters of the first group out of the second: by layer, or by comparing `id(p)`."
        ),
        reads=reads(*SHARED),
        program="""
import torch
from torch import nn

model = nn.Linear(4, 2)
groups = [{"params": model.parameters()}, {"params": [model.bias], "lr": 0.01}]
print(len(torch.optim.SGD(groups, lr=0.1).param_groups))
""",
        change=(
            (
                'groups = [{"params": model.parameters()}, {"params": [model.bias], "lr": 0.01}]',
                'groups = [{"params": [model.weight]}, {"params": [model.bias], "lr": 0.01}]',
            ),
        ),
        page="optimization",
    ),
    kind(
        "bad-rate",
        "A setting that the optimizer refuses",
        "Invalid learning rate: {v}",
        "Invalid momentum value: {v}",
        "Invalid weight_decay value: {v}",
        "Invalid beta parameter at index",
        "missing 1 required keyword-only argument: 'lr'",
        "Invalid epsilon value: {v}",
        "Invalid dampening value: {v}",
        "Invalid rho value: {v}",
        "Invalid alpha value: {v}",
        "Invalid lr_decay value: {v}",
        "Invalid initial_accumulator_value value: {v}",
        "Tensor lr must be 1-element",
        "betas must be either both floats or both Tensors",
        "'fused' and 'foreach' cannot be 'True' together",
        "Nesterov momentum requires a momentum and zero dampening",
        "'<=' not supported between instances of 'float' and 'str'",
        "'<' not supported between instances of 'str' and 'float'",
        "LBFGS doesn't support per-parameter options",
        "parameter group didn't specify a value of required optimization parameter lr",
        means="Each setting has its range, and some need or exclude another. Rates and weight decay are 0 or "
        "more, betas below 1.",
        cure=(
            "`torch.optim.SGD(model.parameters(), lr=1e-3)`: check the order of the arguments, and give them "
            "by name. `nesterov=True` needs a `momentum`; of `fused` and `foreach` only one may be on; "
            "`LBFGS` takes one group of parameters."
        ),
        reads=_setting,
        holds=lambda found: not found["message"].startswith("'<") or _is_of_optimizers(found["text"].lower()),
        program="""
import torch
from torch import nn

print(torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=-0.1))
""",
        change=(
            (
                "print(torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=-0.1))",
                "print(torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=0.1))",
            ),
        ),
        page="optimization",
    ),
    kind(
        "optimizer-state",
        "An optimizer's state that does not fit",
        ("loaded state dict contains a parameter group that doesn't match the size of optimizer's group"),
        "loaded state dict has a different number of parameter groups",
        "exp_avg.{x}The size of tensor a ({a#}) must match the size of tensor b",
        "exp_avg.{x}output with shape",
        "exp_avg.{x}doesn't match the broadcast shape",
        "buf.mul_(momentum){x}The size of tensor a ({a#}) must match the size of tensor b",
        "buf.mul_(momentum){x}doesn't match the broadcast shape",
        "square_avg.{x}The size of tensor a ({a#}) must match the size of tensor b",
        "KeyError: 'exp_avg'",
        "exp_avg.mul_(beta1).add_(1 - beta1, grad){x}received an invalid combination",
        "KeyError: Parameter containing:",
        "self.state[p] KeyError",
        "KeyError: 'exp_avg_sq'",
        "KeyError: 'momentum_buffer'",
        "KeyError: 'param_groups'",
        "KeyError: 'betas'",
        "KeyError: 'amsgrad'",
        "KeyError: 'foreach'",
        "KeyError: 'maximize'",
        "KeyError: 'capturable'",
        "KeyError: 'differentiable'",
        "KeyError: 'square_avg'",
        "param 'initial_lr' is not specified in param_groups[",
        "LR' object has no attribute 'T_cur'",
        "WarmRestarts' object has no attribute 'T_cur'",
        "parameter group didn't specify a value of required optimization parameter",
        means=(
            "The optimizer's state belongs to the parameters it was saved with, in their order and number, "
            "and not to others that replace them."
        ),
        cure="Build the model and the optimizer exactly as when saving, then load both. When layers were "
        "added or frozen, start with a fresh optimizer. For `initial_lr`: load the optimizer's state "
        "before making the scheduler with `last_epoch`. Safer: leave `last_epoch` out, "
        "make the scheduler as at first, and `scheduler.load_state_dict(checkpoint['scheduler'])`.",
        complaints=(
            "param group|param groups|params group|params groups|parameter group|parameter groups & "
            "different number|mismatch|not match|doesnt match & resum|load|checkpoint|saved",
        ),
        reads=reads(*STATE),
        program="""
import torch
from torch import nn

saved = torch.optim.Adam(nn.Linear(4, 2).parameters()).state_dict()
model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))
torch.optim.Adam(model.parameters()).load_state_dict(saved)
""",
        change=(("model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))", "model = nn.Linear(4, 2)"),),
        page="checkpoints",
        weight=1,
    ),
    kind(
        "sparse-gradients",
        "Sparse gradients, and an optimizer that wants whole ones",
        "does not support sparse gradients",
        "weight_decay option is not compatible with sparse gradients",
        "SparseAdam requires dense parameter tensors",
        "SparseAdam does not support dense gradients",
        means="Mostly an embedding made with `sparse=True`: it gives a gradient with only the rows that were "
        "used. Most optimizers need the gradient of all rows; `SparseAdam` needs the opposite.",
        cure="Leave `sparse=True` out of the embedding. For a very large table: `torch.optim.SparseAdam` (or "
        "`SGD` without momentum and weight decay) for the embedding, another optimizer for the rest.",
        program="""
import torch
from torch import nn

table = nn.Embedding(1000, 8, sparse=True)
optimizer = torch.optim.Adam(table.parameters())
table(torch.tensor([3, 7])).sum().backward()
optimizer.step()
""",
        change=(("table = nn.Embedding(1000, 8, sparse=True)", "table = nn.Embedding(1000, 8)"),),
        page="optimization",
    ),
    kind(
        "scaler",
        "A gradient scaler out of step with the gradients",
        "No inf checks were recorded for this optimizer",
        "No inf checks were recorded prior to update",
        "unscale_() has already been called on this optimizer",
        "unscale_() is being called after step()",
        "step() has already been called since the last update()",
        "Attempted step but _scale is None",
        "Attempted {f} but _scale is None",
        "Attempting to unscale FP16 gradients",
        means="In every round the scaler's calls have one order, and `scaler.step(optimizer)` needs scaled "
        "gradients of this optimizer's parameters.",
        cure="The order is `scaler.scale(loss).backward()`, `scaler.step(optimizer)`, `scaler.update()`. If "
        "it is right, mostly the loss does not reach the optimizer's parameters (another model's, or "
        "frozen). For FP16 gradients: keep the weights in float32, and only autocast.",
        reads=_scaled,
        program="""
import torch
from torch import nn

optimizer = torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu")
scaler.scale(torch.ones(1, requires_grad=True).sum()).backward()
scaler.step(optimizer)
""",
        change=(
            (
                "optimizer = torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=0.1)",
                "model = nn.Linear(4, 2)\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
            ),
            (
                "scaler.scale(torch.ones(1, requires_grad=True).sum()).backward()",
                "scaler.scale(model(torch.ones(1, 4)).sum()).backward()",
            ),
        ),
        page="optimization",
    ),
)
