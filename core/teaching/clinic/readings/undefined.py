"""Names that nothing has given a value."""

from typing import Final

from core.teaching.clinic.kind import Holes

_IMPORTS: Final = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "optim": "from torch import optim",
    "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt",
    "pd": "import pandas as pd",
    "os": "import os",
    "math": "import math",
    "time": "import time",
    "random": "import random",
    "copy": "import copy",
    "tqdm": "from tqdm import tqdm",
    "Image": "from PIL import Image",
    "transforms": "from torchvision import transforms",
    "datasets": "from torchvision import datasets",
    "models": "from torchvision import models",
    "DataLoader": "from torch.utils.data import DataLoader",
    "Dataset": "from torch.utils.data import Dataset",
    "TensorDataset": "from torch.utils.data import TensorDataset",
    "random_split": "from torch.utils.data import random_split",
    "SummaryWriter": "from torch.utils.tensorboard import SummaryWriter",
}
"""The line that brings each of the names that programs use most."""


def undefined(found: Holes) -> str:
    """What the name is, and where it comes from as a rule."""
    name = found["n"].strip()[:40]
    if name == "Variable":
        return (
            "`Variable` is not needed since PyTorch 0.4, every tensor is one: leave it out, `x` in place of "
            "`Variable(x)`. Or `from torch.autograd import Variable`."
        )
    if name in _IMPORTS:
        return f"`{name}` mostly comes from an import: `{_IMPORTS[name]}`."
    if name == "self" or name.startswith("__"):
        return f"The name is `{name}`."
    if name[:1].isupper():
        return (
            f"`{name}` looks like a class. Either it is called otherwise where it is defined (compare the "
            "spelling there), or its file was not imported, or it stands further down than the line that "
            "uses it."
        )
    return (
        f"The name is `{name}`: look where it should get its value, and whether that line runs "
        "before this one."
    )
