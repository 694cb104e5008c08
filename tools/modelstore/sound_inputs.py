"""Recordings that a model takes: files that are one input each, brought to the rate and the length that it knows."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from noglue.tools.modelstore.file_inputs import pass_over
from noglue.tools.modelstore.inputs import Batch, Found, dataset
from noglue.tools.sound import content, decoding
from noglue.tools.sound.form import SoundForm
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.schema import Schema

AT_ONCE = 4096  # files


def kind_taken(schema: Schema) -> str:
    return "sound files (WAV, FLAC, MP3, …), folders and archives of them"


def find(files: list[tuple[str, Path]], given: Path, schema: Schema, found: Found, several: bool) -> None:
    """A file that was given by itself is an input whatever its name."""
    taken = {name: given.is_file() or decoding.is_sound(file) for name, file in files}
    found.files += [(name, file) for name, file in files if taken[name]]
    pass_over([name for name, is_one in taken.items() if not is_one], "no recordings", found)


def file_batches(files: Sequence[tuple[str, Path]], schema: Schema) -> Iterator[Batch]:
    for start in range(0, len(files), AT_ONCE):
        part = files[start : start + AT_ONCE]
        yield from _batches([name for name, _ in part], [path for _, path in part], schema)


def table_batches(raw: Raw, table: pa.Table, problems: dict[int, str], first: int, schema: Schema) -> Iterator[Batch]:
    """`find` takes no tables."""
    return iter(())


def _batches(names: list[str], sources: list[Path], schema: Schema) -> Iterator[Batch]:
    """So many at a time as may be in memory at once."""
    held, good, reasons, begin, most = list[np.ndarray](), list[int](), dict[int, str](), 0, 0
    work = partial(decoding.samples, form=SoundForm.known(schema.form))
    for place, whole in enumerate(decoding.each(work, sources)):
        if isinstance(whole, ValueError):
            reasons[place - begin] = str(whole)
        else:
            held.append(whole)
            good.append(place - begin)
            most += len(whole)
        if most > content.SAMPLES_AT_ONCE:
            yield _batch(names[begin : place + 1], held, good, reasons, schema)
            held, good, reasons, begin, most = [], [], {}, place + 1, 0
    if begin < len(names):
        yield _batch(names[begin:], held, good, reasons, schema)


def _batch(names: list[str], held: list[np.ndarray], good: list[int], reasons: dict[int, str], schema: Schema) -> Batch:
    rows = dataset({schema.features[0].name: content.lists(held)}, schema)
    return Batch(names, rows, np.array(good, np.int64), reasons)
