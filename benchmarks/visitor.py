"""A visitor without a screen: speaks the protocol that Streamlit's page speaks in a browser.

It opens pages, clicks, keeps the state of widgets, answers the server's requests to refresh fragments, and
counts exceptions that would have been red boxes. The messages are Streamlit's own classes.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

MESSAGE_LIMIT = 64 * 2**20


@dataclass
class Visitor:
    """One browser tab."""

    port: int
    """The server's, on 127.0.0.1."""
    cookie: str = ""
    """What the browser sends as `Cookie`."""
    errors: int = 0
    """Exceptions shown, and runs that did not end well."""
    received: int = 0
    """Bytes."""
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The buttons of the page: label to widget id and the fragment it is in, "" for none."""
    is_closed: bool = False
    """Whether the server has ended the connection."""

    async def __aenter__(self) -> Self:
        self._socket: ClientConnection = await connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=MESSAGE_LIMIT,
            compression=None,
            open_timeout=60,
            additional_headers={"Cookie": self.cookie} if self.cookie else None,
        )
        self._page = self._query = self._hash = self._awaited = ""
        self._fragments: dict[str, asyncio.Task[None]] = {}
        self._done = asyncio.Event()
        self._is_drawn = False
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop_fragments()
        self._reader.cancel()
        await self._socket.close()

    async def open(self, page: str, query: str = "", timeout: float = 120) -> float:
        """Open a page; seconds until its run has ended."""
        self._stop_fragments()
        self.buttons.clear()
        self._page, self._query, self._hash = page, query, ""
        return await self._run(ClientState(page_name=page, query_string=query), timeout)

    async def click(self, label: str, timeout: float = 120) -> float:
        """Click a button of the page; seconds until the run it starts has ended.

        As in a browser, a button in a fragment runs that fragment only.
        """
        button, fragment = self.buttons[label]
        state = ClientState(page_script_hash=self._hash, query_string=self._query, fragment_id=fragment)
        state.widget_states.widgets.add(id=button, trigger_value=True)
        return await self._run(state, timeout)

    async def _run(self, state: ClientState, limit: float) -> float:
        self._done.clear()
        self._is_drawn = False
        self._awaited = state.fragment_id
        start = time.perf_counter()
        await self._socket.send(BackMsg(rerun_script=state).SerializeToString())
        try:
            await asyncio.wait_for(self._done.wait(), limit)
        except TimeoutError:
            self.errors += 1
        return time.perf_counter() - start

    async def refresh(self, fragment: str, timeout: float = 120) -> float:
        """Run one fragment again, as a component in it may ask for; seconds until that has ended."""
        state = ClientState(page_script_hash=self._hash, query_string=self._query, fragment_id=fragment)
        return await self._run(state, timeout)

    async def _read(self) -> None:
        try:
            await self._follow()
        finally:  # whoever waits for an answer will get none
            self.is_closed = True
            self._done.set()

    async def _follow(self) -> None:
        async for data in self._socket:
            raw = data if isinstance(data, bytes) else data.encode()
            self._take(ForwardMsg.FromString(raw), len(raw))

    def _take(self, message: ForwardMsg, size: int) -> None:
        """Do what a browser does with one message of the server's."""
        self.received += size
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._hash = message.new_session.page_script_hash
        elif kind == "navigation":  # which page it was in the end
            self._hash = message.navigation.page_script_hash
        elif kind == "delta":
            self._note(message.delta)
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self._refresh(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "script_finished":
            status = message.script_finished
            if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                self.errors += 1
            # a busy server rewrites the unsent end of a run when that of a fragment follows
            late = status == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY and self._is_drawn
            if status == ForwardMsg.FINISHED_SUCCESSFULLY or late:
                self._done.set()

    def _note(self, delta: Delta) -> None:
        # something of what was asked for: of the page itself, or of the fragment that the click was in
        self._is_drawn = self._is_drawn or delta.fragment_id == self._awaited
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.errors += 1
        elif kind == "button":
            self.buttons[element.button.label] = (element.button.id, delta.fragment_id)

    def _refresh(self, fragment: str, interval: float) -> None:
        """Ask for a fragment again and again, as a browser does for `run_every`."""

        async def ask() -> None:
            while True:
                await asyncio.sleep(interval)
                state = ClientState(
                    page_script_hash=self._hash,
                    query_string=self._query,
                    fragment_id=fragment,
                    is_auto_rerun=True,
                )
                with contextlib.suppress(Exception):
                    await self._socket.send(BackMsg(rerun_script=state).SerializeToString())

        if fragment not in self._fragments:
            self._fragments[fragment] = asyncio.create_task(ask())

    def _stop_fragments(self) -> None:
        for task in self._fragments.values():
            task.cancel()
        self._fragments.clear()
