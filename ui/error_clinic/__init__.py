"""The parts of the page of the error clinic."""
