"""The text of an exported run, section by section, in the tutorial's style.

Every function gives the Python text of one section for one configuration; what the run does not use is not
there. The order in which random numbers are drawn is the engine's, whose generators are seeded alike:
`tests/core/test_export.py` holds that the losses are the same.
"""

from core.config import ModelConfig, Normalization, TrainConfig
from core.model import specs
from core.model.class_code import class_definition, class_name
from core.training.engine import EVALUATION_BATCH, SEED_OFFSETS
from core.training.engine.objectives import ONE_CYCLE_END, ONE_CYCLE_START


def has(config: TrainConfig, *kinds: str) -> bool:
    """Whether the network has a layer of one of these kinds."""
    return any(layer.kind in kinds for layer in specs(config.model))


def imports(config: TrainConfig, *, script: bool) -> str:
    """The imports that the other sections need."""
    lines = ["import argparse"] if script else []
    lines += ["import copy"] if config.patience or config.optimizer.ema_decay else []
    lines += ["import os", "", "import torch", "import torch.distributed as dist", "from torch import nn"]
    if config.loss != "cross_entropy" or config.data.shift:
        lines.append("from torch.nn import functional as F")
    names = "DataLoader, Sampler, Subset" if config.data.validation else "DataLoader, Sampler"
    lines += [f"from torch.utils.data import {names}", "from torchvision import datasets"]
    normalized = config.data.normalize != "none"
    lines.append(f"from torchvision.transforms import {'Normalize, ToTensor' if normalized else 'ToTensor'}")
    return "\n".join(lines)


def settings(config: TrainConfig, *, script: bool) -> str:
    """Where the data is, which device, and which of how many processes this is."""
    kind = config.device.partition(":")[0]
    text = f'device = "{kind}"\n'
    if kind == "auto":
        text = """\
device = "cpu"
if torch.cuda.is_available():
    device = "cuda"
elif torch.backends.mps.is_available():
    device = "mps"
"""
    if script:
        text += """
parser = argparse.ArgumentParser()
parser.add_argument("--root", default="data", help="folder with FashionMNIST/raw; downloaded if missing")
parser.add_argument("--device", default=device)
parser.add_argument("--save", default="model.pth", help="where the trained weights go")
args = parser.parse_args()
root, device, path = args.root, args.device, args.save
"""
    else:
        text += 'root, path = "data", "model.pth"\n'
    text += """
# torchrun sets these; without it this is the only process
rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
if world > 1:
    if device == "cuda":
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl" if device == "cuda" else "gloo")
"""
    if config.threads:
        text += f"""
# one and two threads add up in another order: the last digits depend on it
torch.set_num_threads({config.threads})
"""
    return text


def data(config: TrainConfig) -> str:
    """The images, which of them are trained on, and in which order they come."""
    loader = "generator=torch.Generator()" if has(config, "dropout") else ""
    text = """\
if rank > 0:
    dist.barrier()  # the first process gets the data
training_data = datasets.FashionMNIST(root=root, train=True, download=True, transform=ToTensor())
test_data = datasets.FashionMNIST(root=root, train=False, download=True, transform=ToTensor())
if world > 1 and rank == 0:
    dist.barrier()
"""
    if config.data.normalize != "none":
        text += """
normalize = Normalize((0.2860,), (0.3530,))  # mean and standard deviation of the training pixels
"""
    count = f"{config.data.limit}" if config.data.limit else "len(training_data)"
    count = f"min({count}, len(training_data))" if config.data.limit else count
    if config.data.validation:
        text += f"""
# hold out {config.data.validation:.0%} of each class for validation
labels = training_data.targets[:{count}]
held_out = torch.zeros(len(labels), dtype=torch.bool)
generator = torch.Generator().manual_seed({config.seed + SEED_OFFSETS["validation"]})
for label in labels.unique():
    members = (labels == label).nonzero().squeeze(1)
    order = torch.randperm(len(members), generator=generator)
    held_out[members[order[: round({config.data.validation!r} * len(members))]]] = True
train_indices = (~held_out).nonzero().squeeze(1)
validation_data = Subset(training_data, held_out.nonzero().squeeze(1).tolist())
"""
    else:
        text += f"\ntrain_indices = torch.arange({count})\n"
    text += f'''
batch_size = {config.batch_size}


class Batches(Sampler):
    """Batches of indices; under torchrun each process takes its part of the same batches."""

    def __init__(self, indices):
        self.indices = indices
'''
    if config.shuffle:
        seed = config.seed + SEED_OFFSETS["shuffle"]
        text += f"        self.generator = torch.Generator().manual_seed({seed})\n"
    text += "\n    def __iter__(self):\n"
    if config.shuffle:
        text += "        order = self.indices[torch.randperm(len(self.indices), generator=self.generator)]\n"
    else:
        text += "        order = self.indices\n"
    text += """\
        for batch in order.split(batch_size):
            part = batch[rank::world]
            yield (part if len(part) else batch[:1]).tolist()

    def __len__(self):
        return -(-len(self.indices) // batch_size)


"""
    if loader:
        text += "# a generator of their own: the global one is left to dropout\n"
    extra = f", {loader}" if loader else ""
    text += f"train_dataloader = DataLoader(training_data, batch_sampler=Batches(train_indices){extra})\n"
    text += f"test_dataloader = DataLoader(test_data, batch_size={EVALUATION_BATCH}{extra})\n"
    if config.data.validation:
        text += f"validation_dataloader = DataLoader(validation_data, batch_size={EVALUATION_BATCH}{extra})\n"
    return text


def network(config: TrainConfig) -> str:
    """The network's class, its seed, and its wrapper for several processes."""
    text = f"""\
{class_definition(config.model)}

torch.manual_seed({config.seed})
model = {class_name(config.model)}().to(device)
"""
    if has(config, "conv"):
        text += "model = model.to(memory_format=torch.channels_last)  # faster convolutions\n"
    text += "net = nn.parallel.DistributedDataParallel(model) if world > 1 else model\n"
    text += "if rank == 0:\n    print(model)\n"
    return text


def loading(config: ModelConfig, normalize: Normalization) -> str:
    """A program that gives a network its weights from `model.pth` and asks it about one image."""
    prepare = "images = (images - 0.2860) / 0.3530  # as in training\n" if normalize != "none" else ""
    return f"""\
import torch
from torch import nn


{class_definition(config)}

model = {class_name(config)}()
model.load_state_dict(torch.load("model.pth", weights_only=True))
model.eval()

images = torch.rand(1, 1, 28, 28)  # your own: grey, the garment light on dark, in [0, 1]
{prepare}with torch.no_grad():
    probabilities = model(images).softmax(1)
print(probabilities)
"""


def objective(config: TrainConfig) -> str:
    """The loss, the optimizer and the schedule."""
    if config.loss == "nll":
        text = """\
def loss_fn(logits, labels):
    return F.nll_loss(F.log_softmax(logits, dim=1), labels)


"""
    elif config.loss == "mse":
        text = """\
def loss_fn(logits, labels):
    return F.mse_loss(logits, F.one_hot(labels, 10).to(logits.dtype))


"""
    elif config.label_smoothing:
        text = f"""\
loss_fn = nn.CrossEntropyLoss(label_smoothing={config.label_smoothing!r})
test_loss_fn = nn.CrossEntropyLoss()  # an evaluation is of the labels as they are
"""
    else:
        text = "loss_fn = nn.CrossEntropyLoss()\n"
    text += f"epochs = {config.epochs}\n{_optimizer(config)}\n"
    optimizer = config.optimizer
    if optimizer.schedule == "step":
        text += (
            "scheduler = torch.optim.lr_scheduler.StepLR("
            f"optimizer, step_size={optimizer.step_epochs}, gamma={optimizer.gamma!r})\n"
        )
    elif optimizer.schedule == "cosine":
        text += (
            "scheduler = torch.optim.lr_scheduler.CosineAnnealingLR("
            "optimizer, T_max=epochs * len(train_dataloader))\n"
        )
    elif optimizer.schedule == "one_cycle":
        text += f"""\
scheduler = torch.optim.lr_scheduler.OneCycleLR(
    optimizer,
    max_lr={optimizer.lr!r},
    total_steps=epochs * len(train_dataloader),
    pct_start={_warmup(config)},
    div_factor={ONE_CYCLE_START!r},
    final_div_factor={ONE_CYCLE_END!r},
    cycle_momentum=False,
)
"""
    return text + _average(optimizer.ema_decay)


def _average(decay: float) -> str:
    """The network whose weights are an average over the steps; empty where the last ones are kept."""
    if not decay:
        return ""
    return f'''
average, steps = copy.deepcopy(model), 0  # this is what is tested and saved


@torch.no_grad()
def update_average():
    """Move the average towards the weights: all the way at first, by {1 - decay:.3g} of it in the end."""
    global steps
    steps += 1
    share = (1 - {decay!r}) / (1 - {decay!r} ** steps)
    for mean, value in zip(average.state_dict().values(), model.state_dict().values()):
        if mean.is_floating_point():
            mean.lerp_(value, share)
        else:
            mean.copy_(value)
'''


def kept(config: TrainConfig) -> str:
    """The name of the network that is tested and saved."""
    return "average" if config.optimizer.ema_decay else "model"


def _warmup(config: TrainConfig) -> str:
    """The share of the steps that the rate rises; the scheduler needs more than one step of it."""
    images = config.data.limit or 5_000
    few = (
        config.optimizer.warmup * config.epochs * images * (1 - config.data.validation)
        < config.batch_size * 3
    )
    text = repr(config.optimizer.warmup)
    return f"max({text}, 1.000001 / (epochs * len(train_dataloader)))" if few else text


def _optimizer(config: TrainConfig) -> str:
    optimizer = config.optimizer
    arguments = ["model.parameters()", f"lr={optimizer.lr!r}"]
    if optimizer.momentum:
        arguments.append(f"momentum={optimizer.momentum!r}")
    # AdamW decays by 0.01 unless told otherwise
    if optimizer.weight_decay or optimizer.name == "adamw":
        arguments.append(f"weight_decay={optimizer.weight_decay!r}")
    if optimizer.nesterov:
        arguments.append("nesterov=True")
    name = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}[optimizer.name]
    return f"optimizer = torch.optim.{name}({', '.join(arguments)})"


def augmentation(config: TrainConfig) -> str:
    """What happens to each training batch at random; empty where nothing does."""
    data = config.data
    if not data.augments:
        return ""
    text = f'''\
generator = torch.Generator(device).manual_seed({config.seed + SEED_OFFSETS["augment"]} + 1000 * rank)


def augment(X):
    """Change each image of a batch (N x 1 x 28 x 28) at random."""

    def draw(high):
        return torch.randint(0, high, (len(X),), generator=generator, device=device)

    images = X.squeeze(1)
'''
    if data.shift:
        text += f"""\
    # shift by up to {data.shift} pixels: one of the windows of a padded image
    windows = F.pad(images, ({data.shift},) * 4).unfold(1, 28, 1).unfold(2, 28, 1)
    rows, columns = draw({2 * data.shift + 1}), draw({2 * data.shift + 1})
    images = windows[torch.arange(len(X), device=device), rows, columns]
"""
    if data.flip:
        text += """\
    # mirror with probability 1/2
    images = torch.where(draw(2).bool()[:, None, None], images.flip(-1), images)
"""
    if data.erase:
        text += f"""\
    # black out a square of {data.erase} x {data.erase} pixels
    pixels = torch.arange(28, device=device)
    top, left = draw({28 - data.erase + 1})[:, None], draw({28 - data.erase + 1})[:, None]
    in_rows = (pixels >= top) & (pixels < top + {data.erase})
    in_columns = (pixels >= left) & (pixels < left + {data.erase})
    images = images.masked_fill(in_rows[:, :, None] & in_columns[:, None, :], 0)
"""
    return text + "    return images.unsqueeze(1)\n"
