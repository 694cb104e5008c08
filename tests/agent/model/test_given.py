"""What people have in memory, as what a model's process is asked: by the kind of data that it learned."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from noglue.agent.model.given import Given, given
from noglue.tools.series.form import SeriesForm
from noglue.tools.sound.form import SoundForm
from noglue.tools.spec.data_form import CellForm, DataForm
from noglue.tools.spec.errors import BadUsage, DataError
from noglue.tools.spec.profiles import Column, ImageShape, ModalityName
from noglue.tools.spec.schema import Schema


def schema(modality: ModalityName, *columns: str, **more: Any) -> Schema:
    kind: Any = {"table": "number", "text": "text", "image": "image"}.get(modality, "content")
    features = [Column(name=name, kind=kind, dtype="") for name in columns]
    return Schema(goal="classify", modality=modality, target="y", features=features, classes=["a", "b"],
                  rows={"train": 9}, split="random", **more)  # fmt: skip


def table(asked: Given) -> pa.Table:
    assert asked.head == {"form": "table"}
    with pa.ipc.open_stream(pa.py_buffer(asked.blobs[0])) as stream:
        return stream.read_all()


def test_a_text_is_a_text_and_a_path_is_a_file(tmp_path: Path) -> None:
    texts = schema("text", "text")
    for many in (["one", "two"], pd.Series(["one", "two"]), np.array(["one", "two"])):
        assert table(given(many, texts))["text"].to_pylist() == ["one", "two"]
    one = given("is it here?", texts)
    assert one.form.kind == "one"
    assert table(one)["text"].to_pylist() == ["is it here?"]
    (tmp_path / "a.txt").write_text("written")
    file = given(tmp_path / "a.txt", texts)
    assert (file.head["form"], bytes(file.blobs[0])) == ("files", b"written")
    frame = pd.DataFrame({"text": ["one"], "other": [3]})
    assert table(given(frame, texts)).column_names == ["text", "other"]


def written() -> Schema:
    """Of a table whose one column is text."""
    column = Column(name="review", kind="text", dtype="string")
    return schema("table").model_copy(update={"features": [column]})


def test_strings_are_texts_for_a_model_of_one_column_of_them(tmp_path: Path) -> None:
    for many in (["very good", "bad"], pd.Series(["very good", "bad"]), np.array(["very good", "bad"], object)):
        assert table(given(many, written()))["review"].to_pylist() == ["very good", "bad"]
    assert given("very good", written()).form.kind == "one"
    for text in ("good " * 1200, "很好" * 200, "~5 of us liked it", "~nobody", "a\0b c"):  # no file can be called so
        assert table(given(text, written()))["review"].to_pylist() == [text]
        assert given([text, text], written()).rows == 2
    row = pd.DataFrame({"review": ["very good"]}).iloc[0]
    assert given(row, written()).form.kind == "one"
    assert table(given(row, written()))["review"].to_pylist() == ["very good"]
    named = tmp_path / "new reviews.csv"
    named.write_text("review\nvery good\n")
    for path in (str(named), named, [str(named)]):
        assert given(path, written()).head["form"] == "files"
        assert given(path, written()).form.kind == "list"
    with pytest.raises(DataError, match=r"There is no file nowhere\.csv"):
        given("nowhere.csv", written())


def test_cells_of_mixed_types_become_text_and_missing_stay_missing() -> None:
    rows = schema("table", "a", "b")
    mixed = table(given([{"a": 1, "b": "x"}, {"a": "many", "b": None}, {"a": float("nan")}], rows))
    assert mixed["a"].to_pylist() == ["1", "many", None]
    assert mixed["b"].to_pylist() == ["x", None, None]
    frame = pd.DataFrame({"a": pd.Categorical([3, 5, 3]), "b": [True, None, False]})
    kept = table(given(frame, rows))
    assert kept["a"].to_pylist() == [3, 5, 3]
    assert kept["b"].to_pylist() == [True, None, False]
    assert table(given({"a": [1, 2], "b": [3, 4]}, rows)).num_rows == 2


def test_a_number_among_words_is_written_as_the_column_writes_numbers() -> None:
    rows = schema("table", "a", "b", form=DataForm(cells={"a": CellForm(kind="number", decimal=",", thousands=".")}))
    both = [{"a": 512.125, "b": 2.0}, {"a": "2.607,93", "b": "x"}]
    assert table(given(both, rows)).to_pylist() == [{"a": "512,125", "b": "2"}, {"a": "2.607,93", "b": "x"}]
    assert table(given(pd.DataFrame(both), rows))["a"].to_pylist() == ["512,125", "2.607,93"]
    assert table(given([[512.125, 2.0], ["2.607,93", "x"]], rows))["b"].to_pylist() == ["2", "x"]


def test_a_row_of_any_cells_is_a_row_and_columns_go_by_their_index() -> None:
    rows = schema("table", "a", "b")
    for cell in (Decimal("1.5"), np.float32(1.5), np.datetime64("2024-01-01"), pd.NA, None):
        assert given({"a": cell, "b": 2}, rows).form.kind == "one"
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}, index=["p", "q"])
    turned = {"a": frame["a"], "b": frame["b"][::-1]}
    for same in (frame.to_dict(), turned):
        assert table(given(same, rows)).to_pylist() == frame.to_dict("records")
    months = pd.DataFrame({"a": pd.period_range("2024-01", periods=2, freq="M"), "b": [1, 2]})
    assert table(given(months, rows))["a"].to_pylist() == list(months["a"].dt.to_timestamp())


def test_what_would_be_guessed_at_is_refused() -> None:
    rows = schema("table", "a", "b")
    with pytest.raises(BadUsage, match="Two columns are called 'a'"):
        given(pd.DataFrame([[1, 2]], columns=["a", "a"]), rows)
    with pytest.raises(BadUsage, match="differ in length: a 2, b 1"):
        given({"a": [1, 2], "b": [3]}, rows)
    with pytest.raises(BadUsage, match="single value"):
        given({"a": [1, 2, 3], "b": "red"}, rows)
    with pytest.raises(BadUsage, match="Two columns are called 'a'"):
        given(pa.table([[1], [2]], names=["a", "a"]), rows)
    for odd in (object(), 5, [], b"bytes", [[1, 2, 3]]):
        with pytest.raises(BadUsage):
            given(odd, rows)


@pytest.mark.parametrize(
    ("shape", "pictures", "kind"),
    [
        ((5, 8, 8), 5, "array"),
        ((5, 8, 8, 3), 5, "array"),
        ((5, 3, 8, 8), 5, "array"),
        ((8, 8), 1, "one"),
        ((8, 8, 3), 1, "one"),
        ((3, 8, 8), 3, "array"),
        ((3, 16, 16), 3, "array"),
        ((60, 64), 60, "array"),
    ],
)
def test_arrays_of_pictures_by_their_shape(shape: tuple[int, ...], pictures: int, kind: str) -> None:
    grey = schema("image", "image", image=ImageShape(height=8, width=8, channels=1))
    asked = given(np.zeros(shape, np.uint8), grey)
    assert (asked.rows, asked.form.kind) == (pictures, kind)
    assert all(one["shape"][:2] in ([8, 8], [16, 16]) for one in asked.head["arrays"])


def test_recordings_and_series_become_the_files_that_hold_them() -> None:
    import soundfile

    heard = schema("audio", "sound", form=SoundForm(rate=8000, seconds=1.0).kept())
    asked = given([(np.zeros(800, np.int16), 8000), (np.zeros((900, 2), np.float32), 16000)], heard)
    files = [soundfile.info(io.BytesIO(bytes(blob))) for blob in asked.blobs]
    assert [(file.samplerate, file.frames, file.channels) for file in files] == [(8000, 800, 1), (16000, 900, 2)]
    with pytest.raises(BadUsage, match="no recording"):
        given((np.zeros((2, 2, 2)), 8000), heard)

    two = schema("series", "series", form=SeriesForm(reader="sequence_files", channels=["x", "y"]).kept())
    for what, count in ((np.zeros((4, 50, 2)), 4), (np.zeros((4, 2, 50)), 4), ([np.zeros((9, 2))] * 3, 3)):
        asked = given(what, two)
        shapes = {np.load(io.BytesIO(bytes(blob))).shape[1] for blob in asked.blobs}
        assert (len(asked.blobs), shapes) == (count, {2})
