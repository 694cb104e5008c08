"""One set of pictures in every format: the same pixels, classes and answers; what can't be read is told by name."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from noglue.tools.pictures import decoding, dicom, formats
from noglue.tools.readers import image_folder
from noglue.tools.spec.protocols import Raw
from tests.tools.picture_files import EXACT, FORMATS, digits, scan
from tests.tools.predicting import predicted, trained
from tests.tools.preparing import Run

DIGITS = digits(each=5)
PIXELS = DIGITS["0"][0]


def read(root: Path) -> Raw:
    match = image_folder.sniff(sorted(path for path in root.rglob("*") if path.is_file()))
    assert match is not None
    return image_folder.read(match)


def folder(root: Path, name: str, ending: str | None = None) -> Path:
    for label, pictures in DIGITS.items():
        (root / label).mkdir(parents=True)
        for place, pixels in enumerate(pictures):
            FORMATS[name](root / label / f"{place}{'.' + name if ending is None else ending}", pixels)
    return root


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("ending", [None, "", ".png"], ids=["its ending", "no ending", "a wrong ending"])
def test_every_format_has_the_same_pixels_and_classes(tmp_path: Path, name: str, ending: str | None) -> None:
    raw = read(folder(tmp_path / "digits", name, ending))
    table = raw.splits["all"]
    assert raw.image is not None
    assert (raw.image.height, raw.image.width) == (32, 32)
    assert raw.target is not None
    assert (table.num_rows, raw.unusable) == (sum(map(len, DIGITS.values())), {})
    labels = table[raw.target].to_pylist()
    labels = labels if raw.classes is None else [raw.classes[label] for label in labels]
    found = np.array(table["image"].to_pylist(), np.int64).reshape(-1, 32, 32, raw.image.channels)
    for path, label, pixels in zip(table["path"].to_pylist(), labels, found, strict=True):
        wanted = DIGITS[label][int(Path(path).name.split(".")[0])]
        assert label == Path(path).parent.name
        apart = np.abs(pixels - wanted[..., None])
        assert apart.max() <= 1 if name in EXACT else apart.mean() < 3


def test_a_model_of_one_format_answers_in_all(tmp_path: Path) -> None:
    run = trained(tmp_path / "run", folder(tmp_path / "digits", "png"), family="pixels_linear")
    inputs = []
    for name, write in FORMATS.items():
        write(tmp_path / f"new.{name}", PIXELS)
        inputs.append((f"new.{name}", tmp_path / f"new.{name}"))
    _, rows = predicted(run, *inputs)
    assert [row["input"] for row in rows] == [name for name, _ in inputs]
    assert {row["prediction"] for row in rows} == {"0"}
    assert {row.get("problem", "") for row in rows} == {""}


def test_rare_formats_of_many_sizes_are_learned_from(tmp_path: Path) -> None:
    """Kept encoded, as pictures of many sizes are, they are PNG from `prepare` on."""
    for number, name in enumerate(("heic", "tga", "jp2", "ico", "dcm", "avif", "png", "jpg") * 2):
        label = "ab"[number // 8]
        (tmp_path / "set" / label).mkdir(parents=True, exist_ok=True)
        pixels = np.pad(DIGITS[str(number // 8)][number % 5], ((0, number), (0, 2 * number)))
        if name == "ico":
            pixels = pixels[:32, :32]
        FORMATS[name](tmp_path / "set" / label / f"{number}.{name}", pixels)
    run = Run(tmp_path / "run")
    run.prepare(tmp_path / "set")
    rows = [row for split in ("train", "validation", "test") for row in run.split(split)]
    assert len(rows) == 16
    assert {row["image"].format for row in rows} <= {"PNG", "JPEG"}


def test_broken_ones_are_told_by_name_and_the_others_go_on(tmp_path: Path) -> None:
    root = folder(tmp_path / "digits", "png")
    broken = {}
    for name in ("heic", "jp2", "ico", "dcm", "avif", "tga"):
        FORMATS[name](tmp_path / "whole", PIXELS)
        broken[f"broken.{name}"] = (tmp_path / "whole").read_bytes()[: (tmp_path / "whole").stat().st_size // 2]
    for name, content in broken.items():
        (root / "1" / name).write_bytes(content)
    raw = read(root)
    assert {Path(path).name for path in raw.unusable} == set(broken)
    assert raw.splits["all"].num_rows == sum(map(len, DIGITS.values()))


def test_avif_that_calls_itself_heic(tmp_path: Path) -> None:
    FORMATS["avif"](tmp_path / "a.avif", PIXELS)
    whole = (tmp_path / "a.avif").read_bytes()
    (tmp_path / "a.heic").write_bytes(
        whole[:24].replace(b"avif", b"heic") + whole[24:].replace(b"avifmif1", b"heicmif1")
    )
    assert np.array_equal(decoding.pixels(tmp_path / "a.heic", 1), decoding.pixels(tmp_path / "a.avif", 1))


def test_stacks_and_animations_are_told(tmp_path: Path) -> None:
    root = folder(tmp_path / "digits", "png")
    pages = [Image.fromarray(pixels) for pixels in DIGITS["1"][:3]]
    pages[0].save(root / "1" / "stack.tif", save_all=True, append_images=pages[1:])
    raw = read(root)
    assert [note for note in raw.skipped if "stack.tif" in note and "3 frames" in note and "first" in note]
    assert raw.splits["all"].num_rows == sum(map(len, DIGITS.values())) + 1


# ---- scans -------------------------------------------------------------------------------------------------------


def test_scans_are_seen_through_their_window(tmp_path: Path) -> None:
    """Hounsfield units −1000…1000, of which −160…240 are shown."""
    units = np.linspace(-1000, 1000, 64).astype(np.int16).reshape(8, 8)
    window = {"RescaleSlope": "1", "RescaleIntercept": "-1000", "WindowCenter": "40", "WindowWidth": "400"}
    scan(tmp_path / "a.dcm", (units + 1000).astype(np.int16), **window)
    seen = decoding.pixels(tmp_path / "a.dcm", 1)[..., 0]
    assert np.abs(seen - np.clip((units + 160.0) / 400, 0, 1) * 255).max() <= 2
    scan(tmp_path / "b.dcm", (units + 1000).astype(np.int16), **window, PhotometricInterpretation="MONOCHROME1")
    assert np.abs(decoding.pixels(tmp_path / "b.dcm", 1)[..., 0].astype(int) - (255 - seen)).max() <= 1


def test_scans_without_a_window_keep_all_bits(tmp_path: Path) -> None:
    values = np.arange(64, dtype=np.uint16).reshape(8, 8) * 60
    scan(tmp_path / "a.dcm", values, BitsStored=12, HighBit=11)
    span = decoding.span(tmp_path / "a.dcm")
    assert span is not None
    assert (span.least, span.largest) == (0, 3780)
    scan(tmp_path / "b.dcm", values, BitsStored=12, HighBit=11, PhotometricInterpretation="MONOCHROME1")
    span = decoding.span(tmp_path / "b.dcm")
    assert span is not None
    assert (span.least, span.largest) == (4095 - 3780, 4095)


def test_frames_colours_and_what_a_scan_tells_of_a_patient(tmp_path: Path) -> None:
    for label, pictures in DIGITS.items():
        (tmp_path / label).mkdir()
        for place, pixels in enumerate(pictures):
            scan(tmp_path / label / f"IM{place:04}", np.stack([pixels, 255 - pixels]))
    raw = read(tmp_path)
    assert [note for note in raw.skipped if "2 frames" in note]
    assert set(raw.splits["all"].column_names) == {"path", "image", "label"}
    assert not {"Doe^Jane", "P-4711", "19610203"} & {
        str(v) for row in raw.splits["all"].to_pylist() for v in row.values()
    }
    colours = np.random.default_rng(0).integers(0, 255, (8, 9, 3), np.uint8)
    scan(tmp_path / "c.dcm", colours)
    assert np.array_equal(decoding.pixels(tmp_path / "c.dcm", 3), colours)


def test_packed_and_hostile_scans_are_refused(tmp_path: Path) -> None:
    scan(tmp_path / "a.dcm", PIXELS)
    whole = (tmp_path / "a.dcm").read_bytes()
    explicit = b"1.2.840.10008.1.2.1\0"
    for packing, says in ((b"1.2.840.10008.1.2.4.90", "JPEG 2000"), (b"1.2.840.10008.1.2.1.99", "deflated")):
        length = len(packing) + len(packing) % 2
        uid = struct.pack("<H", length) + packing.ljust(length, b"\0")
        grown = whole.replace(struct.pack("<H", len(explicit)) + explicit, uid)
        at = grown.index(b"\x02\0\0\0UL\x04\0") + 8
        group = struct.unpack("<I", grown[at : at + 4])[0] + length - len(explicit)
        with pytest.raises(ValueError, match=says):
            decoding.pixels(grown[:at] + struct.pack("<I", group) + grown[at + 4 :])
    scan(tmp_path / "large.dcm", PIXELS, Rows=60000, Columns=60000)
    for work in (decoding.size, decoding.pixels):
        with pytest.raises(ValueError, match="60000×60000"):
            work(tmp_path / "large.dcm")
    scan(tmp_path / "short.dcm", PIXELS, Rows=64)
    with pytest.raises(ValueError, match=r"length|size|bytes|damaged"):
        decoding.pixels(tmp_path / "short.dcm")
    rows = whole.index(b"\x28\0\x10\0US\x02\0")
    with pytest.raises(ValueError, match="damaged"):
        decoding.size(whole[: rows + 6] + b"\x03\0\x20\0\0" + whole[rows + 10 :])
    assert dicom.header(tmp_path / "a.dcm") == (32, 32, 1, 1)


@pytest.mark.parametrize("content", [b"BM, a make of car", b"P5 is a postcode", b"\0\0\1\0 nothing", bytes(200)])
def test_what_only_begins_like_a_picture_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "note").write_bytes(content)
    with pytest.raises(ValueError, match=r"not an image|damaged|invalid literal"):
        decoding.pixels(content)
    assert not formats.is_picture(tmp_path / "note")
