"""Recurrent layers, embeddings and attention."""

from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.readings import heads, inputs, states

KINDS: Final = (
    kind(
        "rnn-input",
        "A recurrent layer was given another input",
        "input.size(-1) must be equal to input_size. Expected {a#}, got {b#}",
        "input.size(-1) must be equal to input_size",
        "input has less dimensions than expected",
        "input must have {a#} dimensions, got {b#}",
        "RNN: Expected input to be 2D or 3D, got",
        "LSTM: Expected input to be 2D or 3D, got",
        "GRU: Expected input to be 2D or 3D, got",
        "Expected input to be 2D or 3D, got {b#}D instead",
        "LSTM: Expected input to be 2-D or 3-D but received",
        "GRU: Expected input to be 2-D or 3-D but received",
        "RNN: Expected input to be 2-D or 3-D but received",
        "input has inconsistent input_size: got {b#}, expected {a#}",
        "input has inconsistent input_size: got {b#} expected {a#}",
        "RNNCell: Expected input to be 1D or 2D, got",
        "LSTMCell: Expected input to be 1D or 2D, got",
        "GRUCell: Expected input to be 1D or 2D, got",
        means="A recurrent layer takes (length, batch, features), or (batch, length, features) with "
        "`batch_first=True`, and a cell takes (batch, features); the features have to be its `input_size`.",
        cure="Print `x.shape`. A sequence of single numbers needs a last dimension of 1: "
        "`x.unsqueeze(-1)`. Set `batch_first=True` if the batch comes first.",
        reads=inputs.width,
        program="""
import torch
from torch import nn

prices = torch.rand(32, 50)
lstm = nn.LSTM(input_size=1, hidden_size=16, batch_first=True)
print(lstm(prices)[0].shape)
""",
        change=(("print(lstm(prices)[0].shape)", "print(lstm(prices.unsqueeze(-1))[0].shape)"),),
        page="model",
        complaints=(
            "lstm|gru|rnn & 2d|2 d|4d|4 d|two d|four d & 3d|3 d|three d & expect|receiv|got|need|input",
        ),
    ),
    kind(
        "packed-lengths",
        "Lengths that do not fit the sequences to be packed",
        "'lengths' array must be sorted in decreasing order when 'enforce_sorted' is True",
        "'lengths' argument should be a 1D CPU int64 tensor",
        "'lengths' array has to be sorted in decreasing order",
        "Length of all samples has to be greater than 0",
        "Expected 'len(lengths)' to be equal to batch_size, but got",
        "Expected total_length to be at least the length of the longest sequence",
        "batch_sizes should always be on CPU",
        means="`pack_padded_sequence` wants one length per sequence: at least 1, on the CPU, and from the "
        "longest to the shortest unless told otherwise.",
        cure="`pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)`; leave empty "
        "sequences out. Count the lengths in the same order as the batch.",
        reads=lambda found: (
            "A sequence has no entry: leave such samples out of the data, or `lengths.clamp(min=1)`."
            if "greater than 0" in found["message"][:60]
            else ""
        ),
        program="""
import torch
from torch.nn.utils.rnn import pack_padded_sequence

sequences, lengths = torch.rand(3, 5, 2), torch.tensor([2, 5, 3])
print(pack_padded_sequence(sequences, lengths, batch_first=True).batch_sizes)
""",
        change=(
            (
                "print(pack_padded_sequence(sequences, lengths, batch_first=True).batch_sizes)",
                "packed = pack_padded_sequence(sequences, lengths, batch_first=True, enforce_sorted=False)\n"
                "print(packed.batch_sizes)",
            ),
        ),
        page="model",
        weight=1,
    ),
    kind(
        "rnn-hidden",
        "A hidden state of the wrong size",
        "Expected hidden[0] size ({a}), got [{b}]",
        "Expected hidden[1] size ({a}), got [{b}]",
        "Expected hidden[0] size ({a}), got ({b})",
        "Expected hidden size ({a}), got [{b}]",
        "Expected hidden size ({a}), got ({b})",
        "For batched 3-D input, hx",
        "For unbatched 2-D input, hx",
        "hidden has inconsistent hidden_size",
        "Input batch size {a#} doesn't match hidden{n} batch size {b#}",
        "batched 3-D input, hx should also be 3-D",
        "Input batch size {a#} doesn't match hidden",
        "Expected hidden to be 1D or 2D, got",
        "Expected hx[{k}] to be 1D or 2D, got",
        "LSTM: Expected hx",
        means="The hidden state has shape (layers, batch, hidden), also with `batch_first=True`, where a "
        "bidirectional layer counts twice, and the batch has to be that of this input. A cell takes (batch, "
        "hidden). The last batch of an epoch is often smaller.",
        cure="Make the state from the input: `torch.zeros(layers, x.size(0), hidden)` with "
        "`batch_first=True`, else `x.size(1)`; or leave it out: zeros are the default. `drop_last=True` "
        "removes the small batch.",
        reads=states.hidden,
        program="""
import torch
from torch import nn

lstm = nn.LSTM(4, 8, batch_first=True)
state = torch.zeros(1, 64, 8), torch.zeros(1, 64, 8)
print(lstm(torch.rand(16, 5, 4), state)[0].shape)
""",
        change=(
            (
                "state = torch.zeros(1, 64, 8), torch.zeros(1, 64, 8)",
                "state = torch.zeros(1, 16, 8), torch.zeros(1, 16, 8)",
            ),
        ),
        page="model",
    ),
    kind(
        "rnn-evaluation",
        "backward() through a recurrent layer in evaluation mode",
        "RNN backward can only be called in training mode",
        "backward_input can only be called in training mode",
        means="On a GPU, cuDNN keeps what a recurrent layer's gradient needs only while the layer is in "
        "training mode.",
        cure="Call `model.train()` before the loop over the training batches, each epoch: mostly the "
        "evaluation of the epoch before has left it in `eval()`.",
        program="""
import torch
from torch import nn

lstm = nn.LSTM(4, 8).cuda()
lstm.eval()
out, hidden = lstm(torch.rand(5, 2, 4, device="cuda"))
out.sum().backward()
""",
        change=(("lstm.eval()", "lstm.train()"),),
        page="model",
        runs="elsewhere",
    ),
    kind(
        "embedding-range",
        "A number that has no row, mostly a token in an embedding",
        "index out of range in self",
        "index out of range: Tried to access index {i} out of table with {n} rows",
        "padding_idx, scale_grad_by_freq, sparse) RuntimeError: index out of range",
        "srcIndex < srcSelectDimSize",
        means="An embedding is a table with `num_embeddings` rows, numbered from 0. One of the numbers in "
        "the input has no row. (`index_select` says the same of any tensor.)",
        cure="Print `x.min()` and `x.max()`: the largest has to be below `num_embeddings`. Make the table "
        "as large as the vocabulary, the padding and unknown tokens included; negative numbers have no row "
        "either.",
        reads=lambda found: (
            f"Number {found['i'].strip()} was asked of a table; its last row is {found['n'].strip()}."
            + states.position(found["text"])
            if "i" in found
            else "If the number was drawn from the network's own output, that has more scores for each token "
            "than there are tokens: the embedding's width is no vocabulary. Put `nn.Linear(width, "
            "vocab_size)` at its end."
            if "multinomial(" in found["text"] or "generate(" in found["text"]
            else states.position(found["text"]).strip()
        ),
        program="""
import torch
from torch import nn

words = torch.tensor([3, 7, 10])
print(nn.Embedding(10, 4)(words).shape)
""",
        change=(("print(nn.Embedding(10, 4)(words).shape)", "print(nn.Embedding(11, 4)(words).shape)"),),
        page="tensors",
        weight=1,
        complaints=("index out of range|indexerror|index error & embedding|token|vocab|generate",),
    ),
    kind(
        "embedding-dtype",
        "An embedding was given indices of another type than int64",
        (
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
            "Long, Int; but got {t} instead"
        ),
        "Expected tensor for argument #1 'indices' to have scalar type Long; but got {t} instead",
        "Expected tensor for argument #1 'indices' to have one of the following scalar types",
        means="The input of an embedding is a table of row numbers: int64.",
        cure="`x.long()`; and look where it became floating-point, often a dataset that returns `.float()` "
        "or `torch.Tensor([...])` (which is float) instead of `torch.tensor([...])`.",
        reads=inputs.indices,
        program="""
import torch
from torch import nn

words = torch.Tensor([3, 7, 1])
print(nn.Embedding(10, 4)(words).shape)
""",
        change=(("words = torch.Tensor([3, 7, 1])", "words = torch.tensor([3, 7, 1])"),),
        page="tensors",
        weight=1,
    ),
    kind(
        "attention-heads",
        "An attention whose width its heads do not divide",
        "embed_dim must be divisible by num_heads",
        "embedding dim must be divisible by",
        "not divisible by num_heads",
        *("should be divisible by num_heads", "must be divisible by num_heads", "be divisible by n_heads"),
        *("divisible by the number of heads", "multiple of the number of attention heads"),
        "The hidden size ({a}) is not a multiple of",
        means="Each head works on an equal share of the features.",
        cure="Choose a number of heads that divides the width, or a width that the heads divide, by an "
        "`nn.Linear` before it. For a pretrained model it is its own, in its configuration: compare all of "
        "them there, the number of layers is another.",
        reads=heads.divided,
        program="""
from torch import nn

attention = nn.MultiheadAttention(100, 8)
print(attention.head_dim)
""",
        change=(("attention = nn.MultiheadAttention(100, 8)", "attention = nn.MultiheadAttention(100, 10)"),),
        page="model",
    ),
    kind(
        "attention-width",
        "Attention over vectors of another width",
        "was expecting embedding dimension of {a#}, but got {b#}",
        "the feature number of src and tgt must be equal to d_model",
        "assert embed_dim == embed_dim_to_check",
        means="The last dimension of what an attention or a Transformer is given has to be its `embed_dim`, "
        "or `d_model`.",
        cure="Print `x.shape`. Make the layer with the last size as `d_model`, or bring the input to it by "
        "`nn.Linear(features, d_model)` in front. The input is (length, batch, d_model), or (batch, length, "
        "d_model) with `batch_first=True`.",
        reads=states.width,
        program="""
import torch
from torch import nn

layer = nn.TransformerEncoderLayer(d_model=16, nhead=2)
print(layer(torch.rand(10, 4, 64)).shape)
""",
        change=(
            (
                "layer = nn.TransformerEncoderLayer(d_model=16, nhead=2)",
                "layer = nn.TransformerEncoderLayer(d_model=64, nhead=2)",
            ),
        ),
        page="model",
        weight=1,
    ),
    kind(
        "attention-mask",
        "An attention was given a mask or a sequence of another shape",
        "expecting key_padding_mask shape of ({a}), but got torch.Size([{b}])",
        "expecting key_padding_mask shape of",
        "Expected key_padded_mask.shape[",
        "The shape of the 2D attn_mask is torch.Size([{b}]), but should be ({a}).",
        "The shape of the 3D attn_mask is torch.Size([{b}]), but should be ({a}).",
        "query should be unbatched 2D or batched 3D tensor",
        "the batch number of src and tgt must be equal",
        "attn_mask's dimension {b} is not supported",
        "expected `key` and `value` to be",
        "Expected `attn_mask` shape to be",
        "key's sequence and batch dims {a} do not match value's",
        "key shape {a} does not match value shape",
        "assert len1 == embed_dim and len2 ==",
        "assert key.size() == value.size()",
        "assert list(query.size()) == [tgt_len, bsz, embed_dim]",
        "expected `key_padding_mask` to be",
        "expected `attn_mask` to be",
        "Need attn_mask if specifying the is_causal hint",
        "only bool and floating types of",
        means="Attention takes (sequence, batch, features), or (batch, sequence, features) with "
        "`batch_first=True`. `attn_mask` is (target length, source length); `key_padding_mask` is (batch, "
        "source length) in both cases.",
        cure="Print the shapes of queries, keys and mask. Set `batch_first=True` if the batch comes first; "
        "it is False unless you say so.",
        reads=inputs.mask,
        program="""
import torch
from torch import nn

attention = nn.MultiheadAttention(16, 2)
x, padding = torch.rand(8, 5, 16), torch.zeros(8, 5, dtype=torch.bool)
print(attention(x, x, x, key_padding_mask=padding)[0].shape)
""",
        change=(
            (
                "attention = nn.MultiheadAttention(16, 2)",
                "attention = nn.MultiheadAttention(16, 2, batch_first=True)",
            ),
        ),
        page="model",
    ),
    kind(
        "rnn-chunk",
        "The weights of a recurrent layer lie apart (a warning)",
        "RNN module weights are not part of single contiguous chunk of memory",
        "To compact weights again call flatten_parameters()",
        means="On the GPU a recurrent layer wants its weights in one block. Mostly a copy moved them apart: "
        "`DataParallel`, `copy.deepcopy`, weight normalization, another `state_dict`. The results are right; "
        "each call packs the weights anew, which takes time and memory.",
        cure="`self.lstm.flatten_parameters()` as the first line of `forward`.",
        trap="Calling it once after the model was built is too early: the copies are made later.",
        program="""
import copy

import torch
from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(8, 16)

    def forward(self, x):
        return self.lstm(x)[0]


model = nn.DataParallel(copy.deepcopy(Network()).cuda())
print(model(torch.rand(5, 4, 8).cuda()).shape)
""",
        change=(("return self.lstm(x)[0]", "self.lstm.flatten_parameters()\nreturn self.lstm(x)[0]"),),
        page="mistakes",
        symptom=True,
        runs="elsewhere",
    ),
)
