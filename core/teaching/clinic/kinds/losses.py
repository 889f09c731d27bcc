"""Losses: the shapes they are given, and how they are called."""

from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.readings import losses

KINDS: Final = (
    kind(
        "loss-batch",
        "Outputs and labels of a loss do not pair up",
        "Expected input batch_size ({a#}) to match target batch_size ({b#})",
        "Expected input batch_size to match target batch_size",
        "1D target must have size 1, but got target size: {b#}",
        "Expected 2 or more dimensions (got",
        "size mismatch (got input: [{i}], target: [{t}]",
        "size mismatch (got input: [{i}] , target: [{t}]",
        "Assertion 'THIndexTensor_(size)(target, 0) == batch_size' failed",
        means="The loss compares output by label: scores (batch, classes) and labels (batch,), as many rows "
        "of the one as entries of the other.",
        cure=(
            "Print `pred.shape` and `y.shape` before the loss. The first dimension of both has to be the "
            "batch."
        ),
        trap=(
            "Do not cut the labels until they fit: mostly a shape was lost in the network, before the loss, "
            "and the rows that are left belong to other labels."
        ),
        reads=lambda found: (
            losses.batches(found)
            if "a" in found
            else f"The scores have shape [{found['i']}], the labels [{found['t']}]. With one dimension the "
            "scores are those of a single sample: an index, as in `model(x)[0]`, or a `squeeze()` took the "
            "batch away. If the network gives a tensor and no tuple, leave the index out."
            if "t" in found
            else "The output has one dimension: the batch is missing, or was squeezed away."
            if found["message"].lower().partition("expected ")[2].startswith("2 or more")
            or "1d target must have size 1" in found["message"].lower()
            else ""
        ),
        holds=lambda found: "i" not in found or found["i"].count(",") < 2,
        program="""
import torch
from torch import nn

maps, labels = torch.rand(64, 16, 5, 5), torch.zeros(64).long()
logits = nn.Linear(100, 10)(maps.view(-1, 100))
print(nn.CrossEntropyLoss()(logits, labels))
""",
        change=(
            (
                "logits = nn.Linear(100, 10)(maps.view(-1, 100))",
                "logits = nn.Linear(400, 10)(maps.view(64, -1))",
            ),
        ),
        page="optimization",
    ),
    kind(
        "multi-target",
        "Labels and scores whose dimensions do not go together",
        "0D or 1D target tensor expected, multi-target not supported",
        "1D target tensor expected, multi-target not supported",
        "multi-target not supported",
        "Expected floating point type for target with class probabilities, got {b}",
        "Expected floating point type for target",
        means="Labels that are class numbers have one dimension less than the scores: (batch,) against "
        "(batch, classes). Here they have one too many, as one-hot rows or a column, or the scores lost one.",
        cure="A column (batch, 1): `y.squeeze(1)`. One-hot rows (batch, classes): `y.argmax(dim=1)`, or, "
        "with today's `CrossEntropyLoss`, `y.float()` as probabilities. Several classes for one sample: "
        "`BCEWithLogitsLoss`, with the rows as `y.float()`.",
        reads=lambda found: (
            "The target has the shape of the scores, so it was taken for probabilities, and those are "
            "fractions. One-hot rows: `y.argmax(dim=1)`, or `y.float()`. Class numbers have the shape of the "
            "scores without their dimension 1; if the scores are (batch,) or (batch, 1), use "
            "`BCEWithLogitsLoss` with `y.float()`."
            if "floating point type" in found["message"][:40]
            else ""
        ),
        program="""
import torch
from torch import nn

logits, labels = torch.rand(8, 10), torch.zeros(8, 1).long()
print(nn.NLLLoss()(logits.log_softmax(dim=1), labels))
""",
        change=(
            (
                "logits, labels = torch.rand(8, 10), torch.zeros(8, 1).long()",
                "logits, labels = torch.rand(8, 10), torch.zeros(8, 1).long().squeeze(1)",
            ),
        ),
        page="optimization",
    ),
    kind(
        "target-size",
        "Tensors of a loss that differ in shape",
        (
            "Using a target size (torch.Size([{t}])) that is different to the input size "
            "(torch.Size([{i}])) is deprecated"
        ),
        "Target size (torch.Size([{t}])) must be the same as input size (torch.Size([{i}]))",
        "Using a target size (torch.Size([{t}])) that is different to the input size (torch.Size([{i}]))",
        (
            "Using a target size (torch.Size([{t}])) that is different to the input size "
            "(torch.Size([{i}])). Please ensure they have the same size"
        ),
        "target and input must have the same number of elements. target nelement ({n#}) != input "
        "nelement ({m#})",
        "target and input must have the same number of elements",
        "Weights and input must have the same size",
        "All input tensors should have same dimension but got sizes",
        "Target size ({t}) must be the same as input size ({i})",
        "input and target shapes do not match: input [{i}], target [{t}]",
        "input and target have different number of elements",
        "THTensor_(nElement)(input) == THTensor_(nElement)(target)",
        "assert input.nelement() == target.nelement()",
        means="A loss such as `BCELoss` or `BCEWithLogitsLoss` compares element by element: output and "
        "target, and what else it is given, need one shape.",
        cure="Print both shapes. (batch, 1) against (batch,): `output.squeeze(1)` or `y.unsqueeze(1)`, and "
        "`y.float()`. With more than two classes of which one is right, use `CrossEntropyLoss`.",
        trap=(
            "A plain `.squeeze()` also drops the batch when the last batch has one sample: name the "
            "dimension."
        ),
        reads=lambda found: losses.compared(found) if "t" in found else losses.counted(found),
        program="""
import torch
from torch import nn

output, target = torch.rand(64, 1), torch.ones(64)
print(nn.BCEWithLogitsLoss()(output, target))
""",
        change=(
            (
                "print(nn.BCEWithLogitsLoss()(output, target))",
                "print(nn.BCEWithLogitsLoss()(output.squeeze(1), target))",
            ),
        ),
        page="optimization",
    ),
    kind(
        "mse-broadcast",
        "A loss over shapes that are broadcast (a warning)",
        (
            "Using a target size (torch.Size([{t}])) that is different to the input size "
            "(torch.Size([{i}])). This will likely lead to incorrect results due to broadcasting"
        ),
        "This will likely lead to incorrect results due to broadcasting",
        means="Output and target differ in shape, and are stretched to a common one. Of (n, 1) and (n) that "
        "is (n, n): every output is compared with every target, and training ends near the mean of the "
        "targets.",
        cure="Make the shapes equal. (n, 1) and (n): `squeeze(1)` on the one that has the 1, or "
        "`unsqueeze(1)` on the other.",
        trap="It is only a warning, and the results are mostly wrong: do not silence it.",
        reads=lambda found: losses.compared(found) if "t" in found else "",
        program="""
import warnings

import torch
from torch import nn

warnings.simplefilter("error")
output, target = torch.rand(64, 1), torch.rand(64)
print(nn.MSELoss()(output, target).shape)
""",
        change=(
            (
                "print(nn.MSELoss()(output, target).shape)",
                "print(nn.MSELoss()(output.squeeze(1), target).shape)",
            ),
        ),
        page="mistakes",
        symptom=True,
        runs="apart",
        weight=1,
        excludes=("must match the size of tensor",),  # shapes that do not even broadcast
    ),
    kind(
        "spatial-target",
        "A target of the wrong shape for scores per pixel or per position",
        "Expected target size [{a}], got [{b}]",
        "Expected target of size [{a}], got [{b}]",
        "Expected target size ({a}), got torch.Size([{b}])",
        "only batches of spatial targets supported (3D tensors) but got targets of",
        "only batches of spatial targets supported (non-empty 3D tensors)",
        "only batches of spatial targets supported",
        "size mismatch (got input: [{a}], target: [{b}]",
        "size mismatch (got input: [{a}] , target: [{b}]",
        "input and target batch or spatial sizes don't match: target [{b}], input [{a}]",
        "input and target batch or spatial sizes don't match",
        means="Cross-entropy wants the classes in dimension 1: scores (batch, classes, ...) and labels "
        "(batch, ...), without a dimension for the classes.",
        cure="Scores (batch, length, classes): `logits.permute(0, 2, 1)`, or flatten both: "
        "`logits.view(-1, classes)` and `y.view(-1)`. Masks (batch, 1, h, w): `mask.squeeze(1)`; masks "
        "that are color pictures have to become class numbers.",
        reads=losses.masks,
        holds=lambda found: "(got input:" not in found["message"][:40] or found["a"].count(",") >= 2,
        program="""
import torch
from torch import nn

logits, words = torch.rand(8, 20, 1000), torch.zeros(8, 20).long()
print(nn.CrossEntropyLoss()(logits, words))
""",
        change=(
            (
                "print(nn.CrossEntropyLoss()(logits, words))",
                "print(nn.CrossEntropyLoss()(logits.permute(0, 2, 1), words))",
            ),
        ),
        page="optimization",
    ),
    kind(
        "loss-module",
        "The loss function is taken for the loss",
        "Loss' object has no attribute 'backward'",
        "Loss' object has no attribute 'item'",
        means="`nn.CrossEntropyLoss()` is a function object; the loss is the tensor that it returns.",
        cure="`loss = loss_fn(pred, y)`, then `loss.backward()`.",
        program="""
import torch
from torch import nn

loss_fn = nn.CrossEntropyLoss()
logits, labels = torch.rand(3, 10, requires_grad=True), torch.tensor([1, 5, 9])
loss_fn.backward()
""",
        change=(("loss_fn.backward()", "loss_fn(logits, labels).backward()"),),
        page="optimization",
        weight=2,
    ),
    kind(
        "softmax-dimension",
        "softmax without a dimension (a warning)",
        "Implicit dimension choice for {a} has been deprecated",
        means=(
            "`softmax` has to be told along which dimension the values sum to 1; what it guesses may "
            "be the batch."
        ),
        cure=(
            "`softmax(x, dim=1)` for (batch, classes). Before `CrossEntropyLoss` leave the softmax "
            "out altogether."
        ),
        program="""
import warnings

import torch
from torch.nn import functional as F

warnings.simplefilter("error")
print(F.softmax(torch.rand(8, 10)).shape)
""",
        change=(
            ("print(F.softmax(torch.rand(8, 10)).shape)", "print(F.softmax(torch.rand(8, 10), dim=1).shape)"),
        ),
        page="mistakes",
        complaints=("softmax & not |doesnt|dont|isnt|never & sum |add up|sums",),
        symptom=True,
        runs="apart",
    ),
    kind(
        "ctc-lengths",
        "CTCLoss with lengths or labels that do not fit",
        "input_lengths must be of size batch_size",
        "target_lengths must be of size batch_size",
        "Expected input_lengths to have value at most {a#}, but got value {b#}",
        "Expected target_lengths to have value at most {a#}, but got value {b#}",
        "blank must be in label range",
        "input_lengths must be integral",
        "target_lengths must be integral",
        "Expected tensor to have size at least {b#} at dimension {k#}, but got size {a#} for argument #2 "
        "'targets'",
        "Expected tensor to have size at least {b#} at dimension {k#}, but got size {a#}for argument #2 "
        "'targets'",
        means="`CTCLoss` takes scores in the order (time, batch, classes), and per sample the number of its "
        "time steps and of its labels.",
        cure="`log_probs.permute(1, 0, 2)` if the batch comes first. `input_lengths` holds one number per "
        "sample, at most the number of time steps after all the pooling; `target_lengths` the length of each "
        "label. `blank` is a class number, 0 by default, that no label uses.",
        reads=losses.ctc,
        program="""
import torch
from torch import nn

scores = torch.rand(8, 20, 5).log_softmax(2)  # batch, time, classes
labels, lengths = torch.randint(1, 5, (8, 4)), torch.full((8,), 20)
print(nn.CTCLoss()(scores, labels, lengths, torch.full((8,), 4)) > 0)
""",
        change=(
            (
                "scores = torch.rand(8, 20, 5).log_softmax(2)  # batch, time, classes",
                "scores = torch.rand(8, 20, 5).log_softmax(2).permute(1, 0, 2)",
            ),
        ),
        page="optimization",
    ),
)
