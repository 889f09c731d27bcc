"""What the parts may know of each other: imports run pages -> ui -> core, and one way within `core`."""

import ast
import functools
import re
import subprocess
import sys
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
FILES = {
    layer: sorted((PROJECT / layer).rglob("*.py")) for layer in ("core", "ui", "pages", "benchmarks", "tools")
}
SCRIPTS = PROJECT / "core" / "teaching" / "programs"
"""Its folders hold a learner's own files, which are read as text and never imported."""
FILES["core"] = [path for path in FILES["core"] if SCRIPTS not in path.parent.parents]
FILES["entrance"] = [PROJECT / "streamlit_app.py"]


def name_of(path):
    return path.relative_to(PROJECT).as_posix()


def module_of(path):
    return ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


def each(*layers):
    """Make a check of one file a test of all files of some layers, which names each file that fails."""
    files = [path for layer in layers or FILES for path in FILES[layer]]

    def make(check):
        def test():
            faults = []
            for path in files:
                try:
                    check(path)
                except AssertionError as fault:
                    faults.append(f"{name_of(path)}: {fault}")
            assert files, "there is no such file"
            assert not faults, "\n".join(faults)

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return make


@functools.cache
def text_of(path):
    return path.read_text(encoding="utf-8")


@functools.cache
def tree_of(path):
    return ast.parse(text_of(path))


@functools.cache
def nodes_of(path):
    return tuple(ast.walk(tree_of(path)))


def imports(path, *, everywhere=True):
    """Full names of the modules a file imports, inside functions too unless told otherwise."""
    for node in nodes_of(path) if everywhere else tree_of(path).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} has a relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def roots(path):
    return {name.partition(".")[0] for name in imports(path)}


@each("core")
def test_core_knows_no_screen(path):
    assert not roots(path) & {"streamlit", "altair", "ui", "pages", "tests", "streamlit_app"}


ROOMS = (
    *("errors", "text", "system", "config"),
    *("data", "model", "training", "analysis", "teaching", "exchange"),
)
"""The rooms of `core`: each may import those to its left."""


def test_the_rooms_are_all_of_core():
    found = {path.stem for path in (PROJECT / "core").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert found - {"__init__", "__pycache__", "train"} == set(ROOMS)  # `train` is a command


@each("core")
def test_rooms_import_one_way(path):
    own = module_of(path).split(".")[1:2]
    if not own or own == ["train"]:
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "core" and len(parts) > 1 and parts[1] in ROOMS:
            assert ROOMS.index(parts[1]) <= ROOMS.index(own[0]), f"{own[0]} imports {name}"


@pytest.mark.parametrize("layer", ["core", "ui"])
def test_inside_a_package_its_files_and_packages_form_no_circle(layer):
    """Every package is looked at by itself: what is in it, files and packages, imports one way.

    A package's face (`__init__.py`) only hands names on, so it is no part of the package's inside.
    """
    known = {module_of(path) for path in FILES[layer]}
    inside = defaultdict(lambda: defaultdict(set))
    for path in FILES[layer]:
        if path.name == "__init__.py":
            continue
        source = module_of(path)
        for target in {name if name in known else name.rpartition(".")[0] for name in imports(path)} & known:
            a, b = source.split("."), target.split(".")
            shared = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
            if shared is not None:
                inside[".".join(a[:shared])][a[shared]].add(b[shared])
    for package, arrows in inside.items():
        try:
            TopologicalSorter(arrows).prepare()
        except CycleError as error:
            raise AssertionError(f"in {package}: {' -> '.join(error.args[1])}") from None


@each("core", "ui", "benchmarks")
def test_a_package_that_hands_names_on_lists_them(path):
    """`__all__` is exactly what the face of a package imports from inside it or defines for others."""
    if path.name != "__init__.py":
        return
    tree = tree_of(path)
    own = module_of(path)
    handed = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{own}.")
        for alias in node.names
    }
    defined = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    }
    listed = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    assert listed or not handed | defined, "it has public names and no __all__"
    if listed:
        assert defined <= set(listed[0])
        assert listed[0] == sorted(listed[0], key=lambda name: (not name.isupper(), name[0].islower(), name))


@each("ui")
def test_ui_knows_no_page(path):
    assert not roots(path) & {"pages", "tests", "streamlit_app"}


@each("pages")
def test_no_page_knows_another(path):
    assert not roots(path) & {"pages", "tests", "streamlit_app", "threading", "concurrent", "multiprocessing"}


@each("core", "ui", "pages", "entrance")
def test_only_what_requirements_txt_brings_is_imported(path):
    """What only the tests install is missing where the app runs; numpy and its like come with Streamlit."""
    brought = {"torch", "torchvision", "streamlit", "matplotlib", "PIL", "jinja2", "safetensors"}
    brought |= {"filelock", "segno"}
    brought |= {"numpy", "pandas", "altair", "packaging", "starlette"}
    assert roots(path) - sys.stdlib_module_names - {"core", "ui"} <= brought


@pytest.mark.parametrize("name", ["port", "browser"])
def test_tools_of_make_run_and_make_test_need_nothing(name):
    """They run where only Python is, or where the packages of the tests are not."""
    assert roots(PROJECT / "tools" / f"{name}.py") <= sys.stdlib_module_names


@each()
def test_no_pyplot_and_no_unpickling(path):
    """pyplot is not safe in threads; a pickle may run code. `torch.load` takes weights only.

    A lesson is text that its reader runs. Here it is given a figure of its own in pyplot's place, so the
    module may name pyplot inside a step, and it may load the file that it has just written in either way.
    """
    lesson = "lessons" in path.parts
    names = set(imports(path, everywhere=not lesson))
    assert not {"matplotlib.pyplot", "pylab"} & names
    if path.parent.name != "benchmarks" and not lesson:
        for node in nodes_of(path):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "torch.load",
                "pickle.load",
                "pickle.loads",
            ):
                options = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                assert options.get("weights_only") == "True", f"line {node.lineno}"


@each("core")
def test_core_does_nothing_when_imported(path):
    """Modules define and no more: no call stands alone at their top level, but one in `core/__init__.py`."""
    told = "os.environ.setdefault('GOMP_SPINCOUNT', '1000')"  # must precede PyTorch's import
    for node in tree_of(path).body:
        if path == PROJECT / "core" / "__init__.py" and ast.unparse(node) == told:
            continue
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            raise AssertionError(f"line {node.lineno}: {ast.unparse(node)[:80]}")
        assert not isinstance(node, ast.For | ast.While | ast.With), f"line {node.lineno}"
        if isinstance(node, ast.Try):  # a module that not every system has
            assert all(isinstance(inner, ast.Import | ast.ImportFrom) for inner in node.body), (
                f"line {node.lineno}"
            )


def test_importing_core_needs_no_streamlit_and_leaves_the_random_state_alone():
    """All of `core`, imported in a fresh process where Streamlit cannot be; it prints nothing."""
    modules = [module_of(path) for path in FILES["core"] if path.name != "__main__.py"]
    script = (
        "import sys, threading, torch\n"
        "for name in ('streamlit', 'altair', 'ui', 'pages'): sys.modules[name] = None\n"
        "before = torch.get_rng_state()\n"
        f"for name in {modules!r}: __import__(name)\n"
        "assert torch.equal(before, torch.get_rng_state()), 'the global generator was used'\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr[-800:]


@each()
def test_files_are_short_and_say_what_they_are(path):
    """A page has at most 150 lines, a module 350, a function 60; each file says what it is."""
    text = text_of(path)
    assert len(text.splitlines()) <= (150 if path in FILES["pages"] else 350)
    assert ast.get_docstring(tree_of(path))
    for node in nodes_of(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            assert lines <= 60, f"{node.name} has {lines} lines"
    assert not re.findall(r"\b(?:TODO|FIXME|XXX)\b|coming soon", text)


@each("pages")
def test_page_begins_with_the_call_that_handles_a_cold_server(path):
    """Nothing but imports and definitions stands before `open_page(__file__)`."""
    for node in tree_of(path).body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            assert ast.unparse(node.value).endswith("open_page(__file__)"), f"line {node.lineno}"
            return
    raise AssertionError("the page never calls open_page(__file__)")


@each("pages", "ui", "entrance")
def test_no_css_and_no_raw_html(path):
    text = text_of(path)
    assert not re.findall(r"unsafe_allow_html|\bst\.html\(|use_container_width|<style", text)


BRITISH = re.compile(
    r"neighbour|colour|\bgrey|behaviour|\bcentred?\b|favour|recognise|normalise(?!-only)|"
    r"initialise|optimise|\banalyse|labelled|memoris|learnt|whilst|artefact|\blicence",
    re.IGNORECASE,
)
"""Spellings that are not American; one mistake keeps its name, which links carry."""


@each()
def test_the_spelling_is_american(path):
    """In names, comments and on screen, so that a search finds all of a thing."""
    text = text_of(path).replace("Neighbours", "")  # the name of a section in links of before
    assert not BRITISH.findall(text)
