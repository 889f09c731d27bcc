"""Rooms: who may lead, join and answer; nothing is counted twice, lost in a restart or kept too long."""

import csv
import inspect
import io
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.errors import ClassroomError
from core.teaching.classroom import Classroom, Prompt, phone_name
from core.teaching.classroom.rooms import HOURS, MAX_NICKNAME, MAX_PHONES, MAX_PROMPTS, MAX_ROOMS_EACH

PROJECT = Path(__file__).resolve().parents[3]
CHOICE = Prompt(kind="choice", source="question:a", ask="Which?", options=("one", "two", "three"))
NUMBER = Prompt(kind="number", source="number:a", ask="How many?", low=0, high=100, unit="%")
GAME = Prompt(
    kind="game", source="game:0", ask="Which garment?", options=tuple("abcdefghij"), parts=10, seconds=5
)


class Clock:
    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def classroom(tmp_path, clock):
    return Classroom(tmp_path / "rooms.sqlite3", clock=clock)


@pytest.fixture
def room(classroom):
    code, secret = classroom.open_room("owner")
    for phone in ("a", "b", "c"):
        classroom.join(code, phone)
    return code, secret


def counts(classroom, code, number, options=3, part=0):
    return classroom.answers.tally(code, number).counts(options, part)


def test_a_room_has_five_letters_and_one_leader(classroom):
    code, secret = classroom.open_room("owner")
    assert len(code) == 5
    assert code.isupper()
    assert classroom.leads(code, secret)
    other, other_secret = classroom.open_room("owner")
    assert not classroom.leads(code, other_secret)
    assert not classroom.leads("XXXXX", secret)
    assert not classroom.leads(code, "")
    assert classroom.room(code).prompt is None
    assert other != code


def test_votes_are_counted_once_and_may_change_until_the_reveal(classroom, room):
    code, secret = room
    number = classroom.ask(code, secret, CHOICE)
    for _ in range(3):
        classroom.answer(code, "a", number, 1)
    classroom.answer(code, "b", number, 1)
    assert counts(classroom, code, number) == [0, 2, 0]
    classroom.answer(code, "b", number, 2)  # a change of mind
    tally = classroom.answers.tally(code, number)
    assert (tally.counts(3), tally.phones, tally.answered) == ([0, 1, 1], 3, 2)
    classroom.reveal(code, secret)
    with pytest.raises(ClassroomError, match="shown already"):
        classroom.answer(code, "c", number, 0)
    assert counts(classroom, code, number) == [0, 1, 1]
    assert classroom.answers.of_phone(code, "b", number) == {0: 2.0}


def test_in_a_game_the_first_answer_to_each_image_counts(classroom, room):
    code, secret = room
    number = classroom.ask(code, secret, GAME)
    for part in range(10):
        classroom.answer(code, "a", number, part, part=part)
        classroom.answer(code, "a", number, 0, part=part)
    assert [value for _, _, value in classroom.answers.tally(code, number).answers] == list(range(10))
    with pytest.raises(ClassroomError, match="not one of the images"):
        classroom.answer(code, "a", number, 0, part=10)


@pytest.mark.parametrize("value", [-1, 3, 0.5, float("nan"), float("inf"), 1e300])
def test_what_is_no_option_is_refused(classroom, room, value):
    code, secret = room
    number = classroom.ask(code, secret, CHOICE)
    with pytest.raises(ClassroomError):
        classroom.answer(code, "a", number, value)
    assert counts(classroom, code, number) == [0, 0, 0]


@pytest.mark.parametrize("value", [-1, 100.5, float("nan"), float("inf")])
def test_a_number_out_of_range_is_refused(classroom, room, value):
    code, secret = room
    number = classroom.ask(code, secret, NUMBER)
    with pytest.raises(ClassroomError, match="from 0 to 100%"):
        classroom.answer(code, "a", number, value)
    classroom.answer(code, "a", number, 61.5)
    assert classroom.answers.tally(code, number).answers == ((0, "a", 61.5),)


def test_only_the_current_question_of_the_right_room_takes_answers_from_phones_in_it(classroom, room):
    code, secret = room
    first = classroom.ask(code, secret, CHOICE)
    second = classroom.ask(code, secret, CHOICE)
    for number in (first, second + 1, 0, -1):
        with pytest.raises(ClassroomError, match="moved on"):
            classroom.answer(code, "a", number, 0)
    with pytest.raises(ClassroomError, match="not in the room"):
        classroom.answer(code, "stranger", second, 0)
    other, _ = classroom.open_room("owner")
    with pytest.raises(ClassroomError, match="moved on"):
        classroom.answer(other, "a", second, 0)
    with pytest.raises(ClassroomError, match="no room"):
        classroom.answer("QQQQQ", "a", second, 0)


@pytest.mark.parametrize("secret", ["", "guess", "' OR 1=1 --"])
def test_without_the_leaders_secret_nothing_is_led(classroom, room, secret):
    code, real = room
    classroom.ask(code, real, CHOICE)
    before = classroom.room(code)
    for act in (
        lambda: classroom.ask(code, secret, CHOICE),
        lambda: classroom.reveal(code, secret),
        lambda: classroom.send(code, secret, "tensors"),
        lambda: classroom.strike(code, secret, "a"),
        lambda: classroom.end(code, secret),
    ):
        with pytest.raises(ClassroomError, match="leader"):
            act()
    assert classroom.room(code) == before


@pytest.mark.parametrize(
    "place",
    [
        "https://example.org",
        "//example.org",
        "tensors?a=1#x",
        "../x",
        "tensors?a=<b>",
        "",
        "t" * 600,
        "javascript:x",
    ],
)
def test_phones_are_sent_to_pages_of_the_app_only(classroom, room, place):
    code, secret = room
    with pytest.raises(ClassroomError, match="a page of this app"):
        classroom.send(code, secret, place)
    classroom.send(code, secret, "mistakes?mistake=no-zero-grad&lead=What+now%3F")
    assert classroom.room(code).place.startswith("mistakes?")


def test_a_nickname_is_short_text_and_can_be_struck(classroom, room):
    code, secret = room
    classroom.join(code, "a", "  <b>Ann</b>\n[x](http://y) and a lot more than twenty letters")
    name = classroom.answers.nicknames(code)["a"]
    assert len(name) <= MAX_NICKNAME + 3
    assert not set(name) & set("<>[]()\n")
    classroom.join(code, "b", "Bob")
    classroom.strike(code, secret, "a")
    assert classroom.answers.nicknames(code) == {"b": "Bob"}


def test_rooms_phones_and_questions_are_bounded(classroom, room):
    code, secret = room
    for number in range(MAX_PHONES - 3):
        classroom.join(code, f"phone {number}")
    with pytest.raises(ClassroomError, match="full"):
        classroom.join(code, "one more")
    classroom.join(code, "a", "still welcome")
    for _ in range(MAX_PROMPTS):
        classroom.ask(code, secret, CHOICE)
    with pytest.raises(ClassroomError, match="another one"):
        classroom.ask(code, secret, CHOICE)
    for _ in range(MAX_ROOMS_EACH - 1):
        classroom.open_room("owner")
    with pytest.raises(ClassroomError, match="Too many rooms"):
        classroom.open_room("owner")
    classroom.open_room("somebody else")


def test_ten_thousand_nicknames_and_replayed_votes_take_no_space(classroom, room, tmp_path):
    """Of as many phones the room takes its five hundred, the rest get a sentence; the file stays small."""
    code, secret = room
    number = classroom.ask(code, secret, CHOICE)
    classroom.answer(code, "a", number, 1)
    sentences = set()
    for flood in range(10_000):
        try:
            classroom.join(code, f"{flood:064x}", f"nick {flood}" * 50)
        except ClassroomError as error:
            sentences.add(str(error))
    assert len(sentences) == 1
    names = classroom.answers.nicknames(code)
    assert len(names) == MAX_PHONES - 3
    assert max(map(len, names.values())) <= MAX_NICKNAME + 3
    for _ in range(50):  # the same phone changes its nickname, and repeats its vote
        classroom.join(code, "a", f"name {_}")
        classroom.answer(code, "a", number, 1)
    assert counts(classroom, code, number) == [0, 1, 0]
    assert sum(file.stat().st_size for file in tmp_path.glob("rooms.sqlite3*")) < 8_000_000


def test_a_room_and_all_it_kept_is_gone_after_six_hours_or_when_it_is_ended(classroom, room, clock, tmp_path):
    code, secret = room
    number = classroom.ask(code, secret, CHOICE)
    classroom.answer(code, "a", number, 0)
    clock.now += HOURS * 3600
    with pytest.raises(ClassroomError, match="no room"):
        classroom.room(code)
    assert not classroom.leads(code, secret)
    second, other_secret = classroom.open_room("owner")
    classroom.join(second, "a")
    classroom.end(second, other_secret)
    file = sqlite3.connect(tmp_path / "rooms.sqlite3")
    for table in ("rooms", "prompts", "phones", "answers", "results"):
        assert file.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    file.close()


def test_counters_move_only_for_those_who_must_draw_again(classroom, room):
    """A vote moves the projector's counter and not the phones'; a question and a reveal move both."""
    code, secret = room
    number = classroom.ask(code, secret, CHOICE)
    version, tally = classroom.answers.changes()[code]
    classroom.answer(code, "a", number, 0)
    assert classroom.answers.changes()[code] == (version, tally + 1)
    classroom.reveal(code, secret)
    assert classroom.answers.changes()[code] == (version + 1, tally + 2)
    classroom.join(code, "a")  # a reload
    assert classroom.answers.changes()[code] == (version + 1, tally + 2)


def test_phones_hear_of_an_experiment_once_when_no_run_is_missing(classroom, room):
    """The wall's counter moves with each run; the phones' with the last one."""
    code, secret = room
    number = classroom.ask(code, secret, CHOICE)
    for phone, value in (("a", 0), ("b", 2), ("c", 2)):
        classroom.answer(code, phone, number, value)
    version, tally = classroom.answers.changes()[code]
    classroom.note_result(code, number, 0.0, "{}")
    assert classroom.answers.changes()[code] == (version, tally + 1)
    classroom.note_result(code, number, 2.0, "{}")
    assert classroom.answers.changes()[code] == (version + 1, tally + 2)


def test_the_table_names_phones_by_number_and_holds_no_formula(classroom, room):
    code, secret = room
    classroom.join(code, "b", "-1+1")
    number = classroom.ask(
        code, secret, Prompt(kind="choice", source="x:y", ask="=1+1?", options=("-2", "2"))
    )
    classroom.answer(code, "b", number, 0)
    (row,) = csv.DictReader(io.StringIO(classroom.answers.to_csv(code)))
    assert (row["question"], row["answer"], row["nickname"], row["phone"]) == ("'=1+1?", "'-2", "'-1+1", "2")


def test_a_phones_name_is_its_own_in_each_room():
    names = {phone_name(secret, code) for secret in ("x", "y") for code in ("AAAAA", "BBBBB")}
    assert len(names) == 4
    assert all(len(name) == 64 for name in names)


def vote(path, code, number, first):
    classroom = Classroom(path)
    for phone in range(first, first + 25):
        classroom.join(code, f"{phone}")
        classroom.answer(code, f"{phone}", number, phone % 3)


def test_servers_that_share_the_file_lose_no_vote(tmp_path):
    """A process and two threads vote at once; a third reader sees each vote once."""
    path = tmp_path / "rooms.sqlite3"
    classroom = Classroom(path)
    code, secret = classroom.open_room("owner")
    number = classroom.ask(code, secret, CHOICE)
    program = (
        "import sys\nfrom pathlib import Path\nfrom core.teaching.classroom import Classroom\n"
        f"{inspect.getsource(vote)}\n"
        f"vote(Path({str(path)!r}), {code!r}, {number}, 0)"
    )
    other = subprocess.Popen([sys.executable, "-c", program], cwd=PROJECT)
    voters = [threading.Thread(target=vote, args=(path, code, number, 25 * place)) for place in (1, 2)]
    for voter in voters:
        voter.start()
    for voter in voters:
        voter.join()
    assert other.wait(timeout=60) == 0
    assert Classroom(path).answers.tally(code, number).counts(3) == [25, 25, 25]


def test_a_file_that_cannot_be_written_is_one_sentence(classroom, room, monkeypatch):
    code, secret = room
    number = classroom.ask(code, secret, CHOICE)
    connection = classroom._database._connection()
    connection.execute("PRAGMA query_only = ON")
    with pytest.raises(ClassroomError, match="try again"):
        classroom.answer(code, "a", number, 0)
    connection.execute("PRAGMA query_only = OFF")
    classroom.answer(code, "a", number, 0)


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "else"}, {"ask": ""}, {"ask": "x" * 3000}, {"options": ()}, {"options": ("x",) * 30},
        {"options": ("",)}, {"parts": 0}, {"parts": 11}, {"low": 1.0, "high": 1.0}, {"high": float("nan")},
    ],
)  # fmt: skip
def test_an_odd_prompt_is_refused(broken):
    with pytest.raises(ClassroomError):
        Prompt(**{"kind": "choice", "source": "a:b", "ask": "?", "options": ("x",), **broken})
