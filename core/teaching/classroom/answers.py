"""What a room answered: tallies for the projector, tables to take home, and what has changed since."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime

from core.teaching.classroom.database import Database
from core.teaching.classroom.prompts import Prompt


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question that a room was asked."""

    number: int
    prompt: Prompt
    is_revealed: bool


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What a room answered to one question."""

    phones: int
    """Phones that have joined."""
    answered: int
    """Phones that have given at least one answer."""
    answers: tuple[tuple[int, str, float], ...]
    """Every answer: part (from 0), phone and value, in the order of parts and phones."""

    def counts(self, options: int, part: int = 0) -> list[int]:
        """How many chose each of `options` answers in one part."""
        found = [0] * options
        for place, _, value in self.answers:
            if place == part:
                found[int(value)] += 1
        return found


class Answers:
    """Queries about what was answered. They know no rules: a room that is not there has answered nothing.

    Args:
        database: The file of all rooms.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def tally(self, code: str, number: int) -> Tally:
        """What has been answered to a question so far."""
        with self._database.reading() as read:
            (phones,) = read.execute("SELECT count(*) FROM phones WHERE room = ?", (code,)).fetchone()
            query = (
                "SELECT part, phone, value FROM answers WHERE room = ? AND prompt = ? ORDER BY part, phone"
            )
            answers = tuple(tuple(row) for row in read.execute(query, (code, number)))
        return Tally(phones=phones, answered=len({answer[1] for answer in answers}), answers=answers)

    def of_phone(self, code: str, phone: str, number: int) -> dict[int, float]:
        """What one phone answered to a question: part to value."""
        with self._database.reading() as read:
            query = "SELECT part, value FROM answers WHERE room = ? AND prompt = ? AND phone = ?"
            return {row["part"]: row["value"] for row in read.execute(query, (code, number, phone))}

    def nicknames(self, code: str) -> dict[str, str]:
        """Phones that have given themselves a nickname, in the order in which they came."""
        with self._database.reading() as read:
            query = (
                "SELECT phone, nickname FROM phones WHERE room = ? AND nickname != '' ORDER BY joined, phone"
            )
            return {row["phone"]: row["nickname"] for row in read.execute(query, (code,))}

    def asked(self, code: str) -> tuple[Asked, ...]:
        """All that the room was asked, the first first."""
        with self._database.reading() as read:
            query = "SELECT number, body, revealed FROM prompts WHERE room = ? ORDER BY number"
            return tuple(
                Asked(
                    number=row["number"],
                    prompt=Prompt.from_json(row["body"]),
                    is_revealed=row["revealed"] is not None,
                )
                for row in read.execute(query, (code,))
            )

    def results(self, code: str, number: int) -> dict[float, str]:
        """What an experiment's runs gave: answer to JSON, by rising answer."""
        with self._database.reading() as read:
            query = "SELECT value, body FROM results WHERE room = ? AND prompt = ? ORDER BY value"
            return {row["value"]: row["body"] for row in read.execute(query, (code, number))}

    def changes(self) -> dict[str, tuple[int, int]]:
        """Every room's code with two counters: of what phones show, and of what the projector shows.

        A counter that has not moved means that there is nothing to draw again; asking costs one short query
        for all rooms together.
        """
        with self._database.reading() as read:
            return {row["code"]: (row["version"], row["tally"]) for row in read.execute(
                "SELECT code, version, tally FROM rooms"
            )}  # fmt: skip

    def to_csv(self, code: str) -> str:
        """All answers as a table: question, image, phone, nickname, answer, seconds since the question.

        Phones are numbered in the order in which they came. Cells that a spreadsheet would take for a formula
        begin with an apostrophe.
        """
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(
            ["number", "question", "image", "phone", "nickname", "answer", "asked_utc", "seconds"]
        )
        prompts = {asked.number: asked.prompt for asked in self.asked(code)}
        with self._database.reading() as read:
            names = read.execute(
                "SELECT phone, nickname FROM phones WHERE room = ? ORDER BY joined, phone", (code,)
            ).fetchall()
            rows = read.execute(
                "SELECT answers.prompt, part, phone, value, at, asked FROM answers "
                "JOIN prompts ON prompts.room = answers.room AND prompts.number = answers.prompt "
                "WHERE answers.room = ? ORDER BY answers.prompt, part, at, phone",
                (code,),
            ).fetchall()
        people = {row["phone"]: (place, row["nickname"]) for place, row in enumerate(names, start=1)}
        for row in rows:
            prompt = prompts[row["prompt"]]
            answer = prompt.options[int(row["value"])] if prompt.options else f"{row['value']:g}"
            place, nickname = people.get(row["phone"], (0, ""))
            asked = datetime.fromtimestamp(row["asked"], UTC).strftime("%Y-%m-%d %H:%M:%S")
            seconds = f"{row['at'] - row['asked']:.1f}"
            cells = [prompt.ask, nickname, answer]
            ask, nickname, answer = (
                f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in cells
            )
            writer.writerow([row["prompt"], ask, row["part"] + 1, place, nickname, answer, asked, seconds])
        return buffer.getvalue()
