"""Torchvision's detection models, and pictures with boxes and masks."""

from typing import Final

from core.teaching.clinic.kind import kind

KINDS: Final = (
    kind(
        "detection-input",
        "A detection model was given another kind of input",
        "images is expected to be a list of 3d tensors of shape [C, H, W], got",
        "Expected input images to be of floating type (in range [0, 1])",
        "targets should not be None when in training mode",
        "In training mode, targets should be passed",
        "Expected target boxes to be of type Tensor",
        "Expected target boxes to be a tensor of shape [N, 4]",
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
)
