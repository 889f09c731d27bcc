"""What several pages share on screen: the only importer of streamlit beside the pages."""
