"""What a leader can put to a room, made from what the app teaches anyway: nothing is typed by anybody.

A prompt's `source` says where its answer comes from: `question:` a program that runs at the reveal,
`mistake:` both programs of the lab, `symptom:` a case of the symptom clinic, `garment:` and `game:` the
labels of test images, `accuracy:` a network's score.
"""

import random
from collections.abc import Sequence
from typing import Final

from core.errors import ClassroomError
from core.teaching.classroom.prompts import MAX_PARTS, Prompt
from core.teaching.mistakes import MISTAKES, Mistake
from core.teaching.questions import Question, pages, questions
from core.teaching.symptoms import SLIPS, Case, case

OUTCOMES: Final = {
    "lower": "It falls",
    "higher": "It rises",
    "same": "It hardly changes",
    "error": "The program ends in an error",
}
GAME_SECONDS: Final = 6.0
"""For each image of a game: long enough to look, too short to think twice."""


def from_question(question: Question) -> Prompt:
    """A question of a page, with its own answers to choose from."""
    return Prompt(
        kind="choice",
        source=f"question:{question.page}/{question.name}",
        ask=question.ask,
        options=question.options,
    )


def from_mistake(mistake: Mistake) -> Prompt:
    """What a mistake does, before anybody has seen it run."""
    figure = mistake.effect.figure.name if mistake.effect else "test accuracy"
    return Prompt(
        kind="choice",
        source=f"mistake:{mistake.name}",
        ask=f"**{mistake.title}**: what does it do to the {figure}?",
        options=tuple(OUTCOMES.values()),
    )


def from_symptom(number: int) -> Prompt:
    """Which slip a run has, from its curves.

    Args:
        number: Of the clinic's case.
    """
    return Prompt(
        kind="choice",
        source=f"symptom:{number}",
        ask="This run has one slip in it. Which is it?",
        options=tuple(SLIPS[name].title for name in case(number).options),
    )


def from_garment(index: int, classes: Sequence[str]) -> Prompt:
    """Which class a test image belongs to."""
    return Prompt(
        kind="choice", source=f"garment:{index}", ask="Which garment is this?", options=tuple(classes)
    )


def game(seed: int, images: int, classes: Sequence[str]) -> Prompt:
    """Ten test images against the clock, the same for every phone.

    Args:
        seed: Chooses the images.
        images: In the test split.
        classes: Their names.
    """
    return Prompt(
        kind="game",
        source=f"game:{seed}/{images}",
        ask="Ten garments, a few seconds each: can you beat the network?",
        options=tuple(classes),
        parts=MAX_PARTS,
        seconds=GAME_SECONDS,
    )


def accuracy() -> Prompt:
    """An open number: how good the tutorial's network gets."""
    return Prompt(
        kind="number",
        source="accuracy:pretrained",
        ask="The tutorial's network has trained until it stopped getting better. "
        "Of 100 test images that it never saw, how many does it name correctly?",
        low=0.0,
        high=100.0,
        unit=" of 100",
    )


def game_images(prompt: Prompt) -> list[int]:
    """The test images of a game, in its order."""
    seed, _, images = prompt.source.partition(":")[2].partition("/")
    return random.Random(int(seed)).sample(range(int(images)), prompt.parts)


def garment(prompt: Prompt) -> int:
    """The test image that a prompt is about."""
    return int(prompt.source.partition(":")[2])


def question_of(prompt: Prompt) -> Question:
    """The page's question that a prompt was made from.

    Raises:
        ClassroomError: It is no longer asked.
    """
    page, _, name = prompt.source.partition(":")[2].partition("/")
    found = next((question for question in questions(page) if question.name == name), None)
    if found is None:
        raise ClassroomError("This question is no longer asked here: ask the room another one.")
    return found


def mistake_of(prompt: Prompt) -> Mistake:
    """The mistake that a prompt was made from.

    Raises:
        ClassroomError: It is no longer in the lab.
    """
    found = MISTAKES.get(prompt.source.partition(":")[2])
    if found is None:
        raise ClassroomError("This mistake is no longer in the lab: ask the room another one.")
    return found


def case_of(prompt: Prompt) -> Case:
    """The case of the symptom clinic that a prompt was made from.

    Raises:
        ClassroomError: The clinic asks it otherwise today.
    """
    found = case(int(prompt.source.partition(":")[2]))
    if SLIPS[found.slip].title not in prompt.options:
        raise ClassroomError("This case is no longer in the clinic: ask the room another one.")
    return found


def all_questions() -> list[Question]:
    """Every question of every page, in the order in which the pages are read."""
    return [question for page in pages() for question in questions(page)]


def right_option(prompt: Prompt, labels: Sequence[int]) -> int | None:
    """Position of the right answer among the options; `None` where there is none to know beforehand.

    Args:
        prompt: What was asked.
        labels: Class of each test image.
    """
    kind = prompt.source.partition(":")[0]
    if kind == "garment":
        return int(labels[garment(prompt)])
    if kind == "question":
        return prompt.options.index(question_of(prompt).answer)
    if kind == "mistake":
        effect = mistake_of(prompt).effect
        return list(OUTCOMES).index(effect.direction if effect else "error")
    if kind == "symptom":
        return prompt.options.index(SLIPS[case_of(prompt).slip].title)
    return None
