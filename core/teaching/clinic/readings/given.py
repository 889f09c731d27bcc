"""Other things in the place of a tensor."""

import re
from typing import Final

from torch import nn

from core.teaching.clinic.kind import Holes

_OF_TRANSFORMERS: Final = (
    "bert",
    "xlnet",
    "transformers",
    "attention_mask",
    "return_dict",
    "encoder_outputs",
)
_TAKEN_APART: Final = (
    "If it came out of a model of the transformers package: taken apart, its output gives names; "
    "`outputs = model(...)` and `outputs.loss`, or `return_dict=False`."
)
OUTPUT_NAMES: Final = (
    "The models of the transformers package give an object with names, and taking it apart (`_, pooled = "
    "bert(...)`) gives those names: write `bert(...).pooler_output` or `.last_hidden_state`, or call it with "
    "`return_dict=False`."
)
"""What to say of a text that came out of such a model."""
_ENDS: Final = ".,'`"
_OBJECTS: Final = (
    (
        r"(?:Inception|GoogLeNet)Outputs",
        "While it trains, this network gives two outputs with names, the second for its auxiliary loss: "
        "`output, aux = model(x)`, then `loss_fn(output, y) + 0.4 * loss_fn(aux, y)`; or make it with "
        "`aux_logits=False`. After `model.eval()` it gives the one alone.",
    ),
    (
        r"\w*(?:ModelOutput|LMOutput|ClassifierOutput|AnsweringOutput|MaskedOutput)\w*|CausalLMOutput\w*",
        "The models of the transformers package give an object with names: the scores are `output.logits`, "
        "of a model without a head `output.last_hidden_state`.",
    ),
    (
        r"dict|OrderedDict|BatchEncoding|BatchFeature",
        "It holds its values under names: take the one that is meant, `batch['input_ids']`; torchvision's "
        "segmentation models give theirs as `output['out']`.",
    ),
    (
        r"list",
        "If it is a list of tensors of one shape, `torch.stack(items)` makes one tensor of them; a list of "
        "numbers becomes one by `torch.tensor(items)`.",
    ),
    (r"\w*Image(?:File)?", "It is a picture: put `ToTensor()` at the end of the transform."),
    (r"DataFrame", "It is a table of pandas: `torch.tensor(table.to_numpy(), dtype=torch.float32)`."),
    (
        r"NoneType",
        "It is None: mostly a `forward`, or a function of yours, ends without `return`, or gives None on one "
        "way; or an argument was left at None.",
    ),
    (
        r"Dataset|Subset",
        "It is the whole data set: a sample is `dataset[i]`, batches come out of a `DataLoader`.",
    ),
    (r"DataLoader", "It is the loader itself: loop over it, or take one batch with `next(iter(loader))`."),
)
"""Types by their names, and what to make of each."""


def _several(name: str, text: str) -> str:
    """What gives several values at once; empty if the text does not tell."""
    lowered = text.lower()
    if name == "tuple" and ("inception" in lowered or "googlenet" in lowered):
        return (
            "While it trains, Inception or GoogLeNet gives two outputs, the second for its auxiliary loss: "
            "`output, aux = model(x)`, and add `0.4 * loss_fn(aux, y)`, or make it with `aux_logits=False`."
        )
    if "loss(): argument 'input'" in text:
        return (
            "Mostly the network gives several outputs: take the one that is meant, `output[0]`, or, if each "
            "has its own labels, add the losses up: `sum(loss_fn(o, y) for o, y in zip(outputs, labels))`."
        )
    if name == "tuple" and any(word in lowered for word in _OF_TRANSFORMERS):
        return (
            "If it is of a model of the transformers package: its output has parts, and some are tuples of "
            "one tensor for each layer: `.last_hidden_state` is the tensor, `.hidden_states[-1]` and `[-2]` "
            "are those of the last layers, with `output_hidden_states=True`."
        )
    return ""


def _layer(name: str) -> str:
    """What to say of a layer in the place of a tensor."""
    return (
        f"It was given: {name}, a layer in the place of a tensor: it was made, or only named, where it "
        f"should be applied. `self.act = nn.{name}()` once in `__init__`, with its parentheses, and `x = "
        f"self.act(x)` in `forward`; `nn.{name}(x)` makes another layer, and `x = self.act` names it."
    )


def given(found: Holes) -> str:
    """What came where a tensor is wanted, and what to make of it."""
    name = next(iter(found.get("t", "").split()), "").strip(").,:'`")[:40]
    name = "str" if "'str' and 'int'" in found["message"] else name
    if not name:
        return ""
    if name in ("tuple", "list") and _several(name, found["text"]):
        return f"It was given: {name}. {_several(name, found['text'])}"
    if "unsupported operand" in found["message"] and name in ("str", "list"):
        return (
            "It was given: str, a text. Settings from the command line or a file are texts, also where they "
            "look like numbers: `float(b)` once, or `type=float` in `add_argument`. And a loop over a dict "
            "of losses "
            "gives its names: `losses.values()`." + (f" {_TAKEN_APART}" if "model(" in found["text"] else "")
            if name == "str"
            else "It was given: list. Of a list of tensors, `sum(items)` or `torch.stack(items)` makes one; "
            "a loss that gives a list gives one value for each part, so `loss + sum(losses)`."
        )
    if name in ("tuple", "list") and "'target'" in found["message"]:
        return (
            f"It was given: {name}. Labels that are texts, or lists, come out of a loader like this: let the "
            "dataset give a number for each, `classes.index(label)`. Or unpack what gives several values."
        )
    if "ndarray" in name and any(f"np.{made}(" in found["text"] for made in ("zeros", "ones", "array")):
        return "The parts are NumPy arrays: `torch.from_numpy(a)` makes a tensor of each."
    if name == "Series":
        return "It was given: Series, a column of pandas: `column.to_numpy()` makes an array of it first."
    if name == "tuple":
        return (
            "It was given: tuple. A comma at the end of a line makes one (`x = self.conv(x),`), and so does "
            "a layer or a dataset that gives several values."
        )
    if name == "str" and "'indices'" not in found["message"]:
        return (
            f"It was given: str, a text. {OUTPUT_NAMES} If it is a text of yours, it goes through the "
            "tokenizer first, `tokenizer(text, return_tensors='pt')`."
            if any(word in found["text"].lower() for word in _OF_TRANSFORMERS)
            else "It was given: str, a text. Texts have to become numbers first. If it came out of a model "
            "of the transformers package: taken apart, its output gives names; `return_dict=False`."
        )
    if "np.ndarray" in found["message"] and "tensor" in name.lower():
        return f"An array is wanted, and it was given: {name}. Leave `torch.from_numpy` out: it is a tensor."
    if "to construct a tensor from" in found["message"]:
        return (
            f"Its items are of type {name}: make one array of them, `torch.as_tensor(np.array(items))`."
            if "numpy" in name or "ndarray" in name
            else f"One of its items is of type {name}: print the items, and make numbers of them first."
        )
    if name in ("method", "function", "builtin_function_or_method"):
        return (
            f"It was given: {name}. Mostly the parentheses are missing: without them it is the function "
            "itself."
        )
    if isinstance(getattr(nn, name, None), type):
        return _layer(name)
    about = next((said for form, said in _OBJECTS if re.fullmatch(form, name.rpartition(".")[2])), "")
    return f"It was given: {name}. {about}".rstrip()


def parameters(found: Holes) -> str:
    """What came in the place of a parameter."""
    if "require gradients" in found["message"]:
        return (
            "Parameters came, and some of them are frozen (`requires_grad=False`), which PyTorch before 0.4 "
            "refuses: `filter(lambda p: p.requires_grad, model.parameters())`, or a newer version."
        )
    given = next(iter(found.get("t", "").split()), "")[:50].strip(_ENDS)
    if given == "tuple":
        return (
            "It was given: tuple. Mostly it is from `named_parameters()`, which gives pairs of a name and a "
            "tensor: `parameters()` gives the tensors alone."
        )
    return f"It was given: {given}." if given else ""
