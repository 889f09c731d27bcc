"""What stands before several servers: its files are valid, and a replica that is not ready gets nobody."""

import ast
import contextlib
import json
import os
import re
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks.server import free_port

PROJECT = Path(__file__).resolve().parents[1]
DEPLOY = PROJECT / "deploy"


def program(name):
    """Where a proxy is; the tests of one that is not installed are skipped, but never where changes go in."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None and os.environ.get("CI") == "true" and name == "haproxy":
        pytest.fail(f"There is no {name}: `apt-get install {name}`.")
    if found is None:
        pytest.skip(f"there is no {name}: `apt-get install {name}`")
    return found


def settings(folder, **more):
    """The environment that both configurations read."""
    return {**os.environ, "RATE": "6000", "COOKIE_SECRET": "any", "XDG_DATA_HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder), "BIND": "127.0.0.1:1", "ONE": "127.0.0.1:2", "TWO": "127.0.0.1:3",
            **more}  # fmt: skip


@pytest.mark.parametrize("replicas", ["containers", "ports"])
def test_caddy_takes_its_file(replicas, tmp_path):
    """As compose starts it, and as it is started before two servers of one machine."""
    command = [program("caddy"), "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    environment = settings(tmp_path, SITE="http://example.org", REPLICAS=replicas)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_haproxy_takes_its_file(tmp_path):
    """Without a warning."""
    command = [program("haproxy"), "-c", "-f", str(DEPLOY / "haproxy.cfg")]
    done = subprocess.run(
        command, env=settings(tmp_path), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr


def test_compose_names_what_is_there():
    """Its files exist, its check asks whether a replica is ready, and the app counts one proxy."""
    text = (PROJECT / "compose.yaml").read_text()
    for name in re.findall(r"- \./(\S+?):", text):
        assert (PROJECT / name).is_file()
    check = json.loads(re.search(r"test: (\[.*\])", text)[1])
    assert check[:3] == ["CMD", "python", "-c"]
    ast.parse(check[3])
    assert "/api/ready" in check[3]
    assert 'PYTORCH_BASICS_PROXIES: "1"' in text
    assert re.search(r"image: caddy:\d+\.\d+", text)


class Replica:
    """Stands for a server of the app: says its name, and whether it is ready."""

    def __init__(self, name):
        replica, self.is_ready = self, True

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                refused = self.path == "/api/ready" and not replica.is_ready
                body = b"the disk is full" if refused else name.encode()
                self.send_response(503 if refused else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(params=["haproxy", "caddy"])
def site(request, tmp_path):
    """Address of a proxy before two replicas, and these."""
    path, bind = program(request.param), f"127.0.0.1:{free_port()}"
    one, two = Replica("one"), Replica("two")
    environment = settings(
        tmp_path, BIND=bind, SITE=f"http://{bind}", REPLICAS="ports", ONE=one.address, TWO=two.address
    )
    command = {
        "haproxy": [path, "-db", "-f", str(DEPLOY / "haproxy.cfg")],
        "caddy": [path, "run", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")],
    }[request.param]
    proxy = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield f"http://{bind}", one, two
    finally:
        proxy.terminate()
        proxy.wait(timeout=20)
        one.close()
        two.close()


def visit(address, cookie=""):
    """Who answers, and the cookie by which the visitor comes back to it."""
    request = urllib.request.Request(address, headers={"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        given = answer.headers.get("Set-Cookie", "")
        return answer.read().decode(), given.partition(";")[0] or cookie


def until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            if condition():
                return
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def test_a_replica_that_is_not_ready_gets_nobody_until_it_is(site):
    """Its own visitors go to the other one and stay there; nobody is turned away; later it is used again."""
    address, one, _ = site
    found = {}

    def both():
        name, cookie = visit(address)
        found[name] = cookie
        return len(found) == 2

    until(both)
    assert {visit(address, found["one"])[0] for _ in range(4)} == {"one"}
    one.is_ready = False
    until(lambda: visit(address, found["one"])[0] == "two")
    assert {visit(address)[0] for _ in range(8)} == {"two"}
    one.is_ready = True
    until(lambda: visit(address, found["one"])[0] == "one")


def test_where_no_replica_is_ready_visitors_are_told_soon(site):
    """With an answer of the proxy's, in seconds."""
    address, *replicas = site
    until(lambda: visit(address)[0])
    for replica in replicas:
        replica.is_ready = False

    def is_refused():
        try:
            return not visit(address)
        except urllib.error.HTTPError as error:
            return error.code == 503

    until(is_refused)
