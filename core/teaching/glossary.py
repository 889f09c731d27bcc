"""The words of the field, each in a sentence: the one file of the glossary.

A page marks each word where it first uses it; `PAGES` lists the main ones again, for the keyboard.
"""

import json
from typing import Final

TERMS: Final = {
    "accuracy": "The share of images that the network names correctly. Guessing among ten classes gives 10%.",
    "activation": (
        "A function between two layers, such as ReLU, which lets a network bend instead of only scale."
    ),
    "Adam": "An optimizer that gives each weight a step size of its own, from its recent gradients.",
    "autograd": (
        "The part of PyTorch that records operations and works out gradients by walking them backward."
    ),
    "batch": "The images of one training step, taken together: 64 in the tutorial.",
    "checkpoint": "A file with what a network has learned, to go on from or to take elsewhere.",
    "class": "One of the ten kinds of garment, and its number from 0 to 9.",
    "confusion matrix": "A table that counts, for each actual class, which classes the network predicted.",
    "cross-entropy": "The loss for naming classes: minus the logarithm of the probability of the right one.",
    "dtype": "What kind of numbers a tensor holds, such as float32 or int64.",
    "epoch": "One pass over all training images.",
    "gradient": "How much the loss changes when a weight changes a little: its sign says which way is worse.",
    "layer": "One step of a network, such as a weighted sum of all its inputs.",
    "leaf": "A tensor that you made yourself, not the result of an operation: gradients are collected there.",
    "learning rate": "How far a training step moves the weights against the gradient.",
    "logit": "A network's raw score for a class, before softmax turns the scores into probabilities.",
    "loss": "A number for how wrong the answers are. Training makes it smaller.",
    "nats": (
        "The unit of cross-entropy with natural logarithms: 0 is certain and right, 2.303 a guess among ten."
    ),
    "network": "A program that learns from examples: layers of numbers, the weights, which training adjusts.",
    "normalize": "To shift and scale values so that their mean is 0 and their spread is 1.",
    "optimizer": "The rule that turns gradients into a change of the weights.",
    "parameter": "A number that training adjusts: a weight or a bias.",
    "seed": "The number that random draws start from: the same seed gives the same draws.",
    "SGD": "Stochastic gradient descent: the weights move against the gradient of one batch after another.",
    "softmax": "Turns scores into probabilities that sum to 1.",
    "state_dict": "A network's parameters by name, as PyTorch saves them.",
    "stride": (
        "How many numbers in memory lie between one element of a tensor and the next along a dimension."
    ),
    "tensor": "An array of numbers of one type, with any number of dimensions.",
    "test set": "Images kept away from training, to see how well a network does on new ones.",
    "transform": "A function that prepares an image, such as turning it into a tensor or shifting it.",
    "validation": "Training images held out to watch a run, so that the test set stays unseen.",
    "weight": "A number that a layer multiplies one of its inputs by.",
}
"""Each word in one sentence."""

PAGES: Final = {
    "quickstart": (
        "network",
        "class",
        "accuracy",
        "batch",
        "epoch",
        "loss",
        "cross-entropy",
        "nats",
        "logit",
        "test set",
        "seed",
        "state_dict",
    ),
    "tensors": ("tensor", "dtype", "stride", "seed"),
    "datasets": ("class", "batch", "epoch", "tensor", "normalize", "test set", "loss", "nats"),
    "transforms": ("transform", "tensor", "normalize", "loss", "nats", "seed"),
    "model": ("layer", "weight", "parameter", "activation", "logit", "softmax", "state_dict"),
    "autograd": ("autograd", "gradient", "leaf", "loss", "parameter", "tensor"),
    "optimization": (
        "optimizer",
        "learning rate",
        "SGD",
        "Adam",
        "loss",
        "cross-entropy",
        "nats",
        "logit",
        "epoch",
    ),
    "mistakes": ("loss", "cross-entropy", "nats", "logit", "gradient", "epoch", "accuracy", "seed"),
    "training": ("epoch", "batch", "learning rate", "optimizer", "SGD", "Adam", "loss", "nats", "validation"),
    "compare": ("epoch", "accuracy", "loss", "nats", "gradient"),
    "predictions": ("accuracy", "logit", "softmax", "cross-entropy", "nats", "confusion matrix", "gradient"),
    "line_by_line": ("tensor", "batch", "epoch", "loss", "gradient", "optimizer", "parameter"),
    "error_clinic": ("dtype", "class", "gradient", "leaf", "state_dict", "checkpoint"),
    "classroom": ("network", "accuracy", "learning rate", "batch", "seed"),
    "checkpoints": ("checkpoint", "state_dict", "parameter", "normalize", "activation", "logit"),
}
"""The words of each page, in the order in which they come up."""

ELSEWHERE: Final = {
    "class": (
        *("quickstart", "tensors", "autograd", "optimization", "checkpoints"),
        *("line_by_line", "error_clinic", "classroom"),
    ),
}
"""Pages on which a word (also) means something else, such as a class of Python or of a school."""

_FORMS: Final = {
    "accuracy": "accurac(?:y|ies)",
    "confusion matrix": "confusion matri(?:x|ces)",
    "leaf": "leaf",  # "leaves" is a verb as well
    "nats": "nats?",
    "normalize": "normaliz(?:e|es|ed|ing)",
}
"""Words whose other forms are not made with "s" or "es"."""


def pattern(term: str) -> str:
    """A regular expression of Python and of JavaScript: a term in any form, as a word of its own."""
    forms = _FORMS.get(term, f"{term}(?:e?s)?")
    first = forms[0]
    start = f"[{first.upper()}{first}]{forms[1:]}" if first.islower() else forms
    return rf"(?<![\w.-]){start}(?![\w-])"


def to_json() -> str:
    """What the browser marks: each word as a pattern, its sentence, and the pages that leave it alone."""
    words = [[pattern(term), text, ELSEWHERE.get(term, ())] for term, text in TERMS.items()]
    return json.dumps(words).replace("<", "\\u003c")  # it stands in a page
