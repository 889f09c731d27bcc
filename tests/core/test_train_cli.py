"""`python -m core.train`: the same runs as the app's, without a screen."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from core import train
from core.training import command
from core.training.jobs import JobQueue, TrainingService
from core.training.runs import RunStore

PROJECT = Path(__file__).resolve().parents[2]
SMALL = ["--preset", "tutorial", "--epochs", "2", "--limit", "320", "--device", "cpu"]


def test_it_leaves_a_run_and_prints_its_folder(tmp_path, capsys):
    """Weights under the tutorial's names, one record an epoch, and the folder on the last line."""
    assert train.main([*SMALL, "--runs", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    folder = Path(out.splitlines()[-1])
    assert folder.parent == tmp_path
    assert "linear_relu_stack.0.weight" in torch.load(folder / "weights.pt", weights_only=True)
    history = json.loads((folder / "history.json").read_text())
    assert [record["epoch"] for record in history] == [1, 2]
    assert "epoch 2/2" in err
    assert "1,000 images" in err


def test_the_app_shows_what_it_trained(tmp_path, sample_train, sample_test):
    """A store on the same folder finds the run by its settings and serves it from disk."""
    assert train.main([*SMALL, "--seed", "5", "--runs", str(tmp_path)]) == 0
    store = RunStore(tmp_path)
    run = store.list()[0]
    assert run.config.seed == 5
    assert run.status == "finished"
    jobs = TrainingService(JobQueue(), store, lambda _: (sample_train, sample_test))
    assert jobs.submit(run.config).from_cache
    jobs.close()


def test_asked_again_it_trains_nothing(tmp_path, capsys, monkeypatch):
    """The second time the folder is printed at once."""
    train.main([*SMALL, "--runs", str(tmp_path)])
    first = capsys.readouterr().out
    monkeypatch.setattr(
        "core.training.jobs.training.run_training", lambda *_, **__: pytest.fail("trained again")
    )
    assert train.main([*SMALL, "--runs", str(tmp_path)]) == 0
    assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--epochs", "0"], "epochs must be between 1 and 60"),
        (["--device", "cuda:9"], "no device"),
        (["--limit", "3"], "between 10 and 60,000"),
    ],
)
def test_bad_arguments_are_one_sentence(arguments, sentence, tmp_path, capsys):
    """Status 1, a sentence on stderr, nothing on stdout."""
    assert train.main([*arguments, "--runs", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert "Traceback" not in err


def test_ctrl_c_leaves_a_run_that_goes_on(tmp_path, capsys):
    """Interrupted after its first epoch, the same command ends with the weights of an unbroken run."""
    arguments = ["--epochs", "4", "--device", "cpu"]
    command = [sys.executable, "-m", "core.train", *arguments, "--runs", str(tmp_path / "a")]
    # a shell's background job ignores the signal, and so would the child of one
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    signal.signal(signal.SIGINT, before)
    deadline = time.monotonic() + 60
    while not list((tmp_path / "a").glob("*/history.json")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert out == ""
    assert "goes on" in err
    folders = []
    for runs in ("a", "b"):
        assert train.main([*arguments, "--runs", str(tmp_path / runs)]) == 0
        folders.append(Path(capsys.readouterr().out.splitlines()[-1]))
    first, second = (torch.load(folder / "weights.pt", weights_only=True) for folder in folders)
    assert all(torch.equal(first[name], second[name]) for name in second)


def test_help_names_what_there_is(capsys):
    """The presets of the page are those of the command."""
    with pytest.raises(SystemExit, match="0"):
        train.main(["--help"])
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("tutorial", "fast", "best", "--limit", "--runs"))


def test_an_interrupt_that_got_lost_is_repeated_before_the_next_step():
    """As when code in C clears every exception of an attribute that it asks for."""
    with command._interrupts() as check:
        assert not check()
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            check()
