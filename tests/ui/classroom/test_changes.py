"""Waiting in a room: one message per change for whom it concerns, none while nothing happens."""

import asyncio

from tests.coroutines import finish
from ui.classroom import changes as room_changes
from ui.classroom.changes import RoomWatch


def listen(script, *, viewer="phone", looks=None):
    """Events that a listener gets while `script(counters)` changes the rooms' counters."""
    counters = {"AAAAA": (1, 1)}
    asked = []

    def look():
        asked.append(1)
        return dict(counters)

    async def run():
        watch = RoomWatch(look)
        got = []

        async def hear():
            async for event in watch.listen("AAAAA", viewer):
                got.append(event)  # noqa: PERF401 - one at a time, since the task is canceled in between

        task = asyncio.create_task(hear())
        await asyncio.sleep(0.05)
        await script(counters)
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0.05)
        before = len(asked)
        await asyncio.sleep(0.1)
        assert len(asked) - before <= 1  # nobody listens, so nobody looks
        return [event.strip() for event in got if not event.startswith("retry")]

    return finish(run())


def test_phones_hear_of_questions_and_the_wall_of_votes_too(monkeypatch):
    monkeypatch.setattr(room_changes, "LOOK_SECONDS", 0.01)

    async def vote_then_ask(counters):
        counters["AAAAA"] = (1, 2)
        await asyncio.sleep(0.1)
        counters["AAAAA"] = (2, 3)
        await asyncio.sleep(0.1)

    assert listen(vote_then_ask) == ["data: 1", "data: 2"]
    assert listen(vote_then_ask, viewer="wall") == ["data: 1", "data: 2", "data: 3"]


def test_a_quiet_connection_says_only_that_it_lives(monkeypatch):
    monkeypatch.setattr(room_changes, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(room_changes, "KEEP_SECONDS", 0.05)

    async def nothing(counters):
        await asyncio.sleep(0.2)

    events = listen(nothing)
    assert events[0] == "data: 1"
    assert set(events[1:]) == {":"}


def test_it_ends_with_the_room(monkeypatch):
    monkeypatch.setattr(room_changes, "LOOK_SECONDS", 0.01)

    async def end(counters):
        counters.clear()
        await asyncio.sleep(0.1)

    assert listen(end) == ["data: 1", "data: ended"]


def test_a_file_that_cannot_be_read_ends_nothing(monkeypatch):
    monkeypatch.setattr(room_changes, "LOOK_SECONDS", 0.01)
    failures = iter([False, True, True])

    async def run():
        def look():
            if next(failures, False):
                raise OSError
            return {"AAAAA": (1, 1)}

        watch = RoomWatch(look)
        events = watch.listen("AAAAA", "phone")
        assert (await anext(events)).startswith("retry")
        assert await anext(events) == "data: 1\n\n"
        await asyncio.sleep(0.1)
        assert watch._count("AAAAA", "phone") == 1
        await events.aclose()

    finish(run())
