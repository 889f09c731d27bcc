"""Every door for strangers' bytes and text: what comes in is taken, or refused in a sentence fit to be shown.

Fit to be shown: one line, not long, no path of the server, no traceback, nothing that becomes a link, a
picture, HTML or a formula on a page that shows it as Markdown.
"""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.config import TrainConfig
from core.data.dataset_reader import read_own_dataset
from core.data.example_archive import make_example
from core.data.own_dataset import report_csv
from core.data.pictures import preparation
from core.errors import CoreError
from core.exchange.weights import reading
from core.model import NeuralNetwork
from core.model.layer_text import layers_from_text
from core.teaching.snippets.literal import parse_index, parse_shape, parse_tensor_literal
from core.teaching.transforms import read_pipeline
from core.text import quoted
from core.training.runs.link import from_query

PROJECT = str(Path(__file__).resolve().parents[3])
MARKUP = re.compile(r"\]\(|<[a-z/!]|\$[^ ]+\$|!\[")

CORPUS = (
    b"", b"\0", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\x80\x02}.", b"\x89PNG\r\n\x1a\n", b"GIF89a",
    b"\xff\xd8\xff\xe0", b"RIFF\x04\0\0\0WEBP", b"BM" + bytes(60), b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    b"%PDF-1.7", b"\x1f\x8b\x08", b"MZ", b"#!/bin/sh\nid", b'{"__metadata__": {}}', bytes(8) + b"{}",
    (2**63 - 1).to_bytes(8, "little") + b"{}", "file,label\nа.png,٣\n".encode(), b"=1+1,@x\n",
    b"c" + b"__builtin__\neval\n(V1\ntR.", b"(" * 10_000, b"\xef\xbb\xbf", b"\xff\xfe\x00\x00",
)  # fmt: skip
"""Beginnings of many kinds of files, and files that were made to hurt."""

TEXTS = (
    "", " ", "[a](//t.co)", "![](//t.co/x)", "<img src=x>", "$\\frac12$", "a" * 9000, "\0", "\u202ex",
    "é" * 300, "[" * 200, "-" * 200, "~" * 200, "9" * 5000, "1e999", "__import__('os')", "[1, [2, 3]]", "::0",
    "[::0]", "linear:512-relu", "linear512-relu-linear10", "normalize_nan", "/etc/passwd", "٣", "True",
    "None", "1" + ":1" * 90,
)  # fmt: skip


def fit(error, given_text=""):
    sentence = str(error)
    assert sentence.strip()
    assert "\n" not in sentence
    assert len(sentence) < 600
    assert PROJECT not in sentence
    assert "/usr/" not in sentence
    assert "Traceback" not in sentence
    if MARKUP.search(given_text):
        assert not MARKUP.search(sentence), sentence


def whole_files(sample):
    """Files that are right, to be damaged."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("labels.csv", "file,label\nа.png,3\n")
        file.writestr("a.png", b"no picture")
    return {
        "weights": reading.to_pth(NeuralNetwork().state_dict())[:200_000],
        "archive": archive.getvalue(),
        "example": make_example(sample)[:60_000],
    }


DOORS = {
    "checkpoints": reading.read_state_dict,
    "images": preparation.prepare_upload,
    "dataset": read_own_dataset,
    "table": None,  # a whole archive with this as its CSV file
}


@pytest.mark.parametrize("door", DOORS)
def test_any_bytes_are_taken_or_refused_in_a_sentence(door, sample_train):
    """The corpus, random bytes, and whole files with damage."""
    whole = whole_files(sample_train)
    archive = whole["archive"]
    read = DOORS[door] or (lambda data: read_own_dataset(archive, data))

    def attempt(data):
        try:
            result = read(data)
        except CoreError as error:
            fit(error)
            return
        if door in ("dataset", "table"):
            for row in result.rows:
                fit(row.problem or "read")
            report_csv(result.rows)

    for data in CORPUS:
        attempt(data)

    @given(st.binary(max_size=200), st.sampled_from(sorted(whole)), st.integers(0, 10**6), st.booleans())
    @example(b"", "archive", 0, True)
    def holds(noise, name, at, alone):
        data = whole[name]
        at %= len(data)
        attempt(noise if alone else data[:at] + noise + data[at + len(noise) :])

    holds()


READERS = {
    "a list of layers": layers_from_text,
    "a pipeline": read_pipeline,
    "a tensor": parse_tensor_literal,
    "a shape": parse_shape,
    "an index": parse_index,
    "settings": lambda text: TrainConfig.from_dict({"device": text, "loss": text, text[:90]: 1}),
    "nested settings": lambda text: TrainConfig.from_dict(
        {"model": {"architecture": text, "hidden": [text]}}
    ),
}


REPEATED = ("a tensor", "a shape", "an index")
"""These repeat the wrong word as it was typed; the page shows it with its marks escaped."""


@pytest.mark.parametrize("name", READERS)
def test_any_text_is_taken_or_refused_in_a_sentence(name):
    """The corpus, and random text."""

    def attempt(text):
        try:
            READERS[name](text)
        except CoreError as error:
            fit(error, text if name not in REPEATED else "")

    for text in TEXTS:
        attempt(text)
    given(st.text(max_size=60) | st.text("[](){}:,-~.0123456789 linearconvreluTrue", max_size=60))(attempt)()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("model", "data", "optimizer", "epochs", "seed", "device", "layers", "x")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4))
def test_any_json_is_a_run_or_a_sentence(values):
    """What a file of settings, or a run's folder, may hold."""
    try:
        config = TrainConfig.from_dict(json.loads(json.dumps(values)))
    except CoreError as error:
        fit(error)
    else:
        assert TrainConfig.from_dict(config.to_dict()) == config


@given(st.text(max_size=40) | st.sampled_from(TEXTS))
def test_what_is_quoted_is_no_markup(text):
    """Letters, digits and a few marks, cut short."""
    shown = quoted(text)
    assert len(shown) <= 29
    assert not set(shown) & set("<>[]()$*`\\!#|{}:\n\r\0\u202e")


@given(st.dictionaries(st.sampled_from(("lr", "epochs", "net", "layers", "act", "hidden", "data")),
                       st.sampled_from(TEXTS) | st.text(max_size=30), max_size=5))  # fmt: skip
def test_any_link_is_a_run_and_sentences(query):
    """What makes no sense is named in a sentence, the rest is used."""
    config, problems = from_query(query)
    assert isinstance(config, TrainConfig)
    for problem in problems:
        fit(problem, " ".join(query.values()))
