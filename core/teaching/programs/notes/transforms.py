import torch
from torchvision import datasets
from torchvision.transforms import Lambda, ToTensor

# Without transforms: a picture and a number
raw = datasets.FashionMNIST(root="data", train=True, download=True)
image, label = raw[0]
print(type(image), image.size, image.mode)
print(label)

# With transforms: two tensors
ds = datasets.FashionMNIST(
    root="data",
    train=True,
    download=True,
    transform=ToTensor(),
    target_transform=Lambda(lambda y: torch.zeros(10, dtype=torch.float).scatter_(0, torch.tensor(y), value=1)),
)
image, label = ds[0]
print(image.shape, image.dtype)
print(f"from {image.min()} to {image.max()}")
print(label)

# One-hot labels, step by step
y = 3
zeros = torch.zeros(10, dtype=torch.float)
index = torch.tensor(y)
one_hot = zeros.scatter_(0, index, value=1)
print(one_hot)
