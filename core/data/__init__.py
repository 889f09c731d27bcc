"""Fashion-MNIST: where it comes from, the splits, the names of the classes, and numbers about the images."""

from core.data.sources import CLASSES, Split, load_split
from core.data.statistics import MEAN, STD, mean_and_std

__all__ = ["CLASSES", "MEAN", "STD", "Split", "load_split", "mean_and_std"]
