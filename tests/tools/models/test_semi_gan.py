"""Few labels and many images: what prepare hides, what semi_gan makes of it, and what it is set beside."""

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from noglue.tools import evaluate, train
from noglue.tools.models import resnet, semi_gan
from noglue.tools.models._semi.affine import RandomAffine
from noglue.tools.models._semi.networks import Critic, Maker, Plan
from noglue.tools.models._semi.players import disagreement, real_or_made, unlike
from noglue.tools.spec.errors import BudgetSpent, DataError
from noglue.tools.spec.protocols import Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Note, Progress, Step
from tests.tools.models._image_data import array_rows, coloured, prepared
from tests.tools.preparing import Run, kinds

SMALL = Settings(epochs=3, options={"width": 0.25})


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """40 labelled digits, 4 of each, and 1,397 others."""
    run = Run(tmp_path_factory.mktemp("digits"))
    run.prepare("builtin:digits", labels=40, keep_unlabelled=True)
    return run


def learn(run: Run, folder: Path, settings: Settings = SMALL, family: Any = semi_gan, **more: Any) -> Trained:
    """Into FOLDER/model."""
    folder.mkdir(parents=True, exist_ok=True)
    step = Step(folder=folder, run=run.folder, **{"seed": 3, **more})
    trained: Trained = family.train(run.folder / "data", folder / "model", run.schema, settings, step)
    return trained


def accuracy(family: Any, model: Path, run: Run) -> float:
    test = run.split("test")
    return float((family.load(model, "cpu").predict(test).argmax(axis=1) == np.array(test["label"])).mean())


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(str(folder / "model" / "weights.safetensors"))


# ---- what prepare hides ------------------------------------------------------------------------------------------


def test_the_labels_that_were_not_asked_for_are_nowhere_in_the_training_data(digits: Run) -> None:
    whole = Run(digits.folder / "whole")
    whole.prepare("builtin:digits")
    rows = digits.split("train")
    column = rows.data.table.column("label")
    assert column.null_count == len(rows) - 40 == digits.schema.unlabelled_train
    assert len(rows) == len(whole.split("train")) + len(whole.split("validation"))
    below = np.concatenate([np.frombuffer(chunk.buffers()[1], np.int64)[: len(chunk)] for chunk in column.chunks])
    assert set(below[digits.labels("train") < 0]) <= {-1, 0}, "a label can be read from under its null"
    assert np.bincount(digits.labels("train")[digits.labels("train") >= 0]).tolist() == [4] * 10
    assert digits.schema.counts == {str(digit): 4 for digit in range(10)}
    assert not (digits.folder / "data" / "validation").exists()
    assert np.array_equal(digits.labels("test"), whole.labels("test"))


def test_labels_to_choose_by_count_too(tmp_path: Path) -> None:
    run = Run(tmp_path)
    result = run.prepare("builtin:digits", labels=100)
    assert (set(result.rows), result.rows["train"], run.schema.unlabelled_train) == ({"train", "test"}, 100, 0)
    assert (run.labels("train") >= 0).all()
    assert "few-labels" in kinds(result)


def test_labelled_rows_can_be_few_and_of_uneven_classes(tmp_path: Path) -> None:
    pixels, labels = coloured(60)
    labels[10:] = 0
    folder = tmp_path / "in"
    folder.mkdir()
    np.savez(folder / "colours.npz", x_train=pixels[:40], y_train=labels[:40], x_test=pixels[40:], y_test=labels[40:])
    run = Run(tmp_path / "run")
    run.prepare(folder, labels=14, keep_unlabelled=True)
    assert np.bincount(run.labels("train")[run.labels("train") >= 0]).tolist() == [9, 5]  # there are but five of one


# ---- losses and networks -----------------------------------------------------------------------------------------


def test_the_losses_are_those_of_a_softmax_over_one_class_more() -> None:
    torch.manual_seed(0)
    real, made = torch.randn(6, 4), torch.randn(6, 4)
    real_of, made_of = (torch.cat([logits, torch.zeros(6, 1)], 1).softmax(1)[:, -1] for logits in (real, made))
    expected = -0.5 * (1 - real_of).log().mean() - 0.5 * made_of.log().mean()
    assert real_or_made(real, made) == pytest.approx(float(expected), rel=1e-5)
    assert real_or_made(torch.full((2, 3), 9.0), torch.full((2, 3), -9.0)) < 0.01 < real_or_made(real, made)
    assert unlike(real, real.flip(0)) == pytest.approx(0, abs=1e-12)
    assert disagreement(real, real) == 0 < disagreement(real, made)


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 28, 28), (3, 32, 20), (3, 64, 64), (1, 9, 31)])
def test_networks_of_every_shape(shape: tuple[int, int, int]) -> None:
    plan = Plan(channels=shape[0], height=shape[1], width=shape[2], classes=3, factor=0.25)
    made = Maker(plan)(torch.rand(5, plan.latent))
    assert made.shape == (5, *shape)
    assert made.abs().max() <= 1
    logits, features = Critic(plan)(made)
    assert logits.shape == (5, 3)
    assert features.shape[0] == 5
    assert plan.operations() > 0


def test_another_look_keeps_the_picture_and_moves_it() -> None:
    torch.manual_seed(0)
    images = torch.full((8, 1, 12, 20), -1.0)
    images[:, :, 4:8, 8:12] = 1
    still = RandomAffine(turn=0, size=0, shift=0)(images)
    assert torch.allclose(still, images, atol=1e-5)
    moved = RandomAffine()(images)
    assert not torch.allclose(moved, images, atol=0.1)
    assert moved.mean((1, 2, 3)) == pytest.approx(images.mean((1, 2, 3)), abs=0.12)
    assert moved.min() >= -1
    assert moved.max() <= 1


# ---- learning ----------------------------------------------------------------------------------------------------


def test_images_without_labels_make_a_better_classifier(digits: Run, tmp_path: Path) -> None:
    trained = learn(digits, tmp_path / "semi", Settings(epochs=20, options={"width": 0.5}))
    learn(digits, tmp_path / "plain", Settings(), resnet)
    semi, plain = (
        accuracy(semi_gan, tmp_path / "semi" / "model", digits),
        accuracy(resnet, tmp_path / "plain" / "model", digits),
    )
    assert semi > 0.87
    assert semi > plain - 0.01
    assert (trained.settings["labelled"], trained.settings["unlabelled"]) == (40, digits.schema.unlabelled_train)
    assert trained.validation == {}
    assert trained.history[-1]["sure"] > trained.history[0]["sure"]
    assert any("no labels are left for validation" in note for note in trained.notes)
    assert not list((tmp_path / "semi").glob("training*"))


@pytest.mark.slow
def test_the_images_without_labels_are_what_helps(digits: Run, tmp_path: Path) -> None:
    """The same labelled rows and as many steps, without the others: a worse network."""
    rows = digits.split("train")
    alone = rows.select(np.flatnonzero(digits.labels("train") >= 0))
    other = Run(tmp_path / "run")
    prepared(other.folder, alone, alone, digits.schema.classes)
    (other.folder / "data" / "validation").rename(tmp_path / "aside")
    settings = {"options": {"width": 0.5}, "batch_size": 40}
    learn(digits, tmp_path / "all", Settings(epochs=25, **settings))
    learn(other, tmp_path / "few", Settings(epochs=25 * (len(rows) // 40), **settings))
    everything, few = (accuracy(semi_gan, tmp_path / name / "model", digits) for name in ("all", "few"))
    assert everything > few + 0.01


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
    assert all(
        torch.equal(value, weights(tmp_path / "whole")[name]) for name, value in weights(tmp_path / "torn").items()
    )


def test_ends_with_the_budget(digits: Run, tmp_path: Path) -> None:
    deadline = time.monotonic() + 6
    trained = learn(digits, tmp_path / "timed", Settings(options={"width": 0.25}), deadline=deadline)
    assert time.monotonic() < deadline
    assert trained.stopped == "the time budget was used"
    assert accuracy(semi_gan, tmp_path / "timed" / "model", digits) > 0.3
    with pytest.raises(BudgetSpent):
        learn(digits, tmp_path / "late", deadline=time.monotonic() + 1)


def test_a_validation_split_is_chosen_and_calibrated_by(tmp_path: Path) -> None:
    pixels, labels = coloured(120)
    names = ["red sky", "blue sky"]
    run = Run(tmp_path / "run")
    prepared(
        run.folder, array_rows(pixels[:80], labels[:80], names), array_rows(pixels[80:], labels[80:], names), names
    )
    trained = learn(run, tmp_path, SMALL)
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


# ---- the choice, and what it is set beside -----------------------------------------------------------------------


def test_it_stands_by_where_labels_are_few_and_learns_by_name(digits: Run) -> None:
    schema = digits.schema
    assert train.ranked(schema)[:2] == ["semi_gan", "pseudo_labels"]
    plenty = Schema.model_validate({**schema.model_dump(), "unlabelled_train": 0})
    assert train.ranked(plenty)[0] == "resnet"
    half = Schema.model_validate({**schema.model_dump(), "unlabelled_train": schema.rows["train"] // 2})
    assert train.ranked(half)[0] == "resnet"
    assert semi_gan.suits(schema.model_copy(update={"goal": "regress"})) == 0
    assert semi_gan.suits(schema.model_copy(update={"modality": "table"})) == 0


def test_stands_beside_a_plain_classifier_of_the_same_labels(digits: Run) -> None:
    step = digits.step("train")
    step.deadline = time.monotonic() + 15
    result = train.run(train.Args(family="semi_gan", settings=Settings(options={"width": 0.25})), step)
    assert (result.family, result.baseline) == ("semi_gan", "resnet")
    about = json.loads((digits.folder / "model" / "baseline" / "model.json").read_text())
    assert about["family"] == "resnet"
    found = evaluate.run(evaluate.Args(), digits.step("evaluate"))
    beside = found.rivals[1]
    assert beside.title == "a plain classifier (resnet) that learned from the same labels"
    assert beside.difference is not None
    assert beside.difference.n == found.metrics["test"]["accuracy"].n == len(digits.split("test"))
    assert "a plain classifier (resnet)" in found.verdict
    assert "validation" not in found.metrics or found.metrics["validation"] == {}
