"""Everything that is true without a screen: data, networks, training, runs. Never imports streamlit.

Importing it decides one thing for the process, before PyTorch is imported anywhere: OpenMP's threads sleep
while they wait for each other. By default they spin, and a spinning thread takes a core from the one it waits
for wherever there are fewer free cores than threads: on two cores that others used too, a run was 14 times as
fast with sleeping threads (docs/ARCHITECTURE.md). Whoever sets `OMP_WAIT_POLICY` has the last word.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
