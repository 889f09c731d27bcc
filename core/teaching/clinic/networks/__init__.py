"""A pasted class of a network, read layer by layer."""
