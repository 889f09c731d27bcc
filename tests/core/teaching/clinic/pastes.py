"""Texts as people paste them: older wordings, several shells, half tracebacks; and texts it must not know.

Written for the test after the way such posts look; none is a copy of one.
"""

from typing import Final

PASTES: Final = (
    (
        "linear-features",
        (
            "RuntimeError: size mismatch, m1: [64 x 7744], m2: [400 x 120] at "
            "/pytorch/aten/src/TH/generic/THTensorMath.cpp:940"
        ),
    ),
    (
        "linear-features",
        """
---------------------------------------------------------------------------
RuntimeError                              Traceback (most recent call last)
<ipython-input-12-5d1f0c1b6f3e> in <module>()
      3 for epoch in range(10):
      4     for x, y in loader:
----> 5         pred = net(x)
      6         loss = criterion(pred, y)

3 frames
/usr/local/lib/python3.6/dist-packages/torch/nn/functional.py in linear(input, weight, bias)
   1368     if input.dim() == 2 and bias is not None:
   1369         # fused op is marginally faster
-> 1370         ret = torch.addmm(bias, input, weight.t())
   1371     else:
   1372         output = input.matmul(weight.t())

RuntimeError: size mismatch, m1: [3584 x 28], m2: [784 x 128] at /pytorch/THCTensorMathBlas.cu:268
""",
    ),
    (
        "linear-features",
        ("\x1b[0;31mRuntimeError\x1b[0m: mat1 and mat2 shapes cannot be multiplied (32x12544 and 9216x128)"),
    ),
    (
        "linear-features",
        ("[0;31mRuntimeError[0m: mat1 and mat2 shapes cannot be\nmultiplied (32x12544 and\n9216x128)"),
    ),
    (
        "linear-features",
        (
            "I built a CNN for my homework and get mat1 and mat2 shapes cannot be multiplied "
            "(1x50176 and 784x10), what am I doing wrong??"
        ),
    ),
    (
        "conv-dimensions",
        (
            "RuntimeError: Expected 4-dimensional input for 4-dimensional weight [6, 1, 5, 5], but "
            "got 3-dimensional input of size [1, 28, 28] instead"
        ),
    ),
    (
        "conv-dimensions",
        (
            "RuntimeError: Expected 4-dimensional input for 4-dimensional weight 64 3 7 7, but got "
            "3-dimensional input of size [3, 224, 224] instead"
        ),
    ),
    (
        "conv-channels",
        (
            "RuntimeError: Given groups=1, weight[64, 3, 3, 3], so expected input[16, 64, 256, "
            "256] "
            "to have 3 channels, but got 64 channels instead"
        ),
    ),
    (
        "conv-channels",
        (
            "Given groups=1, weight of size 32 1 3 3, expected input[64, 3, 28, 28] to have 1 "
            "channels, but got 3 channels instead"
        ),
    ),
    (
        "kernel-too-large",
        (
            "RuntimeError: Calculated padded input size per channel: (2 x 2). Kernel size: (3 x "
            "3). "
            "Kernel size can't greater than actual input size at "
            "/opt/conda/conda-bld/pytorch/aten/src/THNN/generic/SpatialConvolutionMM.c:50"
        ),
    ),
    (
        "view-size",
        (
            "RuntimeError: invalid argument 2: size '[-1 x 400]' is invalid for input with 3844 "
            "elements at ../src/TH/THStorage.c:37"
        ),
    ),
    (
        "view-stride",
        (
            "RuntimeError: invalid argument 2: view size is not compatible with input tensor's "
            "size "
            "and stride (at least one dimension spans across two contiguous subspaces). Call "
            ".contiguous() before .view(). at /pytorch/aten/src/TH/generic/THTensor.cpp:213"
        ),
    ),
    (
        "dimension-range",
        "RuntimeError: dimension out of range (expected to be in range of [-1, 0], but got 1)",
    ),
    (
        "dimension-range",
        """
Traceback (most recent call last):
  File "/home/me/PycharmProjects/digits/main.py", line 41, in <module>
    loss = criterion(output, target)
  File "/opt/conda/lib/python3.8/site-packages/torch/nn/modules/module.py", line 727, in _call_impl
    result = self.forward(*input, **kwargs)
  File "/opt/conda/lib/python3.8/site-packages/torch/nn/functional.py", line 1605, in log_softmax
    ret = input.log_softmax(dim)
IndexError: Dimension out of range (expected to be in range of [-1, 0], but got 1)

Process finished with exit code 1
""",
    ),
    (
        "zero-dim-index",
        (
            "IndexError: invalid index of a 0-dim tensor. Use tensor.item() to convert a 0-dim "
            "tensor to a Python number"
        ),
    ),
    ("one-number", "ValueError: only one element tensors can be converted to Python scalars"),
    ("ambiguous-truth", "RuntimeError: bool value of Tensor with more than one value is ambiguous"),
    (
        "cat-sizes",
        (
            "RuntimeError: invalid argument 0: Sizes of tensors must match except in dimension 1. "
            "Got 27 and 28 in dimension 2 at /pytorch/aten/src/THC/generic/THCTensorMath.cu:71"
        ),
    ),
    (
        "stack-sizes",
        """
  File "/usr/lib/python3.6/site-packages/torch/utils/data/_utils/collate.py", line 68, in default_collate
    return [default_collate(samples) for samples in transposed]
RuntimeError: invalid argument 0: Sizes of tensors must match except in dimension 0. Got 332
and 500 in dimension 2 at /pytorch/aten/src/TH/generic/THTensor.cpp:711
""",
    ),
    (
        "embedding-range",
        (
            "RuntimeError: index out of range: Tried to access index 30522 out of table with 30521 "
            "rows. at /pytorch/aten/src/TH/generic/THTensorEvenMoreMath.cpp:237"
        ),
    ),
    (
        "numpy-grad",
        (
            "RuntimeError: Can't call numpy() on Variable that requires grad. Use "
            "var.detach().numpy() instead."
        ),
    ),
    (
        "numpy-device",
        (
            "TypeError: can't convert CUDA tensor to numpy. Use Tensor.cpu() to copy the tensor to "
            "host memory first."
        ),
    ),
    (
        "numpy-device",
        (
            "can’t convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor "
            "to host memory first."
        ),
    ),
    (
        "two-dtypes",
        (
            "RuntimeError: Expected object of scalar type Float but got scalar type Double for "
            "argument #2 'mat2' in call to _th_mm"
        ),
    ),
    ("two-dtypes", "RuntimeError: expected scalar type Double but found Float"),
    (
        "two-dtypes",
        (
            "RuntimeError: Expected object of type torch.FloatTensor but found type "
            "torch.DoubleTensor for argument #4 'mat1'"
        ),
    ),
    (
        "two-dtypes",
        (
            "RuntimeError: Input type (torch.DoubleTensor) and weight type (torch.FloatTensor) "
            "should be the same or input should be a MKLDNN tensor and weight is a dense tensor"
        ).replace("MKLDNN", "dense"),
    ),
    (
        "label-dtype",
        (
            "RuntimeError: Expected object of scalar type Long but got scalar type Float for "
            "argument #2 'target' in call to _thnn_nll_loss_forward"
        ),
    ),
    ("label-dtype", "RuntimeError: expected scalar type Long but found Float"),
    (
        "label-dtype",
        ("RuntimeError: \"nll_loss_forward_reduce_cuda_kernel_2d_index\" not implemented for 'Int'"),
    ),
    (
        "label-dtype",
        (
            "TypeError: Expected object of type torch.LongTensor but found type torch.FloatTensor "
            "for argument #2 'target'"
        ),
    ),
    (
        "target-float",
        (
            'RuntimeError: Found dtype Double but expected Float\n  File "train.py", line 30, in '
            "<module>\n    loss.backward()"
        ),
    ),
    (
        "multi-target",
        ("RuntimeError: multi-target not supported at /pytorch/aten/src/THNN/generic/ClassNLLCriterion.c:22"),
    ),
    (
        "label-range",
        (
            "RuntimeError: Assertion `cur_target >= 0 && cur_target < n_classes' failed.  at "
            "/pytorch/aten/src/THNN/generic/ClassNLLCriterion.c:93"
        ),
    ),
    (
        "probability-range",
        (
            "RuntimeError: Assertion `x >= 0. && x <= 1.' failed. input value should be between "
            "0~1, "
            "but got 1.265386 at /pytorch/aten/src/THNN/generic/BCECriterion.c:62"
        ),
    ),
    (
        "target-size",
        (
            "ValueError: Target and input must have the same number of elements. target nelement "
            "(64) != input nelement (128)"
        ),
    ),
    (
        "target-size",
        ("ValueError: Target size (torch.Size([16])) must be the same as input size (torch.Size([16, 1]))"),
    ),
    (
        "inplace-changed",
        (
            "RuntimeError: one of the variables needed for gradient computation has been modified "
            "by "
            "an inplace operation"
        ),
    ),
    (
        "inplace-changed",
        (
            "RuntimeError: one of the variables needed for gradient computation has been modified "
            "by "
            "an inplace operation: [torch.cuda.FloatTensor [512, 10]], which is output 0 of "
            "TBackward, is at version 2; expected version 1 instead. Hint: enable anomaly detection"
        ),
    ),
    (
        "second-backward",
        (
            "RuntimeError: Trying to backward through the graph a second time, but the buffers "
            "have "
            "already been freed. Specify retain_graph=True when calling backward the first time."
        ),
    ),
    ("no-graph", "RuntimeError: element 0 of variables does not require grad and does not have a grad_fn"),
    (
        "leaf-inplace",
        ("RuntimeError: a leaf Variable that requires grad has been used in an in-place operation."),
    ),
    (
        "two-devices",
        ("RuntimeError: Expected object of backend CPU but got backend CUDA for argument #2 'weight'"),
    ),
    (
        "two-devices",
        (
            "RuntimeError: Input type (torch.FloatTensor) and weight type (torch.cuda.FloatTensor) "
            "should be the same or input should be a MKLDNN tensor and weight is a dense tensor"
        ),
    ),
    (
        "two-devices",
        (
            "RuntimeError: Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) "
            "should be the same"
        ),
    ),
    (
        "two-devices",
        (
            "RuntimeError: Expected all tensors to be on the same device, but found at least two "
            "devices, cuda:0 and cpu! (when checking argument for argument mat1 in method "
            "wrapper_CUDA_addmm)"
        ),
    ),
    (
        "two-devices",
        (
            "RuntimeError: Expected all tensors to be on the same device, but got mat1 is on cpu, "
            "different from other tensors on cuda:0 (when checking argument in method "
            "wrapper_CUDA_addmm)"
        ),
    ),
    (
        "two-devices",
        (
            "RuntimeError: Expected object of device type cuda but got device type cpu for "
            "argument "
            "#1 'self' in call to _th_addmm"
        ),
    ),
    (
        "two-devices",
        ("RuntimeError: indices should be either on cpu or on the same device as the indexed tensor (cpu)"),
    ),
    (
        "cuda-memory",
        (
            "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; "
            "7.79 GiB total capacity; 4.61 GiB already allocated; 1.12 GiB free; 5.01 GiB reserved "
            "in total by PyTorch)"
        ),
    ),
    (
        "cuda-memory",
        ("RuntimeError: cuda runtime error (2) : out of memory at /pytorch/aten/src/THC/THCGeneral.cpp:66"),
    ),
    (
        "device-assert",
        """
/pytorch/aten/src/ATen/native/cuda/Loss.cu:247: nll_loss_forward_reduce_cuda_kernel_2d: block:
[0,0,0], thread: [3,0,0] Assertion `t >= 0 && t < n_classes` failed.
Traceback (most recent call last):
  File "train.py", line 88, in <module>
    print(loss.item())
RuntimeError: CUDA error: device-side assert triggered
CUDA kernel errors might be asynchronously reported at some other API call, so the
stacktrace below might be incorrect.
For debugging consider passing CUDA_LAUNCH_BLOCKING=1.
""",
    ),
    (
        "device-assert",
        (
            "RuntimeError: cuda runtime error (59) : device-side assert triggered at "
            "/pytorch/aten/src/THC/generic/THCTensorMath.cu:24"
        ),
    ),
    ("no-cuda-build", "AssertionError: Torch not compiled with CUDA enabled"),
    ("no-driver", "RuntimeError: No CUDA GPUs are available"),
    ("no-kernel", "RuntimeError: CUDA error: no kernel image is available for execution on the device"),
    (
        "load-without-cuda",
        (
            "RuntimeError: Attempting to deserialize object on a CUDA device but "
            "torch.cuda.is_available() is False. If you are running on a CPU-only machine, please "
            "use torch.load with map_location='cpu' to map your storages to the CPU."
        ),
    ),
    (
        "weights-size",
        (
            "RuntimeError: Error(s) in loading state_dict for ResNet:\n\tsize mismatch for "
            "fc.weight: copying a param with shape torch.Size([1000, 2048]) from checkpoint, the "
            "shape in current model is torch.Size([10, 2048])."
        ),
    ),
    (
        "weights-size",
        (
            "RuntimeError: While copying the parameter named fc.weight, whose dimensions in the "
            "model are torch.Size([2, 512]) and whose dimensions in the checkpoint are "
            "torch.Size([1000, 512])."
        ),
    ),
    ("module-prefix", "KeyError: 'unexpected key \"module.conv1.weight\" in state_dict'"),
    (
        "module-prefix",
        (
            "RuntimeError: Error(s) in loading state_dict for Net: Missing key(s) in state_dict: "
            '"conv1.weight", "conv1.bias". Unexpected key(s) in state_dict: "module.conv1.weight", '
            '"module.conv1.bias".'
        ),
    ),
    (
        "weights-names",
        (
            "RuntimeError: Error(s) in loading state_dict for Net: Unexpected key(s) in "
            "state_dict: "
            '"epoch", "model_state_dict", "optimizer_state_dict".'
        ),
    ),
    (
        "weights-only",
        (
            "_pickle.UnpicklingError: Weights only load failed. This file can still be loaded, to "
            "do "
            "so you have two options. WeightsUnpickler error: Unsupported global: GLOBAL "
            "__main__.Net was not an allowed global by default."
        ),
    ),
    ("no-checkpoint", "_pickle.UnpicklingError: invalid load key, '<'."),
    (
        "no-checkpoint",
        "RuntimeError: unexpected EOF, expected 327691 more bytes. The file might be corrupted.",
    ),
    (
        "no-checkpoint",
        (
            "_pickle.UnpicklingError: Weights only load failed. Re-running `torch.load` with "
            "`weights_only` set to `False` will likely succeed. Please file an issue with the "
            "following so that we can make `weights_only=True` compatible with your use case: "
            "WeightsUnpickler error: invalid load key, 'v'."
        ),
    ),
    ("pickled-class", "AttributeError: Can't get attribute 'Net' on <module '__main__' (built-in)>"),
    ("dict-not-model", "AttributeError: 'collections.OrderedDict' object has no attribute 'eval'"),
    (
        "main-guard",
        (
            "RuntimeError: \n        An attempt has been made to start a new process before the\n  "
            "  "
            "    current process has finished its bootstrapping phase."
        ),
    ),
    ("worker-died", "RuntimeError: DataLoader worker (pid 12345) is killed by signal: Killed. "),
    ("worker-died", "BrokenPipeError: [Errno 32] Broken pipe"),
    (
        "shared-memory",
        (
            "RuntimeError: DataLoader worker (pid 53) is killed by signal: Bus error. It is "
            "possible "
            "that dataloader's workers are out of shared memory. Please try to raise your shared "
            "memory limit."
        ),
    ),
    ("shared-memory", "RuntimeError: received 0 items of ancdata"),
    ("cannot-pickle", "AttributeError: Can't pickle local object 'main.<locals>.<lambda>'"),
    (
        "to-tensor",
        """
RuntimeError: Caught TypeError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "/usr/local/lib/python3.7/dist-packages/torch/utils/data/_utils/worker.py", line 287, in _worker_loop
    data = fetcher.fetch(index)
  File "<ipython-input-27-a89894855d57>", line 74, in __getitem__
    image = self.transform(image)
TypeError: pic should be PIL Image or ndarray. Got <class 'torch.Tensor'>
""",
    ),
    (
        "two-sources",
        (
            "RuntimeError: Couldn't load custom C++ ops. This can happen if your PyTorch and "
            "torchvision versions are incompatible"
        ),
    ),
    ("two-sources", "RuntimeError: operator torchvision::nms does not exist"),
    (
        "two-sources",
        (
            "ImportError: /home/me/.local/lib/python3.8/site-packages/torchvision/_C.so: undefined "
            "symbol: _ZN2at10TensorBase"
        ),
    ),
    ("gone-name", "ModuleNotFoundError: No module named 'torchvision.transforms.functional_tensor'"),
    ("not-installed", "ModuleNotFoundError: No module named 'torch'"),
    (
        "shadowed",
        (
            "AttributeError: partially initialized module 'torch' has no attribute 'Tensor' (most "
            "likely due to a circular import)"
        ),
    ),
    ("no-such-name", "AttributeError: module 'torch.nn' has no attribute 'linear'"),
    ("no-parameters", "ValueError: optimizer got an empty parameter list"),
    (
        "nan-loss",
        (
            "My loss becomes nan after a few iterations:\nEpoch 1 loss: 5.32\nEpoch 2 loss: "
            "nan\nEpoch 3 loss: nan"
        ),
    ),
    (
        "stuck-loss",
        ("[1,  2000] loss: 2.303\n[1,  4000] loss: 2.303\n[1,  6000] loss: 2.302\nMy network does not learn"),
    ),
    ("stuck-loss", "The cross entropy is stuck at 2.3026 and accuracy at 10%, what can it be"),
    ("scheduler-order", "UserWarning: Detected call of `lr_scheduler.step()` before `optimizer.step()`."),
    (
        "mse-broadcast",
        (
            "UserWarning: Using a target size (torch.Size([32])) that is different to the input "
            "size "
            "(torch.Size([32, 1])). This will likely lead to incorrect results due to "
            "broadcasting. "
            "Please ensure they have the same size."
        ),
    ),
    (
        "linear-features",
        """
│ /home/me/train.py:12 in <module>                                     │
│                                                                      │
│   11 model = Net()                                                   │
│ ❱ 12 out = model(x)                                                  │
│                                                                      │
│ /usr/lib/python3/site-packages/torch/nn/modules/linear.py:125 in forward │
│                                                                      │
│ ❱ 125 │   │   return F.linear(input, self.weight, self.bias)        │
╰──────────────────────────────────────────────────────────────────────╯
RuntimeError: mat1 and mat2 shapes cannot be multiplied (8x100 and 64x10)
""",
    ),
    (
        "no-forward",
        """
  File "/usr/lib/python3.7/site-packages/torch/nn/modules/module.py", line 201, in _forward_unimplemented
    raise NotImplementedError
NotImplementedError
""",
    ),
    (
        "conv-dimensions",
        (
            "RuntimeError: Expected 4-dimensional input for 4-dimensional weight [64, 3, 7, 7], "
            "but got 5-dimensional input of size [1, 1, 3, 224, 224] instead"
        ),
    ),
    (
        "broadcast",
        (
            "RuntimeError: The size of tensor a (224) must match the size of tensor b (244) at "
            "non-singleton dimension 3"
        ),
    ),
    ("loss-batch", "ValueError: Expected input batch_size (324) to match target batch_size (4)."),
    ("not-a-tensor", "TypeError: conv2d(): argument 'input' (position 1) must be Tensor, not str"),
    ("wrong-object", "AttributeError: 'tuple' object has no attribute 'cuda'"),
    ("call-arguments", "TypeError: forward() missing 1 required positional argument: 'x'"),
    (
        "library-missing",
        (
            "OSError: [WinError 126] The specified module could not be found. Error loading "
            '"C:\\Python\\lib\\site-packages\\torch\\lib\\asmjit.dll" or one of its dependencies.'
        ),
    ),
    (
        "shared-library",
        ("ImportError: libcublas.so.9.0: cannot open shared object file: No such file or directory"),
    ),
    ("gpu-library", "RuntimeError: cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
    (
        "gpu-library",
        ("RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`"),
    ),
    ("worker-died", "RuntimeError: DataLoader worker (pid 2273) is killed by signal: Segmentation fault."),
    ("shared-memory", "RuntimeError: unable to write to file </torch_29919_1396182366>"),
    (
        "stack-sizes",
        (
            "RuntimeError: stack expects each tensor to be equal size, but got [3, 224, 224] at "
            "entry 0 and [1, 224, 224] at entry 3"
        ),
    ),
    (
        "module-prefix",
        (
            "RuntimeError: Error(s) in loading state_dict for DataParallel:\n  Missing key(s) in "
            'state_dict: "module.conv1.weight", "module.fc.bias"'
        ),
    ),
    ("no-attribute", "torch.nn.modules.module.ModuleAttributeError: 'Net' object has no attribute 'fc1'"),
    (
        "object-array",
        ("TypeError: can't convert np.ndarray of type numpy.uint16. The only supported types are: float64"),
    ),
    (
        "two-dtypes",
        (
            "RuntimeError: Input type (torch.cuda.ByteTensor) and weight type "
            "(torch.cuda.FloatTensor) should be the same"
        ),
    ),
    (
        "two-dtypes",
        (
            "RuntimeError: Input type (torch.cuda.DoubleTensor) and weight type "
            "(torch.cuda.FloatTensor) should be the same"
        ),
    ),
    (
        "two-devices",
        (
            "RuntimeError: Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) "
            "should be the same"
        ),
    ),
    (
        "two-devices",
        (
            "RuntimeError: Input type (torch.cuda.HalfTensor) and weight type (torch.HalfTensor) "
            "should be the same"
        ),
    ),
    (
        "label-dtype",
        (
            "RuntimeError: Expected object of type torch.cuda.LongTensor but found type "
            "torch.cuda.FloatTensor for argument #2 'target'"
        ),
    ),
    (
        "two-dtypes",
        (
            "RuntimeError: Expected object of type torch.cuda.FloatTensor but found type "
            "torch.cuda.DoubleTensor for argument #2 'weight'"
        ),
    ),
    (
        "two-devices",
        (
            "RuntimeError: Expected object of type torch.FloatTensor but found type "
            "torch.cuda.FloatTensor for argument #2 'weight'"
        ),
    ),
    (
        "two-dtypes",
        ("device = torch.device('cuda:0')\nRuntimeError: expected scalar type Float but found Double"),
    ),
    ("two-dtypes", "RuntimeError: expected scalar type Half but found Float"),
    ("two-devices", "RuntimeError: expected device cpu but got device cuda:0"),
    (
        "two-devices",
        (
            "Expected tensor for 'out' to have the same device as tensor for argument #2 'mat1'; "
            "but device 0 does not equal 1 (while checking arguments for addmm)"
        ),
    ),
    (
        "cat-sizes",
        (
            "RuntimeError: Sizes of tensors must match except in dimension 1. Got 14 and 13 in "
            "dimension 2 (The offending index is 1)"
        ),
    ),
    (
        "batch-norm-one",
        ("ValueError: Expected more than 1 value per channel when training, got input size [1, 256, 1, 1]"),
    ),
    ("linear-features", "RuntimeError: mat1 dim 1 must match mat2 dim 0"),
    (
        "operation-dtype",
        (
            '  File "a.py", line 3, in f\n  File "b.py", line 4\n  File "c.py"\n  File "d.py"\n  '
            'File "e.py"\n  File "f.py"\n  File "g.py"\nRuntimeError: "host_softmax" not '
            "implemented for 'Long'"
        ),
    ),
    ("operation-dtype", "RuntimeError: _thnn_mse_loss_forward is not implemented for type torch.LongTensor"),
    ("stack-sizes", "RuntimeError: Trying to resize storage that is not resizable"),
    ("no-such-name", "AttributeError: module 'torchvision.transforms' has no attribute 'InterpolationMode'"),
    ("index-bounds", "IndexError: index 10 is out of bounds for dimension 0 with size 10"),
    (
        "ambiguous-truth",
        (
            "TypeError: __init__() ... RuntimeError: bool value of Tensor with more than one value "
            "is ambiguous"
        ),
    ),
    ("not-callable", "TypeError: 'Tensor' object is not callable"),
    (
        "numpy-grad",
        (
            "RuntimeError: Can't call numpy() on Tensor that requires grad. Use "
            "tensor.detach().numpy() instead."
        ),
    ),
    (
        "no-driver",
        (
            "AssertionError: \nFound no NVIDIA driver on your system. Please check that you\nhave "
            "an NVIDIA GPU and installed a driver from\nhttp://www.nvidia.com/Download/index.aspx"
        ),
    ),
    (
        "no-kernel",
        (
            "NVIDIA GeForce RTX 3090 with CUDA capability sm_86 is not compatible with the current "
            "PyTorch installation."
        ),
    ),
    (
        "openmp-twice",
        ("OMP: Error #15: Initializing libiomp5md.dll, but found libiomp5md.dll already initialized."),
    ),
    (
        "no-wheel",
        (
            "ERROR: Could not find a version that satisfies the requirement torch (from versions: "
            "none)\nERROR: No matching distribution found for torch"
        ),
    ),
    (
        "dataset-missing",
        "RuntimeError: Dataset not found or corrupted. You can use download=True to download it",
    ),
    ("download-failed", "urllib.error.HTTPError: HTTP Error 403: Forbidden\nMNIST download"),
    ("nan-backward", "RuntimeError: Function 'SqrtBackward' returned nan values in its 0th output."),
    (
        "label-dtype",
        (
            "TypeError: FloatClassNLLCriterion_updateOutput received an invalid combination of arguments - "
            "got (int, torch.FloatTensor, torch.DoubleTensor, torch.FloatTensor, bool, NoneType, "
            "torch.FloatTensor), but expected (int state, torch.FloatTensor input, torch.LongTensor target)"
        ),
    ),
)

UNKNOWN: Final = (
    "How do I fill NaN values in a pandas column with the mean?",
    "TypeError: 'NoneType' and 'Foo' cannot be frobnicated",
    "ZeroDivisionError: division by zero",
    (
        "tensorflow.python.framework.errors_impl.InvalidArgumentError: logits and labels must "
        "be "
        "broadcastable: logits_size=[32,10] labels_size=[1,32]"
    ),
    "error: linker command failed with exit code 1 (use -v to see invocation)",
    "RuntimeError: The frame evaluator of torch.compile met an unsupported bytecode 99",
    "What does nn.Linear do?",
    (
        "Traceback (most recent call last):\n  File \"a.py\", line 3\n    print 'x'\n          "
        "^\nSyntaxError: Missing parentheses in call to 'print'"
    ),
    "Epoch 1: loss 0.52\nEpoch 2: loss 0.41\nEpoch 3: loss 0.33",
    "Hello",
    ("I fixed `RuntimeError: size mismatch, m1: [4 x 5], m2: [6 x 7]` thanks to you, but now it says\n")
    + "and more text " * 60
    + "\nSegmentationError: core dumped by the frobnicator",
    "TypeError: __array__() takes 1 positional argument but 2 were given",
)
