"""The pickle inside a file from `torch.save`, read without unpickling.

A pickle is a program for a small stack machine; running a stranger's is running a stranger's code. This is a
stack machine of our own that knows only what a `state_dict` needs: strings, numbers, tuples, dictionaries
with string keys, and tensors *described* by the storage they lie in. It calls nothing, allocates next to
nothing, and whatever else the program asks for ends it with a sentence.
"""

import io
import pickletools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import torch

from core.errors import CheckpointError
from core.text import shown

MAX_BYTES: Final = 256 * 1024
"""Of the pickle; the tutorial's network needs 700, a network of 48 layers 20,000."""
MAX_STEPS: Final = 50_000
MAX_STACK: Final = 2_000
MAX_DEPTH: Final = 32  # marks open at once
MAX_STRING: Final = 1_000  # characters
MAX_TENSORS: Final = 1_000
MAX_DIMENSIONS: Final = 8

STORAGES: Final = {
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}

_REMEDY: Final = 'Save the weights alone, torch.save(model.state_dict(), "model.pth"), and upload that.'
_NOT_A_STATE_DICT: Final = f"The file is not a plain state_dict of named tensors. {_REMEDY}"


@dataclass(frozen=True)
class TensorInfo:
    """A tensor as the file describes it; nothing is checked against its storage yet."""

    storage: str
    """Name of the record its values lie in."""
    dtype: torch.dtype
    """Type of the storage's elements."""
    elements: int
    """Elements the storage is said to have."""
    offset: int
    """Where the tensor starts, elements."""
    shape: tuple[int, ...]
    """Its shape."""
    stride: tuple[int, ...]
    """Elements between neighbours along each dimension."""


@dataclass(frozen=True)
class _Global:
    """A name from a module that the program may mention; it is never looked up."""

    name: str


@dataclass(frozen=True)
class _Storage:
    record: str
    dtype: torch.dtype
    elements: int


_MARK: Final = object()
_OPCODES: Final = {opcode.code: opcode for opcode in pickletools.opcodes}
_GLOBALS: Final = {
    "collections OrderedDict",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter",
    *(f"torch {name}" for name in STORAGES),
}
_IGNORED: Final = {"PROTO", "FRAME", "STOP"}
_CONSTANTS: Final[dict[str, Any]] = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_LITERALS: Final = {
    "BINUNICODE", "SHORT_BINUNICODE", "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT",
}  # fmt: skip


def read_pickle(data: bytes) -> dict[str, TensorInfo]:
    """The tensors that a `state_dict`'s pickle describes, by name and in order.

    Args:
        data: The pickle, the record `data.pkl` of the archive.

    Raises:
        CheckpointError: The program asks for anything that a `state_dict` does not need.
    """
    if len(data) > MAX_BYTES:
        raise CheckpointError(f"The file describes far more than the weights of a network. {_REMEDY}")
    machine = _Machine()
    try:
        for name, argument in _instructions(data):
            machine.run(name, argument)
    except (ValueError, UnicodeError, IndexError, KeyError, OverflowError) as error:
        raise CheckpointError(
            "The file is damaged: its description of the weights cannot be read."
        ) from error
    return machine.tensors()


def _instructions(data: bytes) -> Iterator[tuple[str, Any]]:
    """The program's instructions; an argument is read only once its instruction is known to be harmless."""
    stream = io.BytesIO(data)
    for _ in range(MAX_STEPS):
        opcode = _OPCODES[stream.read(1).decode("latin-1")]
        if opcode.name not in _ALLOWED:
            raise CheckpointError(_unknown(opcode.name))
        yield opcode.name, opcode.arg.reader(stream) if opcode.arg else None
        if opcode.name == "STOP":
            return
    raise CheckpointError(f"The file's description takes too many steps to read. {_REMEDY}")


class _Machine:
    """The stack, the memo, and one small step at a time."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}
        self.marks = 0

    def run(self, name: str, argument: Any) -> None:
        """Execute one instruction of the pickle."""
        if name in _LITERALS:
            self._push(_literal(argument))
        elif name in _CONSTANTS:
            self._push(_CONSTANTS[name])
        elif name in _STEPS:
            _STEPS[name](self, argument)

    def tensors(self) -> dict[str, TensorInfo]:
        """What is left at the end, if it is one dictionary of tensors."""
        if len(self.stack) != 1 or not isinstance(self.stack[0], dict):
            raise CheckpointError(_NOT_A_STATE_DICT)
        found = self.stack[0]
        if len(found) > MAX_TENSORS:
            raise CheckpointError(
                f"The file holds {len(found):,} tensors; {MAX_TENSORS:,} are the most here."
            )
        for key, value in found.items():
            if isinstance(value, dict):
                raise CheckpointError(
                    f"The file holds a training checkpoint, with a dictionary under {shown(key)}. {_REMEDY}"
                )
            if not isinstance(value, TensorInfo):
                raise CheckpointError(
                    f"Under {shown(key)} the file holds something other than a tensor. {_REMEDY}"
                )
        return found

    def _push(self, value: Any) -> None:
        if len(self.stack) >= MAX_STACK:
            raise CheckpointError(f"The file's description is nested too deeply. {_REMEDY}")
        self.stack.append(value)

    def _pop(self) -> Any:
        value = self.stack.pop()
        if value is _MARK:
            raise CheckpointError(_NOT_A_STATE_DICT)
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
            raise CheckpointError(f"The file's description is nested too deeply. {_REMEDY}")
        self._push(_MARK)

    def global_(self, argument: str) -> None:
        if argument not in _GLOBALS:
            raise CheckpointError(_refused(argument))
        self._push(_Global(argument))

    def stack_global(self, _: Any) -> None:
        name, module = self._pop(), self._pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise CheckpointError(_NOT_A_STATE_DICT)
        self.global_(f"{module} {name}")

    def put(self, index: int) -> None:
        if self.stack[-1] is _MARK:
            raise CheckpointError(_NOT_A_STATE_DICT)
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
            raise CheckpointError(_NOT_A_STATE_DICT)
        for key, value in zip(pairs[::2], pairs[1::2], strict=True):
            if not isinstance(key, str):
                raise CheckpointError(
                    "The file holds a dictionary whose keys are not names, as an optimizer's state has. "
                    + _REMEDY
                )
            if key in target:
                raise CheckpointError(f"The file holds the name {shown(key)} twice.")
            target[key] = value

    def persistent_id(self, _: Any) -> None:
        """A storage: ("storage", type, record, device, elements). Where it lived does not matter here."""
        match self._pop():
            case ("storage", _Global(name), str(record), str(), int(elements)) if name[6:] in STORAGES:
                self._push(_Storage(record, STORAGES[name[6:]], elements))
            case _:
                raise CheckpointError(_NOT_A_STATE_DICT)

    def reduce(self, _: Any) -> None:
        """What a pickle uses to call a function: here only to describe a tensor or an empty dictionary."""
        arguments, function = self._pop(), self._pop()
        match function, arguments:
            case _Global("collections OrderedDict"), ():
                self._push({})
            case (
                _Global("torch._utils _rebuild_tensor_v2"),
                (_Storage() as where, int(offset), tuple(shape), tuple(stride), bool(), dict(hooks)),
            ) if not hooks and len(shape) == len(stride):
                shape, stride = _numbers(shape), _numbers(stride)
                self._push(TensorInfo(where.record, where.dtype, where.elements, offset, shape, stride))
            case _Global("torch._utils _rebuild_parameter"), (TensorInfo() as tensor, bool(), {}):
                self._push(tensor)
            case _:
                raise CheckpointError(_NOT_A_STATE_DICT)

    def build(self, _: Any) -> None:
        """What a pickle uses to set attributes: a state_dict has one, `_metadata`, of no use here."""
        state = self._pop()
        if not isinstance(state, dict) or set(state) != {"_metadata"} or not isinstance(self.stack[-1], dict):
            raise CheckpointError(_NOT_A_STATE_DICT)


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
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "BINPERSID": _Machine.persistent_id,
    "REDUCE": _Machine.reduce,
    "BUILD": _Machine.build,
}


_ALLOWED: Final = {*_IGNORED, *_CONSTANTS, *_LITERALS, *_STEPS}


def _unknown(name: str) -> str:
    if name in ("EMPTY_LIST", "APPEND", "APPENDS"):
        return f"The file holds more than named tensors: a list, as an optimizer's state has. {_REMEDY}"
    return (
        f"The file asks for the pickle instruction {name.replace('_', '-')}, which no state_dict needs, "
        f"so it is not opened. {_REMEDY}"
    )


def _literal(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_STRING:
        raise CheckpointError(f"The file holds an absurdly long name. {_REMEDY}")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise CheckpointError(f"The file holds an absurdly large number. {_REMEDY}")
    return value


def _numbers(values: tuple[Any, ...]) -> tuple[int, ...]:
    """A shape or a stride: a few whole numbers from 0."""
    if len(values) > MAX_DIMENSIONS or not all(type(value) is int and value >= 0 for value in values):
        raise CheckpointError("A tensor of the file has an impossible shape.")
    return values


def _refused(argument: str) -> str:
    """Why a name that the program mentions is not looked up."""
    module, _, function = argument.partition(" ")
    name = shown(f"{module}.{function}")
    if module in ("torch", "torch._utils", "torch._tensor", "torch.storage"):
        return f"The file holds a tensor of a kind not accepted here, {name}: ordinary dense tensors only."
    if function[:1].isupper():
        return (
            f"The file holds a whole pickled model or object, {name}, and opening one runs the code in it, "
            f"so it is not opened. {_REMEDY}"
        )
    return f"The file asks to run {name} when it is opened, so it is not opened. {_REMEDY}"
