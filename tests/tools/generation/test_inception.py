"""The Inception network: found where it is said to be, and said why where it can't be had."""

import importlib.util
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch

from noglue.tools.generation.inception import inception
from noglue.tools.generation.inception_weights import NAMES, find_weights

HERE = importlib.util.find_spec("torch_fidelity") is not None
needs_package = pytest.mark.skipif(not HERE, reason="torch-fidelity is not installed (the extra `fid`)")


def test_weights_are_found_by_the_environment_first_then_in_the_caches(tmp_path):
    cache, torch_home, stated = tmp_path / "cache", tmp_path / "torch", tmp_path / "stated.pth"
    hub = torch_home / "hub" / "checkpoints"
    surroundings = {"TORCH_HOME": str(torch_home)}
    for folder in (cache, hub):
        folder.mkdir(parents=True)
    assert find_weights(surroundings, cache) is None
    (hub / NAMES[1]).touch()
    assert find_weights(surroundings, cache) == hub / NAMES[1]
    (hub / NAMES[0]).touch()
    assert find_weights({"XDG_CACHE_HOME": str(tmp_path)}) == find_weights(surroundings) == hub / NAMES[0]
    (cache / NAMES[0]).touch()
    assert find_weights(surroundings, cache) == cache / NAMES[0]
    surroundings["NOGLUE_INCEPTION"] = str(stated)
    assert find_weights(surroundings, cache) is None  # what is stated and is not there is not made up for
    stated.touch()
    assert find_weights(surroundings, cache) == stated


def test_torch_keeps_its_files_where_they_are_looked_for():
    assert Path(torch.hub.get_dir()).parts[-2:] == ("torch", "hub") or "TORCH_HOME" in os.environ


@pytest.mark.skipif(HERE, reason="torch-fidelity is installed")
def test_without_the_package_the_reason_is_said(tmp_path):
    network, why = inception(tmp_path / NAMES[0], "cpu")
    assert network is None
    assert "need torch-fidelity" in why


class Harmful:
    def __reduce__(self):
        return exec, ("raise SystemExit('the file was run')",)


@needs_package
def test_a_file_of_something_else_is_refused_with_the_reason(tmp_path):
    file = tmp_path / NAMES[0]
    for write in (
        lambda: file.write_bytes(b""),
        lambda: file.write_bytes(b"<html>404</html>"),
        lambda: file.write_bytes(pickle.dumps(Harmful(), protocol=2)),
        lambda: torch.save(Harmful(), file),
        lambda: torch.save({"weight": torch.zeros(3)}, file),
        lambda: torch.save([1, 2], file),
        lambda: file.unlink(),
    ):
        write()
        network, why = inception(file, "cpu")
        assert network is None
        assert "does not hold the Inception network's weights" in why


@needs_package
@pytest.mark.skipif(find_weights() is None, reason="no Inception weights are at hand")
def test_its_features_are_2048_and_its_probabilities_add_up_to_one():
    file = find_weights()
    assert file is not None
    network, why = inception(file, "cpu")
    assert (network is not None, why) == (True, "")
    grey = np.random.default_rng(0).integers(0, 256, (3, 28, 28, 1)).astype(np.uint8)
    features, told = network.outputs(grey)
    assert features.shape == (3, 2048)
    assert told.sum(1) == pytest.approx(1, abs=1e-4)
    assert network.features(grey.repeat(3, axis=3)) == pytest.approx(features, abs=1e-5)
    assert network.probabilities(grey[:0]).shape == (0, 1008)
