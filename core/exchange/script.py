"""A run as code to take home: a standalone script and a notebook that give the same numbers.

They need torch and torchvision alone, read like the tutorial, and run under `torchrun` as they stand.
`core.exchange.sections` has the text of the data, the network and the objective; the loops are here.
"""

import copy
import importlib.util
import tempfile
import textwrap
from dataclasses import replace
from pathlib import Path

import torch

from core.config import TrainConfig
from core.errors import CheckpointError, ConfigError
from core.exchange.sections import augmentation, data, has, imports, kept, network, objective, settings
from core.exchange.weights.recognition import describe
from core.teaching.snippets.notebook import write_notebook
from core.training.engine import SEED_OFFSETS
from core.training.engine.folded import can_fold
from core.training.trained_model import TrainedModel

_HEADLINES = {
    "imports": "What is needed",
    "settings": "Settings",
    "data": "Data",
    "network": "Network",
    "objective": "Loss and optimizer",
    "augmentation": "Augmentation",
    "loops": "Training and test",
    "run": "The run",
}


def to_script(config: TrainConfig) -> str:
    """A run as one Python program.

    Run as it is, it prints the run's losses and accuracies and saves the weights as `model.pth`. Under
    `torchrun --nproc-per-node=N` the same batches are shared by N processes.

    Args:
        config: The run.

    Raises:
        ConfigError: The run used images that only its visitor has.
    """
    sections = _sections(config, script=True)
    parts = [f'"""{_docstring(config)}"""', *sections.values()]
    return "\n\n".join(part.strip("\n") + "\n" for part in parts)


def to_notebook(config: TrainConfig) -> str:
    """The same program as a notebook (nbformat 4.5 JSON), a cell for each section.

    Args:
        config: The run.

    Raises:
        ConfigError: The run used images that only its visitor has.
    """
    cells = [("markdown", f"# Fashion-MNIST\n\n{_summary(config)}\n\n{_about_data(config)}")]
    for name, text in _sections(config, script=False).items():
        cells += [("markdown", f"## {_HEADLINES[name]}"), ("code", text.strip("\n"))]
    return write_notebook(cells)


def _sections(config: TrainConfig, *, script: bool) -> dict[str, str]:
    """The program's text by section, first to last; an unused section is left out."""
    if config.data.dataset.startswith("custom"):
        raise ConfigError(
            "This run used uploaded images, which a script cannot download: export another run."
        )
    sections = {
        "imports": imports(config, script=script),
        "settings": settings(config, script=script),
        "data": data(config),
        "network": network(config),
        "objective": objective(config),
        "augmentation": augmentation(config),
        "loops": _loops(config),
        "run": _run(config),
    }
    return {name: text for name, text in sections.items() if text}


def _summary(config: TrainConfig) -> str:
    optimizer = config.optimizer
    return (
        f"{describe(config.model)}; {optimizer.name}, learning rate {optimizer.lr:g} ({optimizer.schedule}), "
        f"batches of {config.batch_size}, {config.epochs} epochs, seed {config.seed}."
    )


def _about_data(config: TrainConfig) -> str:
    if config.data.dataset.startswith("sample"):
        return (
            "The run was of the 5,000 training and 1,000 test images that ship with PyTorch Basics, Live, in "
            "core/data/sample: unpack that folder's files into data/FashionMNIST/raw to get its numbers. "
            "The download has 60,000 and 10,000 images, and other numbers."
        )
    return "Fashion-MNIST is downloaded to data/ if it is not there."


def about_digits(config: TrainConfig) -> str:
    """How far the program's losses are the run's, in a sentence or two."""
    same = "On the CPU, with the same version of PyTorch, the losses are the app's to five decimals"
    if not can_fold(replace(config, device="cpu")):
        return f"{same}."
    return (
        f"{same} at first: the app makes an update as plain as this one part of the backward pass, which "
        "rounds otherwise, and the larger the learning rate, the sooner the last digits drift apart."
    )


def _docstring(config: TrainConfig) -> str:
    text = "\n\n".join(
        textwrap.fill(paragraph, 100)
        for paragraph in (
            f"A run of PyTorch Basics, Live, {config.key()[:12]}, as a program of its own.",
            _summary(config),
            f"{_about_data(config)} {about_digits(config)}",
        )
    )
    commands = """
    python run.py                                one process
    torchrun --nproc-per-node=2 run.py           two, which share the same batches
"""
    return f"{text}\n{commands}"


def _indent(text: str, levels: int) -> str:
    return textwrap.indent(text, "    " * levels)


def _loops(config: TrainConfig) -> str:
    optimizer = config.optimizer
    lines = ["X, y = X.to(device), y.to(device)"]
    if config.data.augments:
        lines.append("X = augment(X)")
    if config.data.normalize != "none":
        lines.append("X = normalize(X)")
    prepare = "\n".join(lines)
    evaluate = "\n".join(line for line in lines if "augment" not in line)
    if config.precision == "bfloat16":
        forward = (
            "with torch.autocast(device, dtype=torch.bfloat16):\n    pred = net(X)\n"
            "pred = pred.float()\nloss = loss_fn(pred, y)"
        )
    else:
        forward = "pred = net(X)\nloss = loss_fn(pred, y)"
    update = []
    if optimizer.clip_norm is not None:
        update.append(f"nn.utils.clip_grad_norm_(model.parameters(), {optimizer.clip_norm!r})")
    update.append("optimizer.step()")
    if optimizer.schedule in ("cosine", "one_cycle"):
        update.append("scheduler.step()")
    if optimizer.ema_decay:
        update.append("update_average()")
    update.append("optimizer.zero_grad()")
    test_loss = "test_loss_fn" if config.label_smoothing else "loss_fn"
    return f'''\
def train(dataloader):
    """One epoch; gives the mean loss and the accuracy over its images."""
    net.train()
    size = len(train_indices)
    total, correct = 0.0, 0
    for step, (X, y) in enumerate(dataloader):
{_indent(prepare, 2)}

        # compute prediction and loss
{_indent(forward, 2)}

        # this process's part of the whole batch; DistributedDataParallel averages over the processes
        whole = min(batch_size, size - step * batch_size)
        part = len(range(rank, whole, world))
        (loss * (part * world / whole)).backward()
{_indent(chr(10).join(update), 2)}

        total += loss.item() * part
        correct += (pred[:part].argmax(1) == y[:part]).sum().item()
    if world > 1:
        totals = torch.tensor([total, correct], dtype=torch.float64, device=device)
        dist.all_reduce(totals)
        total, correct = totals.tolist()
    return total / size, correct / size


def test(dataloader):
    """The mean loss and the accuracy over all images, each counting once."""
    {kept(config)}.eval()
    size = len(dataloader.dataset)
    total, correct = 0.0, 0
    with torch.no_grad():
        for X, y in dataloader:
{_indent(evaluate, 3)}
            pred = {kept(config)}(X)
            total += {test_loss}(pred, y).item() * len(X)
            correct += (pred.argmax(1) == y).sum().item()
    return total / size, correct / size
'''


def _run(config: TrainConfig) -> str:
    text = ""
    if has(config, "dropout"):
        seed = config.seed + SEED_OFFSETS["dropout"]
        text += f"torch.manual_seed({seed} + 1000 * rank)  # dropout draws from here on\n"
    if config.patience:
        text += 'best, best_loss, waited = None, float("inf"), 0\n'
    text += "for t in range(epochs):\n"
    body = "train_loss, train_accuracy = train(train_dataloader)\n"
    report = [
        'f"epoch {t + 1}: train loss {train_loss:.8f}, train accuracy {train_accuracy:.6f}, "',
    ]
    if config.optimizer.schedule == "step":
        body += "scheduler.step()\n"
    if config.data.validation:
        body += "validation_loss, validation_accuracy = test(validation_dataloader)\n"
        report.append(
            'f"validation loss {validation_loss:.8f}, validation accuracy {validation_accuracy:.6f}, "'
        )
    body += "test_loss, test_accuracy = test(test_dataloader)\n"
    report.append('f"test loss {test_loss:.8f}, test accuracy {test_accuracy:.6f}"')
    body += "if rank == 0:\n    print(\n" + _indent("\n".join(report), 2) + "\n    )\n"
    if config.patience:
        body += f"""
if world > 1:  # all processes go by the first one's loss
    shared = torch.tensor(validation_loss, device=device)
    dist.broadcast(shared, 0)
    validation_loss = shared.item()
if validation_loss <= best_loss:
    best = copy.deepcopy({kept(config)}.state_dict())
waited = 0 if validation_loss < best_loss else waited + 1
best_loss = min(best_loss, validation_loss)
if waited >= {config.patience}:
    break
"""
    text += _indent(body, 1)
    if config.patience:
        text += f"{kept(config)}.load_state_dict(best)  # of the epoch with the lowest validation loss\n"
    return (
        text
        + f"""
if rank == 0:
    torch.save({kept(config)}.state_dict(), path)
    print(f"Saved PyTorch Model State to {{path}}")
if world > 1:
    dist.destroy_process_group()
"""
    )


def check_onnx() -> None:
    """Check that networks can be exported to ONNX here.

    Raises:
        CheckpointError: The optional packages `onnx` and `onnxscript` are not installed.
    """
    if importlib.util.find_spec("onnx") is None or importlib.util.find_spec("onnxscript") is None:
        raise CheckpointError(
            "ONNX export needs two optional packages on the server: pip install onnx onnxscript."
        )


def to_onnx(model: TrainedModel) -> bytes:
    """A network as ONNX, for other programs: input `images` (N x 1 x 28 x 28), output `logits` (N x 10).

    Args:
        model: The network.

    Raises:
        CheckpointError: The optional packages `onnx` and `onnxscript` are not installed.
    """
    check_onnx()
    program = torch.onnx.export(
        copy.deepcopy(model.module),  # visitors share the original
        (torch.zeros(2, 1, 28, 28),),
        input_names=["images"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("n")},),
        dynamo=True,
        verbose=False,
    )
    if program is None:  # as its type says; it does not happen
        raise CheckpointError("PyTorch did not export this network to ONNX.")
    with tempfile.TemporaryDirectory() as folder:  # the exporter writes to paths only
        path = Path(folder) / "model.onnx"
        program.save(path, external_data=False)
        return path.read_bytes()
