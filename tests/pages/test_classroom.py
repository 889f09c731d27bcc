"""The Class page: a room is opened, phones answer, the wall shows it; strangers change nothing."""

import time

import pytest

from core.teaching.classroom import offers
from core.teaching.classroom.experiment import experiment as shared_experiment
from core.teaching.symptoms import SLIPS
from ui import resources
from ui.classroom import experiment

pytestmark = pytest.mark.usefixtures("fresh_resources")


def button(app, label):
    return next(button for button in app.button if button.label == label)


@pytest.fixture
def room(open_page):
    """The leader's page, the room's code and the leader's secret."""
    leader = open_page("classroom")
    button(leader, "Open a room").click().run()
    ((code, secret),) = leader.session_state["leader_secret"].items()
    leader.query_params["room"] = code
    return leader, code, secret


def ask(room, prompt):
    _, code, secret = room
    return resources.classroom().ask(code, secret, prompt)


def test_a_question_goes_from_the_leader_to_phones_to_the_wall(room, open_page):
    """Two phones answer, one of them twice; after the reveal the wall has what the program printed."""
    leader, code, _ = room
    phones = [open_page("classroom", room=code) for _ in range(2)]
    assert all("You are in" in phone.info[0].value for phone in phones)
    button(leader, "Ask the room").click().run()
    prompt = resources.classroom().room(code).prompt
    for phone, place in ((phones[0], 0), (phones[1], 1), (phones[1], 1)):
        phone.run()
        assert phone.title[0].value == prompt.ask
        phone.button(key=f"answer_1_0_{place}").click().run()
        assert not phone.exception
    assert resources.classroom().answers.tally(code, 1).counts(len(prompt.options))[:2] == [1, 1]
    button(leader, "Show the answer").click().run()
    assert not leader.exception
    question = offers.question_of(prompt)
    assert question.answer in [box.value for box in leader.code]
    phones[0].run()
    assert question.answer in [*phones[0].success, *phones[0].info][0].value
    assert not any(key.key.startswith("answer_") for key in phones[0].button if key.key)


@pytest.mark.parametrize("kind", ["mistake", "symptom", "garment", "accuracy", "game"])
def test_everything_that_can_be_put_is_asked_and_revealed(room, open_page, kind):
    leader, code, _ = room
    phone = open_page("classroom", room=code)
    leader.segmented_control(key="put").set_value(kind).run()
    button(leader, "Ask the room").click().run()
    assert not leader.exception
    phone.run()
    assert not phone.exception
    button(leader, "End the game" if kind == "game" else "Show the answer").click().run()
    assert not leader.exception
    assert not leader.error
    phone.run()
    assert not phone.exception
    assert [*phone.success, *phone.info]


def test_a_game_takes_one_answer_per_image_and_shows_both_scores(room, open_page):
    """A phone that names every garment correctly gets ten of ten; the wall says 100% of ten answers."""
    leader, code, _ = room
    phone = open_page("classroom", room=code)
    split = resources.test_split()
    prompt = offers.game(3, len(split), split.classes)
    number = ask(room, prompt)
    phone.run()
    button(phone, "Start").click().run()
    for part, index in enumerate(offers.game_images(prompt)):
        phone.button(key=f"answer_{number}_{part}_{int(split.labels[index])}").click().run()
    assert "10 of 10 answered" in phone.success[0].value
    leader.run()
    button(leader, "End the game").click().run()
    assert {metric.label: metric.value for metric in leader.metric}["The room"] == "100%"
    phone.run()
    assert "You named 10 of 10" in phone.success[0].value


def test_a_symptom_is_shown_on_the_wall_and_named_on_phones(room, open_page):
    """Phones have four names and no chart; the reveal runs both programs and shows the changed line."""
    _, code, _ = room
    phone = open_page("classroom", room=code)
    prompt = offers.from_symptom(3)
    asked = offers.case_of(prompt)
    ask(room, prompt)
    wall = open_page("classroom", room=code, view="wall")
    assert "**Gradient norm**" in [text.value for text in wall.markdown]
    phone.run()
    assert [button.label for button in phone.button if (button.key or "").startswith("answer_")] == [
        SLIPS[name].title for name in asked.options
    ]
    assert not phone.get("vega_lite_chart")
    phone.button(key=f"answer_1_0_{asked.options.index(asked.slip)}").click().run()
    resources.classroom().reveal(code, room[2])
    wall.run()
    assert not wall.exception
    assert SLIPS[asked.slip].replace[0][0] in [box.value for box in wall.code]
    assert any("have just run here" in text.value for text in wall.caption)
    phone.run()
    assert phone.success[0].value == f"Right: {SLIPS[asked.slip].title}"


def test_a_number_may_be_changed_until_the_answer_is_shown(room, open_page):
    _, code, _ = room
    phone = open_page("classroom", room=code)
    number = ask(room, offers.accuracy())
    for guess in (50.0, 88.0):
        phone.run()
        phone.number_input(key=f"number_{number}").set_value(guess).run()
        button(phone, "Send").click().run()
    assert [value for _, _, value in resources.classroom().answers.tally(code, number).answers] == [88.0]


@pytest.mark.parametrize("link", [{"room": "ZZZZZ"}, {"room": "<b>"}, {"room": "A" * 400}, {"leader": "x"}])
def test_a_link_to_no_room_is_a_sentence_and_the_two_doors(open_page, link):
    app = open_page("classroom", **link)
    assert app.title[0].value == "Class"
    assert any(button.label == "Open a room" for button in app.button)


def test_a_guessed_leaders_link_shows_a_phone(room, open_page):
    """The secret of another room, or none, gives no desk; the right one does, and leaves the address."""
    _, code, secret = room
    for guess in ("", "x", secret[:-1], secret.swapcase()):
        app = open_page("classroom", room=code, leader=guess)
        assert not any(button.label == "Ask the room" for button in app.button)
    other = open_page("classroom", room=code, leader=secret)
    assert any(b.label == "Ask the room" for b in other.button)
    assert "leader" not in other.query_params


def test_phones_are_sent_to_a_page(room, open_page):
    _, code, secret = room
    resources.classroom().send(code, secret, "tensors?section=Fill")
    phone = open_page("classroom", room=code)
    link = phone.get("page_link")[0].proto
    assert "Tensors" in link.label
    assert "section=Fill" in link.query_string


def test_a_room_that_is_ended_is_gone_for_everybody(room, open_page):
    leader, code, _ = room
    button(leader, "End the room and delete its answers").click().run()
    assert leader.title[0].value == "Class"
    assert open_page("classroom", room=code).title[0].value == "Class"


def test_each_phone_owns_a_setting_and_all_are_trained_in_one_job(room, open_page):
    """Two phones own different learning rates; both runs end, are points on the wall and open in Compare."""
    leader, code, _ = room
    phones = [open_page("classroom", room=code) for _ in range(2)]
    leader.segmented_control(key="put").set_value("experiment").run()
    button(leader, "Ask the room").click().run()
    prompt = resources.classroom().room(code).prompt
    for phone, rate in zip(phones, ("0.1", "0.001"), strict=True):
        phone.run()
        phone.pills(key="own_1").set_value(rate).run()
        assert not phone.exception
    button(leader, "Train all of them").click().run()
    deadline = time.monotonic() + 60
    while len(found := experiment.points(resources.classroom().room(code))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert [prompt.options[point.place] for point in found] == ["0.001", "0.1"]
    assert found[0].accuracy < found[1].accuracy
    assert found[1].accuracy > 0.5
    assert {run.key for run in resources.runs().list()} == {point.key for point in found}
    phones[0].run()
    assert f"{found[1].accuracy:.1%}" in phones[0].success[0].value
    leader.run()
    link = leader.get("page_link")[0].proto
    assert all(point.key[:8] in link.query_string for point in found)


def test_a_phone_may_draw_a_setting_that_nobody_owns(room, open_page):
    _, code, _ = room
    number = ask(room, shared_experiment("seed"))
    phones = [open_page("classroom", room=code) for _ in range(3)]
    for phone in phones:
        button(phone, "Draw one for me").click().run()
    values = [value for _, _, value in resources.classroom().answers.tally(code, number).answers]
    assert len(set(values)) == 3
