"""Few labels and many images: views, soft thresholds, labels that spread, the curriculum, and what comes of them."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from noglue.tools import models, train
from noglue.tools.models import pseudo_labels
from noglue.tools.models._semi.curriculum import ROUNDS, Curriculum, at
from noglue.tools.models._semi.soft_thresholds import Belief
from noglue.tools.models._semi.views import View, strong, weak
from noglue.tools.spec.errors import BudgetSpent, DataError
from noglue.tools.spec.profiles import ImageShape
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.step import Note, Progress, Step
from noglue.tools.training.pseudo_labelling import named, shares, spread, stands, surest
from tests.tools.models._image_data import array_rows, coloured, prepared
from tests.tools.preparing import Run

SMALL = Settings(epochs=3, options={"width": 0.25})


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """40 labelled digits, 4 of each, and 1,397 others."""
    run = Run(tmp_path_factory.mktemp("digits"))
    run.prepare("builtin:digits", labels=40, keep_unlabelled=True)
    return run


def learn(run: Run, folder: Path, settings: Settings = SMALL, **more: Any) -> Trained:
    """Into FOLDER/model."""
    folder.mkdir(parents=True, exist_ok=True)
    step = Step(folder=folder, run=run.folder, **{"seed": 3, **more})
    return pseudo_labels.train(run.folder / "data", folder / "model", run.schema, settings, step)


def centre(images: torch.Tensor) -> torch.Tensor:
    """Of what is bright in each image, from the left, in pixels."""
    columns = images.clamp(min=0).sum(2)[:, 0]
    return (columns * torch.arange(float(columns.shape[1]))).sum(1) / columns.sum(1)


def accuracy(model: Path, run: Run) -> float:
    test = run.split("test")
    said = pseudo_labels.load(model, "cpu").predict(test)
    return float((said.argmax(axis=1) == np.array(test["label"])).mean())


# ---- the parts ---------------------------------------------------------------------------------------------------


def test_a_view_of_nothing_is_the_image_and_a_strong_one_is_not() -> None:
    torch.manual_seed(0)
    images = torch.randn(6, 3, 12, 20)
    assert torch.allclose(View()(images), images, atol=1e-4)
    for view in (weak(False), strong(False), strong(True)):
        seen = view(images)
        assert seen.shape == images.shape
        assert torch.isfinite(seen).all()
    shown = torch.zeros(200, 1, 16, 16)
    shown[:, :, 4:12, 2:6] = 1  # left of the middle
    still = View(turn=0.2, size=0.1, shear=0.1)
    assert (centre(still(shown)) < 8).all(), "something was mirrored that must not be"
    assert 60 < int((centre(still.model_copy(update={"flip": True})(shown)) > 8).sum()) < 140


def test_a_sure_answer_counts_and_a_doubtful_one_hardly() -> None:
    belief = Belief(torch.full((3,), 1 / 3))
    answers = torch.tensor([[0.98, 0.01, 0.01], [0.01, 0.98, 0.01], [0.01, 0.01, 0.98], [0.4, 0.35, 0.25]])
    for _ in range(1500):
        labels, weights = belief(answers)
    assert labels[:3].tolist() == [0, 1, 2]
    assert (weights[:3] > 0.99).all()
    assert weights[3] < 0.2
    other = Belief(belief.prior)
    other.restore(belief.tensors())
    assert all(torch.equal(a, b) for a, b in zip(other(answers), belief(answers), strict=True))


def test_a_class_that_swallows_others_is_held_back() -> None:
    """Where most answers are of one class, a close call goes to another."""
    belief = Belief(torch.full((2,), 0.5))
    for _ in range(500):
        belief(torch.tensor([[0.9, 0.1]] * 9 + [[0.45, 0.55]]))
    assert belief(torch.tensor([[0.6, 0.4]]))[0].item() == 1


def test_labels_spread_along_a_chain_and_not_across_a_gap() -> None:
    """Two half circles: the nearest labelled point is of the other one for many, the chain is not."""
    from sklearn.datasets import make_moons

    places, truth = make_moons(600, noise=0.04, random_state=0)
    angles = np.random.default_rng(0).normal(size=(2, 64)) * 4
    features = np.cos(places @ angles + np.arange(64)).astype(np.float32)  # near points stay near, by cosine too
    labelled = np.array([np.flatnonzero(truth == 0)[0], np.flatnonzero(truth == 1)[0]])
    said = spread(features, labelled, truth[labelled], np.array([0.5, 0.5]))
    assert said.shape == (600, 2)
    assert said.sum(axis=1) == pytest.approx(np.ones(600), abs=1e-4)
    assert (said.argmax(axis=1) == truth).mean() > 0.97


def test_where_no_chain_leads_every_class_is_as_likely() -> None:
    apart = np.eye(40, dtype=np.float32)[np.repeat([0, 1], 20)] + np.eye(40, dtype=np.float32) * 0.1
    said = spread(apart, np.array([0, 1]), np.array([0, 1]), np.array([0.5, 0.5]))
    assert said[25] == pytest.approx([0.5, 0.5])


def test_the_surest_are_taken_class_by_class() -> None:
    random = np.random.default_rng(0)
    truth = np.repeat([0, 1], 500)
    sure = np.where(truth == 0, random.uniform(0.9, 1, 1000), random.uniform(0.5, 0.8, 1000))
    said = np.where(truth == 0, sure, 1 - sure)
    labels, used = surest(np.stack([said, 1 - said], axis=1), 0.5, np.array([0.5, 0.5]))
    assert np.array_equal(labels, truth)
    assert 200 < used[:500].sum() < 320, "one class takes what is the other's"
    assert 200 < used[500:].sum() < 320
    assert sure[500:][used[500:]].min() >= sure[500:][~used[500:]].max()


def test_rounds_follow_one_another_and_a_curriculum_goes_on_as_it_was() -> None:
    assert [at(fraction) for fraction in (0.0, 0.999, 1.0)] == [0, len(ROUNDS) - 1, len(ROUNDS) - 1]
    assert ROUNDS[0].share == 0 < ROUNDS[1].share
    assert shares(np.array([0, 0, 1]), 3) == pytest.approx([0.5, 1 / 3, 1 / 6])
    mine = Curriculum(np.arange(10, 60), batch_size=8, seed=1)
    rows, told = mine.batch(0)
    assert told is None
    assert set(rows) <= set(range(10, 60))
    mine.enter(2, np.random.default_rng(0).dirichlet(np.ones(3), 50), np.full(3, 1 / 3))
    other = Curriculum(np.arange(3), batch_size=8, seed=1)
    other.restore(mine.tensors())
    for step in (0, 5, 77):
        for a, b in zip(mine.batch(step), other.batch(step), strict=True):
            assert np.array_equal(a, b)
    rows, told = mine.batch(3)
    assert told is not None
    assert np.array_equal(told, mine.labels[rows - 10])


# ---- learning ----------------------------------------------------------------------------------------------------


def test_images_without_labels_make_a_better_classifier(digits: Run, tmp_path: Path) -> None:
    trained = learn(digits, tmp_path, Settings(epochs=10, options={"width": 0.5}))
    assert accuracy(tmp_path / "model", digits) > 0.92  # 0.978 after 20 epochs; the labels alone about 0.88
    assert (trained.settings["labelled"], trained.settings["unlabelled"]) == (40, digits.schema.unlabelled_train)
    assert trained.validation == {}
    assert trained.history[-1]["sure"] > trained.history[0]["sure"]
    assert any("no labels are left for validation" in note for note in trained.notes)
    assert not list(tmp_path.glob("training*"))


def test_goes_on_where_it_was_interrupted(digits: Run, tmp_path: Path) -> None:
    class Interrupted(Exception):
        pass

    def stop(event: Progress | Note) -> None:
        if isinstance(event, Progress) and (event.done or 0) >= 2:
            raise Interrupted

    often = SMALL.model_copy(update={"options": {**SMALL.options, "checkpoint_seconds": 0}})
    learn(digits, tmp_path / "whole", often)
    with pytest.raises(Interrupted):
        learn(digits, tmp_path / "torn", often, emit=stop)
    assert (tmp_path / "torn" / "training.safetensors").is_file()
    notes: list[str] = []
    learn(digits, tmp_path / "torn", often, emit=lambda event: notes.append(getattr(event, "message", "")))
    assert any("continuing from step" in note for note in notes)
    whole, torn = (load_file(str(tmp_path / name / "model" / "weights.safetensors")) for name in ("whole", "torn"))
    assert all(torch.equal(value, whole[name]) for name, value in torn.items())


def test_ends_with_the_budget(digits: Run, tmp_path: Path) -> None:
    deadline = time.monotonic() + 8
    trained = learn(digits, tmp_path / "timed", Settings(options={"width": 0.25}), deadline=deadline)
    assert time.monotonic() < deadline
    assert trained.stopped == "the time budget was used"
    assert accuracy(tmp_path / "timed" / "model", digits) > 0.2
    with pytest.raises(BudgetSpent):
        learn(digits, tmp_path / "late", deadline=time.monotonic() + 1)


def test_a_validation_split_calibrates_and_colours_are_learned(tmp_path: Path) -> None:
    pixels, labels = coloured(120)
    names = ["red sky", "blue sky"]
    run = Run(tmp_path / "run")
    rows = [array_rows(pixels[part], labels[part], names) for part in (slice(0, 80), slice(80, 120))]
    prepared(run.folder, *rows, names)
    trained = learn(run, tmp_path)
    assert set(trained.validation) == {"accuracy", "calibration_error"}
    assert trained.validation["accuracy"] > 0.6
    assert "validation" in trained.history[-1]


def test_one_label_is_too_few(tmp_path: Path) -> None:
    pixels, labels = coloured(1)
    rows = array_rows(pixels, labels, ["red", "blue"])
    run = Run(tmp_path / "run")
    prepared(run.folder, rows, rows, ["red", "blue"])
    with pytest.raises(DataError, match="1 labelled"):
        learn(run, tmp_path)


# ---- the choice --------------------------------------------------------------------------------------------------


def test_it_stands_second_where_labels_are_few(digits: Run) -> None:
    schema = digits.schema
    assert train.ranked(schema)[:2] == ["semi_gan", "pseudo_labels"]
    plenty = schema.model_copy(update={"unlabelled_train": 0})
    assert train.ranked(plenty)[0] not in ("pseudo_labels", "semi_gan")
    photos = schema.model_copy(update={"image": ImageShape(height=96, width=96, channels=3)})
    assert train.ranked(photos)[0] == "pretrained_images"
    assert pseudo_labels.suits(schema.model_copy(update={"goal": "regress"})) == 0
    assert pseudo_labels.suits(schema.model_copy(update={"modality": "table"})) == 0
    learning = {name for name in train.ranked(schema) if models.learns_unlabelled(name)}
    assert learning == {"pseudo_labels", "semi_gan"}


def test_held_rows_speak_against_what_loses_more_than_chance() -> None:
    truth = np.zeros(10, np.int64)
    right, wrong = np.array([1.0, 0.0]), np.array([0.0, 1.0])

    def said(mistakes: int) -> np.ndarray:
        return np.array([wrong] * mistakes + [right] * (10 - mistakes))

    assert stands(said(2), said(2), truth)
    assert stands(said(2), said(1), truth)
    assert stands(said(2), said(3), truth)
    assert not stands(said(2), said(6), truth)


def test_rows_without_a_label_are_named_by_their_neighbours() -> None:
    """Three clusters, two labels each; what is named is right, and of each cluster some."""
    draw = np.random.default_rng(0)
    truth = np.arange(150) % 3
    features = (draw.normal(size=(150, 16)) + 6 * np.eye(3, 16)[truth]).astype(np.float32)
    rows, labels = named(features[:6], truth[:6], features[6:], 3)
    assert len(rows) > 90
    assert (labels == truth[6:][rows]).mean() > 0.98
    assert set(labels) == {0, 1, 2}
