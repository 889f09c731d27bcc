"""The predictions page without a browser: its sections, links with and without sense, and what strangers "
"send."""

import base64
import io
from dataclasses import replace

import pytest
import torch
from PIL import Image

from core.analysis import evaluation
from core.analysis.evaluation import Filter, Scores
from core.config import DataConfig, ModelConfig, TrainConfig
from core.data import CLASSES
from core.training import pretrained
from core.training.engine import confusion_matrix, predict_logits
from ui import resources
from ui.components import pad, viewer
from ui.predictions import report, state


@pytest.fixture(scope="module")
def scores(sample_test) -> Scores:
    """What the shipped network makes of the sample's test images."""
    model = pretrained.load()
    return evaluation.score(
        predict_logits(model.module, sample_test.images, model.normalize), sample_test.labels
    )


def text_of(app) -> str:
    """Everything a visitor reads on the page."""
    elements = [*app.markdown, *app.caption, *app.title, *app.header, *app.info, *app.warning]
    return "\n".join(element.value for element in elements)


def labels_of(app) -> list[str]:
    """The labels of the buttons."""
    return [button.label for button in app.button]


def test_the_accuracy_stands_with_its_interval_count_and_unit(open_page, scores):
    """Every number says what it is: the count of images, the interval, nats per image."""
    text = text_of(open_page("predictions"))
    low, high = evaluation.wilson_interval(scores.hits, len(scores))
    assert f"**{scores.hits} of 1,000** test images: test accuracy **{scores.accuracy:.1%}**" in text
    assert f"95% interval {low:.1%} to {high:.1%}" in text
    assert f"mean cross-entropy {scores.loss:.3f} nats per image" in text


def test_the_filter_of_a_link_counts_what_it_should(open_page, scores):
    """`?actual=Shirt&outcome=Wrong&least=50` shows exactly those images, and the filter can be cleared."""
    app = open_page("predictions", actual="Shirt", outcome="Wrong", least="50")
    count = len(evaluation.select_images(scores, Filter(actual=6, outcome="wrong", low=0.5)))
    assert f"{count} of 1,000 test images" in text_of(app)
    next(button for button in app.button if button.label == "Clear the filter").click().run()
    assert "1,000 of 1,000 test images" in text_of(app)
    assert not {"actual", "outcome", "least"} & set(app.query_params)


def test_a_filter_that_nothing_passes_says_so(open_page):
    """One sentence and a way back."""
    app = open_page("predictions", actual="Bag", predicted="Trouser")
    assert "No test image passes this filter" in text_of(app)
    assert "Clear the filter" in labels_of(app)


@pytest.mark.parametrize(
    "query",
    [
        {"sample": "99999"},
        {"sample": "boot"},
        {"actual": "Hat"},
        {"outcome": "Perhaps"},
        {"order": "by taste"},
        {"least": "900"},
        {"page": "zero"},
        {"section": "Nowhere"},
        {"section": "Mistakes", "cell": "10-99"},
        {"second": "nobody", "model": "nobody"},
    ],
)
def test_links_without_sense_give_the_default_and_a_sentence(open_page, query):
    """Never an exception: what the link says wrongly is told once."""
    app = open_page("predictions", **query)
    assert not app.exception
    assert "test accuracy" in text_of(app)
    assert app.toast


def test_jumping_out_of_range_is_a_sentence(open_page):
    """The index is typed; one that is not there changes nothing else."""
    app = open_page("predictions", sample="5")
    jump = next(box for box in app.number_input if "Go to an index" in box.label)
    jump.set_value(4_000).run()
    assert "There is no test image 4,000: they are numbered 0 to 999." in text_of(app)
    assert "".join(app.query_params["sample"]) == "5"
    next(box for box in app.number_input if "Go to an index" in box.label).set_value(900).run()
    assert "".join(app.query_params["sample"]) == "900"
    assert "There is no test image" not in text_of(app)


def test_mistakes_are_those_of_the_scores(open_page, scores):
    """The commonest mix-ups in words, the per class table, the calibration error."""
    app = open_page("predictions", section="Mistakes")
    matrix = confusion_matrix(scores.labels, scores.predicted)
    for mix_up in evaluation.mix_ups(matrix, report.MIX_UPS):
        assert mix_up.words(CLASSES) in labels_of(app)
    table = app.dataframe[0].value
    reports = evaluation.class_reports(matrix)
    assert table["Recall"].tolist() == pytest.approx([100 * r.recall for r in reports])
    assert table["Images"].tolist() == [r.support for r in reports]
    error = evaluation.calibration(scores.confidence, scores.right).error
    assert app.metric[0].value == f"{error:.1%}"


def test_a_mix_up_leads_to_its_images(open_page, scores):
    """A click on the words gives the cell's images, and from there the grid's filter."""
    app = open_page("predictions", section="Mistakes")
    first = evaluation.mix_ups(confusion_matrix(scores.labels, scores.predicted), 1)[0]
    next(b for b in app.button if b.label == first.words(CLASSES)).click().run()
    assert "".join(app.query_params["cell"]) == f"{first.actual}-{first.predicted}"
    assert f"{first.count} test images" in text_of(app)
    next(b for b in app.button if b.label == "Look through them").click().run()
    assert f"{first.count} of 1,000 test images" in text_of(app)
    assert "".join(app.query_params["actual"]) == CLASSES[first.actual]


def test_a_prediction_is_traced_back_and_its_run_trained_again_without_some_images(
    open_page, fresh_resources, small_train, small_test
):
    """The shipped network has no epochs; a run's strongest images are left out of the next run."""
    assert "needs a run's own epochs" in text_of(open_page("predictions", closer="Why"))
    config = TrainConfig(
        model=ModelConfig(architecture="mlp", hidden=(8,)), data=DataConfig(limit=300), epochs=2
    )
    job = resources.training().submit(config)
    resources.training().wait(job.key, 60)
    app = open_page("predictions", closer="Why", model=job.key, sample="3")
    assert "over the epochs that it kept: 2 of 2" in text_of(app)
    assert "in a trial of 100 errors over 3 seeds" in text_of(app)
    next(button for button in app.button if "strongest for" in button.label).click().run()
    left_out = [int(word) for word in "".join(app.query_params["without"]).split("-")]
    assert 0 < len(left_out) <= 50
    next(button for button in app.button if button.label == "Train again").click().run()
    again = (
        resources.training()
        .resolve(replace(config, data=replace(config.data, left_out=tuple(left_out))))
        .key()
    )
    assert resources.training().wait(again, 60).state == "succeeded"
    app = open_page(
        "predictions", closer="Why", model=job.key, sample="3", without="-".join(map(str, left_out))
    )
    assert any(metric.label.startswith("Probability of") for metric in app.metric)
    assert not app.exception
    bogus = open_page("predictions", closer="Why", model=job.key, without="1-x", labels="3:77")
    assert "The link's without is left out" in text_of(bogus)


@pytest.mark.parametrize("closer", ["Why", "What if", "Share"])
def test_looking_closer_opens_without_an_exception(open_page, closer):
    """Each closer look, for a sample that is predicted wrong."""
    app = open_page("predictions", sample="7", closer=closer)
    assert not app.exception
    assert {"Why": "Which pixels speak for", "What if": "The answer stays", "Share": "The card"}[
        closer
    ] in text_of(app)


def test_two_networks_need_a_second_one(open_page, fresh_resources):
    """With only the shipped network there is one sentence and the way to another."""
    assert "There is only one network so far" in text_of(open_page("predictions", section="Two networks"))


def test_own_picture_and_code_sections_open(open_page):
    """Before anything is uploaded there is a sentence; the code has run."""
    assert "stays in this session" in text_of(open_page("predictions", section="Your own picture"))
    app = open_page("predictions", section="Code", step="3. Judge all of them", sample="2")
    assert any("test accuracy" in box.value for box in app.code)


def test_what_the_viewer_sends_is_checked():
    """Only the four actions, on an image that was shown."""
    good = {"action": "choose", "index": 3, "count": 1}
    assert viewer.read_choice(good, {3, 4}) == viewer.Choice("choose", 3, 1)
    for change in (
        {"action": "delete"},
        {"index": 99},
        {"index": "3"},
        {"index": True},
        {"count": -1},
        {"count": 10**30},
    ):
        assert viewer.read_choice(good | change, {3, 4}) is None
    assert viewer.read_choice("choose", {3}) is None
    assert viewer.read_choice(None, {3}) is None


def test_what_the_pad_sends_is_checked():
    """Only a PNG data URL of a sensible length; it is still a stranger's file."""
    file = io.BytesIO()
    Image.new("L", (280, 280)).save(file, "PNG")
    url = "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
    assert pad.read_drawing(url) == file.getvalue()
    for bad in (None, 7, "", "data:text/html;base64,AAAA", "data:image/png;base64,*", url + "A" * 500_000):
        assert pad.read_drawing(bad) is None


def test_stepping_goes_round_and_comes_in_from_outside(monkeypatch):
    """Next after the last is the first; from an image outside the filter it is the first or the last."""
    gone = []
    monkeypatch.setattr(state, "choose", gone.append)
    monkeypatch.setattr(state.params, "set_param", lambda *_: None)
    positions = torch.tensor([4, 8, 15])
    for index, by in ((4, 1), (15, 1), (4, -1), (9, 1), (9, -1)):
        state.step(positions, index, by)
    state.step(positions[:0], 4, 1)
    assert gone == [8, 4, 15, 4, 15]
