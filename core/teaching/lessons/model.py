"""Section 4 of the notes: a network as a class, its layers one by one, its parameters, its probabilities."""

import torch
from torch import Tensor, nn

from core.model import NeuralNetwork
from core.teaching.snippets.params import Code, Float, Int
from core.teaching.snippets.step import Lesson, step

ACTIVATIONS = {
    "ReLU": "nn.ReLU()",
    "GELU": "nn.GELU()",
    "Tanh": "nn.Tanh()",
    "Sigmoid": "nn.Sigmoid()",
}


@step(
    title="From an image to a class",
    seed=Int(default=0, low=0, high=9_999, label="Seed"),
)
def predict(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Calling the network runs its `forward`.

    The ten **logits** may be any numbers; a softmax makes them probabilities, and `argmax` names the
    largest. Untrained, it guesses: all ten are near 10%.
    """
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    model = NeuralNetwork().to(device)  # an instance moves, not the class

    X = torch.rand(1, 28, 28, device=device)
    logits = model(X)
    probabilities = nn.Softmax(dim=1)(logits)
    predicted = probabilities.argmax(1)
    print(f"logits: {tuple(logits.shape)}")
    print(f"probabilities sum to {probabilities.sum().item():.4f}")
    print(f"predicted class: {predicted.item()}")
    logits, probabilities = logits.detach().cpu(), probabilities.detach().cpu()
    return logits, probabilities, predicted


@step(
    title="Layer by layer, on a batch",
    images=Int(default=3, low=1, high=8, label="Images in the batch"),
    activation=Code(default="ReLU", options=ACTIVATIONS, label="Activation"),
)
def layers(images: int, activation: nn.Module) -> tuple[Tensor, Tensor]:
    """The first dimension is the batch: it stays the same all the way, since each image goes alone.

    Flatten lays an image out as a row, the linear layer makes weighted sums of it, and the activation
    bends them: without it, two linear layers would be no more than one.
    """
    torch.manual_seed(0)
    batch = torch.rand(images, 1, 28, 28)
    print("input:     ", tuple(batch.shape))

    flat = nn.Flatten()(batch)
    print("flattened: ", tuple(flat.shape))

    linear = nn.Linear(in_features=28 * 28, out_features=20)
    hidden = linear(flat)
    print("linear:    ", tuple(hidden.shape), f"{(hidden < 0).sum().item()} values below 0")

    hidden = activation(hidden)
    print("activation:", tuple(hidden.shape), f"{(hidden < 0).sum().item()} values below 0")

    logits = nn.Linear(20, 10)(hidden)
    print("logits:    ", tuple(logits.shape))
    return hidden, logits


@step(title="Every parameter by its name")
def parameters() -> NeuralNetwork:
    """`nn.Module` notices the layers that are assigned in `__init__`, and keeps their parameters.

    `named_parameters()` lists what an optimizer will change; `parameters()` gives the same without names.
    """
    torch.manual_seed(0)
    model = NeuralNetwork()
    for name, parameter in model.named_parameters():
        first = ", ".join(f"{value:.4f}" for value in parameter.flatten()[:3].tolist())
        print(f"{name}: {tuple(parameter.shape)}, {first}, ... requires_grad={parameter.requires_grad}")
    print(f"{sum(parameter.numel() for parameter in model.parameters()):,} parameters in all")
    return model


@step(
    title="Softmax, and its temperature",
    temperature=Float(default=1.0, low=0.1, high=10.0, label="Temperature"),
)
def temperature(temperature: float) -> tuple[Tensor, Tensor]:
    """A softmax takes `exp` of every logit and divides by their sum.

    Dividing the logits by a **temperature** first makes it bolder (below 1) or more cautious (above 1); the
    order of the classes never changes. The network has no softmax of its own, because the largest logit
    is the largest probability anyway, and because `nn.CrossEntropyLoss` contains a logarithm of it that
    neither overflows nor rounds to zero.
    """
    logits = torch.tensor([2.0, 1.0, 0.0, -1.0])
    probabilities = torch.softmax(logits / temperature, dim=0)
    print([f"{p:.1%}" for p in probabilities.tolist()])

    large = torch.tensor([[1000.0, 0.0]])
    label = torch.tensor([1])
    by_hand = -torch.log(torch.softmax(large, dim=1))[0, label]
    print("loss by hand:     ", by_hand.item())
    print("CrossEntropyLoss: ", nn.CrossEntropyLoss()(large, label).item())
    return logits, probabilities


LESSON = Lesson("model", "Network", (predict, layers, parameters, temperature))
