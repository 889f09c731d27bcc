"""No error at all: what a training loop prints when it goes wrong."""

from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.signs.sign import reads
from core.teaching.clinic.signs.still import CTC
from core.teaching.clinic.signs.training import NAN, NEGATIVE, STILL, ZERO

KINDS: Final = (
    kind(
        "nan-loss",
        "The loss is NaN, or infinite",
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
        "tensor([nan",
        "tensor([[nan",
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
        "always been nan",
        "are always nan",
        "turns into nan",
        "nan values",
        "nan after",
        "tensor of nan",
        "NaN or Inf found in input tensor",
        means=(
            "Not a number: mostly infinity was subtracted from infinity, 0 divided by 0, or the input "
            "already held NaN; from there it spreads to every weight."
        ),
        cure="In this order: check the input (`torch.isnan(X).any()`); lower the learning rate tenfold; "
        "scale the input; use `CrossEntropyLoss` or `BCEWithLogitsLoss` on raw scores instead of `log` of "
        "your own; add 1e-8 under roots and in divisions. `torch.autograd.set_detect_anomaly(True)` names "
        "the first operation. `clip_grad_norm_` helps where gradients explode.",
        trap=(
            "Replacing NaN by 0 in the loss hides it: mostly the weights are NaN already. Start again from "
            "fresh weights."
        ),
        reads=reads(CTC, *NAN),
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
        excludes=("without nan", "no nan", "not nan", "never nan", "not be nan", "without any nan"),
        needs=(
            *("loss", "grad", "train", "model", "network", "weight", "torch", "tensor"),
            *("backward", "predict", "output", "epoch", "layer", "batch"),
        ),
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
        "4.605",
        means="2.303 is the logarithm of 10: the cross-entropy of ten classes guessed with equal chances. "
        "(0.693 is the logarithm of 2, 4.605 that of 100: for two and for a hundred.) If that is the number "
        "of your classes, the network has learned nothing yet.",
        cure="Look for what keeps the weights still or the outputs equal: `optimizer.step()` missing or "
        "made for another model's parameters; `zero_grad()` between `backward()` and `step()`; a learning "
        "rate far too small or too large (dead ReLUs); a graph cut by `.detach()` or `no_grad`; a softmax "
        "or ReLU before the loss; labels shuffled apart from the images; pixels not scaled; all weights "
        "zero. First try to fit one batch of 10 samples: the loss has to go to 0.",
        reads=reads(*STILL),
        complaints=(
            "loss & stuck|stays|constant|remains|hover|same|not chang|doesnt chang & 4.6 |4.605|2.30",
        ),
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
    kind(
        "gradients-add-up",
        "Gradients that add up from step to step",
        "the gradient is {a} times as large",
        means="`backward()` adds to `.grad`. Without `zero_grad()` each step uses the sum of all gradients "
        "so far: the steps grow, and point where no batch points.",
        cure="`optimizer.zero_grad()` in every step, before `backward()`.",
        trap="A smaller learning rate only delays it.",
        program="""
import torch
from torch import nn

torch.manual_seed(0)
X, y = torch.rand(64, 784), torch.randint(10, (64,))
model = nn.Linear(784, 10)
loss_fn = nn.CrossEntropyLoss()
for step in range(4):
    loss_fn(model(X), y).backward()
    if step == 0:
        first = model.bias.grad.norm()
print(f"the gradient is {model.bias.grad.norm() / first:.0f} times as large")
""",
        change=(
            (
                "loss_fn(model(X), y).backward()",
                "model.zero_grad()\nloss_fn(model(X), y).backward()",
            ),
        ),
        page="mistakes",
        symptom=True,
        weight=-2,
        complaints=(
            "without|forgot|forget|missing|not call|didnt call|dont call|never call|remove|omit|leave out & "
            "zero_grad|zero grad & loss|accuracy|gradient|diverg|explod|wors|lower|nan",
        ),
    ),
    kind(
        "negative-loss",
        "The loss is negative",
        "loss is negative",
        "loss < 0",
        "loss<0",
        "tensor(-",
        means="A loss that is made of logarithms of probabilities is at least 0. It falls below where it "
        "was not given what it takes: `NLLLoss` probabilities instead of their logarithms, or a binary "
        "cross-entropy targets outside of 0 to 1. Other losses, such as one of similarities or densities, "
        "may be negative.",
        cure="`CrossEntropyLoss` on raw scores, or `log_softmax` before `NLLLoss`. For `BCELoss` and "
        "`BCEWithLogitsLoss`: labels 0 and 1, not 1 and 2 or 0 and 255.",
        reads=reads(*NEGATIVE),
        program="""
import torch
from torch import nn

torch.manual_seed(0)
scores, labels = torch.rand(8, 10), torch.arange(8)
loss = nn.functional.nll_loss(scores.softmax(1), labels)
print("loss is", "negative:" if loss < 0 else "fine:", f"{loss.item():.3f}")
""",
        change=(
            (
                "loss = nn.functional.nll_loss(scores.softmax(1), labels)",
                "loss = nn.functional.nll_loss(scores.log_softmax(1), labels)",
            ),
        ),
        page="optimization",
        symptom=True,
        weight=-8,
        holds=lambda found: "nll" in found["text"].lower() or not found["message"].startswith("tensor"),
        complaints=(
            "loss|losses & been negative|has negative|have negative|appear negative|appears negative|turn "
            "negative|negative losses|to negative|becoming negative|negative train",
            "loss|nll|nllloss|cross entropy|crossentropy|bce & more negative|loss negative|nllloss "
            "negative|become negative|negative loss|negative values & loss|nll|bce|train|epoch",
            "loss & is negative|are negative|be negative|becomes negative|loss negative|negative "
            "loss|negative value|negative number|goes negative|turns negative|getting negative|got "
            "negative|a negative|always negative|below zero|less than 0 |below 0 |minus",
        ),
    ),
    kind(
        "loss-zero",
        "The loss is 0 from the start",
        "loss is 0 from the start",
        means="Cross-entropy over a single output is always 0: the softmax of one number is 1. Otherwise the "
        "labels may all be the same, or the answer may stand among the inputs.",
        cure="For two classes, give the network two outputs with `CrossEntropyLoss`, or one output with "
        "`BCEWithLogitsLoss` and float labels. Print `labels.unique()` and the shape of the output.",
        reads=reads(*ZERO),
        program="""
import torch
from torch import nn

torch.manual_seed(0)
output, labels = torch.randn(8, 1), torch.tensor([0, 1] * 4)
loss = nn.CrossEntropyLoss()(output, torch.zeros(8, dtype=torch.long))
print("loss is", "0 from the start" if loss == 0 else f"{loss.item():.3f}")
""",
        change=(
            (
                "loss = nn.CrossEntropyLoss()(output, torch.zeros(8, dtype=torch.long))",
                "loss = nn.BCEWithLogitsLoss()(output, labels.float().unsqueeze(1))",
            ),
        ),
        page="optimization",
        symptom=True,
        weight=-7,
        excludes=("discriminator", "generator"),
        complaints=(
            "loss 0 |loss of 0 |loss 0.0 |loss is 0 & constant|all epochs|every epoch|each epoch|accuracy "
            "1 |accuracy 100",
            "loss|losses & down to 0|drop to 0|drops to 0|goes to 0|go to 0|falls to 0|to 0.0 "
            "|reaches 0 |soon 0",
            "loss & is 0 |always 0 |0.0 always|0 always|0.0 |0.00 |0.000 |0.0000|is zero|are zero|becomes 0 "
            "|becomes zero|of 0 |equals 0 |be 0 & "
            "always|after|start|beginning|first|immediately|every|right away|instantly|at once|quickly",
        ),
    ),
    kind(
        "frozen-statistics",
        "A frozen batch norm whose running averages go on changing",
        "the frozen layer changed",
        means="`requires_grad = False` keeps gradients from a layer's parameters. The running mean and "
        "variance "
        "of a batch norm are no parameters but buffers, which every forward pass in training mode updates.",
        cure="Put the frozen part into evaluation mode, after each `model.train()`, which switches it back: "
        "`model.train(); backbone.eval()`. Or only its batch norms: `for m in backbone.modules(): if "
        "isinstance(m, nn.BatchNorm2d): m.eval()`.",
        trap="`torch.no_grad()` around the frozen part does not stop it: the averages are no matter of "
        "gradients.",
        program="""
import torch
from torch import nn

torch.manual_seed(0)
norm = nn.BatchNorm1d(3)
norm.requires_grad_(False)
norm.train()
norm(torch.randn(8, 3) + 5)
print("the frozen layer", "changed" if norm.running_mean.abs().max() > 0 else "stayed as it was")
""",
        change=(("norm.train()", "norm.eval()"),),
        page="mistakes",
        symptom=True,
        weight=-1,
        excludes=("keras", "tensorflow"),
        complaints=(
            "batchnorm|batch norm|bn |running_mean|running mean|running_var|running stat|statistics & "
            "froz|freez|requires_grad|fixed backbone|pretrained backbone & chang|updat|differ|still|drift",
        ),
    ),
)
