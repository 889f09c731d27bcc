"""The parts of the Transforms page."""
