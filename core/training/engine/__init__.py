"""The only training loop and the only evaluation loop, and what a step is made of."""

from core.training.engine.batches import to_input
from core.training.engine.inference import EVALUATION_BATCH, confusion_matrix, evaluate, predict_logits
from core.training.engine.loop import SEED_OFFSETS, run_training
from core.training.engine.threads import threads_for

__all__ = [
    "EVALUATION_BATCH", "SEED_OFFSETS", "confusion_matrix", "evaluate", "predict_logits", "run_training",
    "threads_for", "to_input",
]  # fmt: skip
