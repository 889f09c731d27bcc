"""Steps of the tensors page about memory: sharing it with NumPy, copying it, and moving it to a device."""

import time

import numpy as np
import torch

from core.teaching.lessons.choices import DEVICE
from core.teaching.snippets import Choice, Code, Int, step


@step(title="A tensor seen by NumPy", add=Int(label="Add", default=1, low=-9, high=9))
def tensor_to_numpy(add):
    """`t.numpy()` is an array over the **same memory** as the tensor: change one and you have changed both.

    That holds on the CPU. The parentheses matter: `t.numpy` without them is the method itself, not an array.
    """
    t = torch.ones(5)
    n = t.numpy()
    print(f"t: {t}")
    print(f"n: {n}")

    t.add_(add)
    print(f"t: {t}")
    print(f"n: {n}")
    return t, n


@step(title="An array seen by PyTorch", add=Int(label="Add", default=1, low=-9, high=9))
def numpy_to_tensor(add):
    """The other way around, the memory is shared again, and NumPy's dtype: `np.ones` makes `float64`.

    The array prints without a dtype, since `float64` is NumPy's default; the tensor prints
    `dtype=torch.float64`, since PyTorch's default is `float32`. Both hold the same eight bytes per element.
    """
    n = np.ones(5)
    t = torch.from_numpy(n)

    np.add(n, add, out=n)
    print(f"t: {t}")
    print(f"n: {n}  {n.dtype}")
    return n, t


@step(
    title="When memory is not shared",
    way=Code(
        label="Make the tensor with",
        default="torch.tensor(n)",
        options={
            text: text
            for text in (
                "torch.from_numpy(n)",
                "torch.as_tensor(n)",
                "torch.tensor(n)",
                "torch.from_numpy(n).clone()",
                "torch.from_numpy(n).to(torch.float32)",
                "torch.from_numpy(n).to(torch.float64)",
                "torch.from_numpy(n)[::2]",
                "torch.from_numpy(n + 0)",
            )
        },
    ),
)
def not_shared(way):
    """A copy, or a change of dtype, has memory of its own: what happens to the array no longer reaches it.

    `torch.tensor` always copies. `.to` copies only if there is something to change.
    """
    n = np.ones(5)
    t = way
    n[0] = 100
    print(f"n: {n}")
    print(f"t: {t}")
    print("the tensor sees the change:", t[0].item() == 100)
    return n, t


@step(
    title="Moving to a device",
    find_device=Code(
        label="Move to",
        default="today",
        options={**DEVICE.options, "the CPU": '"cpu"'},
        help=DEVICE.help,
    ),
)
def moving(find_device):
    """Tensors are made on the CPU unless you say otherwise. `.to(device)` gives a copy on the one you name.

    All tensors of one operation must be on the same device. Where the program finds no accelerator,
    `.to("cpu")` has nothing to do and gives back the same tensor.
    """
    tensor = torch.ones(3, 4)
    device = find_device
    moved = tensor.to(device)
    print("device:", device)
    print("from", tensor.device, "to", moved.device)
    print("the same tensor object:", moved is tensor)
    return moved


@step(
    title="What moving costs",
    varies="it measures time",
    largest=Choice(label="Largest tensor, MB", default=16, options=(1, 4, 16, 64)),
)
def moving_cost(largest):
    """A copy takes a fixed time before its first byte, and then time in proportion to its size.

    So many small moves cost more than one large one. Each dot is the best of 20 copies, to or, without
    an accelerator here, within the CPU's own memory.
    """
    device = torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
    sizes = [4_000 * 4**power for power in range(8) if 4_000 * 4**power <= largest * 1_050_000]
    milliseconds = []
    for size in sizes:
        tensor = torch.ones(size // 4)  # four bytes an element
        runs = []
        for _ in range(20):
            start = time.perf_counter()
            tensor.to(device, copy=True)
            if device.type != "cpu":
                torch.accelerator.synchronize()  # a copy to an accelerator is only begun by .to
            runs.append(1000 * (time.perf_counter() - start))
        milliseconds.append(min(runs))
        print(f"{size / 1e6:7.3f} MB to {device}: {min(runs):8.3f} ms")
    return sizes, milliseconds
