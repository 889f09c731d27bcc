"""Whether the installed packages fit each other, said before anything that needs them is imported.

Imports neither torch nor torchvision when the versions agree: the app's start stays fast.
"""

import importlib
import sys
from importlib import metadata
from typing import Final

from packaging.requirements import Requirement

REMEDY: Final = (
    "Install both from one source: `pip uninstall -y torch torchvision`, then "
    "`pip install -r requirements.txt` (or delete `.venv` and run `make setup`)."
)


def check_packages() -> str | None:
    """One sentence with the remedy if this Python cannot run the app, `None` if it can.

    Call it before importing torch: with a torch and a torchvision that do not fit, importing the latter ends
    in `operator torchvision::nms does not exist`.
    """
    if "torchvision" in sys.modules:  # it is imported, so it works: most pages run after that
        return None
    versions = {}
    for name in ("torch", "torchvision"):
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            return f"{name} is not installed: run `pip install -r requirements.txt`."
    if _fit(versions["torch"], versions["torchvision"], metadata.requires("torchvision") or []):
        return None
    return _import_error(versions)


def _fit(torch_version: str, torchvision_version: str, requirements: list[str]) -> bool:
    """Whether two packages were built for each other, as far as their metadata tell.

    Builds from one source share what follows the plus sign: `+cpu`, `+cu132`, or nothing.
    """
    wanted = [r.specifier for r in map(Requirement, requirements) if r.name == "torch"]
    builds = {version.partition("+")[2] for version in (torch_version, torchvision_version)}
    return len(builds) == 1 and all(
        specifier.contains(torch_version, prereleases=True) for specifier in wanted
    )


def _import_error(versions: dict[str, str]) -> str | None:
    """Names alone prove nothing: only the import does."""
    try:
        importlib.import_module("torch")
        importlib.import_module("torchvision")
    except Exception as error:  # RuntimeError for a missing operator, OSError for a library, ImportError: any
        first_line = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
        return (
            f"torch {versions['torch']} and torchvision {versions['torchvision']} do not fit each other "
            f"({first_line}). {REMEDY}"
        )
    return None
