"""Every figure in a text is computed: new ones have to say here where they come from.

A figure may stand in a sentence if it is a plain constant of the subject (`PLAIN`), if the program that the
sentence is about holds the same number, if it is computed here (`COMPUTED`), or if it counts or names
something that no program knows (`GIVEN`, with the reason). What an f-string computes is no figure of the
text. Number words from three to twenty count as figures.
"""

import ast
import inspect
import math
import re
import textwrap
from pathlib import Path
from statistics import NormalDist

import pytest
import torch

from core.analysis import attribution, evaluation
from core.analysis.backward import health
from core.config import LayerConfig, ModelConfig, TrainConfig
from core.config.parts import MAX_SEED
from core.data import CLASSES, example_archive
from core.data.custom_dataset import CustomImageDataset
from core.data.pictures import decoding
from core.data.statistics import NORMALIZATIONS
from core.errors import ConfigError
from core.exchange.weights import reading
from core.model import NeuralNetwork, layers_of
from core.teaching import debugger, first_run, races
from core.teaching.clinic import explanation
from core.teaching.lessons import datasets, lessons, optimization
from core.teaching.mistakes import MISTAKES
from core.teaching.mistakes.programs import LESSON as LOOPS
from core.teaching.programs import program
from core.teaching.questions import pages, questions, results
from core.teaching.symptoms import programs
from core.teaching.transforms import pipeline
from core.training.engine.loop import GRADIENT_NORM_EVERY
from core.training.engine.records import FIXED_COUNT
from core.training.jobs import queue
from ui.datasets import upload
from ui.optimization import drawings
from ui.predictions import report
from ui.training import landscape

PROJECT = Path(__file__).resolve().parents[3]
NAMES = "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
WORDS = {
    name: float(number) for number, name in enumerate([*NAMES.split(), "eighteen", "nineteen", "twenty"], 3)
}
FIGURE = re.compile(rf"(?<![\w.])(\d[\d,]*\.?\d*(?:e-?\d+)?|{'|'.join(WORDS)})(?!\w)", re.IGNORECASE)

PLAIN = {
    0: "nothing, false, the lowest value",
    1: "one, the highest probability",
    10: "classes, and what a guess is right on in percent",
    28: "pixels a side",
    784: "28 x 28",
    255: "the largest value of a byte",
    512: "hidden units of the tutorial's network",
    60_000: "training images",
    10_000: "test images",
    70_000: "both together",
}

SOFTMAX_TWICE = -math.log(math.e / (math.e + 9))
GUESS = math.log(10)
MEAN, STD = NORMALIZATIONS["fashion_mnist"]
LR = TrainConfig.tutorial().optimizer.lr
BATCH = TrainConfig.tutorial().batch_size


def parameters():
    """Of the tutorial's network."""
    return sum(parameter.numel() for parameter in NeuralNetwork().parameters())


def literals(code):
    """The numbers that stand in a program."""
    found = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    return {float(value) for value in found if isinstance(value, int | float)}


def written_in(part):
    """The numbers in the source of a module or a function."""
    return literals(textwrap.dedent(inspect.getsource(part)))


def in_percent(part):
    """The same as percent."""
    return [100 * found for found in written_in(part)]


def default(function, name):
    """What an argument is when it is not given."""
    return inspect.signature(function).parameters[name].default


def most_blocks():
    """How many blocks a convolutional network may have."""
    count = 1
    while True:
        try:
            ModelConfig(architecture="cnn", channels=(8,) * (count + 1))
        except ConfigError:
            return count
        count += 1


CNN = layers_of(ModelConfig(architecture="cnn"))
LEVEL = 100 * (2 * NormalDist().cdf(evaluation.Z_95) - 1)
SYMPTOMS = literals(inspect.getsource(programs))

COMPUTED = {
    "optimization.one_round": [784 * 32 + 32 + 32 * 10 + 10],
    "optimization.full_loop": [LR],
    "optimization.range_test": [len(range(100)[50 - 3 : 50 + 4]) - 1],
    "optimization.three_steps": [len(("backward", "step", "zero_grad"))],
    "quickstart.training": [LR],
    "quickstart.data": [torch.zeros(1, 1, 28, 28).ndim],
    "tensors.uniform_or_normal": [1 / 2, math.sqrt(1 / 12)],
    "tensors.joining": [torch.cat([torch.ones(4, 4)] * 3).shape[0]],
    "tensors.numpy_to_tensor": [torch.float64.itemsize],
    "transforms.statistics": [MEAN, STD],
    "mistake softmax-before-cross-entropy": [SOFTMAX_TWICE],
    "mistake normalise-only-in-training": [MEAN / STD],
    "mistake drop-last": [3000 % 64],
    "mistake softmax-over-batch": [math.log(64), GUESS],
    "mistake scaled-twice": [1 / 255],
    "question quickstart.number_of_batches": [60_000 / BATCH],
    "question quickstart.loss_of_a_guess": [GUESS],
    "question quickstart.number_of_parameters": [parameters() - 512 - 512 - 10],
    "question tensors.type_of_whole_numbers": [torch.iinfo(torch.tensor([1]).dtype).bits],
    "question datasets.last_batch": [60_000 // 64, -(-60_000 // 64), 60_000 // 64 * 64],
    "question autograd.backward_two_times": [2 * 3],
    "question mistakes.softmax_twice": [10 - 1],
    "question mistakes.zero_start": [4 * 8],
    "question training.steps_of_a_run": [-(-60_000 // 64)],
    "question training.mean_per_image": [64 + 32, (1 + 4) / 2],
    "question predictions.louder_logits": [
        100 * torch.sigmoid(torch.tensor(1.0)).item(),
        100 * torch.sigmoid(torch.tensor(-10.0)).item(),
    ],
    "question predictions.accuracy_of_a_matrix": [8 + 2 + 1 + 9],
    "question checkpoints.size_of_a_file": [parameters(), torch.float32.itemsize],
    "datasets.custom": [
        len([each for each in vars(CustomImageDataset).values() if inspect.isfunction(each)])
    ],
    "question compare.standard_error": in_percent(results.standard_error.step.function),
    "question checkpoints.number_of_entries": [len(NeuralNetwork().state_dict()) / 2],
    "pages/quickstart.py": [len(next(one for one in lessons() if one.name == "quickstart").steps)],
    "ui/checkpoints/load.py": [
        *(value for pair in NORMALIZATIONS.values() for value in pair),
        reading.MAX_FILE / 1024**2,
        reading.MAX_ELEMENTS / 1e6,
    ],
    "ui/datasets/browse.py": [
        math.prod(map(int, re.findall(r"cols, rows = (.), (.)", datasets.nine.code())[0]))
    ],
    "ui/datasets/upload.py": [
        len(CLASSES) - 1,
        len(example_archive.MISTAKES),
        len(CLASSES) * default(example_archive.make_example, "per_class"),
        *written_in(upload._train),
    ],
    "ui/error_clinic/clinic.py": [explanation.NEAREST],
    "ui/mistakes/evidence.py": [*SYMPTOMS, 500 * 10, 32 / 16],
    "ui/mistakes/symptoms.py": [*SYMPTOMS],
    "ui/model/architecture.py": [torch.float32.itemsize],
    "ui/model/backward.py": [100 * health.FLAT, health.FACTOR],
    "ui/optimization/debugger.py": [debugger.BATCH, 784 * 32 + 32 + 32 * 10 + 10, len(debugger.loop_lines())],
    "ui/optimization/drawings.py": [
        *literals(optimization.range_test.code()),
        len(drawings.LOSSES),
        len(re.findall("torch.optim", optimization.downhill.code())),
        len(CLASSES) - 1,
    ],
    "ui/optimization/race.py": [races.BATCH, len(races.CONTENDERS)],
    "ui/predictions/browse.py": [GUESS],
    "ui/predictions/own.py": [decoding.MAX_BYTES / 1e6],
    "ui/predictions/report.py": [GUESS, LEVEL, *in_percent(report._calibration)],
    "ui/predictions/taught.py": [LEVEL],
    "ui/predictions/why.py": [default(attribution.occlusion, "patch")],
    "ui/predictions/whatif.py": [1 / 255],
    "ui/quickstart/first_run.py": [first_run.BATCH],
    "ui/training/after.py": [FIXED_COUNT],
    "ui/training/form.py": [1 / (1 - 0.98)],
    "ui/training/landscape.py": [*written_in(landscape._point)],
    "ui/training/network.py": [
        LayerConfig(kind="conv", size=1).kernel,
        *(layer.size for layer in CNN if layer.kind == "max_pool"),
        most_blocks(),
    ],
    "ui/training/view.py": [queue.PAUSE_SECONDS, FIXED_COUNT],
    "ui/training/weights.py": [GRADIENT_NORM_EVERY],
    "core/teaching/symptoms/programs.py": [SOFTMAX_TWICE, *SYMPTOMS],
    "core/teaching/transforms/catalogue.py": [MEAN, STD],
    "core/teaching/glossary.py": [BATCH, GUESS, len(CLASSES) - 1],
    "core/teaching/transforms/program.py": [MAX_SEED],
    "core/teaching/transforms/pipeline.py": [*written_in(pipeline.to_training)],
    "core/teaching/programs/catalogue.py": [*literals(program("build_model").text())],
    "core/teaching/debugger/debugger.py": [*literals(optimization.one_round.code())],
    "core/training/presets.py": [TrainConfig.tutorial().epochs],
    "core/teaching/debugger/notes.py": [GUESS],
}
"""By the text that the figures stand in: a step, a mistake, a question, or a file of pages."""

GIVEN = {
    "tensors.joining": {3: "tensors, an example"},
    "tensors.from_shape": {5: "an example of a shape"},
    "quickstart.data": {3: "lines, in sight below"},
    "optimization.range_test": {2015: "year of a paper"},
    "forks.fork": {3: "things, listed in the sentence"},
    "predictions.tracing": {2020: "year of a paper"},
    "question predictions.predicted_class": {3: "logits, listed in the sentence"},
    "ui/checkpoints/save.py": {8: "processes, an example of a command"},
    "ui/classroom/reveal.py": {100: "of every 100: percent in words"},
    "ui/model/architecture.py": {2: "of the charts' own language", 1_000: "bytes in a kB, a definition"},
    "ui/model/build.py": {2: "an example of a stride"},
    "ui/optimization/drawings.py": {
        2015: "year of a paper",
        3.3: "section of a paper",
        1506.01186: "its address",
    },
    "ui/predictions/report.py": {100: "of 100: percent in words"},
    "ui/predictions/taught.py": {
        2002.08484: "a paper's address",
        2003.11630: "a paper's address",
        2020: "year of both papers",
    },
    "ui/predictions/why.py": {3: "pictures, in sight below"},
    "ui/shell/params.py": {5: "of a section's name, the step's number"},
    "ui/shell/share.py": {3: "an example of a task"},
    "ui/training/landscape.py": {2018: "year of a paper", 2020: "year of a paper"},
    "ui/training/network.py": {256: "an example", 128: "an example"},
    "ui/training/form.py": {0.98: "an example of a decay"},
    "ui/training/weights.py": {0.001: "a rule of thumb, with its source"},
    "core/teaching/programs/catalogue.py": {2.6: "a version of PyTorch", 0.29: "a version of torchvision"},
    "core/teaching/debugger/notes.py": {0.01: "an example of a small change"},
}
"""What is no measurement, and why it may stand: years, addresses, versions, definitions, examples."""

FILES = [
    *("pages", "ui", "core/teaching/symptoms", "core/teaching/transforms", "core/teaching/debugger"),
    *("core/teaching/glossary.py", "core/teaching/programs/catalogue.py", "core/training/presets.py"),
]


def figures(text):
    """The figures of a text as they are written, without those of code in it."""
    return {found.rstrip(".,").lower() for found in FIGURE.findall(re.sub(r"`[^`]*`", "", text))}


def value(figure):
    """The number that a figure is."""
    return WORDS[figure] if figure in WORDS else float(figure.replace(",", ""))


def is_computed(figure, values):
    """Whether one of the values, rounded as the figure is, gives it."""
    digits = len(figure.partition(".")[2])
    return any(round(abs(found), digits) == value(figure) for found in values)


def unexplained(where, text, program=""):
    """The figures of a text that nothing stands for."""
    known = literals(program) | set(PLAIN) | set(GIVEN.get(where, ()))
    return {
        figure
        for figure in figures(text)
        if value(figure) not in known and not is_computed(figure, COMPUTED.get(where, ()))
    }


def teaching():
    """Each text beside a program, with that program."""
    for lesson in (*lessons(), LOOPS):
        for step in lesson.steps:
            yield f"{lesson.name}.{step.name}", f"{step.title}. {step.text}", step.code()
    for name, mistake in MISTAKES.items():
        yield (
            f"mistake {name}",
            f"{mistake.title}. {mistake.why}",
            mistake.programs(portable=True, root="data")[1],
        )
    for page in pages():
        for asked in questions(page):
            yield (
                f"question {page}.{asked.name}",
                f"{asked.ask} {asked.step.text}",
                f"{asked.step.code()}\n_ = {sorted(map(value, figures(asked.answer)))}",
            )


def sentences(path):
    """What a file says on screen: its texts of three words or more neither code nor documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            text = re.sub(r"`[^`]*`", "", node.value)
            if len(re.findall(r"[A-Za-z]{2,}", text)) >= 3 and not re.search(r"[<>={}]", text):
                yield text


def test_every_figure_beside_a_program_is_computed():
    """In lessons, mistakes and questions."""
    found = {where: left for where, *rest in teaching() if (left := unexplained(where, *rest))}
    assert not found


@pytest.mark.parametrize("room", FILES)
def test_every_figure_on_a_page_is_computed(room):
    """In what the pages and the texts that they share say themselves."""
    top = PROJECT / room
    found = {}
    for path in [top] if top.is_file() else sorted(top.rglob("*.py")):
        where = path.relative_to(PROJECT).as_posix()
        left = {figure for text in sentences(path) for figure in unexplained(where, text)}
        if left:
            found[where] = left
    assert not found


def test_no_reason_is_kept_for_a_figure_that_is_gone():
    """Every entry of `GIVEN` stands for a figure in the text that it names, and is needed there."""
    said = {where: figures(text) for where, text, _ in teaching()}
    for where in GIVEN:
        if (PROJECT / where).is_file():
            said[where] = set().union(*map(figures, sentences(PROJECT / where)))
    for where, reasons in GIVEN.items():
        there = {value(figure) for figure in said[where]}
        assert set(reasons) <= there, where
        assert not set(reasons) & set(PLAIN), where


def test_a_new_figure_is_noticed():
    assert unexplained("quickstart.data", "It takes 17.3 seconds, or twelve.") == {"17.3", "twelve"}
    assert unexplained("mistake unscaled", "Below log 10 = 2.31.") == {"2.31"}
    assert not unexplained("question quickstart.loss_of_a_guess", "2.303, or 2.30")
