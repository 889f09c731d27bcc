"""Programs to take home, made from the templates beside this: a template reads as the program it makes."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape


@lru_cache(maxsize=8)
def template(name: str) -> Template:
    """A template of the folder `templates`, such as `run.py.jinja`; a name it is not given is an error."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=select_autoescape(),  # of HTML alone: these are programs
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)


def blocks(name: str, values: dict[str, Any]) -> dict[str, str]:
    """A template's blocks by name, first to last, each rendered by itself; an empty one is left out."""
    made = template(name)
    context = made.new_context(values)
    texts = {block: "".join(render(context)).strip("\n") for block, render in made.blocks.items()}
    return {block: text for block, text in texts.items() if text}
