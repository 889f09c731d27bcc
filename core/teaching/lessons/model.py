"""Section 4 of the tutorial: a network as a class, its layers, its parameters, its probabilities."""

import time

import torch
from torch import nn

from core.teaching.lessons.choices import DEVICE
from core.teaching.lessons.neural_network import NeuralNetwork
from core.teaching.snippets import Bool, Choice, Code, Float, Int, Lesson, step

ACTIVATIONS = {
    "ReLU": "nn.ReLU()",
    "GELU": "nn.GELU()",
    "Tanh": "nn.Tanh()",
    "Sigmoid": "nn.Sigmoid()",
}


class Block(nn.Module):
    """A layer and its activation: a module made of modules."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.linear = nn.Linear(inputs, outputs)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.linear(x))


class NestedNetwork(nn.Module):
    """Blocks, and a last layer."""

    def __init__(self, depth):
        super().__init__()
        self.flatten = nn.Flatten()
        self.first = Block(28 * 28, 64)
        self.blocks = nn.ModuleList(Block(64, 64) for _ in range(depth))
        self.last = nn.Linear(64, 10)

    def forward(self, x):
        x = self.first(self.flatten(x))
        for block in self.blocks:
            x = block(x)
        return self.last(x)


class TalkingNetwork(NeuralNetwork):
    """The same, but it prints on the way."""

    def forward(self, x):
        x = self.flatten(x)
        print("  forward: images of", x.size(1), "numbers")
        return self.linear_relu_stack(x)


def fastest_ms(model, X, calls=3):
    """The shortest of a few calls: the one that was disturbed least."""
    times = []
    for _ in range(calls):
        start = time.perf_counter()
        model(X)
        times.append(1000 * (time.perf_counter() - start))
    return min(times)


@step(
    title="From an image to a class",
    find_device=DEVICE,
    seed=Int(default=0, low=0, high=9_999, label="Seed"),
)
def predict(find_device, seed):
    """Calling the network runs its `forward`.

    The ten **logits** may be any numbers; a softmax makes them probabilities, and `argmax` names the
    largest. Untrained, the network guesses: all ten are near 10%.
    """
    torch.manual_seed(seed)
    device = find_device
    print(f"Using {device} device")
    model = NeuralNetwork().to(device)  # an instance moves, not the class

    X = torch.rand(1, 28, 28, device=device)
    logits = model(X)
    pred_probab = nn.Softmax(dim=1)(logits)
    y_pred = pred_probab.argmax(1)
    print(f"Logits: {tuple(logits.shape)}")
    print(f"Probabilities add up to {pred_probab.sum().item():.4f}")
    print(f"Predicted class: {y_pred.item()}")
    logits, pred_probab = logits.detach().cpu(), pred_probab.detach().cpu()
    return logits, pred_probab, y_pred


@step(
    title="Layer by layer, on a batch",
    images=Int(default=3, low=1, high=8, label="Images in the batch"),
    activation=Code(default="ReLU", options=ACTIVATIONS, label="Activation"),
)
def layers(images, activation):
    """The first dimension is the batch: it stays the same all the way, since each image goes alone.

    Flatten lays an image out as a row, the linear layer makes weighted sums of it, and the activation
    bends them: without it, two linear layers would be no more than one. `nn.Sequential` chains them.
    """
    torch.manual_seed(0)
    input_image = torch.rand(images, 28, 28)
    print(input_image.size())

    flatten = nn.Flatten()
    flat_image = flatten(input_image)
    print(flat_image.size())

    layer1 = nn.Linear(in_features=28 * 28, out_features=20)
    hidden1 = layer1(flat_image)
    print(hidden1.size(), f"{(hidden1 < 0).sum().item()} values below 0")

    hidden1 = activation(hidden1)
    print("After the activation:", f"{(hidden1 < 0).sum().item()} values below 0")

    seq_modules = nn.Sequential(flatten, layer1, activation, nn.Linear(20, 10))
    logits = seq_modules(input_image)
    print(logits.size())
    return hidden1, logits


@step(
    title="Every parameter by its name",
    values=Int(default=2, low=1, high=5, label="Values to print of each"),
    frozen=Choice(default="none", options=("none", "linear_relu_stack.0"), label="Freeze", top=True),
)
def parameters(values, frozen):
    """`nn.Module` notices the layers that are assigned in `__init__`, and keeps track of their parameters.

    `named_parameters()` lists what an optimizer will change; `parameters()` gives the same without names. A
    frozen parameter says `requires_grad=False`: training leaves it as it is.
    """
    torch.manual_seed(0)
    model = NeuralNetwork()
    for name, param in model.named_parameters():
        if name.startswith(frozen):
            param.requires_grad = False
        print(f"Layer: {name} | Size: {tuple(param.size())} | requires_grad={param.requires_grad}")
        print(f"  Values: {param.flatten()[:values].tolist()} ...")
    print(f"{sum(param.numel() for param in model.parameters()):,} parameters in all")
    return (model,)


@step(
    title="Call the model, not its forward",
    how=Code(
        label="Run it with",
        default="model(X)",
        options={"model(X)": "model(X)", "model.forward(X)": "model.forward(X)"},
    ),
)
def calling(how):
    """`model(X)` runs `forward` and everything that is attached to the model, such as **hooks**: functions
    that PyTorch calls whenever the model has run. `model.forward(X)` gives the same numbers and skips them.
    """
    torch.manual_seed(0)
    model = NeuralNetwork()
    model.register_forward_hook(lambda module, inputs, output: print("hook: output", tuple(output.shape)))

    X = torch.rand(1, 28, 28)
    logits = how
    print("logits:", tuple(logits.shape))


@step(
    title="Modules of modules",
    depth=Int(default=2, low=0, high=4, label="Blocks in the middle"),
    everything=Bool(default=False, label="List the inner modules too", top=True),
)
def nesting(depth, everything):
    """A module may hold other modules, to any depth: their parameters are found, moved and saved with it.

    A plain Python list would hide them; `nn.ModuleList` does not. The names say the way: attribute, place in
    the list, attribute.
    """
    torch.manual_seed(0)
    model = NestedNetwork(depth)
    modules = model.named_modules() if everything else model.named_children()
    for name, module in modules:
        print(f"{name or 'the network itself'}: {type(module).__name__}")

    print([name for name, param in model.named_parameters()])
    print(tuple(model(torch.rand(5, 28, 28)).shape))


@step(
    title="Softmax, and its temperature",
    temperature=Float(default=1.0, low=0.1, high=10.0, label="Temperature"),
)
def temperature(temperature):
    """A softmax takes `exp` of every logit and divides by their sum.

    Dividing the logits by a **temperature** first makes it bolder (below 1) or more cautious (above 1); the
    order of the classes never changes. The network has no softmax of its own, because the largest logit
    is the largest probability anyway, and because `nn.CrossEntropyLoss` contains a logarithm of it that
    neither overflows nor rounds to zero.
    """
    logits = torch.tensor([2.0, 1.0, 0.0, -1.0])
    probabilities = torch.softmax(logits / temperature, dim=0)
    print([f"{p:.1%}" for p in probabilities.tolist()])

    large = torch.tensor([[1000.0, 0.0]])
    label = torch.tensor([1])
    by_hand = -torch.log(torch.softmax(large, dim=1))[0, label]
    print("loss by hand:     ", by_hand.item())
    print("CrossEntropyLoss: ", nn.CrossEntropyLoss()(large, label).item())
    return logits, probabilities


@step(
    title="One gradient and one step, by hand too",
    label=Int(default=9, low=0, high=9, label="Label of the image"),
    lr=Float(default=0.1, low=0.001, high=1.0, label="Learning rate"),
)
def backward(label, lr):
    """`loss.backward()` multiplies derivatives on the way back and adds up where paths meet.

    A weight of the last layer lies on one path: its gradient is what arrives at the logit, times the value
    that the weight was multiplied by. SGD then moves the weight against it.
    """
    torch.manual_seed(0)
    model = NeuralNetwork()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    X = torch.rand(1, 28, 28)
    y = torch.tensor([label])

    hidden = model.linear_relu_stack[:4](model.flatten(X))
    logits = model.linear_relu_stack[4](hidden)
    logits.retain_grad()  # PyTorch keeps only the gradients of parameters otherwise
    loss = nn.CrossEntropyLoss()(logits, y)
    loss.backward()

    weight = model.linear_relu_stack[4].weight
    unit = hidden[0].argmax()
    arrives = logits.grad[0, label]
    print(f"arrives at the logit: {arrives.item():.6f}")
    print(f"times the unit:       {(arrives * hidden[0, unit]).item():.6f}")
    print(f"weight.grad:          {weight.grad[label, unit].item():.6f}")

    print(f"weight before: {weight[label, unit].item():.6f}")
    optimizer.step()
    print(f"weight after:  {weight[label, unit].item():.6f}")


@step(
    title="Compile it",
    varies="they are times measured here and now",
    network=Code(
        label="Network",
        default="the tutorial's",
        options={"the tutorial's": "NeuralNetwork()", "one that prints in forward": "TalkingNetwork()"},
    ),
    backend=Choice(label="Backend", default="eager", options=("eager", "aot_eager"), top=True),
)
def compiling(network, backend):
    """`torch.compile` watches the first call, writes the operations down as a **graph**, and hands it to a
    **backend** that makes a function of it. What cannot be written down, such as a `print`, breaks the graph
    in two: Python runs what lies between.

    The default backend, `inductor`, writes C++ or GPU code and needs a compiler. The two offered here need
    none and make nothing faster: `eager` runs the graph as it is, `aot_eager` splits it into PyTorch's basic
    operations first. What the first call costs can be seen with them all the same.
    """
    graphs = []

    def show_graph(graph_module, example_inputs):
        graphs.append(graph_module)
        print("graph", len(graphs))
        for node in graph_module.graph.nodes:
            if node.op.startswith("call"):
                print("   ", getattr(node.target, "__name__", node.target))
        return torch._dynamo.lookup_backend(backend)(graph_module, example_inputs)

    torch.manual_seed(0)
    model = network
    compiled = torch.compile(model, backend=show_graph)

    X = torch.rand(64, 1, 28, 28)
    with torch.no_grad():
        first = fastest_ms(compiled, X, calls=1)
        later = fastest_ms(compiled, X)
        plain = fastest_ms(model, X)
        same = torch.allclose(compiled(X), model(X))
    print("graph breaks:", len(graphs) - 1)
    print(f"first call {first:.1f} ms, later ones {later:.2f} ms; without compiling {plain:.2f} ms")
    print("the same logits:", same)


LESSON = Lesson(
    "model", "Network", (predict, layers, parameters, calling, nesting, temperature, backward, compiling)
)
