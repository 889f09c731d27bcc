"""Schedulers, and rates that change."""

from typing import Final

from core.teaching.clinic.kind import kind
from core.teaching.clinic.signs.autograd import ARGUMENT
from core.teaching.clinic.signs.sign import reads

KINDS: Final = (
    kind(
        "scheduler-order",
        "Scheduler before optimizer (a warning)",
        "Detected call of `lr_scheduler.step()` before `optimizer.step()`",
        "`optimizer.step()` has been overridden after learning rate scheduler",
        means="The scheduler stepped first, so the first learning rate was skipped; or PyTorch cannot tell, "
        "since `step` was replaced after the scheduler was made.",
        cure="Call `optimizer.step()` for every batch and `scheduler.step()` after it, usually once per "
        "epoch. With mixed precision the first step may have been skipped for overflow; then it is "
        "harmless. Make the scheduler after everything that wraps the optimizer.",
        program="""
import warnings

import torch
from torch import nn

warnings.simplefilter("error")
optimizer = torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
scheduler.step()
optimizer.step()
""",
        change=(("scheduler.step()", "optimizer.step()\nscheduler.step()"),),
        page="optimization",
        symptom=True,
        runs="apart",
    ),
    kind(
        "step-argument",
        "step() or a scheduler wants another argument",
        "step() missing 1 required positional argument: 'closure'",
        "step() missing 1 required positional argument: 'metrics'",
        "missing 1 required positional argument: 'closure'",
        "missing 1 required positional argument: 'metrics'",
        "lr_lambda should be a function, but got {t}",
        "lr_lambdas, but got {t}",
        "Expected {n#} lr_lambdas",
        means="`LBFGS` computes the loss several times per step, so it needs a function that does; "
        "`ReduceLROnPlateau` needs the figure it watches, `LambdaLR` the function that gives the factor.",
        cure="LBFGS: `optimizer.step(closure)`, with a closure that zeroes gradients, computes the loss, "
        "calls `backward()` and returns the loss. Plateau: `scheduler.step(validation_loss)`. `LambdaLR` and "
        "`MultiplicativeLR` want a function per group of parameters: `lr_lambda=lambda epoch: 0.95 ** "
        "epoch`.",
        reads=reads(*ARGUMENT),
        program="""
import torch
from torch import nn

optimizer = torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
scheduler.step()
""",
        change=(("scheduler.step()", "scheduler.step(0.5)"),),
        page="optimization",
        weight=2,
    ),
    kind(
        "scheduler-end",
        "A scheduler whose number of steps does not fit",
        "Tried to step {a#} times. The specified number of total steps is {b#}",
        "Tried to step {a#} times. The total number of steps is {b#}",
        "You must define either total_steps OR (epochs AND steps_per_epoch)",
        "Expected positive integer total_steps, but got",
        "Expected positive integer epochs, but got",
        "Expected positive integer steps_per_epoch, but got",
        means="`OneCycleLR` plans the whole training: it is told how many steps there will be, and "
        "ends there.",
        cure="`total_steps=epochs * len(loader)`, and `scheduler.step()` once per batch. If it is called "
        "once per epoch, `total_steps=epochs`.",
        reads=lambda found: (
            f"It was made for {found['b']} steps, and this is step {found['a']}." if "b" in found else ""
        ),
        program="""
import torch
from torch import nn

optimizer = torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=0.1)
epochs, batches = 2, 5
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=epochs)
for step in range(epochs * batches):
    optimizer.step()
    scheduler.step()
print(scheduler.last_epoch)
""",
        change=(
            (
                "scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.1, total_steps=epochs)",
                "total_steps = epochs * batches\nscheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, "
                "max_lr=0.1, total_steps=total_steps)",
            ),
        ),
        page="optimization",
    ),
    kind(
        "schedule-setting",
        "A setting that the scheduler refuses",
        "Factor should be < 1.0",
        "ValueError: mode {v} is unknown!",
        "ValueError: threshold mode {v} is unknown!",
        "Expected positive integer T_0, but got {v}",
        "Expected integer T_mult >= 1, but got {v}",
        "Expected float or int eta_min, but got {v}",
        "Expected float between 0 and 1 pct_start, but got {v}",
        "Expected non-negative epoch, but got {v}",
        "anneal_strategy must be one of",
        "Constant multiplicative factor expected to be between 0 and 1",
        "Starting multiplicative factor expected to be",
        "Ending multiplicative factor expected to be",
        "expects at least one scheduler",
        "Sequential Schedulers expects number of schedulers provided to be one more",
        "expects all schedulers to belong to the same optimizer",
        "does not support 'ReduceLROnPlateau' scheduler as it requires additional kwargs",
        "must have the same length as optimizer.param_groups",
        "optimizer must support momentum or beta1 with 'cycle_momentum' option enabled",
        "optimizer must support momentum with 'cycle_momentum' option enabled",
        "mode is invalid and scale_fn is None",
        "min_lrs, got {v}",
        means="The scheduler was made with a setting that makes no sense for it, or does not fit its "
        "optimizer.",
        cure="Compare the arguments with the scheduler's documentation: factors by which a rate falls are "
        "below 1, numbers of steps are whole (`//`, not `/`), and `mode` of `ReduceLROnPlateau` is `'min'` "
        "for a loss and `'max'` for an accuracy. `SequentialLR` has one milestone fewer than schedulers, "
        "all of one optimizer. `CyclicLR` with an optimizer without momentum needs `cycle_momentum=False`.",
        reads=lambda found: (
            f"It was given {found['v'].strip().split(' ')[0].rstrip('.,')[:30]}." if found.get("v") else ""
        ),
        program="""
import torch
from torch import nn

optimizer = torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=0.1)
print(torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=10).factor)
""",
        change=(
            (
                "print(torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=10).factor)",
                "print(torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.1).factor)",
            ),
        ),
        page="optimization",
    ),
    kind(
        "rate-unchanged",
        "The learning rate does not change although there is a scheduler",
        "the rate stays at",
        means="A scheduler changes the rate only when its `step()` is called, and only in the optimizer that "
        "it was made with.",
        cure="Call `scheduler.step()` once per epoch, after the batches (`OneCycleLR` and warm-ups: after "
        "each batch, as their numbers count batches). Print `optimizer.param_groups[0]['lr']` to see it. An "
        "optimizer that was made anew later has no scheduler; `StepLR(step_size=30)` does nothing "
        "for 30 steps; `ReduceLROnPlateau` waits for `patience` epochs without progress.",
        trap="Giving your own variable `lr` another number changes nothing: the optimizer keeps its own.",
        program="""
import torch
from torch import nn

optimizer = torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1)
for epoch in range(3):
    optimizer.step()
rate = optimizer.param_groups[0]["lr"]
print("the rate stays at" if rate == 0.1 else "the rate fell to", f"{rate:g}")
""",
        change=(("optimizer.step()", "optimizer.step()\nscheduler.step()"),),
        page="optimization",
        symptom=True,
        weight=-13,
        excludes=(
            *("tensorflow", "keras", "changed the learning rate", "changing the learning rate"),
            *("change the learning rate", "adjusted the learning rate", "adjust the learning rate"),
        ),
        complaints=(
            "schedul & rate|lr |training & not |doesnt|isnt|never|no |unchanged|remains & updat|chang|affect|"
            "effect|decay|decreas|follow|impact|adjust|work",
            "learning rate|lr & doesnt change|does not change|not changing|isnt changing|remains unchanged|"
            "never changes|stays the same|not being updated|not updated|doesnt decay|does not decay|"
            "remains the same|not decreasing",
        ),
    ),
    kind(
        "complex-rate",
        "A complex number, mostly of a negative one to the power of a fraction",
        "without overflow: ({a},{b})",
        "not supported between instances of 'complex' and '{t}'",
        "not supported between instances of '{t}' and 'complex'",
        "can't convert complex to float",
        "argument alpha must not be a complex number",
        "must be real number, not complex",
        means="Mostly it comes of a power: Python makes a complex number of `(-0.5) ** 0.9`, without a word. "
        "A learning rate that falls as `(1 - step / steps) ** 0.9` becomes one as soon as `step` is greater "
        "than `steps`.",
        cure="Stop at the end of the plan, or make the plan as long as the training: "
        "`max(0, 1 - step / steps) ** 0.9`. When a training is resumed, the number of steps has to grow "
        "with the epochs that are added. What an FFT or `eig` gives is complex as well: `.real` or `.abs()`.",
        program="""
import torch
from torch import nn

step, steps = 50, 40
rate = 0.1 * (1 - step / steps) ** 0.9
optimizer = torch.optim.SGD(nn.Linear(4, 2).parameters(), lr=rate)
print(optimizer.param_groups[0]["lr"])
""",
        change=(
            (
                "rate = 0.1 * (1 - step / steps) ** 0.9",
                "rate = 0.1 * max(0, 1 - step / steps) ** 0.9",
            ),
        ),
        page="optimization",
        weight=1,
    ),
)
