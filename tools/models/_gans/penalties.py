"""Penalties on the discriminator's gradient with respect to its input; float32 throughout, as they are differentiated.

>>> squared_gradient(discriminator(images, labels), images).mean() / 2    # R1 on real images, R2 on generated ones
tensor(0.31, grad_fn=…)

zero-centred    ½ E‖∇ D(x)‖² (Mescheder et al. 2018, arXiv:1801.04406)
unit            E(‖∇ D(x)‖ - 1)² (Gulrajani et al. 2017, arXiv:1704.00028)
"""

from collections.abc import Callable

import torch

Discriminator = Callable[[torch.Tensor, torch.Tensor | None], torch.Tensor]


def squared_gradient(logits: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """‖∇ logit‖² of each image, float32 (n,), differentiable. images: what `logits` (n,) were computed from."""
    (gradient,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
    return gradient.float().square().flatten(1).sum(1)


def unit_gradient(
    discriminator: Discriminator, real: torch.Tensor, fake: torch.Tensor, labels: torch.Tensor | None
) -> torch.Tensor:
    """How far the slope is from 1 between real and generated images, squared."""
    share = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device)
    between = (share * real + (1 - share) * fake).detach().requires_grad_(True)
    slope = (squared_gradient(discriminator(between, labels), between) + 1e-12).sqrt()
    return (slope - 1).square().mean()
