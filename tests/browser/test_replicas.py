"""Two servers behind Debian's HAProxy and Caddy, with the project's own files, as met by visitors."""

import contextlib
import os
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from benchmarks.server import PROJECT, free_port, serve
from core.exchange.weights import to_pth
from core.model import NeuralNetwork

RUN = "training?net=cnn&channels=64-64&hidden=none&epochs=60&device=cpu"
"""A run of minutes: it never ends within the test."""


@pytest.fixture(scope="module")
def site(chromium, tmp_path_factory):
    """Address of the proxy, and both servers by the name that the proxy gives them."""
    haproxy = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/sbin")
    if haproxy is None and os.environ.get("CI") == "true":
        pytest.fail("There is no HAProxy: `apt-get install haproxy`.")
    if haproxy is None:
        pytest.skip("there is no HAProxy: `apt-get install haproxy`")
    folder = tmp_path_factory.mktemp("site")
    shared = {
        "PYTORCH_BASICS_RUNS": str(folder / "runs"),
        "PYTORCH_BASICS_PROXIES": "1",
        "STREAMLIT_SERVER_COOKIE_SECRET": "the same for both",
    }
    places = {"one": folder / "one", "two": folder / "two"}
    for place in places.values():
        place.mkdir()
    port = free_port()
    with contextlib.ExitStack() as ends, ThreadPoolExecutor() as threads:
        starting = [
            threads.submit(ends.enter_context, serve(folder=place, **shared)) for place in places.values()
        ]
        one, two = (server.result() for server in starting)
        environment = {
            "BIND": f"127.0.0.1:{port}", "RATE": "6000",
            "ONE": f"127.0.0.1:{one.port}", "TWO": f"127.0.0.1:{two.port}",
        }  # fmt: skip
        command = [haproxy, "-db", "-f", str(PROJECT / "deploy" / "haproxy.cfg")]
        proxy = subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
        try:
            wait_for(lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2))
            yield f"http://127.0.0.1:{port}", {"one": one, "two": two}
        finally:
            proxy.terminate()
            proxy.wait(timeout=10)


def wait_for(act, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        try:
            return act()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


@pytest.fixture
def visit_replica(site, new_page, settled):
    """A function that opens a page through the proxy as a visitor whom it has given one of the servers."""
    address, _ = site

    def open_at(replica, path):
        page = new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.context.add_cookies([{"name": "replica", "value": replica, "url": address}])
        page.goto(f"{address}/{path}")
        settled(page)
        return page

    return open_at


@pytest.fixture(scope="module")
def caddy(site, tmp_path_factory):
    """Address of Caddy before the same two servers."""
    program, (_, servers) = shutil.which("caddy"), site
    if program is None:
        pytest.skip("there is no Caddy: `apt-get install caddy`")
    folder, address = tmp_path_factory.mktemp("caddy"), f"http://127.0.0.1:{free_port()}"
    environment = {
        "SITE": address, "COOKIE_SECRET": "the same for both", "REPLICAS": "ports",
        "ONE": f"127.0.0.1:{servers['one'].port}", "TWO": f"127.0.0.1:{servers['two'].port}",
        "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder),
    }  # fmt: skip
    command = [program, "run", "--adapter", "caddyfile", "--config", str(PROJECT / "deploy" / "Caddyfile")]
    with (folder / "log").open("w") as log:
        proxy = subprocess.Popen(command, env={**os.environ, **environment}, stderr=log)
    try:
        wait_for(lambda: urllib.request.urlopen(f"{address}/api/ready", timeout=5))
        yield address
    finally:
        proxy.terminate()
        proxy.wait(timeout=10)


def test_caddy_adds_headers_and_a_sticky_cookie_and_bounds_bodies(caddy):
    """One configuration for compose and for ports: what it promises, asked of Debian's package."""
    with urllib.request.urlopen(f"{caddy}/", timeout=10) as answer:
        headers = answer.headers
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Server"] is None
    assert re.match(r"replica=[0-9a-f]{16,}", headers["Set-Cookie"])
    body = b"x" * 69_000_000
    upload = urllib.request.Request(f"{caddy}/_stcore/upload_file/nobody/file", body, method="PUT")
    with pytest.raises((urllib.error.HTTPError, ConnectionError, urllib.error.URLError)) as refused:
        urllib.request.urlopen(upload, timeout=30)
    assert getattr(refused.value, "code", 413) in (403, 413)


def test_caddy_lets_the_app_and_its_uploads_through(caddy, new_page, settled):
    """WebSocket, components and charts under its content security policy, and a file to its session."""
    page, complaints = new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    for path in ("predictions", "autograd", "checkpoints?section=Bring+your+own"):
        page.goto(f"{caddy}/{path}")
        settled(page)
    file = {"name": "model.pth", "mimeType": "", "buffer": to_pth(NeuralNetwork().state_dict())}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text(re.compile("512-512-10")).first).to_be_visible()
    assert not [text for text in complaints if "Content Security Policy" in text]


def test_the_policy_for_contents_lets_the_whole_app_through(visit_replica, settled):
    """Charts, components and code: nothing of the app is refused by the header that the proxy adds."""
    page = visit_replica("one", "")
    for name in ("Tensors", "Predictions", "Autograd", "Training", "Class"):
        page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        settled(page)
        page.wait_for_timeout(500)  # charts are drawn after the script has ended
    refused = [text for text in page.complaints if "Content Security Policy" in text]
    assert not refused, refused[:3]


def test_an_upload_reaches_the_session_that_asked_for_it(visit_replica):
    """The file goes to the server that holds the session, whichever it is."""
    for replica in ("one", "two"):
        page = visit_replica(replica, "checkpoints?section=Bring+your+own")
        data = to_pth(NeuralNetwork().state_dict())
        file = {"name": "model.pth", "mimeType": "", "buffer": data}
        page.locator("input[type=file]").set_input_files(file)
        expect(page.get_by_text(re.compile("512-512-10")).first).to_be_visible()


def test_one_room_over_both_servers(visit_replica):
    """The wall on one server hears of a phone's answer on the other."""
    wall = visit_replica("one", "classroom")
    wall.get_by_role("button", name="Open a room").click()
    expect(wall.get_by_text("Phones can join now")).to_be_visible()
    code = re.search(r"room=([A-Z]{5})", wall.url)[1]
    phone = visit_replica("two", f"classroom?room={code}")
    expect(phone.get_by_text("You are in")).to_be_visible()
    wall.get_by_role("button", name="Ask the room").click()
    answer = phone.get_by_test_id("stButton").first.get_by_role("button")
    answer.click()
    expect(wall.get_by_text("1 of 1 have answered")).to_be_visible()


def test_both_servers_say_that_they_are_ready_and_get_visitors(site):
    """HAProxy goes by `/api/ready`: it sends visitors to those that answer yes."""
    address, servers = site
    for server in servers.values():
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/api/ready", timeout=10) as answer:
            assert answer.read() == b"ready"
    cookies, deadline = set(), time.monotonic() + 30  # one that answered late is asked again after seconds
    while not {"replica=one", "replica=two"} <= cookies:
        assert time.monotonic() < deadline, cookies
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
            cookies |= {line.split(";")[0] for line in answer.headers.get_all("Set-Cookie")}
        time.sleep(0.2)


def test_a_killed_server_takes_no_run_and_no_visitor_with_it(site, visit_replica):
    """A run started on one is watched on the other; when the first dies, both pages and the run go on."""
    _, servers = site
    starter = visit_replica("one", RUN)
    starter.get_by_role("button", name="Start training").click()
    expect(starter.get_by_text(re.compile(r"^Run: step"))).to_be_visible()
    watcher = visit_replica("two", RUN)
    start = watcher.get_by_role("button", name=re.compile("Start training|Resume training"))
    if start.count():
        start.first.click()
    expect(watcher.get_by_text(re.compile(r"^Run: step"))).to_be_visible()
    assert (
        len([path for path in (servers["one"].log.parent.parent / "runs").iterdir() if len(path.name) == 64])
        == 1
    )
    subprocess.run(["kill", "-9", str(servers["one"].pid)], check=True)

    def step():
        text = watcher.get_by_text(re.compile(r"^Run: step")).inner_text()
        return int(re.search(r"step ([\d,]+)", text)[1].replace(",", ""))

    before = step()
    expect(watcher.get_by_text(re.compile(rf"^Run: step {before:,} "))).to_have_count(0)
    expect(starter.get_by_test_id("stConnectionStatus")).to_have_count(0)
    starter.reload()
    expect(starter.get_by_text(re.compile(r"^Run: step")).first).to_be_visible(timeout=60_000)
