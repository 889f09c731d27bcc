"""Bytes are counted for as long as they are held: by owner and in all."""

import gc

import pytest

from core.errors import BudgetError
from core.system import memory
from core.system.budget import Budget


def test_neither_one_owner_nor_all_together_take_more_than_there_is():
    """The first limit that is met speaks, and what was refused is not counted."""
    budget = Budget(total=100, each=60)
    held = [budget.take("a", 50), budget.take("b", 40)]
    with pytest.raises(BudgetError, match="one visitor"):
        budget.take("a", 20)
    with pytest.raises(BudgetError, match="The server holds"):
        budget.take("b", 20)
    assert budget.held() == 90
    held[0].release()
    assert budget.held() == budget.held("b") == 40
    held[0].release()  # twice is once
    assert budget.take("b", 20).size == 20


def test_what_is_dropped_without_a_word_goes_back():
    """A session that ends releases nothing by hand: its objects are collected."""
    budget = Budget(total=100, each=100)
    held = budget.take("a", 80)
    assert budget.held() == 80
    del held
    gc.collect()
    assert budget.held() == 0


def test_short_memory_is_short_for_everybody(monkeypatch):
    """The budget is a promise only where the bytes are there."""
    monkeypatch.setattr(memory, "available", lambda: memory.RESERVE + 10)
    budget = Budget(total=100, each=100)
    with pytest.raises(BudgetError):
        budget.take("a", 11)
    assert budget.take("a", 10).size == 10
