"""A training in a process of its own that is killed as soon as it has left a checkpoint."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from safetensors.torch import load_file

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {"PYTHONPATH": os.pathsep.join(str(ROOT / place) for place in ("", "src"))}


def train(module: str, run: Path, *arguments: str) -> str:
    """`python -m MODULE RUN …` to its end; what it printed."""
    command = [sys.executable, "-P", "-m", module, str(run), *arguments]
    return subprocess.run(command, check=True, env=ENVIRONMENT, capture_output=True, text=True).stdout


def train_and_kill(module: str, run: Path, *arguments: str) -> None:
    """The same, but killed after its first checkpoint, before there is a model."""
    command = [sys.executable, "-P", "-m", module, str(run), *arguments]
    child = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    for _ in range(12_000):
        if (run / "training.safetensors").exists() or child.poll() is not None:
            break
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert not (run / "model").exists()


def same_weights(one: Path, other: Path) -> bool:
    first, second = (load_file(run / "model" / "weights.safetensors") for run in (one, other))
    return all(np.array_equal(first[name].numpy(), second[name].numpy()) for name in first | second)
