"""The entrance: `streamlit run streamlit_app.py`. It builds the navigation and runs the page asked for."""

from ui.shell import frame, navigation

frame.show(navigation.build())
