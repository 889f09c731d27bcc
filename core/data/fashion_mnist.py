"""What Fashion-MNIST is: its classes, its images' size, and the files it is published in."""

from pathlib import Path
from typing import Final

CLASSES: Final = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
"""Names of the ten classes; the label of an image is a position in this tuple."""

CLASS_COUNT: Final = len(CLASSES)
SIDE: Final = 28
"""Height and width of an image, pixels."""

MEAN: Final = 0.2860
"""Mean pixel of the 60,000 training images, scaled to [0, 1], to four decimals."""

STD: Final = 0.3530
"""Standard deviation of the pixels of the 60,000 training images, scaled to [0, 1], to four decimals."""

RAW: Final = Path("FashionMNIST", "raw")
"""Where torchvision keeps the files, below its root."""

FULL_SIZE: Final = {True: 60_000, False: 10_000}
"""Images in the full training set (`True`) and test set (`False`)."""

FULL_SHA256: Final = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
"""SHA-256 of the unpacked files of the full dataset; packed, they differ between distributors."""

SAMPLE_SHA256: Final = {
    "train-images-idx3-ubyte": "444ed5f7ce17397f236f5eba17dd507d3f6912f04edd3e4f1701cdf82f2cc0c5",
    "train-labels-idx1-ubyte": "35d691216f65485d010cc635af5574a9dc04aa5060de9be64ab6e5cb5ead38e9",
    "t10k-images-idx3-ubyte": "7cee33c3c6414b1b86c25e665a6c4f41584269de3b7cc9768b1d351922845eef",
    "t10k-labels-idx1-ubyte": "3128d790775889812b73c4f13923559c8b9e281d112c6ea7862acf60a206a909",
}
"""SHA-256 of the unpacked files of the sample."""


def file_names(train: bool) -> tuple[str, str]:
    """The unpacked files of a split: images, labels."""
    prefix = "train" if train else "t10k"
    return f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"
