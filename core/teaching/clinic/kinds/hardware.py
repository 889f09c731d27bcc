"""No error at all: what differs between a processor and a graphics card."""

from typing import Final

from core.teaching.clinic.kind import kind

KINDS: Final = (
    kind(
        "gpu-not-faster",
        "The GPU is no faster than the processor",
        "the GPU took longer",
        means="A GPU needs some millionths of a second to start each operation, however small it is, and "
        "time to fetch its data. With small layers and small batches, that is most of the time; its "
        "thousands of cores have nothing to do.",
        cure="Take larger batches (64 to 1024) and see whether the time per epoch falls. Move the data to "
        "the GPU once, before the loop, if they fit; no `.item()`, `print` or `.cpu()` in each step. Measure "
        "with `torch.cuda.synchronize()` before both clock readings, and leave out the first rounds. If the "
        "network is small (a few layers of up to some hundred units), the processor is the right place for "
        "it.",
        trap="`nvidia-smi` shows 100% as soon as anything runs, however little of the card it uses.",
        program="""
import time

import torch

batch = 16
layer = torch.nn.Linear(64, 64).cuda()
x = torch.rand(batch, 64, device="cuda")
took = []
for place in ("cuda", "cpu"):
    layer, x = layer.to(place), x.to(place)
    start = time.perf_counter()
    for step in range(1000):
        layer(x)
    torch.cuda.synchronize()
    took.append(time.perf_counter() - start)
print("the GPU took longer" if took[0] > took[1] else "the GPU is faster")
""",
        change=(("batch = 16", "batch = 65_536"),),
        page="training",
        symptom=True,
        runs="elsewhere",
        weight=-3,
        needs=("gpu", "cuda", "graphics"),
        excludes=("more gpus", "multiple gpus", "two gpus", "distributed", "num_workers"),
        complaints=(
            "gpu|cuda|graphics card & slower|no faster|not faster|isnt faster|same speed|same time|more "
            "time|longer|not any faster|hardly faster & cpu|processor|numpy",
            "cpu|processor|numpy & faster|quicker|less time & than gpu|than the gpu|than on gpu|than on the "
            "gpu|than with gpu|than cuda|than on cuda|than tensors|than torch|than pytorch",
            "tensor|tensors|pytorch|torch|gpu & more time|slower|longer & than numpy|numpy array|numpy "
            "version",
        ),
    ),
    kind(
        "gpu-clock",
        "The time is taken at a line that only waits",
        "the call returned before the work was done",
        means="A line that runs on the GPU only hands the work over and returns at once. The time shows "
        "up at the first line that needs a result: `.item()`, `.cpu()`, `print`, the next `.cuda()`, or "
        "`backward()`.",
        cure="Call `torch.cuda.synchronize()` before every reading of the clock, or run once with "
        "`CUDA_LAUNCH_BLOCKING=1`: then each line shows its own time. `backward()` needs about twice the "
        "time of the forward pass; if it needs far more, look for loops over single elements, for graphs "
        "that are kept from step to step, and for double precision. Leave the first rounds out.",
        trap="Taking `.item()` away moves the waiting to another line.",
        program="""
import time

import torch

x = torch.rand(4096, 4096, device="cuda")
start = time.perf_counter()
y = x @ x
handed_over = time.perf_counter() - start
torch.cuda.synchronize()
done = time.perf_counter() - start
print("the call returned", "before the work was done" if handed_over < done / 2 else "with the result")
""",
        change=(("y = x @ x", "y = x @ x\ntorch.cuda.synchronize()"),),
        page="training",
        symptom=True,
        runs="elsewhere",
        weight=-3,
        needs=("gpu", "cuda", "second", "time", "slow"),
        excludes=("slower and slower", "getting slower", "out of memory"),
        complaints=(
            "backward|backpropagation|backprop & 10 times|times slower|than the forward|than forward|takes "
            "up to|takes around|average of|too slow|is slow|very slow|super slow|so slow|too long|takes "
            "most|most of the time",
            ".cuda|tensor cuda|item|.cpu|to cpu|synchroniz|local_scalar & slow|bottleneck|takes|long time & "
            "after|inference|backward|profil|extract|model|gpu",
        ),
    ),
    kind(
        "device-differs",
        "Another device gives other numbers",
        "two orders of adding differ",
        means="A GPU adds in another order than a processor, and each sum is rounded: the last digits "
        "differ. In a training such differences grow, so two losses drift apart although both are right.",
        cure="Compare one forward pass: the same weights, the same batch, `model.eval()`, float32, "
        "`torch.allclose(a, b.cpu(), rtol=1e-4, atol=1e-5)`. If that holds, it is only rounding: judge by "
        "where the losses end over several seeds. If it does not, or if one device learns and the other does "
        "not: on Apple's `mps` update PyTorch and macOS first, as older versions computed some layers "
        "wrongly, and try `.contiguous()` on what goes in; on a GPU switch TF32 and `autocast` off "
        "(`torch.set_float32_matmul_precision('highest')`).",
        trap="A seed does not make them equal: each device draws its own numbers from it.",
        program="""
import torch

x = torch.tensor([1e8, 1.0, -1e8])
one_way, another = x[0] + x[1] + x[2], x[0] + x[2] + x[1]
print("two orders of adding", "agree" if one_way == another else "differ")
""",
        change=(
            ("x = torch.tensor([1e8, 1.0, -1e8])", "x = torch.tensor([1e8, 1.0, -1e8], dtype=torch.float64)"),
        ),
        page="training",
        symptom=True,
        weight=-4,
        excludes=("error:", "out of memory", "slower", "faster", "expected all tensors"),
        complaints=(
            "mps|apple silicon|m1 |m2 |m3 |metal & cpu|cuda|gpu|nvidia & differ|different|worse|poor|bad "
            "|converge|not learn|higher|loss|wrong|accuracy",
            "cpu & gpu|cuda & different result|different output|different loss|different value|different "
            "accuracy|different number|different answer|results differ|outputs differ|result differs|differ "
            "from|not the same result|not the same output|not equal|inconsistent|mismatch|discrepanc",
            "different gpu|another gpu|two gpus|other gpu|different machine|another machine|different "
            "computer|another computer|different hardware & result|loss|accuracy|output & "
            "differ|different|not the same|worse|lower|higher|reproduc",
        ),
    ),
)
