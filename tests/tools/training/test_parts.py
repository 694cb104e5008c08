import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from noglue.tools.spec.errors import DataError, StepFailed
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Note, Progress, Step
from noglue.tools.training import checkpoint, test_time_views
from noglue.tools.training.augment import Augmentation, shifted
from noglue.tools.training.clock import Clock, triangle
from noglue.tools.training.confidence import calibration_error, fit_temperature, softmax
from noglue.tools.training.decode import decode, sizes
from noglue.tools.training.flips import flip_safe
from noglue.tools.training.machine import Machine, out_of_memory
from noglue.tools.training.muon import Muon, orthogonal
from noglue.tools.training.pixels import Size, fitted
from noglue.tools.training.recipe import Recipe
from noglue.tools.training.residual import Residual, Shape, fit_whitening, stages
from noglue.tools.training.supervised import supervised
from noglue.tools.training.target_arrays import Target
from noglue.tools.training.test_time_views import logits
from noglue.tools.training.trainer import Job, run

CPU = Machine(torch.device("cpu"), torch.float32)
SHAPE = Shape(channels=3, height=32, width=32, outputs=4, widths=[16, 16, 32])


def schema(names: list[str] | None, goal: str = "classify") -> Schema:
    return Schema(goal=goal, modality="image", target="y", features=[], classes=names, rows={}, split="random")


class Time:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("names", "safe"),
    [
        (["airplane", "automobile", "bird"], True),
        (["T-shirt/top", "Trouser", "Ankle boot"], True),
        (["n01440764", "n02102040"], True),
        (["0", "1", "2"], False),
        (["A", "B"], False),
        (["letter a", "letter b"], False),
        (["turn left", "stop"], False),
        (["TurnRight", "Stop"], False),
        (["zero", "one"], False),
        (["speed limit 30", "yield"], False),
        (["あ", "い"], False),
    ],
)
def test_what_may_be_mirrored(names: list[str], safe: bool) -> None:
    decision, why = flip_safe(schema(names))
    assert decision is safe
    assert why


def test_values_are_not_mirrored() -> None:
    assert flip_safe(schema(None, "regress"))[0] is False


def test_without_a_budget_the_clock_counts_steps() -> None:
    clock = Clock(100, None)
    assert [clock.fraction(step) for step in (0, 50, 100)] == [0.0, 0.5, 1.0]


def test_a_large_budget_changes_nothing() -> None:
    now = Time()
    clock = Clock(100, 1000.0, now=now)
    for step in range(101):
        now.now = step * 1.0
        assert clock.fraction(step) == step / 100
    assert not clock.timed


def test_a_small_budget_ends_the_schedule_in_time_whatever_the_pace() -> None:
    now = Time()
    clock = Clock(10_000, 100.0, now=now)
    fractions = []
    step = 0
    while (fraction := clock.fraction(step)) < 1:
        fractions.append(fraction)
        step += 1
        now.now += 0.5 if step < 40 else 2.0  # the machine gets busier
    assert clock.timed
    assert 98 <= now.now <= 102
    assert fractions == sorted(fractions)
    assert fractions[-1] > 0.97


def test_a_clock_goes_on_where_it_was() -> None:
    now = Time()
    clock = Clock(1000, 50.0, start=400, fraction=0.6, timed=True, now=now)
    now.now = 25.0
    assert clock.fraction(410) == pytest.approx(0.8)


def test_the_rate_rises_and_falls() -> None:
    assert [triangle(f, 0.2) for f in (0.0, 0.2, 0.6, 1.0)] == pytest.approx([0.2, 1.0, 0.5, 0.0])


def test_orthogonal_evens_out_singular_values() -> None:
    matrix = torch.randn(16, 90, generator=torch.Generator().manual_seed(0)) @ torch.diag(torch.logspace(0, -1, 90))
    for found in (orthogonal(matrix, torch.float32, 5), orthogonal(matrix.T, torch.float32, 5)):
        values = torch.linalg.svdvals(found)
        assert 0.5 < values.min() <= values.max() < 1.4


def test_whitening_gives_patches_unit_variance() -> None:
    images = torch.randn(200, 3, 32, 32, generator=torch.Generator().manual_seed(0)).cumsum(3) / 4
    network = Residual(SHAPE)
    fit_whitening(network, images)
    out = network.whiten(images)
    assert out.pow(2).mean((0, 2, 3)).detach().numpy() == pytest.approx(np.ones(24), abs=0.15)
    assert torch.equal(network.whiten.weight[:12], -network.whiten.weight[12:])


@pytest.mark.parametrize(("side", "count"), [(8, 2), (16, 2), (28, 3), (32, 3), (64, 4), (128, 5)])
def test_the_network_fits_any_size(side: int, count: int) -> None:
    assert stages(side, side) == count
    shape = Recipe.choose(1000, 7, Size(height=side, width=side + 3, channels=1), False, False).shape(
        Size(height=side, width=side + 3, channels=1), 7
    )
    assert len(shape.widths) == count
    assert Residual(shape)(torch.zeros(2, 1, side, side + 3)).shape == (2, 7)


def test_shifts_move_by_whole_pixels() -> None:
    images = torch.arange(2 * 6 * 6.0).reshape(2, 1, 6, 6)
    moved = shifted(images, 1, torch.Generator().manual_seed(1))
    padded = torch.nn.functional.pad(images, (1, 1, 1, 1), mode="reflect")
    windows = [padded[:, :, y : y + 6, x : x + 6] for y in range(3) for x in range(3)]
    assert all(any(torch.equal(moved[n], window[n]) for window in windows) for n in range(2))


def test_only_what_may_be_mirrored_is() -> None:
    images = torch.arange(8.0).reshape(2, 1, 2, 2)
    chosen = torch.tensor([True, False])
    random = torch.Generator().manual_seed(0)
    assert torch.equal(Augmentation(0, False)(images, chosen, random), images)
    flipped = Augmentation(0, True)(images, chosen, random)
    assert torch.equal(flipped[0], images[0].flip(-1))
    assert torch.equal(flipped[1], images[1])
    blank = Augmentation(0, False, cutout=1)(images + 1, chosen, random)
    assert int((blank == 0).sum()) <= 2


def test_the_temperature_repairs_confidence() -> None:
    random = np.random.default_rng(0)
    labels = random.integers(0, 5, 4000)
    true = random.normal(0, 1, (4000, 5))
    true[np.arange(4000), labels] += 1.0
    assert fit_temperature(true * 4, labels) == pytest.approx(4 * fit_temperature(true, labels), rel=0.02)
    before, after = (calibration_error(softmax(true * 4, t), labels) for t in (1.0, fit_temperature(true * 4, labels)))
    assert after < 0.05 < before


def test_a_perfect_score_proves_no_certainty() -> None:
    labels = np.arange(50) % 2
    confident = softmax(np.eye(2)[labels] * 3, fit_temperature(np.eye(2)[labels] * 3, labels))
    assert 0.9 < confident.max() < 0.999


def test_more_looks_depend_on_the_row_alone() -> None:
    torch.manual_seed(0)
    network = Residual(SHAPE).eval()
    images = torch.randn(9, 3, 32, 32)
    looks = test_time_views.TestTimeAugmentation(flip=True, shift=1, below=0.6)
    together = logits(network, images, looks, CPU)
    alone = torch.cat([logits(network, image[None], looks, CPU) for image in images])
    assert torch.allclose(together, alone, atol=1e-4)
    first = logits(network, images, test_time_views.TestTimeAugmentation(), CPU)
    unsure = first.softmax(1).amax(1) < 0.6
    assert torch.equal(first[~unsure], together[~unsure])
    assert not torch.allclose(first[unsure], together[unsure])


def test_unequal_classes_weigh_more() -> None:
    values = np.array([0] * 90 + [1] * 3)
    assert Target.of(values, schema(["a", "b"]), Settings()).weights is not None
    balanced = Target.of(values, schema(["a", "b"]), Settings(metric="balanced_accuracy")).weights
    assert balanced is not None
    assert balanced[1] / balanced[0] == pytest.approx(30, rel=0.01)
    assert Target.of(np.array([0, 1, 1]), schema(["a", "b"]), Settings()).weights is None


def encoded(image: Image.Image, form: str, **more: object) -> dict[str, object]:
    out = io.BytesIO()
    image.save(out, form, **more)
    return {"bytes": out.getvalue(), "path": None}


def test_orientation_transparency_and_depth() -> None:
    sideways = Image.new("RGB", (40, 20), "black")
    sideways.paste("white", (0, 0, 20, 20))  # the left half is white
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: left becomes top
    row = encoded(sideways, "JPEG", exif=exif, quality=95)
    assert sizes([row]).tolist() == [[40, 20, 3]]
    upright = decode([row], 40, 20, 3)[0]
    assert upright[:18].min() > 200
    assert upright[22:].max() < 50
    clear = encoded(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG")
    assert decode([clear], 8, 8, 3).min() == 255
    deep = Image.fromarray(np.full((8, 8), 0x8000, np.uint16))
    assert np.unique(decode([encoded(deep, "PNG")], 8, 8, 1)).tolist() == [128]
    real = Image.fromarray(np.full((8, 8), 0.5, np.float32))
    assert np.unique(decode([encoded(real, "TIFF")], 8, 8, 1)).tolist() == [128]


def test_a_broken_file_is_named() -> None:
    whole = encoded(Image.new("RGB", (64, 64), "red"), "PNG")
    with pytest.raises(DataError, match=r"cut\.png"):
        decode([{"bytes": whole["bytes"][:60], "path": "cut.png"}], 8, 8, 3)  # type: ignore[index]


def test_arrays_of_other_forms_are_fitted() -> None:
    size = Size(height=8, width=8, channels=1)
    assert fitted(np.full((2, 16, 16, 3), 90, np.uint8), size).tolist() == np.full((2, 8, 8, 1), 90).tolist()
    clear = np.zeros((1, 8, 8, 4), np.uint8)
    assert fitted(clear, size).min() == 255


def test_a_checkpoint_is_whole_or_nothing(tmp_path: Path) -> None:
    file = tmp_path / "training.safetensors"
    assert checkpoint.load(file) is None
    checkpoint.save(file, {"a.b": torch.arange(6.0).reshape(2, 3).T}, {"step": 3})
    found = checkpoint.load(file)
    assert found is not None
    assert found[0]["a.b"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert found[1] == {"step": 3}
    file.write_bytes(file.read_bytes()[:40])
    assert checkpoint.load(file) is None


def job(folder: Path, spoilt: set[int], checkpoint_seconds: float = 30.0) -> tuple[Job, list[int]]:
    """Fits y = 2x; the batches numbered in `spoilt` give NaN, each once."""
    torch.manual_seed(0)
    network, seen = nn.Linear(1, 1), list[int]()

    def loss(epoch: int, index: int, fraction: float) -> torch.Tensor:
        number = epoch * 10 + index
        seen.append(number)
        x = torch.randn(8, 1, generator=torch.Generator().manual_seed(number))
        if number in spoilt:
            spoilt.discard(number)
            x = x * float("nan")
        return (network(x) - 2 * x).square().mean()

    optimizer = Muon(network.named_parameters(), 0.1, {"bias": 0.05, "weight": 0.05})
    made = supervised(
        network=network,
        optimizer=optimizer,
        loss=loss,
        score=lambda: -float((network.weight - 2).abs().item()),
        better=lambda a, b: a > b,
        batch_size=8,
        steps=60,
        steps_per_epoch=10,
        validate_every=10,
        checkpoint_file=folder / "training.safetensors",
        fingerprint="linear",
        checkpoint_seconds=checkpoint_seconds,
    )
    return made, seen


def test_a_nan_sends_the_training_back_and_it_still_succeeds(tmp_path: Path) -> None:
    events: list[Progress | Note] = []
    made, seen = job(tmp_path, {25})
    outcome = run(made, None, Step(folder=tmp_path, run=tmp_path, emit=events.append))
    assert outcome.measures["validation"] > -0.1
    assert seen[26] == 20
    assert any("back to step 20" in event.message for event in events if isinstance(event, Note))


def test_too_many_nans_end_it(tmp_path: Path) -> None:
    made, _ = job(tmp_path, {11, 12, 13, 14, 15})
    with pytest.raises(StepFailed) as failure:
        run(made, None, Step(folder=tmp_path, run=tmp_path))
    assert failure.value.kind == "diverged"


def test_an_interrupted_training_goes_on_bit_for_bit(tmp_path: Path) -> None:
    class Interrupted(Exception):
        pass

    def interrupt(event: Progress | Note) -> None:
        if isinstance(event, Progress) and event.done == 3:
            raise Interrupted

    (tmp_path / "whole").mkdir()
    whole, _ = job(tmp_path / "whole", set())
    run(whole, None, Step(folder=tmp_path, run=tmp_path))
    broken, _ = job(tmp_path, set(), checkpoint_seconds=0.0)
    with pytest.raises(Interrupted):
        run(broken, None, Step(folder=tmp_path, run=tmp_path, emit=interrupt))
    again, seen = job(tmp_path, set())
    outcome = run(again, None, Step(folder=tmp_path, run=tmp_path))
    assert seen[0] == 29
    assert torch.equal(again.network.weight, whole.network.weight)
    assert [row["epoch"] for row in outcome.history] == [1, 2, 3, 4, 5, 6]


def test_another_trainings_checkpoint_is_left_alone(tmp_path: Path) -> None:
    made, seen = job(tmp_path, set())
    checkpoint.save(made.checkpoint, {"network.weight": torch.zeros(3)}, {"fingerprint": "other", "state": {}})
    run(made, None, Step(folder=tmp_path, run=tmp_path))
    assert seen[0] == 0


def test_memory_that_runs_out_is_typed() -> None:
    with pytest.raises(RuntimeError) as failure:
        torch.empty(1 << 50)
    typed = out_of_memory(failure.value, 512)
    assert typed is not None
    assert (typed.kind, typed.data) == ("out-of-memory", {"batch_size": 512})
    assert out_of_memory(RuntimeError("shape mismatch"), 512) is None


def test_a_device_that_is_not_here_is_told() -> None:
    with pytest.raises(StepFailed, match="cuda:99"):
        Machine.of("cuda:99")
