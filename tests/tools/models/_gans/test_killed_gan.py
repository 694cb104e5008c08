"""A GAN whose process is killed goes on from the step of its last checkpoint, to the same weights."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from safetensors.torch import load_file

from tests.tools.models._generating_data import some_digits

ROOT = Path(__file__).parents[4]
COMMAND = [sys.executable, "-P", "-m", "tests.tools.models._generating_data"]
ENVIRONMENT = {"PYTHONPATH": os.pathsep.join(str(ROOT / place) for place in ("", "src"))}
EPOCHS = "40"


def test_a_killed_gan_goes_on_from_its_checkpoint_to_the_same_weights(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    some_digits(whole, 64)
    shutil.copytree(whole / "data", broken / "data")
    subprocess.run([*COMMAND, str(whole), EPOCHS], check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    child = subprocess.Popen([*COMMAND, str(broken), EPOCHS], env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    for _ in range(12000):
        if (broken / "training.safetensors").exists() or child.poll() is not None:
            break
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert not (broken / "model").exists()
    again = subprocess.run([*COMMAND, str(broken), EPOCHS], check=True, env=ENVIRONMENT, capture_output=True, text=True)
    found = re.search(r"going on from step (\d+)", again.stdout)
    assert found
    assert int(found[1]) > 0
    first, second = (load_file(run / "model" / "weights.safetensors") for run in (whole, broken))
    assert all(bool((first[name] == second[name]).all()) for name in first)
    assert not (broken / "training.safetensors").exists()
