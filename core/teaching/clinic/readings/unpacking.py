"""Values taken apart into names."""

from core.teaching.clinic.kind import Holes


def unpacked(found: Holes) -> str:
    """How many values came for how many names, and of what."""
    if "a" not in found:
        return ""
    said = f"{found['a']} names stand on the left" + (
        f", {found['b']} values came." if "b" in found else ", more values came."
    )
    if "pack_padded_sequence(" in found["text"] and "b" not in found:
        return (
            f"{said} A `PackedSequence` has four parts since PyTorch 1.1, two before: take the data by its "
            "name, `pack_padded_sequence(...).data`."
        )
    line = found["text"][: found["text"].rfind("values to unpack")][-160:]
    if ".size()" in line or ".shape" in line:
        said += (
            " What is taken apart is a shape, so the tensor has another number of dimensions than the line "
            "expects: print it, and add the missing one (`x.unsqueeze(0)` for a batch) or take one away."
        )
    return said
