"""What surrounds every page: the data in use, what is training, and errors in one sentence each."""

import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.errors import CheckpointError
from core.training import pretrained
from core.training.jobs import Job
from ui import resources
from ui.shell import frame


def captions(app):
    return "\n".join(caption.value for caption in app.caption)


def with_split(monkeypatch, **changes):
    """Make the splits in use differ from the sample in some attributes."""
    load = resources.split_in_use
    monkeypatch.setattr(resources, "split_in_use", lambda train: replace(load(train=train), **changes))


def test_the_sample_is_named_with_the_way_to_the_rest(open_page):
    """Nobody mistakes 1,000 test images for all of them."""
    assert "the sample" in captions(open_page("tensors"))
    assert "`python -m core.data fetch`" in captions(open_page("tensors"))


def test_the_full_dataset_is_named_and_where_it_came_from_is_in_the_tooltip(
    open_page, fresh_resources, monkeypatch
):
    """And nobody is told to fetch what is there."""
    source = "Fashion-MNIST, all 60,000 training images, from data/"
    with_split(monkeypatch, fingerprint="full-00000000", source=source)
    app = open_page("tensors")
    line = next(caption for caption in app.caption if "In use:" in caption.value)
    assert "all of Fashion-MNIST" in line.value
    assert line.help == source
    assert "fetch" not in captions(app)


def test_a_damaged_file_is_named_once_and_the_page_goes_on(open_page, fresh_resources, monkeypatch):
    """The training and the test split may have passed over the same file."""
    problem = (
        "data/FashionMNIST/raw/x was passed over because it is cut short: run `python -m core.data fetch`."
    )
    with_split(monkeypatch, problems=(problem,))
    app = open_page("tensors")
    assert [box.value for box in app.warning] == [problem]
    assert app.title[0].value == "Tensors"


def test_an_error_meant_for_the_visitor_is_its_sentence(open_page, monkeypatch):
    """Wherever on the page it comes from."""

    def fail():
        raise CheckpointError("The pretrained model's files are missing or damaged: get them again.")

    monkeypatch.setattr(pretrained, "load", fail)
    app = open_page()
    assert "The pretrained model's files are missing or damaged: get them again." in [
        box.value for box in [*app.error, *app.warning]
    ]


def test_packages_that_do_not_fit_are_one_sentence_and_nothing_else(open_page, monkeypatch):
    """As with a CPU-only torch beside the registry's torchvision."""
    monkeypatch.setattr(frame, "check_environment", lambda: "torch and torchvision do not fit each other.")
    app = open_page()
    assert [box.value for box in app.error] == ["torch and torchvision do not fit each other."]
    assert not app.title


class Waiting(Job):
    """A job that is half done until the test lets it end."""

    key, title, device = "waiting", "Half done", "cpu"

    def __init__(self):
        self.end = threading.Event()

    def run(self, on_progress, should_stop):
        on_progress(SimpleNamespace(step=1, steps=2))
        self.end.wait(60)
        return SimpleNamespace(status="finished")


@pytest.fixture
def job(fresh_resources):
    job = Waiting()
    yield job
    job.end.set()


def test_every_page_says_what_is_training_while_it_does(open_page, job):
    """A line with the share done; gone when nothing runs any more."""
    open_page("tensors")  # makes the store
    jobs = resources.jobs()
    jobs.submit(job)
    while (snapshot := jobs.snapshot("waiting")) is None or snapshot.progress is None:
        time.sleep(0.01)
    app = open_page("tensors")
    assert ["Half done: 50%" in bar.text for bar in app.progress] == [True]

    job.end.set()
    while jobs.snapshot("waiting").is_active:
        time.sleep(0.01)
    assert not open_page("tensors").progress


@pytest.mark.parametrize(
    ("page", "label"), [("compare", "Next: Predictions"), ("classroom", "Back to the start")]
)
def test_each_page_leads_to_the_next_and_the_last_one_to_the_first(open_page, page, label):
    """By a button, as each section leads to the next; both pages end early here, and count as seen."""
    app = open_page(page)
    assert app.button(key="next_page").label == label
    assert page in app.session_state["sections_seen"]


def test_the_last_section_leads_to_the_next_page_from_its_own_link(open_page):
    """The section is a parameter of the address, bound to the tabs: it is left behind with the page."""
    app = open_page("model", section="Compare")
    assert app.button(key="next_page").label == "Next: Autograd"
    app.button(key="next_page").click().run()
    assert not app.exception
    assert app.title[0].value == "Autograd"
