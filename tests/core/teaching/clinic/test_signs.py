"""Which of a symptom's causes it is: what the words, the code or the log beside a complaint tell."""

import pytest

from core.teaching.clinic import explain_error

_RECTIFIED = "nn.Linear(9, 9), nn.ReLU(), " * 8
_TOLD = (
    (
        "My validation loss is lower than the training loss.\nfor x, y in val_loader:\n    val_loss = 0\n    "
        "val_loss += f(x)",
        "`val_loss = 0` stands inside the loop",
    ),
    (
        "Validation loss less than training loss!\nmodel.train()\nfor epoch in range(9):\n    for x in d:\n"
        "        step(x)\n    model.eval()\n    test()",
        "trains in evaluation mode",
    ),
    (
        "Loss is not falling.\ny = torch.tensor([1.0, 2.0])\nnet = nn.Linear(3, 1)\nnn.MSELoss()(net(x), y)",
        "`y.unsqueeze(1)`",
    ),
    (
        "The model does not learn.\nnet = nn.Linear(3, 1)\nloss_fn = nn.MSELoss()",
        "First compare `output.shape`",
    ),
    ("Loss does not decrease with lr=1e-8 after 9 epochs", "1e-8, which moves the weights hardly"),
    (f"The loss does not descend.\nnn.Sequential({_RECTIFIED})\noptim.SGD(p, lr=0.01)", "deep and narrow"),
    (
        "My loss is not decreasing.\noptimizer = optim.Adam(model.parameters())\nmodel.fc = nn.Linear(9, 2)",
        "Make the optimizer after",
    ),
    (
        "The LSTM does not learn.\nself.lstm = nn.LSTM(3, 9, batch_first=True)\nreturn self.fc(out[-1])",
        "last sample of the batch",
    ),
    ("The loss is nan after I added torch.log(t) to forward", "a logarithm of your own"),
    ("The loss becomes nan\nd = torch.sqrt(x)", "its slope is infinite at 0"),
    ("With amp my loss is nan", "float16 overflows above 65,504"),
    ("The loss is nan from the first iteration", "no learning rate can do that"),
    ("loss is nan after training for ~2000 iterations", "one batch is broken"),
    ("loss: 0.51 loss: 0.50 loss: nan", "It was finite for a while"),
    ("loss is nan\nloss = (0.5 * (y - p) ** 2).sum()", "as many times larger as there are samples"),
    (
        "loss is nan\nscaler.step(optimizer)\nscaler.update()\nelse:\n  loss.backward()\noptimizer.step()",
        "runs again after",
    ),
    ("My training diverges.\nX = torch.randn(100, 1) * 10\nmodel = nn.Linear(1, 1)", "scale them to about"),
    ("The training loss is negative, it is a Dice loss", "Nothing is wrong then"),
    ("My negative log likelihood of a Gaussian: the loss is negative", "density"),
    ("The loss is negative with F.nll_loss(net(x), y)", "`F.log_softmax(x, dim=1)`"),
    ("My bce loss is negative", "`labels.unique()`"),
    ("My segmentation loss is always 0 from the start", "`mask.unique()`"),
    ("The RAM keeps increasing in every epoch with 16 workers", "with `num_workers=0`, does it still grow"),
    ("RAM grows every epoch.\nRAM, not the GPU", "Python objects"),
    (
        "Results are not reproducible. torch.manual_seed(0) and torch.backends.cudnn.deterministic = True",
        "names every operation",
    ),
    ("Results differ between runs, I call torch.manual_seed(0)", "The seeds are there already"),
    ("With model.eval() the batch norm gives a much worse accuracy", "running averages"),
    (
        "After loading my model the output is random.\nnet = N()\nnet.load_from_checkpoint(p)",
        "throws its result",
    ),
    (
        "The output after loading is random\nmodel.eval()\nmodel = Net()\nmodel.load_state_dict(s)",
        "training mode again",
    ),
    ("My own image is predicted wrong, the test accuracy was 98%", "white on black"),
    ("The gradient of y is none\ny = conv(x)\ny.sum().backward()\nprint(y.grad)", "`y.retain_grad()`"),
    ("accuracy above 100%\ntotal = correct / len(test_loader)", "by the number of batches"),
    ("Training accuracy 100%, test accuracy is 10%", "10% is guessing"),
    ("Epoch 00012: reducing learning rate of group 0 to 1e-4.  | 11/800 [00:03", "for each batch"),
    (
        "Trying to backward through the graph a second time\na.backward()\nb.backward()",
        "`(a + b).backward()`",
    ),
    (
        "one of the variables needed for gradient computation has been modified by an inplace operation"
        "\nd.backward(retain_graph=True)\noptD.step()\ng.backward()",
        "changes the weights before `g.backward()`",
    ),
    (
        "you can only change requires_grad flags of leaf variables\ns.requires_grad = True",
        "`s.retain_grad()`",
    ),
    ("optim.Adam(chain(*net.parameters(), *[W]))\ncan't optimize a non-leaf Tensor", "makes its rows"),
    (
        "optim.SGD(filter(lambda p: p.requires_grad, m.parameters()))\noptimizer got an empty parameter list",
        "all layers are frozen",
    ),
    ("TypeError: step() missing 1 required positional argument: 'metrics'", "ReduceLROnPlateau"),
    ("[a + [head.kernel]]\nsome parameters appear in more than one parameter group", "`head.kernel`"),
)


@pytest.mark.parametrize(("text", "said"), _TOLD)
def test_a_sign_beside_a_complaint_says_which_cause_it_is(text, said):
    found = explain_error(text)
    assert found.known
    assert said in found.reading
