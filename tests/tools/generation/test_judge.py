"""The judge learns classes where there are any, turns where there are none, and says which."""

from pathlib import Path

import datasets
import numpy as np
import pyarrow as pa
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits

from noglue.tools.data.arrays import image_column
from noglue.tools.data.write_split import SplitWriter
from noglue.tools.generation.judge import load_judge, train_judge
from noglue.tools.metrics._distances import frechet
from noglue.tools.spec.errors import BudgetSpent, DataError
from noglue.tools.spec.profiles import Column, ImageShape
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

NAMES = [str(number) for number in range(10)]


def digits():
    """uint8 (1797, 8, 8, 1) in random order, and labels."""
    found = load_digits()
    order = np.random.default_rng(0).permutation(len(found.images))
    return (found.images[order] * 255 / 16).round().astype(np.uint8)[..., None], found.target[order]


def prepared(run: Path, pixels, labels=None, names=NAMES):
    """RUN/data as `prepare` leaves it for a generator; labels of -1 are missing."""
    kinds = {"image": datasets.Array3D(pixels.shape[1:], "uint8")}
    columns = {"image": image_column(pixels)}
    if labels is not None:
        kinds["label"] = datasets.ClassLabel(names=names)
        columns["label"] = pa.chunked_array([pa.array(labels, pa.int64(), mask=np.asarray(labels) < 0)])
    features = datasets.Features(kinds)
    table = pa.table(columns).cast(features.arrow_schema)
    datasets.Dataset(table, info=datasets.DatasetInfo(features=features)).save_to_disk(str(run / "data" / "train"))
    return schema(len(pixels), labels is not None, names, pixels.shape[1:])


def schema(rows, labelled, names, shape):
    return Schema(
        goal="generate",
        modality="image",
        target="label" if labelled else None,
        features=[Column(name="image", kind="image", dtype="uint8")],
        classes=names if labelled else None,
        image=ImageShape(height=shape[0], width=shape[1], channels=shape[2]),
        rows={"train": rows},
        split="random",
    )


def judge_of(run: Path, about: Schema, rows=2000, epochs=2, seed=1, **more):
    events = []
    step = Step(folder=run, run=run, seed=5, emit=events.append)
    return train_judge(run / "data", run / "judge", about, step, seed=seed, rows=rows, epochs=epochs, **more), events


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    run = tmp_path_factory.mktemp("labelled")
    pixels, labels = digits()
    judge, events = judge_of(run, prepared(run, pixels[:1200], labels[:1200]), rows=1200, epochs=6)
    return run, judge, events, pixels[1200:], labels[1200:]


def test_with_labels_it_tells_the_classes_apart_and_says_so(labelled):
    _, judge, _, pixels, labels = labelled
    assert judge.classes == NAMES
    assert judge.how.startswith("a residual network that tells the 10 classes apart, trained on 960 train rows (right")
    assert judge.how.endswith("beside it principal components of the pixels, random convolutions")
    assert all(proof.passed for proof in judge.proofs.values())
    assert judge.trusted
    assert judge.accuracy(pixels, labels) > 0.95
    told = judge.probabilities(pixels)
    assert (told.shape, told.dtype) == ((len(pixels), 10), np.float32)
    assert told.sum(1) == pytest.approx(1, abs=1e-4)
    assert judge.accuracy(pixels, np.full(len(pixels), -1)) is None


def test_its_features_set_noise_farther_from_the_data_than_data(labelled):
    _, judge, _, pixels, _ = labelled
    features = judge.features(pixels)
    assert (features.ndim, features.dtype, len(features)) == (2, np.float32, len(pixels))
    random = np.random.default_rng(0)
    noisy = np.clip(pixels[300:] + random.normal(0, 60, pixels[300:].shape), 0, 255).astype(np.uint8)
    noise = random.integers(0, 256, pixels[300:].shape).astype(np.uint8)
    near, far, farthest = (frechet(features[:300], judge.features(p)) for p in (pixels[300:], noisy, noise))
    assert near < far < farthest


def test_images_of_any_size_and_channels_and_none_at_all_have_features(labelled):
    _, judge, _, pixels, _ = labelled
    width = judge.features(pixels[:4]).shape[1]
    for shape in ((4, 20, 11, 3), (4, 64, 64, 4), (4, 5, 5, 1), (0, 8, 8, 1)):
        assert judge.features(np.zeros(shape, np.uint8)).shape == (shape[0], width)
    large = pixels[:50].repeat(3, axis=1).repeat(3, axis=2).repeat(3, axis=3)
    assert (judge.probabilities(large).argmax(1) == judge.probabilities(pixels[:50]).argmax(1)).mean() > 0.9


def test_what_was_left_is_loaded_again_and_nothing_else_is_left(labelled):
    run, judge, _, pixels, _ = labelled
    again = load_judge(run / "judge", "cpu")
    assert (again.classes, again.how) == (judge.classes, judge.how)
    assert (again.features(pixels) == judge.features(pixels)).all()
    assert sorted(path.name for path in (run / "judge").iterdir()) == ["judge.json", "looks.safetensors", "model"]
    with pytest.raises(DataError, match="holds no judge"):
        load_judge(run, "cpu")


def test_its_progress_is_not_taken_for_the_generators(labelled):
    events = labelled[2]
    assert {event.event for event in events} == {"progress"}
    assert {event.stage for event in events} == {"judge"}


def test_the_same_seed_gives_the_same_features_and_chance_outside_is_left_alone(tmp_path):
    pixels, labels = digits()
    about = prepared(tmp_path, pixels[:400], labels[:400])
    found = []
    for seed in (1, 1, 2):
        torch.manual_seed(9)
        threads = torch.get_num_threads()
        judge, _ = judge_of(tmp_path, about, rows=300, epochs=1, seed=seed)
        found.append((judge.features(pixels[400:500]), torch.rand(1).item(), torch.get_num_threads() == threads))
    assert (found[0][0] == found[1][0]).all()
    one, other = found[0][0], found[2][0]  # which parts prove themselves may depend on the seed, too
    assert one.shape != other.shape or not np.allclose(one, other)
    torch.manual_seed(9)
    assert {value for _, value, _ in found} == {torch.rand(1).item()}
    assert all(same for _, _, same in found)


def test_rows_without_a_label_and_a_class_of_one_row_are_borne(tmp_path):
    pixels, labels = digits()
    some = np.where(labels[:300] == 7, -1, labels[:300])
    some[np.flatnonzero(some == 3)[1:]] = -1
    judge, _ = judge_of(tmp_path, prepared(tmp_path, pixels[:300], some), rows=300, epochs=6)
    assert judge.classes == NAMES
    assert f"trained on {(some >= 0).sum() - round(0.2 * (some >= 0).sum())} train rows" in judge.how


def unlabelled(pixels, labels):
    return pixels[:200], None


def one_class(pixels, labels):
    return pixels[:200], np.zeros(200, int)


def few_labels(pixels, labels):
    return pixels[:200], np.where(np.arange(200) < 30, labels[:200], -1)


def a_class_of_two_and_ones(pixels, labels):
    return pixels[:60], np.where(np.arange(60) < 58, 0, np.arange(60) - 57)


def wide(pixels, labels):
    return pixels[:100].repeat(3, axis=2), None


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (unlabelled, "the images carry no labels"),
        (one_class, "fewer than two classes have two images"),
        (few_labels, "only 30 images carry a label"),
        (a_class_of_two_and_ones, "fewer than two classes have two images"),
        (wide, "the images carry no labels"),
    ],
)
def test_without_usable_labels_it_learns_turns_and_says_why(tmp_path, case, why):
    pixels, labels = case(*digits())
    judge, _ = judge_of(tmp_path, prepared(tmp_path, pixels, labels), rows=400, epochs=1)
    assert judge.classes is None
    assert "a residual network that tells by how many quarter turns an image is rotated" in judge.how
    assert why in judge.how
    assert judge.probabilities(pixels) is None
    assert judge.accuracy(pixels, np.zeros(len(pixels), int)) is None
    assert len(judge.features(pixels)) == len(pixels)


def test_turns_are_learned(tmp_path):
    pixels, _ = digits()
    judge, _ = judge_of(tmp_path, prepared(tmp_path, pixels[:1000]), rows=1000, epochs=6)
    upside_down = judge._class_probabilities(np.rot90(pixels[1000:], 2, (1, 2)).copy()).argmax(1)
    assert (upside_down == 2).mean() > 0.7
    assert (judge._class_probabilities(pixels[1000:]).argmax(1) == 0).mean() > 0.7


def test_a_single_image_is_enough_and_none_is_not(tmp_path):
    pixels, _ = digits()
    judge, _ = judge_of(tmp_path, prepared(tmp_path, pixels[:1]))
    assert np.isfinite(judge.features(pixels[:5])).all()
    about = schema(0, False, None, (8, 8, 1))
    with SplitWriter(
        tmp_path / "data" / "train", datasets.Features({"image": datasets.Array3D((8, 8, 1), "uint8")}), "x"
    ):
        pass
    with pytest.raises(DataError, match="no image"):
        judge_of(tmp_path, about)


def test_files_of_many_sizes_are_judged(tmp_path):
    pixels, _ = digits()
    files = []
    for number, image in enumerate(pixels[:60, ..., 0]):
        file = tmp_path / f"{number}.png"
        Image.fromarray(image).resize((10 + number % 7, 12)).save(file)
        files.append({"bytes": file.read_bytes(), "path": None})
    kinds = datasets.Features({"image": datasets.Image()})
    rows = datasets.Dataset.from_dict({"image": files}, features=kinds)
    rows.save_to_disk(str(tmp_path / "data" / "train"))
    judge, _ = judge_of(tmp_path, schema(60, False, None, (12, 13, 1)), rows=100, epochs=1)
    assert "trained on 40 train rows" in judge.how
    assert np.isfinite(judge.features(pixels[:5])).all()


def test_seconds_are_kept_to_or_the_budget_is_said_to_be_spent(tmp_path):
    pixels, labels = digits()
    about = prepared(tmp_path, pixels, labels)
    with pytest.raises(BudgetSpent):
        judge_of(tmp_path, about, seconds=0.0)
    judge, _ = judge_of(tmp_path, about, rows=100_000, epochs=100, seconds=6.0)
    assert "as time was short" in judge.how
    assert judge.accuracy(pixels[:500], labels[:500]) is not None
