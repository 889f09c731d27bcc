"""Mistakes: what each line of the loop is for, seen by leaving it out (section 6 of the notes).

The visitor will understand a slip by what it does, measured here beside the correct loop.
"""

import streamlit as st

from core.mistakes import MISTAKES
from ui import mistakes as lab
from ui.frame import lead, next_page, open_page
from ui.params import choice_param, set_param

open_page(__file__)
lead(
    "Mistakes",
    "A line or two that nearly everybody gets wrong once. Choose one and run it beside the correct loop: "
    "same data, same seeds, other ending.",
)

names = list(MISTAKES)
gone = "There is no such mistake here; this page shows the first one."
st.session_state["mistake_choice"] = choice_param("mistake", names, names[0], sentence=gone)
chosen = st.selectbox(
    "Mistake",
    names,
    format_func=lambda name: MISTAKES[name].title,
    key="mistake_choice",
    on_change=lambda: set_param("mistake", st.session_state["mistake_choice"], names[0]),
)
mistake = MISTAKES[chosen]

st.header(mistake.title, anchor=False)
lab.change(mistake)
lab.ask(mistake)
lab.run_and_watch(mistake)
next_page()
