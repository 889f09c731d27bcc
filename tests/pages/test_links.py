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


@pytest.mark.parametrize(
    ("page", "parameter", "before", "today"),
    [
        ("datasets", "part", "Neighbours", "Neighbors"),
        ("checkpoints", "step", "5. Go on training", "5. Resume training"),
        ("transforms", "one_hot-target_transform", "as in the notes", "as in the tutorial"),
    ],
)
def test_a_choice_of_another_name_is_made_by_links_of_before(open_page, page, parameter, before, today):
    """And the address carries the name of today, so that a reload or a copy of it does the same."""
    section = {"checkpoints": {"section": "How it is done"}, "transforms": {"part": "Labels"}}
    app = open_page(page, **section.get(page, {}), **{parameter: before})
    assert app.query_params[parameter] in (today, [today])
    assert app.session_state[parameter] == today
    assert not app.toast
