"""Puzzles on tensors: indices, dimensions, shapes of products, broadcasts."""

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

from core.teaching.puzzles.judges import multiplies, picks, reduces, views
from core.teaching.puzzles.puzzle import Puzzle

_TABLE: Final = (4, 5)


def _pick(
    name: str,
    ask: str,
    wanted: Callable[[Tensor], Tensor],
    answers: tuple[str, ...],
    wrong: tuple[str, ...],
    shape: tuple[int, ...] = _TABLE,
) -> Puzzle:
    """Write an index; what it has to give is shown for a tensor that counts from -3."""
    count = int(torch.tensor(shape).prod())
    example = torch.arange(-3, count - 3).reshape(shape)
    small = count <= 40
    shown = (
        f"tensor = torch.arange(-3, {count - 3}).reshape{shape}\n"
        if small
        else f"tensor = torch.randn{shape}\n"
    )
    return Puzzle(
        name=name,
        page="tensors",
        ask=ask,
        program=shown + "print(tensor[____])",
        wanted=str(wanted(example)) if small else f"a tensor of shape {list(wanted(example).shape)}",
        placeholder=":, 0",
        judge=picks(wanted, shape),
        answers=answers,
        wrong=wrong,
    )


def _dim(
    name: str,
    ask: str,
    call: str,
    operation: Callable[[Tensor, tuple[int, ...]], Tensor],
    wanted: Callable[[Tensor], Tensor],
    answers: tuple[str, ...],
    wrong: tuple[str, ...],
    shape: tuple[int, ...],
    *,
    one: bool = False,
) -> Puzzle:
    return Puzzle(
        name=name,
        page="tensors",
        ask=ask,
        program=f"tensor = torch.randn{shape}\nprint(tensor.{call}(dim=____).shape)",
        wanted=f"{wanted(torch.zeros(shape)).shape}",
        placeholder="0" if one else "0, or (0, 1)",
        judge=reduces(operation, wanted, shape, one=one),
        answers=answers,
        wrong=wrong,
    )


def _product(
    name: str,
    left: tuple[int, ...],
    product: tuple[int, ...],
    answers: tuple[str, ...],
    wrong: tuple[str, ...],
) -> Puzzle:
    return Puzzle(
        name=name,
        page="tensors",
        ask=f"Which shape gives this product of shape {list(product)}?",
        program=f"left = torch.randn{left}\nright = torch.randn(____)\nprint((left @ right).shape)",
        wanted=f"torch.Size({list(product)})",
        placeholder="2, 3",
        judge=multiplies(left, product),
        answers=answers,
        wrong=wrong,
    )


def _view(
    name: str,
    ask: str,
    program: str,
    combine: Callable[[list[Tensor], tuple[int, ...]], Tensor],
    wanted: Callable[..., Tensor],
    answers: tuple[str, ...],
    wrong: tuple[str, ...],
    *shapes: tuple[int, ...],
) -> Puzzle:
    return Puzzle(
        name=name,
        page="tensors",
        ask=ask,
        program=program,
        wanted=f"a tensor of shape {list(wanted(*(torch.zeros(shape) for shape in shapes)).shape)}",
        placeholder="3, 1",
        judge=views(combine, wanted, *shapes),
        answers=answers,
        wrong=wrong,
    )


_INDICES: Final = (
    _pick(
        "first-row",
        "Pick the first row.",
        lambda t: t[0],
        ("0", "0, :", "0, ..."),
        ("1", ":, 0", "0:1", "[0]"),
    ),
    _pick(
        "last-column",
        "Pick the last column.",
        lambda t: t[:, -1],
        (":, -1", "..., 4", ":, 4"),
        ("-1", ":, 3"),
    ),
    _pick(
        "corner",
        "Pick the top two rows of the two left columns.",
        lambda t: t[:2, :2],
        (":2, :2", "0:2, 0:2"),
        ("2, 2", ":2"),
    ),
    _pick(
        "every-other",
        "Pick every other row, from the first on.",
        lambda t: t[::2],
        ("::2", "[0, 2]", "0::2, :"),
        ("1::2", "2", "[[0, 2]]"),
    ),
    _pick(
        "kept-column",
        "Pick the second column, and keep it a column of shape [4, 1].",
        lambda t: t[:, 1:2],
        (":, 1:2", ":, [1]", "..., 1, None"),
        (":, 1", ":, 2:3"),
    ),
    _pick(
        "two-rows",
        "Pick the last row, then the first.",
        lambda t: t[[3, 0]],
        ("[3, 0]", "[-1, 0], :", "tensor[[3, 0]]"),
        ("[0, 3]", "3, 0", "[[3, 0]]"),
    ),
    _pick(
        "positive",
        "Pick all values above 0, whichever they are.",
        lambda t: t[t > 0],
        ("tensor > 0",),
        ("tensor >= 0", "tensor >= 0.5", "0"),
    ),
    _pick(
        "diagonal",
        "Pick the diagonal of this square.",
        lambda t: t.diagonal(),
        ("[0, 1, 2], [0, 1, 2]", "[0, 1, 2], [-3, -2, -1]"),
        ("0, 0", "[0, 1, 2]", "[[0, 1, 2], [0, 1, 2]]"),
        (3, 3),
    ),
    _pick(
        "new-front",
        "Give the table a batch dimension in front.",
        lambda t: t[None],
        ("None", "None, :", "None, ..."),
        (":, None", "0"),
    ),
    _pick(
        "new-end",
        "Give the table a dimension of 1 at its end.",
        lambda t: t[..., None],
        ("..., None", ":, :, None"),
        ("None", ":, None"),
    ),
    _pick(
        "red-channel",
        "Of a batch of color images, pick the first channel of every image.",
        lambda t: t[:, 0],
        (":, 0", ":, 0, :, :", ":, -3"),
        ("0", ":, :1"),
        (8, 3, 6, 6),
    ),
    _pick(
        "cropped",
        "Of a batch of images, cut off a border of one pixel on all sides.",
        lambda t: t[..., 1:-1, 1:-1],
        ("..., 1:-1, 1:-1", ":, :, 1:5, 1:5"),
        ("1:-1", "..., 1:-1"),
        (8, 1, 6, 6),
    ),
)

_DIMENSIONS: Final = (
    _dim(
        "sum-columns",
        "One sum per column.",
        "sum",
        lambda t, d: t.sum(d),
        lambda t: t.sum(0),
        ("0", "-2", "(0,)"),
        ("1", "(0, 1)"),
        _TABLE,
    ),
    _dim(
        "mean-rows",
        "One mean per row.",
        "mean",
        lambda t, d: t.mean(d),
        lambda t: t.mean(1),
        ("1", "-1"),
        ("0", "2"),
        _TABLE,
    ),
    _dim(
        "channel-means",
        "One mean per channel, over all images and pixels, as for `Normalize`.",
        "mean",
        lambda t, d: t.mean(d),
        lambda t: t.mean((0, 2, 3)),
        ("(0, 2, 3)", "(0, -2, -1)", "[3, 2, 0]"),
        ("1", "(2, 3)", "0"),
        (8, 3, 6, 6),
    ),
    _dim(
        "image-sums",
        "One sum per image and channel.",
        "sum",
        lambda t, d: t.sum(d),
        lambda t: t.sum((2, 3)),
        ("(2, 3)", "(-1, -2)"),
        ("(0, 1)", "3"),
        (8, 3, 6, 6),
    ),
    _dim(
        "softmax-classes",
        "Logits of 8 images, 10 classes each: the shares of one image have to sum to 1.",
        "softmax",
        lambda t, d: t.softmax(d[0]),
        lambda t: t.softmax(1),
        ("1", "-1"),
        ("0", "2", "(1,)", "(1, 0)"),
        (8, 10),
        one=True,
    ),
)

_PRODUCTS: Final = (
    _product("matrix-product", (2, 3), (2, 4), ("3, 4", "(3, 4)"), ("2, 4", "4, 3")),
    _product("batch-product", (5, 2, 3), (5, 2, 4), ("3, 4", "5, 3, 4", "1, 3, 4"), ("2, 4", "5, 4, 3")),
    _product("vector-product", (4, 3), (4,), ("3", "(3,)"), ("3, 1", "4")),
    _product("outer-product", (3, 1), (3, 4), ("1, 4",), ("4", "3, 4")),
)

_BROADCASTS: Final = (
    _view(
        "sum-table",
        "A table of all sums: row i, column j holds `a[i] + b[j]`.",
        "a, b = torch.randn(3), torch.randn(4)\nprint(a.view(____) + b)",
        lambda x, s: x[0].view(s) + x[1],
        lambda a, b: torch.stack([v + b for v in a]),
        ("3, 1", "-1, 1"),
        ("1, 3", "3", "3, 2"),
        (3,),
        (4,),
    ),
    _view(
        "row-weights",
        "Multiply each row of the table by its weight.",
        "weights, table = torch.randn(4), torch.randn(4, 4)\nprint(weights.view(____) * table)",
        lambda x, s: x[0].view(s) * x[1],
        lambda w, t: torch.diag(w) @ t,
        ("4, 1", "-1, 1"),
        ("4", "1, 4"),
        (4,),
        (4, 4),
    ),
    _view(
        "subtract-means",
        "Subtract from each channel of a batch of images its mean.",
        ("means, images = torch.randn(3), torch.randn(8, 3, 6, 6)\nprint(images - means.view(____))"),
        lambda x, s: x[1] - x[0].view(s),
        lambda m, t: torch.stack([t[:, c] - m[c] for c in range(3)], 1),
        ("3, 1, 1", "1, 3, 1, 1"),
        ("3", "3, 1", "1, 3, 1"),
        (3,),
        (8, 3, 6, 6),
    ),
    _view(
        "all-differences",
        "All differences: row i, column j holds `x[i] - x[j]`.",
        "x = torch.randn(5)\nprint(x.view(____) - x)",
        lambda x, s: x[0].view(s) - x[0],
        lambda x: torch.stack([v - x for v in x]),
        ("5, 1", "-1, 1"),
        ("1, 5", "5"),
        (5,),
    ),
    _view(
        "point-differences",
        ("Points in the plane: entry [i, j] is the difference of point i and point j, two numbers."),
        "points = torch.randn(5, 2)\nprint(points.view(____) - points)",
        lambda x, s: x[0].view(s) - x[0],
        lambda x: torch.stack([p - x for p in x]),
        ("5, 1, 2", "-1, 1, 2"),
        ("5, 2", "1, 5, 2", "5, 2, 1"),
        (5, 2),
    ),
)

PUZZLES: Final = (*_INDICES, *_DIMENSIONS, *_PRODUCTS, *_BROADCASTS)
