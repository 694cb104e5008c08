"""Recordings: int16 of one channel at one rate. What else is known of them are labels, never features."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.sound.form import SoundForm
from noglue.tools.spec.modalities import Explaining, Inputs, ModalityPlugin, Shown
from noglue.tools.spec.profiles import Column, DataWarning, ImageShape

if TYPE_CHECKING:
    import datasets
    import numpy as np
    import pyarrow as pa

    from noglue.tools.data.row_content import Content
    from noglue.tools.spec.protocols import Raw
    from noglue.tools.spec.schema import Schema

LISTENED = 400  # recordings that are looked at for silence
QUIET = 1  # of 32,768: nothing louder is silence
SIDES = (96, 160)  # pixels of an example's picture, height and width at most


def describe(raw: "Raw", table: "pa.Table") -> tuple[ImageShape | None, list[DataWarning]]:
    """Silent recordings among some hundred of them."""
    import numpy as np

    from noglue.tools.sound.decoding import each, samples

    form = SoundForm.of(raw.form)
    if "audio" not in table.column_names or form is None:  # an outline, which opens none
        return None, []
    column = table["audio"]
    some = column.take(np.linspace(0, len(column) - 1, min(len(column), LISTENED)).astype(np.int64))
    sources = [Path(value) if isinstance(value, str) else value for value in some.to_pylist()]
    silent = sum(
        not isinstance(whole, ValueError) and bool(np.abs(whole.astype(np.int32)).max(initial=0) <= QUIET)
        for whole in each(lambda source: samples(source, form), sources)
    )
    if not silent:
        return None, []
    looked = "recordings" if len(sources) == len(column) else "recordings that were looked at"
    message = f"{silent:,} of the {len(sources):,} {looked} {'is' if silent == 1 else 'are'} silent."
    return None, [DataWarning(kind="silent", message=message, count=silent)]


def column(raw: "Raw") -> Column:
    return Column(name="audio", kind="content", dtype="int16")


def contents(raw: "Raw", tables: "list[pa.Table]") -> "Content":
    """Equal are recordings of equal samples."""
    from noglue.tools.preparation.gathering import joined
    from noglue.tools.sound.content import Recordings

    return Recordings(joined(tables, "audio"), SoundForm.known(raw.form))


def feature(schema: "Schema", column: Column) -> Any:
    import datasets

    return datasets.Sequence(datasets.Value("int16"))


def lengths(rows: "datasets.Dataset", schema: "Schema") -> "tuple[str, np.ndarray]":
    import pyarrow.compute as pc

    from noglue.tools.data.arrays import arrow_column

    samples = pc.list_value_length(arrow_column(rows, "audio")).to_numpy()
    return "seconds", samples / SoundForm.known(schema.form).rate


def show(rows: "datasets.Dataset", schema: "Schema", names: Sequence[str], folder: Path) -> list[Shown]:
    """A spectrogram of each: time to the right, pitch upwards, the darker the louder."""
    import numpy as np
    from PIL import Image

    from noglue.tools.sound.log_mel import FLOOR, log_mel

    rate = SoundForm.known(schema.form).rate
    folder.mkdir(exist_ok=True)
    found = []
    for place, name in enumerate(names):
        samples = np.array(rows[place]["audio"], np.int16)
        loudness = log_mel(samples, rate)
        grey = np.rint(-255 / FLOOR * loudness.T[::-1]).astype(np.uint8)
        picture = Image.fromarray(np.ascontiguousarray(grey))
        picture.resize((min(SIDES[1], max(32, picture.width)), SIDES[0])).save(folder / f"{name}.png")
        found.append(Shown(f"{name}.png", {"seconds": f"{len(samples) / rate:.2f}"}))
    return found


def explaining() -> Explaining:
    from noglue.tools.explanation import explain_audio

    return explain_audio


def inputs() -> Inputs:
    from noglue.tools.modelstore import sound_inputs

    return sound_inputs


MODALITY = ModalityPlugin(
    name="audio",
    plural="sounds",
    extra="sound",
    noun="sound",
    piece="recording",
    example="recordings/",
    search="audio dataset",
    endings="wav mp3 flac ogg oga opus m4a aac aiff aif au wma",
    own=("audio", "path"),
    held_as="samples",
    rank=3,
    toy={"features": [Column(name="audio", kind="content", dtype="int16")]},
    describe=describe,
    column=column,
    contents=contents,
    feature=feature,
    lengths=lengths,
    show=show,
    inputs=inputs,
    explaining=explaining,
)
