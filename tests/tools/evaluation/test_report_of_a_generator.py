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
from noglue.tools.reporting.generator_section import sample_history
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
                   "model", "judged", "generate", "next"}  # fmt: skip
    assert "predict" not in page[0].text.casefold().replace("predicted", "")
    assert "chance" not in page[0].text


def test_the_headline_and_the_table_set_it_beside_real_images_and_the_gaussian(digits, page):
    html, text = page
    found = digits[2]
    score = found.metrics["test"]["fd_own"]
    assert html.select_one(".answer .what").text == "FD-own"
    assert float(html.select_one(".answer strong").text) == pytest.approx(score.value, rel=0.01)
    names = [name.text for name in html.select("header svg text.name")]
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
        assert all(image["src"].startswith("data:image/png;base64,") and image["alt"] for image in images)
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


def test_a_sample_history_shows_its_first_and_last_frame_and_at_most_eight():
    assert sample_history([]) == []
    assert sample_history(["a/000100.png"]) == [("step 100", "a/000100.png")]
    frames = sample_history([f"history/step-{number * 50:05d}.png" for number in range(31)])
    assert len(frames) == 8
    assert (frames[0][0], frames[-1][0]) == ("step 0", "step 1,500")
    assert sample_history(["f/a.png", "f/b.png"]) == [("1 of 2", "f/a.png"), ("2 of 2", "f/b.png")]


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
