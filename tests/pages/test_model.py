"""The network page: compositions built, explained and repaired; every section on every network; links."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from torch.nn import functional as F

from core.analysis.backward import record
from core.config import DataConfig, LayerConfig, ModelConfig, TrainConfig
from core.model import build, layers_of
from core.model.layer_text import layers_from_text, layers_to_text
from core.model.summary import summarize_network
from core.training import pretrained
from core.training.engine.batches import to_input
from core.training.jobs.training import TrainingJob
from core.training.runs import RunStore
from ui import resources

PROJECT = Path(__file__).resolve().parents[2]
CNN = "conv8-relu-maxpool2-flatten-linear10"
SECTIONS = ("Build", "Architecture", "Parameters", "Forward", "Backward", "Compare")


def text_of(app):
    """Everything a visitor reads on the page."""
    parts = [*app.markdown, *app.caption, *app.header, *app.header]
    return "\n".join(element.value for element in parts)


def codes(app):
    return [block.value for block in app.code]


def metrics(app):
    return {metric.label: metric.value for metric in app.metric}


@pytest.fixture
def open_model(open_page):
    """A function that opens the page at a section."""
    return lambda section="Build", **query: open_page("model", section=section, **query)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(
    "spec", [None, CNN, "flatten-linear10n", "maxpool2-flatten-batchnorm-linear10-softmax"]
)
def test_every_section_shows_every_network(open_model, section, spec):
    """The pretrained one, a convolutional one, one without biases, one that ends with a softmax."""
    query = {} if spec is None else {"layers": spec, "weights": "built"}
    app = open_model(section, **query)
    assert not app.error, [error.value for error in app.error]
    assert not app.toast


def test_the_tutorial_s_network_is_printed_as_pytorch_prints_it(open_model):
    app = open_model()
    assert repr(build(ModelConfig())) in codes(app)
    assert metrics(app)["Parameters"] == "669,706"
    assert any("class NeuralNetwork(nn.Module):" in code for code in codes(app))


def test_layers_are_added_changed_moved_and_removed(open_model):
    """Each click changes the network and the link; widgets start from what the layer says."""
    app = open_model()
    app.radio(key="chosen_layer").set_value(1).run()
    assert app.number_input[0].value == 512
    app.number_input[0].set_value(64).run()
    assert app.query_params["layers"] == "flatten-linear64-relu-linear512-relu-linear10"
    button(app, "Add below").click().run()
    assert app.radio(key="chosen_layer").value == 2
    app.selectbox[0].set_value("dropout").run()
    assert app.query_params["layers"] == "flatten-linear64-dropout0.2-relu-linear512-relu-linear10"
    button(app, "Down").click().run()
    assert app.query_params["layers"] == "flatten-linear64-relu-dropout0.2-linear512-relu-linear10"
    assert app.radio(key="chosen_layer").value == 3
    button(app, "Up").click().run()
    button(app, "Remove").click().run()
    assert app.query_params["layers"] == "flatten-linear64-relu-linear512-relu-linear10"
    built = build(ModelConfig(architecture="custom", layers=layers_from_text(app.query_params["layers"])))
    assert repr(built) in codes(app)
    assert not app.exception


def button(app, label):
    return next(button for button in app.button if button.label == label)


def test_a_misfit_is_explained_and_the_fix_is_one_click(open_model):
    """The sentence names the layer, the button repairs it, and the network is shown again."""
    app = open_model(layers="flatten-linear512-relu-linear10i256")
    assert [error.value for error in app.error] == [
        "Layer 3, Linear, takes 256 features but is given 512: set its inputs to 512."
    ]
    assert not any("Network" in code for code in codes(app))
    app.button(key="fix").click().run()
    assert not app.error
    assert app.query_params["layers"] == "flatten-linear512-relu-linear10i512"
    assert any("Network" in code for code in codes(app))


@pytest.mark.parametrize("section", SECTIONS[1:])
def test_other_sections_say_what_does_not_fit(open_model, section):
    """A half-built network is a sentence everywhere, never an exception."""
    app = open_model(section, layers="linear10", weights="built")
    if section == "Compare":
        assert "The one built here" not in app.selectbox(key="first").options
    else:
        assert app.error[0].value.startswith("Layer 0, Linear, takes a row of features")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("layers", "flatten-linear999999"), ("layers", "x" * 3000), ("layers", "-"), ("section", "Nowhere"),
        ("weights", "?"), ("sample", "-1"), ("sample", "1e9"), ("layer", "99"), ("unit", "-5"),
        ("unit", "zzz"), ("temperature", "0"), ("seed", "-1"), ("parameter", "no.such"), ("batch", "900"),
    ],
)  # fmt: skip
def test_a_bogus_link_shows_the_page(open_page, name, value):
    """Whatever the link says, the page stands; its own parameters are answered with a sentence."""
    app = open_page("model", **{"section": "Forward", name: value})
    assert not app.error
    if name in ("layers", "sample", "layer", "weights", "unit"):
        app = open_page("model", **{"section": "Forward", "weights": "built", name: value})
        assert app.toast


def test_random_links_never_raise(open_page):
    """Thirty random stacks, most of them misfits, straight from the link."""
    rng = random.Random(5)
    kinds = ["linear", "conv", "max_pool", "relu", "flatten", "batch_norm", "dropout", "softmax"]
    app = open_page("model")
    for _ in range(30):
        count = rng.randint(1, 9)
        layers = [LayerConfig(kind=rng.choice(kinds), size=rng.randint(1, 14)) for _ in range(count)]
        app.query_params["layers"] = layers_to_text(layers)
        app.run()
        assert not app.exception, layers_to_text(layers)
        assert len(app.error) <= 1


def test_architecture_counts_the_module_on_the_page(open_model):
    """The totals are those of the trained module; the drawing has a box for each layer and names them."""
    app = open_model("Architecture")
    summary = summarize_network(pretrained.load().module)
    table = app.dataframe[0].value
    assert table["Multiply-adds"].tolist() == [row.multiply_adds for row in summary.rows] + [
        summary.multiply_adds
    ]
    assert table["Layer"].tolist()[:-1] == list(summary.names)
    assert metrics(app)["Parameters"] == f"{summary.parameters:,}"
    chart = app.get("vega_lite_chart")[0].proto
    assert "Flatten to 784" in chart.alt
    assert json.loads(chart.spec)["layer"]


def test_a_trained_network_can_be_changed_in_build(open_model):
    """One click takes the layers over and opens the section."""
    app = open_model("Architecture", layers=CNN)
    button(app, "Change these layers in Build").click().run()
    assert "section" not in app.query_params
    assert "As code" in text_of(app)
    assert "layers" not in app.query_params


def test_parameters_say_how_far_training_went(open_model):
    """The pretrained model has moved; fresh weights have not."""
    assert "Training has moved it by" in text_of(open_model("Parameters"))
    assert "Nothing has moved it yet" in text_of(open_model("Parameters", weights="built", layers=CNN))


def test_a_run_is_looked_into_at_every_epoch(open_model, fresh_resources, small_train, small_test):
    """The slider goes through the epochs that are kept, and each has its own weights."""
    config = TrainConfig(
        epochs=3, batch_size=128, data=DataConfig(dataset="sample-0a0b0c0d"), device="cpu", threads=1
    )
    job = TrainingJob(config, RunStore(fresh_resources), small_train, small_test)
    job.run(lambda _: None, lambda: False)
    app = open_model("Parameters", model=config.key())
    after_three = metrics(app)
    assert "3 of 3 epochs" in text_of(app)
    app.select_slider[0].set_value(1).run()
    assert not app.exception
    assert not app.warning
    assert metrics(app)["Values"] == after_three["Values"]
    assert "1 of 3 epochs" in text_of(app)
    assert "Training has moved it by" in text_of(app)


def test_a_neuron_has_its_picture_its_garments_and_its_effect(open_model):
    """`?neuron=` chooses it; what is lost without it names the split and the count."""
    text = text_of(open_model("Parameters", neuron="7"))
    assert "**Neuron 7**" in text
    assert "first 1,000 test images" in text
    assert "With this neuron held at 0" in text


def test_forward_writes_a_neuron_out(open_model):
    """The sum of the chosen value stands there, and moves with the field."""
    app = open_model("Forward", unit="3")
    assert "Value [3] is" in text_of(app)
    app.number_input(key="activation_field_512").set_value(9).run()
    assert "Value [9] is" in text_of(app)
    assert app.query_params["unit"] == "9"
    assert "argmax`, the place of the largest, is **Ankle boot**" in text_of(app)


def test_feature_maps_of_a_convolution(open_model):
    """A channel's value is a sum over its window."""
    text = text_of(open_model("Forward", weights="built", layers=CNN, layer="1", channel="5"))
    assert "8 feature maps of 28 × 28" in text
    assert "Value [5, " in text
    assert "9 products, input times weight" in text


def test_backward_adds_a_gradient_up_and_updates_a_weight(open_model):
    """What is shown of the chosen weight adds up, and the update is that of the chosen optimizer."""
    app = open_model(
        "Backward", parameter="linear_relu_stack.4.bias", entry="9", optimizer="AdamW", lr="0.01"
    )
    shown = metrics(app)
    assert float(shown["Weight after"]) == pytest.approx(
        float(shown["Weight"]) + float(shown["Change"]), abs=1e-5
    )
    assert abs(float(shown["Change"])) == pytest.approx(0.01, rel=0.01)  # Adam's first step is the rate
    module = pretrained.load().module
    assert float(shown["Weight"]) == pytest.approx(module.linear_relu_stack[4].bias[9].item(), abs=1e-6)
    app.number_input(key="backward_entry").set_value(5).run()
    assert app.query_params["entry"] == "5"


@pytest.mark.parametrize("query", [{}, {"layers": CNN, "weights": "built"}])
def test_backward_opens_on_the_value_that_matters_most(open_model, query):
    """Of all that a layer gives, none has a larger gradient; most have 0, and explain nothing."""
    app = open_model("Backward", **query)
    path = next(frame.value for frame in app.dataframe if "On the path" in frame.value)
    assert path["Gradient, all paths"][0] != 0
    if not query.get("layers"):
        split, module = resources.test_split(), pretrained.load().module
        done = record(module, to_input(split.images[:1], "none"), split.labels[:1], F.cross_entropy)
        largest = done.gradients(3).abs().max().item()  # of what the second linear layer takes
        assert abs(path["Gradient, all paths"][0]) == pytest.approx(largest, rel=1e-4)


def test_backward_follows_a_pixel_of_a_convolution_to_the_loss(open_model):
    """The path through the layers stands there, down to the loss, for the image and for a feature map."""
    for layer, depth in (("0", 5), ("1", 4)):
        app = open_model("Backward", weights="built", layers=CNN, layer=layer, channel="2", unit="400")
        assert not app.error
        path = next(frame.value for frame in app.dataframe if "On the path" in frame.value)
        assert 1 <= len(path) <= depth + 1


def test_compare_counts_and_times(open_model):
    """Both networks' parameters, and a time for each."""
    app = open_model("Compare")
    labels = [metric.label for metric in app.metric]
    counted = [metric.value for metric in app.metric if metric.label == "Parameters"]
    cnn = summarize_network(build(ModelConfig(architecture="cnn"))).parameters
    assert counted == ["669,706", f"{cnn:,}"]
    assert sum("Forward pass, 64 images" in label for label in labels) == 2


def test_the_network_goes_to_the_training_page(open_model):
    """One link carries the layers."""
    app = open_model(layers=CNN)
    links = [link.proto for link in app.get("page_link")]
    carried = [link for link in links if "architecture=custom" in link.query_string]
    assert len(carried) == 1
    assert f"layers={CNN}" in carried[0].query_string


@pytest.mark.parametrize("section", SECTIONS)
def test_the_largest_network_answers_in_two_seconds(open_model, section):
    """Close to every bound at once: 48 layers, 10 million parameters; the second run has nothing to build."""
    relus = "relu-" * 20
    spec = f"conv40-relu-conv20-maxpool2-{relus}flatten-linear2048-linear512-{relus}linear10"
    layers = layers_from_text(spec)
    assert len(layers) == 48
    assert layers_of(ModelConfig(architecture="custom", layers=layers)) == layers
    app = open_model(section, layers=spec, weights="built")
    assert not app.error
    start = time.process_time()
    app.run()
    assert time.process_time() - start < 2


MEMORY = """
import sys
from pathlib import Path
from streamlit.testing.v1 import AppTest

def resident(entry):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(entry)) * 1024 / 1e6

app = AppTest.from_file("streamlit_app.py", default_timeout=60).run()
app.switch_page("pages/model.py")
sections = ("Build", "Architecture", "Parameters", "Forward", "Backward", "Compare")

def visit(section, **query):
    for name, value in query.items():
        app.query_params[name] = value
    app.query_params["section"] = section
    app.run()
    assert not app.exception and not app.error, query

for section in sections:
    visit(section)
idle = resident("VmRSS")
Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
for spec in sys.argv[1:]:
    for section in sections[2:]:
        visit(section, layers=spec, weights="built", first="The one built here", layer="2", batch="8")
print(resident("VmHWM") - idle)
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peaks are read as Linux tells them")
def test_no_network_makes_the_page_take_200_mb():
    """The most parameters, the widest layers, the most work allowed: every section, one after another."""
    texts = [
        "conv127k1-flatten-linear98-linear10",
        "conv128k1-" + "relu-" * 8 + "maxpool14-flatten-linear10",
        "conv128k9-conv15k9-flatten-linear800-linear10",
    ]
    command = [sys.executable, "-c", MEMORY, *texts]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert float(done.stdout.split()[-1]) < 200
