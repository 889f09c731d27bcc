"""Steps of the tensors page that make tensors from tensors: joining, multiplying, reducing, in place."""

import torch

from core.teaching.snippets import Choice, Code, Int, step


@step(title="Joining with cat", dim=Choice(label="dim", default=1, options=(0, 1)))
def joining(dim):
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
def stacking(dim):
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
def matrix_product(seed):
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
def element_product(seed):
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
def one_number(how):
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
def in_place(number, change):
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
