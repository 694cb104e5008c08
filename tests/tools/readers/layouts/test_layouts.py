"""Data sets as people lay them out, small ones: what `inspect` says of each, and which label each picture gets."""

from collections import Counter
from pathlib import Path

import pytest

from noglue.tools import extract
from noglue.tools.inspect import Args, run
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.profiles import Profile
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.spec.step import Step
from tests.tools.readers.layouts import conventions, folders, labels, public, tables
from tests.tools.readers.layouts.kit import LAYOUTS, Expected

assert all((conventions, folders, labels, public, tables))


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name: str, tmp_path: Path) -> None:
    root = tmp_path / "data"
    root.mkdir()
    expected = LAYOUTS[name](root)
    step = Step(tmp_path / "steps" / "01-inspect", tmp_path)
    step.folder.mkdir(parents=True)
    roots = [f"data/{one}".rstrip("/") for one in expected.roots or [""]]
    if expected.archived:
        unpacking = Step(tmp_path / "steps" / "00-extract", tmp_path)
        unpacking.folder.mkdir(parents=True)
        roots = extract.run(extract.Args(files=roots), unpacking).roots
    args = Args(roots=roots, **expected.hints)
    if expected.error:
        with pytest.raises(DataError) as caught:
            run(args, step)
        assert caught.value.kind == expected.error
        return
    result = run(args, step)
    wrong: list[str] = []
    for profile in result.profiles if expected.among else [result.profile]:
        wrong = _differences(profile, expected, step)
        if not wrong:
            return
    read_as = [(one.reader, one.labels_from, one.rows, one.reading) for one in result.profiles[:5]]
    assert not wrong, (wrong, read_as)


def _differences(profile: Profile, expected: Expected, step: Step) -> list[str]:
    names = [column.name for column in profile.columns]
    wanted = None if "target" in expected.hints else expected.target
    told = {
        "modality": (profile.modality, expected.modality),
        "rows": (profile.rows, _rows(expected)),
        "target": (wanted and profile.target, wanted),
        "columns": (set(expected.columns) - set(names), set()),
        "absent": (set(expected.absent) & set(names), set()),
        "balance": (profile.ledger is not None and profile.ledger.balances, True),
    }
    if expected.classes is not None:
        told["classes"] = (sorted(profile.classes or []), sorted(expected.classes))
    if expected.passed is not None and profile.ledger is not None:
        told["passed"] = (sum(one.count for one in profile.ledger.passed_over.values()), expected.passed)
    raw = _outline(profile, step)
    found = {key: f"{got!r} instead of {wanted!r}" for key, (got, wanted) in told.items() if got != wanted}
    if expected.truth and (wrong := _mislabelled(raw, profile, expected)):
        found["labels"] = f"{len(wrong)} differ, as {dict(list(wrong.items())[:3])}"
    for split, paths in expected.splits.items():
        there = raw.splits[split]["path"].to_pylist() if split in raw.splits else []
        if sorted(there) != sorted(map(str, paths)):
            found[split] = f"{len(there)} pictures {[Path(one).name for one in there[:3]]}"
    return [f"{key}: {text}" for key, text in found.items()]


def _rows(expected: Expected) -> dict[str, int]:
    if expected.rows:
        return dict(expected.rows)
    if expected.splits:
        return {split: len(paths) for split, paths in expected.splits.items()}
    return {"all": len(expected.truth)}


def _outline(profile: Profile, step: Step) -> Raw:
    files = {split: [step.path(one) for one in paths] for split, paths in profile.files.items()}
    reader = catalogue.load("noglue.tools.readers", profile.reader)
    match = Match(1.0, files, "", profile.reading)
    raw: Raw = reader.outline(match) if hasattr(reader, "outline") else reader.read(match)
    return raw


def _mislabelled(raw: Raw, profile: Profile, expected: Expected) -> dict[str, object]:
    """Pictures whose label is another than it should be. Numbers of classes are compared by their names."""
    target = expected.target or raw.target
    found: dict[str, object] = {}
    for held in raw.splits.values():
        if "path" in held.column_names and target in held.column_names:
            for path, label in zip(held["path"].to_pylist(), held[target].to_pylist(), strict=True):
                if label is None:
                    continue
                found[path] = raw.classes[label] if raw.classes and isinstance(label, int) else label
    wanted = {str(path): label for path, label in expected.truth.items()}
    if found or not raw.splits:
        return {Path(path).name: found.get(path) for path in wanted.keys() | found.keys()
                if found.get(path) != wanted.get(path)}  # fmt: skip
    values = Counter(value for held in raw.splits.values() if target in held.column_names
                     for value in held[target].to_pylist())  # fmt: skip
    named = Counter({raw.classes[value] if raw.classes and isinstance(value, int) else value: count
                     for value, count in values.items()})  # fmt: skip
    return {} if named == Counter(wanted.values()) else dict(named)
