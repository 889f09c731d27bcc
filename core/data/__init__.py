"""Fashion-MNIST: where it comes from, the splits, the names of the classes, and numbers about the images."""

from core.data.fashion_mnist import CLASS_COUNT, CLASSES, MEAN, SIDE, STD
from core.data.sources import Split, load_split, split_in_use
from core.data.statistics import mean_and_std

__all__ = [
    "CLASSES",
    "CLASS_COUNT",
    "MEAN",
    "SIDE",
    "STD",
    "Split",
    "load_split",
    "mean_and_std",
    "split_in_use",
]
