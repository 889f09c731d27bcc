"""Which images the programs are run on."""

from functools import lru_cache
from typing import Final

from core.data import load_split, split_in_use
from core.data.sources import SAMPLE_ROOT
from core.teaching.programs import SETTINGS
from core.teaching.snippets.dataset_root import dataset_root, root_of

_TEST_IMAGES: Final = 256
"""Test images that the programs take."""


@lru_cache(maxsize=1)
def images_root() -> str:
    """What a program reads as `data`: the dataset in use, or the sample where that has too few images."""
    enough = max(SETTINGS["images"].grid()), _TEST_IMAGES
    if len(split_in_use(True)) >= enough[0] and len(split_in_use(False)) >= enough[1]:
        return dataset_root()
    sample = str(SAMPLE_ROOT)
    return root_of((load_split(True, sample), load_split(False, sample)))


def is_sample_instead() -> bool:
    """Whether the programs run on the sample because the dataset in use is too small for them."""
    return images_root() != dataset_root()
