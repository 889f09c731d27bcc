import torch
import torch.nn.functional as F
from torchvision import datasets
from torchvision.transforms import v2

# Without transforms: a picture and a number
raw = datasets.FashionMNIST(root="data", train=True, download=True)
image, label = raw[0]
print(type(image), image.size, image.mode)
print(label)

# Say how a picture becomes a tensor
to_tensor = v2.Compose([
    v2.ToImage(),
    v2.ToDtype(torch.float32, scale=True),
])

# Say how a label becomes ten numbers
def to_one_hot(y):
    index = torch.tensor(y)
    return F.one_hot(index, num_classes=10).float()

# With transforms: two tensors
ds = datasets.FashionMNIST(
    root="data",
    train=True,
    download=True,
    transform=to_tensor,
    target_transform=to_one_hot,
)
image, label = ds[0]
print(image.shape, image.dtype)
print(f"from {image.min()} to {image.max()}")
print(label)

# One transform at a time
step1 = v2.ToImage()(raw[0][0])
print(type(step1), step1.shape, step1.dtype)
step2 = v2.ToDtype(torch.float32, scale=True)(step1)
print(type(step2), step2.shape, step2.dtype)

# One-hot labels, the way it was done before
y = 3
zeros = torch.zeros(10, dtype=torch.float)
index = torch.tensor(y)
one_hot = zeros.scatter_(0, index, value=1)
print(torch.equal(one_hot, to_one_hot(y)))
