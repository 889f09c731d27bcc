"""What the lessons, mistakes and questions say is true: every claim that was once wrong, computed.

Each test would have caught the sentence that it names.
"""

import functools
import math
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from core.analysis.attribution import smallest_change
from core.config import TrainConfig
from core.teaching.debugger import replay
from core.teaching.lessons import (
    autograd,
    checkpoints,
    datasets,
    lessons,
    model,
    optimization,
    tensors,
    transforms,
)
from core.teaching.lessons.neural_network import NeuralNetwork
from core.teaching.mistakes import MISTAKES, SEEDS, run_loop
from core.teaching.mistakes.catalogue import TOLERANCE
from core.teaching.mistakes.programs import LESSON as LOOPS
from core.teaching.questions import questions
from core.teaching.snippets import run_step
from core.teaching.snippets.params import DataFolder
from core.teaching.transforms.catalogue import CATALOGUE
from core.training import pretrained
from core.training.runs.files import StoredRun
from core.training.runs.summary import summarize
from ui.predictions import whatif


@functools.cache
def both(name, seed=0):
    """The correct and the broken program of a mistake, run."""
    return tuple(map(run_loop, MISTAKES[name].programs(seed)))


def first_batch(normal=255.0):
    """64 sample images and their labels, pixels divided by `normal`."""
    from core.data import load_split

    split = load_split(True)
    return split.images[:64].unsqueeze(1).float() / normal, split.labels[:64]


def small_network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))


def test_a_softmax_over_the_batch_begins_at_log_64_and_does_not_stay_there():
    """1: its loss begins at log 64 and falls by far more than a tenth."""
    X, y = first_batch()
    with torch.random.fork_rng():
        log_probabilities = F.log_softmax(small_network()(X), dim=0)
    start = F.nll_loss(log_probabilities, y).item()
    assert start == pytest.approx(math.log(64), abs=0.1)
    assert f"{math.log(64):.2f}" == "4.16"
    assert f"{math.log(10):.2f}" == "2.30"
    broken = both("softmax-over-batch")[1]
    assert broken.last["train loss"] < start - 1
    assert "stays" not in MISTAKES["softmax-over-batch"].why


@pytest.mark.parametrize(
    ("name", "key", "passes"), [("no-no-grad", "evaluation MB", 1), ("kept-graph", "kept MB", 3)]
)
def test_memory_is_counted_once_per_piece_of_memory(name, key, passes):
    """2: an evaluation keeps the hidden layer's output once, and the small log-probabilities."""
    correct, broken = both(name)
    hidden = 1000 * 512 * 4 / 1e6
    assert correct.last[key] == 0
    assert passes * hidden <= broken.last[key] <= passes * (hidden + 3 * 1000 * 10 * 4 / 1e6)


@pytest.mark.parametrize("batch", [1, 64])
def test_what_tracking_keeps_is_what_the_layers_need(batch):
    """2: the outputs of the two hidden layers, each once; weights and images are there anyway."""
    assert run_step(autograd.tracking_cost, batch=batch).values["saved_bytes"] == 2 * batch * 512 * 4


def test_loading_a_state_that_does_not_fit_has_overwritten_what_does():
    """3: `load_state_dict` raises after it has copied."""
    assert "the first layer was overwritten: True" in run_step(checkpoints.mismatch).stdout
    [question] = [q for q in questions("checkpoints") if q.name == "other_width"]
    assert "loads none" not in question.step.text


def test_the_lower_train_loss_without_train_mode_is_measured_without_dropout():
    """4: in the same mode, the correct loop's network fits the training images no worse."""
    assert "fits the" not in MISTAKES["no-train-mode"].why
    correct, broken = both("no-train-mode")
    assert broken.last["train loss"] < correct.last["train loss"]
    assert abs(broken.last["test accuracy"] - correct.last["test accuracy"]) < 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_shuffled_labels_are_begun_to_be_learned_by_heart(seed):
    """5: far above a guess, far from all."""
    reached = both("shuffled-labels", seed)[1].last["train accuracy"]
    assert 0.3 < reached < 0.9


def test_the_error_of_two_devices_is_not_said_to_be_that_of_cuda():
    """6: with `meta` the words are others."""
    why, error = MISTAKES["device-mismatch"].why, both("device-mismatch")[1].error
    assert "cuda" not in error
    assert "differently" in why


@pytest.mark.parametrize("validated", [True, False])
def test_the_best_epoch_is_chosen_by_validation_where_there_is_one(validated):
    """7: the test images choose nothing unless there is nothing else, and then it is said."""
    losses, accuracies = (0.9, 0.5, 0.7), (0.80, 0.82, 0.85)
    history = tuple(
        SimpleNamespace(
            validation_loss=loss if validated else None,
            test_accuracy=accuracy,
            samples_per_second=1.0,
            seconds=1.0,
        )
        for loss, accuracy in zip(losses, accuracies, strict=True)
    )
    run = StoredRun("", TrainConfig(), "finished", None, history, np.zeros(0, np.float32), 0.0)
    found = summarize(run)
    assert found.validated is validated
    assert found.best_test_accuracy == (0.82 if validated else 0.85)


def test_unscaled_pixels_make_the_first_weights_gradients_hundreds_of_times_as_large():
    """8: and the biases' not."""
    ratios = []
    for seed in SEEDS:
        norms = []
        for normal in (1.0, 255.0):
            with torch.random.fork_rng():
                network = small_network(seed)
            X, y = first_batch(normal)
            F.cross_entropy(network(X), y).backward()
            norms.append(network[1].weight.grad.norm())
        ratios.append((norms[0] / norms[1]).item())
    assert min(ratios) > 100
    assert "hundreds of times" in MISTAKES["unscaled"].why


def test_raw_images_are_refused_for_their_dtype_first():
    """9: a layer wants floats; scaled by hand it takes them."""
    assert "RuntimeError" in run_step(transforms.raw_data).stdout
    scaled = run_step(transforms.raw_data, scaled=True).stdout
    assert "scaled by hand, the same: True" in scaled
    assert "torch.Size([1, 10])" in scaled or "torch.Size([10])" in scaled


def test_what_a_transform_is_said_to_take_is_what_it_takes():
    """10: PIL images and uint8 tensors, transform by transform; padding is with 0."""
    from PIL import Image
    from torchvision.transforms import v2

    picture = Image.new("L", (28, 28), 100)
    whole = v2.ToImage()(picture)
    assert v2.RandomErasing(p=1)(picture).getextrema() == (0, 100)
    assert (v2.RandomErasing(p=1)(whole) == 0).any()
    assert v2.GaussianNoise()(whole).dtype == torch.uint8
    with pytest.raises(ValueError, match="PIL"):
        v2.GaussianNoise()(picture)
    assert "only" not in CATALOGUE["erase"].about
    assert "float" not in CATALOGUE["noise"].about
    gray = torch.full((1, 10, 10), -0.81)
    assert v2.CenterCrop(20)(gray).max() == 0
    for name in ("crop", "center"):
        assert "Pads with black" not in CATALOGUE[name].about


@pytest.mark.parametrize(
    ("index", "value"), [("0", "[[1, 2, 3, 4]]"), ("0", "[[[1, 2, 3, 4]]]"), ("1:3", "[[9]]")]
)
def test_an_assignment_that_pytorch_takes_is_taken(index, value):
    """11: sizes of 1 in front are left out."""
    result = run_step(tensors.assigning, index=index, value=value)
    assert result.error is None
    picked = slice(1, 3) if ":" in index else 0
    assert torch.equal(result.values["tensor"][picked], result.values["spread"])


def test_the_error_of_central_differences_is_the_third_derivative_s():
    """12: for x cubed it is h squared, whatever the curvature at x."""
    values = run_step(autograd.finite_differences).values
    for h, error in list(zip(values["steps"], values["errors"], strict=True))[:3]:
        assert error == pytest.approx(h**2, rel=1e-3)
    assert "third derivative" in autograd.finite_differences.text


def test_manual_seed_leaves_other_random_numbers_alone():
    """13: Python's and NumPy's generators have seeds of their own."""
    import random

    import numpy as np

    states = random.getstate(), np.random.get_state()[1].tolist()
    with torch.random.fork_rng():
        torch.manual_seed(5)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == states
    [question] = [q for q in questions("compare") if q.name == "seeds_and_weights"]
    assert "every random number" not in question.step.text


def test_the_standard_error_is_called_one():
    """14: 0.3 points is one standard error of 90% of 10,000."""
    [question] = [q for q in questions("compare") if q.name == "standard_error"]
    assert "standard error" in question.ask
    assert f"{math.sqrt(0.9 * 0.1 / 10_000):.1%}" == question.answer


@pytest.mark.parametrize("optimizer", ["SGD, momentum 0.9", "Adam"])
def test_a_first_step_has_no_earlier_gradients(sample_train, optimizer):
    """15: only the second step draws on them."""
    debugger = replay(sample_train, "flbszxflbs", optimizer=optimizer)
    notes = [event.note for event in debugger.events if event.action == "s"]
    assert "no earlier gradients" in notes[0]
    assert "remembers of earlier gradients" in notes[1]


def test_the_tolerance_of_no_difference_is_narrow():
    """16: about the spread of the correct loop between the seeds, which differs a little between machines."""
    finals = [both("no-bias", seed)[0].last["test accuracy"] for seed in SEEDS]
    assert 1.5 * (max(finals) - min(finals)) >= TOLERANCE


def test_the_correct_loops_evaluate_without_a_graph():
    """17: every model call on test images stands under no_grad."""
    for loop in LOOPS.steps:
        code = loop.code()
        before, _, after = code.partition("with torch.no_grad():")
        assert "X_test)" not in before.partition("history = []")[2], loop.name
        assert "X_test" in after


def test_a_state_dict_holds_buffers_too():
    """18: with a batch norm, three of them."""
    result = run_step(checkpoints.saving, normed=True)
    assert "norm.running_mean" in result.stdout
    assert "3 buffers" in result.stdout


def test_a_leaf_may_be_the_result_of_an_operation():
    """19: cut off from what made it."""
    assert "frozen: is_leaf True" in run_step(autograd.leaves).stdout


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "RMSprop"])
def test_no_rate_is_printed_as_zero(optimizer):
    """20: rates are printed with two significant digits."""
    printed = run_step(optimization.range_test, optimizer_class=optimizer).stdout
    assert not re.search(r"\b0\.0+\b", printed)


def test_adding_up_can_make_a_run_diverge():
    """21: it is said to be possible, and it is."""
    assert "can" in autograd.adding_up.text.rpartition(".")[0].rpartition(".")[2]
    assert both("no-zero-grad")[1].last["test loss"] > math.log(10)  # worse than a guess


def test_the_step_that_changes_an_answer_is_not_called_the_smallest(sample_test):
    """22: it is the first along one line; along another one, less is enough for each of these images."""
    network = pretrained.load()
    for image in sample_test.images[:5].unsqueeze(1).float() / 255:
        along, other = (smallest_change(network, image, sign=sign) for sign in (False, True))
        assert along is None or other.step < along.step
    text = Path(whatif.__file__).read_text(encoding="utf-8").lower()
    assert "the smallest" not in text
    assert "another direction less may be enough" in " ".join(text.replace('"', "").split())


def test_a_table_without_a_header_loses_its_first_image():
    """What the lesson on a dataset of one's own says: the tutorial's example has no such line."""
    whole, less = (run_step(datasets.custom, header=header) for header in (True, False))
    assert "12 samples" in whole.stdout
    assert "11 samples" in less.stdout
    assert not torch.equal(whole.values["image"], less.values["image"])


@pytest.mark.parametrize(
    ("network", "breaks"), [("the tutorial's", 0), ("one that prints in forward", 1)], ids=["plain", "prints"]
)
def test_a_print_breaks_the_graph_in_two(network, breaks):
    """What the step on `torch.compile` says of a print, PyTorch does."""
    printed = run_step(model.compiling, network=network).stdout
    assert f"graph breaks: {breaks}\n" in printed
    assert printed.count("linear") == 3
    assert "the same logits: True" in printed


@pytest.mark.parametrize("page", ["transforms", "predictions", "optimization"])
def test_the_nat_is_explained_where_a_lesson_first_uses_it(page):
    """23: in the text of a step or note that stands before or at its first use.

    `test_glossary.py` holds for every page, the mistakes' too, that its first lines explain the word.
    """
    if page == "optimization":
        from core.teaching.debugger import notes

        assert "A nat is the unit" in Path(notes.__file__).read_text(encoding="utf-8")
        return
    lesson = next(lesson for lesson in lessons() if lesson.name == page)
    for step in lesson.steps:
        if "nat" in re.findall(r"[a-z]+", step.text.lower()):
            return
        assert " nats" not in step.code()
    raise AssertionError("nowhere explained")


def test_a_loss_divided_by_the_wrong_count_is_not_called_nats_per_image():
    """24: what it prints is no loss per image."""
    assert MISTAKES["wrong-mean"].effect.figure.format(0.011) == "0.011"


@pytest.mark.parametrize(
    "step",
    [
        tensors.moving,
        model.parameters,
        checkpoints.saving,
        autograd.no_tracking,
        autograd.walking,
        model.nesting,
        checkpoints.whole_model,
        transforms.statistics,
        datasets.samplers,
    ],
    ids=lambda step: step.name,
)
def test_nothing_is_only_shown(step):
    """25: each has something to change, and it changes what is printed."""
    printed = {run_step(step).stdout}
    for name in step.own:
        printed |= {run_step(step, **{name: value}).stdout for value in step.params[name].grid()}
    assert (
        len(printed) > 1 or step is tensors.moving
    )  # on a machine without an accelerator all devices are one


@pytest.mark.parametrize("lesson", [*lessons(), LOOPS], ids=lambda lesson: lesson.name)
def test_every_step_has_something_to_change(lesson):
    """25, for all: a parameter of its own that a widget sets, or steps before it that have one."""
    for step in lesson.steps:
        if step.name in ("saving", "loading", "backward"):  # of a chain: what went before can be changed
            step = step if lesson.name == "checkpoints" else step.chain[0]
        assert [p for p in (step.params[n] for n in step.own) if not isinstance(p, DataFolder)], step.name


def test_the_class_of_the_lessons_is_the_app_s_network():
    """Same names, same values from the same seed, so that files go both ways."""
    from core.model import NeuralNetwork as Ours

    states = []
    for kind in (NeuralNetwork, Ours):
        with torch.random.fork_rng():
            torch.manual_seed(7)
            states.append(kind().state_dict())
    assert states[0].keys() == states[1].keys()
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
