"""The error clinic knows what PyTorch says, today and in older versions, and says when it does not know."""

import json
import random
import time
import warnings

import pytest

from core.teaching.clinic import KINDS, TOPICS, explain_error, raised, run_here
from core.teaching.clinic.complaints import MOST_COMPLAINTS
from core.teaching.clinic.kinds import modules
from core.teaching.clinic.paste import read_paste
from core.teaching.clinic.raised import RAISED, error_of, run_apart
from core.teaching.clinic.wording import MOST_WORDINGS, find
from tests.core.teaching.clinic import posts
from tests.core.teaching.clinic.messages import SETUP, lines
from tests.core.teaching.clinic.pastes import PASTES, UNKNOWN
from ui.shell.navigation import PAGES


def kind_of(text):
    """The kind that the clinic finds, by name; empty if it does not know."""
    found = explain_error(text)
    return found.kind.name if found.known and found.kind else ""


@pytest.fixture(scope="module")
def apart():
    """What the programs print that need a process of their own, and what their cured versions print."""
    kinds = [kind for kind in KINDS.values() if kind.runs == "apart"]
    programs = {kind.name: kind.program for kind in kinds}
    return run_apart(programs | {f"{kind.name}-cured": kind.cured() for kind in kinds})


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.runs == "here"])
def test_a_program_raises_its_message_and_the_cured_one_does_not(name):
    """The message kept is the one raised here and now; it is known; the changed lines cure it."""
    kind = KINDS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        error, printed = run_here(kind.program)
        cured = run_here(kind.cured())
    said = error or printed
    assert _steady(said) == _steady(raised(name))
    assert kind_of(said) == name
    assert cured[0] == ""
    assert error or printed != cured[1]


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.runs == "apart"])
def test_a_program_that_runs_apart_raises_its_message_and_the_cured_one_does_not(name, apart):
    kind = KINDS[name]
    assert _steady(error_of(kind, apart[name])) == _steady(raised(name))
    assert kind_of(apart[name]) == name
    assert "Error" not in apart[f"{name}-cured"]


def _steady(message):
    """A message without what differs from run to run: addresses, process numbers, folders."""
    first = message.split("\n")[0]
    return "".join(c for c in first.split(" at 0x")[0].split("/tmp")[0] if not c.isdigit())


def test_what_no_machine_of_ours_raises_says_so():
    """Programs that need a GPU or a broken installation have no message, and the answer admits it."""
    for name, kind in KINDS.items():
        assert (kind.runs == "elsewhere") == (raised(name) == ""), name
        assert not kind.program or kind.cured() != kind.program
        assert kind.program or kind.runs == "elsewhere"
    answer = explain_error("RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB").answer
    assert "This server cannot raise it" in answer


@pytest.mark.parametrize(("kind", "line"), lines())
def test_a_message_of_pytorch_is_known(kind, line):
    """The corpus: lines run on the PyTorch installed, and what each raises."""
    namespace = {}
    exec(SETUP, namespace)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = ""
        try:
            exec(line, namespace)
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
    assert kind_of(said) == kind


def test_the_corpus_and_the_kinds_are_as_many_as_promised():
    """At least 60 kinds over all topics; at least 120 messages gathered by running programs."""
    assert len(KINDS) >= 60
    assert len(TOPICS) >= 12
    assert len(lines()) + len(json.loads(RAISED.read_text())["messages"]) >= 120
    assert {kind.page for kind in KINDS.values()} <= {entry.stem for entry in PAGES}


@pytest.mark.parametrize(("kind", "text"), PASTES)
def test_a_pasted_text_is_known(kind, text):
    """Older wordings, IPython, Colab, Rich, PyCharm, colors, wrapped lines, half a traceback."""
    assert kind_of(text) == kind
    assert kind_of("I get this, please help:\n\n" + text + "\n\nI use Windows 10 and an old laptop.") == kind


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_not_known_is_said_to_be_unknown(text):
    """Never an answer in the voice of knowledge; the three nearest by words are shown instead."""
    found = explain_error(text)
    assert not found.known
    assert found.kind is None
    assert len(found.nearest) == 3
    assert "does not know" in found.answer


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("RuntimeError: size mismatch, m1: [64 x 784], m2: [512 x 10]", "784"),
        ("RuntimeError: mat1 and mat2 shapes cannot be multiplied (1792x28 and 784x10)",
         "flatten is missing"),
        ("Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [784]", "[784]"),
        ("element 0 of tensors does not require grad and does not have a grad_fn", "hides the cut"),
        ("size mismatch for fc.weight: copying a param with shape torch.Size([2])", "does not help"),
        ("Trying to backward through the graph a second time", "retain_graph=True` is not the cure"),
        ("_pickle.UnpicklingError: invalid load key, '<'.", "weights_only=False` is not the cure"),
        ("RuntimeError: CUDA error: device-side assert triggered", "is innocent"),
        ("Expected 4-dimensional input for 4-dimensional weight [6, 1, 5, 5], but got "
         "3-dimensional input of size [1, 28, 28] instead", "without a batch"),
        ("Expected 4-dimensional input for 4-dimensional weight 64 3 7 7, but got 3-dimensional input of "
         "size [3, 224, 224] instead", "without a batch"),
        ("loss.requires_grad_(True) lets it run but the loss does not change", "hides the cut"),
        ("img = self.transform(img) AttributeError: 'Tensor' object has no attribute 'convert'",
         "A picture (PIL) has `convert`"),
        ("AttributeError: 'Variable' object has no attribute 'conv_tbc'", "before PyTorch 0.4"),
        ("AttributeError: 'Tensor' object has no attribute 'dtpye'", "has is `dtype`"),
        ("My model predicts the same class for every image", "`model.eval()` is missing"),
        ("img should be PIL Image. Got <class 'torch.Tensor'> how to solve it", "given: torch.Tensor."),
        ("AttributeError: 'Sequential' object has no attribute 'fc3'", "nn.Sequential` has no"),
        ('Unexpected key(s) in state_dict: "bn1.num_batches_tracked"', "counts its batches"),
        ("File transforms.py w, h = img.size TypeError: 'builtin_function_or_method' object is not iterable",
         "was given a tensor"),
        ("img = t(img) TypeError: object() takes no parameters", "write its parentheses"),
        ("handle_0 INTERNAL ASSERT FAILED at c10/cuda/driver_api.cpp:15, please report a bug to PyTorch",
         "the driver, the CUDA libraries and PyTorch do not fit"),
        ("KeyError: 5213", "`.iloc[5213]`"),
        ("KeyError: 'MASTER_PORT'", "`os.environ.get('MASTER_PORT')`"),
        ("KeyError: 'fc.weight'", "is the name of a weight"),
        ("KeyError: Caught KeyError in DataLoader worker process 0. Original Traceback: x[0] KeyError: 0",
         "`.iloc[0]`"),
        ("KeyError: Caught KeyError in DataLoader worker process 0. Original Traceback: x = sample['id'] "
         "KeyError: 'id'", "No entry is called 'id'"),
        ("AttributeError: 'ResNet' object has no attribute 'classifier'", "its last layer `fc`"),
        ("\"binary_cross_entropy\" not implemented for 'Long'", "labels.float()"),
        ("AttributeError: 'Subset' object has no attribute 'classes'", "`part.dataset.classes`"),
        ("ImportError: cannot import name 'ToTensor' from 'torchvision'", "from torchvision.transforms"),
        ("AttributeError: 'Net' object has no attribute 'module'", "leave `.module` out"),
        ("'_IncompatibleKeys' object has no attribute 'eval'", "on a line of its own"),
        ("TypeError: Cannot handle this data type: (1, 1, 3), <f4", "PIL wants `uint8`"),
        ("ValueError: Attempting to unscale FP16 gradients.", "but in float16"),
        ("RuntimeError: size mismatch, m1: [1 x 784], m2: [10 x 784]", "transpose the second"),
        ("Tried to step 802 times. The specified number of total steps is 800", "made for 800 steps"),
        ("pandas/_libs/hashtable.pxi KeyError: 'Label'", "The name asked for is 'Label'"),
        ("NotImplementedError: Got 3D input, but bilinear mode needs 4D input", "the batch axis is missing"),
        ("AttributeError: 'Net' object has no attribute 'state_dict'", "class Net(nn.Module):"),
        ("type object 'object' has no attribute '__getattr__'", "misspelled"),
        ("TypeError: Images.collate() missing 1 required positional argument: 'batch'", "taken for `self`"),
        ("TypeError: collate() takes 1 positional argument but 2 were given", "@staticmethod"),
        ("TypeError: RandomAffine() got an unexpected keyword argument 'fillcolor'", "`fill`"),
        ("module 'torchvision.transforms' has no attribute 'AugZzz'", "torchvision is older"),
        ("conv2d(): argument 'input' (position 1) must be Tensor, not tuple", "A comma at the end"),
        ("default_collate: batch must contain tensors, numbers, dicts or lists; found <class 'method'>",
         "parentheses are missing"),
        ("b, c, h, w = x.size() ValueError: not enough values to unpack (expected 4, got 3)", "a shape"),
        ("Expected 4-dimensional input for 4-dimensional weight [8, 1, 3, 3], but got 3-dimensional input of "
         "size [64, 28, 28] instead", "[64, 1, 28, 28]"),
        ("Loss.cu:100: block: [0,0,0], thread: [1,0,0] Assertion `target_val >= zero && target_val <= one`",
         "targets outside of 0 to 1"),
        ("BCECriterion.cu:30: block: [1,0,0], thread: [8,0,0] Assertion `input >= 0. && input <= 1.` failed.",
         "BCEWithLogitsLoss"),
        ("CUDA out of memory. Tried to allocate 8.00 MiB (GPU 0; 16.00 GiB total capacity; 700.00 MiB "
         "already allocated; 3.00 MiB free)", "mostly other processes"),
        ('Missing key(s) in state_dict: "fc.weight". Unexpected key(s) in state_dict: "net", "epoch".',
         "checkpoint['net']"),
        ('Missing key(s) in state_dict: "module.a.bias". Unexpected key(s) in state_dict: "module.b.bias".',
         "that prefix is not what differs"),
        ("F.normalize(img) RuntimeError: The size of tensor a (4) must match the size of tensor b (3) at "
         "non-singleton dimension 0", "convert('RGB')"),
        ("can't convert np.ndarray of type numpy.str_. The only supported types are: float64", "texts"),
        ("for x, y in train_loader: RuntimeError: invalid argument 0: Sizes of tensors must match except in "
         "dimension 0. Got 2 and 5 in dimension 1", "samples of one batch differ"),
    ],
)  # fmt: skip
def test_an_answer_reads_the_message_and_names_the_trap(text, word):
    assert word in explain_error(text).answer


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("RuntimeError: Error(s) in loading state_dict for Net: _IncompatibleKeys(missing_keys,",
         "The file has what"),
        ("AttributeError: 'Tensor' object has no attribute 'asfarray'", "letter by letter"),
        ("results in > RuntimeError: expected scalar type Long but found Int\nThe above is called from",
         "Int The"),
        ("AssertionError: 4D tensors expect 4 values for padding", "numbers were given"),
    ],
)  # fmt: skip
def test_nothing_is_read_into_a_text_that_does_not_say_it(text, word):
    """A list that was cut off, a class that is PyTorch's own, words that stand after the message."""
    assert explain_error(text).known
    assert word not in explain_error(text).answer


def test_the_messages_of_public_posts_are_known():
    """Wordings of many versions: the kind that the post's answer names."""
    pairs = [line.partition(": ") for line in posts.MESSAGES.strip().splitlines()]
    assert {text: kind_of(text) for _, _, text in pairs} == {text: kind for kind, _, text in pairs}


@pytest.mark.parametrize(("kind", "place", "text"), posts.TRACEBACKS)
def test_a_whole_traceback_is_known(kind, place, text):
    """Of Lightning, fastai, Windows, Colab, notebooks and terminals: the kind, and your own line."""
    found = explain_error(text)
    assert found.kind is not None
    assert found.kind.name == kind
    assert (found.frame.place if found.frame else "").startswith(place)


def test_what_is_no_error_of_pytorch_is_unknown():
    """Python, pip, NumPy, pandas, TensorFlow, Keras, JAX: no answer in the voice of knowledge."""
    texts = posts.UNKNOWN.strip().splitlines()
    assert len(texts) > 60
    assert [text for text in texts if explain_error(text).known] == []


def test_half_a_message_is_no_other_error():
    """A message that was cut off is the same kind still, or unknown; never another one."""
    # of `module.`, or of a counter's name, nothing is left but that names differ
    wider = {"module-prefix": "weights-names", "batch-counters": "weights-names"}
    for name in KINDS:
        said = raised(name)
        for half in (said[: len(said) // 2], said[len(said) // 2 :]):
            assert kind_of(half) in ("", name, wider.get(name, name)), (name, half[-100:])


def test_a_folder_called_lib_may_be_yours_and_a_later_mark_is_of_another_frame():
    """On Windows Python's own files lie in `lib` too; IPython's arrows name their lines."""
    head = "Traceback (most recent call last):\n"
    yours = '  File "D:\\ocr\\lib\\evaluators.py", line 70, in evaluate\n    losses = np.sum(losses)\n'
    error = "TypeError: can't convert cuda:0 device type tensor to numpy."
    for place in ("C:\\Python37\\lib\\queue.py", "C:\\miniconda3\\envs\\a b\\lib\\queue.py"):
        theirs = f'  File "{place}", line 9, in get\n    raise error\n'
        assert explain_error(head + yours + theirs + error).frame.place.startswith("evaluators.py, line 70")
    cells = (
        "~/models.py in forward(self, x)\n---> 76     x = self.embedding(x)\n...\n-> 1852     "
        "return embed(x)\n"
    )
    assert (
        explain_error(cells + "IndexError: index out of range in self").frame.code == "x = self.embedding(x)"
    )


def test_stars_of_arguments_are_not_taken_for_bold_type():
    text = "**RuntimeError: stack expects each tensor to be equal size**, from f(*args, **kwargs) and 2 ** 3"
    assert read_paste(text).flat == (
        "RuntimeError: stack expects each tensor to be equal size, from f(*args, **kwargs) and 2 ** 3"
    )


def test_the_line_of_yours_is_found():
    """Of a traceback through libraries, the innermost line of the visitor's own program."""
    texts = {kind: text for kind, text in PASTES if "File" in text or "->" in text or "❱" in text}
    assert explain_error(PASTES[1][1]).frame.code == "pred = net(x)"
    assert explain_error(texts["dimension-range"]).frame.line == 41
    assert explain_error(texts["to-tensor"]).frame.code == "image = self.transform(image)"
    assert explain_error(texts["linear-features"]).frame.place == "train.py, line 12"
    assert explain_error("RuntimeError: multi-target not supported").frame is None


def test_names_close_to_a_misspelled_one_are_real():
    found = explain_error("AttributeError: module 'torch.nn' has no attribute 'linear'")
    assert "`torch.nn.Linear`" in found.reading
    assert modules.KINDS


def test_hostile_text_takes_no_longer_than_any_other():
    """20,000 characters of what could make a pattern backtrack, or a parser recurse: bounded work.

    A few hundredths of a second of a processor, which others on the machine do not change.
    """
    wordings = [wording for kind in KINDS.values() for wording in kind.wordings]
    texts = [
        "mat1 and mat2 shapes cannot be multiplied (" * 500,
        "(" * 20_000,
        "class A(nn.Module):\n" + "-" * 19_000,
        "class A(nn.Module):\n  x = " + "+".join("1" * 9_000),
        "x.view(" * 2_800 + "class nn.Module",
        "Error: " * 2_800,
        'File "' * 3_300,
        "[0;31m" * 3_300,
        "\x1b[" * 10_000,
        "İ" * 20_000,
        "\n".join("RuntimeError:" for _ in range(1_500)),
        " ".join(wording.split("{")[0] for wording in wordings)[:20_000] * 3,
        "the loss does not decrease and the weights are none. " * 400,
    ]
    explain_error("RuntimeError: warm")
    for text in texts:
        assert min(_seconds(text) for _ in range(3)) < 0.3, text[:40]


def _seconds(text):
    """Of this thread's processor; one time may hold a garbage collection of all that other tests made."""
    start = time.thread_time()
    assert explain_error(text).answer
    return time.thread_time() - start


def test_any_text_gets_an_answer():
    """Pieces of messages and noise, put together at random: never an exception."""
    chance = random.Random(0)
    parts = (
        [text for _, text in PASTES] + list(UNKNOWN) + ["\n", "\x00", "nn.", "class A(nn.Module):", "{", "}"]
    )
    for _ in range(150):
        text = "".join(p[: chance.randrange(1, 120)] for p in chance.choices(parts, k=6))
        assert isinstance(explain_error(text).answer, str)
    assert "Nothing is there" in explain_error("").answer


def test_the_pieces_of_all_wordings_and_complaints_are_kept():
    """A cache smaller than they are many is passed through in order, and never hits."""
    assert sum(len(kind.wordings) for kind in KINDS.values()) < MOST_WORDINGS
    assert sum(len(kind.complaints) for kind in KINDS.values()) < MOST_COMPLAINTS


def test_a_wording_is_found_where_it_stands_last():
    """Holes are filled from the last place; numbers only with digits."""
    text = "got 1 of 2, got 3 of 4"
    assert find("got {a#} of {b#}", text, text) == (12, {"a": "3", "b": "4"})
    assert find("got {a#} of x", text, text) is None
    assert find("nothing {a}", text, text) is None


def test_a_line_above_the_message_that_names_another_error_is_not_the_answer():
    """Tracebacks show lines of a library that would raise something else."""
    text = (
        'Traceback (most recent call last):\n  File "/env/site-packages/torch/optim/sgd.py", line 67\n'
        '    raise ValueError("Nesterov momentum requires a momentum and zero dampening")\n'
        "ValueError: some parameters appear in more than one parameter group"
    )
    found = explain_error(text)
    assert found.kind is not None
    assert found.kind.name == "shared-parameters"
