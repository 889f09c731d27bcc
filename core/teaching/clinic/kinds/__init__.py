"""What the clinic knows, by topic."""

from collections.abc import Mapping
from typing import Final

from core.teaching.clinic.kind import Kind
from core.teaching.clinic.kinds import (
    comparisons,
    conversion,
    datasets,
    devices,
    distributed,
    drivers,
    everyday,
    files,
    frameworks,
    gradients,
    graphs,
    indexing,
    inside,
    installations,
    joining,
    layers,
    losses,
    memory,
    modules,
    names,
    notices,
    objects,
    optimizers,
    progress,
    resizing,
    sequences,
    settings,
    shapes,
    state_dicts,
    surprises,
    symptoms,
    targets,
    training,
    transforms,
    values,
    workers,
)

TOPICS: Final[Mapping[str, tuple[Kind, ...]]] = {
    "Shapes": (*shapes.KINDS, *joining.KINDS, *resizing.KINDS),
    "Indices and single values": indexing.KINDS,
    "Types and values": (*conversion.KINDS, *objects.KINDS, *values.KINDS, *everyday.KINDS),
    "Layers": (*layers.KINDS, *sequences.KINDS, *settings.KINDS),
    "Classes": (*modules.KINDS, *names.KINDS),
    "Losses": (*losses.KINDS, *targets.KINDS),
    "Autograd": (*gradients.KINDS, *graphs.KINDS),
    "Devices": (*devices.KINDS, *memory.KINDS, *drivers.KINDS),
    "Files": (*files.KINDS, *state_dicts.KINDS),
    "Optimizers": optimizers.KINDS,
    "Data and transforms": (*datasets.KINDS, *transforms.KINDS),
    "Several processes": (*workers.KINDS, *distributed.KINDS),
    "Installations": (*installations.KINDS, *inside.KINDS),
    "Training": (*symptoms.KINDS, *training.KINDS, *surprises.KINDS, *comparisons.KINDS, *progress.KINDS),
    "Lightning and TorchScript": frameworks.KINDS,
    "Warnings": notices.KINDS,
}
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kinds in TOPICS.values() for kind in kinds}
