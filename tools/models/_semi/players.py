"""Both networks in one module, what they lower, their running average that predicts, and the optimizer of all three.

Losses are of logits (n, classes), in which the generator's class is a constant 0: Salimans et al. 2016, "Improved
Techniques for Training GANs", section 5, arXiv:1606.03498.

>>> real_or_made(torch.tensor([[9.0, 0.0]]), torch.tensor([[-9.0, -9.0]]))       # sure, and right
tensor(0.0002)
"""

import copy

import torch
from torch import nn
from torch.nn.functional import softplus

from noglue.tools.models._semi.networks import Critic, Maker, Plan
from noglue.tools.training import checkpoint


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


BETAS = (0.5, 0.999)
STEADY = 0.5  # share of the schedule after which the learning rates fall


class Players(nn.Module):
    """critic: the discriminator and classifier. maker: the generator. average: of the critic over the steps."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.critic, self.maker = Critic(plan), Maker(plan)
        self.average = copy.deepcopy(self.critic).requires_grad_(False)

    def train(self, mode: bool = True) -> "Players":
        super().train(mode)
        self.average.eval()
        return self


class BothAdams:
    """Adam for each player by the gradients of one batch, then the average follows the critic."""

    def __init__(self, players: Players, rate: float, decay: float) -> None:
        self.players, self.rate, self.decay = players, rate, decay
        self.adams = {
            name: torch.optim.Adam(network.parameters(), rate, BETAS, fused=True)
            for name, network in (("critic", players.critic), ("maker", players.maker))
        }
        self.count = torch.zeros((), dtype=torch.int64)

    def zero_grad(self) -> None:
        for adam in self.adams.values():
            adam.zero_grad()

    def step(self, factor: float) -> None:
        """factor: of a straight fall to 0, here held at 1 for the first half."""
        for adam in self.adams.values():
            for group in adam.param_groups:
                group["lr"] = self.rate * min(1.0, factor / (1 - STEADY))
            adam.step()
        self.count += 1
        decay = min(self.decay, (1 + int(self.count)) / (10 + int(self.count)))
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.players.average.parameters()), list(self.players.critic.parameters()), 1 - decay
            )

    def tensors(self) -> dict[str, torch.Tensor]:
        found = {"count": self.count}
        for name, adam in self.adams.items():
            for number, state in adam.state_dict()["state"].items():
                found |= {f"{name}.{number}.{key}": value for key, value in state.items()}
        return found

    def restore(self, tensors: dict[str, torch.Tensor]) -> None:
        """What `tensors` gave is copied, not taken."""
        self.count = tensors["count"].clone()
        for name, adam in self.adams.items():
            states: dict[int, dict[str, torch.Tensor]] = {}
            for key, value in checkpoint.under(name, tensors).items():
                number, _, part = key.partition(".")
                states.setdefault(int(number), {})[part] = value.clone()
            adam.load_state_dict({"state": states, "param_groups": adam.state_dict()["param_groups"]})
