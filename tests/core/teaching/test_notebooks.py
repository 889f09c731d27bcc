"""Downloads in Jupyter: a page's notebook, run by a kernel in a fresh folder, prints what the page shows."""

import nbformat
import pytest
from nbclient import NotebookClient

from core.teaching.lessons import lessons
from core.teaching.snippets import run_step, to_notebook
from core.teaching.snippets.dataset_root import dataset_root

pytestmark = pytest.mark.filterwarnings("ignore")  # of Jupyter's own machinery

QUICK = ("quickstart", "transforms", "checkpoints", "model", "datasets")


def printed_by(cell):
    """What a cell wrote to its standard output."""
    return "".join(out["text"] for out in cell.get("outputs", ()) if out.get("name") == "stdout")


@pytest.mark.parametrize(
    "lesson", [lesson for lesson in lessons() if lesson.name in QUICK], ids=lambda each: each.name
)
def test_a_notebook_runs_in_jupyter_and_prints_what_the_page_shows(tmp_path, lesson):
    """Cell by cell, in a kernel that knows nothing of this project."""
    (tmp_path / "data").symlink_to(dataset_root())
    notebook = nbformat.reads(to_notebook(lesson), as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert printed_by(cells[0]) == ""  # the imports
    for step, cell in zip(lesson.steps, cells[1:], strict=True):
        assert printed_by(cell) == run_step(step).stdout, step.name
