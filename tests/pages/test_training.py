"""The training page: a form in a link, one run, its result, and a sentence for whatever does not work."""

import time
from dataclasses import replace

import pytest

from core.analysis.landscape import Size
from core.config import DataConfig, OptimizerConfig, TrainConfig
from core.training.engine.step import TrainingStep
from core.training.presets import PRESETS
from core.training.runs.link import from_query, to_query
from ui import resources

TINY = {"epochs": "2", "images": "320", "device": "cpu"}


@pytest.fixture(autouse=True)
def own_runs(fresh_resources):
    """Each test has a server's resources of its own."""
    yield
    resources.jobs().close()


def read(app):
    """Everything a visitor reads on the page."""
    parts = [*app.markdown, *app.caption, *app.header, *app.error, *app.warning, *app.info]
    return "\n".join(part.value for part in parts)


def finish(app, timeout=60):
    """Run the page again until its run has ended."""
    deadline = time.monotonic() + timeout
    while not any(heading.value == "Time machine" for heading in app.header) and not app.error:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
        assert not app.exception
    return app


def test_a_run_is_forked_beside_its_ghost_and_the_tree_shows_both(open_page):
    """From the first epoch with another rate: the fork is in the link, its ghost and the tree on the page."""
    app = open_page("training", **TINY)
    app.button(key="start").click().run()
    finish(app)
    fork = next(button for button in app.button if button.label == "Fork from here")
    assert fork.disabled
    next(box for box in app.number_input if box.key and box.key.startswith("fork_lr")).set_value(0.5).run()
    assert "Changed: learning rate 0.5." in read(app)
    next(button for button in app.button if button.label == "Fork from here").click().run()
    finish(app)
    assert "".join(app.query_params["then"]) == "e1_r0.5"
    text = read(app)
    assert "Beside its ghost" in text
    assert "after epoch 1: learning rate 0.5" in text
    assert "The tree of runs" in text
    assert "torch.optim.SGD(model.parameters(), lr=0.001)" in app.code[-1].value
    assert "set_rate(0.5)" in app.code[-1].value
    next(button for button in app.button if button.label == "Without the last change").click().run()
    assert "then" not in app.query_params
    assert not open_page("training", then="e1_o9", **TINY).exception


def test_a_fork_of_a_run_whose_rate_ends_near_0_offers_the_rate_that_it_had(open_page):
    """After its only epoch one-cycle has no rate left to go on with."""
    query = {**TINY, "epochs": "1", "schedule": "one_cycle", "lr": "0.05"}
    app = open_page("training", **query)
    app.button(key="start").click().run()
    finish(app)
    assert next(box for box in app.number_input if (box.key or "").startswith("fork_lr")).value == 0.05
    assert "Changed: learning rate 0.05." in read(app)


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_preset_fills_the_form_and_the_link(open_page, name):
    """One click sets every field, says why the run behaves as it does, and is in the address."""
    app = open_page("training", epochs="7")
    app.segmented_control(key="training_preset").set_value(name).run()
    assert not app.exception
    preset = PRESETS[name]
    assert preset.why in read(app)
    assert app.number_input(key="form_epochs").value == preset.config.epochs
    assert app.number_input(key="form_lr").value == preset.config.optimizer.lr
    query = {key: value[0] if isinstance(value, list) else value for key, value in app.query_params.items()}
    assert from_query(query)[0] == preset.config


def test_a_link_fills_the_form(open_page):
    """Every setting of a link is in the form, and the same link is in the address bar."""
    app = open_page("training", net="mlp", hidden="32-16", opt="adamw", lr="0.02", schedule="cosine", bn="1")
    assert app.selectbox(key="form_net").value == "mlp"
    assert app.text_input(key="form_hidden").value == "32, 16"
    assert app.selectbox(key="form_optimizer").value == "adamw"
    assert app.number_input(key="form_lr").value == 0.02
    assert "2 layers" not in read(app)
    assert app.toggle(key="form_bn").value is True


def test_changing_a_field_changes_the_link(open_page):
    """What is typed can be shared at once; defaults stay out of the address."""
    app = open_page("training")
    app.number_input(key="form_batch").set_value(256).run()
    app.selectbox(key="form_optimizer").set_value("adam").run()
    assert app.query_params["batch"] in ("256", ["256"])
    assert app.query_params["opt"] in ("adam", ["adam"])
    assert "epochs" not in app.query_params
    assert "Unlike the tutorial: optimizer Adam, batch size 256" in read(app)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"epochs": "many"}, "epochs is left out"),
        ({"epochs": "1000"}, "between 1 and 60"),
        ({"net": "transformer"}, "architecture must be one of"),
        ({"lr": "-1"}, "learning rate must be above 0"),
        ({"layers": "flatten-nonsense"}, "is not a layer"),
        ({"hidden": "x-y", "net": "mlp"}, "hidden is left out"),
        ({"lr": "<script>"}, "?script?"),
    ],
)
def test_a_bogus_link_is_a_sentence_and_the_rest_is_used(open_page, query, sentence):
    """Never an exception; what makes sense stays."""
    app = open_page("training", seed="3", **query)
    assert sentence in read(app)
    assert app.number_input(key="form_seed").value == 3


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"epochs": "60", "batch": "1"}, "above the limit of 200,000"),
        ({"device": "cuda:5"}, "no device"),
        ({"layers": "flatten-linear7"}, "it needs 10"),
        ({"data": "custom-12345678"}, "dataset"),
    ],
)
def test_what_cannot_be_run_is_a_sentence(open_page, query, sentence):
    """The form is still there to put it right."""
    app = open_page("training", **query)
    assert sentence in read(app)
    assert app.number_input(key="form_epochs")


def test_widths_that_are_no_numbers_are_a_sentence(open_page):
    """Typed nonsense costs nothing but that sentence."""
    app = open_page("training", net="mlp")
    app.text_input(key="form_hidden").set_value("12, many").run()
    assert not app.exception
    assert "whole numbers with commas" in read(app)
    app.text_input(key="form_hidden").set_value("24").run()
    assert "784-24-10" in read(app)


def test_from_start_to_time_machine(open_page):
    """Start, result with its numbers, and any epoch brought back."""
    app = open_page("training", **TINY)
    app.button(key="start").click().run()
    finish(app)
    labels = [metric.label for metric in app.metric]
    assert "Test accuracy, 1,000 images" in labels
    assert "Trained" not in labels
    app.slider(key="epoch_slider").set_value(1).run()
    assert not app.exception
    assert "After epoch 1 of 2" in read(app)
    assert app.query_params["epoch"] in ("1", ["1"])
    assert "First layer" in read(app)


def test_a_link_computes_nothing_and_a_click_measures(open_page, monkeypatch):
    """Opening the page trains no step; the button tries some and says how long the run takes."""
    steps = []
    real = TrainingStep.__call__
    monkeypatch.setattr(TrainingStep, "__call__", lambda *a, **k: (steps.append(1), real(*a, **k))[1])
    app = open_page("training", **{**TINY, "batch": "50", "seed": "77"})
    assert not steps
    app.button(key="measure_speed").click().run()
    assert steps
    assert any("images per second: the speed of a few steps" in caption.value for caption in app.caption)
    assert not [button for button in app.button if button.key == "measure_speed"]


def test_a_run_that_is_there_is_shown_with_its_origin(open_page):
    """Opened later or by somebody else, the same link shows the run; asking again trains nothing."""
    finish(open_page("training", **TINY).button(key="start").click().run())
    resources.jobs().close()
    resources.start_anew()
    app = open_page("training", **TINY)
    assert any(heading.value == "Time machine" for heading in app.header)
    assert "From cache" in "\n".join(part.value for part in app.markdown)
    assert app.button(key="start").label == "Train again with another seed"
    assert "the same settings give the same numbers" in read(app)
    assert not any(job.is_active for job in resources.jobs().snapshots())


def test_a_diverging_run_says_why_and_keeps_its_curve(open_page):
    """The sentence names the step and the remedy."""
    app = open_page("training", lr="1000", **TINY)
    app.button(key="start").click().run()
    finish(app)
    assert "lower the learning rate" in read(app)


def test_a_run_that_stopped_early_says_when_and_what_it_kept(open_page):
    """The epochs that never ran are no surprise, and the numbers of images are exact."""
    app = open_page(
        "training",
        epochs="30",
        images="600",
        lr="0.5",
        validation="0.3",
        patience="1",
        shuffle="1",
        device="cpu",
    )
    app.button(key="start").click().run()
    said = read(finish(app))
    assert "Stopped early, after epoch" in said
    assert "of 30: the validation loss did not fall for one epoch" in said
    assert "Images: training 420, validation 180, test 1,000." in said


def test_one_run_a_visitor(open_page):
    """A second start is refused in a sentence, with a link to the first."""
    app = open_page("training", epochs="60", batch="1", images="3000", device="cpu")
    app.button(key="start").click().run()
    assert any(button.label == "Stop" for button in app.button)
    app.number_input(key="form_seed").set_value(1).run()
    app.button(key="start").click().run()
    assert not app.exception
    assert "You have a run going already" in read(app)


def test_the_script_is_the_run(open_page):
    """The code below carries the form's values."""
    app = open_page("training", lr="0.037", **TINY)
    assert any("0.037" in block.value for block in app.code)


@pytest.mark.parametrize("preset", list(PRESETS.values()), ids=lambda preset: preset.name)
def test_every_preset_survives_the_link(preset):
    """Written into a link and read back it is the same run."""
    config, problems = from_query(to_query(preset.config))
    assert config == preset.config
    assert problems == []


def test_a_link_may_change_a_preset():
    """`?preset=fast&epochs=9` is that preset for nine epochs; a name that is none is told."""
    config, problems = from_query({"preset": "fast", "epochs": "9", "lr": "0.05"})
    fast = PRESETS["fast"].config
    assert config == replace(fast, epochs=9, optimizer=replace(fast.optimizer, lr=0.05))
    assert problems == []
    config, problems = from_query({"preset": "fastest", "epochs": "9"})
    assert config == replace(TrainConfig.tutorial(), epochs=9)
    assert [problem.partition(":")[0] for problem in problems] == ["The link's preset is left out"]


def test_a_resolved_run_survives_the_link():
    """Device, threads and dataset are the machine's own and stay out of the link."""
    resolved = replace(
        TrainConfig(data=DataConfig(dataset="sample-00000000"), threads=2, device="cpu"),
        optimizer=OptimizerConfig(clip_norm=0.5, name="rmsprop", momentum=0.5, ema_decay=0.9),
    )
    query = to_query(resolved)
    assert "data" not in query
    back, problems = from_query(query)
    assert problems == []
    assert back.optimizer == resolved.optimizer
    assert (back.threads, back.data.dataset) == (0, "auto")


def test_a_run_from_the_inside(open_page, monkeypatch):
    """Weights, images and landscape of a run; the landscape is a job, kept with the run, with a point."""
    monkeypatch.setattr("core.analysis.landscape.job.affordable", lambda model: Size(5, 20))
    tiny = TINY | {"net": "mlp", "hidden": "8"}
    app = open_page("training", **tiny)
    finish(app.button(key="start").click().run())
    assert "How far did training move the weights" not in read(app)
    app.segmented_control(key="inside").set_value("Weights").run()
    assert "How far did training move the weights" in read(app)
    assert "from before updates were measured" not in read(app)
    app.segmented_control(key="inside").set_value("Test images").run()
    assert not app.exception
    assert "after epoch 2, where they keep" in read(app)
    app.segmented_control(key="inside").set_value("Landscape").run()
    assert "coarse first" in read(app)
    next(button for button in app.button if button.label == "Compute the landscape").click().run()
    deadline = time.monotonic() + 60
    while "It explains" not in read(app):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        app.run()
        assert not app.exception
    assert "The network at the point" in read(app)
    assert "Compute the landscape" not in [button.label for button in app.button]
    app.session_state["forks_fork_in_code"] = True
    app.run()
    assert any("nothing changed: the same weights at the end? True" in box.value for box in app.code)
