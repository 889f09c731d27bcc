"""Pages are threads, and CPython's parser is not made for several at once."""

import ast
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.system.python_parser import parse, parse_expression


def test_many_threads_parse_at_once():
    """Each gets its own program's tree."""
    programs = [f"value = {'[' * 40}{number}{']' * 40}" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        trees = list(pool.map(parse, programs))
    assert [ast.unparse(tree) for tree in trees] == programs


def test_what_is_no_program_is_a_syntax_error():
    with pytest.raises(SyntaxError):
        parse("a b")
    with pytest.raises(SyntaxError):
        parse_expression("a = 1")
