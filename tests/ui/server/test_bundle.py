"""Streamlit's small modules travel in one file, and its page asks for none of them alone."""

import json
import re
from pathlib import Path

from streamlit import file_util

from ui.server.bundle import FOLDER, Bundle, bundle_of, installed

STATIC = Path(file_util.get_static_dir())


def sources(bundle: Bundle) -> dict[str, str]:
    """The modules in the script, by file name."""
    return json.loads(bundle.script.decode().rpartition("\noffer(")[2].strip().removesuffix(")"))


def write(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder


def test_only_modules_that_are_small_and_need_no_address_of_their_own_are_in_it(tmp_path):
    folder = write(
        tmp_path,
        small='import"./far.js";import{a}from"./large.js";export const c="./small.js"',
        large="x" * 6_001,
        meta="new URL(import.meta.url)",
        lazy="import(`./small.js`)",
    )
    assert sources(bundle_of(folder)) == {
        "small.js": 'import"streamlit/far.js";import{a}from"streamlit/large.js";export const c="./small.js"'
    }


def test_another_content_has_another_address(tmp_path):
    first = bundle_of(write(tmp_path, a="1"))
    assert bundle_of(tmp_path).path == first.path
    assert bundle_of(write(tmp_path, a="2")).path != first.path


def test_modules_of_the_installed_streamlit_import_files_that_are_there_and_none_from_beside_them():
    """A module in the bundle lies in no folder: what it imports from there could not be found."""
    bundle = installed()
    assert len(bundle.names) > 100
    asked = set()
    for text in sources(bundle).values():
        assert not re.search(r"""(from|import|import\()\s*["'`]\.{1,2}/""", text)
        asked.update(re.findall(r'(?:from|import)"streamlit/([^"]+)"', text))
    assert asked
    assert all((STATIC / FOLDER / name).is_file() for name in asked)


def test_the_page_of_the_installed_streamlit_asks_for_the_bundle_before_any_module_and_for_none_in_it():
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    bundle = installed()
    before = re.findall(r"\./static/js/([^\"]+)", page)
    after = re.findall(r"\./static/js/([^\"]+)", bundle.put_into(page))
    assert after[0] == bundle.path.rpartition("/")[2]
    assert after[1:] == [name for name in before if name not in bundle.names]
    assert 1 < len(after) < len(before) / 2
    assert bundle.put_into(page).index('<div id="root">') < bundle.put_into(page).index(bundle.path)


def test_a_page_of_another_form_is_left_as_it_is():
    for page in (
        '<script src="./static/js/a.js"></script></body>',
        '<script type="module" src="./static/js/a.js">',
    ):
        assert installed().put_into(page) == page
