"""No error at all: one loss computed in two ways, with two results."""

from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.signs.formulas import TWO_FORMS
from core.teaching.clinic.signs.sign import reads

_LOSSES: Final = (
    "bceloss|bce loss|bcewithlogits|binary_cross_entropy|binary cross entropy|crossentropy|cross_entropy"
    "|cross entropy|nllloss|nll loss|mseloss|mse loss|loss function|loss functions|kldiv|ctcloss|ctc loss"
)

KINDS: Final = (
    kind(
        "losses-disagree",
        "Two forms of the same loss give different numbers",
        "the two losses differ",
        means="Losses of similar names take different inputs: `CrossEntropyLoss` and `BCEWithLogitsLoss` "
        "take scores, `NLLLoss` logarithms of probabilities, `BCELoss` probabilities. They also differ in "
        "what they divide by, and far from 0 rounding shows.",
        cure="Give both forms one sample, then two. If one sample already differs: one of them gets the "
        "wrong kind of input, often a softmax or sigmoid too many. If only two differ: the reduction; with "
        "`weight=`, the mean is divided by the sum of the samples' weights. If only large scores differ: "
        "rounding; keep the form that takes scores. Compare shapes too: (N, 1) against (N) makes N times N "
        "differences.",
        trap="A difference in the last digits is rounding: compare with `torch.isclose`.",
        program="""
import torch
from torch.nn import functional as F

scores = torch.tensor([[4.0, 0.0]])
target = torch.tensor([0])
first = F.cross_entropy(scores.softmax(dim=1), target)
second = F.nll_loss(scores.log_softmax(dim=1), target)
print("the two losses", "agree" if torch.isclose(first, second) else "differ")
""",
        change=(
            (
                "first = F.cross_entropy(scores.softmax(dim=1), target)",
                "first = F.cross_entropy(scores, target)",
            ),
        ),
        page="optimization",
        symptom=True,
        weight=-1,
        excludes=("keras", "tensorflow", "overfit", "which one should", "which loss"),
        complaints=(
            f"{_LOSSES} & different|differ |differs|not the same|not equal|not equivalent|doesnt match|does "
            "not match|dont match|do not match|mismatch|disagree|inconsistent & than calling|than using|by "
            "hand|manual|manually|from scratch|my own|own implementation|my implementation|i implemented|my "
            "version|and bceloss|and nllloss|and nll loss|and bcewithlogits|and binary_cross|vs|versus "
            "|than sigmoid|than bceloss|than nllloss|with bceloss|sigmoid and|sigmoid with|sigmoid "
            "+|log_softmax|logsoftmax|log softmax & result|results|value|values|number|numbers|loss|losses"
            "|output|outputs|answer",
        ),
        reads=reads(*TWO_FORMS),
    ),
    kind(
        "raw-scores",
        "Outputs that are negative or above 1: scores, not probabilities",
        "the outputs are scores: between",
        means="A network that ends in a linear layer gives scores (logits), which may be any number. That is "
        "right: `BCEWithLogitsLoss` and `CrossEntropyLoss` take scores and apply the sigmoid or the softmax "
        "themselves, so nothing in training turns the outputs into probabilities.",
        cure="Only where you want to read probabilities: `torch.sigmoid(output)` with one output per "
        "question (`BCEWithLogitsLoss`), `output.softmax(dim=1)` with one per class (`CrossEntropyLoss`). "
        "For the decision alone neither is needed: `output > 0`, or `output.argmax(dim=1)`.",
        trap="A sigmoid or softmax at the end of the network, with these losses, is applied twice: it learns "
        "more slowly.",
        program="""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
output = model(torch.randn(100, 4) * 3)
low, high = output.min().item(), output.max().item()
what = "scores" if low < 0 or high > 1 else "probabilities"
print(f"the outputs are {what}: between {low:.2f} and {high:.2f}")
""",
        change=(
            (
                "output = model(torch.randn(100, 4) * 3)",
                "output = torch.sigmoid(model(torch.randn(100, 4) * 3))",
            ),
        ),
        page="optimization",
        symptom=True,
        weight=-1,
        excludes=(
            "keras",
            "tensorflow",
            "nan",
            "negative loss",
            "loss is negative",
            "loss negative",
            "error:",
        ),
        complaints=(
            "negative|above 1|greater than 1|larger than 1|more than 1|bigger than 1|over 1|not "
            "between|outside"
            "|out of range|dont sum|doesnt sum|not sum|dont add|not add & output|outputs|prediction"
            "|predictions|predicted|value|values|number|numbers & probabilit|bcewithlogits|bce with logits"
            "|logits|between 0 and 1|0 and 1|sum to 1|to one|crossentropyloss",
        ),
    ),
)
