"""Every page on data it did not expect: a small dataset of one's own, and files that are damaged."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.data.fashion_mnist import RAW, file_names
from core.data.idx import idx_bytes
from ui import resources

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.stem for path in (PROJECT / "pages").glob("*.py"))


def forget():
    resources.start_anew()
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def dataset(tmp_path, monkeypatch):
    """A function that makes a folder of 100 + 50 images the dataset of the app, until the test is over."""

    def use(sample_train, sample_test) -> Path:
        folder = tmp_path / RAW
        folder.mkdir(parents=True)
        for train, split, count in ((True, sample_train, 100), (False, sample_test, 50)):
            images, labels = file_names(train)
            (folder / images).write_bytes(idx_bytes(split.images[:count]))
            (folder / labels).write_bytes(idx_bytes(split.labels[:count].byte()))
        monkeypatch.setenv("FASHION_MNIST_ROOT", str(tmp_path))
        return folder

    forget()
    yield use
    forget()


def show(page):
    app = AppTest.from_file(PROJECT / "pages" / f"{page}.py", default_timeout=60).run()
    assert not app.exception, [error.value for error in app.exception]
    return app


@pytest.mark.parametrize("page", PAGES)
def test_page_runs_on_a_small_dataset_of_one_s_own(dataset, sample_train, sample_test, page):
    """150 images, none of them the full dataset's in number: no page counts on 10,000."""
    dataset(sample_train, sample_test)
    app = show(page)
    assert app.title
    errors = [error.value for error in app.error]
    assert [text for text in errors if "export another run" not in text] == []  # a script cannot have them
    assert any("100 training images from FASHION_MNIST_ROOT" in line.value for line in app.caption)


def test_damaged_file_is_a_sentence_and_the_page_goes_on(dataset, sample_train, sample_test, tmp_path):
    """The half-downloaded file is named, without the server's path, and the next source is in use."""
    folder = dataset(sample_train, sample_test)
    for train in (True, False):
        (folder / file_names(train)[0]).write_bytes(b"half")
    app = show("quickstart")
    warnings = [warning.value for warning in app.warning]
    for train in (True, False):
        assert sum(file_names(train)[0] in text for text in warnings) == 1
    assert not any(str(tmp_path) in text for text in warnings)
    assert not app.error
