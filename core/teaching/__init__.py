"""What is taught, and what runs it: lessons, snippets, mistakes, questions, the step debugger."""
