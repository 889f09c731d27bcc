"""Snippets: the code a page shows is the code that ran.

A lesson is one module in `core/teaching/lessons`, named after its page, that ends with
`LESSON = Lesson(name, title, (step, ...))`.
A step is a function under the decorator `step`:

    @step(title="Joining", dim=Int(label="Dimension", default=0, low=0, high=1))
    def joining(dim: int) -> tuple[Tensor, Tensor]:
        '''Explanation for the visitor, in Markdown: the docstring is the text of the step.'''
        tensor = torch.ones(2, 3)
        joined = torch.cat([tensor, tensor], dim=dim)
        print(joined.shape)
        return tensor, joined

The page shows, runs and offers for download the same text: the imports that the body needs (found among
the module's own), the functions, classes and constants of the module that it uses, and the body with the
values written in (`dim=1`). What follows from that:

- Parameters are declared with their bounds (`core.teaching.snippets.params`): `Int`, `Float`, `Bool`,
  `Choice` (plain values), `Code` (expressions you wrote), `NestedNumbers`, `Shape` and `Index` (typed by a
  visitor, parsed with `ast`, never evaluated) and `DataFolder`. A value is written where it is used; with
  `top=True`, or when it is used inside an f-string, it becomes a constant in the first lines.
- The last statement may be `return a, b`: only names. The line is not part of the snippet; it says which
  values the page displays (`StepResult.values`). Print what a reader would print.
- A name imported from `core` is never imported in a snippet: its definition is written out (without
  docstrings), so that a download runs anywhere. Use only definitions that need nothing but torch and the
  like.
- Use local variable names that differ from the module's own imports and functions: in a download all
  steps share one namespace.
- A step makes everything it uses, or goes on from another: `@step(title=..., after=loading)`. It then takes
  what it uses of that step's names (`training_data`), or of its settings, as parameters of the function. On
  the page the steps before it are folded away; in a download their lines stand once.
- `import matplotlib.pyplot as plt` stands inside the step: on a page it gives a figure of the step's own, and
  the step returns that figure.
- `torch.save(..., "model.pth")` writes to a folder of the program's own, and `torch.load` reads it there.
- Random numbers come from `torch.Generator().manual_seed(n)`. Where a constructor can only draw from the
  global generator, write `torch.manual_seed(n)` in the body: it seeds a generator of this snippet's own
  (`core.teaching.snippets.chance`), and what it draws are the numbers of the same text in a file.
- A step with `root=DataFolder()` or `varies=` runs apart from the server, so a page gets those of its values
  that are tensors, numbers, text, lists or dictionaries. One that returns a figure runs in the server: keep
  it light.
- An error that belongs to the lesson is caught in the body and printed. Any other is `StepResult.error`.
- A step that measures says why its digits change: `varies="..."`. All else prints the same every time.
- Fashion-MNIST: `root=DataFolder()` and `datasets.FashionMNIST(root=root, train=True, download=True, ...)`.
  On the page `root` is a folder that holds the data in use here, so the text runs as shown without a
  network; in a download it is `"data"`, where torchvision looks first and downloads to when nothing is
  there. On the sample that ships with the project the page says so; a download then prints the numbers of
  the full dataset.

`run_step(step, **values)` gives the code, what it printed, its values and an error, from a bounded cache;
`to_script` and `to_notebook` give the page as files.
"""

from core.teaching.snippets.notebook import to_notebook, to_script
from core.teaching.snippets.params import (
    Bool,
    Choice,
    Code,
    DataFolder,
    Float,
    Index,
    Int,
    NestedNumbers,
    Param,
    Shape,
)
from core.teaching.snippets.program_job import ProgramJob, ProgramOutcome, ProgramProgress
from core.teaching.snippets.runner import PEAK_BYTES, StepResult, execute, run_step
from core.teaching.snippets.source import Snippet
from core.teaching.snippets.step import Lesson, Step, step

__all__ = [
    "PEAK_BYTES",
    "Bool",
    "Choice",
    "Code",
    "DataFolder",
    "Float",
    "Index",
    "Int",
    "Lesson",
    "NestedNumbers",
    "Param",
    "ProgramJob",
    "ProgramOutcome",
    "ProgramProgress",
    "Shape",
    "Snippet",
    "Step",
    "StepResult",
    "execute",
    "run_step",
    "step",
    "to_notebook",
    "to_script",
]
