"""The sentence about packages that do not fit each other."""

import subprocess
import sys
from importlib import metadata

import pytest

from core.data.sources import PROJECT
from core.system import installed_packages


@pytest.mark.parametrize(
    ("torch_version", "vision_version", "requires", "fit"),
    [
        ("2.15.0", "0.30.0", ["torch==2.15.0", "numpy"], True),
        ("2.15.0+cpu", "0.30.0+cpu", ["torch==2.15.0"], True),
        ("2.13.0+cpu", "0.28.0", ["torch==2.13.0"], False),  # the source differs: the known trap
        ("2.12.0", "0.28.0", ["torch==2.13.0"], False),
        ("2.16.0.dev1", "0.31.0.dev1", ["torch>=2.14"], True),
    ],
)
def test_versions_tell_whether_an_import_has_to_prove_it(torch_version, vision_version, requires, fit):
    assert installed_packages._fit(torch_version, vision_version, requires) is fit


@pytest.fixture
def nothing_imported(monkeypatch):
    monkeypatch.delitem(sys.modules, "torchvision", raising=False)


def test_this_environment_is_sound(nothing_imported):
    assert installed_packages.check_packages() is None


def test_nothing_is_looked_up_once_torchvision_works(monkeypatch):
    """Every run of a page asks: looking into the packages' metadata would cost each 5 ms."""
    monkeypatch.setitem(sys.modules, "torchvision", installed_packages)
    monkeypatch.setattr(metadata, "version", lambda name: pytest.fail("looked up again"))
    assert installed_packages.check_packages() is None


def test_check_imports_neither_package_when_versions_agree():
    """It runs before the first page is shown: an import would cost seconds."""
    script = (
        "import sys, importlib.metadata as m; from core.system import installed_packages\n"
        "m.version = lambda name: '2.15.0'; m.requires = lambda name: []\n"
        "assert installed_packages.check_packages() is None\n"
        "assert not {'torch', 'torchvision'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], cwd=PROJECT, check=True)


def test_mismatch_is_a_sentence_with_the_remedy(nothing_imported, monkeypatch):
    """What torchvision raises beside a torch from elsewhere never reaches the visitor as a traceback."""
    versions = {"torch": "2.13.0+cpu", "torchvision": "0.28.0"}
    monkeypatch.setattr(metadata, "version", versions.__getitem__)
    monkeypatch.setattr(metadata, "requires", lambda name: ["torch==2.13.0"])

    def refuse(name):
        if name == "torchvision":
            raise RuntimeError("operator torchvision::nms does not exist")

    monkeypatch.setattr(installed_packages.importlib, "import_module", refuse)
    sentence = installed_packages.check_packages()
    assert "torch 2.13.0+cpu and torchvision 0.28.0 do not fit each other" in sentence
    assert "torchvision::nms" in sentence
    assert "pip install -r requirements.txt" in sentence
    monkeypatch.setattr(installed_packages.importlib, "import_module", lambda name: None)
    assert installed_packages.check_packages() is None  # odd versions that work are nobody's problem


def test_missing_package_is_a_sentence(nothing_imported, monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert (
        installed_packages.check_packages()
        == "torch is not installed: run `pip install -r requirements.txt`."
    )
