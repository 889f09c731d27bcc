"""A class in real browsers: one wall and three phones at once."""

import asyncio
import re

import pytest
from playwright.sync_api import expect

from benchmarks.class_room import ASK, InRoom
from benchmarks.visitor import Visitor
from core.teaching.classroom import Classroom
from tests.coroutines import finish
from ui.classroom.links import PHONE_VIEW

PHONE = {"width": 390, "height": 800}


@pytest.fixture
def tab(new_page, server):
    """A function that opens a page in a browser of its own: own cookie, own session."""

    def open_tab(path, **options):
        page = new_page(**options)
        page.goto(f"{server.url}{path}")
        return page

    return open_tab


def test_a_question_goes_round_without_anybody_reloading(tab):
    """Phones show the question when it is put, the wall counts as they answer, the reveal reaches all."""
    wall = tab("/classroom")
    wall.get_by_role("button", name="Open a room").click()
    expect(wall.get_by_text("Phones can join now")).to_be_visible(timeout=30_000)
    code = re.search(r"room=([A-Z]{5})", wall.url)[1]
    assert "leader" not in wall.url
    link = f"/classroom?room={code}&hide=pages,data,next"
    phones = [tab(link, viewport=PHONE, color_scheme=scheme) for scheme in ("light", "dark", "light")]
    for phone in phones:
        expect(phone.get_by_text("You are in")).to_be_visible(timeout=30_000)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert phone.get_by_role("button", name="Ask the room").count() == 0
    wall.get_by_role("button", name="Ask the room").click()
    for place, phone in enumerate(phones):
        button = phone.get_by_test_id("stButton").nth(place).get_by_role("button")
        expect(button).to_be_visible(timeout=15_000)
        assert button.bounding_box()["height"] >= 56, "large enough for a thumb"
        button.click()
        expect(phone.get_by_text("Your answer is in")).to_be_visible(timeout=15_000)
    expect(wall.get_by_text("3 of 3 have answered")).to_be_visible(timeout=15_000)
    wall.get_by_role("button", name="Show the answer").click()
    expect(wall.get_by_text("What it printed, here and now")).to_be_visible(timeout=15_000)
    for phone in phones:
        expect(phone.get_by_text(re.compile("^(Right|It is): ")).first).to_be_visible(timeout=15_000)


def test_a_waiting_phone_runs_nothing(tab):
    """While nothing happens in the room its page sends nothing to the server."""
    wall = tab("/classroom")
    wall.get_by_role("button", name="Open a room").click()
    expect(wall.get_by_text("Phones can join now")).to_be_visible(timeout=30_000)
    code = re.search(r"room=([A-Z]{5})", wall.url)[1]
    phone = tab("/", viewport=PHONE)
    sent = []
    phone.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
    phone.goto(wall.url.partition("/classroom")[0] + f"/classroom?room={code}&hide=pages,data,next")
    expect(phone.get_by_text("You are in")).to_be_visible(timeout=30_000)
    phone.wait_for_timeout(2_000)
    before = len(sent)
    phone.wait_for_timeout(5_000)
    assert len(sent) == before


def test_a_hostile_phone_gets_nothing_but_its_own_vote(server):
    """Over the protocol: a guessed leader's link, others' votes, replays, and questions that nobody asked.

    What is sent is what a browser sends; the server answers with a page, and counts each phone once.
    """

    async def lesson():
        async with Visitor(server.port, cookie="browser=leader-with-a-long-cookie") as leader:
            await leader.open("classroom")
            await leader.click("Open a room")
            while "room=" not in leader._query or ASK not in leader.buttons:
                await asyncio.sleep(0.1)
            code = re.findall(r"room=([A-Z]+)", leader._query)[0]
            link = f"room={code}&hide={PHONE_VIEW}"
            async with (
                InRoom(server.port, cookie="browser=a-phone-with-a-long-cookie", code=code) as phone,
                InRoom(server.port, cookie="browser=a-rogue-with-a-long-cookie", code=code) as rogue,
            ):
                await phone.open("classroom", link)
                await rogue.open("classroom", f"{link}&leader={'A' * 32}")
                assert ASK not in rogue.buttons
                await leader.click(ASK)
                for tab in (phone, rogue):
                    await tab.refresh(tab.fragment)
                options = [label for label in phone.buttons if label.startswith("`")]
                await phone.click(options[0])
                # the rogue sends the phone's own message again, and messages for questions never asked
                own = phone.buttons[options[0]]
                for widget in (
                    own,
                    own,
                    (own[0].replace("answer_1_0", "answer_99_0"), own[1]),
                    leader.buttons[ASK],
                ):
                    rogue.buttons["forged"] = widget
                    await rogue.click("forged")
                for tab in (phone, rogue, leader):
                    assert tab.errors == 0
                # after the reveal a replay counts no more
                await leader.click("Show the answer")
                phone.buttons["again"] = phone.buttons[options[1]]
                await phone.click("again")
                assert phone.errors == 0
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                odd = "%00" * 50 + "A" * 4_000
                writer.write(
                    f"GET /api/rooms/{odd}/changes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
                )
                said = await asyncio.wait_for(reader.read(), 10)
                assert b"Traceback" not in said
                writer.close()
            return code

    code = finish(lesson())
    rooms = Classroom(server.runs / "rooms.sqlite3")
    room, tally = rooms.room(code), rooms.answers.tally(code, 1)
    assert room.number == 1
    assert room.is_revealed
    assert tally.phones == 2
    assert tally.counts(len(room.prompt.options))[0] == tally.answered == 2  # each phone's own, once
    assert server.errors() == 0
