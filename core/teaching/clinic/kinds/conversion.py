"""Between tensors and NumPy; data types that do not meet."""

from typing import Final

from core.teaching.clinic.kind import Holes, apart, kind
from core.teaching.clinic.readings import data_types


def _array_type(found: Holes) -> str:
    text = found["text"]
    if any(word in text.replace(".values(", "") for word in (".values", "to_numpy(", "DataFrame", "df[")):
        return (
            "Of columns of different kinds (True and False beside fractions, texts, dates) pandas makes an "
            "array of objects: `frame[columns].to_numpy(dtype='float32')`. If that fails, a column holds "
            "texts: `print(frame.dtypes)`."
        )
    if ".values())" in text and ("np.array(" in text or "np.asarray(" in text):
        return (
            "`dict.values()` is no list, so NumPy makes one object of it: `np.array(list(d.values()), "
            "dtype='float32')`."
        )
    if any(call in text for call in ("np.array(", "np.asarray(", "numpy.array(")):
        return (
            "The list that the array is made of may have rows of different lengths: `print({len(row) for row "
            "in rows})`. Pad them to one length first."
        )
    name = found.get("a", "").strip(" .").removeprefix("numpy.")[:24]
    if name.startswith(("str", "bytes", "unicode", "<U")):
        return f"The type is {name}: texts. Make numbers of them: `float(text)`, or a number for each class."
    if name.startswith(("uint", "bool", "float", "int", "longdouble")):
        return (
            f"The type is {name}: `array.astype('float32')` for values, `array.astype('int64')` for labels. "
            "If the message lists this very type as supported, NumPy and PyTorch do not fit: update both."
        )
    return "" if not name or name == "object_" else f"The type is {name}."


KINDS: Final = (
    kind(
        "numpy-grad",
        "numpy() of a tensor that requires a gradient",
        "Can't call numpy() on Tensor that requires grad",
        "Can't call numpy() on Variable that requires grad",
        means=(
            "NumPy knows nothing of gradients, so PyTorch refuses to hand over a tensor that is part "
            "of a graph."
        ),
        cure="`x.detach().cpu().numpy()`; for values that need no gradient at all, compute them under "
        "`with torch.no_grad():`. Before plotting, take `loss.item()`.",
        trap="`x.data.numpy()` works, and hides later in-place changes from autograd.",
        program="""
import torch

weights = torch.rand(3, requires_grad=True)
print((weights * 2).numpy().shape)
""",
        change=(("print((weights * 2).numpy().shape)", "print((weights * 2).detach().numpy().shape)"),),
        page="tensors",
    ),
    kind(
        "numpy-device",
        "numpy() of a tensor that is not in main memory",
        "can't convert {a} device type tensor to numpy",
        "can't convert CUDA tensor to numpy",
        "can't convert cuda tensor to numpy",
        "cannot convert CUDA tensor to numpy",
        "numpy conversion for FloatTensor is not supported",
        means="NumPy arrays live in main memory; the tensor is on another device.",
        cure="`x.detach().cpu().numpy()`. Matplotlib and scikit-learn do this conversion silently, so the "
        "same goes for what you plot or score; for one number, `x.item()`.",
        reads=lambda found: (
            f"The tensor is on {found['a'].strip()[:20]}." if "a" in found else "The tensor is on a GPU."
        ),
        program="""
import torch

device = "cuda" if torch.cuda.is_available() else "meta"
scores = torch.zeros(3, device=device)
print(scores.numpy().shape)
""",
        change=(
            ("print(scores.numpy().shape)", 'print(torch.zeros_like(scores, device="cpu").numpy().shape)'),
        ),
        page="tensors",
    ),
    kind(
        "object-array",
        "A NumPy array whose type a tensor cannot have",
        "can't convert np.ndarray of type numpy.object_",
        "can't convert a given np.ndarray to a tensor - it has an invalid type",
        "can't convert np.ndarray of type {a}. The only supported types are",
        means="The array holds objects (texts, None, arrays of different lengths) instead of numbers, or "
        "numbers of a type that this PyTorch does not have.",
        cure="Look at `array.dtype` and at `array[:5]`. From pandas: select the numeric columns and "
        "`.to_numpy(dtype='float32')`; texts have to become numbers first; rows must have one length.",
        reads=_array_type,
        program="""
import numpy as np
import torch

column = np.array([1.5, None, 2.5], dtype=object)
print(torch.tensor(column))
""",
        change=(("print(torch.tensor(column))", 'print(torch.tensor(column.astype("float32")))'),),
        page="tensors",
    ),
    kind(
        "negative-stride",
        "A NumPy array that is flipped",
        "At least one stride in the given numpy array is negative",
        "some of the strides of a given numpy array are negative",
        means="`array[::-1]`, `np.flip` and OpenCV's color order `image[:, :, ::-1]` walk backward through "
        "memory, which tensors cannot.",
        cure="Make a plain copy first: `torch.from_numpy(array.copy())`.",
        program="""
import numpy as np
import torch

image = np.zeros((28, 28, 3), dtype="uint8")[:, :, ::-1]
print(torch.from_numpy(image).shape)
""",
        change=(("print(torch.from_numpy(image).shape)", "print(torch.from_numpy(image.copy()).shape)"),),
        page="tensors",
    ),
    kind(
        "two-dtypes",
        "Two data types that do not meet",
        "mat1 and mat2 must have the same dtype, but got {a} and {b}",
        "expected m1 and m2 to have the same dtype, but got: {a} != {b}",
        "expected mat1 and mat2 to have the same dtype, but got: {a} != {b}",
        "Expected object of scalar type {a} but got scalar type {b} for argument",
        "Expected object of scalar type {a} but got scalar type {b} for sequence element",
        "Expected object of type torch.{a} but found type torch.{b} for argument",
        "expected scalar type {a} but found {b}",
        "Input type ({a}) and bias type ({b}) should be the same",
        "Input type ({a}) and weight type ({b}) should be the same",
        "expected type torch.{a} but got torch.{b}",
        "expected torch.{a} (got torch.{b}",
        "expected {a} tensor (got {b} tensor)",
        "both inputs should have same dtype",
        "expected both vectors to have same dtype, but found {a} and {b}",
        "Found param {p} with type torch.{a}, expected torch.{b}",
        "expected m1 and m2 to have the same dtype",
        "Expected object of type torch.{a} but found type torch.{b}",
        "expected dtype {a} but got dtype {b}",
        "Expected object of type Variable[torch.{a}] but found type Variable[torch.{b}]",
        "is_same_size received an invalid combination of arguments - got (torch.{b}), but expected "
        "(torch.{a} other)",
        "addmm_: Expected",
        "to have the same type as tensor for argument {x}; but type {a} does not equal {b} (while checking",
        "TypeError: expected Float (got {b})",
        "TypeError: expected Double (got {b})",
        "TypeError: expected Long (got {b})",
        "mat1 and mat2 must have the same dtype",
        "tensors must have same dtype",
        ("Expected query, key, and value to have the same dtype, but got query.dtype: {a} key.dtype: {b}"),
        "tensor type unknown to einsum",
        "expected backend {x} and dtype {a} but got backend {y} and dtype {b}",
        "RNN input dtype ({a}) does not match weight dtype ({b})",
        "expected tensors to have the same dtype, but got",
        "expected TensorOptions(dtype={a}, device={x}) (got TensorOptions(dtype={b}, device=",
        means="A layer takes input of the data type of its weights only, and so do both sides of a product. "
        "Weights are mostly float32: then not float64, not the uint8 of raw pixels, not whole numbers.",
        cure="Convert the input where it is made: `x = x.float()`, or `ToTensor()` for pictures. Arrays "
        "from NumPy and pandas are mostly float64: `torch.from_numpy(a).float()`. For weights in float16: "
        "`x.half()`, or `autocast`.",
        trap="`model.double()` removes the message too, at twice the memory and less speed. If the message "
        "names `target`, it is the labels that need another type.",
        reads=data_types.pair,
        program="""
import numpy as np
import torch
from torch import nn

features = torch.from_numpy(np.ones((8, 4)))
print(nn.Linear(4, 2)(features).shape)
""",
        change=(
            (
                "features = torch.from_numpy(np.ones((8, 4)))",
                "features = torch.from_numpy(np.ones((8, 4))).float()",
            ),
        ),
        page="tensors",
        holds=lambda found: not apart(found),
        complaints=(
            "double|long|int |byte|float64|half & instead of a float|instead of float|expects float|"
            "expected float|expecting float|but expected float|float was expected & expect|receiv|got |"
            "error|why|found",
        ),
    ),
    kind(
        "operation-dtype",
        "An operation that does not exist for this data type",
        "\"{a}\" not implemented for '{b}'",
        "'{a}' not implemented for '{b}'",
        "{a} not implemented for type torch.{b}",
        (
            "could not infer output dtype. Input dtype must be either a floating point or complex "
            "dtype. Got: {b}"
        ),
        "Can only calculate the mean of floating types. Got {b} instead",
        "not implemented for 'Half'",
        "_th_{a} not supported on CPUType for {b}",
        "_th_{a} not supported on CUDAType for {b}",
        "expected a floating point or complex type",
        "only supports floating-point dtypes",
        "std and var only support floating point",
        "std(): input must be float",
        "Expected a floating point or complex tensor as input. Got {b}",
        "nn.Module.to only accepts floating point or complex dtypes",
        "input tensor must be either float or double dtype",
        "input dtype should be either floating point or complex dtypes",
        "Integer division of tensors using div or / is no longer supported",
        "Subtraction, the '-' operator, with a bool tensor is not supported",
        "Subtraction, the '-' operator, with two bool tensors is not supported",
        "Negation, the '-' operator, on a bool tensor is not supported",
        "_vml_cpu not implemented for '{t}'",
        "{a} is not implemented for type torch.{b}",
        "where expected condition to be a boolean tensor",
        "is only implemented on integer and Boolean-type tensors",
        means="Most of a network's operations are written for floating-point numbers only, some of them not "
        "for float16 on a CPU, and a few for whole numbers or True and False only.",
        cure=(
            "`.float()` on the input, or `.long()` on class labels, as the message says which type it met. "
            "A mask is inverted by `~mask`."
        ),
        reads=data_types.unsupported,
        program="""
import torch

hits = torch.arange(10) == 3
print(hits.long().mean())
""",
        change=(("print(hits.long().mean())", "print(hits.float().mean())"),),
        page="tensors",
        excludes=("mps device",),
    ),
    kind(
        "result-cast",
        "A result that does not fit its tensor's type",
        "result type {a} can't be cast to the desired output type {b}",
        "result type {a} can&#39;t be cast",
        "result type {a} can't be cast to {b}",
        "Index put requires the source and destination dtypes match",
        "expected self.dtype to be equal to src.dtype",
        "output with device {x} and dtype {a} doesn't match the desired device {y} and dtype {b}",
        means=(
            "An in-place operation cannot change its tensor's data type, as fractions do not fit into whole "
            "numbers."
        ),
        cure="Make the tensor `.float()` first, or write `x = x / 2` instead of `x /= 2`. In a loss: the "
        "target has to be `.float()` for `BCELoss` and `MSELoss`.",
        reads=data_types.pair,
        program="""
import torch

pixels = torch.arange(4)
pixels /= 255
print(pixels)
""",
        change=(("pixels /= 255", "pixels = pixels / 255"),),
        page="tensors",
    ),
    kind(
        "mask-dtype",
        "A mask that is not made of True and False",
        "only supports boolean masks, but got mask with dtype {t}",
        "only supports boolean masks",
        "only supports bool masks",
        "expected BoolTensor for mask",
        "expected mask dtype to be Bool but got {t}",
        "Expected self and mask to be",
        "Expected object of scalar type {a} but got scalar type {t} for argument #{n#} 'mask'",
        means="`masked_fill`, `masked_select` and their like take a mask of type bool.",
        cure="`mask.bool()` for one of zeros and ones, or make it by a comparison: `x == 0`.",
        program="""
import torch

scores, mask = torch.rand(3), torch.tensor([1, 0, 1])
print(scores.masked_fill(mask, 0))
""",
        change=(("print(scores.masked_fill(mask, 0))", "print(scores.masked_fill(mask.bool(), 0))"),),
        page="tensors",
        weight=1,
        reads=lambda found: (
            "PyTorch 1.1 and before take a mask of type uint8 instead: `mask.byte()`, or update."
            if "scalar type Byte but got" in found["message"]
            else ""
        ),
    ),
)
