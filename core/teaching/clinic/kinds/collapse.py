"""No error at all: networks that end in the cheapest answer, such as one point or an empty mask."""

from typing import Final

from core.teaching.clinic.kind import kind

KINDS: Final = (
    kind(
        "embedding-collapse",
        "All embeddings are the same point: the loss stays at its margin",
        "the loss is the margin",
        means="A triplet or contrastive loss is exactly its margin where all distances are 0: the network "
        "gives every input the same vector. That is the cheapest way out when the negatives are too hard.",
        cure="Print the embeddings of ten inputs. If they are equal: a rate ten times smaller; random or "
        "semi-hard negatives first, the hardest ones only later; larger batches with several samples of each "
        "class; pretrained weights. If they differ: the loss may be the mean over hard triplets only, which "
        "stays near the margin although the network learns: count the triplets with a loss above 0.",
        trap="A larger margin only raises the number at which it stays.",
        program="""
import torch
from torch import nn

torch.manual_seed(0)
anchor, positive, negative = torch.rand(3, 8, 4).unbind(0)
net = nn.Linear(4, 2)
nn.init.zeros_(net.weight)
loss = nn.TripletMarginLoss(margin=0.5)(net(anchor), net(positive), net(negative))
print("the loss is", "the margin" if abs(loss.item() - 0.5) < 1e-4 else "another number")
""",
        change=(("nn.init.zeros_(net.weight)", "nn.init.orthogonal_(net.weight)"),),
        page="optimization",
        symptom=True,
        weight=-2,
        needs=("triplet", "siamese", "contrastive", "metric learning", "embedding", "margin"),
        complaints=(
            "triplet|siamese|contrastive|margin|embedding|embeddings & converges to the|stuck|equals|equal "
            "to|not converg|doesnt converg|cant "
            "converg|convergence|constant|stays|same|identical|collaps|not decreas|doesnt decreas|zero "
            "vector & loss|margin|embedding|vector|output",
        ),
    ),
    kind(
        "all-background",
        "The predicted mask is all background",
        "all background is a cheap answer",
        means="Where an object covers a small part of the pictures, answering background everywhere is right "
        "in nearly all pixels, and its loss is low. It can also be the drawing: class numbers 0 and 1 look "
        "black as gray values of 0 to 255.",
        cure="First `print(mask.unique(), prediction.unique())`. If the prediction holds 0 and 1: multiply "
        "by 255 to see it. If the masks of the training hold 0 alone, or 0 and 255: divide by 255 before "
        "`.long()`, and resize masks with the nearest pixel. If the masks are right: weights for the "
        "classes, `BCEWithLogitsLoss(pos_weight=...)` or a Dice loss, pictures that hold the object, a rate "
        "ten times smaller; and learn one picture by heart first.",
        trap="The accuracy is no measure here: an empty mask is right in most pixels. Look at the overlap "
        "(IoU, Dice).",
        program="""
import torch
from torch import nn

torch.manual_seed(0)
mask = (torch.rand(1, 64, 64) > 0.98).long()
background = torch.tensor([4.0, 0.0]).view(1, 2, 1, 1).expand(1, 2, 64, 64)
weight = None
loss = nn.functional.cross_entropy(background, mask, weight=weight)
print("all background is", "a cheap answer" if loss < 0.2 else "an expensive answer")
""",
        change=(("weight = None", "weight = torch.tensor([1.0, 49.0])"),),
        page="mistakes",
        symptom=True,
        weight=-3,
        needs=("mask", "iou", "dice", "background", "segment", "unet", "u-net", "pixel", "picture", "image"),
        excludes=("generator", "discriminator", "imshow"),
        complaints=(
            "iou|miou|dice & is 0 |is zero|are 0 |are zero|0.0 |always 0 |stays 0 |remains 0 & "
            "class|loss|train|epoch|although|but",
            "mask|segmentation|unet|u net|predicted image|prediction image|predicted picture & all black|all "
            "zero|all zeros|completely black|totally black|entirely black|is black|are black|only "
            "black|black image|just black|blank|empty|only background|all background|all white|totally "
            "white|all 0 |only 0 ",
            "predict|prediction|predicts|result|output & all black|completely black|totally black|entirely "
            "black|a black image|black image|black picture|only black|no mask|only background|all "
            "background|just background|totally white",
        ),
    ),
)
