"""The predictions page, section by section."""
