"""What the clinic reads out of messages about data, files, devices, installations and other packages."""

import pytest

from core.teaching.clinic import explain_error

_READ = (
    (
        "stack expects each tensor to be equal size, but got [3, 8, 8] at entry 0 and [8, 8] at entry 5",
        "sample 5 has no channel axis",
    ),
    (
        "DataLoader(data, sampler=BatchSampler(data, 4, True))\n"
        "TypeError: list indices must be integers or slices, not list",
        "`batch_sampler=`",
    ),
    (
        "label = batch['y'].to(device)\nIndexError: too many indices for tensor of dimension 1",
        "batch['y']",
    ),
    ("AssertionError: targets should not be none when in training mode", "losses = model(images, targets)"),
    (
        "All bounding boxes should have positive height and width. Found invalid box [5.0, 7.0, 5.0, 9.0] "
        "for target at index 2.",
        "has no area",
    ),
    (
        "All bounding boxes should have positive height and width. Found invalid box [50.0, 70.0, 20.0, "
        "30.0] for target at index 2.",
        "`boxes[:, 2:] += boxes[:, :2]`",
    ),
    ("AttributeError: Can't pickle local object 'load.<locals>.Pictures'", "defined inside of `load`"),
    (
        "def __getitem__(self, i):\n    return self.x[i].cuda()\n"
        "RuntimeError: DataLoader worker (pid 9) exited unexpectedly with exit code 1.",
        "plain tensors",
    ),
    (
        "init_process_group('nccl', world_size=2, rank=2)\nRuntimeError: connect() timed out.",
        "rank 2 of 2",
    ),
    (
        "/env/torch/lib/libtorch_cuda.so: undefined symbol: __nvJitLinkComplete_12_4",
        "LD_LIBRARY_PATH",
    ),
    ('OSError: [WinError 126] Error loading "C:\\torch\\lib\\fbgemm.dll" or one of its', "2.4.1"),
    ("Windows 11: Cannot find a working triton installation.", "triton-windows"),
    (
        "Exporting the operator tril to ONNX opset version 9 is not supported. Support for this operator was "
        "added in version 14, try",
        "`opset_version=14`",
    ),
    (
        "MisconfigurationException: ModelCheckpoint(monitor='val_acc') not found in the returned metrics: "
        "['loss']. HINT:",
        "nothing of a validation",
    ),
    (
        "Unable to create tensor, you should probably activate truncation and/or padding with 'padding=True' "
        "'truncation=True' to have batched tensors with the same length. Perhaps your features (`labels` in "
        "this case)",
        "DataCollatorForTokenClassification",
    ),
    (
        "ValueError: too many dimensions 'str'\nThe above exception was the direct cause\nValueError: Unable "
        "to create tensor, you should probably activate truncation and/or padding",
        "remove_columns",
    ),
    ("sum_loss += loss\nRuntimeError: CUDA out of memory.", "`loss.item()`"),
    ("It happens in my validation only.\nRuntimeError: CUDA out of memory.", "torch.no_grad()"),
    (
        "AttributeError: Can't get attribute 'Old' on <module 'timm.layers' from "
        "'/env/lib/python3.9/site-packages/timm/layers.py'>",
        "version of `timm`",
    ),
    ("AttributeError: Can't get attribute 'Net' on <module '__main__' from 'use.py'>", "main program"),
    ("torch.cuda.is_available() returns False, torch.__version__ is 2.1.0+cpu", "without CUDA"),
    (
        "is_available() returns False. Driver Version: 470 CUDA Version: 11.4, torch 2.6.0+cu124",
        "update the driver",
    ),
    ("C:\\Python38-32> pip install torch\nERROR: No matching distribution found for torch", "32-bit"),
    ("RTX 5090: no kernel image is available for execution on the device", "newer than the build"),
    (
        "SanitizeBoundingBoxes()(x)\nIndexError: The shape of the mask [2] at index 0 does not match the "
        "shape of the indexed tensor [50, 40] at index 0",
        "plain tensor",
    ),
    ("Tesla K80: no kernel image is available for execution on the device", "older than the build"),
    ("object of type 'BalancedSampler' has no len()", "give `BalancedSampler` a `__len__`"),
    ("RuntimeError: cuDNN error: CUDNN_STATUS_NOT_INITIALIZED", "memory is full"),
    (
        "RuntimeError: Caught RuntimeError in replica 1 on device 1.\nOriginal Traceback\nRuntimeError: "
        "Expected all tensors to be on the same device, but found at least two devices, cuda:1 and cuda:0!",
        "`x.device`",
    ),
)
_READ += (
    (
        "RuntimeError: The detected CUDA version (11.5) mismatches the version that was used to compile "
        "PyTorch (12.1).",
        "the CUDA toolkit 12.1",
    ),
    (
        "UnsatisfiableError: The following specifications were found to be in conflict: pytorch 1.2 -> "
        "cudatoolkit >=9.2,<9.3",
        "behind the arrow",
    ),
    ("train.py: error: unrecognized arguments: --local-rank=0", "with a hyphen"),
    ("train.py: error: unrecognized arguments: --local_rank=0", "start it with `torchrun`"),
    (
        "torch.distributed.elastic.multiprocessing.errors.ChildFailedError:\n  exitcode  : -9 (pid: 7)",
        "memory was full",
    ),
    ("ncclInvalidUsage: Duplicate GPU detected : rank 1 and rank 0 both on CUDA device", "the same GPU"),
    (
        "TrainingArguments.__init__() got an unexpected keyword argument 'evaluation_strategy'",
        "`eval_strategy`",
    ),
    (
        "Token indices sequence length is longer than the specified maximum sequence length for this model "
        "(600 > 512). Running this sequence through the model will result in indexing errors\nIndexError: "
        "index out of range in self",
        "600 tokens",
    ),
    ("The NVIDIA driver on your system is too old (found version 11070). Please update", "CUDA 11.7"),
    (
        "RuntimeError: cuDNN version incompatibility: PyTorch was compiled against (9, 1, 0)",
        "LD_LIBRARY_PATH",
    ),
    ("torch._dynamo hit config.cache_size_limit (8)", "dynamic=True"),
    ("python -c 'import torch'\nIllegal instruction (core dumped)", "OPENBLAS_CORETYPE"),
    (
        "Image.open(name)\nFileNotFoundError: [Errno 2] No such file or directory: '7.png'",
        "without its folder",
    ),
    ("[Errno 2] No such file or directory: '/home/ada/.cache/torch/hub/x/hubconf.py'", "force_reload=True"),
    ("PermissionError: [Errno 13] Permission denied: '/.cache/torch'", "`TORCH_HOME`"),
    ("PermissionError: [Errno 13] Permission denied: 'C:/models/weights'", "it is a folder"),
    ("A prediction has category_id=7, which is not available in the dataset.", "class 7"),
    (
        "File torch/utils/cpp_extension.py, in load: Loading extension module ops...\nImportError: "
        "libcudart.so.9.2: cannot open shared object file: No such file or directory",
        "Delete its `build` folder",
    ),
    (
        "torch/__init__.py, line 176\nOSError: libcublas.so.12: cannot open shared object file: No such file",
        "PyTorch itself asks for it",
    ),
    ("ImportError: libtorch_cuda_cu.so: cannot open shared object file: No such file", "Only PyTorch 1.x"),
    ("ImportError: libtorch_cuda.so: cannot open shared object file: No such file", "`import torch` has to"),
    (
        "CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 7.93 GiB total capacity; 2.81 GiB already "
        "allocated; 25.38 MiB free; 3.06 GiB reserved in total by PyTorch)",
        "others hold the rest, about 4.8 GiB",
    ),
    (
        "CUDA out of memory. Tried to allocate 256.00 MiB. GPU 0 has a total capacity of 23.65 GiB of which "
        "17.55 MiB is free. Of the allocated memory 11.90 GiB is allocated by PyTorch, and 10.96 GiB is "
        "reserved by PyTorch but unallocated.",
        "expandable_segments",
    ),
    (
        "CUDA out of memory. Tried to allocate 8.38 GiB (GPU 0; 10.92 GiB total capacity; 8.69 GiB already "
        "allocated; 1.22 GiB free; 33.00 MiB cached)",
        "mostly a single tensor",
    ),
    (
        "CUDA out of memory. Tried to allocate 2.26 GiB (GPU 0; 6.00 GiB total capacity; 209.63 MiB already "
        "allocated; 4.08 GiB free; 246.00 MiB reserved in total by PyTorch)",
        "so it would fit",
    ),
    ("Found no valid file for the classes val. Supported extensions are: .jpg, .jpeg", "one level lower"),
    (
        "Found 0 files in subfolders of: PetImages/Dog Supported extensions are: .jpg",
        "point it at `PetImages`",
    ),
    ("ImageFolder(path, is_valid_file=check) Found no valid file for the classes cat", "said no to every"),
    (
        'File "/home/me/tensorboard.py", line 2\n'
        "ImportError: TensorBoard logging requires TensorBoard version",
        "rename it",
    ),
    (
        "MNIST('data', transform=transforms)\nTypeError: 'module' object is not callable",
        "`transform=transform`",
    ),
    ("n = len(train_set)\nTypeError: 'FashionMNIST' object is not callable", "`del len`"),
    (
        "Expected object of device type cuda but got device type cpu for argument #1 'self' in call to "
        "_th_index_select",
        "`model.to(device)` is missing",
    ),
    (
        "Expected object of device type cuda but got device type cpu for argument #3 'index' in call to "
        "_th_index_select",
        "`X = X.to(device)` is missing",
    ),
    (
        "x = self.embedding(x)\n"
        "Expected all tensors to be on the same device, but found at least two devices, cpu and cuda:0! "
        "(when checking argument for argument index in method wrapper_CUDA__index_select)",
        "`model.to(device)` is missing",
    ),
    (
        "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu! "
        "(when checking argument for argument target in method wrapper_CUDA_nll_loss_forward)",
        "`y = y.to(device)` is missing",
    ),
    (
        "def __len__(self): return len(self.names)\ndef __getitem__(self, idx): x = self.images[idx]\n"
        "IndexError: list index out of range",
        "`__len__` counts `self.names`",
    ),
    (
        "a, b = random_split(data, [0.8, 0.2])\nValueError: Sum of input lengths does not equal the length",
        "since PyTorch 1.13",
    ),
    (
        "n = int(0.8 * len(data)); m = int(0.2 * len(data))\nrandom_split(data, [n, m])\n"
        "ValueError: Sum of input lengths does not equal the length",
        "cuts off its fraction",
    ),
    ("cannot identify image file '/data/train/labels.txt'", "`labels.txt` is no picture"),
    ("module 'torchvision.transforms.v2' has no attribute 'ToPureTensor'", "since torchvision 0.16"),
    ("cannot import name 'tv_tensors' from 'torchvision'", "there since torchvision 0.16"),
    ("UserWarning: The transform `ToTensor()` is deprecated and will be removed", "v2.ToImage()"),
    ("is_available() returns False\npytorch 1.9.0 py3.8_cpu_0", "the build for CPUs"),
    ("print(torch.cuda.is_available) is False, is_available() is False", "Without parentheses"),
    (
        "parallel/distributed.py in forward parallel/data_parallel.py in forward RuntimeError: module must "
        "have its parameters and buffers on device cuda:0 (device_ids[0]) but found one of them on device: "
        "cuda:3",
        "take the inner",
    ),
    ("BackendCompilerFailed: Triton Error [CUDA]: device kernel image is invalid", "Update the driver"),
)
_UNREAD = (
    (
        "n = int(0.8 * len(data)); m = int(0.2 * len(data))\nrandom_split(data, [n, m])\n"
        "ValueError: Sum of input lengths does not equal the length",
        "1.13",
    ),
    ("cannot identify image file '/data/train/cat.7.JPG'", "no picture, so"),
    ("cannot identify image file <_io.BytesIO object at 0x7f>", "no picture"),
    (
        "CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 23.65 GiB total capacity; 22.35 GiB already "
        "allocated; 0.56 GiB free; 22.40 GiB reserved in total by PyTorch)",
        "others hold",
    ),
    (
        "def __len__(self): return len(self.names)\ndef __getitem__(self, idx): x = self.names[idx]\n"
        "IndexError: list index out of range",
        "counts",
    ),
    ("PermissionError: [Errno 13] Permission denied: 'C:/models/weights.pth'", "it is a folder"),
    ("ChildFailedError: torch.distributed.elastic.multiprocessing.errors.ChildFailedError:", "The code"),
    ("df['y'] = 1\n" + "x = x + 1\n" * 40 + "too many indices for tensor of dimension 1", "by name"),
    ("with torch.no_grad(): validate()\nRuntimeError: CUDA out of memory.", "no_grad():` "),
    ("loss_sum += loss.item()\nRuntimeError: CUDA out of memory.", "keeps the graph"),
    ("is_available() returns False. CUDA Version: 12.2, torch 2.6.0+cu124", "driver serves"),
    ("RTX 4090: no kernel image is available for execution on the device", "than the build"),
)


@pytest.mark.parametrize(("text", "said"), _READ)
def test_a_reading_says_what_the_text_reveals(text, said):
    found = explain_error(text)
    assert found.known
    assert said in f"{found.beside} {found.reading}"


@pytest.mark.parametrize(("text", "unsaid"), _UNREAD)
def test_a_reading_says_no_more_than_that(text, unsaid):
    found = explain_error(text)
    assert found.known
    assert unsaid not in f"{found.beside} {found.reading}"
