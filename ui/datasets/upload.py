"""The datasets page's own-dataset part: an example to take, an upload to check row by row, a run on it."""

import base64
from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.config import DataConfig, OptimizerConfig, TrainConfig
from core.data.dataset_reader import DatasetFiles, DatasetReader, open_dataset
from core.data.example_archive import make_example
from core.data.label_table import MAX_PIXEL_CSV, Columns
from core.data.own_dataset import MIN_SAMPLES, OwnDataset, Row, report_csv
from core.data.zip_archive import MAX_ARCHIVE
from core.errors import CoreError
from core.training.jobs import TrainingSnapshot, share_done
from core.training.runs.link import to_query
from ui.components.grid import image_grid
from ui.datasets.understanding import choose_reading
from ui.images import png
from ui.resources import register_custom, train_split, training, visitor
from ui.server.kept import hold, release
from ui.shell import navigation
from ui.watch import follow, stop_button

ROW_BYTES: Final = 1_000  # what a row of the CSV file takes, roughly
SHOWN: Final = 300  # rows and pictures on the page; the report has all rows
SLICE: Final = 0.4
"""Seconds that a page reads rows before it lets others go on."""
_STATE: Final = "custom_upload"


@st.cache_data(max_entries=2, show_spinner=False)
def _example(fingerprint: str, mistakes: bool) -> bytes:
    return make_example(train_split(), mistakes=mistakes)


def show() -> None:
    """The whole part, from the example to the run."""
    st.markdown(
        "Bring a **zip archive of images** with a **CSV file** of file names and labels (0 to 9, or a class "
        "name), or with a folder for each class; or a CSV file of pixels, as on Kaggle. You see how it is "
        "read before anything is trained on it. Only 28 × 28 gray pixels are kept, and only while this page "
        "is open; a run trained on them is kept like any other."
    )
    fingerprint = train_split().fingerprint
    with st.container(horizontal=True):
        st.download_button(
            "Example: 200 garments",
            lambda: _example(fingerprint, False),
            file_name="garments.zip",
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            key="example_zip",
        )
        st.download_button(
            "The same with six mistakes",
            lambda: _example(fingerprint, True),
            file_name="garments-with-mistakes.zip",
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            key="example_mistakes_zip",
        )
    left, right = st.columns(2)
    archive = left.file_uploader(
        "Zip archive of images", type="zip", max_upload_size=MAX_ARCHIVE // 1_000_000, key="own_zip"
    )
    table = right.file_uploader(
        "CSV file, if it is not in the archive",
        type="csv",
        max_upload_size=MAX_PIXEL_CSV // 1_000_000,
        key="own_csv",
    )
    if archive is None and table is None:
        st.session_state.pop(_STATE, None)
        release(_STATE)
        return
    brought = _open(archive, table)
    if brought is None:
        return
    reading = choose_reading(brought.files, brought.key)
    if reading is not None and _is_read(brought, *reading):
        assert brought.dataset is not None  # it is read
        _show(brought.dataset)


@dataclass
class _Brought:
    """What this session's visitor brought, and how far it is read."""

    key: str
    """Names the files."""
    files: DatasetFiles
    wanted: tuple[Columns | None, bool] | None = None
    """How `dataset` was read, or `reader` reads."""
    reader: DatasetReader | None = None
    dataset: OwnDataset | None = None
    problem: str = ""
    """Why it cannot be read to its end."""


def _open(archive: UploadedFile | None, table: UploadedFile | None) -> _Brought | None:
    """The files, opened once for each pair of them."""
    key = "-".join(file.file_id[:8] for file in (archive, table) if file is not None)
    known: tuple[str, _Brought | str] | None = st.session_state.get(_STATE)
    if known is None or known[0] != key:
        release(_STATE)
        try:
            data = archive.getvalue() if archive else None
            found: _Brought | str = _Brought(key, open_dataset(data, table.getvalue() if table else None))
        except CoreError as error:
            found = str(error)
        known = st.session_state[_STATE] = (key, found)
    if isinstance(known[1], str):
        st.error(known[1], icon=":material/error:")
        return None
    return known[1]


def _is_read(brought: _Brought, columns: Columns | None, prepares: bool) -> bool:
    """Read rows for a moment, again and again, until all are read."""
    if brought.wanted != (columns, prepares):
        brought.wanted, brought.dataset, brought.problem = (columns, prepares), None, ""
        brought.reader = DatasetReader(brought.files, columns, prepares)
    if brought.reader is not None and not _advance(brought):
        st.fragment(_go_on, run_every=0.1)(brought)
        return False
    if brought.problem:
        st.error(brought.problem, icon=":material/error:")
    return brought.dataset is not None


def _go_on(brought: _Brought) -> None:
    if _advance(brought):
        st.rerun()
    share = brought.reader.share if brought.reader is not None else 1.0
    st.progress(share, text=f"Reading the rows: {share:.0%}")


def _advance(brought: _Brought) -> bool:
    """Read rows for a moment; whether that was the end."""
    reader = brought.reader
    if reader is None:
        return True
    try:
        if not reader.advance(SLICE):
            return False
        read = reader.result()
        hold(_STATE, read.images.nbytes + ROW_BYTES * len(read.rows))
        brought.dataset = read
    except CoreError as error:
        brought.problem = str(error)
    brought.reader = None
    return True


def _show(found: OwnDataset) -> None:
    wrong = [row for row in found.rows if row.problem]
    with st.container(horizontal=True):
        st.metric("Rows", f"{len(found.rows):,}", border=True)
        st.metric("Read", f"{len(found.labels):,}", border=True)
        st.metric("Not read", f"{len(wrong):,}", border=True)
        st.metric("Images that no row names", f"{found.unused:,}", border=True)
    if wrong:
        reasons = Counter(row.problem.partition(":")[0].partition(";")[0] for row in wrong)
        st.warning(
            f"{len(wrong):,} of {len(found.rows):,} rows were not read and will be left out of training. "
            f"The table says why, row by row ({len(reasons)} {'reasons' if len(reasons) > 1 else 'reason'}).",
            icon=":material/warning:",
        )
    _table(found, wrong + [row for row in found.rows if not row.problem])
    if len(found.labels):
        classes = train_split().classes
        shown = min(len(found.labels), 60)
        st.caption(f"The first {shown} of {len(found.labels):,} images as a network will see them.")
        image_grid(
            found.images[:shown],
            [classes[int(label)] for label in found.labels[:shown]],
            key="own_grid",
            columns=11,
            least=64,
            label="Your images with their labels",
            plain=True,
        )
    _train(found)


def _table(found: OwnDataset, order: list[Row]) -> None:
    """What became of each row, and the report of all."""
    st.dataframe(
        pd.DataFrame(
            {
                "line": [row.line for row in order[:SHOWN]],
                "picture": [_thumbnail(found, row.sample) for row in order[:SHOWN]],
                "file": [row.file for row in order[:SHOWN]],
                "label": [row.label for row in order[:SHOWN]],
                "result": [row.problem or "read" for row in order[:SHOWN]],
            }
        ),
        column_config={
            "line": st.column_config.NumberColumn("Line", width="small"),
            "picture": st.column_config.ImageColumn("Picture", width="small"),
            "file": "File",
            "label": "Label",
            "result": st.column_config.TextColumn("Result", width="large"),
        },
        hide_index=True,
        height=320,
        alt="Rows of the CSV file with what became of each, the ones with a problem first",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Report of all rows",
            report_csv(found.rows),
            file_name="report.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            key="own_report",
        )
        if len(order) > SHOWN:
            st.caption(f"The table shows {SHOWN} of {len(order):,} rows.")


def _thumbnail(found: OwnDataset, sample: int) -> str:
    if sample < 0:
        return ""
    return "data:image/png;base64," + base64.b64encode(png(found.images[sample], 1)).decode()


def _train(found: OwnDataset) -> None:
    """A short run on the samples that were read."""
    st.header("Train on it", anchor=False)
    if len(found.labels) < MIN_SAMPLES:
        st.info(f"{len(found.labels)} images were read; training needs at least {MIN_SAMPLES}.")
        return
    with st.container(horizontal=True, gap="medium"):
        share = st.slider("Held out for testing, %", 10, 50, 20, step=5, key="own_share", width=220)
        epochs = st.slider("Epochs", 1, 30, 10, key="own_epochs", width=220)
    asked = st.button("Train", type="primary", icon=":material/model_training:", key="own_train")
    train, test = register_custom(*found.splits(share / 100))
    st.caption(
        f"{len(train):,} training and {len(test):,} test images, drawn with seed 0; the tutorial's network, "
        "Adam, learning rate 0.001, batches of 32."
    )
    st.page_link(
        navigation.entry("training").path,
        label="Choose the settings on the training page",
        icon=":material/tune:",
        query_params=to_query(
            replace(TrainConfig.tutorial(), data=DataConfig(dataset=train.fingerprint), batch_size=32)
        ),
    )
    if asked:
        config = TrainConfig(
            data=DataConfig(dataset=train.fingerprint),
            optimizer=OptimizerConfig(name="adam", lr=1e-3),
            epochs=epochs,
            batch_size=32,
        )
        st.session_state["own_run"] = training().submit(config, visitor=visitor()).key
    run = training().snapshot(st.session_state.get("own_run", ""))
    if not follow(run, training().snapshot, _progress, every=0.5) and run is not None:
        _outcome(run)


def _outcome(job: TrainingSnapshot) -> None:
    """What an ended run came to."""
    if job.error:
        st.error(job.error, icon=":material/error:")
    elif job.history:
        last = job.history[-1]
        st.success(
            f"{len(job.history)} epochs: test accuracy {last.test_accuracy:.1%}, test loss "
            f"{last.test_loss:.3f} nats per image, on the images held out. Find the run on the Compare and "
            "Predictions pages.",
            icon=":material/check:",
        )


def _progress(job: TrainingSnapshot) -> None:
    share = share_done(job.progress)
    words = {"queued": "Waiting for its turn", "paused": f"Paused at {share:.0%}"}
    st.progress(share, text=words.get(job.state, f"Training: {share:.0%}"))
    stop_button(job.key)
