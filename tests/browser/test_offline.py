"""The network goes away in the middle of a run and comes back."""

import contextlib
import re
import select
import socket
import threading

import pytest
from playwright.sync_api import expect

CONNECTED = '[data-test-connection-state="CONNECTED"]'


class Line:
    """A line to the server that can be cut: passes bytes on, both ways.

    Attributes:
        port: Where it listens on 127.0.0.1.
    """

    def __init__(self, target: int):
        self._target, self._cut, self._open = target, False, set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self.port = self._listener.getsockname()[1]
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self):
        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                near, _ = self._listener.accept()
                if self._cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._target))
                self._open.add((near, far))
                if self._cut:  # it came while the line was being cut
                    self.cut()
                self._threads.append(threading.Thread(target=self._pass_on, args=(near, far)))
                self._threads[-1].start()

    def _pass_on(self, near, far):
        other = {near: far, far: near}
        with near, far, contextlib.suppress(OSError, ValueError):
            while not self._ended.is_set():
                for ready in select.select([near, far], [], [], 0.1)[0]:
                    data = ready.recv(65536)
                    if not data:
                        return
                    other[ready].sendall(data)

    def cut(self):
        """All connections end, also those in the middle of sending, and no new one is had."""
        self._cut = True
        while self._open:
            for end in self._open.pop():
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self):
        """New connections are had again."""
        self._cut = False

    def close(self):
        """End everything."""
        self._ended.set()
        self.cut()
        for thread in self._threads:
            thread.join()
        self._listener.close()


@pytest.fixture
def line(server):
    line = Line(int(server.url.rpartition(":")[2]))
    yield line
    line.close()


def test_a_run_goes_on_while_the_browser_is_offline(line, new_page, press):
    """The run does not notice; the page comes back by itself to the same run, further on, and can stop it."""
    page = new_page()
    page.goto(f"http://127.0.0.1:{line.port}/training?epochs=60&batch=4")
    epoch = page.get_by_text(re.compile(r"Epoch \d+ of 60"))
    press(page, "Start training", epoch)
    before = int(re.search(r"Epoch (\d+)", epoch.inner_text())[1])
    address = page.url

    line.cut()  # before the browser counts as offline: it would no longer read that the connection has ended
    # not by `expect`: it waits for the page to be drawn, and a drawing that is cut off stays unfinished
    page.wait_for_function("selector => document.querySelector(selector) === null", arg=CONNECTED)
    page.context.set_offline(True)
    page.wait_for_timeout(2500)
    line.mend()
    page.context.set_offline(False)

    page.wait_for_selector(CONNECTED)
    expect(
        page.get_by_text(re.compile(rf"Epoch ({'|'.join(map(str, range(before + 1, 61)))}) of 60"))
    ).to_be_visible()
    assert page.url == address
    press(page, "Stop", page.get_by_text("epochs are complete and kept"))
