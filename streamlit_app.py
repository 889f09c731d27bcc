"""The entrance: `streamlit run streamlit_app.py`.

The server imports this file once, to wrap the app in `ui.shell.server`. Then it runs it for every visitor, to
build the navigation and run the page asked for.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

if get_script_run_ctx(suppress_warning=True) is None:
    from core.system import apart

    # before anything here has started a thread: see `core.system.apart`
    modules = ("core.teaching.transforms.program", "core.analysis.heavy", "torchvision.datasets")
    apart.start(modules, "core.teaching.snippets.warm_up:warm_up")

    from ui.classroom import changes
    from ui.server.gate import allow_many_files
    from ui.server.odd_messages import answer_odd_messages
    from ui.server.uploads import stay_off_the_disk
    from ui.shell import readiness
    from ui.shell.server import MIDDLEWARE

    allow_many_files()
    answer_odd_messages()
    stay_off_the_disk()
    app = st.App(__file__, routes=[*changes.ROUTES, *readiness.ROUTES], middleware=MIDDLEWARE)
else:
    from ui.shell import frame, navigation

    frame.show(navigation.build())
