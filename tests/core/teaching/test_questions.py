"""Every question's answer is what its program prints; options are distinct, and the code stands alone."""

import re
from dataclasses import replace

import pytest
import torch

from core.teaching.questions import Question, pages, questions, run_question
from core.teaching.snippets import execute

EVERY = [pytest.param(entry, id=f"{page}-{entry.name}") for page in pages() for entry in questions(page)]
STEMS = (
    "quickstart", "tensors", "datasets", "transforms", "model", "autograd",
    "optimization", "mistakes", "training", "compare", "predictions", "checkpoints",
)  # fmt: skip


def holds(question: Question, code: str) -> bool:
    """Whether this code answers the question as its author says."""
    stdout, _, error = execute(code)
    return error is None and stdout.strip() == question.answer


@pytest.mark.parametrize("question", EVERY)
def test_the_stated_answer_is_what_the_program_prints(question):
    """The program is run as it would be shown, and prints exactly the option that counts as right."""
    found = run_question(question)
    assert found.error is None
    assert found.printed == question.answer
    assert holds(question, found.code)


@pytest.mark.parametrize("question", EVERY)
def test_options_are_distinct_and_hold_the_answer_once(question):
    """Four options, one line each, the answer among them."""
    assert len(question.options) == len(set(question.options)) == 4
    assert question.answer in question.options
    assert all(option and "\n" not in option and "`" not in option for option in question.options)


@pytest.mark.parametrize("question", EVERY)
def test_a_question_is_asked_and_explained(question):
    """It ends as a question or a gap to fill, and the explanation is a sentence or two of its own."""
    assert question.ask.endswith(("?", ":"))
    assert question.step.text.endswith(".")
    assert len(question.step.text) < 160


@pytest.mark.parametrize("question", EVERY)
def test_a_program_stands_alone_and_is_short(question):
    """It imports nothing of this project, and its own lines are few."""
    snippet = question.step.snippet()
    assert not re.search(r"^\s*(from|import) (core|ui|pages)\b", snippet.code, re.MULTILINE)
    assert len(snippet.body.splitlines()) <= 10
    assert "type: ignore" not in snippet.code


@pytest.mark.parametrize("question", EVERY)
def test_a_program_leaves_the_random_generator_alone(question):
    """Training must not depend on who answers questions meanwhile."""
    before = torch.random.get_rng_state()
    run_question(question)
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("question", EVERY)
def test_a_change_of_the_program_is_noticed(question):
    """The last line gone, or a wrong option declared right: neither passes."""
    code = run_question(question).code
    lines = code.rstrip().splitlines()
    assert not holds(question, "\n".join([*lines[:-1], lines[-1].partition("print")[0] + "pass"]))
    for option in question.options:
        if option != question.answer:
            assert not holds(replace(question, answer=option), code)


def test_every_page_has_three_or_four():
    """All twelve pages, the mistakes page twice as many, and none for a page that does not exist."""
    assert sorted(pages()) == sorted(STEMS)
    for stem in STEMS:
        assert 3 <= len(questions(stem)) <= (8 if stem == "mistakes" else 4), stem
    assert questions("nowhere") == ()


def test_the_place_of_the_answer_says_nothing():
    """Over all questions each of the four places holds the right answer at times."""
    places = [entry.values[0].options.index(entry.values[0].answer) for entry in EVERY]
    assert {places.count(place) > 2 for place in range(4)} == {True}
