"""One set of pictures in the arrays of every format: the same pixels, labels and splits, in whatever order."""

from pathlib import Path

import numpy as np
import pytest

from noglue.tools.inspect import Args
from noglue.tools.inspect import run as inspected
from noglue.tools.readers import hdf5, matlab, npz, pickled, tensors
from noglue.tools.spec.protocols import Match, Raw
from tests.tools.preparing import Run
from tests.tools.readers.array_files import FORMATS, Arrays, digits

DIGITS = digits()
READERS = (npz, matlab, hdf5, tensors, pickled)


def read(place: Path, rows: int | None = None) -> Raw:
    files = sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]
    claims = [(reader, match) for reader in READERS if (match := reader.sniff(files)) is not None]
    assert len(claims) == 1, claims
    reader, match = claims[0]
    assert isinstance(match, Match)
    assert match.confidence > 0.85
    assert set(match.files["all"]) == set(files)
    raw = reader.read(match, rows)
    if rows is None:
        assert reader.count(match) == {split: table.num_rows for split, table in raw.splits.items()}
    return raw


def told(raw: Raw) -> dict[str, np.ndarray]:
    """`x_train`, `y_train`, … as they came."""
    assert raw.image is not None
    assert raw.classes is not None
    found = {}
    for split, table in raw.splits.items():
        found[f"x_{split}"] = np.array(table["image"].to_pylist(), np.uint8).reshape(-1, 8, 8)
        found[f"y_{split}"] = np.array([int(raw.classes[label]) for label in table["label"].to_pylist()])
    return found


def same(found: Arrays, wanted: Arrays) -> bool:
    return set(found) == set(wanted) and all(np.array_equal(found[name], wanted[name]) for name in wanted)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_the_same_pixels_labels_and_splits(tmp_path: Path, name: str) -> None:
    raw = read(FORMATS[name](tmp_path, DIGITS))
    assert same(told(raw), DIGITS)
    assert (raw.modality, raw.target, list(raw.splits)) == ("image", "label", ["train", "test"])


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_names_makes_no_difference(tmp_path: Path, name: str) -> None:
    turned = {key: DIGITS[key] for key in reversed(DIGITS)}
    assert same(told(read(FORMATS[name](tmp_path, turned))), DIGITS)


@pytest.mark.parametrize("name", FORMATS)
def test_some_rows_are_rows_of_the_whole(tmp_path: Path, name: str) -> None:
    found = told(read(FORMATS[name](tmp_path, DIGITS), rows=7))
    for split in ("train", "test"):
        assert len(found[f"x_{split}"]) == len(found[f"y_{split}"]) == 7
        whole = {image.tobytes(): label for image, label in
                 zip(DIGITS[f"x_{split}"], DIGITS[f"y_{split}"], strict=True)}  # fmt: skip
        pairs = zip(found[f"x_{split}"], found[f"y_{split}"], strict=True)
        assert all(whole[image.tobytes()] == label for image, label in pairs)


@pytest.mark.parametrize("name", ["npz_each", "matlab_last", "hdf5_groups", "torch_pairs", "pickled"])
def test_inspect_takes_it_and_the_files_balance(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    place = FORMATS[name](tmp_path / "data", DIGITS)
    run = Run(tmp_path / "run")
    profile = inspected(Args(roots=[str(place)]), run.step("inspect")).profile
    assert profile.modality == "image"
    assert profile.rows == {"train": 60, "test": 20}
    assert profile.ledger.balances
