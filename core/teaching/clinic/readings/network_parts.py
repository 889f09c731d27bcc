"""Parts of torchvision's networks, by their names."""

from typing import Final

_LAST: Final = (
    {"ResNet": "fc", "Inception3": "fc", "GoogLeNet": "fc", "ShuffleNetV2": "fc"}
    | dict.fromkeys(
        (
            "VGG",
            "AlexNet",
            "DenseNet",
            "MobileNetV2",
            "MobileNetV3",
            "EfficientNet",
            "ConvNeXt",
            "SqueezeNet",
        ),
        "classifier",
    )
    | {"VisionTransformer": "heads"}
)
"""What the networks of torchvision call their last layer."""

_HAVE: Final = {
    "features": (
        *("VGG", "AlexNet", "DenseNet", "MobileNetV2", "MobileNetV3", "EfficientNet", "ConvNeXt"),
        "SqueezeNet",
    ),
    "avgpool": (
        *("ResNet", "VGG", "AlexNet", "MobileNetV3", "EfficientNet", "ConvNeXt", "GoogLeNet"),
        "Inception3",
    ),
    "layer1": ("ResNet",),
    "conv1": ("ResNet", "GoogLeNet", "ShuffleNetV2"),
}
"""Which of them have the parts that people ask for."""


def of_network(cls: str, name: str) -> str:
    """What to say where a network of torchvision is asked for a part that others have."""
    if cls in _LAST and cls in _HAVE.get(name, ()):
        return (
            f"torchvision's {cls} has `{name}`, so this is another network of the same name, or a part of "
            "it: `print(model)` shows its names."
        )
    if cls in _LAST and name in _HAVE:
        return (
            f"torchvision's {cls} has no `{name}`, other networks have (`features` is one of VGG, `layer1` "
            "one of ResNet): call the whole, `model(x)`, or print the model and take its own names; the "
            "parts before the last layer (of a ResNet) are `nn.Sequential(*list(model.children())[:-1])`."
        )
    if cls in _LAST and name in _LAST.values() and name != _LAST[cls]:
        return f"torchvision's {cls} calls its last layer `{_LAST[cls]}`: `model.{_LAST[cls]}`."
    return ""


_HEADS: Final = ("fc", "classifier", "head", "heads", "last_linear", "features", "_fc", "output")
"""What architectures call their last layers, or what comes before them."""


def of_other_head(cls: str, name: str, text: str) -> str:
    """What to say where the network of a collection is asked for the last layer of another."""
    if name not in _HEADS or f"class {cls}" in text:
        return ""
    return (
        f"Every architecture calls its last layer otherwise, and `{name}` is not what {cls[:40]} calls it: "
        "`print(model)` shows the name at its end (`fc` in ResNet, `classifier` in VGG and DenseNet, `head` "
        "in vision transformers, `last_linear` in some collections). Replace that one: `model.fc = "
        "nn.Linear(model.fc.in_features, classes)`, with its name for `fc`."
    )
