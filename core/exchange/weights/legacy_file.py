"""The format that `torch.save` wrote before PyTorch 1.6: pickles one after the other, then the values.

Four pickles say the magic number, the version, the machine and what was saved; a fifth lists the storages.
Each storage follows as its number of elements and its bytes. The pickles are read as everywhere here: not
run.
"""

import struct
from typing import Any, Final

from core.errors import CheckpointError
from core.exchange.weights.safe_pickle import read_pickle
from core.exchange.weights.tensor_info import Storage

_MAGIC: Final = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
_COUNT: Final = struct.Struct("<q")
_DAMAGED: Final = "The file ends too early or is damaged. Save or copy it again."


def looks_legacy(data: bytes) -> bool:
    """Whether a file begins as this format does, with a pickle of its magic number."""
    return data.startswith(_MAGIC)


def read_legacy(data: bytes) -> tuple[Any, dict[str, memoryview]]:
    """What the file describes, and the values of each storage by name, as views of `data`.

    Raises:
        CheckpointError: A pickle asks for more than a checkpoint needs, or the file is damaged.
    """
    version = read_pickle(data, len(_MAGIC))
    machine = read_pickle(data, version.end)
    if version.value != 1001 or not isinstance(machine.value, dict):
        raise CheckpointError(_DAMAGED)
    if machine.value.get("little_endian") is not True:
        raise CheckpointError("The file was saved on a big-endian machine, which is not supported here.")
    saved = read_pickle(data, machine.end)
    order = read_pickle(data, saved.end)
    names = order.value
    if not isinstance(names, list) or any(type(name) is not str for name in names):
        raise CheckpointError(_DAMAGED)
    if len(set(names)) != len(names) or set(names) != set(saved.storages):
        raise CheckpointError(_DAMAGED)
    return saved.value, _records(data, order.end, [saved.storages[name] for name in names])


def _records(data: bytes, start: int, storages: list[Storage]) -> dict[str, memoryview]:
    records = {}
    for storage in storages:
        end = start + _COUNT.size + storage.elements * storage.dtype.itemsize
        if storage.elements < 0 or end > len(data) or _COUNT.unpack_from(data, start) != (storage.elements,):
            raise CheckpointError(_DAMAGED)
        records[storage.record] = memoryview(data)[start + _COUNT.size : end]
        start = end
    if start != len(data):
        raise CheckpointError(_DAMAGED)
    return records
