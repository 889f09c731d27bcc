"""Everything that is true without a screen: data, networks, training, runs. Never imports streamlit."""
