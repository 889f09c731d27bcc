"""What a visitor types is read by a small grammar: mistakes get one sentence, nothing is evaluated."""

import builtins
import time
import tracemalloc

import pytest
import torch

from core.errors import LessonInputError
from core.teaching.snippets.literal import parse_index, parse_shape, parse_tensor_literal

WRONG = [
    (parse_tensor_literal, "[[1, 2], [3]]"),
    (parse_tensor_literal, "[[[1], [2]], [[3], [4, 5]]]"),
    (parse_tensor_literal, "[1, [2]]"),
    (parse_tensor_literal, "[[1], 2]"),
    (parse_tensor_literal, "__import__('os').system('true')"),
    (parse_tensor_literal, "(lambda: 1)()"),
    (parse_tensor_literal, "[x for x in range(10**9)]"),
    (parse_tensor_literal, "9**9**9**9"),
    (parse_tensor_literal, "[0] * 1000000000"),
    (parse_tensor_literal, "[nan, inf]"),
    (parse_tensor_literal, "1e999"),
    (parse_tensor_literal, "9" * 400),
    (parse_tensor_literal, "-9223372036854775809"),
    (parse_tensor_literal, "1j"),
    (parse_tensor_literal, "'text'"),
    (parse_tensor_literal, "[1 2]"),
    (parse_tensor_literal, "[1, 2"),
    (parse_tensor_literal, "]1["),
    (parse_tensor_literal, ""),
    (parse_tensor_literal, "  \n "),
    (parse_tensor_literal, "[" * 10_000 + "]" * 10_000),
    (parse_tensor_literal, "[" * 100 + "]" * 100),
    (parse_tensor_literal, "-" * 390 + "1"),
    (parse_tensor_literal, "[" + "1," * 199 + "]"),
    (parse_tensor_literal, "１２"),
    (parse_tensor_literal, "[1, 2] # \N{SNOWMAN}"),
    (parse_tensor_literal, "\x00"),
    (parse_tensor_literal, "\ud800"),
    (parse_tensor_literal, "{1: 2}"),
    (parse_tensor_literal, "[True, None]"),
    (parse_shape, "100000, 100000"),
    (parse_shape, "9" * 70),
    (parse_shape, "-1"),
    (parse_shape, "2.5"),
    (parse_shape, "1, 1, 1, 1, 1"),
    (parse_shape, "two, three"),
    (parse_shape, ""),
    (parse_index, "[::0]"),
    (parse_index, "::-1"),
    (parse_index, "7"),
    (parse_index, "0, 0, 0"),
    (parse_index, "[[0, 9]]"),
    (parse_index, "[[True, False]]"),
    (parse_index, "[[0, True]]"),
    (parse_index, "[[0, 1], [0, 1, 2]]"),
    (parse_index, "1.5"),
    (parse_index, "'a'"),
    (parse_index, "tensor[tensor]"),
    (parse_index, "tensor.sum()"),
    (parse_index, "x > 3"),
    (parse_index, "0 < tensor < 5"),
    (parse_index, "99999999999999999999999"),
    (parse_index, ":" * 80),
    (parse_index, "[" * 10_000),
    (parse_index, "0," * 30),
    (parse_index, ""),
    (parse_index, "[]"),
    (parse_index, "\N{FULLWIDTH COLON}"),
    (parse_index, "0; import os"),
]


def pick(text: str) -> torch.Tensor:
    """Read an index and use it on a 4 x 5 tensor, as the page does."""
    return parse_index(text).apply(torch.arange(20).reshape(4, 5))


@pytest.mark.parametrize(
    ("parse", "text"), WRONG, ids=lambda value: repr(value)[:30] if isinstance(value, str) else ""
)
def test_a_mistake_gets_one_sentence_at_once(parse, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every wrong input is refused in words, without eval, within a second and 50 MB."""

    def never(*_: object) -> None:
        raise AssertionError("typed text was evaluated")

    monkeypatch.setattr(builtins, "eval", never)
    monkeypatch.setattr(builtins, "exec", never)
    tracemalloc.start()
    started = time.perf_counter()
    try:
        with pytest.raises(LessonInputError) as error:
            pick(text) if parse is parse_index else parse(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.perf_counter() - started < 1
    assert peak < 50e6
    sentence = str(error.value)
    assert sentence.endswith((".", "?", "!"))
    assert "\n" not in sentence
    assert len(sentence) < 400


def test_the_list_of_mistakes_is_long_enough() -> None:
    """At least thirty wrong inputs are tried."""
    assert len(WRONG) >= 30


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
        ("(1, 2.5)", [1, 2.5]),
        ("-3", -3),
        ("+3", 3),
        ("[True, False]", [True, False]),
        ("[[], []]", [[], []]),
        ("1e3", 1000.0),
        (" [1,\n 2] ", [1, 2]),
        ("1_000", 1000),
        ("-.5", -0.5),
    ],
)
def test_numbers_are_read_as_python_reads_them(text: str, value: object) -> None:
    """What is in the language has Python's own value and type."""
    assert repr(parse_tensor_literal(text)) == repr(value)


@pytest.mark.parametrize(
    ("text", "shape"),
    [("2, 3", (2, 3)), ("(5,)", (5,)), ("[2,2]", (2, 2)), ("()", ()), ("4", (4,)), ("0, 3", (0, 3))],
)
def test_shapes_are_read(text: str, shape: tuple[int, ...]) -> None:
    """A shape may have brackets or not."""
    assert parse_shape(text) == shape


@pytest.mark.parametrize(
    ("text", "source"),
    [
        (":, 0", ":, 0"),
        ("[:, 0]", ":, 0"),
        ("tensor[:, 0]", ":, 0"),
        ("..., -1", "..., -1"),
        ("[...]", "..."),
        ("1:3, None", "1:3, None"),
        ("::2", "::2"),
        ("[0, 2]", "0, 2"),
        ("[[0, 2]]", "[0, 2]"),
        ("[0, 2], 1", "[0, 2], 1"),
        ("tensor > 5", "tensor > 5"),
        ("0,", "0,"),
        ("True", "True"),
    ],
)
def test_an_index_means_what_python_makes_of_it(text: str, source: str) -> None:
    """The expression written anew picks what PyTorch picks for it, and `cells` says from where."""
    tensor = torch.arange(20).reshape(4, 5)
    index = parse_index(text)
    assert index.source == source
    expected = eval(f"tensor[{source}]")  # a constant of this test
    assert torch.equal(index.apply(tensor), expected)
    assert torch.equal(tensor.reshape(-1)[index.cells(tensor)], expected)


TENSOR = torch.arange(20).reshape(4, 5)


@pytest.mark.parametrize(
    ("parse", "text", "asked"),
    [
        (parse_index, "1:2.0", lambda: TENSOR[1:2.0]),
        (parse_index, "1.5", lambda: TENSOR[1.5]),
        (parse_index, "::-1", lambda: TENSOR[::-1]),
        (parse_index, "-9223372036854775808", lambda: TENSOR[-(2**63)]),
        (parse_index, "9" * 20, lambda: TENSOR[int("9" * 20)]),
        (parse_index, "[[" + "9" * 20 + "]]", lambda: TENSOR[[int("9" * 20)]]),
        (parse_index, "tensor > " + "9" * 20, lambda: int("9" * 20) < TENSOR),
        (parse_index, "9", lambda: TENSOR[9]),
        (parse_index, "0, 0, 0", lambda: TENSOR[0, 0, 0]),
        (parse_index, "[[True, False]]", lambda: TENSOR[[True, False]]),
        (parse_index, "[[0, 1], [0, 1, 2]]", lambda: TENSOR[[0, 1], [0, 1, 2]]),
        (parse_shape, "-1", lambda: torch.zeros(-1)),
        (parse_tensor_literal, "[[1, 2], [3]]", lambda: torch.tensor([[1, 2], [3]])),
        (parse_tensor_literal, "9" * 20, lambda: torch.tensor(int("9" * 20))),
    ],
)  # fmt: skip
def test_what_pytorch_is_said_to_say_it_says(parse, text: str, asked) -> None:
    """The quotation is the first line of what it raises for the same thing."""
    with pytest.raises((IndexError, ValueError, TypeError, RuntimeError, OverflowError)) as said:
        asked()
    with pytest.raises(LessonInputError) as error:
        pick(text) if parse is parse_index else parse(text)
    assert f"PyTorch says: “{str(said.value).splitlines()[0].rstrip('.')}”" in str(error.value)


@pytest.mark.parametrize(
    ("parse", "text", "words"),
    [
        (parse_tensor_literal, "[[1, 2] [3, 4]]", "comma is missing between two pairs"),
        (parse_tensor_literal, "(1, 2)(3, 4)", "comma is missing between two pairs"),
        (parse_tensor_literal, "[1 + 2]", "Sums are not"),
        (parse_index, "[0][1]", "two steps"),
        (parse_index, "tensor[0][1]", "two steps"),
        (parse_index, "tensor[:, 0] > 5", "whole tensor"),
        (parse_index, ":" + "9" * 20, "64 bits here"),
        (parse_index, "[[1.5]]", "holds whole numbers"),
        (parse_tensor_literal, "[1, \N{MINUS SIGN}2]", "U+2212, minus sign, which only looks like “-”"),
        (parse_tensor_literal, "[1\N{FULLWIDTH COMMA} 2]", "looks like “,”"),
        (parse_tensor_literal, "[\N{FULLWIDTH DIGIT ONE}]", "looks like “1”"),
        (parse_index, "0\N{FULLWIDTH COLON}1", "looks like “:”"),
        (parse_index, "\N{HORIZONTAL ELLIPSIS}, 0", "looks like “...”"),
        (parse_tensor_literal, "\N{LEFT DOUBLE QUOTATION MARK}1", "quotation marks"),
        (parse_tensor_literal, "[1,\N{ZERO WIDTH SPACE}2]", "cannot be seen, U+200B"),
        (parse_tensor_literal, "{1}", "left curly bracket"),
    ],
)  # fmt: skip
def test_the_sentence_is_about_what_was_typed(parse, text: str, words: str) -> None:
    with pytest.raises(LessonInputError) as error:
        parse(text)
    assert words in str(error.value)


def test_what_pytorch_takes_is_taken() -> None:
    """Tuples of indices are lists to it; a space that does not break is a space."""
    assert torch.equal(pick("(0, 1), (2, 3)"), TENSOR[(0, 1), (2, 3)])
    assert parse_tensor_literal("[1,\N{NO-BREAK SPACE}2]") == [1, 2]
