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


def of_network(cls: str, name: str) -> str:
    """What to say where a network of torchvision is asked for a part that others have."""
    if cls in _LAST and name in ("features", "avgpool", "layer1", "conv1"):
        return (
            f"torchvision's {cls} has no `{name}`, other networks have (`features` is one of VGG, `layer1` "
            "one of ResNet): call the whole, `model(x)`, or print the model and take its own names; the "
            "parts before the last layer are `nn.Sequential(*list(model.children())[:-1])`."
        )
    if cls in _LAST and name in _LAST.values():
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
        "in "
        "vision transformers, `last_linear` in some collections). Replace that one: `model.fc = "
        "nn.Linear(model.fc.in_features, classes)`, with its name for `fc`."
    )
