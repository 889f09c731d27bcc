"""The parts of the Quickstart page."""
