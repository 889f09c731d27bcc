"""The catalogue, links to pipelines, what of one goes to training, and what running one gives."""

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import ToTensor, v2

from core.config import DataConfig
from core.errors import TransformError
from core.teaching.snippets import execute
from core.teaching.snippets.dataset_root import write_root
from core.teaching.transforms import (
    CATALOGUE,
    LAMBDAS,
    MAX_STAGES,
    PRESETS,
    TransformStep,
    read_pipeline,
    to_training,
    write_pipeline,
)
from core.teaching.transforms.program import read_picture, run_pipeline, to_code
from core.training.engine.batches import to_input


@pytest.fixture(scope="module")
def root(sample_train, sample_test, tmp_path_factory):
    """The sample as torchvision wants it."""
    return write_root(tmp_path_factory.mktemp("root"), (sample_train, sample_test))


def apply(spec, root, **options):
    """Run a pipeline on an image of the sample."""
    settings = {"index": 7, "train": True, "seed": 0, "draws": 3} | options
    return run_pipeline(read_pipeline(spec), root=root, **settings)


@pytest.mark.parametrize(
    "spec", [*PRESETS.values(), "", "rotate_45~center_40~resize_64", "lambda_3", "noise_0.25"]
)
def test_a_link_gives_its_pipeline_back(spec):
    """Written again, the pipeline is the same text."""
    assert write_pipeline(read_pipeline(spec)) == spec


@pytest.mark.parametrize(
    "spec",
    [
        "nothing",
        "rotate_200",
        "rotate_x",
        "rotate_1_2",
        "image~~float",
        "norm_0.2_0",
        "norm_nan",
        "crop_inf",
        "é",
        "__import__('os')",
        "rotate_1e999",
        "flip_-1",
        "x" * 300,
        "~".join(["flip"] * (MAX_STAGES + 1)),
        "flip_" + "9" * 40,
    ],
)
def test_a_link_that_makes_no_sense_gets_a_sentence(spec):
    """Unknown names, numbers out of range, too long, too many."""
    with pytest.raises(TransformError) as caught:
        read_pipeline(spec)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", [180.0001, 1234567.5])
def test_a_number_out_of_range_is_shown_to_its_last_digit(value):
    """Never "between 0 and 180, not 180"."""
    with pytest.raises(TransformError, match=rf"between 0 and 180, not {value}\."):
        CATALOGUE["rotate"].parameters[0].check(value)


def test_numbers_of_a_link_are_rounded_to_the_parameters_step():
    """A side of 20.4 pixels is 20, a whole number."""
    assert TransformStep("resize", (20.4,)).values == (20,)
    assert isinstance(TransformStep("resize", (20.4,)).values[0], int)
    assert TransformStep("blur", (4.5, 1.04)).values == (5, 1.0)


@pytest.mark.parametrize("kind", list(CATALOGUE))
def test_every_transform_of_the_catalogue_is_torchvisions(kind):
    """Its code makes an object of the class that its title names, at both ends of every parameter."""
    entry = CATALOGUE[kind]
    for values in ((), tuple(p.low for p in entry.parameters), tuple(p.high for p in entry.parameters)):
        made = eval(TransformStep(kind, values).code, {"v2": v2, "ToTensor": ToTensor, "torch": torch})
        assert type(made).__name__ == entry.title


@pytest.mark.parametrize("kind", [kind for kind in CATALOGUE if kind not in ("image", "float", "totensor")])
def test_every_transform_takes_a_float_image_and_gives_one(kind, root):
    """At its defaults and at both ends."""
    parameters = CATALOGUE[kind].parameters
    for values in ((), tuple(p.low for p in parameters), tuple(p.high for p in parameters)):
        stages = (*read_pipeline("image~float"), TransformStep(kind, values))
        result = run_pipeline(stages, index=0, train=True, seed=1, draws=1, root=root)
        assert result.error == ""
        assert len(result.steps) == 3
        assert torch.isfinite(result.steps[-1].pixels).all()


@pytest.mark.parametrize("position", range(len(LAMBDAS)))
def test_every_function_of_lambda_runs(position, root):
    """On a float image."""
    assert apply(f"image~float~lambda_{position}", root).error == ""


def test_the_shown_program_gives_what_the_page_shows(root):
    """Run by itself in a fresh namespace, it makes the same tensors; the first draw is the staged one."""
    result = apply(PRESETS["Augment for training"], root, draws=4)
    _, namespace, error = execute(result.code)
    assert error is None
    assert torch.equal(namespace["steps"][-1], namespace["draws"][0])
    for shown, made in zip(result.draws, namespace["draws"], strict=True):
        assert torch.equal(shown.pixels, read_picture(made).pixels)
    assert len({tuple(draw.flatten().tolist()) for draw in namespace["draws"]}) == 4


def test_the_seed_decides_the_draws_and_nothing_else_is_disturbed(root):
    """The same seed, the same pictures; the process's generator stays where it was."""
    torch.default_generator.manual_seed(123)
    state = torch.get_rng_state()
    first, again = (apply("image~affine", root, seed=5).draws[2].pixels for _ in range(2))
    other = apply("image~affine", root, seed=6).draws[2].pixels
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(torch.get_rng_state(), state)


def test_the_classic_and_the_newer_way_agree_with_training(root, sample_train):
    """`ToTensor`, `ToImage` with `ToDtype`, and what the engine does to a batch."""
    batch = to_input(sample_train.images[7:8], "fashion_mnist")[0, 0]
    for spec in ("totensor~norm", "image~float~norm"):
        _, namespace, _ = execute(
            to_code(read_pipeline(spec), index=7, train=True, seed=0, draws=1, root=root)
        )
        assert torch.allclose(namespace["draws"][0][0], batch, atol=1e-6)


@pytest.mark.parametrize(
    ("spec", "words", "ran"),
    [
        ("norm~image~float", "Put ToImage before it", 0),
        ("image~norm", "Put ToDtype before it", 1),
        ("image~float~totensor", "let it be the first stage", 2),
        ("noise", "Put ToImage before it", 0),
        ("lambda", "Put ToImage before it", 0),
    ],
)
def test_a_stage_that_does_not_fit_says_why_and_what_to_do(spec, words, ran, root):
    """PyTorch's own words, and the stages before it are still shown."""
    result = apply(spec, root)
    assert words in result.error
    assert "PyTorch says: “" in result.error
    assert "““" not in result.error
    assert len(result.steps) == ran
    assert result.draws == ()


def test_what_comes_out_is_described(root):
    """Type, dtype, shape, range, and a histogram that counts every pixel."""
    result = apply("image~float~norm~resize_14", root)
    stored, image, floats, normal, small = result.original, *result.steps
    assert (stored.type, stored.dtype, stored.shape, stored.high) == ("PIL image", "uint8", (28, 28), 255)
    assert (image.type, image.shape) == ("tensor", (1, 28, 28))
    assert (floats.dtype, floats.high) == ("float32", 1.0)
    assert normal.stretched
    assert normal.low == pytest.approx(-0.2860 / 0.3530, abs=1e-4)
    assert small.shape == (1, 14, 14)
    for picture in (stored, image, floats, normal, small):
        assert sum(picture.counts) == picture.pixels.numel()
        assert 0 <= float(picture.pixels.min()) <= float(picture.pixels.max()) <= 1


def test_what_is_no_image_is_refused():
    """A vector, or nothing."""
    assert read_picture(Image.fromarray(np.zeros((3, 4), np.uint8))).shape == (3, 4)
    for value in (torch.zeros(784), torch.zeros(3, 28, 28), torch.zeros(1, 0, 28)):
        with pytest.raises(TransformError):
            read_picture(value)


def test_an_image_or_a_number_out_of_range_is_refused(root):
    """The index, the draws, the seed."""
    for wrong in (
        {"index": 10**6},
        {"index": -1},
        {"draws": 0},
        {"draws": 13},
        {"seed": -1},
        {"seed": 2**31},
    ):
        with pytest.raises(TransformError):
            apply("image", root, **wrong)


def test_the_test_split_is_another_image(root):
    """`train=False` in the program."""
    result = apply("image", root, train=False)
    assert "train=False" in result.code
    assert not torch.equal(result.original.pixels, apply("image", root).original.pixels)


def test_what_training_can_do_is_taken_along_and_the_rest_is_said():
    """Only fields that a run has, within its bounds."""
    fields, notes = to_training(
        read_pipeline("image~crop_28_12~flip_0.3~float~norm_0.5_0.5~erase_1_0.5~rotate")
    )
    assert DataConfig(**fields) == DataConfig(normalize="fashion_mnist", shift=8, flip=True, erase=20)
    assert len(notes) == 5
    assert to_training(read_pipeline("image~float")) == ({}, ())
    assert to_training(read_pipeline("image~crop_20_0"))[0] == {}
