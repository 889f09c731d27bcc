"""The one file that holds all rooms: SQLite with a write-ahead log, so that several servers can share it.

Each thread has a connection of its own; SQLite itself lets one of them write at a time. What was committed
survives the end of every process that uses the file.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from core.errors import ClassroomError

WAIT_SECONDS: Final = 5.0
"""How long a write waits for another server's."""
MAX_PAGES: Final = 16_384
"""Of 4 kB: the file never grows beyond 64 MB, whatever strangers send."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS rooms (
    code TEXT PRIMARY KEY, leader BLOB NOT NULL, owner TEXT NOT NULL,
    opened REAL NOT NULL, ends REAL NOT NULL,
    prompt INTEGER NOT NULL DEFAULT 0, place TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1, tally INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS prompts (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, number INTEGER NOT NULL, body TEXT NOT NULL,
    asked REAL NOT NULL, revealed REAL, PRIMARY KEY (room, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS phones (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, phone TEXT NOT NULL,
    nickname TEXT NOT NULL DEFAULT '', joined REAL NOT NULL, PRIMARY KEY (room, phone)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, prompt INTEGER NOT NULL, part INTEGER NOT NULL,
    phone TEXT NOT NULL, value REAL NOT NULL, at REAL NOT NULL, PRIMARY KEY (room, prompt, part, phone)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS results (
    room TEXT NOT NULL REFERENCES rooms ON DELETE CASCADE, prompt INTEGER NOT NULL, value REAL NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (room, prompt, value)
) WITHOUT ROWID;
"""


class Database:
    """Connections to the file, one per thread.

    Args:
        path: The file; its folder is made if it is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._threads = threading.local()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for queries that change nothing.

        Raises:
            ClassroomError: The file cannot be read.
        """
        try:
            yield self._connection()
        except sqlite3.Error as error:
            raise ClassroomError("The rooms cannot be read just now: try again in a moment.") from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it happens, or nothing.

        Raises:
            ClassroomError: The disk is full, or another server is writing for too long.
        """
        try:
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise ClassroomError("The room could not be written to: try again in a moment.") from error

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is not None:
            connection.close()
            del self._threads.connection

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")  # survives a killed process, not a power cut
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA max_page_count = {MAX_PAGES}")
            connection.executescript(_SCHEMA)
            self._threads.connection = connection
        return connection
