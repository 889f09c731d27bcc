"""The home page: predictions at once, the tutorial's run, five steps, and links that make no sense."""

import time

import pytest

from core.config import DataConfig, TrainConfig
from core.errors import DataError
from ui import resources


def text_of(app):
    """Everything a visitor reads on the page."""
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.title, *app.header])


def test_home_shows_a_prediction_before_anybody_has_trained_anything(open_page):
    """Whose prediction it is stands beside it."""
    text = text_of(open_page())
    assert "Predicted:  \n**Ankle boot**" in text
    assert "Actual:  \n**Ankle boot**" in text
    assert "by: Pretrained model" in text
    assert "5,000 training and 1,000 test images" in text


def test_a_link_chooses_the_garment(open_page):
    """`?sample=` is what a click on the grid writes."""
    assert "Test image 17 of 1,000" in text_of(open_page(sample="17"))


@pytest.mark.parametrize("value", ["1000", "-1", "boot", "1e3", "", "9" * 400])
def test_a_bogus_sample_gives_the_first_and_one_sentence(open_page, value):
    """Never an exception: the number is out of range or no number."""
    app = open_page(sample=value)
    assert "Test image 0 of 1,000" in text_of(app)
    assert len(app.toast) == 1
    told = app.toast[0].value
    assert "between 0 and 999" in told or "nothing readable for sample" in told


def test_a_bogus_model_gives_the_pretrained_one_and_one_sentence(open_page):
    """As after a run was deleted that a link points at."""
    app = open_page(model="no-such-run")
    assert "by: Pretrained model" in text_of(app)
    assert "not here" in app.toast[0].value


def test_only_the_open_step_is_run(open_page):
    """The five steps are in tabs, and the code of the open one is on the page."""
    app = open_page()
    assert [tab.label for tab in app.tabs] == [
        "1. A batch of images",
        "2. The network",
        "3. Train and test",
        "4. Save and load",
        "5. Predict",
    ]
    assert [box.value for box in app.code if "torch.Size([64, 1, 28, 28])" in box.value]
    assert not [box.value for box in app.code if "class NeuralNetwork" in box.value]


@pytest.mark.parametrize(
    ("step", "printed"),
    [
        ("2. The network", "(linear_relu_stack): Sequential("),
        ("3. Train and test", "mean loss 2.3"),
        ("4. Save and load", "linear_relu_stack.0.weight   (512, 784) True"),
        ("5. Predict", 'actual: "Ankle boot"'),
    ],
)
def test_each_step_shows_its_code_and_what_that_printed(open_page, step, printed):
    """Both are on the page, and nothing failed."""
    app = open_page(step=step)
    assert not app.error, [box.value for box in app.error]
    blocks = [box.value for box in app.code]
    assert [block for block in blocks if "import torch" in block]
    assert [block for block in blocks if printed in block and "import" not in block]


def test_the_button_trains_in_the_background_and_the_result_can_predict(
    open_page, fresh_resources, monkeypatch
):
    """Started by one visitor, found by another, and chosen to look at the garments."""
    short = TrainConfig(shuffle=False, epochs=1, data=DataConfig(limit=640))
    monkeypatch.setattr(TrainConfig, "tutorial", lambda: short)
    first = open_page()
    [start] = [button for button in first.button if button.label == "Train the tutorial's network"]
    start.click().run()
    assert not first.exception
    deadline = time.monotonic() + 120
    while any(job.is_active for job in resources.jobs().snapshots()) and time.monotonic() < deadline:
        time.sleep(0.2)

    second = open_page()
    assert [metric for metric in second.metric if metric.label == "Test accuracy, 1,000 images"]
    [use] = [button for button in second.button if button.label == "Let it predict above"]
    use.click().run()
    assert not second.exception
    assert "by: Tutorial network" in text_of(second)
    assert second.query_params["model"] == resources.runs().list()[0].key


def test_unusable_data_is_one_sentence(open_page, fresh_resources, monkeypatch):
    """Not even the sample can be read: the page says so and stops."""

    def fail(train):
        raise DataError("No Fashion-MNIST was found.")

    monkeypatch.setattr(resources, "load_split", fail)
    app = open_page()
    assert [box.value for box in app.error] == ["No Fashion-MNIST was found."]


def test_a_stopped_run_can_go_on(open_page, fresh_resources, monkeypatch):
    """What it learned is shown, and the button says where it goes on from."""
    short = TrainConfig(shuffle=False, epochs=60, data=DataConfig(limit=64))
    monkeypatch.setattr(TrainConfig, "tutorial", lambda: short)
    app = open_page()
    app.button(key="start_tutorial").click().run()
    jobs = resources.jobs()
    [job] = jobs.snapshots()
    while not jobs.snapshot(job.key).history:
        time.sleep(0.01)
    jobs.stop(job.key)
    while jobs.snapshot(job.key).is_active:
        time.sleep(0.01)
    if jobs.snapshot(job.key).state == "stopped":  # it may have ended before it was asked to stop
        assert app.run().button(key="start_tutorial").label.startswith("Go on after epoch")
    assert not app.exception
