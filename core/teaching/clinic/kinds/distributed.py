"""Training in several processes."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind


def _parallel(found: Holes) -> str:
    if all(f"parallel/{name}.py" in found["text"] for name in ("distributed", "data_parallel")):
        return (
            "A `DataParallel` stands inside of `DistributedDataParallel`, whose processes have one card "
            "each: take the inner `nn.DataParallel(...)` out."
        )
    if "a" in found:
        first, other = (name.split()[0].strip(" .,")[:12] for name in (found["a"], found["b"]))
        return (
            f"`DataParallel` begins on {first}, and a part of the model is on {other}: `model.to('{first}')` "
            "before it is wrapped, or `device_ids` that begin with the other; nothing in the model may move "
            "to a card by itself."
        )
    if "replica" in found["text"].lower():
        return (
            "In a copy of the model something stayed on another card: a tensor or layer that `forward` makes "
            "or moves with `.cuda()` or `.to('cuda:0')`, or that lies in a plain list or attribute. Use "
            "`x.device` there, `register_buffer`, and `nn.ModuleList`."
        )
    return ""


def _exchange(found: Holes) -> str:
    text = found["text"].lower()
    if "duplicate gpu" in text:
        return (
            "Two processes took the same GPU: `torch.cuda.set_device(int(os.environ['LOCAL_RANK']))` before "
            "anything else, and no more processes than GPUs (`CUDA_VISIBLE_DEVICES` counts)."
        )
    if "out of memory" in text:
        return "One process ran out of the GPU's memory: a smaller batch, and one process per GPU."
    if "optype=" in text:
        kind_of = text.partition("optype=")[2].partition(",")[0][:20]
        return (
            f"They wait in a `{kind_of}`: the process that is not there does something else, has fewer "
            "batches, or has failed; its own output tells."
        )
    return ""


KINDS: Final = (
    kind(
        "replica-parameters",
        "A replica of `DataParallel` has no parameters to ask",
        "Caught StopIteration in replica",
        "next(self.parameters()){x}StopIteration",
        means="Inside of `DataParallel` the copies of the network keep no list of parameters since PyTorch "
        "1.5: `next(self.parameters())` in `forward` finds nothing there.",
        cure="Ask a tensor that is there, as `x.dtype` and `x.device`, or one weight by its name: "
        "`self.fc.weight.dtype`. If a package does it, update that package. Or train on one GPU "
        "(`CUDA_VISIBLE_DEVICES=0`), or with `DistributedDataParallel`.",
        page="training",
        runs="elsewhere",
        weight=5,
    ),
    kind(
        "ddp-unused",
        "Distributed training with parameters that got no gradient",
        "Expected to have finished reduction in the prior iteration before starting a new one",
        "has parameters that were not used in producing the loss returned by training_step",
        means="Distributed training waits for every parameter's gradient; one took no part in the loss.",
        cure="Let all parameters take part, or `DistributedDataParallel(model, "
        "find_unused_parameters=True)`, which costs some time per step; in Lightning "
        "`strategy='ddp_find_unused_parameters_true'`.",
        program="""
import tempfile

import torch
import torch.distributed
from torch import nn
from torch.nn.parallel import DistributedDataParallel


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.used, self.unused = nn.Linear(4, 2), nn.Linear(4, 2)

    def forward(self, x):
        return self.used(x)


meeting = f"file://{tempfile.mkdtemp()}/meeting"
torch.distributed.init_process_group("gloo", init_method=meeting, rank=0, world_size=1)
model = DistributedDataParallel(Network())
for step in range(2):
    model(torch.rand(8, 4)).sum().backward()
""",
        change=(
            (
                "model = DistributedDataParallel(Network())",
                "model = DistributedDataParallel(Network(), find_unused_parameters=True)",
            ),
        ),
        page="training",
        runs="apart",
    ),
    kind(
        "ddp-twice",
        "Distributed training in which a parameter got its gradient twice",
        "Expected to mark a variable ready only once",
        "has been marked as ready twice",
        means="Distributed training counts one gradient per parameter and step. Checkpointing "
        "(`use_checkpoint`, `gradient_checkpointing`) runs parts of the model a second time within "
        "`backward`, and a part that is called twice in one step, or outside of `forward`, counts twice as "
        "well.",
        cure="With checkpointing: `find_unused_parameters=False`, and `checkpoint(..., "
        "use_reentrant=False)`; "
        "if the same parameters are used in every step, `DistributedDataParallel(model, static_graph=True)`. "
        "Without: call the wrapped model once per step, with all inputs in one call, before `backward()`.",
        program="""
import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.checkpoint import checkpoint


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return checkpoint(self.fc, checkpoint(self.fc, x, use_reentrant=True), use_reentrant=True)


torch.distributed.init_process_group("nccl")
model = DistributedDataParallel(Network().cuda())
model(torch.rand(8, 4, device="cuda", requires_grad=True)).sum().backward()
""",
        change=(
            (
                "model = DistributedDataParallel(Network().cuda())",
                "model = DistributedDataParallel(Network().cuda(), static_graph=True)",
            ),
        ),
        page="training",
        runs="elsewhere",
        weight=1,
    ),
    kind(
        "ddp-frozen",
        "Distributed training of a model without a trainable parameter",
        "DistributedDataParallel is not needed when a module doesn't require a gradient",
        "DistributedDataParallel is not needed when a module doesn't have any parameter that requires a "
        "gradient",
        means="`DistributedDataParallel` exchanges gradients, and none of this model's parameters asks for "
        "one: all are frozen, or it has none. Often it is a teacher, a loss or an extractor of features.",
        cure="Use that part without the wrapper: `model.to(device)` is enough for it. If it should be "
        "trained, `requires_grad = True` before it is wrapped.",
        program="""
import tempfile

import torch
import torch.distributed
from torch import nn
from torch.nn.parallel import DistributedDataParallel

meeting = f"file://{tempfile.mkdtemp()}/meeting"
torch.distributed.init_process_group("gloo", init_method=meeting, rank=0, world_size=1)
teacher = nn.Linear(4, 2).requires_grad_(False)
teacher = DistributedDataParallel(teacher)
print(teacher(torch.rand(8, 4)).shape)
""",
        change=(("teacher = DistributedDataParallel(teacher)", "teacher = teacher.eval()"),),
        page="training",
        runs="apart",
        weight=1,
    ),
    kind(
        "nccl",
        "The processes of a training do not come together: NCCL fails, or all wait",
        "NCCL error in",
        "ncclSystemError",
        "ncclInternalError",
        "ncclUnhandledCudaError",
        "ncclInvalidUsage",
        "Watchdog caught collective operation timeout",
        "unhandled cuda error, NCCL version",
        "unhandled system error, NCCL version",
        "Caught collective operation timeout",
        means="Each step ends with all processes exchanging their gradients. One of them has not come that "
        "far: it failed, it has fewer batches than the others, it shares a GPU with another one, or the "
        "network between them (or shared memory in Docker) is not there.",
        cure="Read the output of every process: the first error is the cause. `NCCL_DEBUG=INFO` says more. "
        "One GPU per process: `torch.cuda.set_device(local_rank)` before anything else. Give all "
        "the same number of batches with `DistributedSampler`, and let all of them reach the "
        "same steps, saving included. In Docker: `--shm-size=2g`. First of all, run it in one process.",
        trap="A longer timeout only waits longer.",
        reads=_exchange,
        program="""
import os

import torch
import torch.distributed

torch.distributed.init_process_group("nccl")
gradient = torch.ones(1, device="cuda")
if os.environ["RANK"] == "0":
    torch.distributed.all_reduce(gradient)
""",
        change=(('if os.environ["RANK"] == "0":', "if True:"),),
        page="training",
        runs="elsewhere",
        weight=-4,
        complaints=(
            "distributeddataparallel|distributed data|distributed training|ddp|torchrun|nccl|multi gpu|"
            "multiple gpus|multigpu|several gpus|init_process_group & hang|hung|freez|stuck|deadlock|never "
            "start|waits forever|timeout",
        ),
    ),
    kind(
        "parallel-device",
        "DataParallel, and a part of the model on another card",
        "module must have its parameters and buffers on device {a} (device_ids[0]) but found one of them on "
        "device: {b}",
        "module must have its parameters and buffers on device",
        "all tensors must be on devices[0]",
        "in replica {r#} on device {n#}{x}to have the same device as tensor",
        "in replica {r#} on device {n#}{x}Expected all tensors to be on the same device",
        "in replica {r#} on device {n#}{x}arguments are located on different GPUs",
        means="`DataParallel` keeps the model on the first of its cards, and for each batch copies its "
        "parameters and buffers to the others. What is neither stays behind.",
        cure="`model = nn.DataParallel(model.to('cuda:0'), device_ids=[0, 1])`, whose first number is the "
        "card of the model, and inputs on the same. To use one card only, leave the wrapper out; "
        "`CUDA_VISIBLE_DEVICES=1` makes the second card the first.",
        reads=_parallel,
        program="""
import torch
from torch import nn

model = nn.DataParallel(nn.Linear(4, 2).to("cuda:0"), device_ids=[1, 0])
print(model(torch.rand(8, 4)).shape)
""",
        change=(
            (
                'model = nn.DataParallel(nn.Linear(4, 2).to("cuda:0"), device_ids=[1, 0])',
                'model = nn.DataParallel(nn.Linear(4, 2).to("cuda:0"), device_ids=[0, 1])',
            ),
        ),
        page="training",
        runs="elsewhere",
        weight=5,
    ),
    kind(
        "gathered-scalars",
        "Notices of DataParallel (warnings)",
        "Was asked to gather along dimension 0, but all input tensors were scalars",
        "There is an imbalance between your GPUs",
        "Gather got an input of invalid size",
        means="`DataParallel` cuts the batch, and joins what the copies of the model give along dimension 0. "
        "A single number, such as a loss computed in `forward`, becomes one number per GPU; tensors of "
        "different sizes cannot be joined.",
        cure="`model(x, y).mean().backward()` for losses. Give back tensors whose other dimensions are the "
        "same on all GPUs, and `drop_last=True` for the last batch. `device_ids=[0, 1]` chooses cards alike.",
        program="""
import torch
from torch import nn


class Network(nn.Module):
    def forward(self, x):
        return x.mean()


print(nn.DataParallel(Network().cuda())(torch.rand(8, 4).cuda()))
""",
        change=(
            (
                "print(nn.DataParallel(Network().cuda())(torch.rand(8, 4).cuda()))",
                "print(nn.DataParallel(Network().cuda())(torch.rand(8, 4).cuda()).mean())",
            ),
        ),
        page="training",
        runs="elsewhere",
        symptom=True,
    ),
    kind(
        "nothing-to-split",
        "DataParallel, and only one card works",
        "the second GPU stays at 0%",
        means="`DataParallel` cuts each batch along dimension 0, one piece for each card. A batch with fewer "
        "samples than cards leaves some without work, and a batch of 1 leaves all but the first.",
        cure="Print `x.shape[0]` in the loop: it has to be at least the number of cards, better many samples "
        "for each, so multiply `batch_size` by that number. If it is: `torch.cuda.device_count()` says how "
        "many cards PyTorch sees, and the call has to be that of the wrapped model, `model(x)`, not "
        "`model.module(x)`.",
        page="training",
        runs="elsewhere",
        symptom=True,
        weight=-3,
        complaints=(
            "dataparallel|data parallel|data_parallel|multiple gpus|two gpus|2 gpus|several gpus|multi gpu "
            "& only one|only the first|only first|only gpu|one gpu|0 %|0%|not used|unused|not using|isnt "
            "used|idle|stays at 0|second gpu",
        ),
    ),
)
