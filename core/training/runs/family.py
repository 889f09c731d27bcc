"""The runs that one run has branched into: a tree, in the order in which it is drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.config import TrainConfig
from core.training.presets import changed, place_of
from core.training.runs.summary import RunSummary


@dataclass(frozen=True)
class Branch:
    """One run of the tree."""

    config: TrainConfig
    parent: int | None
    """Place of the run it is a fork of; `None` for the first."""
    start: float
    """Where it leaves that run, in epochs; a half within one."""
    summary: RunSummary | None
    """What it came to; `None` where it is not on disk."""

    @property
    def difference(self) -> str:
        """What is different from the run that it is a fork of."""
        if not self.config.changes:
            return "the first run"
        last = self.config.changes[-1]
        return f"{place_of(last)}: {', '.join(changed(last))}"


def family(config: TrainConfig, runs: Iterable[RunSummary], most: int = 26) -> Sequence[Branch]:
    """The tree that a run belongs to, every run after the one it is a fork of.

    Args:
        config: The run, resolved.
        runs: All runs that may be shown.
        most: How many to give; those with fewer changes come first.
    """
    root = config.root
    known = {run.key: run for run in runs if run.config.root == root}
    configs = {run.config for run in known.values()} | {config}
    for each in list(configs):  # a run in between may be gone
        while (parent := each.parent) is not None:
            configs.add(parent)
            each = parent
    kept = set(sorted(configs, key=_order)[:most])
    ordered: list[TrainConfig] = []

    def walk(run: TrainConfig) -> None:
        ordered.append(run)
        for child in sorted((each for each in kept if each.parent == run), key=_order):
            walk(child)

    walk(root)
    return [Branch(run, _place(run.parent, ordered), _start(run), known.get(run.key())) for run in ordered]


def _order(config: TrainConfig) -> tuple[object, ...]:
    return len(config.changes), [change.place for change in config.changes], config.key()


def _place(parent: TrainConfig | None, ordered: Sequence[TrainConfig]) -> int | None:
    return ordered.index(parent) if parent is not None else None


def _start(config: TrainConfig) -> float:
    if not config.changes:
        return 0.0
    last = config.changes[-1]
    return last.epoch + (0.5 if last.step else 0.0)
