"""The autograd graph of any tensor, as plain nodes and edges."""

from core.analysis.graph.nodes import MAX_NODES, Graph, Node, Value, trace_backward, trace_graph

__all__ = ["MAX_NODES", "Graph", "Node", "Value", "trace_backward", "trace_graph"]
