"""The whole way once: a batch, the network, training, a prediction (the notes' section 0)."""

import streamlit as st

from ui.frame import lead, next_page, open_page
from ui.grid import image_grid
from ui.models import pick_model, test_logits
from ui.charts import probability_bars, show
from ui.resources import test_split

open_page(__file__)
lead("Quickstart", "The whole way once.")
split = test_split()
model = pick_model()
logits = test_logits(model)
clicked = image_grid(
    split.images[:30],
    [split.classes[i] for i in split.labels[:30]],
    key="grid",
    selected=st.session_state.get("sel"),
    marks=["right" if a == b else "wrong" for a, b in zip(logits.argmax(1)[:30], split.labels[:30])],
)
if clicked is not None:
    st.session_state.sel = clicked
    st.rerun()
st.write(clicked, st.session_state.get("sel"))
i = st.session_state.get("sel", 0)
show(
    probability_bars(logits[i].softmax(0).tolist(), split.classes, actual=int(split.labels[i])), alt_text="x"
)
next_page()
