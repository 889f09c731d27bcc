"""The eight test images whose predictions are shown, from the sample on which the runs were made."""

from functools import lru_cache

from torch import Tensor

from core.data import load_split
from core.teaching.symptoms.live import SAMPLE


@lru_cache(maxsize=1)
def eight_images() -> tuple[Tensor, tuple[str, ...], tuple[str, ...]]:
    """Their pixels (uint8, 8 x 28 x 28), what each is, and the names of all classes."""
    split = load_split(False, root=str(SAMPLE))
    truth = tuple(split.classes[int(label)] for label in split.labels[:8])
    return split.images[:8], truth, tuple(split.classes)
