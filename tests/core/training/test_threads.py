"""How many threads a run takes where that is left open."""

from dataclasses import replace

import pytest

from core.config import OptimizerConfig, TrainConfig
from core.system import device
from core.training.engine import threads_for
from core.training.presets import PRESETS

TUTORIAL = replace(TrainConfig.tutorial(), device="cpu")


@pytest.mark.parametrize(("batch", "threads"), [(1, 1), (64, 1), (128, 1), (256, 3), (1024, 8)])
def test_a_thread_is_taken_where_each_has_enough_to_do(batch, threads, monkeypatch):
    """The tutorial's batches are too small to share, larger ones are not; never more than allowed."""
    monkeypatch.setattr(device, "cpu_threads", lambda: 8)
    assert threads_for(replace(TUTORIAL, batch_size=batch)) == threads
    monkeypatch.setattr(device, "cpu_threads", lambda: 2)
    assert threads_for(replace(TUTORIAL, batch_size=batch)) == min(threads, 2)


def test_convolutional_recipes_take_both_cores(monkeypatch):
    """They have ten times the tutorial's work per step, by which two threads gain."""
    monkeypatch.setattr(device, "cpu_threads", lambda: 2)
    for name in ("fast", "best"):
        assert threads_for(replace(PRESETS[name].config, device="cpu")) == 2


def test_the_optimizer_does_not_decide(monkeypatch):
    """What is counted are the products, which every optimizer needs."""
    monkeypatch.setattr(device, "cpu_threads", lambda: 2)
    assert threads_for(replace(TUTORIAL, optimizer=OptimizerConfig(name="adam"))) == 1
