"""What one visitor brings is nobody else's: own datasets, runs on them, networks from files.

Others do not find it in a list, and not by an address that they guess or were given either.
"""

import csv
import gc
import io
import zipfile
from dataclasses import replace

import pytest

from core.config import DataConfig, TrainConfig
from core.data.dataset_reader import read_own_dataset
from core.data.example_archive import make_example
from core.data.own_dataset import report_csv
from core.training.jobs import Visitor
from core.training.runs.link import to_query
from ui import resources


def words(app):
    kinds = (app.markdown, app.caption, app.error, app.warning, app.info, app.success)
    return "\n".join(element.value for kind in kinds for element in kind)


def options(app):
    return [option for box in (*app.selectbox, *app.multiselect) for option in box.options]


@pytest.fixture
def trained(open_page, fresh_resources, sample_train):
    """A visitor's page after a run on an upload; the run's key and settings."""
    app = open_page("datasets", part="Your own")
    app.file_uploader[0].upload("mine.zip", make_example(sample_train))
    for _ in range(100):  # rows are read for a moment at each run of the page
        if app.run().metric:
            break
    app.slider(key="own_epochs").set_value(1)
    app.button(key="own_train").click().run()
    key = app.session_state["own_run"]
    assert resources.jobs().wait(key, 60).state == "succeeded"
    app.run()
    yield app, key, resources.training().snapshot(key).config
    resources.jobs().close()


def test_a_run_on_an_upload_is_its_visitors_alone(trained, open_page):
    """The owner sees the run on every page that lists runs; another visitor on none, whatever the address."""
    app, key, _ = trained
    mine = app.switch_page("pages/compare.py").run()
    assert mine.multiselect(key="compared").value == [key]
    other = open_page("compare", runs=key)
    assert "Nothing has been trained here yet" in words(other)
    for page in ("predictions", "checkpoints", "model", "datasets"):
        other = open_page(page, model=key)
        assert not any(key in str(option) for option in options(other))
        assert not any("trained on other images" in str(option) for option in options(other))
    title = next(
        option for option in options(app.switch_page("pages/predictions.py").run()) if "other" in option
    )
    assert "trained on other images" in title


def test_the_address_of_a_run_on_an_upload_tells_others_nothing(trained, open_page):
    """Its owner gets the curves; another visitor gets one sentence, and cannot train on the images."""
    app, _, config = trained
    app.switch_page("pages/training.py")
    for name, value in to_query(config).items():
        app.query_params[name] = value
    app.run()
    assert all("export another run" in error.value for error in app.error)  # a script has no such images
    assert any("Test accuracy" in metric.label for metric in app.metric)
    assert "In use: your own dataset, 160 of its 200 images; 40 test images." in words(app)
    assert "Images: training 160, test 40." in words(app)
    other = open_page("training", **to_query(config))
    assert [error.value.partition(",")[0] for error in other.error] == [
        "This run is on somebody's own images"
    ]
    assert not other.metric
    assert all(button.key != "start" for button in other.button)


def test_the_same_images_from_two_visitors_are_two_datasets(trained, open_page, sample_train):
    """The name of own images is of 64 digits and holds the visitor's secret: whoever has the same files
    gets another name, and finds neither the first visitor's run nor anything about it."""
    app, _, config = trained
    assert len(config.data.dataset) == len("custom-") + 64
    other = open_page("datasets", part="Your own")
    other.file_uploader[0].upload("mine.zip", make_example(sample_train))
    other.run()
    names = other.session_state["own_fingerprints"]
    assert len(names) == 1
    assert not names & app.session_state["own_fingerprints"]
    kept = other.session_state["own_splits"].values()
    assert all(own not in kept for own in app.session_state["own_splits"].values())
    assert "Nothing has been trained here yet" in words(other.switch_page("pages/compare.py").run())


def test_an_upload_that_changes_in_one_pixel_has_another_name(sample_train):
    """The whole digest counts, of images, labels and what is held out."""
    upload = read_own_dataset(make_example(sample_train))
    images = upload.images.clone()
    images[0, 0, 0] += 1
    other = replace(upload, images=images)
    names = {part.splits(share)[0].fingerprint for part in (upload, other) for share in (0.2, 0.3)}
    assert len(names) == 4


def test_strangers_do_not_read_the_title_of_a_run_on_own_images(trained, open_page, monkeypatch):
    """The line at the foot of every page says that something trains, not what."""
    _, key, _ = trained
    ended = resources.training().snapshot(key)
    going = replace(ended, state="running")
    monkeypatch.setattr(resources.jobs(), "snapshots", lambda: (going,))
    other = open_page("tensors")
    told = [bar.proto.text for bar in other.get("progress")]
    assert any("a private run" in text for text in told), told
    assert not any(ended.title in text for text in told)


def test_an_upload_is_forgotten_with_its_session(trained):
    """Once the session lets go of its datasets nothing holds the images: not the queue, not a cache."""
    app, _, config = trained
    name = config.data.dataset
    assert name in resources._brought
    del app.session_state["own_splits"]
    gc.collect()
    assert name not in resources._brought


def test_other_visitors_runs_on_shared_images_are_shared(fresh_resources, open_page):
    """The filter hides nothing else."""
    jobs = resources.training()
    config = TrainConfig(data=DataConfig(limit=64), epochs=1, device="cpu")
    key = jobs.submit(config, Visitor("somebody")).key
    jobs.wait(key, 60)
    assert open_page("compare").multiselect(key="compared").value == [key]
    jobs.close()


def test_runs_on_a_folder_of_ones_own_are_shared_where_it_is_in_use(
    fresh_resources, monkeypatch, sample_train
):
    """A server whose dataset is its owner's folder shows the runs on it, though its name is `custom-` too."""
    own = replace(sample_train, fingerprint="custom-0a0b0c0d")
    monkeypatch.setattr(resources, "train_split", lambda: own)
    monkeypatch.setattr(resources.st, "session_state", {})
    config = TrainConfig(data=DataConfig(dataset="custom-0a0b0c0d"))
    assert resources.may_see(config)
    assert not resources.may_see(replace(config, data=DataConfig(dataset="custom-11111111")))


def test_what_is_typed_into_a_lesson_is_repeated_as_text(open_page):
    """The sentence about a wrong word shows the word, not the formula that Markdown would make of it."""
    app = open_page("tensors", part="Make")
    app.text_input(key="from_data-data").set_value("$\\frac12$").run()
    assert not app.exception
    assert len(app.error) == 1
    assert app.error[0].value.startswith("The dollar sign is not part of")
    assert "frac" not in app.error[0].value


NAMES = (
    "<img src=x onerror=alert(1)>.png", "[a](javascript:alert(1)).png", "![x](//t.co/a.png).png",
    "$\\frac12$.png",
    "**bold**.png", ":red[x].png", "=cmd|'/C calc'!A0.png", "+1.png", "@SUM(A1).png", "-2+3.png",
    "\u202egnp.exe.png", "ع" * 60 + ".png", "x" * 200 + ".png",
)  # fmt: skip


def test_names_and_labels_of_an_upload_are_text(open_page, fresh_resources):
    """HTML, Markdown, formulas, right-to-left and long text stand in the table's cells, never in Markdown;
    a spreadsheet gets no formula."""
    file = io.BytesIO()
    rows = ["file,label"]
    with zipfile.ZipFile(file, "w") as archive:
        for number, name in enumerate(NAMES):
            archive.writestr(f"{number}.png", b"no picture")
            rows += [f'"{name}","{NAMES[number - 1]}"']
        archive.writestr("labels.csv", "\n".join(rows))
    app = open_page("datasets", part="Your own")
    app.file_uploader[0].upload("<b>x</b>.zip", file.getvalue())
    app.run()
    assert not app.exception
    assert len(app.dataframe[0].value) == len(NAMES)
    for name in NAMES:
        assert name not in words(app)
    assert "<b>" not in words(app)
    report = report_csv(read_own_dataset(file.getvalue()).rows)
    text = report.decode("utf-8-sig") if isinstance(report, bytes) else report
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert cells
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


LEADS = ("<script>alert(1)</script>", "[a](//t.co) **b**", "$\\frac{1}{2}$", ":material/home: :red[x]",
         "\u202eback", "ع" * 200, "w" * 5000, "# Title\n\n- item")  # fmt: skip


@pytest.mark.parametrize("line", LEADS)
def test_a_lead_line_is_text(open_page, line):
    """The line that a link adds stands in an element without Markdown, on one line, cut where it is long."""
    app = open_page("tensors", lead=line)
    assert any(text.value and text.value[:10] in " ".join(line.split()) for text in app.text)
    assert all(len(text.value) <= 300 for text in app.text if text.value.startswith("w"))
    assert line[:20] not in words(app)
