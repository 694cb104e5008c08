"""Every family that can generate images, held to `Family` and `Sampler` on a few dozen steps over small digits."""

import functools
import itertools
import json
import math
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from noglue.tools.models._gans.setting import Setting
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.profiles import Column, ImageShape
from noglue.tools.spec.protocols import Sampler, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
from noglue.tools.training.pixels import Size
from tests.tools.models._generating_data import DIGITS, crops, prepared, some_digits
from tests.tools.models._image_data import array_rows, coloured
from tests.tools.models._threads import one_thread  # noqa: F401
from tests.tools.models.test_contract import is_pickled

ROWS = {True: 52, False: 20}  # labelled or not: no more than the judge that scores snapshots needs to learn quickly
BATCH, EPOCHS = 4, 6
QUICK = Settings(epochs=EPOCHS, batch_size=BATCH)
EXAMPLE = Schema(
    goal="generate",
    modality="image",
    target="label",
    features=[Column(name="image", kind="image", dtype="uint8")],
    classes=DIGITS,
    image=ImageShape(height=8, width=8, channels=1),
    rows={"train": ROWS[True]},
    split="random",
)
NAMES = [
    name
    for name in catalogue.names("noglue.tools.models")
    if catalogue.load("noglue.tools.models", name).suits(EXAMPLE) > 0
]
PLAYED = [name for name in NAMES if not catalogue.load("noglue.tools.models", name).BASELINE]
DESIGNED = [name for name in PLAYED if hasattr(catalogue.load("noglue.tools.models", name), "design")]


@dataclass
class Taught:
    """run/model is what a family left, step the step that it was trained in."""

    run: Path
    step: Step
    trained: Trained
    notes: list[str]

    @property
    def sampler(self) -> Any:
        return load(self.trained.family, self.run / "model")


def load(name: str, model: Path) -> Sampler:
    sampler: Sampler = catalogue.load("noglue.tools.models", name).load(model, "cpu")
    return sampler


def taught_in(run: Path, name: str, settings: Settings = QUICK, seed: int = 5) -> Taught:
    """A training on RUN/data."""
    notes: list[str] = []
    folder = run / "steps" / "01-train"
    folder.mkdir(parents=True)
    (run / "model").mkdir()
    step = Step(folder=folder, run=run, seed=seed,
                emit=lambda event: notes.append(event.message) if event.event == "note" else None)  # fmt: skip
    schema = Schema.load(run / "data")
    trained = catalogue.load("noglue.tools.models", name).train(run / "data", run / "model", schema, settings, step)
    assert isinstance(trained, Trained)
    return Taught(run, step, trained, notes)


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bool], Taught]:
    """taught(name, labelled): trained once, by the first test that asks for it."""

    @functools.cache
    def once(name: str, labelled: bool) -> Taught:
        run = tmp_path_factory.mktemp(f"{name}-{'with' if labelled else 'without'}-labels")
        some_digits(run, ROWS[labelled], labelled)
        return taught_in(run, name)

    return once


Teach = Callable[[str, bool], Taught]


def test_there_is_a_default_a_simple_one_and_the_historical_line() -> None:
    assert {"r3gan", "dcgan", "sngan", "wgan_gp", "mlp_gan"} <= set(PLAYED)
    assert set(NAMES) > set(PLAYED), "no baseline"
    fits = {name: catalogue.load("noglue.tools.models", name).suits(EXAMPLE) for name in NAMES}
    assert max(fits, key=lambda name: fits[name]) == "r3gan"
    assert len(set(fits.values())) == len(fits), "which is preferred is left to the alphabet"
    unlabelled = EXAMPLE.model_copy(update={"target": None, "classes": None})
    for name in NAMES:
        assert catalogue.load("noglue.tools.models", name).suits(unlabelled) > 0
        for change in ({"goal": "classify"}, {"modality": "table"}, {"modality": "text"}):
            assert catalogue.load("noglue.tools.models", name).suits(EXAMPLE.model_copy(update=change)) == 0


# ---- what a training leaves ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_a_training_tells_what_it_did_and_leaves_a_model_alone(taught: Teach, name: str, labelled: bool) -> None:
    found = taught(name, labelled)
    trained = found.trained
    assert trained.family == name
    assert trained.stopped
    assert trained.seconds >= 0
    assert trained.settings
    assert trained.learned_from == ["train"]
    assert trained.alarms == []
    assert set(trained.notes) <= set(found.notes), "what is told in the end was not in the journal"
    json.dumps(trained.model_dump(mode="json"), allow_nan=False)
    files = [file for file in (found.run / "model").rglob("*") if file.is_file()]
    assert {file.suffix for file in files} == {".json", ".safetensors"}
    assert not [file for file in files if is_pickled(file)]
    assert not list(found.step.folder.glob("*.safetensors")), "the checkpoint was left behind"


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize("name", PLAYED)
def test_the_game_is_told_by_its_curves_and_its_film(taught: Teach, name: str, labelled: bool) -> None:
    found = taught(name, labelled)
    trained = found.trained
    assert trained.parameters
    assert trained.settings["epochs"] == EPOCHS
    assert trained.settings["steps"] == EPOCHS * ROWS[labelled] // BATCH
    assert (trained.settings["batch_size"], trained.stopped) == (BATCH, "the schedule ended")
    assert set(trained.validation) == {"fd_own", "coverage", "sample_precision"}
    told = {"step", "loss_d", "loss_g", "fd_own", "coverage", "precision", "spread", "seconds"}
    for row in trained.history:
        assert told <= set(row)
        assert all(math.isfinite(value) for value in row.values())
    steps = [row["step"] for row in trained.history]
    assert steps == sorted(set(steps))
    assert steps[-1] == trained.settings["steps"]
    chosen = trained.history[steps.index(trained.settings["chosen_step"])]
    assert chosen["fd_own"] == min(row["fd_own"] for row in trained.history)
    assert trained.validation["fd_own"] == pytest.approx(chosen["fd_own"], abs=1e-4)
    assert [int(Path(frame).stem) for frame in trained.sample_history] == steps
    begun, ended = (found.step.path(trained.sample_history[place]) for place in (0, -1))
    with Image.open(ended) as last, Image.open(begun) as first:
        assert first.size == last.size == (10 * 42 + 2, 4 * 42 + 2)
        assert first.tobytes() != last.tobytes(), "nothing moves in the film"


# ---- what samples from it ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_depends_on_its_latent_and_its_label_alone(taught: Teach, name: str) -> None:
    sampler = taught(name, True).sampler
    assert sampler.classes == DIGITS
    latents, labels = sampler.latents(130, seed=1), sampler.labels(130, seed=1)
    assert (latents.dtype, latents.shape) == (np.float32, (130, sampler.latent))
    assert (labels.dtype, labels.shape) == (np.int64, (130,))
    assert set(labels.tolist()) == set(range(10))
    told: list[tuple[int, int]] = []
    whole = sampler.decode(latents, labels, lambda *at: told.append(at))
    assert (whole.dtype, whole.shape) == (np.uint8, (130, 8, 8, 1))
    assert told[-1] == (130, 130)
    assert whole.std(0).mean() > 1, "all samples are one"
    for count in (1, 7, 101):
        assert np.array_equal(sampler.decode(latents[:count], labels[:count]), whole[:count])
    assert sampler.decode(latents[:0], labels[:0]).shape == (0, 8, 8, 1)
    assert np.array_equal(sampler.latents(130, seed=1), latents)
    assert np.array_equal(sampler.labels(130, seed=1), labels)
    assert not np.array_equal(sampler.latents(130, seed=2), latents)
    assert not np.array_equal(sampler.labels(130, seed=2), labels)
    assert not np.array_equal(sampler.decode(sampler.latents(130, seed=2), labels), whole)
    if name in PLAYED:  # the simple one has too few rows of each class here
        assert not np.array_equal(sampler.decode(latents, (labels + 1) % 10), whole)
    with pytest.raises(ValueError, match="labels are needed"):
        sampler.decode(latents)


@pytest.mark.parametrize("name", NAMES)
def test_without_labels_there_are_no_classes(taught: Teach, name: str) -> None:
    sampler = taught(name, False).sampler
    assert sampler.classes is None
    assert sampler.labels(5, seed=1) is None
    whole = sampler.decode(sampler.latents(130, seed=1))
    assert (whole.dtype, whole.shape) == (np.uint8, (130, 8, 8, 1))
    assert whole.std(0).mean() > 1
    assert np.array_equal(sampler.decode(sampler.latents(130, seed=1)), whole)
    assert not np.array_equal(sampler.decode(sampler.latents(130, seed=2)), whole)


def test_the_folder_is_all_that_a_fresh_process_needs(taught: Teach, tmp_path: Path) -> None:
    cases = list(itertools.product(NAMES, (True, False)))
    expected = {}
    for name, labelled in cases:
        place = tmp_path / f"{name}-{labelled}"
        shutil.copytree(taught(name, labelled).run / "model", place)
        sampler = load(name, place)
        expected[place.name] = sampler.decode(sampler.latents(20, 3), sampler.labels(20, 3))
    program = f"""
import pathlib, numpy, torch
from noglue.tools.spec import catalogue
torch.set_num_threads(1)
for name, labelled in {cases!r}:
    place = pathlib.Path(f"{{name}}-{{labelled}}")
    sampler = catalogue.load("noglue.tools.models", name).load(place, "cpu")
    numpy.save(f"{{place}}.npy", sampler.decode(sampler.latents(20, 3), sampler.labels(20, 3)))
"""
    subprocess.run([sys.executable, "-P", "-c", program], check=True, timeout=120, cwd=tmp_path)
    for place, pixels in expected.items():
        assert np.array_equal(np.load(tmp_path / f"{place}.npy"), pixels), place


def test_the_same_seed_trains_the_same_generator(tmp_path: Path, taught: Teach) -> None:
    name = PLAYED[0]
    some_digits(tmp_path, ROWS[True])
    again = taught_in(tmp_path, name)
    first = taught(name, True)
    assert again.trained.history[-1]["loss_d"] == first.trained.history[-1]["loss_d"]
    drawn = [
        found.sampler.decode(found.sampler.latents(20, 3), found.sampler.labels(20, 3)) for found in (first, again)
    ]
    assert np.array_equal(*drawn)


# ---- sizes, widths, options ----------------------------------------------------------------------------------------

SIZES = [(12, 20, 1), (8, 8, 3), (48, 48, 3), (30, 21, 1)]
MINIBATCH = ("none", "stddev", "discrimination")


def designed(name: str, size: tuple[int, int, int], classes: int, width: int, **more: Any) -> tuple[Setting, Any]:
    height, wide, channels = size
    setting = Setting.of(Size(height=height, width=wide, channels=channels), classes, width, **{"gpu": False, **more})
    torch.manual_seed(0)
    return setting, catalogue.load("noglue.tools.models", name).design(setting)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", DESIGNED)
def test_both_players_fit_every_size_with_and_without_classes(name: str, size: tuple[int, int, int]) -> None:
    for classes, minibatch, gpu in itertools.product((0, 10), MINIBATCH, (False, True)):
        setting, made = designed(name, size, classes, 16, gpu=gpu, minibatch=minibatch)
        labels = torch.arange(3) if classes else None
        images = made.generator(torch.randn(3, made.latent), labels)
        assert images.shape == (3, size[2], setting.canvas.tall, setting.canvas.wide)
        assert torch.isfinite(images).all()
        assert setting.canvas.crop(images).shape == (3, size[2], size[0], size[1])
        real = setting.canvas.pad(torch.rand(3, size[2], size[0], size[1]) * 2 - 1)
        assert made.discriminator(real, labels).shape == (3,)
        assert made.discriminator(images, labels).shape == (3,)


@pytest.mark.parametrize("name", DESIGNED)
def test_any_width_can_be_asked_for_and_is_that_of_the_networks(name: str) -> None:
    def parameters(width: int) -> int:
        _, made = designed(name, (16, 16, 1), 10, width)
        made.discriminator(made.generator(torch.randn(2, made.latent), torch.arange(2)), torch.arange(2))
        return sum(parameter.numel() for parameter in made.generator.parameters())

    sizes = [parameters(width) for width in (1, 7, 16, 50, 80)]
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("name", DESIGNED)
def test_a_look_at_the_batch_is_taken_at_real_and_generated_images_apart(name: str) -> None:
    for minibatch in MINIBATCH[1:]:
        _, made = designed(name, (8, 8, 1), 0, 16, minibatch=minibatch)
        assert not made.rules.joint_batch
        made.discriminator.eval()
        images = torch.rand(4, 1, 8, 8) * 2 - 1
        alone = made.discriminator(torch.cat([images[:1], images[:1], images[:1], images[:1]]), None)
        among = made.discriminator(images, None)
        assert not torch.allclose(alone[0], among[0], atol=1e-6), minibatch


@pytest.mark.parametrize(
    ("name", "pictures", "options"),
    [
        ("dcgan", "crops", {"minibatch": "stddev", "width": 4}),
        ("r3gan", "coloured", {"minibatch": "discrimination", "width": 12, "pixels": 10}),
    ],
)
def test_a_training_on_images_of_an_odd_shape_with_options(
    tmp_path: Path, name: str, pictures: str, options: dict[str, Any]
) -> None:
    if pictures == "crops":
        pixels, labels = crops(50)
        names, shape = DIGITS, (12, 20, 1)
    else:
        pixels, labels = coloured(50)
        names, shape = ["red", "blue"], (10, 8, 3)
    prepared(tmp_path, array_rows(pixels, labels, names), names)
    found = taught_in(tmp_path, name, Settings(epochs=1, batch_size=10, options=options))
    assert found.trained.settings["width"] == options["width"]
    config = json.loads((found.run / "model" / "config.json").read_text(encoding="utf-8"))
    assert config["setting"]["minibatch"] == options["minibatch"]
    sampler = found.sampler
    assert sampler.decode(sampler.latents(3, 1), sampler.labels(3, 1)).shape == (3, *shape)


@pytest.mark.parametrize("name", DESIGNED)
@pytest.mark.parametrize("wrong", [{"minibatch": "nonsense"}, {"pixels": 4}, {"width": -2}, {"steps": 100}])
def test_an_option_that_makes_no_sense_is_refused_before_anything_is_done(
    tmp_path: Path, name: str, wrong: dict[str, Any]
) -> None:
    some_digits(tmp_path, 20)
    with pytest.raises(StepFailed) as caught:
        taught_in(tmp_path, name, Settings(epochs=1, options=wrong))
    assert (caught.value.kind, [caught.value.data["setting"]]) == ("bad-setting", list(wrong))
    assert not list((tmp_path / "steps" / "01-train").iterdir())
