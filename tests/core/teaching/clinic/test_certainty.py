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
        "2-dimensional "
        "input of size [16, 90] instead",
        "[16, 1, 90]",
    ),
    (
        "RuntimeError: Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but "
        "got: [1, 64, 0, 12]",
        "it is empty",
    ),
    ("ValueError: expected 4D input (got 3D input)", "`nn.BatchNorm1d`"),
    ("IndexError: Target 1 is out of bounds.", "a single class"),
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
        "This "
        "view was created inside a custom Function (or because an input was returned as-is)",
        "Backward hooks",
    ),
    ("RuntimeError: derivative for argsort is not implemented", "not even a first"),
    ("RuntimeError: derivative for _cudnn_rnn_backward is not implemented", "a second derivative"),
    ("ValueError: Expected 2 or more dimensions (got 1)", "has one dimension"),
)
_UNCERTAIN = (
    (
        "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace "
        "operation: [torch.FloatTensor [4, 3]], which is output 0 of SelectBackward0, is at version 1; "
        "expected "
        "version 0 instead",
        "a weight",
    ),
    (
        "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace "
        "operation: [torch.FloatTensor [4, 3]], which is output 0 of ExpandBackward0, is at version 1; "
        "expected "
        "version 0 instead",
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
)
_KIND = (
    (
        'loss = criterion(out, y)\n  File "torch/nn/modules/linear.py", line 114, in forward\n    return '
        "F.linear(input, self.weight, self.bias)\nRuntimeError: expected scalar type Float but found Long",
        "two-dtypes",
    ),
    (
        "ValueError: Expected parameter probs (Tensor of shape (1, 6)) of distribution Categorical to "
        "satisfy "
        "the constraint Simplex(), but found invalid values",
        "distribution-values",
    ),
    ("RuntimeError: probability tensor contains either `inf`, `nan` or element < 0", "distribution-values"),
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
