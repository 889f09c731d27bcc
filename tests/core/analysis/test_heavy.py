"""What a page computes with a network takes no more memory than was worked out, and waits only if light."""

import subprocess
import sys

import pytest
import torch

from core.analysis import heavy
from core.analysis.projection import principal_components
from core.analysis.timing import WORK, timed_images, timing_bytes
from core.config import ModelConfig
from core.model import build
from core.model.layer_text import layers_from_text
from core.model.summary import summary_of
from core.training.trained_model import TrainedModel

MB = 1_000_000
WIDE = "conv128k1-flatten-linear10"  # 100,352 values reach its last layer: 4 GB for 10,000 images
HEAVY = "-".join(["maxpool2", *["conv64k7"] * 6, "maxpool14", "flatten", "linear10"])


def network(layers):
    config = ModelConfig(architecture="custom", layers=layers_from_text(layers))
    module = build(config, torch.Generator().manual_seed(0)).eval().requires_grad_(False)
    return TrainedModel("", "", module, config, "none", "")


def test_a_wide_last_layer_is_looked_at_for_fewer_images():
    """The default network keeps 10,000 images; one of 100,352 values no more than a few dozen."""
    tutorial = network("flatten-linear512-relu-linear10")
    assert heavy.hidden_count(tutorial, 10_000) == 10_000
    few = heavy.hidden_count(network(WIDE), 10_000)
    assert 2 <= few < 100
    assert heavy.hidden_bytes(network(WIDE), few) < 500 * MB


def test_directions_are_the_same_from_few_points_or_from_many_values():
    """Of fewer points than values the smaller matrix is taken: the same shares, points and directions."""
    points = torch.randn(30, 200, generator=torch.Generator().manual_seed(1))
    found = principal_components(points, 3)
    assert torch.allclose(found.project(points), found.points, atol=1e-4)
    _, sizes, directions = torch.linalg.svd(points - points.mean(0), full_matrices=False)
    assert torch.allclose(found.shares, sizes[:3].square() / sizes.square().sum(), atol=1e-5)
    assert torch.allclose((found.axes.T @ directions[:3].T).abs(), torch.eye(3), atol=1e-3)


def test_a_network_is_timed_on_as_many_images_as_a_page_can_wait_for():
    """The heaviest networks are timed on few images, and never on none."""
    summary = summary_of(network(HEAVY).model)
    assert summary.multiply_adds * timed_images(summary) <= WORK
    assert timed_images(summary) >= 1
    assert timed_images(summary_of(ModelConfig())) == 64
    assert timing_bytes(summary, 1) < 100 * MB


MEASURE = """
import torch
from core.analysis import heavy
from core.config import ModelConfig
from core.model import build
from core.model.layer_text import layers_from_text
from core.system import memory
from core.training.trained_model import TrainedModel
from tests.peak import watched
torch.set_num_threads(1)
memory.tune_allocator()

def network(layers):
    config = ModelConfig(architecture="custom", layers=layers_from_text(layers))
    return TrainedModel("", "", build(config).eval().requires_grad_(False), config, "none", "")

images = torch.randint(0, 256, (1_000, 28, 28)).to(torch.uint8)
image = images[:1] / 255
wide = network("conv128k1-flatten-linear10")
few = images[: heavy.hidden_count(wide, 1_000)]
small = network("conv4k3-flatten-linear10")
heavy.explain(heavy.plain(small), image, 0, lambda share: None)  # what libraries set up once
work = {
    "predict": (heavy.predict_bytes(wide, 1_000), heavy.predict, images),
    "hidden": (heavy.hidden_bytes(wide, len(few)), heavy.hidden, few),
    "plane": (heavy.hidden_bytes(wide, len(few)), heavy.plane, few),
    "explain": (heavy.explain_bytes(wide), heavy.explain, image, 0),
    "change": (heavy.explain_bytes(wide), heavy.change, image, False),
}
for name, (bound, function, *arguments) in work.items():
    memory.give_back()
    with watched() as peak:
        function(heavy.plain(wide), *arguments, report=lambda share: None)
    print(name, peak.extra, bound)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is measured on Linux only")
def test_nothing_takes_more_than_is_reserved_for_it():
    """Measured in a process of its own, with the widest layer that there may be."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-800:]
    lines = [line.split() for line in done.stdout.splitlines()]
    assert len(lines) == 5
    for name, measured, bound in lines:
        assert int(measured) <= int(bound), f"{name}: {measured} measured, {bound} worked out"
