"""The page on a generator: its samples, both players, its alarms, and nothing that is meant for predictors."""

import json

import datasets
import numpy as np
import pytest
from bs4 import BeautifulSoup

from noglue.tools import report, train
from noglue.tools.generation.scoring import Wishes, evaluation
from noglue.tools.models import pixels_gaussian
from noglue.tools.modelstore.model_card import card
from noglue.tools.pictures import contact_sheet
from noglue.tools.reporting.facts import Trained
from noglue.tools.reporting.generator_section import expected, kept_improving, moments
from noglue.tools.spec.schema import Schema
from tests.tools.evaluation.generators import LABELS, OTHERS, PIXELS, TRAIN, Shelf, judge, prepared, step

datasets.disable_progress_bars()
ALARM = "step 300: coverage fell from 0.81 to 0.21 while precision held at 0.90; learning rates halved"


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """A copycat set beside the Gaussian, and what a GAN's training tells."""
    run = prepared(tmp_path_factory.mktemp("digits"))
    (run / "model").mkdir()
    trained = train.run(train.Args(family="pixels_gaussian"), step(run, "train"))
    judge(run)
    frames = [f"steps/train/sample_history/{number * 100:06d}.png" for number in range(20)]
    for frame in frames:
        contact_sheet.save(run / frame, PIXELS[:20], 5)
    history = [
        {"step": float(i), "loss_d": 1 / i, "loss_g": i / 9, "fd_own": 90 / i, "coverage": i / 10, "precision": 0.9,
         "spread": i / 9, "seconds": float(i)} for i in range(1, 8)
    ]  # fmt: skip
    facts = {"history": history, "sample_history": frames, "alarms": [ALARM], "validation": {"fd_own": 12.0}}
    beside = "pixels_gaussian", pixels_gaussian.load(run / "model", "cpu")
    wishes = Wishes(judge=run / "judge", samples=150, alarms=[ALARM])
    shelf = Shelf(PIXELS[TRAIN], LABELS[TRAIN])
    found = evaluation(Schema.load(run / "data"), shelf, beside, wishes, step(run))
    return run, trained.model_copy(update=facts), found


def arguments(run, trained, found, **more):
    return report.Args(
        prepared={"schema": json.loads((run / "data/schema.json").read_text())},
        trained=trained.model_dump(mode="json"),
        evaluated=None if found is None else found.model_dump(mode="json"),
        **more,
    )


def written(run, *results, **more):
    report.run(arguments(run, *results, **more), step(run, "report"))
    source = (run / "steps/report/report.html").read_text(encoding="utf-8")
    return BeautifulSoup(source, "html.parser"), (run / "steps/report/report.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(digits):
    return written(*digits, task={"paragraph": "Make new digits"})


def test_every_part_of_a_generator_is_there_and_none_of_a_predictor(page):
    ids = {section["id"] for section in page[0].find_all("section")}
    assert ids == {"samples", "warnings", "scores", "asked", "latents", "memory", "learning", "sample-history", "data",
                   "model", "judged", "generate", "next", "glossary"}  # fmt: skip
    assert "predict" not in page[0].text.casefold().replace("predicted", "")
    assert "chance" not in page[0].text


def test_the_headline_and_the_table_set_it_beside_real_images_and_the_gaussian(digits, page):
    html, text = page
    found = digits[2]
    score = found.metrics["test"]["fd_own"]
    assert html.select_one(".answer .what").text == "FD-own"
    assert float(html.select_one(".answer strong").text) == pytest.approx(score.value, rel=0.01)
    names = [name.text for name in html.select("header .forest .name")]
    assert names == ["this model", "real training images", "a Gaussian of the pixels"]
    headings = [cell.text for cell in html.select("#scores thead th")]
    assert headings == ["Measure", "Against test rows", "Against train rows", "Real images", "A Gaussian of the pixels"]
    rows = html.select("#scores tbody tr")
    assert len(rows) == len(found.metrics["test"])
    assert all(len(row.find_all(["th", "td"])) == 5 for row in rows)
    assert "| Measure | Against test rows | Against train rows | Real images | A Gaussian of the pixels |" in text
    assert found.verdict in html.text


def test_pictures_are_in_the_page_and_their_folders_are_read(digits, page):
    html, _ = page
    for section, count in (("samples", 1), ("asked", 1), ("latents", 2), ("memory", 1), ("sample-history", 8)):
        images = html.select(f"#{section} img")
        assert len(images) == count, section
        assert all(
            image["src"].startswith(("data:image/png;base64,", "data:image/webp;base64,")) and image["alt"]
            for image in images
        )
    assert arguments(*digits).reads() == ["steps/evaluate/samples", "steps/train/sample_history"]


def test_both_players_share_a_chart_and_the_watchers_measures_are_called_that(page):
    captions = [caption.text for caption in page[0].select("#learning figcaption")]
    assert captions[:4] == ["Losses of both players", "FD-own", "Coverage", "Precision"]
    assert captions[4].startswith("Spread: ")
    assert "picks the snapshot" in page[0].select_one("#learning .note").text


def test_copying_and_alarms_are_said_before_anything_is_relied_on(digits, page):
    html, text = page
    warnings = html.select_one("#warnings").text
    assert ALARM in warnings
    assert digits[2].generation.memorization.message in warnings
    assert html.select_one("#memory p.flagged") is not None
    assert "copying" in html.select_one("#next").text
    assert "coverage fell from 0.81" in text


def test_it_tells_how_it_was_judged_and_how_to_make_more(digits, page):
    html, text = page
    judged = html.select_one("#judged").text
    assert "150 samples are fresh" in judged
    assert "FD-own is not FID" in judged
    assert "another judge picked the snapshot" in judged
    plain = f"noglue generate {digits[0].name} --count 64"
    assert [code.text for code in html.select("#generate pre code")] == [plain, f"{plain} --label 0"]
    assert "noglue generate" in text
    assert "noglue predict" not in text


def test_without_labels_scores_or_sample_history_it_still_stands(tmp_path):
    run = prepared(tmp_path, labelled=False, train=slice(0, 60), test=slice(60, 100))
    (run / "model").mkdir()
    trained = train.run(train.Args(family="pixels_gaussian"), step(run, "train"))
    html, _ = written(run, trained, None)
    assert "generate" in {section["id"] for section in html.find_all("section")}
    judge(run)
    shelf = Shelf(PIXELS[OTHERS], LABELS[OTHERS], labelled=False)
    found = evaluation(Schema.load(run / "data"), shelf, None, Wishes(judge=run / "judge", samples=60), step(run))
    html, text = written(run, trained, found)
    ids = {section["id"] for section in html.find_all("section")}
    assert not ids & {"asked", "sample-history", "learning"}
    assert [code.text for code in html.select("#generate pre code")] == [f"noglue generate {run.name} --count 64"]
    assert "| Measure | Against test rows | Against train rows | Real images |\n" in text


def of_history(paths, history=(), **settings):
    return Trained(family="r3gan", metric="fd_own", sample_history=paths, history=list(history), settings=settings)


def test_the_strip_goes_from_the_first_step_to_the_last_with_at_most_eight_moments():
    assert moments(of_history([])) == []
    assert [one.step for one in moments(of_history(["a/000100.png"]))] == ["step 100"]
    frames = [f"history/step-{number * 50:05d}.png" for number in range(31)]
    found = moments(of_history(frames))
    assert len(found) == 8
    assert (found[0].step, found[-1].step) == ("step 0", "step 1,500")
    assert [one.step for one in moments(of_history(["f/a.png", "f/b.png"]))] == ["1 of 2", "2 of 2"]


def test_a_moment_has_its_time_and_score_and_the_kept_snapshot_is_among_them():
    frames = [f"history/{number * 50:05d}.png" for number in range(31)]
    history = [{"step": number * 50.0, "fd_own": 90.0 - number, "seconds": 4.0 * number} for number in range(31)]
    found = moments(of_history(frames, history, chosen_step=1150))
    assert len(found) == 8
    (kept,) = [one for one in found if one.kept]
    assert (kept.step, kept.when, kept.score) == ("step 1,150", "1 min 32 s", "67.0")


def test_what_to_expect_after_how_long_is_read_from_this_trainings_own_scores():
    falling = [{"step": float(n), "fd_own": 100.0 - 8 * n, "seconds": 10.0 * n} for n in range(11)]
    worse = [row | {"fd_own": 100.0 + row["step"]} for row in falling]
    assert kept_improving(of_history([], falling))
    assert "more time should improve it further" in expected(of_history([], falling))[1]
    early = [*falling[:3], *(row | {"fd_own": 40.0} for row in falling[3:])]
    assert not kept_improving(of_history([], early))
    said = expected(of_history([], early))
    assert "from 100.0 to 40.0 after 30 s" in said[0]
    assert "more time alone brings little" in said[1]
    assert "never got better" in expected(of_history([], worse))[0]
    assert expected(of_history([], falling[:3])) == []


def test_the_samples_come_first_and_the_strip_right_after_the_score(page):
    found = [section["id"] for section in page[0].find_all("section")]
    assert found[:2] == ["samples", "sample-history"]
    assert len(page[0].select("#sample-history img")) == 8
    assert page[0].select_one("header #samples img") is not None


def test_the_model_card_says_that_it_is_synthetic(digits):
    run, trained, _ = digits
    schema = Schema.load(run / "data")
    text = card(schema, trained, "fd_own", trained.model_copy(update={"validation": {}}))
    assert "noglue generate RUN --count 64 --label 0" in text
    assert "predict" not in text
    assert "synthetic" in text
    assert "watched the training" in text
    assert "| fd_own | 12.0000 |" in text
    assert "nan" not in text
    assert ALARM in text
    assert np.all([len(line) < 400 for line in text.splitlines()])
