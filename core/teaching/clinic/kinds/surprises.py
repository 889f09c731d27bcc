"""No error at all: results that surprise, told in people's own words."""

from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.signs.measuring import ACCURACY, DIFFERS, MEMORY, NO_GRADIENT, OVERFITS
from core.teaching.clinic.signs.sign import reads

_HELD_OUT: Final = "val |val_|valid|validation|test |testing|eval|dev set|unseen"

KINDS: Final = (
    kind(
        "accuracy-wrong",
        "The accuracy cannot be right: above 100%, or 0 while the loss falls",
        "the accuracy is above 100%",
        means="The network may be fine, and the counting is not: mostly two shapes were broadcast in the "
        "comparison, scores were compared with class numbers, or the sum was divided by another number than "
        "was counted.",
        cure="`correct += (output.argmax(1) == labels).sum().item()` with both of shape (batch,), then "
        "`correct / len(loader.dataset)`. For one output per sample: `((output > 0).squeeze(1) == "
        "labels.bool())`. Print both shapes before the comparison.",
        trap="Do not look for it in the training: the loss is computed apart from it.",
        reads=reads(*ACCURACY),
        program="""
import torch

torch.manual_seed(0)
labels = torch.randint(0, 2, (100,))
output = torch.randn(100, 1)
predicted = (output > 0).long()
correct = (predicted == labels).sum().item()
accuracy = 100 * correct / len(labels)
print("the accuracy is", "above 100%" if accuracy > 100 else "possible", f"{accuracy:.0f}")
""",
        change=(("predicted = (output > 0).long()", "predicted = (output > 0).long().squeeze(1)"),),
        page="mistakes",
        symptom=True,
        weight=-7,
        excludes=("f1 ", "recall", "f1-score", "accuracy also reaches", "so high"),
        complaints=(
            "accuracy|acc & zeros for|remaining 0 |remain 0 |stuck at 0 |0.0000|0.00% |0.0% |is 0% |at 0% ",
            "accuracy calc|calculating accuracy|calculate accuracy|calculating the accuracy|computing "
            "accuracy|compute accuracy & wrong|strange|weird|values like|not correct|incorrect|huge",
            "accuracy|acc & unreasonable|impossible|makes no sense|tensor 0 |0 all the time|constant "
            "0|exactly 0",
            "accuracy|acc & above 1 |above 1.0|above 100|over 1 |over 1.0|over 100%|over 100 %|greater than "
            "1|more than 1 |more than 100|exceeds 1|exceed 1|exceeding 1|exceeds one|higher than 1 |higher "
            "than 100|larger than 1|bigger than 1",
            "accuracy|acc & 0 |zero|0% & loss & decreas|fall|drop|going down|goes down|low ",
            "accuracy|acc & always 0 |always 0%|always zero|is 0 |is zero|constantly 0|stays 0|stays at 0 "
            "|remains 0",
        ),
    ),
    kind(
        "overfitting",
        "Good on the training data, worse on others",
        "and the validation loss rises",
        means="The network learns the training samples by heart. A small gap between training and "
        "validation is always there; it is too much where the validation loss rises while the training loss "
        "falls.",
        cure="Stop at the epoch with the lowest validation loss (keep a copy of those weights). Then: more "
        "or augmented data, a smaller network, dropout, `weight_decay`. If validation is bad from the first "
        "epoch on, it is something else: `model.eval()` missing, other transforms than in training, or "
        "labels in another order.",
        trap="Choosing by the test set: the number it then shows is no test any more.",
        reads=reads(*OVERFITS),
        program="""
import torch
from torch import nn

torch.manual_seed(0)
X, y = torch.randn(40, 20), torch.randn(40, 1)
model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
seen, held = [], []
for step in range(60):
    loss = nn.functional.mse_loss(model(X[:20]), y[:20])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    held.append(nn.functional.mse_loss(model(X[20:]), y[20:]).item())
rises = held[-1] > 1.1 * min(held)
print("the training loss falls", "and the validation loss rises" if rises else "and we stopped in time")
""",
        change=(
            (
                "held.append(nn.functional.mse_loss(model(X[20:]), y[20:]).item())",
                "held.append(nn.functional.mse_loss(model(X[20:]), y[20:]).item())\nif held[-1] > 1.02 * "
                "min(held):\n    break",
            ),
        ),
        page="mistakes",
        symptom=True,
        weight=-9,
        excludes=(
            *(
                "tensorflow",
                "keras",
                "overfit a ",  # a single batch, which is a test: where it fails, nothing is learned
                "overfit on a ",
                "overfit one ",
                "not overfit",
                "training loss does not",
                "training loss doesn't",
                "training loss is not",
                "feature request",
            ),
            *("train loss does not", "train loss doesn't", "train loss is not", "training loss stays"),
            *("both of the loss", "both loss", "both the loss", "both train", "both the train"),
        ),
        complaints=(
            "training accuracy|train accuracy|training acc|train acc|training loss|train loss & "
            "increas|improv|decreas|falls|goes up & test|val |validation & remains constant|stays "
            "constant|is constant|does not change|doesnt change|remains the same|stays the same|stuck",
            "good|well|great|perfect & but|however|yet & poor|bad|terribl|fail|wrong & new data|unseen "
            "data|real data|real world",
            "accuracy|acc & but|however|yet & only 1|only 2|only 3|only 4|only 5|only 6|only 7|only 8|only "
            "9|only about & testing|on test|test set|test data|validation",
            "train accuracy|training accuracy|train acc|training acc & higher than|much higher|far higher & "
            "test|valid|val ",
            "overfit|over fit",
            "training accuracy|train accuracy|training acc|train acc & 100%|100 %|reaching 100|reaches "
            "100|is 1 |becomes 1 |became 1 |reaches 1 |is 1.0 ",
            "memorize|memorizing|memorized|memorizes & train|data|sample|set |instead of",
            "but on|but with|but for|however on|while on & test |testing|validation|val |unseen & drops|only "
            "|just |falls|below|terrible|bad|poor & 0|1|2|3|4|5|6|7|8|9|accuracy|acc |percent",
            "generali & not|doesnt|dont|bad|poor|fail|cant|well|wont",
            "accuracy|acc |loss|score & on train|training set|training data|train set & on test|test "
            "set|test data|on valid|validation set|on val & only|just|but|while|higher|lower|different|gap",
            f"{_HELD_OUT} & accuracy|acc & lower than|worse than|much lower|far lower|failing|fails",
            f"{_HELD_OUT} & accuracy|acc & decreas|drops|goes down|going down|falls & train|total|but|while",
            f"{_HELD_OUT} & loss & increas|rise|rising|go up|going up|goes up|higher|diverg|worse",
            f"{_HELD_OUT} & accuracy|acc |performance|loss & low|poor|bad|worse|drop|not |isnt|doesnt|stays"
            "|stuck & training acc|training loss|training set|training data|training perf|training is"
            "|in training|during training|training and|train acc|train loss|train set|train data|on train"
            "|the train |trained",
            f"train & {_HELD_OUT} & gap|overfit|much worse|far worse",
            f"train acc|train loss|training acc|training loss|train score & {_HELD_OUT} & while|but|only",
            f"accuracy|acc & high|good|great|perfect|0.9|99|98|97|96|95 & {_HELD_OUT} & low|bad|poor|only |"
            "much |not even",
            "great|good|well|perfect|high|excellent|fine & train & terrible|bad|poor|worse|fails|fail "
            "|low|wrong & new image|new data|unseen|test |testing|validation|val |real",
        ),
    ),
    kind(
        "eval-differs",
        "The same model gives other outputs: training and evaluation mode, or an untold difference",
        "gives different outputs",
        *(
            "多次预测的结果不同",
            "每次预测结果不一样",
            "每次预测的结果不同",
            "预测结果不一致",
            "每次结果都不一样",
        ),
        means="Dropout and batch norm work differently in training and in evaluation. In training mode "
        "dropout draws anew each time, and batch norm looks at the rest of the batch.",
        cure="`model.eval()` before every prediction and after every loading, `model.train()` before the "
        "next epoch. If the results differ although `eval()` is called: no random flip or crop in the "
        "transform of the test, the same normalization as in training, the same order of the classes, and "
        "`load_state_dict` really called on the model that predicts. If `eval()` is worse than `train()`: "
        "batches too small for batch norm's statistics, or too few steps.",
        trap="`torch.no_grad()` does not switch dropout off, and `eval()` does not switch gradients off.",
        reads=reads(*DIFFERS),
        program="""
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 32), nn.Dropout(0.5), nn.Linear(32, 2))
x = torch.rand(1, 8)
with torch.no_grad():
    first, second = model(x), model(x)
print("gives", "the same output" if first.equal(second) else "different outputs", "for the same input")
""",
        change=(("x = torch.rand(1, 8)", "model.eval()\nx = torch.rand(1, 8)"),),
        page="training",
        symptom=True,
        weight=-6,
        needs=(
            "model",
            "net",
            "train",
            "torch",
            "eval",
            "infer",
            "load",
            "batch",
            "input",
            "accuracy",
            "validat",
            "dropout",
        ),
        excludes=("seed",),
        complaints=(
            "test|testing|evaluat & different|differ & every execution|each execution|repeat & "
            "accuracy|feature|result|score|output",
            "dropout & still|left|remain|enabled|active|applied|not disabled|not turned off & eval|test|"
            "inference|predict",
            "evaluation mode|eval mode & underperform|poor|worse|bad",
            "eval & raise|raises|increase|increases|hurts|worsens|breaks & error|loss|mode|validation",
            "pretrained|pre trained & misclassif|wrong class|wrong label|wrong prediction|incorrect class",
            "train & but|however|yet & prediction|predictions|predict & incorrect|wrong|garbage|terrible",
            "single image|one image|own image|own picture|own handwrit|own drawing|custom image|real "
            "image|my image|external image|webcam|new image & wrong|incorrect|fails|never "
            "correct|misclassif|bad & predict|test|accuracy|classif|model|network",
            "test script|test.py|predict.py|test code|another script|separate script|inference script & "
            "accuracy|result|prediction|performance & only|low|worse|differ|but |poor|not match|didnt "
            "match|doesnt match",
            "result|results|prediction|predictions|accuracy & didnt match|doesnt match|dont match|do not "
            "match|does not match|did not match & train|test|valid|load|eval",
            "eval & degrad|collapses|useless|garbage",
            "inference|prediction|predict|deploy|test time & random|garbage|nonsense|wrong & train",
            "eval|evaluation mode & train & differ|worse|bad |low |random|wrong|poor|drop|higher|better",
            "different|differ|changes|changed|varies|results change|outputs change|predictions change|scores "
            "change|inconsistent & result|output|predict|value|score|label & same input|same image|same "
            "photo|same picture|same text|same example|same data|same sample|same model|same weights|each "
            "time|every time|time i|inference|batch size|number of batch|given input",
            "result|results|output|outputs|accuracy|metrics & not the same|not same|not equal & same "
            "data|same input|same image|same model|same set|same weights",
            "eval & accuracy|loss|result|output|perform|error & worse|bad |low "
            "|random|wrong|poor|drop|differ|far from|reduc|lower|very high|higher|not as "
            "good|decreas|unstable|useless|gives the best",
            "different accurac|accuracies|results|accuracy & differ|occur|chang|depend & batch size",
            "batch size|batch_size & affect|influence|chang|drops|differ & "
            "acc|accuracy|result|output|predict & test|testing|eval|inference",
            "train mode|training mode|without eval|no eval|without model.eval & best|better|fine|good",
            "result|accuracy|prediction & far from|very different from|differs from & train",
            "y |output|outputs|prediction & is changed|changes|differs & between calls|each call|every call",
            "dropout & active|still on|not disabled|not turned off|applied & test|eval|inference|predict|"
            "validation",
        ),
    ),
    kind(
        "grad-none",
        "A gradient is None",
        "grad is None",
        means="`backward()` fills `.grad` only for leaf tensors with `requires_grad=True` that had a "
        "part in the loss.",
        cure="In this order: was `loss.backward()` called, and before you look, not `zero_grad()` after "
        "it? Is it a leaf, or the result of a computation (`torch.rand(3, requires_grad=True) * 0.1`, "
        "`.to('cuda')`)? For those: `requires_grad_()` after the computation, or `y.retain_grad()`. Does the "
        "loss use it, with no `.detach()`, `.item()`, `.data`, `torch.tensor(...)` or NumPy in between? Is "
        "`forward` using that layer?",
        reads=reads(*NO_GRADIENT),
        program="""
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x):
        return self.first(self.first(x))


model = Net()
model(torch.rand(2, 4)).sum().backward()
print("grad is", "None" if model.second.weight.grad is None else "there")
""",
        change=(("return self.first(self.first(x))", "return self.second(self.first(x))"),),
        page="autograd",
        symptom=True,
        weight=-6,
        complaints=("grad|gradient|gradients & none |none|missing",),
    ),
    kind(
        "memory-grows",
        "The memory fills up while it trains",
        "the graph is kept",
        means="Something keeps every step's graph alive: a loss that is added up with its graph, outputs "
        "collected in a list, or an evaluation without `no_grad`.",
        cure="`total += loss.item()` instead of `total += loss`; `outputs.append(out.detach().cpu())`; "
        "`with torch.no_grad():` around validation. A hidden state that is carried on: `hidden.detach()`.",
        trap="`torch.cuda.empty_cache()` and `del` free nothing that is still referred to.",
        reads=reads(*MEMORY),
        program="""
import torch
from torch import nn

model = nn.Linear(4, 1)
total = 0
for step in range(3):
    loss = model(torch.rand(8, 4)).pow(2).mean()
    loss.backward()
    total += loss
print("the graph is", "kept with the sum" if torch.is_tensor(total) and total.grad_fn else "gone")
""",
        change=(("total += loss", "total += loss.item()"),),
        page="mistakes",
        symptom=True,
        weight=-4,
        complaints=(
            "memory|ram |vram|gpu mem & "
            "explode|explod|increases|increased|increasing|grow|leak|keeps|accumulat|fill|climb|goes "
            "up|going up|more and more|gradually|becomes more|larger|rises|rising|higher and higher|each "
            "epoch|every epoch|every batch|each batch|each iteration|every iteration & "
            "epoch|iteration|step|batch|validation|evaluation|inference|train|loop|until|usage|oom |out of "
            "memory|killed|crash",
            "out of memory|oom |runs out of & after|second|later & epoch|iteration|step|batches|hours",
            "memory|ram |vram & not|isnt|never|doesnt|wont & freed|released|free |release & "
            "batch|epoch|iteration|step|train|loop|backward|validation|each|every|increas|ram ",
            "memory|ram |vram & leak",
            "memory|vram & always increas|keeps increas|keep increas|seems to increas|increases|increase "
            "too|increaing|gradually|gradully|will increase|usage increase|usage grows|memory increas & "
            "epoch|iter|train|after|why|confus|killed|second|time",
            "memory|ram & full|runs out|run out|exhausted|fills up & after|epoch|hour|iteration",
        ),
    ),
)
