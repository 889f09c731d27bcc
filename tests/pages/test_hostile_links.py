"""Links from strangers: any value of any parameter of any page is a page with sentences, never a red box.

The names of the parameters are read from the source, so that a new one is tried without being listed here.
What a stranger wrote may be shown as text; it may not become Markdown, HTML, a formula or a picture.
"""

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.stem for path in (PROJECT / "pages").rglob("*.py"))
SERVER_PATHS = (str(PROJECT), str(Path.home()), "/usr/", "/tmp/", "site-packages")

HOSTILE = (
    "[a](//t.co)", "![](//t.co/x)", "<img src=x onerror=alert(1)>", "<script>alert(1)</script>",
    "$\\frac12$", "**b** _i_ `c`", ":red[x] :smile:", "# h\n- l", "'; DROP TABLE runs; --",
    "{{7*7}}${7*7}", "../../etc/passwd", "=1+1", "-1", "0", "1", "1e309", "nan", "-inf", "9" * 26, "1.5",
    "0x10", "1_0", "٣", "", " ", "\x00", "\u202eright to left", "a" * 9000, "é" * 400, "\U0001f9e5" * 50,
    "None", "true", "[]", "{}", "__import__('os').system('id')", "custom-00000000", "deadbeef" * 8,
    "linear:999999", "conv:1;conv:1", "9" * 400, "1,2,3", "%00%ff", "\ud7ff", "relu", "0-0-0",
    "1" + "-1" * 200,
)  # fmt: skip
"""The fixed corpus: each parameter of each page meets several of these."""

MARKUP = ("[a](", "![](", "<img", "<script", "$\\frac", "**b**", ":red[x]", "# h\n")


def parameters():
    """Every name that a page reads from its link."""
    text = "\n".join(
        path.read_text() for folder in ("ui", "pages") for path in (PROJECT / folder).rglob("*.py")
    )
    constants = dict(re.findall(r'^(\w+)(?:: Final)? = "(\w+)"', text, re.MULTILINE))
    names = set(re.findall(r'(?:int|float|choice)_param\(\s*"(\w+)"', text))
    names |= {
        constants[name]
        for name in re.findall(r"(?:int|float|choice)_param\(\s*([A-Z_]+)\b", text)
        if name in constants
    }
    for before in text.split('bind="query-params"')[:-1]:
        found = re.findall(r'key=(?:"(\w+)"|([A-Z_]+)\b)', before[-600:])
        names |= {word or constants.get(name, "") for word, name in found[-1:]}
    names |= {"section", *re.findall(r'choose_section\([^=]*?name="(\w+)"', text)}
    from core.training.runs.link import FIELDS

    names |= {"preset", "lead", "hide", "runs", "model", "second", "spec", "layers", "do", "epoch", *FIELDS}
    return sorted(names - {""})


NAMES = parameters()


def shown(app):
    """Everything of a page that is Markdown, and its toasts."""
    kinds = (app.markdown, app.caption, app.error, app.warning, app.info, app.success, app.toast, app.header,
             app.header, app.title)  # fmt: skip
    return [element.value for kind in kinds for element in kind]


def sentences(app):
    return [element.value for kind in (app.error, app.warning, app.info, app.toast) for element in kind]


def visit(page, query):
    app = AppTest.from_file(str(PROJECT / "streamlit_app.py"), default_timeout=60)
    if page != "quickstart":
        app.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    return app


def check(app, query):
    assert not app.exception, ([error.value for error in app.exception], query)
    assert app.title, query
    own = [text for text in MARKUP if any(text in value for value in query.values())]
    for text in shown(app):
        assert not any(mark in text for mark in own), (text, query)
    for text in sentences(app):
        assert not any(path in text for path in SERVER_PATHS), (text, query)
        assert "Traceback" not in text


def test_the_source_tells_its_parameters():
    """A refactoring must not leave this file testing nothing."""
    assert len(NAMES) > 70
    assert {"sample", "lr", "lead", "layers", "part", "tolerance", "watch", "runs", "line"} <= set(NAMES)


def sections(page):
    """The parts of a page, and the parameter that chooses among them, as the page itself says."""
    shown = visit(page, {}).session_state["sections_shown"] if "choose_section(" in source(page) else None
    return [{shown.parameter: name} for name in shown.names] if shown else []


def source(page):
    return (PROJECT / "pages" / f"{page}.py").read_text()


def test_every_page_with_sections_has_each_of_them_tried():
    """Of one page here; the others are asked in the same way."""
    assert [each["part"] for each in sections("tensors")][:3] == ["Make", "Fill", "Look inside"]


@pytest.mark.parametrize("page", PAGES)
def test_hostile_links_show_the_page_all_the_same(page):
    """Each parameter with values of the corpus, other ones for each part of the page."""
    for turn, part in enumerate(sections(page) or [{}, {}]):
        values = itertools.islice(itertools.cycle(HOSTILE), 15 * turn + PAGES.index(page), None)
        query = dict(zip(NAMES, values, strict=False)) | part
        check(visit(page, query), query)


WORDS = st.sampled_from(HOSTILE) | st.text(max_size=40) | st.integers().map(str) | st.floats().map(str)


@pytest.mark.parametrize("page", PAGES)
def test_any_link_shows_the_page(page):
    """A few parameters with anything at all."""

    @given(st.dictionaries(st.sampled_from(NAMES), WORDS, min_size=1, max_size=6))
    @settings(max_examples=4)
    def holds(query):
        check(visit(page, query), query)

    holds()
