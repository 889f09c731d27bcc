"""What a run is, and how its settings are checked."""

from core.config.changes import (
    MAX_CHANGES,
    Change,
)
from core.config.network import (
    MAX_CHANNELS,
    MAX_DEPTH,
    MAX_LAYERS,
    MAX_PARAMETERS,
    MAX_WIDTH,
    Activation,
    Architecture,
    LayerConfig,
    LayerKind,
    ModelConfig,
)
from core.config.parts import (
    MAX_BATCH,
    MAX_EPOCHS,
    MAX_MENDED,
    MAX_SEED,
    MAX_STEPS,
    MIN_BATCH,
    DataConfig,
    Loss,
    Normalization,
    OptimizerConfig,
    OptimizerName,
    Precision,
    Schedule,
)
from core.config.run import (
    SCHEMA_VERSION,
    TrainConfig,
)

__all__ = [
    "MAX_BATCH",
    "MAX_CHANGES",
    "MAX_CHANNELS",
    "MAX_DEPTH",
    "MAX_EPOCHS",
    "MAX_LAYERS",
    "MAX_MENDED",
    "MAX_PARAMETERS",
    "MAX_SEED",
    "MAX_STEPS",
    "MAX_WIDTH",
    "MIN_BATCH",
    "SCHEMA_VERSION",
    "Activation",
    "Architecture",
    "Change",
    "DataConfig",
    "LayerConfig",
    "LayerKind",
    "Loss",
    "ModelConfig",
    "Normalization",
    "OptimizerConfig",
    "OptimizerName",
    "Precision",
    "Schedule",
    "TrainConfig",
]
