"""Resizing and padding tensors, mixing batches, and settings that a transform refuses."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind, sizes

_CHANNELS: Final = (1, 3, 4)


def _dimensions(found: Holes) -> str:
    given, wanted = found.get("a", ""), found.get("b", "")
    if given.isdigit() and wanted.isdigit():
        missing = int(wanted[:2]) - int(given[:2])
        return f"{given} dimensions were given, {wanted} are needed" + (
            ": mostly the batch axis is missing." if missing == 1 else "."
        )
    return _spatial(found["message"])


def _spatial(message: str) -> str:
    """What the sizes say that an input has after its batch and channels, and the size asked for."""
    before, found, after = message.partition("and output size of")
    have, want = sizes(before.rpartition("spatial dimensions of")[2]), sizes(after.partition("Please")[0])
    if not found or not have or not want:
        return ""
    said = f"After batch and channels the input has {list(have)}, and the size asked for is {list(want)}."
    if len(want) == len(have) + 1 and want[-1] in _CHANNELS:
        said += (
            f" The last of these, {want[-1]}, is a channel: give height and width only, `size={want[:2]}`. "
            "If it was taken from labels, those are color pictures and no class numbers."
        )
    elif len(have) == len(want) + 1 and have[-1] in _CHANNELS:
        said += f" The {have[-1]} at the end are the channels: `x.permute(0, 3, 1, 2)` before it."
    elif len(have) < len(want):
        said += (
            " The input lacks a dimension: `x.unsqueeze(0)` before it. A plain (height, width) needs two, "
            "`x[None, None]`."
        )
    else:
        said += " The input has a dimension too many: `x.squeeze(2)`, or give each of them a size."
    return said


KINDS: Final = (
    kind(
        "resize-dimensions",
        "Resizing a tensor whose axes do not fit",
        "Got {a#}D input, but {m} mode needs {b#}D input",
        "Input and output must have the same number of spatial dimensions",
        "Input and scale_factor must have the same number of spatial dimensions",
        "only one of size or scale_factor should be defined",
        "either size or scale_factor should be defined",
        "align_corners option can only be set with the interpolating modes",
        "Input Error: Only 3D, 4D and 5D input Tensors supported",
        "It is expected input_size equals to {b}, but got size {a}",
        "expected to have non-zero size for non-batch dimensions",
        means="`interpolate` and `nn.Upsample` need (batch, channels, height, width), and one of `size` and "
        "`scale_factor`; the size counts only what comes after batch and channels.",
        cure="One image: `image.unsqueeze(0)` before, `.squeeze(0)` after. `size=(32, 32)` for pictures. "
        "`align_corners` goes with `bilinear` and `bicubic` only. torchvision's `Resize` takes a "
        "picture or (channels, height, width) directly.",
        reads=_dimensions,
        program="""
import torch
from torch import nn

image = torch.rand(1, 28, 28)
print(nn.functional.interpolate(image, size=(32, 32), mode="bilinear").shape)
""",
        change=(("image = torch.rand(1, 28, 28)", "image = torch.rand(1, 28, 28).unsqueeze(0)"),),
        page="transforms",
    ),
    kind(
        "pad-values",
        "A padding that does not fit the tensor",
        "Padding length must be divisible by 2",
        "Padding length should be less than or equal to two times the input dimension",
        "Padding length too large",
        "padding with non-constant padding are supported",
        "{d}D tensors expect {e} values for padding",
        "Padding size should be less than the corresponding input dimension, but got",
        "padding size is expected to be",
        "Padding size {a#} is not supported for {b#}D input tensor",
        means="`F.pad` takes two numbers per axis, the last axis first: (left, right, top, bottom). "
        "`reflect`, `replicate` and `circular` pad only what comes after batch and channels, and "
        "`reflect` by less than the size itself.",
        cure="For images (left, right, top, bottom), four numbers. With `reflect`, `replicate` or "
        "`circular`, add the missing axes with `x[None]`, or pad with zeros (`mode='constant'`), which "
        "takes any tensor.",
        program="""
import torch
import torch.nn.functional as F

rows = torch.rand(3, 4)
print(F.pad(rows, (1, 1, 1, 1), mode="reflect").shape)
""",
        change=(("rows = torch.rand(3, 4)", "rows = torch.rand(3, 4)[None]"),),
        reads=lambda found: (
            f"It has {found['b']} dimensions, and {found['a']} numbers were given." if "b" in found else ""
        ),
        page="tensors",
        weight=1,
    ),
    kind(
        "picture-mode",
        "A picture of the wrong mode",
        "image has wrong mode",
        "bad transparency mask",
        "images do not match",
        "conversion from {a} to {b} not supported",
        "tile cannot extend outside image",
        "illegal image mode",
        "cannot filter palette images",
        "core.fill(mode, size, color)",
        "color must be int or",
        "color must be int, or tuple",
        "The number of elements in 'fill' does not match the number of channels",
        "not supported for mode {a}",
        means="Pillow's pictures have a mode: `L` is gray, `RGB` color, `RGBA` color with transparency, `P` "
        "numbered colors, `I;16` gray of 16 bits. Not every step takes every mode, nor a picture of no size.",
        cure="`image.convert('RGB')` (or `'L'`) right after `Image.open`, for all pictures alike. Print "
        "`image.mode, image.size`; a size with a 0 comes from a box outside of the picture.",
        program="""
from PIL import Image, ImageFilter

picture = Image.new("F", (28, 28))
print(picture.filter(ImageFilter.BLUR).size)
""",
        change=(('picture = Image.new("F", (28, 28))', 'picture = Image.new("F", (28, 28)).convert("RGB")'),),
        page="transforms",
        weight=-1,
        reads=lambda found: (
            "The color to fill with has another number of values than the picture has channels: `fill=0`, or "
            "`fill=(0,)` for a gray one in torchvision 0.5; or make the picture `RGB` first."
            if "color" in found["message"] or "'fill'" in found["message"]
            else ""
        ),
    ),
    kind(
        "mixed-batch",
        "MixUp or CutMix of something that is no labeled batch",
        "Expected a batched input with {a#} dims, but got {b#} dimensions instead",
        "num_classes must be passed if the labels are index-based",
        "labels should be index based with shape (batch_size,) or probability based",
        "When passing 2D labels, the number of elements in last dimension must match num_classes",
        "The labels must be a tensor, but got",
        "When using the default labels_getter, the input passed to forward must be",
        "Could not infer where the labels are in the sample",
        "does not support PIL images, bounding boxes, keypoints and masks",
        "The batch size of the image or video does not match the batch size of the labels",
        means="`MixUp` and `CutMix` mix samples with each other, so they take a whole batch of images with "
        "its labels, (batch, channels, height, width) and (batch,), and not one picture.",
        cure="Take it out of the dataset's transform and call it in the loop, `X, y = mixup(X, y)`, or in "
        "the loader's `collate_fn`, after `default_collate`. `MixUp(num_classes=10)` turns class numbers "
        "into shares.",
        reads=lambda found: (
            f"It got {found['b']} dimensions, and a batch of pictures has {found['a']}."
            if "b" in found
            else ""
        ),
        program="""
import torch
from torchvision.transforms import v2

image, label = torch.rand(3, 28, 28), torch.tensor([7])
print(v2.MixUp(num_classes=10)(image, label)[0].shape)
""",
        change=(
            (
                "image, label = torch.rand(3, 28, 28), torch.tensor([7])",
                "image, label = torch.rand(2, 3, 28, 28), torch.tensor([7, 1])",
            ),
        ),
        page="transforms",
    ),
    kind(
        "transform-setting",
        "A setting that the transform refuses",
        "Kernel size value should be an odd and positive number",
        "kernel_size should have odd and positive integers",
        "Please provide only two dimensions (h, w) for size",
        "is a single number, it must be positive",
        "is a single number, it must be non negative",
        "Size should be int or sequence. Got",
        "Got inappropriate size arg",
        "Got inappropriate padding arg",
        "Got inappropriate fill arg",
        "size can be an integer, a sequence of one or two integers",
        "If size is a sequence, it should have 1 or 2 values",
        "Padding must be an int or a 1, 2, or 4 element tuple",
        "Padding mode should be either constant, edge, reflect or symmetric",
        "Argument transforms should be a sequence",
        "Argument lambd should be callable",
        "num_output_channels should be either 1 or 3",
        "hue_factor ({v}) is not in [-0.5, 0.5]",
        "brightness_factor ({v}) is not non-negative",
        "contrast_factor ({v}) is not non-negative",
        "values should be between (0, inf)",
        "translation values should be between 0 and 1",
        "Scale should be between 0 and 1",
        "Random erasing probability should be between 0 and 1",
        "should be a floating point value in the interval [0.0, 1.0]",
        "Expected a sequence of callables",
        "should be a single number or a list/tuple with length",
        "should be a single number or a sequence with length",
        "should be a sequence of length",
        "Size must be an int or a 1 or 2 element tuple/list",
        "_factor ({v}) is not non-negative",
        "Scale and ratio should be of kind (min, max)",
        "kernel_size should be int or a sequence of integers",
        "sigma should be",
        "Argument interpolation should be",
        "Pass at least one transform",
        "ow = int(self.size * w / h)",
        "oh = int(self.size * h / w)",
        "Argument angle should be int or float",
        "Got inappropriate padding_mode arg",
        "Fill should be either a sequence or a number",
        "Scale should be a sequence",
        "Ratio should be a sequence",
        "must be strictly greater than the requested size for the smaller edge size",
        "max_size should only be passed if",
        "max_size must be an integer when size is None",
        "Argument translate should be a sequence",
        "Argument center should be a sequence",
        "Argument scale should be positive",
        "scale values should be positive",
        "Gamma should be a non-negative real number",
        "If sigma is a sequence",
        "If kernel_size is a sequence its length should be 2",
        "alpha should be float or a sequence of floats",
        "Argument p should be a sequence",
        "Argument value should be either a number or str or a sequence",
        "If value is str, it should be 'random'",
        "If value is a sequence, it should have either a single value",
        "is unsupported with Tensor input",
        "The number if bits should be between 0 and 8",
        "Shear should be either a single value or a sequence of two",
        "Shear should be a sequence containing two values",
        reads=lambda found: (
            "This old transform takes one number, not a pair: update torchvision, or use `Resize`."
            if "int(self.size *" in found["text"]
            else ""
        ),
        means="The transform was made with a number or a kind of value that makes no sense for it; the "
        "pictures are fine.",
        cure="Compare the arguments with the transform's documentation: sizes are one number or "
        "(height, width), probabilities and shares lie between 0 and 1, the window of a blur is odd, angles "
        "are positive, and `Compose` takes one list.",
        program="""
import torch
from torchvision.transforms import GaussianBlur

print(GaussianBlur(kernel_size=4)(torch.rand(1, 28, 28)).shape)
""",
        change=(
            (
                "print(GaussianBlur(kernel_size=4)(torch.rand(1, 28, 28)).shape)",
                "print(GaussianBlur(kernel_size=5)(torch.rand(1, 28, 28)).shape)",
            ),
        ),
        page="transforms",
        weight=-1,
    ),
)
