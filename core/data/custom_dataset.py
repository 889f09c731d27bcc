"""The tutorial's custom dataset: a CSV file of file names and labels, and a folder of images."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from PIL import Image
from torch.utils.data import Dataset
from torchvision.transforms.v2.functional import pil_to_tensor


class CustomImageDataset(Dataset[tuple[Any, Any]]):
    """Images of a folder, with the labels of a CSV file.

    The first column is a file's name inside the folder, the second its label; the first line is a header.
    Files are read when a sample is asked for, so a dataset of any size costs no memory. It trusts its files:
    what a stranger uploads goes through `core.data.own_dataset`.

    Args:
        annotations_file: The CSV file.
        img_dir: The folder.
        transform: Applied to each image, a uint8 tensor of 1 x H x W.
        target_transform: Applied to each label.
    """

    def __init__(
        self,
        annotations_file: str | Path,
        img_dir: str | Path,
        transform: Callable[[Any], Any] | None = None,
        target_transform: Callable[[Any], Any] | None = None,
    ) -> None:
        self.img_labels = pd.read_csv(annotations_file)
        self.img_dir = Path(img_dir)
        self.transform = transform
        self.target_transform = target_transform

    def __len__(self) -> int:
        return len(self.img_labels)

    def __getitem__(self, idx: int) -> tuple[Any, Any]:
        """The image and the label at position `idx`, transformed."""
        name, label = self.img_labels.iloc[idx, :2]
        image = pil_to_tensor(Image.open(self.img_dir / name).convert("L"))
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            label = self.target_transform(label)
        return image, label
