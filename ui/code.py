"""Code on the page: to read, to copy, to take home."""

import streamlit as st

from ui.shell.share import hides


def show_code(code: str, *, key: str, file_name: str) -> None:
    """Show Python code with a button that copies it and one that downloads it.

    Args:
        code: What has been run to give the result beside it.
        key: Unique on the page.
        file_name: Name of the downloaded file, such as `quickstart_batch.py`.
    """
    if hides("code"):
        return
    code = code.strip("\n") + "\n"
    st.code(code, language="python")
    st.download_button(
        file_name,
        code,
        file_name=file_name,
        mime="text/x-python",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"{key}_download",
        help="Download this code: it runs as it stands.",
    )
