"""What each operation of autograd computes and how it passes a gradient on, in LaTeX.

Here g is the gradient of the result with respect to the operation's output. A name may carry a number that
tells variants apart (`AddBackward0`); the plain name stands for all of them.
"""

from typing import Final

FORMULAS: Final[dict[str, tuple[str, str]]] = {
    "AccumulateGrad": (r"\text{a leaf: nothing is computed}", r"\text{grad} \leftarrow \text{grad} + g"),
    "AddBackward": (r"a + b", r"g \text{ to } a\text{,}\quad g \text{ to } b"),
    "SubBackward": (r"a - b", r"g \text{ to } a\text{,}\quad -g \text{ to } b"),
    "RsubBackward": (r"b - a", r"-g \text{ to } a"),
    "MulBackward": (r"a \cdot b", r"g \cdot b \text{ to } a\text{,}\quad g \cdot a \text{ to } b"),
    "DivBackward": (r"a / b", r"g / b \text{ to } a\text{,}\quad -g \, a / b^2 \text{ to } b"),
    "NegBackward": (r"-a", r"-g"),
    "PowBackward": (r"a^n", r"g \cdot n \, a^{n-1}"),
    "SqrtBackward": (r"\sqrt{a}", r"g / (2 \sqrt{a})"),
    "ExpBackward": (r"e^a", r"g \cdot e^a"),
    "LogBackward": (r"\ln a", r"g / a"),
    "Log1PBackward": (r"\ln (1 + a)", r"g / (1 + a)"),
    "SinBackward": (r"\sin a", r"g \cdot \cos a"),
    "CosBackward": (r"\cos a", r"-g \cdot \sin a"),
    "TanhBackward": (r"t = \tanh a", r"g \cdot (1 - t^2)"),
    "SigmoidBackward": (r"s = 1 / (1 + e^{-a})", r"g \cdot s (1 - s)"),
    "ReluBackward": (r"\max(0, a)", r"g \text{ where } a > 0,\ \text{else } 0"),
    "SumBackward": (r"\textstyle\sum_i a_i", r"g \text{, repeated for every } a_i"),
    "MeanBackward": (r"\frac{1}{n} \textstyle\sum_i a_i", r"g / n \text{, repeated for every } a_i"),
    "MmBackward": (r"A B", r"g B^T \text{ to } A\text{,}\quad A^T g \text{ to } B"),
    "MvBackward": (r"A v", r"g v^T \text{ to } A\text{,}\quad A^T g \text{ to } v"),
    "DotBackward": (r"a \cdot b", r"g\, b \text{ to } a\text{,}\quad g\, a \text{ to } b"),
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
    "ExpandBackward": (r"a \text{ repeated}", r"g \text{ summed over the repetitions}"),
    "CloneBackward": (r"\text{a copy of } a", r"g"),
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
