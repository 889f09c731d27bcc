"""The tutorial's network as the tutorial writes it: the class that every lesson uses.

`core.model.NeuralNetwork` is the same network for the rest of the app; a test holds that their parameters
have the same names and, from the same seed, the same values.
"""

from torch import nn


class NeuralNetwork(nn.Module):
    """784 inputs, two hidden layers of 512 units with ReLU, 10 logits."""

    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.linear_relu_stack = nn.Sequential(
            nn.Linear(28 * 28, 512),
            nn.ReLU(),
            nn.Linear(512, 512),
            nn.ReLU(),
            nn.Linear(512, 10),
        )

    def forward(self, x):
        """Images (N x 1 x 28 x 28) to logits (N x 10)."""
        x = self.flatten(x)
        logits = self.linear_relu_stack(x)
        return logits
