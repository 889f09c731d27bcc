"""Transforms, and pictures on their way through them."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind, sizes


def _type_of(found: Holes) -> str:
    if "permitted channel values" in found["message"]:
        return (
            "The channels are the last dimension but two. If the tensor is (height, width, channels): "
            "`x.permute(2, 0, 1)`. If the picture has transparency: `image.convert('RGB')`."
        )
    told = found.get("t", "").removeprefix("<class ").partition(">")[0]
    given = next(iter(told.split()), "").strip("<>'\"`.")[:50]
    hints = {
        "numpy.ndarray": " `Image.fromarray(x)`, or `ToPILImage()` before it, makes a picture of an array.",
        "torch.Tensor": (
            " It is a tensor already: put this transform before `ToTensor()`, or update torchvision, whose "
            "newer transforms take tensors too."
        ),
    }
    if given == "torch.Tensor" and "image or ndarray" in found["text"].lower():
        return "It was given: torch.Tensor. It is a tensor already: leave this `ToTensor()` out."
    if given.startswith("torchvision.datasets."):
        return (
            f"It was given: {given}, a whole dataset. A transform takes one picture: hand it to the dataset, "
            "`CIFAR10(..., transform=transform)`, which applies it to each picture that is asked for."
        )
    if given.isdigit() and "channels" in found["message"]:
        return (
            f"It has {given} channels, counted where a picture has them: an array is (height, width, "
            "channels)."
        )
    if given.isdigit():
        return f"It has {given} dimensions."
    return f"It was given: {given}.{hints.get(given, '')}" if given else ""


def _normalized(found: Holes) -> str:
    message = found["message"]
    if message.lower().startswith("std"):
        return "A deviation is 0 (or became 0 when it was cut to whole numbers), and nothing divides by 0."
    shape = sizes(message.partition("orch.Size(")[2].partition(")")[0])
    if len(shape) == 4:
        return (
            f"It was given the shape {list(shape)}, a whole batch, which torchvision before 0.8 does not "
            "take: normalize image by image (in the dataset's transform), or update torchvision."
        )
    if shape:
        return f"It was given the shape {list(shape)}."
    return _type_of(found)


def _to_picture(found: Holes) -> str:
    given = next(iter(found.get("t", "").removeprefix("<class ").split()), "").strip("<>'\"`.,")[:50]
    if "Input pic" in found["message"]:
        return (
            "torchvision looked at its number type and found none that a picture can have: print `x.dtype` "
            "and `x.shape`; values from 0 to 1 as float32, those up to 255 as uint8."
        )
    if "ensor" not in given:
        return f"It was given {given}." if given else ""
    return (
        f"It was given a {given}, which is a tensor: older torchvision says so where its axes are not "
        "(channels, height, width). One axis more: `x[0]`; one less: `x.unsqueeze(0)`."
    )


_NUMBERS: Final = ("float", "int", "uint", "bool", "complex")


def _no_picture(found: Holes) -> str:
    """What the ending of the file tells, if it is not one of pictures."""
    name = found.get("k", "").strip("'\" ").split("'")[0].replace(chr(92), "/").rpartition("/")[2]
    stem, _, ending = name.rpartition(".")
    if name.startswith("._") or "/._" in found["message"]:
        return "It begins with `._`: macOS leaves such files beside the real ones, and they are no pictures."
    if name == ".DS_Store":
        return "`.DS_Store` is a hidden file of the Mac, no picture: leave it out of the list of files."
    if not stem or not ending.isalnum() or f".{ending.lower()}" in _ENDINGS:
        return ""
    return (
        f"By its ending `{name[:60]}` is no picture, so the list of files takes in too much: keep those that "
        "end in `.jpg`, `.jpeg` or `.png`, and see which folder is searched."
    )


_ENDINGS: Final = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".jfif")

KINDS: Final = (
    kind(
        "broken-picture",
        "A picture that cannot be read",
        "cannot identify image file {k}",
        "Error handling image at: {k}",
        "image file is truncated",
        "broken data stream when reading image file",
        means="What was to be read is no picture, is damaged or cut off, or is of a format that Pillow does "
        "not know.",
        cure=(
            "Find it (the message or `__getitem__`'s path names it), then delete or replace it. "
            "Check all files once with `Image.open(path).verify()`."
        ),
        reads=_no_picture,
        trap="`ImageFile.LOAD_TRUNCATED_IMAGES = True` reads half pictures and trains on gray bars.",
        program="""
import io

from PIL import Image

file = io.BytesIO(b"<html>not found</html>")
print(Image.open(file))
""",
        change=(
            (
                'file = io.BytesIO(b"<html>not found</html>")',
                'file = io.BytesIO()\nImage.new("L", (4, 4)).save(file, "png")',
            ),
        ),
        page="datasets",
    ),
    kind(
        "to-tensor",
        "ToTensor or ToPILImage of something that is no picture",
        "pic should be PIL Image or ndarray. Got {t}",
        "pic should be 2/3 dimensional. Got {t}",
        "pic should be 2 or 3 dimensional. Got {t}",
        "pic should not have > 4 channels. Got {t}",
        "Unsupported inputs type",
        means=(
            "`ToTensor` turns a picture or an array into a tensor, `ToPILImage` the other way; here the "
            "input is of another type, or of a shape that no picture has: two or three dimensions, and 4 "
            "channels at most."
        ),
        cure=(
            "Leave `ToTensor()` out if the data is a tensor already, or put it once, in its place: "
            "after what works on pictures, before `Normalize`."
        ),
        reads=_type_of,
        program="""
import torch
from torchvision.transforms import ToTensor

print(ToTensor()(torch.rand(1, 28, 28)).shape)
""",
        change=(("print(ToTensor()(torch.rand(1, 28, 28)).shape)", "print(torch.rand(1, 28, 28).shape)"),),
        page="transforms",
    ),
    kind(
        "transform-order",
        "A transform met another kind of picture or tensor than it takes",
        "Input tensor should be a torch tensor. Got {t}",
        "tensor should be a torch tensor. Got {t}",
        "tensor is not a torch image",
        "img should be PIL Image. Got {t}",
        "img is not PIL Image",
        "Input image tensor permitted channel values are",
        "Unexpected type <class",
        "img should be PIL Image or Tensor. Got {t}",
        "img should be Tensor. Got {t}",
        "pic should be PIL Image. Got {t}",
        "Input img should be Tensor",
        "Only torch.uint8 image tensors are supported, but found {t}",
        "img should be Tensor Image. Got {t}",
        means="Some transforms take pictures, some take tensors, and some of these only certain types or "
        "numbers of channels. Mostly the order is wrong.",
        cure="Pictures first (`Resize`, `RandomCrop`, `Grayscale`), then `ToTensor()`, then what "
        "takes tensors (`Normalize`, `RandomErasing`).",
        reads=_type_of,
        program="""
from PIL import Image
from torchvision.transforms import Compose, Normalize, ToTensor

transform = Compose([Normalize((0.5,), (0.5,)), ToTensor()])
print(transform(Image.new("L", (28, 28))).shape)
""",
        change=(
            (
                "transform = Compose([Normalize((0.5,), (0.5,)), ToTensor()])",
                "transform = Compose([ToTensor(), Normalize((0.5,), (0.5,))])",
            ),
        ),
        page="transforms",
    ),
    kind(
        "normalize-input",
        "Normalize of something that is no picture in floating point",
        "Input tensor should be a float tensor. Got {t}",
        "Expected tensor to be a tensor image of size",
        "std evaluated to zero after conversion to {t}",
        means="`Normalize` computes (x - mean) / std per channel. It needs a tensor (channels, height, "
        "width) of floating-point numbers and deviations above 0.",
        cure="`ToTensor()` before it turns a picture into floats from 0 to 1; for a uint8 tensor "
        "`ConvertImageDtype(torch.float32)`. Print `x.shape` and `x.dtype` to see which of the two is off.",
        reads=_normalized,
        program="""
import torch
from torchvision.transforms import Normalize

pixels = torch.zeros(1, 28, 28, dtype=torch.uint8)
print(Normalize((0.5,), (0.5,))(pixels).shape)
""",
        change=(
            (
                "print(Normalize((0.5,), (0.5,))(pixels).shape)",
                "print(Normalize((0.5,), (0.5,))(pixels.float() / 255).shape)",
            ),
        ),
        page="transforms",
    ),
    kind(
        "crop-size",
        "A crop larger than the picture",
        "Required crop size {a} is larger than input image size {b}",
        "Required crop size",
        "is larger than then input image size",
        "empty range for randrange()",
        means=(
            "`RandomCrop` cuts a piece out of the picture, and some picture is smaller than the piece. "
            "`empty range for randrange()` without a crop in the traceback is a `random.randint(a, b)` of "
            "yours with b below a."
        ),
        cure="`Resize` before it, or `RandomCrop(size, pad_if_needed=True)`, or `RandomResizedCrop`.",
        reads=lambda found: (
            f"The crop is {found['a'].strip()}, the picture {found['b'].strip()[:16].rstrip('. ')}."
            if "a" in found
            else ""
        ),
        program="""
import torch
from torchvision.transforms import RandomCrop

print(RandomCrop(32)(torch.rand(1, 28, 28)).shape)
""",
        change=(
            (
                "print(RandomCrop(32)(torch.rand(1, 28, 28)).shape)",
                "print(RandomCrop(32, pad_if_needed=True)(torch.rand(1, 28, 28)).shape)",
            ),
        ),
        page="transforms",
        excludes=("randrange() random.py",),
    ),
    kind(
        "to-pil",
        "ToPILImage of something that cannot become a picture",
        "Input type {t} is not supported",
        "pic should be Tensor or ndarray. Got {t}",
        "cannot write mode {m} as",
        "Input pic must be a torch.Tensor or NumPy ndarray, not {t}",
        "KeyError: (({k}), '",
        means="A picture holds whole numbers from 0 to 255 (uint8), or floating-point numbers from 0 to "
        "1. Other types, such as int64, cannot be turned into one; older versions refuse float64 as well.",
        cure="Before it: `array.astype(np.uint8)` for numbers up to 255, `tensor.float()` for those up to 1. "
        "Leave `ToPILImage` out where the data is a picture already.",
        reads=_to_picture,
        program="""
import numpy as np
from torchvision import transforms

picture = np.zeros((28, 28), dtype=np.int64)
print(transforms.ToPILImage()(picture).size)
""",
        change=(
            ("picture = np.zeros((28, 28), dtype=np.int64)", "picture = np.zeros((28, 28), dtype=np.uint8)"),
        ),
        page="transforms",
        holds=lambda found: (
            any(words in found["message"] for words in ("pic should be", "cannot write mode", "Input pic"))
            or found.get("t", "int").strip().rstrip("0123456789") in _NUMBERS
        ),
    ),
    kind(
        "draw-range",
        "A picture drawn in wrong colors, or cut off to its range",
        "Clipping input data to the valid range for imshow with RGB data",
        "numbers outside of 0 to 1",
        means="Matplotlib wants floating-point colors from 0 to 1 (or whole numbers from 0 to 255), and "
        "height × width × channels. After `Normalize` the numbers lie around 0, and what is outside is cut "
        "off.",
        cure="For the drawing only, undo it: `image * std[:, None, None] + mean[:, None, None]`, then "
        "`.clamp(0, 1).permute(1, 2, 0)`. Floating-point numbers up to 255: `image / 255`. Colors that are "
        "exchanged (blue faces) come from OpenCV, which reads blue first: `image[:, :, ::-1]`. A gray "
        "picture in green and violet: `cmap='gray'`.",
        trap="For the training, normalized data is right: leave it as it is.",
        program="""
import torch
from torchvision.transforms import Normalize

image = Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))(torch.tensor([0.1, 0.5, 0.9]).view(3, 1, 1))
shown = image
print("numbers", "outside of 0 to 1" if shown.min() < 0 else "from 0 to 1")
""",
        change=(("shown = image", "shown = image * 0.5 + 0.5"),),
        page="transforms",
        symptom=True,
        weight=-6,
        complaints=(
            "image|images|picture|pictures|colors|colou|photo & weird|strange|wrong|distorted|dark|green|"
            "blue|purple|yellow|noisy|inverted & imshow|matplotlib|plot|show|display|visualiz|draw",
        ),
    ),
    kind(
        "imread-none",
        "OpenCV was given no picture, or one with other channels",
        "error: (-215:Assertion failed) !_src.empty() in function",
        "error: (-215:Assertion failed) !ssize.empty() in function",
        "error: (-215) !_src.empty() in function",
        "error: (-215) ssize.width > 0 && ssize.height > 0",
        "error: (-215) scn == 3 || scn == 4 in function",
        means="`cv2.imread` gives None, and no error, where there is no file or no picture; the next "
        "function meets nothing. A video at its end (`cap.read()`) and a piece cut outside of the picture "
        "are empty as well. `scn == 3` also wants colors, where a gray picture has none.",
        cure="Print the path just before `imread`, and check `Path(path).exists()`: folder, file ending, "
        "slashes. After it: `if image is None: raise FileNotFoundError(path)`.",
        program="""
import cv2

image = cv2.imread("no_such_picture.png")
print(cv2.cvtColor(image, cv2.COLOR_BGR2RGB).shape)
""",
        change=(
            (
                'image = cv2.imread("no_such_picture.png")',
                'image = cv2.imread("picture.png")\nassert image is not None, "no such picture"',
            ),
        ),
        page="datasets",
        runs="elsewhere",
    ),
)
