"""Explains a pasted error message, traceback or class; what it does not know, it says it does not know."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from core.teaching.clinic.complaints import complains, is_of_field, stretches
from core.teaching.clinic.kind import Kind
from core.teaching.clinic.kinds import KINDS, TOPICS
from core.teaching.clinic.nearly import nearly, without_blanks
from core.teaching.clinic.networks.classes import ClassReading, read_class
from core.teaching.clinic.networks.fitting import Told
from core.teaching.clinic.paste import Paste, read_paste
from core.teaching.clinic.pasted.beside import beside, faults
from core.teaching.clinic.raised import raised
from core.teaching.clinic.signs.logs import symptom
from core.teaching.clinic.traceback import Frame, frames, your_frame
from core.teaching.clinic.wording import find, literal_length, pieces

NEAREST: Final = 3
_REACH: Final = 700
"""Characters after an error's name within which its message is looked for."""
_BEFORE: Final = 160
"""Characters before it: an error without a message is told by the line of code above it."""
_FAR: Final = 8_000
"""Some messages are that long, such as a list of missing names."""
_TELLING: Final = 25
"""Characters of a wording that no other text has by chance."""
_RAISES: Final = re.compile(r"\braise \w{3,40}\([fr]?['\"][^'\"]{0,40}$")
"""What stands before a message in the line of code that would raise it."""
_STAYS: Final = re.compile(
    r"stuck|not decreas|n't decreas|not chang|n't chang|constant|stays|not learn|n't learn|remains|unchanged"
    r"|around 2\.30"
)
"""Words of somebody whose loss does not move."""
UNKNOWN: Final = (
    "The clinic does not know this one, so it does not guess. Below are the three errors it knows whose "
    "words are nearest; none of them need be yours. The last line of the traceback, with the name of the "
    "error, says most: paste that line as well."
)
_EMPTY: Final = "Nothing is there yet: paste an error message, a traceback, or a class."


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What the clinic says of a text."""

    known: bool
    """Whether the error is one of its kinds, or the text is a class that it could follow."""
    kind: Kind | None = None
    """Which kind."""
    reading: str = ""
    """What the shapes, types, devices or names in the message say."""
    beside: str = ""
    """What the code that stands beside the message shows."""
    frame: Frame | None = None
    """The line of yours that matters, if the text has a traceback with one."""
    network: ClassReading | None = None
    """The class in the text, layer by layer."""
    nearest: tuple[Kind, ...] = ()
    """The three nearest kinds by words, where it is unknown."""

    @property
    def answer(self) -> str:
        """All that the page says, as plain text."""
        return "\n\n".join(part for part in _said(self) if part)


def explain_error(text: str) -> Explanation:
    """Explain an error message, a traceback or a class that somebody pasted; nothing of it is run.

    Args:
        text: The text; of more than 20,000 characters, the first 4,000 and the last 16,000 are read.
    """
    paste = read_paste(text)
    match = _match(paste)
    told = Told(match[0].name, match[1]) if match is not None else None
    network = read_class("\n".join(paste.lines), told) if _has_layers(paste) else None
    if match is None:
        if network is not None and not paste.raised:
            shown = beside("no-parameters", paste.lines, paste.lowered) or faults(paste.lines, paste.lowered)
            known = network.wrong or bool(network.rows) or bool(network.remarks) or bool(shown)
            return Explanation(known=known, network=network, beside=shown)
        return Explanation(
            known=False,
            beside=faults(paste.lines, paste.lowered),
            network=network,
            nearest=nearest(paste.flat) if paste.flat else (),
        )
    kind, values = match
    return Explanation(
        known=True,
        kind=kind,
        reading="" if network and network.cause else _read(kind, values),
        beside=network.cause if network and network.cause else beside(kind.name, paste.lines, paste.lowered),
        frame=your_frame(frames(paste.lines)),
        network=network,
    )


def _has_layers(paste: Paste) -> bool:
    return "nn." in paste.flat or "class " in paste.flat


def _read(kind: Kind, values: dict[str, str]) -> str:
    """What the kind reads in the message; nothing where the values are not of the form it expects."""
    try:
        return kind.reads(values) if kind.reads else ""
    except (ValueError, KeyError, IndexError):
        return ""


@dataclass(frozen=True)
class _Candidate:
    kind: Kind
    values: dict[str, str]
    place: int
    length: int


_Match = tuple[Kind, dict[str, str]]


def _match(paste: Paste) -> _Match | None:
    """The kind that the text shows: of the last known error in it, the wording that says most."""
    found = [candidate for kind in KINDS.values() if (candidate := _candidate(kind, paste)) is not None]
    spans = [(entry.start - _BEFORE, entry.start + _REACH, entry.name) for entry in paste.raised]
    errors = [span for span in spans if not span[2].endswith("Warning")]
    passed_on: _Match | None = None
    for start, end, _ in reversed(errors):
        inside = [part for c in found if (part := _inside(c, paste, start, end)) is not None]
        if inside:
            best = _best([c for c in inside if not _in_source(c, paste)] or inside)
            if not best[0].wraps:
                return best
            passed_on = passed_on or best
        elif passed_on is None and not _is_chained(paste, start):
            # an error that the clinic does not know: one named above it, without a chain, is not the answer
            return _nearly(paste, paste.flat[max(0, start) : end])
    if passed_on is not None or errors:
        return passed_on
    if (
        found and _best(found)[0] in TOPICS["Warnings"]
    ):  # what is told beside a warning may be about another thing
        complaint = _complaint(paste)
        return complaint if complaint and complaint[0] in TOPICS["Training"] else _best(found)
    return _best(found) if found else _nearly(paste, paste.flat) or _complaint(paste)


def _nearly(paste: Paste, text: str) -> _Match | None:
    """The kind of a message with a slip of the pen in it, or with its end cut off."""
    values = {"text": paste.flat, "message": text[:_REACH]}
    kinds = tuple(kind for kind in KINDS.values() if kind.suits(paste.lowered) and _may_hold(kind, values))
    kind = nearly(kinds, text) or without_blanks(kinds, text)
    return None if kind is None else (kind, values)


def _may_hold(kind: Kind, values: dict[str, str]) -> bool:
    """Whether a kind holds where nothing is known of the holes of its wording."""
    try:
        return kind.holds is None or kind.holds(values)
    except (ValueError, KeyError, IndexError):
        return False


def _complaint(paste: Paste) -> _Match | None:
    """The symptom that is told in words, where no error stands in the text."""
    if not is_of_field(paste.lowered):
        return None
    parts = stretches(paste.lines)
    told = [
        kind
        for kind in KINDS.values()
        if kind.suits(paste.lowered) and any(complains(complaint, parts) for complaint in kind.complaints)
    ]
    shown = KINDS.get(symptom(paste.flat))
    surer = not told or all(kind.name == "still-loss" for kind in told)  # which words alone say easily
    if surer and shown is not None and shown.suits(paste.lowered):
        told = [shown]
    return (max(told, key=lambda kind: kind.weight), {"text": paste.flat, "message": ""}) if told else None


def _best(candidates: list[_Candidate]) -> _Match:
    chosen = max(candidates, key=lambda c: (c.kind.weight, c.length, c.place))
    return chosen.kind, chosen.values


def _inside(candidate: _Candidate, paste: Paste, start: int, end: int) -> _Candidate | None:
    """The candidate, or the same kind by a shorter wording, if that is part of the error's message."""
    if _belongs(candidate, start, end):
        return candidate
    if candidate.place > start or len(candidate.kind.wordings) < 2:
        return None
    for wording in candidate.kind.wordings:
        found = find(wording, paste.flat, paste.lowered)
        if (
            found is not None
            and start <= found[0] < end
            and candidate.kind.name not in ("nan-loss", "stuck-loss")
        ):
            values = found[1] | {"text": paste.flat, "message": paste.flat[found[0] : found[0] + _REACH]}
            if candidate.kind.holds is None or candidate.kind.holds(values):
                return _Candidate(candidate.kind, values, found[0], literal_length(wording))
    return None


def _belongs(candidate: _Candidate, start: int, end: int) -> bool:
    """Whether a wording is part of an error's message: near its name, or far behind it and long."""
    if candidate.kind.name in ("nan-loss", "stuck-loss"):
        return False
    return start <= candidate.place < end or (
        end <= candidate.place < start + _FAR and candidate.length >= _TELLING
    )


def _in_source(candidate: _Candidate, paste: Paste) -> bool:
    """Whether a wording stands in a line of code that would raise it, as tracebacks show."""
    return _RAISES.search(paste.flat[max(0, candidate.place - 80) : candidate.place]) is not None


def _is_chained(paste: Paste, start: int) -> bool:
    """Whether the error at `start` came out of another one above it, or is one that only passes it on."""
    before = paste.lowered[max(0, start - 6_000) : start]
    return (
        "during handling of the above exception" in before
        or "was the direct cause of" in before
        or "original traceback" in paste.lowered
    )


def _candidate(kind: Kind, paste: Paste) -> _Candidate | None:
    """The wording of `kind` that says most of those in the text; `None` if there is none."""
    text = paste.lowered
    if not kind.suits(text):
        return None
    best: _Candidate | None = None
    for wording in kind.wordings:
        length = literal_length(wording)
        if best is not None and length <= best.length:
            continue
        found = find(wording, paste.flat, text)
        if found is None:
            continue
        place, values = found
        values |= {"text": paste.flat, "message": paste.flat[place : place + _REACH]}
        if kind.holds is None or kind.holds(values):
            best = _Candidate(kind, values, place, length)
    if best is not None and kind.name == "stuck-loss" and not _repeats_guess(text):
        return None
    return best


def _repeats_guess(text: str) -> bool:
    """Whether the loss of guessing stands there twice, or is said to stay."""
    return text.count("2.30") + text.count("0.693") >= 2 or _STAYS.search(text) is not None


def _words(text: str) -> frozenset[str]:
    plain = "".join(c if c.isalpha() or c == "_" else " " for c in text.lower())
    return frozenset(word for word in plain.split() if len(word) > 2)


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[dict[str, frozenset[str]], dict[str, float]]:
    """The words of each kind, and the weight of each word: the fewer kinds use it, the more it says."""
    by_kind = {
        kind.name: _words(
            f"{kind.title} "
            + " ".join(piece.literal for wording in kind.wordings for piece in pieces(wording))
        )
        for kind in KINDS.values()
    }
    counts: dict[str, int] = {}
    for words in by_kind.values():
        for word in words:
            counts[word] = counts.get(word, 0) + 1
    return by_kind, {word: 1 / count for word, count in counts.items()}


def nearest(text: str) -> tuple[Kind, ...]:
    """The three kinds whose words are nearest to those of `text`."""
    words = _words(text)
    by_kind, weights = _vocabulary()

    def score(name: str) -> float:
        return sum(weights[word] for word in words & by_kind[name])

    return tuple(KINDS[name] for name in sorted(by_kind, key=score, reverse=True)[:NEAREST])


def _said(found: Explanation) -> list[str]:
    """The parts of the answer, in the order of the page."""
    network = [found.network.text] if found.network is not None else []
    if found.kind is None:
        if found.known or (network and not found.nearest):
            return [found.beside and f"In your code: {found.beside}", *network]
        if not found.nearest:
            return [_EMPTY]
        fault = [f"In your code: {found.beside}"] if found.beside else []
        return [*fault, UNKNOWN, *(f"- {kind.title}: {kind.means}" for kind in found.nearest), *network]
    return [*said_of(found), *network, *demonstrate(found.kind)]


def said_of(found: Explanation) -> list[str]:
    """What the kind says, with what this message says: the part above the program."""
    kind = found.kind
    if kind is None:
        return []
    said = [f"{kind.title}. {kind.means}"]
    if found.beside:
        said.append(f"In your code: {found.beside}")
    if found.reading:
        said.append(f"In your message: {found.reading}")
    if found.frame is not None:
        code = f": {found.frame.code}" if found.frame.code else ""
        said.append(f"Your line: {found.frame.place}{code}")
    if kind.where:
        said.append(kind.where)
    said.append(f"What to do: {kind.cure}")
    if kind.trap:
        said.append(f"What does not help: {kind.trap}")
    return said


NO_PROGRAM = "There is no small program of ours that shows it."


def demonstrate(kind: Kind) -> list[str]:
    """The program that raises it, the message, and the lines that cure it."""
    if not kind.program:
        return [NO_PROGRAM, f"The page that goes with it: {kind.page}"]
    said = [f"A program that raises it:\n{kind.program}"]
    message = raised(kind.name)
    if message:
        said.append(f"It ends with:\n{message}")
    else:
        said.append("This server cannot raise it: it takes a GPU, a broken installation or another package.")
    said += [f"Instead of: {old}\nwrite: {new}" for old, new in kind.change]
    said.append(f"The cured program:\n{kind.cured()}")
    said.append(f"The page that plays with it: {kind.page}")
    return said
