"""No error at all: learning rates that take another course than was meant."""

from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.signs.schedules import COURSE, PLATEAU
from core.teaching.clinic.signs.sign import reads, told

KINDS: Final = (
    kind(
        "schedule-resumed",
        "After a resume the learning rate begins anew",
        "the rate went back to",
        means="Making a scheduler sets the optimizer's rate to the schedule's beginning, whatever rate the "
        "optimizer had loaded. And a schedule that is planned for another number of steps has another rate "
        "at the same step.",
        cure="Build all three as at the very first (no `last_epoch`), with the same numbers of epochs and "
        "steps, and then load all three: `model`, `optimizer`, and "
        "`scheduler.load_state_dict(checkpoint['scheduler'])`. Print `optimizer.param_groups[0]['lr']`. If "
        "the plan itself is to change (more epochs), set the rate by hand and begin a new schedule there.",
        trap="Setting `scheduler.last_epoch` alone changes no rate before the next `step()`, and "
        "`CosineAnnealingLR` computes each rate from the one before.",
        program="""
import torch
from torch import nn


def build():
    optimizer = torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=0.1)
    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.5**epoch)


optimizer, scheduler = build()
for epoch in range(3):
    optimizer.step()
    scheduler.step()
saved = optimizer.state_dict(), scheduler.state_dict()
optimizer, _ = build()
optimizer.load_state_dict(saved[0])
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.5**epoch)
rate = optimizer.param_groups[0]["lr"]
print("the rate went back to" if rate == 0.1 else "the rate goes on at", rate)
""",
        change=(
            ("optimizer, _ = build()", "optimizer, scheduler = build()"),
            (
                "scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.5**epoch)",
                "scheduler.load_state_dict(saved[1])",
            ),
        ),
        page="checkpoints",
        symptom=True,
        weight=-4,
        excludes=("tensorflow", "keras"),
        complaints=(
            "resum|restart|checkpoint|last_epoch|continue training|continuing training|reload & learning "
            "rate|lr |schedul & reset|discontinu|jump|wrong|differ|not |isnt|initial|from scratch|start|too "
            "high|increase|same as before",
            "schedul|last_epoch & reset|discontinu & lr |learning rate|rate",
        ),
    ),
    kind(
        "plateau-early",
        "ReduceLROnPlateau lowers the rate although it gets better",
        "reducing learning rate of group",
        "the rate fell although the loss falls",
        means="It counts the calls of `step(value)` without enough progress, and lowers the rate after "
        "`patience` of them. It was called more often than meant, watches the wrong direction, or the "
        "progress is too small to count.",
        cure="In this order: is `scheduler.step(val_loss)` called once per epoch, not for each batch; is "
        "`mode` `'min'` for a loss and `'max'` for an accuracy; is it given the mean over the validation "
        "data, not one batch. If all that is right: progress below `threshold=1e-4` (relative to the best) "
        "does not count: a smaller one, or more `patience`.",
        reads=reads(*PLATEAU),
        holds=lambda found: found["message"].startswith("the rate") or bool(told(PLATEAU[0], found["text"])),
        program="""
import torch
from torch import nn

optimizer = torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", patience=1)
for loss in (1.0, 0.8, 0.6, 0.4):
    scheduler.step(loss)
fell = optimizer.param_groups[0]["lr"] < 0.1
print("the rate fell although the loss falls" if fell else "the rate stays")
""",
        change=(
            (
                'scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", patience=1)',
                'scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="min", patience=1)',
            ),
        ),
        page="optimization",
        symptom=True,
        weight=-11,
        complaints=(
            "reducelronplateau|plateau|schedul & reduc|lower|drops|decreas & although|even though|even "
            "if|too early|too fast|too soon|every epoch|each epoch|every batch|while & "
            "loss|accuracy|metric|patience",
        ),
    ),
    kind(
        "schedule-course",
        "A schedule takes another course than expected",
        "the rate rises again",
        means="A schedule counts the calls of `step()`. Its numbers (`T_max`, `step_size`, milestones, "
        "`total_steps`) are in that unit, so they mean batches where `step()` is called for each batch.",
        cure="Draw it before training: make the optimizer and the scheduler, call `optimizer.step()` and "
        "`scheduler.step()` as often as the training will, and print `scheduler.get_last_lr()`. Then see "
        "that the numbers are in the unit of the calls, that no second scheduler changes the same optimizer, "
        "and that nothing makes the scheduler anew in between.",
        reads=reads(*COURSE),
        program="""
import torch
from torch import nn

epochs, batches = 2, 10
optimizer = torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * batches // 2)
rates = []
for step in range(epochs * batches):
    optimizer.step()
    scheduler.step()
    rates.append(optimizer.param_groups[0]["lr"])
print("the rate rises again" if rates[-1] > min(rates) + 1e-6 else "the rate falls to the end")
""",
        change=(
            (
                "scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * batches // "
                "2)",
                "scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * batches)",
            ),
        ),
        page="optimization",
        symptom=True,
        weight=-3,
        excludes=("tensorflow", "keras", "feature request"),
        complaints=(
            "lr |learning rate & becomes|is |gets|drops & 1e 20|tiny|too small|almost 0 |almost zero|1e "
            "10|1e 12|1e 15 & after|epoch|batch",
            "cosine|annealing|onecycle|one cycle|cyclic|schedul|steplr|multistep & lr |learning "
            "rate|learning rates|rates & unexpected|strange|goes up|going up|rises|increases again|up "
            "again|back up|several cycles|single cycle|single annealing|negative|becomes 0|is 0 |stuck at "
            "0|stays at 0|stays 0|to 0 and|too fast|too early|not what i|wrong value",
            "re initializ|reinitializ|warm restart & lr |learning rate|rate|schedul & stuck|0 "
            "|zero|wrong|not ",
            "during the entire training|the whole training|entire training process & lr is|learning rate "
            "is|rate is",
        ),
    ),
)
