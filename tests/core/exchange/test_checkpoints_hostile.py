"""Files from strangers: whatever is in them, the answer is one sentence, soon, and in little memory."""

import io
import json
import random
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch

from core.errors import CheckpointError
from core.exchange.weights import read_state_dict
from tests import hostile_files

PROJECT = Path(__file__).parents[3]
MEMORY = 200 * 2**20  # bytes above the idle process
SECONDS = 2.0

READER = f"""
import gc, json, pathlib, resource, sys, time
import torch
from core.errors import CheckpointError
from core.exchange.weights.uploads import read_uploaded_weights

gc.collect()
idle = int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (idle + {MEMORY}, idle + {MEMORY}))
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    start = time.process_time()
    try:
        read_uploaded_weights(path.read_bytes())
        outcome = "accepted"
    except CheckpointError as error:
        outcome = str(error)
    print(json.dumps([path.name, outcome, time.process_time() - start]), flush=True)
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, float]]:
    """What the reader said to each file, and how long it took, in a process that may take 200 MB more."""
    folder = tmp_path_factory.mktemp("hostile")
    names = {}
    for index, (name, data) in enumerate(hostile_files.files().items()):
        (folder / f"{index:03d}").write_bytes(data)
        names[f"{index:03d}"] = name
    done = subprocess.run(
        [sys.executable, "-c", READER, str(folder)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    shutil.rmtree(folder)  # 130 MB
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {names[file]: (outcome, seconds) for file, outcome, seconds in rows}


def test_every_file_is_answered(outcomes: dict[str, tuple[str, float]]) -> None:
    """The process that reads them lives through all of them, within its memory."""
    assert len(outcomes) == len(hostile_files.files()) >= 100


def test_every_file_is_refused_in_a_sentence(outcomes: dict[str, tuple[str, float]]) -> None:
    """No file is accepted, and every reason is short, ends as a sentence does and holds no markup."""
    for name, (outcome, _) in outcomes.items():
        assert outcome != "accepted", name
        assert 15 < len(outcome) < 330, (name, outcome)
        assert outcome.endswith("."), (name, outcome)
        assert "\n" not in outcome, name
        assert not re.search(r"[<>\[\]`*$]", outcome), (name, outcome)


def test_every_file_is_refused_soon(outcomes: dict[str, tuple[str, float]]) -> None:
    """Two seconds of processor time are the most any file takes."""
    slow = {name: seconds for name, (_, seconds) in outcomes.items() if seconds > SECONDS}
    assert not slow


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("code in protocol 2", "asks to run (posix|nt).system"),
        ("whole pickled model", "whole pickled model"),
        ("legacy format with code", "asks to run (posix|nt).system"),
        ("legacy format, cut", "ends too early"),
        ("TorchScript", "TorchScript"),
        ("training checkpoint with code", "training checkpoint with a (posix|nt).system"),
        ("training checkpoint with an object", "weights_only=False.*model_state_dict"),
        ("training checkpoint without weights", "something other than a tensor"),
        ("several networks", "several networks, generator, discriminator"),
        ("a storage of two types", "another type"),
        ("Git LFS pointer", "git lfs pull"),
        ("HTML", "web page"),
        ("error of a file server", "AccessDenied"),
        ("safetensors index", "safetensors index"),
        ("JSON", "JSON"),
        ("HDF5", "Keras"),
        ("Keras", "Keras"),
        ("ONNX", "ONNX"),
        ("TensorFlow Lite", "TensorFlow Lite"),
        ("NumPy array", "NumPy array"),
        ("NumPy archive", "npz"),
        ("gzip", "unpack"),
        ("xz", "unpack"),
        ("text", "text, such as a program or a table"),
        ("tar", "unpack"),
        ("weights in a zip", "weights/model.pth in it: unpack"),
        ("exported program", "torch.export"),
        ("TorchScript of today", "TorchScript"),
        ("int64 weights", "int64, not float"),
        ("a picture", "picture"),
        ("bare pickle 2", "pickle"),
        ("records that unpack to much", "compressed"),
        ("overlapping records", "share the same bytes"),
        ("duplicate records", "twice"),
        ("stride 0 of 2^36 elements", "elements"),
        ("sparse tensor", "kind not accepted"),
        ("quantized tensor", "kind not accepted"),
        ("NaN", "not all finite"),
        ("whole numbers", "type int8"),
        ("65 MB", "64 MB"),
        ("11 views of a million", "11,000,000 elements"),
        ("wrong checksum", "checksum"),
        ("one tensor missing", "layers.3 has no bias"),
        ("another network", "conv takes 3 channels"),
        ("cut at 3000 bytes", "ends too early"),
        ("renamed zip", "zip archive"),
    ],
)
def test_reasons(name: str, reason: str, outcomes: dict[str, tuple[str, float]]) -> None:
    """The sentence names what is wrong with the file."""
    assert re.search(reason, outcomes[name][0]), outcomes[name][0]


def test_no_code_ran(outcomes: dict[str, tuple[str, float]]) -> None:
    """The pickles' command would have left a file."""
    assert outcomes
    assert not Path("/tmp/a-pickle-ran-code").exists()


def test_damaged_bytes_give_a_sentence_or_weights() -> None:
    """Of 900 copies of a good file with some bytes changed, none raises anything but `CheckpointError`."""
    good = bytearray(hostile_files.saved(hostile_files.network()))
    start, end = good.index(b"\x80\x02"), good.index(b"PK\x07\x08")
    directory = good.index(b"PK\x01\x02")
    chance = random.Random(0)
    refused = 0
    for attempt in range(900):
        data = bytearray(good)
        if attempt % 3:  # in the pickle, whose checksum is off, as torch.save can leave it
            data[directory + 16 : directory + 20] = bytes(4)
        low, high = (start, end) if attempt % 3 else (directory, len(data))
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(low, high)] = chance.randrange(256)
        try:
            read_state_dict(bytes(data))
        except CheckpointError:
            refused += 1
    assert refused > 600


def test_one_record_is_not_read_as_two_types():
    """PyTorch reads both tensors as the type that it meets first; a file that leans on it is refused."""
    file = io.BytesIO()
    torch.save({"a": torch.ones(4), "b": torch.ones(4).half()}, file)
    changed = io.BytesIO()
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(changed, "w") as other:
        for name in archive.namelist():
            record = archive.read(name)
            if name.endswith("/data.pkl"):
                assert record.count(b"X\x01\x00\x00\x001") == 1
                record = record.replace(b"X\x01\x00\x00\x001", b"X\x01\x00\x00\x000")  # b lies where a lies
            other.writestr(name, record)
    assert torch.load(io.BytesIO(changed.getvalue()), weights_only=True)["b"].dtype == torch.float32
    with pytest.raises(CheckpointError, match="another type"):
        read_state_dict(changed.getvalue())
