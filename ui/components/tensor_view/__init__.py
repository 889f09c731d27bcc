"""Small tensors as grids of cells that can be marked and clicked."""

from ui.components.tensor_view.component import (
    MAX_CELLS,
    Cells,
    clicked_cell,
    describe_tensor,
    tensor_row,
)

__all__ = ["MAX_CELLS", "Cells", "clicked_cell", "describe_tensor", "tensor_row"]
