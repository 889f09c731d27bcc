"""Questions of the mistakes page: what is no error, and still not what one thinks."""

# mypy: disable-error-code="arg-type, var-annotated"
# A range serves as a dataset: it has a length and items, which is all that a loader needs.

import torch
from torch import nn
from torch.utils.data import DataLoader

from core.teaching.questions.question import question


@question(
    "mistakes",
    "The same seed: 15 numbers drawn alone, and the first 15 of 16. How many are the same?",
    answer="0",
    wrong=("15", "14", "1"),
)
def same_seed_other_numbers() -> None:
    """From 16 numbers on, a CPU draws in another way, and a GPU in yet another: a seed is for one device."""
    torch.manual_seed(0)
    alone = torch.randn(15)
    torch.manual_seed(0)
    of_sixteen = torch.randn(16)[:15]
    print(int((alone == of_sixteen).sum()))


@question(
    "mistakes",
    "A loader's generator is seeded once. How many of 100 images have the same place in the second epoch?",
    answer="2",
    wrong=("100", "50", "99"),
)
def seeds_of_epochs() -> None:
    """The generator goes on. Worker processes get their seeds from it as well, new ones in each epoch."""
    generator = torch.Generator().manual_seed(0)
    loader = DataLoader(range(100), batch_size=100, shuffle=True, generator=generator)
    first, second = next(iter(loader)), next(iter(loader))
    print(int((first == second).sum()))


@question(
    "mistakes",
    "A hook counts the calls. `model(x)` is called once, then `model.forward(x)`. What does it count?",
    answer="1",
    wrong=("2", "0", "3"),
)
def forward_past_hooks() -> None:
    """Calling the module runs its hooks and then `forward`. Calling `forward` directly skips them."""
    calls = []
    model = nn.Linear(4, 2)
    model.register_forward_hook(lambda *seen: calls.append(1))
    x = torch.zeros(1, 4)
    model(x)
    model.forward(x)
    print(len(calls))


@question(
    "mistakes",
    "What is the shape of `torch.Tensor(3)`?",
    answer="torch.Size([3])",
    wrong=("torch.Size([])", "torch.Size([1])", "torch.Size([3, 3])"),
)
def capital_tensor() -> None:
    """`torch.Tensor` is the class: given a size, it makes that many values. `torch.tensor(3)` holds a 3."""
    print(torch.Tensor(3).shape)
