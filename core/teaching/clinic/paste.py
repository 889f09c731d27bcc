"""A pasted text made plain: no terminal colors, boxes or markup, cut to length, its errors found."""

import re
from dataclasses import dataclass
from typing import Final

MAX_CHARACTERS: Final = 20_000
_KEPT: Final = (4_000, 16_000)
"""Of a longer text, so many characters of its start and of its end: a traceback's message is at the end."""

_PLAIN: Final = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "`": "'",
        "│": " ",
        "┃": " ",
        "╭": " ",
        "╮": " ",
        "╰": " ",
        "╯": " ",
        "─": " ",
        "━": " ",
        "\N{EN DASH}": "-",
        "\N{HYPHEN}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\u00a0": " ",
        "\u200b": " ",
        "\ufeff": " ",
        "×": "x",
        "\r": "\n",
        "\t": "    ",
        "\0": " ",
    }
)
_BOLD: Final = re.compile(r"(?<![(,])(?<!, )\*\*(?! )|(?<=[^\s(,])\*\*")
"""Marks of bold type, and neither a power with blanks around it nor the stars of `**kwargs`."""
_ENTITIES: Final = (
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&quot;", '"'),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
    ("\\'", "'"),
    ('\\"', '"'),
    *((f"\\{mark}", mark) for mark in "*_[]<>"),  # as Markdown escapes them
)
_MARGINS: Final = ("> ", "# ", "| ", "// ", "* ", "- ")
"""What stands before every line of a quotation, a comment, a table or a list."""
_ENDINGS: Final = ("Error", "Exception", "Warning", "Interrupt", "Iteration")
_COUNTED: Final = "Iteration"
"""What a log counts: no error is called that."""


@dataclass(frozen=True)
class Raised:
    """An error as its last line gives it."""

    name: str
    """Such as `RuntimeError`."""
    start: int
    """Where its line begins on the flat text."""


@dataclass(frozen=True)
class Paste:
    """A text, ready to be searched."""

    lines: tuple[str, ...]
    """Its lines, without colors and boxes."""
    flat: str
    """The same on one line, with single spaces: messages may have been wrapped."""
    lowered: str
    """`flat` in lower case."""
    raised: tuple[Raised, ...]
    """The errors named in it, in order."""


def read_paste(text: str) -> Paste:
    """Make a text plain. Of more than 20,000 characters, the start and the end are read."""
    if len(text) > MAX_CHARACTERS:
        text = text[: _KEPT[0]] + "\n" + text[-_KEPT[1] :]
    text = _without_colors(text).translate(_PLAIN)
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    text = _BOLD.sub("", text)
    lines = _without_margin(tuple(line.rstrip() for line in text.split("\n")))
    words: list[str] = []
    raised: list[Raised] = []
    length = 0
    for line in lines:
        parts = line.split()
        name = _error_name(parts)
        if name:
            raised.append(Raised(name, length))
        words += parts
        length += sum(len(part) + 1 for part in parts)
    flat = " ".join(words)
    # a character whose lower case is longer would shift every position after it
    lowered = (
        "".join(c if len(c.lower()) != 1 else c.lower() for c in flat) if not flat.isascii() else flat.lower()
    )
    return Paste(lines, flat, lowered, tuple(raised))


def _without_margin(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Without what a quotation, a comment or a box puts before every line, and without line numbers."""
    filled = [line for line in lines if line.strip()]
    for mark in _MARGINS:
        if filled and all(line.startswith(mark) for line in filled):
            return tuple(line.removeprefix(mark).removesuffix(" |") for line in lines)
    numbers = [line.split(maxsplit=1)[0] for line in filled]
    if len(numbers) > 1 and all(
        number.isascii() and number.isdigit() and len(number) < 6 for number in numbers
    ):
        first = int(numbers[0])
        if [int(number) for number in numbers] == list(range(first, first + len(numbers))):
            return tuple(line.lstrip().lstrip("0123456789") for line in lines)
    return lines


def _without_colors(text: str) -> str:
    """`text` without terminal escape sequences, also those whose escape character was lost in copying."""
    pieces = text.replace("\x1b", "\x1b\x1b").split("\x1b")
    kept = [pieces[0]]
    for piece in pieces[1:]:
        if piece.startswith("["):
            end = 1
            while end < len(piece) and end < 24 and piece[end] in "0123456789;?":
                end += 1
            piece = piece[end + 1 :]
        elif piece.startswith("]"):
            piece = piece.partition("\x07")[2]
        kept.append(piece)
    return _lost_escapes("".join(kept))


def _lost_escapes(text: str) -> str:
    """Without `[0;31m` and its like, which stay behind where only the escape character was lost."""
    pieces = text.split("[")
    kept = [pieces[0]]
    for piece in pieces[1:]:
        code, found, rest = piece[:12].partition("m")
        colored = (
            found
            and code
            and all(c in "0123456789;" for c in code)
            and (";" in code or code in ("0", "1", "31", "32", "39"))
        )
        kept.append(rest + piece[12:] if colored else "[" + piece)
    return "".join(kept)


def _error_name(words: list[str]) -> str:
    """The error's name if this line is the one that names an error, as `RuntimeError: ...`; else empty."""
    for position, word in enumerate(words[:8]):
        bare = word.strip("*_>'\"([")
        name = bare.removesuffix(":")
        last = name.rpartition(".")[2]
        if not last.endswith(_ENDINGS) or not last.isidentifier() or last == _COUNTED:
            continue
        if bare.endswith(":") or (len(words) == 1 and position == 0):
            before = words[:position]
            if not before or before[0] not in ("except", "raise", "class", "import", "from"):
                return last
    return ""
