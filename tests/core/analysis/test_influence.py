"""TracIn over a run's kept epochs: the formula against autograd, what it finds, and its job."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from core.analysis.influence import InfluenceJob, influence, measured
from core.config import DataConfig, ModelConfig, OptimizerConfig, TrainConfig
from core.errors import RunError
from core.training.engine import run_training, to_input
from core.training.jobs.training import TrainingJob, resolve
from core.training.runs import RunStore, StoredRun
from core.training.trained_model import TrainedModel

CONFIG = TrainConfig(
    model=ModelConfig(architecture="mlp", hidden=(16,)),
    optimizer=OptimizerConfig(lr=0.1, schedule="cosine"),
    data=DataConfig(limit=200, relabeled=((3, 9),)),
    epochs=3,
    device="cpu",
    threads=1,
)


def trained(config, train, test):
    """A run and its network after each epoch."""
    models = []

    def keep(state):
        models.append(
            TrainedModel.from_state_dict(
                state.model, id="", title="", model=config.model, normalize="none", about=""
            )
        )

    result = run_training(config, train_split=train, test_split=test, on_checkpoint=keep)
    run = StoredRun("", config, "finished", None, result.history, np.zeros(0, np.float32), 0.0)
    return run, models


@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
def test_the_scores_are_sums_of_products_of_autograd_s_gradients(small_train, small_test, loss):
    """For 20 training images and 2 questions: the last layer's gradients, laid out, and their cosine."""
    config = replace(CONFIG, loss=loss, label_smoothing=0.1 if loss == "cross_entropy" else 0.0)
    run, models = trained(config, small_train, small_test)
    answers = torch.tensor([2, 7])
    found = influence(run, (1, 2, 3), lambda e: models[e - 1], small_train, small_test.images[:2], answers)
    labels = small_train.labels[:20].clone()
    labels[3] = 9
    assert found.labels[:20].tolist() == labels.tolist()

    def gradient(model, image, label):
        module = model.module
        module.requires_grad_(True)
        logits = module(to_input(image[None]))
        if loss == "mse":
            value = F.mse_loss(logits, F.one_hot(label[None], 10).float())
        else:
            value = F.cross_entropy(logits, label[None], label_smoothing=0.1)
        last = list(module.parameters())[-2:]
        return torch.cat([part.flatten() for part in torch.autograd.grad(value, last)])

    def whole(image, label):
        """All epochs' gradients as one vector, each times the root of its learning rate."""
        pairs = zip(models, run.history, strict=True)
        return torch.cat([gradient(m, image, label) * record.learning_rate**0.5 for m, record in pairs])

    asked = [whole(small_test.images[q], answers[q]) for q in range(2)]
    for i in range(20):
        seen = whole(small_train.images[i], labels[i])
        for q in range(2):
            expected = float(F.cosine_similarity(seen, asked[q], dim=0))
            assert float(found.scores[q, i]) == pytest.approx(expected, rel=1e-3, abs=1e-5)


def test_a_wrong_label_s_loss_stays_high_and_its_image_pushes_its_class(small_train, small_test):
    """Ten images with labels of their own are among the 30 whose loss stays highest, most of them."""
    wrong = tuple((i, (int(small_train.labels[i]) + 5) % 10) for i in range(10))
    config = replace(CONFIG, data=DataConfig(relabeled=wrong), epochs=4)
    run, models = trained(config, small_train, small_test)
    image, label = small_train.images[0], torch.tensor([wrong[0][1]])
    found = influence(run, (1, 2, 3, 4), lambda e: models[e - 1], small_train, image[None], label)
    assert len(set(found.indices[found.stubborn(30)].tolist()) & set(range(10))) >= 7
    assert int(found.indices[found.strongest(1)]) == 0
    assert not set(found.strongest(50).tolist()) & set(found.strongest(50, against=True).tolist())


def test_nothing_is_traced_without_a_kept_epoch(small_train, small_test):
    run, _ = trained(replace(CONFIG, epochs=1), small_train, small_test)
    with pytest.raises(RunError, match="no kept epoch"):
        influence(run, (), lambda e: None, small_train, small_test.images[:1], torch.tensor([0]))


def test_the_job_lists_the_strongest_and_can_be_stopped(small_train, small_test, tmp_path):
    runs = RunStore(tmp_path)
    config = resolve(CONFIG, small_train)
    TrainingJob(config, runs, small_train, small_test).run(lambda progress: None, lambda: False)
    run = runs.load(config.key())
    job = InfluenceJob(run, runs, small_train, small_test.images[0], 4)
    told = []
    done = job.run(told.append, lambda: False)
    assert (done.status, done.images, done.epochs) == ("finished", 200, (1, 2, 3))
    assert told[-1].step == 100
    values = [image.value for image in done.in_favor]
    assert values == sorted(values, reverse=True)
    assert min(values) > 0 > max(image.value for image in done.against)
    assert job.run(told.append, lambda: True).status == "stopped"
    other = InfluenceJob(run, runs, small_train, small_test.images[0], 5)
    assert other.key != job.key


def test_what_the_page_says_of_the_trial_is_what_the_documents_say(pytestconfig):
    trial = measured()
    low, high = trial.interval
    text = (pytestconfig.rootpath / "docs" / "MEASUREMENTS.md").read_text()
    row = f"| {trial.more} of {trial.errors} ({low:.0%} to {high:.0%}) | {trial.strongest} | {trial.random} |"
    assert row in text
