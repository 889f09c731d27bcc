"""The checkpoints page: what leaves, what comes in, and who can see it."""

import importlib.util
import re
from dataclasses import replace

import pytest
import torch
from torch import nn

from core.config import DataConfig, ModelConfig, TrainConfig
from core.exchange.weights import to_pth, to_safetensors
from core.exchange.weights.uploads import write_notes
from core.model import NeuralNetwork, build
from core.training.engine import run_training
from core.training.pretrained import load
from tests.hostile_files import saved
from ui import resources

BRING, DONE = "Bring your own", "How it is done"
SHORTCUT = {
    "stem.weight": torch.zeros(8, 1, 3, 3),
    "conv.weight": torch.zeros(16, 8, 3, 3),
    "shortcut.weight": torch.zeros(16, 8, 1, 1),
    "fc.weight": torch.zeros(10, 16),
}
"""A network in which what a convolution gives is added to what it was given."""


@pytest.fixture
def visit(open_page):
    """Opens the page at one of its sections."""

    def at(section: str, **query: str):
        return open_page("checkpoints", section=section, **query)

    return at


def upload(app, name: str, data: bytes):
    """Give the page a file."""
    app.file_uploader[0].upload(name, data)
    return app.run()


def press(app, label: str):
    """Press the button of this label."""
    [button] = [button for button in app.button if button.label == label]
    return button.click().run()


def errors(app):
    """The sentences in red."""
    return [error.value.replace("\\", "") for error in app.error]


def text_of(app):
    """Everything a visitor reads on the page."""
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.success, *app.header])


def test_the_tutorials_model_comes_in_and_is_used_on_other_pages(visit):
    """Uploaded, recognized, scored on the test images, and chosen in the link."""
    app = upload(visit(BRING), "model.pth", to_pth(load().module.state_dict()))
    assert "The tutorial's network: 512-512-10, 669,706 parameters" in text_of(app)
    press(app, "Use it on every page")
    assert not app.exception
    assert "model\\_" not in text_of(app)
    assert "test accuracy **" in text_of(app)
    assert "1,000 images" in text_of(app)
    assert app.query_params["model"][0].startswith("upload-") or app.query_params["model"].startswith(
        "upload-"
    )
    app.switch_page("pages/model.py").run()
    assert not app.exception


def test_another_visitor_cannot_see_it(visit):
    """Uploads live in their session: a second one has neither the network nor its link."""
    first = press(
        upload(visit(BRING), "mine.pth", to_pth(NeuralNetwork().state_dict())), "Use it on every page"
    )
    [name] = list(first.session_state["uploaded_models"])
    second = visit("Take home", model=name)
    assert "uploaded_models" not in second.session_state or not second.session_state["uploaded_models"]
    assert not any("mine" in option for box in second.selectbox for option in box.options)
    assert "Shipped with this app" in text_of(second)


def test_nothing_of_an_upload_is_on_disk(visit, tmp_path, monkeypatch):
    """It stays in memory, and goes with the session."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    press(upload(visit(BRING), "model.pth", to_pth(NeuralNetwork().state_dict())), "Use it on every page")
    assert not list(tmp_path.rglob("*.pth"))


def test_only_a_few_uploads_are_kept(visit):
    """The oldest of five goes."""
    app = visit(BRING)
    for seed in range(5):
        state = build(ModelConfig(), torch.Generator().manual_seed(seed)).state_dict()
        app.file_uploader[0].set_value((f"{seed}.pth", to_pth(state), ""))
        press(app.run(), "Use it on every page")
    titles = [model.title for model in app.session_state["uploaded_models"].values()]
    assert titles == ["1.pth", "2.pth", "3.pth", "4.pth"]
    press_first = next(button for button in app.button if button.label == "Remove")
    press_first.click().run()
    assert len(app.session_state["uploaded_models"]) == 3


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (saved(nn.Linear(784, 10)), "whole pickled model"),
        (saved({"w": torch.zeros(3)}), "parameter w"),
        (saved(SHORTCUT), "shortcut takes 8"),
        (b"PK\x03\x04 and nothing more", "ends too early"),
        (b"<!doctype html>", "a web page"),
    ],
    ids=["whole model", "another network", "no chain of layers", "cut", "HTML"],
)
def test_a_refused_file_is_one_sentence(visit, data, reason):
    """And the page goes on: there is nothing to use, and no traceback."""
    app = upload(visit(BRING), "model.pth", data)
    assert not app.exception
    assert len(app.error) == 1
    assert reason in errors(app)[0]
    assert not [button for button in app.button if button.label == "Use it on every page"]


def test_what_a_file_cannot_say_is_asked(visit):
    """The activation of a stack of layers; nothing at all where our own notes say it."""
    config = ModelConfig(architecture="mlp", hidden=(16,), activation="tanh")
    state = build(config).state_dict()
    app = upload(visit(BRING), "net.pt", to_pth(state))
    assert any("scaled" in radio.label for radio in app.radio)
    [activations] = [group for group in app.button_group if "activation" in group.label]
    press(activations.set_value("silu").run(), "Use it on every page")
    [chosen] = app.session_state["uploaded_models"].values()
    assert chosen.model == replace(config, activation="silu")

    file = to_safetensors(state, write_notes(config, "fashion_mnist", ""))
    told = upload(visit(BRING), "net.safetensors", file)
    assert not told.radio
    press(told, "Use it on every page")
    [model] = told.session_state["uploaded_models"].values()
    assert model.model == config
    assert model.normalize == "fashion_mnist"


def shown_scores(app):
    """The figure beside each way to scale, in the order of the page."""
    [radio] = [radio for radio in app.radio if "scaled" in radio.label]
    assert radio.index == 0
    captions = radio.proto.captions
    assert all(re.fullmatch(r"\d+% of 1,000 test images", caption) for caption in captions)
    return [int(caption.partition("%")[0]) for caption in captions]


def test_each_way_to_scale_has_its_score_and_the_best_is_chosen(visit):
    """Five ways for weights that say nothing of their images, by what each gives on the test images."""
    app = upload(visit(BRING), "model.pth", to_pth(load().module.state_dict()))
    scores = shown_scores(app)
    assert len(scores) == 5
    assert scores[0] >= 85
    assert scores[1:] == sorted(scores[1:], reverse=True)
    assert not [warning for warning in app.warning if "test images correctly" in warning.value]


@pytest.mark.parametrize(
    ("classes", "doubt"), [(5, "trained only a little, or a part of it"), (0, "guessing gives 10%")]
)
def test_a_network_that_is_partly_right_or_not_at_all_comes_with_a_caveat(visit, classes, doubt):
    """One sentence says what the low figure may mean; the network can be used all the same."""
    state = {name: value.clone() for name, value in load().module.state_dict().items()}
    state["linear_relu_stack.4.bias"][max(1, classes) :] -= 1e3  # it names only the first few classes
    app = upload(visit(BRING), "model.pth", to_pth(state))
    assert abs(shown_scores(app)[0] - 10 * max(1, classes)) <= 10
    [warning] = app.warning
    assert doubt in warning.value
    assert warning.value.count(". ") == 0
    press(app, "Use it on every page")
    assert "test accuracy **" in text_of(app)


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>.pth", "../../etc/passwd.pth", "[a](b).pth", ".pth"]
)
def test_a_files_name_is_only_text(visit, name):
    """It is shown with plain characters only."""
    app = press(upload(visit(BRING), name, to_pth(NeuralNetwork().state_dict())), "Use it on every page")
    [model] = app.session_state["uploaded_models"].values()
    assert not set(model.title) & set("<>/[]()")


def test_a_run_is_taken_home(open_page, fresh_resources, small_train, small_test, tmp_path):
    """Weights, zip, tables and code of a run are offered, and the zip's weights are the run's."""
    config = TrainConfig(epochs=1, batch_size=128, data=DataConfig(limit=128), device="cpu", threads=1)
    states = []
    result = run_training(config, train_split=small_train, test_split=small_test, on_checkpoint=states.append)
    store = resources.runs()
    store.begin(result.config)
    store.save_epoch(states[0], torch.zeros(1).numpy())
    store.finish(result.config.key(), "finished", weights=result.state_dict)
    app = open_page("checkpoints", model=result.config.key())
    labels = [button.label for button in app.get("download_button")]
    for label in (
        "model.pth",
        "model.safetensors",
        "run.zip",
        "Table (CSV)",
        "Picture (PNG)",
        "run.ipynb",
        "run.py",
    ):
        assert label in labels
    [script] = [box.value for box in app.code if "datasets.FashionMNIST" in box.value]
    assert "min(128, len(training_data))" in script
    assert "torchrun" not in script
    [toggle] = [toggle for toggle in app.toggle if toggle.label == "For several GPUs"]
    app = toggle.set_value(True).run()
    assert any("torchrun" in box.value for box in app.code)


def test_onnx_is_offered_only_where_it_works(visit):
    """The button is there, and says what is missing."""
    app = visit("Take home")
    if importlib.util.find_spec("onnx") is None:
        [button] = [button for button in app.button if button.label == "model.onnx"]
        assert button.disabled
        assert "pip install onnx" in button.help


@pytest.mark.parametrize(
    ("step", "printed"),
    [
        ("1. Save", "669,706 parameters, 0 buffers"),
        ("2. Load, and prove it", "equal to the bit, 640 logits: True"),
        ("3. Forget eval()", "training mode, attempt 5"),
        ("4. Names that do not match", "Missing key(s)"),
        ("5. Resume training", "equal to the run without a pause: True"),
        ("6. Why not the whole model", "torch.nn.modules.linear.Linear"),
    ],
)
def test_each_step_proves_its_point(visit, step, printed):
    """What the snippet printed is on the page."""
    app = visit(DONE, step=step)
    assert not app.error, errors(app)
    assert any(printed in box.value for box in app.code)


@pytest.mark.parametrize("section", ["", "Nonsense", "x" * 5000, "<b>"])
def test_a_bogus_section_gives_the_first(open_page, section):
    """Never an exception."""
    app = open_page("checkpoints", section=section)
    assert any(button.label == "model.pth" for button in app.get("download_button"))
