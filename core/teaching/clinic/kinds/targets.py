"""Targets of a loss: their type, their range, and the settings that depend on them."""

import re
from math import prod
from typing import Final

from core.teaching.clinic.kind import Holes, kind, sizes

_GRAYS: Final = (128, 192, 254, 255)
_OF_MASKS: Final = ("mask", "segment", "unet", "bcelogit", "n_classes")


def _label(found: Holes) -> str:
    label = found["t"].strip(" .").split(" ")[0].strip(".")[:12]
    text = f"A label is {label}."
    if label.lstrip("-").isdigit():
        number = int(label)
        if number < 0:
            text += " Negative labels are no classes; `ignore_index` is -100 unless you set it."
        else:
            if number in _GRAYS or any(word in found["text"].lower() for word in _OF_MASKS):
                return (
                    f"{text} If the labels are masks, they hold the gray values of pictures, 0 to 255, where "
                    "class numbers from 0 on are wanted: `(mask > 127).long()` for two classes, else a "
                    f"number for each value. If they are classes, the network needs at least {number + 1} "
                    "outputs."
                )
            if number == 0:
                return f"{text} So the scores have no class at all: their dimension 1 has size 0."
            if number == 1:
                return (
                    f"{text} So the scores have a single class. For a yes or no use `BCEWithLogitsLoss` with "
                    "`y.float()`, or give the network 2 outputs. If it has more, they are not in dimension 1."
                )
            text += (
                f" If that is a class, the network needs at least {number + 1} outputs. Else the labels do "
                "not count from 0, or are other numbers, such as ids."
            )
    return text


_MARKS: Final = '.,"'


_OF_LOSSES: Final = ("loss", "nll", "entropy", "criterion", "target", "label", "classes")
_OF_LAYERS: Final = re.compile(r"\bin linear\b|_conv_forward|f\.linear\(|_vf\.(?:lstm|gru|rnn)")


def _is_of_layer(found: Holes) -> bool:
    """Whether the two types met in a layer, as its frames in the traceback show."""
    lowered = found["text"].lower()
    return bool(_OF_LAYERS.search(lowered)) and not any(
        name in lowered for name in ("in nll", "in cross_", "in mse_", "in binary_")
    )


_SOFT: Final = ("probabilit", "soft label", "soft target", "label smooth", "mixup", "distill")


def _target_type(found: Holes) -> str:
    text = found["text"].lower()
    if any(words in text for words in _SOFT) and any(t in found.get("b", "") for t in ("Float", "Double")):
        return (
            "The target seems to hold probabilities, which `cross_entropy` takes since PyTorch 1.10: update "
            "it, or write `-(target * pred.log_softmax(1)).sum(1).mean()`. `.long()` would make zeros of it."
        )
    if not found.get("b", "").split():
        return ""
    name = found["b"].split()[0].strip(_MARKS)[:24]
    if not any(word in text for word in _OF_LOSSES):
        return (
            f"{name} was found where Long (int64) is wanted. Labels of a cross-entropy: `y.long()`. In a "
            "product or a layer (`@`, `nn.Linear`, `nn.LSTM`) the other side is whole numbers: `.float()` on "
            "that one."
        )
    said = f"The labels are {name}; class numbers have to be Long (int64)."
    if "loat" in name or "ouble" in name:
        said += (
            " If each sample has a row of zeros and ones, those are no class numbers: `y.argmax(dim=1)` "
            "where one of them is 1, `nn.BCEWithLogitsLoss()` with `y.float()` where several may be. If they "
            "are amounts: `nn.MSELoss()`."
        )
    return said


def _two_types(found: Holes) -> str:
    """What the two types in the message say of the one that has to change."""
    if "a" not in found:
        return ""
    have, want = found["a"].strip()[:16].split(" ")[0], found["b"].strip(" .")[:16].split(" ")[0]
    if {have, want} == {"Float", "Double"}:
        return (
            "One of the two is Double (float64), as arrays of NumPy and pandas mostly are: `.float()` on "
            "that one, where it is made."
        )
    return f"{have} was found where {want} is wanted: mostly the target."


def _is_of_loss(found: Holes) -> bool:
    """Whether a result that cannot be cast is that of a loss, and no layer met the two types."""
    if found["message"].lower().startswith("expected scalar type"):
        return not _is_of_layer(found)
    if not found["message"].lower().startswith("result type"):
        return True
    lowered = found["text"].lower()
    return any(name in lowered for name in ("bceloss", "bcewith", "binary_cross", "mse", "l1loss", "l1_loss"))


def _is_target(found: Holes) -> bool:
    """Whether the argument that is named, if any, is the target and not an operand of a product."""
    if found["message"].lower().startswith("expected scalar type") and _is_of_layer(found):
        return False
    return not any(
        f"'{name}'" in found["message"]
        for name in (
            "mat1",
            "mat2",
            "self",
            "other",
            "input",
            "weight",
            "bias",
            "vec",
            "batch2",
            "tensor1",
            "index",
        )
    )


def _class_weights(found: Holes) -> str:
    """What is wrong with the weights: their dimensions or their number."""
    shape, classes = sizes(found["b"]), int(found["a"])
    if len(shape) == 1:
        return f"There are {classes} classes and {shape[0]} weights."
    if prod(shape) == classes and shape:
        return f"The weights have shape {list(shape)}, and one axis is wanted: `weights.flatten()`."
    return f"The weights have shape {list(shape)}, and one axis of {classes} is wanted, one per class."


KINDS: Final = (
    kind(
        "label-range",
        "A label that is no class",
        "Target {t} is out of bounds",
        "cur_target >= 0 && cur_target < n_classes",
        "Class values must be smaller than num_classes",
        "Class values must be non-negative",
        means="Classes are numbered from 0 to n - 1, n being the number of the network's outputs (in "
        "`F.one_hot`: `num_classes`).",
        cure="Print `y.min(), y.max()` and the output's shape. Labels that count from 1: `y - 1`. Too few "
        "outputs: enlarge the last layer. A label to leave out: `CrossEntropyLoss(ignore_index=...)`.",
        reads=lambda found: _label(found) if "t" in found else "",
        program="""
import torch
from torch import nn

logits, labels = torch.rand(3, 10), torch.tensor([1, 5, 10])
print(nn.CrossEntropyLoss()(logits, labels))
""",
        change=(
            (
                "print(nn.CrossEntropyLoss()(logits, labels))",
                "print(nn.CrossEntropyLoss()(logits, labels - 1))",
            ),
        ),
        page="optimization",
        excludes=("device-side assert", "block: ["),
    ),
    kind(
        "label-dtype",
        "Another type than int64 (Long), mostly of class labels",
        "expected scalar type Long but found {b}",
        "Expected object of scalar type Long but got scalar type {b} for argument",
        "Expected object of scalar type Long but got scalar type",
        "nll_loss{x}Expected object of scalar type Long but",
        "Expected Long but got {b}",
        "Expected object of type torch.LongTensor but found type torch.{b} for argument",
        "Expected object of type torch.cuda.LongTensor but found type torch.{b} for argument",
        "\"nll_loss_forward_reduce_cuda_kernel_2d_index\" not implemented for '{b}'",
        "\"nll_loss_out_frame\" not implemented for '{b}'",
        "\"nll_loss_forward_no_reduce_cuda_kernel_index\" not implemented for '{b}'",
        "'target' must be a Long",
        "expected target to be Long",
        "Expected target to have dtype Long",
        "nll_loss_out_frame",
        "expected target dtype to be Long or Byte, but got {b}",
        "ClassNLLCriterion_updateOutput received an invalid combination of arguments - got (int, "
        "torch.{i}, torch.{b}, ",
        "Expected object of type Variable[torch.LongTensor] but found type Variable[torch.{b}]",
        means="Cross-entropy takes a class number per sample: an int64 (Long) tensor. Where no loss is in "
        "the traceback, it may be a product or a layer with whole numbers on one side.",
        cure="`y.long()`, best where the dataset makes the label: `torch.tensor(label)` of a Python int is "
        "Long already; `torch.Tensor(...)` and columns of fractions are not. In a product or a layer: "
        "`.float()` on the side of whole numbers.",
        trap="Converting the network's output to `.long()` cuts it off from its gradients.",
        reads=_target_type,
        program="""
import torch
from torch import nn

logits, labels = torch.rand(3, 10), torch.tensor([1, 5, 9]).int()
print(nn.CrossEntropyLoss()(logits, labels))
""",
        change=(
            (
                "print(nn.CrossEntropyLoss()(logits, labels))",
                "print(nn.CrossEntropyLoss()(logits, labels.long()))",
            ),
        ),
        page="optimization",
        weight=3,
        holds=_is_target,
        complaints=(
            "crossentropyloss|cross entropy|nll_loss|nllloss & non long|not long|expects long|expected "
            "long|must be long|integer type & type|dtype|scalar|label|target",
        ),
    ),
    kind(
        "target-float",
        "Two data types in a loss, mostly those of output and target",
        "Found dtype {a} but expected {b}",
        "BCECriterion_updateOutput received an invalid combination of arguments",
        "MSECriterion_updateOutput received an invalid combination of arguments",
        "Expected object of type Variable[torch.FloatTensor] but found type Variable[torch.LongTensor]",
        "expected scalar type Float but found Long",
        "Expected object of scalar type Float but got scalar type Long for argument #2 'target'",
        (
            "Expected object of type torch.FloatTensor but found type torch.LongTensor for argument "
            "#2 'target'"
        ),
        "expected scalar type Float but found Int",
        (
            "Expected object of type torch.cuda.FloatTensor but found type torch.cuda.LongTensor for "
            "argument #2 'target'"
        ),
        "result type Float can't be cast to the desired output type Long",
        "result type Float can't be cast to the desired output type long int",
        (
            "is_same_size received an invalid combination of arguments - got (torch.cuda.FloatTensor), but "
            "expected (torch.cuda.LongTensor"
        ),
        (
            "is_same_size received an invalid combination of arguments - got (torch.FloatTensor), but "
            "expected (torch.LongTensor"
        ),
        means=(
            "`MSELoss`, `BCELoss` and `BCEWithLogitsLoss` compute with the target, so it needs the output's "
            "type, mostly float32."
        ),
        cure="Make both float32, `loss_fn(output.float(), y.float())`. If the target holds class "
        "numbers of more than two classes, the loss to use is "
        "`CrossEntropyLoss`, which takes them as they are.",
        reads=_two_types,
        program="""
import torch
from torch import nn

output = torch.rand(8, requires_grad=True)
target = torch.ones(8).long()
nn.BCELoss()(output, target).backward()
""",
        change=(("target = torch.ones(8).long()", "target = torch.ones(8).float()"),),
        page="optimization",
        weight=2,
        holds=_is_of_loss,
        needs=("loss", "target", "backward", "criterion", "found dtype", "is_same_size"),
    ),
    kind(
        "probability-range",
        "Values outside of 0 to 1 in a binary cross-entropy",
        "all elements of input should be between 0 and 1",
        "all elements of target should be between 0 and 1",
        "x >= 0. && x <= 1.",
        "input_val >= zero && input_val <= one",
        "target_val >= zero && target_val <= one",
        "expected all elements of target between 0 and 1",
        means=(
            "`BCELoss` takes probabilities, as outputs and as targets. Scores straight from a linear layer "
            "lie anywhere; NaN is outside of 0 to 1 too."
        ),
        cure="Outputs: use `nn.BCEWithLogitsLoss()` on the raw scores (and no sigmoid), or put "
        "`torch.sigmoid` before `BCELoss`. If its last step is a sigmoid already, they are NaN: look for the "
        "learning rate and for NaN in the input. Targets: print `y.unique()`; `y / 255` for masks of 0 and "
        "255, `y - 1` for labels 1 and 2, `CrossEntropyLoss` for more than two classes.",
        trap="`clamp(0, 1)` silences it and cuts the gradients.",
        reads=lambda found: (
            "It is the target that is outside of 0 to 1, not the network's output."
            if "target" in found["message"][:60]
            else "What comes out of a softmax or a sigmoid lies between 0 and 1, unless it is NaN. If that "
            "is what goes in here, the network's output is NaN: `print(torch.isnan(output).any())`, then the "
            "same of the input; a smaller learning rate, clipped gradients, no float16."
            if re.search(r"(?:softmax|sigmoid)\(", found["text"])
            else ""
        ),
        program="""
import torch
from torch import nn

scores, target = torch.tensor([2.0, -1.0]), torch.tensor([1.0, 0.0])
print(nn.BCELoss()(scores, target))
""",
        change=(("print(nn.BCELoss()(scores, target))", "print(nn.BCEWithLogitsLoss()(scores, target))"),),
        page="optimization",
        weight=1,
    ),
    kind(
        "class-weights",
        "Class weights of another number than the classes",
        (
            "weight tensor should be defined either for all {a#} classes or no classes but got "
            "weight tensor of shape: [{b}]"
        ),
        "weight tensor should be defined either for all",
        "weight tensor should be defined either for all or no classes",
        "THTensor_(nElement)(weights) == n_classes",
        means="The `weight` of a cross-entropy has one value per class.",
        cure="Give as many weights as the network has outputs, in the order of the class numbers. If the "
        "message counts another number of classes than you have, the classes are not in dimension 1 of the "
        "scores.",
        reads=lambda found: _class_weights(found) if "b" in found else "",
        program="""
import torch
from torch import nn

loss_fn = nn.CrossEntropyLoss(weight=torch.ones(2))
print(loss_fn(torch.rand(3, 10), torch.tensor([1, 5, 9])))
""",
        change=(
            (
                "loss_fn = nn.CrossEntropyLoss(weight=torch.ones(2))",
                "loss_fn = nn.CrossEntropyLoss(weight=torch.ones(10))",
            ),
        ),
        page="optimization",
    ),
)
