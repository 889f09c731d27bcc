"""Steps of the optimization page about what is minimized: losses of classes, and of a number."""

import torch
from torch import nn
from torch.nn import functional as F

from core.teaching.snippets import Code, Float, Int, step


@step(
    title="Three losses on the same logits",
    moved=Code(
        label="Move the logit of",
        default="the right class",
        options={"the right class": "9", "a wrong class": "2"},
    ),
    value=Float(label="That logit", default=0.0, low=-6.0, high=6.0),
)
def losses(moved, value):
    """A loss is one number that says how wrong the logits are. Drag one logit, and leave the other nine.

    **Cross-entropy** takes logits. **NLL** (negative log-likelihood) takes logarithms of probabilities: after
    a log-softmax it is the same number. **MSE** (mean squared error) compares the ten logits with 0 and 1, so
    it also punishes a logit for being too large in the right direction.
    """
    label = torch.tensor([9])
    logits = torch.tensor([[0.5, -1.0, 2.0, 0.0, 1.0, -2.0, 0.5, 0.0, -0.5, 1.0]])
    logits[0, moved] = value
    logits.requires_grad_()

    def three(scores):
        cross_entropy = F.cross_entropy(scores, label)
        nll = F.nll_loss(F.log_softmax(scores, dim=1), label)
        mse = F.mse_loss(scores, F.one_hot(label, num_classes=10).float())
        return torch.stack([cross_entropy, nll, mse])

    here = three(logits).detach()
    slopes = torch.autograd.functional.jacobian(three, logits)[:, 0, moved]
    for name, loss, slope in zip(("cross-entropy", "NLL", "MSE"), here, slopes):
        print(f"{name:<13} {loss.item():.4f}, slope {slope.item():+.4f}")

    places = torch.linspace(-6, 6, 97)
    curves = torch.empty(len(places), 3)
    for row, place in enumerate(places):
        shifted = logits.detach().clone()
        shifted[0, moved] = place
        curves[row] = three(shifted)
    return places, curves, here, slopes


@step(
    title="Regression: a number instead of a class",
    loss_fn_chosen=Code(
        label="Loss",
        default="nn.MSELoss()",
        options={name: name for name in ("nn.MSELoss()", "nn.L1Loss()", "nn.HuberLoss()")},
    ),
    outliers=Int(label="Outliers", default=0, low=0, high=5, top=True),
    seed=Int(label="Seed", default=0, low=0, high=20),
)
def regression(loss_fn_chosen, outliers, seed):
    """Where the answer is a number (a price, a temperature), the network has one output and no softmax, and
    the loss compares two numbers: `nn.MSELoss` takes the mean of the squared differences.

    A line is fitted to 40 points around y = 2x + 1. Squaring gives far-off points great weight;
    `nn.L1Loss` (the plain distance) does not.
    """
    torch.manual_seed(seed)
    x = torch.linspace(-1, 1, 40).unsqueeze(1)
    y = 2 * x + 1 + 0.1 * torch.randn(40, 1)
    y[:outliers] += 10

    model = nn.Linear(1, 1)
    loss_fn = loss_fn_chosen
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for t in range(300):
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    slope, intercept = model.weight.item(), model.bias.item()
    print(f"loss: {loss.item():.4f}")
    print(f"y = {slope:.2f} x + {intercept:.2f}")
