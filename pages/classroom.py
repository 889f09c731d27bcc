"""Class: one question on the wall, phones in the hands, and everybody sees what the room thinks.

The visitor who teaches opens a room; the others join it with its code.
"""

import streamlit as st

from core.errors import ClassroomError
from ui.classroom import leader, phone, start, wall
from ui.foot import next_page
from ui.resources import classroom
from ui.shell.frame import end_page, guard, lead, open_page

open_page(__file__)

code = st.query_params.get("room", "")[:12].upper()
if code:
    try:
        classroom().room(code)
    except ClassroomError as error:
        st.toast(str(error), icon=":material/meeting_room:")
        code = ""

if not code:
    lead(
        "Class",
        "Ask a class something and see at once what everybody thinks. "
        "The question is on the wall, the answers come from phones, and the program that decides runs here.",
    )
    start.show()
    next_page()
    end_page()

secrets = st.session_state.setdefault(start.LEADER, {})
if "leader" in st.query_params:  # kept for this session; the address is on the wall
    secrets[code] = st.query_params.pop("leader")[:64]
with guard():
    if classroom().leads(code, secrets.get(code, "")):
        leader.show(code, secrets[code])
    elif st.query_params.get("view") == "wall":
        wall.show(code)
    else:
        phone.show(code)
