"""Weights by their names: state_dicts that do not fit a model."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, kind, sizes
from core.teaching.clinic.readings.weight_names import is_checkpoint, keys, one_is_wrapped, only_counters

_SAVE = "import io\n\nimport torch\nfrom torch import nn\n\n"


def _size_pair(found: Holes) -> str:
    text = (
        f"`{found['k'].strip()[:60]}` is {found['a'].strip()[:60]} in the file and "
        f"{found['b'].partition(')')[0].strip(' .')[:40]}{')' if ')' in found['b'] else ''} in the model."
    )
    saved, built = sizes(found["a"]), sizes(found["b"].partition(")")[0])
    if len(saved) != len(built) or len(saved) not in (1, 2):
        return text
    if saved[1:] == built[1:] and any(name in found["k"] for name in ("fc", "head", "classifier", "output")):
        text += (
            f" If it is the last layer, the file was made for {saved[0]} classes, the model for {built[0]}."
        )
    elif saved[0] == built[0] and len(saved) > 1 and "emb" not in found["k"]:
        text += (
            f" If it is a linear layer, {saved[1]} features came into it, and here it is {built[1]}: the "
            "layers before it, or the size of the pictures, are others."
        )
    return text


_INNER: Final = re.compile(r"[\"'](\w{1,30})\.module\.")


def _in_the_middle(found: Holes) -> str:
    """What to say where a part of a model was wrapped, and not the whole."""
    part = _INNER.search(found["text"])
    if part is None or part[1] == "module":
        return ""
    return (
        f"In one of the two `module.` stands behind `{part[1]}`: there only that part was wrapped, as is "
        "usual for VGG and AlexNet. Plain names come of `{k.replace('.module', '').removeprefix('module.'): "
        "v for k, v in state.items()}`: load those into the model before it is wrapped, or into "
        "`model.module`."
    )


KINDS: Final = (
    kind(
        "weights-size",
        "Saved weights of another size",
        (
            "size mismatch for {k}: copying a param with shape {a} from checkpoint, the shape in "
            "current model is {b}"
        ),
        (
            "size mismatch for {k}: copying a param of {a} from checkpoint, where the shape is {b} "
            "in current model"
        ),
        (
            "While copying the parameter named {k}, whose dimensions in the model are {b} and whose "
            "dimensions in the checkpoint are {a}"
        ),
        "has shape ({a}) in the checkpoint but ({b}) in the model",
        "copying a param of {a} from checkpoint, where the shape is {b} in current model",
        "copying a param of {a} from checkpoint,where the shape is {b} in current model",
        "copying a param with shape",
        "size mismatch for ",
        means=("The names agree, the sizes do not: the model that was saved was built with other numbers."),
        cure="Build the model with the numbers of the saved one. Or take over what fits, and train the rest "
        "anew: `own = model.state_dict()`, `fits = {k: v for k, v in state.items() if k in own and v.shape "
        "== own[k].shape}`, then `model.load_state_dict(fits, strict=False)`. What is left out is mostly "
        "made for another number of classes, or of words: the last layer, or an embedding.",
        trap=(
            "`strict=False` alone does not help against a size mismatch: it only forgives missing "
            "and unexpected names."
        ),
        reads=lambda found: _size_pair(found) if "k" in found and "a" in found else "",
        program=_SAVE
        + """
state = nn.Linear(512, 1000).state_dict()
model = nn.Linear(512, 10)
model.load_state_dict(state, strict=False)
""",
        change=(("model = nn.Linear(512, 10)", "model = nn.Linear(512, 1000)"),),
        page="checkpoints",
        weight=2,
    ),
    kind(
        "module-prefix",
        "Names with `module.` before them",
        'Unexpected key(s) in state_dict: "module.{k}',
        'Missing key(s) in state_dict: "module.{k}',
        'unexpected key "module.{k}',
        "Unexpected key(s) in state_dict: 'module.{k}",
        "Missing key(s) in state_dict: 'module.{k}",
        "unexpected key 'module.{k}",
        "KeyError: 'unexpected key \"module.{k}",
        'Unexpected key(s) in state_dict: "_orig_mod.{k}',
        means=(
            "`nn.DataParallel` puts `module.` before every name (`torch.compile` puts `_orig_mod.`). "
            "One of the two, file or model, is wrapped."
        ),
        cure="Take the prefix off: `{name.removeprefix('module.'): value for name, value in "
        "state.items()}`. Better, save `model.module.state_dict()`. If the model wants it, load into "
        "`model.module`.",
        trap="`strict=False` silences it and loads nothing: the network keeps its random weights.",
        reads=_in_the_middle,
        program=_SAVE
        + """
state = nn.DataParallel(nn.Linear(4, 2)).state_dict()
model = nn.Linear(4, 2)
model.load_state_dict(state)
""",
        change=(
            (
                "model.load_state_dict(state)",
                (
                    'model.load_state_dict({name.removeprefix("module."): value for name, value in '
                    "state.items()})"
                ),
            ),
        ),
        page="checkpoints",
        weight=4,
        excludes=("size mismatch for module.",),
        holds=lambda found: one_is_wrapped(found) and not is_checkpoint(found),
        complaints=(
            "module & prefix|prefixed|added|starts with|names & key|state_dict|weight|checkpoint|load",
            "dataparallel|data parallel|parallel training|multiple gpus|several gpus|multi gpu & "
            "state_dict|checkpoint|weights|keys & mismatch|not match|dont match|missing|unexpected|fails to "
            "load|cant load|cannot load|error when loading|error while loading",
        ),
    ),
    kind(
        "batch-counters",
        "Saved weights with counters that this version does not have",
        "Unexpected key(s) in state_dict: {k}num_batches_tracked",
        "Missing key(s) in state_dict: {k}num_batches_tracked",
        'unexpected key "{k}num_batches_tracked',
        "unexpected key '{k}num_batches_tracked",
        means="Batch norm counts its batches in `num_batches_tracked` since PyTorch 0.4.1. File and program "
        "are from different times, or the model's batch norm is not PyTorch's own; the weights do fit.",
        cure="Update PyTorch, or pass these names over: `model.load_state_dict(state, strict=False)` is "
        "right here, since only counters are left out. In 0.3 and older, take them out first: `{k: v for k, "
        "v in state.items() if not k.endswith('num_batches_tracked')}`.",
        program="""
from torch import nn

model = nn.BatchNorm1d(4)
model.num_batches_tracked = None  # as before PyTorch 0.4.1
model.load_state_dict(nn.BatchNorm1d(4).state_dict())
""",
        change=(
            (
                "model.load_state_dict(nn.BatchNorm1d(4).state_dict())",
                "model.load_state_dict(nn.BatchNorm1d(4).state_dict(), strict=False)",
            ),
        ),
        page="checkpoints",
        holds=only_counters,
        excludes=("size mismatch",),
        weight=6,
    ),
    kind(
        "weights-names",
        "Saved weights with other names",
        "Missing key(s) in state_dict:",
        "Unexpected key(s) in state_dict:",
        'unexpected key "{k}" in state_dict',
        "missing keys in state_dict",
        "missing keys in source state_dict",
        "unexpected key in source state_dict",
        "Unexpected running stats buffer(s) {k} for {c} with track_running_stats=False",
        "Error(s) in loading state_dict for",
        means="Each weight is saved under the name of its attribute; file and model disagree on names.",
        cure="Print `state.keys()` and `model.state_dict().keys()`. Use the class that was saved; if the "
        "file is a whole checkpoint (`model_state_dict`, `epoch`, ...), load the entry in it: "
        "`checkpoint['model_state_dict']`.",
        trap=(
            "Where names are missing, `strict=False` leaves those layers random: check what "
            "`load_state_dict` returns."
        ),
        reads=keys,
        program=_SAVE
        + """
file = io.BytesIO()
torch.save({"epoch": 5, "model_state_dict": nn.Linear(4, 2).state_dict()}, file)
checkpoint = torch.load(io.BytesIO(file.getvalue()), weights_only=True)
nn.Linear(4, 2).load_state_dict(checkpoint)
""",
        change=(
            (
                "nn.Linear(4, 2).load_state_dict(checkpoint)",
                'nn.Linear(4, 2).load_state_dict(checkpoint["model_state_dict"])',
            ),
        ),
        page="checkpoints",
    ),
    kind(
        "checkpoint-key",
        "The file has no such entry",
        "KeyError: 'state_dict'",
        "KeyError: 'model_state_dict'",
        "KeyError: 'optimizer_state_dict'",
        "KeyError: 'model'",
        "KeyError: 'optimizer'",
        "KeyError: 'net'",
        "KeyError: 'weight'",
        "KeyError: 'weights'",
        "KeyError: 'epoch'",
        reads=lambda found: (
            "The optimizer's state is asked for. Files made for use, not for going on, hold the weights "
            "alone: then start with a fresh optimizer."
            if "optimizer" in found["message"][:40]
            else ""
        ),
        means="A checkpoint is a dict, and its keys are what the saving program chose. The program that "
        "loads asks for another one; often the file is the bare table of weights.",
        cure="`print(checkpoint.keys())`. If it lists layers (`fc.weight`, ...), the file is the "
        "state_dict itself: `model.load_state_dict(checkpoint)`. Else take the key that is there.",
        program=_SAVE
        + """
file = io.BytesIO()
torch.save(nn.Linear(4, 2).state_dict(), file)
checkpoint = torch.load(io.BytesIO(file.getvalue()), weights_only=True)
print(nn.Linear(4, 2).load_state_dict(checkpoint["state_dict"]))
""",
        change=(
            (
                'print(nn.Linear(4, 2).load_state_dict(checkpoint["state_dict"]))',
                "print(nn.Linear(4, 2).load_state_dict(checkpoint))",
            ),
        ),
        page="checkpoints",
        weight=1,
        needs=("load", "checkpoint", "ckpt", "state_dict", ".pth", ".pt"),
    ),
    kind(
        "dict-not-model",
        "A dict, mostly a state_dict, used as if it were the model",
        "'collections.OrderedDict' object has no attribute '{k}",
        "'OrderedDict' object has no attribute '{k}",
        "'dict' object has no attribute 'eval",
        "'dict' object has no attribute 'parameters",
        "'dict' object has no attribute 'cuda",
        "Expected state_dict to be dict-like, got",
        "'collections.OrderedDict' object is not callable",
        "'dict' object has no attribute 'state_dict",
        "argument of type '{k}' is not iterable load_state_dict",
        "'dict' object has no attribute 'param_groups",
        "'dict' object has no attribute 'zero_grad",
        "'dict' object has no attribute 'train'",
        means=(
            "`torch.load` gives back what was saved: here a table, and no network or optimizer around it. If "
            "nothing was loaded, it is a dict of yours, and the object stands in one of its entries."
        ),
        cure="Build the network, then fill it: `model = Network(); model.load_state_dict(torch.load(path))`. "
        "`load_state_dict` takes the table itself, not the file's name.",
        program=_SAVE
        + """
file = io.BytesIO()
torch.save(nn.Linear(4, 2).state_dict(), file)
model = torch.load(io.BytesIO(file.getvalue()), weights_only=True)
model.eval()
""",
        change=(
            (
                "model = torch.load(io.BytesIO(file.getvalue()), weights_only=True)",
                (
                    "model = nn.Linear(4, 2)\nmodel.load_state_dict(torch.load(io.BytesIO(file.getvalue()), "
                    "weights_only=True))"
                ),
            ),
        ),
        page="checkpoints",
        weight=2,
        holds=lambda found: "attribute 'cuda" not in found["message"][:60] or "load" in found["text"],
    ),
)
