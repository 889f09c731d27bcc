"""What stands on PyTorch, or translates its models: Lightning, TorchScript and torch.compile."""

from typing import Final

from core.teaching.clinic.kind import kind

_GONE: Final = ("gpus", "tpu_cores", "auto_lr_find", "progress_bar_refresh_rate", "weights_summary")
"""Arguments of Lightning's `Trainer` that version 2 took away; other libraries have a `Trainer` as well."""

KINDS: Final = (
    kind(
        "lightning-module",
        "A LightningModule that lacks what the Trainer asks for",
        "No '{n}()' method defined to run 'Trainer.{f}'",
        "No '{n}()' method defined",
        "No '{n}' method defined to run",
        "'{n}' must be implemented to be used with the Lightning Trainer",
        "when 'training_step' returns a dict, the 'loss' key",
        "'training_step' must return a Tensor",
        "'training_step' returned 'None'",
        "expects a return of None",
        "requires a 'LightningModule'",
        "'model' must be a 'LightningModule'",
        "Support for '{n}' has been removed in v2",
        *(f"__init__() got an unexpected keyword argument '{name}'" for name in _GONE),
        "type object 'Trainer' has no attribute 'add_argparse_args'",
        "type object 'Trainer' has no attribute 'from_argparse_args'",
        "utilities.exceptions.MisconfigurationException",
        means="Lightning's `Trainer` calls methods of your class by their names, and expects a certain value "
        "back from each; or the program was written for another version of it.",
        cure="`training_step` returns the loss (or a dict with the key `'loss'`), `configure_optimizers` the "
        "optimizer; `fit` needs a training loader, `validate` and `test` a step and a loader of their own. "
        "Since version 2: `accelerator='gpu', devices=1` instead of `gpus=1`, and "
        "`on_train_epoch_end` (without outputs, and without a return value) instead of `training_epoch_end`.",
        reads=lambda found: f"The name in question is `{found['n'].strip()[:40]}`." if "n" in found else "",
        program="""
import pytorch_lightning as pl
import torch
from torch import nn
from torch.utils.data import DataLoader


class Network(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)

    def training_step(self, batch, index):
        loss = self.fc(batch).pow(2).mean()
        return {"train_loss": loss}

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


loader = DataLoader(torch.rand(8, 4), batch_size=4)
pl.Trainer(max_epochs=1).fit(Network(), loader)
""",
        change=(('return {"train_loss": loss}', 'return {"loss": loss}'),),
        page="training",
        runs="elsewhere",
        needs=("lightning", "misconfiguration", "trainer", "training_step"),
        weight=1,
    ),
    kind(
        "jit-script",
        "A model that TorchScript cannot translate",
        "torch.jit.frontend.NotSupportedError",
        "torch.jit.frontend.UnsupportedNodeError",
        "NotSupportedError: Compiled functions can't take variable number of arguments",
        "Compiled functions can't take variable number of arguments",
        "Could not export Python function call",
        "is currently not supported in Torchscript",
        "not supported in TorchScript",
        "Tried to access nonexistent attribute or method '{n}' of type",
        "Arguments for call are not valid. The following variants are available",
        means="`torch.jit.script` reads the source of `forward` and translates it. It knows a part of Python "
        "only: no `*args`, few kinds of objects, and one type per variable.",
        cure="Write what it names in a plainer way: fixed arguments, with types (`x: torch.Tensor`); script "
        "the model itself and not its `DataParallel` wrapper (`model.module`). "
        "`torch.jit.trace(model, example)` needs no translation, but keeps only the branch that the example "
        "took. For a new program: `torch.compile` for speed, `torch.export` to hand a model on.",
        program="""
import torch
from torch import nn


class Network(nn.Module):
    def forward(self, *inputs):
        return inputs[0] * 2


print(torch.jit.script(Network())(torch.ones(2)))
""",
        change=(
            ("def forward(self, *inputs):", "def forward(self, x):"),
            ("return inputs[0] * 2", "return x * 2"),
        ),
        page="model",
        runs="apart",
        weight=1,
    ),
    kind(
        "whole-graph",
        "A model that torch.compile cannot turn into one graph",
        "torch._dynamo.exc.Unsupported",
        "torch._dynamo.exc.UserError",
        "Data-dependent branching",
        "consider making the code branchless",
        "Dynamic control flow is not supported at the moment",
        "Could not guard on data-dependent expression",
        "torch._dynamo hit config.cache_size_limit",
        "torch._dynamo hit config.recompile_limit",
        means="The compiler follows `forward` without its numbers. Where the way depends on a tensor's value "
        "(`if x.sum() > 0`, `.item()`), or on something that is not PyTorch, it cannot go on in one piece.",
        cure="Leave `fullgraph=True` out: it then compiles the parts, and Python runs between them. In "
        "`torch.export` and for speed, write the choice with `torch.where(condition, a, b)`. Shapes that "
        "change at every call: `torch.compile(model, dynamic=True)`.",
        program="""
import torch


@torch.compile(fullgraph=True, backend="eager")
def activate(x):
    if x.sum() > 0:
        return x
    return -x


print(activate(torch.ones(3)))
""",
        change=(
            (
                '@torch.compile(fullgraph=True, backend="eager")',
                '@torch.compile(backend="eager")',
            ),
        ),
        page="training",
        runs="apart",
        weight=1,
    ),
    kind(
        "tensorboard-input",
        "TensorBoard was given another kind of value",
        "size of input tensor and input format are different. tensor shape: {a}, input_format: {b}",
        "size of input tensor and input format are different",
        "Tensor should contain one element (0 dimensions)",
        "Input should be a 4D numpy array with 3 channels",
        "TensorBoard logging requires TensorBoard version",
        "NotImplementedError: Got {t}, but numpy array or torch tensor are expected",
        means="Each method of the `SummaryWriter` takes one kind of value: `add_scalar` a number, "
        "`add_image` one picture, `add_images` a batch, `add_histogram` a tensor.",
        cure="`writer.add_scalar('loss', loss.item(), step)`. A batch goes to `add_images`; a picture "
        "without channels, or with the channels last, needs `dataformats='HW'` or `'HWC'`. The package "
        "itself: `pip install tensorboard`.",
        reads=lambda found: (
            f"The tensor has shape {found['a'].strip()[:30]}, and {found['b'].strip()[:8]} was expected."
            if "b" in found
            else ""
        ),
        program="""
import torch
from torch.utils.tensorboard import SummaryWriter

SummaryWriter().add_image("digit", torch.rand(28, 28))
""",
        change=(
            (
                'SummaryWriter().add_image("digit", torch.rand(28, 28))',
                'SummaryWriter().add_image("digit", torch.rand(28, 28), dataformats="HW")',
            ),
        ),
        page="training",
        runs="elsewhere",
    ),
)
