"""A table as files, by the ending of the name: the same bytes each time, so that checksums can stand on pages.

wine.csv  oil.csv.gz  cars.tsv  lines.jsonl    text; delimiter and decimal mark as the set says
ames.zip                                       a folder with the CSV and a README
penguins.parquet
optdigits-png.tar.gz                           class folders of PNGs
train-idx (form `idx`)                         the four gzipped IDX files of MNIST
SHA256SUMS (`sums`)  x.csv.md5 (`md5`)         of the files before it
"""

import gzip
import hashlib
import io
import struct
import tarfile
import zipfile
from typing import TYPE_CHECKING

from noglue.tasks.web.sets import SetFile, WebSet

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_NOT_PIXELS = ["digit", "split"]


def written(chosen: WebSet, rows: "pd.DataFrame") -> dict[str, bytes]:
    """File name → content."""
    files: dict[str, bytes] = {}
    for file in chosen.files:
        if file.form == "sums":
            lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()]
            files[file.name] = "".join(lines).encode()
        elif file.form == "md5":
            about = file.name.removesuffix(".md5")
            files[file.name] = f"{hashlib.md5(files[about]).hexdigest()}  {about}\n".encode()
        elif file.form == "idx":
            files |= _idx(rows)
        else:
            part = rows[rows["split"] == file.rows].drop(columns="split") if file.rows else rows
            files[file.name] = _one(file, part, chosen)
    return files


def _one(file: SetFile, rows: "pd.DataFrame", chosen: WebSet) -> bytes:
    stem, _, ending = file.name.partition(".")
    if ending == "parquet":
        return bytes(rows.to_parquet(index=False))
    if ending == "jsonl":
        return str(rows.to_json(orient="records", lines=True)).encode()
    if ending == "tar.gz":
        return _folders(rows)
    if ending == "zip":
        return _zipped(stem, rows, chosen)
    delimiter = "\t" if ending == "tsv" else file.delimiter
    text = rows.to_csv(index=False, sep=delimiter, decimal=file.decimal, lineterminator="\n").encode()
    return gzip.compress(text, mtime=0) if ending.endswith(".gz") else text


def _zipped(stem: str, rows: "pd.DataFrame", chosen: WebSet) -> bytes:
    about = f"{chosen.title}\n\nLicence: {chosen.licence}\n{len(rows)} rows; {chosen.target} is to be predicted.\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("README.txt", about), (f"{stem}.csv", rows.to_csv(index=False, lineterminator="\n"))):
            archive.writestr(zipfile.ZipInfo(f"{stem}/{name}"), text, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _folders(rows: "pd.DataFrame") -> bytes:
    """`digits/7/0042.png`; scikit-learn's greys of 0…16 become 0…255."""
    from PIL import Image

    pixels = _square((rows.drop(columns="digit") * 255 / 16).round().to_numpy("uint8"))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for place, (image, digit) in enumerate(zip(pixels, rows["digit"], strict=True)):
            png = io.BytesIO()
            Image.fromarray(image).save(png, "PNG")
            member = tarfile.TarInfo(f"digits/{digit}/{place:04d}.png")
            member.size = png.tell()
            archive.addfile(member, io.BytesIO(png.getvalue()))
    return gzip.compress(packed.getvalue(), mtime=0)


def _idx(rows: "pd.DataFrame") -> dict[str, bytes]:
    files = {}
    for split, prefix in (("train", "train"), ("test", "t10k")):
        part = rows[rows["split"] == split]
        images = _square(part.drop(columns=_NOT_PIXELS).to_numpy("uint8"))
        header = struct.pack(">4B3I", 0, 0, 8, 3, *images.shape)
        files[f"{prefix}-images-idx3-ubyte.gz"] = gzip.compress(header + images.tobytes(), 6, mtime=0)
        labels = part["digit"].to_numpy("uint8")
        header = struct.pack(">4BI", 0, 0, 8, 1, len(labels))
        files[f"{prefix}-labels-idx1-ubyte.gz"] = gzip.compress(header + labels.tobytes(), mtime=0)
    return files


def _square(flat: "np.ndarray") -> "np.ndarray":
    side = int(flat.shape[1] ** 0.5)
    return flat.reshape(-1, side, side)
