"""Every modality in the folder, held to what `ModalityPlugin` promises."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from noglue.tools.data.row_content import Cells, Content
from noglue.tools.data.write_split import SplitWriter
from noglue.tools.modelstore import inputs
from noglue.tools.overview.looking import look
from noglue.tools.spec import catalogue, modalities
from noglue.tools.spec.modalities import ModalityName, ModalityPlugin
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.values import conform

NAMES = catalogue.names(modalities.PACKAGE)
TAKEN = [name for name in NAMES if modalities.load(name).inputs is not None]
HEAVY = {"torch", "datasets", "sklearn", "pandas", "pyarrow", "numpy", "PIL"}


def example(name: str) -> Any:
    """How such data are made: a module of `examples/`, with four functions and facts of a schema."""
    return importlib.import_module(f"tests.tools.modalities.examples.{name}")


def some(name: str, folder: Path) -> Raw:
    """Four rows as a reader hands them over; the last is equal to the first."""
    raw: Raw = example(name).raw(folder, [0, 1, 2, 0])
    return raw


def gathered(raw: Raw, kind: ModalityPlugin) -> tuple[Content, Column]:
    table = raw.splits["all"]
    if kind.contents is not None and kind.column is not None:
        return kind.contents(raw, [table]), kind.column(raw)
    (name,) = table.column_names
    return Cells(table), Column(name=name, kind="text" if kind.own else "number", dtype="string")


def schema_of(kind: ModalityPlugin, column: Column, raw: Raw) -> Schema:
    return Schema(goal="classify", modality=kind.name, target=None, features=[column], rows={"train": 4},
                  split="random", form=raw.form, **example(kind.name).FACTS)  # fmt: skip


def test_a_name_is_one_of_the_folder() -> None:
    adapter = TypeAdapter(ModalityName)
    assert [adapter.validate_python(name) for name in NAMES] == NAMES
    assert adapter.json_schema() == {"type": "string", "enum": modalities.names()}
    with pytest.raises(ValidationError, match="there is no modality 'smell'"):
        adapter.validate_python("smell")


def test_no_modality_needs_anything_heavy_to_say_what_it_is() -> None:
    program = f"""
import sys
from noglue.tools.spec import modalities
for name in {NAMES!r}:
    assert modalities.load(name).name == name
    assert modalities.words(name)["sure"]
heavy = {HEAVY!r} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-P", "-c", program], check=True, timeout=60)


def test_no_two_claim_one_file_ending() -> None:
    endings = [ending for name in NAMES for ending in modalities.load(name).endings.split()]
    assert len(endings) == len(set(endings))


@pytest.mark.parametrize("name", TAKEN)
def test_equal_rows_have_equal_fingerprints_and_others_do_not(name: str, tmp_path: Path) -> None:
    content, _ = gathered(some(name, tmp_path), modalities.load(name))
    hashes = content.hashes()
    assert hashes.dtype == np.uint64
    assert hashes[0] == hashes[3]
    assert len(set(hashes.tolist())) == 3
    assert content.damaged == {}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_stored_comes_back_is_shown_and_described(name: str, tmp_path: Path) -> None:
    kind, raw = modalities.load(name), some(name, tmp_path)
    content, column = gathered(raw, kind)
    schema = schema_of(kind, column, raw)
    content.hashes()
    with SplitWriter(tmp_path / "train", conform.features_of(schema), "0") as writer:
        for columns in content.batches(np.array([2, 0])):
            writer.write(columns)
    rows = load_split(tmp_path, "train")
    assert len(rows) == 2
    assert [np.asarray(row[column.name]).tolist() for row in rows] == [
        np.asarray(example(name).stored(number)).tolist() for number in (2, 0)
    ]
    if kind.show is not None:
        shown = kind.show(rows, schema, ["a", "b"], tmp_path / "shown")
        assert len(shown) == 2
        assert all(one.image is None or (tmp_path / "shown" / one.image).is_file() for one in shown)
    if kind.describe is not None:
        described, warnings = kind.describe(raw, raw.splits["all"])
        assert warnings == []
        assert described == schema.image


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_stored_can_be_looked_at(name: str, tmp_path: Path) -> None:
    kind, raw = modalities.load(name), some(name, tmp_path)
    content, column = gathered(raw, kind)
    schema = schema_of(kind, column, raw)
    content.hashes()
    with SplitWriter(tmp_path / "train", conform.features_of(schema), "0") as writer:
        for columns in content.batches(np.array([0, 1, 2])):
            writer.write(columns)
    found = look(tmp_path, schema)
    assert found.rows == found.looked_at == 3
    assert all(sum(view.counts) + view.beyond == 3 for view in found.columns if view.counts)
    lengths = [view for view in found.columns if view.name == "length"]
    assert len(lengths) == (kind.lengths is not None)
    assert all(view.unit and view.low and view.low > 0 for view in lengths)
    assert [len(one.files) for one in found.pictured] == ([3] if kind.show is not None else [])


@pytest.mark.parametrize("name", TAKEN)
def test_new_files_become_the_rows_of_a_model(name: str, tmp_path: Path) -> None:
    kind, raw = modalities.load(name), some(name, tmp_path)
    _, column = gathered(raw, kind)
    schema = schema_of(kind, column, raw)
    assert inputs.kind_taken(schema)
    new = tmp_path / "new"
    new.mkdir()
    for stem, number in (("a", 1), ("b", None), ("c", 2)):
        example(name).write(new / stem, number)
    found = inputs.find([("new", new)], schema)
    made = list(inputs.batches(found, schema))
    assert sum(len(batch.names) for batch in made) == found.total
    assert all(batch.rows.column_names == [column.name] for batch in made)
    assert sum(len(batch.rows) for batch in made) == found.total - sum(len(batch.reasons) for batch in made)
    unread = {str(batch.names[place]): why for batch in made for place, why in batch.reasons.items()}
    broken = sorted(new.glob("b.*"))
    assert set(unread) == {f"new/{file.name}" for file in broken}
