"""Transforms of several things at once, and those of other packages."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind


def _albumentation(found: Holes) -> str:
    text, message = found["text"], found["message"].lower()
    if "keyerror" in message or "named arguments" in message:
        return "It is called with names, and gives a dict: `transform(image=image)['image']`."
    if "ToTensor" in text:
        return (
            "`ToTensorV2()` has to stand last in the list: what comes after it is given a tensor and wants "
            "an array."
        )
    return ""


KINDS: Final = (
    kind(
        "albumentations-input",
        "Albumentations wants an array, and was given something else",
        "Expected Ptr<cv::UMat> for argument '{a}'",
        "'Tensor' object has no attribute 'astype'",
        "img.astype('float32') AttributeError",
        "You have to pass data to augmentations as named arguments",
        "image must be numpy array type",
        "'Image' object has no attribute 'shape'",
        "'JpegImageFile' object has no attribute 'shape'",
        "Your 'image' must be numpy array",
        means="Its transforms work on NumPy arrays (height, width, channels) and are called by name. Before "
        "`ToTensorV2` everything is an array, after it nothing is.",
        cure="`A.Compose([A.Resize(64, 64), A.Normalize(), ToTensorV2()])`, with `ToTensorV2()` last, then "
        "`transform(image=np.array(picture))['image']`. Mix it with no transform of torchvision.",
        reads=_albumentation,
        program="""
import albumentations as A
import numpy as np
from albumentations.pytorch import ToTensorV2

transform = A.Compose([ToTensorV2(), A.Normalize()])
print(transform(image=np.zeros((8, 8, 3), dtype=np.uint8))["image"].shape)
""",
        change=(
            (
                "transform = A.Compose([ToTensorV2(), A.Normalize()])",
                "transform = A.Compose([A.Normalize(), ToTensorV2()])",
            ),
        ),
        page="transforms",
        runs="elsewhere",
        needs=("albument", "a.compose", "totensorv2", "umat", "shiftscalerotate"),
        weight=2,
    ),
    kind(
        "box-range",
        "Albumentations: a box that reaches out of its picture",
        "Expected {n} for bbox {b} to be in the range [0.0, 1.0], got {v}",
        "x_max is less than or equal to x_min for bbox",
        "y_max is less than or equal to y_min for bbox",
        means="Albumentations turns all boxes into shares of the picture's width and height first. One of "
        "them lies outside of 0 to 1, or has no area.",
        cure="If it is far outside: the format is another one. `A.BboxParams(format=...)` is `'pascal_voc'` "
        "for x1, y1, x2, y2 in pixels, `'coco'` for x, y, width, height in pixels, `'yolo'` for center and "
        "size as shares. If it is outside by a little, by rounding or in the data: clip the boxes, "
        "`np.clip(boxes, 0, 1)` as shares, or `A.BboxParams(..., clip=True)`. Boxes without an area are to "
        "be dropped, with their labels.",
        page="transforms",
        runs="elsewhere",
        weight=2,
    ),
    kind(
        "pair-transform",
        "A picture and its mask or boxes that are changed differently",
        "the flipped picture and its mask differ",
        means="Every call of a random transform draws anew. Called once for the picture and once for the "
        "mask, it flips the one and not the other; given as `transform=` to a dataset, it changes the "
        "picture only.",
        cure="One call for both: with `torchvision.transforms.v2`, `image, mask = transform(image, "
        "tv_tensors.Mask(mask))`, and for a dataset `transforms=` (with an s) and "
        "`wrap_dataset_for_transforms_v2`. Or draw once yourself: `if torch.rand(1) < 0.5: image, mask = "
        "hflip(image), hflip(mask)`. With albumentations: `transform(image=image, mask=mask)`.",
        trap="The same seed before both calls works only while both draw the same numbers in the same order. "
        "Resize a mask with `NEAREST`, or its classes are mixed.",
        program="""
import torch
from torchvision import tv_tensors
from torchvision.transforms import v2

torch.manual_seed(3)
flip = v2.RandomHorizontalFlip()
image = torch.arange(4.0).view(1, 1, 4)
mask = tv_tensors.Mask(image.clone())
pairs = [(flip(image), flip(mask)) for _ in range(8)]
same = all(a.tolist() == b.tolist() for a, b in pairs)
print("the flipped picture and its mask", "agree" if same else "differ")
""",
        change=(
            (
                "pairs = [(flip(image), flip(mask)) for _ in range(8)]",
                "pairs = [flip(tv_tensors.Image(image), mask) for _ in range(8)]",
            ),
        ),
        page="transforms",
        symptom=True,
        weight=-3,
        needs=("transform", "augment", "crop", "flip", "rotat"),
        complaints=(
            "mask|masks|label map|segmentation map|boxes|bounding box|bboxes|keypoints|ground truth & "
            "image|images|picture|input & unaffected|not affected|dont match|doesnt match|not match|"
            "mismatch|misalign|not aligned|differently|different crop|different random|different "
            "transform|same random|same transform|same augment|same crop|same flip|not transformed|"
            "isnt transformed|dont change|doesnt change|only the image|only image",
        ),
    ),
    kind(
        "subset-transform",
        "A transform for one part of a data set that was split",
        "the transform of the Subset is used by nobody",
        means="`random_split` gives a `Subset`: a list of numbers, and the whole data set behind it. An "
        "attribute `transform` set on the `Subset` is read by nobody; set on `part.dataset`, it holds for "
        "all parts, since they share one data set.",
        cure="Make the data set twice, with the two transforms, and split both by the same numbers: "
        "`Subset(ImageFolder(root, train_transform), train_numbers)` and `Subset(ImageFolder(root, "
        "test_transform), test_numbers)`. Or a small wrapper whose `__getitem__` gives "
        "`self.transform(x), y` of the part.",
        program="""
import torch
from torch.utils.data import Dataset, random_split


class Numbers(Dataset):
    transform = None

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return self.transform(1) if self.transform else 1


part, _ = random_split(Numbers(), [2, 2])
part.transform = lambda x: x + 1
print("the transform of the Subset is used by", "nobody" if part[0] == 1 else "the data set")
""",
        change=(("part.transform = lambda x: x + 1", "part.dataset.transform = lambda x: x + 1"),),
        page="transforms",
        symptom=True,
        weight=-3,
        needs=("random_split", "subset"),
        complaints=(
            "transform|augment & subset|random_split|split|validation|train & not applied|isnt applied|no "
            "effect|not work|doesnt work|dont work|cant apply|cannot apply|not apply|doesnt apply|same "
            "transform|both|different transform|separate|ignored|no change|before and after",
        ),
    ),
    kind(
        "mask-values",
        "A mask whose classes became other numbers",
        "the mask now holds the classes",
        means="A mask holds class numbers, which must not be computed with. `ToTensor()` divides them by "
        "255, so that `.long()` makes 0 of all; `Resize` mixes neighbors, so that numbers appear that are no "
        "class.",
        cure="`torch.from_numpy(np.array(mask)).long()`, or `PILToTensor()`, in place of `ToTensor()`; "
        "`Resize(size, interpolation=InterpolationMode.NEAREST)` for masks. Then `print(mask.unique())`: "
        "only class numbers may be left, and values such as 128 and 255 have to be mapped to 1 and 2.",
        program="""
import numpy as np
import torch
from PIL import Image
from torchvision.transforms import ToTensor

picture = Image.fromarray(np.array([[0, 1], [2, 1]], dtype=np.uint8))
mask = ToTensor()(picture)
print("the mask now holds the classes", mask.long().unique().tolist())
""",
        change=(("mask = ToTensor()(picture)", "mask = torch.from_numpy(np.array(picture))"),),
        page="transforms",
        symptom=True,
        needs=("mask", "label map", "segmentation map"),
        weight=-2,
        complaints=(
            "mask|masks|label map|segmentation map & value|values|class|classes|labels & resize|resizing|"
            "interpolat|rescal|no class|not a class|new values|other values|scaled|totensor",
            "loss & 0 |zero & immediately|learns nothing|at once|first step",
        ),
    ),
    kind(
        "normalize-statistics",
        "Normalize with the values that one wants instead of those that the data have",
        "the pixels end with a mean of",
        means="`Normalize(mean, std)` subtracts the mean and divides by the deviation that it is given. The "
        "result has mean 0 and deviation 1 where these are the data's own; they are not the values that come "
        "out.",
        cure="Measure them over the training images, per channel: `x.mean((0, 2, 3))` and `x.std((0, 2, 3))` "
        "of a batch of tensors from 0 to 1. The numbers of ImageNet (0.485, ...) are for networks that were "
        "trained with them; a single image then has other values than 0 and 1.",
        program="""
import torch
from torchvision import transforms

torch.manual_seed(0)
pixels = torch.rand(1, 64, 64) * 0.2 + 0.7
normalize = transforms.Normalize((0.0,), (1.0,))
mean = normalize(pixels).mean().item()
print("the pixels end with a mean of", f"{mean:.2f}" if mean > 0.1 else "0, as wanted")
""",
        change=(
            (
                "normalize = transforms.Normalize((0.0,), (1.0,))",
                "normalize = transforms.Normalize((pixels.mean().item(),), (pixels.std().item(),))",
            ),
        ),
        page="transforms",
        symptom=True,
        weight=-3,
        complaints=(
            "normalize|normalization & mean|std|deviation & expected|wrong|not 0 |not zero|isnt 0 |isnt zero|"
            "different|not return",
        ),
    ),
)
