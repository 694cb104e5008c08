"""Archives and compressed files around the plain forms: of each kind, nested, in parts, several of one data set."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from noglue.tasks.layouts.layout import Expected, add_one, layout, of_table
from noglue.tasks.layouts.real_data import digits, iris, wine

SPECIES = "Predict the species."
DIGITS = "Classify the digits."
TEN = tuple("0123456789")


def _csv() -> bytes:
    return bytes(iris().to_csv(index=False).encode())


def _zip(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def _tar(files: dict[str, bytes], mode: str = "w") -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            told = tarfile.TarInfo(name)
            told.size = len(content)
            archive.addfile(told, io.BytesIO(content))
    return held.getvalue()


def _zstd(content: bytes) -> bytes:
    from noglue.tools.net import zstandard_frames

    return zstandard_frames.zstd.compress(content)


def _lz4(content: bytes) -> bytes:
    import lz4.frame

    return bytes(lz4.frame.compress(content))


def _seven(files: dict[str, bytes]) -> bytes:
    import py7zr

    held = io.BytesIO()
    with py7zr.SevenZipFile(held, "w") as archive:
        for name, content in files.items():
            archive.writestr(content, name)
    return held.getvalue()


def _pictures(place: str = "digits") -> dict[str, bytes]:
    """100 PNG files in class folders."""
    from PIL import Image

    found = {}
    images, labels = digits(200)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        held = io.BytesIO()
        Image.fromarray(image).save(held, "PNG")
        found[f"{place}/{label}/{number:04}.png"] = held.getvalue()
    return found


def _of_iris(name: str, write: Callable[[], bytes], needs: tuple[str, ...] = (), called: str | None = None) -> None:
    def build(place: Path) -> Expected:
        (place / (called or name.replace("iris_", "iris.", 1).replace("_", "."))).write_bytes(write())
        return of_table(iris(), "species", files=1)

    add_one(name, "containers", SPECIES, build, plain="iris_csv", needs=needs)


_of_iris("iris_csv_gz", lambda: gzip.compress(_csv()))
_of_iris("iris_csv_bz2", lambda: bz2.compress(_csv()))
_of_iris("iris_csv_xz", lambda: lzma.compress(_csv()))
_of_iris("iris_csv_zst", lambda: _zstd(_csv()))
_of_iris("iris_csv_lz4", lambda: _lz4(_csv()), ("lz4",))
_of_iris("iris_zip", lambda: _zip({"iris.csv": _csv()}))
_of_iris("iris_7z", lambda: _seven({"iris.csv": _csv()}), ("py7zr",))
_of_iris("iris_tar", lambda: _tar({"iris/iris.csv": _csv()}))
_of_iris("iris_tar_gz", lambda: _tar({"iris/iris.csv": _csv()}, "w:gz"))
_of_iris("iris_tar_bz2", lambda: _tar({"iris/iris.csv": _csv()}, "w:bz2"))
_of_iris("iris_tar_xz", lambda: _tar({"iris/iris.csv": _csv()}, "w:xz"))
_of_iris("iris_tar_zst", lambda: _zstd(_tar({"iris/iris.csv": _csv()})))
_of_iris("iris_tar_in_zip", lambda: _zip({"iris.tar.gz": _tar({"iris.csv": _csv()}, "w:gz")}), called="iris.zip")
_of_iris("iris_zip_in_zip", lambda: _zip({"a/iris.zip": _zip({"iris.csv": _csv()})}), called="outer.zip")
_of_iris("iris_zip_without_ending", lambda: _zip({"iris.csv": _csv()}), called="download")
_of_iris("iris_gz_called_csv", lambda: gzip.compress(_csv()), called="iris.csv")


@layout(DIGITS, plain="digits_png_folders")
def digits_zip(place: Path) -> Expected:
    (place / "digits.zip").write_bytes(_zip(_pictures()))
    return Expected(("image",), 200, (), TEN, files=200, shape=(8, 8, 1))


@layout(DIGITS, plain="digits_png_folders")
def digits_tar_gz(place: Path) -> Expected:
    (place / "digits.tar.gz").write_bytes(_tar(_pictures(), "w:gz"))
    return Expected(("image",), 200, (), TEN, files=200, shape=(8, 8, 1))


@layout(DIGITS, plain="digits_png_folders", needs=("py7zr",))
def digits_7z(place: Path) -> Expected:
    (place / "digits.7z").write_bytes(_seven(_pictures()))
    return Expected(("image",), 200, (), TEN, files=200, shape=(8, 8, 1))


@layout(DIGITS)
def digits_zip_a_class(place: Path) -> Expected:
    """One archive for each class, named by it, the pictures at its top."""
    found = _pictures()
    for label in TEN:
        inside = {name.rpartition("/")[2]: content for name, content in found.items() if f"/{label}/" in name}
        (place / f"{label}.zip").write_bytes(_zip(inside))
    return Expected(("image",), 200, (), TEN, files=200, shape=(8, 8, 1))


@layout(DIGITS)
def digits_train_zip_and_test_zip(place: Path) -> Expected:
    found = _pictures("x")
    for split, names in (("train", list(found)[:150]), ("test", list(found)[150:])):
        inside = {name.removeprefix("x/"): found[name] for name in names}
        (place / f"{split}.zip").write_bytes(_zip(inside))
    return Expected(("image",), 200, (), TEN, {"train": 150, "test": 50}, files=200, shape=(8, 8, 1))


@layout(DIGITS)
def digits_split_zip(place: Path) -> Expected:
    """One archive cut into parts of equal size, as `split` does it."""
    content = _zip(_pictures())
    size = len(content) // 3 + 1
    for number, start in enumerate(range(0, len(content), size), 1):
        (place / f"digits.zip.{number:03}").write_bytes(content[start : start + size])
    return Expected(("image",), 200, (), TEN, files=200, shape=(8, 8, 1))


@layout("Predict the cultivar.")
def wine_zip_of_parts(place: Path) -> Expected:
    """Several archives of one table: each holds some of its rows."""
    for number in range(3):
        part = wine()[number * 60 : (number + 1) * 60].to_csv(index=False).encode()
        (place / f"wine-part{number}.zip").write_bytes(_zip({f"wine-part{number}.csv": part}))
    return of_table(wine(), "cultivar", files=3)


@layout(SPECIES)
def iris_zip_with_readme_and_leftovers(place: Path) -> Expected:
    files = {"iris/iris.csv": _csv(), "iris/README.md": b"# Flowers\n", "iris/LICENSE": b"CC0\n",
             "__MACOSX/iris/._iris.csv": b"\0\5\x16\7", "iris/.DS_Store": b"\0\0\0\1Bud1"}  # fmt: skip
    (place / "iris.zip").write_bytes(_zip(files))
    return of_table(iris(), "species", files=5)
