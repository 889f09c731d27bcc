"""The notes' prediction, and what the page makes of logits, as snippets that run anywhere."""

# torch leaves backward() without annotations: a reader's script does not check it.
# mypy: disable-error-code="no-untyped-call"

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Subset
from torchvision import datasets
from torchvision.transforms import ToTensor

from core.model import NeuralNetwork
from core.teaching.snippets.params import DataFolder, Int
from core.teaching.snippets.step import Lesson, step


def trained_network(root: str) -> NeuralNetwork:
    """The tutorial's network after one quick pass over 5,000 training images."""
    training_data = datasets.FashionMNIST(root=root, train=True, download=True, transform=ToTensor())
    model = NeuralNetwork()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for X, y in DataLoader(Subset(training_data, range(5000)), batch_size=100):
        loss = nn.functional.cross_entropy(model(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()
    return model


@step(
    title="Predict one image", root=DataFolder(), index=Int(default=0, low=0, high=9_999, label="Test image")
)
def predicting(root: str, index: int) -> tuple[Tensor, Tensor]:
    """The class of the largest logit is the prediction; a softmax turns the logits into probabilities.

    The network here is trained for a second first, so that the snippet needs no file.
    """
    test_data = datasets.FashionMNIST(root=root, train=False, download=True, transform=ToTensor())
    torch.manual_seed(0)
    model = trained_network(root)

    x, label = test_data[index]
    with torch.no_grad():
        logits = model(x)
    probabilities = logits.softmax(dim=1)
    predicted, actual = test_data.classes[logits[0].argmax()], test_data.classes[label]
    print(f'Predicted: "{predicted}", actual: "{actual}"')

    loss = nn.functional.cross_entropy(logits, torch.tensor([label]))
    print(f"loss {loss:.4f} nats, {probabilities.max():.1%} sure")
    return x, probabilities


@step(title="Judge all of them", root=DataFolder())
def judging(root: str) -> Tensor:
    """One pass gives the logits of all test images; every figure of this page follows from them.

    The confusion matrix counts pairs: row is the actual class, column the predicted one.
    """
    test_data = datasets.FashionMNIST(root=root, train=False, download=True, transform=ToTensor())
    torch.manual_seed(0)
    model = trained_network(root)

    images, labels = test_data.data.unsqueeze(1) / 255, test_data.targets
    with torch.no_grad():
        all_logits = model(images)
    answers = all_logits.argmax(dim=1)
    print(f"test accuracy {(answers == labels).float().mean():.1%}, {len(labels):,} images")
    print(f"mean loss {nn.functional.cross_entropy(all_logits, labels):.4f} nats an image")

    confusion = torch.bincount(labels * 10 + answers, minlength=100).view(10, 10)
    mistakes = confusion.clone().fill_diagonal_(0)
    actual_class, predicted_class = divmod(int(mistakes.argmax()), 10)
    print(
        f"commonest mix-up: {test_data.classes[actual_class]} taken for "
        f"{test_data.classes[predicted_class]}, {mistakes.max()} times"
    )
    return confusion


@step(title="Ask why", root=DataFolder(), index=Int(default=0, low=0, high=9_999, label="Test image"))
def asking_why(root: str, index: int) -> tuple[Tensor, Tensor]:
    """Autograd gives the gradient of anything: here of the answer's log-probability by each pixel.

    Where it is positive, a lighter pixel would make the answer more likely.
    """
    test_data = datasets.FashionMNIST(root=root, train=False, download=True, transform=ToTensor())
    torch.manual_seed(0)
    model = trained_network(root)

    x = test_data[index][0].requires_grad_()
    log_probabilities = model(x).log_softmax(dim=1)[0]
    answer = log_probabilities.argmax()
    log_probabilities[answer].backward()

    gradient = x.grad
    print(f"{test_data.classes[answer]}: log-probability {log_probabilities[answer].item():.4f}")
    print("gradient:", gradient.shape, "largest", f"{gradient.abs().max():.4f}")
    image = x.detach()
    return image, gradient


LESSON = Lesson("predictions", "Predictions", (predicting, judging, asking_why))
