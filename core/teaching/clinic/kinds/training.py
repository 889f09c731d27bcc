"""No error at all: what people tell of a training that goes wrong, in their own words."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind
from core.teaching.clinic.signs.logs import level
from core.teaching.clinic.signs.sign import read_signs, reads
from core.teaching.clinic.signs.training import GROWS, ONE_ANSWER, STEPS, STILL

_NOT: Final = (
    "not |no |isnt|doesnt|dont|wont|didnt|cant|never|hardly|stop|without|barely|fails to|failing to|fail to"
    "|failed to|unable to|refus"
)
_MODEL: Final = "model|network|net |nn |cnn|lstm|classifier|neural|perceptron|autoencoder|mlp|unet|resnet"


def _still(found: Holes) -> str:
    """What the printed losses say, and which of the causes stands beside them."""
    return " ".join(part for part in (level(found["text"]), read_signs(STILL, found["text"])) if part)


KINDS: Final = (
    kind(
        "still-loss",
        "The network does not learn: the loss or the accuracy stays where it began",
        "loss stays at",
        "loss一直不下降",
        "loss不下降",
        "loss 不下降",
        "loss不变",
        "loss一直不变",
        "loss一点都不下降",
        "loss一直维持在",
        "loss不收敛",
        "模型不收敛",
        "accuracy始终为",
        "准确率不变",
        *(
            "loss和acc几乎不变",
            "loss几乎不变",
            "acc几乎不变",
            "acc不变",
            "acc一直不变",
            "acc不上升",
            "精度不变",
            "loss没有变化",
            *("参数完全不更新", "参数不更新", "权重不更新", "权重没有更新", "的值没有更新"),
        ),
        means="The weights do not move, or they move and cannot help. Which of the two it is decides "
        "where to look.",
        cure="First see whether they move: `before = model.fc.weight.clone()`, one step, `(model.fc.weight "
        "- before).abs().max()`. If that is 0, mostly `optimizer.step()` is missing, the optimizer was made "
        "from another model's parameters, the loss was cut off by `.item()`, `.detach()`, `argmax` or "
        "`torch.tensor(...)`, or `requires_grad` is off. If it is not 0: try rates ten times larger and "
        "smaller, scale the input, leave out a softmax before `CrossEntropyLoss`, check that images and "
        "labels still belong together, and fit one batch of 10 samples first: its loss has to go to 0.",
        trap="A larger network or more epochs do not help where the weights stand still.",
        reads=_still,
        program="""
import torch
from torch import nn

torch.manual_seed(0)
X = torch.rand(64, 1)
y = 3 * X + 1
old, model = nn.Linear(1, 1), nn.Linear(1, 1)
optimizer = torch.optim.SGD(old.parameters(), lr=0.1)
losses = []
for step in range(50):
    loss = nn.functional.mse_loss(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
print("loss fell to" if losses[-1] < losses[0] else "loss stays at", f"{losses[-1]:.3f}")
""",
        change=(
            (
                "optimizer = torch.optim.SGD(old.parameters(), lr=0.1)",
                "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
            ),
        ),
        page="mistakes",
        symptom=True,
        weight=-12,
        excludes=(
            *("freeze", "frozen", "tensorflow", "keras", "feature request"),
            *(
                "accuracy is still rising",
                "accuracy is increasing",
                "accuracy increases",
                "accuracy keeps ris",
                "accuracy is also increas",
                "training loss decreases",
            ),
        ),
        complaints=(
            "loss & decreas|going down|goes down|falls & very slowly|too slowly|extremely slowly|so slowly",
            "dying relu|dead relu|dead neuron|dead relus",
            "the error|my error & is not changing|isnt changing|does not change|doesnt change|does not go "
            "lower|not decreasing|does not decrease|doesnt decrease|stays",
            f"{_MODEL}|code|it & doesnt learn|does not learn|isnt learning|is not learning|doesnt train|wont "
            "train|does not train|isnt training|is not training|"
            "refuses to train|training does nothing|learns nothing|learn nothing|not training|never trains",
            "accuracy|acc & exactly|always|constantly|constant|stuck|only|every epoch|each epoch|after "
            "every & 9.8|10% |10 %|0.1 |0.10 |0.098|50% |50 %|0.5 |0.50 |9.8%|11.35",
            "keep getting|always get|only get|just get|i get|static|stuck & accuracy|acc & of "
            "10|10.00%|10.0%|10% |of 50|50% |50.0|0.1 |0.5 |0.10",
            "accuracy|acc & random guess|guessing|chance level|random chance|coin flip|coin toss|like random|"
            "no better than random",
            "gradient|gradients|grads & zero|0 |vanish|very small|tiny",
            f"{_MODEL}|training|learns|learning|optimizer & plateau|stagnat|converg & {_NOT}|few|after",
            f"loss|cost |error rate|mse & {_NOT} & decreas|chang|improv|go down|going down|go to zero|go to "
            "0|reach zero|reach 0|come down|drop|reduc|converg|descen|fall|minimi|move|diminish",
            "loss|accuracy|acc |cost & still equal|are stable|remain stable|stuck|gets suck|suck at|is "
            "constant|constant at|loss constant|constant loss|remains constant|accuracy constant|constant "
            "accuracy|same loss|same accuracy|the same value|same value|remains the same|remain the "
            "same|stagn|is the same|stays|always the same|same every|exactly the same|same for|stay "
            "|plateau|flat |stagnat|remains|unchanged|hover|identical|around the same",
            f"weight|parameter|gradient|model|custom loss & {_NOT} & updat",
            f"weight|parameter|gradient & {_NOT} & chang",
            "weight|parameter & stay the same|stays the same|remain the same|are the same|unchanged|"
            "identical & step|train|epoch|updat|backward|iteration",
            "prediction|output|weights|loss & equal|same|identical|unchanged & before & optimiz|updat|"
            "training step|one step",
            f"{_MODEL} & {_NOT} & learn|improv",
            f"accuracy|acc & {_NOT} & increas|chang|improv|go up|going up|better|rise|rising",
            "cant|cannot|not |unable|fails to & overfit & batch|sample|small|few|single",
        ),
    ),
    kind(
        "loss-grows",
        "The training goes the wrong way: the loss grows, or the accuracy collapses",
        "loss grows from",
        means="Mostly each step goes too far and lands higher on the other side, or it goes the wrong way.",
        cure="Divide the learning rate by 10, twice if need be. If that does not help: is the sign of the "
        "loss right (a reward has to be negated), is `optimizer.zero_grad()` called in every step, is the "
        "input scaled? `torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)` tames single large steps.",
        reads=reads(*GROWS, *STEPS),
        program="""
import torch
from torch import nn

torch.manual_seed(0)
X = torch.rand(64, 4) * 10
y = X.sum(1, keepdim=True)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
losses = []
for step in range(5):
    loss = nn.functional.mse_loss(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
word = "grows" if losses[-1] > losses[0] else "falls"
print(f"loss {word} from {losses[0]:.1f} to {losses[-1]:.1f}")
""",
        change=(
            (
                "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)",
                "optimizer = torch.optim.SGD(model.parameters(), lr=0.001)",
            ),
        ),
        page="optimization",
        symptom=True,
        weight=-14,
        needs=("loss", "accuracy", "acc ", "gradient", "collaps", "diverg", "perplexity"),
        excludes=("tensorflow", "keras", "discriminator", "generator", "accuracy is still rising"),
        complaints=(
            "accuracy|acc & decreas|drops|falls|gets worse|lower & after each epoch|with each epoch|every "
            "epoch|each epoch",
            "perplexity|ppl & increas|grow|explod|goes up|rises",
            "diverg & train|regression|model|network|optimi|learning|loss|simple",
            "loss & larger|bigger|large|collaps|skyrocket|shoots up & train|epoch|sudden|step|iteration",
            "accuracy|acc & sudden|dramatic|drastic|sharpl|abrupt|precipitous & "
            "drop|fall|decreas|collaps|goes down",
            "model|training & collaps & train|loss|epoch|step",
            "gradient|gradients & explod|explosion|exploding|blow up",
            "loss & increas|explod|grow|diverg|huge|blow|very large|very high|too high|goes up|going "
            "up|rises|rising|back up|up again|to the peak|peak value|shot up|shoots",
        ),
    ),
    kind(
        "one-class",
        "The network gives the same answer for every input",
        "predicts one class only",
        means="Mostly it has learned the commonest class, or the mean, and nothing of the input. That is the "
        "cheapest way to a lower loss where classes are unequal, where the rate is so large that its ReLUs "
        "died, or where the input tells it nothing.",
        cure="If it is only so in prediction, after a good training: `model.eval()` is missing, the images "
        "are not normalized as in training, or the weights were not loaded. Otherwise count the labels: "
        "`torch.bincount(labels)`. If one class rules, weigh the others (`CrossEntropyLoss(weight=...)`) "
        "or draw them more often (`WeightedRandomSampler`). If they are equal: a smaller learning rate, "
        "scaled input, no softmax before `CrossEntropyLoss`, shuffled training data, and the same "
        "transform for training and prediction. One batch of 10 samples has to be learned by heart first.",
        trap="The accuracy may look good: with 95% of one class, always naming it is right 95% of the "
        "time. Look at the recall of each class.",
        reads=reads(*ONE_ANSWER),
        program="""
import torch
from torch import nn

torch.manual_seed(0)
y = (torch.arange(400) % 20 == 0).long()
X = torch.randn(400, 2) + y[:, None]
model = nn.Linear(2, 2)
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(60):
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
classes = model(X).argmax(1).unique()
print("predicts", "one class only" if len(classes) == 1 else "both classes")
""",
        change=(
            (
                "loss_fn = nn.CrossEntropyLoss()",
                "loss_fn = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 19.0]))",
            ),
        ),
        needs=(
            "train",
            "class",
            "torch",
            "lstm",
            "loss",
            "label",
            "epoch",
            "dataset",
            "net",
            "cnn",
            "model",
            "neural",
            "output",
            "segmentation",
            "predict",
            "classif",
            "accuracy",
        ),
        page="mistakes",
        symptom=True,
        weight=-8,
        excludes=(
            "tensorflow",
            "keras",
            "sklearn",
            "xgboost",
            "difference between",
            "generator",
            "discriminator",
        ),
        complaints=(
            "confusion matrix & one column|single column|only one class|one row|first column",
            "straight line|flat line|horizontal line|flat curve & "
            "predict|model|output|forecast|lstm|result|getting|forms",
            "outputs|predictions|output tensor & as 0s|all 0s|only 0s|moving towards 0|going to 0|towards "
            "zero",
            "produces only one|producing only one|produce only one|same reconstruction|same output image & "
            "image|output",
            "f1 |f1 score|recall|precision & zero|0 |0.0|nan & accuracy|acc |class",
            "recognizes only|recognize only|detects only|finds only|predicts only|knows only",
            "output|outputs|prediction|predictions|predicted|label|labels & never change|not "
            "change|donot change|dont change|doesnt change|never changes|dont vary|do not vary",
            "same output|same prediction|same result|same answer|same class & even though|even "
            "if|although|irregardless|regardless|whatever|always",
            "predict|predicts|output|outputs & irregardless",
            "predict|predicts|output|outputs & all zero|all zeros|all ones|all black|only "
            "zeros|only zero|all 0 |blank",
            "predict|output|classif|guess & same|only one|just one|all one|only predict & "
            "class|label|categor",
            "predict|output & same output|same prediction|same class|same value|same result|same "
            "label|same thing|same number|same score|all the same|constant|identical|is the "
            "same|the same for|same one & every|all |any |always|regardless|whatever|no "
            "matter|input|different image|different sample|different picture",
            "all predictions|all outputs|every prediction|all the predictions & class|same|zero|identical|"
            "0 |1 ",
            "is classified|gets classified|are classified|classified as|labeled as|predicted as & every|all "
            "|each |always|whatever",
            "network outputs|model outputs|outputs of the|the outputs|predictions|all outputs & "
            "why|always|all |every|no matter & the same|constant|identical",
            "constant function|a constant value|constant value|constant output|constant prediction & "
            "learn|output|predict|input",
            "majority class|most frequent class|most common class|dominant class|only the class|only class|"
            "only background|just background|completely black|entirely black & predict|output|always|mask|"
            "segment",
            "always predict|always output|always give|always return|always classif|always guess|predicts "
            "always|only predict|only output|predict only",
            "predict|output|label|classif & every image|every input|every sample|all images|all inputs|any "
            "image|any input|regardless",
            "predictions|outputs & are all|all the same|all zero|always",
            "prediction|output|predictions|outputs & zero|zeros & "
            "all|only|always|still|just|nothing but|is zero|be zero",
            "predict|predicts|predicting|outputs|classif & one class|single class|one label|same "
            "class|a constant|mean value",
            "predicts only|predict only|only predicts|only predicting|predicting only & 0 |1 "
            "|class|one|label",
        ),
    ),
    kind(
        "loss-jumps",
        "The loss goes up and down from step to step",
        "the loss rose in",
        means="Each batch is another sample, so its loss is another number: some noise is as it should be. "
        "It is too much where the mean over an epoch does not fall.",
        cure="Plot the mean per epoch, not the loss of single batches. If that jumps too: a learning rate "
        "ten times smaller, larger batches, shuffled data, `clip_grad_norm_` against single huge steps, "
        "and a look at the samples of the batch that stands out.",
        trap="A smoothed curve only looks better.",
        program="""
import torch
from torch import nn

torch.manual_seed(0)
X = torch.rand(64, 1)
y = 3 * X + torch.randn(64, 1)
model = nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
losses = []
for step in range(40):
    batch = torch.randint(64, (4,))
    loss = nn.functional.mse_loss(model(X[batch]), y[batch])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
rises = sum(later > earlier for earlier, later in zip(losses, losses[1:]))
print(f"the loss rose in {rises} of 39 steps" if rises else "the loss fell in every step")
""",
        change=(("batch = torch.randint(64, (4,))", "batch = slice(None)"),),
        page="optimization",
        symptom=True,
        weight=-13,
        excludes=("tensorflow", "keras"),
        complaints=(
            "loss & fluctuat|stabiliz|oscillat|jump|noisy|zigzag|zig zag|spike|spiky|unstable|erratic|up "
            "and down|bounc",
            "accuracy|acc & fluctuat|oscillat|jumps|swings|zigzag|up and down & epoch|train|val |valid|test ",
        ),
    ),
)
