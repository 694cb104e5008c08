"""What lies beside the folders that were given is never read, however near it lies."""

from pathlib import Path

import numpy as np
from PIL import Image

from noglue.tools import inspect
from noglue.tools.spec.step import Step


def picture(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (8, 8, 3), np.uint8)).save(path)


def looked_at(place: Path, *roots: Path) -> inspect.Result:
    return inspect.run(inspect.Args(roots=[str(root) for root in roots], goal="classify"), Step(place, place / "run"))


def test_a_zip_beside_pictures_brings_nothing_else_along(tmp_path: Path) -> None:
    own, unpacked = tmp_path / "data", tmp_path / "runs" / "r" / "steps" / "02-extract" / "files" / "more"
    for name in ("ape", "bear"):
        for number in range(8):
            picture(own / name / f"{number}.png", number)
            picture(unpacked / name / f"z{number}.png", 50 + number)
            picture(tmp_path / "secret" / name / f"{number}.png", 99 + number)
    found = looked_at(tmp_path, own, unpacked)
    given = (own, unpacked)
    for profile in found.profiles:
        paths = [Path(path) for paths in profile.files.values() for path in paths]
        assert all(any(path.is_relative_to(root) for root in given) for path in paths), paths
    assert found.profile.classes == ["ape", "bear"]
    assert sum(found.profile.rows.values()) == 32


def test_two_folders_that_were_given_are_not_their_parent(tmp_path: Path) -> None:
    for name in ("circles", "squares", "private"):
        for number in range(8):
            picture(tmp_path / name / f"{number}.png", number)
    found = looked_at(tmp_path, tmp_path / "circles", tmp_path / "squares")
    paths = {Path(path) for one in found.profiles for paths in one.files.values() for path in paths}
    assert not any((tmp_path / "private").is_relative_to(path) for path in paths)
    assert sum(found.profile.rows.values()) == 16
