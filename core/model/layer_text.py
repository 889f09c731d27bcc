"""A composed network as a short text that fits in a link: `flatten-linear512-relu-linear10`.

One word per layer, joined by hyphens. Numbers follow the kind: outputs, channels or window (`linear512`,
`conv32`, `maxpool2`), then `k5` for a convolution's kernel (3 when left out), `p0` for its padding
(half the kernel when left out), `s2` for its stride (1 when left out), `i256` for the inputs a layer
insists on, `n` for no bias; `dropout0.2` carries its probability.
"""

import re
import typing
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from core.config import MAX_LAYERS, LayerConfig, LayerKind
from core.errors import ArchitectureError, ConfigError
from core.text import quoted

MAX_LENGTH: Final = 1200
"""Characters: more than `MAX_LAYERS` of the longest words."""

_KINDS: Final[dict[str, LayerKind]] = {kind.replace("_", ""): kind for kind in typing.get_args(LayerKind)}
_SIZED: Final = ("linear", "conv", "max_pool", "avg_pool")
_WORD: Final = re.compile(
    rf"({'|'.join(_KINDS)})([0-9.]{{1,24}})?(?:k([0-9]))?(?:p([0-9]))?(?:s([0-9]))?(?:i([0-9]{{1,6}}))?(n)?",
    re.ASCII,
)


def layers_to_text(layers: Sequence[LayerConfig]) -> str:
    """The layers as one text; what a layer's kind does not use is left out."""
    return "-".join(_word(layer) for layer in layers)


def _word(layer: LayerConfig) -> str:
    word = layer.kind.replace("_", "")
    if layer.kind in _SIZED:
        word += str(layer.size)
    if layer.kind == "dropout":
        word += format(Decimal(repr(float(layer.p))), "f")
    if layer.kind == "conv" and layer.kernel != 3:
        word += f"k{layer.kernel}"
    if layer.kind == "conv" and layer.padding is not None:
        word += f"p{layer.padding}"
    if layer.kind == "conv" and layer.stride != 1:
        word += f"s{layer.stride}"
    if layer.kind in ("linear", "conv", "batch_norm") and layer.inputs:
        word += f"i{layer.inputs}"
    if layer.kind in ("linear", "conv") and not layer.bias:
        word += "n"
    return word


def layers_from_text(text: str) -> tuple[LayerConfig, ...]:
    """Read what `layers_to_text` wrote, or what a visitor typed into a link.

    Whether the layers fit each other is another question: `core.model.architecture.find_problem` answers it.

    Raises:
        ConfigError: The text is empty, too long, or one of its words is not a layer; the sentence names it.
    """
    if not text.strip():
        raise ConfigError("The list of layers is empty: layer 0 is missing.")
    if len(text) > MAX_LENGTH:
        raise ConfigError(f"The list of layers is too long: at most {MAX_LENGTH:,} characters are read.")
    words = text.strip().lower().split("-")
    if len(words) > MAX_LAYERS:
        message = f"Layer {MAX_LAYERS} is one too many: a network here has at most {MAX_LAYERS} layers."
        raise ArchitectureError(message, layer=MAX_LAYERS)
    return tuple(_layer(index, word) for index, word in enumerate(words))


def _layer(index: int, word: str) -> LayerConfig:
    def refuse(why: str) -> ArchitectureError:
        return ArchitectureError(f"Layer {index}, {quoted(word)}, {why}", layer=index)

    match = _WORD.fullmatch(word)
    if match is None:
        raise refuse(f"is not a layer: the kinds are {', '.join(_KINDS)}.")
    kind = _KINDS[match[1]]
    number, kernel, padding, stride, inputs, no_bias = match.groups()[1:]
    if (kernel or padding or stride) and kind != "conv":
        raise refuse("has a kernel, padding or a stride, which only conv layers do.")
    if inputs and kind not in ("linear", "conv", "batch_norm"):
        raise refuse("insists on inputs, which only linear, conv and batchnorm layers do.")
    if no_bias and kind not in ("linear", "conv"):
        raise refuse("switches off a bias, which only linear and conv layers have.")
    if number and kind not in (*_SIZED, "dropout"):
        raise refuse("has a number, which this kind of layer does not take.")
    if not number and kind in _SIZED:
        raise refuse("needs a size, such as linear512, conv32 or maxpool2.")
    try:
        return LayerConfig(
            kind=kind,
            size=int(number) if kind in _SIZED else 0,
            inputs=int(inputs or 0),
            kernel=int(kernel or 3),
            padding=int(padding) if padding else None,
            stride=int(stride or 1),
            p=float(number or 0.5) if kind == "dropout" else 0.0,
            bias=not no_bias,
        )
    except ConfigError as error:
        raise refuse(f"is out of bounds: {error}") from None
    except ValueError:
        raise refuse(f"has a number that cannot be read: {quoted(number)}.") from None
