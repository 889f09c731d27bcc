"""The page that plays programs back: sections, versions, settings and places are in the link, and lead on."""

import re
from pathlib import Path

import pytest

from core.teaching.programs import PROGRAMS, VERSIONS, program
from core.teaching.tracer import trace
from ui.line_by_line import links
from ui.shell import navigation

PROJECT = Path(__file__).resolve().parents[2]


def mounted(app):
    """What the player was given: the component's data."""
    players = [element for element in app.main if element.type == "bidi_component"]
    return [element.proto for element in players if element.proto.component_name.endswith("line_player")]


def test_it_stands_right_after_quickstart():
    stems = [entry.stem for entry in navigation.PAGES]
    assert stems.index("line_by_line") == stems.index("quickstart") + 1


@pytest.mark.parametrize("each", PROGRAMS, ids=[each.name for each in PROGRAMS])
def test_each_section_shows_its_player_and_leads_to_the_official_page(open_page, each):
    app = open_page("line_by_line", program=each.title, version="notes")
    assert not app.error
    assert len(mounted(app)) == 1
    assert any(each.official in str(getattr(element, "proto", "")) for element in app.main)
    assert not any("Traceback" in line.value for line in app.markdown)


def test_the_place_of_a_link_is_kept_and_a_line_becomes_a_place(open_page):
    app = open_page("line_by_line", program="Autograd", at="7")
    assert app.query_params["at"] == "7"
    text = program("autograd").text().splitlines()
    line = next(number for number, code in enumerate(text, 1) if "loss.backward()" in code)
    app = open_page("line_by_line", program="Autograd", line=str(line))
    assert "line" not in app.query_params
    at = int(app.query_params["at"]) - 1
    assert trace(program("autograd"), "today", {}).data["steps"][at][0] == line


def test_a_setting_of_the_link_runs_another_program(open_page):
    app = open_page("line_by_line", images="250", learning_rate="0.01", version="notes")
    assert not app.error
    assert [widget.value for widget in app.button_group if widget.key == "images"] == [250]


def test_what_differs_between_the_versions_is_shown(open_page):
    app = open_page("line_by_line", program="Tensors")
    shown = [block.value for block in app.code]
    before = next(at for at, text in enumerate(shown) if text.startswith('device = "cuda"'))
    assert shown[before + 1].startswith("device = torch.accelerator")  # today's lines stand beside the notes'


EACH = [(each, version) for each in PROGRAMS for version in VERSIONS]


@pytest.mark.parametrize(("each", "version"), EACH, ids=[f"{e.name}-{v}" for e, v in EACH])
def test_every_line_of_code_leads_to_a_section_that_is_there(each, version):
    """No line without a link, and no link to a page or section that does not exist."""
    places = links.places(each, version)
    lines = each.text(version).splitlines()
    code = {number for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")}
    assert set(places) == code
    for place in set(places.values()):
        entry = navigation.entry(place.page)
        source = entry.path.read_text(encoding="utf-8")
        assert not place.section or re.search(rf'"{re.escape(place.section)}"', source), place


def test_pages_link_back_to_the_lines_they_play_with(open_page):
    """The section that is open names a line; the link leads to that line."""
    app = open_page("autograd", part="Backward")
    back = [link for link in app.get("page_link") if "line_by_line" in str(link.proto)]
    assert back
    numbers = [int(re.search(r"[Ll]ine (\d+)", str(link.proto)).group(1)) for link in back]
    programs = links.lines_of("autograd", "Backward")
    assert numbers == [line for _, line in programs]
    for each, line in programs:
        code = each.text().splitlines()[line - 1]
        assert "backward(" in code or ".grad" in code
