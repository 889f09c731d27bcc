"""Fetching: whole files or none, from the first place that has them; a sentence within seconds if none has.

The sample plays the full dataset, and a server in this process plays the mirror: no network is needed.
"""

import gzip
import http.server
import os
import shutil
import threading
import time

import pytest

from core.data import __main__ as command
from core.data import fetch as module
from core.data import sources
from core.data.fashion_mnist import FULL_SHA256, RAW, SAMPLE_SHA256
from core.data.fetch import fetch
from core.data.sources import SAMPLE_ROOT
from core.errors import DataError


class Mirror(http.server.BaseHTTPRequestHandler):
    """Serves the sample's files; `server.spoil` may change an answer."""

    def do_GET(self):
        name = self.path.rpartition("/")[2]
        self.server.asked.append(name)
        data = (SAMPLE_ROOT / RAW / name).read_bytes()
        length = len(data)
        spoil = self.server.spoil
        if spoil == "404":
            self.send_error(404)
            return
        if spoil == "half":
            data = data[: length // 2]
        elif spoil == "page":
            data = b"<html>Log in to this network</html>"
            length = len(data)
        elif spoil == "other":
            plain = gzip.decompress(data)
            data = gzip.compress(plain[:-1] + bytes((plain[-1] ^ 1,)), compresslevel=1)
            length = len(data)
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture
def mirror(monkeypatch, tmp_path):
    """A machine without Debian's package whose only mirror is a server of this process."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.asked, server.spoil = [], ""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    monkeypatch.setattr(module, "MIRRORS", (f"http://127.0.0.1:{server.server_port}/",))
    monkeypatch.setattr(module, "FULL_SHA256", SAMPLE_SHA256)
    monkeypatch.setattr(module, "DEBIAN_DIR", tmp_path / "no-package")
    monkeypatch.setattr(module.shutil, "which", lambda name: None)  # no apt
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def names(root):
    return sorted(path.name for path in (root / RAW).iterdir()) if (root / RAW).exists() else []


def test_files_arrive_whole_and_unpacked_where_torchvision_looks(mirror, tmp_path):
    seen = []
    assert fetch(tmp_path, lambda *progress: seen.append(progress)) == "the internet"
    assert names(tmp_path) == sorted(SAMPLE_SHA256)
    packed = SAMPLE_ROOT / RAW / "train-images-idx3-ubyte.gz"
    assert (tmp_path / RAW / packed.stem).read_bytes() == gzip.decompress(packed.read_bytes())
    size = packed.stat().st_size
    assert (packed.name, size, size) in seen


def test_what_is_there_is_not_fetched_again(mirror, tmp_path):
    fetch(tmp_path)
    (tmp_path / RAW / "t10k-labels-idx1-ubyte").write_bytes(b"half")
    mirror.asked.clear()
    fetch(tmp_path)
    assert mirror.asked == ["t10k-labels-idx1-ubyte.gz"]
    fetch(tmp_path)
    assert mirror.asked == ["t10k-labels-idx1-ubyte.gz"]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [("404", "HTTP status 404"), ("half", "connection ended"), ("page", "damaged"), ("other", "damaged")],
)
def test_spoilt_answer_is_never_taken_for_a_file(mirror, tmp_path, spoil, reason):
    """A missing file, a broken connection, a captive portal, and other contents of the right length."""
    mirror.spoil = spoil
    with pytest.raises(DataError, match=reason) as caught:
        fetch(tmp_path)
    assert "no apt-get" in str(caught.value)
    assert names(tmp_path) == []


def test_second_mirror_is_asked_when_the_first_is_gone(mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MIRRORS", ("http://127.0.0.1:9/", *module.MIRRORS))
    assert fetch(tmp_path) == "the internet"


def test_silent_host_is_given_up_in_time(mirror, tmp_path, monkeypatch):
    """A host that takes connections and says nothing, as some firewalls do."""
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(module.urllib.request, "urlopen", lambda *_, **__: time.sleep(2))
    start = time.monotonic()
    with pytest.raises(DataError, match="no answer in time"):
        fetch(tmp_path)
    assert time.monotonic() - start < 1.5


def test_package_on_the_machine_is_used_before_the_network(mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "DEBIAN_DIR", SAMPLE_ROOT / RAW)
    assert fetch(tmp_path) == "the Debian package on this machine"
    assert (names(tmp_path), mirror.asked) == (sorted(SAMPLE_SHA256), [])


class Apt:
    """Stands in for apt-get and dpkg-deb: writes down what it is asked, fails as it is told."""

    def __init__(self, *failures):
        self.failures, self.asked = list(failures), []

    def __call__(self, command, work, deadline):
        self.asked.append(command[-1] if command[-1] == "update" else command[0])
        if command[0] == "dpkg-deb":
            shutil.copytree(SAMPLE_ROOT / RAW, work / "unpacked" / module.IN_PACKAGE)
        elif self.failures and (failure := self.failures.pop(0)):
            raise DataError(failure)
        elif command[-1] == "dataset-fashion-mnist":
            (work / "dataset-fashion-mnist_0.0_all.deb").touch()


@pytest.mark.parametrize(
    ("failures", "asked"),
    [
        ([], ["apt-get", "dpkg-deb"]),
        (["apt-get: Unable to locate package"], ["apt-get", "update", "apt-get", "dpkg-deb"]),
    ],
    ids=["lists are there", "lists are missing"],
)
def test_package_is_taken_from_debian_s_mirror(mirror, tmp_path, monkeypatch, failures, asked):
    """Without root: with the machine's package lists, or with lists of our own where it has none."""
    mirror.spoil = "404"
    apt = Apt(*failures)
    monkeypatch.setattr(module.shutil, "which", lambda name: name)
    monkeypatch.setattr(module, "_run", apt)
    assert fetch(tmp_path) == "the package dataset-fashion-mnist of Debian's mirror"
    assert apt.asked == asked
    assert names(tmp_path) == sorted(SAMPLE_SHA256)


def test_package_is_given_up_at_once_where_there_is_no_network(mirror, tmp_path, monkeypatch):
    mirror.spoil = "404"
    apt = Apt("apt-get: Failed to fetch deb.debian.org: Temporary failure resolving 'deb.debian.org'.")
    monkeypatch.setattr(module.shutil, "which", lambda name: name)
    monkeypatch.setattr(module, "_run", apt)
    with pytest.raises(DataError, match="Temporary failure resolving"):
        fetch(tmp_path)
    assert apt.asked == ["apt-get"]


def test_command_that_fails_is_a_short_sentence(tmp_path):
    script = (
        "echo 'W: old'; echo 'E: Failed to fetch http://deb.debian.org/a/b/c.deb  No route' >&2; exit 100"
    )
    with pytest.raises(DataError, match=r"^sh: Failed to fetch deb.debian.org: No route\.$"):
        module._run(["sh", "-c", script], tmp_path, time.monotonic() + 60)
    with pytest.raises(DataError, match="took too long"):
        module._run(["sleep", "9"], tmp_path, time.monotonic() - 1)
    with pytest.raises(DataError, match="cannot be run"):
        module._run(["no-such-command"], tmp_path, time.monotonic() + 60)


def test_leftovers_of_a_killed_fetch_are_removed_after_an_hour(mirror, tmp_path):
    folder = tmp_path / RAW
    folder.mkdir(parents=True)
    for name, age in ((".tmp-old", 4000), (".tmp-young", 10)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (time.time() - age,) * 2)
    fetch(tmp_path)
    assert ".tmp-old" not in names(tmp_path)
    assert ".tmp-young" in names(tmp_path)


def test_folder_that_cannot_be_written_to_is_a_sentence(mirror, tmp_path):
    (tmp_path / "FashionMNIST").write_text("a file where a folder has to be")
    with pytest.raises(DataError, match="cannot be written"):
        fetch(tmp_path)


def test_command_ends_in_one_line_that_says_what_and_from_where(mirror, tmp_path, capsys):
    assert command.main(["fetch", "--root", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert out.count("\n") == 1
    assert "60,000 training and 10,000 test images, from the internet" in out
    assert err.splitlines()[0] == "Getting train-images-idx3-ubyte.gz ..."


def test_command_says_in_one_line_why_it_failed(mirror, tmp_path, capsys):
    mirror.spoil = "404"
    assert command.main(["fetch", "--root", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "HTTP status 404" in err.splitlines()[-1]


def test_command_does_not_write_into_the_sample(mirror, monkeypatch, capsys):
    monkeypatch.setenv("FASHION_MNIST_ROOT", str(SAMPLE_ROOT))
    assert command.main(["fetch"]) == 1
    assert "sample" in capsys.readouterr().err
    assert mirror.asked == []


def test_command_has_nothing_to_do_where_the_full_dataset_is(mirror, monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("FASHION_MNIST_ROOT")
    monkeypatch.setattr(sources, "FULL_SHA256", SAMPLE_SHA256)
    monkeypatch.setattr(sources, "DEBIAN_DIR", SAMPLE_ROOT / RAW)
    monkeypatch.setattr(sources, "DEFAULT_ROOT", tmp_path)
    assert command.main(["fetch"]) == 0
    assert capsys.readouterr().out.startswith("Nothing to fetch")


def test_mirror_list_begins_with_torchvision_s_own():
    from torchvision.datasets import FashionMNIST

    assert list(module.MIRRORS[:1]) == FashionMNIST.mirrors
    assert [name for name, _ in FashionMNIST.resources] == [f"{name}.gz" for name in FULL_SHA256]
