"""The pickle inside a file from `torch.save`, read without unpickling.

A pickle is a program for a small stack machine; running a stranger's is running a stranger's code. This is a
stack machine of our own that knows only what weights and a training checkpoint around them need: strings,
numbers, tuples, lists, dictionaries, and tensors *described* by the storage they lie in. It calls nothing,
allocates next to nothing, and whatever else the program asks for ends it with a sentence.
"""

import io
import pickletools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from core.errors import CheckpointError
from core.exchange.weights.refusals import (
    CHECKPOINT_KEYS,
    NOT_A_STATE_DICT,
    REMEDY,
    unknown_instruction,
    unknown_name,
)
from core.exchange.weights.tensor_info import STORAGES, Storage, TensorInfo
from core.text import shown

MAX_BYTES: Final = 256 * 1024
"""Of the pickle; the tutorial's network needs 700, a network of 48 layers 20,000."""
MAX_STEPS: Final = 50_000
MAX_STACK: Final = 2_000
MAX_DEPTH: Final = 32  # marks open at once
MAX_STRING: Final = 1_000  # characters
MAX_TENSORS: Final = 1_000
MAX_DIMENSIONS: Final = 8


@dataclass(frozen=True)
class _Global:
    """A name from a module that the program may mention; it is never looked up."""

    name: str


_MARK: Final = object()
_OPCODES: Final = {opcode.code: opcode for opcode in pickletools.opcodes}
_GLOBALS: Final = {
    "collections OrderedDict",
    "torch Size",
    "torch device",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter",
    *(f"torch {name}" for name in STORAGES),
}
_IGNORED: Final = {"PROTO", "FRAME", "STOP"}
_CONSTANTS: Final[dict[str, Any]] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_LITERALS: Final = {
    "BINUNICODE", "SHORT_BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT",
}  # fmt: skip


@dataclass(frozen=True)
class Described:
    """What a pickle describes."""

    value: Any
    """Strings, numbers, tuples, lists, dictionaries and `TensorInfo`."""
    storages: dict[str, Storage]
    """Every storage that it mentions, by its record."""
    end: int
    """Where the next byte after it is."""


def read_pickle(data: bytes, start: int = 0) -> Described:
    """What a pickle describes, without running it.

    Args:
        data: The pickle, such as the record `data.pkl` of the archive; more may follow it.
        start: Where in `data` it begins.

    Raises:
        CheckpointError: The program asks for anything that a checkpoint does not need.
    """
    machine = _Machine()
    stream = io.BytesIO(data)
    stream.seek(start)
    try:
        for name, argument in _instructions(stream, start + MAX_BYTES):
            machine.run(name, argument)
        value = machine.result()
    except (ValueError, UnicodeError, IndexError, KeyError, OverflowError) as error:
        raise CheckpointError(
            "The file is damaged: its description of the weights cannot be read."
        ) from error
    return Described(value, machine.storages, stream.tell())


def _instructions(stream: io.BytesIO, end: int) -> Iterator[tuple[str, Any]]:
    """The program's instructions; an argument is read only once its instruction is known to be harmless."""
    for _ in range(MAX_STEPS):
        if stream.tell() > end:
            raise CheckpointError(f"The file describes far more than the weights of a network. {REMEDY}")
        opcode = _OPCODES[stream.read(1).decode("latin-1")]
        if opcode.name not in _ALLOWED:
            raise CheckpointError(unknown_instruction(opcode.name))
        yield opcode.name, opcode.arg.reader(stream) if opcode.arg else None
        if opcode.name == "STOP":
            return
    raise CheckpointError(f"The file's description takes too many steps to read. {REMEDY}")


class _Machine:
    """The stack, the memo, and one small step at a time."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.storages: dict[str, Storage] = {}
        self.tensors = 0
        self.marks = 0

    def run(self, name: str, argument: Any) -> None:
        """Execute one instruction of the pickle."""
        if name in _LITERALS:
            self._push(_literal(argument))
        elif name in _CONSTANTS:
            self._push(_CONSTANTS[name])
        elif name in _STEPS:
            _STEPS[name](self, argument)

    def result(self) -> Any:
        """What is left at the end."""
        if len(self.stack) != 1 or self.stack[0] is _MARK:
            raise CheckpointError(NOT_A_STATE_DICT)
        return self.stack[0]

    def _push(self, value: Any) -> None:
        if len(self.stack) >= MAX_STACK:
            raise CheckpointError(f"The file's description is nested too deeply. {REMEDY}")
        self.stack.append(value)

    def _pop(self) -> Any:
        value = self.stack.pop()
        if value is _MARK:
            raise CheckpointError(NOT_A_STATE_DICT)
        return value

    def _pop_to_mark(self) -> list[Any]:
        values: list[Any] = []
        while (value := self.stack.pop()) is not _MARK:
            values.append(value)
        self.marks -= 1
        return values[::-1]

    def mark(self, _: Any) -> None:
        self.marks += 1
        if self.marks > MAX_DEPTH:
            raise CheckpointError(f"The file's description is nested too deeply. {REMEDY}")
        self._push(_MARK)

    def global_(self, argument: str) -> None:
        if argument not in _GLOBALS:
            raise CheckpointError(unknown_name(argument, self._checkpoint_key()))
        self._push(_Global(argument))

    def _checkpoint_key(self) -> str | None:
        """The name under which this program, a training checkpoint's, has described weights so far."""
        described = [value for value in self.stack if isinstance(value, str)]
        return next((key for key in CHECKPOINT_KEYS if key in described), None)

    def stack_global(self, _: Any) -> None:
        name, module = self._pop(), self._pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise CheckpointError(NOT_A_STATE_DICT)
        self.global_(f"{module} {name}")

    def put(self, index: int) -> None:
        if self.stack[-1] is _MARK:
            raise CheckpointError(NOT_A_STATE_DICT)
        self.memo[index] = self.stack[-1]

    def memoize(self, _: Any) -> None:
        self.put(len(self.memo))

    def get(self, index: int) -> None:
        self._push(self.memo[index])

    def tuple_of(self, count: int) -> None:
        values = [self._pop() for _ in range(count)]
        self._push(tuple(values[::-1]))

    def tuple_to_mark(self, _: Any) -> None:
        self._push(tuple(self._pop_to_mark()))

    def empty_dict(self, _: Any) -> None:
        self._push({})

    def set_item(self, _: Any) -> None:
        value, key = self._pop(), self._pop()
        self._set([key, value])

    def set_items(self, _: Any) -> None:
        self._set(self._pop_to_mark())

    def _set(self, pairs: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict) or len(pairs) % 2:
            raise CheckpointError(NOT_A_STATE_DICT)
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            if type(key) not in (str, int):
                raise CheckpointError(f"The file holds a dictionary with keys of an unknown kind. {REMEDY}")
            if key in target:
                raise CheckpointError(f"The file holds the name {shown(key)} twice.")
            target[key] = value

    def empty_list(self, _: Any) -> None:
        self._push([])

    def append(self, _: Any) -> None:
        self._extend([self._pop()])

    def appends(self, _: Any) -> None:
        self._extend(self._pop_to_mark())

    def _extend(self, values: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, list):
            raise CheckpointError(NOT_A_STATE_DICT)
        target += values

    def persistent_id(self, _: Any) -> None:
        """A storage: ("storage", type, record, device, elements). Where it lived does not matter here.

        Before PyTorch 1.6 a sixth value said whether it is a view of another one.
        """
        match self._pop():
            case ("storage", _Global(name), str(record), str(), int(elements), *view) if name[
                6:
            ] in STORAGES and view in ([], [None]):
                found = Storage(record, STORAGES[name[6:]], elements)
                if self.storages.setdefault(record, found) != found:
                    raise CheckpointError(
                        f"A tensor of the file shares its values with another one of another type. {REMEDY}"
                    )
                self._push(found)
            case _:
                raise CheckpointError(NOT_A_STATE_DICT)

    def reduce(self, _: Any) -> None:
        """What a pickle uses to call a function: here only to describe a tensor or an empty dictionary."""
        arguments, function = self._pop(), self._pop()
        match function, arguments:
            case _Global("collections OrderedDict"), ():
                self._push({})
            case _Global("torch Size"), (tuple(sizes),):
                self._push(sizes)
            case _Global("torch device"), (str(kind), *_):
                self._push(kind)
            case (
                _Global("torch._utils _rebuild_tensor_v2"),
                (Storage() as where, int(offset), tuple(shape), tuple(stride), bool(), dict(hooks)),
            ) if not hooks and len(shape) == len(stride):
                self.tensors += 1
                if self.tensors > MAX_TENSORS:
                    raise CheckpointError(f"The file holds more than {MAX_TENSORS:,} tensors, the most here.")
                shape, stride = _numbers(shape), _numbers(stride)
                self._push(TensorInfo(where.record, where.dtype, where.elements, offset, shape, stride))
            case _Global("torch._utils _rebuild_parameter"), (TensorInfo() as tensor, bool(), {}):
                self._push(tensor)
            case _:
                raise CheckpointError(NOT_A_STATE_DICT)

    def build(self, _: Any) -> None:
        """What a pickle uses to set attributes: a state_dict has one, `_metadata`, of no use here."""
        state = self._pop()
        if not isinstance(state, dict) or set(state) != {"_metadata"} or not isinstance(self.stack[-1], dict):
            raise CheckpointError(NOT_A_STATE_DICT)


_STEPS: Final[dict[str, Callable[[_Machine, Any], None]]] = {
    "MARK": _Machine.mark,
    "GLOBAL": _Machine.global_,
    "STACK_GLOBAL": _Machine.stack_global,
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.memoize,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "EMPTY_TUPLE": lambda machine, _: machine.tuple_of(0),
    "TUPLE1": lambda machine, _: machine.tuple_of(1),
    "TUPLE2": lambda machine, _: machine.tuple_of(2),
    "TUPLE3": lambda machine, _: machine.tuple_of(3),
    "TUPLE": _Machine.tuple_to_mark,
    "EMPTY_DICT": _Machine.empty_dict,
    "EMPTY_LIST": _Machine.empty_list,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.appends,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "BINPERSID": _Machine.persistent_id,
    "REDUCE": _Machine.reduce,
    "BUILD": _Machine.build,
}


_ALLOWED: Final = {*_IGNORED, *_CONSTANTS, *_LITERALS, *_STEPS}


def _literal(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_STRING:
        raise CheckpointError(f"The file holds an absurdly long name. {REMEDY}")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise CheckpointError(f"The file holds an absurdly large number. {REMEDY}")
    return value


def _numbers(values: tuple[Any, ...]) -> tuple[int, ...]:
    """A shape or a stride: a few whole numbers from 0."""
    if len(values) > MAX_DIMENSIONS or not all(type(value) is int and value >= 0 for value in values):
        raise CheckpointError("A tensor of the file has an impossible shape.")
    return values
