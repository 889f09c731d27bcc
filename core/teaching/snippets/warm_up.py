"""What PyTorch makes on first use, made once before the first snippet needs it."""

from collections.abc import Callable
from typing import Final

from core.teaching.snippets.runner import execute

_PROGRAM: Final = """
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchvision.transforms import ToTensor, v2

torch.manual_seed(0)
image = Image.new("L", (28, 28))
stages = [v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize((0.5,), (0.5,))]
x = v2.Compose(stages)(image)
ToTensor()(image)
loader = DataLoader(TensorDataset(x[None], torch.tensor([3])), batch_size=1, shuffle=True)
model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.ReLU())
for optimizer in (torch.optim.SGD(model.parameters()), torch.optim.Adam(model.parameters())):
    for X, y in loader:
        nn.CrossEntropyLoss()(model(X), y).backward()
        optimizer.step()
        optimizer.zero_grad()
"""


def warm_up(report: Callable[[float], None]) -> None:
    """Run a small program that touches what the lessons' programs do, for `core.system.apart`."""
    execute(_PROGRAM)
    report(1.0)
