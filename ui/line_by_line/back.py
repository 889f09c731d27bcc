"""At the foot of a page: the lines of the tutorial's programs that it plays with."""

import streamlit as st

from ui.line_by_line.links import lines_of
from ui.shell import navigation
from ui.shell.share import hides

MOST = 4
"""Programs that are named."""


def show(page: str) -> None:
    """Links to the first such line of each program, for the section that is open.

    Args:
        page: The page's stem.
    """
    section = st.query_params.get("part") or st.query_params.get("section") or ""
    found = lines_of(page, section) or lines_of(page, "")
    if not found or hides("next"):
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption("In the tutorial:", width="content")
        for program, line in found[:MOST]:
            st.page_link(
                navigation.entry("line_by_line").path,
                label=f"line {line} of {program.title}",
                icon=":material/step_over:",
                query_params={"program": program.title, "line": str(line)},
            )
