"""What the tensors page draws beside its steps: cells picked, copied, multiplied, and where they lie."""

import altair as alt
import pandas as pd
import streamlit as st
import torch

from core.teaching.snippets import StepResult
from core.teaching.snippets.literal import parse_index
from ui import charts
from ui.components.tensor_view import Cells, clicked_cell, describe_tensor, tensor_row


def show_index(result: StepResult) -> None:
    """The tensor with the picked cells marked, what was picked, and whether it shares memory."""
    tensor, picked = result.values["tensor"], result.values["picked"]
    cells = parse_index(result.inputs["index"]).cells(tensor).reshape(-1).tolist()
    marks = {at: "picked" if at in cells else "faint" for at in range(tensor.numel())}
    if picked.untyped_storage().data_ptr() == tensor.untyped_storage().data_ptr():
        st.badge("View: the same memory, nothing copied", icon=":material/visibility:", color="blue")
    else:
        st.badge("Copy: memory of its own", icon=":material/content_copy:", color="orange")
    tensor_row(
        [
            Cells(tensor, "tensor", marks),
            "→",
            Cells(picked, "picked", note=describe_tensor(picked)),
        ],
        key="index_cells",
    )


def show_assignment(result: StepResult) -> None:
    """The value, the same value repeated to the shape of the slice, and where it went."""
    small, spread, tensor = (result.values[name] for name in ("small", "spread", "tensor"))
    cells = parse_index(result.inputs["index"]).cells(torch.ones_like(tensor)).reshape(-1).tolist()
    first = torch.arange(small.numel()).reshape(small.shape).broadcast_to(spread.shape).reshape(-1).tolist()
    repeated = {at: "stretched" for at, source in enumerate(first) if source in first[:at]}
    tensor_row(
        [
            Cells(small, "small"),
            "→",
            Cells(
                spread,
                "spread",
                repeated,
                note=f"{describe_tensor(spread)}; dashed cells are repeated, not copied",
            ),
            "→",
            Cells(
                tensor, "tensor", {at: "picked" if at in cells else "faint" for at in range(tensor.numel())}
            ),
        ],
        key="assign_cells",
    )


def show_join(result: StepResult) -> None:
    """`cat`: the tensor, and the result with the second of the three parts marked."""
    tensor, joined = result.values["tensor"], result.values["t1"]
    dim = 0 if joined.shape[0] > joined.shape[1] else 1
    part = torch.arange(joined.numel()).reshape(joined.shape).narrow(dim, 4, 4).reshape(-1).tolist()
    tensor_row(
        [
            Cells(tensor, "tensor"),
            "→",
            Cells(
                joined,
                "t1",
                dict.fromkeys(part, "picked"),
                note=f"{describe_tensor(joined)}; the second is outlined",
            ),
        ],
        key="join_cells",
    )


def show_storage(result: StepResult) -> None:
    """The line of memory with the elements that the tensor reads, and the tensor itself."""
    tensor, looked = result.values["tensor"], result.values["looked_at"]
    storage = torch.tensor([], dtype=looked.dtype).set_(looked.untyped_storage())
    steps = [torch.arange(size) * stride for size, stride in zip(looked.shape, looked.stride(), strict=True)]
    places = torch.tensor(looked.storage_offset())
    for step in steps:
        places = places.unsqueeze(-1) + step
    read = set(places.reshape(-1).tolist())
    marks = {at: "picked" if at in read else "faint" for at in range(storage.numel())}
    same = looked.untyped_storage().data_ptr() == tensor.untyped_storage().data_ptr()
    where = "tensor's own memory, no copy" if same else "new memory: this is a copy"
    tensor_row([Cells(looked, "looked_at", note=describe_tensor(looked))], key="attribute_cells")
    tensor_row(
        [Cells(storage, "storage", marks, note=f"{where}; outlined cells are read")],
        key="storage_cells",
    )


def show_matrix_product(result: StepResult) -> None:
    """Both factors and the product; a click on a cell marks the row and the column it is made of."""
    tensor, y1 = result.values["tensor"], result.values["y1"]
    right = tensor.T.contiguous()
    key = "matmul_cells"
    row, column = divmod(clicked_cell(key, "y1", y1.numel()), y1.shape[1])
    width, depth = y1.shape[1], tensor.shape[1]
    st.caption("Click a cell of y1, or move with the arrow keys and press Enter.")
    tensor_row(
        [
            Cells(tensor, "tensor", {row * depth + k: "picked" for k in range(depth)}),
            "@",
            Cells(right, "tensor.T", {k * width + column: "picked" for k in range(depth)}),
            "=",
            Cells(y1, "y1", {row * width + column: "chosen"}, click=True),
        ],
        key=key,
    )
    pairs = zip(tensor[row].tolist(), right[:, column].tolist(), strict=True)
    terms = " + ".join(f"{a:g} × {b:g}" for a, b in pairs)
    st.markdown(
        f"`y1[{row}, {column}]` = row {row} times column {column} = {terms} = **{y1[row, column]:g}**"
    )


def show_element_product(result: StepResult) -> None:
    """Both factors and the product; a click on a cell of the product marks the two cells it is made of."""
    tensor, other, z1 = (result.values[name] for name in ("tensor", "other", "z1"))
    key = "mul_cells"
    at = clicked_cell(key, "z1", z1.numel())
    row, column = divmod(at, z1.shape[1])
    st.caption("Click a cell of z1, or move with the arrow keys and press Enter.")
    mark = {at: "picked"}
    tensor_row(
        [
            Cells(tensor, "tensor", mark),
            "*",
            Cells(other, "other", mark),
            "=",
            Cells(z1, "z1", {at: "chosen"}, click=True),
        ],
        key=key,
    )
    a, b = tensor[row, column].item(), other[row, column].item()
    st.markdown(f"`z1[{row}, {column}]` = {a:g} × {b:g} = **{z1[row, column]:g}**")


def show_histograms(result: StepResult) -> None:
    """Both samples in the same bins, side by side."""
    uniform, normal = result.values["uniform"], result.values["normal"]
    for place, name, numbers in zip(st.columns(2), ("uniform", "normal"), (uniform, normal), strict=True):
        counts, edges = torch.histogram(numbers, bins=40, range=(-4.0, 4.0))
        title = f"{name}: {numbers.numel():,} numbers"
        with place:
            st.caption(title)
            chart = charts.histogram(counts.tolist(), edges.tolist(), x_title="Value", y_title="How many")
            charts.show_chart(chart, alt_text=f"Histogram of {title} between -4 and 4", height=220)


def show_cost(result: StepResult) -> None:
    """Time of a copy against its size, both on logarithmic axes."""
    rows = pd.DataFrame(
        {
            "size": [size / 1e6 for size in result.values["sizes"]],
            "time": result.values["milliseconds"],
        }
    )
    chart = (
        alt.Chart(rows)
        .mark_line(point={"size": 60, "filled": True, "color": charts.ACCENT}, color=charts.ACCENT)
        .encode(
            x=alt.X(
                "size:Q",
                title="Size of the tensor, MB",
                scale=alt.Scale(type="log"),
                axis=alt.Axis(format="~g", **charts.powers(rows["size"])),
            ),
            y=alt.Y(
                "time:Q",
                title="Time of one copy, ms",
                scale=alt.Scale(type="log"),
                axis=alt.Axis(format="~g", **charts.powers(rows["time"])),
            ),
            tooltip=[alt.Tooltip("size:Q", format=".3f"), alt.Tooltip("time:Q", format=".4f")],
        )
    )
    charts.show_chart(
        chart, alt_text="Time of a copy in milliseconds against its size in megabytes", height=260
    )
