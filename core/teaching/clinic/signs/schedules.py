"""What a text may say about the course of a learning rate under a scheduler."""

from typing import Final

from core.teaching.clinic.signs.sign import Sign

COURSE: Final = (
    Sign(
        "If `scheduler.step()` stands inside the loop over the batches, `step_size` and milestones count "
        "batches: the rate is gone after one epoch. Call it after that loop, once per epoch.",
        r"for [^:]{1,60} in [^:]{0,30}(?:loader|batches)[^:]{0,16}:(?:(?!\bfor ).)"
        r"{0,600}?sched\w{0,6}\.step\(\)",
        without=r"onecycle|cyclic|warmup|get_last_lr\(\) after",
    ),
    Sign(
        "`get_lr()` is for the scheduler's own use inside `step()` and gives a rate of its own between "
        "steps: print `scheduler.get_last_lr()`, or `optimizer.param_groups[0]['lr']`.",
        r"\.get_lr\(\)",
        alone=True,
    ),
    Sign(
        "`CosineAnnealingLR` computes each rate from the one before, so one that is made anew at a rate of 0 "
        "stays at 0. For restarts there is `CosineAnnealingWarmRestarts`; by hand, set `group['lr'] = "
        "group['initial_lr']` for each group first.",
        r"cosineannealinglr.{0,600}(?:re-?init|re-?start|warm restart|made anew|new scheduler)"
        r"|(?:re-?init|restart).{0,600}cosineannealinglr",
        alone=True,
    ),
    Sign(
        "`eta_min={0}{1}` is as large as the rate that it begins with, so nothing is left to fall.",
        r"eta_min ?= ?([\d.e-]{1,8})\b.{0,300}\blr ?= ?\1\b"
        r"|\blr ?= ?([\d.e-]{1,8})\b.{0,300}eta_min ?= ?\2\b",
    ),
    Sign(
        "`T_max` of `CosineAnnealingLR` is half a period, counted in calls of `step()`: it falls for `T_max` "
        "calls and rises again for as many. For one fall, `T_max` is the number of all calls (epochs, or "
        "epochs times batches); for several cycles with jumps, `CosineAnnealingWarmRestarts(T_0=...)`.",
        r"cosineannealinglr",
    ),
)
"""Why a schedule has another course than expected."""

PLATEAU: Final = (
    Sign(
        '"Epoch {0}" appears at {1} of the progress bar. If that counts batches, `scheduler.step()` is '
        "called for each batch, so `patience` counts batches. Call it once per epoch, with the validation "
        "loss.",
        r"epoch 0{0,4}((?!0)\d{1,4}): reducing learning rate[^|]{0,50}\|? ?"
        r"\b(?!0/|\1/)(\d{1,5})/(?!\2\b)\d{2,6}",
    ),
    Sign(
        "`mode='max'` waits for the watched number to rise. For a loss it is `mode='min'`.",
        r"mode ?= ?.max\b",
    ),
)
"""Why a plateau's scheduler lowers the rate."""
