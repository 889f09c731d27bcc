"""Every section of every page: no violation of axe's rules that is ours, and nothing wider than a phone.

axe-core comes from npm's registry (`npm pack`), in the version below; where it cannot be had, that test says
so and is skipped. What Streamlit draws itself is left out, rule by rule, with what it is.
"""

import shutil
import subprocess
import tarfile

import pytest
from playwright.sync_api import expect

from benchmarks.server import PROJECT

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

PAGES = sorted(path.stem for path in (PROJECT / "pages").glob("*.py"))

STATES = [
    "line_by_line?at=50",
    "line_by_line?program=Tensors&version=notes",
    "optimization?part=Step+by+step&done=flbb",
    "optimization?part=Step+by+step&done=flbsxflb&watch=3.weight",
]
"""Links into the middle of something."""


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
async ([streamlits, options]) => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...options })
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

PHONE = {"width": 390, "height": 844}
LIGHT = ("light", {"width": 1280, "height": 900}, {})
DARK = ("dark", PHONE, {"runOnly": ["color-contrast"]})  # the one rule whose answer depends on the theme
"""Theme, size of the window, and which of axe's rules are asked."""


def violations(page, options):
    """What axe finds in the page as it is now."""
    for _ in range(6):  # what is being drawn anew is faint for a moment: only what stays counts
        found = page.evaluate(RUN, [STREAMLITS, options])
        if not found:
            break
        page.wait_for_timeout(500)
    return found


def sections(page):
    """The titles of the page's tabs; of programs to play back, which are alike, the one that is open."""
    tabs = page.get_by_test_id("stMain").get_by_role("tablist").first
    if "line_by_line" in page.url or not tabs.count():
        return [""]
    return tabs.get_by_role("tab").all_inner_texts()


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", PAGES)
def test_every_section_is_accessible_and_fits_a_phone(visit, settled, axe, name):
    """All rules in the light theme, those about color in the dark one too; at 390 pixels nothing is wider.

    Every other section is opened as the one before was left, on the phone: changes take time.
    """
    found = {}
    page = visit(name, color_scheme="light")
    page.evaluate(axe)
    for place, section in enumerate(sections(page)):
        if section:
            tab = page.get_by_role("tab", name=section, exact=True).first
            tab.click()
            expect(tab).to_have_attribute("aria-selected", "true")
            settled(page)
        for scheme, size, options in (DARK, LIGHT) if place % 2 else (LIGHT, DARK):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
            page.wait_for_timeout(150)  # charts are drawn after the script has ended
            found[f"{section}, {scheme}"] = violations(page, options)
            if size == PHONE:
                found[f"{section}, width"] = is_wider_than_screen(page)
    assert not {where: what for where, what in found.items() if what}


@pytest.mark.parametrize("address", STATES)
def test_nothing_that_a_link_opens_is_wider_than_a_phone(visit, address):
    """Programs and tables as they are after some steps."""
    assert not is_wider_than_screen(visit(address, viewport=PHONE))


def is_wider_than_screen(page):
    """Whether anything scrolls sideways."""
    main = page.get_by_test_id("stMain")
    return page.evaluate("document.documentElement.scrollWidth") > 390 or not main.evaluate(
        "main => main.scrollWidth <= main.clientWidth"
    )
