"""Finds what people say of a symptom in their own words, where there is no message.

A complaint is several groups of words such as `loss|cost & not |isnt & decreas|improv`: one word of every
group has to stand in one stretch of the text, in any order. A word is the beginning of one, or a whole one
where a space follows it.
"""

from functools import lru_cache
from typing import Final

MOST_COMPLAINTS: Final = 1_024
"""More than the clinic has: a cache of fewer would forget each before it is asked for again."""
_STRETCH: Final = 150
"""Characters within which all the words of a complaint have to stand."""
_STRETCHES: Final = 60
"""Stretches that are read, half of them from the beginning and half from the end."""
_SENTENCE: Final = 7
"""Words from which on a line with an equals sign may be a sentence."""
_SPOKEN: Final = 3
"""Words before an equals sign from which on it belongs to a sentence: `it hangs with num_workers=4`."""
_CODE: Final = (
    "    ",
    "#",
    ">>>",
    "@",
    "```",
    "import ",
    "from ",
    "class ",
    "def ",
    "return ",
    "print(",
    "File ",
)
_ENDS: Final = ".?!;"
_FIELD: Final = (
    "torch|tensor|neural|network|cnn|lstm|model|layer|classif|weights|.weight|weight.|grad|train|epoch|"
    "batch|iteration|learn|optimizer|overfit|validation|inference|eval|dataset|loader|loading|worker|"
    "distributed|checkpoint|cuda|dropout|softmax|batch norm|batchnorm|normaliz|imshow|matplotlib|augment|"
    "gpu|graphics|unet|u-net|feature map|predict|segment|seed|scheduler|annealing|notebook|output|kernel|"
    "python|.pth|kldiv|kl div"
    "|cross entropy|cross-entropy|cross_entropy|embedding"
)
"""Words of which a complaint about a training holds one, if not `loss` or `accuracy`."""
_ELSEWHERE: Final = (
    "employee|new staff|museum|doctor|game server|train ride|train station|railway|passenger|athlete|coach "
    "|gym |recruit|soldier|teacher |pupil|printer|browser|bank account|orchestra|theater|restaurant"
)
"""Words of other fields, in which people train, wait, forget and lose as well."""
_OURS: Final = (
    "torch|tensor|neural|cnn|lstm|classif|segment|detect|gradient|epoch|optimizer|overfit|dataset|data set"
    "|dataloader|cuda|learning rate|predict|deep learning"
)
"""Words of which a text with one of those holds one where it is about a network after all."""
_ASKS: Final = (
    " how do i | how do you | how to | how can i | how can we | how should i | how would i | how many "
    "| how long | how much | what is the | what are | what happens | when should | should i | can i "
    "| is there a way | is there any way | is it possible | would | which | where | i want | i would like "
)
"""How a question begins that is none about a symptom, although it may name one."""
_TROUBLE: Final = (
    "fix|solve|avoid|prevent|escape|get rid|wrong|reduce|debug|deal with|overcome|reason|cause|problem|issue"
    "|error|why|speed up|improve"
)
"""Words with which it is about one after all."""
_THEORY: Final = ("vanish", "explod", "overfit")
_REMEDY: Final = (" prevent", " remedy", " reduce", " against ", " less ", " less than", " help", " causes ")
_TOLD: Final = (
    " i ",
    " im ",
    " ive ",
    " my ",
    " me ",
    " we ",
    " our ",
    " not ",
    "doesnt ",
    "dont ",
    "didnt ",
    "isnt ",
    "cant ",
    " still ",
    " but ",
    " despite ",
)
"""Words that show that somebody tells what happened."""
_GOES_ON: Final = (" but ", " however ", " yet ", " while ", " and then ", " then ")
"""How a sentence begins that tells the other half of what the one before began."""
_APOSTROPHES: Final = str.maketrans("", "", "'`\N{RIGHT SINGLE QUOTATION MARK}")


@lru_cache(maxsize=MOST_COMPLAINTS)
def _groups(complaint: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(f" {word}" for word in group.removeprefix(" ").split("|")) for group in complaint.split(" &")
    )


def _plain(text: str) -> str:
    """Lower case words with single spaces; apostrophes dropped, `doesn't` being also written `doesnt`."""
    text = text.lower().translate(_APOSTROPHES).replace("_loss", " loss").replace("_acc", " acc")
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "_%.") else " " for c in text)
    words = (word if word[0].isdigit() else word.replace(".", " ") for word in kept.split())
    return f" {' '.join(' '.join(word.strip('.') for word in words).split())} "


def is_of_field(lowered: str) -> bool:
    """Whether a text, in lower case, is about training at all: the loss of a fund is another loss."""
    if any(word in lowered for word in _ELSEWHERE.split("|")):
        return any(word in lowered for word in _OURS.split("|"))
    if any(word in lowered for word in _FIELD.split("|")):
        return True
    return any(lowered.count(word) > lowered.count(f"{word} of ") for word in ("loss", "accuracy"))


def _is_prose(line: str) -> bool:
    """Whether a line is no code, as far as its shape tells."""
    if line.startswith(_CODE):
        return False
    if line.count(" ") >= _SENTENCE or line.endswith("?"):
        return True
    left, equals, _ = line.partition("=")
    return not (line.endswith((":", ",")) or (equals and ("(" in left or left.count(" ") < _SPOKEN)))


def _asks_how(question: str) -> bool:
    """Whether a question asks how something is done, and not what went wrong."""
    return question.startswith(tuple(_ASKS.split("|"))) and not any(
        word in question for word in _TROUBLE.split("|")
    )


def _is_theory(sentence: str) -> bool:
    """Whether a sentence says or asks what helps against a trouble that nobody in it has."""
    return (
        any(word in sentence for word in _THEORY)
        and any(word in sentence for word in _REMEDY)
        and not sentence.startswith(" how ")
        and not any(word in sentence for word in _TOLD)
    )


def stretches(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The prose in `lines`, in overlapping stretches that do not run past the end of a sentence."""
    found: list[str] = []
    prose = (line.partition(" #")[0] for line in lines)
    text = " ".join(line for line in prose if _is_prose(line))
    for end in _ENDS:
        text = text.replace(f"{end} ", f"{end}\n")
    before = ""
    for sentence in text.split("\n"):
        plain = _plain(sentence)
        if _is_theory(plain) or (sentence.endswith("?") and _asks_how(plain)):
            continue
        if before and plain.startswith(_GOES_ON):
            found.append(f"{before[-_STRETCH // 2 :]}{plain[1 : _STRETCH // 2]}")
        before = plain
        starts = range(0, max(1, len(plain) - _STRETCH // 2), _STRETCH // 2)
        found += [plain[start : start + _STRETCH] for start in starts]
    half = _STRETCHES // 2
    return tuple(found if len(found) <= _STRETCHES else found[:half] + found[-half:])


def complains(complaint: str, parts: tuple[str, ...]) -> bool:
    """Whether the words of `complaint` stand together in one of the stretches."""
    groups = _groups(complaint)
    return any(all(any(word in part for word in group) for group in groups) for part in parts)
