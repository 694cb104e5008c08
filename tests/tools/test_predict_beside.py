"""What stands beside the answers: intervals, sets of labels, reasons, and what is unlike the training rows."""

import csv
from pathlib import Path

import numpy as np
import pytest

from noglue.tools import predict
from noglue.tools.spec.errors import BadUsage, Kind
from tests.tools.predicting import trained
from tests.tools.preparing import Run

RANDOM = np.random.default_rng(5)


def write(file: Path, rows: list[dict[str, object]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


def some(count: int) -> list[dict[str, object]]:
    drawn = []
    for _ in range(count):
        size, colour = float(RANDOM.normal(50, 10)), str(RANDOM.choice(["red", "blue", "green"]))
        price = round(3 * size + 40 * (colour == "red") + float(RANDOM.normal(0, 8)), 2)
        kind = "a|b" if size + RANDOM.normal(0, 6) > 50 else "set"
        drawn.append({"size": round(size, 1), "colour": colour, "price": price, "kind": kind})
    return drawn


@pytest.fixture(scope="module")
def prices(tmp_path_factory: pytest.TempPathFactory) -> Run:
    base = tmp_path_factory.mktemp("prices")
    return trained(base / "run", write(base / "t.csv", some(600)), family="linear", target="price", exclude=["kind"])


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Run:
    base = tmp_path_factory.mktemp("kinds")
    return trained(base / "run", write(base / "t.csv", some(400)), family="linear", target="kind", exclude=["price"])


def told(run: Run, file: Path, **wanted: object) -> tuple[predict.Result, list[dict[str, str]]]:
    args = predict.Args.model_validate({"inputs": [{"as_given": "new.csv", "path": str(file)}], **wanted})
    result = predict.run(args, run.step("predict"))
    with (run.folder / result.file).open(encoding="utf-8", newline="") as opened:
        return result, list(csv.DictReader(opened))


def test_intervals_hold_new_rows_and_widen_with_the_level(tmp_path: Path, prices: Run) -> None:
    new = some(300)
    file = write(tmp_path / "new.csv", new)
    widths = []
    for level in (0.8, 0.95):
        result, rows = told(prices, file, intervals=level)
        assert list(rows[0]) == ["input", "prediction", "confidence", "lower", "upper", "unlike", "problem"]
        ends = np.array([[float(row["lower"]), float(row["upper"])] for row in rows])
        truth = np.array([float(str(row["price"])) for row in new])
        held = float(((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean())
        assert level - 0.13 < held
        widths.append(float(np.diff(ends, axis=1).mean()))
        assert f"{100 * level:g} %" in result.said[0]
    assert widths[0] < widths[1]


def test_a_set_has_its_labels_the_likeliest_first(tmp_path: Path, kinds: Run) -> None:
    new = some(200)
    _, rows = told(kinds, write(tmp_path / "new.csv", new), intervals=0.9, proba=True)
    assert list(rows[0])[:5] == ["input", "prediction", "confidence", "a|b", "class set"]
    written = {"a|b": "a\\|b", "set": "set"}
    assert all(row["set"].startswith(written[row["prediction"]]) for row in rows)
    held = [written[str(one["kind"])] in row["set"].replace("|set", " set") for one, row in zip(new, rows, strict=True)]
    assert np.mean(held) > 0.83
    assert {"a\\|b", "set", "a\\|b|set", "set|a\\|b"} >= {row["set"] for row in rows}


def test_reasons_name_the_columns_with_their_values(tmp_path: Path, prices: Run) -> None:
    new = [{"size": 80, "colour": "green"}, {"size": 50, "colour": "red"}]
    result, rows = told(prices, write(tmp_path / "new.csv", new), explain=True)
    assert list(rows[0]) == ["input", "prediction", "confidence", "because", "unlike", "problem"]
    assert rows[0]["because"].startswith("size 80 +")
    assert rows[1]["because"].startswith("colour red +2")
    assert "the average prediction" in result.said[0]


def test_what_is_unlike_the_training_rows_is_told_whatever_was_asked_for(tmp_path: Path, prices: Run) -> None:
    new = [*({"size": 45 + i, "colour": "blue"} for i in range(8)), {"size": 900, "colour": "red"},
           {"size": 50, "colour": "mauve"}]  # fmt: skip
    file = write(tmp_path / "new.csv", new)
    plain, rows = told(prices, file)
    assert list(rows[0]) == ["input", "prediction", "confidence", "problem"]
    assert plain.said[0].startswith("2 of the 10 inputs are unlike what the model learned from (the first, 8: size 900")
    _, rows = told(prices, file, explain=True)
    assert [bool(row["unlike"]) for row in rows] == [False] * 8 + [True, True]
    assert rows[9]["unlike"] == "colour “mauve” was in no training row"


def test_more_than_the_rows_set_aside_can_promise_is_refused(tmp_path: Path, prices: Run) -> None:
    file = write(tmp_path / "new.csv", some(3))
    with pytest.raises(BadUsage, match=r"can't promise 0\.9999") as caught:
        told(prices, file, intervals=0.9999)
    assert caught.value.kind == Kind.INTERVALS


def test_a_model_of_before_predicts_and_says_what_it_lacks(tmp_path: Path, kinds: Run) -> None:
    file = write(tmp_path / "new.csv", some(3))
    kept = {name: (kinds.folder / "model" / name).read_bytes()
            for name in ("calibration.arrow", "background.arrow", "likeness.json")}  # fmt: skip
    try:
        for name in kept:
            (kinds.folder / "model" / name).unlink()
        assert told(kinds, file)[0].rows == 3
        with pytest.raises(BadUsage, match="no rows were set aside"):
            told(kinds, file, intervals=0.9)
        with pytest.raises(BadUsage, match="keeps no training rows"):
            told(kinds, file, explain=True)
        (kinds.folder / "model" / "background.arrow").write_bytes(b"ARROW1 is not what this is")
        (kinds.folder / "model" / "likeness.json").write_text("[1]")
        with pytest.raises(BadUsage, match="keeps no training rows"):
            told(kinds, file, explain=True)
    finally:
        for name, content in kept.items():
            (kinds.folder / "model" / name).write_bytes(content)
