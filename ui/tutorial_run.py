"""The tutorial's own run, from one button: started, watched and finished on the same spot."""

import streamlit as st


def tutorial_run() -> None:
    st.button("Train the tutorial's network", type="primary")
