"""Why a pickle is not read further, in sentences that say what to do instead."""

from typing import Final

from core.text import shown

REMEDY: Final = 'Save the weights alone, torch.save(model.state_dict(), "model.pth"), and upload that.'
NOT_A_STATE_DICT: Final = f"The file is not a plain state_dict of named tensors. {REMEDY}"
CHECKPOINT_KEYS: Final = ("model_state_dict", "state_dict", "model_state", "model", "net")
"""Under which name a training checkpoint has its weights, the commonest first."""


def unknown_instruction(name: str) -> str:
    """Of an instruction that no `state_dict` has."""
    return (
        f"The file asks for the pickle instruction {name.replace('_', '-')}, which no state_dict needs, "
        f"so it is not opened. {REMEDY}"
    )


def unknown_name(argument: str, key: str | None) -> str:
    """Why a name that the program mentions is not looked up.

    Args:
        argument: Module and name.
        key: What a training checkpoint calls the weights that were described before it.
    """
    module, _, function = argument.partition(" ")
    name = shown(f"{module}.{function}")
    if module in ("torch", "torch._utils", "torch._tensor", "torch.storage"):
        return f"The file holds a tensor of a kind not accepted here, {name}: ordinary dense tensors only."
    if key is not None:
        return (
            f"The file is a training checkpoint with a {name} beside the weights, which takes running code "
            "to open. If you trust it, save its weights alone: "
            f'torch.save(torch.load("model.pth", weights_only=False).get("{key}"), "weights.pth").'
        )
    if function[:1].isupper():
        return (
            f"The file holds a whole pickled model or object, {name}, and opening one runs the code in it. "
            "If you trust it, save its weights alone: "
            'torch.save(torch.load("model.pth", weights_only=False).state_dict(), "weights.pth").'
        )
    return f"The file asks to run {name} when it is opened, so it is not opened. {REMEDY}"
