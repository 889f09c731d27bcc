"""Pictures and curves that are drawn, and scores that are computed, of what a network gives."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind, sizes

_COLORS: Final = (3, 4)


def _drawn(found: Holes) -> str:
    """The shape that Matplotlib names, or the shape and the type that PIL names: `(1, 1, 3), <f4`."""
    shape, _, dtype = found.get("a", "").partition("), ")
    if dtype.startswith(("<f", "<i", "<u")):
        return (
            f"The numbers are of NumPy's type `{dtype[:3]}`, and PIL wants `uint8`: `Image.fromarray((array "
            "* 255).astype('uint8'))` for numbers up to 1, without `* 255` for numbers up to 255."
        )
    if "," in shape:
        return f"The shape is ({shape.strip('()')}). {_cure(sizes(shape))}".strip()
    before = found["text"][: found["text"].rfind("nvalid dimensions")]
    printed = (
        sizes(before.rpartition("torch.Size([")[2].partition("])")[0]) if "torch.Size([" in before else ()
    )
    return f"The shape may be {list(printed)[-3:]}. {_cure(printed[-3:])}" if len(printed) >= 3 else ""


def _cure(shape: tuple[int, ...]) -> str:
    """What makes a picture of a tensor of this shape."""
    if len(shape) == 4:
        rest = _cure(shape[1:]) if shape[1] in (1, *_COLORS) and shape[-1] not in _COLORS else ""
        return f"The first number is the batch: take one picture, `image[0]`. {rest}".strip()
    if len(shape) != 3:
        return ""
    if shape[0] in _COLORS:
        return "The channels come first: `image.permute(1, 2, 0)`; of an array, `image.transpose(1, 2, 0)`."
    if 1 in (shape[0], shape[-1]):
        return "A gray picture has no channel here: `image.squeeze()`, and `cmap='gray'`."
    many = shape[0] if shape[-1] not in _COLORS else shape[-1]
    return (
        f"These are {many} maps, not one picture: draw one of them, `maps[0]`, or their mean, `maps.mean(0)`."
    )


def _lengths(found: Holes) -> str:
    across, up = sizes(found["a"]), sizes(found["b"])
    if not across or not up:
        return ""
    said = f"There are {across[0]} numbers along the axis and {up[0]} to draw."
    if abs(across[0] - up[0]) == 1:
        said += (
            f" Count them the same way: with epochs from 0, `range({up[0]})` has {up[0]}; one more was "
            "appended before or after the loop."
        )
    return said


def _mixed(found: Holes) -> str:
    """What scikit-learn's words for the kinds of labels and predictions mean."""
    if "should be probabilities" in found["message"][:90]:
        return (
            "This metric takes probabilities or class numbers, and it was given scores: "
            "`accuracy(scores.softmax(dim=1), y)`, or `accuracy(scores.argmax(dim=1), y)`. The loss keeps "
            "the scores."
        )
    if "b" not in found:
        return ""
    true, given = found["a"].strip(), found["b"].strip()
    if "multioutput" in given:
        return "The predictions are a row of scores for each sample: `scores.argmax(axis=1)` makes classes."
    if given == "continuous":
        return (
            "The predictions are one score for each sample: `scores > 0.5` after a sigmoid (`scores > 0` of "
            "raw ones) makes classes of them. Curves such as `roc_auc_score` take the scores as they are."
        )
    if "indicator" in given or "indicator" in true:
        side = "predictions" if "indicator" in given else "labels"
        return f"The {side} are rows of 0 and 1 (one-hot), the others class numbers: `.argmax(axis=1)`."
    if "continuous" in true:
        return (
            "The labels are fractions, or hold NaN: `labels.astype(int)` for class numbers, after a look "
            "for NaN. Fractions that are meant go with `mean_absolute_error` and its like."
        )
    return f"The labels are {true}, the predictions {given}."


KINDS: Final = (
    kind(
        "draw-shape",
        "A tensor that is no picture for Matplotlib",
        "Invalid shape ({a}) for image data",
        "Invalid dimensions for image data",
        "Cannot handle this data type: {a}",
        means=(
            "Matplotlib and PIL want height × width, or height × width × channels; tensors have the "
            "channels first, and batches one dimension more."
        ),
        cure=(
            "Gray: `image.squeeze()`. Color: `image.permute(1, 2, 0)`. A batch: pick one first, `batch[0]`."
        ),
        reads=_drawn,
        complaints=(
            "imshow|matplotlib|plot & shape|dimension & complain|error|invalid|wrong|cant|cannot|fail",
        ),
        program="""
import torch
from matplotlib.figure import Figure

axes = Figure().subplots()
axes.imshow(torch.rand(1, 28, 28))
""",
        change=(("axes.imshow(torch.rand(1, 28, 28))", "axes.imshow(torch.rand(1, 28, 28).squeeze())"),),
        page="datasets",
    ),
    kind(
        "plot-lengths",
        "A curve whose two lists differ in length",
        "x and y must have same first dimension, but have shapes ({a}) and ({b})",
        "x and y must be the same size",
        means="`plot(x, y)` draws one point for each pair, so both need one length.",
        cure="Print both lengths. `plot(losses)` alone counts by itself; with an axis of your own, "
        "`plot(range(len(losses)), losses)`. One value for each epoch and one for each step are two "
        "different lengths.",
        reads=lambda found: _lengths(found) if "b" in found else "",
        program="""
from matplotlib.figure import Figure

losses = [2.3, 1.1, 0.7]
axes = Figure().subplots()
axes.plot(range(2), losses)
""",
        change=(("axes.plot(range(2), losses)", "axes.plot(range(len(losses)), losses)"),),
        page="quickstart",
    ),
    kind(
        "metric-targets",
        "A metric that was given another kind of labels or scores than it takes",
        "Classification metrics can't handle a mix of {a} and {b} targets",
        "Target is multiclass but average='binary'",
        "Target is multilabel-indicator but average='binary'",
        "continuous is not supported",
        "continuous-multioutput is not supported",
        "multiclass-multioutput is not supported",
        "multiclass format is not supported",
        "should be probabilities, but values were detected outside of [0,1] range",
        means="scikit-learn's metrics compare class numbers: one for each sample in `y_true`, and one in "
        "`y_pred`; with more than two classes some want to be told how to average. A network gives scores.",
        cure="`y_pred = model(X).argmax(1)` for several classes, `y_pred = model(X).sigmoid() > 0.5` for one "
        "output; then `.cpu().numpy()` of both. With more than two classes, `f1_score` and its like need "
        "`average='macro'`.",
        reads=_mixed,
        program="""
import torch
from sklearn.metrics import accuracy_score

scores, labels = torch.rand(8, 3), torch.randint(0, 3, (8,))
print(accuracy_score(labels.numpy(), scores.numpy()))
""",
        change=(
            (
                "print(accuracy_score(labels.numpy(), scores.numpy()))",
                "print(accuracy_score(labels.numpy(), scores.argmax(1).numpy()))",
            ),
        ),
        page="mistakes",
        runs="elsewhere",
    ),
    kind(
        "one-class-score",
        "A score that needs both classes, and labels of one",
        "Only one class present in y_true. ROC AUC score is not defined in that case",
        "Only one class is present in y_true. ROC AUC score is not defined in that case",
        "No positive class found in y_true, recall is set to one for all thresholds",
        means="The area under the curve compares samples of the one class with samples of the other, and "
        "among these labels there are none of one of them. Of labels with several columns each column is "
        "scored alone, so it is enough that one column is all 0 or all 1.",
        cure="Count them: `numpy.unique(y_true, return_counts=True)`, of several columns "
        "`y_true.sum(axis=0)`. Score the whole validation set once, not batch by batch. Split with "
        "`stratify=y`, or take more samples; leave columns of one value out, or `average='micro'`.",
        page="mistakes",
        runs="elsewhere",
    ),
    kind(
        "metric-lengths",
        "As many labels as predictions are wanted",
        "Found input variables with inconsistent numbers of samples: [{a#}, {b#}]",
        "Found input variables with inconsistent numbers of samples",
        "Found arrays with inconsistent numbers of samples",
        means="scikit-learn compares label by prediction, so both need one length.",
        cure="Collect both in the same loop over the loader, `predictions.append(...)` and "
        "`labels.append(...)`, and join them after it with `torch.cat`. A split has to be given both "
        "together: `train_test_split(X, y)`.",
        reads=lambda found: (
            f"There are {found['a']} of the one and {found['b']} of the other." if "b" in found else ""
        ),
        program="""
import torch
from sklearn.metrics import accuracy_score

labels, predictions = torch.zeros(8), torch.zeros(6)
print(accuracy_score(labels.numpy(), predictions.numpy()))
""",
        change=(
            (
                "labels, predictions = torch.zeros(8), torch.zeros(6)",
                "labels, predictions = torch.zeros(8), torch.zeros(8)",
            ),
        ),
        page="mistakes",
        runs="elsewhere",
    ),
)
