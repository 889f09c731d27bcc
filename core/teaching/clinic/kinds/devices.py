"""Devices: tensors apart, errors that a GPU reports late."""

import re
from typing import Final

from core.teaching.clinic.kind import Holes, apart, kind
from core.teaching.clinic.readings.device_pair import placed


def _two_devices(found: Holes) -> str:
    message = found["message"].lower()[:300]
    names = [name for name in ("cuda:0", "cuda:1", "mps", "meta", "cpu") if name in message]
    said = f"The message names {' and '.join(names)}. " if len(names) > 1 else ""
    text = found["text"]
    lowered = text.lower()
    where = placed(text)
    if where:
        said += where
    elif (
        "input type (torch.cuda" in lowered
        or "input type (cuda" in lowered
        or ("got mat1 is on cuda" in lowered)
    ):
        said += (
            "The input is on the GPU, the weights are not: mostly `model.to(device)` is missing, or a layer "
            "is kept in a plain list."
        )
    elif "weight type (torch.cuda" in lowered or "weight type (cuda" in lowered:
        said += (
            "The weights are on the GPU, the input is not: `X = X.to(device)`; `.to` gives a new "
            "tensor and leaves the old one where it is."
        )
    elif "mask" in lowered and "masked" not in lowered:
        said += (
            "If it is the mask: one that is made anew starts on the CPU. `mask.to(x.device)`, or make it "
            "there."
        )
    elif "hidden" in lowered:
        said += (
            "The hidden state is on the CPU: `torch.zeros(..., device=x.device)`."
            if "hidden tensor at cpu" in lowered
            else "If it is the hidden state, make it where the input is: `torch.zeros(..., device=x.device)`."
        )
    elif "got index is on cuda" in lowered and "tensors on cpu" in lowered:
        said += (
            "The numbers are on the GPU, the table that they look up is not. If it is an embedding, "
            "`model.to(device)` is missing, or does not reach it."
        )
    elif "index" in lowered and "indexed tensor" in lowered:
        said += "The index is on another device than the tensor: `index.to(x.device)`."
    if "torch/optim/" in lowered and "in step" in lowered:
        said += (
            "It is the optimizer's step: its state was made or loaded on another device than the weights. "
            "`model.to(device)` before the optimizer is made and before its state is loaded."
        )
    return said.strip()


def _assertion(found: Holes) -> str:
    text = found["text"]
    if re.search(r"(?:<|&lt;)=? ?n_classes|cur_target ?>=|cur_target &gt;=", text):
        return (
            "The assertion `t >= 0 && t < n_classes` names the cause: a label is no class. Labels "
            "run from 0 to the number of outputs minus 1."
        )
    if "indexValue" in text or "idx_dim" in text:
        return (
            "The assertion names the cause: `scatter_` or `gather` was given an index out of range. In a "
            "one-hot encoding it is a label that is no class: print `y.unique()`. Masks are often stored as "
            "255."
        )
    if (
        "srcIndex" in text
        or ("index out of bounds" in text and "ssert" in text)
        or "indexSelect" in text
        or "IndexKernel" in text
    ):
        return (
            "The assertion names the cause: an index is out of range, as of an embedding whose table is "
            "smaller than the vocabulary, or in `x[index]`."
        )
    if "target_val" in text:
        return (
            "The assertion names the cause: a binary cross-entropy was given targets outside of 0 to 1. "
            "Masks are often stored as 0 and 255, labels as 1 and 2: print `y.unique()`, then `y / 255` or "
            "`y - 1`."
        )
    if "input_index" in text:
        return (
            "The assertion names the cause: the scores have more values (classes times pixels) than 32-bit "
            "positions can count, 2,147,483,647. Take smaller pictures or batches, or the loss of parts."
        )
    if any(name in text for name in ("input_val", "x <= 1", "input <= 1", "'x >= 0")):
        return (
            "The assertion names the cause: `BCELoss` was given values outside of 0 to 1, or NaN. Raw scores "
            "belong into `BCEWithLogitsLoss`. If the last layer is a sigmoid, they are NaN: print the "
            "input's and the target's `min()` and `max()`. Pixels of 0 to 255, as `dataset.data` holds them, "
            "have to be divided by 255."
        )
    if any(name in text for name in ("cumdist", "accZero", "MultinomialKernel", "sampleMultinomial")):
        return (
            "The assertion names the cause: `torch.multinomial` was given probabilities that are negative, "
            "NaN or all 0."
        )
    return ""


KINDS: Final = (
    kind(
        "two-devices",
        "Tensors on different devices",
        "Expected all tensors to be on the same device",
        ("Expected all tensors to be on the same device, but found at least two devices, {a} and {b}!"),
        "Expected object of backend {a} but got backend {b} for argument",
        "Expected object of device type {a} but got device type {b} for argument",
        "Input type (torch.cuda.{a}) and weight type (torch.{b}) should be the same",
        "Input type (torch.{a}) and weight type (torch.cuda.{b}) should be the same",
        ("Input type ({a}) and weight type ({b}) should be the same or input should be a MKLDNN tensor"),
        "Input type (torch.{a}) and bias type (torch.cuda.{b}) should be the same",
        "Input type (torch.cuda.{a}) and bias type (torch.{b}) should be the same",
        "Input and hidden tensors are not at the same device",
        "Input and parameter tensors are not at the same device",
        "but expected it to be on GPU",
        "but expected them to be on GPU",
        "is on CPU, but expected",
        "expected device {a} but got device {b}",
        "arguments are located on different GPUs",
        "Expected object of type torch.cuda.{a} but found type torch.{b} for argument",
        "Expected object of type torch.FloatTensor but found type torch.cuda.{b} for argument",
        "Expected object of type Variable[torch.FloatTensor] but found type Variable[torch.cuda",
        "indices should be either on cpu or on the same device as the indexed tensor",
        "indices should be either on the CPU or on the same device",
        "Placeholder storage has not been allocated on MPS device",
        "is not on the expected device {a}",
        "Tensor on device {a} is not on the expected device {b}",
        "expected type torch.cuda.{a} but got torch.{b}",
        "Input type (MPS{a}) and weight type ({b}) should be the same",
        "Expected a 'cuda' device type for generator but found 'cpu'",
        "must be on the same device",
        "Attempted to set the storage of a tensor on device",
        "Input, output and indices must be on the current device",
        "TypeError: expected CPU (got CUDA)",
        "TypeError: expected CUDA (got CPU)",
        "Expected a 'cpu' device type for generator but found 'cuda'",
        "to have the same device as tensor",
        "get_device is not implemented for type torch.{a}",
        "to have the same type as tensor for argument {a}; but type {b} does not equal {c} (while checking",
        "All input tensors must be on the same device",
        "legacy constructor expects device type: {a} but device type: {b} was passed",
        "tensors are on different GPUs",
        "expected both inputs to be on same device",
        "Expected !pre_compute_input to be true, but got false",
        "expected backend CPU and dtype {a} but got backend CUDA",
        "expected backend CUDA and dtype {a} but got backend CPU",
        "is_cuda() INTERNAL ASSERT FAILED",
        "to have {a} Backend, but got tensor with {b} Backend",
        means="An operation needs all of its tensors on one device: the network's weights, the input, the "
        "labels, and whatever is made along the way.",
        cure="Set `device` once, then `model.to(device)` before the optimizer is made, and in the loop `X, "
        "y = X.to(device), y.to(device)`. Tensors made inside `forward` need `device=x.device`; fixed ones "
        "belong in `register_buffer`; layers in `nn.ModuleList`, not in a plain list.",
        trap=(
            "`x.to(device)` alone does nothing: it returns the moved tensor (`x = x.to(device)`). "
            "Only modules are moved in place."
        ),
        holds=lambda found: apart(found),
        reads=_two_devices,
        program="""
import torch
from torch import nn

device = "cuda" if torch.cuda.is_available() else "meta"
model = nn.Linear(784, 10).to(device)
images = torch.rand(64, 784)
print(model(images).shape)
""",
        change=(("print(model(images).shape)", "print(model(images.to(device)).shape)"),),
        page="mistakes",
        weight=3,
        complaints=(
            "tensor|variable|input|inputs & still on cpu|still on the cpu|stays on cpu|stays on the cpu|"
            "stay on the cpu|remains on cpu|remains on the cpu|not move|not moving|failing to move|fails "
            "to move|doesnt move|residing on the cpu|not moved & gpu|cuda",
            "tensor|model|input|weights|data & different devices|two devices|not on the same device",
        ),
    ),
    kind(
        "device-assert",
        "The GPU stopped at an assertion",
        "CUDA error: device-side assert triggered",
        "device-side assert triggered",
        "cuda runtime error (59)",
        "error=59 :",
        "error=710 :",
        "cuda runtime error (710)",
        "t >= 0 && t < n_classes",
        "Assertion `srcIndex < srcSelectDimSize` failed",
        "block: [{a}], thread: [{b}] Assertion",
        means="A check inside a GPU program failed: nearly always an index out of range, such as a label "
        "that is no class, or a token past the end of an embedding.",
        cure="Run it once on the CPU (`device = 'cpu'`): there the message is exact. Or set "
        "`CUDA_LAUNCH_BLOCKING=1`. Print `y.min(), y.max()` and compare with the number of outputs. "
        "Restart the process (the notebook's kernel) after it: the GPU's state is lost.",
        trap="Nothing is wrong with the driver or the card, and reinstalling does not help.",
        reads=_assertion,
        where=(
            "The line that the traceback blames is innocent: a GPU works later than Python, and "
            "reports at some line after the cause."
        ),
        program="""
import torch
from torch import nn

logits, labels = torch.rand(3, 10, device="cuda"), torch.tensor([1, 5, 10], device="cuda")
print(nn.CrossEntropyLoss()(logits, labels))
""",
        change=(
            (
                "print(nn.CrossEntropyLoss()(logits, labels))",
                "print(nn.CrossEntropyLoss()(logits, labels - 1))",
            ),
        ),
        page="optimization",
        runs="elsewhere",
        weight=3,
    ),
    kind(
        "cuda-fork",
        "GPU tensors in worker processes, or tensors of the GPU that are to be pinned",
        "Cannot re-initialize CUDA in forked subprocess",
        "cuda runtime error (3)",
        "CUDA error (3)",
        "storage._share_cuda_()",
        "CUDA error: mapping of buffer object failed",
        "CUDA error: resource already mapped",
        "CUDA error: invalid device context",
        "cuda runtime error (71)",
        "cuda runtime error (801)",
        "error=71 : operation not supported",
        "error=801 : operation not supported",
        "cannot pin '{a}' only dense CPU tensors can be pinned",
        "CUDA error: initialization error",
        means=(
            "Mostly the dataset (or whatever runs in worker processes) uses the GPU, which the main process "
            "has already opened. On Windows, tensors on the GPU cannot be passed between processes at all, "
            "and nowhere can they be pinned."
        ),
        cure="Keep the dataset on the CPU, and move whole batches in the loop: `X.to(device)`. Or "
        "`num_workers=0`; or the start method `spawn`, set under `if __name__ == '__main__':`. Drop "
        "`pin_memory=True` for tensors on the GPU. If there are no such processes, the driver is in a bad "
        "state: restart the machine.",
        program="""
import torch
from torch.utils.data import DataLoader

images = [torch.zeros(4, device="cuda") for _ in range(8)]
print(next(iter(DataLoader(images, num_workers=2))).shape)
""",
        change=(
            (
                'images = [torch.zeros(4, device="cuda") for _ in range(8)]',
                "images = [torch.zeros(4) for _ in range(8)]",
            ),
        ),
        page="datasets",
        runs="elsewhere",
        complaints=(
            "cuda initialization error & dataloader|worker|fork|multiprocess|num_workers",
            "cuda & re initializ|reinitializ",
        ),
    ),
    kind(
        "meta-copy",
        "A tensor that has a shape and no values",
        "Cannot copy out of meta tensor; no data",
        "Tensor.item() cannot be called on meta tensors",
        means=(
            "The model was built on the `meta` device (often by a library that loads weights later), "
            "and something wants its values."
        ),
        cure="Load the weights first, or `model.to_empty(device='cpu')` and then `load_state_dict`.",
        program="""
from torch import nn

model = nn.Linear(784, 10, device="meta")
print(model.to("cpu"))
""",
        change=(('print(model.to("cpu"))', 'print(model.to_empty(device="cpu"))'),),
        page="checkpoints",
    ),
)
