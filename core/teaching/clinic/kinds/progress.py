"""No error at all: a training that is slow, lags behind, or only seems to get better."""

from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.signs.loading import LOADER
from core.teaching.clinic.signs.measuring import ACCURACY, SLOWER_STEPS
from core.teaching.clinic.signs.sign import reads
from core.teaching.clinic.signs.training import BROADCAST

KINDS: Final = (
    kind(
        "loss-only",
        "The loss falls, and the accuracy stays",
        "only the loss falls",
        means="The accuracy changes only where a score passes from one side of the decision to the other; "
        "the loss changes with every score. For some epochs that is as it should be. If it lasts, mostly the "
        "decision is taken wrongly when correct answers are counted, or one class rules.",
        cure="Print ten outputs, the decisions made from them and the labels. Several outputs: "
        "`output.argmax(1) == labels`, both of shape (batch,). One output with `BCEWithLogitsLoss`: "
        "`output > 0`, not `output.round()` and not `output > 0.5`. Then count the labels of each class, and "
        "train on: a loss near that of guessing says that little is learned yet.",
        trap="A lower loss is no proof that the counting is right.",
        reads=reads(*ACCURACY),
        program="""
import torch
from torch import nn

torch.manual_seed(0)
X = torch.randn(200, 2)
y = (X[:, :1] > 0).float()
model = nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
shares = []
for step in range(60):
    output = model(X)
    loss = nn.functional.binary_cross_entropy_with_logits(output, y)
    decided = output.argmax(1, keepdim=True)
    shares.append((decided == y).float().mean().item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("only the loss falls" if shares[-1] == shares[0] else "the accuracy rises too")
""",
        change=(("decided = output.argmax(1, keepdim=True)", "decided = output > 0"),),
        page="mistakes",
        symptom=True,
        excludes=(
            *("training accuracy is also", "train accuracy is also", "but the test acc", "but test acc"),
            *("but the val", "but validation"),
            *("remains 0 ", "stays 0 ", "is 0 ", "always 0 ", "zeros for accuracy", "accuracy is zero"),
            *(
                "tensorflow",
                "keras",
                "not decreas",
                "n't decreas",
                "never decreas",
                "not improv",
                "n't improv",
            ),
            *(
                "not reduc",
                "n't reduc",
                "not go down",
                "n't go down",
                "not going down",
                "n't going down",
                "not fall",
            ),
        ),
        weight=-4,
        complaints=(
            "loss & decreas|going down|goes down|falls|falling|drops|dropping|reduc|improv & accuracy|acc "
            "& not |doesnt|isnt|stays|same|constant|stuck|unchanged|remains|fixed & but|while|yet|however|"
            "although|and the",
        ),
    ),
    kind(
        "slower-steps",
        "Every step takes longer than the one before",
        "backward walks through all steps",
        means="Mostly each step works through more than the last: the graph of all earlier steps hangs on a "
        "hidden state, on a loss that is added up or on `retain_graph=True`; or a list, a plot or a hook "
        "grows with every step.",
        cure="`hidden = hidden.detach()` between batches, `total += loss.item()`, `backward()` without "
        "`retain_graph=True`. Make figures, hooks, optimizers and loaders once, before the loop. If memory "
        "does not grow either, look at the processor's temperature and at other programs.",
        reads=reads(*SLOWER_STEPS),
        program="""
import torch
from torch import nn


def depth(node):
    return 1 + max((depth(parent) for parent, _ in node.next_functions if parent), default=0)


torch.manual_seed(0)
cell = nn.RNNCell(4, 4)
hidden, depths = torch.zeros(1, 4), []
for step in range(3):
    hidden = cell(torch.rand(1, 4), hidden)
    depths.append(depth(hidden.grad_fn))
    hidden = hidden * 1
print("backward walks through", "all steps" if depths[2] > depths[1] else "one step")
""",
        change=(("hidden = hidden * 1", "hidden = hidden.detach()"),),
        page="autograd",
        symptom=True,
        needs=("train", "epoch", "iteration", "step", "batch", "loop", "torch"),
        weight=-4,
        complaints=(
            "train|iteration|epoch|step|loop & getting slower|gets slower|slower and slower|slows "
            "down|slowed down|become slower|becomes slower",
            "training speed|speed|iterations per second|it s & decreas|drops|dropping|falls|lower & epoch|"
            "batch|iteration|after|over time",
            "slower and slower|getting slower|gets slower|become slower|becomes slower|becoming slower|"
            "slows down|slowing down|slowed down|more and more time|longer and longer|takes longer|"
            "increasingly slow & epoch|iteration|each |every|after|over time|progress|with time|as "
            "training|as the training|loop",
        ),
        excludes=("distributed", "more gpus", "on gpu than", "than on cpu", "than cpu", "than on the cpu"),
    ),
    kind(
        "port-differs",
        "Not as good as the same network in another library",
        "the running mean follows the batches",
        means="The same layers are not the same network: libraries begin with other weights, count batch "
        "norm's momentum the other way round (0.99 in Keras is 0.01 in PyTorch), give Adam another `eps`, "
        "and lay images out as (height, width, channels).",
        cure="Compare from the input on: one batch with the same weights copied over, layer by layer. Then "
        "in this order: scaling of the input; a softmax before `CrossEntropyLoss` (it wants raw scores); "
        "`model.eval()`; first weights (Keras: `nn.init.xavier_uniform_` and biases 0); batch norm "
        "`momentum=0.01, eps=1e-3`; Adam `eps=1e-7`; padding `same`; shuffling; the order of dimensions in "
        "a flatten.",
        trap="One run of each proves little: compare the means of several seeds.",
        reads=reads(*BROADCAST),
        program="""
import torch
from torch import nn

torch.manual_seed(0)
norm = nn.BatchNorm1d(1, momentum=0.99)
norm(torch.randn(64, 1) + 5)
moved = norm.running_mean.item() > 1
print("the running mean", "follows the batches" if moved else "moves slowly")
""",
        change=(("norm = nn.BatchNorm1d(1, momentum=0.99)", "norm = nn.BatchNorm1d(1, momentum=0.01)"),),
        page="model",
        symptom=True,
        weight=-3,
        complaints=(
            "keras & pytorch|torch & same & became|reached|gets|only|while|loss",
            "keras|tensorflow|tf & pytorch|torch & differ|worse|lower|same accuracy|same result|same "
            "performance|better|not learn|doesnt learn|not converge|doesnt converge|not match|cannot "
            "reproduce|cant reproduce|slower convergence & but|same|convert|port|translat|equivalent|"
            "identical|migrat|reproduc|replicat|rewrit|reimplement",
        ),
    ),
    kind(
        "gan-balance",
        "Of generator and discriminator one has won",
        "the generator gets hardly a slope",
        means="Each learns from the other. A discriminator that is always right gives the generator no "
        "slope to follow; a generator that has found one picture that passes makes that one only (mode "
        "collapse).",
        cure="For the generator, label its pictures as real in the loss (`BCEWithLogitsLoss` with ones) "
        "instead of maximizing the discriminator's loss. `fake.detach()` in the discriminator's step, an "
        "optimizer for each, `zero_grad()` for both. Then a smaller rate for the discriminator, "
        "`betas=(0.5, 0.999)`, labels 0.9 instead of 1, images scaled to -1 to 1 with `tanh` at the end of "
        "the generator.",
        trap="The two losses need not fall: judge by the pictures.",
        program="""
import torch
from torch import nn

score = torch.tensor([-12.0], requires_grad=True)  # the discriminator is sure: a fake
loss = torch.log(1 - torch.sigmoid(score)).sum()
loss.backward()
print("the generator gets", "hardly a slope" if score.grad.abs() < 0.01 else "a slope")
""",
        change=(
            (
                "loss = torch.log(1 - torch.sigmoid(score)).sum()",
                "loss = nn.functional.binary_cross_entropy_with_logits(score, torch.ones(1))",
            ),
        ),
        page="optimization",
        symptom=True,
        excludes=("tensorflow", "keras"),
        weight=-3,
        complaints=(
            "gan|gans|dcgan|wgan|pix2pix|cyclegan|generator|discriminator & mode collapse|collapses|only "
            "noise|just noise|same image|same output|zero|0 |0.0|not learn|doesnt learn|not converg|doesnt "
            "converg|too strong|wins|always right|explod|not improv|doesnt improv|not chang|doesnt "
            "chang|black image|gray image & loss|train|image|output|noise|epoch|gradient",
            "g loss|d loss|g_loss|d_loss|loss_d|loss_g|errd|errg|d_a |d_b & is zero|0  "
            "|zero|stays|constant|stuck|explod|same",
            "gan|gans|dcgan|generator|generated & all the|only |just |over and "
            "over|same|identical|white|black|pattern collapse & "
            "image|images|sample|samples|result|number|face",
            "discriminator & perfect|100|too good|always & generator|but",
            "generator & not learn|doesnt learn|isnt learn|not improv|close to 0|stuck",
        ),
    ),
    kind(
        "slow-loading",
        "The training is slow, or the GPU waits",
        "files read:",
        "GPU利用率低",
        "GPU利用率太低",
        "GPU使用率低",
        means="Mostly it is not the network: the samples come too slowly, because every one is opened, "
        "decoded and transformed again in each epoch, by one process.",
        cure="Measure first: loop over the loader without the model. If that takes most of the time: "
        "`num_workers` of about the number of processors, `pin_memory=True`, small data held in memory, "
        "pictures saved at the size that is used. If not: is the model on the GPU "
        "(`next(model.parameters()).device`), is the batch large enough, is `.item()` or `print` called in "
        "each step? If it pauses at the start of each epoch only, new workers are started there: "
        "`persistent_workers=True`.",
        reads=reads(*LOADER),
        program="""
from torch.utils.data import DataLoader, Dataset

reads = []


def read(index):
    reads.append(index)
    return float(index)


class Numbers(Dataset):
    def __init__(self):
        self.kept = None

    def __len__(self):
        return 8

    def __getitem__(self, index):
        return read(index)


loader = DataLoader(Numbers(), batch_size=4)
for epoch in range(5):
    for batch in loader:
        pass
print(f"files read: {len(reads)} of 8")
""",
        change=(
            ("self.kept = None", "self.kept = [read(index) for index in range(8)]"),
            ("return read(index)", "return self.kept[index]"),
        ),
        page="datasets",
        symptom=True,
        weight=-9,
        excludes=("ndarrays is extremely slow", "excessive worker creation", "more gpus", "multiple gpus"),
        complaints=(
            "gpu & not used|isnt used|not being used|never used|unused|not using & train|cuda|nvidia|at "
            "all|available",
            "train|epoch|step & 10x longer|x longer|times longer|times slower|much longer & "
            "since|after|than before|when i",
            "gpu usage|gpu util|gpu load|using rate|use rate & low|0 |0%|zero|idle|bad|not high",
            "data loading|loading data|loading the data|dataloader|loader & bottleneck|speed up|faster|slow",
            "slow|hangs for|pause|waits|wait |delay|stall|takes long|freezes for|lag & beginning of each|"
            "beginning of every|start of each|start of every|between epoch|first batch of each|end of each "
            "epoch & epoch|train",
            "epoch|training|iteration & takes & minute|hour|forever|ages|too long|very long",
            "gpu & fully utiliz|fully utilis|underutiliz|under utiliz|not used fully|fully used",
            "slow |slower|slows|slowdown|bottleneck|takes too long|takes forever|takes so long & "
            "train|epoch|dataloader|loader|gpu|batch",
            "gpu & slow|slower|faster|same speed|speed & cpu",
            "gpu|gpus & waiting|waits|wait for & data|cpu|load|collat",
            "worker|workers|dataloader & first batch & slow|large|long|time",
            "dataloader|data loader|loader & stuck|hangs|freezes|stalls|waits & seconds|minute|start of|"
            "beginning",
            "gpu & utiliz|utilis|usage|util & low|0 |0%|1%|2%|3%|5%|10%|idle|only",
        ),
    ),
)
