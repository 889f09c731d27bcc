"""No error at all: what a training loop prints when it goes wrong."""

from typing import Final

from core.teaching.clinic.kind import kind

KINDS: Final = (
    kind(
        "nan-loss",
        "The loss is NaN",
        "loss: nan",
        "loss nan",
        "loss is nan",
        "loss = nan",
        "loss=nan",
        "nan loss",
        "loss becomes nan",
        "loss turns nan",
        "loss goes to nan",
        "tensor(nan",
        "loss:nan",
        "loss to nan",
        "loss: tensor(nan",
        "getting nan",
        "returns nan",
        "outputs nan",
        "output is nan",
        "gives nan",
        "produces nan",
        "loss as nan",
        "loss value is nan",
        "is always nan",
        "nan values",
        "nan after",
        "NaN or Inf found in input tensor",
        means=(
            "Not a number: somewhere infinity was subtracted from infinity, 0 divided by 0, or the "
            "input already held NaN; from there it spreads to every weight."
        ),
        cure="In this order: check the input (`torch.isnan(X).any()`); lower the learning rate "
        "tenfold; scale the input; use `CrossEntropyLoss` or "
        "`BCEWithLogitsLoss` on raw scores instead of `log` of your own; add 1e-8 under roots "
        "and in divisions. "
        "`torch.autograd.set_detect_anomaly(True)` names the first operation. `clip_grad_norm_` "
        "helps where gradients explode.",
        trap=(
            "Replacing NaN by 0 in the loss hides it: the weights are NaN already. Start again from "
            "fresh weights."
        ),
        program="""
import torch

torch.manual_seed(0)
X, y = torch.rand(64, 4) * 255, torch.rand(64, 1)
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(40):
    loss = ((model(X) - y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"loss: {loss.item()}")
""",
        change=(
            (
                "X, y = torch.rand(64, 4) * 255, torch.rand(64, 1)",
                "X, y = torch.rand(64, 4), torch.rand(64, 1)",
            ),
        ),
        page="mistakes",
        symptom=True,
        weight=-5,
        needs=("loss", "grad", "train", "model", "network", "weight", "torch", "tensor"),
        complaints=(
            "nan |nans & train|epoch|iteration|backward|layer|network|model|batch|weights|optimizer",
            "loss|gradient|grads|weights|logits|prediction|network output|output|epoch & nan |nans |inf ",
        ),
    ),
    kind(
        "stuck-loss",
        "The loss stays at the value of guessing",
        "2.30{d#}",
        "2.302",
        "2.303",
        "0.693{d#}",
        "0.6931",
        means="2.303 is the logarithm of 10: the cross-entropy of ten classes guessed with equal "
        "chances. (0.693 is the logarithm of 2, for two.) The network "
        "has learned nothing yet.",
        cure="Look for what keeps the weights still or the outputs equal: `optimizer.step()` missing "
        "or made for another model's parameters; `zero_grad()` between "
        "`backward()` and `step()`; a learning rate far too small or too large (dead ReLUs); a "
        "graph cut by `.detach()` or `no_grad`; a softmax or ReLU before the "
        "loss; labels shuffled apart from the images; pixels not scaled; all weights zero. First "
        "try to fit one batch of 10 samples: the loss has to go to 0.",
        trap=(
            "A larger network or more epochs do not help: first find out whether the weights change at all."
        ),
        program="""
import torch
from torch import nn

torch.manual_seed(0)
X, y = torch.rand(64, 784), torch.arange(64) % 10
model = nn.Linear(784, 10)
nn.init.zeros_(model.weight), nn.init.zeros_(model.bias)
optimizer = torch.optim.SGD(nn.Linear(784, 10).parameters(), lr=0.1)
for step in range(3):
    loss = nn.CrossEntropyLoss()(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"loss: {loss.item():.4f}")
""",
        change=(
            (
                "optimizer = torch.optim.SGD(nn.Linear(784, 10).parameters(), lr=0.1)",
                "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
            ),
        ),
        page="mistakes",
        symptom=True,
        weight=-6,
        needs=("loss", "stuck", "epoch", "accuracy", "cross"),
    ),
)
