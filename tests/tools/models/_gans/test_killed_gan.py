"""A GAN whose process is killed goes on from the step of its last checkpoint, to the same weights."""

import re
import shutil
from pathlib import Path

from tests.tools.models._generating_data import some_digits
from tests.tools.models._killed import same_weights, train, train_and_kill

PROGRAM = "tests.tools.models._generating_data"
EPOCHS = "40"


def test_a_killed_gan_goes_on_from_its_checkpoint_to_the_same_weights(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    some_digits(whole, 64)
    shutil.copytree(whole / "data", broken / "data")
    train(PROGRAM, whole, EPOCHS)
    train_and_kill(PROGRAM, broken, EPOCHS)
    found = re.search(r"continuing from step (\d+)", train(PROGRAM, broken, EPOCHS))
    assert found
    assert int(found[1]) > 0
    assert same_weights(whole, broken)
    assert not (broken / "training.safetensors").exists()
