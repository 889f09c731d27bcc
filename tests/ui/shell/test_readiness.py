"""A server that cannot write runs or reach the rooms says so before anybody is sent to it."""

import sqlite3

import pytest

from tests.coroutines import finish
from ui import resources
from ui.shell import readiness


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTORCH_BASICS_RUNS", str(tmp_path / "runs"))
    resources.start_anew()
    yield tmp_path / "runs"
    resources.start_anew()


def test_a_server_that_can_write_is_ready(root):
    assert readiness.trouble() == ""
    assert (root / readiness.PROBE).read_bytes() == b"ready\n"
    answer = finish(readiness._ready(None))
    assert (answer.status_code, answer.body) == (200, b"ready")


def test_a_folder_that_is_none_is_a_sentence_and_no_visitor(root, monkeypatch):
    root.write_text("a file where the folder should be")
    assert readiness.trouble().startswith("Runs cannot be written here")
    monkeypatch.setattr(readiness, "_readiness", readiness.Readiness(readiness.trouble))
    assert finish(readiness._ready(None)).status_code == 503


def test_rooms_that_cannot_be_written_are_a_sentence(root):
    assert readiness.trouble() == ""
    connection = resources.classroom()._database._connection()
    connection.execute("PRAGMA query_only = ON")
    assert readiness.trouble().startswith("The rooms of classes")
    connection.execute("PRAGMA query_only = OFF")
    assert readiness.trouble() == ""


def test_rooms_that_are_no_database_are_a_sentence(root):
    root.mkdir()
    (root / "rooms.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(root / "rooms.sqlite3").execute("SELECT * FROM rooms")
    assert readiness.trouble().startswith("The rooms of classes")


def test_asking_often_costs_one_look_in_two_seconds():
    looks, now = [], [0.0]
    ready = readiness.Readiness(lambda: looks.append(1) or "", clock=lambda: now[0])
    for tenth in range(100):
        now[0] = tenth / 10
        assert ready() == ""
    assert len(looks) == 5
