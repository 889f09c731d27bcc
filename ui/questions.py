"""Check yourself, at the foot of every page: a guess first, then the program that decides, and why."""

import streamlit as st

from core.teaching.questions import Question, questions, run_question
from ui.code import show_code


def check_yourself(page: str) -> None:
    """The page's questions, behind one line until somebody opens them; nothing for a page without any.

    Args:
        page: The page's file stem.
    """
    asked = questions(page)
    if not asked:
        return
    label = f"Check yourself: {len(asked)} questions"
    with st.expander(label, icon=":material/quiz:", key=f"check_{page}", on_change="rerun") as box:
        if box.open:
            st.fragment(_ask)(page)


def _ask(page: str) -> None:
    """All questions of a page, and how many guesses were right."""
    asked = questions(page)
    st.caption("Guess first. Then the program runs, here and now, and its output decides.")
    right, guessed = 0, 0
    for number, question in enumerate(asked, start=1):
        with st.container(border=True):
            answered = _one(page, number, question)
        guessed += answered is not None
        right += answered is True
    if guessed:
        st.markdown(f"**{right} of {guessed} right**, {len(asked) - guessed} to go.")


def _one(page: str, number: int, question: Question) -> bool | None:
    """One question; whether the guess was right, `None` before there is one."""
    guess = st.radio(
        f"**{number}.** {question.ask}",
        question.options,
        index=None,
        format_func=lambda option: f"`{option}`",
        key=f"check_{page}_{question.name}",
    )
    if guess is None:
        return None
    found = run_question(question)
    if found.error:
        st.error(found.error, icon=":material/error:")
        return None
    if guess == found.printed:
        st.success(f"Yes, `{found.printed}`. {question.step.text}", icon=":material/check:")
    else:
        st.info(f"No, `{found.printed}`. {question.step.text}", icon=":material/close:")
    show_code(found.code, key=f"check_{page}_{question.name}_code", file_name=f"{page}_{question.name}.py")
    st.caption("What it printed")
    st.code(found.printed, language=None, wrap_lines=True)
    return bool(guess == found.printed)
