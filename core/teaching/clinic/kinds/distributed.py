"""Training in several processes."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, kind

_RANK: Final = re.compile(r"\brank ?= ?(\d{1,4})\b")
_SIZE: Final = re.compile(r"\bworld_size ?= ?(\d{1,4})\b")


def _meeting(found: Holes) -> str:
    """What the call that forms the group reveals."""
    rank, size = _RANK.search(found["text"]), _SIZE.search(found["text"])
    if rank and size and int(rank[1]) >= int(size[1]):
        return (
            f"The call says rank {rank[1]} of {size[1]}: ranks run from 0 to `world_size - 1`, so the "
            "process "
            "of rank 0, for which all wait, does not exist."
        )
    if rank and rank[1] == "0" and not (size and size[1] == "1"):
        return (
            "The call says `rank=0` in every process: each waits for ranks that nobody has. Start one "
            "process "
            "per GPU, each with a rank of its own (`rank=int(os.environ['RANK'])` under `torchrun`)."
        )
    if "a" in found:
        return f"{found['a']} of {found['b']} processes came."
    return ""


def _parallel(found: Holes) -> str:
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


KINDS: Final = (
    kind(
        "ddp-unused",
        "Distributed training with parameters that got no gradient",
        "Expected to have finished reduction in the prior iteration before starting a new one",
        means="Distributed training waits for every parameter's gradient; one took no part in the loss.",
        cure="Let all parameters take part, or `DistributedDataParallel(model, "
        "find_unused_parameters=True)`, which costs some time per step.",
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
        "process-group",
        "The processes were never brought together",
        "Default process group has not been initialized",
        "environment variable RANK expected, but not set",
        "environment variable MASTER_ADDR expected, but not set",
        "environment variable WORLD_SIZE expected, but not set",
        means="A function of `torch.distributed` needs the group of processes, and nothing has formed it: "
        "`init_process_group` was not called, or the program was started by `python` alone.",
        cure="Start it with `torchrun --nproc_per_node=2 train.py`, which sets the variables, and call "
        "`torch.distributed.init_process_group()` first. In one process leave the wrapper out.",
        program="""
import torch.distributed

print(torch.distributed.get_world_size() if torch.distributed.barrier() is None else 1)
""",
        change=(
            (
                "print(torch.distributed.get_world_size() if torch.distributed.barrier() is None else 1)",
                "print(torch.distributed.get_world_size() if torch.distributed.is_initialized() else 1)",
            ),
        ),
        page="training",
        runs="apart",
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
        "rendezvous",
        "The processes do not find each other",
        "connect() timed out",
        "Timed out after {k} waiting for clients. {a#}/{b#} clients joined",
        "The client socket has timed out after",
        "The client socket has failed to connect to",
        "Socket Timeout",
        "Connection reset by peer",
        "Timed out initializing process group",
        "Connection refused",
        means="`init_process_group` waits until all `world_size` processes have come to the address of rank "
        "0. Too few were started, two have the same rank, or the address cannot be reached.",
        cure="Start them together: `torchrun --nproc_per_node=2 train.py` sets `RANK`, `WORLD_SIZE` and "
        "the address; then `init_process_group('nccl')` needs nothing more. Ranks run from 0 to `world_size "
        "- 1`, each once. On several machines `MASTER_ADDR` is that of the first, reachable from all, and "
        "its port is open.",
        trap="A longer timeout only waits longer.",
        reads=_meeting,
        program="""
from datetime import timedelta

from torch.distributed import TCPStore

meeting = TCPStore("127.0.0.1", 0, 2, True, timedelta(seconds=0.5), wait_for_workers=True)
print(meeting.num_keys() >= 0)
""",
        change=(
            (
                'meeting = TCPStore("127.0.0.1", 0, 2, True, timedelta(seconds=0.5), wait_for_workers=True)',
                'meeting = TCPStore("127.0.0.1", 0, 1, True, timedelta(seconds=9), wait_for_workers=True)',
            ),
        ),
        page="training",
        runs="apart",
        needs=("init_process_group", "tcpstore", "c10d", "torchrun", "torch.distributed", "rendezvous"),
        weight=1,
        complaints=(
            "program|script|code|training|it |process|init_process_group & stuck|hang|freez|waits|no output|"
            "no further|blocks|never return",
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
        "port-taken",
        "The port is in use",
        "The server socket has failed to listen on any local network address",
        "EADDRINUSE",
        "Address already in use",
        means="A server waits at a numbered port, and another process has it: often an earlier run that "
        "still lives, or a second training on the same machine.",
        cure="End the old processes, or choose another port: `torchrun --master_port=29501`, or "
        "`--standalone`, which finds a free one.",
        program="""
from torch.distributed import TCPStore

first = TCPStore("127.0.0.1", 0, 1, True)
second = TCPStore("127.0.0.1", first.port, 1, True)
print(second.port)
""",
        change=(
            (
                'second = TCPStore("127.0.0.1", first.port, 1, True)',
                'second = TCPStore("127.0.0.1", 0, 1, True)',
            ),
        ),
        page="training",
        runs="apart",
        needs=("torch", "distributed", "rank", "runtimeerror", "eaddrinuse", "master"),
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
)
