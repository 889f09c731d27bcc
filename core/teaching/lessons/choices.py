"""Choices that several lessons offer: how it is written today, and how the tutorial wrote it."""

from core.teaching.snippets.params import Code

TRANSFORM = Code(
    label="Transform",
    default="today",
    top=True,
    options={
        "today": "v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])",
        "as in the tutorial": "ToTensor()",
    },
    help="`ToTensor` still works. `v2` names its two steps: make a tensor of it, then float32 "
    "numbers in [0, 1].",
)

DEVICE = Code(
    label="Find the device",
    default="today",
    options={
        "today": "torch.accelerator.current_accelerator().type "
        'if torch.accelerator.is_available() else "cpu"',
        "before PyTorch 2.6": '"cuda" if torch.cuda.is_available() else '
        '"mps" if torch.backends.mps.is_available() else "cpu"',
    },
    help="`torch.accelerator` came with PyTorch 2.6: one question for every kind of GPU, where there were "
    "several before.",
)
