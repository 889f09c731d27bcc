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
from pathlib import Path

import pytest
import torch

from core.analysis.backward import health
from core.config import TrainConfig
from core.data.pictures import decoding
from core.data.statistics import NORMALIZATIONS
from core.exchange.weights import reading
from core.model import NeuralNetwork
from core.teaching import first_run, races
from core.teaching.lessons import lessons
from core.teaching.mistakes import MISTAKES
from core.teaching.mistakes.programs import LESSON as LOOPS
from core.teaching.questions import pages, questions
from core.teaching.symptoms import programs
from core.training.jobs import queue

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
    "pages/quickstart.py": [len(next(one for one in lessons() if one.name == "quickstart").steps)],
    "ui/checkpoints/load.py": [
        *(value for pair in NORMALIZATIONS.values() for value in pair),
        reading.MAX_FILE / 1024**2,
        reading.MAX_ELEMENTS / 1e6,
    ],
    "ui/mistakes/evidence.py": [*SYMPTOMS],
    "ui/mistakes/symptoms.py": [*SYMPTOMS],
    "ui/model/backward.py": [100 * health.FLAT, health.FACTOR],
    "ui/optimization/debugger.py": [64, 784 * 32 + 32 + 32 * 10 + 10],
    "ui/optimization/race.py": [races.BATCH],
    "ui/predictions/browse.py": [GUESS],
    "ui/predictions/own.py": [decoding.MAX_BYTES / 1e6],
    "ui/predictions/report.py": [GUESS],
    "ui/predictions/whatif.py": [1 / 255],
    "ui/quickstart/first_run.py": [first_run.BATCH],
    "ui/training/form.py": [1 / (1 - 0.98)],
    "ui/training/view.py": [queue.PAUSE_SECONDS],
    "core/teaching/symptoms/programs.py": [SOFTMAX_TWICE, *SYMPTOMS],
    "core/teaching/transforms/catalogue.py": [MEAN, STD],
    "core/teaching/glossary.py": [BATCH, GUESS],
    "core/training/presets.py": [TrainConfig.tutorial().epochs],
    "core/teaching/debugger/notes.py": [GUESS],
}
"""By the text that the figures stand in: a step, a mistake, a question, or a file of pages."""

GIVEN = {
    "datasets.custom": {3: "methods, listed in the next sentence"},
    "tensors.joining": {3: "tensors, an example"},
    "tensors.from_shape": {5: "an example of a shape"},
    "quickstart.data": {3: "lines, in sight below"},
    "optimization.range_test": {2015: "year of a paper"},
    "predictions.tracing": {2020: "year of a paper"},
    "question predictions.predicted_class": {3: "logits, listed in the sentence"},
    "question checkpoints.number_of_entries": {3: "layers of the tutorial's network"},
    "question compare.standard_error": {90: "percent, 0.9 in the program"},
    "ui/charts.py": {3: "of the charts' own language", 5: "of the charts' own language"},
    "ui/checkpoints/save.py": {8: "processes, an example of a command"},
    "ui/classroom/reveal.py": {100: "of every 100: percent in words"},
    "ui/datasets/browse.py": {9: "images of a grid of three by three"},
    "ui/datasets/classes.py": {3: "of the charts' own language", 5: "of the charts' own language"},
    "ui/datasets/upload.py": {
        9: "the last class",
        6: "mistakes, as tests of the example count them",
        200: "garments, as tests of the example count them",
        32: "of the run described, as its configuration has it",
        0.001: "of the run described, as its configuration has it",
    },
    "ui/error_clinic/clinic.py": {3: "errors, in sight below"},
    "ui/mistakes/evidence.py": {
        2: "the width of the chart's bins",
        16: "the ends of the chart's bins",
        5_000: "500 images, ten outputs",
    },
    "ui/model/architecture.py": {
        2: "of the charts' own language",
        1_000: "bytes in a kB",
        4: "bytes of a float32",
    },
    "ui/model/build.py": {0.01: "the slope of nn.LeakyReLU", 2: "an example of a stride"},
    "ui/model/weight_step.py": {0.9: "of the optimizer that is named"},
    "ui/optimization/debugger.py": {6: "lines, in sight below"},
    "ui/optimization/drawings.py": {
        64: "the batch of the lesson's range test",
        2015: "year of a paper",
        3.3: "section of a paper",
        1506.01186: "a paper's address",
        9: "the other logits",
        3: "losses in the chart",
        5: "optimizers in the chart",
    },
    "ui/optimization/race.py": {5: "optimizers in the chart"},
    "ui/predictions/pair.py": {0.001: "a bound below which p is not written out"},
    "ui/predictions/report.py": {95: "the interval's level", 90: "a bound of confidence", 100: "all of it"},
    "ui/predictions/taught.py": {
        2002.08484: "a paper's address",
        2020: "year of a paper",
        95: "the interval's level",
    },
    "ui/predictions/why.py": {3: "pictures, in sight below", 5: "pixels, the square that is laid"},
    "ui/shell/share.py": {3: "an example of a task"},
    "ui/training/after.py": {8: "images, in sight below"},
    "ui/training/landscape.py": {
        2018: "year of a paper",
        2020: "year of a paper",
        8: "images, in sight below",
        100: "images whose loss is shown while a point moves",
    },
    "ui/training/network.py": {
        256: "an example",
        128: "an example",
        3: "of a kernel",
        2: "of a pool",
        4: "blocks",
    },
    "ui/training/form.py": {0.98: "an example of a decay"},
    "ui/training/view.py": {8: "images, in sight below"},
    "ui/training/weights.py": {50: "steps between two measures", 0.001: "the dashed line's place"},
    "core/teaching/glossary.py": {9: "the last class"},
    "core/teaching/transforms/program.py": {2**31 - 1: "the largest seed, beside its check"},
    "core/teaching/transforms/pipeline.py": {
        8: "pixels, the form's limit",
        0.5: "the probability in training",
    },
    "core/teaching/programs/catalogue.py": {
        2.6: "a version",
        0.29: "a version",
        3: "images of the official text",
    },
    "core/teaching/debugger/debugger.py": {3: "a line of the program"},
    "core/teaching/debugger/notes.py": {0.01: "an example of a small change"},
}
"""What no program here knows, and why it may stand: names, years, examples, counts of what is in sight."""

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


def test_a_new_figure_is_noticed():
    assert unexplained("quickstart.data", "It takes 17.3 seconds, or twelve.") == {"17.3", "twelve"}
    assert unexplained("mistake unscaled", "Below log 10 = 2.31.") == {"2.31"}
    assert not unexplained("question quickstart.loss_of_a_guess", "2.303, or 2.30")
