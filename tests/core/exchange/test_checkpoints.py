"""Weights in and out: what the tutorial saves loads here, what is saved here loads there, to the bit."""

import io
from pathlib import Path

import pytest
import torch
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors
from torch import Tensor, nn

from core.config import LayerConfig, ModelConfig
from core.errors import CheckpointError
from core.exchange.weights import read_state_dict, read_weight_file, to_pth, to_safetensors
from core.exchange.weights.recognition import compare, describe_network, expected, fit, recognise
from core.exchange.weights.uploads import notes, read_upload, to_model
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
    """A network saved, read as a stranger's file, recognised and rebuilt gives its logits to the bit."""
    module = build(config).eval()
    data = to_pth(module.state_dict()) if kind == "pth" else to_safetensors(module.state_dict())
    upload = read_upload(data)
    model = to_model(upload, title="mine", normalize="none", activation="relu")
    assert upload.model == config
    assert equal(upload.state_dict, module.state_dict())
    assert torch.equal(model.module(IMAGES), module(IMAGES))
    assert model.normalize == "none"


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_pickle_protocol_of_torch_save_is_read(protocol: int) -> None:
    """PyTorch writes protocol 2 unless told otherwise."""
    state = NeuralNetwork().state_dict()
    assert equal(read_state_dict(saved(state, pickle_protocol=protocol)), dict(state))


def test_the_tutorials_own_model_is_recognised(tmp_path: Path) -> None:
    """`torch.save(model.state_dict(), "model.pth")` of the tutorial's class, to a file."""
    torch.save(NeuralNetwork().state_dict(), tmp_path / "model.pth")
    assert read_upload((tmp_path / "model.pth").read_bytes()).model == ModelConfig()


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


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "_orig_mod.module."])
def test_wrappers_names_are_taken_off(prefix: str) -> None:
    """DistributedDataParallel and torch.compile put a word before every name."""
    state = {f"{prefix}{name}": value for name, value in NeuralNetwork().state_dict().items()}
    upload = read_upload(saved(state))
    assert upload.model == ModelConfig()
    assert upload.renamed


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
    upload = read_upload(saved(net.state_dict()))
    assert upload.model.hidden == (40,)
    model = to_model(upload, title="Net", normalize="none", activation="tanh")
    torch.testing.assert_close(model.module(IMAGES), net(IMAGES))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions_become_float32(dtype: torch.dtype) -> None:
    """Half, bfloat16 and double weights are usable; counters stay whole numbers."""
    module = build(CONFIGS["mlp with norms"])
    state = {n: v.to(dtype) if v.is_floating_point() else v for n, v in module.state_dict().items()}
    upload = read_upload(saved(state))
    assert {value.dtype for value in upload.state_dict.values()} == {torch.float32, torch.int64}


def test_activations_tell_networks_apart() -> None:
    """Two networks with one file differ in what caches go by."""
    upload = read_upload(to_pth(build(CONFIGS["mlp"]).state_dict()))
    relu, tanh = (
        to_model(upload, title="mine", normalize="none", activation=activation)
        for activation in ("relu", "tanh")
    )
    assert relu.id != tanh.id
    assert relu.digest != tanh.digest


@pytest.mark.parametrize("config", [*CONFIGS.values(), CUSTOM], ids=[*CONFIGS, "custom"])
def test_expected_is_what_the_built_network_has(config: ModelConfig) -> None:
    """Names, order and shapes, told without building the network."""
    state = build(config).state_dict()
    assert list(expected(config).items()) == [(name, tuple(v.shape)) for name, v in state.items()]


def test_our_notes_bring_a_composed_network_back() -> None:
    """A `.safetensors` file of ours says what its weights cannot."""
    module = build(CUSTOM).eval()
    upload = read_upload(to_safetensors(module.state_dict(), notes(CUSTOM, "fashion_mnist", "a run")))
    assert upload.told
    assert upload.model == CUSTOM
    assert upload.normalize == "fashion_mnist"
    model = to_model(upload, title="mine", normalize="fashion_mnist", activation="relu")
    assert torch.equal(model.module(IMAGES), module(IMAGES))


@pytest.mark.parametrize(
    "note",
    ["", "[]", "{", '{"architecture": "gpt"}', '{"hidden": [1e9]}', "[" * 90_000, '{"surprise": 1}', "1"],
)
def test_bad_notes_are_passed_over(note: str) -> None:
    """Notes are a stranger's words: what makes no sense is as if it were not there."""
    data = to_safetensors(build(ModelConfig()).state_dict(), {"model": note, "normalize": "?"})
    upload = read_upload(data)
    assert not upload.told
    assert upload.model == ModelConfig()


def test_a_network_known_here_is_found_by_its_names() -> None:
    """Weights of a composed network without notes fit the run they came from."""
    state = build(CUSTOM).state_dict()
    assert recognise(state, known=[CONFIGS["cnn"], CUSTOM]) == CUSTOM
    with pytest.raises(CheckpointError, match="fit no network known here"):
        recognise(state)


def test_misfits_are_told_apart() -> None:
    """Missing, unexpected and differently shaped tensors each have their place."""
    state = dict(NeuralNetwork().state_dict())
    state["head.weight"] = state.pop("linear_relu_stack.4.weight")
    state["linear_relu_stack.0.bias"] = torch.zeros(500)
    found = compare(state, ModelConfig())
    assert found.missing == ("linear_relu_stack.4.weight",)
    assert found.unexpected == ("head.weight",)
    assert found.different == (("linear_relu_stack.0.bias", (500,), (512,)),)
    assert not found.fits
    with pytest.raises(CheckpointError, match=r"missing .*unexpected head.weight; .* is 500 instead of 512"):
        recognise(state)


def test_negative_variances_are_refused() -> None:
    """A batch norm would give NaN for every image."""
    state = dict(build(CONFIGS["mlp with norms"]).state_dict())
    state["layers.2.running_var"] = -torch.ones(30)
    with pytest.raises(CheckpointError, match="negative"):
        fit(state, CONFIGS["mlp with norms"])


def test_limits_are_on_elements_not_on_luck() -> None:
    """Ten million elements pass, one more does not."""
    values = torch.zeros(10_000_000, dtype=torch.float16)
    assert read_weight_file(saved({"w": values})).state_dict["w"].numel() == 10_000_000
    with pytest.raises(CheckpointError, match="10,000,001 elements"):
        read_state_dict(saved({"w": values, "b": torch.zeros(1)}))


def test_networks_are_described_in_words() -> None:
    """The sentence a visitor reads after an upload."""
    assert describe_network(ModelConfig()) == "The tutorial's network: 512-512-10, 669,706 parameters"
    assert describe_network(CUSTOM).startswith("A network composed here: 4-10, ")
