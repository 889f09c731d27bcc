"""More texts as people paste them: the wordings of many versions, and of programs that are not PyTorch.

The messages are PyTorch's own, as public posts give them; the tracebacks are written for the test.
"""

from typing import Final

MESSAGES: Final = r"""
super-init: AttributeError: 'Triplet' object has no attribute '_backward_hook
parameter-assigned: TypeError: cannot assign 'torch.cuda.FloatTensor' as parameter 'gain' (torch.nn.Parameter
trace-warning: TracerWarning: Converting a tensor to a Python integer might cause the trace to be incorrect.
trace-warning: TracerWarning: Iterating over a tensor might cause the trace to be incorrect.
frozen-statistics: running_mean of my frozen batch norm layers still changes during training, requires_grad is
loss-only: The loss decreases but the accuracy stays the same. correct += (out == y).sum()
one-class-score: ValueError: Only one class present in y_true. ROC AUC score is not defined in that case.
embedding-range: My embedding is 64 wide, I have 50 tokens, generate gives an index out of range error
stack-sizes: RuntimeError: inconsistent tensor sizes at /pytorch/aten/src/TH/x.c:2864 default_collate
audio-backend: RuntimeError: Backend "sox" is not one of available backends: [].
audio-backend: UserWarning: No audio backend is available.
nothing-to-split: My DataParallel model trains on two GPUs but the second GPU stays at 0%
layer-not-made: TypeError: dim must be an int or None, got <class 'torch.Tensor'>
nan-loss: The CTC loss is inf in the first epoch, then nan loss
no-tokens: ValueError: You have to specify either decoder_input_ids or decoder_inputs_embeds
cuda-unavailable: MisconfigurationException: You requested gpu: [0, 1] But your machine only has: []
ddp-unused: module has parameters that were not used in producing the loss returned by training_step
tensorboard-tensorflow: torch: module 'tensorflow._api.v2.io.gfile' has no attribute 'get_filesystem'
box-range: Expected y_max for bbox (0.1, 0.2, 0.3, 1.004, 5) to be in the range [0.0, 1.0], got 1.004.
loss-zero: CrossEntropyLoss gives loss = 0.0 always. The network has one output neuron, labels are all zero
still-loss: Here is my perceptron for the OR gate. It runs, but it doesn't learn. epoch 500
raw-scores: The predictions of my net trained with CrossEntropyLoss are negative and dont add up to one
raw-scores: bcewithlogitsloss, some outputs of the model are greater than 1. It was trained for 5 epochs
cuda-toolkit: OSError: CUDA_HOME environment variable is not set. Please set it to your CUDA install root.
cuda-toolkit: error: -- unsupported GNU version! gcc versions later than 10 are not supported!
cuda-toolkit: nvcc fatal : Unsupported gpu architecture 'compute_89'
cuda-toolkit: RuntimeError: Error compiling objects for extension
conda-conflict: pytorch ResolvePackageNotFound: - cudatoolkit=10.2
conda-conflict: LibMambaUnsatisfiableError: Encountered problems while solving: - package torchvision-0.2
conda-conflict: conda install pytorch: Solving environment: failed
build-isolation: Preparing metadata (setup.py) ... error ModuleNotFoundError: No module named 'torch'
launch-arguments: test.py: error: unrecognized arguments: --local_rank=1
launch-arguments: rank = int(os.environ['RANK']) KeyError: 'RANK'
child-failed: torch.distributed.elastic.multiprocessing.errors.ChildFailedError: main.py FAILED exitcode : -9
ddp-twice: Parameter at index 7 has been marked as ready twice. This means that multiple autograd engine hooks
ddp-frozen: AssertionError: DistributedDataParallel is not needed when a module doesn't require a gradient.
trainer-arguments: TypeError: Seq2SeqTrainingArguments.__init__() got an unexpected keyword argument 'foo'
trainer-arguments: Trainer.__init__() got an unexpected keyword argument 'tokenizer'
trainer-arguments: ImportError: cannot import name 'AdamW' from 'transformers' (/env/transformers/__init__.py)
accelerate-missing: ImportError: Using the Trainer with PyTorch requires accelerate>=0.26.0
hub-name: OSError: We couldn't connect to 'https://huggingface.co' to load this file, couldn't find it in
hub-name: OSError: my-bert does not appear to have a file named config.json.
no-loss: The model did not return a loss from the inputs, only the following keys: last_hidden_state.
long-text: Running this sequence through the model will result in indexing errors
shared-weights: RuntimeError: The weights trying to be saved contained shared tensors
torch-required: we now require users to upgrade torch to at least v2.6 in order to use the function
notebook-progress: ImportError: IProgress not found. Please update jupyter and ipywidgets.
tensorboard-empty: I use SummaryWriter in pytorch but TensorBoard is empty
detectron-dataset: KeyError: "Dataset 'my_train' is not registered! Available datasets are: coco_2014"
image-extension: UserWarning: Failed to load image Python extension: libtorch_cuda_cu.so
image-extension: RuntimeError: No such operator image::read_file
class-order: The labels of my ImageFolder dataset are in the wrong order, folder 7 gets label 61
mask-values: after resize my segmentation mask has other values than the classes of the dataset
no-file: open file failed because of errno 2 on fopen: No such file or directory, file path: C:/x
slow-loading: With 8 workers the first batch is slow and then seven are fast, again and again, in my training
triton-missing: torch.compile on my laptop: ModuleNotFoundError: No module named 'triton.ops'
triton-missing: backend='inductor' raised: ImportError: cannot import name 'get_cuda' from 'triton'
c-compiler: torch._inductor.exc.InductorError: RuntimeError: Compiler: cl is not found.
c-compiler: triton main.c:5:10: fatal error: Python.h: No such file or directory
torch-symbol: ImportError: /env/site-packages/torch/lib/libtorch_cpu.so: undefined symbol: iJIT_Other
extension-symbol: ImportError: /env/site-packages/flash_attn_2.cpython.so: undefined symbol: _ZN3c104x
two-sources: ImportError: /env/site-packages/torchaudio/lib/libtorchaudio.so: undefined symbol: _ZN3c106ivalue
lightning-version: AttributeError: type object 'Trainer' has no attribute 'from_argparse_args'
lightning-version: Trainer.__init__() got an unexpected keyword argument 'resume_from_checkpoint'
lightning-metric: RuntimeError: Early stopping conditioned on metric `acc` which is not available. Pass in or
lightning-metric: ModelCheckpoint(monitor='f1') could not find the monitored key in the returned metrics
lightning-step: TypeError: test_step() takes 2 positional arguments but 3 were given
lightning-step: TypeError: validation_step() missing 1 required positional argument: 'dataloader_idx'
lightning-module: `val_dataloader` must be implemented to be used with the Lightning Trainer
tokenizer-batch: Asking to pad but the tokenizer does not have a padding token. Please select
jit-script: RuntimeError: Unknown builtin op: aten::frobnicate. Here are some suggestions: aten::isinf
jit-script: Variable 'y' previously had type Tensor but is now being assigned to a value of type int
jit-script: Expected a value of type 'List[Tensor]' for argument 'tensors' but instead found type 'Tensor'.
jit-trace: RuntimeError: Tracer cannot infer type of ImageList(tensors=[1, 2])
jit-trace: Encountering a dict at the output of the tracer might cause the trace to be incorrect
jit-trace: their usage is not recommended. Here, received an input of unsupported type: int
albumentations-input: albumentations: KeyError: 'You have to pass data to augmentations as named arguments
albumentations-input: A.Compose([ToTensorV2(), A.Blur()]) TypeError: Expected Ptr<cv::UMat> for argument 'img'
pair-transform: My input image and its segmentation mask get different random crops, why?
pair-transform: In my dataset only the image is rotated, the bounding boxes dont match
subset-transform: I set a transform on the Subset of random_split for training but it is not applied
sanitized-boxes: ValueError: Could not infer where the labels are in the sample. Try passing a callable
rendezvous: torch.distributed: Timed out after 61 seconds waiting for clients. 1/4 clients joined.
rendezvous: torch.distributed.init_process_group(rank=0, world_size=4) and then my whole script just hangs
rendezvous: c10d: The client socket has failed to connect to [node2]:29500 (errno: 110)
parallel-device: module must have its parameters and buffers on device cuda:2 (device_ids[0]) but found
download-failed: RuntimeError: The MD5 checksum of the download file data/x.tgz does not match
fastai-file: AttributeError: 'collections.OrderedDict' object has no attribute 'dls'
gym-interface: AssertionError: tensor([1]) (<class 'torch.Tensor'>) invalid
gym-interface: memory.append(env.reset()) ValueError: setting an array element with a sequence.
torchtext-field: BucketIterator(train, 8) AttributeError: 'tuple' object has no attribute 'sort_key'
tensorboard-input: UFuncNoLoopError: ufunc 'greater' did not contain a loop with signature matching types
detection-input: boxes = target["boxes"] IndexError: too many indices for tensor of dimension 0
loaded-differs: I load the best weights and test again. The accuracy differs now.
loaded-differs: Then I load the model in a second script. Its accuracy drops to 0.1%
resume-differs: When I restart model training after loading the last weights my losses jump up
resume-differs: The optimizer's state is not saved with the weights, is that a problem for my training?
schedule-resumed: When I resume my training, the learning rate is reset to 0.01 in the first epoch
schedule-resumed: There is a discontinuity in the lr after I resume with last_epoch=45
plateau-early: ReduceLROnPlateau lowers my rate every epoch even though the loss falls
embedding-collapse: My triplet loss simply converges to the margin
embedding-collapse: The siamese network gives the same embedding for all faces, the loss is constant
losses-disagree: BCELoss and BCEWithLogitsLoss give different values for the same scores
losses-disagree: I implemented cross entropy from scratch, but the values do not match F.cross_entropy
all-background: The prediction of my U-Net is completely black
all-background: No matter what I do, the predicted mask is always all zeros
gpu-not-faster: My small network takes longer on the GPU than on the CPU
gpu-not-faster: Why are CUDA tensors slower than numpy arrays here?
device-differs: On mps the same model converges to a loss of 8, on the cpu to 0.003
device-differs: The same model gives different results on cpu and gpu
gan-balance: With pix2pix Loss_D is zero and Loss_G is increasing
slower-steps: Is the training getting slower? Time 0.470, Time 0.663, Time 0.943
negative-loss: In my reproduction of the paper the loss has been negative from epoch 3 on
negative-loss: During training train loss < 0, is that normal?
negative-loss: loss = nn.NLLLoss()(a, target) prints tensor(-0.3150)
loss-grows: A simple linear regression diverges. epoch: 0 loss: 36.4 epoch: 1 loss: 43.9
loss-grows: 0 loss: 3.1 1 loss: 4.2 2 loss: 6.0 3 loss: 9.1 4 loss: 13.5 5 loss: 20.2 (torch.optim.SGD)
still-loss: train loss: 1.3862 train loss: 1.3861 train loss: 1.3863 train loss: 1.3862 train loss: 1.3862
overfitting: The training accuracy is reaching 100%, that is very unusual
eval-differs: Why does eval() in the validation raise the error rate?
accuracy-wrong: After many epochs the accuracy is remaining 0
nan-loss: After a hundred steps print(w) gives tensor([[nan]], requires_grad=True), the loss is squared
non-leaf-grad: x = torch.ones(10, requires_grad=True).cuda() y = x * 2 y.backward(g) print(x.grad) prints None
no-file: FileNotFoundError: No such file: '/data/scans/7.png'
gradients-add-up: When I leave out optimizer.zero_grad() in my loop, the accuracy gets worse with every epoch
gradients-add-up: I forgot to call zero_grad and the gradients explode after some epochs, why?
stuck-loss: On CIFAR100 the training loss is stuck at around 4.6 and the test accuracy stays at 1%
linear-features: matl and mat2 shapes cannot be multiplied (128x31 and 64x64)
inplace-changed: the new loop gives an "inplace operation error" in loss.backward()
overfitting: the total accuracy is increasing nicely, but my validation accuracy is decreasing
overfitting: While the loss is decreasing, the val_box_loss is increasing after epoch 5
conv-channels: RuntimeError: Given groups=1, weight of size [32, 4, 3, 3], expected input[2, 3, 1
label-dtype: TypeError: Expected Long but got Double
index-bounds: RuntimeError: index 7 is out of bounds for dim with size 3
two-sources: RuntimeError: Failed to register operator torchvision::deform_conv2d
crash: python ended: Process finished with exit code -1073741795 (0xC000001D)
still-loss: my val accuracy doesn't change for ten epochs when I train it
still-loss: The train loss gets suck at 0.69 from the first epoch on
still-loss: 训练时loss几乎不变
optimizer-state: When I resume from the checkpoint, the optimizer's param groups have different number of keys
too-few-to-draw: ValueError: Sample larger than population or is negative
too-few-to-draw: ValueError: Cannot take a larger sample than population when 'replace=False'
too-few-to-draw: IndexError: Cannot choose from an empty sequence
custom-backward: TypeError: unbound method backward() must be called with MyLoss instance
async-keyword: TypeError: cuda(): argument 'device' (position 1) must be torch.device, not bool
crash: python train.py: terminate called without an active exception, Aborted
crash: calling loss.backward() the python process stops without throwing any error
nccl: loading the checkpoint is stuck in load_state_dict, with multigpu only
loader-setting: ValueError: sampler attribute should not be set after DataLoader is initialized
inplace-changed: one of the variables needed for gradiant computation has been modified by an inplace
no-graph: RuntimeError: element 0 of tensors does not requires grad and does not have a grad_fn
cat-sizes: RuntimeError: zero-dimensional tensor(at position 2) cannot be concatinated
broadcast: RuntimeError: The size of tensor a (32) must match the size of tensor b
two-sources: RuntimeError: Detected that PyTorch and torchvision were compild with different CUDA
no-batches: My training does not even enter the loop over the dataloader
kl-divergence: The KLDivLoss of my network gives wrong values
loader-hangs: I iterate over the loader and it is stuck forever
loader-hangs: idx, batch = self.data_queue.get() self.not_empty.wait() KeyboardInterrupt
worker-died: My script crashes after an epoch when num_workers is 4
worker-died: ProcessExitedException: process 1 terminated with signal SIGKILL
newer-file: ValueError: invalid literal for int() with base 8: 'ZZZ'
optimizer-state: AttributeError: 'CosineAnnealingWarmRestarts' object has no attribute 'T_cur'
no-driver: NVIDIA: no NVIDIA devices found
not-a-tensor: TypeError: expected Variable as element 1 in argument 0, but got list
picture-mode: im._new(core.fill(mode, size, color)) TypeError: function takes exactly 1 argument (3 given)
mps-missing: RuntimeError: The MPS backend is supported on MacOS 14.0+. Current OS version can be queried
disk-full: RuntimeError: write(): fd 12 failed with Input/output error
no-file: RuntimeError: File out/epoch_3.pt cannot be opened.
mask-dtype: Expected object of scalar type Byte but got scalar type Bool for argument #2 'mask'
wrong-parameters: ValueError: optimizing a parameter that doesn't require gradients
weights-size: copying a param of (9, 4) from checkpoint,where the shape is (7, 4) in current model
weights-names: Unexpected running stats buffer(s) "n.mean" for Norm2d with track_running_stats=False.
matmul-dims: RuntimeError: invalid argument 6: expected 3D tensor at THTensorMath.cpp:1219
cuda-fork: RuntimeError: CUDA error (3): initialization error
loss-grows: While training, both of the loss and validation loss are increasing
picture-mode: OSError: conversion from RGBA to HSV not supported
picture-mode: ValueError: images do not match
view-size: ValueError: cannot reshape array of size 4096 into shape (32,32,3)
no-such-name: AttributeError: module 'torch' has no attribute '__version__'
two-devices: RuntimeError: Expected !pre_compute_input to be true, but got false.
no-kernel: RTX 5080 with CUDA capability sm_120 is not compatible
no-second-derivative: RuntimeError: derivative for aten::_flash_attention_backward is not implemented
einsum: RuntimeError: einsum() operands do not broadcast with remapped shapes [original->remapped]: [2, 5]
einsum: RuntimeError: size of dimension does not match previous size, operand 1, dim 0
grid-sample: RuntimeError: expected 4D or 5D input and grid with same number of dimensions, but got input with
scaler: AssertionError: Attempted unscale_ but _scale is None. This may indicate your script did not use
scaler: RuntimeError: step() has already been called since the last update().
model-download: torch.hub.load() says HTTPError: HTTP Error 403: rate limit exceeded
model-download: prefix = HASH_REGEX.search(filename).group(1) AttributeError: 'NoneType' object has no
gym-interface: state, reward, done, _ = env.step(action) ValueError: too many values to unpack (expected 4)
gym-interface: x = torch.from_numpy(state).float() TypeError: expected np.ndarray (got tuple)
not-deterministic: RuntimeError: cumsum_cuda_kernel does not have a deterministic implementation, but you set
not-deterministic: UserWarning: scatter_add_cuda_kernel does not have a deterministic implementation
not-installed: File "/packages/safetensors/torch.py", line 9 ModuleNotFoundError: No module named 'torch'
torchtext-field: AttributeError: module 'torchtext.data' has no attribute 'BucketIterator'
torchtext-field: ImportError: cannot import name 'LabelField' from 'torchtext.data'
torchtext-field: AttributeError: 'Field' object has no attribute 'vocab'
model-summary: torchsummary.py summary[m_key][1] = list(output.size()) AttributeError: 'dict' object has
onnx-operator: RuntimeError: Exporting the operator var to ONNX opset version 10 is not supported.
onnx-operator: torch.onnx.errors.UnsupportedOperatorError: Exporting the operator 'aten::l1_loss' to ONNX
optimizer-state: param_state = self.state[p] KeyError: Parameter containing: (0 ,0 ,.,.) = 0.12 0.34
tokenizer-batch: Unable to create tensor, you should probably activate truncation and/or padding with
sparse-gradients: RuntimeError: Adam does not support sparse gradients, please consider SparseAdam instead
autocast-setting: RuntimeError: User specified an unsupported autocast device_type 'cuda:0'
autocast-setting: RuntimeError: Current CUDA Device does not support bfloat16. Please switch dtype to float16.
whole-graph: torch._dynamo.exc.Unsupported: call_function BuiltinVariable(str)
schedule-setting: ValueError: optimizer must support momentum with `cycle_momentum` option enabled
scaler: AssertionError: No inf checks were recorded prior to update.
no-compiler: torch._dynamo.exc.BackendCompilerFailed: backend='inductor' raised: TypeError: bad operand
shadowed: File "/home/me/torch.py", line 2, in <module> import torch.nn ImportError: No module named nn
attention-width: assert embed_dim == embed_dim_to_check AssertionError
device-assert: NLLLoss2d.cu:107: block: [4,0,0], thread: [2,0,0] Assertion `input_index >= 0` failed.
no-second-derivative: RuntimeError: derivative for _thnn_fused_gru_cell_backward is not implemented
custom-backward: RuntimeError: CudnnRNN returned an invalid number of gradient tensors (expected 9, but got 3)
custom-backward: My own backward is never called in training, the gradient is that of autograd
optimizer-state: exp_avg.mul_(b) output with shape [32] doesn't match the broadcast shape [64, 32]
cannot-pickle: it says Can't pickle local object 'make_loader.<locals>.Images
cannot-pickle: EOFError: Ran out of input with num_workers=4
no-attribute: AttributeError: 'Tensor' object has no attribute 'T
newer-file: AttributeError: 'module' object has no attribute '_rebuild_tensor_v2'
loader-setting: ValueError: sampler should be an instance of torch.utils.data.Sampler
step-argument: TypeError: lr_lambda should be a function, but got float
call-arguments: TypeError: forward() takes exactly 2 arguments (65 given)
cuda-memory: RuntimeError: cuda runtime error (2) at THCStorage.cu:58
not-a-tensor: tried to construct a tensor from a int sequence, but found an item of type numpy.int16 at index
main-guard: num_workers > 0 does not work on Windows, with 0 the training runs
resume-differs: The loss diverges when resuming from the checkpoint
still-loss: I keep getting a train accuracy of 10.00% and nothing changes that
index-bounds: IndexError: index out of range for tensor of dimension 2
shape-in-place: RuntimeError: set_sizes_contiguous is not allowed on a Tensor created from .data or .detach().
too-many-indices: x[mask] says IndexError: too many indices for a tensor of dimension 1
not-a-tensor: TypeError: expected np.ndarray (got Tensor)
dataset-missing: RuntimeError: The archive ILSVRC2012_devkit_t12.tar.gz is not present in the root directory.
transform-setting: ow = int(self.size * w / h) TypeError: unsupported operand type(s) for /: 'list' and 'int'
no-forward: Should be overriden by all subclasses. ---> 65 raise NotImplementedError 66 NotImplementedError:
not-contiguous: RuntimeError: rnn: hx is not contiguous
not-contiguous: ValueError: Tensors must be contiguous
cuda-fork: self.storage._share_cuda_() RuntimeError: cuda runtime error (71) : operation not supported
cuda-fork: RuntimeError: cuda runtime error (3) initialization error at csrc/Storage.cpp:60
gpu-library: RuntimeError: Creating MTGP constants failed. at THCTensorRandom.cu:20
cuda-unavailable: torch.cuda.device_count() returns 0 on my laptop with a 3060
cuda-unavailable: It says no GPU found, although my 3060 is in the device manager
no-place: TypeError: argument must have 'write' attribute
no-place: AttributeError: expected 'f' to be string, path, or a file-like object with a 'write' attribute
two-devices: RuntimeError: expected backend CUDA and dtype Float but got backend CPU and dtype Float
two-dtypes: RuntimeError: expected backend CPU and dtype Float but got backend CPU and dtype Double
main-guard: On Windows my loader gives an error with more than 0 workers, people say it is spawn and not fork
gone-name: AttributeError: module 'torch.utils._pytree' has no attribute 'register_pytree_node'
two-sources: import torchvision fails: module 'torch.library' has no attribute 'register_fake'
memory-grows: Why does the GPU memory increase too as the epochs go on, memory always increasing?
slow-loading: At the start of each epoch my dataloader is stuck for half a minute
slow-loading: The GPU is waiting for the CPU most of the time while I train
eval-differs: With model.eval() the test accuracy is reduced a lot
eval-differs: I get different accuracies depending on the batch size of the test
not-reproducible: All seeds are set and still the results are random
not-reproducible: I fixed the random seeds of numpy and torch but each time I train the results are different
loader-hangs: After the first epoch a hang occurs and the workers are in a state of sleep
gan-balance: I train a GAN and all the images are the same digit
gan-balance: My discriminator is perfect but the generator is not learning
overfitting: The accuracy is high, about 0.97, but the val_accuracy is low, about 0.5
one-class: Why are the network outputs the same in the test mode?
slower-steps: The training speed decreases after a tenth of the batches
matmul-dims: RuntimeError: matrix and vector expected, got 2D, 2D at THTensorMath.cpp:87
gpu-library: RuntimeError: cuda runtime error (9) : invalid configuration argument at SpatialUpSampling.cu:63
driver-state: RuntimeError: Error 804: forward compatibility was attempted on non supported HW
two-devices: RuntimeError: binary_op(): expected both inputs to be on same device, but input a is on cuda:1
parallel-device: RuntimeError: all tensors must be on devices[0]
view-inplace: in-place operations can be only used on variables that don't share storage with any
no-graph: RuntimeError: element 0 of variables tuple is volatile
no-derivative: RuntimeError: the derivative for 'target' is not implemented
old-variable: TypeError: unsupported operand type(s) for *: 'torch.cuda.FloatTensor' and 'Variable'
values-and-indices: TypeError: unsupported operand type(s) for *: 'torch.return_types.sort' and 'int'
mask-dtype: RuntimeError: masked_select: expected BoolTensor for mask
transform-order: TypeError: Input img should be Tensor Image
transform-setting: TypeError: degrees should be a single number or a list/tuple with length 2.
bad-rate: if not 0.0 <= lr: TypeError: '<=' not supported between instances of 'float' and 'str'
optimizer-state: exp_avg, exp_avg_sq = state['exp_avg'], state['exp_avg_sq'] KeyError: 'exp_avg'
to-pil: KeyError: ((1, 1, 28), '|u1')
imread-none: cv2.error: OpenCV(4.2.0) error: (-215:Assertion failed) !ssize.empty() in function 'resize'
ctc-lengths: RuntimeError: Expected input_lengths to have value at most 9, but got value 12 (while checking
text-mode: my dataset: f.read() UnicodeDecodeError: 'ascii' codec can't decode byte 0xd8 in position 5
zero-division: avg = total_loss / len(loader) ZeroDivisionError: float division by zero
detection-input: ValueError: All bounding boxes should have positive height and width. Found invalid
detection-input: ValueError: In training mode, targets should be passed
gathered-scalars: UserWarning: Was asked to gather along dimension 0, but all input tensors were scalars; will
tensorboard-input: AssertionError: size of input tensor and input format are different. tensor shape: (4, 4)
rnn-hidden: RuntimeError: hidden has inconsistent hidden_size: got 12, expected 24
super-init: AttributeError: cannot assign buffer before Module.__init__() call
lazy-layer: ValueError: Attempting to use uninitialized parameter in <method 'detach' of Tensor objects>
download-failed: MNIST: EOFError: Compressed file ended before the end-of-stream marker was reached
none-attribute: TypeError: float() argument must be a string or a number, not 'NoneType'
one-number: TypeError: 'Tensor' object cannot be interpreted as an integer
driver-state: RuntimeError: cuda runtime error (999) : unknown error at /home/build/aten/src/THCGeneral.cpp:47
driver-state: RuntimeError: CUDA unknown error - this may be due to an incorrectly set up environment
index-bounds: RuntimeError: index out of range at /home/build/aten/src/TH/generic/THTensorMath.c:341
gather-shape: RuntimeError: invalid argument 3: Index tensor must have same dimensions as input tensor
numpy-two: x = torch.from_numpy(a) TypeError: expected np.ndarray (got numpy.ndarray)
two-devices: RuntimeError: get_device is not implemented for type torch.IntTensor
flag-non-leaf: RuntimeError: No grad accumulator for a saved leaf!
no-gradient-kept: RuntimeError: can't retain_grad on Variable that has requires_grad=False
no-checkpoint: RuntimeError: Expected hasRecord("version") to be true, but got false
old-model: out = model(x) AttributeError: 'GELU' object has no attribute 'approximate'
old-model: net = torch.load('net.pt') KeyError: 'track_running_stats'
weights-names: Missing key(s) in state_dict: "module.a.bias". Unexpected key(s) in state_dict: "module.b.bias"
complex-rate: value cannot be converted to type float without overflow: (-9e-08,-1e-11)
linear-features: mat1 and mat2 shapes cannot be multiplied (64\*20 and 80\*16)
main-guard: File "C:\py\spawn.py", line 236, in prepare _fixup_main_from_path(data['init_main_from_path'])
spatial-target: RuntimeError: Expected target of size [128, 10000], got [128]
still-loss: Why does the loss not go to zero even for 10 samples?
still-loss: Why does my network learn nothing when I initialize all weights to zero?
download-failed: torchvision MNIST download stuck at 0%
loss-jumps: My accuracy jumps between 30% and 80% between epochs
resume-differs: After loading the weights the loss starts from the beginning
memory-kept: My GPU memory is full but nvidia-smi shows no process
gpu-busy: RuntimeError: CUDA error: all CUDA-capable devices are busy or unavailable
two-dtypes: RuntimeError: expected mat1 and mat2 to have the same dtype, but got: float != c10::Half
two-dtypes: Why is my LSTM classifier receiving a Double instead of a Float?
two-devices: Why is my tensor not moved to the GPU by x.to(device)?
rnn-input: Why does my LSTM receive 2-dimensional input when it expects 3 dimensions?
label-dtype: Why is CrossEntropyLoss receiving a non-Long scalar type?
overfitting: My CNN reports 70% accuracy but only 6% on testing
overfitting: My model performs well on split test data but poorly on new data
memory-kept: Why is GPU memory occupied after PyTorch validation completes?
no-parameters: Why does my fully connected network have no parameters?
not-installed: Why is the PyTorch module not found in VSCode?
dimension-range: Why is a PyTorch dimension out of range?
eval-differs: Why does a PyTorch model underperform in evaluation mode?
one-class: Why is my autoencoder producing only one output image?
loss-jumps: Why does the training loss fail to stabilize?
still-loss: Why is my PyTorch model not training?
still-loss: The CNN is failing to converge
still-loss: Why is validation accuracy stagnant although I changed the layers?
not-reproducible: Why is PyTorch inference non-deterministic with model.eval()?
cuda-unavailable: Why is PyTorch not finding a GPU?
overfitting: Why is validation accuracy lower than model accuracy?
grad-none: Why are gradients missing for my custom convolutional layer?
cuda-memory: How to resolve PyTorch GPU memory errors?
loss-zero: I get test loss 0 and accuracy 1 and it is constant for all epochs
whole-number: TypeError: 'float' object cannot be interpreted as an integer
read-only-name: AttributeError: can't set attribute
read-only-name: AttributeError: property 'device' of 'Net' object has no setter
view-inplace: RuntimeError: Can't detach views in-place. Use detach() instead
two-devices: Attempted to set the storage of a tensor on device "cuda:0" to a storage on different device
two-sources: ImportError: dlopen: Symbol not found: _PyMapping_Check Referenced from torch/_C.so
numpy-two: ValueError: numpy.ndarray size changed, may indicate binary incompatibility.
to-pil: OSError: cannot write mode F as PNG
loss-only: The loss decreases but the accuracy doesn't change
slower-steps: Why is my training loop getting slower with each iteration?
port-differs: After converting from Keras to PyTorch my model doesn't reach the same accuracy
gan-balance: My GAN generator outputs only noise and the discriminator loss goes to zero
draw-range: Clipping input data to the valid range for imshow with RGB data ([0..1] for floats
draw-range: My images look weird after normalization, the colors are wrong when I plot them
draw-shape: How do I plot a tensor? imshow complains about the shape (3, 32, 32)
softmax-dimension: The output of my softmax does not sum to one
eval-differs: Dropout seems to be active during testing
loaded-differs: I saved my model and after loading it the accuracy is only 10%
eval-differs: When I test with a single image the prediction is wrong, the test accuracy was 98%
one-class: The F1 score is zero, the accuracy 90%
still-loss: After every epoch the accuracy is exactly 9.8%
still-loss: My custom loss function doesn't update the model
overfitting: My val_loss starts increasing after epoch 5 while train_loss keeps falling
negative-loss: My loss keeps getting more and more negative
negative-loss: Why is my NLLLoss negative?
nan-loss: All my predictions are NaN
no-graph: backward() fails because my loss doesn't have a grad_fn
main-memory: The Colab session crashes with all its RAM used when I load my dataset
slow-loading: Model and data are on cuda, but the GPU usage is 1%
arguments: TypeError: clamp(): argument 'min' must be Number, not Tensor
two-devices: RuntimeError: Input, output and indices must be on the current device
no-length: in __getitem__ raise NotImplementedError NotImplementedError
overfitting: My CNN reaches over 95% accuracy when it trains. But on the test set it drops below 40%
validation-better: The test accuracy always exceeds the training accuracy
slow-loading: Training hangs for a second at the beginning of each epoch
worker-seeds: Dataloader workers generate the same random augmentations
memory-kept: CUDA memory not being freed
memory-kept: GPU memory usage increases by 90% after torch.load
memory-grows: Adding up the losses makes the memory increase, why is it never released?
memory-grows: The GPU memory is not freed after each iteration
eval-differs: Validation and test results not the same for same data
nan-loss: Why does my pytorch NN return a tensor of nan?
cuda-fork: CUDA initialization error when DataLoader with CUDA tensor
result-cast: output with device cpu and dtype Float doesn't match the desired device cpu and dtype Double
accuracy-wrong: Why is the accuracy 0 all the time?
eval-differs: It trains well to 99%, but its predictions are wrong
loss-batch: RuntimeError: Assertion `THIndexTensor_(size)(target, 0) == batch_size' failed. at
class-weights: RuntimeError: Assertion `THTensor_(nElement)(weights) == n_classes' failed
too-many-indices: IndexError: trying to index 4 dimensions of a 3 dimensional tensor
cannot-pickle: cPickle.PicklingError: Can't pickle <type 'function'>: attribute lookup failed
loss-zero: The loss drops to 0 within two epochs
one-class: It always predicts class 464, whatever the picture shows
one-class: The predicted labels never change when I give it other images
loaded-differs: The weights load without an error, but the pictures it makes are noise
eval-differs: My test script gives only 12% accuracy with the same data
dict-not-model: AttributeError: 'dict' object has no attribute 'param_groups'
to-pil: TypeError: pic should be Tensor or ndarray. Got <class 'torch.FloatTensor'>
no-wheel: ERROR: No matching distribution found for pytorch==1.0.1
pad-values: AssertionError: 4D tensors expect 4 values for padding
loader-hangs: The program waits forever at the first batch when num_workers is 2, with 0 it runs
loader-hangs: My training is stuck at epoch 0, nothing happens and there is no error
loader-hangs: After the first epoch the script does not move on to the next one, no error message
loader-hangs: RuntimeError: DataLoader timed out after 30 seconds
internal-assert: RuntimeError: false INTERNAL ASSERT FAILED at "../c10/core/Scalar.cpp":42
crash: Process finished with exit code -1073741819 (0xC0000005)
crash: The kernel dies each time I import torch in my notebook
crash: python exits silently in loss.backward(), without any traceback
loss-grows: The accuracy suddenly drops to 10% after 30 epochs
loss-grows: Everything goes well, then the loss suddenly becomes very large at epoch 20
loss-jumps: The training loss goes up and down all the time, is that normal?
validation-better: Why is my validation loss lower than my training loss?
validation-better: The test accuracy is higher than training accuracy
resume-differs: When I resume training, the loss jumps back to where it began
not-reproducible: I run the same code twice and the accuracy is different
not-reproducible: All seeds are fixed, but the results are not deterministic
memory-grows: The GPU memory gets larger with every epoch until it crashes
memory-grows: The RAM is never released after a batch
all-background: The network predicts all zeros in a binary segmentation
one-class: Its outputs are the same for all inputs
gpu-not-faster: The training is slower on the GPU than on the CPU
slow-loading: The GPU is not fully utilized while it trains
still-loss: The network does not converge
still-loss: The accuracy is 50% for two classes, no better than random
still-loss: The gradients of the first layers vanish
eval-differs: It works in training but gives garbage at inference
two-sources: RuntimeError: No such operator torchvision::nms
two-sources: ImportError: dlopen(lib/_torch_sox.so, 2): Symbol not found: __ZN3c1011CPUTensorIdEv
index-dtype: TypeError: Performing basic indexing on a tensor and encountered an error indexing dim 0 with an
call-arguments: TypeError: backward() got an unexpected keyword argument 'retain_variables'
scheduler-end: ValueError: Tried to step 802 times. The total number of steps is 800
resize-dimensions: NotImplementedError: Got 3D input, but bilinear mode needs 4D input
pad-values: NotImplementedError: Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now
pandas-column: File "pandas/_libs/hashtable_class_helper.pxi" KeyError: 'Label'
pandas-row: File "pandas/_libs/hashtable_class_helper.pxi" KeyError: 117
collate: TypeError: default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists;
collate: TypeError: batch must contain tensors, numbers, dicts or lists; found <class 'PIL.Image.Image'>
library-missing: ImportError: DLL load failed while importing _C: The specified module could not be found.
no-such-name: AttributeError: module 'torch' has no attribute 'no_grad'
no-attribute: AttributeError: 'module' object has no attribute 'no_grad'
gone-name: ImportError: cannot import name 'PILLOW_VERSION' from 'PIL'
gone-name: ImportError: cannot import name 'InterpolationMode' from 'torchvision.transforms'
not-installed: ImportError: No module named torchvision.transforms
super-init: AttributeError: cannot assign module before Module.__init__() call
lightning-step: TypeError: validation_step() takes 3 positional arguments but 4 were given
none-attribute: TypeError: 'NoneType' object is not iterable
two-dtypes: RuntimeError: mat1 and mat2 must have the same dtype
two-dtypes: RuntimeError: mat1 and mat2 must have the same dtype, but got Double and Float
result-cast: RuntimeError: result type Float can't be cast to the desired output type Long
result-cast: RuntimeError: result type Float can't be cast to Long
target-float: RuntimeError: Found dtype Long but expected Float
operation-dtype: RuntimeError: "log_softmax_lastdim_kernel_impl" not implemented for 'Long'
operation-dtype: RuntimeError: "addmm_impl_cpu_" not implemented for 'Half'
label-dtype: RuntimeError: "nll_loss_out_frame" not implemented for 'Int'
multi-target: RuntimeError: 0D or 1D target tensor expected, multi-target not supported
loss-batch: ValueError: Expected input batch_size (12) to match target batch_size (64).
loss-batch: ValueError: Expected input batch_size (1) to match target batch_size (4).
spatial-target: ValueError: Expected target size (32, 7), got torch.Size([32])
spatial-target: RuntimeError: Expected target size [32, 7], got [32]
dimension-range: IndexError: dimension specified as 0 but tensor has no dimensions
zero-dim-index: IndexError: invalid index of a 0-dim tensor. Use `tensor.item()` in Python or
too-many-indices: IndexError: too many indices for tensor of dimension 1
index-dtype: IndexError: tensors used as indices must be long, byte or bool tensors
index-dtype: IndexError: tensors used as indices must be long, int, byte or bool tensors
batch-norm-dimensions: ValueError: expected 4D input (got 2D input)
batch-norm-one: ValueError: Expected more than 1 value per channel when training, got input size
batch-norm-features: RuntimeError: running_mean should contain 64 elements not 128
batch-norm-features: RuntimeError: Given normalized_shape=[512], expected input with shape [*, 512], but
rnn-input: RuntimeError: input must have 3 dimensions, got 2
rnn-input: RuntimeError: input.size(-1) must be equal to input_size. Expected 28, got 1
rnn-hidden: RuntimeError: Expected hidden[0] size (2, 20, 256), got (2, 50, 256)
rnn-hidden: RuntimeError: Expected hidden size (1, 1, 128), got [1, 64, 128]
embedding-range: IndexError: index out of range in self
attention-heads: AssertionError: embed_dim must be divisible by num_heads
gpu-library: RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`
gpu-library: RuntimeError: CUDNN_STATUS_INTERNAL_ERROR
illegal-access: RuntimeError: CUDA error: an illegal memory access was encountered
no-driver: AssertionError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA
no-driver: RuntimeError: The NVIDIA driver on your system is too old (found version 10010). Please update
device-number: RuntimeError: CUDA error: invalid device ordinal
device-number: AssertionError: Invalid device id
cuda-memory: RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 7.93 GiB total
cuda-fork: RuntimeError: Cannot re-initialize CUDA in forked subprocess. To use CUDA with
main-guard: RuntimeError: An attempt has been made to start a new process before the current process has
worker-died: RuntimeError: DataLoader worker (pid(s) 15876, 2756) exited unexpectedly
worker-died: RuntimeError: DataLoader worker (pid 4499) is killed by signal: Killed.
shared-memory: OSError: [Errno 24] Too many open files
pickled-class: AttributeError: Can't get attribute 'MyDataset' on <module '__main__' (built-in)>
pickled-class: AttributeError: Can't get attribute 'Net' on <module '__main__' from 'predict.py'>
weights-only: _pickle.UnpicklingError: Weights only load failed. Re-running `torch.load` with
no-checkpoint: RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central
no-checkpoint: EOFError: Ran out of input
newer-file: RuntimeError: version_ <= kMaxSupportedFileFormatVersion INTERNAL ASSERT FAILED at
no-file: FileNotFoundError: [Errno 2] No such file or directory: 'model.pth'
no-file: RuntimeError: Parent directory ./checkpoints does not exist.
dict-not-model: TypeError: 'collections.OrderedDict' object is not callable
dict-not-model: AttributeError: 'dict' object has no attribute 'eval'
no-attribute: AttributeError: 'Net' object has no attribute 'copy'
wrong-parameters: TypeError: optimizer can only optimize Tensors, but one of the params is list
non-leaf-parameter: ValueError: can't optimize a non-leaf Tensor
bad-rate: ValueError: Invalid learning rate: -0.1
optimizer-state: ValueError: loaded state dict has a different number of parameter groups
step-argument: TypeError: step() missing 1 required positional argument: 'closure'
step-argument: TypeError: step() missing 1 required positional argument: 'metrics'
scaler: AssertionError: No inf checks were recorded for this optimizer.
scaler: RuntimeError: unscale_() has already been called on this optimizer since the last update().
no-length: ValueError: num_samples should be a positive integer value, but got num_samples=0
unpack: ValueError: too many values to unpack (expected 2)
unpack: ValueError: not enough values to unpack (expected 2, got 1)
not-subscriptable: TypeError: 'DataLoader' object is not subscriptable
not-subscriptable: TypeError: 'DataLoader' object does not support indexing
split-lengths: ValueError: Sum of input lengths does not equal the length of the input dataset!
sampler-shuffle: ValueError: sampler option is mutually exclusive with shuffle
dataset-missing: RuntimeError: Dataset not found. You can use download=True to download it
class-folders: FileNotFoundError: Couldn't find any class folder in ./data/train.
class-folders: RuntimeError: Found 0 files in subfolders of: ./data/train Supported extensions are:
download-failed: urllib.error.URLError: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED] certificate
dataset-missing: RuntimeError: File not found or corrupted.
broken-picture: PIL.UnidentifiedImageError: cannot identify image file <_io.BytesIO object at 0x7f>
broken-picture: OSError: image file is truncated (150 bytes not processed)
transform-order: TypeError: img should be PIL Image. Got <class 'numpy.ndarray'>
to-tensor: ValueError: pic should be 2/3 dimensional. Got 4 dimensions.
transform-order: TypeError: tensor is not a torch image.
wrong-object: AttributeError: 'Image' object has no attribute 'shape'
crop-size: ValueError: Required crop size (224, 224) is larger then input image size (180, 240)
draw-shape: TypeError: Invalid shape (1, 28, 28) for image data
draw-shape: TypeError: Invalid dimensions for image data
output-shape: RuntimeError: output with shape [1, 28, 28] doesn't match the broadcast shape [3, 28, 28]
negative-stride: ValueError: At least one stride in the given numpy array is negative, and tensors with
object-array: TypeError: can't convert np.ndarray of type numpy.object_. The only supported types are:
object-array: TypeError: can't convert np.ndarray of type numpy.uint16. The only supported types are:
not-a-tensor: TypeError: conv2d(): argument 'input' (position 1) must be Tensor, not numpy.ndarray
not-a-tensor: TypeError: linear(): argument 'input' (position 1) must be Tensor, not tuple
one-number: TypeError: only integer tensors of a single element can be converted to an index
ambiguous-truth: RuntimeError: Boolean value of Tensor with no values is ambiguous
ambiguous-truth: RuntimeError: Boolean value of Tensor with more than one value is ambiguous
arguments: TypeError: zeros() received an invalid combination of arguments - got (int, torch.Size), but
arguments: TypeError: empty() received an invalid combination of arguments - got (tuple, dtype=NoneType,
wrong-object: AttributeError: 'numpy.ndarray' object has no attribute 'to'
not-scalar: RuntimeError: grad can be implicitly created only for scalar outputs
no-graph: RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn
leaf-inplace: RuntimeError: leaf variable has been moved into the graph interior
integer-grad: RuntimeError: Only Tensors of floating point and complex dtype can require gradients
integer-grad: RuntimeError: Only Tensors of floating point dtype can require gradients
nan-backward: RuntimeError: Function 'MulBackward0' returned nan values in its 0th output.
loss-module: AttributeError: 'CrossEntropyLoss' object has no attribute 'backward'
cuda-memory: RuntimeError: CUDA out of the memory. Tried to allocate 360.00 MiB
broadcast: RuntimeError: invalid argument 3: sizes do not match at /pytorch/torch/lib/THC/generated/../
broadcast: RuntimeError: inconsistent tensor size, expected r_ [1 x 64], t [1 x 64] and src [64] to have
conv-dimensions: Need input of dimension 4 and input.size[1] == 3 but got input to be of shape: [3 x 32 x 32]
conv-channels: Need input of dimension 4 and input.size[1] == 3 but got input to be of shape: [8 x 1 x 28 x 9]
embedding-range: weight, input, padding_idx, scale_grad_by_freq, sparse) RuntimeError: index out of range at
call-arguments: img = t(img) TypeError: object() takes no parameters
not-called: w, h = img.size in transforms.py TypeError: 'builtin_function_or_method' object is not iterable
operation-dtype: RuntimeError: Subtraction, the `-` operator, with a bool tensor is not supported. If you are
old-form: UserWarning: masked_fill_ received a mask with dtype torch.uint8, this behavior is now deprecated
rnn-evaluation: RuntimeError: cudnn RNN backward can only be called in training mode
distribution-values: Normal(loc: torch.Size([8])) to satisfy the constraint Real(), but found invalid values
no-checkpoint: cPickle.UnpicklingError: could not find MARK
worker-error: RuntimeError: Caught RuntimeError in replica 0 on device 0.
no-forward: NotImplementedError: Module [ModuleList] is missing the required "forward" function
not-a-module: TypeError: torch.FloatTensor is not a Module subclass
not-a-module: TypeError: torch.nn.functional.relu is not a Module subclass
call-arguments: TypeError: __init__() takes 1 positional argument but 2 were given
not-callable: TypeError: 'module' object is not callable
not-callable: TypeError: 'torch.Size' object is not callable
class-weights: RuntimeError: weight tensor should be defined either for all 10 classes or no classes but
class-weights: RuntimeError: weight tensor should be defined either for all or no classes at
label-range: IndexError: Target 10 is out of bounds.
label-range: IndexError: Target -1 is out of bounds.
probability-range: RuntimeError: all elements of input should be between 0 and 1
softmax-dimension: UserWarning: Implicit dimension choice for softmax has been deprecated. Change the
scheduler-order: UserWarning: Detected call of `lr_scheduler.step()` before `optimizer.step()`. In
copy-warning: UserWarning: To copy construct from a tensor, it is recommended to use
no-wheel: ERROR: Could not find a version that satisfies the requirement torch==1.5.0+cu101 (from
numpy-two: A module that was compiled using NumPy 1.x cannot be run in NumPy 2.0.2 as it may crash.
numpy-two: RuntimeError: Numpy is not available
shadowed: AttributeError: partially initialized module 'torch' has no attribute 'nn' (most likely due to
shadowed: ImportError: cannot import name 'nn' from partially initialized module 'torch' (most likely due
mps-missing: TypeError: Cannot convert a MPS Tensor to float64 dtype as the MPS framework doesn't support
stack-sizes: RuntimeError: stack expects each tensor to be equal size, but got [3, 224, 224] at entry 0
stack-sizes: RuntimeError: each element in list of batch should be of equal size
cat-sizes: RuntimeError: Sizes of tensors must match except in dimension 1. Expected size 64 but got size
cat-sizes: RuntimeError: zero-dimensional tensor (at position 0) cannot be concatenated
view-size: RuntimeError: shape '[64, 784]' is invalid for input of size 47040
view-size: RuntimeError: shape '[-1, 400]' is invalid for input of size 384
view-stride: RuntimeError: view size is not compatible with input tensor's size and stride (at least one
matmul-dims: RuntimeError: batch1 must be a 3D tensor
ragged-list: ValueError: expected sequence of length 5 at dim 1 (got 3)
topk-range: RuntimeError: selected index k out of range
meta-copy: NotImplementedError: Cannot copy out of meta tensor; no data!
worker-error: RuntimeError: Caught RuntimeError in DataLoader worker process 0.
worker-error: TypeError: Caught TypeError in DataLoader worker process 0.
index-bounds: IndexError: index 3 is out of bounds for dimension 0 with size 3
weights-names: KeyError: 'unexpected key "state_dict" in state_dict'
weights-names: KeyError: 'unexpected key "conv_refin.weight" in state_dict'
two-sources: NotImplementedError: Could not run 'torchvision::nms' with arguments from the 'CUDA' backend.
packed-lengths: RuntimeError: 'lengths' argument should be a 1D CPU int64 tensor
packed-lengths: RuntimeError: 'lengths' argument should be a 1D CPU int64 tensor, but got 1D cuda:0 Long
two-devices: RuntimeError: Input and parameter tensors are not at the same device, found input tensor at
normalize-input: ValueError: Expected tensor to be a tensor image of size (C, H, W). Got tensor.size() =
normalize-input: ValueError: std evaluated to zero after conversion to torch.uint8, leading to division
numpy-device: TypeError: can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the
not-installed: ModuleNotFoundError: No module named 'sklearn'
disk-full: ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device
ragged-list: ValueError: setting an array element with a sequence. The requested array has an
main-memory: numpy.core._exceptions.MemoryError: Unable to allocate 14.1 GiB for an array with shape
no-compiler: RuntimeError: Python 3.12+ not yet supported for torch.compile
no-compiler: RuntimeError: Windows not yet supported for torch.compile
process-group: RuntimeError: Default process group has not been initialized, please make sure to call
port-taken: RuntimeError: Address already in use
gpu-library: RuntimeError: CUDA error: invalid configuration argument
many-workers: UserWarning: This DataLoader will create 8 worker processes in total. Our suggested max
old-form: UserWarning: nn.init.xavier_uniform is now deprecated in favor of nn.init.xavier_uniform_.
old-form: UserWarning: volatile was removed and now has no effect. Use `with torch.no_grad():` instead.
rnn-dropout: UserWarning: dropout option adds dropout after all but last recurrent layer, so non-zero
slow-list: UserWarning: Creating a tensor from a list of numpy.ndarrays is extremely slow. Please
topk-range: RuntimeError: invalid argument 5: k not in range for dimension at
target-size: RuntimeError: input and target shapes do not match: input [64 x 10], target [64]
empty-list: RuntimeError: stack expects a non-empty TensorList
empty-list: RuntimeError: torch.cat(): expected a non-empty list of Tensors
dimension-range: RuntimeError: number of dims don't match in permute
empty-tensor: RuntimeError: max(): Expected reduction dim to be specified for input.numel() == 0. Specify
overflow: RuntimeError: Overflow when unpacking long
overflow: RuntimeError: value cannot be converted to type uint8_t without overflow
json-tensor: TypeError: Object of type Tensor is not JSON serializable
json-tensor: TypeError: Object of type float32 is not JSON serializable
zero-dim-loop: TypeError: iteration over a 0-d tensor
zero-dim-loop: TypeError: len() of a 0-d tensor
super-init: TypeError: super() takes at least 1 argument (0 given)
none-attribute: AttributeError: 'NoneType' object has no attribute 'data'
zero-dim-index: IndexError: invalid index to scalar variable.
tensor-key: KeyError: tensor(5)
instance-norm-one: ValueError: Expected more than 1 spatial element when training, got input size
shared-parameters: ValueError: some parameters appear in more than one parameter group
to-tensor: ValueError: pic should not have > 4 channels. Got 28 channels.
library-missing: OSError: [WinError 193] %1 is not a valid Win32 application
wrong-path: PermissionError: [Errno 13] Permission denied: './data/MNIST'
wrong-path: IsADirectoryError: [Errno 21] Is a directory: 'models/'
split-lengths: AssertionError: Size mismatch between tensors
inference-tensor: RuntimeError: Cannot set version_counter for inference tensor
flag-non-leaf: RuntimeError: you can only change requires_grad flags of leaf variables.
load-without-cuda: RuntimeError: don't know how to restore data location of torch.FloatStorage (tagged
no-gpu-notice: UserWarning: 'pin_memory' argument is set as true but no accelerator is found, then device
own-notice: UserWarning: Named tensors and all their associated APIs are an experimental feature
numpy-device: RuntimeError: numpy conversion for FloatTensor is not supported
not-installed: VS Code can't import PyTorch, but it works in the terminal
target-float: TypeError: FloatBCECriterion_updateOutput received an invalid combination of arguments - got
weights-size: RuntimeError: Error(s) in loading state_dict for DataParallel: size mismatch for module.up
driver-state: THCudaCheck FAIL file=/opt/pytorch/aten/src/THC/THCGeneral.c line=70 error=30 : unknown error
read-only-array: UserWarning: The given NumPy array is not writable, and PyTorch does not support non-writable
layer-setting: RuntimeError: non-positive stride is not supported
layer-setting: RuntimeError: pad should be at most half of kernel size, but got pad=2 and kernel_size=2
loader-setting: ValueError: prefetch_factor option could only be specified in multiprocessing.let num_workers
attention-mask: AssertionError: expecting key_padding_mask shape of (32, 10), but got torch.Size([10, 32])
attention-mask: RuntimeError: The shape of the 2D attn_mask is torch.Size([10, 10]), but should be (20, 20).
never-set: UnboundLocalError: local variable 'loss' referenced before assignment
list-by-name: TypeError: list indices must be integers or slices, not Tensor
to-pil: TypeError: Input type float64 is not supported
matmul-dims: RuntimeError: Expected tensor to have size 400 at dimension 1, but got size 4 for argument #2
paging-file: ImportError: DLL load failed: 页面文件太小
custom-backward: RuntimeError: You must implement the backward function for custom autograd.Function.
cuda-unavailable: I installed PyTorch and torch.cuda.is_available() returns False, nvidia-smi shows the card.
cuda-unavailable: pytorch does not detect my gpu, what can I do?
one-class: My model always predicts the same class, whatever the picture is.
one-class: the cnn outputs the same value for every input after training
still-loss: My loss is not decreasing at all, I tried several learning rates.
still-loss: val accuracy doesn't change, it is stuck at 10% since the first epoch
overfitting: The training accuracy reaches 99% but the validation accuracy stays at 60%.
overfitting: My validation accuracy is lower than the training accuracy, is that overfitting?
loss-grows: The loss explodes after a few steps
negative-loss: Why is my loss negative?
not-reproducible: I get different results every run although I set a seed
one-class: The model predicts class 600 for every image that I give it.
eval-differs: A single image and a batch of the same image give a different output.
still-loss: The training loss does not decrease and the test accuracy is always 0.5
eval-differs: model.eval() gives much worse accuracy than model.train()
memory-grows: GPU memory keeps increasing after every epoch
no-graph: RuntimeError: element 0 of tensors does not require grad
no-graph: With loss.requires_grad = True it runs without an error, but the loss does not change at all
weights-only: to learn more about types accepted by default with weights_only https://pytorch.org
weights-only: Since I upgraded PyTorch to 2.6 torch.load fails for my own checkpoint
weights-only: Resuming my training gives an UnpicklingError, they say the default of weights_only has changed
memory-kept: After the training is done the GPU memory is still occupied, even after del model
memory-kept: I stopped the script with ctrl+c, but nvidia-smi still shows the GPU memory being used
no-parameters: The layers that I put into a python list are not in model.parameters()
rnn-chunk: UserWarning: RNN module weights are not part of single contiguous chunk of memory
weights-size: 'fc.weight' has shape (90, 512) in the checkpoint but (3, 512) in the model! Skipped.
linear-features: RuntimeError: size mismatch at /pytorch/aten/src/THC/generic/THCTensorMathBlas.cu:249
grad-none: After backward the gradient of my parameter is None
slow-loading: training is very slow and the GPU utilization is low
missing-key: KeyError: 5213
missing-key: KeyError: 'conv1.weight'
missing-key: My custom dataset stops with KeyError: 'label' in __getitem__, what is wrong?
missing-key: KeyError: (12, 40)
launch-arguments: KeyError: 'LOCAL_RANK'
list-range: IndexError: list index out of range
nccl: RuntimeError: NCCL error in: ../torch/csrc/distributed/c10d/ProcessGroupNCCL.cpp:1269, unhandled cuda
nccl: With DistributedDataParallel on two cards my script hangs, on one card it runs
nccl: [E ProcessGroupNCCL.cpp] Watchdog caught collective operation timeout: WorkNCCL(OpType=ALLREDUCE)
numpy-two: RuntimeError: Could not infer dtype of numpy.float32
two-sources: an import error, it says something of the symbol `_ZN6caffe26detail36_typeMetaData_7E`
no-compiler: torch._dynamo.exc.BackendCompilerFailed: backend='inductor' raised: CalledProcessError
weights-names: unexpected key in source state_dict: fc.weight, fc.bias
scheduler-order: UserWarning: Seems like `optimizer.step()` has been overridden after learning rate scheduler
linear-features: mat1 and mat2 shapes cannot be multiplied
eval-differs: The network predicts different labels for the same input
loaded-differs: I get different predictions of the trained model every time the kernel is restarted
eval-differs: each time I run the inference of the pretrained model its output gets changed
loss-grows: The accuracy of my model drops drastically after epoch 30
loss-grows: the loss goes down nicely for a while, but then it goes back up
still-loss: I cannot get the numbers of the paper, the loss is not decreasing in any epoch
still-loss: 我的loss一直维持在0.69左右，请问哪里有问题
slow-loading: The DataLoader is extremely slow on Windows with num_workers=4
slow-loading: GPU usage is 0% while the CPU is at 100%, although the model was moved to CUDA
json-tensor: TypeError: tensor(0.52) has type <class 'torch.Tensor'>, but expected one of: numbers.Real
dimension-range: RuntimeError: invalid argument 4: dim out of range (got -1, but input has 3 dims)
pickled-class: torch.load fails here: ImportError: No module named models
pickled-class: net = torch.load(path) says TypeError: <module '__main__'> is a built-in class
still-loss: The loss hovers around 1.09 for the whole training
still-loss: The weights stay the same after each optimizer step
still-loss: My autoencoder won't train
still-loss: The output of the net is equal before and after the optimizer has updated it
still-loss: I can't even overfit a single batch, the loss stays high
one-class: All predictions are class 3
one-class: Every picture of the test gets classified as a cat
one-class: The network just predicts the majority class
one-class: In the evaluation only the class 0 is predicted
loss-zero: The training loss becomes 0 right away
overfitting: My network memorizes the training set
overfitting: The model does not generalize to new pictures
overfitting: Over 90 in accuracy on training and just 70 on the test set, is it over fitting?
eval-differs: The results change each time I call the model on one and the same image
not-reproducible: I set torch.manual_seed(0) and still get other results
grad-none: Why is weight.grad None?
memory-grows: The process gets killed after 3 epochs because the RAM is full
resume-differs: I started from the last checkpoint, and the loss is as large as the initial one
slow-loading: One epoch takes 40 minutes
slow-loading: Data loading is the bottleneck
loader-hangs: The loop over the dataloader never starts
cuda-unavailable: PyTorch can't see the graphics card
cuda-memory: I run out of GPU memory with a batch of 64
two-devices: It says that model and input are on different devices
crash: Python crashes without any message in loss.backward()
not-installed: I installed it with pip, but import torch says no module of that name
lightning-module: MisconfigurationException: No `test_dataloader()` method defined to run `Trainer.test`.
lightning-module: MisconfigurationException: when `training_step` returns a dict, the 'loss' key needs to be
lightning-version: lightning: TypeError: __init__() got an unexpected keyword argument 'gpus' in Trainer
jit-script: torch.jit.frontend.NotSupportedError: Comprehension ifs not supported yet
jit-script: RuntimeError: PyTorch JIT: Could not export Python function call 'SwishImplementation'.
old-form: UserWarning: NLLLoss2d has been deprecated. Please use NLLLoss instead as a drop-in replacement
old-form: UserWarning: Default upsampling behavior when mode=bilinear is changed to align_corners=False
object-array: RuntimeError: can't convert a given np.ndarray to a tensor - it has an invalid type.
eval-differs: When I set eval() the network performs very poorly
eval-differs: The evaluation result is far from the one in training
rate-unchanged: The scheduler has no effect on my learning rate
rate-unchanged: My learning rate stays the same in every epoch, although I made a StepLR
async-keyword: x = x.cuda(async=True) SyntaxError: invalid syntax
async-keyword: TypeError: cuda() got an unexpected keyword argument 'async'
cuda-memory: Tried to allocate 20.00 MiB (GPU 0; 1.96 GiB total capacity; 1.24 GiB already allocated)
one-class: The regression network learns a constant function, one output for all inputs
still-loss: With the scheduler the loss doesn't come down any more
not-reproducible: The seed is fixed, but the result changes slightly
not-reproducible: The results of each experiment are different, is that the seed?
not-a-tensor: nn.LSTM returns a tuple, and nn.Sequential gives an error there
child-failed: torch.distributed.elastic.multiprocessing.errors.ChildFailedError: train.py FAILED
disk-full: RuntimeError: [enforce fail at inline_container.cc:274] . unexpected pos 64 vs 0
batch-counters: KeyError: 'unexpected key "enc_2.bn.num_batches_tracked" in state_dict'
batch-counters: Unexpected key(s) in state_dict: "module.bn.num_batches_tracked".
weights-names: Unexpected key(s) in state_dict: "bn.num_batches_tracked", "fc.weight".
shared-library: OSError: libcudart.so.10.1: cannot open shared object file: No such file or directory
shared-library: ImportError: libtorch_cuda_cpp.so: cannot open shared object file: No such file
tensorboard-tensorflow: SummaryWriter(log) AttributeError: module 'tensorflow' has no attribute 'io'
tensorflow-writer: AttributeError: module 'tensorflow._api.v2.summary' has no attribute 'FileWriter'
tensorboard-missing: ImportError: TensorBoard logging requires TensorBoard version 1.15 or above
iterator-empty: X, y = next(train_iter) StopIteration
replica-parameters: Caught StopIteration in replica 0 on device 0. m.to(next(self.parameters()).dtype)
main-guard: On Windows everything at the top of my script is printed again by every worker (num_workers=4)
memory-grows: The CPU memory of the DataLoader workers increases each iteration until the machine freezes
hdf5-workers: TypeError: h5py objects cannot be pickled
hdf5-workers: KeyError: 'Unable to open object (bad symbol table node signature)'
hdf5-workers: OSError: Can't read data (wrong B-tree signature) in my Dataset with num_workers=8
lightning-version: ModelCheckpoint.__init__() got an unexpected keyword argument 'every_n_epochs'
lightning-version: MisconfigurationException: Invalid type provided for checkpoint_callback: Expected bool
subset-transform: After random_split I set train_set.transform, but there is no change in train_set[0]
c-compiler: BackendCompilerFailed: CalledProcessError: Command '['/bin/gcc', '-lcuda']' returned exit status 1
"""

TRACEBACKS: Final = (
    (
        "label-range",
        "net.py, line 41",
        r"""Epoch 1:   0%|          | 0/938 [00:00<?, ?it/s]
Traceback (most recent call last):
  File "C:\Users\Lena\Desktop\uni\ex3\main.py", line 64, in <module>
    trainer.fit(model, train_loader, val_loader)
  File "C:\Users\Lena\anaconda3\envs\dl\lib\site-packages\pytorch_lightning\trainer\trainer.py", line 531,
in fit
    call._call_and_handle_interrupt(
  File
"C:\Users\Lena\anaconda3\envs\dl\lib\site-packages\pytorch_lightning\loops\optimization\automatic.py", line
318, in _training_step
    training_step_output = call._call_strategy_hook(trainer, "training_step", *kwargs.values())
  File "C:\Users\Lena\Desktop\uni\ex3\net.py", line 41, in training_step
    loss = F.cross_entropy(self(x), y)
  File "C:\Users\Lena\anaconda3\envs\dl\lib\site-packages\torch\nn\functional.py", line 3029, in
cross_entropy
    return torch._C._nn.cross_entropy_loss(input, target, weight, _Reduction.get_enum(reduction),
ignore_index, label_smoothing)
IndexError: Target 37 is out of bounds.
""",
    ),
    (
        "collate",
        "",
        r"""TypeError: Caught TypeError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "/opt/conda/lib/python3.7/site-packages/fastai/torch_core.py", line 127, in data_collate
    return torch.utils.data.dataloader.default_collate(to_data(batch))
  File "/opt/conda/lib/python3.7/site-packages/torch/utils/data/_utils/collate.py", line 84, in
default_collate
    return [default_collate(samples) for samples in transposed]
TypeError: default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found <class
'fastai.vision.image.Image'>
""",
    ),
    (
        "stack-sizes",
        "",
        r"""---------------------------------------------------------------------------
RuntimeError                              Traceback (most recent call last)
/tmp/ipykernel_17/2847562.py in <module>
      1 learn = cnn_learner(dls, resnet34, metrics=error_rate)
----> 2 learn.fine_tune(1)

/opt/conda/lib/python3.7/site-packages/fastai/callback/schedule.py in fine_tune(self, epochs, base_lr)
    159     "Fine tune with `freeze` for `freeze_epochs` then with `unfreeze`"
--> 161     self.fit_one_cycle(freeze_epochs, slice(base_lr), pct_start=0.99, **kwargs)

/opt/conda/lib/python3.7/site-packages/torch/_utils.py in reraise(self)
    433             # instantiate since we don't know how to
--> 434         raise exception

RuntimeError: Caught RuntimeError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "/opt/conda/lib/python3.7/site-packages/fastai/data/load.py", line 29, in _fn_noops
RuntimeError: Error when trying to collate the data into batches with fa_collate, at least two tensors in
the batch are not the same size.

Mismatch found on axis 0 of the batch and is of type `TensorImage`:
	Item at index 0 has shape: torch.Size([3, 500, 375])
	Item at index 1 has shape: torch.Size([3, 333, 500])

Please include a transform in `after_item` that ensures all data of type TensorImage is the same size
""",
    ),
    (
        "linear-features",
        "Cell [23]",
        r"""RuntimeError                              Traceback (most recent call last)
Cell In[23], line 1
----> 1 model.fit(
      2     X_train,
      3     y_train)

File ~/mambaforge/lib/python3.10/site-packages/mambular/models/sklearn_base_classifier.py:382, in
SklearnBaseClassifier.fit(self, X, y)
    380     **trainer_kwargs
    381 )
--> 382 self.trainer.fit(self.task_model, self.data_module)

File ~/mambaforge/lib/python3.10/site-packages/torch/nn/modules/linear.py:117, in Linear.forward(self,
input)
    116 def forward(self, input: Tensor) -> Tensor:
--> 117     return F.linear(input, self.weight, self.bias)

RuntimeError: mat1 and mat2 shapes cannot be multiplied (128x14 and 27x256)
""",
    ),
    (
        "no-file",
        "train.py, line 20",
        r"""Traceback (most recent call last):
  File "train.py", line 20, in <module>
    model.load_state_dict(torch.load('weights/best.pt'))
  File "/usr/local/lib/python3.8/dist-packages/torch/serialization.py", line 594, in load
    with _open_file_like(f, 'rb') as opened_file:
FileNotFoundError: [Errno 2] No such file or directory: 'weights/best.pt'
""",
    ),
    (
        "second-backward",
        "train_gan.py, line 112",
        r"""[34m[1mtrain: [0mScanning labels...
Traceback (most recent call last):
  File "/content/drive/MyDrive/gan/train_gan.py", line 112, in train
    d_loss.backward()
  File "/usr/local/lib/python3.10/dist-packages/torch/_tensor.py", line 487, in backward
    torch.autograd.backward(
  File "/usr/local/lib/python3.10/dist-packages/torch/autograd/__init__.py", line 200, in backward
    Variable._execution_engine.run_backward(  # Calls into the C++ engine to run the backward pass
RuntimeError: Trying to backward through the graph a second time (or directly access saved tensors after
they have already been freed). Saved intermediate values of the graph are freed when you call .backward()
or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if
you need to access saved tensors after calling backward.
""",
    ),
    (
        "cuda-memory",
        "main.py, line 88",
        r"""Traceback (most recent call last):
  File "C:/Users/pc/PycharmProjects/pythonProject/main.py", line 88, in <module>
    outputs = model(inputs.to(device))
  File "C:\Users\pc\AppData\Local\Programs\Python\Python39\lib\site-packages\torch\nn\modules\module.py",
line 1110, in _call_impl
    return forward_call(*input, **kwargs)
RuntimeError: CUDA out of memory. Tried to allocate 98.00 MiB (GPU 0; 4.00 GiB total capacity; 3.30 GiB
already allocated; 0 bytes free; 3.41 GiB reserved in total by PyTorch) If reserved memory is >> allocated
memory try setting max_split_size_mb to avoid fragmentation.
""",
    ),
    (
        "inplace-changed",
        "gan.py, line 44",
        r"""
/usr/local/lib/python3.7/dist-packages/torch/autograd/__init__.py:147: UserWarning: Error detected in
AddmmBackward. Traceback of forward call that caused the error:
  File "gan.py", line 31, in step
    fake = D(G(z))
 (Triggered internally at  /pytorch/torch/csrc/autograd/python_anomaly_mode.cpp:104.)
  allow_unreachable=True, accumulate_grad=True)  # allow_unreachable flag
Traceback (most recent call last):
  File "gan.py", line 44, in <module>
    loss_G.backward()
RuntimeError: one of the variables needed for gradient computation has been modified by an inplace
operation: [torch.FloatTensor [128, 1]], which is output 0 of TBackward, is at version 3; expected version
2 instead. Hint: the backtrace further above shows the operation that failed to compute its gradient.
""",
    ),
    (
        "two-devices",
        "train.py, line 57",
        r"""
╭─────────────────────────────── Traceback (most recent call last) ────────────────────────────────╮
│ /home/sam/proj/train.py:57 in <module>                                                           │
│                                                                                                  │
│    54 for epoch in range(5):                                                                     │
│    55 │   for x, y in loader:                                                                    │
│    56 │   │   x = x.cuda()                                                                       │
│ ❱  57 │   │   loss = loss_fn(model(x), y)                                                        │
│                                                                                                  │
│ /home/sam/venv/lib/python3.11/site-packages/torch/nn/functional.py:3053 in cross_entropy          │
│                                                                                                  │
│ ❱ 3053 │   return torch._C._nn.cross_entropy_loss(input, target, weight, _Reduction.get_enum(red   │
╰──────────────────────────────────────────────────────────────────────────────────────────────────╯
RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and
cpu! (when checking argument for argument target in method wrapper_CUDA_nll_loss_forward)
""",
    ),
    (
        "wrong-object",
        "Cell [9], line 6, in train",
        r"""AttributeError                            Traceback (most recent call last)
<ipython-input-9-9cf0cf1b6fdc> in train(epoch)
      5     for batch_idx, (data, target) in enumerate(train_loader):
----> 6         data, target = data.to(device), target.to(device)
AttributeError: 'list' object has no attribute 'to'
""",
    ),
    (
        "no-attribute",
        "Cell [7], line 1",
        r"""AttributeError                            Traceback (most recent call last)
<ipython-input-7-3b> in <module>()
----> 1 images, labels = dataiter.next()
AttributeError: '_SingleProcessDataLoaderIter' object has no attribute 'next'
""",
    ),
    (
        "operation-dtype",
        "",
        r"""Hi all! my criterion complains, see the picture. y_pred is [32,1], torch 1.13.1 on Mac M1
    return F.softmax(input, self.dim, _stacklevel=5)
  File "/Users/k/miniforge3/lib/python3.9/site-packages/torch/nn/functional.py", line 1841, in softmax
    ret = input.softmax(dim)
RuntimeError: "softmax_lastdim_kernel_impl" not implemented for 'Long'
""",
    ),
    (
        "mps-missing",
        "",
        r"""
NotImplementedError: The operator 'aten::index.Tensor' is not current implemented for the MPS device. If
you want this op to be added in priority during the prototype phase of this feature, please comment on
https://github.com/pytorch/pytorch/issues/77764. As a temporary fix, you can set the environment variable
`PYTORCH_ENABLE_MPS_FALLBACK=1` to use the CPU as a fallback for this op.
""",
    ),
    (
        "main-guard",
        "",
        r"""    raise RuntimeError('''
RuntimeError:
        An attempt has been made to start a new process before the
        current process has finished its bootstrapping phase.

        This probably means that you are not using fork to start your
        child processes and you have forgotten to use the proper idiom
        in the main module:

            if __name__ == '__main__':
                freeze_support()
                ...
Traceback (most recent call last):
  File "D:\anaconda\lib\site-packages\torch\utils\data\dataloader.py", line 1011, in _try_get_data
    raise RuntimeError('DataLoader worker (pid(s) {}) exited unexpectedly'.format(pids_str)) from e
RuntimeError: DataLoader worker (pid(s) 8828) exited unexpectedly
""",
    ),
    (
        "cannot-pickle",
        "",
        r"""  File "C:\Users\a\Anaconda3\lib\multiprocessing\reduction.py", line 60, in dump
    ForkingPickler(file, protocol).dump(obj)
AttributeError: Can't pickle local object 'get_transform.<locals>.<lambda>'

Traceback (most recent call last):
  File "<string>", line 1, in <module>
  File "C:\Users\a\Anaconda3\lib\multiprocessing\spawn.py", line 115, in _main
    self = reduction.pickle.load(from_parent)
EOFError: Ran out of input
""",
    ),
    (
        "weights-only",
        "detect.py, line 12",
        r"""Traceback (most recent call last):
  File "detect.py", line 12, in <module>
    model = torch.load("yolov5s.pt", map_location="cpu")
_pickle.UnpicklingError: Weights only load failed. This file can still be loaded, to do so you have two
options, do those steps only if you trust the source of the checkpoint.
	(1) In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from
`False` to `True`.
	(2) Alternatively, to load with `weights_only=True` please check the recommended steps in the following
error message.
	WeightsUnpickler error: Unsupported global: GLOBAL models.yolo.DetectionModel was not an allowed global by
default. Please use `torch.serialization.add_safe_globals([DetectionModel])` to allowlist this global if
you trust this class/function.
""",
    ),
    (
        "pickled-class",
        "",
        r"""  File "/usr/lib/python3/dist-packages/torch/serialization.py", line 875, in find_class
    return super().find_class(mod_name, name)
ModuleNotFoundError: No module named 'models'
""",
    ),
    (
        "loss-batch",
        "",
        r"""ValueError                                Traceback (most recent call last)
 in
     22         output = model(data)
---> 23         loss = criterion(output, target)
~\Anaconda3\lib\site-packages\torch\nn\functional.py in nll_loss(input, target, weight, size_average,
ignore_index, reduce, reduction)
   2262         raise ValueError('Expected input batch_size ({}) to match target batch_size ({}).'
-> 2263                          .format(input.size(0), target.size(0)))
ValueError: Expected input batch_size (784) to match target batch_size (64).
""",
    ),
    (
        "nan-loss",
        "",
        r"""my network outputs nan after the first epoch
epoch 1 train loss: 3.412
epoch 2 train loss: nan
epoch 3 train loss: nan
""",
    ),
    (
        "stuck-loss",
        "",
        r"""I train a CNN on CIFAR10 and the loss does not decrease, it is stuck around 2.303:
Epoch 1 loss 2.3031
Epoch 2 loss 2.3029
Epoch 3 loss 2.3028
""",
    ),
)

UNKNOWN: Final = r"""
The accuracy is only shown every 10 epochs
I use double precision instead of float for better accuracy
How do I import PyTorch in a Jupyter notebook?
The dimension of the room is out of range for the camera
Which layer has no parameters, ReLU or Linear?
Why is my GPU not being used by TensorFlow?
How many images does a GAN need?
How do I convert a model from Keras to PyTorch?
How do I plot an image that is a tensor?
Is it normal that the loss decreases?
With ReLU instead of sigmoid the gradients vanish less
Does gradient clipping prevent exploding gradients?
Why do residual connections help against vanishing gradients?
The training of the new employees is slow this year
The GPU of the game server is idle at night
The doctor saw that the output was always completely black
The memory of the museum's graphics model was never released
The memory of that train ride grows with every batch of photographs
UnpicklingError after upgrading the game server
How do I overfit a single batch on purpose?
I do not understand the effect of the learning rate on Adam
async def main(): await asyncio.sleep(1) SyntaxError: invalid syntax
How do I know whether my model is overfitting?
How to set the seed for reproducible results?
How to use a scheduler so that the loss does not plateau?
How can I stop training when the accuracy does not change any more?
I want the learning rate to decrease when the loss is not improving, which scheduler does that?
How do I make the DataLoader run forever, starting over after the last batch?
How do I predict only the class with the highest score?
How many epochs are needed until the loss stops decreasing?
Would dropout help if a network memorizes its training data?
My bank account shows a different result each time I log in
The accuracy of a rifle drops drastically with the distance
The loss of weight stopped, and then it goes back up after the diet
Gold shot up and the loss of the fund increased
The printer hangs and nothing happens, the progress bar stays at 0%
I want to reproduce the results of the paper with another dataset
How do I restart the Jupyter kernel after each epoch of training?
KeyError in a Django template
KeyError: "None of [Index(['a'], dtype='object')] are in the [columns]"
The list of names is out of the range of the printer
Can I use DDP with two GPUs on one machine, and how do I start it?
subprocess.CalledProcessError: Command '['/bin/gcc', 'main.c']' returned non-zero exit status 1.
ImportError: libGL.so.1: cannot open shared object file: No such file or directory
How do I plot the loss and the accuracy of each epoch?
Should I use class weights in the loss, or draw the rare classes more often?
The generator loss goes up while the discriminator loss goes down
In each step the weights move against the gradient, which makes the loss decrease, why?
How can I get the output of a layer in the middle of the network?
How do I change the learning rate in the middle of a training?
How many workers should a DataLoader have?
The server freezes when many users log in on Monday
The workers are on strike and no train stops at the station
The weather model says the same for every city
The Java thread pool has a deadlock
How do I predict the class of a single image?
How do I increase the batch size when memory is low?
How do I free the GPU memory after training?
What does the argument weights_only of torch.load do?
Is torch.load faster in PyTorch 2.6 by default?
torch.load is slower with the newer version, error bars in the plot
How do I list all the parameters of a model?
I want a list of parameters and layers, the documentation gives none
What is the difference between model.eval() and torch.no_grad()?
The random forest of sklearn always predicts the same class
How to freeze the first layers of a ResNet so that their weights are not updated?
How is batch norm different in training and in test?
Which loss should I use for multi-label classification?
ModuleNotFoundError: No module named 'models'
ValueError: Input 0 of layer "dense" is incompatible with the layer: expected axis -1 of input shape to
tensorflow.python.framework.errors_impl.InvalidArgumentError: Matrix size-incompatible: In[0]: [32,784],
ValueError: Shapes (None, 1) and (None, 10) are incompatible
ModuleNotFoundError: No module named 'tensorflow'
ImportError: cannot import name 'Adam' from 'keras.optimizers'
AttributeError: module 'tensorflow' has no attribute 'Session'
AttributeError: module 'tensorflow.compat.v2' has no attribute '__internal__'
TypeError: dot_general requires contracting dimensions to have the same shape, got (784,) and (512,).
jax.errors.TracerBoolConversionError: Attempted boolean conversion of traced array with shape bool[].
jax.errors.ConcretizationTypeError: Abstract tracer value encountered where concrete value is expected
TypeError: add got incompatible shapes for broadcasting: (3,), (4,).
IndentationError: expected an indented block
IndentationError: unexpected indent
TabError: inconsistent use of tabs and spaces in indentation
ValueError: Unknown label type: 'continuous'
ValueError: Expected 2D array, got 1D array instead
KeyError: "['target'] not found in axis"
cv2.error: OpenCV(4.5.5) :-1: error: (-5:Bad argument) in function 'resize'
UnicodeDecodeError: 'utf-8' codec can't decode byte 0x80 in position 0: invalid start byte
ValueError: No gradients provided for any variable: ['dense/kernel:0', 'dense/bias:0'].
RuntimeError: dictionary changed size during iteration
RuntimeError: This event loop is already running
RecursionError: maximum recursion depth exceeded while calling a Python object
ValueError: invalid literal for int() with base 10: 'abc'
TypeError: unsupported operand type(s) for +: 'int' and 'str'
TypeError: 'int' object is not iterable
TypeError: can only concatenate str (not "int") to str
TypeError: string indices must be integers
OSError: Can't load tokenizer for 'bert-base-uncased'.
zsh: killed     python train.py
DeprecationWarning: an integer is required (got type float)
RuntimeError: Expected to have same number of elements
TypeError: unhashable type: 'list'
TypeError: 'Tensor' object does not support item assignment
TypeError: 'type' object is not subscriptable
AttributeError: Tensor object has no attribute 'numpy'
ValueError: DistributedDataParallel device_ids and output_device arguments only work with
ValueError: y must be 1D
ValueError: cannot convert float NaN to integer
ValueError: cannot select an axis to squeeze out which has size not equal to one
NotImplementedError: Got <class 'builtin_function_or_method'>, but expected numpy array or torch tensor.
RuntimeError: Setting attributes on ParameterList is not supported.
RuntimeError: torch.nn.Linear expects
RuntimeError: quantile() input tensor is too large
ValueError: Please pass `features` or at least one example when writing data
AttributeError: module 'keras.api._v2.keras' has no attribute 'Model2'
ValueError: Data cardinality is ambiguous: x sizes: 60000 y sizes: 10000
jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory allocating 1073741824 bytes.
ImportError: cannot import name 'to_categorical' from 'keras.utils'
ERROR: Failed building wheel for tokenizers
ValueError: Cannot feed value of shape (100,) for Tensor 'Placeholder:0', which has shape '(?, 784)'
FloatingPointError: NaN encountered in jit function
ModuleNotFoundError: No module named 'flask'
"""
