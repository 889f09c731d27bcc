"""The pipelines a visitor builds from the catalogue.

A pipeline is data: kinds from the catalogue with bounded numbers. It can be written into a link
(`write_pipeline`) and turned into settings of a training run (`to_training`);
`core.teaching.transforms.program` writes it as a program.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.data import MEAN, STD
from core.errors import TransformError
from core.teaching.transforms.catalogue import CATALOGUE, Number
from core.text import quoted

MAX_STAGES: Final = 8
MAX_SPEC: Final = 240  # characters


@dataclass(frozen=True)
class TransformStep:
    """One transform of a pipeline with its numbers."""

    kind: str
    """Its id in `CATALOGUE`."""
    values: tuple[Number, ...] = ()
    """One number per parameter, in the catalogue's order; checked and rounded to the parameter's step."""

    def __post_init__(self) -> None:
        if self.kind not in CATALOGUE:
            raise TransformError(f"There is no transform {quoted(self.kind)} here.")
        parameters = CATALOGUE[self.kind].parameters
        if len(self.values) > len(parameters):
            raise TransformError(
                f"{CATALOGUE[self.kind].title} takes {len(parameters)} numbers, not {len(self.values)}."
            )
        given = (*self.values, *(p.default for p in parameters[len(self.values) :]))
        checked = tuple(p.check(value) for p, value in zip(parameters, given, strict=True))
        object.__setattr__(self, "values", checked)

    @property
    def settings(self) -> Mapping[str, Number]:
        """The numbers by name."""
        return {p.name: value for p, value in zip(CATALOGUE[self.kind].parameters, self.values, strict=True)}

    @property
    def code(self) -> str:
        """The expression that makes this transform."""
        kind = CATALOGUE[self.kind]
        texts = {
            p.name: p.options[int(value)] if p.options else repr(value)
            for p, value in zip(kind.parameters, self.values, strict=True)
        }
        return kind.code.format(**texts)


Pipeline = tuple[TransformStep, ...]

DEFAULT_PIPELINE: Final = "image~float~norm"

PRESETS: Final = {
    "The tutorial's ToTensor": "totensor",
    "Float and normalize": DEFAULT_PIPELINE,
    "Augment for training": "image~crop_28_2~flip~float~norm~erase",
    "Turn, shift and scale": "image~float~affine_20_0.1_0.8_10",
    "Spoil the picture": "image~float~blur~noise_0.15",
    "The wrong order": "norm~image~float",
}
"""Pipelines to start from, by name."""


def read_pipeline(text: str) -> Pipeline:
    """Read a pipeline from a link: stages between `~`, each an id and its numbers between `_`.

    Raises:
        TransformError: The text is not such a pipeline.
    """
    if len(text) > MAX_SPEC:
        raise TransformError(f"A pipeline's link has at most {MAX_SPEC} characters, not {len(text):,}.")
    stages = []
    for part in text.split("~") if text else []:
        name, *numbers = part.split("_")
        try:
            values = tuple(float(number) for number in numbers if _plain(number))
        except ValueError:
            raise TransformError(f"{quoted(part)} in the link is not a transform with its numbers.") from None
        stages.append(TransformStep(name, values))
    return check_length(tuple(stages))


def write_pipeline(pipeline: Pipeline) -> str:
    """The pipeline as a link carries it; numbers at the end that are the defaults are left out."""
    parts = []
    for stage in pipeline:
        values = list(stage.values)
        defaults = [p.default for p in CATALOGUE[stage.kind].parameters]
        while values and values[-1] == defaults[len(values) - 1]:
            values.pop()
        parts.append("_".join([stage.kind, *(f"{value:g}" for value in values)]))
    return "~".join(parts)


def check_length(pipeline: Pipeline) -> Pipeline:
    """The pipeline, if it has at most `MAX_STAGES` stages.

    Raises:
        TransformError: It has more.
    """
    if len(pipeline) > MAX_STAGES:
        raise TransformError(f"A pipeline has at most {MAX_STAGES} stages here, not {len(pipeline)}.")
    return pipeline


def _plain(number: str) -> bool:
    if len(number) > 10 or not set(number) <= set("0123456789.-"):
        raise ValueError(number)
    return True


def to_training(pipeline: Pipeline) -> tuple[dict[str, int | bool | str], tuple[str, ...]]:
    """What of a pipeline a training run can do on whole batches.

    Returns:
        Fields of `DataConfig` that differ from their defaults, and a sentence for each stage that is not
        carried over as it stands.
    """
    fields: dict[str, int | bool | str] = {}
    notes: list[str] = []
    for stage in pipeline:
        title, settings = CATALOGUE[stage.kind].title, stage.settings
        if stage.kind in ("image", "float", "totensor"):
            continue  # every run scales to float in [0, 1]
        if stage.kind == "norm":
            fields["normalize"] = "fashion_mnist"
            if stage.values != (MEAN, STD):
                notes.append(f"Normalize: training uses {MEAN:.4f} and {STD:.4f}, not your numbers.")
        elif stage.kind == "crop" and settings["size"] == 28 and settings["padding"]:
            fields["shift"] = min(8, int(settings["padding"]))
            if settings["padding"] > 8:
                notes.append("RandomCrop: training shifts by 8 pixels at most.")
        elif stage.kind == "flip" and settings["p"] > 0:
            fields["flip"] = True
            if settings["p"] != 0.5:
                notes.append("RandomHorizontalFlip: training mirrors with probability 0.5.")
        elif stage.kind == "erase" and settings["p"] > 0:
            side = max(1, min(20, round(28 * math.sqrt(settings["area"]))))
            fields["erase"] = side
            notes.append(
                f"RandomErasing: training erases a square of {side} pixels in every image, not only in some."
            )
        else:
            notes.append(f"{title} is not carried over: training has no such step for whole batches.")
    return fields, tuple(notes)
