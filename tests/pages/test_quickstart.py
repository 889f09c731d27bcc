"""The home page: a network to train, predictions at once, five steps, and links that make no sense."""

import time

import pytest

from core.errors import DataError
from ui import resources


def text_of(app):
    """Everything a visitor reads on the page."""
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.title, *app.header])


def test_home_shows_a_prediction_before_anybody_has_trained_anything(open_page):
    """Whose prediction it is stands beside it."""
    text = text_of(open_page())
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
    """The six steps are in tabs, and the code of the open one is on the page."""
    app = open_page()
    assert [tab.label for tab in app.tabs] == [
        "1. Working with data",
        "2. The network",
        "3. Train and test",
        "4. Save",
        "5. Load",
        "6. Predict",
    ]
    assert [box.value for box in app.code if "torch.Size([64, 1, 28, 28])" in box.value]
    assert not [box.value for box in app.code if "class NeuralNetwork" in box.value]


@pytest.mark.parametrize(
    ("step", "printed"),
    [
        ("2. The network", "(linear_relu_stack): Sequential("),
        ("3. Train and test", "Done!"),
        ("4. Save", "Saved PyTorch model state to model.pth"),
        ("5. Load", "<All keys matched successfully>"),
        ("6. Predict", 'Predicted: "Ankle boot", Actual: "Ankle boot"'),
    ],
)
def test_each_step_shows_its_code_and_what_that_printed(open_page, step, printed):
    """Both are on the page, and nothing failed."""
    app = open_page(step=step)
    assert not app.error, [box.value for box in app.error]
    blocks = [box.value for box in app.code]
    assert [block for block in blocks if "import torch" in block]
    assert [block for block in blocks if printed in block and "import" not in block]


def test_the_program_ends_with_a_right_prediction_after_a_real_training(open_page):
    """The page says that it is right, by which network, and names the steps that it goes on from."""
    app = open_page(step="6. Predict")
    [said] = [box.value for box in app.success]
    assert said == "Right: Ankle boot, by a network that this program has just trained on 2,560 images."
    captions = [box.value for box in app.caption]
    assert any("“Train and test”" in text and "“Load”" in text for text in captions)
    assert any(text.startswith("What it printed, on one thread") for text in captions)
    whole = next(box.value for box in app.code if "class NeuralNetwork" in box.value)
    assert "torch.save(model.state_dict()" in whole


def test_all_images_are_a_job_that_is_started_by_a_click(open_page, fresh_resources):
    """With the switch off, nothing is trained before the button is pressed."""
    app = open_page(step="6. Predict", **{"data-few_images": "false"})
    assert [button.label for button in app.button if button.label.startswith("Run the program")]
    assert not app.success
    assert not app.exception


def train(app):
    """Press home's button and wait for the end of what it starts or joins."""
    app.button(key="train_now").click().run()
    assert not app.exception
    deadline = time.monotonic() + 120
    while any(job.is_active for job in resources.quick_jobs().snapshots()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return app.run()


def test_home_trains_for_every_visitor_and_says_whose_run_it_is(open_page, fresh_resources):
    """The second visitor's click starts another run, from another seed."""
    first = open_page()
    assert first.button(key="train_now").label == "Train a network"
    assert "learned nothing yet" in text_of(first)
    assert "you started it" in text_of(train(first))
    second = open_page()
    assert second.button(key="train_now").label == "Train a network"
    train(second)
    keys = [job.key.rpartition("-")[2] for job in resources.quick_jobs().snapshots()]
    assert keys == ["0", "1"]
    assert "seed 1" in text_of(second)


def test_two_who_press_at_once_watch_one_run(open_page, fresh_resources):
    """The second joins, and is told that it is another visitor's."""
    first, second = open_page(), open_page()
    first.button(key="train_now").click().run()
    going = resources.quick_jobs().snapshots()[0].is_active
    second.button(key="train_now").click().run()
    if going and len(resources.quick_jobs().snapshots()) == 1:
        assert "another visitor started it" in text_of(second)
    assert not second.exception
    train(first)


def test_unusable_data_is_one_sentence(open_page, fresh_resources, monkeypatch):
    """Not even the sample can be read: the page says so and stops."""

    def fail(train):
        raise DataError("No Fashion-MNIST was found.")

    monkeypatch.setattr(resources, "split_in_use", fail)
    app = open_page()
    assert [box.value for box in app.error] == ["No Fashion-MNIST was found."]
