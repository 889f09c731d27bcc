"""Rooms: who may open, lead, join and answer, and what has been answered so far.

A room has a code of five letters that everybody may know, and a secret that only its leader has. Phones have
no accounts: a phone is named by a digest of something that only its browser knows and of the room's code, so
nobody can answer for another. Everything is kept in one file (`core.teaching.classroom.database`) for six
hours. Whoever asks wrongly gets one sentence and changes nothing.
"""

import hashlib
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import ClassroomError
from core.teaching.classroom.answers import Answers
from core.teaching.classroom.database import Database
from core.teaching.classroom.prompts import Prompt
from core.text import shown

LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of codes: no I and no O, which are taken for digits."""
CODE_LENGTH: Final = 5
HOURS: Final = 6
MAX_ROOMS: Final = 200
MAX_ROOMS_EACH: Final = 5
"""Rooms open at once for one owner (an address or a browser)."""
MAX_PHONES: Final = 500
MAX_PROMPTS: Final = 100
MAX_NICKNAME: Final = 20
MAX_PLACE: Final = 500
"""Characters of a link that all phones are sent to."""

_PLACE: Final = re.compile(r"[a-z_]{1,40}(\?[^\s#<>\"\\]*)?")


@dataclass(frozen=True, kw_only=True)
class Room:
    """A room as it is now."""

    code: str
    ends: float
    """When it closes, seconds since 1970."""
    version: int
    """Rises with all that phones must show: a new question, a reveal, a place to go."""
    tally: int
    """Rises with all that the wall must show: that, and each answer and each phone that joins."""
    place: str
    """Page and query that all phones were sent to last; empty for none."""
    number: int
    """Of the question that was put last, from 1; 0 before the first."""
    prompt: Prompt | None
    is_revealed: bool


def phone_name(browser_secret: str, code: str) -> str:
    """A phone's name in one room, which tells nothing about the browser: 64 hexadecimal digits."""
    return hashlib.sha256(f"{code} {browser_secret}".encode()).hexdigest()


class Classroom:
    """All rooms of this server, and of every other that shares its file.

    Args:
        path: The file.
        clock: Seconds since 1970.
    """

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = Database(path), clock
        self.answers = Answers(self._database)

    # The leader

    def open_room(self, owner: str) -> tuple[str, str]:
        """Open a room.

        Args:
            owner: Who opens it, as far as the server can tell: rooms are counted by it.

        Returns:
            Its code, and the secret that alone leads it.

        Raises:
            ClassroomError: There are too many rooms.
        """
        secret, now = secrets.token_urlsafe(24), self._clock()
        owner = _digest(str(owner)).hex()  # an address is nothing to keep
        with self._database.writing() as write:
            write.execute("DELETE FROM rooms WHERE ends <= ?", (now,))
            (everybody,) = write.execute("SELECT count(*) FROM rooms").fetchone()
            (own,) = write.execute("SELECT count(*) FROM rooms WHERE owner = ?", (owner,)).fetchone()
            if everybody >= MAX_ROOMS or own >= MAX_ROOMS_EACH:
                raise ClassroomError("Too many rooms are open: end one that you no longer need.")
            taken = {code for (code,) in write.execute("SELECT code FROM rooms")}
            code = next(code for code in iter(_new_code, None) if code not in taken)
            write.execute(
                "INSERT INTO rooms (code, leader, owner, opened, ends) VALUES (?, ?, ?, ?, ?)",
                (code, _digest(secret), owner, now, now + HOURS * 3600),
            )
        return code, secret

    def leads(self, code: str, secret: str) -> bool:
        """Whether `secret` is that of the room's leader."""
        with self._database.reading() as read:
            row = read.execute(
                "SELECT leader FROM rooms WHERE code = ? AND ends > ?", (code, self._clock())
            ).fetchone()
        return row is not None and secrets.compare_digest(bytes(row[0]), _digest(secret))

    def ask(self, code: str, secret: str, prompt: Prompt) -> int:
        """Put something to the room; gives its number. What was asked before takes no more answers.

        Raises:
            ClassroomError: Not the leader, or the room has been asked a hundred things.
        """
        with self._led(code, secret) as write:
            (last,) = write.execute("SELECT prompt FROM rooms WHERE code = ?", (code,)).fetchone()
            if last >= MAX_PROMPTS:
                raise ClassroomError(f"This room has been asked {MAX_PROMPTS} questions: open another one.")
            number = int(last) + 1
            write.execute(
                "INSERT INTO prompts (room, number, body, asked) VALUES (?, ?, ?, ?)",
                (code, number, prompt.to_json(), self._clock()),
            )
            write.execute(
                "UPDATE rooms SET prompt = ?, place = '', version = version + 1, tally = tally + 1 "
                "WHERE code = ?",
                (number, code),
            )
        return number

    def reveal(self, code: str, secret: str) -> None:
        """Show the answer to the current question; from now on no answer counts.

        Raises:
            ClassroomError: Not the leader.
        """
        with self._led(code, secret) as write:
            write.execute(
                "UPDATE prompts SET revealed = ? WHERE room = ? AND revealed IS NULL", (self._clock(), code)
            )
            write.execute("UPDATE rooms SET version = version + 1, tally = tally + 1 WHERE code = ?", (code,))

    def send(self, code: str, secret: str, place: str) -> None:
        """Send all phones to a page of the app.

        Args:
            code: The room's.
            secret: The leader's.
            place: A page's name and its query, such as `tensors?section=Fill`.

        Raises:
            ClassroomError: Not the leader, or not a page of this app.
        """
        if len(place) > MAX_PLACE or not _PLACE.fullmatch(place):
            raise ClassroomError("Phones can be sent to a page of this app: copy its link with Share.")
        with self._led(code, secret) as write:
            write.execute(
                "UPDATE rooms SET place = ?, version = version + 1, tally = tally + 1 WHERE code = ?",
                (place, code),
            )

    def strike(self, code: str, secret: str, phone: str) -> None:
        """Take a phone's nickname away.

        Raises:
            ClassroomError: Not the leader.
        """
        with self._led(code, secret) as write:
            write.execute("UPDATE phones SET nickname = '' WHERE room = ? AND phone = ?", (code, phone))
            write.execute("UPDATE rooms SET tally = tally + 1 WHERE code = ?", (code,))

    def end(self, code: str, secret: str) -> None:
        """Close the room and delete what it kept.

        Raises:
            ClassroomError: Not the leader.
        """
        with self._led(code, secret) as write:
            write.execute("DELETE FROM rooms WHERE code = ?", (code,))

    def note_result(self, code: str, number: int, value: float, body: str) -> None:
        """Keep what an experiment's run gave: `body` is JSON, `value` the answer it belongs to.

        The wall shows each run as it comes; phones are told once, when none is missing.
        """
        with self._database.writing() as write:
            if self._row(write, code) is None:
                return
            write.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)", (code, number, value, body))
            (missing,) = write.execute(
                "SELECT count(DISTINCT value) FROM answers WHERE room = ? AND prompt = ? "
                "AND value NOT IN (SELECT value FROM results WHERE room = ? AND prompt = ?)",
                (code, number, code, number),
            ).fetchone()
            write.execute(
                "UPDATE rooms SET tally = tally + 1, version = version + ? WHERE code = ?",
                (int(missing == 0), code),
            )

    # Phones

    def join(self, code: str, phone: str, nickname: str = "") -> None:
        """Let a phone into the room, or change its nickname.

        Raises:
            ClassroomError: There is no such room, or it is full.
        """
        nickname = shown(" ".join(nickname.split())[:MAX_NICKNAME], MAX_NICKNAME)
        with self._database.writing() as write:
            self._require(write, code)
            (phones,) = write.execute("SELECT count(*) FROM phones WHERE room = ?", (code,)).fetchone()
            known = write.execute(
                "SELECT nickname FROM phones WHERE room = ? AND phone = ?", (code, phone)
            ).fetchone()
            if known is None and phones >= MAX_PHONES:
                raise ClassroomError(f"This room is full: it takes {MAX_PHONES} phones.")
            if known is not None and known[0] == nickname:
                return
            write.execute(
                "INSERT INTO phones (room, phone, nickname, joined) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (room, phone) DO UPDATE SET nickname = excluded.nickname",
                (code, phone, nickname, self._clock()),
            )
            write.execute("UPDATE rooms SET tally = tally + 1 WHERE code = ?", (code,))

    def answer(self, code: str, phone: str, number: int, value: float, *, part: int = 0) -> None:
        """Answer the current question; the same answer again changes nothing.

        Until the reveal an answer may be changed, except in a game, where the first one counts.

        Args:
            code: The room's.
            phone: Who answers; it has joined.
            number: Of the question, as the phone shows it.
            value: A position among the options, or the number.
            part: Which image of a game, from 0.

        Raises:
            ClassroomError: The room has moved on, the phone is not in it, or this is no answer.
        """
        with self._database.writing() as write:
            row = self._require(write, code)
            prompt, is_revealed = _prompt(write, code, int(row["prompt"]))
            if prompt is None or number != row["prompt"]:
                raise ClassroomError("The room has moved on to another question: answer that one.")
            if is_revealed:
                raise ClassroomError("The answer has been shown already: wait for the next question.")
            if not 0 <= part < prompt.parts:
                raise ClassroomError("That is not one of the images: choose one that is shown.")
            joined = "SELECT 1 FROM phones WHERE room = ? AND phone = ?"
            if write.execute(joined, (code, phone)).fetchone() is None:
                raise ClassroomError("This phone is not in the room: open the room's link again.")
            again = "DO NOTHING" if prompt.kind == "game" else "DO UPDATE SET value = excluded.value"
            write.execute(
                f"INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT {again}",
                (code, number, part, phone, prompt.read(value), self._clock()),
            )
            write.execute("UPDATE rooms SET tally = tally + 1 WHERE code = ?", (code,))

    # Everybody

    def check(self) -> None:
        """Begin a change and leave it: whether the file can be written to.

        Raises:
            ClassroomError: It cannot.
        """
        with self._database.writing() as write:
            write.execute("UPDATE rooms SET tally = tally WHERE code = ''")

    def room(self, code: str) -> Room:
        """The room as it is now.

        Raises:
            ClassroomError: There is no room of this code, or it has ended.
        """
        with self._database.reading() as read:
            row = self._require(read, code)
            prompt, is_revealed = _prompt(read, code, int(row["prompt"]))
        return Room(
            code=code,
            ends=row["ends"],
            version=row["version"],
            tally=row["tally"],
            place=row["place"],
            number=row["prompt"],
            prompt=prompt,
            is_revealed=is_revealed,
        )

    # Rules

    @contextmanager
    def _led(self, code: str, secret: str) -> Iterator[sqlite3.Connection]:
        """A transaction in the name of the room's leader."""
        if not self.leads(code, secret):
            raise ClassroomError("Only the room's leader can do that: use the leader's link.")
        with self._database.writing() as write:
            yield write

    def _require(self, connection: sqlite3.Connection, code: str) -> sqlite3.Row:
        row = self._row(connection, code)
        if row is None:
            raise ClassroomError(f"There is no room {shown(code, 8)}: check the five letters.")
        return row

    def _row(self, connection: sqlite3.Connection, code: str) -> sqlite3.Row | None:
        query = "SELECT * FROM rooms WHERE code = ? AND ends > ?"
        row: sqlite3.Row | None = connection.execute(query, (code, self._clock())).fetchone()
        return row


def _prompt(connection: sqlite3.Connection, code: str, number: int) -> tuple[Prompt | None, bool]:
    """A question of a room, and whether its answer has been shown."""
    row = connection.execute(
        "SELECT body, revealed FROM prompts WHERE room = ? AND number = ?", (code, number)
    ).fetchone()
    return (None, False) if row is None else (Prompt.from_json(row["body"]), row["revealed"] is not None)


def _new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
