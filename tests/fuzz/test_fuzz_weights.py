"""Weight files changed at random where it matters: in the pickle's instructions, the zip's fields, the JSON
header.

`FUZZ_CASES=100000 FUZZ_SEED=7 pytest tests/fuzz` tries as many cases of each kind with another seed.
"""

import contextlib
import io
import json
import os
import pickletools
import random
import struct
import time
import warnings
import zipfile

import pytest
import torch
from safetensors.torch import load as read_with_safetensors
from safetensors.torch import save as write_with_safetensors

from core.errors import CheckpointError, CoreError
from core.exchange.weights import read_weight_file
from core.exchange.weights.uploads import read_uploaded_weights

CASES = int(os.environ.get("FUZZ_CASES", "250"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
pytestmark = pytest.mark.timeout(0 if "FUZZ_CASES" in os.environ else 180)
SECONDS = 2.0  # of processor time, for one file

NUMBERS = (0, 1, 2, 3, 4, 8, 40, 255, 256, 65535, 2**31 - 1, -1, 2**31, 2**40, 2**62, 2**63 - 1, -(2**63))
NAMES = (
    *(f"torch\n{kind}Storage" for kind in ("Float", "Double", "Half", "BFloat16", "Long", "Bool", "Untyped")),
    *("torch\nTensor", "torch\nSize", "torch\ndevice", "torch\nfloat32", "collections\nOrderedDict"),
    *(
        "torch._utils\n_rebuild_tensor_v2",
        "torch._utils\n_rebuild_parameter",
        "torch._utils\n_rebuild_qtensor",
    ),
    *("torch._tensor\n_rebuild_from_type_v2", "torch.storage\n_load_from_bytes", "_codecs\nencode"),
    *("builtins\neval", "os\nsystem", "builtins\nbytearray"),
)
SINGLE = (b"}", b")", b"(", b"N", b"\x88", b"\x85", b"\x86", b"t", b"u", b"s", b"R", b"b", b"Q", b"0", b"1",
b"2", b"]", b"a", b"e", b".")  # fmt: skip


def state(chance):
    """A small network's weights, of one type or of several."""
    generator = torch.Generator().manual_seed(chance.randrange(2**31))
    types = (torch.float32, torch.float64, torch.float16, torch.bfloat16)
    shapes = {"1.weight": (3, 784), "1.bias": (3,), "3.weight": (10, 3), "3.bias": (10,)}
    shapes = {f"layers.{name}": shape for name, shape in shapes.items()}
    one = chance.choice(types)
    mixed = chance.random() < 0.3
    values = {
        name: torch.randn(*shape, generator=generator).to(chance.choice(types) if mixed else one)
        for name, shape in shapes.items()
    }
    if chance.random() < 0.2:
        values["view"] = torch.arange(40.0)[chance.randrange(20) :][:8]
    if chance.random() < 0.1:
        values["steps"] = torch.arange(5)
    return values


def saved(value):
    file = io.BytesIO()
    torch.save(value, file)
    return file.getvalue()


def number(chance):
    value = chance.choice(NUMBERS)
    if 0 <= value < 256:
        return b"K" + bytes([value])
    if -(2**31) <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    return b"\x8a\x09" + value.to_bytes(9, "little", signed=True)


def instruction(chance):
    text = chance.choice(["0", "1", "cpu", "cuda:0", "storage", "layers.1.weight", "", "a" * 1500, "x\0y"])
    return chance.choice(
        [
            number(chance),
            b"X" + struct.pack("<I", len(text.encode())) + text.encode(),
            b"c" + chance.choice(NAMES).encode() + b"\n",
            chance.choice(SINGLE),
            b"h" + bytes([chance.randrange(256)]),
            b"r" + struct.pack("<I", chance.choice([0, 255, 2**32 - 1])),
            b"G" + struct.pack(">d", chance.choice([float("nan"), float("inf"), 1e308])),
            b"B" + struct.pack("<I", 2**31),
            b"\x96" + struct.pack("<Q", 2**40),
            bytes([chance.randrange(256)]),
        ]
    )


def change_pickle(chance, text):
    """Instructions taken out, doubled, exchanged, replaced."""
    found = list(pickletools.genops(text))
    ends = [at for _, _, at in found[1:]] + [len(text)]
    code = [text[at:end] for (_, _, at), end in zip(found, ends, strict=True)]
    for _ in range(chance.choice([1, 1, 1, 2, 3, 6])):
        at, other = chance.randrange(len(code)), chance.randrange(len(code))
        kind = chance.randrange(6)
        if kind == 0 and len(code) > 1:
            del code[at]
        elif kind == 1:
            code.insert(at, code[other])
        elif kind == 2:
            code[at], code[other] = code[other], code[at]
        elif kind == 3:
            code[at] = instruction(chance)
        elif kind == 4:
            code.insert(at, instruction(chance))
        else:
            code[at:at] = code[at : at + chance.randrange(1, 12)] * chance.choice([1, 2, 30])
    return b"".join(code)


def torch_file(chance):
    records = {}
    with zipfile.ZipFile(io.BytesIO(saved(state(chance)))) as archive:
        records = {name: archive.read(name) for name in archive.namelist()}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, record in records.items():
            archive.writestr(name, change_pickle(chance, record) if name.endswith("data.pkl") else record)
    return file.getvalue()


def zip_file(chance):
    """Fields of the directory, of members' heads and of the end, set to what hurts."""
    data = bytearray(saved(state(chance)))
    fields = {
        b"PK\1\2": (6, 8, 10, 16, 20, 24, 28, 30, 32, 42),
        b"PK\3\4": (6, 8, 14, 18, 22, 26, 28),
        b"PK\5\6": (8, 10, 12, 16, 20),
    }
    for _ in range(chance.choice([1, 1, 2, 3])):
        mark = chance.choice(list(fields))
        places = [at for at in range(len(data) - 46) if data[at : at + 4] == mark]
        if places:
            at = chance.choice(places) + chance.choice(fields[mark])
            old = int.from_bytes(data[at : at + 4], "little")
            value = chance.choice([0, 1, 8, 99, 0xFFFF, 0xFFFFFFFF, old + 1, old - 1, old * 2, len(data)])
            data[at : at + 4] = (value & 0xFFFFFFFF).to_bytes(4, "little")
    return bytes(data)


def change_json(chance, value):
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(list(value))
        return {**value, key: change_json(chance, value[key])}
    if isinstance(value, list) and value and chance.random() < 0.8:
        at = chance.randrange(len(value))
        return [*value[:at], change_json(chance, value[at]), *value[at + 1 :]]
    return chance.choice(
        [None, True, 0, -1, 1, 2**31, 2**63, 10**30, 10**400, "F32", "F8_E4M3", "", [], {}, [1], 1e999]
    )


def safetensors_file(chance):
    data = write_with_safetensors(state(chance))
    size = struct.unpack("<Q", data[:8])[0]
    header, body = data[8 : 8 + size], data[8 + size :]
    kind = chance.randrange(5)
    if kind < 3:
        header = json.dumps(change_json(chance, json.loads(header))).encode()
    elif kind == 3:
        at = chance.randrange(len(header))
        inserted = chance.choice([b"[", b"{", b'"', b"\\ud800", b"9" * 5000, b"[" * 5000])
        header = header[:at] + inserted + header[at:]
    else:
        body = body[: chance.randrange(len(body))]
    return struct.pack("<Q", len(header)) + header + body


def notes_file(chance):
    """Notes that describe a network that cannot be, with numbers of any length."""
    big = "9" * chance.choice([10, 310, 400, 4301, 20_000])
    note = chance.choice(
        [
            f'{{"hidden":[{big}],"architecture":"mlp"}}',
            f'{{"dropout":{big}}}',
            '{"dropout":NaN,"architecture":"mlp"}',
            f'{{"layers":[{{"kind":"linear","size":{big}}}],"architecture":"custom"}}',
            "[" * chance.choice([10, 50_000]),
            json.dumps({"architecture": "custom", "layers": [{"kind": "relu"}] * 2000}),
            '{"batch_norm":1}',
            "null",
        ]
    )
    values = {name: value.float() for name, value in state(chance).items() if name.startswith("layers")}
    return write_with_safetensors(values, {"model": note, "normalize": chance.choice(["none", "x", ""])})


def reference(data):
    """What PyTorch or safetensors makes of the file; `None` where they refuse it."""
    try:
        if data[:2] == b"PK":
            read = torch.load(io.BytesIO(data), weights_only=True)
        else:
            read = read_with_safetensors(data)
    except Exception:
        return None
    return read if isinstance(read, dict) else None


def weights_in(known, names):
    """The dictionary whose tensors have these names: what was read, or one inside it, as in a checkpoint."""
    if {name for name, value in known.items() if isinstance(value, torch.Tensor)} == names:
        return known
    inside = (weights_in(value, names) for value in known.values() if isinstance(value, dict))
    return next((found for found in inside if found is not None), None)


def fit(sentence, where):
    assert "\n" not in sentence, where
    assert sentence.endswith("."), (where, sentence)
    assert len(sentence) < 400, where


@pytest.mark.parametrize("make", [torch_file, zip_file, safetensors_file, notes_file])
def test_a_changed_file_is_refused_in_a_sentence_or_read_as_its_own_library_reads_it(make):
    """Nothing but a `CoreError` comes out, soon; what is accepted is finite, and the library's to the bit."""
    accepted = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in range(CASES):
            chance = random.Random(f"{make.__name__} {SEED} {case}")
            data = make(chance)
            started = time.process_time()
            try:
                read = read_weight_file(data).state_dict
            except CheckpointError as error:
                fit(str(error), (SEED, case))
                read = None
            if read is not None or make is notes_file:
                with contextlib.suppress(CoreError):
                    read_uploaded_weights(data)
            assert time.process_time() - started < SECONDS, (SEED, case)
            if read is None:
                continue
            accepted += 1
            numbers = [value for value in read.values() if value.is_floating_point()]
            assert all(bool(torch.isfinite(value).all()) for value in numbers)
            known = reference(data)
            if known is not None:
                weights = weights_in(known, set(read))
                assert weights is not None, (SEED, case)
                for name, value in read.items():
                    theirs = weights[name].detach().contiguous()
                    assert theirs.dtype == value.dtype, (SEED, case, name)
                    pair = (tensor.reshape(-1).view(torch.uint8) for tensor in (theirs, value))
                    assert torch.equal(*pair), (SEED, case, name)
    assert accepted, "no case was accepted: the fuzzer tries nothing"
