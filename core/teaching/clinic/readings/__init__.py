"""What the kinds of error read in the message and in the code beside it, by topic."""
