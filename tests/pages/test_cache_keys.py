"""What caches shared by all visitors give is each one's own: keys hold all that a result depends on."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
import torch

from core.config import ModelConfig
from core.exchange.weights import to_pth
from core.exchange.weights.arrangements import with_activation
from core.exchange.weights.uploads import read_uploaded_weights, to_model
from core.model import build
from core.model.layer_text import layers_from_text
from core.training.trained_model import TrainedModel
from ui import models
from ui.predictions import share
from ui.predictions.state import view_of

PROJECT = Path(__file__).resolve().parents[2]


def upload(title="alice-private-thesis", normalize="none", activation="relu"):
    state = build(ModelConfig(), torch.Generator().manual_seed(5)).state_dict()
    found = read_uploaded_weights(to_pth(state))
    arrangement = with_activation(found.found.likeliest, activation)
    return to_model(found, title=title, normalize=normalize, arrangement=arrangement)


@pytest.fixture
def visitor(monkeypatch):
    """A function that makes somebody else the visitor of the page, with networks of their own."""

    def become(name, *brought):
        monkeypatch.setattr(models, "tab", lambda: name)
        monkeypatch.setattr(models, "uploads", lambda: {model.id: model for model in brought})

    return become


def test_a_network_is_known_by_all_that_its_answers_depend_on():
    """The same numbers under another normalization or stack of layers are another network."""
    networks = [upload(), upload(normalize="fashion_mnist")]
    for spec in ("flatten-linear10", "flatten-linear10-tanh"):
        config = ModelConfig(architecture="custom", layers=layers_from_text(spec))
        state = {name: torch.ones_like(value) for name, value in build(config).state_dict().items()}
        networks.append(
            TrainedModel.from_state_dict(state, id="", title="", model=config, normalize="none", about="")
        )
    digests = [network.digest for network in networks]
    assert len(set(digests)) == len(digests)
    assert all(len(digest) == 64 for digest in digests)


def test_a_card_is_its_own_visitors(visitor, monkeypatch):
    """Three visitors with the same weights, one of them with normalized images: each card has its own file's
    name and its own probabilities."""
    st.cache_data.clear()
    drawn = []

    def draw(image, probabilities, classes, *, model, **options):
        drawn.append((tuple(probabilities), model))
        return bytes([len(drawn)])

    monkeypatch.setattr(share, "card_png", draw)
    cards = []
    for name, model in (("a", upload()), ("b", upload("b", "fashion_mnist")), ("c", upload("c"))):
        visitor(name, model)
        view = view_of(model)
        key = models.cache_key(model)
        cards.append(share._card(key, model.title, view.split.fingerprint, 3, view))
    assert len(set(cards)) == 3
    assert [title for _, title in drawn] == ["alice-private-thesis", "b", "c"]
    assert drawn[0][0] != drawn[1][0]
    assert drawn[0][0] == drawn[2][0]


def test_what_is_made_of_an_upload_is_nobody_elses(visitor):
    """The same file of two visitors is computed twice; a network of the server's once for all."""
    mine = upload()
    visitor("a", mine)
    first = models.cache_key(mine)
    visitor("b", mine)
    assert models.cache_key(mine) != first
    shared = replace(mine, id="pretrained")
    visitor("a")
    assert models.cache_key(shared) == mine.digest


def test_every_cached_function_has_a_key_for_what_it_leaves_out():
    """A parameter that Streamlit leaves out of the key (`_model`) has a name beside it that is in the key."""
    needed = {"_model": {"key"}, "_view": {"key", "fingerprint"}, "_split": {"fingerprint"}}
    needed |= {"_logits": {"key"}, "_config": {"key"}}
    for path in (PROJECT / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            decorators = "".join(map(ast.unparse, getattr(node, "decorator_list", [])))
            if isinstance(node, ast.FunctionDef) and "st.cache_" in decorators:
                names = {argument.arg for argument in node.args.args}
                for name in names:
                    assert needed.get(name, set()) <= names, (path, node.name, name)
