"""Train a network and watch it learn (the tutorial's sections 0 and 6: loops, loss, optimizer).

The visitor will understand what each setting does to the loss, and why some runs end well and others do not.
"""

import streamlit as st

from core.exchange import to_script
from ui.code import show_code
from ui.foot import next_page
from ui.resources import own_or_shared, training
from ui.shell import navigation
from ui.shell.frame import end_page, guard, lead, open_page
from ui.training import after, view
from ui.training.form import training_form

open_page(__file__)
lead(
    "Training",
    "You know the loop and its mistakes; now choose settings, start, and watch a network learn. "
    "The run goes on when you change page or close the tab.",
)

config = training_form()
if config is None:
    end_page()
resolved = training().resolve(own_or_shared(config))
job = training().watch(resolved.key())

if not view.show(job):
    trained = job is not None and job.state == "succeeded"
    label = "Resume training" if job is not None and job.state == "stopped" else "Start training"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Train again with another seed" if trained else label,
            type="primary",
            icon=":material/play_arrow:",
            key="start",
            on_click=view.start_again if trained else view.start,
            args=(config,),
        )
        with st.container(width="stretch"), guard():
            if trained:
                st.caption("This run already exists; the same settings give the same numbers. Here it is.")
            else:
                view.time_estimate(config, done=len(job.history) if job is not None else 0)
    view.start_problem()
    view.going_elsewhere(resolved.key())
    if job is not None:
        after.show(job)

st.header("The code", anchor=False)
with st.expander("This run as a script of your own", icon=":material/code:"):
    st.markdown("It needs torch and torchvision alone, and gives the numbers of this page.")
    with guard():
        show_code(to_script(resolved), key="run_script", file_name="run.py")
st.page_link(
    navigation.entry("compare").path, label="Compare it with other runs", icon=":material/stacked_line_chart:"
)
next_page()
