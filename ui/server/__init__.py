"""What stands between the network and Streamlit, and what it tells the pages about who is there."""
