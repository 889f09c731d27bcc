"""A run on screen: the form, the run while it goes on, and what is left of it."""
