"""The network page, section by section."""
