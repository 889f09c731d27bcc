"""Questions of the training, compare, predictions and checkpoints pages."""

# mypy: disable-error-code="arg-type, var-annotated, no-untyped-call"
# A range serves as a dataset: it has a length and items, which is all that a loader needs. The lessons
# have no annotations.

import io

import torch
from torch import nn
from torch.utils.data import DataLoader

from core.teaching.lessons.neural_network import NeuralNetwork
from core.teaching.questions.question import question


@question(
    "training",
    "Five epochs of 60,000 images in batches of 64: how many steps?",
    answer="4,690",
    wrong=("938", "4,685", "300,000"),
)
def steps_of_a_run() -> None:
    """938 batches per epoch, the small last one included, and one step per batch."""
    loader = DataLoader(range(60_000), batch_size=64)
    print(f"{5 * len(loader):,}")


@question(
    "training",
    "Dropout with p = 0.5 on ones, in training. What do the ones become that it keeps?",
    answer="2.0",
    wrong=("1.0", "0.5", "0.0"),
)
def kept_by_dropout() -> None:
    """It divides by 1 - p, so that the sum stays about the same and nothing has to change in use."""
    torch.manual_seed(0)
    layer = nn.Dropout(p=0.5)
    print(layer(torch.ones(1000)).max().item())


@question(
    "training",
    "The mean loss of a batch of 64 is 1.0, that of a last batch of 32 is 4.0. And per image?",
    answer="2.0",
    wrong=("2.5", "5.0", "3.0"),
)
def mean_per_image() -> None:
    """Each image counts once: (64 × 1 + 32 × 4) / 96. The mean of the two means would be 2.5."""
    sizes, means = torch.tensor([64.0, 32.0]), torch.tensor([1.0, 4.0])
    print(((sizes * means).sum() / sizes.sum()).item())


@question(
    "training",
    "The rate starts at 0.1 and `StepLR` halves it after every epoch. What is it after two epochs?",
    answer="0.025",
    wrong=("0.05", "0.1", "0.0125"),
)
def halved_twice() -> None:
    """0.1 × 0.5 × 0.5: each call of `scheduler.step()` multiplies the optimizer's rate by gamma."""
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    for _ in range(2):
        optimizer.step()
        scheduler.step()
    print(f"{scheduler.get_last_lr()[0]:g}")


@question(
    "compare",
    "A network gets 90% of 10,000 test images right. How large is the standard error of that share?",
    answer="0.3%",
    wrong=("3.0%", "0.0%", "10.0%"),
)
def standard_error() -> None:
    """√(p (1 - p) / n). To compare two networks on the same images, count where they disagree instead."""
    share, images = torch.tensor(0.9), 10_000
    print(f"{(share * (1 - share) / images).sqrt().item():.1%}")


@question(
    "compare",
    "Two networks from seed 0, and one from seed 1. Are the first two alike, and the last two?",
    answer="True, False",
    wrong=("True, True", "False, False", "False, True"),
)
def seeds_and_weights() -> None:
    """`torch.manual_seed` fixes PyTorch's random numbers (Python's and NumPy's have seeds of their own)."""
    weights = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        weights.append(nn.Linear(784, 10).weight)
    print(f"{torch.equal(weights[0], weights[1])}, {torch.equal(weights[1], weights[2])}")


@question(
    "compare",
    "Batches of 64 against batches of 256, one epoch of 60,000 images. How many steps does each take?",
    answer="938 and 235",
    wrong=("938 and 938", "235 and 938", "64 and 256"),
)
def steps_at_two_sizes() -> None:
    """Larger batches mean fewer steps, so a curve over steps and one over epochs look different."""
    small, large = (DataLoader(range(60_000), batch_size=size) for size in (64, 256))
    print(f"{len(small)} and {len(large)}")


@question(
    "predictions",
    "The logits of three classes are -1.0, 2.5 and 0.3. Which class is predicted?",
    answer="1",
    wrong=("0", "2", "2.5"),
)
def predicted_class() -> None:
    """The largest logit wins, and `argmax` gives its place, counted from 0."""
    logits = torch.tensor([-1.0, 2.5, 0.3])
    print(logits.argmax().item())


@question(
    "predictions",
    "Two logits, 0 and 1: the second class has 73%. Multiply both by 10. How sure is it now?",
    answer="100.0%",
    wrong=("73.1%", "7.3%", "50.0%"),
)
def louder_logits() -> None:
    """The same class wins, but a difference of 10 leaves the other 0.005%. Sure is not the same as right."""
    logits = torch.tensor([0.0, 1.0])
    print(f"{(10 * logits).softmax(0)[1].item():.1%}")


@question(
    "predictions",
    "A confusion matrix: rows (actual) `[8, 2]` and `[1, 9]`. What is the accuracy?",
    answer="0.85",
    wrong=("0.80", "0.90", "0.89"),
)
def accuracy_of_a_matrix() -> None:
    """What is on the diagonal was right: 8 + 9 of 20."""
    matrix = torch.tensor([[8, 2], [1, 9]])
    print(f"{(matrix.diagonal().sum() / matrix.sum()).item():.2f}")


@question(
    "predictions",
    "The same matrix. Of the images **called** the first class, which share is?",
    answer="0.89",
    wrong=("0.80", "0.85", "0.90"),
)
def precision_of_a_class() -> None:
    """That is precision, along the column: 8 of 8 + 1. Along the row it would be recall, 8 of 8 + 2."""
    matrix = torch.tensor([[8, 2], [1, 9]])
    print(f"{(matrix[0, 0] / matrix[:, 0].sum()).item():.2f}")


@question(
    "checkpoints",
    "What is the first name in the `state_dict` of the tutorial's network?",
    answer="linear_relu_stack.0.weight",
    wrong=("flatten.weight", "linear_relu_stack.weight", "0.weight"),
)
def first_key() -> None:
    """The attribute, the place in the `Sequential`, the parameter. `Flatten` has none and is not listed."""
    model = NeuralNetwork()
    print(next(iter(model.state_dict())))


@question(
    "checkpoints",
    "How many tensors are in that `state_dict`?",
    answer="6",
    wrong=("5", "3", "669706"),
)
def number_of_entries() -> None:
    """A weight and a bias for each of the three linear layers; ReLU and Flatten have nothing to save."""
    model = NeuralNetwork()
    print(len(model.state_dict()))


@question(
    "checkpoints",
    "Weights of a layer with 10 outputs are loaded into one with 20. What happens?",
    answer="RuntimeError",
    wrong=("KeyError", "the first 10 are filled", "nothing is loaded"),
)
def other_width() -> None:
    """Names match, sizes do not: `load_state_dict` names what does not fit, and loads the rest."""
    narrow, wide = nn.Linear(784, 10), nn.Linear(784, 20)
    try:
        wide.load_state_dict(narrow.state_dict())
        print("nothing is loaded")
    except Exception as error:
        print(type(error).__name__)


@question(
    "checkpoints",
    "669,706 parameters of type `float32`: how large is the file, about?",
    answer="2.7 MB",
    wrong=("0.7 MB", "5.4 MB", "669.7 MB"),
)
def size_of_a_file() -> None:
    """Four bytes per number, and a few kilobytes for the names."""
    buffer = io.BytesIO()
    torch.save(NeuralNetwork().state_dict(), buffer)
    print(f"{buffer.tell() / 1e6:.1f} MB")
