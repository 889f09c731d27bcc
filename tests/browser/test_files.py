"""Files in and out in a real browser: a round trip, a hostile file, two visitors, and links of any length."""

import contextlib
import io
import json
import re
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest
import torch
from playwright.sync_api import expect

from core.model import NeuralNetwork
from tests import hostile_files

BRING = "checkpoints?section=Bring+your+own"


def upload(page, name: str, data: bytes):
    """Give the page a file, as a visitor does."""
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": data})


def download(page, label: str) -> bytes:
    """Click a download button and give the file."""
    with page.expect_download() as waiting:
        page.get_by_test_id("stDownloadButton").filter(has_text=re.compile(f"{re.escape(label)}$")).click()
    return Path(waiting.value.path()).read_bytes()


def alive(server) -> bool:
    """Whether the server answers the next request."""
    with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5) as answer:
        return bool(answer.status == 200)


def test_what_is_downloaded_can_be_uploaded(visit):
    """The shipped model goes home as model.pth, opens with PyTorch alone, and comes back the same."""
    page = visit("checkpoints")
    data = download(page, "model.pth")
    state = torch.load(io.BytesIO(data), weights_only=True)
    NeuralNetwork().load_state_dict(state)

    page.get_by_role("tab", name="Bring your own").click()
    upload(page, "model.pth", data)
    expect(page.get_by_text("The tutorial's network: 512-512-10")).to_be_visible()
    page.get_by_role("button", name="Use it on every page").click()
    expect(page.get_by_text(re.compile(r"test accuracy [89]\d\.\d%, 1,000 images"))).to_be_visible()
    expect(page).to_have_url(re.compile("model=upload-"))


def test_a_run_comes_as_a_zip_with_code_that_compiles(visit):
    """Every part is in it, made when clicked."""
    page = visit("checkpoints")
    with zipfile.ZipFile(io.BytesIO(download(page, "run.zip"))) as archive:
        names = set(archive.namelist())
        assert names == {
            "README.txt", "config.json", "curves.png", "history.json", "metrics.csv", "model.pth",
            "model.safetensors", "run.ipynb", "run.py",
        }  # fmt: skip
        assert archive.read("curves.png").startswith(b"\x89PNG")
        assert len(archive.read("metrics.csv").splitlines()) == 1 + len(
            json.loads(archive.read("history.json"))
        )
        compile(archive.read("run.py"), "run.py", "exec")
    assert download(page, "Table (CSV)").startswith(b"epoch,train_loss")


@pytest.mark.parametrize(
    "name", ["code in protocol 2", "nested tuples as a key", "records that unpack to much"]
)
def test_a_hostile_file_is_a_sentence_and_the_server_goes_on(visit, server, name):
    """The next request is answered, and nothing ran."""
    page = visit(BRING)
    upload(page, "model.pth", hostile_files.files()[name])
    expect(page.get_by_test_id("stAlert")).to_contain_text("torch.save(model.state_dict()")
    assert alive(server)
    assert not Path("/tmp/a-pickle-ran-code").exists()


def test_another_visitor_does_not_have_the_upload(visit):
    """A link to somebody's upload gives the shipped model and one sentence."""
    page = visit(BRING)
    buffer = io.BytesIO()
    torch.save(NeuralNetwork().state_dict(), buffer)
    upload(page, "mine.pth", buffer.getvalue())
    page.get_by_role("button", name="Use it on every page").click()
    expect(page).to_have_url(re.compile("model=upload-"))
    other = visit("checkpoints?" + page.url.partition("?")[2].replace("section=Bring+your+own", ""))
    expect(other.get_by_text("Shipped with this app").first).to_be_visible()
    expect(other.get_by_text("mine.pth")).to_have_count(0)


def test_links_longer_than_browsers_take_do_no_harm(server, visit):
    """Ten kilobytes give the page; a megabyte is turned away, and the server goes on."""
    page = visit("checkpoints?lead=" + "x" * 10_000)
    expect(page.get_by_text(re.compile("x{250}"))).to_be_visible()
    with contextlib.suppress(urllib.error.URLError, ConnectionError):  # it may refuse
        urllib.request.urlopen(f"{server.url}/checkpoints?lead=" + "x" * 1_000_000, timeout=10).close()
    assert alive(server)
    expect(visit("checkpoints").get_by_role("heading", level=1)).to_have_text("Checkpoints")


def test_the_line_of_a_link_runs_nothing(visit):
    """HTML and Markdown in it are text on the screen, and hidden parts are gone."""
    line = "<img src=x onerror=document.title='hacked'> [here](javascript:alert(1)) **now**"
    page = visit(f"checkpoints?hide=pages&lead={urllib.request.quote(line)}")
    expect(page.get_by_text(line)).to_be_visible()
    expect(page.locator("img[src=x]")).to_have_count(0)
    expect(page.get_by_role("link", name="here")).to_have_count(0)
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(0)
    assert "hacked" not in page.title()


def test_settings_of_a_link_hold_when_they_are_hidden(visit):
    """A teacher sets dropout to 0 and hides the slider: the code that runs has it, at once and later."""
    page = visit(
        "checkpoints?section=How+it+is+done&step=3.+Forget+eval()&forgotten_eval-p=0.0&hide=settings"
    )
    expect(page.get_by_text("nn.Dropout(0.0)").first).to_be_visible()
    expect(page.get_by_text("Dropout probability")).to_have_count(0)
    page.get_by_role("tab", name="1. Save").click()
    page.get_by_role("tab", name="3. Forget eval()").click()
    expect(page.get_by_text("nn.Dropout(0.0)").first).to_be_visible()
