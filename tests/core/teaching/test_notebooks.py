"""Downloads in Jupyter: a page's notebook, run by a kernel in a fresh folder, prints what the page shows."""

import json
import re

import nbformat
import pytest
from nbclient import NotebookClient

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
def printed(tmp_path_factory):
    """What each code cell of each lesson's notebook printed, by the lesson's name.

    One kernel runs them all, each from no names and in a folder of its own: a kernel needs seconds to import
    torch. It knows nothing of this project.
    """
    root = tmp_path_factory.mktemp("jupyter")
    together, ends = nbformat.v4.new_notebook(), {}
    for lesson in LESSONS:
        folder = root / lesson.name
        folder.mkdir()
        (folder / "data").symlink_to(dataset_root())
        notebook = nbformat.reads(to_notebook(lesson), as_version=4)
        afresh = f"%reset -f\n%cd -q {json.dumps(str(folder))}"
        together.cells += [nbformat.v4.new_code_cell(afresh), *code_cells(notebook)]
        ends[lesson.name] = len(together.cells)
    NotebookClient(together, timeout=120, resources={"metadata": {"path": str(root)}}).execute()
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
