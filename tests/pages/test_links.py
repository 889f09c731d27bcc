"""Links that make no sense, on every page: each of its parameters set to nonsense, all at once."""

from pathlib import Path

import pytest

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py"))
NONSENSE = {"empty": "", "nonsense": "<b>\x00]9e999", "long": "9" * 5000}


def parameters(app) -> set[str]:
    """Every name that a widget of the page reads from the link, and those the pages read themselves."""
    found = {"sample", "model", "run", "runs", "config", "part", "section", "step", "hide", "lead"}
    for element in app.main:
        name = getattr(getattr(element, "proto", None), "query_param_key", "")
        if name:
            found.add(name)
    return found | set(app.query_params)


@pytest.mark.parametrize("page", PAGES)
def test_nonsense_in_every_parameter_gives_a_page(open_page, page):
    """Whatever the values, there is a page with its title and no exception: at most sentences."""
    names = parameters(open_page(page))
    for value in NONSENSE.values():
        app = open_page(page, **dict.fromkeys(names, value))
        assert app.title
        shown = [element.value for element in [*app.error, *app.warning, *app.toast]]
        assert all(len(text) < 400 and "Traceback" not in text for text in shown)


def test_a_section_of_another_name_is_opened_by_links_of_before(open_page):
    """Datasets > Neighbors was spelled otherwise."""
    app = open_page("datasets", part="Neighbours")
    assert any(slider.label == "Neighbors" for slider in app.slider)
    assert not app.toast


def test_a_choice_of_another_name_is_made_by_links_of_before(open_page):
    """How the tutorial writes the target transform was called otherwise."""
    app = open_page("transforms", part="Labels", **{"one_hot-target_transform": "as in the notes"})
    assert app.segmented_control(key="one_hot-target_transform").value == "as in the tutorial"
    assert not app.toast
