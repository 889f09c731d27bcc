"""Torchvision's detection models, and pictures with boxes and masks."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind


def _detected(found: Holes) -> str:
    """Which of the model's rules the message is about."""
    message = found["message"].lower()
    if "none when in training" in message or "targets should be passed" in message:
        return (
            "The model is in training mode and was given no targets. To train: `losses = model(images, "
            "targets)`. To predict (or to look at the model): `model.eval()` first, then `model(images)`."
        )
    if message.startswith(("boxes = target", "target")):
        return (
            "`targets` is no list of dicts: a classification's loop gives a tensor of labels. Each picture "
            "needs `{'boxes': ..., 'labels': ...}`, and the call gives a dict of losses to add up."
        )
    if "positive height and width" in message:
        return _box(found.get("b", ""))
    if "list of 3d tensors" in message:
        return "Each entry of `images` is one picture of three axes; a batch is a list of them, no tensor."
    if "key" in message and "k" in found:
        return f"A dict of the targets has no entry {found['k'].strip()[:20]}."
    return ""


def _box(numbers: str) -> str:
    """What is wrong with four numbers that should be two opposite corners."""
    try:
        left, top, right, bottom = (float(number) for number in numbers.split(","))
    except ValueError:
        return ""
    if left == right or top == bottom:
        return (
            f"The box [{numbers}] has no area: drop such boxes, `keep = (boxes[:, 2] > boxes[:, 0]) & "
            "(boxes[:, 3] > boxes[:, 1])`, and their labels with them."
        )
    return (
        f"In [{numbers}] the second corner lies left of, or above, the first. They may be (x, y, width, "
        "height), as COCO stores them: `boxes[:, 2:] += boxes[:, :2]` makes corners. Else the corners are "
        "exchanged."
    )


def _registered(found: Holes) -> str:
    if "c" in found:
        return (
            f"The model gives class {found['c']}, and the data set has fewer: it was built with another "
            "`NUM_CLASSES` (80 unless set) than the data set has."
        )
    name = found.get("d", "").strip(" '\"")[:40]
    if "metadata" in found["message"]:
        return (
            f"The name `{name}` is detectron2's own, or was used before with other classes: register yours "
            "under a new name."
        )
    if "already" in found["message"]:
        return (
            f"`{name}` is there already: a cell was run twice. `DatasetCatalog.remove('{name}')` before it."
        )
    if "not registered" in found["message"]:
        return (
            f"Nothing was registered as `{name}` in this process: the call has to run before, in every "
            "worker."
        )
    return ""


KINDS: Final = (
    kind(
        "detection-input",
        "A detection model was given another kind of input",
        "images is expected to be a list of 3d tensors of shape [C, H, W], got",
        "Expected input images to be of floating type (in range [0, 1])",
        "targets should not be None when in training mode",
        "In training mode, targets should be passed",
        "boxes = target['boxes']{x}IndexError: too many indices for tensor",
        'boxes = target["boxes"]{x}IndexError: too many indices for tensor',
        "boxes = target['boxes']{x}TypeError: string indices must be integers",
        'boxes = target["boxes"]{x}TypeError: string indices must be integers',
        'target["boxes"]{x}new(): invalid data type',
        "Expected target boxes to be of type Tensor",
        "Expected target boxes to be a tensor of shape [N, 4]",
        "All bounding boxes should have positive height and width. Found {v} box [{b}] for target",
        "All bounding boxes should have positive height and width",
        "Every element of targets should have a {k} key",
        "target labels must of int64 type",
        "target boxes must of float type",
        "target_labels must of int64 type",
        "No ground-truth boxes available for one of the images during training",
        means="Torchvision's detection models take a list of images, each (channels, height, width) with "
        "values from 0 to 1, and in training a list of dicts with `boxes` and `labels`.",
        cure="`collate_fn=lambda batch: tuple(zip(*batch))` in the loader keeps lists. Per image: `boxes` of "
        "shape (n, 4), float, as x1, y1, x2, y2 with x1 < x2 and y1 < y2; `labels` of shape (n,), int64, "
        "counted from 1. An image without objects: `boxes` of shape (0, 4). `model(images, targets)` in "
        "training, `model(images)` after `model.eval()`.",
        program="""
import torch
from torchvision.models.detection.transform import GeneralizedRCNNTransform

prepare = GeneralizedRCNNTransform(64, 64, [0.5] * 3, [0.2] * 3)
images = [torch.rand(1, 3, 64, 64)]
print(len(prepare(images)[0].image_sizes))
""",
        change=(("images = [torch.rand(1, 3, 64, 64)]", "images = [torch.rand(3, 64, 64)]"),),
        page="datasets",
        reads=_detected,
        weight=2,
    ),
    kind(
        "sanitized-boxes",
        "SanitizeBoundingBoxes and what belongs to the boxes",
        "Could not infer where the labels are in the sample",
        "and must match the number of labels.Found labels with shape",
        "The labels in the input to forward() must be a tensor or None",
        "The shape of the mask [{a}] at index 0 does not match the shape of the indexed tensor [{s}]",
        "this transform needs bounding boxes in the input",
        means="`SanitizeBoundingBoxes` drops boxes without area, and with each its label and its mask. So it "
        "has to know the labels, and all of them need one entry per box.",
        cure="Give the sample as `(image, {'boxes': boxes, 'labels': labels})`, with as many labels as "
        "boxes. No labels: `SanitizeBoundingBoxes(labels_getter=None)`; under another name: "
        "`labels_getter=lambda sample: sample[1]['classes']`.",
        reads=lambda found: (
            "A `tv_tensors.Mask` of the whole picture was sorted out like one per box, which torchvision "
            f"before 0.25 does. The mask has shape [{found['s'].strip()[:30]}]: hand it over as a plain "
            "tensor there, or update torchvision."
            if "s" in found
            else ""
        ),
        program="""
import torch
from torchvision import tv_tensors
from torchvision.transforms import v2

boxes = tv_tensors.BoundingBoxes(torch.tensor([[0, 0, 8, 8]]), format="XYXY", canvas_size=(16, 16))
sample = {"image": torch.zeros(3, 16, 16), "boxes": boxes, "classes": torch.tensor([1])}
clean = v2.SanitizeBoundingBoxes()
print(clean(sample)["boxes"].shape)
""",
        change=(
            (
                "clean = v2.SanitizeBoundingBoxes()",
                'clean = v2.SanitizeBoundingBoxes(labels_getter=lambda sample: sample["classes"])',
            ),
        ),
        page="transforms",
        needs=("sanitize", "infer where the labels", "number of labels", "labels in the input"),
        weight=3,
    ),
    kind(
        "sample-sizes",
        "A picture and its boxes or mask of different sizes",
        "Found multiple HxW dimensions in the sample: {s}",
        "requires input sample to contain tensor or PIL images and bounding boxes",
        "Found no image in the sample",
        means="The transforms of `torchvision.transforms.v2` change all parts of a sample together, so "
        "image, boxes and masks have to speak of one size, and be marked as what they are.",
        cure="Print `image.shape`, `mask.shape` and `boxes.canvas_size`. Wrap the parts: "
        "`tv_tensors.BoundingBoxes(boxes, format='XYXY', canvas_size=image.shape[-2:])`, "
        "`tv_tensors.Mask(mask)`. Resize or rotate the image together with them, in one call.",
        reads=lambda found: f"The sizes found are {found['s'].strip()[:60]}." if "s" in found else "",
        program="""
import torch
from torchvision import tv_tensors
from torchvision.transforms import v2

image, mask = tv_tensors.Image(torch.rand(3, 64, 48)), tv_tensors.Mask(torch.zeros(64, 64))
print(v2.RandomCrop(32)(image, mask)[0].shape)
""",
        change=(
            (
                "image, mask = tv_tensors.Image(torch.rand(3, 64, 48)), tv_tensors.Mask(torch.zeros(64, 64))",
                "image, mask = tv_tensors.Image(torch.rand(3, 64, 48)), tv_tensors.Mask(torch.zeros(64, 48))",
            ),
        ),
        page="transforms",
    ),
    kind(
        "detectron-dataset",
        "detectron2 and the classes or names of a data set of your own",
        "A prediction has category_id={c#}, which is not available in the dataset",
        "Attribute '{a}' in the metadata of '{d}' cannot be set to a different value",
        "Dataset '{d}' is already registered",
        "Dataset '{d}' is not registered",
        "Category ids in annotations are not in [1, #categories]",
        means="detectron2 keeps data sets by name, each with its own list of classes, and the model has a "
        "number of classes of its own, `cfg.MODEL.ROI_HEADS.NUM_CLASSES`, 80 unless it is set.",
        cure="`register_coco_instances('my_train', {}, json_path, image_folder)`, once, under a new name; "
        "`cfg.DATASETS.TRAIN = ('my_train',)`; and `cfg.MODEL.ROI_HEADS.NUM_CLASSES` = the number of your "
        "classes, before the trainer is made and before the weights are loaded for testing.",
        reads=_registered,
        program="""
from detectron2.config import get_cfg

cfg = get_cfg()
cfg.DATASETS.TRAIN = ("my_train",)
print(cfg.MODEL.ROI_HEADS.NUM_CLASSES)
""",
        change=(('cfg.DATASETS.TRAIN = ("my_train",)', "cfg.MODEL.ROI_HEADS.NUM_CLASSES = 4"),),
        page="datasets",
        runs="elsewhere",
        weight=1,
    ),
)
