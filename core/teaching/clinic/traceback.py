"""The frames of a pasted traceback (Python's, IPython's, Colab's, Rich's), and which one is yours."""

import re
from dataclasses import dataclass, replace
from typing import Final

_LIBRARIES: Final = (
    "site-packages",
    "dist-packages",
    "/lib/python",
    "/lib64/python",
    "<frozen",
    "importlib",
    "torch/nn/",
    "torch\\nn\\",
    "torch/utils/",
    "torch/autograd",
    "torch/_tensor",
    "torch/tensor.py",
    "torch/optim/",
    "torch/functional",
    "torch/serialization",
    "torchvision/",
    "multiprocessing",
    "_pydev",
    "pydevd",
    "jetbrains",
    "runpy.py",
    "ipykernel_launcher",
    "<string>",
    "<__array_function__",
    "/usr/lib/",
    "anaconda3/lib",
    "conda/envs/",
    "torch/_",
    "torch/cuda",
    "torch/multiprocessing",
    "torch/nn\\",
)
_PYTHONS: Final = re.compile(r"(?:python[\d.]{0,5}|conda\d?|envs\\[^\\]{1,60})\\lib\\")
"""Where Python lies on Windows; a folder of yours may be called `lib` as well."""
_MARKS: Final = ("---->", "--->", "-->", "->", "❱", ">")


@dataclass(frozen=True)
class Frame:
    """One place in a traceback."""

    file: str
    """As it is named there; `Cell [5]` for a notebook's."""
    line: int
    """0 if it is not given."""
    function: str
    """Empty at the top level."""
    code: str
    """The line itself, empty if it was not pasted."""

    @property
    def is_yours(self) -> bool:
        """Whether the file belongs to no library."""
        lowered = self.file.lower()
        if "/ipykernel_" in lowered and "/tmp" in lowered:
            return True
        return not any(part in lowered for part in _LIBRARIES) and not _PYTHONS.search(lowered)

    @property
    def place(self) -> str:
        """Where it is, in a few words; folders are left out."""
        file = self.file.replace("\\", "/").rpartition("/")[2] or self.file
        text = file[:60] + (f", line {self.line}" if self.line else "")
        return text + (
            f", in {self.function[:40]}" if self.function and not self.function.startswith("<") else ""
        )


def frames(lines: tuple[str, ...]) -> tuple[Frame, ...]:
    """The frames in order, outermost first, at most 200."""
    found: list[Frame] = []
    for number, line in enumerate(lines):
        frame = frame_of(line)
        if frame is not None:
            found.append(replace(frame, code=_following(lines, number)) if frame.code == "" else frame)
            continue
        marked = _marked(line)
        if marked and found and found[-1].line in (0, marked[0]):
            found[-1] = replace(found[-1], line=found[-1].line or marked[0], code=marked[1] or found[-1].code)
        if len(found) == 200:
            break
    return tuple(found)


def frame_of(line: str) -> Frame | None:
    """The frame that a line of a traceback begins, without its code; `None` for any other line."""
    return _python(line) or _cell(line) or _ipython(line) or _rich(line)


def your_frame(found: tuple[Frame, ...]) -> Frame | None:
    """The innermost frame of your own program; `None` if all belong to libraries."""
    return next((frame for frame in reversed(found) if frame.is_yours), None)


def _number(text: str) -> int:
    digits = ""
    for character in text.lstrip()[:7]:
        if not ("0" <= character <= "9"):
            break
        digits += character
    return int(digits or 0)


def _python(line: str) -> Frame | None:
    """`File "train.py", line 12, in forward`, whatever stands before it."""
    before, found, rest = line.partition('File "')
    if not found or len(before) > 60:
        return None
    file, found, rest = rest.partition('", line ')
    if not found:
        return None
    _, _, function = rest.partition(", in ")
    return Frame(file[-200:], _number(rest), next(iter(function.split()), "")[:80], "")


def _cell(line: str) -> Frame | None:
    """`Cell In[5], line 3, in f(x)`, `Input In [5], in <cell line: 1>()`, `File ~/net.py:73, in f(x)`."""
    text = line.strip().lstrip("[")
    for start in ("Cell In", "Input In"):
        if text.startswith(start):
            number = text[len(start) :].strip().lstrip("[").partition("]")[0]
            _, found, after = text.partition("line ")
            in_function = text.partition(", in ")[2].partition("(")[0]
            return Frame(f"Cell [{number[:8]}]", _number(after) if found else 0, in_function[:80], "")
    if text.startswith("File ") and not text.startswith('File "'):
        place, _, function = text[5:].partition(", in ")
        place = place.lstrip("[").partition("](")[0]
        file, _, number = place.rpartition(":")
        if file and _number(number):
            return Frame(file[-200:], _number(number), function.partition("(")[0].strip()[:80], "")
    return None


def _ipython(line: str) -> Frame | None:
    """`<ipython-input-3-4f2> in f(x)`, `/usr/.../linear.py in f(x)`, with Colab's links."""
    text = line.strip().lstrip("'[")
    name, found, function = text.partition(" in ")
    if not found or len(name) > 300 or "(" not in function:
        return None
    file = name.partition("](")[0].strip("'")
    if file.startswith("<ipython-input-"):
        return Frame(
            "Cell [" + file.removeprefix("<ipython-input-").partition("-")[0][:8] + "]",
            0,
            function.partition("(")[0][:80],
            "",
        )
    if file.endswith(".py") and (" " not in file or "\\" in file or "/" in file):
        return Frame(file[-200:], 0, function.partition("(")[0][:80], "")
    return None


def _rich(line: str) -> Frame | None:
    """`/home/me/train.py:125 in forward`, in a box."""
    place, found, function = line.strip().partition(" in ")
    file, _, number = place.rpartition(":")
    if found and file.endswith(".py") and _number(number) and " " not in number:
        return Frame(file[-200:], _number(number), function.strip()[:80], "")
    return None


def _marked(line: str) -> tuple[int, str] | None:
    """The line that an arrow points at: its number and its code."""
    text = line.strip()
    for mark in _MARKS:
        if text.startswith(mark):
            rest = text[len(mark) :].strip()
            number = _number(rest)
            if not number and mark == ">":
                return None
            return number, rest[len(str(number)) :].strip() if number else rest
    return None


def _following(lines: tuple[str, ...], number: int) -> str:
    """The line of code below a frame, unless it is the next frame or the error itself."""
    if number + 1 >= len(lines):
        return ""
    text = lines[number + 1].strip()
    if (
        not text
        or text.startswith(("File ", "Cell ", "Input ", "^", "~", "Traceback"))
        or _marked(text)
        or text[0].isdigit()
    ):
        return ""
    first = text.split()[0]
    return "" if first.endswith(("Error:", "Exception:", "Warning:")) else text[:200]
