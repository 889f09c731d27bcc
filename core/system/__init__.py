"""The machine: its device, memory and files, and what is installed on it; rules for reading plain data."""
