"""Which page plays with a line of a program, and which lines a page plays with."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

from core.teaching.programs import PROGRAMS, Program
from ui.components.line_player import Link
from ui.shell import navigation


@dataclass(frozen=True)
class Place:
    """A section of a page."""

    page: str
    """The page's stem."""
    section: str = ""
    """Its section; empty is the page as it opens."""

    @property
    def query(self) -> dict[str, str]:
        """The link's parameters."""
        parameter = "section" if self.page in _WITH_SECTIONS else "part"
        return {parameter: self.section} if self.section else {}

    @property
    def link(self) -> Link:
        """What to call it, and its address."""
        title = navigation.entry(self.page).title
        query = f"?{urlencode(self.query)}" if self.section else ""
        return f"{title}, {self.section}" if self.section else title, self.page + query


_WITH_SECTIONS: Final = ("model", "predictions")
"""Pages that call the link's parameter `section`."""

_BY_CODE: Final = (
    (r"\.backward\(", Place("autograd", "Backward")),
    (r"retain_grad|\.grad_fn|requires_grad=", Place("autograd", "Graph")),
    (r"\.grad\b", Place("autograd", "Backward")),
    (r"no_grad|detach|requires_grad\)", Place("autograd", "Not tracking")),
    (r"optimizer\.step|optimizer\.zero_grad", Place("optimization", "Step by step")),
    (r"torch\.optim\.", Place("optimization", "Optimizer")),
    (r"loss_fn\(pred|CrossEntropyLoss|binary_cross_entropy", Place("optimization", "Losses")),
    (r"state_dict|torch\.save|torch\.load|model\.pth", Place("checkpoints")),
    (r"one_hot|scatter_", Place("transforms", "Labels")),
    (r"ToTensor|ToImage|ToDtype|to_tensor = ", Place("transforms", "ToTensor")),
    (r"\bmodel\(|forward|softmax|nn\.Softmax", Place("model", "Forward")),
    (r"named_parameters|param\.size", Place("model", "Parameters")),
    (r"nn\.|NeuralNetwork|flatten|hidden1|linear_relu", Place("model", "Build")),
    (r"argmax|predicted", Place("predictions")),
    (r"DataLoader\(|_dataloader|in dataloader", Place("datasets", "Batches")),
    (r"CustomImageDataset|my_data|self\.img|self\.transform|self\.target", Place("datasets", "Your own")),
    (r"\.to\(device\)|^device|current_accelerator", Place("tensors", "Device")),
    (r"learning_rate|batch_size|epochs", Place("optimization", "Hyperparameters")),
    (r"^import |^from ", Place("quickstart")),
    (r"manual_seed", Place("tensors", "Fill")),
)
"""By what stands in a line: the first that is found."""

_BY_HEADING: Final = {
    "Make tensors from data": Place("tensors", "Make"),
    "Make them from a NumPy array": Place("tensors", "Make"),
    "Make them like another tensor": Place("tensors", "Fill"),
    "Make them of a shape": Place("tensors", "Fill"),
    "Ask a tensor what it is": Place("tensors", "Look inside"),
    "Move it to the accelerator, if there is one": Place("tensors", "Device"),
    "Index and slice": Place("tensors", "Index"),
    "Join": Place("tensors", "Join"),
    "Multiply matrices": Place("tensors", "Multiply"),
    "Multiply element by element": Place("tensors", "Multiply"),
    "Turn one element into a number": Place("tensors", "Reduce"),
    "Change a tensor in place": Place("tensors", "Reduce"),
    "Share memory with NumPy": Place("tensors", "NumPy"),
    "Share memory the other way": Place("tensors", "NumPy"),
    "Get the images": Place("datasets", "Load"),
    "Take a few images": Place("datasets", "Browse"),
    "Look at the images": Place("datasets", "Load"),
    "Write a few images into a folder": Place("datasets", "Your own"),
    "Make a dataset of your own files": Place("datasets", "Your own"),
    "Hand": Place("datasets", "Batches"),
    "Take the first batch": Place("datasets", "Batches"),
    "Without transforms": Place("transforms", "Raw data"),
    "Say how a picture": Place("transforms", "ToTensor"),
    "Say how a label": Place("transforms", "Labels"),
    "With transforms": Place("transforms", "ToTensor"),
    "One transform at a time": Place("transforms", "Build a pipeline"),
    "One-hot labels": Place("transforms", "Labels"),
    "Choose the device": Place("tensors", "Device"),
    "Define the model": Place("model", "Build"),
    "Ask it for a prediction": Place("model", "Forward"),
    "Look at the layers": Place("model", "Architecture"),
    "Chain them": Place("model", "Build"),
    "Look at the parameters": Place("model", "Parameters"),
    "A network of one layer": Place("autograd", "Graph"),
    "Ask which operation": Place("autograd", "Graph"),
    "Compute the gradients": Place("autograd", "Backward"),
    "A second time": Place("autograd", "Backward"),
    "Stop tracking": Place("autograd", "Not tracking"),
    "Another way: detach": Place("autograd", "Not tracking"),
    "Gradients of more than one number": Place("autograd", "Vectors"),
    "Choose the hyperparameters": Place("optimization", "Hyperparameters"),
    "Choose a loss function": Place("optimization", "Losses"),
    "Learn from every batch once": Place("optimization", "Step by step"),
    "Measure the error": Place("optimization", "Full loop"),
    "The training loop": Place("optimization", "Step by step"),
    "The test loop": Place("optimization", "Full loop"),
    "Train for several epochs": Place("training"),
    "Save what the model": Place("checkpoints"),
    "Load it into a new model": Place("checkpoints"),
    "Predict": Place("predictions"),
}
"""By the comment at the top level that a line stands under: how it begins."""


@lru_cache(maxsize=32)
def places(program: Program, version: str) -> dict[int, Place]:
    """The page that plays with each line of a program, by the line's number, counted from 1."""
    found: dict[int, Place] = {}
    under = Place(program.page)
    for number, line in enumerate(program.text(version).splitlines(), start=1):
        if line.startswith("# "):
            under = next(place for heading, place in _BY_HEADING.items() if line[2:].startswith(heading))
        elif line.strip():
            found[number] = next((place for code, place in _BY_CODE if re.search(code, line)), under)
    return found


def links(program: Program, version: str) -> dict[int, Link]:
    """The same as names and addresses."""
    return {line: place.link for line, place in places(program, version).items()}


@lru_cache(maxsize=128)
def lines_of(page: str, section: str) -> tuple[tuple[Program, int], ...]:
    """The first line of each program that a page plays with, in today's version.

    Args:
        page: The page's stem.
        section: Its section; empty for any.
    """
    found = []
    for program in PROGRAMS:
        for line, place in places(program, "today").items():
            if place.page == page and section in ("", place.section):
                found.append((program, line))
                break
    return tuple(found)
