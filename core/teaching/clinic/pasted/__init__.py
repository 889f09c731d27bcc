"""What the code that is pasted beside a message shows."""
