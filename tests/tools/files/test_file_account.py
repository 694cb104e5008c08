"""Each file that is there stands in exactly one place of the ledger."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noglue.tools.files.file_account import account, unheard, walk
from noglue.tools.inspect import Args, run
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.spec.step import Step
from tests.tools.test_inspect import draw, inspect

NAMES = st.sampled_from(
    [
        "a.csv",
        "b.csv",
        "train.csv",
        "README.md",
        "LICENSE",
        ".DS_Store",
        "Thumbs.db",
        "x.wav",
        "y.png",
        "notes",
        "noending",
        "z.json",
        "q.xlsx",
        "m.txt",
    ]
)
FOLDERS = st.sampled_from([".", "one", "one/two", "__MACOSX", ".git", "photos"])
CONTENTS = st.sampled_from(["a,b\n1,2\n3,4\n5,6\n", "", "just words\n", "{}", "x,y,z\n" + "1,2,3\n" * 5])


def everything(folder: Path) -> int:
    """All there is but folders, links to folders included."""
    return sum(len(names) + sum(Path(at, one).is_symlink() for one in inside) for at, inside, names in os.walk(folder))


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.tuples(FOLDERS, NAMES), CONTENTS, min_size=1, max_size=14), st.booleans())
def test_the_ledger_adds_up_whatever_lies_there(files: dict[tuple[str, str], str], link: bool) -> None:
    with tempfile.TemporaryDirectory() as place:
        base, step = Path(place) / "data", Step(Path(place) / "step", Path(place))
        step.folder.mkdir()
        for (folder, name), content in files.items():
            (base / folder).mkdir(parents=True, exist_ok=True)
            (base / folder / name).write_text(content)
        if link:
            (base / "away").symlink_to("/nowhere/at/all")
            (base / "again").symlink_to(base)
        try:
            found = run(Args(roots=["data"]), step).profiles
        except DataError:
            return
        for profile in found:
            assert profile.ledger is not None
            assert profile.ledger.balances
            assert profile.ledger.found == everything(base)
            assert profile.ledger.used >= 1


def test_what_became_of_each(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for name, text in {"a.csv": "a,b\n1,2\n3,4\n", "b.csv": "c,d,e\n1,2,3\n", "LICENSE": "MIT", ".hidden": "x",
                       "empty.csv": "", "run.py": "print()"}.items():  # fmt: skip
        (files / name).write_text(text)
    (files / "gone").symlink_to(files / "nothing")
    ledger = inspect(tmp_path, "files").ledger
    assert ledger is not None
    assert (ledger.found, ledger.used) == (7, 1)
    assert {why: one.count for why, one in ledger.passed_over.items()} == {
        "a system file, or hidden": 1,
        "prose: a licence, a readme, a description": 1,
        "another table, of other columns": 1,
        "a program or its settings": 1,
    }
    assert {why: one.names for why, one in ledger.unusable.items()} == {
        "a link that leads nowhere, or out of the data": ["files/gone"],
        "empty": ["files/empty.csv"],
    }


def test_pictures_in_a_folder_are_counted_one_by_one(tmp_path: Path) -> None:
    for n in range(24):
        draw(tmp_path / "files" / "ab"[n % 2] / f"{n}.png")
    (tmp_path / "files" / "a" / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "files" / "a" / "notes.md").write_text("x")
    ledger = inspect(tmp_path, "files").ledger
    assert ledger is not None
    assert (ledger.found, ledger.used) == (26, 24)


@pytest.mark.parametrize("name", ["meta", "index_of_calls", "esc50", "übersicht"])
def test_a_table_beside_recordings_is_not_the_data(tmp_path: Path, name: str) -> None:
    (tmp_path / "files").mkdir()
    rows = "".join(f"{n}.wav,{['cow', 'dog'][n % 2]},{n % 5}\n" for n in range(30))
    (tmp_path / "files" / f"{name}.csv").write_text(f"filename,category,fold\n{rows}")
    for n in range(30):
        (tmp_path / "files" / f"{n}.wav").write_bytes(b"RIFF" + bytes(400))
    with pytest.raises(DataError, match="sound") as caught:
        inspect(tmp_path, "files")
    assert caught.value.kind == "unheard"
    assert inspect(tmp_path, "files", target="category").labels_from.startswith(name)
    with pytest.raises(DataError):
        inspect(tmp_path, "files", target="dogs")


def test_a_few_recordings_beside_a_table_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "big.csv").write_text("a,b\n" + "1,2\n" * 500)
    (tmp_path / "x.wav").write_bytes(b"RIFF")
    assert not unheard([tmp_path / "big.csv", tmp_path / "x.wav"]).most


def test_unusable_files_of_the_reader_count_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    raw = Raw("table", {}, unusable={str(tmp_path / "a.csv"): "it is damaged"})
    ledger = account([walk(tmp_path)], Match(1.0, {"all": [tmp_path / "a.csv"]}, ""), raw, lambda _: True, str)
    assert (ledger.used, ledger.unusable["it is damaged"].count, ledger.balances) == (0, 1, True)
