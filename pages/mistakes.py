"""Mistakes: what each line of the loop is for, seen by leaving it out (section 6 of the tutorial).

The visitor will understand a slip by what it does, measured here beside the correct loop.
"""

import streamlit as st

from core.teaching.mistakes import COUNT, MISTAKES
from ui.foot import next_page
from ui.mistakes import lab, symptoms
from ui.shell.frame import lead, open_page
from ui.shell.params import choice_param, set_param
from ui.shell.sections import choose_section

open_page(__file__)
lead(
    "Mistakes",
    "You know what each line of the loop does; here is what happens when one is wrong. "
    "Choose a mistake and run it beside its cure: same images, same seeds, a different ending.",
)

section, tab = choose_section(["Lab", "Symptom clinic"], name="part")
if section == "Symptom clinic":
    with tab:
        symptoms.show()
else:
    with tab:
        names = list(MISTAKES)
        gone = "There is no such mistake here; this page shows the first one."
        st.session_state["mistake_choice"] = choice_param("mistake", names, names[0], sentence=gone)
        chosen = st.selectbox(
            f"One of {COUNT} mistakes, or what only looks like one",
            names,
            format_func=lambda name: (
                ("No mistake: " if MISTAKES[name].harmless else "") + MISTAKES[name].title
            ),
            key="mistake_choice",
            on_change=lambda: set_param("mistake", st.session_state["mistake_choice"], names[0]),
        )
        mistake = MISTAKES[chosen]

        lab.show(mistake)
        following = names[(names.index(chosen) + 1) % len(names)]
        st.button(
            f"Next mistake: {MISTAKES[following].title}",
            icon=":material/skip_next:",
            on_click=set_param,
            args=("mistake", following, names[0]),
            key="next_mistake",
        )
next_page()
