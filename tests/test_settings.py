"""What the server is told to do by its settings, and what the source never does, because strangers use it."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
SOURCES = sorted(path for folder in ("core", "ui", "pages") for path in (PROJECT / folder).rglob("*.py"))


def nodes():
    return ((path, node) for path in SOURCES for node in ast.walk(ast.parse(path.read_text())))


def test_the_server_is_set_up_for_strangers():
    """Uploads need the visitor's cookie and are bounded; tracebacks stay in the log; nothing is reported."""
    settings = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())
    server, client = settings["server"], settings["client"]
    assert server["enableXsrfProtection"] is True
    assert server.get("enableCORS", True) is True
    assert server["maxUploadSize"] <= 64
    assert server["maxMessageSize"] <= 16, "a message is whole in memory before it is refused"
    assert server["maxWidgetStateSize"] <= 2
    assert server.get("enableWebsocketCompression", False) is False, "a small message must be a small one"
    assert client["showErrorDetails"] == "none"
    assert settings["browser"]["gatherUsageStats"] is False


def test_no_source_hands_raw_html_to_the_browser_or_unpacks_blindly():
    """No `unsafe_allow_html`, no `st.html`, no `extractall`: text of strangers could pass through each."""
    for path, node in nodes():
        if isinstance(node, ast.keyword):
            assert node.arg not in ("unsafe_allow_html", "unsafe_allow_javascript"), path
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("extractall", "unsafe_allow_html"), path
            assert not (node.attr == "html" and isinstance(node.value, ast.Name) and node.value.id == "st")


def test_every_cache_is_bounded():
    """Each `st.cache_data` and `st.cache_resource` says how many entries it may have."""
    for path, node in nodes():
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for decorator in node.decorator_list:
                text = ast.unparse(decorator)
                if "cache_data" in text or "cache_resource" in text:
                    assert "max_entries" in text or "scope='session'" in text, (path, node.name)
                if "lru_cache" in text:
                    assert "None" not in text, (path, node.name)
                assert text not in ("cache", "functools.cache") or not node.args.args, (path, node.name)


WATCHER = """
import os, sys
class Watcher:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            print(os.environ.get("GOMP_SPINCOUNT"), flush=True)
            os._exit(0)
sys.meta_path.insert(0, Watcher())
"""


@pytest.mark.parametrize(
    "entrance", ["ui.shell.frame, ui.resources", "core.training.command", "benchmarks.training"]
)
@pytest.mark.parametrize(("asked", "found"), [(None, "1000"), ("7", "7")])
def test_waiting_threads_soon_sleep(entrance, asked, found):
    """However the app is started, OpenMP is told before PyTorch comes; who has told it otherwise wins."""
    environment = {**os.environ, "GOMP_SPINCOUNT": asked} if asked else dict(os.environ)
    if not asked:
        environment.pop("GOMP_SPINCOUNT", None)
    command = [sys.executable, "-c", f"{WATCHER}import {entrance}"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == [found], done.stderr


def test_the_image_holds_what_the_server_needs_and_is_asked_where_it_listens():
    """The build lets in named files only, its base is a certain one, and the health check follows `PORT`."""
    let_in = (PROJECT / ".dockerignore").read_text().split("\n\n")[0].splitlines()
    assert "*" in let_in, "everything is left out that is not named"
    named = [line[1:] for line in let_in if line.startswith("!")]
    assert {"core", "ui", "pages", "streamlit_app.py", "requirements.txt"} <= set(named)
    assert all((PROJECT / name).exists() for name in named)
    assert not any(name in named for name in (".streamlit", ".", ".env", ".git"))
    dockerfile = (PROJECT / "Dockerfile").read_text()
    base = dockerfile.partition("FROM ")[2].split()[0]
    assert re.fullmatch(r"python:\d+\.\d+\.\d+-slim-\w+(@sha256:[0-9a-f]{64})?", base)
    check = next(line for line in dockerfile.splitlines() if line.startswith("HEALTHCHECK"))
    assert "PORT" in check
    ast.parse(json.loads(check.partition("CMD ")[2])[2])
