"""Reads a pasted class of a network: parsed, never run. Its layers are rebuilt by us, without values.

What the text says is looked up in a short list of layers and functions; everything else ends the reading, and
the answer says at which line.
"""

import ast
import difflib
import re
from dataclasses import dataclass, replace
from typing import Final

from core.system.python_parser import parse
from core.teaching.clinic.networks.constructor import Network, Row, Stop
from core.teaching.clinic.networks.fitting import Reading, Told, cause, fitting
from core.teaching.clinic.networks.forward import BATCH, follow, not_given_back
from core.teaching.clinic.networks.shape_rules import Shape

_STARTS: Final = re.compile(
    r"class \w|def __init__\(self|(?:self\.)?\w{1,40} ?= ?(?:torch\.)?nn\.Sequential\("
)
"""How the lines begin that are read: of a class, of what is in one, or of a Sequential."""
_NO_FORWARD: Final = (
    "no `forward` was pasted. If the class has none, it cannot be called: it belongs at the indentation of "
    "`__init__`."
)
_SHAPES: Final[tuple[tuple[int, ...], ...]] = (
    (1, 28, 28),
    (3, 32, 32),
    (3, 224, 224),
    (3, 64, 64),
    (1, 32, 32),
    (3, 128, 128),
    (3, 28, 28),
    (3, 227, 227),
    (3, 256, 256),
    (1, 64, 64),
)


@dataclass(frozen=True, kw_only=True)
class ClassReading:
    """A network read layer by layer."""

    name: str
    """The class's name, or `model`."""
    given: tuple[int, ...]
    """The shape of the batch that was sent through it; empty if it never came to that."""
    rows: tuple[Row, ...]
    """The layers reached, in the order of the forward pass."""
    problem: str
    """Why it stops, in a sentence; empty if it does not."""
    remarks: tuple[str, ...]
    """What else is worth a look."""
    wrong: bool
    """Whether the problem is the network's; if not, it is the reader that could not follow."""
    cause: str = ""
    """How it comes to the message that was pasted with the class; empty if no batch was found that does."""

    @property
    def text(self) -> str:
        """All of it as plain text."""
        said = [f"The class {self.name}, read layer by layer (it was parsed, not run):"]
        if self.given:
            said.append(f"A batch of shape {list(self.given)} goes in{'' if self.cause else ' (assumed)'}.")
        said += [f"{row.name}: {row.layer}: {list(row.given)} -> {list(row.gives)}" for row in self.rows]
        if self.problem:
            said.append(
                f"It stops here: {self.problem}" if self.wrong else f"The reading ends here: {self.problem}"
            )
        elif self.given:
            said.append("All layers fit.")
        return "\n".join([*said, *self.remarks])


def read_class(text: str, told: Told | None = None) -> ClassReading | None:
    """Read the network class (or the `nn.Sequential`) in a text; `None` if there is none.

    Args:
        text: The text.
        told: The message beside the class, if there is one: then the batch is looked for that leads to it.
    """
    tree = _tree(text)
    if tree is None:
        return None
    network = next(
        (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and _is_network(node)), None
    )
    if network is not None:
        return _read(network, tree, told)
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func).endswith("Sequential")
        ):
            target = node.targets[0]
            name = target.id if isinstance(target, ast.Name) else "model"
            return _sequential(
                target.attr if isinstance(target, ast.Attribute) else name, node.value, tree, told
            )
    return None


def _tree(text: str) -> ast.Module | None:
    """The text's tree, or that of the piece of code in it."""
    for candidate in (text, _block(text)):
        if not candidate:
            continue
        try:
            return parse(candidate)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _block(text: str) -> str:
    """The lines from the one that begins a class, or a Sequential, to the end of what is indented below."""
    lines = [line.removeprefix(">>> ").removeprefix("... ") for line in text.split("\n")]
    first = next((i for i, line in enumerate(lines) if _STARTS.match(line.lstrip())), None)
    if first is None:
        return ""
    methods = lines[first].lstrip().startswith("def ")
    indent = len(lines[first]) - len(lines[first].lstrip())
    kept = [lines[first][indent:]]
    for line in lines[first + 1 :]:
        here = len(line) - len(line.lstrip())
        inside = here > indent or line.strip().startswith((")", "]"))
        if (
            line.strip()
            and not inside
            and not (methods and here == indent and line.lstrip().startswith("def "))
        ):
            break
        kept.append(line[indent:])
    if methods:  # the head of the class was not pasted
        kept = ["class Network(nn.Module):", *(f"    {line}" for line in kept)]
    return "\n".join(kept)


def _is_network(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith("Module") for base in node.bases)


def _read(node: ast.ClassDef, tree: ast.Module, told: Told | None) -> ClassReading:
    """What the class says, from its constructor to the end of its forward pass."""
    methods = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}
    # beside another message, a class without `return` was hardly pasted to its end
    problem = _outline(node.name, methods, cut=told is not None and told.kind != "none-attribute")
    if problem:
        return _stopped(node.name, problem)
    network = Network.of(node, tree)
    if isinstance(network, Stop):
        return _stopped(node.name, network.sentence, wrong=network.wrong)
    if "forward" not in methods:
        return _stopped(node.name, _NO_FORWARD, wrong=False, remarks=network.remarks)
    forward = methods["forward"]
    problem = _unknown_names(forward, network) if _sets_by_name(node) else ""
    if problem:
        return _stopped(node.name, problem, remarks=network.remarks)
    remarks = (*network.remarks, *_remarks(forward, network, node))
    readings = [follow(network, forward, (BATCH, *shape)) for shape in _inputs(network, tree)]
    reading = _best(node.name, readings, remarks)
    if told is None:
        return reading
    met = fitting(told, network.first_input(), lambda shape: follow(network, forward, shape))
    return reading if met is None else _explained(told, met, reading, remarks)


def _explained(told: Told, met: Reading, assumed: ClassReading, remarks: tuple[str, ...]) -> ClassReading:
    """The pass that ends with the message, in place of one with an assumed batch."""
    given, rows, stop = met
    whole: Shape | None = None if assumed.problem else (given[0], *assumed.given[1:])
    return ClassReading(
        name=assumed.name,
        given=given,
        rows=rows,
        problem=stop.sentence if stop else "",
        remarks=remarks,
        wrong=stop.wrong if stop else False,
        cause=cause(told, met, whole),
    )


def _sequential(name: str, call: ast.Call, tree: ast.Module, told: Told | None) -> ClassReading:
    """A bare `nn.Sequential`, read as a class whose forward pass calls it."""
    source = (
        "class Model(nn.Module):\n    def __init__(self):\n        super().__init__()\n        "
        f"self.{name} = {ast.unparse(call)}\n"
    )
    source += f"    def forward(self, x):\n        return self.{name}(x)\n"
    wrapped = parse(source).body[0]
    assert isinstance(wrapped, ast.ClassDef)
    return replace(_read(wrapped, tree, told), name=name)


def _stopped(name: str, problem: str, *, wrong: bool = True, remarks: tuple[str, ...] = ()) -> ClassReading:
    return ClassReading(name=name, given=(), rows=(), problem=problem, remarks=remarks, wrong=wrong)


def _outline(name: str, methods: dict[str, ast.FunctionDef], *, cut: bool) -> str:
    """What is wrong with the class before any layer is looked at; a `cut` text may lack its last lines."""
    for wrong in ("_init_", "init", "__int__", "__init"):
        if wrong in methods and "__init__" not in methods:
            return (
                f"the constructor is called `{wrong}`: it has to be `__init__`, with two underscores on "
                "either side."
            )
    if (
        "__init__" in methods
        and "super" not in ast.unparse(methods["__init__"])
        and "Module.__init__" not in ast.unparse(methods["__init__"])
    ):
        return "`__init__` never calls `super().__init__()`, so the first layer cannot be assigned."
    if "forward" not in methods:
        close = next(
            (
                m
                for m in methods
                if m != "__init__" and difflib.SequenceMatcher(None, m, "forward").ratio() > 0.7
            ),
            "",
        )
        if close:
            return f"there is no `forward`: `{close}` looks like it, misspelled."
        inside = any(
            isinstance(node, ast.FunctionDef) and node.name == "forward"
            for method in methods.values()
            for node in ast.walk(method)
        )
        return "`forward` stands inside another method: move it to the indentation of that." if inside else ""
    returns = [
        node
        for node in ast.walk(methods["forward"])
        if isinstance(node, ast.Return) and node.value is not None
    ]
    if not returns and not cut:
        return "`forward` has no `return`, so the network gives None."
    if not methods["forward"].args.args or methods["forward"].args.args[0].arg != "self":
        return "`forward` lacks `self` as its first argument."
    return ""


def _sets_by_name(node: ast.ClassDef) -> bool:
    """Whether every attribute is set where this reader sees it: in `__init__`, of a plain `nn.Module`."""
    plain = all(ast.unparse(base) in ("nn.Module", "torch.nn.Module", "Module") for base in node.bases)
    text = ast.unparse(node).partition("def forward(")[0]
    return plain and re.search(r"^\s{1,20}(?:self\.\w{1,40}|setattr)\(", text, re.MULTILINE) is None


def _unknown_names(forward: ast.FunctionDef, network: Network) -> str:
    """A `self.name` that is called in the forward pass and set nowhere."""
    for node in ast.walk(forward):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value) == "self"
        ):
            name = node.func.attr
            if name not in network.names:
                close = next(iter(difflib.get_close_matches(name, network.names, n=1)), "")
                return f"`self.{name}` (line {node.lineno}) is set nowhere in `__init__`" + (
                    f": `self.{close}` is." if close else "."
                )
    return ""


def _remarks(forward: ast.FunctionDef, network: Network, whole: ast.ClassDef) -> list[str]:
    last = [node for node in ast.walk(forward) if isinstance(node, ast.Return)][-1:]
    said = []
    if (
        last
        and last[0].value is not None
        and "softmax" in ast.unparse(last[0].value)
        and "log_softmax" not in ast.unparse(last[0].value)
    ):
        said.append(
            "It ends in a softmax: if the loss is `nn.CrossEntropyLoss`, leave it out, since that "
            "loss has its own."
        )
    others = [item for item in whole.body if isinstance(item, ast.FunctionDef) and item.name != "__init__"]
    used = {node.attr for item in others for node in ast.walk(item) if isinstance(node, ast.Attribute)}
    unused = [name for name in network.layers if name not in used]
    if unused:
        said.append(f"`forward` never uses {', '.join(f'`self.{name}`' for name in unused[:3])}.")
    return said


def _inputs(network: Network, tree: ast.Module) -> list[tuple[int, ...]]:
    """Shapes of one sample to try: those that the text makes itself, then those its first layer takes."""
    shapes = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "torch.randn",
            "torch.rand",
            "torch.zeros",
            "torch.ones",
        ):
            values = [
                arg.value for arg in node.args if isinstance(arg, ast.Constant) and type(arg.value) is int
            ]
            if (
                len(values) == len(node.args)
                and 2 <= len(values) <= 4
                and all(0 < value <= 4096 for value in values)
            ):
                shapes.append(tuple(values[1:]))
    first = network.first_input()
    if first is not None and len(first) == 1:
        return [*shapes, first, (1, 28, 28)]
    channels = first[0] if first else None
    return [
        *shapes,
        *([first] if first and first[-1] else []),
        *dict.fromkeys(shape if channels is None else (channels, *shape[1:]) for shape in _SHAPES),
    ][:8]


def _best(name: str, readings: list[Reading], remarks: tuple[str, ...]) -> ClassReading:
    """The first input that goes all the way, else the first tried: with which the break is shown."""
    whole = next((reading for reading in readings if reading[2] is None), None)
    given, rows, stop = whole or readings[0]
    if whole is not None and whole is not readings[0]:
        remarks = (*remarks, f"A batch of shape {list(readings[0][0])} does not go through.")
    changed = [
        row
        for row in rows
        if row.gives and row.given and row.gives[0] != row.given[0] and row.name.startswith("x.")
    ]
    if changed and stop is None and rows[-1].gives and rows[-1].gives[0] != given[0]:
        sentence = (
            f"{changed[0].name} turns a batch of {changed[0].given[0]} into {changed[0].gives[0]} "
            "rows: the loss will complain about batch sizes."
        )
        remarks = (*remarks, sentence)
    if stop is None and (smaller := not_given_back(rows)):
        remarks = (*remarks, smaller)
    return ClassReading(
        name=name,
        given=given,
        rows=rows,
        problem=stop.sentence if stop else "",
        remarks=tuple(remarks),
        wrong=stop.wrong if stop else False,
    )
