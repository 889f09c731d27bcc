"""The graph that is drawn is PyTorch's own: its nodes, its edges, what it saves, and the gradients in it."""

import pytest
import torch
from torch import Tensor, nn

from core.analysis.graph import MAX_NODES, Graph, trace_backward, trace_graph
from core.analysis.graph.formulas import FORMULAS
from core.errors import LessonInputError
from core.teaching.lessons.autograd import LESSON, network_loss
from core.teaching.snippets import execute


def one_layer(generator: torch.Generator) -> dict[str, Tensor]:
    """The notes' example, by its variables."""
    x, y = torch.ones(5), torch.zeros(3)
    w = torch.randn(5, 3, generator=generator, requires_grad=True)
    b = torch.randn(3, generator=generator, requires_grad=True)
    z = torch.matmul(x, w) + b
    loss = nn.functional.binary_cross_entropy_with_logits(z, y)
    return {"x": x, "y": y, "w": w, "b": b, "z": z, "loss": loss}


def by_title(graph: Graph, title: str):
    return next(node for node in graph.nodes if node.title == title)


def test_the_notes_example_has_its_six_nodes(random_state: torch.Generator) -> None:
    """Two leaves, the matrix product with its squeeze, the sum, the loss; edges in the forward direction."""
    names = one_layer(random_state)
    graph = trace_graph(names["loss"], names)
    assert [node.title for node in graph.nodes] == [
        "w",
        "Mm",
        "Squeeze",
        "b",
        "Add",
        "BinaryCrossEntropyWithLogits",
    ]
    assert {(graph.nodes[a].title, graph.nodes[b].title) for a, b in graph.edges} == {
        ("w", "Mm"),
        ("Mm", "Squeeze"),
        ("Squeeze", "Add"),
        ("b", "Add"),
        ("Add", "BinaryCrossEntropyWithLogits"),
    }
    assert [node.kind for node in graph.nodes] == [
        "leaf",
        "operation",
        "operation",
        "leaf",
        "operation",
        "output",
    ]


def test_variables_are_recognized_where_they_are_kept(random_state: torch.Generator) -> None:
    """The product keeps x, the loss keeps z and y: names, shapes and values."""
    names = one_layer(random_state)
    graph = trace_graph(names["loss"], names)
    kept = {value.of: value for node in graph.nodes for value in node.saved if value.name != "variable"}
    assert set(kept) == {"x", "z", "y"}
    assert torch.equal(kept["z"].tensor, names["z"].detach())
    assert by_title(graph, "Add").variable == "z"
    assert by_title(graph, "Add").shape == (3,)


def test_gradients_are_those_of_autograd(random_state: torch.Generator) -> None:
    """What arrives at each node is the derivative of the loss with respect to the value it stands for."""
    names = one_layer(random_state)
    expected = torch.autograd.grad(names["loss"], [names["w"], names["b"], names["z"]], retain_graph=True)
    graph = trace_backward(names["loss"], names)
    for title, gradient in zip(("w", "b", "Add"), expected, strict=True):
        assert torch.equal(by_title(graph, title).gradient.tensor, gradient)
    assert graph.nodes[-1].gradient.tensor.item() == 1
    assert torch.equal(names["w"].grad, expected[0])


def test_the_drawing_outlives_the_graph(random_state: torch.Generator) -> None:
    """Saved values are copies: still there after PyTorch freed its own, and changing one changes nothing."""
    names = one_layer(random_state)
    graph = trace_backward(names["loss"], names)
    with pytest.raises(RuntimeError, match="second time"):
        names["loss"].backward()
    kept = next(value for node in graph.nodes for value in node.saved if value.of == "y")
    kept.tensor.fill_(7)
    assert names["y"].sum() == 0


def test_a_value_used_twice_is_one_node_with_two_users() -> None:
    """A graph is not a tree: a used in two places has one leaf, and its gradients are added."""
    a = torch.tensor(1.5, requires_grad=True)
    b = torch.tensor(2.0, requires_grad=True)
    graph = trace_backward(a * b + a, {"a": a, "b": b})
    leaf = by_title(graph, "a")
    assert len([edge for edge in graph.edges if edge[0] == leaf.id]) == 2
    assert leaf.gradient.tensor.item() == 3.0


def test_a_vector_needs_a_gradient_to_start_from() -> None:
    """The vector-Jacobian product starts from the given vector."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    graph = trace_backward(x * 3, {"x": x}, torch.tensor([1.0, 10.0]))
    assert by_title(graph, "x").gradient.tensor.tolist() == [3.0, 30.0]


def test_large_tensors_are_described_and_not_kept() -> None:
    """Of the network's weights only the shape, the size and the norm are kept."""
    _, namespace, _ = execute(network_loss.code(batch=1))
    graph = trace_backward(namespace["loss"], namespace)
    weight = by_title(graph, "linear_relu_stack.0.weight")
    assert weight.shape == (512, 784)
    assert weight.gradient.tensor is None
    assert weight.gradient.norm == pytest.approx(
        namespace["model"].linear_relu_stack[0].weight.grad.norm().item(), rel=1e-5
    )
    assert all(
        value.tensor is None or value.tensor.numel() <= 64 for node in graph.nodes for value in node.saved
    )


def test_layers_follow_the_edges(random_state: torch.Generator) -> None:
    """In a drawing every edge goes down, and every node is drawn once."""
    _, namespace, _ = execute(network_loss.code())
    for graph in (trace_graph(one_layer(random_state)["loss"]), trace_graph(namespace["loss"])):
        rows = graph.layers()
        row_of = {node: at for at, row in enumerate(rows) for node in row}
        assert sorted(row_of) == [node.id for node in graph.nodes]
        assert all(row_of[a] < row_of[b] for a, b in graph.edges)
        assert rows[-1] == (len(graph.nodes) - 1,)


def test_what_has_no_graph_is_refused() -> None:
    """A tensor that requires no gradient, and a graph too large to draw, each get a sentence."""
    with pytest.raises(LessonInputError, match="no graph"):
        trace_graph(torch.ones(3))
    deep = torch.ones(1, requires_grad=True)
    for _ in range(MAX_NODES + 1):
        deep = deep * 2
    with pytest.raises(LessonInputError, match=str(MAX_NODES)):
        trace_graph(deep)


def test_every_operation_of_the_lesson_has_its_formula() -> None:
    """No node that the page can draw is without its formula."""
    for name in ("one_layer", "expression", "network_loss"):
        step = LESSON.step(name)
        for values in [{}] + [
            {"expression": option} for option in getattr(step.params.get("expression"), "options", ())
        ]:
            code = step.code(**values).replace("f.backward()\n", "")
            _, namespace, error = execute(code)
            assert error is None
            for node in trace_graph(namespace[step.shown[-1]]).nodes:
                assert node.forward, node.function
                assert node.backward, node.function
    assert all(forward and backward for forward, backward in FORMULAS.values())
