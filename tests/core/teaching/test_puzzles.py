"""Puzzles are judged by what an answer does: every right one counts, a wrong one is answered."""

import pytest
import torch

from core.teaching.puzzles import every_puzzle, puzzles

PUZZLES = every_puzzle()
RIGHT = [(puzzle, answer) for puzzle in PUZZLES for answer in puzzle.answers]
WRONG = [(puzzle, answer) for puzzle in PUZZLES for answer in puzzle.wrong]


def name(value):
    """A test's name for a puzzle or an answer."""
    return value if isinstance(value, str) else value.name


@pytest.mark.parametrize(("puzzle", "answer"), RIGHT, ids=name)
def test_a_right_answer_solves_it(puzzle, answer):
    verdict = puzzle.try_answer(answer)
    assert verdict.solved, verdict.says


@pytest.mark.parametrize(("puzzle", "answer"), WRONG, ids=name)
def test_a_wrong_answer_is_answered(puzzle, answer):
    """It does not solve the puzzle, and the hint is a sentence of its own."""
    verdict = puzzle.try_answer(answer)
    assert not verdict.solved
    assert verdict.says.endswith((".", "”."))


@pytest.mark.parametrize("puzzle", PUZZLES, ids=name)
@pytest.mark.parametrize(
    "text", ["", "__import__('os')", "[" * 300, "a b", "9" * 190, "tensor.__class__", "(,)", "nan"]
)
def test_what_cannot_be_read_is_a_sentence(puzzle, text):
    """Typed text is never evaluated, and never an exception."""
    verdict = puzzle.try_answer(text)
    assert not verdict.solved
    assert verdict.says


INDICES = [(puzzle, answer) for puzzle, answer in RIGHT if "tensor[____]" in puzzle.program]


@pytest.mark.parametrize(("puzzle", "answer"), INDICES, ids=name)
def test_an_index_that_counts_as_right_gives_what_is_shown_in_the_program_itself(puzzle, answer):
    """Put into the gap by us, and run: no bracket more than PyTorch would be given."""
    if answer.startswith("tensor["):
        answer = answer.removeprefix("tensor[").removesuffix("]")
    names = {"torch": torch, "print": lambda value: printed.append(value)}
    printed: list[torch.Tensor] = []
    exec(puzzle.program.replace("____", answer), names)
    assert puzzle.wanted in (str(printed[0]), f"a tensor of shape {list(printed[0].shape)}")


def test_there_are_thirty_of_them_on_three_pages():
    assert len(PUZZLES) >= 30
    assert len({puzzle.name for puzzle in PUZZLES}) == len(PUZZLES)
    for page in ("tensors", "model", "optimization"):
        assert len(puzzles(page)) >= 5
    assert puzzles("quickstart") == ()
    for puzzle in PUZZLES:
        assert puzzle.program.count("____") == 1


def test_hints_answer_what_was_typed():
    """A shape that differs is named, so is a value, and PyTorch's own sentence where it refuses."""
    by_name = {puzzle.name: puzzle for puzzle in PUZZLES}
    assert "[5]; it should be [4]" in by_name["last-column"].try_answer("0").says
    assert "the values are not" in by_name["last-column"].try_answer(":, 0").says
    assert "out of bounds" in by_name["first-row"].try_answer("9").says
    assert "1 × 28 × 28" in by_name["ten-thousand"].try_answer("flatten-linear10").says
    assert "50,890 parameters" in by_name["ten-thousand"].try_answer("flatten-linear64-relu-linear10").says
    assert "no weight moves" in by_name["order-of-lines"].try_answer("cbda").says
    assert "leads to 0.6;" in by_name["one-step-there"].try_answer("0.1").says
    assert "no weight moves" in by_name["order-of-lines"].try_answer("dcab").says
    assert "as far from 0" in by_name["rate-that-diverges"].try_answer("1").says
    assert "no hidden layer" in by_name["hidden-layer"].try_answer("flatten-relu-linear10").says
    assert "is trained" in by_name["rate-for-85"].ask


def test_judging_leaves_the_global_generator_alone():
    before = torch.get_rng_state()
    for puzzle in PUZZLES:
        puzzle.try_answer(puzzle.answers[0])
    assert torch.equal(before, torch.get_rng_state())
