"""Files that a stranger might upload to do harm, or by mistake: `files()` makes them all, by name.

Not a test by itself: `test_checkpoints_hostile.py` feeds them to the reader.
"""

import gzip
import io
import json
import os
import pickle
import struct
import warnings
import zipfile
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import torch
from safetensors.torch import save as save_safetensors
from torch import nn

FLOATS = b"ctorch\nFloatStorage\n"
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"
ORDERED = b"ccollections\nOrderedDict\n)R"


class Evil:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.system, ("touch /tmp/a-pickle-ran-code",)


def number(value: int) -> bytes:
    """A whole number as an instruction of a pickle."""
    if -(2**31) <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    return b"\x8a\x09" + value.to_bytes(9, "little", signed=True)


def text(value: str) -> bytes:
    """A string as an instruction of a pickle."""
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def storage(elements: int, record: str = "0", kind: bytes = FLOATS) -> bytes:
    """A reference to a record of values."""
    return b"(" + text("storage") + kind + text(record) + text("cpu") + number(elements) + b"tQ"


def tensor(shape: list[int], stride: list[int], elements: int, offset: int = 0, **where: Any) -> bytes:
    """A tensor's description."""
    sizes = b"(" + b"".join(map(number, shape)) + b"t"
    steps = b"(" + b"".join(map(number, stride)) + b"t"
    return (
        REBUILD
        + b"("
        + storage(elements, **where)
        + number(offset)
        + sizes
        + steps
        + b"\x89"
        + ORDERED
        + b"tR"
    )


def program(*items: tuple[str, bytes], end: bytes = b"") -> bytes:
    """A pickle of a dictionary with these instructions for its values."""
    pairs = b"".join(text(name) + value for name, value in items)
    return b"\x80\x02" + ORDERED + b"(" + pairs + b"u" + end + b"."


def archive(
    data: bytes,
    records: dict[str, bytes] | None = None,
    *,
    compression: int = zipfile.ZIP_STORED,
    **more: bytes,
) -> bytes:
    """A file as `torch.save` lays it out, around any pickle."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        file.writestr("archive/data.pkl", data)
        for name, value in (records if records is not None else {"0": bytes(16)}).items():
            file.writestr(f"archive/data/{name}", value)
        for name, value in more.items():
            file.writestr(f"archive/{name}", value)
    return buffer.getvalue()


def one(shape: list[int], stride: list[int], elements: int, offset: int = 0, **where: Any) -> bytes:
    """A file with one tensor over a record of 16 bytes."""
    return archive(program(("weight", tensor(shape, stride, elements, offset, **where))))


def saved(value: Any, **options: Any) -> bytes:
    """What `torch.save` writes."""
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def header(entries: Any, body: bytes = b"") -> bytes:
    """A `.safetensors` file with any header."""
    raw = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    return struct.pack("<Q", len(raw)) + raw + body


def entry(begin: int, end: int, shape: list[int] | None = None, dtype: str = "F32") -> dict[str, Any]:
    """A tensor in a `.safetensors` header."""
    return {"dtype": dtype, "shape": shape or [(end - begin) // 4], "data_offsets": [begin, end]}


def network() -> dict[str, torch.Tensor]:
    """Weights of a small stack of linear layers: 784-8-10."""
    generator = torch.Generator().manual_seed(0)
    draw = lambda *shape: torch.randn(*shape, generator=generator)  # noqa: E731
    return {
        "layers.1.weight": draw(8, 784),
        "layers.1.bias": draw(8),
        "layers.3.weight": draw(10, 8),
        "layers.3.bias": draw(10),
    }


def patched(data: bytes, offset: int, value: bytes) -> bytes:
    """A copy with some bytes replaced; a negative offset counts from the end."""
    start = offset if offset >= 0 else len(data) + offset
    return data[:start] + value + data[start + len(value) :]


def overlapping() -> bytes:
    """An archive whose directory has a second name for the first record's bytes."""
    data = archive(program(("weight", tensor([4], [1], 4))), {"0": bytes(16), "1": bytes(16)})
    first = data.index(b"PK\x01\x02", 1)
    second = data.index(b"PK\x01\x02", first + 1)
    third = data.index(b"PK\x01\x02", second + 1)
    return patched(data, third + 42, data[second + 42 : second + 46])


def with_duplicate_names() -> bytes:
    """An archive that holds a record twice."""
    data = archive(program(("weight", tensor([4], [1], 4))), {"0": bytes(16), "1": bytes(16)})
    return data.replace(b"archive/data/1", b"archive/data/0")


def of_nan(value: float) -> dict[str, torch.Tensor]:
    """The network with one weight that is no number."""
    state = network()
    state["layers.3.bias"][4] = value
    return state


def codecs_chain() -> bytes:
    """Doubles a text's bytes at every step, as `weights_only=True` allows."""
    step = b"c_codecs\nencode\n"
    return b"\x80\x02" + step * 24 + text("é" * 900) + (text("utf-8") + b"\x86R") * 24 + b"."


def shadowed_items() -> bytes:
    """An OrderedDict whose `.items` is another object."""
    state = b"}" + text("items") + text("surprise") + b"s"
    return archive(program(("weight", tensor([4], [1], 4)), end=state + b"b"))


def sparse(last: int) -> torch.Tensor:
    """A sparse tensor of 10 elements, given its last index."""
    return torch.sparse_coo_tensor([[0, last]], [1.0, 2.0], (10,), check_invariants=False)


def many(count: int, size: int) -> list[tuple[str, bytes]]:
    """That many names for one tensor."""
    return [(f"w{i}", b"h\x00" if i else tensor([size], [1], size) + b"q\x00") for i in range(count)]


def plain_zip(*names: str) -> bytes:
    """A compressed archive with files of these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, b"x" * 500)
    return buffer.getvalue()


def scripted() -> bytes:
    """What `torch.jit.save` writes: its code is compressed."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is deprecated
        torch.jit.save(torch.jit.script(nn.Sequential(nn.Linear(784, 10), nn.ReLU())), buffer)
    return buffer.getvalue()


def files() -> dict[str, bytes]:
    """Every file, by what is wrong with it."""
    good = saved(network())
    safe = save_safetensors(network())
    layer = nn.Linear(784, 10)
    found = {f"code in protocol {p}": archive(pickle.dumps({"weight": Evil()}, p)) for p in range(6)}
    found |= {f"bare pickle {p}": pickle.dumps(Evil(), p) for p in (0, 2, 5)}
    found |= {
        "eval by stack global": archive(
            b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93\x8c\x03" + b"1+1\x85R."
        ),
        "object by NEWOBJ": archive(b"\x80\x02cbuiltins\nobject\n)\x81."),
        "instance by INST": archive(b"(S'ls'\nios\nsystem\n."),
        "nested tuples as a key": archive(b"\x80\x02}" + b")" + b"\x85" * 600 + b"Ns."),
        "doubling tuples as a key": archive(b"\x80\x02})" + b"2\x86" * 600 + b"Ns."),
        "bytearray of 4 GiB": archive(b"\x80\x02cbuiltins\nbytearray\n" + number(2**32) + b"\x85R."),
        "codecs chain": archive(codecs_chain()),
        "records that unpack to much": archive(
            program(("weight", tensor([4], [1], 4))),
            {"0": bytes(80_000_000)},
            compression=zipfile.ZIP_DEFLATED,
        ),
        "overlapping records": overlapping(),
        "duplicate records": with_duplicate_names(),
        "stride 0 of 2^36 elements": one([2**18, 2**18], [0, 0], 4),
        "2^36 elements": one([2**36], [1], 2**36),
        "2^62 elements in a storage": one([4], [1], 2**62),
        "huge number": archive(program(("w", b"\x8a\x10" + b"\x7f" * 16))),
        "negative size": one([-4], [1], 4),
        "negative offset": one([2], [1], 4, -2),
        "offset past the end": one([4], [1], 4, 2),
        "negative stride": one([4], [-1], 4),
        "transposed view": one([2, 2], [1, 2], 4),
        "overlapping windows": one([3, 2], [1, 1], 4),
        "twelve dimensions": one([1] * 12, [1] * 12, 4),
        "shape and stride of other lengths": one([2, 2], [1], 4),
        "empty tensor": one([0], [1], 4),
        "missing record": one([4], [1], 4, record="7"),
        "record outside the folder": one([4], [1], 4, record="../../etc/passwd"),
        "shadowed items": shadowed_items(),
        "sparse tensor": saved({"w": sparse(9)}),
        "sparse tensor with bad indices": saved({"w": sparse(10**9)}),
        "quantized tensor": archive(
            program(("weight", b"ctorch._utils\n_rebuild_qtensor\n(" + storage(4) + b"tR"))
        ),
        "meta tensor": saved({"w": torch.empty(3, device="meta")}),
        "complex weights": saved({"w": torch.zeros(3, dtype=torch.complex64)}),
        "whole numbers": saved({"w": torch.zeros(3, dtype=torch.int8)}),
        "booleans": saved({"w": torch.zeros(3, dtype=torch.bool)}),
        "bytes": saved({"w": torch.zeros(3, dtype=torch.uint8)}),
        "NaN": saved(of_nan(float("nan"))),
        "infinity": saved(of_nan(float("inf"))),
        "too large for float32": saved(
            {**network(), "layers.3.bias": torch.full((10,), 1e300, dtype=torch.float64)}
        ),
        "whole pickled model": saved(layer),
        "legacy format with code": saved({"weight": Evil()}, _use_new_zipfile_serialization=False),
        "legacy format, cut": saved(network(), _use_new_zipfile_serialization=False)[:-40],
        "legacy format, of one tensor": saved(torch.zeros(3), _use_new_zipfile_serialization=False),
        "TorchScript": archive(b"\x80\x02N.", **{"constants.pkl": b"\x80\x02).", "code/model.py": b"pass"}),
        "training checkpoint with code": saved({"epoch": 3, "model": network(), "args": Evil()}),
        "training checkpoint with an object": saved({"model_state_dict": network(), "args": Fraction(1, 3)}),
        "training checkpoint without weights": saved({"epoch": 3, "optimizer": {"groups": [1]}}),
        "several networks": saved({"generator": network(), "discriminator": network()}),
        "a dictionary in itself": archive(b"\x80\x02}q\x00" + text("me") + b"h\x00s."),
        "lists in lists": archive(b"\x80\x02" + b"]" * 1_900 + b"a" * 1_899 + b"."),
        "a storage of two types": archive(
            program(("a", tensor([4], [1], 4)), ("b", tensor([4], [1], 4, kind=b"ctorch\nIntStorage\n")))
        ),
        "list of tensors": saved([torch.zeros(3)]),
        "one tensor": saved(torch.zeros(3)),
        "numbers as keys": saved({0: torch.zeros(3)}),
        "a name twice": archive(program(("w", tensor([4], [1], 4)), ("w", tensor([4], [1], 4)))),
        "a long name": archive(program(("w" * 100_000, tensor([4], [1], 4)))),
        "HTML in a name": archive(program(("<img src=x onerror=alert(1)>[a](http://b)", b"N"))),
        "2,000 tensors": archive(program(*many(2000, 4))),
        "11 views of a million": archive(program(*many(11, 1_000_000)), {"0": bytes(4_000_000)}),
        "too many steps": archive(b"\x80\x02" + b"N0" * 60_000 + b"."),
        "too deep": archive(b"\x80\x02" + b"(" * 100_000 + b"."),
        "a megabyte of pickle": archive(b"\x80\x02" + text("w" * 2**20) + b"."),
        "marks only": archive(b"\x80\x02(((("),
        "pop of nothing": archive(b"\x80\x02ttt."),
        "unknown memo": archive(b"\x80\x02h\x07."),
        "not a pickle": archive(b"hello"),
        "empty pickle": archive(b""),
        "no end": archive(b"\x80\x02}"),
        "a storage alone": archive(b"\x80\x02" + storage(4) + b"."),
        "big-endian": archive(program(("w", tensor([4], [1], 4))), byteorder=b"big"),
        "empty dictionary": archive(b"\x80\x02}."),
        "wrong checksum": good.replace(network()["layers.3.bias"].numpy().tobytes(), bytes(40)),
        "bytes at the end": good + b"more",
        "65,535 records": patched(patched(good, -14, b"\xff\xff"), -12, b"\xff\xff"),
        "directory outside the file": patched(good, -6, b"\xf0\xff\xff\x7f"),
        "directory at 4 GiB": patched(good, -10, b"\xff" * 8),
        "encrypted": patched(good, good.index(b"PK\x01\x02") + 8, b"\x01\x00"),
        "record longer than the file": patched(good, good.index(b"PK\x01\x02") + 20, b"\xff\xff\xff\x7f" * 2),
        "renamed zip": archive(b"x").replace(b"archive/data.pkl", b"word/documents.x"),
        "empty zip": b"PK\x05\x06" + bytes(18),
        "empty file": b"",
        "one byte": b"P",
        "text": b"model.pth\n" * 50,
        "HTML": b"<!doctype html><title>404</title>",
        "Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 2681335\n",
        "error of a file server": b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>',
        "safetensors index": json.dumps({"metadata": {}, "weight_map": {"a": "b.safetensors"}}).encode(),
        "JSON": b'{"error": "Repository not found"}',
        "HDF5": b"\x89HDF\r\n\x1a\n" + bytes(500),
        "ONNX": b"\x08\x08\x12\x07pytorch\x1a\x052.4.0" + bytes(500),
        "TensorFlow Lite": b"\x1c\x00\x00\x00TFL3" + bytes(500),
        "NumPy array": b"\x93NUMPY\x01\x00" + bytes(100),
        "gzip": b"\x1f\x8b\x08" + bytes(100),
        "xz": b"\xfd7zXZ\0" + bytes(100),
        "gzip of gzip": gzip.compress(gzip.compress(bytes(20_000_000), 1)),
        "1,990 empty records": archive(
            program(("weight", tensor([4], [1], 4))), {str(number): b"" for number in range(1990)}
        ),
        "a record of 60 MB that nothing names": archive(
            program(("weight", tensor([4], [1], 4, record="1"))), {"0": bytes(60_000_000)}
        ),
        "tar": bytes(257) + b"ustar" + bytes(300),
        "Keras": plain_zip("metadata.json", "config.json", "model.weights.h5"),
        "exported program": plain_zip("archive/archive_format", "archive/models/model.json"),
        "NumPy archive": plain_zip("w.npy"),
        "weights in a zip": plain_zip("weights/model.pth"),
        "TorchScript of today": scripted(),
        "int64 weights": saved({name: value.long() for name, value in network().items()}),
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(500),
        "65 MB": b"PK\x03\x04" + bytes(65 * 2**20),
        "another network": saved({"conv.weight": torch.zeros(5, 3, 3, 3), "head.weight": torch.zeros(9, 5)}),
        "another width": saved({**network(), "layers.3.weight": torch.zeros(10, 9)}),
        "one tensor missing": saved({k: v for k, v in network().items() if k != "layers.3.bias"}),
        "safetensors: header of 2^63 bytes": struct.pack("<Q", 2**63) + b"{}",
        "safetensors: header longer than the file": struct.pack("<Q", 5000) + b"{" + bytes(50),
        "safetensors: not JSON": header(b"{nonsense}"),
        "safetensors: deep JSON": header(b'{"a":' + b"[" * 100_000),
        "safetensors: long number": header(b'{"a":' + b"9" * 100_000 + b"}"),
        "safetensors: a list": header(b"{" + b"}" * 9),
        "safetensors: overlap": header({"a": entry(0, 8), "b": entry(4, 12)}, bytes(12)),
        "safetensors: gap": header({"a": entry(0, 8), "b": entry(12, 16)}, bytes(16)),
        "safetensors: bytes left": header({"a": entry(0, 8)}, bytes(16)),
        "safetensors: past the end": header({"a": entry(0, 2**40)}, bytes(16)),
        "safetensors: backwards": header({"a": entry(8, 0, [2])}, bytes(8)),
        "safetensors: shape that wraps": header({"a": entry(0, 0, [2**32, 2**32])}),
        "safetensors: 2^38 elements in 16 bytes": header({"a": entry(0, 2**40, [2**38])}, bytes(16)),
        "safetensors: 4,000 tensors": header({f"a{number}": entry(0, 0, [0]) for number in range(4000)}),
        "safetensors: 120,000 dimensions": header({"a": entry(0, 4, [1] * 120_000)}, bytes(4)),
        "safetensors: a dimension of 0 beside huge ones": header({"a": entry(0, 0, [0, 2**39, 2**39])}),
        "safetensors: negative shape": header({"a": entry(0, 16, [-2, -2])}, bytes(16)),
        "safetensors: unknown type": header({"a": entry(0, 8, [2], "F8_E4M3")}, bytes(8)),
        "safetensors: name twice": header(b'{"a":1,"a":2}'),
        "safetensors: notes that are no text": header({"__metadata__": {"a": 1}}),
        "safetensors: entry of another form": header({"a": [0, 4]}, bytes(4)),
        "safetensors: whole numbers": header({"a": entry(0, 8, [8], "I8")}, bytes(8)),
        "safetensors: NaN": save_safetensors(of_nan(float("nan"))),
        "safetensors: cut": safe[: len(safe) // 2],
        "safetensors: nothing in it": header({}),
    }  # fmt: skip
    found |= {f"cut at {size} bytes": good[:size] for size in range(1000, len(good), 1000)}
    return found
