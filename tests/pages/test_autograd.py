"""The autograd page: every part runs, nodes say what they are, and widgets change what is computed."""

import statistics
import time

import pytest

from core.teaching.lessons.autograd import LESSON

PARTS = {
    "Expressions": ["Any expression leaves a graph"],
    "Graph": ["One layer and its loss", "Walking the graph"],
    "Network": ["One step of the tutorial's network"],
    "Backward": ["Backward", "Backward twice", "Backward, as PyTorch logs it"],
    "Leaves": ["Leaves, and who keeps a gradient"],
    "Adding up": ["Gradients add up"],
    "Dynamic": ["Graphs are dynamic"],
    "Not tracking": ["Switching tracking off", "What tracking costs"],
    "Frozen": ["Frozen parameters"],
    "Checking": ["Checked against finite differences"],
    "Vectors": ["Backward from a vector"],
}


@pytest.fixture
def autograd(open_page):
    """Opens the page at the address that the keyword arguments make."""
    return lambda **address: open_page("autograd", **address)


def text(app):
    """Everything that is read on the page, code included."""
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.code])


@pytest.mark.parametrize("part", PARTS)
def test_each_part_shows_its_steps(autograd, part):
    """A link opens the part, and only that part has run."""
    app = autograd(part=part)
    assert [heading.value for heading in app.header] == PARTS[part]
    assert not app.error


def test_every_step_of_the_lesson_is_on_the_page():
    """None is forgotten, none is there twice."""
    shown = [title for titles in PARTS.values() for title in titles]
    assert sorted(shown) == sorted(step.title for step in LESSON.steps)


def test_a_node_tells_its_formula_what_it_kept_and_its_gradient(autograd):
    """The product of the notes' example keeps x; its variable, formula and gradient are named."""
    app = autograd(part="Graph")
    assert "Operation `BinaryCrossEntropyWithLogits`" in text(app)
    functions = ("AccumulateGrad", "MmBackward0", "SqueezeBackward4", "AccumulateGrad", "AddBackward0")
    app.session_state["one_layer_graph_node"] = ((*functions, "BinaryCrossEntropyWithLogitsBackward0"), 1)
    app.run()
    assert "Operation `Mm`" in text(app)
    assert "$A B$" in text(app)
    assert "Kept for backward" in text(app)
    assert "the gradient of `loss`" in text(app)


def test_backward_twice_shows_the_real_error_until_the_graph_is_kept(autograd):
    """The text is PyTorch's own; with `retain_graph` the second backward adds up."""
    app = autograd(part="Backward")
    assert "RuntimeError: Trying to backward through the graph a second time" in text(app)
    app.toggle(key="backward_twice-retain_graph").set_value(True).run()
    assert "RuntimeError: Trying" not in text(app)
    assert "after the second: tensor([ 4.,  8., 12.])" in text(app)


def test_gradients_add_up_until_they_are_set_to_zero(autograd):
    """What is printed is what the bars show."""
    app = autograd(part="Adding up")
    assert "[3.0, 6.0, 9.0, 12.0]" in text(app)
    app.toggle(key="adding_up-zero").set_value(True).run()
    assert "[3.0, 3.0, 3.0, 3.0]" in text(app)


def test_a_frozen_layer_does_not_move(autograd):
    """The others do."""
    app = autograd(part="Frozen")
    assert "0.weight  moved by 0.0000" in text(app)
    assert "2.weight  moved by 0.0000" not in text(app)


def test_a_vector_of_the_wrong_length_gets_a_sentence(autograd):
    """PyTorch's own sentence, and no traceback."""
    app = autograd(part="Vectors")
    app.text_input(key="vector_jacobian-vector").set_value("[1, 2]").run()
    assert not app.exception
    assert len(app.error) == 1
    assert app.error[0].value.startswith("PyTorch says:")


def test_tracking_is_measured_again_on_demand(autograd):
    """The button runs the measurement anew."""
    app = autograd(part="Not tracking")
    before = [metric.value for metric in app.metric]
    assert len(before) == 3
    app.button(key="tracking_cost_again").click().run()
    assert not app.exception
    assert [metric.value for metric in app.metric][2] == before[2]  # the bytes do not depend on the clock


def test_a_click_is_answered_quickly(autograd):
    """Median CPU time of a run, each with values not computed before; other processes do not count."""
    app = autograd(part="Graph")
    times = []
    for seed in range(1, 8):
        app.slider(key="one_layer-seed").set_value(seed)
        started = time.process_time()
        app.run()
        times.append(time.process_time() - started)
    assert not app.exception
    assert statistics.median(times) < 0.3, times
