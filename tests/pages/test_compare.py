"""The compare page: curves, scores and settings of several runs, and a way back into the form."""

from dataclasses import replace

import pandas as pd
import pytest

from core.config import DataConfig, OptimizerConfig, TrainConfig
from core.training.runs.comparison import compare, shared_and_own
from ui import resources
from ui.compare import view

TINY = TrainConfig(data=DataConfig(limit=320), epochs=2, device="cpu")


@pytest.fixture
def keys(fresh_resources):
    """Three runs: two that differ in one setting, and one that diverged."""
    jobs = resources.training()
    configs = [
        TINY,
        replace(TINY, optimizer=OptimizerConfig(lr=0.05)),
        replace(TINY, optimizer=OptimizerConfig(lr=1000.0, momentum=0.9), loss="mse", epochs=1),
    ]
    keys = []
    for config in configs:
        keys.append(jobs.submit(config).key)
        jobs.wait(keys[-1], 60)
    yield keys
    jobs.close()


def read(app):
    parts = [*app.markdown, *app.caption, *app.info, *app.error, *app.warning]
    return "\n".join(part.value for part in parts)


def test_nothing_trained_is_said_and_where_to_go(open_page, fresh_resources):
    """An empty machine has no empty charts."""
    app = open_page("compare")
    assert "Nothing has been trained here yet" in read(app)
    assert not app.dataframe


def test_runs_side_by_side(open_page, keys):
    """Scores and settings, with what differs marked; a run that diverged is shown on request only."""
    assert len(open_page("compare").multiselect(key="compared").value) == 2
    app = open_page("compare", runs=",".join(key[:10] for key in keys))
    scores, settings = (frame.value for frame in app.dataframe)
    rows = scores.set_index("Score")
    assert list(rows.columns) == ["A", "B", "C"]
    assert list(rows.loc["Epochs"]) == ["2 of 2", "2 of 2", "0 of 1"]
    assert set(rows.loc["Ended"]) == {"finished", "diverged"}
    assert "≠ Learning rate" in list(settings["Setting"])
    assert "Seed" not in " ".join(settings["Setting"])


def test_a_link_chooses_the_runs(open_page, keys):
    """`?runs=` carries the beginnings of their names."""
    app = open_page("compare", runs=f"{keys[0][:10]},{keys[1][:10]}")
    assert app.multiselect(key="compared").value == keys[:2]
    assert [name.removeprefix("≠ ") for name in app.dataframe[1].value["Setting"]] == ["Learning rate"]


def test_each_run_is_named_by_what_only_it_has(open_page, keys):
    """Two runs that differ in the learning rate: the letters say so, the rest is said once."""
    said = read(open_page("compare", runs=f"{keys[0][:10]},{keys[1][:10]}"))
    assert "**A** SGD 0.001" in said
    assert "**B** SGD 0.05" in said
    assert "All: Tutorial network" in said


def test_a_link_to_too_many_runs_says_so(open_page, keys, monkeypatch):
    """No run is left out in silence."""
    from ui.compare import view as page

    monkeypatch.setattr(page, "MOST", 2)
    app = open_page("compare", runs=",".join(key[:10] for key in keys))
    assert "The link has 3 runs; 2 fit here" in read(app)
    assert app.multiselect(key="compared").value == keys[:2]


def test_titles_are_split_into_what_is_shared_and_what_is_not():
    """The order stays; a title of which nothing is left stays whole, as does a single one."""
    assert shared_and_own(["a, b, c", "a, c, d"]) == ("a, c", ["b", "d"])
    assert shared_and_own(["a, b", "a, b"]) == ("a, b", ["a, b", "a, b"])
    assert shared_and_own(["a, b"]) == ("", ["a, b"])
    assert shared_and_own([]) == ("", [])


@pytest.mark.parametrize("runs", ["0123456789", "x", "a" * 500, "../..,", "%00"])
def test_a_link_to_runs_that_are_not_here(open_page, keys, runs):
    """One sentence, and what is here is shown."""
    app = open_page("compare", runs=runs)
    assert "not on this machine" in read(app)
    assert app.dataframe


@pytest.mark.parametrize("curve", view.CURVES)
def test_every_curve(open_page, keys, curve):
    """Each quantity can be drawn for runs of different lengths, and for one that diverged."""
    app = open_page("compare", curve=view.CURVES[curve], runs=",".join(key[:10] for key in keys))
    assert app.segmented_control(key="curve").value == curve
    assert ("C has no complete epoch" in read(app)) == (curve != "steps")
    assert ("C leaves the chart: it rises to" in read(app)) == (curve == "steps")


def test_a_run_that_blew_up_does_not_flatten_the_others():
    """The axis ends just above the others; where none fits, all are shown."""
    frame = pd.DataFrame({"run": list("AABB"), "y": [2.3, 0.9, 2.3, 6e32]})
    assert view.highest_shown(frame) == pytest.approx(1.1 * 2.3)
    assert view.highest_shown(frame[frame["run"] == "B"]) is None
    assert view.highest_shown(frame[frame["run"] == "A"]) is None


def test_only_what_differs_is_marked():
    """Equal settings are not marked, and come last."""
    rows = compare([TINY, replace(TINY, seed=4)])
    assert [row.name for row in rows if row.differs] == ["Seed"]
    assert rows[0].values == ("0", "4")
    assert compare([]) == []


def test_the_weights_and_the_landscape_of_two_runs(open_page, keys):
    """A link opens each part; a job's button waits for a click, and unlike networks are refused."""
    runs = ",".join(key[:10] for key in keys[:2])
    app = open_page("compare", runs=runs, inside="Weights")
    assert not app.exception
    assert "Which run moved its weights furthest" in read(app)
    app = open_page("compare", runs=runs, inside="Landscape of two")
    assert not app.exception
    assert "Compute the landscape" in [button.label for button in app.button]
    app.session_state["inside_run_barrier_in_code"] = True
    app.run()
    assert any(box.value.splitlines()[-1].startswith("barrier: ") for box in app.code)
    assert not open_page("compare", runs=runs, inside="x" * 5000).exception
