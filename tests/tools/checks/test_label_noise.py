"""Wrong labels planted in real data, and real data whose classes overlap."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn import datasets

from noglue.tools.checks import label_noise, quick_model


def noisy(name: str, share: float) -> tuple[label_noise.Noise | None, np.ndarray]:
    """What is found, and the rows whose labels were made wrong."""
    table = getattr(datasets, f"load_{name}")(as_frame=True)
    random, codes = np.random.default_rng(1), table.target.to_numpy().copy()
    wrong = random.choice(len(codes), int(share * len(codes)), replace=False)
    classes = int(codes.max()) + 1
    codes[wrong] = (codes[wrong] + random.integers(1, classes, len(wrong))) % classes
    _, features = quick_model.matrix(pa.Table.from_pandas(table.data, preserve_index=False))
    return label_noise.find(quick_model.out_of_bag(features, codes, np.random.default_rng(0)), codes), wrong


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "digits"])
def test_clean_labels_are_not_doubted(name: str) -> None:
    assert noisy(name, 0)[0] is None


@pytest.mark.parametrize("share", [0.03, 0.06, 0.1])
@pytest.mark.parametrize("name", ["breast_cancer", "digits"])
def test_wrong_labels_are_counted_and_named(name: str, share: float) -> None:
    found, wrong = noisy(name, share)
    assert found is not None
    assert found.share == pytest.approx(share, abs=0.025)
    right = np.isin(found.rows, wrong)
    assert right.mean() > 0.6
    assert right.sum() > 0.6 * len(wrong)
    assert right[:5].sum() >= 4
    assert (found.given != found.likely).all()


def test_a_model_that_knows_nothing_doubts_nothing() -> None:
    random = np.random.default_rng(0)
    codes = random.integers(0, 2, 400)
    said = quick_model.out_of_bag(random.normal(size=(400, 5)), codes, random)
    assert label_noise.find(said, codes) is None


def test_labels_that_nothing_tells_are_given_up_early() -> None:
    random = np.random.default_rng(0)
    features, codes = random.normal(size=(1_000, 8)), random.integers(0, 10, 1_000)
    few = quick_model.out_of_bag(features, codes, np.random.default_rng(1), label_noise.HOPELESS)
    all_of_them = quick_model.out_of_bag(features, codes, np.random.default_rng(1))
    assert len(np.unique(few)) < len(np.unique(all_of_them)) / 4  # votes of 16 trees, and of 100
    assert label_noise.find(few, codes) is label_noise.find(all_of_them, codes) is None


def test_what_can_be_learned_is_learned_whole() -> None:
    features, codes = datasets.load_digits(return_X_y=True)
    asked = [quick_model.out_of_bag(features, codes, np.random.default_rng(1), least) for least in (0.0, 0.3)]
    assert np.array_equal(*asked)
