"""Weights in and out: what the tutorial saves loads here, what is saved here loads there, to the bit."""

import io
import itertools
from pathlib import Path

import pytest
import torch
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors
from torch import Tensor, nn

from core.config import LayerConfig, ModelConfig
from core.errors import CheckpointError
from core.exchange.weights import read_state_dict, read_weight_file, to_pth, to_safetensors
from core.exchange.weights.arrangements import with_activation
from core.exchange.weights.recognition import describe_network, expected_shapes, fit, recognize
from core.exchange.weights.uploads import read_uploaded_weights, to_model, write_notes
from core.model import NeuralNetwork, build
from tests import hostile_files
from tests.hostile_files import archive, program, saved, tensor

CONFIGS = {
    "tutorial": ModelConfig(),
    "tutorial without biases": ModelConfig(bias=False),
    "linear": ModelConfig(architecture="mlp", hidden=()),
    "mlp": ModelConfig(architecture="mlp", hidden=(30, 20), bias=False),
    "mlp with norms": ModelConfig(architecture="mlp", hidden=(30, 20), batch_norm=True),
    "cnn": ModelConfig(architecture="cnn", channels=(4, 8), hidden=(16,)),
    "cnn with norms": ModelConfig(architecture="cnn", channels=(4, 8, 8), hidden=(), batch_norm=True),
}
CUSTOM = ModelConfig(
    architecture="custom",
    layers=(
        LayerConfig(kind="conv", size=4, kernel=5),
        LayerConfig(kind="avg_pool", size=4),
        LayerConfig(kind="tanh"),
        LayerConfig(kind="flatten"),
        LayerConfig(kind="linear", size=10),
    ),
)
IMAGES = torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(1))


def equal(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    """Same names in the same order, same types, same bits."""
    return list(a) == list(b) and all(a[n].dtype == b[n].dtype and torch.equal(a[n], b[n]) for n in a)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize("kind", ["pth", "safetensors"])
def test_round_trip_gives_the_same_logits(config: ModelConfig, kind: str) -> None:
    """A network saved, read as a stranger's file, recognized and rebuilt gives its logits to the bit."""
    module = build(config).eval()
    data = to_pth(module.state_dict()) if kind == "pth" else to_safetensors(module.state_dict())
    upload = read_uploaded_weights(data)
    model = to_model(upload, title="mine", normalize="none")
    assert upload.model == config
    assert equal(upload.state_dict, module.state_dict())
    assert torch.equal(model.module(IMAGES), module(IMAGES))
    assert model.normalize == "none"


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_pickle_protocol_of_torch_save_is_read(protocol: int) -> None:
    """PyTorch writes protocol 2 unless told otherwise."""
    state = NeuralNetwork().state_dict()
    assert equal(read_state_dict(saved(state, pickle_protocol=protocol)), dict(state))


def test_the_tutorials_own_model_is_recognized(tmp_path: Path) -> None:
    """`torch.save(model.state_dict(), "model.pth")` of the tutorial's class, to a file."""
    torch.save(NeuralNetwork().state_dict(), tmp_path / "model.pth")
    assert read_uploaded_weights((tmp_path / "model.pth").read_bytes()).model == ModelConfig()


def test_our_files_load_where_nobody_knows_us() -> None:
    """`torch.load(weights_only=True)` and the safetensors package give our weights."""
    state = NeuralNetwork().state_dict()
    assert equal(torch.load(io.BytesIO(to_pth(state)), weights_only=True), dict(state))
    loaded = load_safetensors(to_safetensors(state, {"about": "a run"}))
    assert all(torch.equal(loaded[name], value) for name, value in state.items())


def test_files_of_the_safetensors_package_are_read() -> None:
    """Types and names come back, whatever the order of the bytes in the file."""
    state = {"b": torch.ones(2, 3, dtype=torch.float16), "a": torch.arange(4.0), "n": torch.tensor(7)}
    read = read_state_dict(save_safetensors(state))
    assert set(read) == set(state)
    assert all(torch.equal(read[n], state[n]) and read[n].dtype == state[n].dtype for n in state)


def test_parameters_and_shared_storage_are_read() -> None:
    """`state_dict(keep_vars=True)` holds parameters; tied and sliced tensors share a record."""
    layer = nn.Linear(4, 4)
    assert torch.equal(read_state_dict(saved(layer.state_dict(keep_vars=True)))["weight"], layer.weight)
    values = torch.arange(12.0)
    read = read_state_dict(saved({"whole": values, "part": values[4:8], "row": values.view(3, 4)[1]}))
    assert torch.equal(read["part"], values[4:8])
    assert torch.equal(read["row"], values[4:8])


def test_a_file_of_the_first_zip_format_is_read() -> None:
    """PyTorch 1.6 wrote the description, the values and a version, no byte order."""
    values = torch.tensor([1.0, 2.0, 3.0, 4.0])
    data = archive(program(("w", tensor([2, 2], [2, 1], 4))), {"0": values.numpy().tobytes()}, version=b"3\n")
    assert torch.equal(read_state_dict(data)["w"], values.view(2, 2))


def test_a_file_without_checksums_is_read() -> None:
    """`torch.serialization.set_crc32_options(False)` leaves them at zero."""
    torch.serialization.set_crc32_options(False)
    try:
        data = saved(hostile_files.network())
    finally:
        torch.serialization.set_crc32_options(True)
    assert equal(read_state_dict(data), hostile_files.network())


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "_orig_mod.module.", "module._orig_mod.module."])
def test_wrappers_names_are_taken_off(prefix: str) -> None:
    """DistributedDataParallel and torch.compile put a word before every name."""
    state = {f"{prefix}{name}": value for name, value in NeuralNetwork().state_dict().items()}
    upload = read_uploaded_weights(saved(state))
    assert upload.model == ModelConfig()
    assert upload.renamed


def test_wrappers_inside_a_network_are_taken_off() -> None:
    """A compiled or averaged part of a network has its word in the middle of names."""
    averaged = torch.optim.swa_utils.AveragedModel(NeuralNetwork())
    assert "n_averaged" in averaged.state_dict()
    assert read_uploaded_weights(saved(averaged.state_dict())).model == ModelConfig()
    state = {
        name.replace("stack.", "stack._orig_mod."): value
        for name, value in NeuralNetwork().state_dict().items()
    }
    assert read_uploaded_weights(saved(state)).model == ModelConfig()


def test_other_names_are_matched_by_shape() -> None:
    """A learner's own class with fc1 and fc2 is a stack of linear layers."""

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc1 = nn.Linear(784, 40)
            self.fc2 = nn.Linear(40, 10)

        def forward(self, x: Tensor) -> Tensor:
            logits: Tensor = self.fc2(torch.tanh(self.fc1(x.flatten(1))))
            return logits

    net = Net().eval()
    upload = read_uploaded_weights(saved(net.state_dict()))
    assert upload.model.hidden == (40,)
    tanh = with_activation(upload.found.likeliest, "tanh")
    model = to_model(upload, title="Net", normalize="none", arrangement=tanh)
    torch.testing.assert_close(model.module(IMAGES), net(IMAGES))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_become_float32(dtype: torch.dtype) -> None:
    """Half, bfloat16 and double weights are usable; counters stay whole numbers."""
    module = build(CONFIGS["mlp with norms"])
    state = {n: v.to(dtype) if v.is_floating_point() else v for n, v in module.state_dict().items()}
    upload = read_uploaded_weights(saved(state))
    assert {value.dtype for value in upload.state_dict.values()} == {torch.float32, torch.int64}


def test_activations_tell_networks_apart() -> None:
    """Two networks with one file differ in what caches go by."""
    upload = read_uploaded_weights(to_pth(build(CONFIGS["mlp"]).state_dict()))
    likeliest = upload.found.likeliest
    relu, tanh = (
        to_model(upload, title="mine", normalize="none", arrangement=with_activation(likeliest, activation))
        for activation in ("relu", "tanh")
    )
    assert relu.id != tanh.id
    assert relu.digest != tanh.digest


@pytest.mark.parametrize("config", [*CONFIGS.values(), CUSTOM], ids=[*CONFIGS, "custom"])
def test_expected_is_what_the_built_network_has(config: ModelConfig) -> None:
    """Names, order and shapes, told without building the network."""
    state = build(config).state_dict()
    assert list(expected_shapes(config).items()) == [(name, tuple(v.shape)) for name, v in state.items()]


def test_our_notes_bring_a_composed_network_back() -> None:
    """A `.safetensors` file of ours says what its weights cannot."""
    module = build(CUSTOM).eval()
    notes = write_notes(CUSTOM, "fashion_mnist", "a run")
    upload = read_uploaded_weights(to_safetensors(module.state_dict(), notes))
    assert upload.found.chain is None
    assert upload.model == CUSTOM
    assert upload.normalize == "fashion_mnist"
    model = to_model(upload, title="mine", normalize="fashion_mnist")
    assert torch.equal(model.module(IMAGES), module(IMAGES))


@pytest.mark.parametrize(
    "note",
    ["", "[]", "{", '{"architecture": "gpt"}', '{"hidden": [1e9]}', "[" * 90_000, '{"surprise": 1}', "1"],
)
def test_bad_notes_are_passed_over(note: str) -> None:
    """Notes are a stranger's words: what makes no sense is as if it were not there."""
    data = to_safetensors(build(ModelConfig()).state_dict(), {"model": note, "normalize": "?"})
    upload = read_uploaded_weights(data)
    assert upload.normalize is None
    assert upload.model == ModelConfig()


def test_a_network_known_here_is_found_by_its_names() -> None:
    """Weights of a composed network without notes fit the run they came from."""
    state = build(CUSTOM).state_dict()
    assert recognize(state, known=[CONFIGS["cnn"], CUSTOM]).likeliest.model == CUSTOM
    assert recognize(state, known=[CONFIGS["cnn"], CUSTOM]).chain is None
    assert recognize(state).chain is not None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"fc2.weight": torch.zeros(26, 8)}, "last layer, fc2, gives 26 values"),
        ({"fc2.weight": torch.zeros(10, 9)}, "fc2 takes 9 features, and the layer before it, fc1, gives 8"),
        ({"fc1.weight": torch.zeros(8, 1024)}, "fc1 takes 1,024 features, and the images here have 784"),
        ({"fc2.bias": None}, "fc2 has no bias"),
        ({"ln.weight": torch.ones(8), "ln.bias": torch.zeros(8)}, "layer norm"),
        ({"conv.weight": torch.zeros(4, 3, 3, 3)}, "conv takes 3 channels, and the images here have 1"),
        ({"conv.weight": torch.zeros(4, 1, 4, 4)}, "window is 4 × 4"),
        ({"conv.weight": torch.zeros(8, 1, 3, 3)}, "No padding, stride and pooling"),
        ({"rnn.weight_ih_l0": torch.zeros(4, 4)}, "recurrent"),
        ({"attn.in_proj_weight": torch.zeros(4, 4)}, "attention"),
        ({"scale": torch.zeros(4)}, "parameter scale"),
        ({"conv.weight": torch.zeros(4, 1, 3)}, "3 dimensions"),
        ({"fc1.weight": torch.zeros(8, 784, dtype=torch.int64)}, "fc1.weight is of type int64, not float"),
    ],
)
def test_the_layer_in_the_way_is_named(change: dict[str, Tensor | None], reason: str) -> None:
    """What fits no network here is refused for the layer that stands in the way."""
    state: dict[str, Tensor | None] = {
        "fc1.weight": torch.zeros(8, 784), "fc1.bias": torch.zeros(8),
        "fc2.weight": torch.zeros(10, 8), "fc2.bias": torch.zeros(10),
    }  # fmt: skip
    left = {name: value for name, value in {**state, **change}.items() if value is not None}
    with pytest.raises(CheckpointError, match=reason):
        read_uploaded_weights(saved(left))


def test_negative_variances_are_refused() -> None:
    """A batch norm would give NaN for every image."""
    state = dict(build(CONFIGS["mlp with norms"]).state_dict())
    state["layers.2.running_var"] = -torch.ones(30)
    with pytest.raises(CheckpointError, match="negative"):
        fit(state, recognize(state).likeliest)


def test_limits_are_on_elements_not_on_luck() -> None:
    """Ten million elements pass, one more does not."""
    values = torch.zeros(10_000_000, dtype=torch.float16)
    assert read_weight_file(saved({"w": values})).state_dict["w"].numel() == 10_000_000
    with pytest.raises(CheckpointError, match="10,000,001 elements"):
        read_state_dict(saved({"w": values, "b": torch.zeros(1)}))


def test_networks_are_described_in_words() -> None:
    """The sentence a visitor reads after an upload."""
    assert describe_network(ModelConfig()) == "The tutorial's network: 512-512-10, 669,706 parameters"
    assert describe_network(CUSTOM).startswith("A network built layer by layer: 4-10, ")


def checkpoints() -> dict[str, object]:
    """Training checkpoints as people and libraries write them, each with the same network."""
    model = NeuralNetwork()
    state = model.state_dict()
    optimizer = torch.optim.Adam(model.parameters())
    model(IMAGES).sum().backward()
    optimizer.step()
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
    rest = {"optimizer_state_dict": optimizer.state_dict(), "epoch": 5, "loss": 0.5, "history": [1.0, 2.0]}
    lightning = {f"model.{name}": value for name, value in state.items()}
    return {
        "PyTorch's recipe": {"model_state_dict": state, **rest},
        "state_dict": {"input_size": 784, "hidden_layers": [400, 200], "state_dict": state},
        "with a scheduler": {"net": state, "acc": 91.2, "sched": scheduler.state_dict(), **rest},
        "Lightning": {
            "epoch": 3, "global_step": 100, "pytorch-lightning_version": "2.5", "state_dict": lightning,
            "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": {"total": {"ready": 1}}}},
            "callbacks": {"ModelCheckpoint{'monitor': None}": {"best_model_score": torch.tensor(0.9)}},
            "optimizer_states": [optimizer.state_dict()], "lr_schedulers": [], "hparams_name": "kwargs",
            "hyper_parameters": {"lr": 0.001, "size": torch.Size([28, 28])},
        },
        "fastai": {"model": state, "opt": {"state": [], "hypers": [{"lr": 0.1}]}},
        "under a name of its own": {"my_network": state, "steps": 10, "device": torch.device("cpu")},
        "two levels down": {"checkpoint": {"model": state, "step": 3}, "version": "1.0"},
        "a number among the weights": {**state, "epoch": 7},
    }  # fmt: skip


@pytest.mark.parametrize("name", checkpoints())
@pytest.mark.parametrize("legacy", [False, True])
def test_the_weights_in_a_training_checkpoint_are_read(name: str, legacy: bool) -> None:
    """Whatever stands beside them is passed over; nothing of it is run. Before PyTorch 1.6 too."""
    value = checkpoints()[name]
    upload = read_uploaded_weights(saved(value, _use_new_zipfile_serialization=not legacy))
    assert [tuple(value.shape) for value in upload.state_dict.values()] == list(
        expected_shapes(ModelConfig()).values()
    )
    assert legacy == ("before PyTorch 1.6" in upload.kind)


def test_the_old_format_gives_the_same_bits() -> None:
    """Values, types and views of the format before PyTorch 1.6 are what PyTorch reads."""
    values = torch.arange(12.0)
    state = {
        "whole": values, "part": values[4:8], "half": torch.rand(3, 2).half(), "turned": torch.rand(3, 4).t(),
        "n": torch.tensor(7),
    }  # fmt: skip
    data = saved(state, _use_new_zipfile_serialization=False)
    read, wanted = read_state_dict(data), torch.load(io.BytesIO(data), weights_only=True)
    assert equal(read, wanted)
    for end in range(0, len(data), 7):
        with pytest.raises(CheckpointError):
            read_state_dict(data[:end])


def test_several_networks_in_one_file_are_asked_about() -> None:
    """Which of two is meant nobody can know."""
    generator, discriminator = NeuralNetwork().state_dict(), NeuralNetwork().state_dict()
    with pytest.raises(CheckpointError, match="several networks, generator, discriminator"):
        read_state_dict(saved({"generator": generator, "discriminator": discriminator}))


def test_every_dense_order_of_strides_is_read() -> None:
    """Transposed, channels-last and permuted tensors come back with the values PyTorch reads."""
    values = torch.arange(120.0).reshape(2, 3, 4, 5)
    state = {f"{order}": values.permute(order) for order in itertools.permutations(range(4))}
    state["channels last"] = torch.rand(4, 3, 5, 5).to(memory_format=torch.channels_last)
    state["one"] = torch.rand(4, 1, 3, 3).to(memory_format=torch.channels_last)
    read = read_state_dict(saved(state))
    assert equal(read, state)
    assert all(tensor.is_contiguous() for tensor in read.values())


@pytest.mark.parametrize("view", [torch.arange(12.0)[::2], torch.rand(1, 4).expand(3, 4)])
def test_a_view_with_gaps_or_repeats_is_not_read(view: Tensor) -> None:
    """Its values do not lie one after the other."""
    with pytest.raises(CheckpointError, match=r"clone|more values"):
        read_state_dict(saved({"w": view}))


def test_norms_without_affine_or_counts_are_filled_in() -> None:
    """`affine=False` has no weight and bias, and files from before PyTorch 0.4.1 no count."""
    module = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 6), nn.BatchNorm1d(6, affine=False), nn.ReLU(), nn.Linear(6, 10)
    ).eval()
    module[2].running_mean.uniform_()  # type: ignore[operator]
    state = {name: value for name, value in module.state_dict().items() if "num_batches" not in name}
    model = to_model(read_uploaded_weights(saved(state)), title="", normalize="none")
    torch.testing.assert_close(model.module(IMAGES), module(IMAGES))
