"""Worker processes of a loader."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, kind

_WORKERS = "import torch\nfrom torch.utils.data import DataLoader, Dataset\n\n\n"


def _names_an_error(message: str) -> bool:
    return any(word.endswith(("Error:", "Exception:")) for word in message.split())


def _nested(found: Holes) -> str:
    told = (
        f"What was passed on is a {found['e'].strip()[:40]}: its own traceback stands below "
        "`Original Traceback`."
    )
    key = found["text"].rpartition("KeyError: ")[2].partition(" ")[0][:40] if "KeyError" in found["e"] else ""
    if key.startswith(("'", '"')):
        return f"{told} No entry is called {key}: print the keys of one sample, or the columns of the table."
    if key.isdigit():
        return (
            f"{told} Nothing stands at the key {key}. A pandas table is asked by position with "
            f"`.iloc[{key}]`; a dict of classes needs every label that the data has."
        )
    return told


_NEXT: Final = re.compile(r" (?:def|class|for) |DataLoader\(")
_TO_GPU: Final = (".cuda()", ".to(device)", ".to('cuda", '.to("cuda')


def _died(found: Holes) -> str:
    text = found["text"]
    if "bus error" in text.lower():
        return "Bus error: mostly, shared memory is used up. In Docker: `--shm-size=2g` or `--ipc=host`."
    if "s" in found:
        signal = found["s"].strip()[:24].split(". ")[0].rstrip(".")
        return f"It was ended by the signal {signal}." + (
            " So the system ended it, nearly always because memory was full: fewer workers, a smaller batch."
            if signal.startswith("Killed")
            else ""
        )
    if "0xC000001D" in text:
        return "0xC000001D is an illegal instruction: a package was built for a newer processor."
    inside = _NEXT.split(text.partition("def __getitem__")[2][:1000])[0]
    if any(call in inside for call in _TO_GPU):
        return (
            "The dataset moves data to the GPU in `__getitem__`, which forked worker processes cannot do: "
            "return plain tensors there, and write `X.to(device)` in the training loop."
        )
    return ""


KINDS: Final = (
    kind(
        "main-guard",
        "Workers started while the program is being imported",
        (
            "An attempt has been made to start a new process before the current process has finished "
            "its bootstrapping phase"
        ),
        "An attempt has been made to start a new process before",
        "if __name__ == '__main__': freeze_support()",
        "_fixup_main_from_path(data['init_main_from_path'])",
        means=(
            "On Windows and macOS each worker imports your script anew; without a guard, that starts "
            "the training again, which starts workers, and so on."
        ),
        cure="Put everything but imports and definitions under `if __name__ == '__main__':`. For now, "
        "`num_workers=0`.",
        program=_WORKERS
        + """
loader = DataLoader(torch.rand(8, 4), num_workers=1, multiprocessing_context="spawn")
print(next(iter(loader)).shape)
""",
        change=(
            (
                'loader = DataLoader(torch.rand(8, 4), num_workers=1, multiprocessing_context="spawn")',
                "loader = DataLoader(torch.rand(8, 4), num_workers=0)",
            ),
        ),
        page="datasets",
        runs="apart",
        complaints=(
            "num_work|num work|workers & 0 dont|0 doesnt|0 not|0 does not|0 on windows|0 in windows|0 fail",
            "windows & spawn|multi|num_work|num work|worker & error|crash|not zero|fails|more than "
            "0|greater|fork",
            "num_work|num work|workers|dataloader & prints|print |printed|runs|run |executed & again|twice|"
            "several times|multiple times|5 times|4 times|every worker & windows|top of|whole script|"
            "whole program|entire script",
        ),
        # a traceback through the second import of the script may end in any other error
        holds=lambda found: (
            not found["message"].startswith("_fixup") or not _names_an_error(found["message"])
        ),
        weight=6,
    ),
    kind(
        "worker-died",
        "A worker process, or one at the other end of a pipe, died",
        "DataLoader worker (pid(s) {p}) exited unexpectedly",
        "DataLoader worker (pid {p}) is killed by signal: {s}",
        "DataLoader worker (pid {p}) exited unexpectedly",
        "DataLoader worker (pid(s)",
        "is killed by signal: Killed",
        "[Errno 32] Broken pipe",
        "DataLoader worker exited unexpectedly",
        "ProcessExitedException: process {n#} terminated with signal {s}",
        "process {n#} terminated with signal SIG{s}",
        "process {n#} terminated with exit code",
        "Pin memory thread exited unexpectedly",
        means="A worker ended without a message: mostly it ran out of memory, crashed in a library, or (on "
        "Windows, in notebooks) could not even start.",
        cure="`num_workers=0` once: the real error then has its traceback. On Windows: the `if "
        "__name__ == '__main__':` guard, and a notebook's classes in files of their own. If it was "
        "killed: fewer workers.",
        reads=_died,
        where="The line that loops over the loader is innocent: the cause is in the worker.",
        program=_WORKERS
        + """
import os


class Images(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        os._exit(1)


print(next(iter(DataLoader(Images(), num_workers=1))))
""",
        change=(("os._exit(1)", "return index"),),
        wraps=True,
        page="datasets",
        runs="apart",
        weight=2,
        complaints=(
            "brokenpipe|broken pipe & num_workers|dataloader|worker",
            "crash|crashes|dies|died|killed & num_worker|num worker|workers|dataloader",
        ),
    ),
    kind(
        "shared-memory",
        "Shared memory or file handles used up, or not to be had",
        "Unexpected bus error encountered in worker",
        "It is possible that dataloader's workers are out of shared memory",
        "unable to open shared memory object",
        "received 0 items of ancdata",
        "Too many open files",
        "unable to write to file </torch_",
        "_share_filename_",
        "Shared memory manager connection has timed out",
        "torch_shm_manager",
        "unable to mmap",
        means=(
            "Workers hand batches over in shared memory, each tensor with a file handle. Mostly one is used "
            "up: Docker gives 64 MB."
        ),
        cure="Docker: `--shm-size=2g` or `--ipc=host`. Handles: `ulimit -n 4096`, or "
        "`torch.multiprocessing.set_sharing_strategy('file_system')`; keep no lists of batches, close the "
        "dataset's files. Or fewer workers.",
        program="""
import resource

import torch
from torch.utils.data import DataLoader

resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))
print(len([batch for batch in DataLoader(torch.rand(200, 4), num_workers=1)]))
""",
        change=(
            (
                "print(len([batch for batch in DataLoader(torch.rand(200, 4), num_workers=1)]))",
                "print(len([batch for batch in DataLoader(torch.rand(200, 4), num_workers=0)]))",
            ),
        ),
        page="datasets",
        runs="apart",
        weight=3,
    ),
    kind(
        "worker-error",
        "An error that another process or device passed on",
        "Caught {e} in DataLoader worker process {k#}",
        "Caught {e} in replica {k#} on device",
        "-- Process {k#} terminated with the following error",
        means="The error happened in a worker of a `DataLoader`, or on one of several devices; it is only "
        "passed on.",
        cure=(
            "Read the traceback below `Original Traceback`: it names the line of your Dataset, or of your "
            "network. `num_workers=0`, or one device instead of several, makes it easy to debug."
        ),
        reads=_nested,
        where=(
            "The line where it comes up is innocent: look at the last line of yours in the "
            "original traceback."
        ),
        program=_WORKERS
        + """
class Images(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        return {"image": index}["label"]


print(next(iter(DataLoader(Images(), num_workers=1))))
""",
        change=(('return {"image": index}["label"]', 'return {"image": index}["image"]'),),
        wraps=True,
        page="datasets",
        runs="apart",
        weight=-9,
    ),
    kind(
        "loader-hangs",
        "Workers that hang: the loop over the loader waits forever",
        "DataLoader timed out after {s} seconds",
        "data_queue.get(){x}KeyboardInterrupt",
        "_data_queue.get(timeout=timeout){x}KeyboardInterrupt",
        "waiter.acquire() KeyboardInterrupt",
        "_poll(timeout){x}KeyboardInterrupt",
        means="The main process waits for a batch from a worker. If it goes on after a while, the workers "
        "are only slow. Else a worker waits itself: for a lock that was held when it was started (OpenCV, "
        "OpenMP, a log, a database, the GPU), for a file, or for memory; or it never started, as in a "
        "notebook on Windows.",
        cure="`num_workers=0` first: if it hangs there too, it is your `__getitem__`, and Ctrl+C shows the "
        "line. If it runs, then with workers: `cv2.setNumThreads(0)` and `torch.set_num_threads(1)` in the "
        "dataset, no GPU and no open files (HDF5, SQLite) from before the workers, "
        "`multiprocessing_context='spawn'`, the guard `if __name__ == '__main__':` and, in Docker, more "
        "shared memory (`--shm-size=2g`). `timeout=60` turns the waiting into an error.",
        trap="A larger `timeout` only waits longer.",
        program="""
import time

import torch
from torch.utils.data import DataLoader, Dataset


class Images(Dataset):
    def __len__(self):
        return 4

    def __getitem__(self, index):
        time.sleep(2)
        return torch.zeros(3)


print(next(iter(DataLoader(Images(), num_workers=1, timeout=1))).shape)
""",
        change=(("time.sleep(2)", "time.sleep(0)"),),
        page="datasets",
        runs="apart",
        needs=("train", "torch", "loader", "worker", "epoch", "batch", "notebook", "gpu", "multiprocess"),
        excludes=(
            *("stuck for ", "hangs for ", "freezes for ", "stuck around", "loss gets stuck", "loss is stuck"),
            *("loss stuck", "loss quickly gets", "accuracy gets stuck", "accuracy is stuck"),
            *("excessive worker creation", "resume", "freeze the ", "freeze layer", "freezing layer"),
            *("frozen layer", "requires_grad"),
        ),
        weight=-5,
        complaints=(
            "num_worker|num worker|numworker|worker|dataloader|data loader|dataloder|multiprocess & "
            "hang|hung|freez|frozen|froze|stuck|deadlock|blocks forever|never return|waits forever|not "
            "respond",
            "training|train |loop|program|process|script|code|progress bar & stuck|freezes|hangs|hanging|"
            "hung & epoch 0 |first epoch|last batch|next epoch|0%|this point|nothing happens|no error|"
            "without error|any further|after 1 epoch|after one epoch|end of epoch|1st epoch|epoch 1 ",
            "training|program|process|script|progress bar|code & doesnt|didnt|does not|did not|cant|cannot|"
            "wont|not & move on|move any|move further|go on|start the next|next epoch|next batch|respond",
            "training|program|process|script & stop|stops|halts|exits & without any error|without giving any "
            "error|no error|without error|nothing happens|any error message",
            "stuck|hangs|hanging|hung|freezes & forever|somewhere forever|always seems to",
            "a hang|hang occurs|state of sleep|stucked|gets stuck|get stuck & "
            "epoch|train|loader|iteration|batch",
            "dataloader|data loader|num_workers|num_worker & stops|halts|stalls|stall|never start|"
            "runs forever|run forever|forever",
            "train|loop|enumerate|epoch|iteration|script|program & hangs|freezes|hanging|deadlock & "
            "loader|dataloader|num_workers|first batch|first epoch|first iteration",
        ),
    ),
    kind(
        "worker-seeds",
        "Workers that draw the same random numbers",
        "two workers draw the same",
        means="Each worker process gets a copy of the dataset. A generator that is kept in it is copied "
        "with its state, so all workers draw the same numbers from it, and again in the next epoch. In "
        "older versions of PyTorch that holds for `np.random` as well.",
        cure="Draw with `torch` (`torch.rand`, torchvision's transforms): PyTorch gives every worker "
        "another seed. Or make the generator in the worker: `worker_init_fn=lambda worker: "
        "np.random.seed(torch.initial_seed() % 2**32)`.",
        trap="A seed set in the dataset's `__init__` is the cause, not the cure.",
        program="""
import copy

import numpy as np
import torch


class Noise:
    def __init__(self):
        self.chance = np.random.default_rng(0)

    def __getitem__(self, index):
        return self.chance.random()


data = Noise()
first, second = copy.deepcopy(data), copy.deepcopy(data)  # what two workers get
print("two workers draw", "the same" if first[0] == second[1] else "different numbers")
""",
        change=(("return self.chance.random()", "return torch.rand(1).item()"),),
        page="datasets",
        symptom=True,
        needs=("worker", "dataloader", "data loader", "loader"),
        weight=-4,
        complaints=(
            "np.random|numpy random|random rotat|randomrotat|random number|augment|random crop & batch|"
            "worker|epoch & same|identical|duplicate|repeat & each|every|all |within",
            "worker|dataloader|data loader|loader & same|identical|duplicate|repeat|copies & random|"
            "augment|seed|noise|crop",
        ),
    ),
    kind(
        "worker-graph",
        "A tensor with a graph, sent to another process",
        "Cowardly refusing to serialize non-leaf tensor which requires_grad",
        means="What a worker gets or gives crosses to another process, and a graph cannot go along.",
        cure="In the dataset keep plain data: `x.detach()`, computed under `torch.no_grad()`; no model, and "
        "no `requires_grad=True` for inputs. `num_workers=0` sends nothing.",
        program="""
import torch
from torch.multiprocessing.reductions import reduce_tensor

weights = torch.rand(3, requires_grad=True)
features = weights * 2
print(len(reduce_tensor(features)))
""",
        change=(("features = weights * 2", "features = (weights * 2).detach()"),),
        page="datasets",
        runs="apart",
    ),
)
