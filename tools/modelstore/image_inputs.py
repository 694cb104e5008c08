"""Pictures that a model takes: files of their own, or many in one file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from noglue.tools.data.arrays import fixed_images, image_column
from noglue.tools.data.row_content import encoded_images
from noglue.tools.modelstore import table_inputs
from noglue.tools.modelstore.file_inputs import pass_over
from noglue.tools.modelstore.inputs import Batch, Found, dataset
from noglue.tools.pictures import decoding, formats
from noglue.tools.preparation.gathering import joined
from noglue.tools.spec.data_form import PixelScale
from noglue.tools.spec.protocols import Raw
from noglue.tools.spec.schema import Schema
from noglue.tools.values import conform

IMAGES_AT_ONCE = 2048
BYTES_AT_ONCE = 64 << 20  # of pixels or of encoded files


def kind_taken(schema: Schema) -> str:
    return "image files (PNG, JPEG, …), folders and archives of them"


def find(files: list[tuple[str, Path]], given: Path, schema: Schema, found: Found, several: bool) -> None:
    """Pictures where there are any, else what holds many of them; a file that is neither is an unreadable picture."""
    if _take_pictures(files, found):
        return
    before, told = len(found.tables), len(found.strays)
    table_inputs.find(files, given, schema, found, several)
    if len(found.tables) == before and given.is_file():
        found.files += files
        del found.strays[told:]  # it is not passed over: it keeps its row, which has no answer


def file_batches(files: Sequence[tuple[str, Path]], schema: Schema) -> Iterator[Batch]:
    yield from _image_batches([name for name, _ in files], [path for _, path in files], schema)


def table_batches(raw: Raw, table: pa.Table, problems: dict[int, str], first: int, schema: Schema) -> Iterator[Batch]:
    """Images that a file holds many of. Pixels of another shape than the model's go through PNG, the path of files."""
    numbers = range(first, first + table.num_rows)
    for start in range(0, table.num_rows, IMAGES_AT_ONCE):
        names = numbers[start : start + IMAGES_AT_ONCE]
        part = table.slice(start, IMAGES_AT_ONCE)
        sources: list[Path | bytes]
        if raw.image is None:
            column = joined([part], "image").to_pylist()
            sources = [Path(value) if isinstance(value, str) else value for value in column]
        else:
            pixels = fixed_images(part.column("image"), raw.image)
            if raw.image == schema.image and schema.features[0].dtype != conform.ENCODED:
                yield Batch(names, dataset({"image": image_column(pixels)}, schema), np.arange(len(names)))
                continue
            sources = [png(image) for image in pixels]
        yield from _image_batches(names, sources, schema)


def _take_pictures(files: list[tuple[str, Path]], found: Found) -> bool:
    """Whether there are pictures; those that can't be read keep their rows, and what is none is told of."""
    kinds = {name: formats.is_picture(file) or file.suffix.lower() in formats.UNREADABLE for name, file in files}
    if not any(kinds.values()):
        return False
    found.files += [(name, file) for name, file in files if kinds[name]]
    others = [name for name, is_one in kinds.items() if not is_one]
    pass_over(others, "no pictures", found)
    return True


def sifted(batch: Batch) -> Batch:
    """The batch without the images that can't be decoded whole."""
    decoded = decoding.each(lambda source: decoding.pixels(source, 3).shape, batch.sources)
    reasons, good = dict(batch.reasons), []
    for place, result in enumerate(decoded):
        if isinstance(result, ValueError):
            reasons[int(batch.readable[place])] = str(result)
        else:
            good.append(place)
    sources = [batch.sources[place] for place in good]
    return Batch(batch.names, batch.rows.select(good), batch.readable[good], reasons, sources, batch.cut)


def beyond(cut: int, schema: Schema) -> list[str]:
    """In words, what became of pixel values that the model does not know; nothing where there are none."""
    if not cut:
        return []
    scale = _scale(schema)
    known = "the range of their type" if scale is None else f"{scale.low:g}…{scale.high:g}"
    return [f"{cut:,} picture{' has' if cut == 1 else 's have'} values outside {known}, which are clipped"]


def _image_batches(names: Sequence[str | int], sources: Sequence[Path | bytes], schema: Schema) -> Iterator[Batch]:
    shape = schema.image
    assert shape is not None, "an image model without an image's shape"
    small = schema.features[0].dtype != conform.ENCODED
    size = max(1, min(IMAGES_AT_ONCE, BYTES_AT_ONCE // max(1, shape.height * shape.width * shape.channels)))
    for start in range(0, len(sources), size):
        part = sources[start : start + size]
        make = _decoded if small else _encoded
        yield make(names[start : start + size], part, schema)


def _decoded(names: Sequence[str | int], sources: Sequence[Path | bytes], schema: Schema) -> Batch:
    """Brought to the size and the colours of the training images."""
    shape = schema.image
    assert shape is not None, "pixels without a shape"
    block = np.empty((len(sources), shape.height, shape.width, shape.channels), np.uint8)
    good: list[int] = []
    reasons: dict[int, str] = {}

    scale, cut = _scale(schema), list[bool]()

    def work(source: Path | bytes) -> np.ndarray:
        channels = 1 if shape.channels == 1 else 3
        _refuse_unknown(source)
        cut.append(decoding.beyond(source, scale))
        return decoding.pixels(source, channels, (shape.height, shape.width), scale)

    for place, found in enumerate(decoding.each(work, sources)):
        if isinstance(found, ValueError):
            reasons[place] = str(found)
        else:
            block[len(good)] = found
            good.append(place)
    rows = dataset({"image": image_column(block[: len(good)])}, schema)
    return Batch(names, rows, np.array(good, np.int64), reasons, cut=sum(cut))


def _encoded(names: Sequence[str | int], sources: Sequence[Path | bytes], schema: Schema) -> Batch:
    scale, cut = _scale(schema), list[bool]()

    def work(source: Path | bytes) -> bytes:
        _refuse_unknown(source)
        decoding.size(source)  # a file that is cut off is refused before it is read
        cut.append(decoding.beyond(source, scale))
        data = source.read_bytes() if isinstance(source, Path) else source
        return decoding.in_bytes(data, scale)

    data: list[bytes] = []
    good: list[int] = []
    reasons: dict[int, str] = {}
    for place, found in enumerate(decoding.each(work, sources)):
        if isinstance(found, ValueError):
            reasons[place] = str(found)
        else:
            data.append(found)
            good.append(place)
    rows = dataset({"image": encoded_images(data, [str(names[place]) for place in good])}, schema)
    return Batch(names, rows, np.array(good, np.int64), reasons, data, sum(cut))


def _refuse_unknown(source: Path | bytes) -> None:
    """Raises ValueError for a picture of a format that can't be decoded here."""
    kind = formats.UNREADABLE.get(source.suffix.lower()) if isinstance(source, Path) else None
    if kind is not None:
        raise ValueError(f"{kind} pictures can't be read here")


def _scale(schema: Schema) -> PixelScale | None:
    return None if schema.form is None else schema.form.pixels


def png(pixels: np.ndarray) -> bytes:
    import io

    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(buffer, "PNG", compress_level=0)
    return buffer.getvalue()
