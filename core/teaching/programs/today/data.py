import os
import matplotlib.pyplot as plt
import pandas as pd
import torch
from torch.utils.data import DataLoader, Dataset
from torchvision import datasets
from torchvision.io import decode_image
from torchvision.transforms import v2

torch.manual_seed(0)

# Say how a picture becomes a tensor
to_tensor = v2.Compose([
    v2.ToImage(),
    v2.ToDtype(torch.float32, scale=True),
])

# Get the images
training_data = datasets.FashionMNIST(
    root="data",
    train=True,
    download=True,
    transform=to_tensor,
)
test_data = datasets.FashionMNIST(
    root="data",
    train=False,
    download=True,
    transform=to_tensor,
)

# Look at the images
labels_map = {
    0: "T-Shirt",
    1: "Trouser",
    2: "Pullover",
    3: "Dress",
    4: "Coat",
    5: "Sandal",
    6: "Shirt",
    7: "Sneaker",
    8: "Bag",
    9: "Ankle Boot",
}

figure = plt.figure(figsize=(8, 8))
cols, rows = 3, 3
for i in range(1, cols * rows + 1):
    sample_idx = torch.randint(len(training_data), size=(1,)).item()
    img, label = training_data[sample_idx]
    figure.add_subplot(rows, cols, i)
    plt.title(labels_map[label])
    plt.axis("off")
    plt.imshow(img.squeeze(), cmap="gray")
plt.show()

# Write a few images into a folder, and their labels into a table
originals = datasets.FashionMNIST(root="data", train=True, download=True)
os.makedirs("garments", exist_ok=True)
table = []
for i in range(8):
    image, label = originals[i]
    image.save(f"garments/{i}.png")
    table.append([f"{i}.png", label])
pd.DataFrame(table, columns=["file", "label"]).to_csv("garments/labels.csv", index=False)

# Make a dataset of your own files
class CustomImageDataset(Dataset):
    def __init__(self, annotations_file, img_dir, transform=None, target_transform=None):
        self.img_labels = pd.read_csv(annotations_file)
        self.img_dir = img_dir
        self.transform = transform
        self.target_transform = target_transform

    def __len__(self):
        return len(self.img_labels)

    def __getitem__(self, idx):
        img_path = os.path.join(self.img_dir, self.img_labels.iloc[idx, 0])
        image = decode_image(img_path)
        label = self.img_labels.iloc[idx, 1]
        if self.transform:
            image = self.transform(image)
        if self.target_transform:
            label = self.target_transform(label)
        return image, label

my_data = CustomImageDataset(
    "garments/labels.csv",
    "garments",
    transform=v2.ToDtype(torch.float32, scale=True),
    target_transform=labels_map.get,
)
print(f"{len(my_data)} images of my own")
my_image, my_label = my_data[0]
print(my_image.shape, my_image.dtype, my_label)

# Hand the images out in batches
batch_size = 64
train_dataloader = DataLoader(training_data, batch_size=batch_size, shuffle=True)
test_dataloader = DataLoader(test_data, batch_size=batch_size, shuffle=True)

# Take the first batch
train_features, train_labels = next(iter(train_dataloader))
print(f"Feature batch shape: {train_features.size()}")
print(f"Labels batch shape: {train_labels.size()}")
img = train_features[0].squeeze()
label = train_labels[0]
plt.imshow(img, cmap="gray")
plt.show()
print(f"Label: {label}")
