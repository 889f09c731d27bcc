"""What the clinic states is entailed by the text: counter-examples, for which another thing is true."""

import pytest

from core.teaching.clinic import explain_error

_CERTAIN = (
    (
        "image = torchvision.transforms.functional.normalize(image, mean, std)\n"
        "RuntimeError: output with shape [1, 28, 28] doesn't match the broadcast shape [3, 28, 28]",
        "The image has 1 channel",
    ),
    (
        "x += shift\nRuntimeError: output with shape [1, 5, 5] doesn't match the broadcast shape [3, 5, 5]",
        "If it is in `Normalize`",
    ),
    (
        "RuntimeError: Expected 4-dimensional input for 4-dimensional weight [100, 3, 3, 3], but got "
        "3-dimensional input of size [16, 40, 200] instead",
        "If it is one image",
    ),
    (
        "RuntimeError: Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: "
        "[8, 3, 1, 32, 32]",
        "`x.squeeze(2)`",
    ),
    (
        "RuntimeError: Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: "
        "[8, 4, 3, 32, 32]",
        "`x.flatten(0, 1)`",
    ),
    (
        "RuntimeError: Expected 2D (unbatched) or 3D (batched) input to conv1d, but got input of size: "
        "[8, 30, 6, 50]",
        "If that is (batch, channels, height, width)",
    ),
    (
        "RuntimeError: Expected 3-dimensional input for 3-dimensional weight [8, 1, 3], but got "
        "2-dimensional input of size [16, 90] instead",
        "[16, 1, 90]",
    ),
    (
        "RuntimeError: Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but "
        "got: [1, 64, 0, 12]",
        "it is empty",
    ),
    ("ValueError: expected 4D input (got 3D input)", "`nn.BatchNorm1d`"),
    ("IndexError: Target 1 is out of bounds.", "a single class"),
    ("IndexError: Target 0 is out of bounds.", "no class at all"),
    ("random_split(d, [0.8, 1 - 0.8])\nValueError: Sum of input lengths does not equal", "sum up to 1, and"),
    (
        "NVIDIA N1 with CUDA capability sm_103 is not compatible with the current PyTorch installation. The "
        "current PyTorch install supports CUDA capabilities sm_70 sm_90.",
        "PyTorch 2.7",
    ),
    ("IndexError: Target 40213 is out of bounds.", "such as ids"),
    ("RuntimeError: expected scalar type Long but found Float", "the other side is whole numbers"),
    (
        "RuntimeError: weight tensor should be defined either for all 3 classes or no classes but got weight "
        "tensor of shape: []",
        "one axis of 3 is wanted",
    ),
    (
        "RuntimeError: weight tensor should be defined either for all 3 classes or no classes but got weight "
        "tensor of shape: [1, 3]",
        "`weights.flatten()`",
    ),
    (
        "RuntimeError: all elements of target should be between 0 and 1",
        "It is the target",
    ),
    (
        "RuntimeError: grad can be implicitly created only for real scalar outputs but got torch.complex64",
        "one complex number",
    ),
    (
        "self.act = nn.ReLU(inplace=True)\nw -= 0.1 * g\nRuntimeError: a leaf Variable that requires grad is "
        "being used in an in-place operation.",
        "If that is a parameter",
    ),
    (
        "TypeError: save_for_backward can only save variables, but argument 1 is of type float",
        "`ctx.scale = scale`",
    ),
    (
        "RuntimeError: Output 0 of BackwardHookFunctionBackward is a view and is being modified inplace. "
        "This view was created inside a custom Function (or because an input was returned as-is)",
        "Backward hooks",
    ),
    ("RuntimeError: derivative for argsort is not implemented", "not even a first"),
    ("RuntimeError: derivative for _cudnn_rnn_backward is not implemented", "a second derivative"),
    ("ValueError: Expected 2 or more dimensions (got 1)", "has one dimension"),
    (
        "RuntimeError: Input and hidden tensors are not at the same device, found input tensor at cuda:0 and "
        "hidden tensor at cpu",
        "The hidden state is on the CPU",
    ),
    (
        "hidden_size = 64\nRuntimeError: Expected all tensors to be on the same device, but found at least "
        "two devices, cuda:0 and cpu!",
        "If it is the hidden state",
    ),
    (
        'Assertion `idx_dim >= 0 && idx_dim < index_size && "index out of bounds"` failed.\n'
        "RuntimeError: CUDA error: device-side assert triggered",
        "`scatter_` or `gather`",
    ),
    ("TypeError: new(): data must be a sequence (got dict_values)", "dict_values"),
    ("RuntimeError: only one dimension can be inferred", "Only one size may be -1"),
    ("RuntimeError: shape '[16, 9]' is invalid for input of size 270", "counts on 16. Take"),
    ("RuntimeError: shape '[64, 9]' is invalid for input of size 270", "if it is the last batch"),
    ("RuntimeError: shape '[3, 8, 8]' is invalid for input of size 256", "If it is a picture"),
    (
        "a, b = random_split(data, [0.7, 0.2])\nValueError: Sum of input lengths does not equal the length "
        "of the input dataset!",
        "sum up to 0.9",
    ),
    (
        "a, b = random_split(data, [0.7, 0.3])\nValueError: Sum of input lengths does not equal the length "
        "of the input dataset!",
        "since PyTorch 1.13",
    ),
    (
        "def __getitem__(self, i): return self.x[i].to(device)\nRuntimeError: DataLoader worker (pid 12) "
        "exited unexpectedly",
        "moves data to the GPU",
    ),
    ("TypeError: pic should be 2/3 dimensional. Got 4 dimensions.", "It has 4 dimensions."),
    (
        "TypeError: Input image tensor permitted channel values are [1, 3], but found 224",
        "`x.permute(2, 0, 1)`",
    ),
    (
        "size mismatch for fc1.weight: copying a param with shape torch.Size([120, 400]) from checkpoint, "
        "the shape in current model is torch.Size([120, 576]).",
        "400 features came into it",
    ),
    (
        "size mismatch for head.weight: copying a param with shape torch.Size([100, 64]) from checkpoint, "
        "the shape in current model is torch.Size([7, 64]).",
        "If it is the last layer, the file was made for 100 classes",
    ),
    ("ModuleNotFoundError: No module named 'torch._C'", "`torch` was found"),
    (
        "NotImplementedError: Could not run 'quantized::conv2d.new' with arguments from the 'CUDA' backend.",
        "On the GPU it does not exist",
    ),
    (
        "NVIDIA A4 with CUDA capability sm_89 is not compatible with the current PyTorch installation. The "
        "current PyTorch install supports CUDA capabilities sm_37 sm_50 sm_60 sm_70.",
        "newer than the build",
    ),
    (
        "NVIDIA X with CUDA capability sm_35 is not compatible with the current PyTorch installation. The "
        "current PyTorch install supports CUDA capabilities sm_50 sm_60 sm_80.",
        "older than the build",
    ),
    ("KeyError: 'IMAGE_ID'", "If `IMAGE_ID` is an environment variable"),
    (
        "The model did not return a loss from the inputs, only the following keys: last_hidden_state. For "
        "reference, the inputs it received are input_ids,attention_mask,labels.",
        "without a head",
    ),
    (
        "RuntimeError: value cannot be converted to type at::Half without overflow: -1e+09",
        "torch.finfo",
    ),
)
_UNCERTAIN = (
    (
        "RuntimeError: Expected 4-dimensional input for 4-dimensional weight [100, 3, 3, 3], but got "
        "3-dimensional input of size [16, 40, 200] instead",
        "probably one image",
    ),
    (
        "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace "
        "operation: [torch.FloatTensor [4, 3]], which is output 0 of SelectBackward0, is at version 1; "
        "expected version 0 instead",
        "a weight",
    ),
    (
        "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace "
        "operation: [torch.FloatTensor [4, 3]], which is output 0 of ExpandBackward0, is at version 1; "
        "expected version 0 instead",
        "its own result",
    ),
    (
        "p = torch.softmax(x, 1)\nRuntimeError: only Tensors of floating point dtype can require gradients",
        "positions",
    ),
    (
        "RuntimeError: probability tensor contains either `inf`, `nan` or element < 0",
        "NaN is among",
    ),
    ("ValueError: Expected input batch_size to match target batch_size", "one dimension:"),
    (
        "device = 'cpu' if slow else 'cuda:0'\nRuntimeError: Expected all tensors to be on the same device, "
        "but found at least two devices, cuda:1 and mps!",
        "cpu",
    ),
    ("n_classes = 7\nRuntimeError: CUDA error: device-side assert triggered", "a label is no class"),
    (
        "def __getitem__(self, i): return self.x[i]\nfor x in loader: x = x.to(device)\nRuntimeError: "
        "DataLoader worker (pid 12) exited unexpectedly",
        "moves data to the GPU",
    ),
    (
        "from typing import Iterable\nTypeError: object of type 'Pairs' has no len()",
        "IterableDataset",
    ),
    (
        "x = torch.stack(parts)\ny = torch.cat(groups, dim=1)\nRuntimeError: Sizes of tensors must match "
        "except in dimension 1. Got 3 and 4 (The offending index is 0)",
        "wants all parts",
    ),
    (
        "size mismatch for encoder.fc1.weight: copying a param with shape torch.Size([120, 400]) from "
        "checkpoint, the shape in current model is torch.Size([96, 576]).",
        "classes",
    ),
)
_KIND = (
    (
        'loss = criterion(out, y)\n  File "torch/nn/modules/linear.py", line 114, in forward\n    return '
        "F.linear(input, self.weight, self.bias)\nRuntimeError: expected scalar type Float but found Long",
        "two-dtypes",
    ),
    (
        "ValueError: Expected parameter probs (Tensor of shape (1, 6)) of distribution Categorical to "
        "satisfy the constraint Simplex(), but found invalid values",
        "distribution-values",
    ),
    ("RuntimeError: probability tensor contains either `inf`, `nan` or element < 0", "distribution-values"),
    ("RuntimeError: CUDA error: an illegal memory access was encountered", "illegal-access"),
    ("batch = batch.cuda()\nAttributeError: 'dict' object has no attribute 'cuda'", "wrong-object"),
    (
        "model = torch.load(path)\nmodel.cuda()\nAttributeError: 'dict' object has no attribute 'cuda'",
        "dict-not-model",
    ),
)


@pytest.mark.parametrize(("text", "said"), _CERTAIN)
def test_what_the_text_entails_is_stated_and_the_rest_is_conditioned(text, said):
    found = explain_error(text)
    assert found.known
    assert said in found.reading
    assert found.reading[-1] in ".)", "a reading ends with its sentence"


@pytest.mark.parametrize(("text", "unsaid"), _UNCERTAIN)
def test_what_the_text_does_not_entail_is_not_stated(text, unsaid):
    found = explain_error(text)
    assert found.known
    assert unsaid not in f"{found.reading} {found.beside}"


@pytest.mark.parametrize(("text", "kind"), _KIND)
def test_a_title_is_true_of_every_wording(text, kind):
    found = explain_error(text)
    assert found.kind
    assert found.kind.name == kind
