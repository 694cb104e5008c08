"""Contents that are no rows of a table, as what a model's process is asked: pictures, recordings, series, texts.

>>> of(np.zeros((10, 28, 28), np.uint8), schema)      ten pictures
>>> of(["cat.jpg", b"\\x89PNG…"], schema)              files, and bytes of files
>>> of((samples, 16_000), schema)                     a recording: values and their rate in hertz
>>> of("I liked it", schema)                          a text (`texts.py`); a file of one is given as a pathlib.Path
"""

import io
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from noglue.agent.model import texts
from noglue.agent.model.given import Given, files, is_path, refused
from noglue.agent.model.returned import Form
from noglue.tools.series.form import SeriesForm
from noglue.tools.spec import modalities
from noglue.tools.spec.errors import BadUsage, Kind
from noglue.tools.spec.modalities import Held
from noglue.tools.spec.schema import Schema

CHANNELS = (1, 3, 4)


def of(what: Any, schema: Schema) -> Given | None:
    """None for what is no such content: a path or rows of a table. Raises BadUsage `argument`."""
    kind = modalities.load(schema.modality)
    found = texts.of(what, schema) if texts.alone(schema) else None
    return _KINDS[kind.held_as](what, schema) if found is None and kind.content else found


def _pictures(what: Any, schema: Schema) -> Given | None:
    """An array of one picture or of many, pictures of Pillow, paths and bytes, and lists of them."""
    if _is_pillow(what):
        return _bytes_of([what], Form("one"), schema)
    if isinstance(what, Sequence) and not isinstance(what, str | bytes) and what:
        if all(_is_array(one) for one in what):
            return _pixels([_picture(one) for one in what], Form("list"))
        if any(_is_array(one) for one in what):
            raise BadUsage(Kind.ARGUMENT, "Arrays and files can't be mixed.", hint="Ask about them separately.")
        return _bytes_of(what, Form("list"), schema)
    if not _is_array(what):
        return _files(what, schema)
    whole, shape = np.asarray(what), schema.image
    size = (0, 0) if shape is None else (shape.height, shape.width)
    flat = 0 if shape is None else size[0] * size[1] * shape.channels
    if shape is not None and whole.ndim == 2 and whole.shape != size and whole.shape[1] == flat:
        return _pixels(list(whole.reshape(-1, *size, shape.channels)), Form("array"))  # each a row of pixels
    if shape is not None and shape.channels == 1 and whole.ndim == 3 and whole.shape[-1] not in CHANNELS[1:]:
        return _pixels(list(whole), Form("array"))  # grey ones, be they three
    whole = _unframed(whole)
    if whole.ndim == 2 or (whole.ndim == 3 and whole.shape[-1] in CHANNELS):
        return _pixels([whole], Form("one"))
    if whole.ndim not in (3, 4):
        raise BadUsage(
            Kind.ARGUMENT,
            f"An array of shape {whole.shape} holds no pictures.",
            hint="Give (n, height, width) or (n, height, width, channels), or one picture without n.",
        )
    return _pixels(list(whole), Form("array"))


def _pixels(pictures: Sequence[np.ndarray], form: Form) -> Given:
    whole = [np.ascontiguousarray(one) for one in pictures]
    told = [{"dtype": one.dtype.str, "shape": list(one.shape)} for one in whole]
    if any(one.dtype.hasobject for one in whole):
        raise BadUsage(Kind.ARGUMENT, "An array of objects is no picture.", hint="Give pixels as numbers.")
    blobs = [one.reshape(-1).view(np.uint8).data for one in whole]
    return Given({"form": "pixels", "arrays": told}, blobs, form, len(whole))


def _picture(one: Any) -> np.ndarray:
    return _unframed(np.asarray(one))


def _unframed(whole: np.ndarray) -> np.ndarray:
    """Channels last: (…, 3, height, width) is turned where only that makes sense."""
    first = whole.ndim in (3, 4) and whole.shape[-3] in CHANNELS and whole.shape[-1] not in CHANNELS
    one = whole.ndim == 3 and whole.shape[0] == 1  # a grey picture with its channel first, or a batch of one
    return np.moveaxis(whole, -3, -1) if first and (whole.ndim == 4 or not one) else whole


def _recordings(what: Any, schema: Schema) -> Given | None:
    """(samples, rate), paths, bytes, and lists of them. samples: (n,) or (n, channels), int16 or floats within ±1."""
    if _is_recording(what):
        return _sent([_wav(*what)], [".wav"], Form("one"))
    if isinstance(what, Sequence) and what and all(_is_recording(one) for one in what):
        return _sent([_wav(*one) for one in what], [".wav"] * len(what), Form("list"))
    return _files(what, schema)


def _series(what: Any, schema: Schema) -> Given | None:
    """Arrays (steps,) or (steps, channels), a list of them, one array (n, steps) or (n, steps, channels), data frames
    of rows as the files have them, paths and bytes."""
    if hasattr(what, "to_csv"):
        return _sent([what.to_csv(index=False).encode()], [".csv"], Form("list"))
    if hasattr(what, "write_csv"):
        return _sent([what.write_csv().encode()], [".csv"], Form("list"))
    learned = SeriesForm.of(schema.form)
    count = 1 if learned is None else len(learned.channels)
    if _is_array(what):
        whole = np.asarray(what)
        if whole.ndim == 1 or (whole.ndim == 2 and count > 1 and whole.shape[1] == count):
            return _sent([_npy(whole)], [".npy"], Form("one"))
        return _sent([_npy(_steps_first(one, count)) for one in whole], [".npy"] * len(whole), Form("array"))
    if isinstance(what, Sequence) and what and all(_is_array(one) for one in what):
        parts = [_npy(_steps_first(np.asarray(one), count)) for one in what]
        return _sent(parts, [".npy"] * len(parts), Form("list"))
    return _files(what, schema)


def _steps_first(one: np.ndarray, channels: int) -> np.ndarray:
    """(channels, steps) is turned where only that makes sense."""
    turned = one.ndim == 2 and one.shape[0] == channels and one.shape[1] != channels
    return one.T if turned else one


def _files(what: Any, schema: Schema) -> Given | None:
    """Paths and bytes, and lists of them."""
    if isinstance(what, bytes | bytearray):
        return _sent([bytes(what)], [""], Form("one"))
    if isinstance(what, os.PathLike) or (isinstance(what, str) and not texts.alone(schema)):
        return files([what], Form("one"))
    if (
        isinstance(what, Sequence)
        and not isinstance(what, str)
        and what
        and all(is_path(one) or isinstance(one, bytes | bytearray) for one in what)
    ):
        return _bytes_of(what, Form("list"), schema)
    return None


def _bytes_of(many: Sequence[Any], form: Form, schema: Schema) -> Given:
    """Paths, bytes and pictures of Pillow, in their order."""
    names, blobs = [], []
    for place, one in enumerate(many):
        if _is_pillow(one):
            names.append(f"{place}.png")
            blobs.append(_png(one))
        elif isinstance(one, bytes | bytearray):
            names.append(str(place))
            blobs.append(bytes(one))
        elif is_path(one):
            names.append(os.fspath(one))
            blobs.append(bytes(files([one], form).blobs[0]))
        else:
            raise refused(one, schema)
    paths = [os.fspath(one) for one in many if is_path(one)]
    return Given({"form": "files", "names": names}, blobs, form, None, paths)


def _sent(blobs: Sequence[bytes], endings: Sequence[str], form: Form) -> Given:
    names = [f"{place}{ending}" for place, ending in enumerate(endings)]
    return Given({"form": "files", "names": names}, list(blobs), form)


def _is_array(what: Any) -> bool:
    return hasattr(what, "__array__") and hasattr(what, "shape") and not hasattr(what, "columns")


def _is_pillow(what: Any) -> bool:
    return type(what).__module__.partition(".")[0] == "PIL" and hasattr(what, "convert")


def _is_recording(what: Any) -> bool:
    return isinstance(what, tuple) and len(what) == 2 and _is_array(what[0]) and isinstance(what[1], int | float)


def _png(picture: Any) -> bytes:
    """As it lies in its file: turned as its Exif says."""
    from PIL import ImageOps

    sink = io.BytesIO()
    ImageOps.exif_transpose(picture).save(sink, "PNG", compress_level=1)
    return sink.getvalue()


def _wav(samples: Any, rate: float) -> bytes:
    import soundfile

    whole = np.asarray(samples)
    if whole.ndim not in (1, 2) or whole.dtype.kind not in "fi":
        raise BadUsage(
            Kind.ARGUMENT,
            f"An array of {whole.dtype} of shape {whole.shape} is no recording.",
            hint="Give (samples,) or (samples, channels), with the rate in hertz.",
        )
    sink = io.BytesIO()
    kind = "FLOAT" if whole.dtype.kind == "f" else "PCM_16" if whole.dtype.itemsize == 2 else "PCM_32"
    soundfile.write(sink, whole, int(rate), format="WAV", subtype=kind)
    return sink.getvalue()


def _npy(whole: np.ndarray) -> bytes:
    sink = io.BytesIO()
    np.save(sink, whole, allow_pickle=False)
    return sink.getvalue()


_KINDS: dict[Held, Callable[[Any, Schema], Given | None]] = {
    "files": _files,
    "pixels": _pictures,
    "samples": _recordings,
    "steps": _series,
    "words": _files,
}
