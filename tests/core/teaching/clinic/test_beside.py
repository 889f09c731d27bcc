"""What the clinic reads in the code that is pasted beside a message or a complaint."""

import copy
import math
import time

import numpy as np
import pytest
import torch
from torch import nn

from core.teaching.clinic import KINDS, explain_error
from core.teaching.clinic.pasted.beside import RULES, beside
from core.teaching.clinic.pasted.code import pasted_code

_DEVICES = (
    "RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:0 and "
    "cpu!"
)
_CUT = "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn"
_STILL = "My loss does not decrease.\n"
_LOOP = "for X, y in loader:\n    optimizer.zero_grad()\n    loss = loss_fn(model(X), y)\n"
_TWICE = "RuntimeError: Trying to backward through the graph a second time"
_INPLACE = "one of the variables needed for gradient computation has been modified by an inplace operation"
_MEMORY = "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 MiB"
_TRUTH = "RuntimeError: Boolean value of Tensor with more than one value is ambiguous"
_ROWS = "ValueError: Expected input batch_size (256) to match target batch_size (64)."

_SHOWN = (
    (
        "UNet(img)\nTypeError: UNet.__init__() takes 1 positional argument but 2 were given",
        "makes a new `UNet`",
    ),
    (
        "loss = nn.MSELoss(output, y)\nAttributeError: 'MSELoss' object has no attribute 'backward'",
        "`loss_fn = nn.MSELoss()`",
    ),
    (f"if loss > best_losses:\n    best = loss\n{_TRUTH}", "the condition `if loss > best_losses:`"),
    (
        f"    def forward(self, x):\n        x = self.conv(x)\n        x = nn.BatchNorm2d(8)(x)\n{_DEVICES}",
        "made inside `forward`",
    ),
    (f"x = nn.Linear(4, 2)(x)\n{_DEVICES}", "makes a layer for a single call"),
    (f"images.to(device)\nout = model(images)\n{_DEVICES}", "`images = images.to(device)`"),
    (f"self.layers = [nn.Linear(4, 4), nn.Linear(4, 2)]\n{_DEVICES}", "nn.ModuleList"),
    (
        f"self.convs = []\nself.convs.append(nn.Conv2d(3, 8, 3))\n{_DEVICES}",
        "`self.convs` is a plain Python list",
    ),
    (f"def forward(self, x):\n    h = torch.zeros(1, x.size(0), 8)\n{_DEVICES}", "device=x.device"),
    (
        "model.load_state_dict(torch.load(path), map_location='cpu')\nRuntimeError: Attempting to "
        "deserialize object on a CUDA device but torch.cuda.is_available() is False.",
        "torch.load(path, map_location='cpu')",
    ),
    (
        "w = torch.ones(2, requires_grad=True).view(2, 1)\nw.sum().backward()\nWhy is w.grad None after "
        "backward?",
        "result of `.view()`",
    ),
    (f"loss = loss_fn(out, y).item()\nloss.backward()\n{_CUT}", "cuts the loss off"),
    (f"pred = out.argmax(1).float()\nloss = loss_fn(pred, y)\nloss.backward()\n{_CUT}", "gives positions"),
    (f"loss = torch.tensor(loss_fn(pred, y))\n{_CUT}", "without their graph"),
    (
        f"with torch.no_grad():\n    out = model(X)\nloss_fn(out, y).backward()\n{_CUT}",
        "switches gradients off",
    ),
    (f"x = torch.tensor(3.0)\ny = x ** 2\ny.backward()\n{_CUT}", "`requires_grad=True`"),
    (f"out, hidden = self.rnn(x, hidden)\nloss.backward()\n{_TWICE}", "`hidden = hidden.detach()`"),
    (f"x = torch.sigmoid(x)\nx[:, 0] = 0\n{_INPLACE}", "`x[:, 0] = 0`"),
    (f"total_loss += loss\n{_MEMORY}", "`loss.item()`"),
    (f"model.eval()\nfor X in loader:\n    outputs.append(model(X))\n{_MEMORY}", "torch.no_grad()"),
    (f"x = x.view(-1, 320)\nx = self.fc1(x)\n{_ROWS}", "one row per sample"),
    (f"{_STILL}{_LOOP}    loss.backward()\n", "no `optimizer.step()`"),
    (
        f"{_STILL}for X, y in loader:\n    loss = f(model(X), y)\n    loss.backward()\n"
        "    optimizer.zero_grad()\n    optimizer.step()\n",
        "between `backward()` and `step()`",
    ),
    (
        f"{_STILL}{_LOOP}    loss = Variable(loss.data, requires_grad=True)\n    loss.backward()",
        "cuts the loss off",
    ),
    (f"{_STILL}def forward(self, x):\n    return F.relu(self.fc2(x))\n", "puts a ReLU on what"),
    (f"{_STILL}self.out = nn.Linear(64, 1)\nloss_fn = nn.CrossEntropyLoss()\n", "one output"),
    (f"{_STILL}probs = F.softmax(out, dim=0)\n", "the classes are `dim=1`"),
    (f"{_STILL}x = torch.sigmoid(self.fc(x))\nloss_fn = nn.BCEWithLogitsLoss()\n", "There is a sigmoid"),
    (f"{_STILL}out = F.softmax(x, 1)\nloss = F.nll_loss(out, y)\n", "`NLLLoss` takes logarithms"),
    (
        "self.out = nn.Linear(1050, 10)\nRuntimeError: mat1 and mat2 shapes cannot be multiplied (2x1568 and "
        "1050x10)",
        "the layer `self.out = nn.Linear(1050, 10)`",
    ),
    (
        "self.a = nn.Conv2d(3, 8, 3)\nself.b = nn.Conv2d(in_channels=8, out_channels=16, kernel_size=3)\n"
        "RuntimeError: Given groups=1, weight of size [16, 8, 3, 3], expected input[4, 3, 9, 9] to have 8 "
        "channels, but got 3 channels instead",
        "the layer `self.b = ",
    ),
    (
        "images = images.view(-1, 28 * 28)\nRuntimeError: Expected 4-dimensional input for 4-dimensional "
        "weight [8, 1, 5, 5], but got 2-dimensional input of size [32, 784] instead",
        "flatten only before",
    ),
    (
        "def __init__(self):\n    super().__init__()\n    fc1 = nn.Linear(4, 2)\nValueError: optimizer got "
        "an empty parameter list",
        "`self.fc1 = nn...`",
    ),
    (f"{_STILL}net2 = Net()\noptimizer = torch.optim.SGD(net1.parameters())\n", "`net2.parameters()`"),
    (
        "T.Compose([T.Resize(384), T.ToTensor()])\nRuntimeError: stack expects each tensor to be "
        "equal size, but got [3, 384, 384] at entry 0 and [3, 385, 384] at entry 3",
        "`Resize((384, 384))`",
    ),
    (
        "R = nn.Linear(4, 4)\nopt = torch.optim.Adam([R], lr=0.1)\nTypeError: optimizer can only optimize "
        "Tensors, but one of the params is torch.nn.modules.linear.Linear",
        "`R.parameters()`",
    ),
    (
        "opt = torch.optim.Adam([params, {'params': x}])\nTypeError: optimizer can only optimize "
        "Tensors, but one of the params is list",
        "`params + [...]`",
    ),
    (
        "self.pe = torch.zeros(9, 4)\npe[:, 0] = 1\nUnboundLocalError: local variable 'pe' referenced before "
        "assignment",
        "write `self.pe`",
    ),
)
_LARGE = "x = torch.tensor([[40.0], [60.0], [90.0]])\nloss_fn = nn.MSELoss()\n"
_CAUSES = (
    (
        "self.w = nn.Parameter(torch.zeros(3)).cuda()\nValueError: optimizer got an empty parameter list",
        "is a plain tensor",
    ),
    (
        "y = scores.argmax(1)\nloss.backward()\nprint(w.grad.data)\nAttributeError: 'NoneType' object has no "
        "attribute 'data'",
        "`y = scores.argmax(1)` gives whole numbers",
    ),
    (_LARGE + "The loss is nan after a few steps", "go up to 90"),
    (
        "out = net(data)\ndata = read(path)\nUnboundLocalError: local variable 'data' referenced "
        "before assignment",
        "`data = read(path)` stands below a line that uses it, `out = net(data)`",
    ),
    (f"y = x + rand(x.shape)\n{_DEVICES}", "`rand(...)` in your lines makes its tensor on the CPU"),
    (
        "feat = feat.reshape(1, -1)\nValueError: Expected input batch_size (1) to match target batch_size "
        "(16).",
        "`feat.view(feat.size(0), -1)`",
    ),
    (
        "for X, y in test_loader:\n    print(net(X).argmax(1))\nAt test time my network always predicts the "
        "same class.",
        "No `model.eval()`",
    ),
    (
        "scores = net(X)\nguess = torch.argmax(scores, dim=1)\nloss = nn.BCEWithLogitsLoss()(scores, y)\n"
        "My classifier always predicts class 0.",
        "`output > 0` for scores",
    ),
    (
        "train = T.Compose([T.ToTensor(),\n    T.Normalize(mean, std)])\ntest = T.Compose([T.ToTensor()])\n"
        "The training accuracy is 98%, the test accuracy only 20%.",
        "`test` does not",
    ),
    (
        "self.rnn = nn.GRU(4, 8, batch_first=True)\nout, h = self.rnn(x)\nreturn self.fc(out[-1])\n"
        "My network predicts the same value for every input.",
        "`out[:, -1]`",
    ),
    (
        f"{_STILL}for step in range(900):\n    X, y = next(iter(loader))\n    loss = f(net(X), y)\n",
        "begins the loader anew",
    ),
    (
        "for X, y in loader:\n    out, h = net(X, h)\n    loss = f(out, y)\n    "
        "loss.backward(retain_graph=True)\n"
        "Every epoch takes longer than the one before.",
        "`h = h.detach()`",
    ),
    (
        "self.nromalize = nn.LayerNorm(4)\nAttributeError: 'Block' object has no attribute 'normalize'",
        "`self.nromalize` and ask for `normalize`",
    ),
    (
        "for X, y in enumerate(train_loader):\n    X = X.to(device)\nAttributeError: 'int' object has no "
        "attribute 'to'",
        "`for X, y in train_loader:`",
    ),
    (
        "net.eval()\nout = net(x)\nnet.train()\nout.sum().backward()\nRuntimeError: cudnn RNN backward can "
        "only be called in training mode",
        "`net.train()` belongs before that pass",
    ),
    (
        "loss = torch.tensor(losses, requires_grad=True)\nscaler.scale(loss).backward()\nAssertionError: No "
        "inf checks were recorded for this optimizer.",
        "without their graph",
    ),
    (
        "net.fc = nn.Linear(2048, 3)\nRuntimeError: mat1 and mat2 shapes cannot be multiplied (8x512 and "
        "2048x3)",
        "`nn.Linear(net.fc.in_features, ...)`",
    ),
    (
        "    def __init__(self):\n        self.head = nn.Linear(4, 2)\n    def forward(self, x):\n"
        "        x = self.head\n        return nn.Softmax(x)\nTypeError: dim must be an int or None, got "
        "<class 'torch.nn.modules.linear.Linear'>",
        "`x = self.head(x)`",
    ),
    (
        "feats = (net, pictures, boxes)\nAttributeError: 'tuple' object has no attribute 'size'",
        "its name is missing",
    ),
    (
        f"for p in net.parameters():\n    p.requires_grad = False\nnet.head.requires_grad = True\n{_CUT}",
        "`net.head.requires_grad_(True)`",
    ),
    (
        "self.memory = nn.GRU(4, 8)\nh = self.memory(x)\nTypeError: linear(): argument 'input' "
        "(position 1) must be Tensor, not tuple",
        "`h, _ = self.memory(x)`",
    ),
    (
        "self.fc = nn.Linear(64*500*500, 256)\nRuntimeError: [enforce fail at alloc_cpu.cpp:9] "
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 16384000000 bytes.",
        "4,096,000,000 weights, 16.4 GB",
    ),
    (
        "net.load_state_dict(torch.load(p))\nfor x in pictures:\n    print(net(x))\n"
        "After loading, my model gives other predictions than before it was saved.",
        "No `model.eval()`",
    ),
)
_EMPTY = "ValueError: optimizer got an empty parameter list"
_GIVEN = "TypeError: forward() takes 2 positional arguments but 3 were given"
_NOTHING = "ValueError: num_samples should be a positive integer value, but got num_samples=0"
_TARGETS = (
    "Using a target size (torch.Size([16, 1])) that is different to the input size (torch.Size([{}, 1]))"
)
_CAUSES += (
    (
        f"class Net(nn.Module):\n    def __int__(self):\n        self.a = f(3)\n{_EMPTY}",
        "`def __int__(self)` is no constructor",
    ),
    (
        f"def forward(self, words):\n    return self.a(words)\nscores = tagger(words, lengths)\n{_GIVEN}",
        "`lengths` is left over",
    ),
    (
        "for k in list(sd):\n    if k.startswith('module.'):\n        del sd[k]\nmodel.load_state_dict(sd)\n"
        'RuntimeError: Error(s) in loading state_dict for Net:\n\tMissing key(s) in state_dict: "a.weight".',
        "`{k.removeprefix('module.'): v for k, v in state_dict.items()}`",
    ),
    (f"def __len__(self):\n    # TODO\n    return 0\n{_NOTHING}", "`__len__` ends with `return 0`"),
    (
        "batch_size = 16\nPictures of (3, 40, 40).\nself.a = nn.Linear(batch_size, 8)\n"
        + _TARGETS.format(30_000),
        "30,000 × 16 = 100 × 4,800, all pictures cut into rows of 16",
    ),
    (
        f"for part in net.children():\n    part.requires_grad = False\n{_CUT}",
        "`part.requires_grad_(False)`",
    ),
)


@pytest.mark.parametrize(("text", "said"), _CAUSES)
def test_the_code_names_the_cause(text, said):
    assert said in explain_error(text).beside


@pytest.mark.parametrize(
    ("text", "unsaid"),
    [
        (
            "self.w = nn.Parameter(torch.zeros(3).cuda())\nValueError: optimizer got an empty parameter list",
            "plain",
        ),
        (
            "self.pe = make()\npe[0] = 1\npe = pe.t()\nUnboundLocalError: local variable 'pe' "
            "referenced before assignment",
            "stands below",
        ),
        (
            f"{_STILL}model = nn.Linear(2, 1)\nopt = torch.optim.SGD(model.parameters(), lr=0.1)\n"
            "loss = nn.MSELoss()(model(x), y)\n",
            "try a tenth",
        ),
        (_LARGE + "x = x / 100\nThe loss is nan after a few steps", "go up to"),
        (
            "scores = net(X)\nguess = scores.argmax(1)\nloss = nn.CrossEntropyLoss()(scores, y)\n"
            "My classifier always predicts class 0.",
            "argmax",
        ),
        (
            "train = T.Compose([T.ToTensor(), T.Normalize(mean, std)])\n"
            "test = T.Compose([T.ToTensor(), T.Normalize(mean, std)])\n"
            "The training accuracy is 98%, the test accuracy only 20%.",
            "does not",
        ),
        (
            "self.rnn = nn.GRU(4, 8)\nout, h = self.rnn(x)\nreturn self.fc(out[-1])\n"
            "My network predicts the same value for every input.",
            "out[:, -1]",
        ),
        (
            "for i, batch in enumerate(loader):\n    X = batch.to(device)\n"
            "AttributeError: 'list' object has no attribute 'to'",
            "gives the number of the batch",
        ),
        (
            "sample = make(size=(3, 8, 8))\nsample.to(device)\nAttributeError: 'list' object has no "
            "attribute 'to'",
            "makes a tuple",
        ),
        (f"net.bias.requires_grad = True\nx.requires_grad = True\n{_CUT}", "new attribute"),
        (
            "self.lstm = nn.LSTM(4, 8)\nout, _ = self.lstm(x)\nTypeError: linear(): argument 'input' "
            "(position 1) must be Tensor, not tuple",
            "keeps a pair",
        ),
        (
            "net.load_state_dict(torch.load(p))\nnet.eval()\n"
            "After loading, my model gives other predictions than before it was saved.",
            "No `model.eval()`",
        ),
        (f"return loss_fn(pred.view(-1, 4), y)\n{_ROWS}", "follow from the size of the pictures"),
        (f"class A(nn.Module):\n    def __init__(self):\n        f(3)\n{_EMPTY}", "no constructor"),
        (f"def forward(self, x, y):\n    return x\nscores = tagger(words, lengths)\n{_GIVEN}", "left over"),
        (f"def forward(self, x):\n    return x\na = f(x, y)\nb = g(x, z)\n{_GIVEN}", "left over"),
        (
            "for k in list(sd):\n    if k.startswith('module.'):\n        sd[k[7:]] = sd[k]\n        del "
            "sd[k]\n"
            'RuntimeError: Error(s) in loading state_dict for Net:\n\tMissing key(s) in state_dict: "a.w".',
            "takes the weights out",
        ),
        (
            f"def __len__(self):\n    if f(self):\n        return 0\n    return len(self.a)\n{_NOTHING}",
            "template",
        ),
        (
            "self.batch_size = batch_size\nself.a = nn.Linear(9, 1)\n" + _TARGETS.format(30_000),
            "as large as the batch",
        ),
        (
            "for m in net.modules():\n    m.bias.requires_grad = False\n"
            f"for m in net.parameters():\n    m.requires_grad = True\n{_CUT}",
            "new attribute",
        ),
    ],
)
def test_code_without_the_cause_is_not_blamed(text, unsaid):
    assert unsaid not in explain_error(text).beside


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "x = cv2.imread(p)\nx = x.reshape((1, 3, 64, 64))\nIt never sees the cat.",
            "`reshape((1, 3, 64, 64))` does not",
        ),
        (
            "a = torch.rand(9, 1)\nb = torch.rand(9)\nprint(nn.MSELoss()(a, b))\nOdd, is it not?",
            "`b.unsqueeze(1)`",
        ),
        ("    def forward(x):\n        return self.fc(x)\nMystery.", "lacks `self`"),
        (
            "sd = {k: v for k, v in sd.items() if '_orig_mod' not in k}\nWhat is wrong here?",
            "`torch.compile` puts `_orig_mod.` before every name",
        ),
        ("losses.append(loss)\nplt.plot(losses)\nWhat now?", "Collect numbers, `losses.append(loss.item())`"),
        ("if a > b:\n    best = net.state_dict()\nWhat now?", "`best = copy.deepcopy(net.state_dict())`"),
    ],
)
def test_a_fault_in_the_code_is_told_where_the_trouble_is_not_known(text, said):
    """What the trouble is stays open; a fault in the lines is one whatever the trouble is."""
    found = explain_error(text)
    assert not found.known
    assert said in found.beside
    assert found.answer.startswith(f"In your code: {found.beside}")
    assert "does not know this one" in found.answer


def test_a_state_that_is_not_copied_follows_the_training():
    layer = nn.Linear(2, 2)
    kept, copied = layer.state_dict(), copy.deepcopy(layer.state_dict())
    with torch.no_grad():
        layer.weight.add_(1)
    assert torch.equal(kept["weight"], layer.weight)
    assert not torch.equal(copied["weight"], layer.weight)


def test_a_flag_on_a_module_reaches_no_parameter():
    layer = nn.Linear(2, 2)
    layer.requires_grad_(False)
    layer.requires_grad = True
    assert not any(parameter.requires_grad for parameter in layer.parameters())
    layer.requires_grad_(True)
    assert all(parameter.requires_grad for parameter in layer.parameters())


def test_a_compiled_model_saves_every_name_with_a_prefix():
    compiled = torch.compile(nn.Sequential(nn.Linear(2, 2)))
    assert all(name.startswith("_orig_mod.") for name in compiled.state_dict())
    assert list(compiled._orig_mod.state_dict()) == ["0.weight", "0.bias"]


def test_numpy_refuses_losses_with_their_graphs():
    loss = torch.ones(1, requires_grad=True).sum()
    with pytest.raises(RuntimeError, match="detach"):
        np.log10([loss])
    assert np.log10([loss.item()]) == 0


def test_columns_against_rows_are_compared_each_with_each():
    column, row = torch.rand(9, 1), torch.rand(9)
    with pytest.warns(UserWarning, match="different to the input size"):
        wrong = nn.functional.mse_loss(column, row)
    each = torch.stack([(c - r) ** 2 for c in column.squeeze(1) for r in row]).mean()
    assert torch.isclose(wrong, each)
    assert not torch.isclose(nn.functional.mse_loss(column, row.unsqueeze(1)), each)


def test_large_numbers_blow_up_a_regression_and_scaled_ones_do_not():
    """The program that the answer is about: 1,000 steps on numbers of 65 to 100, as they are and scaled."""
    x = torch.arange(65.0, 105.0, 5.0).unsqueeze(1)
    losses = []
    for inputs in (x, (x - x.mean()) / x.std()):
        torch.manual_seed(0)
        model = nn.Linear(1, 1)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
        for _ in range(1_000):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(inputs), 10 * inputs)
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    assert math.isnan(losses[0])
    assert losses[1] < 10


_NOT_SHOWN = (
    (f"images = images.to(device)\n{_DEVICES}", "on a line of its own"),
    (f"model.to(device)\n{_DEVICES}", "on a line of its own"),
    (f"self.names = []\nself.names.append(name)\n{_DEVICES}", "plain Python list"),
    (f"self.norm = nn.BatchNorm2d(8)\n{_DEVICES}", "made inside `forward`"),
    (f"running_loss += loss.item()\nacc = out.argmax(1)\n{_CUT}", "loss.item()"),
    (f"total_loss += loss.item()\n{_MEMORY}", "keeps the graph"),
    (
        f"hidden = hidden.detach()\nout, hidden = self.rnn(x, hidden)\n{_TWICE}",
        "goes from one batch into the next",
    ),
    (f"i += 1\nw.grad[0] = 0\n{_INPLACE}", "writes in place"),
    (f"{_STILL}{_LOOP}    loss.backward()\n    optimizer.step()\n", "step()"),
    (f"{_STILL}return self.fc2(F.relu(self.fc1(x)))\n", "puts a ReLU on what"),
    (
        '  File "/usr/lib/python3.11/site-packages/torch/nn/functional.py", line 9, in relu\n'
        f"    input.view(-1, 8)\n{_ROWS}",
        "one row per sample",
    ),
    (f"{_STILL}net1 = Net()\noptimizer = torch.optim.SGD(net1.parameters())\n", "parameters()`"),
    (f"dataset = ImageFolder(image)\n{_TRUTH}", "`m = ImageFolder"),
    (f"x = nn.Linear(4, 2)(x)\n{_DEVICES}", "inside `forward`"),
    (
        f"def forward(self, x):\n    if self.fc is None:\n        self.fc = nn.Linear(9, 2)\n{_DEVICES}",
        "at every call",
    ),
    (
        f"self.parts = []\nself.parts.append(nn.Linear(9, 9))\nself.net = nn.Sequential(*self.parts)\n"
        f"{_DEVICES}",
        "plain Python list",
    ),
    (f"out = Embed(x)\ndef Embed(x):\n    return x[0]\n{_TRUTH}", "a new `Embed`"),
    (f"best_checkpoint = net.state_dict()\ntorch.save(best_checkpoint, path)\n{_TRUTH}", "becomes the last"),
    (f"def forward(x):\n    return torch.relu(x)\n{_TRUTH}", "lacks `self`"),
    (f"def forward(ctx, x):\n    return torch.relu(self.w)\n{_TRUTH}", "lacks `self`"),
    (f"def fit(net):\n    o = optim.SGD(net.parameters())\nnet1 = Net()\nfit(net1)\n{_STILL}", "given"),
    (f"p = F.softmax(x, 1)\nwandb.log({{'p': p}})\n{_TRUTH}", "logarithm of a softmax"),
    (f"p = F.softmax(x, 1)\nnn.GaussianNLLLoss()(a, b, c)\n{_TRUTH}", "takes logarithms"),
    (f"img = cv2.imread(p)\nx = ToTensor()(img)\nx = x.view(1, 3, h, w)\n{_TRUTH}", "scrambles"),
    (f"a = torch.rand(1)\nb = torch.rand(1, 1)\nnn.MSELoss()(a, b)\n{_TRUTH}", "1 × 1"),
    (
        f"{_STILL}opt_g.zero_grad()\nloss.backward()\nopt_d.zero_grad()\nopt_g.step()\n",
        "gradients of 0",
    ),
    (
        f"{_STILL}net.zero_grad()\nloss.backward()\nfor p in ps:\n    p.data -= 0.1 * p.grad\n",
        "no `optimizer",
    ),
    (f"{_STILL}lr = 0.5\nreturn F.relu(self.fc(x))\n", "a tenth of it"),
    (
        "best = None\nAttributeError: 'Net' object has no attribute 'fc'",
        "another name",
    ),
    (
        "w = nn.Parameter(t)\noptim.SGD([w])\nTypeError: optimizer can only optimize Tensors, but one of "
        "the params is Linear",
        "`w` is a layer",
    ),
    (
        "t = Compose([Resize(256), CenterCrop(224)])\nRuntimeError: stack expects each tensor to be equal "
        "size, but got [3, 224, 224] at entry 0 and [3, 224, 225] at entry 1",
        "the shorter side only",
    ),
)


@pytest.mark.parametrize(("text", "said"), _SHOWN)
def test_the_code_beside_a_message_is_read(text, said):
    found = explain_error(text)
    assert found.known
    assert said in found.beside
    assert f"In your code: {found.beside}" in found.answer


@pytest.mark.parametrize(("text", "unsaid"), _NOT_SHOWN)
def test_code_that_is_right_or_not_yours_is_not_blamed(text, unsaid):
    found = explain_error(text)
    assert found.known
    assert unsaid not in found.beside


def test_the_rules_belong_to_kinds():
    assert set(RULES) <= set(KINDS)


def test_sentences_and_error_lines_are_no_code():
    lines = (
        ">>> x = net(x)",
        "I call torch.cat(a, b) in the third line of my loop",
        "ValueError: f(x)",
        "12  y = 2",
    )
    assert pasted_code(lines, "").lines == ("x = net(x)", "y = 2")


@pytest.mark.parametrize(
    "piece",
    [
        *("loss=(", "x = a.view(-1, ", "self.a = [nn.", "f(requires_grad=True", "h, hidden = f(h"),
        *("def __len__(self): ", "{k: v for k, v in ", "f(a, ", "nn.Linear(batchsize"),
        "for x in a.children()",
    ],
)
def test_code_of_strangers_takes_bounded_time(piece):
    """The worst text for the patterns: long lines of the beginnings of what they look for."""
    line = (piece * 200)[:200]
    lines = (line,) * 100
    for name in RULES:
        start = time.process_time()
        beside(name, lines, "\n".join(lines))
        assert time.process_time() - start < 0.5, name


def test_a_class_alone_is_asked_for_layers_that_it_hides():
    """Without a message and without its `forward`: a list of layers is remarked, a missing method is not."""
    head = "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    found = explain_error(f"{head}        self.layers = [nn.Linear(4, 4) for _ in range(3)]\n")
    assert found.known
    assert "nn.ModuleList" in found.beside
    assert found.beside in found.answer
    assert "stops here" not in found.answer


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "def forward(x):\n    return x\nTypeError: forward() takes 1 positional argument but 2 "
            "were given",
            "`def forward(self, x)`",
        ),
        (
            "model = Net\nmodel.load_state_dict(torch.load(p))\nTypeError: load_state_dict() "
            "missing 1 required positional argument: 'state_dict'",
            "`model = Net()`",
        ),
        ("loss = loss(out, y)\nTypeError: 'Tensor' object is not callable", "Call the result otherwise"),
        (
            "self.seq = nn.Sequential(nn.LSTM(10, 20), nn.Linear(20, 2))\n"
            "AttributeError: 'tuple' object has no attribute 'dim'",
            "`out, state = self.rnn(x)`",
        ),
        (
            "model.load_state_dict('net.pth')\nAttributeError: 'str' object has no attribute 'copy'",
            "`load_state_dict(torch.load('net.pth'))`",
        ),
        (
            "img = cv2.imread(path)\nAttributeError: 'NoneType' object has no attribute 'shape'",
            "it gives None",
        ),
        (
            "w = w - 0.1 * w.grad\nAttributeError: 'NoneType' object has no attribute 'zero_'",
            "makes a new `w`",
        ),
        (
            "F.softmax(out.argmax(1), 0)\nRuntimeError: \"softmax\" not implemented for 'Long'",
            "`argmax`, and the second",
        ),
    ],
)
def test_calls_and_names_beside_a_message_are_read(text, said):
    assert said in explain_error(text).beside
