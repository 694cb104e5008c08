"""Folders of recordings in the layouts of well-known sets, made of short tones."""

import csv
import itertools
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
import soundfile

from noglue.tools.readers import sound_folder
from noglue.tools.sound.form import SoundForm
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match, Raw
from tests.tools.preparing import Run, kinds
from tests.tools.sounds import RATE, tone, write


def files(place: Path) -> list[Path]:
    return sorted(path for path in place.rglob("*") if path.is_file())


def grow(place: Path, names: Iterable[str]) -> Path:
    for number, name in enumerate(names):
        write(place / name, 300, number, 0.05)
    return place


def table(file: Path, rows: Sequence[Sequence[object]], mark: str = ",") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="") as opened:
        csv.writer(opened, delimiter=mark).writerows(rows)


def first(place: Path) -> tuple[Match, Raw]:
    match = sound_folder.readings(files(place))[0]
    return match, sound_folder.read(match)


def rows(raw: Raw) -> dict[str, int]:
    return {split: found.num_rows for split, found in raw.splits.items()}


def test_class_folders_under_split_folders(tmp_path: Path) -> None:
    each = itertools.product(("train", "test"), ("yes", "no"), range(4))
    match, raw = first(grow(tmp_path, (f"{split}/{kind}/{n}.wav" for split, kind, n in each)))
    assert match.reading == {"kind": "folders", "level": "0"}
    assert (raw.modality, raw.target, raw.classes, rows(raw)) == (
        "audio",
        "label",
        ["no", "yes"],
        {"train": 8, "test": 8},
    )
    assert SoundForm.known(raw.form).rate == RATE
    assert sound_folder.count(match) == rows(raw)


def test_lists_of_the_test_and_the_validation_leave_the_others_for_training(tmp_path: Path) -> None:
    people = [f"{number:08x}" for number in range(3_000_000_000, 3_000_000_010)]
    grow(tmp_path, (f"{word}/{who}_nohash_0.wav" for word in ("yes", "no") for who in people))
    grow(tmp_path, ["_background_noise_/pink_noise.wav"])
    for name, some in (("testing", people[:3]), ("validation", people[3:5])):
        lines = [f"{word}/{who}_nohash_0.wav" for word in ("yes", "no") for who in some]
        (tmp_path / f"{name}_list.txt").write_text("\n".join(lines))
    match, raw = first(tmp_path)
    assert rows(raw) == {"train": 10, "validation": 4, "test": 6}
    assert raw.classes == ["no", "yes"]
    assert raw.splits["test"]["speaker"].unique().to_pylist() == people[:3]
    assert [Path(path).name for path in match.ignored] == ["pink_noise.wav"]


def esc(place: Path, each: int = 4) -> list[tuple[str, int, int, str, int]]:
    listed = []
    for fold, (number, kind), take in itertools.product(range(1, 6), enumerate(("dog", "rain")), range(each)):
        source = 1000 * fold + 10 * number + take // 2
        listed.append((f"{fold}-{source}-{'AB'[take % 2]}-{number}.wav", fold, number, kind, source))
    grow(place / "audio", (name for name, *_ in listed))
    table(place / "meta" / "esc50.csv", [("filename", "fold", "target", "category", "src_file"), *listed])
    return listed


def test_a_table_of_classes_in_numbers_and_in_words(tmp_path: Path) -> None:
    esc(tmp_path)
    match, raw = first(tmp_path)
    assert (match.reading["kind"], raw.target, match.coverage) == ("tables", "category", 1.0)
    assert set(raw.splits["all"]["category"].to_pylist()) == {"dog", "rain"}


def test_clips_of_one_source_stay_together(tmp_path: Path) -> None:
    esc(tmp_path / "esc", each=8)
    run = Run(tmp_path / "run")
    prepared = run.prepare(tmp_path / "esc", target="category")
    assert (prepared.split, run.schema.group) == ("grouped", "src_file")
    sources = {split: set(run.split(split)["src_file"]) for split in ("train", "test")}
    assert sources["train"].isdisjoint(sources["test"])


def test_tables_that_name_the_splits(tmp_path: Path) -> None:
    listed = [(f"{n:016x}", f"clip_{n}.wav", ("male", "female")[n % 2]) for n in range(20)]
    grow(tmp_path / "clips", (name for _, name, _ in listed))
    parts = {"validated": listed, "train": listed[:12], "dev": listed[12:16], "test": listed[16:]}
    for name, some in parts.items():
        table(tmp_path / f"{name}.tsv", [("client_id", "path", "gender"), *some], "\t")
    match = next(one for one in sound_folder.readings(files(tmp_path)) if one.reading["kind"] == "tables")
    raw = sound_folder.read(match)
    assert rows(raw) == {"train": 12, "validation": 4, "test": 4}
    assert "gender" in raw.splits["train"].column_names


DIGITS = [f"{digit}_{who}_{n}.wav" for digit in range(3) for who in ("theo", "lucas") for n in range(3)]
ACTORS = [f"03-01-0{e}-01-01-0{r}-{a:02d}.wav" for e in (3, 5) for r in (1, 2) for a in (1, 2)]
BERLIN = [f"{who}a0{text}{e}a.wav" for who in ("03", "08") for text in (1, 2) for e in "WF"]
CREMA = [f"10{who}_DFA_{e}_XX.wav" for who in ("01", "02") for e in ("ANG", "SAD")]
BOOKS = [f"{where}-{n:04d}.wav" for where in ("84-121123", "84-121550", "174-50561") for n in range(3)]
MOODS = [f"{e}_spk{who}_{n}.wav" for e in ("happy", "sad") for who in (1, 2) for n in range(2)]


@pytest.mark.parametrize(
    ("names", "column", "values"),
    [
        (DIGITS, "speaker", {"theo", "lucas"}),
        (DIGITS, "digit", {"0", "1", "2"}),
        (ACTORS, "emotion", {"happy", "angry"}),
        (BERLIN, "emotion", {"anger", "happiness"}),
        (CREMA, "emotion", {"anger", "sad"}),
        (BOOKS, "speaker", {"84", "174"}),
        (MOODS, "speaker", {"spk1", "spk2"}),
    ],
)
def test_fields_of_the_names(tmp_path: Path, names: list[str], column: str, values: set[str]) -> None:
    match, raw = first(grow(tmp_path, names))
    assert match.reading == {"kind": "fields"}
    assert set(raw.splits["all"][column].to_pylist()) == values


def test_folders_that_say_the_same_as_a_field_are_no_second_source(tmp_path: Path) -> None:
    names = [f"Actor_{a:02d}/03-01-0{e}-01-01-0{r}-{a:02d}.wav" for a in (1, 2, 3) for e in (3, 5) for r in (1, 2)]
    readings = sound_folder.readings(files(grow(tmp_path, names)))
    assert [one.reading["kind"] for one in readings] == ["fields", "none"]


def test_a_folder_of_new_recordings_is_no_class(tmp_path: Path) -> None:
    grow(tmp_path, [f"{kind}/{n}.wav" for kind in ("healthy", "faulty", "new") for n in range(6)])
    _, raw = first(tmp_path)
    assert (raw.classes, rows(raw)) == (["faulty", "healthy"], {"unlabelled": 6, "all": 12})


def test_the_rate_is_the_lowest_that_more_than_a_few_have(tmp_path: Path) -> None:
    for number in range(20):
        rate = 44_100 if number < 14 else 11_025 if number < 19 else 4_000
        write(tmp_path / ("ab"[number % 2]) / f"{number}.wav", 300, number, 0.1 if number else 61.0, rate)
    _, raw = first(tmp_path)
    assert SoundForm.known(raw.form).rate == 11_025
    assert any("brought to" in note and "44,100 Hz" in note for note in raw.notes)
    assert any("one recording longer than 60 s" in note for note in raw.notes)
    again = sound_folder.read(Match(1, {"all": [tmp_path / "a"]}, "", {"kind": "none"}), form=raw.form)
    assert again.form == raw.form


def test_a_few_that_can_not_be_read_are_told_one_by_one(tmp_path: Path) -> None:
    grow(tmp_path, [f"{kind}/{n}.wav" for kind in "ab" for n in range(20)])
    (tmp_path / "a" / "empty.wav").write_bytes(b"")
    (tmp_path / "b" / "phone.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(50))
    (tmp_path / "b" / "late.flac").write_bytes(b"fLaC" + bytes(300))
    soundfile.write(tmp_path / "a" / "still.wav", 0 * tone(300, 1), RATE)
    run = Run(tmp_path / "run")
    prepared = run.prepare(tmp_path / "a", tmp_path / "b")
    assert prepared.ledger is not None
    assert prepared.ledger.found == 44
    assert {why: one.count for why, one in prepared.ledger.left_out.items()} == {"sounds that can't be decoded": 3}
    assert {"unreadable", "silent"} <= kinds(prepared)
    assert run.schema.form is not None


def test_the_same_sound_never_stands_on_both_sides(tmp_path: Path) -> None:
    grow(tmp_path / "data", [f"{kind}/{n}.wav" for kind in "ab" for n in range(20)])
    for number in range(20):
        data, rate = soundfile.read(tmp_path / "data" / "a" / f"{number}.wav")
        soundfile.write(tmp_path / "data" / "a" / f"{number}.flac", data, rate)
    run = Run(tmp_path / "run")
    assert "duplicates" in kinds(run.prepare(tmp_path / "data"))
    sounds = {split: {tuple(row["audio"]) for row in run.split(split)} for split in ("train", "validation", "test")}
    assert sum(map(len, sounds.values())) == len(set().union(*sounds.values())) == 40


def test_not_one_that_can_be_read(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(50))
    with pytest.raises(DataError, match="ffmpeg") as caught:
        first(tmp_path)
    assert caught.value.kind == "unreadable"


def test_a_few_recordings_beside_other_files_are_no_data(tmp_path: Path) -> None:
    grow(tmp_path, ["jingle.wav"])
    for number in range(3):
        (tmp_path / f"{number}.csv").write_text("a,b\n1,2\n")
    assert all(one.confidence < 0.3 for one in sound_folder.readings(files(tmp_path)))
