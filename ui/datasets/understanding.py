"""How a brought dataset is understood: its columns, three rows as they are read, what is done to pictures."""

from typing import Final

import streamlit as st

from core.data.dataset_reader import DatasetFiles, RowPreview, preview
from core.data.label_table import Columns, LabelTable
from core.errors import DataError
from ui.images import png
from ui.shell.share import plain

PREPARED: Final = "Like Fashion-MNIST"
SCALED: Final = "Only scaled"
_SIZE: Final = 84  # pixels of a preview
_KEPT: Final = "own_preview"


def choose_reading(files: DatasetFiles, key: str) -> tuple[Columns | None, bool] | None:
    """Show how the rows are understood, and let the visitor change it.

    Args:
        files: What was brought.
        key: Of these files; widgets of others start anew.

    Returns:
        The columns, and whether pictures are prepared; `None` while a choice is missing.
    """
    with st.container(border=True):
        columns = _columns(files, key)
        if files.table is not None and columns is None:
            return None
        pictures = columns is None or columns.file is not None
        prepares = pictures and _preparation(files, key)
        rows = _preview(files, columns, key)
        st.caption(
            f"The first {len(rows)} rows as they are understood:" if len(rows) > 1 else "The first row:"
        )
        for number, row in enumerate(rows):
            _draw(row, number, prepares=prepares, pictures=pictures)
    return columns, prepares


def _columns(files: DatasetFiles, key: str) -> Columns | None:
    table = files.table
    if table is None:
        st.markdown("**No CSV file**: the name of the folder that a picture is in is its label.")
        return None
    found = files.columns
    if found is not None and found.file is None:
        st.markdown(
            f"**A table of pixels**: the label in {table.name(found.label or 0, found)}, then 784 pixels."
        )
        return found
    if files.doubt:
        st.warning(files.doubt, icon=":material/help:")
    sentence = st.empty()
    with st.expander("Choose the columns", expanded=bool(files.doubt), icon=":material/view_column:"):
        columns = _choose(table, found, key)
    if columns is not None:
        names = plain(table.name(columns.file or 0, columns))
        if columns.one_hot:
            labels = f"the class is the one of {len(columns.one_hot)} columns that holds a 1"
        else:
            labels = f"labels from {plain(table.name(columns.label or 0, columns))}"
        first = (
            "The first line is a header."
            if columns.header
            else "There is no header: the first line is a row."
        )
        sentence.markdown(f"**File names come from {names}; {labels}.** {first}")
    return columns


def _choose(table: LabelTable, found: Columns | None, key: str) -> Columns | None:
    """The columns as the visitor sets them; what was found is where they start."""
    header = st.toggle("The first line is a header", found.header if found else True, key=f"own_header_{key}")
    shape = Columns(header)
    options = list(range(len(table.first)))
    one_hot = found.one_hot if found else ()

    def named(column: int | None) -> str:
        return "A column for each class" if column == -1 else plain(table.name(column or 0, shape))

    left, right = st.columns(2)
    file = left.selectbox(
        "File names",
        options,
        index=(found.file or 0) if found else 0,
        format_func=named,
        key=f"own_file_{key}",
    )
    labels = [*([-1] if one_hot else []), *options]
    start = labels.index(-1 if one_hot else found.label or 0) if found else None
    label = right.selectbox(
        "Labels",
        labels,
        index=start,
        format_func=named,
        placeholder="Choose a column",
        key=f"own_label_{key}",
    )
    if label is None:
        return None
    return Columns(header, file, None if label == -1 else label, one_hot if label == -1 else ())


def _preparation(files: DatasetFiles, key: str) -> bool:
    chosen = st.segmented_control(
        "Pictures",
        (PREPARED, SCALED),
        default=SCALED if files.is_prepared else PREPARED,
        required=True,
        key=f"own_prepare_{key}",
        help="Fashion-MNIST's garments are cut out and light on black. A network that has only seen such "
        "pictures knows little of others; pictures that look so already are only scaled.",
    )
    return chosen == PREPARED


def _preview(files: DatasetFiles, columns: Columns | None, key: str) -> tuple[RowPreview, ...]:
    """The first rows, read once for each choice of columns.

    Raises:
        DataError: The table cannot be read.
    """
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] != (key, columns):
        kept = st.session_state[_KEPT] = ((key, columns), preview(files, columns))
    rows: tuple[RowPreview, ...] = kept[1]
    if not rows:
        raise DataError("The CSV file has a header and no rows.")
    return rows


def _draw(row: RowPreview, number: int, *, prepares: bool, pictures: bool) -> None:
    """One row: what stands in the table, what it means, and the picture before and after."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(width=230, gap="xxsmall"):  # names from strangers are text, never Markdown
            st.text(f"{row.file}, label {row.label}")
            icon = ":material/error:" if row.scaled is None else ":material/arrow_right_alt:"
            st.markdown(f"{icon} {plain(row.meaning)}")
        if row.scaled is None or row.prepared is None:
            return
        name = f"row {number + 1}"
        if row.source is not None:
            st.image(row.source.numpy(), width=_SIZE, caption="Yours", alt=f"The picture of {name}")
        if pictures:
            for image, title, used in (
                (row.prepared, "Prepared", prepares),
                (row.scaled, SCALED, not prepares),
            ):
                st.image(
                    png(image, 4),
                    width=_SIZE,
                    caption=f":material/check: {title}" if used else title,
                    alt=f"The picture of {name}, {title}",
                )
        else:
            st.image(png(row.scaled, 4), width=_SIZE, alt=f"The picture of {name}")
