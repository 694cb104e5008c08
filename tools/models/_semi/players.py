"""Both networks in one module, with the running average that predicts, and the optimizer that moves all three."""

import copy

import torch
from torch import nn

from noglue.tools.models._semi.networks import Critic, Maker, Plan
from noglue.tools.training import checkpoint

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
