"""The tensors page: making, describing, indexing, joining and multiplying tensors, and what NumPy shares."""

import numpy as np
import torch

from core.teaching.lessons.tensors_memory import (
    moving,
    moving_cost,
    not_shared,
    numpy_to_tensor,
    tensor_to_numpy,
)
from core.teaching.lessons.tensors_operations import (
    element_product,
    in_place,
    joining,
    matrix_product,
    one_number,
    stacking,
)
from core.teaching.snippets import Choice, Code, Index, Int, Lesson, NestedNumbers, Shape, step


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
def from_data(data):
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
def from_array(data):
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
def like_another(dtype, seed):
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
def uniform_or_normal(count, seed):
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
def from_shape(shape, dtype, seed):
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
def attributes(view, dtype):
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
    print(f"Bytes per element: {looked_at.element_size()}")
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
def indexing(index):
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
        examples=("[10, 20, 30, 40]", "[[10], [20]]", "[[10, 20], [30, 40]]", "[[1, 2, 3, 4]]"),
        top=True,
    ),
)
def assigning(index, value):
    """Assigning writes into the cells that the index picks. The value is **broadcast** to their shape.

    Shapes are compared from the right. A size must be equal, or 1, or missing; where it is 1 or missing, the
    value is repeated. Sizes of 1 in front that the target does not have are left out.
    """
    tensor = torch.ones(4, 4)
    target = tensor[index].shape
    small = torch.tensor(value, dtype=tensor.dtype)
    tensor[index] = small
    print(tensor)

    extra = max(0, small.dim() - len(target))  # sizes of 1 in front
    # what the assignment did by itself
    spread = small.reshape(small.shape[extra:]).broadcast_to(target)
    print(tuple(small.shape), "broadcast to", tuple(spread.shape))
    return small, spread, tensor


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
