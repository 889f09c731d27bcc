"""What sequence layers are given."""

import re

from core.teaching.clinic.kind import Holes, sizes


def indices(found: Holes) -> str:
    """Of what type the numbers are that an embedding looks up."""
    given = found["t"].split(" instead")[0].strip(" .")[:40] if "t" in found else ""
    if re.search(r"int32|(?<!\w)Int\b|\bIntTensor", given):
        return f"It was given {given}: int32, as NumPy makes on Windows. `.long()` makes it int64."
    if re.search(r"[uU]?[iI]nt(?:8|16)|Char|Short|Byte", given):
        return f"It was given {given}: `.long()` makes it int64."
    return f"It was given {given}." if given else ""


def width(found: Holes) -> str:
    """How many features a recurrent layer was given, or how many dimensions."""
    if "received 4-D" in found["message"][:120] or "got 4D" in found["message"][:120]:
        return (
            "4 dimensions came. Print `x.shape`: one that holds 1 entry goes by `x.squeeze(k)`; two that "
            "describe one step together are joined, `x.flatten(2)`."
        )
    if "b" not in found:
        return ""
    if "dimension" in found["message"][:60].lower() and found["b"][:1] == "2":
        return (
            f"{found['a']} dimensions are wanted, {found['b'][:1]} came: (batch, length, features). One "
            "sequence: `x.unsqueeze(0)` with `batch_first=True`, `x.unsqueeze(1)` without. Single numbers: "
            "`x.unsqueeze(-1)`."
        )
    said = f"{found['a']} is expected, {found['b']} came."
    if {found["a"], found["b"].strip(" .")[:4]} == {"768", "1024"}:
        said += (
            " These are the widths of a base and of a large BERT: if it is one, the layer was made for the "
            f"other of the two. `input_size={found['b'].strip(' .')}`, or load the other BERT."
        )
    elif found["a"].isdigit() and found["b"].strip(" .").isdigit() and found["a"] != "1":
        given = found["b"].strip(" .")
        said += (
            f" If the last dimension holds the features, it is for you to choose: `input_size={given}` where "
            f"the layer is made, or only {found['a']} of the columns in the data. If not, exchange the "
            "dimensions, or set `batch_first=True`."
        )
    return said


def mask(found: Holes) -> str:
    """Which shape the mask has to have, and what the wanted one gives away."""
    if "a" not in found:
        return ""
    wanted, given = sizes(found["a"]), sizes(found["b"])
    said = f"It wants ({found['a']}), the mask is ({found['b']})."
    if len(wanted) == len(given) == 2 and wanted[0] == wanted[1] and given[0] == given[1]:
        said += (
            f" If {wanted[0]} is your batch size and {given[0]} the length, layer and input disagree on "
            "their order: the layer needs `batch_first=True` for (batch, length, features). If it has that "
            "already, as in a newer version of a package, leave out the `permute` that puts the length first."
        )
    return said
