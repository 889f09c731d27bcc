"""Which of a symptom's causes it is: what the words, the code or the log beside a complaint tell."""

import time

import pytest
import torch
from torch import nn

from core.teaching.clinic import explain_error
from core.teaching.clinic.signs import (
    autograd,
    formulas,
    loading,
    measuring,
    repeating,
    schedules,
    training,
)
from core.teaching.clinic.signs.sign import Sign, read_signs, told

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
    (
        f"The loss does not descend.\nnn.Sequential({_RECTIFIED})\noptim.SGD(p, lr=0.01)",
        "a long chain of layers",
    ),
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
    ("The loss becomes nan\nd = x / torch.norm(x)", "Dividing by a norm gives NaN"),
    ("With amp my loss is nan", "float16 overflows above 65,504"),
    ("The loss is nan from the first iteration", "no learning rate can do that"),
    ("loss is nan after training for ~2000 iterations", "one batch is broken"),
    ("loss: 0.51 loss: 0.50 loss: nan", "it was finite for a while"),
    ("loss is nan\nloss = (0.5 * (y - p) ** 2).sum()", "as many times larger as there are samples"),
    (
        "loss is nan\nscaler.step(optimizer)\nscaler.update()\nelse:\n  loss.backward()\noptimizer.step()",
        "runs again after",
    ),
    ("My training diverges.\nX = torch.randn(100, 1) * 10\nmodel = nn.Linear(1, 1)", "scale them to about"),
    ("The training loss is negative, it is a Dice loss", "Nothing is wrong then"),
    (
        "My manual cross entropy gives other results, the loss is different from torch.\n"
        "loss = nn.CrossEntropyLoss(weight=w)(x, y)",
        "sum of the samples' weights",
    ),
    (
        "Why is the loss of BCELoss different from my own BCEWithLogitsLoss?",
        "`sigmoid` rounds to exactly 1",
    ),
    (
        "My MSELoss value is different by hand.\nnn.MSELoss(reduction='sum')(a, b)",
        "adds the batch up",
    ),
    (
        "Cross entropy by hand and CrossEntropyLoss give different values.\n"
        "F.cross_entropy(F.softmax(x, 1), y)",
        "one of them is too many",
    ),
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
    ("Results differ between runs, I call torch.manual_seed(0)", "If the seeds are set already"),
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


_MORE = (
    ("My segmentation loss does not decrease. The mask goes from 0 to 0.0039", "was divided by 255"),
    ("The output of my loaded model is wrong.\nmodel.eval()\ny = net(x)", "a model of another name"),
    ("My model's output y is changed between calls.\nnet.eval()\ny = net(x)", "Run the same batch twice"),
    ("My training loss is fine but the validation loss is nan", "only the evaluation is NaN"),
    ("Loss decreases very slowly.\noptimizer = optim.SGD(net.parameters(), lr=1e-4)", "For plain SGD 1e-4"),
    ("dead relu: the activations of my network are zero", "Dead ReLUs"),
    (
        "The weights do not change.\nopt = optim.Adam(model.parameters())\nmodel = Net(3)",
        "`model` becomes another model",
    ),
    ("The initial loss is very high, about 1e6, in training", "not one that grows"),
    ("Why is my loss always 0?\nloss = criterion(output.argmax(1).float(), y)", "positions have no slope"),
    ("The test accuracy varies each time I run the evaluation", "no matter of seeds"),
    (
        "My learning rate is tiny after one epoch.\nfor x in loader:\n    opt.step()\n    scheduler.step()",
        "count batches",
    ),
    ("Why is my GPU not used at all while training? cuda.is_available() is True", "moves nothing"),
    ("Training takes 10x longer since I use set_detect_anomaly(True)", "switch it off"),
    ("My model always predicts class 0.\nnn.BCEWithLogitsLoss(weight=w)", "`pos_weight`"),
    ("My LSTM predicts a flat line", "repeating the last value"),
    ("The loss is not decreasing. loss: 1.3863 loss: 1.3862 loss: 1.3863 loss: 1.3863", "logarithm of 4"),
    ("The loss does not decrease. loss: 0.01462 loss: 0.01462 loss: 0.01462", "the same to the last digit"),
    ("The loss does not go down. I also tried to train it on 1 sample", "a single sample"),
    ("Getting nan after the first iteration of training", "`p.grad` after the first"),
    ("Why is the accuracy so high in the validation? overfitting?", "stand in both sets"),
    ("The test result of my loaded model is much worse.\nmodel.eval()", "`eval()` is there"),
    (
        "Returning Variables sharing storage with other Variables that require grad is not supported in "
        "Python functions",
        "`y.clone()`",
    ),
    ("With detach() it runs without an error, but the loss does not change", "cut the loss off"),
    ("The accuracy does not change. Output Distribution={2: 1120}", "every sample gets the same class"),
    (
        "Validation accuracy does not change.\ncorrect = 0\nfor epoch in range(9):\n    correct += f(x)",
        "at the start of every epoch",
    ),
    ("The loss does not decrease with Adam, Adam is stuck, while SGD works fine", "Adam's steps"),
    ("My model predicts the same boxes for all images with model.eval()", "`eval()` is right"),
    (
        "I train and validate on the same data, the val accuracy is bad, the training accuracy good",
        "no overfitting",
    ),
    (
        "Training accuracy 100%, validation accuracy only 65%, which is the percentage of one label",
        "one class",
    ),
    (
        "The network gives different outputs for the same image.\nx = F.dropout(x, 0.1, training=True)",
        "stays switched on",
    ),
    (
        "With each run the result for the same photo changes.\nmodel.eval()\nenable_dropout(model)",
        "switches dropout on again",
    ),
    ("In the validation phase the GPU memory keeps increasing", "If it grows there"),
    ("Memory explodes in validation after some batches, I use torch.no_grad()", "`no_grad` is there"),
    ("The lr of my cosine schedule is strange.\nprint(scheduler.get_lr())", "`scheduler.get_last_lr()`"),
    ("Why does the learning rate go up again with CosineAnnealingLR?\nlr goes up again", "half a period"),
    (
        "The learning rate does not change with the cosine schedule, its lr goes up and is strange.\n"
        "CosineAnnealingLR(o, T_max=9, eta_min=1e-3)\nAdam(p, lr=1e-3)",
        "nothing is left to fall",
    ),
    (
        "The learning rate does not change with the cosine schedule, its lr goes up and is strange.\n"
        "Adam(p, lr=2e-3)\nCosineAnnealingLR(o, T_max=9, eta_min=2e-3)",
        "`eta_min=2e-3`",
    ),
    ("CosineAnnealingLR: the lr is stuck at 0 after a warm restart, a new scheduler", "Restarts"),
    (
        "On Windows the dataloader is slow with num_workers=4: it reruns all the code",
        "`persistent_workers=True`",
    ),
    (
        "m2 = m.clone()\np.requires_grad = False\nyou can only change requires_grad flags of leaf variables",
        "before it is cloned",
    ),
    (
        "conv.weight.requires_grad = False\nyou can only change requires_grad flags of leaf variables",
        "weight norm",
    ),
    ("My loss has no grad_fn.\nloss = torch.Tensor(len(data)).cuda()", "arbitrary numbers"),
    (
        "Trying to backward through the graph a second time\nBut retain_graph=True is already in backward()",
        "comes first and frees",
    ),
    ("KeyError: 'exp_avg'\noptimizer.step() with cuda:0 and cpu", "two devices"),
)
_SYMPTOMS = """
memory-grows: The memory of my DataLoader workers grows in every epoch until the machine freezes
still-loss: The loss decreases very slowly, after 50 epochs it went from 2.3 to 2.1
still-loss: dying relu: 90% of the activations of my network are zero
loss-grows: My model's accuracy decreases after each epoch
loss-grows: The perplexity increases during training of my transformer
one-class: I trained for 100 epochs and the confusion matrix shows only one column
slow-loading: Why is my GPU not used at all while training? torch.cuda.is_available() is True
slow-loading: Training takes 10x longer since I added set_detect_anomaly
no-parameters: model.parameters() is empty, why?
all-background: Mean IoU is 0 for all classes although the loss decreases
overfitting: Training loss falls, training accuracy is also rising. But the test accuracy remains constant.
accuracy-wrong: The accuracy remains 0 all the time although the loss is decreasing
accuracy-wrong: I am getting zeros for accuracy while the loss is decreasing
one-class: The prediction of my LSTM always forms a straight line
one-class: I am getting all the outputs as 0s with BCELoss
stuck-loss: Test accuracy 10.00%, loss 2.303, it has remained unchanged
still-loss: Iteration: 1/100 Loss: 0.78 Accuracy: 45.3 % Accuracy and loss are stable in my training
still-loss: loss: 0.78 loss: 0.88 loss: 0.83 loss: 0.78 loss: 0.83 loss: 0.79 loss: 0.85, an epoch each
still-loss: I changed the learning rate but the error is not changing, the network does not learn
still-loss: The training loss does not decrease, there is no NaN loss
still-loss: My loss does not decrease. Epoch 2: reducing learning rate of group 0 to 1.0000e-04.
overfitting: Why does the train loss decrease continuously while the test loss is even increasing?
overfitting: Why does the test loss go up after the 10th epoch although the train loss continues to fall?
gpu-clock: The loss.backward() is too slow, it takes 30 seconds
gpu-clock: tensor.cuda() becomes slow after the inference
gpu-clock: The backward time is more than 10 times the forward time on my GPU
schedule-course: The learning rate of my cosine schedule goes up again after 10 epochs
schedule-course: CosineAnnealingLR: lr stuck at 0 after I made the scheduler anew
memory-grows: In validation the GPU gets more and more memory
port-differs: With the same data and network, the PyTorch loss became 12.3, with Keras it is 4.2
no-graph: Why has my custom loss no grad_fn?
"""
_NOT_TOLD = (
    ("My loaded model's output is wrong.\nmodel.eval()\ny = model(x)", "another name"),
    (
        "Weights do not change.\nopt = optim.Adam(model.parameters())\nmodel = model.to(device)",
        "another model",
    ),
    ("The training loss is nan and the validation loss is nan too", "only the evaluation"),
    ("The loss does not decrease: loss: 1.31 loss: 1.30 loss: 1.32 loss: 1.29", "logarithm of"),
    ("The loss stays the same. loss: 0.50 loss: 0.50 loss: 0.50", "the last digit"),
    ("The training loss is nan after 100 epochs. I tried both Adam and SGD.", "Adam's steps"),
    (
        "My val accuracy is bad while train accuracy is high. I use the same data set as the paper.",
        "no overf",
    ),
    ("My model gives different predictions for one image every time I test it", "white on black"),
    ("The loss does not decrease.\nself.out = nn.Linear(9, 10)\nnn.CrossEntropyLoss()", "output.shape"),
    ("The loss does not decrease.\nnn.Linear(3, 1)\nnn.MSELoss()(out, y.unsqueeze(1))", "output.shape"),
    ("loss is nan after training for 3 epochs", "no learning rate can do that"),
    ("My memory increases every iteration.\nlosses.append(loss)\nRAM is full", "`num_workers=0`"),
    ("My GPU RAM keeps increasing in every epoch", "main memory"),
    (
        "The loss does not decrease.\nopt = optim.SGD(net.parameters())\nnet = fit(net, opt)",
        "another model",
    ),
    (
        "Loss does not decrease.\nrunning_loss = 0\nfor epoch in range(9):\n    running_loss += x\n"
        "    print(running_loss)\n    running_loss = 0",
        "at the start of every epoch",
    ),
    (
        "The loss does not decrease.\nm.fc = nn.Linear(9, 2)\nfor p in trunk.parameters(): "
        "p.requires_grad = False",
        "freeze first",
    ),
    (
        "My loss is not decreasing.\noptimizer = optim.Adam(model.parameters())\nmodel.fc = nn.Linear(9, 2)"
        "\noptimizer = optim.Adam(model.parameters())",
        "Make the optimizer after",
    ),
    ("loss is nan\nloss = ((y - p) ** 2).sum() / len(y)", "is a sum over the batch"),
    ("The loss is nan\nd = torch.norm(x - y)", "number below 0"),
    ("The loss is nan\ny = torch.pow(x, 2.0)", "a power that is a fraction"),
    ("My loss has no grad_fn.\nloss = torch.tensor(5.0)", "arbitrary numbers"),
    ("optimizer got an empty parameter list\nself.backbone = resnet18()", "tensors of your own"),
    (
        "you can only change requires_grad flags of leaf variables\ns.requires_grad_()\n"
        "t.requires_grad = False",
        "`s.requires",
    ),
    (
        "After loading my model the output is random.\nours = m_model.load_from_checkpoint(p)",
        "throws its result",
    ),
    (
        "The output after loading is random\nmodel.eval()\nmodel = DataParallel(model)",
        "training mode again",
    ),
    ("The gradient of w is none\nw = layer.weight\ny.backward()\nprint(w.grad)", "is computed"),
    (
        "The loss is lower after I resumed. I did not save the optimizer, learning restarts badly",
        "is saved and loaded too",
    ),
)


@pytest.mark.parametrize(("text", "said"), _MORE)
def test_what_is_told_in_words_or_code_leads(text, said):
    found = explain_error(text)
    assert found.known
    assert said in found.reading


@pytest.mark.parametrize("line", _SYMPTOMS.strip().splitlines())
def test_a_symptom_is_told_from_its_neighbors(line):
    name, _, text = line.partition(": ")
    found = explain_error(text)
    assert found.kind is not None
    assert found.kind.name == name


@pytest.mark.parametrize(("text", "unsaid"), _NOT_TOLD)
def test_a_sign_is_silent_where_it_does_not_stand(text, unsaid):
    found = explain_error(text)
    assert found.known
    assert unsaid not in found.reading


@pytest.mark.parametrize(("bar", "counts"), [("11/800", True), ("12/800", False), ("800/800", False)])
def test_a_bar_counts_batches_only_between_its_ends_and_beside_the_epoch(bar, counts):
    text = f"Epoch 00012: reducing learning rate of group 0 to 1e-4.  | {bar} [00:03"
    assert ("for each batch" in read_signs(schedules.PLATEAU, text)) is counts


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("loss: 2.0 loss: 2.4 loss: 3.0 loss: 4.1 loss: 5.9 loss: 9.0, torch", "loss-grows"),
        ("train loss: -0.1 val loss: -0.2 train loss: -0.3 val loss: -0.2", "negative-loss"),
        ("loss: 0.9 loss: 0.9 loss: 0.9 loss: 0.9 loss: 0.9 epoch", "still-loss"),
        ("loss: 0.9 loss: 0.7 loss: 0.5 loss: 0.3 loss: 0.2 epoch", ""),
        ("loss: 0.9 loss: 2.0 epoch", ""),
        ("loss: 0.99 loss: 0.98 loss: 0.975 loss: 0.97 loss: 0.966 loss: 0.96 epoch", ""),
    ],
)
def test_a_log_alone_shows_a_symptom_or_none(text, name):
    found = explain_error(text)
    assert (found.kind.name if found.kind else "") == name


def test_signs_take_no_longer_on_hostile_text():
    """Every sign on 20,000 characters of what its expression could go back over."""
    signs = [
        sign
        for module in (
            *(training, measuring, schedules, autograd, loading),
            *(repeating, formulas),
        )
        for value in vars(module).values()
        for sign in (value if isinstance(value, tuple) else (value,))
        if isinstance(sign, Sign)
    ]
    texts = (
        "x = y(z) " * 2_200,
        "def forward( " * 1_500,
        "for e in range(9): correct = 0 " * 640,
        "a.backward() b.step() " * 900,
        "x = torch.ones(3, requires_grad=True) " * 520,
        "model.train() for epoch in range(9): " * 540,
        "print(x.grad) y = x " * 1_000,
    )
    assert len(signs) > 60
    for text in texts:
        start = time.thread_time()
        read_signs(tuple(signs), "x")
        for sign in signs:
            told(sign, text)
        assert time.thread_time() - start < 3.0, text[:40]


def test_ten_sigmoids_leave_nothing_for_the_first_layer():
    """Less than a thousandth of what ReLU leaves in the same network."""
    sums = []
    for activation in (nn.Sigmoid, nn.ReLU):
        torch.manual_seed(0)
        layers = [part for _ in range(10) for part in (nn.Linear(32, 32), activation())]
        net = nn.Sequential(*layers)
        net(torch.randn(16, 32)).sum().backward()
        sums.append(layers[0].weight.grad.abs().sum().item())
    assert sums[0] < 1e-3 * sums[1]


def test_xor_is_learned_as_the_sign_says_and_not_with_two_sigmoids():
    """Over five seeds: 2,000 steps of the usual first try learn nothing, 500 of the advice all of it."""
    inputs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    targets = torch.tensor([[0.0], [1.0], [1.0], [0.0]])

    def learned(model, optimizer, loss_fn, steps, threshold):
        for _ in range(steps):
            optimizer.zero_grad()
            loss_fn(model(inputs), targets).backward()
            optimizer.step()
        return torch.equal((model(inputs) > threshold).float(), targets)

    for seed in range(5):
        torch.manual_seed(seed)
        first = nn.Sequential(nn.Linear(2, 4), nn.Sigmoid(), nn.Linear(4, 1), nn.Sigmoid())
        assert not learned(first, torch.optim.SGD(first.parameters(), lr=0.01), nn.MSELoss(), 2_000, 0.5)
        better = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
        optimizer = torch.optim.Adam(better.parameters(), lr=0.05)
        assert learned(better, optimizer, nn.BCEWithLogitsLoss(), 500, 0.0)
