"""What pasted lines show of layers, tensors and devices: each function looks for one thing."""

import re
from math import prod
from typing import Final

from core.teaching.clinic.kind import sizes
from core.teaching.clinic.pasted.code import PastedCode, shown

_INPUT: Final = (
    r"(?:x|X|img|imgs|image|images|input|inputs|data|batch|tensor|output|outputs|out|pred|preds|y_pred|y_hat|"
    r"logits|features|sample|xb|state|prediction|predictions|scores)"
)
_TARGET: Final = r"(?:y|Y|label|labels|target|targets|mask|masks|hidden|h0|c0|y_true|yb|seq|noise|index|idx)"
_CALLED: Final = re.compile(rf"(?<![\w.])((?:torch\.)?(?:nn\.)?([A-Z]\w{{2,40}})\(({_INPUT})[,)])")
_MADE: Final = re.compile(
    r"(?:Tensor|Dataset|Loader|Folder|Variable|Function|Image|Path|Frame|Parameter|Sampler)$"
)
_LEARNS: Final = (
    r"(?:torch\.)?nn\.(?:Linear|Conv\w{2,12}|BatchNorm\w{2}|LayerNorm|GroupNorm|Embedding|LSTM|GRU|RNN)\("
)
_ANEW: Final = re.compile(rf"{_LEARNS}[^()]{{0,100}}\)\s?(?:\.\w{{1,10}}\([^()]{{0,20}}\))?\(")
_IN_FORWARD: Final = re.compile(rf"\b{_LEARNS}")
_ONCE: Final = re.compile(r"^if .{0,60}(?:\bis None\b|hasattr\(|\bnot self\.)")
"""A condition under which a layer is made at the first call only."""
_LOST: Final = re.compile(rf"^({_INPUT}|{_TARGET})\.(to|cuda|cpu)\([^()]{{0,40}}\)$")
_LOST_SHAPE: Final = re.compile(
    r"^(\w{1,40})\.(view|reshape|permute|transpose|unsqueeze|squeeze|float|double|long|int|half|contiguous)"
    r"\([^()]{0,60}\)$"
)
_NETWORKS: Final = re.compile(r"model|net|module|encoder|decoder|criterion|self|layer|classifier|conv", re.I)
_LIST: Final = re.compile(r"\bself\.(\w{1,40})\s?=\s?\[(?:\]|\\?$|.{0,60}nn\.|.{0,60}[A-Z]\w+\()")
_APPENDED: Final = re.compile(r"\bself\.(\w{1,40})\.append\(.{0,20}(?:nn\.)?[A-Z]\w+\(")
_STARTS: Final = re.compile(rf"^(?:\w{{1,6}}\.)?{_LEARNS}")
"""A line that begins with a layer, as in a list of several lines."""
_MOVED: Final = re.compile(r"((?:nn\.)?Parameter\(.{1,120}\)\.(?:cuda|to)\([^()]{0,30}\))$")
_ON_CPU: Final = re.compile(
    r"\btorch\.(from_numpy|zeros|ones|randn|rand|arange|tensor|eye|full|randint|empty|linspace|FloatTensor|LongTensor)\("
    r"|(?<![\w.])(rand|randn|zeros|ones)\(\w{1,20}\.(?:shape|size)"
)
_MAP: Final = re.compile(r"torch\.load\([^()]{1,120}\)\s?,\s?map_location")
_VIEW: Final = re.compile(r"\b(\w{1,40})\.(?:view|reshape)\(-1, ?(\d{1,7}|[\d* ]{3,20})\)")
_ONE_ROW: Final = re.compile(r"\b(\w{1,40})\.(?:view|reshape)\(\(?1, ?-1\)\)?")
_SCORES: Final = re.compile(r"pred|out|logit|score|y_|target|label", re.IGNORECASE)
"""What scores and labels are called, of which a view makes rows on purpose."""
_MADE_BY: Final = r"^(?:self\.)?\w[\w.]{{0,40}} ?= ?.{{0,60}}"
_LAYERS: Final = (
    (
        re.compile(r"shapes cannot be multiplied \(\d+x\d+ and (\d{1,9})x(\d{1,9})\)"),
        _MADE_BY + r"Linear\((?:in_features ?= ?)?{0}, ?(?:out_features ?= ?)?{1}\b.{{0,30}}",
    ),
    (
        re.compile(r"weight of size \[(\d{1,6}), (\d{1,6}), \d"),
        _MADE_BY + r"Conv\dd\((?:in_channels ?= ?)?{1}, ?(?:out_channels ?= ?)?{0}\b.{{0,60}}",
    ),
    (
        re.compile(r"running_mean should contain (\d{1,6}) elements not (\d{1,6})"),
        _MADE_BY + r"BatchNorm\dd\((?:num_features ?= ?)?{1}\b.{{0,30}}",
    ),
    (
        re.compile(r"must be equal to input_size\. expected (\d{1,6}), got (\d{1,6})"),
        _MADE_BY + r"(?:LSTM|GRU|RNN)\((?:input_size ?= ?)?{0}\b.{{0,60}}",
    ),
)
"""Messages whose numbers name a layer, and how a line makes that layer."""
_SIZES: Final = re.compile(r"Linear\((\d[\d* ]{0,40}), ?(\d[\d* ]{0,20})[,)]")
_HUGE: Final = 250_000_000
"""Weights that take a gigabyte."""
_REPLACED: Final = re.compile(
    r"((?!self\.)\w{1,30}\.(?:fc|classifier|head|last_linear|_fc)) ?= ?.{0,10}Linear\("
)
_FROM_NUMPY: Final = re.compile(
    r"torch\.(?:from_numpy|as_tensor|tensor)\((?!.{0,80}(?:dtype|float\(\)|float32)).{1,80}"
)
_LOCAL: Final = re.compile(r"^(?!self\.)(\w{1,40}) ?= ?(?:torch\.)?nn\.[A-Z]\w{2,30}\(")
_LOSS: Final = re.compile(r"loss|criterion|cost|optim|^(?:model|net|network) ", re.IGNORECASE)
_MANY_TRUE: Final = re.compile(
    r"\bif (?!.{0,80}(?:\.any\(|\.all\(|\.item\(| is | in range)).{0,60}[<>=!]=? ?.{1,60}:"
)


def called_class(code: PastedCode) -> str:
    """A class that is called with data, as if it were what it makes."""
    found = code.first(_CALLED)
    if found is None or _MADE.search(found[2]):
        return ""
    call, name, given = found[1], found[2], found[3]
    if (
        code.first(re.compile(rf"\bdef {name}\(|^{name} ?=(?!=)")) is not None
    ):  # a function, or what a class made
        return ""
    sure = "nn." in call or code.first(re.compile(rf"^class {name}\b")) is not None
    unsure = "" if sure else f"If `{name}` is a class, "
    if name.endswith("Loss"):
        return (
            f"{unsure}`{_whole(call)}` makes a loss and takes `{given}` for a setting: `loss_fn = "
            f"{call.partition('(')[0]}()` once, then `loss_fn({given}, ...)`."
        )
    return (
        f"{unsure}`{_whole(call)}` makes a new `{name}` and takes `{given}` for a setting of its "
        f"constructor. Make it once, with its settings, `m = {name}(...)`, then call that: `m({given})`."
    )


def _whole(call: str) -> str:
    return call if call.endswith(")") else f"{call} ...)"


def layer_in_forward(code: PastedCode) -> str:
    """A layer that is made in the forward pass."""
    found = code.first(_IN_FORWARD, code.inside)
    anew = code.first(_ANEW)
    if found is not None and code.first(_ONCE, code.inside) is not None and anew is None:
        return ""
    if found is None and anew is not None:
        layer = anew[0].partition("(")[0].rpartition("nn.")[2]
        return (
            f"`nn.{layer}(...)(...)` makes a layer for a single call, with random weights, on the CPU, and "
            f"no optimizer knows it: make it once, `layer = nn.{layer}(...)` (in a class `self.layer`, in "
            "`__init__`), and call that."
        )
    if found is None:
        return ""
    layer = found[0].partition("(")[0].rpartition("nn.")[2]
    return (
        f"`nn.{layer}(...)` is made inside `forward`: a new one at every call, with random weights, on the "
        "CPU, and unknown to the optimizer, so it never learns. Make it once in `__init__`, "
        f"`self.layer = nn.{layer}(...)`, and call `self.layer(x)` here."
    )


def not_assigned(code: PastedCode) -> str:
    """A tensor that is moved and not kept."""
    found = code.first(_LOST)
    return _lost(found[1], found[0]) if found else ""


def shape_not_assigned(code: PastedCode) -> str:
    """A tensor that gets another shape or type, and is not kept."""
    found = code.first(_LOST_SHAPE)
    return _lost(found[1], found[0]) if found and not _NETWORKS.search(found[1]) else ""


def _lost(name: str, line: str) -> str:
    return f"`{line}` on a line of its own changes no tensor: it gives a new one. Write `{name} = {line}`."


def plain_list(code: PastedCode) -> str:
    """Layers in a list that the module does not see."""
    found = code.first(_LIST)
    if found is None or (found[0].endswith("[]") and code.first(_APPENDED) is None):
        return ""
    if found[0].endswith(("[", "\\")) and code.first(_STARTS) is None:
        return ""
    name = found[1]
    if code.first(re.compile(rf"(?:ModuleList|Sequential)\(\*?self\.{name}\b|add_module\(")) is not None:
        return ""
    sure: object = "nn." in found[0] or re.search(rf"\.{name}\.append\(.{{0,20}}nn\.", "\n".join(code.lines))
    sure = sure or found[0].endswith(("[", "\\"))
    return (
        f"`self.{name}` is a plain Python list: the module does not see "
        f"{'the layers' if sure else 'layers and networks'} in it, so they are "
        f"neither moved, saved nor trained. `self.{name} = nn.ModuleList([...])`."
    )


def moved_parameter(code: PastedCode) -> str:
    """A parameter that is moved where it is made."""
    found = code.first(_MOVED)
    if found is None:
        return ""
    made = found[1][: found[1].rfind(").") + 1]
    if made.count("(") != made.count(")"):  # what is moved stands inside
        return ""
    return (
        f"`{found[1]}` is a plain tensor wherever it moves anything, as moving a parameter computes a new "
        "one, so the module does not know it. Move what is inside, `nn.Parameter(torch.randn(...).cuda())`, "
        "or leave it out and move the whole module, `model.cuda()`."
    )


def made_on_cpu(code: PastedCode) -> str:
    """A tensor that is made without a device."""
    lines = tuple(
        line
        for line in code.inside or code.lines
        if "device" not in line and ".to(" not in line and ".cuda(" not in line and "type_as" not in line
    )
    found = code.first(_ON_CPU, lines)
    if found is None or "def __getitem__" in code.joined or "set_default_" in code.text:
        return ""
    made = f"torch.{found[1]}" if found[1] else found[2]
    return (
        f"`{made}(...)` in your lines makes its tensor on the CPU: give it `device=x.device`, or "
        "`.to(device)` behind it."
    )


map_location: Final = shown(
    _MAP,
    "`map_location` stands outside of `torch.load`'s parentheses, where it has no effect on the loading: "
    "`model.load_state_dict(torch.load(path, map_location='cpu'))`.",
)
"""A setting of `torch.load` that stands outside of its parentheses."""


def rows_follow(code: PastedCode) -> str:
    """A view that lets the number of rows follow."""
    melted = code.first(_ONE_ROW)
    if melted is not None and not _SCORES.match(melted[1]):
        return (
            f"`{melted[0]}` makes a single row of the whole batch: `{melted[1]}.view({melted[1]}.size(0), "
            "-1)` keeps one row per sample."
        )
    found = code.first(_VIEW)
    if found is None or _SCORES.match(found[1]):
        return ""
    return (
        f"`{found[0]}` lets the number of rows follow from the size of the pictures, so it breaks the batch "
        f"apart where that size is another: `{found[1]}.view({found[1]}.size(0), -1)` keeps one row per "
        "sample, and the next `nn.Linear` says what size it wants."
    )


def layer_named(code: PastedCode) -> str:
    """The line that makes the layer of the message, told by its numbers."""
    for message, layer in _LAYERS:
        numbers = message.search(code.text)
        if numbers is None:
            continue
        made = re.compile(layer.format(*numbers.groups()))
        found = [match for line in code.lines if (match := made.search(line))]
        if found:
            which = "the layer" if len(found) == 1 else f"one of {len(found)} layers of these sizes, such as"
            return f"It is {which} `{found[0][0][:90]}`." + _in_place_of(found[0][0])
    return ""


def _in_place_of(line: str) -> str:
    """What to say of a layer that takes the place of the last one of another network."""
    found = _REPLACED.match(line)
    if found is None:
        return ""
    return (
        " It takes the place of the network's own last layer: ask that one for its number, "
        f"`nn.Linear({found[1]}.in_features, ...)` (512 in ResNet-18 and 34, 2,048 from ResNet-50 on)."
    )


def doubles(code: PastedCode) -> str:
    """An array of NumPy that keeps its type."""
    found = code.first(_FROM_NUMPY)
    if (
        found is None
        or "double" not in code.text
        or ("numpy" not in code.joined and "np." not in code.joined)
    ):
        return ""
    return (
        "An array of NumPy mostly holds float64, and then the tensor made of it is Double: put `.float()` "
        "behind it."
    )


def masked_by_if(code: PastedCode) -> str:
    """A condition on a tensor."""
    found = code.first(_MANY_TRUE)
    if found is None:
        return ""
    return f"It is the condition `{found[0][:80]}`, if one of its sides is a tensor of several values."


def embeddings_in_turn(code: PastedCode) -> str:
    """Embeddings that stand one after the other, so that the second looks up what the first gave."""
    if code.joined.count("embedding(") < 2 or "sequential(" not in code.joined:
        return ""
    return (
        "If both embeddings stand in the `Sequential`, it gives the vectors of the first to the second, "
        "which wants numbers of rows. For several columns put them side by side: `nn.ModuleList`, each with "
        "its own column, then `torch.cat(..., dim=1)`."
    )


def huge_layer(code: PastedCode) -> str:
    """A linear layer whose weights alone fill a memory."""
    for line in code.lines:
        for given, gives in _SIZES.findall(line):
            weights = prod(sizes(given) + sizes(gives))
            if weights >= _HUGE:
                return (
                    f"`nn.Linear({given}, {gives})` has {weights:,} weights, {weights * 4 / 1e9:,.1f} GB of "
                    "float32, and training as much again for gradients, with Adam three times. Make the map "
                    "smaller before the flatten: pooling, strides, or `nn.AdaptiveAvgPool2d(7)`."
                )
    return ""


def local_layer(code: PastedCode) -> str:
    """A layer that the constructor of a module keeps in a variable of its own."""
    if "def __init__" not in code.joined or "super(" not in code.joined:
        return ""
    found = code.first(_LOCAL)
    if found is None or _LOSS.search(found[0]):
        return ""
    name = found[1]
    keeps = r"(?:self\.\w{1,40} ?=|append\(|add_module\(|Sequential\(|ModuleList\(|setattr\()"
    kept = rf"{keeps}.{{0,80}}\b{name}\b"
    if code.first(re.compile(kept)) is not None:
        return ""
    better = f"self.{name.removeprefix('self_')}"
    return (
        f"`{name}` is a variable of the constructor, gone when it ends: a layer has to be an attribute of "
        f"the module, `{better} = nn...`."
    )
