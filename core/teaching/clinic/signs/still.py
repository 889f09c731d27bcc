"""Signs of what keeps a network from learning, or its loss from being a number."""

from typing import Final

from core.teaching.clinic.signs.sign import Sign

XOR: Final = Sign(
    "XOR looks small and is slow to learn: with sigmoids, `MSELoss` and plain SGD at 0.01 the slopes are "
    "tiny, and tens of thousands of steps change little, while the outputs stay near 0.5. `nn.Tanh` with 8 "
    "hidden units, no sigmoid at the end, `BCEWithLogitsLoss`, `torch.optim.Adam(net.parameters(), lr=0.05)` "
    "made once, and all four samples as one batch learn it in 500 steps.",
    r"\bx-?or\b",
    also=r"sigmoid",
)
SATURATED: Final = Sign(
    "A sigmoid passes on at most a quarter of the gradient (a tanh less than all), so after many of them in "
    "a row next to nothing is left for the first layers: `nn.ReLU()` between the layers, with "
    "`nn.BatchNorm1d` or shortcuts where there are many; a sigmoid at the end only, or none.",
    r"(?:gradients?|grads?)[^.]{0,60}(?:zero|\b0\b|vanish|tiny|very small)",
    also=r"sigmoid",
)
SCALED_MASK: Final = Sign(
    "A mask whose largest value is {0} was divided by 255: `ToTensor()` does that to whole numbers of 8 "
    "bits, to class numbers as well, so the target is next to nothing everywhere. Turn masks into tensors "
    "without it, `torch.as_tensor(np.array(mask))`, then `.float()` or `.long()`.",
    r"mask[^.]{0,200}?\b(0\.00(?:4|39)\d{0,6})\b",
)
CTC: Final = Sign(
    "With CTC the loss is infinite for a sample whose labels are longer than what the network gives for it "
    "(each label that repeats the one before needs one step more): compare `target_lengths` with "
    "`input_lengths` sample by sample. Shorten the time less in the network, leave such samples out, or "
    "`nn.CTCLoss(zero_infinity=True)`.",
    r"\bctc",
    also=r"\binf\b|infinit|\bnan\b",
)
