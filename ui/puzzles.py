"""Puzzles at the foot of a page: a program with a gap, an answer that is tried, a hint that answers it."""

import streamlit as st

from core.teaching.puzzles import Puzzle, Verdict, every_puzzle, puzzles
from ui.components.browser_memory import remembered_in_browser
from ui.shell.share import hides, plain

_SOLVED = "puzzles_solved"
_CHOSEN = "puzzle_chosen"


def show(page: str) -> None:
    """The page's puzzles, behind one line until somebody opens them; nothing for a page without any."""
    asked = puzzles(page)
    if not asked:
        return
    label = f"Puzzles: {len(asked)} programs with a gap"
    with st.expander(label, icon=":material/extension:", key=f"puzzles_{page}", on_change="rerun") as box:
        if box.open:
            st.fragment(_ask)(page)


def _ask(page: str) -> None:
    """One puzzle of the page at a time, chosen from all; the solved ones are marked."""
    asked = {puzzle.name: puzzle for puzzle in puzzles(page)}
    known = [puzzle.name for puzzle in every_puzzle()]
    here: set[str] = st.session_state.setdefault(_SOLVED, set())
    here |= remembered_in_browser(known, here, key="puzzles")
    done = here & set(asked)
    st.caption(
        "What you type is tried on random inputs, so every right answer counts. "
        "Your own browser remembers which ones you have solved."
    )
    st.progress(len(done) / len(asked), text=f"{len(done)} of {len(asked)} solved")
    chosen = st.session_state.get(f"{_CHOSEN}_{page}")
    name = (
        chosen if chosen in asked else next((name for name in asked if name not in here), next(iter(asked)))
    )
    numbers = {name: number for number, name in enumerate(asked, 1)}
    field = f"puzzle_{page}_{'_'.join(sorted(done))}"  # a list whose labels change is another list
    st.session_state[field] = name
    st.selectbox(
        "Puzzle",
        list(asked),
        key=field,
        format_func=lambda name: f"{numbers[name]}. {_title(name)}" + (" (solved)" if name in here else ""),
        on_change=lambda: _choose(page, st.session_state[field]),
    )
    _one(asked[name])
    following = next((other for other in asked if other not in here), None)
    if name in here and following is not None:
        st.button(
            f"Next puzzle: {_title(following)}",
            icon=":material/skip_next:",
            key=f"next_puzzle_{page}",
            on_click=_choose,
            args=(page, following),
        )


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _one(puzzle: Puzzle) -> None:
    """One puzzle: the task, the program with its gap, the answer and what it gave."""
    st.markdown(puzzle.ask)
    if not hides("code"):
        st.code(puzzle.program, language="python", wrap_lines=True)
    if puzzle.wanted:
        st.caption("What it should print")
        st.code(puzzle.wanted, language=None, wrap_lines=True)
    typed = st.text_input(
        "What goes into the gap",
        key=f"puzzle_answer_{puzzle.name}",
        placeholder=puzzle.placeholder,
        max_chars=200,
        on_change=_count,
        args=(puzzle,),
    )
    if typed.strip():
        with st.container(key="brought_verdict"):  # it comes into sight, on a phone as well
            _tell(puzzle.try_answer(typed))
    with st.expander("Show an answer", icon=":material/visibility:"):
        st.code(puzzle.answers[0], language="python")


def _choose(page: str, name: str) -> None:
    st.session_state[f"{_CHOSEN}_{page}"] = name


def _count(puzzle: Puzzle) -> None:
    """Count a puzzle as solved before the page is drawn anew, so that the browser is told at once."""
    if puzzle.try_answer(st.session_state[f"puzzle_answer_{puzzle.name}"]).solved:
        st.session_state[_SOLVED].add(puzzle.name)
        _choose(puzzle.page, puzzle.name)  # it stays in sight with its verdict


def _tell(verdict: Verdict) -> None:
    if verdict.solved:
        st.success(plain(verdict.says), icon=":material/check:")
    else:
        st.info(plain(verdict.says), icon=":material/lightbulb:")
