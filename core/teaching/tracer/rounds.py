"""What is kept of a program's steps: all that stand in no loop, and of a loop the rounds worth seeing."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.teaching.tracer.values import Description

FIRST_ROUNDS: Final = 2
"""Rounds of a loop that are kept from its start."""

Place = tuple[int, str, int, int]
"""In a loop: its first line, the function that is called if it is a row of calls, the round, of how many."""


@dataclass(frozen=True, eq=False)
class Step:
    """A line that was run, with what it left."""

    line: int
    last: int
    kind: str
    """`line`; `call`, where a function begins; `end`, where a loop finds nothing more; `leave`, where a
    `with` block ends."""
    function: str
    """The function it stands in; empty at the top level."""
    parents: tuple[tuple[str, int], ...]
    scope: Mapping[str, Description]
    """The function's local names."""
    outside: Mapping[str, Description]
    """The program's global names."""
    local_marks: Mapping[str, Description | None]
    """Local names that were made or changed, with what they were before."""
    marks: Mapping[str, Description | None]
    """The same of global names."""
    printed: int
    """Pieces of output so far."""
    returned: Description | None
    error: str
    tick: int
    """Lines run so far."""

    def novelty(self) -> Iterator[Hashable]:
        """What makes a round worth keeping that no earlier one had: the line, or a shape in it."""
        yield self.line, self.kind, self.error
        for marks, scope in ((self.local_marks, self.scope), (self.marks, self.outside)):
            for name in marks:
                yield self.line, name, scope[name]["type"], tuple(scope[name].get("shape", ()))


@dataclass(eq=False)
class Round:
    """One round of a loop, or one call of a function."""

    number: int
    items: list["Step | Loop"] = field(default_factory=list)
    new: set[Hashable] = field(default_factory=set)
    """The novelty of its steps, and of those in it."""

    def add(self, step: Step) -> None:
        """Append a step."""
        self.items.append(step)
        self.new.update(step.novelty())

    @property
    def is_end(self) -> bool:
        """Whether the loop's head found nothing more."""
        first = self.items[0] if len(self.items) == 1 else None
        return isinstance(first, Step) and first.kind == "end"


@dataclass(eq=False)
class Loop:
    """The rounds of a loop, or the calls of one function by one statement."""

    line: int
    called: str = ""
    count: int = 0
    kept: list[Round] = field(default_factory=list)
    _known: set[Hashable] = field(default_factory=set)
    _last_is_kept: bool = True
    """Whether the last round is there for more than being the last."""

    def begin(self) -> Round:
        """A new round."""
        self.count += 1
        return Round(self.count)

    def end(self, ended: Round) -> None:
        """Keep a round that has ended; the one before goes if it was only kept as the last."""
        if not self._last_is_kept:
            self.kept.pop()
        self._last_is_kept = ended.number <= FIRST_ROUNDS or not ended.new <= self._known
        self._known |= ended.new
        self.kept.append(ended)


def flatten(round_: Round, places: tuple[Place, ...] = ()) -> Iterator[tuple[Step, tuple[Place, ...]]]:
    """The steps in the order in which they are played, each with its place in the loops around it."""
    for item in round_.items:
        if isinstance(item, Step):
            yield item, places
        else:
            for kept in item.kept:
                place = (item.line, item.called, kept.number, item.count)
                yield from flatten(kept, (*places, place))
