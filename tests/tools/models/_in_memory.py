"""Whether a model says the same of what lies in memory as `noglue predict` says of the files that hold the same."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import datasets
import numpy as np

from noglue.agent.model.given import given
from noglue.tools import predict
from noglue.tools.data.arrays import image_array
from noglue.tools.resident.answers import Asked
from noglue.tools.series.arrays import arrays
from noglue.tools.series.form import SeriesForm
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

CLOSE = 1e-6  # what predictions.csv leaves of a probability


def must_say_the_same(run: Path, family: str, rows: datasets.Dataset, schema: Schema, place: Path) -> None:
    """run: with the family's `model/`, as `train` leaves it. rows: of the test split."""
    if schema.modality == "series" and schema.form is None:
        channels = [str(number) for number in range(len(arrays(rows.data.table.column(schema.features[0].name))[0]))]
        schema = schema.model_copy(update={"form": SeriesForm(reader="sequence_files", channels=channels).kept()})
    schema.save(run / "model")
    if not (run / "model" / "model.json").exists():
        (run / "model" / "model.json").write_text(json.dumps({"family": family}), encoding="utf-8")
    place.mkdir()
    files, held = _both(rows, schema, place)
    step = Step(folder=place / "step", run=run)
    step.folder.mkdir()
    inputs = [predict.Given(as_given=file.name, path=str(file)) for file in files]
    written = predict.run(predict.Args(inputs=inputs, proba=True), step)
    with (run / written.file if not Path(written.file).is_absolute() else Path(written.file)).open() as opened:
        told = list(csv.DictReader(opened))
    asked = given(held, schema)
    (place / "own").mkdir()
    model = Asked(run / "model", "cpu", place / "own")
    answer = model.answer({"ask": "answers", "shares": True, **asked.head}, [bytearray(blob) for blob in asked.blobs])
    if schema.predicts == "classes":
        assert schema.classes is not None
        shares = np.array([[float(row[name]) for name in schema.classes] for row in told])
        assert np.abs(answer.arrays["0:shares"] - shares).max() <= CLOSE
        assert [schema.classes[code] for code in answer.arrays["0:codes"]] == [row["prediction"] for row in told]
    elif schema.predicts == "values":
        values = np.array([float(row["prediction"]) for row in told])
        assert np.allclose(answer.arrays["0:values"], values, rtol=CLOSE, atol=0)
    else:
        for name in answer.head["own"]:
            said = answer.head["texts"].get(name) or answer.arrays[f"own:{name}"].tolist()
            assert [str(row[name]) for row in told] == [str(one) for one in said] or np.allclose(
                np.array([float(row[name]) for row in told]), np.array(said, float), rtol=CLOSE
            )


def _both(rows: datasets.Dataset, schema: Schema, place: Path) -> tuple[Sequence[Path], Any]:
    """The same as files, and in memory."""
    match schema.modality:
        case "table":
            frame = rows.select_columns([column.name for column in schema.features]).to_pandas()
            frame.to_csv(place / "new.csv", index=False)
            return [place / "new.csv"], frame
        case "image":
            pixels = image_array(rows)
            np.save(place / "new.npy", pixels)
            return [place / "new.npy"], pixels
        case "audio":
            import soundfile

            from noglue.tools.sound.form import SoundForm

            rate, held = SoundForm.known(schema.form).rate, []
            for number, cells in enumerate(rows[schema.features[0].name]):
                samples = np.array(cells, np.int16)
                soundfile.write(place / f"{number:03d}.wav", samples, rate, subtype="PCM_16")
                held.append((samples, rate))
            return sorted(place.glob("*.wav")), held
    series = arrays(rows.data.table.column(schema.features[0].name))
    for number, one in enumerate(series):
        np.save(place / f"{number:03d}.npy", one.T)
    return sorted(place.glob("*.npy")), [one.T for one in series]
