"""What the clinic reads out of the numbers, names and code around a message."""

import pytest

from core.teaching.clinic import explain_error

_SIZES = "The size of tensor a ({}) must match the size of tensor b ({}) at non-singleton dimension {}"
_KEYS = "RuntimeError: Error(s) in loading state_dict for Net:\n\tMissing key(s) in state_dict: {}.\n"
_INDEX = (
    "TypeError: Performing basic indexing on a tensor and encountered an error indexing dim 0 with an object "
    "of type {}. The only supported types are integers"
)

_READ = (
    (_SIZES.format(23, 22, 3), "multiple of 32"),
    ("x = Normalize(mean, std)(image)\n" + _SIZES.format(4, 3, 0), "convert('RGB')"),
    ("x = x + self.pos_embed\n" + _SIZES.format(65, 26, 1), "table of positions"),
    (
        "ValueError: batch_size attribute should not be set after DataLoader is initialized",
        "new `DataL",
    ),
    (
        "device = 'cpu',\nTypeError: to() received an invalid combination of arguments - got (tuple), "
        "but expected one of:",
        "comma",
    ),
    (
        "It was trained on several GPUs.\n" + _KEYS.format('"conv.weight", "conv.bias"'),
        "model.module.state_dict()",
    ),
    (_KEYS.format('"features.0.w", "t"') + '\tUnexpected key(s) in state_dict: "s.0.w", "".', "`k[7:]`"),
)
_READ += (
    ("EOFError: Ran out of input", "`num_workers`"),
    (
        "TypeError: pic should be PIL Image or ndarray. Got <class 'torchvision.datasets.mnist.MNIST'>",
        "whole dataset",
    ),
    (
        "DataLoader worker (pid(s) 12) exited unexpectedly\nexit code -1073741795 (0xC000001D)",
        "illegal instruction",
    ),
    ("index of an old kind\n" + _INDEX.format("numpy.ndarray"), "torch.from_numpy(index)"),
    ("x.permute(2, 0, 1)\nRuntimeError: number of dims don't match in permute", "x.unsqueeze(-1)"),
    ("w = x.data().numpy()\nTypeError: 'torch.FloatTensor' object is not callable", "`x.data`"),
    ("tensor.sub_(mean[:, None, None])\n" + _SIZES.format(480, 3, 0), "before `Normalize`"),
    (
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (64x150528 and 784x128)",
        "150,528 = 3 × 224 × 224, and 784 = 1 × 28 × 28",
    ),
    ("ValueError: Expected input batch_size (16) to match target batch_size (48).", "labels.argmax(dim=1)"),
    (
        "RuntimeError: Expected all tensors to be on the same device, but got index is on cuda:0, different "
        "from other tensors on cpu (when checking argument in method wrapper_CUDA__index_select)",
        "the table that they look up is not",
    ),
    ("RuntimeError: DataLoader worker (pid 7) is killed by signal: Bus error.", "--shm-size"),
    ("Train Epoch: 2 Loss: 2.302585 LR: 0.5\n" * 3, "a learning rate of 0.5"),
    (
        "to_tensor(pic)\nTypeError: pic should be PIL Image or ndarray. Got <class 'torch.Tensor'>",
        "leave this",
    ),
    (
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (16x25 and 16x10)",
        "without its batch axis",
    ),
    (
        "out = torch.cat((a, b, c), 0)\nValueError: Expected input batch_size (96) to match target "
        "batch_size (32).",
        "`dim=1`",
    ),
    (
        "p = torch.argmax(out, 1)\np.requires_grad = True\nRuntimeError: only Tensors of floating point "
        "and complex dtype can require gradients",
        "from the scores themselves",
    ),
    (
        "Weights only load failed. Unsupported global: GLOBAL argparse.Namespace was not an allowed global",
        "add_safe_globals([argparse.Namespace])",
    ),
    (
        _KEYS.format('"module.fc.weight"') + '\tUnexpected key(s) in state_dict: "epoch", "state_dict".',
        "checkpoint['state_dict']",
    ),
    (
        "stack expects each tensor to be equal size, but got [5] at entry 0 and [9] at entry 1",
        "`collate_fn`",
    ),
    (
        "stack expects each tensor to be equal size, but got [3, 8, 8] at entry 0 and [1, 8, 8] at entry 4",
        "Only the channels differ",
    ),
    (
        "My loss does not decrease.\nloss.backward()\nw.data -= 0.01 * w.grad.data",
        "`w.grad.zero_()`",
    ),
    (
        "In forward I return F.softmax(x, dim=1), the loss is nn.CrossEntropyLoss(), and the accuracy does "
        "not improve.",
        "raw scores",
    ),
    ("My loss becomes nan. Cur_lr: 0.8000000, loss: nan", "a learning rate of 0.8000000"),
    ("My loss is nan: loss = -torch.log(torch.softmax(x, 1)[range(8), y]).mean()", "minus infinity"),
    ("TypeError: __call__() missing 1 required positional argument: 'boxes'", "`__call__`"),
)
_READ += (
    ("torch.load(path)\nUnpicklingError: invalid load key, '\\x1f'.", "gzip"),
    ("torch.load: WeightsUnpickler error: Unsupported operand 60", "web page"),
    ("torch.load: WeightsUnpickler error: Unsupported operand 118", "Git LFS"),
    ("DefaultCPUAllocator: not enough memory: you tried to allocate 147456 bytes.", "0.1 MB"),
    ("mat1 and mat2 shapes cannot be multiplied (896x7 and 6272x10)", "flatten is missing"),
)
_UNREAD = (
    ("mat1 and mat2 shapes cannot be multiplied (2112x1000 and 96x96)", "22,000"),
    ("with open(path) as file: pickle.load(file)\nEOFError: Ran out of input", "num_workers"),
    (_SIZES.format(64, 10, 1), "32"),
    (_SIZES.format(4, 3, 0), "RGB"),
    (_SIZES.format(640, 224, 3), "multiple of"),
    ("RuntimeError: The size pf tensor a (65) must match the size of tensor b (26) at non-singleton", "0.4"),
    (_KEYS.format('"visual.0.w"') + '\tUnexpected key(s) in state_dict: "0.w".', "k[7:]"),
    (_KEYS.format('"conv.weight"'), "DataParallel"),
)


@pytest.mark.parametrize(("text", "said"), _READ)
def test_a_reading_says_what_the_text_reveals(text, said):
    found = explain_error(text)
    assert found.known
    assert said in f"{found.reading} {found.beside}"


@pytest.mark.parametrize(("text", "unsaid"), _UNREAD)
def test_a_reading_says_no_more_than_that(text, unsaid):
    found = explain_error(text)
    assert found.known
    assert unsaid not in f"{found.reading} {found.beside}"


def test_a_target_of_whole_numbers_is_told_from_an_input_of_another_type():
    found = explain_error(
        "TypeError: is_same_size received an invalid combination of arguments - got (torch.FloatTensor), "
        "but expected (torch.LongTensor other)"
    )
    assert found.kind
    assert found.kind.name == "target-float"


_COLLATE = """
  File "dataloader.py", line 91, in default_collate
    return torch.stack(batch, 0, out=out)
"""
_FAR = _COLLATE + '  File "/usr/lib/python2.7/dist-packages/torch/functional.py", line 66, in stack\n'
_WITH_CODE = (
    (
        f"{_FAR}    return torch.cat(inputs, dim, out=out)\n"
        "RuntimeError: inconsistent tensor sizes at /pytorch/torch/lib/TH/generic/THTensorMath.c:2709",
        "stack-sizes",
    ),
    (_COLLATE + "RuntimeError: inconsistent tensor sizes at THTensorMath.c:2709", "stack-sizes"),
    (_COLLATE + "RuntimeError: cannot unsqueeze empty tensor at THTensor.c:530", "stack-sizes"),
    (
        "return torch._C._nn.nll_loss(input)\nRuntimeError: Expected object of scalar type Long but",
        "label-dtype",
    ),
    (
        "x = torch.ones(3, requires_grad=True).cuda()\nx.sum().backward()\nprint(x.grad)  # None",
        "non-leaf-grad",
    ),
)


@pytest.mark.parametrize(("text", "kind"), _WITH_CODE)
def test_the_code_around_a_message_tells_kinds_apart(text, kind):
    found = explain_error(text)
    assert found.kind
    assert found.kind.name == kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Weights only load failed.\nWeightsUnpickler error: Attempting to deserialize object on a CUDA "
            "device but torch.cuda.is_available() is False.",
            "load-without-cuda",
        ),
        (
            "AttributeError: partially initialized module 'torchvision' has no attribute 'extension' (most "
            "likely due to a circular import)",
            "two-sources",
        ),
    ],
)
def test_a_message_inside_another_is_the_answer(text, name):
    found = explain_error(text)
    assert found.kind is not None
    assert found.kind.name == name
