"""What the clinic reads out of the numbers, names and code around a message."""

import io
import zipfile

import numpy as np
import pytest
import torch
from torch import nn

from core.teaching.clinic import explain_error

_SIZES = "The size of tensor a ({}) must match the size of tensor b ({}) at non-singleton dimension {}"
_KEYS = "RuntimeError: Error(s) in loading state_dict for Net:\n\tMissing key(s) in state_dict: {}.\n"
_INDEX = (
    "TypeError: Performing basic indexing on a tensor and encountered an error indexing dim 0 with an object "
    "of type {}. The only supported types are integers"
)

_READ = (
    (_SIZES.format(23, 22, 3), "multiple of 32"),
    (
        "ValueError: Using a target size (torch.Size([64])) that is different to the input size "
        "(torch.Size([1600]))",
        "1,600 = 64 × 5 × 5",
    ),
    ("RuntimeError: size mismatch (got input: [4], target: [32])", "as in `model(x)[0]`"),
    (
        "RuntimeError: Error(s) in loading state_dict for Net:\n\tUnexpected key(s) in state_dict: "
        "'bert.embeddings.position_ids'.",
        "`strict=False` is right here",
    ),
    (
        "Missing key(s) in state_dict: 'module.features.0.weight'. Unexpected key(s) in state_dict: "
        "'features.module.0.weight'.\nRuntimeError: Error(s) in loading state_dict for DataParallel:",
        "stands behind `features`",
    ),
    ("TypeError: linear(): argument 'input' (position 1) must be Tensor, not Tanh", "`self.act = nn.Tanh()`"),
    (
        "ValueError: The `preds` should be probabilities, but values were detected outside of [0,1] range.",
        "`accuracy(scores.softmax(dim=1), y)`",
    ),
    (
        "collator = DataCollatorWithPadding(tok)\nValueError: expected sequence of length 9 at dim 1 (got 7)",
        "`DataCollatorForSeq2Seq`",
    ),
    (
        "writer.add_scalar('acc', accs, 1)\nAssertionError: Tensor should contain one element (0 "
        "dimensions). Was given size: 4 and 1 dimensions.",
        "Write them one by one",
    ),
    (
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (8x3 and 1024x64)",
        "the channels of a picture",
    ),
    (
        '  File "/env/torch/nn/batchnorm.py", line 7, in forward\nRuntimeError: Default process group '
        "has not been initialized, please make sure to call init_process_group.",
        "`nn.SyncBatchNorm`",
    ),
    ("RuntimeError: Function 'NormBackward1' returned nan values in its 0th output.", "p of 1 and more"),
    (
        "model = BertForSequenceClassification\ncollator = DataCollatorForLanguageModeling\nValueError: "
        "Expected input batch_size (4) to match target batch_size (256).",
        "`AutoModelForMaskedLM`",
    ),
    (
        "w -= lr * w.grad\nTypeError: unsupported operand type(s) for *: 'float' and 'NoneType'\nself.bias = "
        "1",
        "`register_buffer`",
    ),
    ("RuntimeError: Expected target size (8, 30), got torch.Size([8, 29])", "`target[:, 1:]`"),
    (
        "RuntimeError: The shape of the 2D attn_mask is torch.Size([7, 7]), but should be (16, 16).",
        "If 16 is your batch size",
    ),
    ("ValueError: GRU: Expected input to be 2-D or 3-D but received 4-D tensor", "`x.flatten(2)`"),
    (
        "RuntimeError: Given transposed=1, weight of size [50, 64, 4, 4], expected input[8, 1, 50, 1] to "
        "have 50 channels, but got 1 channels instead",
        "`x.view(-1, 50, 1, 1)`",
    ),
    ("AttributeError: 'Variable' object has no attribute 'item'", "yours is older"),
    (
        "TypeError: mean() received an invalid combination of arguments - got (dim=int, keepdims=bool, ), "
        "but expected one of:",
        "`keepdim=True`",
    ),
    (
        "TypeError: min() received an invalid combination of arguments - got (Tensor, keepdim=bool)",
        "needs the dimension",
    ),
    ("RuntimeError: No rendezvous handler for env://", "On Windows versions before 1.8"),
    (
        "RuntimeError: Tensors must have same number of dimensions: got 2 and 4",
        "has 4 dimensions and another 2",
    ),
    (
        "UserWarning: The verbose parameter is deprecated. Please use get_last_lr()",
        "`scheduler.get_last_lr()`",
    ),
    (
        "x = torch.cat((up, skip), 1)\nRuntimeError: Sizes of tensors must match except in dimension 1. "
        "Expected size 14 but got size 28 for tensor number 1 in the list.",
        "one is 2 times the other",
    ),
    (
        "RuntimeError: stack expects each tensor to be equal size, but got [3, 5] at entry 0 and [1, 5] at "
        "entry 1",
        "keeps the targets as a list",
    ),
    (
        "loss = bce(torch.sigmoid(out), y)\nRuntimeError: all elements of input should be between 0 and 1",
        "unless it is NaN",
    ),
    (
        "  File \"net.py\", line 9, in forward\n    return self.head(x)\nTypeError: 'int' object is not "
        "callable",
        "look where `self.head` is set",
    ),
    (
        "    n = int(lengths.item())\nValueError: only one element tensors can be converted to Python "
        "scalars\n"
        "the loss is fine",
        "written for a batch of 1",
    ),
    ("IndexError: index out of range in self", "table of positions of a transformer"),
    (
        "net = Net.load_from_checkpoint(path)\nTypeError: __init__() missing 1 required positional argument: "
        "'width'",
        "`Network.load_from_checkpoint(path, width=...)`",
    ),
    (
        "loss = CrossEntropyLoss()(out, y)\nRuntimeError: Expected object of type torch.LongTensor but found "
        "type torch.DoubleTensor for argument #2 'target'",
        "`y.argmax(dim=1)` where one",
    ),
    (
        "net.load('a.pt')\nAttributeError: 'Net' object has no attribute 'load'",
        "model.load_state_dict(torch.load(",
    ),
    (
        "pic.requires_grad = True\nRuntimeError: you can only change requires_grad flags of leaf variables.",
        "`pic = pic.detach().requires_grad_()`",
    ),
    (
        "net = nn.Sequential(*list(resnet.children())[:-1], nn.Linear(512, 2))\nRuntimeError: mat1 and mat2 "
        "shapes cannot be multiplied (512x1 and 512x2)",
        "put `nn.Flatten()` before the linear layer",
    ),
    (
        "_, cls = self.roberta(ids, attention_mask=m)\nAttributeError: 'str' object has no attribute 'dim'",
        "`return_dict=False`",
    ),
    (
        "RoBERTa says: RuntimeError: The expanded size of the tensor (514) must match the existing size "
        "(801) at non-singleton dimension 1. Target sizes: [1, 514]. Tensor sizes: [1, 801]",
        "max_length=514",
    ),
    (
        "ERROR: Could not find a version that satisfies the requirement torch==1.4.0+cu92 (from versions: "
        "1.13.0, 1.13.1, 2.0.0)",
        "versions from 1.13.0 to 2.0.0, and 1.4.0+cu92 is none of them",
    ),
    (
        "torch.onnx.errors.SymbolicValueError: Unsupported: ONNX export of convolution for kernel of unknown "
        "shape",
        "dynamo=True",
    ),
    (
        "ImportError: cannot import name 'ViT_B_16_Weights' from 'torchvision.models' (/env/x.py)",
        "there since torchvision 0.13",
    ),
    (
        "from torch.utils.tensorboard import SummaryWriter\nAttributeError: module 'distutils' has no "
        "attribute 'version'",
        "setuptools==59.5.0",
    ),
    (
        "RuntimeError: Expected 4D (unbatched) or 5D (batched) input to conv3d, but got input of size: "
        "[2, 1, 8, 8, 8, 1]",
        "`x.squeeze(5)`",
    ),
    ("AttributeError: 'Subset' object has no attribute 'samples'", "`[part.dataset.samples[i] for i"),
    (
        "TypeError: cannot assign 'torch.FloatTensor' as child module 'head' (torch.nn.Module or None "
        "expected)",
        "`x = self.head(x)`",
    ),
    (
        "self.register_parameter('gain', torch.ones(3))\nTypeError: cannot assign 'torch.FloatTensor' object "
        "to parameter 'gain' (torch.nn.Parameter or None required)",
        "`register_buffer(name, tensor)`",
    ),
    (
        "RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "If there is enough, an index is mostly out of range",
    ),
    (
        "x = x.view(-1, 4 * 32 * 6 * 6)\nRuntimeError: shape '[-1, 4608]' is invalid for input of size 3456",
        "if 4 is the batch size",
    ),
    (
        "params = filter(lambda p: p.requires_grad, net.parameters())\nopt = Mine(params)\n"
        "ValueError: optimizer got an empty parameter list",
        "`list(filter(...))`",
    ),
    (
        "from torchvision.models.utils import load_state_dict_from_url\n"
        "ModuleNotFoundError: No module named 'torchvision.models.utils'",
        "`torch.hub`",
    ),
    (
        "I have a GTX 1660.\nRuntimeError: Attempting to deserialize object on a CUDA device but "
        "torch.cuda.is_available() is False.",
        "a build without CUDA is installed",
    ),
    (
        "When the sentences get longer it says\nIndexError: index out of range in self",
        "table of positions that is too short",
    ),
    (
        "net.classifier = nn.Linear(9, 2)\nprint(net.head.weight)\nAttributeError: 'EfficientNet' object has "
        "no attribute 'head'",
        "Every architecture calls its last layer otherwise",
    ),
    (
        _KEYS.format('"stem.weight"') + '\tUnexpected key(s) in state_dict: "er", "_loss", "".',
        "entries of a whole checkpoint, `optimizer`",
    ),
    (
        "RuntimeError: input and target batch or spatial sizes don't match: target [2 x 64 x 64], input "
        "[2 x 5 x 96 x 96] at SpatialClassNLLCriterion.cu:24",
        "Only height and width differ",
    ),
    (
        "per_device_train_batch_size: 4\nRuntimeError: unscale_() has already been called on this optimizer "
        "since the last update().",
        "a Trainer does",
    ),
    (
        "UserWarning: Using a target size (torch.Size([8, 1, 64, 64])) that is different to the input size "
        "(torch.Size([8, 1, 61, 61])). This will likely lead to incorrect results due to broadcasting.\n"
        "RuntimeError: " + _SIZES.format(61, 64, 3),
        "`output_padding=1`",
    ),
    ("TypeError: nll_loss(): argument 'input' must be Tensor, not GoogLeNetOutputs", "aux_logits=False"),
    ("TypeError: softmax(): argument 'input' must be Tensor, not SequenceClassifierOutput", ".logits"),
    ("TypeError: relu(): argument 'input' (position 1) must be Tensor, not NoneType", "`return`"),
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
    ("My loss is nan: loss = -torch.log(torch.softmax(x, 1)[range(8), y]).mean()", "minus infinity at 0"),
    ("TypeError: __call__() missing 1 required positional argument: 'boxes'", "`__call__`"),
)
_READ += (
    ("torch.load(path)\nUnpicklingError: invalid load key, '\\x1f'.", "gzip"),
    ("torch.load: WeightsUnpickler error: Unsupported operand 60", "web page"),
    ("torch.load: WeightsUnpickler error: Unsupported operand 118", "Git LFS"),
    ("DefaultCPUAllocator: not enough memory: you tried to allocate 147456 bytes.", "0.1 MB"),
    ("mat1 and mat2 shapes cannot be multiplied (896x7 and 6272x10)", "flatten is missing"),
)
_READ += (
    ("out = x[:, 0, :3]\nIndexError: too many indices for tensor of dimension 2", "`x[:, 0, :3]` takes 3"),
    (
        "y = y.reshape(y.shape[0], -1)\nz = y[:, :, 0]\nIndexError: too many indices for tensor of "
        "dimension 2",
        "change that one",
    ),
    (
        "w = boxes[:, 2]\nIndexError: too many indices for tensor of dimension 1",
        "nothing was detected",
    ),
    ("a[:, b[0] / 2 : b[1]]\nonly integer tensors of a single element can be converted to an index", "`//`"),
    (
        "y = torch.tensor([s['y'] for s in rows])\nonly one element tensors can be converted to Python "
        "scalars",
        "torch.stack(items)",
    ),
    (
        "nn.DataParallel(model)\nprint(loss.item())\nonly one element tensors can be converted to Python "
        "scalars",
        "loss.mean().item()",
    ),
    (
        "keep = np.array(scores) > 0\nIndexError: The shape of the mask [8] at index 0 does not match "
        "the shape of the indexed tensor [1, 8] at index 0",
        "torch.as_tensor(mask)",
    ),
    (
        "IndexError: The shape of the mask [32, 32] at index 0 does not match the shape of the indexed "
        "tensor [1, 4, 40, 32] at index 2",
        "32 × 32 for maps of 40 × 32",
    ),
    (
        "out = SegNet(image)\nRuntimeError: Boolean value of Tensor with more than one value is ambiguous",
        "`SegNet(...)` makes the network",
    ),
    (
        "self.fc = nn.Linear(8, 2)\nx = self.fc\nreturn x\nTypeError: forward() missing 1 required "
        "positional argument: 'input'",
        "`x = self.fc(x)`",
    ),
    (
        "torch.save(net.module(), path)\nTypeError: forward() missing 1 required positional argument: 'x'",
        "`.module` is an attribute",
    ),
    (
        "fc = Linear([8, 2])\nTypeError: __init__() missing 1 required positional argument: 'out_features'",
        "`Linear(8, 2)`",
    ),
    (
        "self.a = nn.TransformerEncoderLayer(8, 2, batch_first=True)\nTypeError: __init__() got an "
        "unexpected keyword argument 'batch_first'",
        "since PyTorch 1.9",
    ),
    (
        "self.crf = CRF(5, batch_first=True)\nTypeError: __init__() got an unexpected keyword argument "
        "'batch_first'",
        "from torchcrf import CRF",
    ),
    (
        "def forward(self, a, b):\nmodel = nn.Sequential(Two())\nTypeError: forward() takes 2 positional "
        "arguments but 3 were given",
        "passes on one input only",
    ),
    ("y = torch.fft(x, 2)\nTypeError: 'module' object is not callable", "`torch.fft` is a module"),
    (
        "@property\ndef size_of(self):\n    return self.sizes\nAttributeError: 'Net' object has no attribute "
        "'size_of'",
        "`self.sizes`",
    ),
    ("cost.append(cost.item())\nAttributeError: 'Tensor' object has no attribute 'append'", "cost_list"),
    (
        "n = nn.Linear.in_features\nAttributeError: type object 'Linear' has no attribute 'in_features'",
        "model.fc",
    ),
    ("AttributeError: 'Sequential' object has no attribute 'in_features'", "second time"),
)
_COMBINATION = (
    "TypeError: conv2d() received an invalid combination of arguments - got ({}), but expected one of:\n"
)
_STATE = "RuntimeError: Expected hidden[0] size ({}), got [{}]"
_TARGET = "ValueError: Target size (torch.Size([{}])) must be the same as input size (torch.Size([{}]))"
_SPACE = (
    "Input and output must have the same number of spatial dimensions, but got input with spatial dimensions "
    "of [{}] and output size of ({}). Please provide input tensor in (N, C, d1, d2, ...,dK) format"
)
_READ += (
    (_COMBINATION.format("Tensor, weight=Tensor, stride=float, padding=int"), "`stride` is of type float"),
    (
        _COMBINATION.format("tuple, Parameter, Parameter, tuple, int")
        + "didn't match because some of the arguments have invalid types: (tuple of (Tensor, Tensor, "
        "Tensor), Parameter, Parameter, tuple of (int, int), int)",
        "A tuple of 3 tensors",
    ),
    (
        _COMBINATION.format("Tensor, Parameter, Parameter, tuple, int")
        + "didn't match because some of the arguments have invalid types: (Tensor, !Parameter!, !Parameter!, "
        "!tuple of (bool, bool)!, int)",
        "Name them",
    ),
    (_STATE.format("1, 16, 8", "16, 8"), "hidden.unsqueeze(0)"),
    (_STATE.format("2, 16, 8", "1, 16, 8"), "layers × directions"),
    (_STATE.format("1, 16, 8", "16, 1, 8"), "transpose(0, 1)"),
    (
        "cell = nn.LSTMCell(4, 8)\nRuntimeError: Input batch size 2 doesn't match hidden[0] batch size 8",
        "`cell(x, (h, c))`",
    ),
    ("RuntimeError: Input batch size 2 doesn't match hidden0 batch size 8", "made for 8"),
    ("idx = torch.multinomial(p, 1)\nIndexError: index out of range in self", "vocab_size"),
    ("RuntimeError: Length of all samples has to be greater than 0, but found an element", "clamp(min=1)"),
    (_TARGET.format("1, 1, 9", "1, 9"), "target.squeeze(1)"),
    (_TARGET.format("8", "8, 1"), "output.squeeze(1)"),
    (_TARGET.format("2, 3, 8, 8", "2, 1, 8, 8"), "convert('L')"),
    (_TARGET.format("8, 5", "1, 5"), "gave one row: one sample went in"),
    (
        "only batches of spatial targets supported (3D tensors) but got targets of size: : [2, 6, 8, 8]",
        "mask.argmax(dim=1)",
    ),
    ("RuntimeError: input_lengths must be of size batch_size", "One length per sample"),
    ("RuntimeError: target_lengths must be integral", "lengths.long()"),
    (
        "RuntimeError: Expected tensor to have size at least 9 at dimension 1, but got size 6 for argument "
        "#2 'targets' (while checking arguments for ctc_loss_gpu)",
        "labels that were encoded",
    ),
    (
        "My target holds probabilities.\nRuntimeError: Expected object of scalar type Long but got "
        "scalar type Float for argument #2 'target'",
        "since PyTorch 1.10",
    ),
    ("criterion = nn.MSELoss()\n" + _SIZES.format(100, 32, 1), "nn.CrossEntropyLoss()"),
    ("src_mask = make(x)\nRuntimeError: shape '[1, 1, 9, 9]' is invalid for input of size 256", "16 × 16"),
    ("RuntimeError: shape '[1, 3, 10, 20]' is invalid for input of size 800", "convert('RGB')"),
    (
        "x = self.decoder(x, skip)\nRuntimeError: Sizes of tensors must match except in dimension 1. Got "
        "27 and 28 in dimension 2",
        "skip.shape[-2:]",
    ),
    (
        "self.bn = nn.BatchNorm2d(8)\nself.bn = nn.BatchNorm1d(4)\nValueError: expected 2D or 3D input "
        "(got 4D input)",
        "`self.bn` is set twice",
    ),
    ("ValueError: expected 2D or 3D input (got 1D input)", "drop_last=True"),
    (_SPACE.format("8, 8", "64, 48, 3"), "`size=(64, 48)`"),
    (_SPACE.format("48", "64, 48"), "`x[None, None]`"),
    (_SPACE.format("64, 48, 3", "32, 32"), "permute(0, 3, 1, 2)"),
    ("TypeError: Invalid shape (3, 8, 9) for image data", "permute(1, 2, 0)"),
    ("TypeError: Invalid shape (8, 9, 1) for image data", "image.squeeze()"),
    ("TypeError: Invalid shape (1, 8, 9, 3) for image data", "image[0]"),
    ("TypeError: Invalid shape (64, 8, 9) for image data", "64 maps"),
    (
        "plt.plot(x, losses)\nValueError: x and y must have same first dimension, but have shapes (4,) "
        "and (5,)",
        "`range(5)`",
    ),
    (
        "Classification metrics can't handle a mix of multiclass and continuous-multioutput targets",
        "argmax(axis=1)",
    ),
    ("Classification metrics can't handle a mix of binary and continuous targets", "> 0.5"),
    ("Classification metrics can't handle a mix of continuous and multiclass targets", "hold NaN"),
    (
        "scores, _ = pack_padded_sequence(s, n)\nValueError: too many values to unpack (expected 2)",
        "has four parts",
    ),
    (
        "y = torch.Tensor(labels)\nTypeError: expected TensorOptions(dtype=float, device=cpu) (got "
        "TensorOptions(dtype=unsigned char, device=cpu))",
        "x.float()",
    ),
    ("UnboundLocalError: local variable 'batch_idx' referenced before assignment", "nothing to go through"),
    (
        "_, out = self.bert(ids, attention_mask=mask)\nTypeError: linear(): argument 'input' (position "
        "1) must be Tensor, not str",
        "pooler_output",
    ),
)
_MASK = (
    "IndexError: The shape of the mask [{}] at index 0 does not match the shape of the indexed tensor [{}] "
    "at index {}"
)
_ARRAYS = "ValueError: operands could not be broadcast together with shapes ({}) ({})"
_USING = (
    "Using a target size (torch.Size([{}])) that is different to the input size (torch.Size([{}])) is "
    "deprecated"
)
_READ += (
    ("IndexError: index 12884901890 is out of bounds for dimension 1 with size 4", "(3 and 2)"),
    (_MASK.format("32", "32, 4", 1), "`index.long()`"),
    (
        "z.backward(e.unsqueeze(1))\nRuntimeError: invalid argument 3: Index tensor must have same "
        "dimensions as input tensor",
        "leave it out",
    ),
    ("loss = F.mse_loss(out, y)\n" + _SIZES.format(7, 16, 0), "`torch.ones_like(output)`"),
    ("e = self.a(hidden) + self.b(encoder_outputs)\n" + _SIZES.format(3, 9, 1), "`hidden.unsqueeze(1)`"),
    ("real = netD(x)\nValueError: " + _USING.format("8", "8, 25"), "AdaptiveAvgPool2d(1)"),
    (_USING.format("10, 1", "16, 1"), "drop_last=True"),
    (_USING.format("8", "32"), "32 = 4 × 8"),
    ("y = criterion(out, z)\nAttributeError: 'tuple' object has no attribute 'log_softmax'", "model(x)[0]"),
    ("loss.backward()\nAttributeError: 'float' object has no attribute 'backward'", "plain number"),
    ("AttributeError: 'float' object has no attribute 'item'", "leave `.item()` out"),
    ("AttributeError: 'EvalPrediction' object has no attribute 'prediction'", "`predictions`"),
    (
        "class Small(nn.Module):\n    def __init__(self):\n        self.head = nn.Linear(2, 1)\n"
        "TypeError: 'Small' object is not subscriptable",
        "`net.head`",
    ),
    ("y = model(x).data().numpy()\nTypeError: 'Tensor' object is not callable", "no methods"),
    ("the mask of my unet\nIndexError: Target 255 is out of bounds.", "gray values"),
    (
        "self.layers = nn.ModuleList([a, b])\nx = self.layers(x)\nTypeError: forward() takes 1 positional "
        "argument but 2 were given",
        "for layer in self.layers",
    ),
    (
        "loss = loss_fn(*outputs)\nTypeError: forward() takes 3 positional arguments but 4 were given",
        "call with the star",
    ),
    (
        "Expected 2D (unbatched) or 3D (batched) input to conv1d, but got input of size: [8, 16, 20, 12]",
        "`nn.Conv2d`",
    ),
    (
        "Given groups=1, weight of size [8, 6, 3], expected input[4, 50, 6] to have 6 channels, but got 50 "
        "channels instead",
        "channels seem to come last, the 6",
    ),
    (_ARRAYS.format("64,48,1", "64,48"), "array[..., None]"),
    (_ARRAYS.format("64,48", "3,"), "convert('RGB')"),
    (_ARRAYS.format("64,48", "48,64"), "`array.T`"),
    (_ARRAYS.format("64,5", "80,5"), "number of rows only"),
    (_ARRAYS.format("32,32", "4,32,32"), "array[None]"),
    (
        "einops.EinopsError: Error while processing rearrange-reduction pattern\n Shape mismatch, can't "
        "divide axis of length 33 in chunks of 4",
        "33 is no multiple of 4",
    ),
    ("einops.EinopsError: Shape mismatch, 100 != 64", "one set in the model"),
    (
        "TypeError: torch.zeros received an invalid combination of arguments - got (int, float), but "
        "expected one of:",
        "A size is a fraction",
    ),
    ("TypeError: zeros(): argument 'size' (position 1) must be tuple of ints, not Tensor", "`n.item()`"),
    ("torch.ones(size=8)\nTypeError: ones(): argument 'size' must be tuple of ints, not int", "`size=(n,)`"),
    ('TypeError: linspace() missing 1 required positional arguments: "steps"', "`steps=100`"),
    ("RuntimeError: invalid argument 3: step must be nonzero", "The step is 0"),
    ("n = out.shape[0]\nIndexError: tuple index out of range", "x.reshape(-1)"),
    ("RuntimeError: t() expects a tensor with <= 2 dimensions, but self is 3D", "x.transpose(0, 1)"),
    (
        "hidden.repeat(1, n, 1)\nRuntimeError: Number of dimensions of repeat dims can not be smaller "
        "than number of dimensions of tensor",
        "`hidden[-1]`",
    ),
    (
        "Given normalized_shape=[512], expected input with shape [*, 512], but got input of size[1, 20, 768]",
        "`nn.LayerNorm(768)`",
    ),
)
_READ += (
    (
        "TransformerEncoderLayer\nAssertionError: was expecting embedding dimension of 16, but got 64",
        "d_model=64",
    ),
    (
        "x = nn.Flatten()(x)\nAssertionError: was expecting embedding dimension of 16, but got 320",
        "320 = 20 × 16",
    ),
    (
        "pos = torch.arange(n)\nRuntimeError: index out of range: Tried to access index 50 out of table "
        "with 49 rows",
        "table of positions",
    ),
    (_USING.format("1", ""), "`output.squeeze(1)`"),
    (_USING.format("1, 1", "12, 1"), "`output[-1:]`"),
    (_USING.format("4, 1, 64, 50", "4, 1, 65, 50"), "`output[..., :64, :50]`"),
    (_USING.format("4, 1, 64, 64", "4, 1, 16, 16"), "F.interpolate"),
    ("ValueError: Expected input batch_size (288) to match target batch_size (320).", "`labels[:, 1:]`"),
    ("ValueError: could not determine the shape of object type 'Series'", "column.to_numpy()"),
    (
        "out = self.bert(ids)\nTypeError: expected Tensor as element 0 in argument 0, but got tuple",
        ".last_hidden_state",
    ),
    (
        "TypeError: cat received an invalid combination of arguments - got (torch.FloatTensor, "
        "torch.FloatTensor), but expected one of:",
        "not `torch.cat(a, b)`",
    ),
    ("RuntimeError: shape '[-1, 8]' is invalid for input of size 0", "The tensor is empty"),
    ("y = batch['mask']\nKeyError: 'mask'", "`print(batch.keys())`"),
)
_READ += (
    (
        "RuntimeError: select(): index 9 out of range for tensor of size [9, 4] at dimension 0",
        "numbered 0 to 8",
    ),
    (
        "rows = torch.Tensor(parts)\nonly one element tensors can be converted to Python scalars",
        "torch.stack(parts)",
    ),
    ("log(loss.item())\nonly one element tensors can be converted to Python scalars", "reduction='none'"),
    (
        "ValueError: Target and input must have the same number of elements. target nelement (96) != input "
        "nelement (160)",
        "5 numbers for each sample",
    ),
    (
        "RuntimeError: Expected floating point type for target with class probabilities, got Long",
        "taken for probabilities",
    ),
    (
        "x = torch.tensor(frame[names].values)\nTypeError: can't convert np.ndarray of type numpy.object_.",
        "to_numpy(dtype='float32')",
    ),
    (
        "x = torch.from_numpy(np.array(rows))\nTypeError: can't convert np.ndarray of type numpy.object_.",
        "different lengths",
    ),
    (
        'NotImplementedError: Module [ModuleList] is missing the required "forward" function',
        "for layer in self.layers",
    ),
    ("RuntimeError: zero-dimensional tensor (at position 0) cannot be concatenated", "torch.stack(items)"),
    (
        "RuntimeError: For batched 3-D input, hx and cx should also be 3-D but got (2-D, 2-D) tensors",
        "h.unsqueeze(0)",
    ),
    ("RuntimeError: For unbatched 2-D input, hx should also be 2-D but got 3-D tensor", "x.unsqueeze(1)"),
    ("out = bert(input_ids)\nIndexError: index out of range in self", "max_length=512"),
)
_READ += (
    ("RuntimeError: running_mean should contain 17 elements not 64", "a `squeeze()` took the batch"),
    ("indexing tensors could not be broadcast together with shapes [64], [1000]", "64 and 1000 numbers"),
    ("Expected input batch_size (128) to match target batch_size (1).", "positions of a sequence"),
    ("h, w, c = img.shape\nValueError: not enough values to unpack (expected 3, got 2)", "gray picture"),
    ("  File 'torch/optim/sgd.py'\nx = group['nesterov']\nKeyError: 'nesterov'", "another optimizer"),
    ("assert a.size() == b.size()\nTypeError: 'int' object is not callable", "NumPy array"),
    ("w, h = img.size()\nTypeError: 'tuple' object is not callable", "Of a picture"),
    ("NameError: name 'ResNetModel' is not defined", "looks like a class"),
    ("NameError: name 'plt' is not defined", "import matplotlib.pyplot as plt"),
    ("NameError: name 'Variable' is not defined", "not needed since PyTorch 0.4"),
    ("KeyError: 'unexpected key \"model\" in state_dict'", "checkpoint['model']"),
    ("Training with torchrun and num_workers=16 is very slow, the GPUs idle.", "for each process"),
    (
        "The pretrained model gives weird results.\nimg = cv2.imread(p).reshape(1, 3, 224, 224)",
        "move the channels",
    ),
    ("cross_entropy_loss(): argument 'input' (position 1) must be Tensor, not list", "`output[0]`"),
    (
        "batch = {k: v.cuda() for k, v in batch.items()}\n"
        "AttributeError: 'list' object has no attribute 'cuda'",
        "isinstance(v, torch.Tensor)",
    ),
    ("loss.backward()\nRuntimeError: Found dtype Double but expected Float", "One of the two is Double"),
    (
        "inception_v3: Given input size: (128x3x3). Calculated output size: (768x-1x-1). Output size is too "
        "small",
        "299 × 299",
    ),
    ("input.size(-1) must be equal to input_size. Expected 1024, got 768", "a large BERT"),
)
_CAT = "RuntimeError: invalid argument 0: Sizes of tensors must match except in dimension {}. Got {} and {}"
_STACK = (
    "RuntimeError: stack expects each tensor to be equal size, but got [{}] at entry 0 and [{}] at entry 9"
)
_NAMELESS = "AttributeError: '{}' object has no attribute '{}'"
_READ += (
    ("loss = Focal(out, y)\n" + _NAMELESS.format("Focal", "backward"), "loss_fn = Focal()"),
    (_NAMELESS.format("Loss_LSR", "backward"), "`loss_fn = Loss_LSR()`"),
    (_NAMELESS.format("Dropout", "weight"), "nothing to learn"),
    (_NAMELESS.format("Conv2d", "weight"), "spectral_norm"),
    (_NAMELESS.format("LSTM", "weight"), "named_parameters"),
    (_NAMELESS.format("ModuleList", "weight"), "layers[0].weight"),
    (
        'File "torch/nn/modules/linear.py", line 42, in __init__\n    self.reset_parameters()\n'
        '  File "model.py", line 3, in reset_parameters\n    init.constant(self.sigma, 1)\n'
        + _NAMELESS.format("Noisy", "sigma"),
        "another name",
    ),
    ("net.start()\n" + _NAMELESS.format("Net", "start"), "no method `start`"),
    ("def start(self): ...\nnet.start()\n" + _NAMELESS.format("Net", "start"), "indented"),
    (_ARRAYS.format("560,560,4", "1,1,3"), "transparency"),
    (_ARRAYS.format("1,224,224", "3,224,224"), "gray picture"),
    (
        "loss = (loss - b).abs()\nTypeError: unsupported operand type(s) for -: 'Tensor' and 'str'",
        "type=float",
    ),
    ("TypeError: unsupported operand type(s) for +: 'Tensor' and 'list'", "sum(losses)"),
    (
        "lm_loss, *_ = model(x)\nloss = lm_loss / 8\n"
        "TypeError: unsupported operand type(s) for /: 'str' and 'int'",
        "outputs.loss",
    ),
    (
        "RuntimeError: weight tensor should be defined either for all 19 classes or no classes but got "
        "weight tensor of shape: [1, 19]",
        "flatten()",
    ),
    (
        "F.binary_cross_entropy_with_logits(x, y, pos_weight=w)\n" + _SIZES.format(9, 640, 3),
        "view(-1, 1, 1)",
    ),
    (_SIZES.format(6, 5, 4), "multiple of 32"),
    ("torch.stack(features, dim=1)\n" + _STACK.format("48, 128", "48, 256"), "torch.cat(items, dim=1)"),
    ("torch.stack(features)\n" + _STACK.format("100, 512", "64, 512"), "numbers of rows"),
    (_STACK.format("327680, 2", "327680"), "mono"),
    (_STACK.format("1, 88865", "1, 149466"), "sounds of different length"),
    (_CAT.format(1, 16, 15) + " in dimension 2", "halve evenly"),
    (_CAT.format(1, 128, 64) + " in dimension 2", "one is 2 times the other"),
    (_CAT.format(0, 77, 154) + " in dimension 1", "CLIP"),
)
_EXPAND = (
    "RuntimeError: The expanded size of the tensor ({}) must match the existing size ({}) at non-singleton "
    "dimension {}"
)
_UNKNOWN_ARGUMENT = "TypeError: __init__() got an unexpected keyword argument '{}'"
_DIMENSION = "IndexError: Dimension out of range (expected to be in range of [-1, 0], but got 1)"
_READ += (
    ("D.TensorDataset(data_tensor=x)\n" + _UNKNOWN_ARGUMENT.format("data_tensor"), "TensorDataset(x, y)"),
    ("nn.Softmax(dim = 1)\n" + _UNKNOWN_ARGUMENT.format("dim"), "since PyTorch 0.2"),
    ("net(T=6)\nmodel = ResNet(block, **kwargs)\n" + _UNKNOWN_ARGUMENT.format("T"), "`**kwargs`"),
    ("self.p = noise(dim=64, p=1)\n" + _UNKNOWN_ARGUMENT.format("dim"), "help(noise)"),
    ("TypeError: __init__() got an unexpected keyword argument'target'", "`target` is not known"),
    (
        "label = torch. tensor(labels, dtype=torch.long)\n"
        "ValueError: only one element tensors can be converted to Python scalars",
        "torch.stack(labels)",
    ),
    (
        "RuntimeError: expected scalar type Float but found Double while initializing a weight and using it "
        "in CrossEntropyLoss",
        "weights.float()",
    ),
    (
        "Expected object of scalar type Double but got scalar type Float for sequence element 2 in sequence "
        "argument at position #1 'tensors'",
        "before `torch.cat`",
    ),
    (_EXPAND.format(3, 864, 3), "channels come last"),
    (_EXPAND.format(5, 4, 1) + ". Target sizes: [32, 5].  Tensor sizes: [4]", "number is set"),
    (_EXPAND.format(100, 99, 0) + ". Target sizes: [100, 8]. Tensor sizes: [99, 8]", "drop_last=True"),
    ("input_A.copy_(x)\n" + _EXPAND.format(1224, 370, 2), "resize what comes"),
    (_EXPAND.format(9, 8, 3), "multiple of 32"),
    ("Normalize(mean, std)\n" + _EXPAND.format(1, 3, 0), "gray picture"),
    (_EXPAND.format(1000, 1289, 1), "longer than its place"),
    ("index.scatter_(1, y, 1)\n" + _DIMENSION, "lost its batch"),
    ("loss = loss_fn(pred, torch.max(y, 1)[1])\n" + _DIMENSION, "give the loss `y` itself"),
    ("lovasz_softmax(probas, labels)\n" + _DIMENSION, "to be ignored"),
    (
        "Calculated padded input size per channel: (258 x 2). Kernel size: (3 x 3). Kernel size can't be "
        "greater than the actual input size",
        "permute(0, 3, 1, 2)",
    ),
    ("x, y = image.shape\nValueError: too many values to unpack (expected 2)", "image.shape[:2]"),
    (
        "batch_size, seq_length = input_shape\nValueError: not enough values to unpack (expected 2, got 1)",
        "input_ids.unsqueeze(0)",
    ),
    (
        "grad = grad if grad > 0 else 0\n"
        "RuntimeError: Boolean value of Tensor with more than one value is ambiguous",
        "grad.clamp(min=0)",
    ),
)
_READ += (
    (
        "torch 2.4.0\ntorchvision 0.20.1\noperator torchvision::nms does not exist",
        "0.19, and here it is 0.20",
    ),
    ("torch==1.12.1\ntorchvision==0.13.1\noperator torchvision::nms does not exist", "go together"),
    ("w -= lr * w.grad\nunsupported operand type(s) for *: 'float' and 'NoneType'", "`.grad` that is None"),
    (
        "torch.tensor(np.array(d.values()))\nTypeError: can't convert np.ndarray of type numpy.object_.",
        "list(d.values())",
    ),
    (
        "self.e = nn.Sequential(nn.Embedding(4, 8), nn.Embedding(4, 8))\nRuntimeError: Expected tensor for "
        "argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
        "torch.FloatTensor instead (while checking arguments for embedding)",
        "nn.ModuleList",
    ),
    ("out += residual\n" + _SIZES.format(512, 256, 1), "`downsample`"),
    ("mat1 and mat2 shapes cannot be multiplied (8x512 and 2048x9)", "If they come from 128 maps"),
    ("ValueError: expected 4D input (got 5D input)", "nn.BatchNorm3d"),
    ("Training is very slow on the GPU, num_workers is set to 0.", "training's own process"),
    ("dropout is still enabled at inference although I call eval()", "`eval()` reaches layers only"),
    ("AttributeError: 'DataLoader' object has no attribute 'next'", "`batches = iter(loader)`"),
    (
        "RuntimeError: Expected tensor for argument #1 'indices' to have scalar type Long; but got "
        "torch.IntTensor instead",
        "on Windows",
    ),
)
_READ += (
    ("shape '[64, 10]' is invalid for input of size 160", "it has 16 samples"),
    ("shape '[3, 11, 4, 64]' is invalid for input of size 11264", "it has 4 samples"),
    (
        "x = x.squeeze(2)\nDimension out of range (expected to be in range of [-2, 1], but got 2)",
        "leave that",
    ),
    ("x.permute(1, 2, 0)\nRuntimeError: number of dims don't match in permute", "`x[0]`"),
    ("TypeError: forward() takes exactly 2 arguments (3 given)", "`self` counts"),
    (
        "-rw-rw-r-- 1 me me 134 Jul 18 13:56 model.pt\nPytorchStreamReader failed reading zip "
        "archive: failed finding central directory",
        "git lfs pull",
    ),
    (
        "model = torch.load(path)\nsummary(model)\nAttributeError: 'dict' object has no attribute 'apply'",
        "Build the network",
    ),
    ("cells.append(Cell(4))\nAttributeError: 'MyCell' object has no attribute 'append'", "one `MyCell`"),
    (_CAT.format(1, 766, 765) + " in dimension 2", "if they are maps"),
    ("Training runs out of memory on my GPU after 26 epochs", "fills up later"),
)
_READ += (
    (
        "only batches of spatial targets supported (3D tensors) but got targets of size: : [1, 1, 8, 6]\n3",
        "mask.sq",
    ),
    ("RuntimeError: running_mean should contain 256 elements not 128", "`nn.BatchNorm2d(256)`"),
    (
        "gj.clamp_(0, gain[3] - 1)\nresult type Float can't be cast to the desired output type long int",
        "limits",
    ),
    (
        "nn.RNN(x, hidden)\ninconsistent tensor size, expected r_ [5 x 25] and src [2 x 25]",
        "(layers, batch, hid",
    ),
    (
        "torch.cat((v, x), dim=2)\nRuntimeError: invalid argument 2: dimension 2 out of range of 1D tensor",
        "a part",
    ),
    ("TypeError: optimizer can only optimize Tensors, but one of the params is tuple", "`parameters()`"),
)
_CAUSES = (
    (
        "print(torchvision.__version__)\n'0.18.0'\nprint(torch.__version__)\n'2.2.1'\n"
        "RuntimeError: Couldn't load custom C++ ops. This can happen if your PyTorch and "
        "torchvision versions are incompatible",
        "torch 2.2 goes with torchvision 0.17, and here it is 0.18",
    ),
    (
        "torch.__version__ is '2.3.0.dev20240115', torchvision 0.17\nRuntimeError: Couldn't load "
        "custom C++ ops.",
        "torch 2.3.0.dev20240115 is a nightly build",
    ),
    ("ValueError: optimizing a parameter that doesn't require gradients", "some of them are frozen"),
    (
        "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace "
        "operation: [torch.FloatTensor [8, 4]], which is output 0 of ReluBackward0, is at version 2; "
        "expected version 1 instead.",
        "`x = x + y`",
    ),
    (
        "w, h = picture.size\nTypeError: 'builtin_function_or_method' object is not iterable",
        "Put it before `ToTe",
    ),
    ("x = batch.to(device)\nAttributeError: 'list' object has no attribute 'to'", "`images, _ = batch`"),
    (
        "sample[k] = v.to(device)\nAttributeError: 'list' object has no attribute 'to'",
        "move the tensors only",
    ),
    (_TARGET.format("32, 9", "32, 5"), "the last layer needs 9 outputs"),
    (_TARGET.format("32, 3", "32, 1"), "`.sum(-1, keepdim=True)`"),
    (_TARGET.format("32, 1", "32, 3"), "`target.squeeze(1).long()`"),
    (
        "loss_fn(scores.view(-1, 3), y)\nValueError: Expected input batch_size (40) to match "
        "target batch_size (30).",
        "`scores.view(-1, 4)`",
    ),
    (
        "keep = 1 - (x == 0)\nRuntimeError: Subtraction, the `-` operator, with a bool tensor is "
        "not supported.",
        "`~mask` in place of `1 - mask`",
    ),
    (
        "print(hits / total)\nRuntimeError: Integer division of tensors using div or / is no "
        "longer supported",
        "`correct.item() / total`",
    ),
    ("loss.backward()\nRuntimeError: expected dtype Double but got dtype Float", "so it is mostly the loss"),
    ("crop of the image\n" + _SIZES.format(128, 126, 1), "does not halve evenly"),
    (
        "It sometimes fails in the unet: Sizes of tensors must match except in dimension 1.",
        "resize or pad to a multiple of 2 to the number of halvings",
    ),
    (
        "x.view(-1, 800)\nRuntimeError: shape '[-1, 800]' is invalid for input of size 9000",
        "the pictures are of another size",
    ),
    (
        "y = torch.bmm(a, b.unsqueeze(3))\nIndexError: Dimension out of range (expected to be in "
        "range of [-3, 2], but got 3)",
        "The tensor has 2 dimensions there",
    ),
    (
        "len(vocab)\nIndexError: index 5000 is out of bounds for dimension 1 with size 5000",
        "numbered with a larger vocabulary",
    ),
    ("RuntimeError: input.size(-1) must be equal to input_size. Expected 12, got 30", "`input_size=30`"),
    ("RuntimeError: input.size(-1) must be equal to input_size. Expected 1024, got 768", "`input_size=768`"),
    (
        "x = x.transpose(1, 2)\nRuntimeError: Given groups=1, weight of size [8, 20, 3], expected "
        "input[4, 50, 20] to have 20 channels, but got 50 channels instead",
        "leave it out",
    ),
    (
        "scores = model(text, images)\nTypeError: forward() takes 2 positional arguments but 3 were given",
        "wants it by name",
    ),
    (
        "w = nn.ReLU(inplace=True)(self.w)\nRuntimeError: a leaf Variable that requires grad is "
        "being used in an in-place operation.",
        "`F.relu(self.weight)`",
    ),
    ("errD = criterion(netD(real), label)\nassert input.nelement() == target.nelement()", "it gives a map"),
    (
        "a GRU before it\nRuntimeError: mat1 and mat2 shapes cannot be multiplied (32x100 and 200x5)",
        "twice its `hidden_size`",
    ),
    (
        "The image is 300 wide. Sizes of tensors must match except in dimension 2. Got 37 and 38 (The "
        "offending index is 0)",
        "the picture does not halve evenly",
    ),
    (
        "nn.BatchNorm1d(64)\nRuntimeError: running_mean should contain 20 elements not 64",
        "(batch, 20, 64), with the features last, make rows of it, `x.flatten(0, 1)`",
    ),
    (
        "y = x.permute(64, 64, 3, 8)\nRuntimeError: number of dims don't match in permute",
        "`permute(64, 64, 3, 8)` gives sizes",
    ),
    ("Too many tokens for BERT?\n" + _SIZES.format(700, 512, 1), "has 512 positions"),
    (
        "d_model = 100, nhead = 12\nAssertionError: embed_dim must be divisible by num_heads",
        "100 = 8 × 12 + 4",
    ),
    (
        "python main.py --data <cifar>\nUnboundLocalError: local variable 'train_set' referenced "
        "before assignment",
        "write `cifar` without",
    ),
    (_TARGET.format("2, 64, 64, 3", "2, 7, 64"), "are colors"),
    ("OSError: Error handling image at: /data/cats/.DS_Store", "a hidden file of the Mac"),
    (
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        "[torch.cuda.FloatTensor [16, 3, 3, 3]] is at version 4; expected version 3 instead.",
        "often a weight",
    ),
    (
        "My laptop has no GPU.\nRuntimeError: Found no NVIDIA driver on your system.",
        "take `.cuda()` out of it",
    ),
    (
        "FileNotFoundError: [Errno 2] No such file or directory: 'D:\\训练\\model.pth'",
        "letters outside of English",
    ),
    (
        "KeyError: \"param 'initial_lr' is not specified in param_groups[0] when resuming an optimizer\"",
        "To begin anew leave it out (-1)",
    ),
    ("AttributeError: 'ResNet' object has no attribute 'features'", "has no `features`, other networks have"),
    ("A steady increase is visible.\nRuntimeError: CUDA out of memory.", "`total += loss.item()`"),
    ("My test accuracy changes with the batch size, why?", "looks at the whole batch"),
    ("The loader cannot pickle my lambda in the transform, with 4 workers in PyTorch.", ""),
)
_DIVISIBLE = "AssertionError: embed_dim must be divisible by num_heads"
_CHANNELS = (
    "RuntimeError: Given groups=1, weight of size [32, {}, 3, 3], expected input[2, {}, 80, 80] to have {} "
    "channels, but got {} channels instead"
)
_CUDART = '  File "/v/torch/__init__.py", line 9\nImportError: {}: cannot open shared object file'
_CAUSES += (
    (f"nhead=8, d_model=101\n{_DIVISIBLE}", "101 is prime, so only 1 and 101 divide it"),
    (f"nhead=8, d_model=101\n{_DIVISIBLE}", "`nn.Linear(101, 104)`"),
    (f"nhead=12, d_model=4489\n{_DIVISIBLE}", "No number from 2 to 64 divides it"),
    (f"nhead=10, d_model=202\n{_DIVISIBLE}", "only 2 divide it"),
    (
        "y = net(a, b, c)\nTypeError: forward() takes 3 positional arguments but 4 were given",
        "has to go from the call, or into the definition",
    ),
    (
        "y = net(a, b, c)\nTypeError: forward() takes from 2 to 3 positional arguments but 4 were given",
        "The call gives 3 values, and `forward` takes 2",
    ),
    ("The discriminator sees label and photo.\n" + _CHANNELS.format(2, 4, 2, 4), "opened in color"),
    ("x = torch.cat((a, b), 1)\n" + _CHANNELS.format(6, 4, 6, 4), "opened gray"),
    (_CHANNELS.format(3, 4, 3, 4), "fourth channel is transparency"),
    (_CHANNELS.format(1, 4, 1, 4), "`image.convert('L')`"),
    (
        "ValueError: num_samples should be a positive integer value, but got num_samples=0",
        "`return len(self.items)`",
    ),
    (_CUDART.format("libcudart.so.10.2") + "\nJetPack 5.1, cuda-11.4", "the board has CUDA 11.4 (JetPack 5)"),
    (_CUDART.format("libcudart.so.10.1"), "conda's `cudatoolkit`"),
    (_CUDART.format("libcudart.so.12"), "`nvidia-...`"),
    (
        "from torch._C import *\nImportError: DLL load failed: The specified module could not be found.",
        "`pip install numpy mkl intel-openmp`",
    ),
    ("photo 3.jpg: AttributeError: 'NoneType' object has no attribute 'shape'", "a GIF or HEIC named `.jpg`"),
    ("AttributeError: 'NoneType' object has no attribute 'keys'", "What stands before `.keys` is None"),
    (
        "p = out.argmax(1)\nRuntimeError: \"exp\" not implemented for 'Long'",
        "nothing learns",
    ),
    (
        "WeightsUnpickler error: Unsupported global: GLOBAL numpy.core.multiarray._reconstruct was not an "
        "allowed global by default.",
        "numpy.ndarray, numpy.dtype",
    ),
    (
        "y = y.view(b, c, h * w)\nRuntimeError: shape '[2, 16, 1190]' is invalid for input of size 39200",
        "34 × 35 against 35 × 35, one row or column apart",
    ),
    (
        "y = y.view(b, c, h * w)\nRuntimeError: shape '[2, 16, 1000]' is invalid for input of size 39200",
        "they are of another feature map: take them",
    ),
    (
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (1536x6 and 9216x4096)",
        "torchvision's AlexNet",
    ),
    (_TARGET.format("50, 1", "70001, 1"), "70,001 rows are no batch of 50"),
    (_TARGET.format("50, 1", "64, 1"), "If it comes at the end of an epoch"),
)


@pytest.mark.parametrize(("text", "said"), _CAUSES)
def test_a_reading_names_the_cause(text, said):
    found = explain_error(text)
    assert found.known, text
    assert said in found.reading, found.reading
    assert not found.reading or found.reading[-1] in ".)", "a reading ends with its sentence"


@pytest.mark.parametrize(
    ("raises", "words", "works"),
    [
        (
            lambda: torch.rand(3, 4).unsqueeze(3),
            "range of [-3, 2], but got 3",
            lambda: torch.rand(1, 3, 4).unsqueeze(3),
        ),
        (lambda: 1 - (torch.arange(3) == 0), "with a bool tensor", lambda: ~(torch.arange(3) == 0)),
        (
            lambda: nn.LSTM(12, 4)(torch.rand(2, 3, 30)),
            "Expected 12, got 30",
            lambda: nn.LSTM(30, 4)(torch.rand(2, 3, 30)),
        ),
        (
            lambda: nn.Conv1d(20, 8, 3)(torch.rand(4, 20, 50).transpose(1, 2)),
            "to have 20 channels, but got 50",
            lambda: nn.Conv1d(20, 8, 3)(torch.rand(4, 20, 50)),
        ),
        (
            lambda: nn.BatchNorm1d(64)(torch.rand(4, 20, 64)),
            "running_mean should contain 20 elements not 64",
            lambda: nn.BatchNorm1d(64)(torch.rand(4, 20, 64).flatten(0, 1)),
        ),
        (
            lambda: nn.MultiheadAttention(100, 12),
            "embed_dim must be divisible by num_heads",
            lambda: nn.MultiheadAttention(100, 10),
        ),
        (
            lambda: nn.Linear(200, 5)(nn.GRU(8, 100)(torch.rand(3, 32, 8))[0][-1]),
            "cannot be multiplied (32x100 and 200x5)",
            lambda: nn.Linear(200, 5)(nn.GRU(8, 100, bidirectional=True)(torch.rand(3, 32, 8))[0][-1]),
        ),
    ],
)
def test_pytorch_says_so_and_takes_the_cure(raises, words, works):
    with pytest.raises((RuntimeError, IndexError, AssertionError, ValueError)) as caught:
        raises()
    assert words in str(caught.value)
    works()


_UNREAD = (
    ("RuntimeError: No CUDA GPUs are available", "has to run on the CPU"),
    ("Without model.eval() the same input gives different outputs", "is there"),
    ("shape '[3, 11, 4, 64]' is invalid for input of size 11264", "RGB"),
    ("ValueError: Expected input batch_size (30) to match target batch_size (10).", "sequences"),
    ("x = model(x)\nIndexError: Target 12 is out of bounds.", "gray values"),
    (_USING.format("4", "4, 3"), "discriminator"),
    ("mat1 and mat2 shapes cannot be multiplied (1920x2048 and 4096x512)", "the flatten is missing, or it"),
    ("x = x[0]\nIndexError: too many indices for tensor of dimension 1", "takes"),
    ("AttributeError: 'Tensor' object has no attribute 'append'", "was a list"),
    ("mat1 and mat2 shapes cannot be multiplied (2112x1000 and 96x96)", "22,000"),
    ("with open(path) as file: pickle.load(file)\nEOFError: Ran out of input", "num_workers"),
    (_SIZES.format(64, 10, 1), "32"),
    (_SIZES.format(4, 3, 0), "RGB"),
    (_SIZES.format(640, 224, 3), "multiple of"),
    ("RuntimeError: The size pf tensor a (65) must match the size of tensor b (26) at non-singleton", "0.4"),
    (_KEYS.format('"visual.0.w"') + '\tUnexpected key(s) in state_dict: "0.w".', "k[7:]"),
    (_KEYS.format('"conv.weight"'), "DataParallel"),
    (_CHANNELS.format(64, 4, 64, 4), "transparency"),
    (_CHANNELS.format(2, 4, 2, 4), "opened in color"),
    (f"nhead=7, d_model=90\n{_DIVISIBLE}", "nn.Linear"),
    (_CUDART.format("libcudart.so.12") + "\naarch64", "Jetson"),
    ("AttributeError: 'NoneType' object has no attribute 'shape'", "imread"),
    ("out = net(images)\nAttributeError: 'NoneType' object has no attribute 'shape'", "imread"),
    ("AttributeError: 'NoneType' object has no attribute 'split'\nimage.py", "imread"),
    ("shape '[8, 10, 64]' is invalid for input of size 10240", "feature map"),
    ("\"exp\" not implemented for 'Long'", "argmax"),
    ("mat1 and mat2 shapes cannot be multiplied (1536x6 and 9216x10)", "AlexNet"),
    (_TARGET.format("50, 1", "64, 1"), "no batch"),
)
_WEIGHT = (
    "RuntimeError: Given groups=1, weight of size [{}], expected input[{}] to have {} channels, but got {}"
)
_UNREAD += (  # the same words or numbers for another reason
    (_TARGET.format("98765", "64"), "last batch"),
    (_TARGET.format("60", "64"), "data set"),
    (_WEIGHT.format("16, 64, 3, 3", "8, 32, 64, 64", 64, 32), "come last"),
    (_WEIGHT.format("8, 5, 3, 3", "2, 4, 9, 9", 5, 4), "transparency"),
    ("mat1 and mat2 shapes cannot be multiplied (8x16 and 256x10)", "the flatten is missing, so"),
    ("My organ segmentation.\n" + _TARGET.format("8", "8, 2"), "discriminator"),
    ("AttributeError: module 'torchvision.transforms' has no attribute 'MixUp'", "installed is older"),
    ("AttributeError: module 'torch.nn.functional' has no attribute 'compile'", "installed is older"),
    ("AttributeError: 'ResNet' object has no attribute 'layer1'", "has no `layer1`"),
    ("AttributeError: 'TransformerEncoder' object has no attribute 'weight'", "nothing to learn"),
    ("x = F.normalize(x, dim=1)\n" + _SIZES.format(80, 20, 0), "Normalize`"),
    ("Of a sentence.\n" + _SIZES.format(30, 512, 1), "positions"),
    (
        "return forward_call(*args, **kwargs)\nTypeError: forward() got an unexpected keyword argument "
        "'scale'",
        "`__init__`",
    ),
    (
        "layer = nn.TransformerEncoderLayer(8, 2)\nnn.TransformerEncoder(layer, 2, batch_first=True)\n"
        "TypeError: __init__() got an unexpected keyword argument 'batch_first'",
        "yours is older",
    ),
    (
        "Normalize([0.5, 0.4])\nTypeError: __init__() missing 1 required positional argument: 'std'",
        "without the brackets",
    ),
    (
        "print(img)\nTypeError: __init__() takes 1 positional argument but 2 were given",
        "A transform in `Compose`",
    ),
    (
        "TypeError: max() received an invalid combination of arguments - got (float, float), but expected "
        "one "
        "of:\n * (Tensor input, *, Tensor out = None)",
        "A size is",
    ),
    ("RuntimeError: \"nll_loss_out_frame\" not implemented for 'Long'", "it is the labels"),
    ("RuntimeError: \"bitwise_and_cpu\" not implemented for 'Float'", "floating-point numbers"),
    ("RuntimeError: \"cdist_cuda\" not implemented for 'Half'", "on the CPU"),
    (
        "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cuda:1! "
        "(when checking argument for argument mat1 in method wrapper_CUDA_addmm)",
        "on the CPU",
    ),
    ("self = reduction.pickle.load(from_parent)\nEOFError: Ran out of input", "The file is empty, or"),
    ("d_model = 71, nhead = 8\nAssertionError: embed_dim must be divisible by num_heads", "first, "),
    (
        "IndexError: The shape of the mask [32, 32] at index 0 does not match the shape of the indexed "
        "tensor [4, 32, 32] at index 0",
        "bring it to their size",
    ),
    (
        _KEYS.format('"a.weight"') + '\tUnexpected key(s) in state_dict: "b.weight".\n'
        "net.load_state_dict(torch.load(path)['model'])",
        "entry of a checkpoint",
    ),
    (
        "a = np.array(rows)\nTypeError: expected Tensor as element 0 in argument 0, but got int",
        "NumPy arrays",
    ),
    (
        "if self.loss(x) > best:\nRuntimeError: Boolean value of Tensor with more than one value is "
        "ambiguous",
        "called as a function",
    ),
)


def test_a_number_of_numpy_in_a_file_takes_three_safe_globals():
    """What is said of a file from NumPy 1: the function under its old name, and two types after it."""
    with io.BytesIO() as new, io.BytesIO() as old:
        torch.save({"loss": np.float64(0.5)}, new)
        with zipfile.ZipFile(new) as source, zipfile.ZipFile(old, "w") as target:
            for name in source.namelist():
                target.writestr(name, source.read(name).replace(b"numpy._core.multi", b"numpy.core.multi"))
        saved = old.getvalue()
    function = np.float64(0.5).__reduce__()[0]
    pair = (function, "numpy.core.multiarray.scalar")
    for trusted, words in (([], "numpy.core.multiarray.scalar"), ([pair], "numpy.dtype")):
        with torch.serialization.safe_globals(trusted), pytest.raises(Exception, match=words):
            torch.load(io.BytesIO(saved), weights_only=True)
    with torch.serialization.safe_globals([pair, np.dtype, np.dtypes.Float64DType]):
        assert torch.load(io.BytesIO(saved), weights_only=True) == {"loss": 0.5}


@pytest.mark.parametrize(("text", "said"), _READ)
def test_a_reading_says_what_the_text_reveals(text, said):
    found = explain_error(text)
    assert found.known
    assert said in f"{found.reading} {found.beside}"
    assert not found.reading or found.reading[-1] in ".)", "a reading ends with its sentence"


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
        "BCECriterion.cu:30: block: [0,0,0], thread: [223,0,0] Assertion `input >= 0.` failed.\n"
        + "  File 'worker.py', line 105, in train\n" * 12
        + "RuntimeError: reduce failed to synchronize: device-side assert triggered",
        "device-assert",
    ),
    ("AttributeError: 'tuple' object has no attribute log_softmax", "wrong-object"),
    ("The test accuracy is different at every execution although I repeat the same command", "eval-differs"),
    (
        "In my UNet the upsampled map and the one from the skip connection dont match when I "
        "concatenate them",
        "cat-sizes",
    ),
    (
        "The loss keeps increasing.\n"
        + "\n".join(f"Train loss {x}" for x in (0.35, 0.22, 0.17, 0.16, 1.6e18)),
        "loss-grows",
    ),
    (
        "Validation loss quickly gets stuck around 1.0 and only decreases very slightly when I try "
        "training it.",
        "still-loss",
    ),
    (
        "UserWarning: The dataloader, val dataloader 0, does not have many workers which may be a "
        "bottleneck.\n"
        "The GPU utilization is 0% on my machine. Do you have ideas about this warning?",
        "many-workers",
    ),
    ("Could not infer dtype of numpy.float32", "numpy-two"),
    ("ValueError: hidden_size should be divisible by num_heads.", "attention-heads"),
    ("RuntimeError: running_mean should contain 16 elements, not 32", "batch-norm-features"),
    ("RuntimeError: _th_log_out not supported on CUDAType for Long", "operation-dtype"),
    (
        "Only loss.backward(retain_graph=True) works; else the graph was freed the second time",
        "second-backward",
    ),
    ("Normalize(mean, std) does not return the expected mean and std", "normalize-statistics"),
    (
        "UserWarning: nn.functional.tanh is deprecated. Use torch.tanh instead.\nMy loss does not "
        "decrease at all.",
        "still-loss",
    ),
    (
        "indices.append(gj.clamp_(0, gain[3] - 1))\nRuntimeError: result type Float can't be cast to the "
        "desired output type long int\nutils/loss.py",
        "result-cast",
    ),
    (
        "x = nn.MSELoss()(a, y)\nresult type Float can't be cast to the desired output type Long",
        "target-float",
    ),
    ("The validation loss quickly gets stuck around 1.0 when I train the model.", "still-loss"),
    ("I always get a NotImplementedError when I call my network class on an input", "no-forward"),
    ("size mismatch, m1:[128,5148],m2:[64,42]", "linear-features"),
    ("CUDA re-initialize error when my Dataset makes tensors on the GPU", "cuda-fork"),
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
        "z.scatter_(1, y, 1)\nRuntimeError: Expected object of scalar type Long but got scalar type Int for "
        "argument #3 'index' in call to _th_scatter_",
        "index-dtype",
    ),
    ("class Net(nn.Module):\n    def __init__(self): ...\nNotImplementedError", "no-forward"),
    ('File "C:\\pandas\\core\\indexes\\base.py", line 2895, in get_loc\nKeyError: 10', "pandas-row"),
    ("accuracy_score: Found input variables with inconsistent numbers of samples: [8, 6]", "metric-lengths"),
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
