"""Products of linear layers: the same numbers by either library."""

import pytest
import torch
from torch.nn import functional as F

from core.training.engine import products


@pytest.fixture(params=[False, True], ids=["MKL", "oneDNN"])
def library(request, monkeypatch):
    """Either library, whatever this machine would take."""
    if request.param and not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        pytest.skip("this PyTorch was built without oneDNN")
    monkeypatch.setattr(products, "prefers_onednn", lambda: request.param)


def same(found, expected):
    """To rounding, which differs with the order of a sum."""
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("n", "inputs", "outputs"), [(64, 784, 512), (1, 3, 2), (17, 512, 10)])
def test_a_product_is_that_of_pytorch(library, random_state, n, inputs, outputs):
    """With and without a bias, and with a transposed matrix, as backward passes it."""
    x = torch.rand(n, inputs, generator=random_state)
    weight = torch.rand(outputs, inputs, generator=random_state)
    bias = torch.rand(outputs, generator=random_state)
    same(products.linear(x, weight, bias), F.linear(x, weight, bias))
    same(products.linear(x, weight), F.linear(x, weight))
    back = torch.rand(n, outputs, generator=random_state)
    same(products.linear(back, weight.t()), back @ weight)


@pytest.mark.parametrize("keep", [1.0, 0.9])
def test_an_update_is_that_of_sgd(library, random_state, keep):
    """Weight decay and the gradient's product are taken off in place."""
    weight = torch.rand(7, 5, generator=random_state)
    gradient, x = torch.rand(4, 7, generator=random_state), torch.rand(4, 5, generator=random_state)
    expected = keep * weight - 0.1 * gradient.t() @ x
    products.subtract_product(weight, gradient, x, 0.1, keep)
    same(weight, expected)


@pytest.mark.parametrize(
    ("maker", "capability", "expected"),
    [("AuthenticAMD", "AVX512", True), ("AuthenticAMD", "AVX2", False), ("GenuineIntel", "AVX512", False)],
)
def test_onednn_is_for_amd_with_avx512(monkeypatch, maker, capability, expected):
    """Decided by the processor, not by a stopwatch: a run goes on with the products it began with."""
    monkeypatch.setattr(products.Path, "read_text", lambda path: f"vendor_id : {maker}")
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    if not (torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")):
        expected = False
    assert products.prefers_onednn.__wrapped__() is expected
