"""Layers and what they are given: convolutions, pooling, normalization."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind, sizes
from core.teaching.clinic.readings import channels, windows
from core.teaching.clinic.readings.assignments import overwritten


def _conv_dimensions(found: Holes) -> str:
    shape, weight = sizes(found["s"]), sizes(found.get("w", ""))
    size = len(shape)
    name = found.get("c", "")
    wanted = 3 if "1d" in name else 5 if "3d" in name else int(found.get("n", "4").strip()[:1] or 4)
    has = f"The input has shape {list(shape)}"
    if wanted == 4 and size == 3:
        one, many = f"[1, {shape[0]}, {shape[1]}, {shape[2]}]", f"[{shape[0]}, 1, {shape[1]}, {shape[2]}]"
        if shape[0] != 1 and (weight[1:2] == (1,) or (not weight and shape[0] > 4)):
            return (
                f"{has}: probably a batch of {shape[0]} gray images without their channel. `x.unsqueeze(1)` "
                f"makes it {many}; the layer is right. If it is one image of {shape[0]} channels, "
                "`x.unsqueeze(0)`."
            )
        if shape[0] == 1 or weight[1:2] == (shape[0],):
            return (
                f"{has}: probably one image without a batch, with its channels in front. `x.unsqueeze(0)` "
                f"makes it {one}; the layer is right."
            )
        return (
            f"{has}. If it is one image without a batch, `x.unsqueeze(0)` makes it {one}; if it is a batch "
            f"of samples without channels, `x.unsqueeze(1)` makes it {many}. The layer is mostly right."
        )
    if wanted == 4 and size == 2:
        return (
            f"{has}. If it is a batch of flat rows, put the convolution before the flatten, or give it its "
            "image shape back (`x.view(-1, 1, 28, 28)`); if it is one image, `x[None, None]`."
        )
    if wanted == 3 and size == 2:
        return (
            f"{has}. If it is a batch of rows without channels, `x.unsqueeze(1)` makes it "
            f"[{shape[0]}, 1, {shape[1]}]; if it is one sample of {shape[0]} channels, `x.unsqueeze(0)`."
        )
    if wanted == 3 and size == 4 and shape[1] != 1:
        return (
            f"{has}. If that is (batch, channels, height, width), write `nn.Conv2d`: old versions let a "
            "`Conv1d` with a kernel of two numbers take it. Else join two of its dimensions, as by "
            "`x.flatten(2)`."
        )
    if size == wanted + 1:
        ones = [place for place, length in enumerate(shape) if length == 1]
        place = size - 1 if shape[-1] == 1 else next((place for place in ones if place), 0)
        way = f"`x.squeeze({place})`" if ones else "`x.flatten(0, 1)` if the first two count samples"
        return f"{has}, one dimension too many: {way}, or no `stack` or `unsqueeze` before."
    return f"{has}; {wanted} dimensions are wanted." if size != wanted else f"{has}."


def _empty(found: Holes) -> str:
    """What a pooling says of a tensor of the right number of dimensions that is empty."""
    shape = sizes(found["message"].rpartition("got")[2][:60])
    if len(shape) < 3 or 0 not in shape[1:]:
        return ""
    return (
        f"The input has shape {list(shape)}: it is empty, since a layer before, or the cutting of the "
        "picture, left nothing of it. Print `x.shape` layer by layer."
    )


def _normalized(found: Holes) -> str:
    given = found.get("n", "").strip()
    if given == "3" and "expected 4d" in found["message"].lower():
        return (
            "It was given 3 dimensions. If that is one image without a batch, `x.unsqueeze(0)` adds it, and "
            "the layer is right; if it is (batch, channels, length), as of a `Conv1d`, take `nn.BatchNorm1d`."
        )
    if given == "1":
        return (
            "It was given 1 dimension: usually a `squeeze()` took the batch away where it had one sample, as "
            "the last of an epoch may. `x.flatten(1)` in its place, or `drop_last=True` in the loader; a "
            "single sample of yours needs `x.unsqueeze(0)`."
        )
    if given == "5":
        return (
            "It was given 5 dimensions: (batch, channels, depth, height, width) is for `nn.BatchNorm3d`. If "
            "there should be four, print the shape after the layer before."
        )
    twice = overwritten(found["text"])
    if twice:
        return twice
    return f"It was given {given} dimensions." if given.isdigit() else ""


_ORDER: Final = {2: " (channels × height × width)", 3: " (channels × depth × height × width)"}


def _shape_of(found: Holes) -> str:
    shape = sizes(found.get("s", ""))
    if not shape:
        return ""
    return (
        f"The input has shape {list(shape)}: with a batch of {shape[0]}, there is one value per "
        "channel, and no spread."
    )


KINDS: Final = (
    kind(
        "conv-channels",
        "A convolution was given another number of channels",
        (
            "Given groups={g#}, weight of size [{w}], expected input[{i}] to have {a#} channels, but "
            "got {b#} channels instead"
        ),
        (
            "Given groups={g#}, weight[{w}], so expected input[{i}] to have {a#} channels, but got "
            "{b#} channels instead"
        ),
        (
            "Given transposed={g#}, weight of size [{w}], expected input[{i}] to have {a#} channels, "
            "but got {b#} channels instead"
        ),
        "Need input.size[1] == {a#} but got {b#} instead",
        "Need input of dimension {n#} and input.size[1] == {a#} but got input to be of shape: [{i}]",
        "to have {a#} channels, but got {b#} channels instead",
        "Given groups={g#}, weight of size [{w}], expected input[",
        means="A convolution's weights are made for one number of input channels, which is dimension 1 of a "
        "batch: (batch, channels, height, width), or (batch, channels, length) in `Conv1d`.",
        cure=(
            "Set the first argument of that convolution to the channels that arrive, or bring the input "
            "to what it takes."
        ),
        reads=lambda found: channels.channels(found) if "a" in found else "",  # the message may be cut off
        holds=lambda found: "n" not in found or str(len(sizes(found["i"]))) == found["n"],
        program="""
import torch
from torch import nn

images = torch.rand(8, 1, 28, 28)
print(nn.Conv2d(3, 16, 3)(images).shape)
""",
        change=(("print(nn.Conv2d(3, 16, 3)(images).shape)", "print(nn.Conv2d(1, 16, 3)(images).shape)"),),
        page="model",
    ),
    kind(
        "conv-dimensions",
        "A convolution or a pooling was given the wrong number of dimensions",
        "Expected 3D (unbatched) or 4D (batched) input to {c}, but got input of size: [{s}]",
        "Expected 2D (unbatched) or 3D (batched) input to {c}, but got input of size: [{s}]",
        "Expected 4D (unbatched) or 5D (batched) input to {c}, but got input of size: [{s}]",
        (
            "Expected {n}-dimensional input for {m}-dimensional weight [{w}], but got "
            "{k}-dimensional input of size [{s}] instead"
        ),
        (
            "Expected {n}-dimensional input for {m}-dimensional weight {w}, but got "
            "{k}-dimensional input of size [{s}] instead"
        ),
        ("Expected {n}-dimensional input for {m}-dimensional weight {w}, but got input of size {s} instead"),
        "Expected {n}-dimensional input for {m}-dimensional weight",
        "Need input of dimension {n#}",
        "expected 4D tensor as input, got",
        "expected 3D tensor as input, got",
        "Expected {n#}-dimensional tensor, but got {k#}-dimensional tensor for argument",
        "Need input of dimension {n#} and input.size[1] == {c#} but got input to be of shape: [{s}]",
        "non-empty 3D or 4D (batch mode) tensor expected for input",
        "Expected 3D or 4D (batch mode) tensor",
        "Expected 4D tensor as input, got",
        "Expected 2D or 3D (batch mode) tensor",
        "Expected tensor for argument #1 'self' to have 3 dimensions",
        "to be a single integer value or a list of {n#} values to match the convolution dimensions",
        "max_pool2d: Expected 4D",
        "3D tensor expected",
        "4D tensor expected",
        "non-empty 3D or 4D input tensor expected but got",
        "non-empty 4D data tensor expected",
        "max_pool2d() Expected 3D or 4D tensor",
        "adaptive_avg_pool2d(): Expected 3D or 4D tensor",
        "Expected 3D or 4D input tensor",
        means=(
            "`Conv2d` and `MaxPool2d` take (batch, channels, height, width), `Conv1d` and `MaxPool1d` "
            "(batch, channels, length), and none of the sizes after the batch may be 0."
        ),
        cure=(
            "Print `x.shape`. For a single image add the batch: `x.unsqueeze(0)`. The layer itself "
            "is usually right."
        ),
        trap="Do not change the layer's channels for this: a missing batch dimension shifts all the "
        "others, and then the sizes only look wrong.",
        reads=lambda found: _conv_dimensions(found) if "s" in found else _empty(found),
        holds=lambda found: "c" not in found or str(len(sizes(found["s"]))) != found.get("n"),
        program="""
import torch
from torch import nn

image = torch.rand(28, 28)
print(nn.Conv2d(1, 16, 3)(image).shape)
""",
        change=(
            (
                "print(nn.Conv2d(1, 16, 3)(image).shape)",
                "print(nn.Conv2d(1, 16, 3)(image[None, None]).shape)",
            ),
        ),
        page="model",
    ),
    kind(
        "kernel-too-large",
        "The window is larger than what it slides over",
        (
            "Calculated padded input size per channel: ({a}). Kernel size: ({b}). Kernel size can't "
            "be greater than actual input size"
        ),
        (
            "Calculated padded input size per channel: ({a}). Kernel size: ({b}). Kernel size can't "
            "greater than actual input size"
        ),
        (
            "Calculated input size: ({a}). Kernel size: ({b}). Kernel size can't greater than actual "
            "input size"
        ),
        (
            "Calculated padded input size per channel: ({a}). Kernel size: ({b}). Kernel size can't "
            "be greater than the actual input size"
        ),
        "Kernel size can't be greater than actual input size",
        "Kernel size can&#39;t be greater than actual input size",
        means=(
            "The window has to fit into the input with its padding. Each convolution without padding and "
            "each pooling before it makes the image smaller."
        ),
        cure="Use larger images, `padding=1` with 3 × 3 windows, or fewer poolings. Networks made for 224 "
        "× 224 pixels shrink the image by 32: 28 × 28 needs a `Resize`. If no layer has shrunk it yet, the "
        "dimensions may be in another order: `Conv1d` takes (batch, channels, length).",
        reads=windows.kernel,
        program="""
import torch
from torch import nn

shrink = nn.MaxPool2d(8)
print(nn.Conv2d(1, 4, 5)(shrink(torch.rand(8, 1, 28, 28))).shape)
""",
        change=(("shrink = nn.MaxPool2d(8)", "shrink = nn.MaxPool2d(2)"),),
        page="model",
    ),
    kind(
        "output-too-small",
        "A layer, or a resize, leaves nothing of the image",
        "Given input size: ({a}). Calculated output size: ({b}). Output size is too small",
        "Output size is too small",
        "Input and output sizes should be greater than 0",
        means=(
            "A pooling divides height and width, mostly by the size of its window; once they are smaller "
            "than the window, nothing is left. `F.interpolate` says it of an input that is empty already, or "
            "of a scale that makes 0 of it."
        ),
        cure="Use larger images or fewer poolings. Networks made for 224 × 224 pixels halve the image five "
        "times: give them images of that size with `Resize((224, 224))`.",
        reads=lambda found: (
            f"It was given {found['a']}{_ORDER.get(found['a'].count('x'), '')} and would give {found['b']}."
            + (" Inception v3 takes pictures of 299 × 299." if "inception" in found["text"].lower() else "")
            if "a" in found
            else ""
        ),
        program="""
import torch
from torch import nn

shrink = nn.Sequential(*[nn.MaxPool2d(2) for _ in range(5)])
print(shrink(torch.rand(8, 1, 28, 28)).shape)
""",
        change=(
            (
                "shrink = nn.Sequential(*[nn.MaxPool2d(2) for _ in range(5)])",
                "shrink = nn.Sequential(*[nn.MaxPool2d(2) for _ in range(4)])",
            ),
        ),
        page="model",
    ),
    kind(
        "batch-norm-one",
        "Batch norm over a single value per channel",
        "Expected more than 1 value per channel when training, got input size torch.Size([{s}])",
        "Expected more than 1 value per channel when training, got input size [{s}]",
        "Expected more than 1 value per channel when training",
        means=(
            "In training, batch norm takes mean and spread of each channel over the batch; of a single value "
            "there is no spread."
        ),
        cure="For prediction, call `model.eval()` first. In training, the last batch of an epoch is the "
        "usual culprit: `DataLoader(..., drop_last=True)`, or another batch size.",
        trap=(
            "Leaving the batch at one and switching to `eval()` during training keeps the statistics "
            "from being learned."
        ),
        reads=_shape_of,
        program="""
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))
print(model(torch.rand(1, 4)).shape)
""",
        change=(
            ("print(model(torch.rand(1, 4)).shape)", "model.eval()\nprint(model(torch.rand(1, 4)).shape)"),
        ),
        page="model",
    ),
    kind(
        "batch-norm-dimensions",
        "A normalization was given the wrong number of dimensions",
        "expected 4D input (got {n}D input)",
        "expected 2D or 3D input (got {n}D input)",
        "expected 5D input (got {n}D input)",
        "expected 3D or 4D input (got {n}D input)",
        "expected 2D input (got {n}D input)",
        "expected 3D input (got {n}D input)",
        means=(
            "`BatchNorm1d` takes (batch, features) or (batch, channels, length), `BatchNorm2d` takes (batch, "
            "channels, height, width)."
        ),
        cure=(
            "After a flatten or a `Conv1d` use `BatchNorm1d`, after a `Conv2d` `BatchNorm2d`. If only the "
            "batch is missing: `x.unsqueeze(0)`."
        ),
        reads=_normalized,
        program="""
import torch
from torch import nn

model = nn.Sequential(nn.Flatten(), nn.BatchNorm2d(784))
print(model(torch.rand(8, 1, 28, 28)).shape)
""",
        change=(
            (
                "model = nn.Sequential(nn.Flatten(), nn.BatchNorm2d(784))",
                "model = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(784))",
            ),
        ),
        page="model",
    ),
)
