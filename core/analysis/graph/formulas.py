"""What each operation of autograd computes and how it passes a gradient on, in LaTeX.

Here u and v are the operation's inputs (no drawn program calls a tensor so), and g is the gradient of the
result with respect to its output. A name may carry a number that tells variants apart (`AddBackward0`); the
plain name stands for all of them.
"""

from typing import Final

FORMULAS: Final[dict[str, tuple[str, str]]] = {
    "AccumulateGrad": (r"\text{a leaf: nothing is computed}", r"\text{grad} \leftarrow \text{grad} + g"),
    "AddBackward": (r"u + v", r"g \text{ to } u\text{,}\quad g \text{ to } v"),
    "SubBackward": (r"u - v", r"g \text{ to } u\text{,}\quad -g \text{ to } v"),
    "RsubBackward": (r"v - u", r"-g \text{ to } u"),
    "MulBackward": (r"u \cdot v", r"g \cdot v \text{ to } u\text{,}\quad g \cdot u \text{ to } v"),
    "DivBackward": (r"u / v", r"g / v \text{ to } u\text{,}\quad -g \, u / v^2 \text{ to } v"),
    "NegBackward": (r"-u", r"-g"),
    "PowBackward": (r"u^n", r"g \cdot n \, u^{n-1}"),
    "SqrtBackward": (r"\sqrt{u}", r"g / (2 \sqrt{u})"),
    "ExpBackward": (r"e^u", r"g \cdot e^u"),
    "LogBackward": (r"\ln u", r"g / u"),
    "Log1PBackward": (r"\ln (1 + u)", r"g / (1 + u)"),
    "SinBackward": (r"\sin u", r"g \cdot \cos u"),
    "CosBackward": (r"\cos u", r"-g \cdot \sin u"),
    "TanhBackward": (r"t = \tanh u", r"g \cdot (1 - t^2)"),
    "SigmoidBackward": (r"s = 1 / (1 + e^{-u})", r"g \cdot s (1 - s)"),
    "ReluBackward": (r"\max(0, u)", r"g \text{ where } u > 0,\ \text{else } 0"),
    "SumBackward": (r"\textstyle\sum_i u_i", r"g \text{, repeated for every } u_i"),
    "MeanBackward": (r"\frac{1}{n} \textstyle\sum_i u_i", r"g / n \text{, repeated for every } u_i"),
    "MmBackward": (r"A B", r"g B^T \text{ to } A\text{,}\quad A^T g \text{ to } B"),
    "MvBackward": (r"A v", r"g v^T \text{ to } A\text{,}\quad A^T g \text{ to } v"),
    "DotBackward": (r"u \cdot v", r"g\, v \text{ to } u\text{,}\quad g\, u \text{ to } v"),
    "AddmmBackward": (
        r"b + X W",
        r"\textstyle\sum_i g_i \text{ to } b\text{,}\quad g W^T \text{ to } X\text{,}\quad "
        r"X^T g \text{ to } W",
    ),
    "TBackward": (r"A^T", r"g^T"),
    "TransposeBackward": (r"A^T", r"g^T"),
    "SqueezeBackward": (r"\text{drops a dimension of size 1}", r"g \text{ in the old shape}"),
    "UnsqueezeBackward": (r"\text{adds a dimension of size 1}", r"g \text{ in the old shape}"),
    "ViewBackward": (r"\text{the same numbers in another shape}", r"g \text{ in the old shape}"),
    "UnsafeViewBackward": (r"\text{the same numbers in another shape}", r"g \text{ in the old shape}"),
    "ReshapeAliasBackward": (r"\text{the same numbers in another shape}", r"g \text{ in the old shape}"),
    "ExpandBackward": (r"u \text{ repeated}", r"g \text{ summed over the repetitions}"),
    "CloneBackward": (r"\text{a copy of } u", r"g"),
    "BinaryCrossEntropyWithLogitsBackward": (
        r"-\tfrac{1}{n} \textstyle\sum_i [y_i \ln s_i + {(1 - y_i) \ln (1 - s_i)}]\text{,}\quad "
        r"s_i = \sigma(z_i)",
        r"{g \cdot (\sigma(z) - y) / n}",
    ),
    "LogSoftmaxBackward": (r"p = z - \ln \textstyle\sum_j e^{z_j}", r"g - e^{p} \textstyle\sum_j g_j"),
    "NllLossBackward": (
        r"-\tfrac{1}{n} \textstyle\sum_i p_{i, y_i}",
        r"-g / n \text{ at } y_i\text{,}\quad 0 \text{ elsewhere}",
    ),
}
