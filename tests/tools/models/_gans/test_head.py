"""The discriminator's last layer: the class by projection, and a look at the whole batch where it is asked for."""

import pytest
import torch

from noglue.tools.models._gans.conditioning import KERNELS, Head
from noglue.tools.training.randomness import random

KINDS = ["none", "stddev", "discrimination"]


def features(count: int = 6) -> torch.Tensor:
    return torch.randn(count, 32, generator=random(1))


def head(classes: int, minibatch: str) -> Head:
    torch.manual_seed(0)
    return Head(32, classes, minibatch)


@pytest.mark.parametrize("minibatch", KINDS)
def test_a_logit_each_which_depends_on_the_others_only_where_it_should(minibatch: str) -> None:
    judged = head(0, minibatch)
    x = features()
    others = torch.cat([x[:1], x[1:] * 0.1])
    whole, changed = judged(x, None), judged(others, None)
    assert whole.shape == (6,)
    assert (minibatch == "none") == torch.allclose(whole[0], changed[0])


@pytest.mark.parametrize("minibatch", KINDS)
def test_the_class_is_told_by_projection(minibatch: str) -> None:
    judged, x, labels = head(10, minibatch), features(), torch.arange(6)
    assert judged.embed is not None
    added = judged(x, labels) - judged(x, labels * 0)
    expected = (x * (judged.embed.weight[:6] - judged.embed.weight[:1])).sum(1)
    assert torch.allclose(added, expected, atol=1e-5)


def test_stddev_is_the_mean_spread_of_the_features() -> None:
    judged = head(0, "stddev")
    with torch.no_grad():
        judged.linear.weight.zero_()
        judged.linear.weight[0, -1] = 1
    x = features()
    assert torch.allclose(judged(x, None), x.std(0, correction=0).mean().expand(6), atol=1e-4)
    assert float(judged(x[:1].expand(6, -1), None).detach().max()) < 1e-3


def test_discrimination_counts_the_others_that_lie_near() -> None:
    judged = head(0, "discrimination")
    with torch.no_grad():
        judged.linear.weight.zero_()
        judged.linear.weight[0, -KERNELS:] = 1 / KERNELS
    x = features()
    assert torch.allclose(judged(x[:1].expand(6, -1), None), torch.full((6,), 5.0))
    assert float(judged(x * 1000, None).detach().abs().max()) < 1e-3
    pairs = torch.cat([x[:3], x[:3]]) * 1000
    assert torch.allclose(judged(pairs, None), torch.ones(6), atol=1e-3)
