"""Signs beside a complaint about a loss or an accuracy: which of the many causes it is."""

from typing import Final

from core.teaching.clinic.signs.sign import Sign
from core.teaching.clinic.signs.still import SATURATED, SCALED_MASK, XOR

_SQUARED: Final = (
    r"mse_?loss|l1_?loss|mse ?=|smooth_?l1|\) ?(?:\*\*)? ?2\b|\.pow\(2\)|mean squared|regression"
)
_SHAPED: Final = (
    r"unsqueeze\((?:-1|1)\)|view\(-1, ?1\)|view\(-1\)|reshape\(-1(?:, ?1)?\)"
    r"|= ?\w{1,20}(?:\([^()]{0,30}\))?\.squeeze"
    r"|\)\.squeeze\(|\[:, None\]|flatten\(\)|,\.squeeze|size\(0\), ?1\)"
)
_FLAT_TARGET: Final = (
    r"\b(\w{0,12}y\w{0,8}|\w{0,8}targets?|\w{0,8}labels?) ?= ?"
    r"(?:[^=\[\]]{0,24}(?:tensor|array)\(\[ ?-?[\d.]{1,12},|\(?\w{1,20}\[:, ?[\w-]{1,14}\](?! ?\.unsq))"
)

WEIGHTS_STILL: Final = (
    Sign(
        "Below the optimizer, `{0}` becomes another model. If that is the one that is trained, the optimizer "
        "goes on with the weights of the old one: make the optimizer last.",
        r"optim\w{0,4}\.\w{2,12}\((\w{1,12})\.parameters\(\).{0,600}?\b\1 = (?!\1\b|nn\.dataparallel"
        r"|torch\.|ddp|distributed)[\w.]{1,40}\((?![^()]{0,60}\b\1\b)",
    ),
    Sign(
        "If the loss is computed from what `detach()` gives, it took the error away and cut the loss off "
        "from the weights, so nothing is learned any more: take it out, and look at the error before it.",
        r"(?:with|by|add\w{0,4}|us\w{0,4}|insert\w{0,3}) (?:a "
        r"|the )?[\w.]{0,20}detach(?:\(\))?[^.]{0,80}(?:\brun|works?\b|no error|error)",
    ),
    Sign(
        "If `{0}` counts the predictions, every sample gets the same class: the largest one, or whatever a "
        "dead network gives. Count the labels, and try a rate ten times smaller first.",
        r"(?:distribution|counter|counts|predict\w{0,6})\W{0,4}(\{ ?\d{1,4}: ?\d{1,7} ?\})",
    ),
    Sign(
        "`{0}` is set to 0 before the loop over the epochs and never again, so it counts all epochs so far "
        "together, and what is printed of it tells little of the last one. Set it to 0 at the start of every "
        "epoch.",
        r"\b((?:correct|total|running_\w{1,12}|n_correct"
        r"|hits))\b ?= ?0(?:\.0?)? (?:\w{1,16} ?= ?0(?:\.0?)? ){0,3}for (?:epoch|ep"
        r"|e) in (?:(?!\1 ?= ?0).){1,900}?\1 ?\+=(?!.{0,600}\1 ?= ?0)",
    ),
    Sign(
        "The optimizer was made before `{0}` was replaced: it holds the old layer's weights, and the new "
        "ones get no step. Make the optimizer after the last change of the model.",
        r"optim\.\w{2,12}\([^()]{0,20}\.parameters\(\).{0,400}?\b(?:model|net)\.((?:fc|classifier"
        r"|head)\b[\w.\[\]-]{0,20}) = nn\.(?!.{0,600}optim\.\w{2,12}\()",
    ),
    Sign(
        "All weights are frozen after the new layer `{1}` was put in, so that one is frozen too: freeze "
        "first, then replace the layer.",
        r"\b(\w{1,20})\.(fc|classifier|head|last_linear)(?:\[-?\d\])"
        r"? = nn\..{0,300}?for \w{1,20} in \1\.parameters\(\): ?\w{1,20}\.requires_grad = false"
        r"(?!.{0,400}requires_grad(?: ?= ?|_\()true)",
    ),
    Sign(
        "If a single sample cannot be learned by heart, neither the amount of data nor the size of the "
        "network is at fault: print `x.min(), x.max(), x.mean()` and the same of the target and of the "
        "output (divided by 255 twice? a target far from what the last layer can give?), and the shapes.",
        r"\b(?:only |just )?(?:1|one|a single|single|two|2|few|10|ten) (?:training )?(?:sample|image"
        r"|example|batch)(?:es|s)?\b",
        also=r"overfit|tried to train|also tried|even on|even with",
    ),
    Sign(
        "`{0}` alone on a line changes nothing: it returns a new tensor. Write `{1} = {0}`, and compare "
        "`output.shape` with `target.shape`: (n, 1) against (n) makes a loss of all pairs.",
        r"\) ((\w{1,20})\.(?:squeeze|unsqueeze|view|reshape|permute|transpose|float"
        r"|long)\([^()]{0,30}\)) return",
    ),
)
"""What keeps the weights where they are."""

ONE_OUTPUT: Final = Sign(
    "If the layer with one output goes into a softmax or cross-entropy: the softmax of a single number is 1, "
    "whatever it is, so nothing can be learned. Two outputs, or one with `BCEWithLogitsLoss` and float "
    "labels.",
    r"linear\([\w.* ]{1,30}, ?1\)|num_classes ?= ?1\b|n_classes ?= ?1\b",
    also=r"crossentropy|(?<!binary_)cross_entropy|softmax\(",
)
LAST_SAMPLE: Final = Sign(
    "With `batch_first=True`, `{0}` of a layer's output is the last sample of the batch, not the last step "
    "of each: write `[:, -1]`.",
    r"batch_first ?= ?true.{0,900}?\b(\w{0,20}out\w{0,8}\[-1\])",
)

BROADCAST: Final = (
    Sign(
        "`{0}` looks like a target of shape (n), and the network's output like (n, 1). If so, the loss "
        "compares every output with every target (n × n), and training ends near the mean of the targets: "
        "print both shapes. `{0}.unsqueeze(1)` makes them equal.",
        _FLAT_TARGET,
        also=r"(?:linear|lin)\([\w.* ]{1,30}, ?1\b|output_dim ?= ?1\b|output_size ?= ?1\b|\.mm\(|@ ?w",
        without=r"cross_?entropy|nll_?loss|" + _SHAPED,
    ),
    Sign(
        "First compare `output.shape` with `target.shape`: with (n, 1) and (n) the loss compares every "
        "output with every target, and training ends near the mean. `target.unsqueeze(1)` makes them equal.",
        r"(?:linear|lin)\([\w.* ]{1,30}, ?1\b|output_dim ?= ?1\b|output_size ?= ?1\b|output_dim\b",
        also=_SQUARED,
        without=r"cross_?entropy|nll_?loss|" + _SHAPED,
        alone=True,
    ),
)
"""An output and a target that broadcast."""

STEPS: Final = (
    Sign(
        "For plain SGD {0} is a small rate: 0.01 to 0.1, with `momentum=0.9`, or Adam with 1e-3.",
        r"\bsgd\([^()]{0,40}(?:\(\))?[^()]{0,40}lr ?= ?(1e-0?[4-6]|0?\.0000?0?1)\b",
    ),
    Sign(
        "Dead ReLUs are mostly left behind by a step that was too large, or come from inputs that are not "
        "scaled: begin with fresh weights, a rate ten times smaller and inputs of mean 0; `nn.LeakyReLU` "
        "or batch norm keeps units alive.",
        r"\b(?:dying|dead) (?:relu|neuron|unit)",
    ),
    Sign(
        "Where SGD learns and Adam does not: Adam's steps are about as large as its rate, whatever the "
        "gradient, so a rate that suits SGD is mostly far too much for it. Take 1e-4 or 1e-5 (with a "
        "warm-up for transformers and pretrained networks).",
        r"\bsgd\b(?:\([^()]{0,60}\))?[^.]{0,40}(?:is working|works? (?:fine|well|perfectly|ok)"
        r"|it goes down|goes down to|it learns|it works|is fine|converges)",
        also=r"\badam\b[^.]{0,80}(?:isn|not |bad|doesn|fail|equal|stuck)",
    ),
    Sign(
        "The learning rate is {0}, which moves the weights hardly at all: try 1e-3, then tenfold up and "
        "down.",
        r"\b(?:lr|learning_rate) ?= ?((?:\d(?:\.\d)?e-0?(?:[7-9]|1\d))|0\.000000\d{1,6})\b",
    ),
    Sign(
        "For Adam {0} is a large rate: try 1e-3 first.",
        r"adam\w?\([^)]{0,60}\)?[^)]{0,20}lr ?= ?(0?\.[01]\d?\d?|1e-[01]\d?|1e-02|0?\.05)\b",
        without=r"lr ?= ?0?\.00",
    ),
    Sign(
        "It is a long chain of layers with plain `SGD`: look at the last hidden layer's output "
        "for several inputs. If it is all 0 or the same, its ReLUs are dead: fewer or wider layers, "
        "`nn.BatchNorm1d` between them, or Adam.",
        r"(?:linear\([^()]{1,30}\), ?(?:nn\.)?relu\([^()]{0,20}\), ?(?:nn\.)?){6}",
        also=r"sgd",
    ),
)
"""Steps that are too small or too large."""

SUMMED: Final = Sign(
    "The loss is a sum over the batch (`{0}`), so its gradient is as many times larger as there are samples: "
    "the mean, or a rate smaller by that factor.",
    r"((?:loss = loss\.sum\(\)|loss = [^=]{0,60}\.sum\(\))(?! ?/|\.div|\.mean)"
    r"|reduction ?= ?.sum\b(?!.{0,30}\) ?/)|size_average ?= ?false(?!.{0,30}\) ?/))",
)
SECOND_STEP: Final = Sign(
    "If `optimizer.step()` stands below the `else` and not inside it, it runs again after "
    "`scaler.step(optimizer)`: it belongs into the branch without the scaler.",
    r"scaler\.update\(\).{0,300}?else: .{0,300}?backward\([^()]{0,20}\) ?optimizer\.step\(\)",
)
UNSCALED: Final = Sign(
    "float16 overflows above 65,504: switch it off first (float32). If the loss is finite then: `GradScaler` "
    "around `backward()` and `step()`, the loss computed in float32 outside `autocast`, or `bfloat16` on a "
    "card that has it.",
    r"\b(?:fp16|float16|half\(\)|amp|use_amp|autocast|mixed[- ]precision|gradscaler|half precision)\b",
)

NAN: Final = (
    Sign(
        "If only the evaluation is NaN, the weights are finite. Look at batch norm's running averages "
        "(`for name, b in model.named_buffers(): print(name, torch.isfinite(b).all())`; one broken batch "
        "or float16 spoils them), at the validation data, and for a mean over no samples, which is NaN.",
        r"(?:validation|val|eval\w{0,6}|test)[ _](?:loss |mode )?(?:\w{1,8} )?(?:is |are |returns? "
        r"|gives |becomes )?(?:always )?nan\b|nan (?:values? )?(?:in|during|at|for) (?:the )?(?:eval"
        r"|valid|test|inference)",
        without=r"train\w{0,4} loss (?:is |are |becomes )?nan|both|loss is nan (?:in|during) training",
        alone=True,
    ),
    SECOND_STEP,
    SUMMED,
    Sign(
        "The text names a logarithm of your own: `log` gives minus infinity at 0 and NaN below. Look there "
        "first: `torch.log(x.clamp(min=1e-8))`, or a loss that takes the raw scores (`log_softmax`, "
        "`CrossEntropyLoss`, `BCEWithLogitsLoss`).",
        r"torch\.log\(|\.log\(\)|\blog operation|\btaking the log\b|log\(softmax",
        without=r"logger\.log\(|wandb\.log\(|self\.log\(",
    ),
    Sign(
        "The text seems to have a root or a power that is a fraction (`{0}`): it is NaN for a number below "
        "0, and its slope is infinite at 0. Look there first: `x.clamp(min=1e-8)` inside it.",
        r"(torch\.sqrt\(|\.sqrt\(\)|(?<=[\w)])(?:\*\*)? ?\(1\.? ?/ ?\w{1,8}\)|\*\* ?0?\.\d"
        r"|pow\((?:[^()]{0,20}[ ,])?0?\.\d)",
        without=r"clip_grad_norm_\(.{0,2000}sqrt",
    ),
    Sign(
        "Dividing by a norm gives NaN where it is 0, and so does the slope of a root that is written out: "
        "look at `{0}` first, and add 1e-8 to what divides.",
        r"(torch\.norm\(|(?<!grad)(?<!grad\.data)\.norm\(|cdist\()",
    ),
    Sign(
        "`{0}` has an infinite slope at -1 and 1: `x.clamp(-1 + 1e-7, 1 - 1e-7)` inside it.",
        r"\b(arccos|acos|arcsin|asin)\(",
    ),
    UNSCALED,
    Sign(
        "`{0}` overflows above 88 in float32: clamp what is in it, or subtract the largest first.",
        r"(torch\.exp\(|\.exp\(\))",
    ),
    Sign(
        "If it is NaN at the very first step, no learning rate can do that. It is the input or the labels "
        "(`torch.isfinite(X).all()`), or a logarithm, a root or a division in `forward` or in the loss: "
        "print the output of the model before the first step.",
        r"\b(?:from|at) the (?:very )?(?:first|start|beginning)\b|\b(?:in"
        r"|on) the (?:very )?first (?:iteration|batch|step)"
        r"|from (?:the )?first|always nan|immediately"
        r"|right away|from the get|(?:epoch|iter\w{0,7}|step)\W{0,3}0?[01]\b[^.]{0,60}loss\w{0,8}\W{1,3}nan",
    ),
    Sign(
        "NaN after the first step: the first loss was finite, so it is the gradient or the step. Look at "
        "`p.grad` after the first `backward()`: if it is NaN or infinite, a root, a norm, a logarithm or "
        "a division has an infinite slope there; if it is finite, the rate is far too large.",
        r"after (?:the )?(?:first|1st|one|1) (?:iter|step|batch|backward|update)",
        alone=True,
    ),
    Sign(
        "If it was finite for a while, the input as a whole is not at fault: either the steps are too large, "
        "or one batch is broken. First a rate ten times smaller and `clip_grad_norm_`. If NaN comes at the "
        "same batch all the same, stop at the first `torch.isnan(loss)` and look at that batch.",
        r"after (?:\w{1,9} )?(?:about |around |training (?:for )?|~ ?)*\d[\d,.k]{0,8} ?k?(?:th)? ?(?:iter"
        r"|epoch|step|batch|round)"
        r"|suddenly|eventually|after (?:a few|some|several|many|a while|one|two)|more than a dozen"
        r"|at epoch \d"
        r"|(?:epoch|iteration|step) \d\d"
        r"|\d\.\d{2,6}\b.{0,200}?\bnan\b",
        alone=True,
    ),
)
"""Where NaN comes from."""

GROWS: Final = (
    Sign(
        "A large first loss is not one that grows: a squared error is in the square of the target's unit, "
        "so targets of thousands give millions. Scale the target with the training's mean and deviation, "
        "and judge by how far the loss falls.",
        r"\b(?:initial|first|starting) (?:training )?loss|loss (?:is )?(?:very |so |extremely )?(?:high"
        r"|large|huge|big) (?:at|in|from) the (?:start|begin|first)",
        alone=True,
    ),
    SECOND_STEP,
    SUMMED,
    Sign(
        "`{0}` makes numbers ten times and more as large as usual. If those are the inputs, the gradient "
        "grows with their square: scale them to about -1 to 1, or take a rate a hundred times smaller.",
        r"(torch\.(?:randn?|arange|linspace)\([^()]{0,30}\) ?\* ?\d{2,5})",
        without=r"log_?softmax|crossentropy",
    ),
)
"""Why a loss grows."""

NEGATIVE: Final = (
    Sign(
        "A Dice loss written as `-dice`, without `1 -`, is negative by design, and so is its sum with a "
        "cross-entropy: -1 is the best it can reach. Nothing is wrong then.",
        r"\bdice\b|nnunet|\biou loss",
    ),
    Sign(
        "The negative log-likelihood of a density (a Gaussian, a mixture, a normalizing flow) may be "
        "negative, since a density can be above 1. Nothing is wrong then.",
        r"gaussian|\bflow\b|mixture|likelihood|laplace|deepar|distribution|\.log_prob\(|\bvae\b|\belbo\b",
        without=r"log_?softmax|nll_?loss",
    ),
    Sign(
        "`nll_loss` takes the logarithms of probabilities, and here it seems to get something else: end the "
        "network with `F.log_softmax(x, dim=1)`, or give `F.cross_entropy` the raw scores.",
        r"nll_?loss",
        without=r"log_?softmax",
    ),
    Sign(
        "A binary cross-entropy is negative only where a target is above 1 or below 0: print "
        "`labels.unique()`. Masks of 0 and 255 have to be divided by 255, labels 1 and 2 made 0 and 1.",
        r"\bbce|binary_?cross",
    ),
)
"""When a loss is negative."""

ZERO: Final = (
    Sign(
        "The loss is taken from what `argmax` gives: positions have no slope, so nothing is learned from "
        "it. Give the loss function the scores themselves.",
        r"loss\w{0,6} ?= ?[\w.]{1,24}\([\w.]{1,20}\.?(?:argmax\(|max\([^()]{0,20}\)\[1\])",
    ),
    ONE_OUTPUT,
    Sign(
        "Print `mask.unique()` first. If it is 0 alone, the masks were divided by 255 or scaled (`ToTensor`) "
        "and then cut to whole numbers: always answering 0 is then perfect. Class numbers 0 to 8 are nine "
        "classes.",
        r"\bmasks?\b|segment|unet",
    ),
)
"""When a loss is 0."""

SAME_IN_EVAL: Final = Sign(
    "`eval()` is right, and what `train()` changes is only the chance of dropout or the batch in batch norm. "
    "If all answers are equal in evaluation, the network has learned nothing of the input yet (longer "
    "training, a smaller rate), or batch norm's averages do not fit: evaluate some training samples in the "
    "same way.",
    r"same.{0,80}(?:with|when|after|in) (?:model\.)?eval|(?:with|when|after"
    r"|in) (?:model\.)?eval[^.]{0,60}\b(?:same|identical)",
    alone=True,
)
STILL: Final = (XOR, SATURATED, SCALED_MASK, *WEIGHTS_STILL, LAST_SAMPLE, BROADCAST[0], *STEPS, BROADCAST[1])
POSITIVES: Final = Sign(
    "`weight` of `BCEWithLogitsLoss` weighs the elements of the loss; for a rare class it is "
    "`pos_weight`, the number of negatives divided by that of positives.",
    r"bcewithlogitsloss\([^()]{0,20}\bweight ?=",
)
FLAT: Final = Sign(
    "A flat line is mostly the mean of the targets, the cheapest answer before anything is learned. Scale "
    "the series and the target with the training's mean and deviation, see that output and target have one "
    "shape, and compare the loss with that of simply repeating the last value.",
    r"(?:straight|flat|horizontal) line",
)
ONE_ANSWER: Final = (
    SAME_IN_EVAL,
    POSITIVES,
    FLAT,
    LAST_SAMPLE,
    *WEIGHTS_STILL,
    BROADCAST[0],
    *STEPS,
    BROADCAST[1],
)
