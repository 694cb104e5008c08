"""What the players are told to lower, of logits (n, classes), in which the generator's class is a constant 0.

Salimans et al. 2016, "Improved Techniques for Training GANs", section 5, arXiv:1606.03498.

>>> real_or_made(torch.tensor([[9.0, 0.0]]), torch.tensor([[-9.0, -9.0]]))       # sure, and right
tensor(0.0002)
"""

import torch
from torch.nn.functional import softplus


def real_or_made(real: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
    """-log D(real) - log(1 - D(made)), halved; D = Z / (Z + 1), and Z is the sum of the exponentials of the logits."""
    true, false = real.logsumexp(1), made.logsumexp(1)
    return 0.5 * (softplus(true) - true).mean() + 0.5 * softplus(false).mean()


def unlike(real: torch.Tensor, made: torch.Tensor) -> torch.Tensor:
    """Feature matching: the squared difference of the mean features (n, f) of images and generated ones, averaged."""
    return (made.float().mean(0) - real.float().mean(0)).square().mean()


def disagreement(logits: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    """The squared distance from what a steadier network says of another look at the same images.

    Tarvainen & Valpola 2017 (mean teacher), arXiv:1703.01780; beside a GAN: Wei et al. 2018, arXiv:1803.01541.
    """
    return (logits.softmax(1) - teacher.softmax(1)).square().sum(1).mean()
