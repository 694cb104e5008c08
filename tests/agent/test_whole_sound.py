"""Recordings as a user has them: from the command to predictions, a broken one among them."""

import csv
import json
from pathlib import Path

import pytest

from tests.agent.command_line import answer, noglue
from tests.tools import sounds


def test_sounds_are_learned_and_predicted(tmp_path: Path) -> None:
    sounds.folder(tmp_path / "sounds", {"hum": 200.0, "whistle": 1500.0, "beep": 700.0}, 20)
    (tmp_path / "sounds" / "hum" / "late.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(40))
    words = "tell the recordings in ./sounds apart with sound_linear"
    outcome = answer(tmp_path, "run", words, "--yes", "--planner", "rules")
    assert (outcome["exit"], outcome["task"]["modality"], outcome["task"]["goal"]) == (0, "audio", "classify")
    assert outcome["data"]["classes"] == ["beep", "hum", "whistle"]
    assert outcome["metrics"]["test"]["accuracy"]["value"] == 1.0
    assert outcome["data"]["ledger"]["left_out"]["sounds that can't be decoded"]["count"] == 1
    files = outcome["data"]["files"]
    assert "AAC" in json.dumps(files)
    report = (Path(outcome["path"]) / "report.md").read_text()
    assert "The recordings are of 8,000 Hz, mono" in report
    card = (Path(outcome["path"]) / "model" / "README.md").read_text()
    assert not any(word in text.lower() for word in ("image", "picture") for text in (report, card))

    new = tmp_path / "new"
    sounds.write(new / "a.flac", 1500, 7, rate=16_000)
    sounds.write(new / "b.wav", 200, 8)
    (new / "c.wav").write_bytes(b"nothing")
    (new / "notes.txt").write_text("heard on Monday")
    done = noglue(tmp_path, "predict", "latest", "new/", "new/b.wav", "--out", "told.csv")
    assert done.returncode == 0, done.stderr
    with (tmp_path / "told.csv").open() as file:
        told = [(row["input"], row["prediction"], row["problem"]) for row in csv.DictReader(file)]
    assert told == [
        ("new/a.flac", "whistle", ""),
        ("new/b.wav", "hum", ""),
        ("new/c.wav", "", "it is no sound"),
        ("new/b.wav", "hum", ""),
    ]


@pytest.mark.parametrize("words", ["generate more recordings like those in ./sounds"])
def test_new_sounds_are_refused(tmp_path: Path, words: str) -> None:
    sounds.folder(tmp_path / "sounds", {"hum": 200.0, "whistle": 1500.0}, 4)
    done = noglue(tmp_path, "run", words, "--yes", "--planner", "rules")
    assert done.returncode == 3
    assert "New sounds can't be generated yet" in done.stderr
