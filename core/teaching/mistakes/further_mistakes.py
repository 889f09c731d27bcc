"""Sixteen more mistakes, those that learners meet most: shapes, types, graphs, and figures that flatter."""

from typing import Final

from core.teaching.mistakes import further_programs as further
from core.teaching.mistakes import programs as loops
from core.teaching.mistakes.mistake import (
    KEPT_MEMORY,
    TEST_ACCURACY,
    TEST_ERROR,
    TEST_LOSS,
    Effect,
    Mistake,
)
from core.teaching.snippets.step import Step

_STEP: Final = "loss = loss_fn(model(X), y)"
_SET: Final = "train_set = TensorDataset(X_train, y_train)"
_PLAIN_OPTIMIZER: Final = "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)"


def _entry(
    name: str, title: str, loop: Step, replace: tuple[tuple[str, str], ...], effect: Effect, why: str
) -> Mistake:
    return Mistake(name=name, title=title, loop=loop, replace=replace, why=why, effect=effect)


def _error(
    name: str, title: str, loop: Step, replace: tuple[tuple[str, str], ...], raises: str, why: str
) -> Mistake:
    return Mistake(name=name, title=title, loop=loop, replace=replace, why=why, effect=None, raises=raises)


def _worse(by: float, *, on_average: bool = False) -> Effect:
    return Effect(figure=TEST_ACCURACY, direction="lower", by=by, on_average=on_average)


FURTHER: Final = (
    _entry(
        "broadcast-in-mse", "Shapes (n, 1) and (n) in a squared error", further.of_one_number,
        (("output = model(X).squeeze(1)", "output = model(X)"),),
        Effect(figure=TEST_ERROR, direction="higher", by=0.3),
        "(n, 1) minus (n) broadcasts to (n, n): every output is compared with every target, and the best "
        "answer to all of them is their mean. Nothing complains but a warning of `nn.MSELoss`.",
    ),
    _error(
        "label-dtype", "Labels that are not whole numbers", loops.plain,
        ((_SET, "train_set = TensorDataset(X_train, y_train.float())"),),
        "dtype",
        "For class numbers, cross-entropy takes whole numbers (int64). Labels become floating-point in a "
        "table, by `torch.Tensor(...)`, or by a `.float()` meant for the images.",
    ),
    _entry(
        "best-without-copy", "The best weights kept without a copy", further.keeping_the_best,
        (("best = copy.deepcopy(model.state_dict())", "best = model.state_dict()"),),
        Effect(figure=TEST_LOSS, direction="higher", by=0.03),
        "`state_dict()` hands out the weights themselves, not a copy: the next step changes what was kept, "
        "so the “best” weights are always the last ones.",
    ),
    _entry(
        "choosing-on-test", "The test set used to choose", further.choosing,
        (("score = (model(X_val).argmax(dim=1) == y_val).float().mean().item()",
          "score = (model(X_test).argmax(dim=1) == y_test).float().mean().item()"),),
        Effect(figure=TEST_ACCURACY, direction="higher", by=0.02, on_average=True),
        "The best of twenty on these images is partly the luckiest on these images. The figure that chose "
        "cannot be the figure that is reported.",
    ),
    _error(
        "batch-of-one", "Batch norm on a batch of one", loops.modes,
        ((_SET, "train_set = TensorDataset(X_train[:1985], y_train[:1985])"),),
        "more than 1 value per channel",
        "1,985 images in batches of 64 leave one over, and in training batch norm needs a spread. "
        "`drop_last=True` leaves that image out of the epoch.",
    ),
    _entry(
        "plain-list-of-layers", "Layers in a plain list", further.of_a_class,
        (("self.hidden = nn.ModuleList([nn.Linear(784, 64), nn.Linear(64, 64), nn.Linear(64, 64)])",
          "self.hidden = [nn.Linear(784, 64), nn.Linear(64, 64), nn.Linear(64, 64)]"),),
        _worse(0.05),
        "A module sees layers that are its attributes or in a `ModuleList`. Those in a plain list are in no "
        "`parameters()`: the optimizer never moves them, and `.to(device)` leaves them behind.",
    ),
    _error(
        "no-super-init", "super().__init__() forgotten", further.of_a_class,
        (("super().__init__()", "pass"),),
        "Module.__init__() call",
        "`nn.Module` keeps its layers in tables that its own constructor makes. Without that call the first "
        "layer has nowhere to go.",
    ),
    _entry(
        "other-model-s-parameters", "The optimizer given another model's parameters", loops.plain,
        ((_PLAIN_OPTIMIZER,
          "previous = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))\n"
          "optimizer = torch.optim.SGD(previous.parameters(), lr=0.1)"),),
        _worse(0.3),
        "The gradients arrive at this network, the steps are taken by another. In a notebook it is enough to "
        "run the cell with the model again, and not the one with the optimizer.",
    ),
    _entry(
        "optimizer-before-replacing", "The optimizer made before a layer is replaced", loops.plain,
        ((_PLAIN_OPTIMIZER, f"{_PLAIN_OPTIMIZER}\nmodel[3] = nn.Linear(64, 10)"),),
        _worse(0.01, on_average=True),
        "The optimizer holds the parameters that it was given. A layer that is put in afterward gets "
        "gradients and no steps.",
    ),
    _error(
        "detached-loss", "The loss cut off by detach()", loops.plain,
        ((_STEP, "loss = loss_fn(model(X).detach(), y)"),), "does not require grad",
        "`.detach()`, `.item()` and `.data` leave the graph behind. Backward then has nowhere to go; "
        "`loss.requires_grad = True` would only hide it.",
    ),
    _error(
        "leaf-in-place", "A weight changed in place", loops.plain,
        (("loss_fn = nn.CrossEntropyLoss()", "loss_fn = nn.CrossEntropyLoss()\nmodel[3].bias += 0.1"),),
        "leaf Variable",
        "A weight is where the graph begins: changed in place, its gradient would belong to a value that is "
        "gone. Inside `with torch.no_grad():` it is allowed.",
    ),
    _error(
        "view-of-transposed", "view() of a transposed tensor", loops.plain,
        ((_STEP, "loss = loss_fn(model(X.transpose(2, 3).view(len(X), 784)), y)"),),
        "view size is not compatible",
        "After `transpose` the rows are no longer one after the other in memory, and `view` only looks at "
        "memory in another way. `reshape` copies where it has to.",
    ),
    _entry(
        "accuracy-of-a-rare-class", "Accuracy where one class is rare", further.with_a_rare_class,
        (("right = ((hits[y_test == 0].mean() + hits[y_test == 1].mean()) / 2).item()",
          "right = hits.mean().item()"),),
        Effect(figure=TEST_ACCURACY, direction="higher", by=0.2),
        "Always naming the common class is right 19 times in 20. The mean of each class's accuracy shows "
        "that the rare one is never found.",
    ),
    _entry(
        "sum-instead-of-mean", "The loss summed, with a rate for the mean", loops.plain,
        (("loss_fn = nn.CrossEntropyLoss()", 'loss_fn = nn.CrossEntropyLoss(reduction="sum")'),),
        _worse(0.2),
        "The sum over 64 images has gradients 64 times as large: a learning rate that fits the mean is far "
        "too high for it.",
    ),
    _entry(
        "total-of-tensors", "total += loss", further.with_a_total,
        (("total += loss.item()", "total += loss"),), Effect(figure=KEPT_MEMORY, direction="higher", by=1.0),
        "A total of tensors is a tensor with a history: it holds the graph of every batch that went into it, "
        "and all activations in them.",
    ),
    _entry(
        "scaled-twice", "Pixels scaled twice", loops.plain,
        (("X_train, y_train = train_data.data[:3000].unsqueeze(1) / 255, train_data.targets[:3000]",
          "X_train, y_train = train_data.data[:3000].unsqueeze(1) / 255 / 255, train_data.targets[:3000]"),
         ("X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255, test_data.targets[:1000]",
          "X_test, y_test = test_data.data[:1000].unsqueeze(1) / 255 / 255, test_data.targets[:1000]")),
        _worse(0.1),
        "`ToTensor()` has divided by 255 already; a second time leaves values below 0.004. The network sees "
        "next to nothing, and its gradients are as small.",
    ),
)  # fmt: skip
"""Each as a change of lines in a correct loop."""
