"""The share button and the view a teacher makes by link: whatever a link says, it does no harm."""

import pytest

NASTY = (
    "**bold** <script>alert(1)</script> [a](javascript:x) :red[b] $x$ :material/home: ![i](http://x/y.png)"
)


def texts(app):
    """What is shown as plain text."""
    return [element.value for element in app.text]


@pytest.mark.parametrize("page", ["quickstart", "checkpoints"])
def test_the_line_of_a_link_is_shown_as_it_is(open_page, page):
    """As text: no Markdown and no HTML element has it."""
    app = open_page(page, lead=NASTY)
    assert NASTY in texts(app)
    assert not any("alert(1)" in element.value for element in [*app.markdown, *app.caption, *app.title])


@pytest.mark.parametrize(
    "query",
    [
        {"lead": "x" * 100_000},
        {"hide": "," * 100_000},
        {"lead": "\x00\x1b[31m\u202e\n\n# title"},
        {"hide": "code,<b>,everything,../.."},
        {"hide": "", "lead": ""},
        {"hide": "pages,data,code,settings,next"},
        {"section": "x" * 100_000, "step": "%00", "model": "../../etc/passwd", "part": "\U0001f600" * 999},
        {"color": "blue", "lead": "and", "__proto__": "1", "session_state": "{}"},
    ],
    ids=lambda query: "-".join(query),
)
@pytest.mark.parametrize("page", ["quickstart", "checkpoints", "tensors"])
def test_no_link_breaks_a_page(open_page, page, query):
    """Long, empty, unknown and unprintable values: the page is there, with at most a sentence."""
    app = open_page(page, **query)
    assert app.title
    assert not app.error, [error.value for error in app.error]
    assert all(len(text) <= 1000 for text in texts(app))


def test_a_line_is_cut_and_has_no_control_characters(open_page):
    """300 characters on one line."""
    [line] = [
        text for text in texts(open_page("checkpoints", lead="a\nb\u202e" + "c" * 999)) if text[:3] == "a b"
    ]
    assert len(line) == 300
    assert line.isprintable()


def test_hidden_parts_are_left_out(open_page):
    """Code, the data's line and the way on; what was printed stays."""
    section, step = "How it is done", "2. Load, and prove it"
    shown = open_page("checkpoints", section=section, step=step)
    hidden = open_page("checkpoints", section=section, step=step, hide="code,data,next,settings")
    assert any("import torch" in box.value for box in shown.code)
    assert not any("import torch" in box.value for box in hidden.code)
    assert any("equal to the bit" in box.value for box in hidden.code)
    assert any("In use:" in caption.value for caption in shown.caption)
    assert not any("In use:" in caption.value for caption in hidden.caption)


def test_the_view_lasts_when_a_click_loses_the_link(open_page):
    """A class that goes on to another page keeps its line."""
    app = open_page("quickstart", lead="Find three errors.", hide="code")
    app.query_params.clear()
    assert "Find three errors." in texts(app.run())


def test_the_view_can_be_ended(open_page):
    """Whoever opens Share can have everything back."""
    app = open_page("quickstart", lead="Find three errors.", hide="code")
    [everything] = [button for button in app.button if button.label == "Show everything again"]
    everything.click().run()
    assert "Find three errors." not in texts(app)


def test_the_link_says_what_it_carries(open_page):
    """The parameters by name, and the address itself."""
    app = open_page("quickstart", sample="17")
    assert any("sample: 17" in text for text in texts(app))
    assert any("sample=17" in box.value for box in app.code)
