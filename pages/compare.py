"""Put runs side by side (the tutorial's sections 0 and 6: what a setting does is seen by changing it alone).

The visitor will see which setting made the difference, and what it cost in time.
"""

import streamlit as st

from ui.compare import inside
from ui.compare.view import choose_runs, curves, legend, links, load, scores, settings_table
from ui.foot import next_page
from ui.resources import visible_runs
from ui.shell import navigation
from ui.shell.frame import end_page, guard, lead, open_page

open_page(__file__)
lead(
    "Compare",
    "Runs are saved as you train; overlay them here. "
    "Runs that differ in one setting show what that setting does.",
)

available = [run for run in visible_runs() if run.epochs_done or run.status == "diverged"]
if not available:
    st.info(
        "Nothing has been trained here yet. Every run appears here after its first epoch.",
        icon=":material/info:",
    )
    st.page_link(navigation.entry("training").path, label="Train a network", icon=":material/model_training:")
    next_page()
    end_page()

chosen = choose_runs(available)
if not chosen:
    st.info("Choose at least one run.", icon=":material/info:")
    next_page()
    end_page()

legend(chosen)
with guard():
    curves(chosen, load(chosen))
st.header("Scores", anchor=False)
scores(chosen)
st.caption(
    "Test accuracy: the share of test images named correctly, after the last epoch and after the best. "
    "Training time counts training steps only."
)
st.header("Settings", anchor=False)
settings_table(chosen)
links(chosen)
inside.show(chosen)
next_page()
