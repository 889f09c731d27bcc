"""Which programs there are, what may be set in them, and what differs between their two versions."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from core.errors import LessonInputError
from core.teaching.snippets.notebook import write_notebook
from core.teaching.snippets.params import Choice, Int, Param
from core.text import quoted

VERSIONS: Final = {"today": "Today", "notes": "As in the tutorial"}
"""The folders of the programs, and what to call them on screen."""

SETTINGS: Final[Mapping[str, Param]] = {
    "seed": Int(label="Seed", default=0, low=0, high=99),
    "batch_size": Choice(label="Batch size", default=64, options=(32, 64, 128, 256)),
    "learning_rate": Choice(label="Learning rate", default=1e-1, options=(1e-3, 1e-2, 1e-1)),
    "images": Choice(label="Training images", default=1000, options=(250, 500, 1000)),
}
"""What a visitor may set. Each stands in a line of its own at the top level of the programs that have it."""

_OFFICIAL: Final = "https://docs.pytorch.org/tutorials/beginner/basics/"
_FOLDER: Final = Path(__file__).parent
_LINES: Final = {
    "seed": r"^torch\.manual_seed\((?P<value>\d+)\)",
    **{name: rf"^{name} = (?P<value>[\w.-]+)" for name in ("batch_size", "learning_rate", "images")},
}


@dataclass(frozen=True)
class Program:
    """One section's program."""

    name: str
    """The files' stem, and the section's name in a link."""
    title: str
    """The section's title, in sentence case."""
    page: str
    """The stem of this app's page on the section."""
    official_file: str
    """The file of the official tutorial, without its folder."""
    files: tuple[str, ...]
    """What the program reads or writes, by the relative paths it uses; the dataset's `data` not included."""
    differences: tuple[str, ...]
    """What is written differently today, and why: Markdown sentences."""

    @property
    def official(self) -> str:
        """The address of the section in the official tutorial."""
        return _OFFICIAL + self.official_file

    @property
    def settings(self) -> tuple[str, ...]:
        """The names of what can be set in this program."""
        text = _read(self.name, "today")
        return tuple(name for name in SETTINGS if re.search(_LINES[name], text, re.MULTILINE))

    def text(self, version: str = "today", values: Mapping[str, Any] | None = None) -> str:
        """The program as a file, with these settings written into it.

        Args:
            version: A key of `VERSIONS`.
            values: Settings by name; what is left out stays as it is in the file.

        Raises:
            LessonInputError: There is no such version or setting, or a value is out of range.
        """
        if version not in VERSIONS:
            raise LessonInputError(f"There is no version {quoted(version)} of this program.")
        text = _read(self.name, version)
        for name, value in (values or {}).items():
            if name not in self.settings:
                raise LessonInputError(f"This program has no setting {quoted(name)}.")
            checked = SETTINGS[name].check(value)
            found = re.search(_LINES[name], text, re.MULTILINE)
            if found and checked != SETTINGS[name].default:
                text = text[: found.start("value")] + repr(checked) + text[found.end("value") :]
        return text

    def notebook(self, version: str = "today", values: Mapping[str, Any] | None = None) -> str:
        """The program as a notebook (JSON): a cell for each comment that stands at the top level.

        Raises:
            LessonInputError: As `text`.
        """
        title = f"# {self.title}\n\nThe program of [this section of the tutorial]({self.official})."
        cells = [("markdown", title)]
        for part in re.split(r"\n\n(?=# )", self.text(version, values).strip("\n")):
            heading, _, code = part.partition("\n")
            if heading.startswith("# "):
                cells += [("markdown", f"## {heading[2:]}"), ("code", code)]
            else:
                cells.append(("code", part))
        return write_notebook(cells)

    def changes(self) -> list[tuple[str, str]]:
        """What differs, place by place: the notes' lines and today's, either of which may be none."""
        old, new = (_read(self.name, version).splitlines() for version in ("notes", "today"))
        matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
        return [
            ("\n".join(old[i:j]).strip("\n"), "\n".join(new[k:m]).strip("\n"))
            for tag, i, j, k, m in matcher.get_opcodes()
            if tag != "equal"
        ]

    def own_lines(self, version: str) -> list[int]:
        """Lines of this version, counted from 1, that the other version does not have."""
        other = next(name for name in VERSIONS if name != version)
        theirs, mine = (_read(self.name, name).splitlines() for name in (other, version))
        blocks = difflib.SequenceMatcher(a=theirs, b=mine, autojunk=False).get_opcodes()
        return [line + 1 for tag, _, _, start, end in blocks if tag != "equal" for line in range(start, end)]


@lru_cache(maxsize=32)
def _read(name: str, version: str) -> str:
    return (_FOLDER / version / f"{name}.py").read_text(encoding="utf-8")


_ACCELERATOR: Final = (
    "`torch.accelerator` (since 2.6) names whichever accelerator this machine has; before, each kind had to "
    "be asked for by name."
)
_V2: Final = (
    "`v2.ToImage()` and `v2.ToDtype(torch.float32, scale=True)` replace `ToTensor()`, which torchvision "
    "keeps but no longer recommends: one makes a tensor, the other makes it float32 in [0, 1]."
)

PROGRAMS: Final = (
    Program(
        name="quickstart",
        title="Quickstart",
        page="quickstart",
        official_file="quickstart_tutorial.html",
        files=("model.pth",),
        differences=(
            _V2,
            _ACCELERATOR,
            "`torch.load(..., weights_only=True)` reads tensors and plain values only. It is the default "
            "since 2.6; written out, it also protects whoever runs the program with an older version.",
        ),
    ),
    Program(
        name="tensors",
        title="Tensors",
        page="tensors",
        official_file="tensorqs_tutorial.html",
        files=(),
        differences=(_ACCELERATOR, "`torch.mul` has an `out=` as well."),
    ),
    Program(
        name="data",
        title="Datasets and loaders",
        page="datasets",
        official_file="data_tutorial.html",
        files=("garments",),
        differences=(
            _V2,
            "`decode_image` replaces `read_image`. torchvision 0.29 in turn announces that image files will "
            "be read by TorchCodec.",
        ),
    ),
    Program(
        name="transforms",
        title="Transforms",
        page="transforms",
        official_file="transforms_tutorial.html",
        files=(),
        differences=(
            _V2,
            "`F.one_hot` says what is meant; `scatter_` writes the 1 into a row of zeros by hand. Both give "
            "the same ten numbers. A function with a name replaces `Lambda`.",
        ),
    ),
    Program(
        name="build_model",
        title="Build the network",
        page="model",
        official_file="buildmodel_tutorial.html",
        files=(),
        differences=(
            _ACCELERATOR,
            "The official text also takes three images through the layers one by one, and chains modules "
            "into a larger one.",
        ),
    ),
    Program(
        name="autograd",
        title="Autograd",
        page="autograd",
        official_file="autogradqs_tutorial.html",
        files=(),
        differences=(
            "The official text also prints `grad_fn`, the operation that made a tensor.",
            "It ends with the gradient of more than one number: `backward` takes a tensor of weights for the "
            "numbers, and adds to `.grad` each time.",
        ),
    ),
    Program(
        name="optimization",
        title="Optimization",
        page="optimization",
        official_file="optimization_tutorial.html",
        files=(),
        differences=(_V2,),
    ),
)
"""In the order of the tutorial."""


def program(name: str) -> Program:
    """The program called `name`.

    Raises:
        LessonInputError: There is none.
    """
    for candidate in PROGRAMS:
        if candidate.name == name:
            return candidate
    raise LessonInputError(f"There is no program {quoted(name)}.")
