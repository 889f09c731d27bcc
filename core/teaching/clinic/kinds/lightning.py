"""Lightning, whose Trainer runs the loop."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind

_GONE: Final = (
    *("gpus", "tpu_cores", "auto_lr_find", "progress_bar_refresh_rate", "weights_summary", "num_processes"),
    *("resume_from_checkpoint", "checkpoint_callback", "distributed_backend", "flush_logs_every_n_steps"),
)
"""Arguments of Lightning's `Trainer` that version 2 took away; other libraries have a `Trainer` as well."""
_NEW_FORMS: Final = (
    ("gpus", "`accelerator='gpu', devices=1` for `gpus=1`."),
    ("tpu_cores", "`accelerator='tpu', devices=8` for `tpu_cores=8`."),
    ("num_processes", "`accelerator='cpu', devices=2` for `num_processes=2`."),
    ("resume_from_checkpoint", "`trainer.fit(model, ckpt_path=...)` for `resume_from_checkpoint=...`."),
    ("argparse_args", "`from_argparse_args` is gone as well: `Trainer(**arguments)`, or `LightningCLI`."),
    ("auto_lr_find", "`Tuner(trainer).lr_find(model)`, from `lightning.pytorch.tuner`."),
    ("progress_bar_refresh_rate", "`TQDMProgressBar(refresh_rate=...)` among the callbacks."),
    ("weights_summary", "`enable_model_summary=...`."),
    (
        "checkpoint_callback",
        "A callback goes into the list: `callbacks=[ModelCheckpoint(...)]`. `True` or `False` is called "
        "`enable_checkpointing`.",
    ),
    ("every_n_epochs", "It is there since Lightning 1.4, before that `period`: update Lightning."),
    ("'filepath'", "`dirpath` and `filename` for `filepath`."),
    ("'period'", "`every_n_epochs` for `period`."),
    ("'prefix'", "Put it into `filename`."),
    ("distributed_backend", "`strategy='ddp'`."),
    ("epoch_end", "`on_train_epoch_end(self)` (or `on_validation_...`), with the outputs kept by yourself."),
)
"""What to write today, by a part of what is refused."""


def _new_form(found: Holes) -> str:
    message = found["message"][:160].lower()
    return next((said for old, said in _NEW_FORMS if old in message), "")


def _needed(found: Holes) -> str:
    """What a loader, a step or a returned value that is missing asks for."""
    name, message = found.get("n", "").strip("'`() ")[:40], found["message"][:200].lower()
    if "val_dataloader" in name:
        return (
            "There is no data for validation: `trainer.fit(model, train_loader, val_loader)`, or a method "
            "`val_dataloader`. Without validation: leave `validation_step` out, or `limit_val_batches=0`."
        )
    if name.endswith("_dataloader"):
        return f"There is no data for it: give the loader to the call, or write a method `{name}`."
    if name:
        return f"The method `{name}` is missing in your class: see its spelling and its indentation."
    if "'loss' key" in message or "training_step" in message:
        return "`training_step` has to return the loss as a tensor, or a dict with the key `'loss'`."
    if "lightningmodule" in message:
        return (
            "The model has to be of the same package: not `lightning.pytorch` in one file and "
            "`pytorch_lightning` in the other, and no plain `nn.Module`."
        )
    return ""


def _unlogged(found: Holes) -> str:
    wanted = found.get("m", "").strip("'\"` ")[:40]
    given = found.get("g", "").partition("]")[0].strip(" [")[:160]
    said = f"It waits for `{wanted}`. " if wanted else ""
    if not given:
        return f"{said}Nothing of that name was logged.".strip()
    said += f"What was logged is {given}: "
    if "val" in wanted and "val" not in given:
        return said + (
            "nothing of a validation. Write `validation_step` with "
            f"`self.log('{wanted}', loss)`, and give `fit` a validation loader; or watch one of these."
        )
    return said + f"log `{wanted}` as well, or watch one of these."


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
        "utilities.exceptions.MisconfigurationException",
        means="Lightning's `Trainer` calls methods of your class by their names, and expects a certain value "
        "back from each.",
        cure="`training_step` returns the loss, `configure_optimizers` the optimizer; `fit` needs a training "
        "loader, `validate` and `test` a step and a loader of their own. `on_train_epoch_end` returns "
        "nothing.",
        reads=_needed,
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
        "lightning-version",
        "A program for another version of Lightning",
        "Support for '{n}' has been removed in v2",
        *(f"__init__() got an unexpected keyword argument '{name}'" for name in _GONE),
        "type object 'Trainer' has no attribute 'add_argparse_args'",
        "type object 'Trainer' has no attribute 'from_argparse_args'",
        "Invalid type provided for checkpoint_callback",
        "ModelCheckpoint.__init__() got an unexpected keyword argument '{m}'",
        "EarlyStopping.__init__() got an unexpected keyword argument '{m}'",
        "doesn't follow PyTorch's LRScheduler API",
        "cannot import name 'rank_zero_only' from 'pytorch_lightning",
        "No module named 'pytorch_lightning.{m}'",
        "module 'pytorch_lightning' has no attribute '{m}'",
        means="Lightning 2 took away arguments, methods and modules that version 1 had; and an old Lightning "
        "does not know a new PyTorch.",
        cure="Either install the Lightning that the program was written for (`pip install "
        "'pytorch-lightning<2'`), or write the new form.",
        reads=lambda found: (
            "The scheduler itself is right: Lightning before 1.9 does not recognize those of PyTorch 2. "
            "Update Lightning, or install a PyTorch of its time. Only for a scheduler of your own write "
            "`lr_scheduler_step`."
            if "LRScheduler API" in found["message"]
            else _new_form(found)
        ),
        program="""
import pytorch_lightning as pl

print(pl.Trainer(gpus=1))
""",
        change=(("print(pl.Trainer(gpus=1))", 'print(pl.Trainer(accelerator="gpu", devices=1))'),),
        page="training",
        runs="elsewhere",
        needs=("lightning", "trainer", "modelcheckpoint", "earlystopping", "misconfiguration"),
        weight=2,
    ),
    kind(
        "lightning-metric",
        "Lightning watches a number that nobody logs",
        "ModelCheckpoint(monitor={m}) not found in the returned metrics: {g}",
        "ModelCheckpoint(monitor={m}) could not find the monitored key in the returned metrics: {g}",
        "Early stopping conditioned on metric {m} which is not available. Pass in or modify your "
        "'EarlyStopping' callback to use any of the following: {g}",
        "Early stopping conditioned on metric {m} which is not available",
        "ReduceLROnPlateau conditioned on metric {m} which is not available. Available metrics are: {g}",
        "ReduceLROnPlateau conditioned on metric {m} which is not available",
        "could not find the monitored key in the returned metrics",
        means="`ModelCheckpoint`, `EarlyStopping` and a scheduler on a plateau watch a number by its name. "
        "It is there only if a step calls `self.log` with that very name.",
        cure="`self.log('val_loss', loss)` in `validation_step`, with the name that `monitor` has; and a "
        "validation loader, without which that step never runs.",
        reads=_unlogged,
        program="""
import pytorch_lightning as pl
from pytorch_lightning.callbacks import EarlyStopping


class Network(pl.LightningModule):
    def validation_step(self, batch, index):
        self.log("loss", batch.mean())


trainer = pl.Trainer(callbacks=[EarlyStopping(monitor="val_loss")])
""",
        change=(('self.log("loss", batch.mean())', 'self.log("val_loss", batch.mean())'),),
        page="training",
        runs="elsewhere",
        weight=3,
    ),
    kind(
        "lightning-step",
        "A step of Lightning that takes another number of arguments",
        *(
            f"{step}() {said}"
            for step in ("training_step", "validation_step", "test_step", "predict_step")
            for said in ("takes {k#} positional argument", "missing {k#} required positional argument")
        ),
        *(f"{step}_epoch_end() takes {{k#}} positional argument" for step in ("training", "validation")),
        means="Lightning calls the step itself: with the batch and its number, and with a third argument, "
        "`dataloader_idx`, where there are several loaders (in early versions, always).",
        cure="`def validation_step(self, batch, batch_idx, dataloader_idx=0):` takes both; likewise "
        "`test_step`. `training_step(self, batch, batch_idx)` gets an `optimizer_idx` only with several "
        "optimizers in version 1.",
        program="""
import pytorch_lightning as pl


class Network(pl.LightningModule):
    def validation_step(self, batch, batch_idx):
        self.log("val_loss", batch.mean())
""",
        change=(
            (
                "def validation_step(self, batch, batch_idx):",
                "def validation_step(self, batch, batch_idx, dataloader_idx=0):",
            ),
        ),
        page="training",
        runs="elsewhere",
        weight=2,
    ),
)
