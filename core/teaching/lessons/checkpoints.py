"""Section 7 of the tutorial: what is in the file of a network, and that nothing is lost on the way."""

import pickle

import torch
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision import datasets
from torchvision.transforms import ToTensor, v2

from core.teaching.lessons.choices import TRANSFORM
from core.teaching.lessons.neural_network import NeuralNetwork
from core.teaching.snippets import Bool, Choice, Code, DataFolder, Float, Int, Lesson, step


@step(
    title="Save",
    seed=Int(default=0, low=0, high=99, label="Seed"),
    normed=Bool(default=False, label="Add a batch norm", top=True),
)
def saving(seed, normed):
    """What a network has learned is its `state_dict`: a name and a tensor for each parameter, and for each
    **buffer**: a tensor that belongs to the network but is not trained, such as a batch norm's running mean.

    `torch.save` writes that dictionary into a file. The class itself, the code, is not in it.
    """
    torch.manual_seed(seed)
    model = NeuralNetwork()
    if normed:
        model.norm = nn.BatchNorm1d(10)
    for name, value in model.state_dict().items():
        print(f"{name:28} {tuple(value.shape)!s:11} {value.dtype}")

    torch.save(model.state_dict(), "model.pth")
    print(f"{sum(param.numel() for param in model.parameters()):,} parameters,", end=" ")
    print(f"{len(list(model.buffers()))} buffers")


@step(
    title="Load, and prove it",
    root=DataFolder(),
    transform=TRANSFORM,
    images=Choice(default=64, options=(1, 64, 1000), label="Test images"),
)
def round_trip(root, transform, images):
    """To load, make a new network, whose parameters are random, and give it the file's.

    Then it computes what the saved one did: not nearly, but **equal to the last bit**.
    `weights_only=True` lets `torch.load` read tensors and nothing that could run.
    """
    test_data = datasets.FashionMNIST(root=root, train=False, download=True, transform=transform)
    X, y = next(iter(DataLoader(test_data, batch_size=images)))

    torch.manual_seed(0)
    model = NeuralNetwork()
    model.eval()
    torch.save(model.state_dict(), "model.pth")

    loaded = NeuralNetwork()
    loaded.eval()
    with torch.no_grad():
        saved_logits, fresh_logits = model(X), loaded(X)
    print("before loading, largest difference:", (saved_logits - fresh_logits).abs().max().item())

    loaded.load_state_dict(torch.load("model.pth", weights_only=True))
    with torch.no_grad():
        loaded_logits = loaded(X)
    print("after loading, largest difference: ", (saved_logits - loaded_logits).abs().max().item())
    print(f"equal to the bit, {loaded_logits.numel():,} logits:", torch.equal(saved_logits, loaded_logits))
    first_saved, first_loaded = saved_logits[:1], loaded_logits[:1]
    return first_saved, first_loaded


@step(
    title="Forget eval()",
    after=round_trip,
    p=Float(default=0.5, low=0.0, high=0.9, label="Dropout probability"),
    seed=Int(default=0, low=0, high=99, label="Seed"),
)
def forgotten_eval(root, transform, test_data, p, seed):
    """A network in training mode, as every new one is, goes on **dropping out** units at random.

    Here one is trained for an epoch on 2,560 images, and then asked about 1,000 test images: five times
    without `eval()`, once with it. Loading weights does not switch the mode: call `eval()` yourself.
    """
    training_data = datasets.FashionMNIST(root=root, train=True, download=True, transform=transform)

    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(p), nn.Linear(128, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for X, y in DataLoader(Subset(training_data, range(2560)), batch_size=64):
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

    X, y = next(iter(DataLoader(test_data, batch_size=1000)))
    accuracies = []
    with torch.no_grad():
        for attempt in range(5):
            accuracies.append((model(X).argmax(1) == y).float().mean().item())
            print(f"training mode, attempt {attempt + 1}: test accuracy {accuracies[-1]:.1%}, 1,000 images")

        model.eval()
        accuracies.append((model(X).argmax(1) == y).float().mean().item())
        print(f"evaluation mode:           test accuracy {accuracies[-1]:.1%}, 1,000 images")
    return accuracies


@step(
    title="Names that do not match", hidden=Choice(default=256, options=(128, 256, 512), label="Hidden units")
)
def mismatch(hidden):
    """`load_state_dict` asks for exactly the network's names and shapes, and says what is wrong.

    With `strict=False` missing and unexpected names pass; a tensor of another shape never does. What fits has
    been loaded all the same when the error comes, so do not go on with such a network.
    """
    torch.manual_seed(0)
    state = NeuralNetwork().state_dict()

    other = NeuralNetwork()
    other.linear_relu_stack[2] = nn.Linear(512, hidden)
    other.linear_relu_stack[4] = nn.Linear(hidden, 10)
    try:
        print(other.load_state_dict(state))
    except RuntimeError as error:
        print(error)
    first = other.linear_relu_stack[0].weight
    print("the first layer was overwritten:", torch.equal(first, state["linear_relu_stack.0.weight"]))

    state["head.weight"] = state.pop("linear_relu_stack.4.weight")
    try:
        NeuralNetwork().load_state_dict(state)
    except RuntimeError as error:
        print(error)
    print(NeuralNetwork().load_state_dict(state, strict=False))


@step(
    title="Resume training",
    before=Choice(default=3, options=(1, 3, 10), label="Steps before saving"),
)
def resuming(before):
    """To go on as if nothing had happened, save the **optimizer's** state too: momentum is memory.

    Three networks take the same steps: one without a pause, one that is saved with its optimizer and loaded,
    one that is saved without.
    """

    def take_steps(model, optimizer, count):
        for _ in range(count):
            loss = model(torch.ones(1, 4)).square().sum()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()

    def build():
        torch.manual_seed(0)
        model = nn.Linear(4, 2)
        return model, torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    straight, optimizer = build()
    take_steps(straight, optimizer, before + 5)

    paused, optimizer = build()
    take_steps(paused, optimizer, before)
    torch.save(
        {"model": paused.state_dict(), "optimizer": optimizer.state_dict(), "step": before}, "checkpoint.pth"
    )
    checkpoint = torch.load("checkpoint.pth", weights_only=True)

    for used in (("model", "optimizer"), ("model",)):
        model, optimizer = build()
        model.load_state_dict(checkpoint["model"])
        if "optimizer" in used:
            optimizer.load_state_dict(checkpoint["optimizer"])
        take_steps(model, optimizer, 5)
        same = torch.equal(model.weight, straight.weight)
        print(f"saved {' and '.join(used):20} equal to the run without a pause: {same}")


@step(
    title="Why not the whole model",
    weights_only=Code(
        label="weights_only", default="True", options={"True": "True", "False": "False"},
        help="True is PyTorch's own default since 2.6.",
    ),
)  # fmt: skip
def whole_model(weights_only):
    """`torch.save(model)` also works, and pickles the **object**: the file says which code to run on loading.

    So it breaks when the class moves, and a stranger's file can run anything. `weights_only=True` refuses it.
    With `False` it loads; do that with files of your own only, as the one that these lines have just written.
    """
    torch.manual_seed(0)
    torch.save(nn.Linear(784, 10), "model.pth")
    try:
        model = torch.load("model.pth", weights_only=weights_only)
        print("loaded:", model)
    except pickle.UnpicklingError as error:
        wanted = str(error).partition("GLOBAL ")[2].split()[0]
        print("refused: to open it, Python would have to run", wanted)


LESSON = Lesson(
    "checkpoints",
    "Checkpoints",
    (saving, round_trip, forgotten_eval, mismatch, resuming, whole_model),
)
