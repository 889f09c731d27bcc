"""Settings that a layer, an initialization or a loader refuses."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind, sizes


def _rows_of(came: str, wanted: str) -> str:
    """What to say of a batch norm for rows whose channels are not dimension 1."""
    rows = "`x.squeeze(1)`" if came == "1" else "`x.flatten(0, 1)`, or take one vector per sample, `x[:, 0]`"
    return (
        "`BatchNorm1d` takes (batch, channels) or (batch, channels, length), and here dimension 1 is "
        f"{came}: if the input is (batch, {came}, {wanted}), with the features last, make rows of it, "
        f"{rows}; or exchange the two before and after it, `x.transpose(1, 2)`. If dimension 1 is the "
        f"channels, `nn.BatchNorm1d({came})`."
    )


def _normalized(found: Holes) -> str:
    if "b" not in found:
        return ""
    made, given = sizes(found["a"]), sizes(found["b"])
    if found["message"].lower().startswith("running_") and "batchnorm1d" in found["text"].lower():
        return _rows_of(found["b"], found["a"])
    if found["message"].lower().startswith("running_"):
        return (
            f"It is made for {found['a']}, the input has {found['b']}: if the layer before gives "
            f"{found['b']}, that is its number, as in `nn.BatchNorm2d({found['b']})`. If no layer before "
            f"gives {found['b']}, another dimension stands where the channels should: a `squeeze()` took the "
            "batch away where it had one sample (name the dimension, or `drop_last=True`), or the axes are "
            "in another order."
        )
    if len(made) == 1 and len(given) == 4 and given[1] == made[0] != given[-1]:
        return (
            f"The layer norm is made for {made[0]}, and that is the second size of the input, its channels; "
            "layer norm looks at the last. Move the channels there and back, `x.permute(0, 2, 3, 1)` and "
            "`.permute(0, 3, 1, 2)`, or take `nn.BatchNorm2d`, which is made for such maps."
        )
    return f"It is made for {found['a']}, the input has {found['b']}." + (
        f" What comes before gives {given[-1]:,} features: it belongs to another size of model, or the norm "
        f"has to be `nn.LayerNorm({given[-1]})`."
        if len(made) == 1 and given[1:]
        else ""
    )


KINDS: Final = (
    kind(
        "instance-norm-one",
        "Instance norm over a single pixel",
        "Expected more than 1 spatial element when training",
        means="Instance norm takes mean and spread over the pixels of each channel of one sample, so the "
        "size of the batch does not count; of a single pixel there is no spread.",
        cure="Use larger pictures or fewer poolings, or leave the layer out where 1 × 1 pixel is left. "
        "`nn.GroupNorm` takes several channels together.",
        program="""
import torch
from torch import nn

norm = nn.InstanceNorm2d(8)
print(norm(torch.rand(4, 8, 1, 1)).shape)
""",
        change=(("norm = nn.InstanceNorm2d(8)", "norm = nn.GroupNorm(2, 8)"),),
        page="model",
    ),
    kind(
        "layer-setting",
        "A setting that the layer refuses",
        "dropout probability has to be between 0 and 1, but got {v}",
        "num_layers must be greater than zero",
        "must be divisible by groups",
        "padding='same' is not supported for strided convolutions",
        "pad should be at most half of",
        "pad should be smaller than or equal to half of kernel size",
        "stride should not be zero",
        "stride should be greater than zero",
        "non-positive stride is not supported",
        "kernel size should be greater than zero",
        "negative padding is not supported",
        "Unsupported nonlinearity",
        "Trying to create tensor with negative dimension {v}",
        "groups must be a positive integer",
        "pixel_shuffle expects its input's 'channel' dimension to be divisible",
        "output_size must be 2",
        "Padding length must be divisible by 2",
        "padding_mode must be one of {v}",
        "Invalid padding string {v}",
        "padding mode is supported for",
        "dropout should be a number in range [0, 1]",
        "hidden_size must be greater than zero",
        "input_size must be greater than zero",
        "embed_dim and num_heads must be greater than 0",
        "proj_size has to be smaller than hidden_size",
        "batch_first should be of type bool",
        "hidden_size should be of type int",
        "input_size should be of type int",
        "Unknown nonlinearity",
        "activation should be relu/gelu, not",
        "padding_idx must be within num_embeddings",
        "num_channels must be divisible by num_groups",
        "unflattened_size must be",
        "expected label_smoothing to be in range",
        "batch_norm eps must be",
        "max_val must be",
        "label_smoothing must be between",
        "is not a valid value for reduction",
        "Invalid reduction mode",
        "not supported, please use one of ['fan_in'",
        "must be > 0, but got (in",
        "min_val cannot be greater than max_val",
        "must be larger than min_val",
        "max_val ({k}) must be greater than min_val",
        "norm_type must be a non-zero value",
        "output_ratio must be between 0 and 1",
        "requires specifying either an output_size or",
        "requires specifying either an output size, or",
        "margin must be greater than 0, got {v}",
        "expected margin to be greater than 0, got {v}",
        "only p == 1 and p == 2 supported",
        "bias should be of type bool",
        "proj_size should be a positive integer",
        "proj_size argument is only supported for LSTM",
        "kernel_size must be greater than 0",
        "Shape of weight does not match num_embeddings and embedding_dim",
        "Embeddings parameter is expected to be 2-dimensional",
        "glu does not support scalars because halving size must be even",
        "Halving dimension must be even",
        "delta must be a float or int, got",
        "expected negative_slope to be",
        means="The layer was made with a number, or a word, that makes no sense for it, or for the sizes of "
        "its input.",
        cure="Compare the arguments with the layer's documentation: dropout is a share such as 0.5, not a "
        "percentage; sizes and strides are at least 1; a pooling's padding is at most half its window; "
        "`groups` divides both numbers of channels. Mind the order of arguments given without a name.",
        reads=lambda found: (
            f"It was given {found['v'].strip().rstrip(':').split(' ')[0]}."
            if found.get("v", "").strip()
            else ""
        ),
        program="""
import torch
from torch import nn

print(nn.Dropout(50)(torch.rand(2, 4)).shape)
""",
        change=(
            (
                "print(nn.Dropout(50)(torch.rand(2, 4)).shape)",
                "print(nn.Dropout(0.5)(torch.rand(2, 4)).shape)",
            ),
        ),
        page="model",
    ),
    kind(
        "train-argument",
        "model.train() given something else than True or False",
        "training mode is expected to be boolean",
        means="`model.train()` of PyTorch does not train: it only switches dropout and batch norm to their "
        "training mode, and its one argument says whether to.",
        cure="`model.train()` before the loop over the batches, `model.eval()` before the evaluation. The "
        "training itself is a loop that you write: forward, loss, `zero_grad`, `backward`, `step`.",
        program="""
import torch
from torch import nn

model, images = nn.Linear(4, 2), torch.rand(8, 4)
model.train(images)
""",
        change=(("model.train(images)", "model.train()"),),
        page="training",
    ),
    kind(
        "batch-norm-features",
        "A normalization made for another number of channels",
        "running_mean should contain {b#} elements, not {a#}",
        "running_mean should contain {b#} elements not {a#}",
        "weight should contain {b#} elements not {a#}",
        "Expected weight to be a vector of size equal to the number of channels in input",
        ("Given normalized_shape=[{a}], expected input with shape [*, {w}], but got input of size[{b}]"),
        "Given normalized_shape=[{a}], expected input with shape",
        "must be divisible by num_groups",
        "to be divisible by num_groups",
        means="Batch norm has one mean and one spread per channel, so its number has to be that of the "
        "layer before; layer norm has weights for the last dimensions, and group norm's groups have to "
        "divide the channels.",
        cure="Set its argument to the channels that the layer before gives; `LayerNorm` counts the last "
        "dimension, `BatchNorm2d` the second.",
        reads=_normalized,
        program="""
import torch
from torch import nn

model = nn.Sequential(nn.Conv2d(1, 16, 3), nn.BatchNorm2d(32))
print(model(torch.rand(8, 1, 28, 28)).shape)
""",
        change=(
            (
                "model = nn.Sequential(nn.Conv2d(1, 16, 3), nn.BatchNorm2d(32))",
                "model = nn.Sequential(nn.Conv2d(1, 16, 3), nn.BatchNorm2d(16))",
            ),
        ),
        page="model",
    ),
    kind(
        "init-bias",
        "An initialization for matrices, given a bias",
        "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions",
        "Only tensors with 2 or more dimensions are supported",
        means="Xavier's and He's initializations count the connections in and out of a layer, and a bias "
        "or a batch norm's weight has one dimension: there is nothing to count.",
        cure="Initialize only weights of two dimensions or more: `if p.dim() > 1`, and "
        "`nn.init.zeros_` for biases.",
        program="""
from torch import nn

model = nn.Linear(4, 2)
for p in model.parameters():
    nn.init.xavier_uniform_(p)
print(model.weight.shape)
""",
        change=(
            (
                "nn.init.xavier_uniform_(p)",
                "nn.init.xavier_uniform_(p) if p.dim() > 1 else nn.init.zeros_(p)",
            ),
        ),
        page="model",
    ),
    kind(
        "lazy-layer",
        "A lazy layer that has not seen any data yet",
        "Attempted to use an uninitialized parameter",
        "Attempting to use uninitialized parameter",
        "Can't access the shape of an uninitialized parameter or buffer",
        means="`LazyLinear` and its like learn their size from the first batch; before it they have no "
        "weights.",
        cure="Send one batch through the model first, and only then count, initialize or copy its "
        "parameters.",
        program="""
import torch
from torch import nn

model = nn.LazyLinear(10)
x = torch.rand(2, 784)
print(sum(p.numel() for p in model.parameters()))
""",
        change=(("x = torch.rand(2, 784)", "x = torch.rand(2, 784)\nmodel(x)"),),
        page="model",
    ),
    kind(
        "loader-setting",
        "A setting that the DataLoader refuses",
        "batch_size should be a positive integer value, but got batch_size={v}",
        "prefetch_factor option could only be specified in multiprocessing",
        "persistent_workers option needs num_workers > 0",
        "DataLoader with IterableDataset: expected unspecified",
        "num_workers option should be non-negative",
        "timeout option should be non-negative",
        "shuffle must be a boolean value",
        "multiprocessing_context can only be used with multi-process loading",
        "prefetch_factor option should be",
        "batch_size=None option disables auto-batching",
        "attribute should not be set after",
        "drop_last should be a boolean value",
        "replacement should be a boolean value",
        "replacement should be a boolean",
        "multiprocessing_context option should",
        "weights should be a 1d sequence but given weights have shape",
        "sampler should be an instance of torch.utils.data.Sampler, but got",
        "sampler should be an instance of",
        "weights should be a sequence of float or double",
        means="Two of the loader's settings contradict each other, or one has an impossible value; the "
        "data were not looked at yet.",
        cure="`batch_size` is a whole number of at least 1 (`//`, not `/`, if it is computed). "
        "`prefetch_factor` and `persistent_workers` need `num_workers` of 1 or more. An `IterableDataset` "
        "shuffles by itself: leave `shuffle` and `sampler` out. A sampler is an object, not its class, and "
        "of a class made from `torch.utils.data.Sampler`: `SubsetRandomSampler(indices)`.",
        reads=lambda found: (
            f"`batch_size` is {found['v'].split(' ')[0]}."
            if found.get("v", "").strip()
            else "A loader keeps its data, batch size and sampler for life: make a new `DataLoader` with the "
            "other."
            if "should not be set after" in found["text"]
            else "An `IterableDataset` decides the order itself: leave `shuffle` and `sampler` out of the "
            "`DataLoader`, and shuffle in its `__iter__`."
            if "IterableDataset" in found["message"]
            else ""
        ),
        program="""
from torch.utils.data import DataLoader

print(len(DataLoader(range(64), batch_size=64 / 2)))
""",
        change=(
            (
                "print(len(DataLoader(range(64), batch_size=64 / 2)))",
                "print(len(DataLoader(range(64), batch_size=64 // 2)))",
            ),
        ),
        page="datasets",
    ),
    kind(
        "too-few-to-draw",
        "More is drawn than there is",
        "Sample larger than population",
        "Cannot take a larger sample than population when 'replace=False'",
        "Cannot take a larger sample than population when replace is False",
        "cannot sample n_sample > prob_dist.size(-1) samples without replacement",
        "Cannot choose from an empty sequence",
        "'a' cannot be empty unless no samples are taken",
        "a must be greater than 0 unless no samples are taken",
        means="Something is drawn at random without putting it back, and there are fewer to draw from than "
        "are to be drawn; often none at all, since a list of files, points or indices is empty.",
        cure="Print the length of what is drawn from. If it is 0, look for why: a wrong folder, a mask that "
        "nothing passes. Else draw at most as many, `random.sample(items, min(k, len(items)))`, or with "
        "putting back: `random.choices(items, k=k)`, `replacement=True` in `torch.multinomial`.",
        program="""
import random

items = [3, 1, 4]
print(len(random.sample(items, 5)))
""",
        change=(
            ("print(len(random.sample(items, 5)))", "print(len(random.sample(items, min(5, len(items)))))"),
        ),
        page="datasets",
    ),
)
