"""Signs beside a complaint about data and how they are loaded."""

from typing import Final

from core.teaching.clinic.signs.sign import Sign

LOADER: Final = (
    Sign(
        "With `num_workers=0` the batches are loaded by the training's own process, and the GPU waits "
        "meanwhile: about as many workers as processors load ahead (on Windows under `if __name__ == "
        "'__main__':`), and `pin_memory=True`.",
        r"num_?workers\W{0,3}(?:is |set |to ){0,3}\W{0,2}0\b",
        alone=True,
    ),
    Sign(
        "`torch.cuda.is_available()` moves nothing. Print `next(model.parameters()).device` and "
        "`x.device` inside the loop: both have to be `cuda`, with `model.to('cuda')` and each batch `x = "
        "x.to('cuda')`.",
        r"gpu (?:is )?(?:not|isn.?t|never) (?:being )?used|not us(?:ed|ing) (?:the |my )?gpu"
        r"|gpu[^.]{0,30} unused",
    ),
    Sign(
        "`set_detect_anomaly(True)` checks every operation and keeps where it was called: it is for "
        "finding a fault, so switch it off for training.",
        r"detect_anomaly",
    ),
    Sign(
        "`num_workers` counts for each process: with one process per GPU that is {0} workers times the "
        "number of GPUs, and more than there are processors slow each other down. Divide the processors by "
        "the processes.",
        r"num_?workers[ =:]{1,3}(\d{1,3})",
        also=r"nproc_per_node|torchrun|distributed\.launch|distributeddata|\bddp\b",
        alone=True,
    ),
    Sign(
        "Each new worker on Windows (and macOS) starts a Python of its own and runs the script again from "
        "the top, at the beginning of every epoch: put the program under `if __name__ == '__main__':`, and "
        "keep the workers with `persistent_workers=True`.",
        r"re-?import|re-?run\w{0,4} (?:all|the)|prints? every",
        also=r"windows|spawn|__main__",
        alone=True,
    ),
)
"""Why loading is slow."""
