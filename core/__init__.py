"""Everything that is true without a screen: data, networks, training, runs. Never imports streamlit.

Importing it decides one thing for the process, before PyTorch is imported anywhere: how long OpenMP's threads
spin while they wait for each other before they sleep, about a hundredth of a millisecond. By default they
spin three hundred times as long, and a spinning thread takes a core from the one it waits for wherever there
are fewer free cores than threads; asleep at once, they lose a third of their speed where cores are free
(docs/MEASUREMENTS.md). Whoever sets `GOMP_SPINCOUNT` has the last word.
"""

import os

os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # what GNU's OpenMP itself takes where cores are scarce
