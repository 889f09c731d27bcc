"""Runs a program under the recorder and packs what it gave for the browser; keeps the packs for everybody."""

import ast
import builtins
import contextlib
import io
import json
import tempfile
import threading
import types
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.figure import Figure
from PIL import Image

from core.errors import LessonInputError
from core.teaching.programs import Program
from core.teaching.snippets.chance import OwnChance
from core.teaching.snippets.pyplot import Pyplot
from core.teaching.snippets.runner import Compute
from core.teaching.tracer.images import images_root
from core.teaching.tracer.pack import pack
from core.teaching.tracer.recorder import PROGRAM_FILE, Recorder, TooLongError
from core.teaching.tracer.statements import Relocation, Statements, executable_lines
from core.teaching.tracer.values import Describer
from core.text import shown

MAX_SECONDS: Final = 12.0
"""Processor time that a program may take while it is traced. Those here take less than two on free cores, and
up to three times that where neighbors share the cores' caches."""
MAX_BYTES: Final = 1_000_000
"""Of a trace, as JSON."""
MAX_KEPT: Final = 24
MAX_PRINTED: Final = 400
"""Pieces of output that are kept, each of at most 1,500 characters."""
_MAX_PIECE: Final = 1_500
_DPI: Final = 45


@dataclass(frozen=True, eq=False)
class Trace:
    """A program's run, ready to be played back."""

    text: str
    """The program that ran, as a file."""
    data: Mapping[str, Any]
    """What the browser needs (see `core.teaching.tracer.pack`); may be shared: never change it in place."""
    size: int
    """Bytes of `data` as JSON."""


class Output:
    """What a program printed and the pictures it showed, in order.

    Args:
        hidden: A folder's path, which is left out of what is printed.
    """

    def __init__(self, hidden: str) -> None:
        self.hidden = hidden
        self.pieces: list[str | Image.Image] = []

    def print(self, *values: object, sep: str = " ", end: str = "\n") -> None:
        """In the place of Python's `print`."""
        self._add((sep.join(map(str, values)) + end).replace(self.hidden, "data")[:_MAX_PIECE])

    def show(self, figure: Figure) -> None:
        """Take a picture of a figure, in gray as the garments are."""
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=_DPI)
        self._add(Image.open(file).convert("L"))

    def _add(self, piece: str | Image.Image) -> None:
        if len(self.pieces) < MAX_PRINTED:
            self.pieces.append(piece)


@contextlib.contextmanager
def prepared(
    text: str, files: tuple[str, ...], change: ast.NodeTransformer | None = None, root: str = ""
) -> Iterator[tuple[types.CodeType, dict[str, Any], Output]]:
    """A program ready to run: its code, a namespace, and where its output goes.

    `data` is the folder of the dataset in use, and the program's own files lie in a temporary folder. It
    draws from a random generator of its own.

    Args:
        text: The program, which must be ours.
        files: The paths that it names.
        change: What else to do to the parsed program.
        root: The folder, where it is known: a process of its own would read all images to find it.
    """
    root = root or images_root()
    with tempfile.TemporaryDirectory(prefix="line-by-line-") as folder, OwnChance() as chance:
        tree = Relocation(root, folder, files).visit(ast.parse(text))
        tree = ast.fix_missing_locations(change.visit(tree) if change else tree)
        output = Output(folder)
        pyplot = Pyplot(output.show)

        def importing(name: str, *rest: Any, **options: Any) -> Any:
            if name == "matplotlib.pyplot":
                return types.SimpleNamespace(pyplot=pyplot)
            return chance.importing(name, *rest, **options)

        inside = {**vars(builtins), "print": output.print, "__import__": importing}
        namespace = {"__name__": "__main__", "__builtins__": inside}
        yield compile(tree, PROGRAM_FILE, "exec", dont_inherit=True), namespace, output


def record(text: str, files: tuple[str, ...] = (), root: str = "") -> Trace:
    """Run a program under the recorder.

    Args:
        text: The program, which must be ours.
        files: The relative paths that it writes and reads, besides `data`.
        root: What it reads as `data`; `images_root` if empty.

    Raises:
        LessonInputError: It took too long, it failed, or there is too much to show.
    """
    with prepared(text, files, root=root) as (code, namespace, output):
        describer = Describer(output.hidden)
        recorder = Recorder(Statements(ast.parse(text)), describer, lambda: len(output.pieces), MAX_SECONDS)
        try:
            recorder.run(code, namespace)
        except TooLongError:
            raise LessonInputError(
                f"This run takes more than {MAX_SECONDS:.0f} seconds of computing: choose fewer images or "
                "larger batches."
            ) from None
        except Exception as error:
            raise LessonInputError(
                "This program does not run on the images in use here: "
                f"{type(error).__name__}, {shown(error, 120)}. Choose fewer images."
            ) from error
    data = pack(text, recorder, output.pieces, executable_lines(code))
    size = len(json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode())
    if size > MAX_BYTES:
        raise LessonInputError("This run has too much to show: choose fewer images or larger batches.")
    return Trace(text, data, size)


def record_apart(code: str, files: list[str], root: str, report: Callable[[float], None]) -> tuple[str, int]:
    """`record` in plain values, as `core.system.apart` takes and gives them: the data as JSON, its size.

    Args:
        code: The program, which must be ours.
        files: The relative paths that it writes and reads, besides `data`.
        root: What it reads as `data`.
        report: Not called: nobody knows how far a program is.
    """
    made = record(code, tuple(files), root)
    return json.dumps(made.data, separators=(",", ":"), ensure_ascii=False), made.size


def trace(program: Program, version: str, values: Mapping[str, Any], compute: Compute | None = None) -> Trace:
    """The program's trace with these settings, made once for everybody.

    Args:
        program: The program.
        version: A key of `VERSIONS`.
        values: Of its settings.
        compute: Where it is given, the program runs apart from the server: called with a function's name and
            arguments, as `core.system.apart.run` is.

    Raises:
        LessonInputError: A setting is out of range, or the program takes too long with it.
    """
    text = program.text(version, values)
    key = (text, root := images_root())
    with _lock:
        if key in _traces:
            _traces.move_to_end(key)
            return _traces[key]
        making = _making.setdefault(key, threading.Lock())
    with making:  # two visitors who ask for the same wait for one run
        with _lock:
            if key in _traces:
                return _traces[key]
        try:
            if compute is None:
                made = record(text, program.files, root)
            else:
                called = f"{__name__}:record_apart"
                data, size = compute(called, code=text, files=list(program.files), root=root)
                made = Trace(text, json.loads(data), size)
        finally:
            with _lock:
                _making.pop(key, None)
        with _lock:
            _traces[key] = made
            while len(_traces) > MAX_KEPT:
                _traces.popitem(last=False)
    return made


_lock = threading.Lock()
_making: dict[tuple[str, str], threading.Lock] = {}
_traces: OrderedDict[tuple[str, str], Trace] = OrderedDict()
