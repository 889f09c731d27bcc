"""The error clinic's page: paste, examples, links, and what it does not know."""

import pytest

from core.teaching.clinic import KINDS, explain_error


def paste(app, text):
    """Type a text and ask."""
    app.text_area(key="pasted").set_value(text)
    app.button(key="FormSubmitter:paste-Explain it").click()
    app.run()
    assert not app.exception
    return app


def said(app):
    """Everything in Markdown, captions, code and boxes."""
    parts = [*app.markdown, *app.caption, *app.code, *app.info, *app.success, *app.warning, *app.header]
    return "\n".join(part.value for part in parts)


def test_a_pasted_message_is_explained_with_a_program_that_ran(open_page):
    """Meaning, reading, cure and trap, the program, and the message it ended with here."""
    app = paste(
        open_page("error_clinic"),
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (64x28 and 784x10)",
    )
    text = said(app)
    found = explain_error("RuntimeError: mat1 and mat2 shapes cannot be multiplied (64x28 and 784x10)")
    for part in (
        found.kind.means,
        found.reading,
        found.kind.cure,
        found.kind.trap,
        found.kind.program.strip(),
    ):
        assert part in text
    assert "(1792x28 and 784x10)" in text
    assert found.kind.change[0][1] in text


def test_what_the_code_beside_a_message_shows_stands_on_the_page(open_page):
    text = (
        "loss = loss_fn(out.argmax(1), y)\n"
        "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn"
    )
    app = paste(open_page("error_clinic"), text)
    assert any(box.value == explain_error(text).beside != "" for box in app.info)


@pytest.mark.parametrize("text", ["SprocketError: no teeth", "# [x](javascript:alert(1)) <b>"])
def test_what_is_unknown_is_said_to_be_unknown(open_page, text):
    """And nothing of the text is drawn as Markdown."""
    app = paste(open_page("error_clinic"), text)
    assert "does not know" in app.warning[0].value
    assert text not in said(app)


def test_nothing_pasted_is_a_sentence(open_page):
    assert "Nothing is there yet" in paste(open_page("error_clinic"), "  ").info[0].value


def test_an_example_fills_the_field(open_page):
    app = open_page("error_clinic")
    app.button(key="example_second-backward").click().run()
    assert not app.exception
    assert "second time" in app.text_area(key="pasted").value
    assert KINDS["second-backward"].title in said(app)


def test_a_class_is_shown_layer_by_layer(open_page):
    app = paste(
        open_page("error_clinic"),
        "model = nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.Linear(256, 10))",
    )
    assert "256x10" in app.error[0].value
    assert list(app.dataframe[0].value["gives"]) == ["[64, 784]", "[64, 512]"]


def test_a_link_opens_a_kind_and_a_bogus_one_is_told(open_page):
    """`?kind=` shows an error of the list; code stays away where the link hides it."""
    app = open_page("error_clinic", kind="device-assert", hide="code")
    assert "is innocent" in said(app)
    assert not any("import torch" in block.value for block in app.code)
    app = open_page("error_clinic", kind="nonsense")
    assert "no error of that name" in app.toast[0].value


@pytest.mark.parametrize("kind", list(KINDS)[::12])
def test_every_kind_can_be_read(open_page, kind):
    app = open_page("error_clinic", kind=kind)
    assert KINDS[kind].title in said(app)
