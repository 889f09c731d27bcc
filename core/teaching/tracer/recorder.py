"""Records a program line by line, restricted to its own code, and keeps what is worth playing back.

`sys.settrace` holds for one thread, so that nobody else is slowed down. Frames of torch and of the standard
library are not traced: a call into them is one step.
"""

import inspect
import sys
import time
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import torch

from core.teaching.tracer.rounds import Loop, Round, Step
from core.teaching.tracer.series import Series
from core.teaching.tracer.statements import Statement, Statements
from core.teaching.tracer.values import Describer, Description

_Tracer = Callable[[types.FrameType, str, Any], Any]

PROGRAM_FILE: Final = "<program>"
"""The name under which the program is compiled: frames of code of this name are traced."""
MAX_EVENTS: Final = 40_000
"""Lines that a program may run while it is recorded."""

_HIDDEN_CODE: Final = ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>")


class TooLongError(BaseException):
    """Ends a program that has used up its time; no `except Exception` of the program catches it."""


@dataclass(eq=False)
class _Activation:
    """One call of a function of the program, or the program itself."""

    frame: types.FrameType
    name: str
    parents: tuple[tuple[str, int], ...]
    """The calls it is in, from the outermost: a function's name and the line that is being run in it."""
    blocks: list[tuple[Loop, Round]]
    """The open loops and their current rounds, from the outermost; first a round for what is in no loop."""
    pending: Statement | None = None
    """The statement that is being run."""
    calls: dict[types.CodeType, Loop] = field(default_factory=dict)
    """Of the pending statement: the program's functions that it has called."""
    error: str = ""
    seen: dict[str, Description] = field(default_factory=dict)
    """The local names as the last step left them."""

    @property
    def round(self) -> Round:
        """Where the next step goes."""
        return self.blocks[-1][1]


class Recorder:
    """Traces one run of a program.

    Args:
        statements: The program's statements.
        describer: Describes values.
        printed: Tells how many pieces of output there are so far.
        seconds: Processor time that the run may take.
    """

    def __init__(
        self, statements: Statements, describer: Describer, printed: Callable[[], int], seconds: float
    ) -> None:
        self._statements = statements
        self._describer = describer
        self._printed = printed
        self._deadline = time.thread_time() + seconds
        self._stack: list[_Activation] = []
        self._globals_seen: dict[str, Description] = {}
        self._events = 0
        self.root = Round(0)
        self.series = Series()

    def run(self, code: types.CodeType, namespace: dict[str, Any]) -> None:
        """Run the program in `namespace` and record it. What the program raises is raised."""
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            exec(code, namespace)
        finally:
            sys.settrace(before)

    def _enter(self, frame: types.FrameType, _event: str, _argument: Any) -> "_Tracer | None":
        code = frame.f_code
        if code.co_filename != PROGRAM_FILE or code.co_name in _HIDDEN_CODE:
            return None
        if not self._stack:
            self._stack.append(_Activation(frame, "", (), [(Loop(0), self.root)]))
            return self._follow
        caller = self._stack[-1]
        statement = caller.pending
        if statement is None:
            return None
        calls = caller.calls.get(code)
        if calls is None:
            calls = caller.calls[code] = Loop(statement.first, called=_readable(code.co_name))
            caller.round.items.append(calls)
        parents = (*caller.parents, (caller.name, statement.first))
        entered = _Activation(frame, _readable(code.co_name), parents, [(calls, calls.begin())])
        self._stack.append(entered)
        head = self._statements.at(code.co_firstlineno)
        if code.co_flags & inspect.CO_OPTIMIZED:  # a function; the body of a class begins with its own head
            self._add(entered, head, kind="call")
        return self._follow

    def _follow(self, frame: types.FrameType, event: str, argument: Any) -> "_Tracer | None":
        here = self._stack[-1]
        if here.frame is not frame:
            return self._follow
        if event == "line":
            self._line(here, frame.f_lineno)
        elif event == "exception":
            kind, error, _ = argument
            if not issubclass(kind, StopIteration):
                here.error = f"{kind.__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        elif event == "return":
            is_function = frame.f_code.co_flags & inspect.CO_OPTIMIZED
            self._finish(here, returned=argument if is_function else None)
            while len(here.blocks) > 1:
                _leave_loop(here)
            self._stack.pop()
            loop, round_ = here.blocks[0]
            if self._stack:
                loop.end(round_)
                self._stack[-1].round.new |= round_.new
        return self._follow

    def _line(self, here: _Activation, line: int) -> None:
        self._events += 1
        if time.thread_time() > self._deadline or self._events > MAX_EVENTS:
            raise TooLongError
        statement = self._statements.at(line)
        if statement is here.pending:
            return  # a statement of several lines goes on
        self._finish(here, next_statement=statement)
        self._move(here, statement)
        here.pending = statement

    def _move(self, here: _Activation, statement: Statement) -> None:
        """Close the loops that the statement is not in, and begin a round if it is the head of one."""
        while len(here.blocks) > 1 and here.blocks[-1][0].line not in statement.loops:
            _leave_loop(here)
        if not statement.is_loop:
            return
        loop, round_ = here.blocks[-1]
        if loop.line == statement.first and len(here.blocks) > 1:
            loop.end(round_)
            here.blocks[-2][1].new |= round_.new
            here.blocks[-1] = (loop, loop.begin())
        else:
            loop = Loop(statement.first)
            here.round.items.append(loop)
            here.blocks.append((loop, loop.begin()))

    def _finish(
        self, here: _Activation, *, returned: Any = None, next_statement: Statement | None = None
    ) -> None:
        """Record the pending statement, which has just been run."""
        statement = here.pending
        if statement is None:
            return
        after = next_statement.first if next_statement else statement.body_end + 1
        kind = "line"
        if statement.is_loop and not statement.first < after <= statement.body_end:
            kind = "end"
        elif statement.kind == "with" and not statement.first < after <= statement.body_end:
            kind = "leave"
        self._add(here, statement, kind=kind, returned=returned)
        here.pending = None
        here.calls = {}
        here.error = ""

    def _add(self, here: _Activation, statement: Statement, *, kind: str, returned: Any = None) -> None:
        with torch._C.DisableTorchFunction():  # looking at values is none of the program's own calls
            self._record(here, statement, kind, returned)

    def _record(self, here: _Activation, statement: Statement, kind: str, returned: Any) -> None:
        inside = here.frame.f_code.co_name != "<module>"
        scope = self._scope(here.frame.f_locals) if inside else {}
        outside = self._scope(here.frame.f_globals)
        bound = statement.assigned if kind == "line" else frozenset(scope) if kind == "call" else frozenset()
        step = Step(
            line=statement.first,
            last=statement.last,
            kind=kind,
            parents=here.parents,
            function=here.name,
            scope=scope,
            outside=outside,
            local_marks=_marks(scope, here.seen, bound) if inside else {},
            marks=_marks(outside, self._globals_seen, frozenset() if inside else bound),
            printed=self._printed(),
            returned=None if returned is None else self._describer.describe(returned),
            error=self._describer.text(here.error),
            tick=self._events,
        )
        here.seen, self._globals_seen = scope, outside
        here.round.add(step)
        self.series.add(here.name, step)

    def _scope(self, names: Mapping[str, Any]) -> dict[str, Description]:
        return {
            name: self._describer.describe(value)
            for name, value in names.items()
            if not name.startswith("__") and not _imported(value)
        }


def _marks(
    scope: Mapping[str, Description], seen: Mapping[str, Description], bound: frozenset[str]
) -> dict[str, Description | None]:
    """The names that a step made or changed, each with its description before (`None` if it is new)."""
    return {
        name: seen.get(name)
        for name, now in scope.items()
        if name in bound or name not in seen or (seen[name] is not now and seen[name] != now)
    }


def _imported(value: Any) -> bool:
    """Whether a name is one of a library: a module, a class or a function that the program did not write."""
    if isinstance(value, types.ModuleType):
        return True
    return isinstance(value, type | types.FunctionType | types.BuiltinFunctionType) and (
        value.__module__ != "__main__"
    )


def _readable(name: str) -> str:
    return "lambda" if name == "<lambda>" else name


def _leave_loop(here: _Activation) -> None:
    """End the innermost loop; its last round, in which the head found nothing more, is no round."""
    loop, round_ = here.blocks.pop()
    here.round.new |= round_.new
    if round_.is_end:
        loop.count -= 1
        here.round.items.append(round_.items[0])
    else:
        loop.end(round_)
