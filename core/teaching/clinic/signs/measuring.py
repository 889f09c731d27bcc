"""Signs beside a complaint about what is measured, kept or repeated: evaluation, memory, seeds, gradients."""

from typing import Final

from core.teaching.clinic.signs.sign import Sign

RESET: Final = Sign(
    "`{0} = 0` stands inside the loop over the batches, so it is set back for each one. If it is to "
    "count all of them, move it above the `for`.",
    r"\bfor [^:]{1,60} in [^:]{0,30}(?:loader|batches|dl)\b[^:]{0,16}: ?(?:#.{0,40} )?(\w{0,20}(?:loss"
    r"|correct|total|acc)\w{0,14}) ?= ?0",
)
TRAINS_IN_EVAL: Final = Sign(
    "`model.train()` stands before the loop over the epochs. If `model.eval()` stands inside it, the network "
    "trains in evaluation mode from the second epoch on. `model.train()` belongs at the start of every "
    "epoch.",
    r"\.train\((?:true)?\) (?:\w{1,20} ?= ?[^ ]{1,20} ){0,4}for (?:epoch|ep|e|i|t) in (?:tqdm\("
    r"|trange\()?(?:range)?\(?"
    r"(?:(?!\.train\().){0,2500}?\.eval\(\)(?:(?!\.train\().){0,2500}$",
)

BETTER: Final = (RESET, TRAINS_IN_EVAL)
"""Why validation looks better than training."""

OVERFITS: Final = (
    Sign(
        "A validation loss that goes up and down is noise as long as its trend falls: a small validation "
        "set, batch norm with small batches, or steps that are too large. Try a tenth of the rate, or a "
        "larger batch, and judge the mean over some epochs. It is overfitting only where the trend rises.",
        r"(?:valid\w{0,6}|val|test)[ _](?:loss|acc\w{0,5}|error)[^.]{0,40}"
        r"(?:fluctuat|oscillat|jumps|jumping|noisy|unstable|zig ?zag|up and down|spik)",
        alone=True,
    ),
    Sign(
        "If it is the accuracy on data that were held back: look for samples that stand in both sets, and "
        "for the answer among the inputs. A training accuracy that high is nothing unusual.",
        r"(?:accuracy|acc|results?)\W{0,3}(?:\(acc\) )?(?:is |are )?(?:so|too|very|suspiciously) (?:high"
        r"|good|perfect)|too good to be true",
        also=r"normal|why|suspicious|wrong|leak",
        alone=True,
    ),
    Sign(
        "If the very same samples are in both, this is no overfitting. What differs is the mode or the way "
        "to the network: batch norm uses its running averages after `eval()` (too few steps, batches too "
        "small), or the two transforms are not the same. Try the validation once after `model.train()`, "
        "under `no_grad`.",
        r"(?:train\w{0,5}|fit\w{0,5}) and (?:valid|test)\w{0,7} (?:\w{1,10} ){0,5}same (?:data|image"
        r"|sample)|same (?:data ?set|data|images) (?:for|in|as) (?:both|train|the train)"
        r"|same (?:data ?set|data)[^.]{0,40}\bboth\b",
        also=r"\bval|\btest",
        without=r"same distribution",
        alone=True,
    ),
    RESET,
    TRAINS_IN_EVAL,
    Sign(
        "If the accuracy that it stays at is the share of one class, the network names that class for all "
        "new data. Count the predictions of each class; split by video, patient or place, so that near "
        "copies are not in both sets; then weigh the classes.",
        r"(?:majority|percentage|share|proportion) (?:class|of)[^.]{0,80}label"
        r"|predicts? (?:that )?all (?:\w{1,12} ){0,3}(?:as|are)",
    ),
    Sign(
        "With ten classes {0} is guessing, which overfitting alone does not do: look first whether the test "
        "data go through the same transforms, with their labels in the same order, after `model.eval()`.",
        r"test\w{0,4} (?:accuracy|acc) ?(?:rate )?(?:is|of|=|:|at) ?(?:only |about )?(10(?:\.0{1,2})? ?%"
        r"|0\.10?\b)",
    ),
    Sign(
        "A training accuracy of 100% is no error: with few samples a large network learns them by heart. "
        "What counts is the accuracy on samples that it has not seen.",
        r"train\w{0,4} (?:accuracy|acc)\w{0,4} (?:is |has |rate |keeps )?(?:reach\w{0,4}|becom\w{0,4}|is"
        r"|of|at|was|1\b)? ?(?:almost )?(?:100|1\.0|1 )",
        without=r"(?:test|valid\w{0,6}|val) (?:accuracy|acc)",
    ),
)
"""What else than overfitting it may be."""

ACCURACY: Final = (
    RESET,
    Sign(
        "`{0}` divides by the number of batches. If what is divided counts correct answers, and not the "
        "accuracies of batches, divide by the samples: `len(loader.dataset)`, or add up `labels.size(0)`.",
        r"((?:correct|acc)\w{0,16} ?/ ?len\(\w{0,20}(?:loader|dl)\))",
    ),
    Sign(
        "`{0}` compares scores with class numbers, if no `argmax` came before, and those are hardly ever "
        "equal: `output.argmax(1) == labels`.",
        r"(\b(?:outputs?|out|y_pred|logits|pred_y|scores) == (?:labels?|targets?|y\w{0,6}))",
        without=r"\b(?:outputs?|out|y_pred|logits|pred_y|scores) ?= "
        r"?[^=]{0,60}(?:argmax|max\(|round|[<>]|predict\()",
    ),
    Sign(
        "`{0}` is a tensor of whole numbers. Before PyTorch 1.6, divided by a whole number it stays "
        "one, and every accuracy below 1 becomes 0; a sum of bytes also overflows at 255. Add `.item()`.",
        r"(torch\.sum\(\w{1,20}(?:\.data)? == \w{1,20}(?:\.data)?\)|\(\w{1,20} == \w{1,20}\)\.sum\(\))",
        without=r"sum\(\)\.item\(\)|\.item\(\)|\.double\(\)|float\(",
    ),
)
"""Why an accuracy cannot be right."""

LOADED: Final = (
    Sign(
        "The lines load a file and show no `load_state_dict`: if there is none, the model keeps its random "
        "weights.",
        r"torch\.load\(",
        without=r"load_state_dict|(?:model|net\w{0,4}) ?= ?torch\.load|load_from|checkpoint\[",
    ),
)
"""What is forgotten when a model is loaded."""

DIFFERS: Final = (
    Sign(
        "Where the batch size of the test changes the result, something looks at the whole batch: mostly "
        "batch norm in training mode (`model.eval()` is missing, or is undone by a `train()` after it), or, "
        "if `eval()` is there, a mean, a maximum or a softmax in `forward` that runs over dimension 0 or "
        "over all. It has to be taken for each sample, `x.mean(dim=1, keepdim=True)`.",
        r"(?:batch[ _]size|number of batch\w{0,3})",
        also=r"(?:chang|differ|affect|influenc|depend|drop)\w{0,5}[^.?]{0,80}(?:batch[ _]size)"
        r"|batch[ _]size[^.?]{0,60}"
        r"(?:chang|differ|affect|influenc|depend|drop)",
        without=r"out of memory|learning rate",
    ),
    Sign(
        "`eval()` is called on `{0}`, and the lines run a model of another name: if those are two "
        "objects, the one that answers is still in training mode.",
        r"\b(\w{1,12})\.eval\(\)",
        also=r"= (?:net|model|network|classifier)\(\w",
        without=r"\b{0}\(\w|\b(?:net|model|network|classifier) ?= ?{0}\b",
    ),
    Sign(
        "A picture of your own has to look like those of the training: the same size, gray or RGB (OpenCV "
        "reads BGR), the same scaling and normalization; digits of MNIST are white on black, centered and "
        "small. Draw the tensor that goes in beside one of the training set, and print `x.min(), x.max(), "
        "x.mean()` of both.",
        r"\b(?:own|single|one|my|external|custom|real|new|webcam) (?:\w{1,12} )?(?:images?|pictures?"
        r"|photos?|drawings?|digits?)\b|handwrit|webcam",
        also=r"wrong|incorrect|misclassif|\bfails?\b|never correct|\bbad\b|poor",
        without=r"each time|every time|different (?:output|predict|result)|same (?:image|picture)",
        alone=True,
    ),
    Sign(
        "`{0}(...)` throws its result away: it is a class method that returns a new model, and leaves this "
        "one with its chance weights. Write `model = TheClass.load_from_checkpoint(path)`.",
        r"(?<![\w.=(,])(?<![=(,] )(?<!return )((?:self\.)?(?:model|net|[a-z]\w{0,12}_model)"
        r"\.load_from_checkpoint)\(",
        without=r"(?:model|net|trained) ?= ?(?:model|net)\.load_from_checkpoint",
    ),
    Sign(
        "Below `{0}.eval()` the name gets another model (`{0} = {1}(...)`). If it is a new one, it is in "
        "training mode again: first build, then `load_state_dict`, then `eval()`.",
        r"\b(\w{1,20})\.eval\(\) (?:.{0,80} )?\1 = (?!\1\b|torch\.)([a-z_.]{1,24})\("
        r"(?![^()]{0,40}\b\1\b)",
    ),
    Sign(
        "`strict=False` skips every weight whose name does not fit, without a word: print what "
        "`load_state_dict` returns. If many names are missing there, those layers keep their chance weights.",
        r"load_state_dict\([^()]{0,60}(?:\([^()]{0,60}\))?[^()]{0,30}strict ?= ?false",
    ),
    Sign(
        "`nn.{0}` is made inside `forward`: a new layer with new chance weights in every call, which is "
        "neither trained nor saved. Make it in `__init__`.",
        r"def forward\((?:(?!def |class |return ).){0,700}?= "
        r"?(?:torch\.)?nn\.(linear|conv\dd|lstm|gru|embedding"
        r"|batchnorm\dd)\(",
    ),
    Sign(
        "`{0}` stays switched on after `eval()`: write `training=self.training`, or use an `nn.Dropout` made "
        "in `__init__`.",
        r"\b((?:f|functional)\.dropout\d?d?\([^()]{0,60}training ?= ?true\))",
        alone=True,
    ),
    Sign(
        "`{0}` after `eval()` switches dropout on again (Monte Carlo dropout, which draws several answers on "
        "purpose): without that line the answers are the same every time.",
        r"\b((?:enable|activate|apply|turn_on)_dropout\(|\w{1,12}\.train\(\)) ?(?:\w{0,20}\) ?)?(?:$"
        r"|(?!.{0,400}backward\())",
        also=r"eval\(\) .{0,80}(?:enable|activate|apply|turn_on)_dropout",
        alone=True,
    ),
    Sign(
        "`eval()` reaches layers only: `F.dropout` in `forward` goes on unless it is told, `F.dropout(x, p, "
        "training=self.training)`, or replaced by an `nn.Dropout` made in `__init__`.",
        r"dropout\b[^.]{0,60}\b(?:still|left|remains?|enabled|active|applied)\b",
        also=r"eval",
        without=r"\bf\.dropout\d?d?\(",
        alone=True,
    ),
    Sign(
        "`F.dropout` goes on in evaluation unless it is told the mode: `F.dropout(x, p, "
        "training=self.training)`, or an `nn.Dropout` made in `__init__`.",
        r"\bf\.dropout\d?d?\((?:(?!training)[^()]){0,60}\)",
    ),
    Sign(
        "If `eval()` is called, and no `train()` after it, what still changes from run to run is in the "
        "data or in `forward`: a random crop or flip in the evaluation's transform, a sampler, `F.dropout` "
        "without `training=self.training`, or weights that the file does not hold. Run the same batch "
        "twice: if the outputs are equal, it is the data.",
        r"(?:did|do|have|also|am|with|used|call\w{0,2}|i'm|set) [^.]{0,60}eval\b|\.eval\(\)",
        also=r"\bruns\b|every time|each time|differs? (?:now|again)|different (?:result|accurac|output)"
        r"|between calls|(?:each|every) call|called twice",
        alone=True,
    ),
    Sign(
        "Batch norm looks at the batch in training and at its running averages in evaluation, so the two "
        "are bound to differ. If `eval()` is much worse, the averages mostly do not fit yet: too few steps "
        "since they began at 0 and 1, batches too small, or other data. Try it: the same batch once after "
        "`model.train()` under `no_grad`. If that is good, train longer, take larger batches or "
        "`momentum=0.01`, or `GroupNorm`.",
        r"batch ?norm\w{0,4}|\bbn\d?\b|(?:without|after removing|remove|removing|comment\w{0,4} out"
        r"|not (?:use|using|calling)) "
        r"(?:the )?(?:function )?.{0,3}(?:model\.)?eval|eval(?:\(\)"
        r"|uation)? mode (?:\w{1,12} ){0,6}(?:worse|bad|high|low)",
        also=r"eval|train\(\)|mode|inference|test",
    ),
    Sign(
        "`eval()` is there. Then it is mostly what goes in (the size, the scaling and the order of the "
        "channels in this script, compared with those of the training), or batch norm's averages: run one "
        "batch of the training through the loaded model, once as it is and once after `model.train()` under "
        "`no_grad`.",
        r"\.eval\(\)",
        without=r"(?:no|without|forg\w{2,4}|remov\w{2,3}|not call\w{0,3}|comment\w{0,4} out) "
        r"(?:the )?\W{0,2}\w{0,12}\.eval",
        alone=True,
    ),
)
"""Why a model gives other outputs."""

MEMORY: Final = (
    Sign(
        "`no_grad` is there. See that it is around the whole evaluation, also around losses and means that "
        "are computed after the loop (a decorator `@torch.no_grad()` on the function is surest), and that "
        "what is collected goes to the processor (`.cpu()`). Then print the shapes: one very large sample is "
        "enough.",
        r"\bno_grad",
        also=r"\b(?:validat|evaluat|eval\b|test|infer)",
        without=r"without (?:\w{1,12} ){0,3}.{0,6}no_grad|(?:should|must|need|you) (?:\w{1,8} )?(?:add|use)",
        alone=True,
    ),
    Sign(
        "If it grows there: an evaluation without `with torch.no_grad():` around all of it keeps the graph "
        "of each batch (`eval()` does not change that).",
        r"\b(?:in|during|at|when|performing|on|the) (?:the )?(?:validat\w{0,5}|evaluat\w{0,5}"
        r"|test(?:ing)?|inference)\b|model\.eval\(\)",
        without=r"no_grad|backward\(|train loss|training loss",
    ),
    Sign(
        "To add up the gradients of several losses, call `backward()` for each at once and `step()` after "
        "the last: gradients add up by themselves, and each graph is freed.",
        r"accumulat\w{0,4} (?:the )?(?:loss|gradient)|sum (?:them|the losses)",
    ),
    Sign(
        "`torch.autograd.set_detect_anomaly(True)` or a profiler keeps much for every step: switch it off.",
        r"set_detect_anomaly\(true\)|profiler\.profile",
    ),
    Sign(
        "If it is the main memory that grows, look first whether it is the loader: with `num_workers=0`, "
        "does it still grow? If not, each worker slowly copies the data set's Python objects (lists of "
        "paths, dictionaries): keep them in NumPy arrays or tensors, and take fewer workers. If it does, "
        "something is kept in every step: see below.",
        r"(?<!gpu )(?<!cuda )(?<!video )(?<!graphics )\b(?:ram|cpu memory|main memory|system memory|host "
        r"memory|swap)\b",
        without=r"\bvram\b|cuda out of memory|\+= ?\w{0,20}\.?loss|append\(\w{0,12}(?:loss|out|pred|logit)",
        alone=True,
    ),
)
"""Why memory grows."""

NO_GRADIENT: Final = (
    Sign(
        "If `{0}.is_leaf` is False, `{0}` is computed, and for computed tensors the gradient is not kept: "
        "`{0}.retain_grad()` before `backward()`.",
        r"print\([^()]{0,30}?\b(\w{1,20})\.grad\b",
        also=r"(?:^|[ ;]){0} = (?!variable|torch\.(?:rand|ones|zeros|tensor|autograd|full|empty|eye"
        r"|arange|linspace|from_numpy|as_tensor|floattensor|nn\.p)|nn\.p|parameter|np\.|next\(|list\("
        r"|[\w.\[\]]{1,40}\.(?:weight|bias)\b)\S",
        without=r"\b{0} ?= ?[^=]{0,60}(?:=[^=]{0,40}){0,2}requires_grad ?= ?true",
    ),
    Sign(
        "`zero_grad()` is called after `backward()` and before you look: since PyTorch 2.0 it sets the "
        "gradients to None. Print them before it.",
        r"backward\([^()]{0,30}\)(?:(?!backward).){0,200}?zero_grad\([^()]{0,20}\)(?:(?!backward).)"
        r"{0,200}?\.grad\b",
    ),
)
"""Why a gradient is None."""

RESUMED: Final = (
    Sign(
        "If the optimizer's state is saved and loaded too, print the rate after loading "
        "(`optimizer.param_groups[0]['lr']`), and look for `model.train()`, the scheduler's state, and "
        "whether the optimizer was made from the model that was loaded.",
        r"(?:also|did|have) (?:(?!not |never )\w{1,8} )?(?:save|load|restor)\w{0,4} (?:the )?optim",
    ),
)
"""What is lost when a training goes on."""

SLOWER_STEPS: Final = (
    Sign(
        "If the samples are ordered by length, later batches take longer because they are larger: print the "
        "shapes of the inputs first.",
        r"deepspeech|speech|sentence|sequence|\bnlp\b|seq2seq|length",
    ),
)
"""Why a step takes longer than the one before."""
