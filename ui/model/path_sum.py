"""A gradient written out: the products that it is the sum of."""

import pandas as pd
import streamlit as st

from core.analysis.backward import PathSum


def place(index: tuple[int, ...]) -> str:
    """A place without the batch, as PyTorch indexes it."""
    return f"[{', '.join(map(str, index[1:]))}]"


def show_sum(paths: PathSum, of: str) -> None:
    """The listed products, the rest, and what they add up to: the gradient `of` a value or a weight."""
    rows = [
        {
            "Through": f"image {each.index[0]}, {place(each.index)}" if each.index else "the loss",
            "Arrives": each.arriving,
            "Local derivative": each.local,
            "Product": each.product,
        }
        for each in paths.listed
    ]
    if paths.others:
        rows.append({"Through": f"{paths.others:,} more", "Product": paths.rest})
    rows.append({"Through": "Sum", "Product": paths.shown})
    number = st.column_config.NumberColumn(format="%.4g")
    st.dataframe(
        pd.DataFrame(rows, columns=["Through", "Arrives", "Local derivative", "Product"]),
        hide_index=True,
        height="content",
        placeholder="",
        column_config=dict.fromkeys(("Arrives", "Local derivative", "Product"), number),
        alt=f"The products that add up to the gradient {paths.gradient:.4g} of {of}",
    )
