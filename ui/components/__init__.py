"""What Streamlit does not have: images, cells and nodes that can be clicked, and a pad to draw on."""
