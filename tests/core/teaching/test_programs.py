"""The tutorial's programs as files: complete, alike where they should be, with settings written in."""

import ast
import os
import subprocess
import sys

import nbformat
import pytest

from core.config import ModelConfig
from core.data.sources import SAMPLE_ROOT
from core.errors import LessonInputError
from core.exchange.weights.uploads import read_uploaded_weights
from core.teaching.programs import PROGRAMS, SETTINGS, VERSIONS, program
from core.teaching.snippets.dataset_root import dataset_root
from core.teaching.tracer import trace

EACH = [(each, version) for each in PROGRAMS for version in VERSIONS]
each_program = pytest.mark.parametrize(
    ("each", "version"), EACH, ids=[f"{each.name}-{version}" for each, version in EACH]
)


def test_all_seven_sections_of_the_notes_are_there():
    names = ["quickstart", "tensors", "data", "transforms", "build_model", "autograd", "optimization"]
    assert [each.name for each in PROGRAMS] == names


@each_program
def test_a_setting_changes_its_own_line_and_no_other(each, version):
    plain = each.text(version).splitlines()
    for name in each.settings:
        value = SETTINGS[name].grid()[-1]
        value = SETTINGS[name].grid()[0] if value == SETTINGS[name].default else value
        changed = each.text(version, {name: value}).splitlines()
        different = [(old, new) for old, new in zip(plain, changed, strict=True) if old != new]
        assert len(different) == 1
        assert str(value) in different[0][1]


def test_programs_that_learn_have_all_four_settings():
    assert program("quickstart").settings == program("optimization").settings == tuple(SETTINGS)


@each_program
def test_the_network_is_the_same_class_everywhere(each, version):
    """The notes' class, letter by letter, wherever there is one."""
    classes = [
        ast.unparse(node)
        for node in ast.parse(each.text(version)).body
        if isinstance(node, ast.ClassDef) and node.name == "NeuralNetwork"
    ]
    assert set(classes) <= {
        next(ast.unparse(n) for n in ast.parse(PROGRAMS[0].text()).body if isinstance(n, ast.ClassDef))
    }


@each_program
def test_no_slip_of_the_notes_is_left(each, version):
    text = each.text(version)
    for slip in ("linar", "lienar", "nn.linear", "cuda_is_available", "no.grad", "t.numpy\n", "transsforms"):
        assert slip not in text
    if "FashionMNIST" in text and "test_data" in text:
        assert "train=False" in text


@each_program
def test_a_notebook_has_the_program_and_nothing_else_in_its_code(each, version):
    notebook = nbformat.reads(each.notebook(version), as_version=4)
    nbformat.validate(notebook)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    headings = [line for line in each.text(version).splitlines() if line.startswith("# ")]
    kept = [line for line in each.text(version).splitlines() if line.strip() and line not in headings]
    assert [line for line in code.splitlines() if line.strip()] == kept
    titles = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert titles[1:] == [f"## {heading[2:]}" for heading in headings]


@pytest.mark.parametrize("each", PROGRAMS, ids=lambda each: each.name)
def test_the_two_versions_are_compared_line_by_line(each):
    """Side by side stand exactly the lines that one version has and the other has not."""
    for side, version in enumerate(("notes", "today")):
        lines = each.text(version).splitlines()
        own = [lines[number - 1] for number in each.own_lines(version)]
        shown = [line for pair in each.changes() for line in pair[side].splitlines()]
        assert [line for line in shown if line] == [line for line in own if line]
    assert each.changes()


def test_what_is_no_program_version_or_setting_is_a_sentence():
    with pytest.raises(LessonInputError, match="no program"):
        program("nonsense")
    with pytest.raises(LessonInputError, match="no version"):
        PROGRAMS[0].text("tomorrow")
    with pytest.raises(LessonInputError, match="no setting"):
        program("tensors").text("today", {"images": 250})
    with pytest.raises(LessonInputError, match="must be one of"):
        PROGRAMS[0].text("today", {"images": 10**9})


def test_downloads_run_in_a_fresh_folder_and_print_what_the_page_shows(tmp_path):
    """Every program, in a process that knows nothing of this app; they share it, to import torch once."""
    data = tmp_path / "dataset"
    data.symlink_to(dataset_root())
    for each, version in EACH:
        folder = tmp_path / f"{each.name}-{version}"
        folder.mkdir()
        (folder / "data").symlink_to(data)
        (folder / "program.py").write_text(each.text(version))
    driver = (
        "import contextlib, io, os, pathlib, runpy, torch\n"
        "torch.set_num_threads(1)\n"
        "for folder in sorted(pathlib.Path.cwd().glob('*-*')):\n"
        "    os.chdir(folder)\n"
        "    printed = io.StringIO()\n"
        "    with contextlib.redirect_stdout(printed):\n"
        "        runpy.run_path('program.py', run_name='__main__')\n"
        "    pathlib.Path('printed.txt').write_text(printed.getvalue())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", driver],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "Agg", "FASHION_MNIST_ROOT": str(SAMPLE_ROOT), "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for each, version in EACH:
        printed = (tmp_path / f"{each.name}-{version}" / "printed.txt").read_text()
        shown = trace(each, version, {}).data["output"]
        assert printed == "".join(piece for piece in shown if isinstance(piece, str))
    saved = (tmp_path / "quickstart-today" / "model.pth").read_bytes()
    assert read_uploaded_weights(saved).model == ModelConfig()
