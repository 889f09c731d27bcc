"""What visitors type and what links carry, put together at random from what has hurt parsers before.

`FUZZ_CASES=100000 FUZZ_SEED=7 pytest tests/fuzz` tries as many cases of each kind with another seed.
"""

import os
import random
import time
import tracemalloc

import pytest
import torch

from core.errors import CoreError
from core.model.architecture import find_problem
from core.model.layer_text import layers_from_text
from core.teaching.snippets.literal import parse_index, parse_shape, parse_tensor_literal
from core.teaching.transforms import read_pipeline
from core.training.presets import PRESETS
from core.training.runs.link import FIELDS, from_query

CASES = int(os.environ.get("FUZZ_CASES", "1500"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
pytestmark = pytest.mark.timeout(0 if "FUZZ_CASES" in os.environ else 180)
SECONDS = 0.2  # of processor time, for one text
BYTES = 20_000_000

ATOMS = (
    *(
        "1",
        "0",
        "-1",
        "9" * 18,
        "9" * 20,
        "9223372036854775808",
        "-9223372036854775809",
        "1e308",
        "1e309",
        "-0.0",
    ),
    *(
        "5e-324",
        ".5",
        "1_0",
        "1__0",
        "0x1",
        "1j",
        "1e",
        "True",
        "None",
        "...",
        "tensor",
        "nan",
        "inf",
        "00",
        "٣",
    ),
    *(
        "²",
        "\u2028",
        "\t",
        "\n",
        "\\",
        "#",
        "'a'",
        "lambda:0",
        "x",
        "tensor.T",
        "**",
        "//",
        "<<",
        "@",
        ":=",
        "not 1",
    ),
    *(
        "*[1]",
        "await x",
        "::",
        "::0",
        "1:2:3:4",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        ",",
        ":",
        "<",
        "==",
        "!=",
        "=",
        "+",
    ),
    *("-", " ", "100000", "tensor > 5", "> 5", "tensor > tensor", "0<tensor", "tensor==1e400"),
)
WORDS = (
    *(
        "flatten",
        "linear",
        "conv",
        "relu",
        "maxpool",
        "batchnorm",
        "dropout",
        "softmax",
        "avgpool",
        "k3",
        "i7",
    ),
    *(
        "10",
        "2048",
        "2049",
        "0.5",
        "-",
        "~",
        "_",
        "crop",
        "norm",
        "affine",
        "erase",
        "blur",
        "noise",
        "1e5",
        "nan",
    ),
    *("-1", "00", "9" * 25, "é", "٣"),
)
VALUES = (
    *(
        "0",
        "1",
        "-1",
        "1e-3",
        "1e400",
        "nan",
        "-inf",
        "",
        "9" * 310,
        "9" * 4301,
        "1-2",
        "none",
        "1" + "-1" * 20,
    ),
    *(
        "0-0",
        "9" * 400 + "-1",
        "auto",
        "cuda:²",
        "cuda:99999999999999999999",
        "custom",
        "mlp",
        "cnn",
        "tutorial",
    ),
    *("1.5", "+1", " 1", "true", "custom-00000000", "\x00", "a" * 81, "relu", "sgd"),
)
TENSOR = torch.arange(20).reshape(4, 5)


def text(chance):
    kind = chance.randrange(5)
    if kind == 0:
        return "".join(chance.choice(ATOMS) for _ in range(chance.randrange(1, 14)))
    if kind == 1:
        return ", ".join(chance.choice(ATOMS) for _ in range(chance.randrange(1, 12)))
    if kind == 2:
        return nested(chance, chance.randrange(1, 8))
    if kind == 3:
        return chance.choice(ATOMS) * chance.choice([1, 10, 80, 81, 400, 401, 3000])
    return "".join(
        chr(chance.choice([chance.randrange(32, 127), chance.randrange(0x110000)])) for _ in range(20)
    )


def nested(chance, depth):
    if depth == 0 or chance.random() < 0.3:
        return chance.choice(ATOMS)
    inside = ",".join(nested(chance, depth - 1) for _ in range(chance.randrange(4)))
    return chance.choice(["[%s]", "(%s)", "[%s,]"]) % inside


def words(chance):
    count = chance.choice([1, 3, 8, 48, 60])
    return chance.choice(["-", "~", "_", "--"]).join(
        chance.choice(WORDS) + chance.choice(["", *WORDS]) for _ in range(count)
    )


def query(chance):
    names = [*FIELDS, "preset"]
    values = (*VALUES, *PRESETS, words(chance), text(chance)[:60])
    return {chance.choice(names): chance.choice(values) for _ in range(chance.randrange(1, 9))}


def read_index(given):
    index = parse_index(given)
    return index.apply(TENSOR), index.cells(TENSOR)


READERS = {
    "tensor": (text, parse_tensor_literal),
    "shape": (text, parse_shape),
    "index": (text, read_index),
    "layers": (words, lambda given: find_problem(layers_from_text(given))),
    "pipeline": (words, read_pipeline),
    "link": (query, from_query),
}


def fit(sentence, where):
    assert "\n" not in sentence, where
    assert len(sentence) < 600, where


@pytest.mark.parametrize("name", READERS)
def test_whatever_is_typed_is_read_or_refused_in_a_sentence(name):
    """Nothing but a `CoreError` comes out, at once and in little memory."""
    make, read = READERS[name]
    for case in range(CASES):
        given = make(random.Random(f"{name} {SEED} {case}"))
        measured = case % 40 == 0
        if measured:
            tracemalloc.start()
        started = time.process_time()
        try:
            read(given)
        except CoreError as error:
            fit(str(error), (SEED, case, given))
        assert time.process_time() - started < SECONDS, (SEED, case, given)
        if measured:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < BYTES, (SEED, case, given)


LONG = 1_900_000
"""Characters: what a message of a page may carry of its link."""
UNITS = {
    **dict.fromkeys(("tensor", "shape", "index"), ("[", "1,", "-", "9", "()", "not ", "x")),
    "layers": ("relu-", "linear10-", "9", "-"),
    "pipeline": ("image~", "_1", "9", "~"),
}
LINKS = {
    "then": "e1~",
    "labels": "1:2-",
    "without": "1-",
    "hidden": "1-",
    "layers": "relu-",
    "lr": "1",
    "data": "a",
}


@pytest.mark.parametrize("name", UNITS)
def test_megabytes_of_text_are_refused_at_once(name):
    """What is read is bounded before it is taken apart: by a sentence, in hundredths of a second."""
    _, read = READERS[name]
    for unit in UNITS[name]:
        given = unit * (LONG // len(unit))
        started = time.process_time()
        with pytest.raises(CoreError) as refused:
            read(given)
        assert time.process_time() - started < SECONDS, unit
        fit(str(refused.value), unit)


def test_megabytes_in_a_link_are_left_out_at_once():
    """Each setting by itself is refused by its length, with a sentence, and the rest is used."""
    for name, unit in LINKS.items():
        given = {name: unit * (LONG // len(unit)), "epochs": "7"}
        started = time.process_time()
        config, problems = from_query(given)
        assert time.process_time() - started < SECONDS, name
        assert config.epochs == 7
        assert f"{name} is left out" in problems[0]
        fit(problems[0], name)
