"""The script for a GPU runs here on the CPU, part by part, so that it is whole when one is at hand."""

import json

import pytest
import torch

from benchmarks import gpu

SMALL = ["--device", "cpu", "--epochs", "1", "--limit", "1280"]
PARTS = [part for part in gpu.PARTS if part != "compiled"]  # a compiler may be missing where tests run


@pytest.mark.parametrize("part", PARTS)
def test_each_part_runs_on_a_cpu(capsys, part):
    assert gpu.main([*SMALL, "--part", part]) == 0
    line = json.loads(capsys.readouterr().out)
    assert line["part"] == part
    assert "failed" not in line
    for name, value in line.items():
        if name.endswith("loss_difference"):
            assert value < 1e-4
    if part == "interrupted":
        assert line["largest_weight_difference"] == 0
    if part == "queue":
        assert line["states"] == ["succeeded", "succeeded"]


def test_a_part_that_fails_says_so_and_the_next_one_runs(capsys, monkeypatch):
    def fail(setup):
        raise RuntimeError("on purpose")

    monkeypatch.setitem(gpu.PARTS, "best", fail)
    assert gpu.main([*SMALL, "--part", "best", "environment"]) == 1
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["failed"] == "RuntimeError: on purpose"
    assert second["device"] == "cpu"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_it_says_so_in_one_line(capsys):
    assert gpu.main([]) == 0
    assert "skipped" in json.loads(capsys.readouterr().out)
