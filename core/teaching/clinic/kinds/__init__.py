"""What the clinic knows, by topic."""

from collections.abc import Mapping
from typing import Final

from core.teaching.clinic.kind import Kind
from core.teaching.clinic.kinds import (
    conversion,
    datasets,
    devices,
    drivers,
    files,
    gradients,
    graphs,
    indexing,
    installations,
    joining,
    layers,
    losses,
    modules,
    objects,
    optimizers,
    sequences,
    shapes,
    state_dicts,
    symptoms,
    targets,
    transforms,
    workers,
)

TOPICS: Final[Mapping[str, tuple[Kind, ...]]] = {
    "Shapes": (*shapes.KINDS, *joining.KINDS),
    "Indices and single values": indexing.KINDS,
    "Types": (*conversion.KINDS, *objects.KINDS),
    "Layers": (*layers.KINDS, *sequences.KINDS),
    "Classes": modules.KINDS,
    "Losses": (*losses.KINDS, *targets.KINDS),
    "Autograd": (*gradients.KINDS, *graphs.KINDS),
    "Devices": (*devices.KINDS, *drivers.KINDS),
    "Files": (*files.KINDS, *state_dicts.KINDS),
    "Optimizers": optimizers.KINDS,
    "Data and transforms": (*datasets.KINDS, *transforms.KINDS),
    "Workers and installations": (*workers.KINDS, *installations.KINDS),
    "Training": symptoms.KINDS,
}
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kinds in TOPICS.values() for kind in kinds}
