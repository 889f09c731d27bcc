"""After the reveal: the program that decides really runs, and says why."""

import streamlit as st

from core.teaching.classroom import Prompt
from core.teaching.classroom.offers import case_of, mistake_of, question_of
from core.teaching.questions import run_question
from core.teaching.symptoms import SLIPS
from core.training import pretrained
from ui.classroom.game import NETWORK
from ui.mistakes import evidence, lab
from ui.models import test_logits
from ui.resources import test_split


def show(prompt: Prompt) -> None:
    """What decides a question: a page's program, both programs of a mistake, or the network's own answer."""
    kind = prompt.source.partition(":")[0]
    if kind == "question":
        found = run_question(question_of(prompt))
        st.code(found.code, language="python", wrap_lines=True)
        st.caption("What it printed, here and now")
        st.code(found.printed or found.error, language=None, wrap_lines=True)
        st.markdown(question_of(prompt).step.text)
    elif kind == "mistake":
        lab.compare(mistake_of(prompt))
    elif kind == "symptom":
        asked = case_of(prompt)
        st.markdown(SLIPS[asked.slip].why)
        evidence.changed_lines(asked)
        broken, correct = evidence.ran_here(asked)
        for kinds in (("Train loss", "Test accuracy"), ("Gradient norm", "Outputs")):
            for shown, place in zip(kinds, st.columns(2), strict=True):
                with place:
                    evidence.draw(shown, broken, correct)
    elif kind == "garment":
        index = int(prompt.source.partition(":")[2])
        logits = test_logits(pretrained.load())[index]
        best = int(logits.argmax())
        share = float(logits.softmax(0)[best])
        st.markdown(f"{NETWORK} says **{test_split().classes[best]}**, with a probability of {share:.0%}.")
    elif kind == "accuracy":
        st.markdown(
            f"{NETWORK} names **{true_number(prompt):.1f}** of every 100 test images correctly, "
            f"over all {len(test_split()):,} here."
        )


def true_number(prompt: Prompt) -> float | None:
    """The number that an open question asks for; `None` where nobody knows it."""
    if prompt.source != "accuracy:pretrained":
        return None
    split = test_split()
    right = test_logits(pretrained.load()).argmax(1) == split.labels
    return float(100 * right.float().mean())
