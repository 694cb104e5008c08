"""What is asked of a training on pictures is done: mirroring, rare classes, thresholds, folds, a sheet of so many."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from noglue.tools import evaluate, train
from noglue.tools.generation import sample_pages
from noglue.tools.models._gans.training_images import TrainingImages
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.requested import Decision
from noglue.tools.spec.schema import Schema
from tests.tools.evaluation import generators
from tests.tools.models._image_data import array_rows, coloured, prepared
from tests.tools.test_train import step_in

COLOURS = ["red sky", "blue sky"]


def skies(run: Path, rare: bool = False) -> Schema:
    pixels, labels = coloured(160)
    if rare:  # one red sky in eight
        kept = np.flatnonzero((labels == 1) | (np.arange(160) % 8 == 0))
        pixels, labels = pixels[kept], labels[kept]
    cut = int(0.7 * len(labels))
    return prepared(
        run, array_rows(pixels[:cut], labels[:cut], COLOURS), array_rows(pixels[cut:], labels[cut:], COLOURS), COLOURS
    )


@pytest.mark.parametrize("flips", [None, False, True])
def test_whether_images_are_mirrored_is_the_users_choice(flips: bool | None, tmp_path: Path) -> None:
    schema = skies(tmp_path)
    result = train.run(train.Args(flips=flips, settings=Settings(epochs=2), baseline=False), step_in(tmp_path)[0])
    config = json.loads((tmp_path / "model" / "config.json").read_text())
    assert config["flip"] is (flips is not False), "sky is an ordinary word, so that mirroring is the default"
    assert ("images are never mirrored, as asked" in result.notes) is (flips is False)
    assert result.flips is flips
    if flips is not None:  # else the images decide for a generator
        assert TrainingImages.read(tmp_path / "data", schema, 16, step_in(tmp_path)[0], flips).flip is flips


def test_rare_classes_and_thresholds_of_pictures(tmp_path: Path) -> None:
    skies(tmp_path, rare=True)
    asked = Decision(measure="recall", least=0.5)
    args = train.Args(balance="weights", decision=asked, settings=Settings(epochs=2))
    result = train.run(args, step_in(tmp_path)[0])
    assert any("as asked" in note and "1/count" in note for note in result.notes)
    assert result.decision is None or result.decision.positive == "blue sky"
    assert result.decision is not None or any("threshold was not moved" in note for note in result.notes)


@pytest.mark.parametrize("family", ["pixels_linear", "resnet"])
def test_pictures_are_cross_validated_too(family: str, tmp_path: Path) -> None:
    skies(tmp_path)
    args = train.Args(family=family, folds=2, metric="recall", settings=Settings(epochs=1), baseline=False)
    result = train.run(args, step_in(tmp_path)[0])
    assert result.folds is not None
    assert result.folds.count == 2
    assert result.folds.dealt == "by class"


@pytest.mark.parametrize("count", [1, 7, 32])
def test_a_sheet_has_exactly_so_many_pictures(count: int, tmp_path: Path) -> None:
    sampler = generators.Shelf(generators.PIXELS, generators.LABELS)
    picture = sample_pages.sheet(sampler, tmp_path, count, seed=0)
    assert picture.caption.startswith(f"{count} new picture")
    page = np.array(Image.open(tmp_path / picture.path))
    drawn = sampler.decode(sampler.latents(count, 0), sampler.labels(count, 0))
    across = round(count**0.5)
    assert len(drawn) == count
    side = 42  # 8 pixels five times, and a line of two
    filled = [
        page[side * (i // across) + 2 : side * (i // across + 1), side * (i % across) + 2 : side * (i % across + 1)]
        for i in range(across * -(-count // across))
    ]
    assert sum((cell < 255).any() for cell in filled) == count


def test_a_generator_leaves_the_sheet_that_was_asked_for(tmp_path: Path) -> None:
    run = generators.prepared(tmp_path / "digits")
    (run / "model").mkdir()
    train.run(train.Args(family="pixels_gaussian"), generators.step(run, "train"))
    generators.judge(run)
    found = evaluate.run(evaluate.Args(judge="judge", sheet=12, samples=200), generators.step(run))
    assert found.generation is not None
    first = found.generation.pictures[0]
    assert (first.kind, first.caption) == ("sheet", "12 new pictures on one sheet, as they come, none picked")
    assert (run / first.path).is_file()
