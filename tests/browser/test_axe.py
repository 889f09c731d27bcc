"""No page has a violation of axe's rules that is ours: all sections, light and dark: over 100 states.

axe-core comes from npm's registry (`npm pack`), in the version below; where it cannot be had, these tests say
so and are skipped. What Streamlit draws itself is left out, rule by rule, with what it is.
"""

import shutil
import subprocess
import tarfile

import pytest

AXE = "axe-core@4.14.1"

STREAMLITS = {
    "list": '[data-testid="stSidebarNavItems"]',  # section titles between the items of the sidebar's list
    "listitem": '[data-testid="stSidebarNav"] *',
    "presentation-role-conflict": '[data-testid="stFileUploaderDropzone"]',
    "scrollable-region-focusable": "pre",  # long code; its copy button can be reached
    # syntax colors, and the theme's primary color where it is used for small text
    "color-contrast": '[data-testid="stCode"] *, [data-variant] *, [data-rac] *, [data-testid="stAlert"] *',
}
"""Rules that Streamlit's own elements break, and those elements."""

PAGES = {
    "quickstart": [""],
    "line_by_line": [""],
    "tensors": ["Make", "Fill", "Look inside", "Index", "Assign", "Join", "Multiply", "Reduce", "NumPy",
                "Device"],
    "datasets": ["Browse", "Load", "Classes", "Neighbours", "Map", "Your own", "Batches", "Loading time"],
    "transforms": ["Build a pipeline", "ToTensor", "Labels", "Raw data", "Statistics"],
    "model": ["Build", "Architecture", "Parameters", "Forward", "Compare"],
    "autograd": ["Expressions", "Graph", "Network", "Backward", "Leaves", "Adding up", "Not tracking",
                 "Frozen", "Checking", "Vectors"],
    "optimization": (
        ["Step by step", "Hyperparameters", "Losses", "Optimizer", "Race", "Surface", "Learning rate"]
    ),
    "mistakes": [""],
    "training": [""],
    "compare": [""],
    "predictions": ["Test images", "Mistakes", "Two networks", "Your own picture", "Code"],
    "checkpoints": ["Take home", "Bring your own", "How it is done"],
    "error_clinic": [""],
    "classroom": [""],
}  # fmt: skip
"""Each page's sections."""


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """axe's program, as text."""
    npm = shutil.which("npm")
    folder = tmp_path_factory.mktemp("axe")
    if npm is not None:
        subprocess.run([npm, "pack", AXE, "--silent"], cwd=folder, check=False, capture_output=True)
    archives = list(folder.glob("*.tgz"))
    if not archives:
        pytest.skip(f"{AXE} cannot be had: npm or its registry is missing")
    with tarfile.open(archives[0]) as archive:
        file = archive.extractfile("package/axe.min.js")
        assert file is not None
        return file.read().decode()


RUN = """
async (streamlits) => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] })
  const node = (target) => {
    let root = document, found = null
    for (const part of target.flat()) {
      found = root.querySelector(part)
      root = found?.shadowRoot ?? root
    }
    return found
  }
  return violations.flatMap((rule) => rule.nodes
    .filter((each) => {
      const found = node(each.target)
      return !(found && streamlits[rule.id] && found.matches(streamlits[rule.id]))
    })
    .map((each) => `${rule.id}: ${each.html.slice(0, 160)} ${each.any[0]?.message ?? ""}`))
}
"""


@pytest.mark.timeout(400)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_violation_is_ours(visit, settled, axe, name, scheme):
    """Each section of the page."""
    found = {}
    page = visit(name, color_scheme=scheme)
    address = page.url.partition("?")[0]
    for section in PAGES[name]:
        page.goto(f"{address}?part={section}&section={section}" if section else address)
        settled(page)
        page.wait_for_timeout(300)  # charts are drawn after the script has ended
        page.evaluate(axe)
        violations = page.evaluate(RUN, STREAMLITS)
        if violations:  # what is being drawn anew is faint for a moment: only what stays counts
            page.wait_for_timeout(2_000)
            violations = page.evaluate(RUN, STREAMLITS)
        if violations:
            found[section] = violations
    assert not found
