"""The parts of the Autograd page."""
