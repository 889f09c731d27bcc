"""A random generator for one program: what it draws from PyTorch's global one comes from its own.

Constructors such as `nn.Linear` draw from the global generator, so a program that wants the same weights
every time calls `torch.manual_seed`. Two visitors' programs in one process would then change each other's
numbers. Here each seeds and draws from a generator of its own, and gets the numbers that it would get alone
in a process.
"""

import tempfile
import types
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn import init
from torch.overrides import TorchFunctionMode

_DRAWING: Final = frozenset(
    {
        *(torch.rand, torch.randn, torch.randint, torch.randperm, torch.normal),
        *(torch.rand_like, torch.randn_like, torch.randint_like),
        *(torch.bernoulli, torch.multinomial, torch.poisson),
        *(Tensor.uniform_, Tensor.normal_, Tensor.random_, Tensor.bernoulli_, Tensor.exponential_),
        *(Tensor.bernoulli, Tensor.multinomial, Tensor.cauchy_, Tensor.log_normal_, Tensor.geometric_),
        *(init.uniform_, init.normal_, init.trunc_normal_, init.orthogonal_, init.sparse_),
        *(init.xavier_uniform_, init.xavier_normal_, init.kaiming_uniform_, init.kaiming_normal_),
    }
)
"""Everything that draws and takes a generator."""


class OwnChance(TorchFunctionMode):
    """While it is entered, this thread draws from a generator of its own; other threads are left alone.

    Args:
        seed: Of the generator, until the program seeds it itself.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call `func`, with the own generator where it would draw from the global one."""
        options = dict(kwargs or {})
        shared = options.get("generator") in (None, torch.default_generator)
        if func in _DRAWING and shared:
            options["generator"] = self.generator
        elif func is F.dropout:
            return self._dropout(*args, **options)
        return func(*args, **options)

    def _dropout(self, x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
        """PyTorch's dropout, which takes no generator: the same masks, as PyTorch draws them on a CPU."""
        if not training or p == 0 or p == 1:
            return F.dropout(x, p, training, inplace)
        mask = torch.empty_like(x).bernoulli_(1 - p, generator=self.generator).div_(1 - p)
        return x.mul_(mask) if inplace else x * mask

    def importing(self, name: str, *rest: Any, **options: Any) -> Any:
        """`__import__` for the program: its `torch` seeds the own generator."""
        module = __import__(name, *rest, **options)
        return _Torch(self.generator, self._made_folder) if module is torch else module

    def _made_folder(self) -> str:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="pytorch-basics-")
        return self._folder.name

    def __exit__(self, *error: object) -> None:
        """The thread draws from the global generator again; what the program saved is gone."""
        super().__exit__(*error)  # type: ignore[no-untyped-call]
        if self._folder is not None:
            self._folder.cleanup()


class _Torch(types.ModuleType):
    """`torch`, but for what belongs to one program: its random generator, and the files it saves.

    A file named without a folder, such as the tutorial's `model.pth`, lies in a folder of the program's own.
    """

    def __init__(self, generator: torch.Generator, folder: Callable[[], str]) -> None:
        super().__init__("torch")
        self.manual_seed = generator.manual_seed
        self._folder = folder

    def save(self, value: Any, file: Any, *rest: Any, **options: Any) -> None:
        """`torch.save`."""
        torch.save(value, self._own(file), *rest, **options)

    def load(self, file: Any, *rest: Any, weights_only: bool = True, **options: Any) -> Any:
        """`torch.load`, with the default that it has by itself."""
        load = torch.load  # either way: the text is ours, and so is the file that it has just written
        return load(self._own(file), *rest, weights_only=weights_only, **options)

    def _own(self, file: Any) -> Any:
        plain = isinstance(file, str) and Path(file).name == file
        return str(Path(self._folder()) / file) if plain else file

    def __getattr__(self, name: str) -> Any:
        return getattr(torch, name)
