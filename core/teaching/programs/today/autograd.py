import torch

torch.manual_seed(0)

# A network of one layer
x = torch.ones(5)  # the input
y = torch.zeros(3)  # what it should give
w = torch.randn(5, 3, requires_grad=True)
b = torch.randn(3, requires_grad=True)
z = torch.matmul(x, w) + b
loss = torch.nn.functional.binary_cross_entropy_with_logits(z, y)

# Ask which operation made a tensor
print(f"Gradient function for z: {z.grad_fn.name()}")
print(f"Gradient function for loss: {loss.grad_fn.name()}")

# Compute the gradients
z.retain_grad()  # z is no leaf: without this line it keeps no gradient
loss.backward()
print(w.grad)
print(b.grad)
print(z.grad)

# A second time: what the graph kept is freed
try:
    loss.backward()
except RuntimeError as error:
    print(str(error).split(".")[0])

# Stop tracking
z = torch.matmul(x, w) + b
print(z.requires_grad)

with torch.no_grad():
    z = torch.matmul(x, w) + b
print(z.requires_grad)

# Another way: detach
z = torch.matmul(x, w) + b
z_det = z.detach()
print(z_det.requires_grad)

# Gradients of more than one number
inp = torch.eye(4, 5, requires_grad=True)
out = (inp + 1).pow(2).t()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"First call\n{inp.grad}")
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\nSecond call: it is added\n{inp.grad}")
inp.grad.zero_()
out.backward(torch.ones_like(out), retain_graph=True)
print(f"\nCall after zeroing the gradients\n{inp.grad}")
