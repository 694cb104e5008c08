"""The same pictures in every depth and form of file: one scale for the data set, whatever stands beside a picture."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from noglue.tools.data.arrays import image_array
from noglue.tools.modelstore import inputs
from noglue.tools.pictures.bit_depth import to_bytes
from noglue.tools.pictures.decoding import pixels, size
from noglue.tools.spec.data_form import PixelScale
from noglue.tools.spec.schema import Schema
from noglue.tools.training.pixels import Size, read
from tests.tools.predicting import predicted, trained, without_form
from tests.tools.preparing import Run

COUNT = 40
FORMS = ["png 8", "png 16", "png 12 in 16", "tiff 16", "tiff 16 big-endian", "tiff real", "tiff real 255"]
FORMS += ["npz uint8", "npz uint16", "npz int32", "npz float32 0…1", "npz float64 -1…1", "npz float32 0…255"]
FORMS += ["colour png 16", "grey and clear png 16", "colour and clear png 16"]
LARGEST = {"uint8": 255, "uint16": 65535, "int32": 255}


def pictures(side: int) -> np.ndarray:
    """uint8 (n, side, side) over the whole range; the first pixel is six times the picture's number."""
    made = np.random.default_rng(1).integers(0, 256, (COUNT, side, side)).astype(np.uint8)
    made[:, 0, 0] = 6 * np.arange(COUNT)
    return made


def deep_png(values: np.ndarray) -> bytes:
    """16 bits a channel, 1…4 channels: Pillow writes no colour of that depth."""
    height, width = values.shape[:2]
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[1 if values.ndim == 2 else values.shape[2]]
    lines = b"".join(b"\0" + line.astype(">u2").tobytes() for line in values)
    header = struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in chunks)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def save(picture: np.ndarray, file: Path, form: str) -> Path:
    """An 8-bit grey picture in another depth; the file's own ending is added."""
    wide = picture.astype(np.uint16) * 257
    opaque = np.full_like(wide, 65535)
    file.parent.mkdir(parents=True, exist_ok=True)
    if form.endswith("png 16") and form != "png 16":
        channels = [wide] * (1 if "grey" in form else 3) + ([opaque] if "clear" in form else [])
        file.with_suffix(".png").write_bytes(deep_png(np.stack(channels, -1)))
        return file.with_suffix(".png")
    values: dict[str, np.ndarray] = {
        "png 8": picture, "png 16": wide, "png 12 in 16": np.rint(picture * (4095 / 255)).astype(np.uint16),
        "tiff 16": wide, "tiff 16 big-endian": wide.astype(">u2"), "tiff real": (picture / 255).astype(np.float32),
        "tiff real 255": picture.astype(np.float32),
    }  # fmt: skip
    found = file.with_suffix(".png" if form.startswith("png") else ".tif")
    Image.fromarray(values[form]).save(found)
    return found


def folder(place: Path, some: np.ndarray, form: str) -> Path:
    """Half of the pictures in each of two class folders; arrays in one file."""
    if form.startswith("npz"):
        kind, _, span = form.removeprefix("npz ").partition(" ")
        scaled = {
            "0…1": some / 255, "-1…1": some / 127.5 - 1, "0…255": some,
            "": np.rint(some * (LARGEST.get(kind, 255) / 255)),
        }[span]  # fmt: skip
        np.savez(place.with_suffix(".npz"), images=scaled.astype(kind), labels=np.arange(len(some)) % 2)
        return place.with_suffix(".npz")
    for i, picture in enumerate(some):
        save(picture, place / "ab"[i % 2] / f"{i:03d}", form)
    return place


def prepared(run: Run, side: int) -> np.ndarray:
    """The pixels that training sees, in the pictures' order."""
    channels = run.schema.image.channels if run.schema.image else 0
    some = [run.split(name) for name in ("train", "validation", "test")]
    found = np.concatenate([read(rows, Size(height=side, width=side, channels=channels)) for rows in some])
    return in_order(found)


def in_order(found: np.ndarray) -> np.ndarray:
    assert (np.ptp(found, axis=-1) == 0).all()
    grey = found[..., 0].astype(int)
    return grey[np.argsort(grey[:, 0, 0])]


def asked(given: Path, schema: Schema, side: int) -> np.ndarray:
    """The pixels that a model gets to predict from."""
    parts = []
    for batch in inputs.batches(inputs.find([("x", given)], schema), schema):
        fixed = hasattr(batch.rows.features["image"], "shape")
        shape = Size(height=side, width=side, channels=schema.image.channels if schema.image else 0)
        parts.append(image_array(batch.rows) if fixed else read(batch.rows, shape))
    return np.concatenate(parts)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("side", [8, 100])
def test_every_depth_gives_the_same_pixels(tmp_path: Path, form: str, side: int) -> None:
    shown = pictures(side)
    run = Run(tmp_path / "run")
    run.prepare(folder(tmp_path / "in", shown, form))
    assert np.abs(prepared(run, side) - shown).max() <= 1
    for chosen in ([7], [3, 30, 9], [0]):  # whatever stands beside them
        got = in_order(asked(folder(tmp_path / f"new{chosen[0]}", shown[chosen], form), run.schema, side))
        assert np.abs(got - shown[sorted(chosen)]).max() <= 1


def test_uniform_pictures_keep_their_order_and_proportion(tmp_path: Path) -> None:
    for i in range(60):
        (tmp_path / "in" / "ab"[i % 2]).mkdir(parents=True, exist_ok=True)
        value = (200, 20_000, 65_535)[i % 3]
        deep = np.full((8, 8), value, np.uint16)
        deep[0, 0] = value - i  # so that they differ
        Image.fromarray(deep).save(tmp_path / "in" / "ab"[i % 2] / f"{i}.png")
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "in")
    found = np.concatenate([image_array(run.split(name)) for name in ("train", "validation", "test")])
    assert sorted(set(found[:, 4, 4, 0].tolist())) == [1, 78, 255]


@pytest.mark.parametrize("side", [16, 100])
def test_dim_pictures_fill_the_range_of_all(tmp_path: Path, side: int) -> None:
    """660…777 of 65,535, with a hot pixel; a single one to predict looks as it would have in training."""
    random = np.random.default_rng(3)
    for i in range(COUNT):
        deep = random.integers(660, 700 + 2 * i, (side, side)).astype(np.uint16)
        deep[0, 0] = 65_535 if i == 5 else 660 + i
        (tmp_path / "in" / "ab"[i % 2]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(deep).save(tmp_path / "in" / "ab"[i % 2] / f"{i}.png")
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "in")
    scale = run.schema.form.pixels
    assert scale is not None
    assert scale.low == 660
    assert 770 < scale.high < 780
    dim = np.linspace(660, 690, side * side).reshape(side, side).astype(np.uint16)
    Image.fromarray(dim).save(tmp_path / "dim.png")
    got = asked(tmp_path / "dim.png", run.schema, side)[0, ..., 0].astype(float)
    assert np.abs(got - (dim - scale.low) * 255 / (scale.high - scale.low)).max() <= 0.5 + 1e-3


def test_dim_bytes_stay_as_they_are(tmp_path: Path) -> None:
    dim = pictures(8) // 8
    dim[:, 0, 0] = np.arange(COUNT)
    for form in ("png 8", "npz uint8"):
        run = Run(tmp_path / form)
        run.prepare(folder(tmp_path / f"{form} in", dim, form))
        assert run.schema.form.pixels is None
        assert np.array_equal(prepared(run, 8), dim)


def test_both_depths_in_one_data_set(tmp_path: Path) -> None:
    shown = pictures(8)
    for i, picture in enumerate(shown):
        save(picture, tmp_path / "in" / "ab"[i % 2] / f"{i:03d}", FORMS[i // 2 % 2])
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "in")
    assert run.schema.form.pixels == PixelScale(low=0, high=65535)
    assert np.abs(prepared(run, 8) - shown).max() <= 1


def test_the_scale_is_the_training_pictures(tmp_path: Path) -> None:
    """A test split that is brighter is cut off, and does not dim the others."""
    for split, high in (("train", 3000), ("test", 60_000)):
        for i in range(COUNT):
            deep = np.random.default_rng(i).integers(0, high, (8, 8)).astype(np.uint16)
            (tmp_path / "in" / split / "ab"[i % 2]).mkdir(parents=True, exist_ok=True)
            Image.fromarray(deep).save(tmp_path / "in" / split / "ab"[i % 2] / f"{i}.png")
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "in")
    assert run.schema.form.pixels == PixelScale(low=0, high=4095)
    assert (image_array(run.split("test")) == 255).mean() > 0.9


def test_an_array_of_another_range_is_not_stretched(tmp_path: Path) -> None:
    shown = pictures(8)
    run = Run(tmp_path / "run")
    run.prepare(folder(tmp_path / "in", shown, "npz float32 0…1"))
    np.savez(tmp_path / "dim.npz", images=np.linspace(0, 0.1, 64).reshape(1, 8, 8))
    assert asked(tmp_path / "dim.npz", run.schema, 8).max() == 26
    np.savez(tmp_path / "beyond.npz", images=np.array([-1, 0.5, 7, np.nan] * 16).reshape(1, 8, 8))
    assert asked(tmp_path / "beyond.npz", run.schema, 8)[0, 0, :4, 0].tolist() == [0, 128, 255, 0]
    np.savez(tmp_path / "bytes.npz", images=shown[:3])  # another unit, told by the type
    assert np.array_equal(asked(tmp_path / "bytes.npz", run.schema, 8)[..., 0], shown[:3])


@pytest.mark.parametrize("kind", ["uint16", "int16", "int32", "int64", "float32", "float64", "bool"])
@pytest.mark.parametrize("scale", [None, PixelScale(low=0, high=1, real=True), PixelScale(low=0, high=1)])
def test_no_picture_has_a_scale_of_its_own(kind: str, scale: PixelScale | None) -> None:
    """A value becomes the same byte whatever values stand beside it."""
    alone = to_bytes(np.array([[0, 1]], kind), scale)
    for other in (2, 300, 70_000) if kind != "bool" else (1,):
        if kind not in ("uint16", "int16") or other < 2**15:
            assert to_bytes(np.array([[0, 1, other]], kind), scale)[0, :2].tolist() == alone[0].tolist()


def test_whole_numbers_for_a_scale_of_fractions_are_on_that_of_their_type() -> None:
    fractions = PixelScale(low=0, high=1, real=True)
    assert to_bytes(np.array([[0, 257, 65_535]], np.uint16), fractions).tolist() == [[0, 1, 255]]
    assert to_bytes(np.array([[0, 1]], np.uint16), PixelScale(low=0, high=1)).tolist() == [[0, 255]]


def test_a_deep_portable_greymap_is_one_of_16_bits() -> None:
    assert pixels(b"P2\n2 1\n4095\n0 1\n", 1).reshape(-1).tolist() == [0, 0]
    assert pixels(b"P2\n2 1\n4095\n1 4095\n", 1).reshape(-1).tolist() == [0, 255]


def test_arrays_beside_bytes_have_one_scale(tmp_path: Path) -> None:
    shown = pictures(8)
    dim = np.where(shown[:4] < 3, shown[:4] / 100, shown[:4]).astype(np.float32)
    labels = np.arange(COUNT) % 2
    np.savez(tmp_path / "a.npz", x_train=shown, y_train=labels, x_test=dim, y_test=labels[:4])
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "a.npz")
    assert np.abs(image_array(run.split("test"))[..., 0].astype(int) - dim).max() <= 1


def levels(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """12-bit pictures of two classes, uint16."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    return (random.integers(0, 1500, (count, 12, 12)) + labels[:, None, None] * 2000).astype(np.uint16), labels


def test_a_model_that_does_not_tell_the_scale_of_its_pixels(tmp_path: Path) -> None:
    shown, labels = levels(120, 1)
    np.savez(tmp_path / "a.npz", images=shown, labels=labels)
    run = trained(tmp_path / "run", tmp_path / "a.npz", family="pixels_linear")
    new, truth = levels(40, 2)
    np.savez(tmp_path / "new.npz", images=new)
    without_form(run)
    _, rows = predicted(run, ("new.npz", tmp_path / "new.npz"))
    assert [row["prediction"] for row in rows] == [str(label) for label in truth]
    assert any("does not say in what form" in note for note in run.notes)
    Image.fromarray(new[1]).save(tmp_path / "one.png")
    predicted(run, ("one.png", tmp_path / "one.png"))


def test_pictures_with_values_beyond_the_scale_are_told(tmp_path: Path) -> None:
    shown, labels = levels(120, 1)
    np.savez(tmp_path / "a.npz", images=shown, labels=labels)
    run = trained(tmp_path / "run", tmp_path / "a.npz", family="pixels_linear")
    new = levels(6, 2)[0]
    new[3, :4] = 60_000
    new[4] = 5000
    np.savez(tmp_path / "new.npz", images=new)
    (tmp_path / "pictures").mkdir()
    for place, picture in enumerate(new):
        Image.fromarray(picture).save(tmp_path / "pictures" / f"{place}.png")
    files = [(tmp_path / "pictures" / f"{place}.png").read_bytes() for place in range(6)]
    pq.write_table(pa.table({"image": [{"bytes": data, "path": None} for data in files]}), tmp_path / "new.parquet")
    for name in ("new.npz", "pictures", "new.parquet"):
        result, _ = predicted(run, (name, tmp_path / name))
        assert result.strays == ["2 pictures have values outside 0…4095, which are clipped"]
        assert result.strays[0] in run.notes
    np.savez(tmp_path / "good.npz", images=levels(6, 3)[0])
    assert predicted(run, ("good.npz", tmp_path / "good.npz"))[0].strays == []


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "PNG behind", "WEBP", "TIFF", "TIFF 16", "PNG 16"])
def test_a_turn_is_applied_in_every_format(tmp_path: Path, form: str, turn: int) -> None:
    upright = np.zeros((8, 16), np.uint8)
    upright[:, 8:] += 120
    upright[4:] += 60
    undone = {1: upright, 2: upright[:, ::-1], 3: upright[::-1, ::-1], 4: upright[::-1], 5: upright.T,
              6: np.rot90(upright), 7: np.rot90(upright, 2).T, 8: np.rot90(upright, -1)}[turn]  # fmt: skip
    stored = np.ascontiguousarray(undone).astype(np.uint16) * 257 if form.endswith("16") else undone
    exif = Image.Exif()
    exif[0x0112] = turn
    held = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(stored)).save(
        held, form.split()[0], exif=b"" if form == "PNG behind" else exif, quality=95, lossless=True
    )
    data = held.getvalue()
    if form == "PNG behind":  # behind the pixels
        data = data[:-12] + chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0")) + data[-12:]
    assert size(data)[:2] == (8, 16)
    assert np.abs(pixels(data, 1)[..., 0].astype(int) - upright).max() <= 3
    half = pixels(data, 1, (4, 8))[..., 0].astype(int)
    assert np.abs(half[[0, 0, 3, 3], [0, 7, 0, 7]] - upright[[0, 0, 7, 7], [0, 15, 0, 15]]).max() <= 3


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "I", "F", "LA", "RGB", "RGBA", "CMYK"])
def test_a_picture_is_the_same_by_its_path_and_as_bytes(tmp_path: Path, mode: str, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    grey = pictures(8)[0].astype(np.int32)[:6, :8]
    picture = Image.fromarray(grey).convert("I;16") if mode in ("I;16", "I", "F") else Image.fromarray(np.uint8(grey))
    picture.convert(mode).save(tmp_path / "plain.tif", exif=exif)
    data = (tmp_path / "plain.tif").read_bytes()
    assert size(tmp_path / "plain.tif") == size(data)
    assert pixels(tmp_path / "plain.tif").shape == (*size(data)[:2], 3)
    assert np.array_equal(pixels(tmp_path / "plain.tif"), pixels(data))
