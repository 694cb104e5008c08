"""The paragraphs are what they claim to be, and the judge tells right from told, wrong and lost."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.bench.wishes.data import HELD_BACK, SETS, TUNING, paragraphs
from tests.bench.wishes.score import judge, report, score

HALVES = {"tuning": TUNING, "held_back": HELD_BACK}
# fmt: off
KINDS = [
    "exclude", "only", "where", "rows", "labels", "labels_per_class", "classes", "test", "train", "validation",
    "folds", "repeats", "stratify", "group", "time", "metric", "metric_unknown", "positive", "costs", "at_least",
    "family", "compare", "avoid", "family_unknown", "pretrained", "layers", "balance", "missing", "derive",
    "budget", "device", "seed", "offline", "count", "pixels", "flips", "label", "show", "top", "explain",
    "export", "serve", "intervals", "calibrate", "privacy", "fairness", "robustness", "size", "speed",
]
# fmt: on


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folders = {name: tmp_path_factory.mktemp(name) for name in SETS}
    for name, folder in folders.items():
        SETS[name](folder, 0)
    return folders


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a made folder; the columns of one without header are called @1, @2, …"""
    found = {}
    for path in sorted(folder.glob("*.*")):
        separator = {"\t": "\t", ";": ";"}.get(
            next((c for c in "\t;" if c in path.read_text().split("\n")[0]), ""), ","
        )
        table = pd.read_csv(path, sep=separator, dtype=str, header=None, keep_default_na=False)
        named = path.suffix == ".csv"
        table.columns = list(table.iloc[0]) if named else [f"@{place + 1}" for place in range(table.shape[1])]
        found[path.name] = table.iloc[1:] if named else table
    return found


def places(value: Any) -> list[tuple[str, list[Any]]]:
    """Every column that a settled value names, with the values that are said to be in it."""
    if isinstance(value, list):
        return [place for part in value for place in places(part)]
    if not isinstance(value, dict):
        return []
    held = value.get("value") if value.get("op") in ("=", "!=", "in", "not in") else []
    columns = [value["column"]] if "column" in value else value.get("columns", [])
    here = [(column, held if isinstance(held, list) else [held]) for column in columns]
    return here + [place for part in value.values() for place in places(part)]


def columns_meant(paragraph: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    target = paragraph.get("target", [])
    names = [target] if isinstance(target, str) else [n for t in target for n in ([t] if isinstance(t, str) else t)]
    return [(name, []) for name in names] + places(
        [[w["settled"], w.get("also"), w.get("or")] for w in paragraph["wish"]]
    )


@pytest.mark.parametrize("half", HALVES)
def test_paragraphs_have_their_size_and_words(half: str) -> None:
    for number, paragraph in enumerate(paragraphs(half), 1):
        text = " ".join(paragraph["text"].split())
        wishes = len(paragraph["wish"]) + (paragraph["goal"] != "refused")
        assert 40 <= len(text.split()) <= 120, (number, len(text.split()))
        assert 3 <= wishes <= 7, (number, wishes)
        assert paragraph["set"] in HALVES[half], number
        for wish in paragraph["wish"]:
            assert re.search(wish["words"], text, re.IGNORECASE), (number, wish["words"])


@pytest.mark.parametrize("half", HALVES)
def test_columns_values_and_files_are_in_the_data(half: str, made: dict[str, Path]) -> None:
    for number, paragraph in enumerate(paragraphs(half), 1):
        found = tables(made[paragraph["set"]])
        cells = {name: set(table[name]) for table in found.values() for name in table.columns}
        for column, values in columns_meant(paragraph):
            assert column in cells, (number, column)
            assert {str(value) for value in values} <= cells[column] | {"0", "-999"}, (number, column, values)
        files = [wish["settled"]["file"] for wish in paragraph["wish"] if "file" in wish["settled"]]
        assert set(files) <= set(found), number


@pytest.mark.parametrize("half", HALVES)
def test_every_kind_comes_three_times_and_half_are_not_english(half: str) -> None:
    kinds = Counter(wish["kind"] for paragraph in paragraphs(half) for wish in paragraph["wish"])
    languages = Counter(paragraph["language"] for paragraph in paragraphs(half))
    assert {kind: kinds[kind] for kind in KINDS if kinds[kind] < 3} == {}
    assert set(kinds) <= {*KINDS, "goal"}
    assert min(languages.values()) >= 10
    assert 0.4 <= languages["en"] / languages.total() <= 0.6


def perfect(paragraph: dict[str, Any]) -> dict[str, Any]:
    """The task of someone who heard everything."""
    if paragraph["goal"] == "refused":
        return {"error": {"message": "can't be done", "hint": ""}}
    target = paragraph.get("target")
    wishes = []
    for wish in paragraph["wish"]:
        value = {
            key: one[0] if key == "value" and isinstance(one, list) else one for key, one in wish["settled"].items()
        }
        wishes.append({"kind": wish["kind"], "value": value, "state": "done", "text": ""})
    return {"goal": paragraph["goal"], "target": target[0] if isinstance(target, list) else target, "wishes": wishes}


@pytest.mark.parametrize("half", HALVES)
def test_who_hears_everything_is_right_and_who_hears_nothing_loses_every_wish(half: str) -> None:
    for number, paragraph in enumerate(paragraphs(half), 1):
        wrong = [found for found in judge(paragraph, perfect(paragraph), number) if not found.fine]
        assert wrong == []
        silent = judge(paragraph, {"goal": None, "target": None, "wishes": [], "unread": []}, number)
        assert {found.verdict for found in silent if found.kind not in ("goal", "target")} == {"lost"}


PARAGRAPH = {
    "language": "en",
    "goal": "classify",
    "target": "ill",
    "wish": [{"kind": "exclude", "words": "plan", "settled": {"columns": ["plan", "id"]}}],
}


@pytest.mark.parametrize(
    ("task", "verdicts"),
    [
        ({"wishes": [{"kind": "exclude", "value": {"columns": ["ID", "plan"]}, "state": "done"}]}, "right"),
        (
            {
                "wishes": [
                    {"kind": "exclude", "value": {"columns": ["id"]}, "state": "done"},
                    {"kind": "exclude", "value": {"columns": ["plan"]}, "state": "done"},
                ]
            },
            "right",
        ),
        ({"wishes": [{"kind": "exclude", "value": {"columns": ["plan"]}, "state": "done"}]}, "wrong"),
        ({"wishes": [{"kind": "stratify", "value": {"column": "plan"}, "state": "done"}]}, "wrong unasked"),
        ({"wishes": [{"kind": "exclude", "text": "no plan", "value": None, "state": "not-done"}]}, "told"),
        ({"wishes": [], "unread": ["leave the plan out"]}, "told"),
        ({"wishes": [], "unread": ["thanks"]}, "lost"),
    ],
)
def test_verdicts(task: dict[str, Any], verdicts: str) -> None:
    founds = judge(PARAGRAPH, {"goal": "classify", "target": "ill", **task})
    assert [found.verdict for found in founds] == ["right", "right", *verdicts.split()]


def test_what_is_done_and_nobody_asked_for_is_counted_apart() -> None:
    done = [
        {"kind": "exclude", "value": {"columns": ["plan"]}, "text": "no plan"},
        {"kind": "seed", "value": 3, "text": "number 3", "state": "open"},
        {"kind": "seed", "value": 4, "text": "number 4", "state": "not-done"},
    ]
    founds = judge(PARAGRAPH, {"goal": "classify", "target": "ill", "wishes": done})
    assert [(found.kind, found.got) for found in founds if found.verdict == "unasked"] == [("seed", "3")]
    assert "done and not asked for: 1 (seed 1)" in report(founds, "tuning", show=False)


@pytest.mark.parametrize(
    ("settled", "value", "right"),
    [
        ({"column": "d", "op": ">", "value": "2024-05-31"}, {"column": "d", "op": ">=", "value": "2024-06-01"}, True),
        ({"column": "d", "op": "in", "value": ["a"]}, {"column": "D", "op": "=", "value": "A"}, True),
        ({"column": "d", "op": ">", "value": 3}, {"column": "d", "op": ">=", "value": 3}, False),
        (
            {"column": "d", "op": "not in", "value": ["a", "b"]},
            {"column": "d", "op": "not in", "value": ["b", "a"]},
            True,
        ),
        ({"column": "@3", "op": "=", "value": 1}, {"column": "column_3", "op": "=", "value": "1.0"}, True),
    ],
)
def test_conditions_that_keep_the_same_rows_are_the_same(settled: dict, value: dict, right: bool) -> None:
    wish = {"kind": "where", "words": "x", "settled": {"conditions": [settled]}}
    task = {"goal": "classify", "target": "ill", "wishes": [{"kind": "where", "value": {"conditions": [value]}}]}
    assert (judge({**PARAGRAPH, "wish": [wish]}, task)[-1].verdict == "right") is right


def test_score_settles_each_paragraph_on_its_folder(tmp_path: Path) -> None:
    paragraph = {**PARAGRAPH, "set": "one", "text": "Predict\nill, no plan."}
    founds = score([paragraph], lambda text, folder: {"error": {"message": f"{text} {folder}"}}, {"one": tmp_path})
    assert [found.verdict for found in founds] == ["told", "told"]
    assert not founds[0].fine
    assert "lost" in report(founds, "tuning", show=True)
