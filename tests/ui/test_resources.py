"""What visitors share survives what any of them can send."""

import ast
from pathlib import Path

import streamlit as st

from ui import resources

PROJECT = Path(__file__).resolve().parents[2]


def test_emptying_the_caches_costs_no_state(tmp_path, monkeypatch):
    """Any browser may send `clear_cache`: the queue, the images and the runs are the same afterward."""
    monkeypatch.setenv("PYTORCH_BASICS_RUNS", str(tmp_path))
    resources.start_anew()
    shared = (resources.jobs, resources.training, resources.runs, resources.train_split, resources.test_split)
    before = [get() for get in shared]
    st.cache_resource.clear()
    st.cache_data.clear()
    assert all(get() is was for get, was in zip(shared, before, strict=True))
    resources.jobs().close()
    resources.start_anew()


def test_no_cache_holds_what_cannot_be_made_again():
    """Cached functions compute: none of them makes a job store, a run store, a registry or a lock."""
    for path in (PROJECT / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            decorators = "".join(map(ast.unparse, getattr(node, "decorator_list", [])))
            if isinstance(node, ast.FunctionDef) and "cache_" in decorators:
                body = ast.unparse(node)
                held = (
                    "JobQueue(",
                    "TrainingService(",
                    "RunStore(",
                    "WeakValueDictionary(",
                    "Lock(",
                    "Thread(",
                    "Debugger(",
                )
                assert not any(word in body for word in held), (path, node.name)
                assert node.args.args, f"{path}: {node.name} depends on nothing, so it is state or a constant"
