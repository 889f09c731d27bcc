"""What a network does and why: scores, attributions, graphs, neurons, timings."""
