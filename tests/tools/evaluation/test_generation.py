"""evaluate on generators: real ones, and such as copy, repeat themselves, or are as good as real images."""

import json
import shutil
import time

import datasets
import numpy as np
import pytest
from PIL import Image

from noglue.tools import evaluate, metrics, train
from noglue.tools.evaluation.scores import Score
from noglue.tools.generation.checkpoints import LEAST, Amounts
from noglue.tools.generation.draws import how_many, seed_for
from noglue.tools.generation.generator_verdict import difference
from noglue.tools.generation.sample_pages import spherical
from noglue.tools.generation.scoring import Wishes, evaluation
from noglue.tools.generation.shares import evenly, shares
from noglue.tools.models import pixels_gaussian
from noglue.tools.spec.errors import DataError, StepFailed
from noglue.tools.spec.schema import Schema
from tests.tools.evaluation.generators import LABELS, NAMES, OTHERS, PIXELS, TRAIN, Shelf, judge, prepared, step
from tests.tools.models._image_data import array_rows

datasets.disable_progress_bars()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Digits with the Gaussian as the model, and a judge."""
    found = prepared(tmp_path_factory.mktemp("digits"))
    (found / "model").mkdir()
    train.run(train.Args(family="pixels_gaussian"), step(found, "train"))
    assert judge(found) == "judge"
    return found


def judged(run, sampler, simple=True, **wishes):
    """A generator set beside the Gaussian."""
    schema = Schema.load(run / "data")
    beside = ("pixels_gaussian", pixels_gaussian.load(run / "model", "cpu")) if simple else None
    return evaluation(schema, sampler, beside, Wishes(judge=run / "judge", **wishes), step(run, "other"))


@pytest.fixture(scope="module")
def gaussian(run):
    return evaluate.run(evaluate.Args(judge="judge"), step(run))


@pytest.fixture(scope="module")
def copycat(run):
    return judged(run, Shelf(PIXELS[TRAIN], LABELS[TRAIN]), samples=400)


@pytest.fixture(scope="module")
def honest(run):
    return judged(run, Shelf(PIXELS[OTHERS], LABELS[OTHERS]), samples=400)


def test_a_generator_is_scored_on_fresh_samples_beside_real_images(run, gaussian):
    test, generation = gaussian.metrics["test"], gaussian.generation
    assert (gaussian.goal, gaussian.metric, gaussian.rivals, gaussian.outcome) == (
        "generate",
        "fd_own",
        [],
        "no-better",
    )
    own = {m.name for m in metrics.for_goal("generate") if m.sees != "inception features"} - {"inception_score"}
    assert set(test) == own
    assert set(gaussian.metrics["train"]) == own - {"class_conditional_accuracy"}
    assert generation.samples == 1000
    assert all(score.low <= score.value <= score.high for score in test.values())
    assert test["fd_own"].low > generation.reference["fd_own"].high
    assert generation.reference["coverage"].low > test["coverage"].value
    assert f"FD-own {test['fd_own'].value:.1f}" in gaussian.verdict
    assert "classes apart" in generation.features
    assert "8 × 8" in generation.features
    assert 0.5 < generation.judge_accuracy <= 1
    assert not generation.memorization.flagged
    json.dumps(gaussian.model_dump(mode="json"), allow_nan=False)
    assert not (run / "steps" / "evaluate" / "predictions.csv").exists()


def test_every_class_is_asked_for_as_often(gaussian):
    rows, asked = gaussian.generation.classes, gaussian.metrics["test"]["class_conditional_accuracy"]
    assert [row.name for row in rows] == NAMES
    assert {row.asked for row in rows} == {100}
    assert asked.value == pytest.approx(sum(row.recognised for row in rows) / 1000)
    assert sum(row.data for row in rows) == pytest.approx(1)
    assert sum(row.generated for row in rows) == pytest.approx(1)


def test_pages_of_samples_are_left(run, gaussian):
    pictures = gaussian.generation.pictures
    assert [p.kind for p in pictures] == ["grid", "classes", "interpolation", "arithmetic", "neighbours"]
    for picture in pictures:
        with Image.open(run / picture.path) as page:
            assert page.format == "PNG"
            assert (run / picture.path).stat().st_size < 1_000_000
    assert {str(p.path).rsplit("/", 1)[0] for p in pictures} == {"steps/evaluate/samples"}
    with Image.open(run / pictures[0].path) as page:
        assert page.size == (422, 422)  # 10 × 10 digits of 40 pixels, and the lines between them


def test_the_same_seed_gives_the_same_result_and_another_one_other_samples(run):
    args, clock = evaluate.Args(judge="judge", samples=100), {"seconds_predicting"}
    first, again = (evaluate.run(args, step(run, "twice")).model_dump(exclude=clock) for _ in range(2))
    assert again == first
    other = evaluate.run(args, step(run, "twice", seed=1))
    assert other.metrics["test"]["fd_own"].value != first["metrics"]["test"]["fd_own"]["value"]
    assert len({seed_for(seed, what) for seed in range(50) for what in ("samples", "asked", "judge")}) == 150
    assert not {seed_for(seed, "samples") for seed in range(50)} & set(range(50))


def test_what_is_as_good_as_real_images_is_better_than_the_gaussian(honest):
    assert honest.outcome == "better"
    assert honest.verdict.startswith("Better than a Gaussian of the pixels: FD-own")
    (rival,) = honest.rivals
    assert rival.difference.high < 0
    assert honest.metrics["baseline"] == rival.metrics
    assert {"fd_own", "coverage", "class_conditional_accuracy"} <= set(rival.metrics)
    assert honest.metrics["test"]["fd_own"].value < 3 * honest.generation.reference["fd_own"].value
    assert not honest.generation.memorization.flagged


def test_a_copycat_is_flagged_whatever_its_score(copycat, honest):
    assert copycat.outcome == "better"
    memory = copycat.generation.memorization
    assert memory.flagged
    assert memory.near_copies == memory.samples == 400
    assert copycat.metrics["test"]["authenticity"].value < 0.05 < honest.metrics["test"]["authenticity"].value
    assert copycat.warnings[0].kind == "memorization"
    assert "too close to the training data" in copycat.verdict
    assert "too close" not in honest.verdict
    page = next(p for p in copycat.generation.pictures if p.kind == "neighbours")
    assert "Near-copies: number 1, number 2" in page.caption


def test_one_image_again_and_again_is_worse_than_the_gaussian(run):
    one = Shelf(PIXELS[OTHERS], LABELS[OTHERS], noise=2, most=1)
    one.by_label = [one.by_label[4]] * 10
    collapsed = judged(run, one, samples=300)
    assert collapsed.outcome == "worse"
    assert collapsed.verdict.startswith("Worse than a Gaussian of the pixels: ")
    assert collapsed.metrics["test"]["coverage"].high < 0.2
    assert collapsed.metrics["test"]["sample_precision"].value > 0.5


def test_a_class_that_never_comes_is_named(run):
    shelf = Shelf(PIXELS[OTHERS], LABELS[OTHERS])
    shelf.by_label[3] = shelf.by_label[0]
    found = judged(run, shelf, simple=False, samples=400)
    said = {warning.kind: warning.message for warning in found.warnings}
    assert "3" in said["weak-classes"]
    assert "3" in said["rare-in-samples"]
    assert next(row for row in found.generation.classes if row.name == "3").recognised < 10


def test_alarms_of_the_training_are_in_the_verdict(run):
    about = run / "model" / "model.json"
    said = json.loads(about.read_text())
    try:
        about.write_text(json.dumps(said | {"alarms": ["step 40: coverage fell from 0.8 to 0.2"]}))
        found = evaluate.run(evaluate.Args(judge="judge", samples=200), step(run))
    finally:
        about.write_text(json.dumps(said))
    assert "Training raised an alarm once: step 40: coverage fell from 0.8 to 0.2." in found.verdict


def test_an_asked_measure_decides_and_what_is_not_at_hand_is_replaced_with_a_warning(run, tmp_path):
    broken = tmp_path / "weights.pth"
    broken.write_bytes(b"no weights")
    wanted = evaluate.Args(metric="fid", inception=str(broken), judge="judge", samples=100)
    assert wanted.reads() == ["judge", str(broken)]
    found = evaluate.run(wanted, step(run, "asked"))
    assert found.metric == "fd_own"
    assert [warning.kind for warning in found.warnings[:2]] == ["no-inception", "metric"]
    assert "Inception" in found.warnings[1].message
    assert judged(run, Shelf(PIXELS, LABELS), simple=False, metric="coverage", samples=100).metric == "coverage"


@pytest.mark.parametrize("labelled", [False, True])
def test_few_rows_with_and_without_labels(tmp_path, labelled):
    run = prepared(tmp_path, labelled, train=slice(0, 60), test=slice(60, 70))
    (run / "model").mkdir()
    train.run(train.Args(family="pixels_gaussian"), step(run, "train"))
    found = evaluate.run(evaluate.Args(judge=judge(run), samples=40), step(run))
    assert np.isfinite(found.metrics["test"]["fd_own"].value)
    assert {"few-test-rows", "few-samples"} <= {warning.kind for warning in found.warnings}
    kinds = [picture.kind for picture in found.generation.pictures]
    assert kinds == (["grid", "classes", "interpolation", "arithmetic", "neighbours"] if labelled else
                     ["grid", "interpolation", "neighbours"])  # fmt: skip
    if not labelled:
        assert "quarter turns" in found.generation.features
        assert found.generation.classes == []
        assert found.generation.judge_accuracy is None
        assert "class_conditional_accuracy" not in found.metrics["test"]


def test_a_generator_without_classes_of_labelled_data_is_not_asked_for_any(run):
    found = judged(run, Shelf(PIXELS[OTHERS], LABELS[OTHERS], labelled=False), samples=300)
    assert "class_conditional_accuracy" not in found.metrics["test"]
    assert {row.asked for row in found.generation.classes} == {0}
    assert sum(row.generated for row in found.generation.classes) == pytest.approx(1)


def test_a_judge_of_other_classes_is_refused(run, tmp_path):
    other = prepared(tmp_path)
    schema = Schema.load(other / "data")
    schema.classes = [f"digit {name}" for name in NAMES]
    with pytest.raises(DataError) as caught:
        evaluation(schema, Shelf(PIXELS, LABELS), None, Wishes(judge=run / "judge"), step(other))
    assert caught.value.kind == "judge-mismatch"


@pytest.mark.slow
def test_without_a_judge_one_is_trained_and_left_for_others(run):
    found = evaluate.run(evaluate.Args(samples=300), step(run, "fresh"))
    assert found.generation.judge_accuracy > 0.95
    again = evaluate.run(evaluate.Args(samples=300, judge="steps/fresh/judge"), step(run))
    assert again.metrics["test"] == found.metrics["test"]


def test_less_is_judged_by_where_time_is_short_and_the_result_says_so(run):
    class Slow(Shelf):
        def decode(self, latents, labels=None, progress=None):
            time.sleep(0.005 * len(latents))
            return super().decode(latents, labels)

    hasty = step(run, "hasty", deadline=time.monotonic() + 5)
    found = evaluation(
        Schema.load(run / "data"), Slow(PIXELS, LABELS), None, Wishes(judge=run / "judge"), hasty
    )  # fmt: skip
    samples = found.generation.samples
    assert 250 <= samples < 1_000
    assert found.metrics["test"]["fd_own"].n == samples
    [remark] = [warning for warning in found.warnings if warning.kind == "judged-in-haste"]
    assert f"judged by {samples:,}" in remark.message
    assert f"{samples:,} samples" in found.verdict


def test_judging_takes_no_longer_than_training_did_where_the_time_is_stated(run):
    class Slow(Shelf):
        def decode(self, latents, labels=None, progress=None):
            time.sleep(0.02 * len(latents))
            return super().decode(latents, labels)

    ample = step(run, "ample", deadline=time.monotonic() + 3_000)
    wishes = Wishes(judge=run / "judge", trained=0.1)
    found = evaluation(Schema.load(run / "data"), Slow(PIXELS, LABELS), None, wishes, ample)
    assert found.generation.samples < 1_000
    assert "judged-in-haste" in {warning.kind for warning in found.warnings}


def test_what_each_part_of_the_judge_proved_is_told(gaussian):
    proofs = gaussian.generation.proofs
    assert list(proofs) == ["the residual network", "principal components of the pixels", "random convolutions"]
    assert all(proof.passed for proof in proofs.values())
    assert gaussian.generation.blind == []


def test_of_noise_nothing_is_said(tmp_path):
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (300, 8, 8, 1)).astype(np.uint8)
    run = prepared(tmp_path, labelled=False)
    for place, rows in (("data/train", pixels[:200]), ("sealed/test", pixels[200:])):
        shutil.rmtree(run / place)
        array_rows(rows).save_to_disk(str(run / place))
    with pytest.raises(StepFailed) as caught:
        evaluation(Schema.load(run / "data"), Shelf(PIXELS, LABELS, labelled=False), None,
                   Wishes(judge=run / judge(run), samples=100), step(run, "noise"))  # fmt: skip
    assert caught.value.kind == "no-score"


def test_amounts_shrink_together_and_not_below_what_says_anything():
    assert (how_many(20_000, 64), how_many(30, 64), how_many(20_000, 1 << 17)) == (10_000, 1_000, 2_048)
    assert Amounts(10_000, 20_000, 10_000).smaller(0.3, LEAST) == Amounts(3_000, 6_000, 3_000)
    assert Amounts(60, 20_000, 1_000).smaller(0.001, LEAST) == Amounts(60, 1_000, 250)


def test_the_arc_between_two_latents_keeps_their_length():
    start, end = np.random.default_rng(0).standard_normal((2, 100)).astype(np.float32)
    path = spherical(start, end, 10)
    assert np.allclose(path[[0, -1]], [start, end], atol=1e-5)
    lengths = np.linalg.norm(path, axis=1)
    assert lengths.min() > 0.9 * min(lengths[0], lengths[-1])
    assert np.linalg.norm((start + end) / 2) < 0.8 * lengths.min()
    assert np.allclose(spherical(start, start, 4), start)


def test_shares_count_what_was_asked_seen_and_drawn():
    found = shares(
        ["a", "b"], np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), np.array([0, 0, 0, 1, -1]), np.array([1, 1])
    )
    assert [(row.asked, row.recognised, row.data, row.generated) for row in found] == [(2, 1, 0.75, 0), (2, 2, 0.25, 1)]
    assert np.bincount(evenly(3, 100_000)).tolist() == [1666] * 3
    assert np.bincount(evenly(1000, 1000)).tolist() == [20] * 1000


def test_a_difference_has_both_intervals_in_it():
    ours, theirs = Score(value=4, low=3, high=6, n=10), Score(value=10, low=8, high=13, n=20)
    found = difference(metrics.load("fd_own"), {"fd_own": ours}, {"fd_own": theirs})
    assert (found.value, found.n) == (-6, 10)
    assert found.low == pytest.approx(-6 - 10**0.5)
    assert found.high == pytest.approx(-6 + 8**0.5)
    assert difference(metrics.load("fd_own"), {"fd_own": ours}, {}) is None
