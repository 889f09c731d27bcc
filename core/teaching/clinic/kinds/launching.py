"""Starting several processes that are to train together."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, kind

_RANK: Final = re.compile(r"\brank ?= ?(\d{1,4})\b")
_SIZE: Final = re.compile(r"\bworld_size ?= ?(\d{1,4})\b")


def _meeting(found: Holes) -> str:
    """What the call that forms the group reveals."""
    if "no rendezvous handler" in found["message"][:60].lower():
        return (
            "This PyTorch does not know the way that was asked for. On Windows versions before 1.8 have no "
            "`env://`: update, or train on one GPU without `init_process_group`. A slip in `init_method` "
            "says the same."
        )
    rank, size = _RANK.search(found["text"]), _SIZE.search(found["text"])
    if rank and size and int(rank[1]) >= int(size[1]):
        return (
            f"The call says rank {rank[1]} of {size[1]}: ranks run from 0 to `world_size - 1`, so the "
            "process of rank 0, for which all wait, does not exist."
        )
    if rank and rank[1] == "0" and not (size and size[1] == "1"):
        return (
            "If the call says `rank=0` in every process, each waits for ranks that nobody has. Start one "
            "process per GPU, each with a rank of its own (`rank=int(os.environ['RANK'])` under `torchrun`)."
        )
    if "a" in found:
        return f"{found['a']} of {found['b']} processes came."
    return ""


_ENDS: Final = (
    (
        "exitcode: -9",
        "The code -9: the system ended it, mostly as the machine's memory was full.",
    ),
    (
        "exitcode: -11",
        "The code -11: it crashed in compiled code, as packages do that do not fit.",
    ),
    (
        "exitcode: -6",
        "The code -6: it gave up by itself, mostly as NCCL waited too long.",
    ),
    ("exitcode: -15", "The code -15: it was ended since another process had failed; look at that one."),
    ("exitcode: 2", "The code 2: the script did not understand its arguments, or was not found."),
)


def _ended(found: Holes) -> str:
    """What the exit code of a process says."""
    if "unrecognized arguments: --local" in found["text"]:
        return _launched(found)
    text = found["text"].lower().replace("exitcode  :", "exitcode:").replace("exitcode :", "exitcode:")
    return next((said for code, said in _ENDS if code in text), "")


def _launched(found: Holes) -> str:
    if "--local-rank" in found["text"] and "argument" in found["text"]:
        return (
            "Since PyTorch 2.0 the launcher calls the argument `--local-rank`, with a hyphen, and the script "
            "knows `--local_rank`: `parser.add_argument('--local-rank', '--local_rank', type=int, "
            "default=0)`."
        )
    if "--local_rank" in found["text"] and "argument" in found["text"]:
        return (
            "`torch.distributed.launch` hands `--local_rank` to the script, which does not know it: start it "
            "with `torchrun`, or `parser.add_argument('--local_rank', type=int, default=0)`."
        )
    return "`torchrun` sets the variable; plain `python` does not."


KINDS: Final = (
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
        "`torch.distributed.init_process_group()` first. In one process leave out what asks for the group.",
        reads=lambda found: (
            "A batch norm asks for the group, so it is an `nn.SyncBatchNorm`, which computes over all "
            "processes. On one GPU take `nn.BatchNorm2d` (a setting of the program, mostly called the norm's "
            "type), or form a group of one: `torchrun --nproc_per_node=1 train.py`."
            if "batchnorm.py" in found["text"] or "SyncBatchNorm" in found["text"]
            else ""
        ),
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
        "No rendezvous handler for",
        means="`init_process_group` waits until all `world_size` processes have come to the address of rank "
        "0. Mostly too few were started or one has failed, two have the same rank, or the address cannot be "
        "reached.",
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
        needs=(
            "init_process_group",
            "tcpstore",
            "c10d",
            "torchrun",
            "torch.distributed",
            "rendezvous",
            "env://",
        ),
        weight=1,
        complaints=(
            "program|script|code|training|it |process|init_process_group & stuck|hang|freez|waits|no output|"
            "no further|blocks|never return",
        ),
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
        "launch-arguments",
        "A script for several processes that was started in another way than it expects",
        "unrecognized arguments: --local-rank",
        "unrecognized arguments: --local_rank",
        "failed (exitcode: 2) local_rank",
        *(f"KeyError: '{name}'" for name in ("LOCAL_RANK", "RANK", "WORLD_SIZE", "MASTER_ADDR")),
        means="Each process has to learn its number. `torchrun` puts it into the environment variable "
        "`LOCAL_RANK`; the older `torch.distributed.launch` handed it over as an argument. Script and "
        "launcher do not agree on which.",
        cure="`torchrun --nproc_per_node=2 train.py`, and in the script `local_rank = "
        "int(os.environ.get('LOCAL_RANK', 0))`, without an argument of that name.",
        reads=_launched,
        program="""
import os

print(int(os.environ["LOCAL_RANK"]))
""",
        change=(('print(int(os.environ["LOCAL_RANK"]))', 'print(int(os.environ.get("LOCAL_RANK", 0)))'),),
        page="training",
        weight=3,
    ),
    kind(
        "child-failed",
        "One of the processes of a training failed",
        "multiprocessing.errors.ChildFailedError",
        "ERROR:torch.distributed.elastic.multiprocessing.api:failed",
        means="`torchrun` only reports that a process ended with an error. The error itself stands further "
        "up, in the output of that process.",
        cure="Look above for the first traceback, the one of the rank that is named as root cause. If there "
        "is none: run the script in one process, `torchrun --nproc_per_node=1 train.py`, or as plain "
        "`python`.",
        reads=_ended,
        where="The line that it names is the launcher's, and innocent.",
        program="""
import torch

raise SystemExit(1)
""",
        change=(("raise SystemExit(1)", "print(torch.ones(1))"),),
        wraps=True,
        page="training",
        runs="elsewhere",
        weight=-9,
    ),
)
