"""Before there is a room: open one, or type the code of one."""

import streamlit as st

from core.teaching.classroom.rooms import CODE_LENGTH, HOURS
from ui.resources import classroom
from ui.server import visitors
from ui.shell.frame import guard

LEADER = "leader_secret"
"""Key in the session state: the secrets of rooms that this visitor leads, by code."""


def show() -> None:
    """Two doors: one for the teacher, one for everybody else."""
    open_door, join_door = st.columns(2, gap="large")
    with open_door, st.container(border=True, height="stretch"):
        st.header("I lead a class", anchor=False)
        st.markdown(
            "Open a room and show it on the wall. Phones join with its code; nobody needs an account. "
            f"After {HOURS} hours the room and all answers are deleted."
        )
        if st.button("Open a room", type="primary", icon=":material/meeting_room:"):
            with guard():
                code, secret = classroom().open_room(visitors.person())
                st.session_state.setdefault(LEADER, {})[code] = secret
                st.query_params["room"] = code
                st.rerun()
    with join_door, st.container(border=True, height="stretch"):
        st.header("I join one", anchor=False)
        st.markdown("Type the code on the wall, or point your phone's camera at it.")
        with st.form("join", border=False):
            typed = st.text_input("Code", max_chars=12, placeholder="A" * CODE_LENGTH)
            if st.form_submit_button("Join", icon=":material/login:"):
                with guard():
                    st.query_params["room"] = classroom().room(typed.strip().upper()).code
                    st.rerun()
