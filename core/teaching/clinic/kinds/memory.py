"""Memory that is full, of the GPU or of the machine, or not given back."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, kind
from core.teaching.clinic.readings.amounts import amounts

_LATER: Final = re.compile(
    r"after (?:about |around )?(?:\d{1,6}|a few|some|several|one|two|many|a while|the first) ?"
    r"(?:epoch|iteration|step|batch|hour|round)?|grow|keeps? (?:increas|ris)|more and more"
    r"|(?:slow|stead|gradual|constant)\w{0,3} (?:and \w{1,8} )?(?:increas|ris|climb)"
    r"|more than ~?\d{1,3} epochs"
)
_CHECKED: Final = (
    "validat",
    "evaluat",
    "def test",
    "test(",
    "inference",
    "eval_loss",
    "val_loader",
    "epochval",
    "val_epoch",
    "eval(",
)


def _held(found: Holes) -> str:
    """What the code or the words beside the message say of what fills the memory."""
    text = found["text"].lower()
    if any(word in text for word in _CHECKED) and "no_grad" not in text and "inference_mode" not in text:
        return (
            "If it comes in the validation or in a test: put that whole loop under `with torch.no_grad():`, "
            "since without it every batch keeps its activations (`model.eval()` alone does not change that)."
        )
    if _LATER.search(text):
        return (
            "If it fits at first and fills up later, mostly something is kept from step to step: a loss or a "
            "metric that is added up or stored with its graph: `total += loss.item()`, not `total += loss`, "
            "and `.detach()` on all that outlives the step."
        )
    return ""


def _memory(found: Holes) -> str:
    return _held(found) or _asked(found)


def _asked(found: Holes) -> str:
    return amounts(found["message"])


KINDS: Final = (
    kind(
        "cuda-memory",
        "The GPU's memory is full",
        "CUDA out of memory. Tried to allocate {a}",
        "CUDA out of memory",
        "CUDA out of the memory",
        "CUDA error: out of memory",
        "cuda runtime error (2)",
        "error=2 : out of memory",
        "GPU ran out of memory",
        "OOM on the GPU",
        "MPS backend out of memory",
        "OutOfMemoryError: CUDA",
        "HIP out of memory. Tried to allocate {a}",
        "Tried to allocate {a} (GPU {k#};",
        means=(
            "Weights, gradients, the optimizer's state and, most of all, the activations kept for backward "
            "do not fit into what is free."
        ),
        cure="A smaller batch first; then smaller images, `torch.no_grad()` in evaluation, mixed "
        "precision. If it grows from step to step, something keeps graphs: `total += loss.item()`, not "
        "`total += loss`. Look at `nvidia-smi` for other processes, and restart the notebook's kernel.",
        trap="`torch.cuda.empty_cache()` frees nothing that is in use.",
        reads=_memory,
        program="""
import torch

batches = []
while True:
    batches.append(torch.zeros(1024, 1024, 256, device="cuda"))
""",
        change=(("while True:", "for _ in range(1):"),),
        page="mistakes",
        runs="elsewhere",
        weight=2,
        complaints=(
            "out of memory|oom |memory error & epoch|batchsize|batch size|batch_size|training|evaluation|"
            "validation|inference & gpu|epoch|batch|k80|rtx|gtx|v100|a100|titan|tesla|t4 ",
            "gpu|cuda|vram & out of memory|oom |not enough memory|insufficient memory|run out of|runs out of",
            "run out of|runs out of|running out of & gpu memory|vram|video memory",
            "gpu|cuda & memory error|memory errors|memory issue|memory issues|memory problem|memory exceeded",
            "not enough gpu|not enough vram|not enough cuda|insufficient gpu & memory|vram|ram ",
        ),
        where=("The line named is only the one that asked last: what fills the memory was allocated before."),
    ),
    kind(
        "memory-kept",
        "Memory of the GPU that is not given back",
        means="PyTorch keeps freed memory for its next tensors, and `nvidia-smi` counts it as used. What a "
        "name still refers to is not even free: the model, the last `loss` and `outputs`, in a notebook "
        "also an error's traceback. A process that was stopped halfway, or its workers, may still be alive.",
        cure="`del model, optimizer, loss, outputs`, then `gc.collect()` and `torch.cuda.empty_cache()`. "
        "All of it comes back only when the process ends: restart the notebook's kernel, or look for its "
        "number in `nvidia-smi` and end it. After `torch.load`, the file's tensors are there a second "
        "time: `map_location='cpu'`, and `del state` once the model has them.",
        trap="`torch.cuda.empty_cache()` before the `del` frees nothing that still has a name; and it does "
        "not help against running out of memory while training.",
        program="""
import torch

x = torch.zeros(1024, 1024, 64, device="cuda")
torch.cuda.empty_cache()
print(torch.cuda.memory_reserved())
""",
        change=(("torch.cuda.empty_cache()", "del x\ntorch.cuda.empty_cache()"),),
        page="tensors",
        symptom=True,
        runs="elsewhere",
        excludes=(
            "each iteration",
            "every iteration",
            "each batch",
            "every batch",
            "each epoch",
            "every epoch",
        ),
        complaints=(
            "memory & nvidia smi & no process|no running process|no processes",
            "gpu memory|cuda memory|vram & occupied|used |full|taken & after & validation|evaluation|"
            "inference|training & complet|finish|done",
            "gpu memory|cuda memory|vram|memory on gpu|memory of the gpu & not being freed|not being "
            "released|is not freed|isnt freed|not freed|not getting freed|is not released|isnt released|"
            "not released|not free",
            "gpu memory|cuda memory|vram|gpu usage|memory usage & increas|doubl|twice|more than|grows|"
            "jumps & torch load|load_state_dict|after loading|when loading|when resuming",
            (
                "gpu memory|cuda memory|vram|gpu mem|memory of the gpu|memory on the gpu|graphics memory & "
                "not|isnt|never|doesnt|wont|still|even & freed|released|free |release|occupied|used "
                "|taken|held|remains|cleared|clear & after training|after the training|training "
                "finish|training is finish|training is done|training end|training has|after "
                "finishing|deleting|del "
                "|deleted|delete|killed|stopping|stopped|ctrl|interrupt|empty_cache|exit|terminat|script "
                "ends|script has|script finish"
            ),
        ),
    ),
    kind(
        "main-memory",
        "Main memory is full",
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate {a#} bytes",
        "DefaultCPUAllocator: not enough memory: you tried to allocate {a#} bytes",
        "[Errno 12] Cannot allocate memory",
        "DefaultCPUAllocator: can&#39;t allocate memory",
        "you tried to allocate {a#} bytes",
        "not enough memory: you tried to allocate {a}",
        "session crashed after using all available RAM",
        "exit code 137",
        "Unable to allocate {a} for an array with shape",
        means="What was asked for, mostly one large tensor, is more than the memory that is free.",
        cure="Work in batches, and under `torch.no_grad()` when predicting. A huge number is usually a "
        "slip: a broadcast of (n, 1) with (n), or a linear layer after a flatten of large images.",
        reads=lambda found: (
            f"It asked for {int(found['a'][:18]) / 1e6:,.1f} MB." if found.get("a", "").isdigit() else ""
        ),
        program="""
import torch

rows = torch.empty(1, 10**7)
print((rows.T * rows).shape)
""",
        change=(("print((rows.T * rows).shape)", "print((rows * rows).shape)"),),
        page="tensors",
        complaints=(
            "ram |memory & crash|killed|runs out|run out|exceed|all available|full|not enough & load the "
            "data|load my data|loading the data|loading my data|load all|loading all|whole dataset|entire "
            "dataset|large dataset|big dataset|huge dataset|load my dataset|load the dataset",
        ),
    ),
    kind(
        "paging-file",
        "Windows has too little memory set aside",
        "The paging file is too small for this operation to complete",
        "页面文件太小",
        "[WinError 1455]",
        "Couldn't open shared file mapping",
        "error code: <1455>",
        means=(
            "Windows sets memory aside for all that a program may use. Every worker loads PyTorch's "
            "libraries anew, and together they need more than there is."
        ),
        cure="Fewer workers (`num_workers=0` or 2), or a larger paging file in the system settings.",
        page="datasets",
        runs="elsewhere",
        weight=3,
    ),
)
