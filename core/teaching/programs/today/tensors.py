import torch
import numpy as np

torch.manual_seed(0)

# Make tensors from data
data = [[1, 2], [3, 4]]
x_data = torch.tensor(data)

# Make them from a NumPy array
np_array = np.array(data)
x_np = torch.from_numpy(np_array)

# Make them like another tensor
x_ones = torch.ones_like(x_data)  # the same shape and dtype
print(f"Ones tensor:\n{x_ones}\n")

x_rand = torch.rand_like(x_data, dtype=torch.float)  # uniform on [0, 1)
print(f"Random tensor:\n{x_rand}\n")

# Make them of a shape
shape = (2, 3,)
rand_tensor = torch.rand(shape)
ones_tensor = torch.ones(shape)
zeros_tensor = torch.zeros(shape)
print(f"Random tensor:\n{rand_tensor}\n")
print(f"Ones tensor:\n{ones_tensor}\n")
print(f"Zeros tensor:\n{zeros_tensor}")

# Ask a tensor what it is
tensor = torch.rand(3, 4)
print(f"Shape of tensor: {tensor.shape}")
print(f"Datatype of tensor: {tensor.dtype}")
print(f"Device tensor is stored on: {tensor.device}")

# Move it to the accelerator, if there is one
device = torch.accelerator.current_accelerator().type if torch.accelerator.is_available() else "cpu"
tensor = tensor.to(device)

# Index and slice
tensor = torch.ones(4, 4)
print(f"First row: {tensor[0]}")
print(f"First column: {tensor[:, 0]}")
print(f"Last column: {tensor[..., -1]}")
tensor[:, 1] = 0
print(tensor)

# Join
t1 = torch.cat([tensor, tensor, tensor], dim=1)
print(t1)

# Multiply matrices
y1 = tensor @ tensor.T
y2 = tensor.matmul(tensor.T)

y3 = torch.rand_like(y1)
torch.matmul(tensor, tensor.T, out=y3)  # writes into y3

# Multiply element by element
z1 = tensor * tensor
z2 = tensor.mul(tensor)

z3 = torch.rand_like(tensor)
torch.mul(tensor, tensor, out=z3)

# Turn one element into a number
agg = tensor.sum()
agg_item = agg.item()
print(agg_item, type(agg_item))

# Change a tensor in place
tensor.add_(5)
print(tensor)

# Share memory with NumPy
t = torch.ones(5)
n = t.numpy()
print(f"t: {t}")
print(f"n: {n}")

t.add_(1)
print(f"t: {t}")
print(f"n: {n}")

# Share memory the other way
n = np.ones(5)
t = torch.from_numpy(n)

np.add(n, 1, out=n)
print(f"t: {t}")
print(f"n: {n}")
