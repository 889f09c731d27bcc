"""The tensors page: making, describing, indexing, joining and multiplying tensors, and what NumPy shares."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.teaching.lessons.tensors_memory import (
    moving,
    moving_cost,
    not_shared,
    numpy_to_tensor,
    tensor_to_numpy,
)
from core.teaching.snippets import Choice, Code, Index, Int, Lesson, NestedNumbers, Shape, step

Array = np.ndarray[Any, Any]


@step(
    title="From data",
    data=NestedNumbers(
        label="Data",
        default="[[1, 2], [3, 4]]",
        examples=("[1, 2.5]", "[True, False]", "[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]", "3.14"),
        top=True,
        help="A number, or lists of numbers in lists: at most 64 numbers, 4 levels deep.",
    ),
)
def from_data(data: Any) -> Tensor:
    """`torch.tensor` copies numbers from Python lists and infers the dtype, the type of every element.

    Whole numbers give `int64`, a single decimal point makes all of them `float32`, and `True` and `False`
    alone give `bool`. Every list at the same depth needs the same length.
    """
    x_data = torch.tensor(data)
    print(x_data)
    print(x_data.shape, x_data.dtype)
    return x_data


@step(
    title="From a NumPy array",
    data=NestedNumbers(
        label="Data", default="[[1, 2], [3, 4]]", examples=("[[1.0, 2.0], [3.0, 4.0]]",), top=True
    ),
)
def from_array(data: Any) -> tuple[Array, Tensor]:
    """`torch.from_numpy` keeps the array's dtype, and its memory: nothing is copied.

    NumPy's decimals are `float64`, PyTorch's are `float32`. A tensor made from an array stays `float64` until
    you convert it, and a `float32` network refuses it.
    """
    np_array = np.array(data)
    x_np = torch.from_numpy(np_array)
    print(np_array.dtype, "->", x_np.dtype)
    print(x_np)
    return np_array, x_np


@step(
    title="Like another tensor",
    dtype=Code(
        label="dtype of the random ones",
        default="float32",
        options={
            "float32": "torch.float32",
            "float64": "torch.float64",
            "float16": "torch.float16",
            "bfloat16": "torch.bfloat16",
        },
    ),
    seed=Int(label="Seed", default=0, low=0, high=20),
)
def like_another(dtype: torch.dtype, seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The `_like` functions take shape, dtype and device from a tensor you have, unless you say otherwise.

    `x_data` holds whole numbers, and there are no random whole numbers between 0 and 1, so the random
    ones need a floating-point dtype of their own. `rand_like` is uniform on [0, 1); `randn_like` is normal.
    """
    x_data = torch.tensor([[1, 2], [3, 4]])
    generator = torch.Generator().manual_seed(seed)

    x_ones = torch.ones_like(x_data)  # whole numbers, as x_data
    x_rand = torch.rand_like(x_data, dtype=dtype, generator=generator)
    x_randn = torch.randn_like(x_data, dtype=dtype, generator=generator)
    print(x_ones, x_rand, x_randn, sep="\n")
    return x_data, x_ones, x_rand, x_randn


@step(
    title="Uniform or normal",
    count=Choice(label="How many numbers", default=10_000, options=(100, 1_000, 10_000, 100_000)),
    seed=Int(label="Seed", default=0, low=0, high=20),
)
def uniform_or_normal(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """`rand` and `rand_like` spread numbers evenly over [0, 1): mean 0.5, standard deviation about 0.29.

    `randn` and `randn_like` draw from the normal distribution with mean 0 and standard deviation 1, which
    has no ends. The letter **n** is the whole difference in the code.
    """
    like = torch.empty(count)
    generator = torch.Generator().manual_seed(seed)
    uniform = torch.rand_like(like, generator=generator)
    normal = torch.randn_like(like, generator=generator)

    for name, numbers in (("uniform", uniform), ("normal", normal)):
        print(f"{name}: from {numbers.min():.3f} to {numbers.max():.3f}")
        print(f"  mean {numbers.mean():.3f}, standard deviation {numbers.std():.3f}")
    return uniform, normal


@step(
    title="From a shape",
    shape=Shape(label="Shape", default="2, 3", examples=("5", "2, 2, 3", "1, 4", "()"), top=True),
    dtype=Code(
        label="dtype",
        default="float32",
        options={
            "float32": "torch.float32",
            "float64": "torch.float64",
            "int64": "torch.int64",
            "bool": "torch.bool",
        },
    ),
    seed=Int(label="Seed", default=0, low=0, high=20),
)
def from_shape(shape: tuple[int, ...], dtype: torch.dtype, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """A shape is a tuple of sizes: `(2, 3)` is two rows of three, `(5,)` is five in a line, `()` one number.

    `rand` gives decimals, so it keeps `float32` here whatever dtype the ones and zeros have.
    """
    generator = torch.Generator().manual_seed(seed)
    rand_tensor = torch.rand(shape, generator=generator)
    ones_tensor = torch.ones(shape, dtype=dtype)
    zeros_tensor = torch.zeros(shape, dtype=dtype)
    print(rand_tensor, ones_tensor, zeros_tensor, sep="\n")
    return rand_tensor, ones_tensor, zeros_tensor


@step(
    title="Shape, dtype, device, strides",
    view=Code(
        label="Look at",
        default="tensor",
        options={
            "tensor": "tensor",
            "tensor.T": "tensor.T",
            "tensor[1:]": "tensor[1:]",
            "tensor[:, ::2]": "tensor[:, ::2]",
            "tensor.reshape(2, 6)": "tensor.reshape(2, 6)",
            "tensor[0].expand(3, 4)": "tensor[0].expand(3, 4)",
            "tensor.T.contiguous()": "tensor.T.contiguous()",
        },
    ),
    dtype=Code(
        label="dtype",
        default="float32",
        options={
            "float32": "torch.float32",
            "float64": "torch.float64",
            "int64": "torch.int64",
            "uint8": "torch.uint8",
        },
    ),
)
def attributes(view: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """A tensor is a line of numbers in memory (its **storage**) and a way to read it.

    The **strides** say how many numbers to skip for the next row and for the next column; the **offset** says
    where to begin. Transposing or slicing changes only those: the storage stays, and nothing is copied.
    """
    tensor = torch.arange(12, dtype=dtype).reshape(3, 4)
    looked_at = view

    print(f"Shape of tensor: {looked_at.shape}")
    print(f"Datatype of tensor: {looked_at.dtype}")
    print(f"Device tensor is stored on: {looked_at.device}")
    print(f"Strides: {looked_at.stride()}, offset {looked_at.storage_offset()}")
    print(f"Storage: {looked_at.untyped_storage().nbytes()} bytes")
    print(f"Bytes an element: {looked_at.element_size()}")
    print(f"Contiguous (in order, no gap): {looked_at.is_contiguous()}")

    shared = looked_at.untyped_storage().data_ptr() == tensor.untyped_storage().data_ptr()
    print(f"Same storage as tensor: {shared}")
    return tensor, looked_at


@step(
    title="Indexing and slicing",
    index=Index(
        label="Index: what goes between the brackets",
        default=":, 0",
        examples=("0", "..., -1", "1:3, None", "1:3, ::2", "[0, 2]", "[[0, 2]]", "tensor > 9", "2, 3"),
        help="Numbers, slices such as 1:3, ..., None, a list such as [[0, 2]], a mask such as tensor > 9.",
    ),
)
def indexing(index: Any) -> tuple[Tensor, Tensor]:
    """`tensor[0]` is the first row, `tensor[:, 0]` the first column, `tensor[..., -1]` the last one.

    Numbers and slices give a **view**: the same memory, read differently. Lists and masks give a **copy**.
    Writing into a view changes the tensor it came from; writing into a copy does not.
    """
    tensor = torch.arange(20).reshape(4, 5)
    picked = tensor[index]
    print(picked)
    print(picked.shape)

    shared = picked.untyped_storage().data_ptr() == tensor.untyped_storage().data_ptr()
    print("a view of the same memory" if shared else "a copy with memory of its own")
    return tensor, picked


@step(
    title="Assigning to a slice",
    index=Index(label="Index", default=":, 1", examples=("0", "1:3", "1:3, 1:3", "tensor > 0", "..., -1")),
    value=NestedNumbers(
        label="Value",
        default="0",
        examples=("[10, 20, 30, 40]", "[[10], [20]]", "[[10, 20], [30, 40]]"),
        top=True,
    ),
)
def assigning(index: Any, value: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Assigning writes into the cells that the index picks. The value is **broadcast** to their shape.

    Shapes are compared from the right. A size must be equal, or 1, or missing; where it is 1 or missing, the
    value is repeated, without being copied.
    """
    tensor = torch.ones(4, 4)
    target = tensor[index].shape
    small = torch.tensor(value, dtype=tensor.dtype)
    tensor[index] = small
    print(tensor)

    spread = small.broadcast_to(target)  # what the assignment did by itself
    print(tuple(small.shape), "broadcast to", tuple(spread.shape))
    return small, spread, tensor


@step(title="Joining with cat", dim=Choice(label="dim", default=1, options=(0, 1)))
def joining(dim: int) -> tuple[Tensor, Tensor]:
    """`torch.cat` lays tensors end to end along a dimension they have: three 4 × 4 make 12 × 4 or 4 × 12.

    With `dim=0` the rows of the second come under the rows of the first; with `dim=1` they come beside them.
    """
    tensor = torch.ones(4, 4)
    tensor[:, 1] = 0
    t1 = torch.cat([tensor, tensor, tensor], dim=dim)
    print(t1)
    print(t1.shape)
    return tensor, t1


@step(title="Joining with stack", dim=Choice(label="dim", default=0, options=(0, 1, 2)))
def stacking(dim: int) -> tuple[Tensor, Tensor, Tensor]:
    """`torch.stack` makes a **new** dimension and puts the tensors one after the other along it.

    A batch of images is exactly that: `stack` with `dim=0` of tensors of the same shape.
    """
    first = torch.full((2, 3), 1)
    second = torch.full((2, 3), 2)
    stacked = torch.stack([first, second], dim=dim)
    print(stacked)
    print(stacked.shape)
    return first, second, stacked


@step(title="Matrix product", seed=Int(label="Seed", default=1, low=0, high=20))
def matrix_product(seed: int) -> tuple[Tensor, Tensor]:
    """`@` and `matmul` are one operation: a row of the left times a column of the right, added up.

    `out=` writes the result into memory that you already own instead of asking for more: what `y3` held
    before is overwritten, and it stays at the same address.
    """
    generator = torch.Generator().manual_seed(seed)
    tensor = torch.randint(0, 5, (3, 4), generator=generator).float()

    y1 = tensor @ tensor.T
    y2 = tensor.matmul(tensor.T)

    y3 = torch.rand_like(y1)
    address = y3.data_ptr()
    torch.matmul(tensor, tensor.T, out=y3)
    print(y1)
    print("all three equal:", torch.equal(y1, y2) and torch.equal(y1, y3))
    print("y3 still at its address:", y3.data_ptr() == address)
    return tensor, y1


@step(title="Element by element", seed=Int(label="Seed", default=1, low=0, high=20))
def element_product(seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """`*` and `mul` are one operation: each cell is the product of the two cells in the same place.

    Adding up all cells of `tensor * tensor` gives the dot product of the tensor with itself.
    """
    generator = torch.Generator().manual_seed(seed)
    tensor = torch.randint(0, 5, (3, 4), generator=generator).float()
    other = tensor.flip(0)

    z1 = tensor * other
    z2 = tensor.mul(other)

    z3 = torch.empty_like(tensor)
    torch.mul(tensor, other, out=z3)
    print(z1)
    print("all three equal:", torch.equal(z1, z2) and torch.equal(z1, z3))
    print("sum of tensor * tensor:", (tensor * tensor).sum().item())
    return tensor, other, z1


@step(
    title="One number",
    how=Code(
        label="Reduce with",
        default="sum",
        options={
            "sum": "tensor.sum()",
            "mean": "tensor.mean()",
            "max": "tensor.max()",
            "sum of each column": "tensor.sum(dim=0)",
        },
    ),
)
def one_number(how: Tensor) -> tuple[Tensor, Tensor]:
    """`sum`, `mean` and `max` give a tensor with one element; `.item()` takes it out as a Python number.

    `.item()` works for a single element only: with more, PyTorch cannot know which one you mean.
    """
    tensor = torch.ones(4, 4)
    tensor[:, 1] = 0
    agg = how
    print(agg)
    try:
        agg_item = agg.item()
        print(agg_item, type(agg_item))
    except RuntimeError as error:
        print("RuntimeError:", error)
    return tensor, agg


@step(
    title="In place",
    number=Int(label="Number", default=5, low=-9, high=9),
    change=Code(
        label="Operation",
        default="add_",
        options={
            "add_": "tensor.add_(number)",
            "mul_": "tensor.mul_(number)",
            "zero_": "tensor.zero_()",
            "add (not in place)": "tensor.add(number)",
        },
    ),
)
def in_place(number: int, change: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """A name that ends in `_` changes the tensor itself and gives it back: no new memory.

    That saves memory, and it overwrites what backward may still need: autograd then refuses with an error.
    """
    tensor = torch.ones(4, 4)
    tensor[:, 1] = 0
    before = tensor.clone()
    result = change
    print(tensor)
    print("result is tensor itself:", result is tensor)
    return before, tensor, result


LESSON = Lesson(
    "tensors",
    "Tensors",
    (
        from_data,
        from_array,
        like_another,
        uniform_or_normal,
        from_shape,
        attributes,
        indexing,
        assigning,
        joining,
        stacking,
        matrix_product,
        element_product,
        one_number,
        in_place,
        tensor_to_numpy,
        numpy_to_tensor,
        not_shared,
        moving,
        moving_cost,
    ),
)
