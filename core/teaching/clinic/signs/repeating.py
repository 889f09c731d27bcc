"""Signs beside a complaint that two runs differ."""

from typing import Final

from core.teaching.clinic.signs.sign import Sign

REPEATS: Final = (
    Sign(
        "If the model is trained once and only evaluated again, it is no matter of seeds: `model.eval()` "
        "is missing, so that dropout draws anew, or the data of the evaluation are drawn by chance "
        "(augmentation, a sampler, `drop_last`).",
        r"(?:test|validation|evaluation|inference|prediction)\w{0,2} (?:accuracy|results?|scores?"
        r"|loss)?[^.]{0,40}(?:varies|vary|changes?|differs?)[^.]{0,60}(?:each|every) time|(?:each"
        r"|every) time (?:i|we) (?:run the )?(?:test|evaluat|predict|infer)",
        without=r"manual_seed|seed|train\w{0,3} (?:again|it|the)|reproduc",
        alone=True,
    ),
    Sign(
        "A seed fixes the sequence of numbers, not each draw: the second `rand` after it gives the second "
        "numbers. Start the whole program again and the same lines are printed. For equal draws, set the "
        "seed before each.",
        r"manual_seed\([^()]{0,20}\)(?:(?!manual_seed\([^()]{0,20}\) print).){0,300}print\((?:torch"
        r"|np)\.\w{0,7}\.?rand\w{0,5}\(.{0,40}print\((?:torch|np)\.\w{0,7}\.?rand",
        alone=True,
    ),
    Sign(
        "`cudnn.deterministic` is set already. What is left on a GPU, if the seeds are set too: "
        "`torch.use_deterministic_algorithms(True)`, which names every operation that has no repeatable "
        "form, with `CUBLAS_WORKSPACE_CONFIG=:4096:8` set before the start. And in the loader: "
        "`worker_init_fn`, `generator=torch.Generator().manual_seed(0)`, and files read in a sorted order.",
        r"cudnn\.deterministic ?= ?true",
        alone=True,
    ),
    Sign(
        "If the seeds are set already, and it is the same on the CPU and not on the GPU, it is the order in "
        "which its kernels add: `torch.use_deterministic_algorithms(True)` and "
        "`torch.backends.cudnn.benchmark = False`. If it differs on the CPU too: workers of the loader "
        "(`generator=`, `worker_init_fn=`), files in no fixed order, or a draw before the seed was set.",
        r"manual_seed|seed_everything|fix\w{0,3} (?:the |all )?(?:random )?seed|set (?:the "
        r"|all )?(?:random )?seed|same seed",
        alone=True,
    ),
)
"""Why two runs differ."""
