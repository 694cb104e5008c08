"""What may be asked of a GAN, and how wide a network the time allows, measured on networks that take their time."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn

from noglue.tools.models._gans import pace
from noglue.tools.models._gans.design import RELATIVISTIC, Design, Rules
from noglue.tools.models._gans.gan_trainer import Batch, Players
from noglue.tools.models._gans.setting import Options
from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.protocols import Settings
from noglue.tools.training.machine import Machine

# ---- options -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("minibatch", "nonsense", "'none', 'stddev' or 'discrimination'"),
        ("pixels", 7, "greater than or equal to 8"),
        ("pixels", 129, "less than or equal to 128"),
        ("pixels", "large", "valid integer"),
        ("width", 0, "greater than or equal to 1"),
        ("width", 10**9, "less than or equal to 4096"),
        ("width", 12.5, "valid integer"),
        ("checkpoint_seconds", -1, "greater than or equal to 0"),
        ("checkpoint_seconds", "often", "valid number"),
        ("widht", 32, "there are only pixels, width, minibatch, flips, checkpoint_seconds"),
    ],
)
def test_an_option_that_makes_no_sense_is_named_with_the_reason(name: str, value: Any, why: str) -> None:
    with pytest.raises(StepFailed) as caught:
        Options.of(Settings(options={name: value}))
    assert caught.value.kind == "bad-setting"
    assert caught.value.data == {"setting": name}
    assert caught.value.message.startswith(f"A GAN can't be trained with {name} = {value!r}: ")
    assert why in caught.value.message


@pytest.mark.parametrize("setting", [{"epochs": 0}, {"epochs": -3}, {"batch_size": 1}, {"batch_size": 0}])
def test_so_is_a_setting(setting: dict[str, int]) -> None:
    with pytest.raises(StepFailed) as caught:
        Options.of(Settings.model_validate(setting))
    assert (caught.value.kind, [caught.value.data["setting"]]) == ("bad-setting", list(setting))


def test_those_that_make_sense_are_taken() -> None:
    assert Options.of(Settings()).model_dump() == {
        "pixels": None, "width": None, "minibatch": "none", "flips": None, "checkpoint_seconds": 60.0,
    }  # fmt: skip
    asked = {"pixels": 8, "width": 48, "minibatch": "stddev", "flips": False, "checkpoint_seconds": 0.5}
    assert Options.of(Settings(options=asked, epochs=1, batch_size=2)).model_dump() == asked


# ---- pace --------------------------------------------------------------------------------------------------------

MACHINE = Machine(torch.device("cpu"), torch.float32)
WIDTHS = (1, 10, 50)  # milliseconds that a forward pass of the generator takes; there is one in a step
ENOUGH = 100


class Slow(nn.Module):
    """A linear layer that takes so many seconds; only_penalised: where the gradient of its input is asked for."""

    def __init__(self, outputs: int, seconds: float = 0.0, only_penalised: bool = False) -> None:
        super().__init__()
        self.layer, self.seconds, self.only_penalised = nn.Linear(2, outputs), seconds, only_penalised

    def forward(self, x: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        if not self.only_penalised or (x.requires_grad and x.is_leaf):
            time.sleep(self.seconds)
        return self.layer(x).squeeze(1)


def batch(number: int, strength: float) -> Batch:
    return Batch(torch.zeros(4, 2), torch.zeros(4, 2), None, lambda x: x)


class Asked:
    """Players of any width; keeps which were asked for."""

    def __init__(self) -> None:
        self.widths: list[int] = []

    def __call__(self, width: int) -> Players:
        self.widths.append(width)
        return Players(Design(Slow(2, width / 1000), Slow(1), 2, Rules(RELATIVISTIC)), MACHINE)


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("seconds", "width"), [(1e-3, 1), (3.0, 10), (1e6, 50)])
def test_the_widest_that_fits_is_chosen_and_the_smallest_where_none_does(seconds: float, width: int) -> None:
    asked = Asked()
    chosen, each = pace.choose(asked, batch, WIDTHS, seconds, ENOUGH)
    assert chosen == width
    assert each >= width / 1000
    if width == 1:
        assert asked.widths == [1], "larger ones were tried where the smallest takes too long already"


def test_a_penalty_that_is_seldom_computed_costs_its_share() -> None:
    rules = Rules(RELATIVISTIC, penalty="zero-centred", weight=(1.0, 1.0), penalty_interval=4)
    players = Players(Design(Slow(2), Slow(1, 0.04, only_penalised=True), 2, rules), MACHINE)
    assert 0.01 <= pace.measured(players, batch) < 0.035


class Shared(Slow):
    """Threads share its work: two take half as long."""

    def forward(self, x: torch.Tensor, labels: torch.Tensor | None) -> torch.Tensor:
        time.sleep(self.seconds / torch.get_num_threads())
        return self.layer(x).squeeze(1)


@pytest.mark.parametrize(("kind", "chosen", "most"), [(Slow, 1, 0.08), (Shared, 2, 0.04)])
def test_one_thread_does_it_where_several_gain_little(kind: type[Slow], chosen: int, most: float) -> None:
    def players(width: int) -> Players:
        return Players(Design(kind(2, width / 1000), Slow(1), 2, Rules(RELATIVISTIC)), MACHINE)

    torch.set_num_threads(2)
    began_badly = 0.5  # another program had the core just then
    assert pace.threads(players, batch, 40, began_badly, 1e3) < most
    assert torch.get_num_threads() == chosen
