"""Packages beside PyTorch that its programs often use: torchtext, ONNX, TensorBoard, Gym, fastai."""

from typing import Final

from core.teaching.clinic.kind import Holes, kind


def _text(found: Holes) -> str:
    if "attribute 'vocab'" in found["message"]:
        return (
            "The field has no vocabulary yet: `TEXT.build_vocab(train_data)` before the iterators are made."
        )
    if "'tuple' object" in found["message"]:
        return (
            "`splits()` gives a tuple, with one entry even if only `train` was named: "
            "`train_data, = TabularDataset.splits(...)`, with the comma, or `[0]` after it."
        )
    return ""


def _environment(found: Holes) -> str:
    if "invalid" in found["message"][:80]:
        return "The environment wants a plain number as action, and got a tensor: `env.step(action.item())`."
    if "from_numpy" in found["message"] or "sequence" in found["message"]:
        return "Mostly `reset()` gave the state and a dict: `state, info = env.reset()`."
    return ""


def _exported(found: Holes) -> str:
    if "kernel of unknown shape" in found["message"][:200]:
        return (
            "The weights of that convolution are computed in `forward`, so the exporter does not know their "
            "shape: make the sizes plain numbers, `int(x.shape[1])`, give fixed ones to `view` and `F.pad`, "
            "or take the newer exporter, `dynamo=True`."
        )
    if "n" not in found:
        return ""
    said = f"The operation is {found['n'].strip()[:40]}."
    if "v" in found:
        said += f" The opset asked for is {found['v']}."
    added = found["message"].partition("was added in version ")[2].split(",")[0].split(" ")[0].strip(".")
    if added.isdigit():
        said += f" It is there from {added} on: `opset_version={added}`."
    return said


KINDS: Final = (
    kind(
        "torchtext-field",
        "torchtext without what the program was written with",
        "module 'torchtext.data' has no attribute '{n}'",
        "module 'torchtext' has no attribute '{n}'",
        "cannot import name '{n}' from 'torchtext",
        "No module named 'torchtext.legacy'",
        "'Field' object has no attribute 'vocab'",
        *(f"'tuple' object has no attribute '{name}'" for name in ("fields", "sort_key", "examples")),
        means="`Field`, `BucketIterator`, `LabelField` and `TabularDataset` are gone since torchtext 0.12, "
        "and torchtext itself is no longer developed. A `Field` has its `vocab` only after `build_vocab`.",
        cure="For a new program leave torchtext out: a vocabulary is a dict of words and numbers, a batch of "
        "texts is made by `pad_sequence` in a `collate_fn`. An old program needs the old versions, torch 1.8 "
        "with torchtext 0.9 (`torchtext.legacy`). For a missing `vocab`: `TEXT.build_vocab(train)` first.",
        program="""
from torchtext.data import Field

print(Field(lower=True))
""",
        change=(
            ("from torchtext.data import Field", 'words = sorted({"a", "good", "film"})'),
            ("print(Field(lower=True))", "print({word: number for number, word in enumerate(words)})"),
        ),
        page="datasets",
        runs="elsewhere",
        reads=_text,
        needs=("torchtext", "field", "bucketiterator", "tabulardataset", "build_vocab"),
        weight=2,
    ),
    kind(
        "model-summary",
        "torchsummary on a model whose layers give no single tensor",
        "list(output.size())",
        "list(input[0].size())",
        "[-1] + list(o.size())[1:] for o in output",
        "list(outputs.size())[1:]",
        means="`torchsummary` asks every layer's result for its size, and takes it for a tensor. A layer "
        "that gives a dict, None, a number or several values stops it; the model itself is fine.",
        cure="`pip install torchinfo`, then `from torchinfo import summary` and `summary(model, "
        "input_size=(1, 3, 224, 224))`, with the batch in front: it is made for all kinds of results. "
        "`print(model)` lists the layers without any package.",
        program="""
import torchvision
from torchsummary import summary

summary(torchvision.models.segmentation.fcn_resnet50(weights=None), (3, 64, 64))
""",
        change=(
            ("from torchsummary import summary", "from torchinfo import summary"),
            (
                "summary(torchvision.models.segmentation.fcn_resnet50(weights=None), (3, 64, 64))",
                "summary(torchvision.models.segmentation.fcn_resnet50(weights=None), (1, 3, 64, 64))",
            ),
        ),
        page="model",
        runs="elsewhere",
        needs=("summary", "torchkeras"),
        weight=3,
    ),
    kind(
        "onnx-operator",
        "An operation that ONNX, or its exporter, does not have",
        "Exporting the operator {n} to ONNX opset version {v#} is not supported",
        "Exporting the operator {n} to ONNX is not supported",
        "torch.onnx.errors.UnsupportedOperatorError",
        "symbolic_registry.UnsupportedOperatorError",
        "Unsupported: ONNX export of operator",
        "Unsupported: ONNX export of convolution for kernel of unknown shape",
        "ONNX export failed: Couldn't export operator",
        "ONNX export failed on an operator with unrecognized namespace",
        means="ONNX has a list of operations, longer with each version (opset). The model uses one that the "
        "chosen version lacks, or that the exporter cannot write down.",
        cure="A newer PyTorch, and a higher number: `torch.onnx.export(..., opset_version=17)`, or "
        "`dynamo=True`. If it stays, replace that operation in `forward` by plain ones (sums, products, "
        "`cat`). Random numbers and losses are not part of the model to be exported: `model.eval()` first.",
        reads=_exported,
        program="""
import torch
from torch import nn


class Noisy(nn.Module):
    def forward(self, x):
        return x + torch.empty_like(x).uniform_()


torch.onnx.export(Noisy(), (torch.rand(1, 4),), "noisy.onnx", opset_version=12, dynamo=False)
""",
        change=(("return x + torch.empty_like(x).uniform_()", "return x + 0.5"),),
        page="checkpoints",
        runs="elsewhere",
        weight=2,
    ),
    kind(
        "gym-interface",
        "A Gym environment whose answers have another form",
        "env.step({k}ValueError: too many values to unpack (expected 4",
        "from_numpy(state){k}expected np.ndarray (got tuple)",
        "from_numpy(observation){k}expected np.ndarray (got tuple)",
        "from_numpy(s){k}expected np.ndarray (got tuple)",
        "FloatTensor(state) ValueError: expected sequence of length",
        "FloatTensor([state]) ValueError: expected sequence of length",
        "Expected 'Env.step' to return a four or five element tuple",
        "(<class 'torch.Tensor'>) invalid",
        "setting an array element with a sequence",
        means="Since Gym 0.26, and in Gymnasium, `reset()` gives the state and a dict, and `step()` five "
        "values: `done` is two now, `terminated` and `truncated`. The program was written for the other "
        "form.",
        cure="`state, info = env.reset()`, and `state, reward, terminated, truncated, info = "
        "env.step(action)`, then `done = terminated or truncated`. An old program runs unchanged with "
        "`pip install gym==0.25.2`.",
        program="""
import gymnasium
import torch

env = gymnasium.make("CartPole-v1")
state = env.reset()
print(torch.from_numpy(state).shape)
""",
        change=(("state = env.reset()", "state, info = env.reset()"),),
        page="tensors",
        runs="elsewhere",
        reads=_environment,
        holds=lambda found: (
            not found["message"].startswith("setting an array")
            or any(word in found["text"] for word in ("env.reset", "env.step", "gym", "observation_"))
        ),
        weight=3,
    ),
    kind(
        "tensorboard-tensorflow",
        "TensorBoard finds a TensorFlow that does not fit",
        "module 'tensorflow' has no attribute 'io'",
        "module 'tensorflow' has no attribute 'gfile'",
        "io.gfile' has no attribute 'get_filesystem'",
        means="PyTorch's `SummaryWriter` writes through the package `tensorboard`, and that takes TensorFlow "
        "for its files where it finds one. Here it finds one that is broken, half removed or too old, or a "
        "folder of that name.",
        cure="If you do not need TensorFlow, `pip uninstall tensorflow tensorflow-cpu tensorflow-gpu`, "
        "delete a `tensorflow` folder that remains in site-packages, and `pip install --upgrade "
        "tensorboard`. Otherwise, before the writer is made: `import tensorflow as tf, tensorboard as tb; "
        "tf.io.gfile = tb.compat.tensorflow_stub.io.gfile`.",
        page="training",
        runs="elsewhere",
        needs=("tensorboard", "summarywriter", "torch"),
    ),
    kind(
        "tensorflow-writer",
        "A writer of TensorFlow 1, which is gone",
        "module 'tensorboard.summary._tf.summary' has no attribute 'FileWriter'",
        "module 'tensorflow{x}summary' has no attribute 'FileWriter'",
        "module 'tensorflow._api.v2.summary' has no attribute 'FileWriter'",
        means="The program logs with `tf.summary.FileWriter` of TensorFlow 1; TensorFlow 2 has no such name.",
        cure="In PyTorch: `from torch.utils.tensorboard import SummaryWriter`, `writer = "
        "SummaryWriter(log_dir)`, `writer.add_scalar('loss', loss.item(), step)`. Or keep the program as it "
        "is with `tf.compat.v1.summary.FileWriter`.",
        page="training",
        runs="elsewhere",
    ),
    kind(
        "tensorboard-missing",
        "TensorBoard is not there",
        "TensorBoard logging requires TensorBoard",
        means="`torch.utils.tensorboard` imports the package `tensorboard`, and that fails: it is not "
        "installed for this Python, is too old, or a file of yours named `tensorboard.py` is found first.",
        cure="`python -m pip install --upgrade tensorboard` with the Python that runs the program; in a "
        "notebook restart the kernel afterwards. No file of yours may be named `tensorboard.py`.",
        reads=lambda found: (
            "A file of yours named `tensorboard.py` is in the traceback: rename it, since it was imported in "
            "place of the package."
            if any(
                path.endswith("tensorboard.py") and "packages/" not in path
                for path in found["text"].replace(chr(92), "/").replace('"', " ").split()
            )
            else ""
        ),
        program="""
import sys
import types

sys.modules["tensorboard"] = types.ModuleType("tensorboard")  # as your own tensorboard.py
from torch.utils.tensorboard import SummaryWriter
""",
        change=(
            (
                'sys.modules["tensorboard"] = types.ModuleType("tensorboard")  # as your own tensorboard.py',
                'sys.modules.pop("tensorboard", None)',
            ),
        ),
        page="training",
        runs="elsewhere",
    ),
    kind(
        "tensorboard-input",
        "TensorBoard was given another kind of value",
        "size of input tensor and input format are different. tensor shape: {a}, input_format: {b}",
        "size of input tensor and input format are different",
        "Tensor should contain one element (0 dimensions)",
        "Input should be a 4D numpy array with 3 channels",
        "NotImplementedError: Got {t}, but numpy array or torch tensor are expected",
        "ufunc 'greater' did not contain a loop with signature matching types",
        means="Each method of the `SummaryWriter` takes one kind of value: `add_scalar` a number, "
        "`add_image` one picture, `add_images` a batch, `add_histogram` a tensor.",
        cure="`writer.add_scalar('loss', loss.item(), step)`. A batch goes to `add_images`; a picture "
        "without channels, or with the channels last, needs `dataformats='HW'` or `'HWC'`. The package "
        "itself: `pip install tensorboard`.",
        reads=lambda found: (
            f"The tensor has shape {found['a'].strip()[:30]}, and {found['b'].strip()[:8]} was expected."
            if "b" in found
            else "`add_histogram` of PyTorch before 2.0 does not work with NumPy 1.24 and newer: update "
            "PyTorch, or `pip install 'numpy<1.24'`. Your values are fine."
            if "ufunc 'greater'" in found["message"]
            else "`add_scalar` was given several values. Write them one by one, `for k, v in enumerate("
            "values): writer.add_scalar(f'accuracy/{k}', v, step)`, or their `.mean()`."
            if "should contain one element" in found["message"][:60]
            else ""
        ),
        program="""
import torch
from torch.utils.tensorboard import SummaryWriter

SummaryWriter().add_image("digit", torch.rand(28, 28))
""",
        change=(
            (
                'SummaryWriter().add_image("digit", torch.rand(28, 28))',
                'SummaryWriter().add_image("digit", torch.rand(28, 28), dataformats="HW")',
            ),
        ),
        page="training",
        runs="elsewhere",
    ),
    kind(
        "fastai-file",
        "A file of fastai read in the other of its two ways",
        "'dict' object has no attribute 'dls'",
        "'collections.OrderedDict' object has no attribute 'dls'",
        "'dict' object has no attribute 'to_fp32'",
        "Custom classes or functions exported with your 'Learner' are not available",
        "Custom classes or functions exported with your 'Learner' not available in namespace",
        means="fastai knows two kinds of file. `learn.save` writes the weights alone (`.pth`), which "
        "`learn.load` reads into a learner that is there; `learn.export` writes the whole learner (`.pkl`), "
        "which `load_learner` reads, and which needs every function and class of yours at hand.",
        cure="Weights: make the learner as before, then `learn.load('name')`, without folder and ending. For "
        "`load_learner`: `learn.export('model.pkl')` once, where it was trained. Your own functions, such as "
        "the one that gives the labels, have to be defined in, or imported into, the main program before.",
        reads=lambda found: (
            "The file holds weights only, so `learn.save` wrote it: read it with `learn.load`."
            if "object has no" in found["message"]
            else "The learner in the file refers to functions or classes of yours: define or import them "
            "first."
        ),
        program="""
from fastai.vision.all import load_learner

learn = load_learner("models/weights.pth")
""",
        change=(('learn = load_learner("models/weights.pth")', 'learn = load_learner("model.pkl")'),),
        page="checkpoints",
        runs="elsewhere",
        weight=3,
    ),
    kind(
        "notebook-progress",
        "A notebook without the package for its progress bars",
        "IProgress not found. Please update jupyter and ipywidgets",
        "IProgress not found",
        means="`tqdm.notebook`, and torchvision's downloads in a notebook, draw their bars with ipywidgets, "
        "which is missing. Nothing is wrong with PyTorch or the data.",
        cure="`pip install ipywidgets` into the environment of the kernel, then restart the kernel and "
        "reload the page. Or `from tqdm import tqdm` in place of `tqdm.notebook`.",
        page="quickstart",
        runs="elsewhere",
    ),
    kind(
        "tensorboard-empty",
        "TensorBoard shows nothing",
        "No dashboards are active for the current data set",
        "No scalar data was found",
        means="TensorBoard finds no file of events below the folder that it was given, or nothing has been "
        "written to it yet.",
        cure="Give it the folder that `print(writer.log_dir)` shows, with its full path: `tensorboard "
        "--logdir=/full/path/runs`. Call `writer.flush()`, or `writer.close()` at the end, and reload the "
        "page. In the folder there should be a file `events.out.tfevents...`.",
        program="""
from torch.utils.tensorboard import SummaryWriter

writer = SummaryWriter("runs/first")
writer.add_scalar("loss", 0.5, 1)
""",
        change=(('writer.add_scalar("loss", 0.5, 1)', 'writer.add_scalar("loss", 0.5, 1)\nwriter.close()'),),
        page="training",
        symptom=True,
        runs="elsewhere",
        complaints=(
            "tensorboard & empty|nothing|no data|not show|doesnt show|no dashboards|blank|not update|doesnt "
            "update|not appear",
        ),
    ),
)
