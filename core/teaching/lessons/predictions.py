"""The notes' prediction, and what the page makes of logits, as snippets that run anywhere."""

import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision import datasets
from torchvision.transforms import ToTensor, v2

from core.teaching.lessons.choices import TRANSFORM
from core.teaching.lessons.neural_network import NeuralNetwork
from core.teaching.snippets import DataFolder, Int, Lesson, step


@step(
    title="A network to ask",
    root=DataFolder(),
    transform=TRANSFORM,
    seed=Int(default=0, low=0, high=99, label="Seed"),
)
def training(root, transform, seed):
    """The tutorial's network after one quick pass over 5,000 training images, so that no file is needed."""
    training_data = datasets.FashionMNIST(root=root, train=True, download=True, transform=transform)
    test_data = datasets.FashionMNIST(root=root, train=False, download=True, transform=transform)

    torch.manual_seed(seed)
    model = NeuralNetwork()
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for X, y in DataLoader(Subset(training_data, range(5000)), batch_size=100):
        loss = loss_fn(model(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()
    print(f"loss on the last batch: {loss.item():.4f}")


@step(title="Predict one image", after=training, index=Int(default=0, low=0, high=9_999, label="Test image"))
def predicting(model, test_data, loss_fn, index):
    """The class with the largest logit is the prediction; a softmax turns the logits into probabilities.

    The loss of one image is minus the natural logarithm of the probability that its class was given; its unit
    is called the **nat**.
    """
    x, y = test_data[index][0], test_data[index][1]
    with torch.no_grad():
        pred = model(x)
    probabilities = pred.softmax(dim=1)
    predicted, actual = test_data.classes[pred[0].argmax()], test_data.classes[y]
    print(f'Predicted: "{predicted}", Actual: "{actual}"')
    print(f"loss {loss_fn(pred, torch.tensor([y])):.4f} nats, {probabilities.max():.1%} sure")
    return x, probabilities


@step(
    title="Judge all of them",
    after=training,
    count=Int(default=10_000, low=100, high=10_000, label="Test images, at most"),
)
def judging(model, test_data, loss_fn, count):
    """One pass gives the logits of all test images; the accuracy, the loss and the confusion matrix follow.

    The confusion matrix counts pairs: row is the actual class, column the predicted one.
    """
    images, labels = test_data.data[:count].unsqueeze(1) / 255, test_data.targets[:count]
    with torch.no_grad():
        logits = model(images)
    answers = logits.argmax(dim=1)
    print(f"test accuracy {(answers == labels).float().mean():.1%}, {len(labels):,} images")
    print(f"mean loss {loss_fn(logits, labels):.4f} nats per image")

    confusion = torch.bincount(labels * 10 + answers, minlength=100).view(10, 10)
    mistakes = confusion.clone().fill_diagonal_(0)
    actual_class, predicted_class = divmod(mistakes.argmax().item(), 10)
    print(
        f"most common confusion: {test_data.classes[actual_class]} taken for "
        f"{test_data.classes[predicted_class]}, {mistakes.max()} times"
    )
    return (confusion,)


@step(title="Ask why", after=training, index=Int(default=0, low=0, high=9_999, label="Test image"))
def asking_why(model, test_data, index):
    """Autograd gives the gradient of anything: here of the answer's log-probability with respect to each
    pixel.

    Where it is positive, a lighter pixel would make the answer more likely.
    """
    x = test_data[index][0].requires_grad_()
    log_probabilities = model(x).log_softmax(dim=1)[0]
    answer = log_probabilities.argmax()
    log_probabilities[answer].backward()

    gradient = x.grad
    print(f"{test_data.classes[answer]}: log-probability {log_probabilities[answer].item():.4f}")
    print("gradient:", gradient.shape, "largest", f"{gradient.abs().max():.4f}")
    image = x.detach()
    return image, gradient


@step(
    title="Ask which pictures taught it",
    after=training,
    index=Int(default=0, low=0, high=9_999, label="Test image"),
)
def tracing(model, training_data, test_data, index):
    """TracIn (Pruthi and others, 2020): train a little more, and after each pass multiply the gradient of
    every training image with that of the prediction.

    Of the last layer the gradient is an outer product, so the product of two of them is a product of two
    numbers. Divided by the lengths of both, it is a cosine. Above 0, a step on that image made the answer
    more likely; below 0, less likely.
    """
    images, labels = training_data.data[:2000].unsqueeze(1) / 255, training_data.targets[:2000]
    x = test_data[index][0].unsqueeze(0)
    model = copy.deepcopy(model)
    before_last, last = model.linear_relu_stack[:-1], model.linear_relu_stack[-1]
    with torch.no_grad():
        answer = model(x).argmax(dim=1)

    lr = 0.01
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    scores, own, own_test = torch.zeros(len(images)), torch.zeros(len(images)), 0
    for epoch in range(3):
        for X, y in zip(images.split(100), labels.split(100)):
            nn.functional.cross_entropy(model(X), y).backward()
            optimizer.step()
            optimizer.zero_grad()
        with torch.no_grad():
            h, h_test = before_last(images.flatten(1)), before_last(x.flatten(1))
            g = last(h).softmax(dim=1) - nn.functional.one_hot(labels, 10)
            g_test = last(h_test).softmax(dim=1) - nn.functional.one_hot(answer, 10)
            scores += lr * (g @ g_test[0]) * (h @ h_test[0] + 1)
            own += lr * g.square().sum(dim=1) * (h.square().sum(dim=1) + 1)
            own_test += lr * g_test.square().sum() * (h_test.square().sum() + 1)
    scores /= (own * own_test).sqrt()

    print(f"predicted: {test_data.classes[answer]}")
    for name, found in ("for it", scores.topk(3)), ("against it", (-scores).topk(3)):
        for i in found.indices.tolist():
            print(f"{name}: training image {i}, {test_data.classes[labels[i]]}, {scores[i]:+.3f}")


LESSON = Lesson("predictions", "Predictions", (training, predicting, judging, asking_why, tracing))
