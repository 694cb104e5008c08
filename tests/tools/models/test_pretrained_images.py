"""Pictures learned with ImageNet's weights: frozen features, the network trained further, and who competes when."""

import time
from pathlib import Path

import numpy as np
import pytest
import torch

from noglue.agent.planners.rules import Rules
from noglue.agent.settle import means
from noglue.agent.task import Constraints
from noglue.tools.models import pretrained_images
from noglue.tools.pretrained import efficientnet_lite
from noglue.tools.selection.contenders import contenders
from noglue.tools.spec.errors import BudgetSpent, StepFailed
from noglue.tools.spec.profiles import Column, ImageShape
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step
from noglue.tools.training import fine_tuning, frozen_features, linear_probe
from noglue.tools.training.adamw import AdamW
from noglue.tools.training.fine_tuning import FineTuning
from noglue.tools.training.machine import Machine
from noglue.tools.training.pixels import Size
from noglue.tools.training.pretrained_model import Backbone, Resolution
from noglue.tools.training.split_arrays import Split
from noglue.tools.training.target_arrays import Target
from noglue.tools.training.tuning_inputs import Maps, Pictures, cut_out
from tests.tools.models._image_data import array_rows, coloured, file_rows, png, prepared
from tests.tools.preparing import Run

NAMES = ["red", "blue"]


def photos(rows: int, shape: ImageShape | None, goal: str = "classify") -> Schema:
    image = Column(name="image", kind="image", dtype="uint8")
    return Schema(
        goal=goal, modality="image", target="y", features=[image], classes=["a", "b"], image=shape,
        rows={"train": rows}, split="random",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "shape", "device", "names"),
    [
        (300, None, "cpu", ("pretrained_images", "resnet")),  # photos of many sizes
        (50_000, (32, 32, 3), "cpu", ("pretrained_images", "resnet")),
        (60_000, (28, 28, 1), "cpu", ("resnet",)),  # many scanned digits
        (500, (28, 28, 1), "cpu", ("pretrained_images", "resnet")),
        (300, (8, 8, 3), "cpu", ("resnet",)),
        (50_000, (32, 32, 3), "cuda:1", ("airbench", "pretrained_images", "resnet")),
    ],
)
def test_who_competes(rows: int, shape: tuple[int, int, int] | None, device: str, names: tuple[str, ...]) -> None:
    image = None if shape is None else ImageShape(height=shape[0], width=shape[1], channels=shape[2])
    assert contenders(photos(rows, image), device=device).names == names


def test_colours_are_learned_further_and_predicted_from_files(tmp_path: Path) -> None:
    pixels, labels = coloured(290)
    parts = [array_rows(pixels[a:b], labels[a:b], NAMES) for a, b in ((0, 210), (210, 250))]
    schema = prepared(tmp_path, parts[0], parts[1], NAMES)
    step = Step(folder=tmp_path, run=tmp_path, seed=3)
    trained = pretrained_images.train(
        tmp_path / "data", tmp_path / "model", schema, Settings(epochs=1, options={"pixels": 24}), step
    )
    assert [one.share for one in trained.candidates].count(1.0) == 1
    assert len(trained.candidates) == 2, "the network itself was not trained further"
    assert trained.history
    assert trained.validation["accuracy"] > 0.9
    assert trained.held[1].shape == (40, 2)
    assert not (tmp_path / "features.npy").exists()
    model = pretrained_images.load(tmp_path / "model", "cpu")
    files = file_rows([png(one, (20, 24), "RGB") for one in pixels[250:]])
    answers = model.predict(files)
    assert (answers.argmax(axis=1) == labels[250:]).mean() > 0.85
    assert np.allclose(answers.sum(axis=1), 1, atol=1e-5)
    assert sum(file.stat().st_size for file in (tmp_path / "model").iterdir()) < 8_000_000


def test_no_time_at_all_is_told(tmp_path: Path) -> None:
    pixels, labels = coloured(60)
    parts = [array_rows(pixels[a:b], labels[a:b], NAMES) for a, b in ((0, 40), (40, 60))]
    schema = prepared(tmp_path, parts[0], parts[1], NAMES)
    step = Step(folder=tmp_path, run=tmp_path, deadline=time.monotonic() - 1)
    with pytest.raises(BudgetSpent):
        pretrained_images.train(tmp_path / "data", tmp_path / "model", schema, Settings(), step)


def test_what_is_asked_of_pretrained_networks_is_done() -> None:
    shape = ImageShape(height=28, width=28, channels=1)
    digits = photos(60_000, shape)
    assert contenders(digits, pretrained=True).names == ("pretrained_images",)
    assert contenders(photos(300, None), pretrained=True).names == ("pretrained_images",)
    assert contenders(photos(300, None), pretrained=False).names == ("resnet",)
    with pytest.raises(StepFailed):
        contenders(digits, "pretrained_images", pretrained=False)
    table = digits.model_copy(update={"modality": "table", "image": None})
    assert not contenders(table, pretrained=True).names[0].startswith("pretrained"), "there is none for tables"
    for words, asked in (
        ("Classify the photos in ./photos without pretrained weights.", {"pretrained": False}),
        ("Use transfer learning to classify ./photos", {"pretrained": True}),
        ("fine-tune a pretrained EfficientNet on ./photos", {"family": "pretrained_images"}),
        ("fine-tune a pretrained ResNet-50 on ./photos", {}),
    ):
        task = Rules().understand(words, [], Constraints())
        assert means.arguments(task, "classify")[0] == asked
    reasons = [means.with_reason(wish, task, "classify").why for wish in task.wishes]
    assert "there is no pretrained ResNet-50 here" in reasons


# ---- plans -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("natural", "rows", "seconds", "found"),
    [
        ((400, 300), 700, None, (224, 168, True)),
        ((400, 300), 700, 30.0, (224, 168, True)),
        ((400, 300), 700, 12.0, (224, 168, False)),
        ((32, 32), 45_000, None, (160, 160, False)),  # at most fivefold, and many need no mirror images
        ((32, 32), 45_000, 200.0, (128, 128, False)),
        ((32, 32), 45_000, 1.0, (64, 64, False)),
    ],
)  # fmt: skip
def test_pictures_are_seen_as_large_as_time_allows(
    natural: tuple[int, int], rows: int, seconds: float | None, found: tuple[int, int, bool]
) -> None:
    size = Size(height=min(224, natural[0]), width=min(168, natural[1]), channels=3)
    plan = frozen_features.Plan.choose(size, rows, 100, True, 4e6, seconds)
    assert (plan.resolution.height, plan.resolution.width, plan.resolution.mirrored) == found
    assert plan.rows == rows or plan.rows == int(1.0 * 4e6 / 64 / 64) - 100


def test_the_network_is_trained_further_only_where_that_can_be_of_use() -> None:
    size = Size(height=32, width=32, channels=3)

    def still(form: Resolution) -> fine_tuning.Paces:
        return fine_tuning.Paces(lower=1.8e7, upper=7e6)

    def bytes_of(form: Resolution) -> int:
        return Maps.bytes_of(form, Machine.of("cpu"))

    cifar = fine_tuning.Plan.choose(size, 45_000, 64, still, 440, bytes_of)
    assert cifar is not None
    assert (cifar.resolution.height, round(cifar.epochs, 1), cifar.views) == (128, 3.8, 1)
    assert fine_tuning.Plan.choose(size, 45_000, 64, still, 30, bytes_of) is None
    few = fine_tuning.Plan.choose(Size(height=224, width=224, channels=3), 300, 224, still, 1000, bytes_of)
    assert few is not None
    assert (few.resolution.height, few.views, few.still) == (224, 8, 5)


def test_few_pictures_are_learned_from_further_in_a_minute_and_large_ones_are_not_timed_for_nothing() -> None:
    timed: list[int] = []

    def slow(form: Resolution) -> fine_tuning.Paces:
        timed.append(form.height)
        return fine_tuning.Paces(lower=8e6, upper=1.4e6)

    size = Size(height=96, width=96, channels=3)
    plan = fine_tuning.Plan.choose(size, 400, 224, slow, 45, lambda form: Maps.bytes_of(form, Machine.of("cpu")))
    assert plan is not None
    assert plan.resolution.height == 128
    assert 5 <= plan.epochs <= 10
    assert timed == [128, 160]


def test_on_a_gpu_the_whole_network_is_trained_further() -> None:
    plan = fine_tuning.Plan.choose(
        Size(height=32, width=32, channels=3), 45_000, 64, lambda form: fine_tuning.Paces(0.0, 3e8), 60, lambda form: 1
    )
    assert plan is not None
    assert (plan.still, plan.views) == (0, 1)


def test_the_lower_layers_see_each_picture_whole_and_mirrored_and_in_parts() -> None:
    network, machine = efficientnet_lite.pretrained().headless(), Machine.of("cpu")
    pixels = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    form = Resolution(height=64, width=64)
    pictures, alone = (Pictures(form, pixels, flip, machine, 0) for flip in (True, False))
    told: list[tuple[int, int]] = []
    maps = Maps(network, 5, pictures, 3, 0, lambda *done: told.append(done))
    assert maps.seen.shape == (3, 6, 8, 8, 40)
    assert told[-1] == (18, 18)
    assert maps.seen[0].nbytes == 6 * Maps.bytes_of(form, machine)
    whole = Maps(network, 5, alone, 1, 0, lambda *done: None).seen[0]
    as_it_is = ~pictures.mirrored
    assert torch.equal(maps.seen[0][as_it_is], whole[as_it_is])
    assert torch.equal(maps.seen[1][~as_it_is], whole[~as_it_is])
    batch = maps.batch(torch.arange(6), 1, torch.Generator().manual_seed(0))
    assert batch.shape == (6, 40, 8, 8)


def test_upper_layers_alone_learn(tmp_path: Path) -> None:
    """What stands still stays as it was published, to the bit; the rest moves."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (240, 24, 24, 3), dtype=np.uint8)
    pixels[::2, :12] //= 4
    values = np.arange(240) % 2
    split = Split(pixels, values)
    target = Target.of(values, photos(240, None), Settings())
    tuning = FineTuning(
        efficientnet_lite.pretrained().headless(), split, split, target, True, Machine.of("cpu"),
        Step(folder=tmp_path, run=tmp_path), None, None,
    )  # fmt: skip
    probe = linear_probe.Probe(np.zeros((1280, target.outputs)), np.zeros(target.outputs), 1.0)
    tuning.begin_from(probe, fine_tuning.Plan(Resolution(height=64, width=64), 1.0, fine_tuning.STILL, 2))
    tuning.learn(None, 1e9, "")
    before, after = efficientnet_lite.pretrained().headless().layers(), tuning.average.network.layers()
    moved = [
        any(not torch.equal(a, b) for a, b in zip(old.parameters(), new.parameters(), strict=True))
        for old, new in zip(before, after, strict=True)
    ]
    assert moved == [False] * (1 + fine_tuning.STILL) + [True] * (len(moved) - 1 - fine_tuning.STILL)


# ---- parts -------------------------------------------------------------------------------------------------------


def test_interrupted_features_go_on_where_they_were(tmp_path: Path) -> None:
    backbone = Backbone(efficientnet_lite.pretrained().headless().folded(), Machine.of("cpu"))
    pixels = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    parts = [(pixels, np.array([4, 2, 0, 1]))]
    form = Resolution(height=32, width=32, mirrored=True)
    told: list[int] = []
    times = iter([1.0, 0.0])

    def compute(left, size: int = 2):  # type: ignore[no-untyped-def]
        return frozen_features.computed(
            backbone, parts, form, tmp_path / "f.npy", "x", left, lambda done, total: told.append(done), size
        )

    assert len(compute(lambda: next(times))) == 2
    whole = compute(lambda: None)
    assert told == [2, 4], "the first two were computed again"
    assert whole.shape == (4, 2, 1280)
    assert np.allclose(whole, backbone.features(pixels[[4, 2, 0, 1]], form), atol=0.05)


@pytest.mark.parametrize("classes", [["a", "b", "c"], None])
def test_a_probe_learns_from_every_view_and_answers_by_their_mean(classes: list[str] | None) -> None:
    draw = np.random.default_rng(0)
    labels = np.arange(90) % 3
    features = (draw.normal(size=(90, 2, 40)) + 4 * np.eye(3, 40)[labels][:, None]).astype(np.float16)
    schema = photos(60, None, "classify" if classes else "regress").model_copy(update={"classes": classes})
    values = labels if classes else 10.0 + 5.0 * labels
    target = Target.of(values[:60], schema, Settings())
    choice = linear_probe.choose(
        features[:60], values[:60], features[60:], values[60:], target, lambda: None, together=True
    )
    assert choice is not None
    score = target.measure(choice.held, values[60:])
    assert score > 0.8 if classes else score < 3
    assert choice.probe.outputs(features).shape == (90, target.outputs)


def test_without_time_for_a_fold_nothing_is_answered() -> None:
    draw, labels = np.random.default_rng(0), np.arange(90) % 3
    features = draw.normal(size=(90, 1, 40)).astype(np.float16)
    target = Target.of(labels[:60], photos(60, None).model_copy(update={"classes": ["a", "b", "c"]}), Settings())
    choice = linear_probe.choose(
        features[:60], labels[:60], features[60:], labels[60:], target, lambda: 0.0, together=True
    )
    assert choice is None or np.ptp(choice.held) > 0


def test_adamw_is_torchs() -> None:
    torch.manual_seed(0)
    ours, theirs = torch.nn.Linear(4, 3), torch.nn.Linear(4, 3)
    theirs.load_state_dict(ours.state_dict())
    optimizer = AdamW({name: (p, 0.01) for name, p in ours.named_parameters()})
    groups = [{"params": [theirs.weight]}, {"params": [theirs.bias], "weight_decay": 0.0}]
    other = torch.optim.AdamW(groups, lr=0.01, betas=(0.9, 0.99), weight_decay=0.01)
    for _ in range(5):
        x = torch.randn(8, 4)
        for network, one in ((ours, optimizer), (theirs, other)):
            one.zero_grad()
            network(x).square().mean().backward()
        optimizer.step(1.0)
        other.step()
    assert torch.allclose(ours.weight, theirs.weight, atol=1e-6)
    assert torch.allclose(ours.bias, theirs.bias, atol=1e-6)
    again = AdamW({name: (p, 0.01) for name, p in ours.named_parameters()})
    again.restore({name: value.clone() for name, value in optimizer.tensors().items()})
    assert int(again.steps) == 5


def test_parts_of_pictures_are_cut_out_of_one_size() -> None:
    images = torch.arange(2 * 3 * 32 * 24, dtype=torch.float32).view(2, 3, 32, 24)
    sizes = {tuple(cut_out(images, torch.Generator().manual_seed(n)).shape[2:]) for n in range(20)}
    assert all(24 <= height <= 32 and 18 <= width <= 24 for height, width in sizes)
    assert len(sizes) > 3


def test_pictures_without_a_label_teach_too(tmp_path: Path) -> None:
    """Forty labelled digits and 1,397 others, named by what the frozen network sees in them."""
    run = Run(tmp_path)
    run.prepare("builtin:digits", labels=40, keep_unlabelled=True)
    step = Step(folder=tmp_path, run=run.folder, seed=0)
    trained = pretrained_images.train(run.folder / "data", tmp_path / "model", run.schema, Settings(), step)
    beside = trained.candidates[1]
    assert "pictures named by their neighbours" in beside.title
    assert beside.chosen
    test = run.split("test")
    said = pretrained_images.load(tmp_path / "model", "cpu").predict(test)
    assert (said.argmax(axis=1) == np.array(test["label"])).mean() > 0.74, "0.716 without them"
