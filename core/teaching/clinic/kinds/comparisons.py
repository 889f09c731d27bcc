"""No error at all: two numbers of one training that should agree, told in people's own words."""

from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.signs.measuring import BETTER, DIFFERS, LOADED, RESUMED
from core.teaching.clinic.signs.repeating import REPEATS
from core.teaching.clinic.signs.sign import reads

_HELD_OUT: Final = "val |valid|validation|test |testing|dev set"

KINDS: Final = (
    kind(
        "no-batches",
        "The loop over the loader never runs",
        "the loop ran 0 times",
        means="The loader has no batch to give: the data set is empty, or `drop_last=True` drops the only "
        "batch, since there are fewer samples than one batch takes. A loop over nothing is no error.",
        cure="`print(len(dataset), len(loader))`. If the second is 0 and the first is not: a smaller "
        "`batch_size`, or `drop_last=False`. If both are 0: the path, the file's ending or the split is "
        "wrong. An iterator that was used up gives nothing either: loop over the loader, not over "
        "`iter(loader)` made once.",
        program="""
import torch
from torch.utils.data import DataLoader

loader = DataLoader(torch.rand(8, 4), batch_size=16, drop_last=True)
print("the loop ran", sum(1 for batch in loader), "times")
""",
        change=(
            (
                "loader = DataLoader(torch.rand(8, 4), batch_size=16, drop_last=True)",
                "loader = DataLoader(torch.rand(8, 4), batch_size=4, drop_last=True)",
            ),
        ),
        page="datasets",
        symptom=True,
        weight=-4,
        complaints=(
            "doesnt enter|not enter|not even enter|never enter|does not enter|skips|skipped|doesnt "
            "iterate|didnt even|never runs|not executed|never executed|doesnt run & loop & "
            "loader|dataloader|batch|epoch|train",
            "loader|dataloader|data loader|train_loader & is empty|len 0|length 0|length of 0|no "
            "batches|zero batches|returns nothing|yields nothing|gives nothing",
        ),
    ),
    kind(
        "kl-divergence",
        "KLDivLoss of something that is no logarithm",
        "the divergence is negative",
        "reduction: 'mean' divides the total loss by both the batch size and the support size",
        means="`nn.KLDivLoss` takes the logarithms of the predicted probabilities as its first argument, and "
        "probabilities as its target, of the same shape. With anything else it gives a number all the same, "
        "also a negative one.",
        cure="`F.kl_div(F.log_softmax(scores, dim=1), target, reduction='batchmean')`, where each row of the "
        "target adds up to 1 (`F.softmax(other, dim=1)`). `reduction='mean'` divides by the number of "
        "classes as well, which is no divergence. If the target is given as logarithms: `log_target=True`.",
        program="""
import torch
import torch.nn.functional as F

torch.manual_seed(0)
scores, target = torch.rand(4, 3), torch.rand(4, 3).softmax(1)
loss = F.kl_div(scores.softmax(1), target, reduction="batchmean")
print("the divergence is", "negative:" if loss < 0 else "fine:", f"{loss.item():.3f}")
""",
        change=(
            (
                'loss = F.kl_div(scores.softmax(1), target, reduction="batchmean")',
                'loss = F.kl_div(scores.log_softmax(1), target, reduction="batchmean")',
            ),
        ),
        page="optimization",
        symptom=True,
        weight=-4,
        complaints=(
            "kldivloss|kl divergence|kl_div|kl div|kldiv & "
            "negative|wrong|bug|strange|unexpected|different|not 0|not zero|incorrect",
        ),
    ),
    kind(
        "validation-better",
        "Better on the validation data than on the training data",
        "validation is better than training",
        means="Mostly the two numbers are measured differently. The training loss is taken with dropout and "
        "augmentation, and averaged over an epoch in which the network was still worse; the validation "
        "loss comes after the epoch, without either.",
        cure="Measure the training data once more in the same way: `model.eval()`, no augmentation, after "
        "the epoch. If validation is still better: it is small or easier by chance (split anew), samples "
        "of the training set stand in it too, or the classes are not mixed the same way.",
        trap="It is no proof that the network is good: samples that are in both sets do the same.",
        reads=reads(*BETTER),
        program="""
import torch
from torch import nn

torch.manual_seed(0)
X = torch.rand(40, 10)
y = X.sum(1, keepdim=True)
model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(100):
    loss = nn.functional.mse_loss(model(X[:20]), y[:20])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
training = nn.functional.mse_loss(model(X[:20]), y[:20])
model.eval()
validation = nn.functional.mse_loss(model(X[20:]), y[20:])
print("validation is", "better" if validation < training else "no better", "than training")
""",
        change=(
            (
                "training = nn.functional.mse_loss(model(X[:20]), y[:20])",
                "model.eval()\ntraining = nn.functional.mse_loss(model(X[:20]), y[:20])",
            ),
        ),
        page="training",
        symptom=True,
        weight=-8,
        excludes=("tensorflow", "keras"),
        complaints=(
            f"{_HELD_OUT} & loss|error & lower|less|smaller|better & than train|than the train|than my train"
            "|than in train|than on the train|than during train",
            f"{_HELD_OUT} & accuracy|acc |score|performance & higher|better|greater|larger & than train"
            "|than the train|than my train|than in train|than on the train|than during train",
            f"{_HELD_OUT} & accuracy|acc |score & exceeds train|exceeds the train|exceeds my train|above "
            "the train|outperforms train|outperforms the train",
        ),
    ),
    kind(
        "resume-differs",
        "Training that goes on from a file starts worse than it stopped",
        "goes on differently",
        means="The weights are only a part of what training needs. The optimizer has averages of its own "
        "(momentum, Adam), the scheduler its rate; where they begin anew, the first steps "
        "throw the weights off.",
        cure="Save and load all of them: `{'model': model.state_dict(), 'optimizer': optimizer.state_dict(), "
        "'scheduler': scheduler.state_dict(), 'epoch': epoch}`. Build the model, then the optimizer, then "
        "load. Print the learning rate after loading (`optimizer.param_groups[0]['lr']`) and call "
        "`model.train()`. If the loss begins where it did at the very first, the weights were not loaded: "
        "`load_state_dict` on another model, or `strict=False` that hides missing names.",
        reads=reads(*RESUMED),
        program="""
import io

import torch
from torch import nn

torch.manual_seed(0)
X, y = torch.rand(64, 4), torch.rand(64, 1)


def train(model, optimizer):
    for step in range(20):
        loss = nn.functional.mse_loss(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


model, resumed, file = nn.Linear(4, 1), nn.Linear(4, 1), io.BytesIO()
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
train(model, optimizer)
torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, file)
file.seek(0)
kept = torch.load(file, weights_only=True)
again = torch.optim.Adam(resumed.parameters(), lr=0.05)
resumed.load_state_dict(kept["model"])
print("goes on", "the same" if train(model, optimizer) == train(resumed, again) else "differently")
""",
        change=(
            (
                'resumed.load_state_dict(kept["model"])',
                'resumed.load_state_dict(kept["model"])\nagain.load_state_dict(kept["optimizer"])',
            ),
        ),
        page="checkpoints",
        symptom=True,
        weight=-5,
        complaints=(
            "after loading|i load & loss & from scratch|from the beginning|starts over|start over",
            "resum|checkpoint|load_state_dict & diverg",
            "restart|resum|interrupt & train & loss|losses|accuracy & jump|higher|increas|worse|spike|up "
            "again|from scratch|start over",
            "optimizer|optim & state|status & not saved|not restored|isnt saved|isnt restored|never "
            "saved|not loaded",
            "resume|resuming|resumed|continue training|continuing training|from checkpoint|from a checkpoint|"
            "from the checkpoint|from last checkpoint|from the last checkpoint|from latest checkpoint|"
            "loading checkpoint|loading the checkpoint|loading a checkpoint|restart training|restarting "
            "training|training again & loss|accuracy|acc & increas|jump|higher|worse|drop|lower|reset|spike|"
            "from scratch|beginning|back up|starts over|start over|large|bigger|huge|initial|starts from",
        ),
    ),
    kind(
        "loaded-differs",
        "After loading, the model is not what it was",
        "the loaded model is another one",
        means="Either the weights in it are not those that were saved, or they are and something else "
        "differs: its mode, or the data.",
        cure="One test decides: in the training's program, after `model.eval()`, save one batch and its "
        "outputs with the weights; after loading, compare. If the outputs are equal, it is the data: other "
        "transforms or normalization, classes or words numbered in another order (sort them, and save the "
        "list). If not, print what `load_state_dict` returns, whether `eval()` comes after it, and whether "
        "it was called on the model that predicts. The weights of the best epoch need a copy: "
        "`copy.deepcopy(model.state_dict())`.",
        trap="`strict=False` silences the names that do not fit; those layers keep their random weights.",
        reads=reads(*LOADED, *DIFFERS),
        program="""
import torch
from torch import nn

torch.manual_seed(0)
model, loaded = nn.Linear(4, 2), nn.Linear(4, 2)
saved = {f"module.{name}": weight for name, weight in model.state_dict().items()}
loaded.load_state_dict(saved, strict=False)
print("the loaded model is", "the same" if torch.equal(loaded.weight, model.weight) else "another one")
""",
        change=(
            (
                "loaded.load_state_dict(saved, strict=False)",
                "loaded.load_state_dict({name.removeprefix('module.'): saved[name] for name in saved})",
            ),
        ),
        page="checkpoints",
        symptom=True,
        weight=-5,
        needs=("load", "saved", "saving", "restor", "checkpoint", "restart", "pretrained"),
        excludes=("seed",),
        complaints=(
            "load |loads |loaded|loading|reload|reloaded|saved|restor & "
            "model|weights|weight|network|checkpoint|pkl|pth & noise|messed up|garbage|brand new|like "
            "new|untrained|nonsense|not working|doesnt work|poor result|poor|useless|random",
            "load|loading|reload|saved|saving|restor & accuracy|result|prediction|output|performance|metric "
            "& low|random|bad|worse|differ|change every|changes every|change each|other prediction|other "
            "result|other output|another "
            "|wrong|drop|untrained|only |not the same|not match|doesnt match|inconsistent",
            "accuracy|result|results|output|prediction & differs now|differ now|different now|not the same "
            "now|lower now|changed now|drops to 0|drop to 0|drops to the initial",
            "load_from_checkpoint|load_state_dict|loaded checkpoint|loaded the checkpoint & "
            "acc|accuracy|loss|result|metric|map & got|get |only|drop|is 0 |worse|but",
            "pretrained|pre trained & weird|nonsense|garbage|strange|totally wrong|completely wrong|all "
            "wrong & result|prediction|output|class|probab|perform",
            "kernel|notebook|session|script & restart & different|differ|random|worse & "
            "predict|output|result",
        ),
    ),
    kind(
        "not-reproducible",
        "Every run gives other numbers",
        "two runs differ",
        means="The first weights, the order of the samples, dropout and augmentation are drawn by chance.",
        cure="`torch.manual_seed(0)` before the model is made, `random.seed(0)` and `numpy.random.seed(0)` "
        "if they are used. On a GPU also `torch.use_deterministic_algorithms(True)`. In a notebook, run "
        "all cells anew: a cell run twice goes on where it stopped.",
        trap="A fixed seed makes a run repeatable, not better. Judge a change over several seeds.",
        reads=reads(*REPEATS),
        program="""
import torch
from torch import nn


def first_weight():
    return nn.Linear(4, 1).weight[0, 0].item()


print("two runs", "agree" if first_weight() == first_weight() else "differ")
""",
        change=(
            (
                "return nn.Linear(4, 1).weight[0, 0].item()",
                "torch.manual_seed(0)\nreturn nn.Linear(4, 1).weight[0, 0].item()",
            ),
        ),
        page="training",
        symptom=True,
        weight=-7,
        complaints=(
            "reproducib|deterministic|nondeterministic|not reproducing|reproduce my|reproduce the same|"
            "reproduce it & result|seed|run|training|output|accuracy|inference|predict|eval",
            "different|differ|another|other |vary|varies|change|not the same|not exactly the same|"
            "inconsistent & result|accuracy|loss|output|number|score|performance & every run|each run|seed|"
            "every experiment|each experiment|manual_seed|identical runs|rerun|re run|every time i run|"
            "each time i run|each time i train|every time i train|multiple runs|between runs|run it again|"
            "running it again|run again|run the same|running the same|same code|exact same|multiple times|"
            "several times|two runs|different runs|run twice|same setting|run sequentially",
            "same results & every run|every time|each run|each time",
            "seed|seeds|manualseed|manual_seed|random_state & result|results|loss|accuracy|output|number & "
            "still|despite|even |always|slightly|every time|each time|each run|not "
            "able|cannot|cant|variation|vary|varies|not the same|not reproduc|not determin|different",
            "same seed|seed is fixed|fixed seed|fixed the seed|same parameter|same data and|same "
            "configuration & not |doesnt|different|differ|slightly & result|loss|output|replicat|accuracy",
        ),
    ),
)
