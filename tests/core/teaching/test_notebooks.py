"""Downloads in Jupyter: a page's notebook, run by a kernel in a fresh folder, prints what the page shows."""

import json
import re

import nbformat
import pytest
from nbclient import NotebookClient

from core.config import ModelConfig
from core.exchange.weights.uploads import read_uploaded_weights
from core.teaching.lessons import lessons
from core.teaching.snippets import run_step, to_notebook
from core.teaching.snippets.dataset_root import dataset_root

pytestmark = pytest.mark.filterwarnings("ignore")  # of Jupyter's own machinery

LESSONS = [
    lesson
    for lesson in lessons()
    if lesson.name in ("quickstart", "transforms", "checkpoints", "model", "datasets")
]


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Where the notebooks run, a folder each."""
    return tmp_path_factory.mktemp("jupyter")


@pytest.fixture(scope="module")
def printed(folders):
    """What each code cell of each lesson's notebook printed, by the lesson's name.

    One kernel runs them all, each from no names and in a folder of its own: a kernel needs seconds to import
    torch. It knows nothing of this project.
    """
    together, ends = nbformat.v4.new_notebook(), {}
    for lesson in LESSONS:
        folder = folders / lesson.name
        folder.mkdir()
        (folder / "data").symlink_to(dataset_root())
        notebook = nbformat.reads(to_notebook(lesson), as_version=4)
        afresh = f"%reset -f\n%cd -q {json.dumps(str(folder))}"
        together.cells += [nbformat.v4.new_code_cell(afresh), *code_cells(notebook)]
        ends[lesson.name] = len(together.cells)
    NotebookClient(together, timeout=120, resources={"metadata": {"path": str(folders)}}).execute()
    written = [
        "".join(out["text"] for out in cell.get("outputs", ()) if out.get("name") == "stdout")
        for cell in together.cells
    ]
    starts = [0, *ends.values()]
    return {name: written[start + 1 : end] for (name, end), start in zip(ends.items(), starts, strict=False)}


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.name)
def test_a_notebook_runs_in_jupyter_and_prints_what_the_page_shows(printed, lesson):
    """Cell by cell; the first has the imports, each other one a step."""
    imports, *cells = printed[lesson.name]
    assert imports == ""
    for step, text in zip(lesson.steps, cells, strict=True):
        both = [text, run_step(step).stdout]
        if step.varies:  # times are measured
            both = [re.sub(r"[\d.]+ ms", "ms", each) for each in both]
        assert both[0] == both[1], step.name


def test_the_weights_that_a_notebook_saves_can_be_brought_back(printed, folders):
    """The quickstart's `model.pth` is taken for the tutorial's network by the upload."""
    assert printed["quickstart"]
    assert read_uploaded_weights((folders / "quickstart" / "model.pth").read_bytes()).model == ModelConfig()
