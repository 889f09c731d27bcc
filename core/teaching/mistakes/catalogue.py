"""The mistakes: the lines each changes, what it does, and why."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from core.teaching.mistakes import programs as loops
from core.teaching.mistakes.further_mistakes import FURTHER
from core.teaching.mistakes.mistake import (
    EVALUATION_MEMORY,
    KEPT_MEMORY,
    PRINTED_LOSS,
    TEST_ACCURACY,
    TEST_LOSS,
    TRAIN_LOSS,
    Effect,
    Mistake,
)
from core.teaching.snippets.step import Step

TOLERANCE: Final = 0.025
"""Largest difference between the mean accuracies over the seeds that counts as none."""


def _mistake(
    name: str,
    title: str,
    loop: Step,
    changes: tuple[tuple[str, str], ...],
    effect: Effect | None,
    why: str,
    raises: str = "",
) -> Mistake:
    return Mistake(name=name, title=title, loop=loop, replace=changes, why=why, effect=effect, raises=raises)


def _worse(by: float) -> Effect:
    return Effect(figure=TEST_ACCURACY, direction="lower", by=by)


_NONE = Effect(figure=TEST_ACCURACY, direction="same", by=TOLERANCE, on_average=True)
_EXACTLY_NONE = Effect(figure=TEST_ACCURACY, direction="same", by=0.0)
_MODEL = "model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))"

_ALL: Final = (
    _mistake(
        "softmax-before-cross-entropy",
        "Softmax before cross-entropy",
        loops.plain,
        ((_MODEL, _MODEL[:-1] + ", nn.Softmax(dim=1))"),),
        Effect(figure=TEST_LOSS, direction="higher", by=0.2),
        "`nn.CrossEntropyLoss` applies log-softmax itself. A second softmax before it squeezes "
        "the ten outputs into [0, 1]: the loss cannot fall below 1.46 nats however sure the "
        "network is, and gradients shrink.",
    ),
    _mistake(
        "relu-on-logits",
        "ReLU on the logits",
        loops.plain,
        ((_MODEL, _MODEL[:-1] + ", nn.ReLU())"),),
        Effect(figure=TEST_ACCURACY, direction="lower", by=0.05, on_average=True),
        "A logit may be negative: that is how a network says “surely not”. ReLU cuts that off, and a class "
        "whose logit is 0 for every image no longer gets a gradient. How many classes are lost that way "
        "depends on the seed: it may be none.",
    ),
    _mistake(
        "no-zero-grad",
        "zero_grad() forgotten",
        loops.plain,
        (("optimizer.zero_grad()", ""),),
        _worse(0.02),
        "`backward()` adds to `.grad`. Without `zero_grad()` every step goes along the sum of all "
        "gradients since the start, most of them computed for weights that are gone.",
    ),
    _mistake(
        "zero-grad-before-step",
        "zero_grad() between backward() and step()",
        loops.plain,
        (("optimizer.zero_grad()", ""), ("loss.backward()", "loss.backward()\noptimizer.zero_grad()")),
        _worse(0.3),
        "The gradients are thrown away before `step()` can use them. Nothing moves, and nothing complains.",
    ),
    _mistake(
        "zero-grad-after-step",
        "zero_grad() after step() instead of before backward()",
        loops.plain,
        (("optimizer.zero_grad()", ""), ("optimizer.step()", "optimizer.step()\noptimizer.zero_grad()")),
        _EXACTLY_NONE,
        "No mistake at all: what counts is that gradients are zero when `backward()` starts. Both "
        "orders do that, and give the same numbers to the last digit.",
    ),
    _mistake(
        "no-shuffle",
        "No shuffling of sorted data",
        loops.ordered,
        (
            (
                "loader = DataLoader(train_set, batch_size=64, shuffle=True)",
                "loader = DataLoader(train_set, batch_size=64, shuffle=False)",
            ),
        ),
        _worse(0.2),
        "Batch after batch holds one class only, so the network learns to say that class and "
        "forgets the one before. At the end of an epoch it knows the last class best.",
    ),
    _mistake(
        "rate-too-high",
        "Learning rate too high",
        loops.plain,
        (
            (
                "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
                "optimizer = torch.optim.SGD(model.parameters(), lr=10.0)",
            ),
        ),
        _worse(0.2),
        "Each step overshoots: the loss rises instead of falling, and the units are pushed to "
        "where ReLU gives 0 for every image and no gradient brings them back.",
    ),
    _mistake(
        "rate-too-low",
        "Learning rate too low",
        loops.plain,
        (
            (
                "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
                "optimizer = torch.optim.SGD(model.parameters(), lr=0.0001)",
            ),
        ),
        _worse(0.2),
        "The direction is right, the steps are tiny: the loss falls, but it would take thousands of epochs.",
    ),
    _mistake(
        "no-train-mode",
        "No model.train() after evaluating",
        loops.modes,
        (("model.train()", ""),),
        Effect(figure=TRAIN_LOSS, direction="lower", by=0.05),
        "After the first evaluation the network stays in evaluation mode: dropout drops nothing "
        "and batch norm goes on with the statistics of the first epoch. That the train loss is lower "
        "says little: it is now measured with all units at work. Look at the test accuracy.",
    ),
    _mistake(
        "no-eval-mode",
        "No model.eval() when testing",
        loops.modes,
        (("model.eval()", ""),),
        Effect(figure=TEST_LOSS, direction="higher", by=0.05),
        "Half the units are still dropped at random, and batch norm uses the ten images that "
        "happen to share a batch: the same image gets another answer in other company.",
    ),
    _mistake(
        "test-on-training-data",
        "Testing on training data",
        loops.memorizing,
        (
            (
                "X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]",
                "X_test, y_test = train_data.data[:500].unsqueeze(1) / 255, train_data.targets[:500]",
            ),
        ),
        Effect(figure=TEST_ACCURACY, direction="higher", by=0.1),
        "The network is asked what it was told. The figure says how well it remembers, not how it "
        "does on garments it has never seen.",
    ),
    _mistake(
        "wrong-mean",
        "Train loss divided by the wrong count",
        loops.plain,
        (("loss_sum += loss.item() * len(y)", "loss_sum += loss.item()"),),
        Effect(figure=PRINTED_LOSS, direction="lower", by=0.3),
        "`loss` is already a mean over its batch. The sum of batch means divided by the number of "
        "images is too small by the batch size: the network is the same, the curve is not.",
    ),
    _mistake(
        "wrong-statistics",
        "Another dataset's mean and standard deviation",
        loops.normalized,
        (("mean, std = 0.2860, 0.3530", "mean, std = 0.1307, 0.3081"),),
        _NONE,
        "These are MNIST's numbers, copied from its examples. The images end up a little off "
        "center, and a network with biases hardly minds: a slip worth fixing, not a disaster.",
    ),
    _mistake(
        "normalise-only-in-training",
        "Normalizing only in training",
        loops.normalized,
        (("X_test = (X_test - mean) / std", ""),),
        _worse(0.03),
        "The network has learned that black is -0.81; at the test black is 0. Every image looks "
        "washed out to it. What prepares training images must prepare all images.",
    ),
    _mistake(
        "shuffled-labels",
        "Labels shuffled",
        loops.memorizing,
        (
            (
                "train_set = TensorDataset(X_train, y_train)",
                "y_train = y_train[torch.randperm(len(y_train))]\n"
                "train_set = TensorDataset(X_train, y_train)",
            ),
        ),
        _worse(0.4),
        "Images and labels no longer belong together. The network begins to learn them by heart all the "
        "same: its train accuracy climbs far above the 10% of a guess. Of other images it knows nothing.",
    ),
    _mistake(
        "no-bias",
        "No bias",
        loops.plain,
        (
            (
                _MODEL,
                "model = nn.Sequential(\n    nn.Flatten(), nn.Linear(784, 64, bias=False), nn.ReLU(),\n"
                "    nn.Linear(64, 10, bias=False)\n)",
            ),
        ),
        _NONE,
        "A bias lets a unit fire without input. With 784 pixels, some of them bright in every "
        "garment, the weights can do nearly the same; here the difference is within chance.",
    ),
    _mistake(
        "zero-weights",
        "All weights zero at the start",
        loops.plain,
        (
            (
                "loss_fn = nn.CrossEntropyLoss()",
                "for param in model.parameters():\n    nn.init.zeros_(param)\n"
                "loss_fn = nn.CrossEntropyLoss()",
            ),
        ),
        _worse(0.4),
        "Every hidden unit gives 0, and so does the gradient of every weight: only the last bias "
        "learns, and the answer is the same for all images.",
    ),
    _mistake(
        "no-no-grad",
        "no_grad() forgotten when testing",
        loops.remembered,
        (("with torch.no_grad():", "if True:"),),
        Effect(figure=EVALUATION_MEMORY, direction="higher", by=1.0),
        "Without it autograd keeps what a backward pass would need, though none will come: the "
        "answers are the same, the memory is not.",
    ),
    _mistake(
        "kept-graph",
        "Keeping loss instead of loss.item()",
        loops.remembered,
        (("with torch.no_grad():", "if True:"), ("losses.append(watched.item())", "losses.append(watched)")),
        Effect(figure=KEPT_MEMORY, direction="higher", by=1.0),
        "A loss that is a tensor holds on to the graph it came from, and to every activation in "
        "it, until a `backward()` frees them. Here there is none, and `no_grad()` is missing too: kept in a "
        "list for a plot, or added to a total, each loss keeps its activations.",
    ),
    _mistake(
        "device-mismatch",
        "Network and images on different devices",
        loops.plain,
        (
            (
                "loss = loss_fn(model(X), y)",
                'other = "cuda" if torch.cuda.is_available() else "meta"\n'
                "loss = loss_fn(model(X.to(other)), y)",
            ),
        ),
        None,
        "A layer and its input have to be on one device. Without a GPU the second device here is "
        "`meta`, which holds shapes and no values. With `cuda` PyTorch words the error differently; the "
        "remedy is the same: move both with `.to(device)`.",
        raises="device",
    ),
    _mistake(
        "unscaled",
        "Whole-number pixels, not scaled",
        loops.plain,
        (
            (
                "X_train, y_train = train_data.data[:3000].unsqueeze(1) / 255, train_data.targets[:3000]",
                "X_train, y_train = train_data.data[:3000].unsqueeze(1).float(), train_data.targets[:3000]",
            ),
            (
                "X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]",
                "X_test, y_test = test_data.data[:1000].unsqueeze(1).float(), test_data.targets[:1000]",
            ),
        ),
        _worse(0.1),
        "Pixels up to 255 make the gradients of the first layer's weights hundreds of times as large: a "
        "learning rate that fits [0, 1] is far too high.",
    ),
    _mistake(
        "drop-last",
        "The last batch dropped",
        loops.plain,
        (
            (
                "loader = DataLoader(train_set, batch_size=64, shuffle=True)",
                "loader = DataLoader(train_set, batch_size=64, shuffle=True, drop_last=True)",
            ),
        ),
        _NONE,
        "3,000 images in batches of 64 leave 56 over, others in every epoch when shuffled. In "
        "training that is harmless; in a test it would leave images out of the score.",
    ),
    _mistake(
        "softmax-over-batch",
        "Softmax over the wrong dimension",
        loops.ordered,
        (
            (
                "log_probabilities = F.log_softmax(model(X), dim=1)",
                "log_probabilities = F.log_softmax(model(X), dim=0)",
            ),
        ),
        Effect(figure=TRAIN_LOSS, direction="higher", by=1.0),
        "Dimension 0 is the batch: each class's outputs are compared between images instead of "
        "each image's between classes. It runs, and its loss begins at about log 64 = 4.16 nats, a guess "
        "among 64 images, where it should begin at log 10 = 2.30.",
    ),
)

_HARMLESS: Final = frozenset({"zero-grad-after-step"})
MISTAKES: Final[Mapping[str, Mistake]] = {
    mistake.name: replace(mistake, harmless=mistake.name in _HARMLESS) for mistake in (*_ALL, *FURTHER)
}
COUNT: Final = len(MISTAKES) - len(_HARMLESS)
"""How many are mistakes."""
