"""The optimization page: every part runs, the debugger's buttons do what they say, links reproduce it."""

import time

import pytest

from core.teaching.lessons.optimization import LESSON
from core.teaching.questions import pages, questions
from ui.shell.navigation import available

PARTS = {
    "Step by step": ["The loop, line by line", "The three steps, on one batch"],
    "Hyperparameters": ["Data and network, as before", "Hyperparameters"],
    "Losses": ["Three losses on the same logits", "Regression: a number instead of a class"],
    "Optimizer": ["The loss function and the optimizer"],
    "Full loop": ["The full loop", "The loop of the step debugger"],
    "Race": ["A race on real images"],
    "Surface": ["Down a surface"],
    "Learning rate": ["Which learning rate?"],
    "Validation": ["A validation split", "The outer loop"],
}
OWN = {"The loop, line by line", "A race on real images"}


@pytest.fixture
def optimization(open_page):
    """Opens the page at the address that the keyword arguments make."""
    return lambda **address: open_page("optimization", **address)


def text(app):
    """Everything that is read on the page, code included."""
    elements = [*app.markdown, *app.caption, *app.code, *app.info, *app.error]
    return "\n".join(element.value for element in elements)


def metrics(app):
    """The values now, by the names of their rows in the debugger's table."""
    table = next(element.value for element in app.markdown if element.value.startswith("| Value"))
    rows = [line.split("|") for line in table.splitlines()[2:]]
    return {name.strip(): now.strip() for _, name, now, _, _ in rows}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_shows_its_steps(optimization, part):
    """A link opens the part, and only that part has run."""
    app = optimization(part=part)
    assert [heading.value for heading in app.header] == PARTS[part]
    assert not app.error


def test_every_step_of_the_lesson_is_on_the_page():
    """None is forgotten, none is there twice."""
    shown = [title for titles in PARTS.values() for title in titles if title not in OWN]
    assert sorted(shown) == sorted(step.title for step in LESSON.steps)


def test_the_buttons_run_the_loop(optimization):
    """Forward, loss, backward, step, zero_grad: what each changes, and what it leaves."""
    app = optimization()
    assert metrics(app)["loss, nats"] == "None"
    for action in "fl":
        app.button(key=f"debug_{action}").click().run()
    value = metrics(app)["parameter"]
    assert metrics(app)["loss, nats"] == "2.3434"
    assert metrics(app)["its gradient"] == "None"
    app.button(key="debug_b").click().run()
    assert metrics(app)["its gradient"] != "None"
    assert metrics(app)["parameter"] == value
    app.button(key="debug_s").click().run()
    assert metrics(app)["parameter"] != value
    app.button(key="debug_z").click().run()
    assert metrics(app)["its gradient"] == "None"
    assert app.query_params["done"] == "flbsz"
    assert not app.error


def test_out_of_order_shows_the_real_error_and_goes_on(optimization):
    """Backward before the loss is Python's own NameError, explained; nothing ends there."""
    app = optimization()
    app.button(key="debug_b").click().run()
    assert not app.exception
    assert "NameError: name 'loss' is not defined" in app.error[0].value
    assert "run forward and loss first" in app.error[0].value
    app.button(key="debug_f").click().run()
    assert not app.error


def test_a_link_brings_back_what_was_pressed(optimization):
    """Actions, seed, optimizer and the watched tensor are in the address."""
    app = optimization(done="flbflb", **{"one_round-seed": "2", "one_round-optimizer_class": "Adam"})
    assert "**added** to the old one" in text(app)
    again = optimization(done="flbflb", **{"one_round-seed": "2", "one_round-optimizer_class": "Adam"})
    assert metrics(app) == metrics(again)
    other = optimization(done="flbflb", watch="1.weight")
    assert "Parameter: `model[1].weight[" in text(other)


@pytest.mark.parametrize("done", ["fl?b", "<script>", "f" * 401])
def test_a_bogus_link_starts_at_the_beginning(optimization, done):
    """One sentence, no exception."""
    app = optimization(done=done)
    assert metrics(app)["loss, nats"] == "None"
    assert any("make no sense" in toast.value for toast in app.toast)


def test_undo_and_start_again(optimization):
    """Undo takes back one line, even a failed one; start again takes back all."""
    app = optimization(done="flb")
    press = {button.label: button for button in app.button}
    press["Undo"].click().run()
    assert app.query_params["done"] == "fl"
    press = {button.label: button for button in app.button}
    press["Whole round"].click().run()
    assert app.query_params["done"] == "flbszxfl"
    press = {button.label: button for button in app.button}
    press["Restart"].click().run()
    assert "done" not in app.query_params
    assert metrics(app)["loss, nats"] == "None"


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        ("no zero_grad()", "**added** to the old one"),
        ("zero_grad() too early", "**Nothing moved**"),
        ("backward() twice", "a second time"),
        ("no new forward", "before the last `step()`"),
    ],
)
def test_a_slip_ends_in_what_it_does(optimization, slip, said):
    """One press runs the wrong loop up to the line that shows why it is wrong."""
    app = optimization(done="fl")
    next(button for button in app.button if button.label == slip).click().run()
    assert said in text(app)


def test_changing_the_optimizer_runs_the_same_lines_with_it(optimization):
    """What was pressed stays; the numbers are the new optimizer's."""
    app = optimization(done="flbs")
    before = metrics(app)["parameter"]
    app.button_group(key="one_round-optimizer_class").set_value("Adam").run()
    assert metrics(app)["parameter"] != before
    assert "plain SGD" in text(app)


def test_a_click_in_the_debugger_is_answered_quickly(optimization):
    """Median time of a run on the server."""
    app = optimization(part="Step by step")
    times = []
    for action in "flbszxf":
        started = time.process_time()
        app.button(key=f"debug_{action}").click().run()
        times.append(time.process_time() - started)
    assert sorted(times)[3] < 0.5, times


def test_dragging_a_logit_moves_the_losses(optimization):
    """The metrics and the sentence are those of the place; cross-entropy falls as the right logit grows."""
    app = optimization(part="Losses")
    before = app.metric[0].value
    app.slider(key="losses-value").set_value(4.0).run()
    assert float(app.metric[0].value.split()[0]) < float(before.split()[0])
    assert app.metric[0].value == app.metric[1].value
    assert "At +4.00 for the right class" in text(app)
    assert "raises it" in text(app)
    assert "lowers it" in text(app)


def test_the_range_test_says_how_its_suggestion_is_derived(optimization):
    """A rate, two rules, how many batches, which seed, whose idea."""
    app = optimization(part="Learning rate")
    said = text(app)
    for part in (
        "Try a rate between",
        "steepest fall",
        "a tenth of the rate",
        "images, seed 0",
        "1506.01186",
    ):
        assert part in said


def test_a_race_runs_as_a_job_and_shows_its_result(optimization, fresh_resources, monkeypatch):
    """The button queues it; when it has ended the table and the measured sentence are there."""
    from core.teaching import races
    from ui.resources import jobs

    names = ("SGD", "Adam")
    monkeypatch.setattr(races, "CONTENDERS", {name: races.CONTENDERS[name] for name in names})
    app = optimization(part="Race")
    next(button for button in app.button if button.label == "Start the race").click().run()
    assert not app.exception
    job = next(job for job in jobs().snapshots() if job.title.startswith("Optimizer race"))
    assert jobs().wait(job.key, 60).state == "succeeded"
    app.run()
    assert not app.exception
    assert "Measured here, 3 runs of each, seeds 0, 1, 2" in text(app)
    assert sorted(app.dataframe[0].value["Optimizer"]) == sorted(names)
    jobs().close()


WITHOUT_QUESTIONS = {"line_by_line", "error_clinic", "classroom"}
"""Pages that teach nothing of their own: they play, explain or ask what other pages teach."""


def test_every_page_that_teaches_has_questions():
    assert {entry.stem for entry in available()} - WITHOUT_QUESTIONS == set(pages())


@pytest.mark.parametrize("stem", pages())
def test_every_page_asks_its_questions_only_when_opened(open_page, stem):
    """Closed, no question is on the page; open, all are, and nothing has run before a guess."""
    app = open_page(stem)
    asked = questions(stem)
    assert not [radio for radio in app.radio if radio.key and radio.key.startswith("check_")]
    app.session_state[f"check_{stem}"] = True
    app.run()
    assert not app.exception
    radios = [radio for radio in app.radio if radio.key and radio.key.startswith("check_")]
    assert len(radios) == len(asked)
    assert all(radio.value is None for radio in radios)
    first = asked[0]
    code = next(line for line in first.step.code().splitlines() if "print" in line)
    assert not any(code in element.value for element in app.code)


def test_a_guess_is_followed_by_the_code_and_why(open_page):
    """Wrong, then right: the output decides, and the count follows."""
    app = open_page("tensors")
    app.session_state["check_tensors"] = True
    app.run()
    question = questions("tensors")[0]
    key = f"check_tensors_{question.name}"
    wrong = next(option for option in question.options if option != question.answer)
    app.radio(key=key).set_value(wrong).run()
    assert any(info.value.startswith(f"No, `{question.answer}`") for info in app.info)
    assert any("print(tensor[1:4])" in element.value for element in app.code)
    app.radio(key=key).set_value(question.answer).run()
    assert any(question.step.text in success.value for success in app.success)
    assert any("1 of 1 right" in element.value for element in app.markdown)


@pytest.mark.parametrize("part", ["Hyperparameters", "Full loop", "Validation"])
def test_two_steps_with_the_same_settings_stand_beside_each_other_when_nothing_could_run(
    open_page, monkeypatch, part
):
    """Where the server is busy the first step has no result: the settings are not drawn a second time."""
    monkeypatch.setattr("ui.lesson.finish", lambda step, values, **options: None)
    app = open_page("optimization", part=part)
    assert not app.exception
    assert len(app.header) >= 2
