"""How far a pseudo-label is believed, by how sure the network is of its other answers at that time.

>>> belief = Belief(prior=torch.full((10,), 0.1))
>>> labels, weights = belief(probabilities)          # of one batch, float (n, 10)
>>> weights.max()
tensor(1.)

"SoftMatch" (Chen et al. 2023, arXiv:2301.10921): the weight is 1 above the running mean of the confidences, and falls
like a Gaussian of their running deviation below it; no threshold has to be chosen. Answers are first brought towards
the classes' shares among the labels by the running mean of the answers (distribution alignment, Berthelot et al. 2020,
arXiv:1911.09785), so that no class swallows another while the network still knows little.
"""

import torch

DECAY = 0.99  # of the running means
NARROW = 2.0  # deviations of the Gaussian in one of the confidences


class Belief:
    """prior: float32 (k,). answers, mean, variance: running, of the batches so far; a checkpoint keeps them."""

    def __init__(self, prior: torch.Tensor) -> None:
        self.prior = prior
        classes = len(prior)
        self.answers = torch.full_like(prior, 1 / classes)
        self.mean, self.variance = torch.full_like(prior[0], 1 / classes), torch.ones_like(prior[0])

    def __call__(self, probabilities: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """int64 (n,) labels and float32 (n,) weights in 0…1, of probabilities float32 (n, k)."""
        self.answers = self.answers.lerp(probabilities.mean(0), 1 - DECAY)
        aligned = probabilities * self.prior / self.answers
        sure, labels = (aligned / aligned.sum(1, keepdim=True)).max(1)
        spread = sure.var(unbiased=False)
        self.mean = self.mean.lerp(sure.mean(), 1 - DECAY)
        self.variance = self.variance.lerp(spread, 1 - DECAY)
        below = (sure - self.mean).clamp(max=0) * NARROW
        return labels, torch.exp(-below.square() / (2 * self.variance).clamp(min=1e-12))

    def tensors(self) -> dict[str, torch.Tensor]:
        return {"answers": self.answers, "mean": self.mean, "variance": self.variance}

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        self.answers, self.mean, self.variance = (
            tensors[name].to(self.prior).clone() for name in ("answers", "mean", "variance")
        )
