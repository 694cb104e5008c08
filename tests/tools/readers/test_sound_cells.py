"""Recordings in the cells of Parquet files, as Hugging Face keeps them."""

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import soundfile

from noglue.tools.readers import parquet
from noglue.tools.sound.form import SoundForm
from noglue.tools.spec.protocols import Match
from tests.tools.preparing import Run
from tests.tools.sounds import RATE, tone


def encoded(number: int) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, tone(300 + 400 * (number % 2), number, 0.05), RATE, format="FLAC")
    return stream.getvalue()


def table(file: Path, count: int, broken: int | None = None) -> Path:
    cells = [{"bytes": b"no sound" if n == broken else encoded(n), "path": f"{n}.flac"} for n in range(count)]
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    pq.write_table(
        pa.table({"audio": pa.array(cells, kind), "genre": [("jazz", "rock")[n % 2] for n in range(count)]}), file
    )
    return file


def test_a_struct_of_bytes_that_are_sound(tmp_path: Path) -> None:
    raw = parquet.read(Match(1.0, {"all": [table(tmp_path / "a.parquet", 30, broken=7)]}, ""))
    assert (raw.modality, raw.splits["all"].column_names) == ("audio", ["audio", "genre"])
    assert (raw.splits["all"].num_rows, raw.lost) == (29, {"sounds that can't be decoded": 1})
    assert SoundForm.known(raw.form).rate == RATE


def test_they_are_prepared(tmp_path: Path) -> None:
    table(tmp_path / "train-00000-of-00001.parquet", 40)
    run = Run(tmp_path / "run")
    prepared = run.prepare(tmp_path / "train-00000-of-00001.parquet", target="genre")
    assert (run.schema.modality, prepared.classes) == ("audio", ["jazz", "rock"])
    assert len(run.split("train")[0]["audio"]) == round(0.05 * RATE)
