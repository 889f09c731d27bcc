"""Questions of the quickstart, tensors, datasets and transforms pages."""

# mypy: disable-error-code="arg-type, var-annotated, no-untyped-call"
# A range serves as a dataset: it has a length and items, which is all that a loader needs. The lessons
# have no annotations.

import torch
from PIL import Image
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset
from torchvision.transforms import Lambda, Normalize, ToTensor

from core.teaching.lessons.neural_network import NeuralNetwork
from core.teaching.questions.question import question


@question(
    "quickstart",
    "60,000 images in batches of 64: how many batches does `DataLoader` give?",
    answer="938",
    wrong=("937", "64", "60000"),
)
def number_of_batches() -> None:
    """60,000 / 64 is 937.5, and the half batch at the end counts as one unless `drop_last=True`."""
    loader = DataLoader(range(60_000), batch_size=64)
    print(len(loader))


@question(
    "quickstart",
    "Three images go through the network. What is the shape of what comes out?",
    answer="torch.Size([3, 10])",
    wrong=("torch.Size([3])", "torch.Size([10, 3])", "torch.Size([3, 1, 28, 28])"),
)
def shape_of_logits() -> None:
    """A row of ten logits for each image: the first dimension is always the batch."""
    model = NeuralNetwork()
    logits = model(torch.zeros(3, 1, 28, 28))
    print(logits.shape)


@question(
    "quickstart",
    "The network is new and knows nothing. About how large is its cross-entropy (the unit is the nat)?",
    answer="2.3",
    wrong=("0.0", "0.1", "10.0"),
)
def loss_of_a_guess() -> None:
    """Ten classes, each about equally likely to it: the loss is the logarithm of 10, which is 2.303."""
    torch.manual_seed(0)
    model = NeuralNetwork()
    loss = F.cross_entropy(model(torch.rand(256, 1, 28, 28)), torch.randint(10, (256,)))
    print(f"{loss.item():.1f}")


@question(
    "quickstart",
    "How many numbers does training adjust in the 784-512-512-10 network?",
    answer="669,706",
    wrong=("1,818", "668,672", "401,920"),
)
def number_of_parameters() -> None:
    """The weights are 784 × 512 + 512 × 512 + 512 × 10 = 668,672; the biases add 512 + 512 + 10."""
    model = NeuralNetwork()
    print(f"{sum(parameter.numel() for parameter in model.parameters()):,}")


@question(
    "tensors",
    "What is `torch.arange(6)[1:4]`?",
    answer="tensor([1, 2, 3])",
    wrong=("tensor([1, 2, 3, 4])", "tensor([0, 1, 2, 3])", "tensor([2, 3, 4])"),
)
def a_slice() -> None:
    """Counting begins at 0, and a slice leaves out its end: the elements at 1, 2 and 3."""
    tensor = torch.arange(6)
    print(tensor[1:4])


@question(
    "tensors",
    "Two tensors of shape 2 × 3, `torch.cat([a, b], dim=1)`: which shape?",
    answer="torch.Size([2, 6])",
    wrong=("torch.Size([4, 3])", "torch.Size([2, 2, 3])", "torch.Size([2, 3])"),
)
def joined_columns() -> None:
    """Joining along dimension 1 adds columns; rows stay. A new dimension would be `stack`."""
    a, b = torch.ones(2, 3), torch.zeros(2, 3)
    print(torch.cat([a, b], dim=1).shape)


@question(
    "tensors",
    "Which type does `torch.tensor([1, 2])` have?",
    answer="torch.int64",
    wrong=("torch.float32", "torch.int32", "torch.float64"),
)
def type_of_whole_numbers() -> None:
    """Whole numbers become 64-bit integers, decimals `float32`: write `1.0` if you mean to train with it."""
    print(torch.tensor([1, 2]).dtype)


@question(
    "tensors",
    "`n = t.numpy()`, and then `t.add_(1)`. `t` was all ones; what does `n` hold?",
    answer="[2. 2. 2.]",
    wrong=("[1. 1. 1.]", "[0. 0. 0.]", "[1. 2. 3.]"),
)
def shared_with_numpy() -> None:
    """Both look at the same memory, and `add_` writes into it; nothing was copied."""
    t = torch.ones(3)
    n = t.numpy()
    t.add_(1)
    print(n)


@question(
    "datasets",
    "The last of the 938 batches of 64 is smaller. How many of the 60,000 images are in it?",
    answer="32",
    wrong=("64", "1", "62"),
)
def last_batch() -> None:
    """937 full batches are 59,968 images, which leaves 32."""
    loader = DataLoader(range(60_000), batch_size=64)
    sizes = [len(batch) for batch in loader]
    print(sizes[-1])


@question(
    "datasets",
    "With `shuffle=True` you go through the data twice. The order, and the images?",
    answer="same order: False, same images: True",
    wrong=(
        "same order: True, same images: True",
        "same order: False, same images: False",
        "same order: True, same images: False",
    ),
)
def two_epochs() -> None:
    """Each epoch shuffles anew, and each visits every image exactly once."""
    generator = torch.Generator().manual_seed(0)
    dataset = TensorDataset(torch.arange(100))
    loader = DataLoader(dataset, batch_size=100, shuffle=True, generator=generator)
    first, second = (next(iter(loader))[0] for _ in range(2))
    same_order, same_images = torch.equal(first, second), set(first.tolist()) == set(second.tolist())
    print(f"same order: {same_order}, same images: {same_images}")


@question(
    "datasets",
    "100 gray images of 28 × 28, batches of 64: what is the shape of the first `X`?",
    answer="torch.Size([64, 1, 28, 28])",
    wrong=("torch.Size([64, 28, 28])", "torch.Size([1, 64, 28, 28])", "torch.Size([64, 784])"),
)
def shape_of_a_batch() -> None:
    """Images, channels, height, width: a gray image has one channel, and it is there all the same."""
    dataset = TensorDataset(torch.zeros(100, 1, 28, 28), torch.zeros(100))
    X, _ = next(iter(DataLoader(dataset, batch_size=64)))
    print(X.shape)


@question(
    "datasets",
    "Ten images, batches of four, `drop_last=True`: how many images are seen in an epoch?",
    answer="8",
    wrong=("10", "12", "2"),
)
def dropped_images() -> None:
    """Two full batches; the two images left over are dropped, others each time if you shuffle."""
    loader = DataLoader(range(10), batch_size=4, drop_last=True)
    print(sum(len(batch) for batch in loader))


@question(
    "transforms",
    "A white pixel is 255 in the file. What is it after `ToTensor()`?",
    answer="1.0",
    wrong=("255.0", "0.0", "2.55"),
)
def white_after_to_tensor() -> None:
    """`ToTensor` also divides by 255, if the picture has whole numbers from 0 to 255."""
    picture = Image.new("L", (28, 28), color=255)
    print(ToTensor()(picture).max().item())


@question(
    "transforms",
    "A gray picture 30 pixels wide and 20 high: which shape after `ToTensor()`?",
    answer="torch.Size([1, 20, 30])",
    wrong=("torch.Size([1, 30, 20])", "torch.Size([20, 30])", "torch.Size([20, 30, 1])"),
)
def height_before_width() -> None:
    """PIL says width first; a tensor says channel, height, width."""
    picture = Image.new("L", (30, 20))
    print(ToTensor()(picture).shape)


@question(
    "transforms",
    "`Normalize((0.286,), (0.353,))`: what becomes of a black pixel, which is 0?",
    answer="-0.81",
    wrong=("0.00", "-0.29", "0.81"),
)
def black_after_normalize() -> None:
    """It subtracts the mean and divides by the standard deviation: -0.286 / 0.353."""
    black = torch.zeros(1, 28, 28)
    print(f"{Normalize((0.286,), (0.353,))(black)[0, 0, 0].item():.2f}")


@question(
    "transforms",
    "The label 3 of five classes, one-hot encoded:",
    answer="[0, 0, 0, 1, 0]",
    wrong=("[0, 0, 1, 0, 0]", "[0, 0, 0, 3, 0]", "[1, 1, 1, 0, 0]"),
)
def one_hot_label() -> None:
    """A 1 at place 3, counted from 0. `scatter_` writes it there."""
    encode = Lambda(lambda y: torch.zeros(5, dtype=torch.int64).scatter_(0, torch.tensor(y), 1))
    print(encode(3).tolist())
