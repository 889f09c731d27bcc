"""A pipeline of transforms as a program, and what each stage of it makes of one image.

The program that a page shows is the text that is executed here. torchvision's transforms draw from the global
generator, which is one of the program's own (`core.teaching.snippets.chance`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from core.errors import TransformError
from core.teaching.transforms.catalogue import CATALOGUE
from core.teaching.transforms.pipeline import Pipeline, TransformStep, check_length

MAX_DRAWS: Final = 12
BINS: Final = 32


def to_code(pipeline: Pipeline, *, index: int, train: bool, seed: int, draws: int, root: str = "data") -> str:
    """The pipeline as a program that applies it to one image, stage by stage and then several times over.

    It leaves `steps` (what came out of each stage) and `draws` (whole applications, the first with the same
    random numbers as `steps`).

    Args:
        pipeline: The stages.
        index: The image, a position in the split.
        train: Whether it is a training image.
        seed: Of the random numbers.
        draws: How often the whole pipeline is applied, 1 to 12.
        root: Folder of the dataset.

    Raises:
        TransformError: The seed, the draws or the length are out of range.
    """
    check_length(pipeline)
    if not 1 <= draws <= MAX_DRAWS:
        raise TransformError(f"The draws must be between 1 and {MAX_DRAWS}, not {draws}.")
    if not 0 <= seed < 2**31 or index < 0:
        raise TransformError(
            "The seed must be a whole number from 0 to 2,147,483,647, and the index not negative."
        )
    names = "ToTensor, v2" if any(stage.kind == "totensor" for stage in pipeline) else "v2"
    listed = "".join(f"    {stage.code},\n" for stage in pipeline)
    return (
        "import torch\n"
        "from torchvision import datasets\n"
        f"from torchvision.transforms import {names}\n"
        "\n"
        f"root = {root!r}\n"
        f"dataset = datasets.FashionMNIST(root=root, train={train}, download=True)\n"
        f"image, label = dataset[{index}]  # a PIL image, 28 x 28, and its class\n"
        "\n"
        f"stages = [\n{listed}]\n"
        "\n"
        "# one application, stage by stage\n"
        f"torch.manual_seed({seed})  # transforms draw from the global generator\n"
        "steps, x = [], image\n"
        "for stage in stages:\n"
        "    x = stage(x)\n"
        "    steps.append(x)\n"
        '    shape = tuple(x.shape) if isinstance(x, torch.Tensor) else "PIL image"\n'
        "    print(type(stage).__name__, shape)\n"
        "\n"
        f"# the whole pipeline, {draws} times over\n"
        f"torch.manual_seed({seed})\n"
        f"transform = {'v2.Compose(stages)' if pipeline else 'v2.Identity()'}\n"
        f"draws = [transform(image) for _ in range({draws})]\n"
    )


@dataclass(frozen=True, eq=False)
class Picture:
    """What came out of a stage, described."""

    type: str
    """`PIL image` or `tensor`."""
    dtype: str
    """Such as `uint8`."""
    shape: tuple[int, ...]
    """As printed; a PIL image's is its height and width."""
    low: float
    """Smallest value."""
    high: float
    """Largest value."""
    mean: float
    """Mean value."""
    std: float
    """Standard deviation of the values (population)."""
    pixels: Tensor
    """float32, H x W, in [0, 1], for the screen."""
    stretched: bool
    """Whether `pixels` were stretched because values lie outside [0, 1]."""
    counts: tuple[int, ...]
    """Of 32 bins between `edges[0]` and `edges[-1]`."""
    edges: tuple[float, ...]
    """33 values."""


def read_picture(value: object) -> Picture:
    """Describe a PIL image or a tensor of a gray image.

    Raises:
        TransformError: It is neither.
    """
    if isinstance(value, Tensor):
        type_, tensor = "tensor", value.detach().as_subclass(Tensor)
        shape = tuple(tensor.shape)
    else:
        import numpy as np

        type_, tensor = "PIL image", torch.from_numpy(np.array(value))
        shape = tuple(tensor.shape)
    if tensor.ndim == 3 and tensor.shape[0] == 1:
        tensor = tensor[0]
    if tensor.ndim != 2 or tensor.numel() == 0:
        raise TransformError(f"The result is not a gray image: its shape is {shape}.")
    numbers = tensor.to(torch.float64)
    low, high = float(numbers.min()), float(numbers.max())
    dtype = str(tensor.dtype).removeprefix("torch.")
    top = 255.0 if tensor.dtype == torch.uint8 else 1.0
    stretched = low < -1e-6 or high > top + 1e-6
    pixels = (numbers - low) / max(high - low, 1e-12) if stretched else numbers / top
    start, stop = (low, high) if stretched else (0.0, top)
    counts = torch.histc(numbers, bins=BINS, min=start, max=stop).long()
    edges = torch.linspace(start, stop, BINS + 1, dtype=torch.float64)
    return Picture(
        type_, dtype, shape, low, high, float(numbers.mean()), float(numbers.std(correction=0)),
        pixels.float(), stretched, tuple(counts.tolist()), tuple(edges.tolist()),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class PipelineResult:
    """What running a pipeline's program gave."""

    code: str
    """The program that ran."""
    printed: str
    """What it printed."""
    original: Picture
    """The image as it was."""
    steps: tuple[Picture, ...]
    """What came out of each stage that ran."""
    draws: tuple[Picture, ...]
    """Whole applications."""
    error: str = ""
    """Why the stage after the last of `steps` failed, one sentence; empty if all ran."""


def run_pipeline(
    pipeline: Pipeline,
    *,
    index: int,
    train: bool,
    seed: int,
    draws: int,
    root: str,
    compute: Callable[..., Any] | None = None,
) -> PipelineResult:
    """Execute `to_code(...)`, and describe what it made.

    Args:
        pipeline: The stages.
        index: The image, a position in the split.
        train: Whether it is a training image.
        seed: Of the random numbers.
        draws: How often the whole pipeline is applied, 1 to 12.
        root: Folder of the dataset.
        compute: Where it is given, calls the function that it is given by name, apart from the server.

    Raises:
        TransformError: A number is out of range, or the image is not there.
    """
    code = to_code(pipeline, index=index, train=train, seed=seed, draws=draws, root=root)
    name = f"{__name__}:execute_pipeline"
    printed, made, error = compute(name, code=code) if compute is not None else execute_pipeline(code)
    if "image" not in made:
        raise TransformError(f"There is no image {index:,} in this split.")
    original, steps, shown = (
        tuple(Picture(**described) for described in made[key]) for key in ("image", "steps", "draws")
    )
    sentence = ""
    if error is not None:
        sentence = _explain(pipeline[len(steps)], steps[-1] if steps else original[0], error)
    return PipelineResult(code, printed, original[0], steps, shown, sentence)


def execute_pipeline(
    code: str, report: Callable[[float], None] = lambda share: None
) -> tuple[str, dict[str, list[dict[str, Any]]], str | None]:
    """Run a pipeline's program and describe what it made, as plain values for `core.system.apart`.

    Returns:
        What it printed, the fields of a `Picture` for each of `image`, `steps` and `draws`, and one sentence
        if it failed.
    """
    from core.teaching.snippets.runner import execute

    printed, namespace, error = execute(code)
    made: dict[str, list[dict[str, Any]]] = {}
    if "image" in namespace:
        values = {
            "image": [namespace["image"]],
            "steps": namespace.get("steps", []),
            "draws": namespace.get("draws", []) if error is None else [],
        }
        made = {key: [vars(read_picture(value)) for value in shown] for key, shown in values.items()}
    return printed, made, error


def _explain(stage: TransformStep, before: Picture, error: str) -> str:
    """One sentence on why a stage failed: PyTorch's own words and what to do."""
    title = CATALOGUE[stage.kind].title
    got = "a PIL image" if before.type == "PIL image" else f"a {before.dtype} tensor"
    remedy = ""
    if before.type == "PIL image":
        remedy = " Put ToImage before it."
    elif before.dtype == "uint8":
        remedy = " Put ToDtype before it."
    elif stage.kind == "totensor":
        remedy = " It is made for PIL images: let it be the first stage."
    said = error.partition("“")[2].rpartition("”")[0] or error.partition(": ")[2]
    words = " ".join(said.split())[:200].rstrip(".")
    return f"{title} does not take {got}. PyTorch says: “{words}”.{remedy}"
