"""File names and kinds, from URLs and headers."""

import re
from urllib.parse import urlsplit

from noglue.tools.spec.web_pages import last_part

ARCHIVES = (
    *(".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".tar.lz4", ".tgz", ".tbz2", ".txz", ".tar"),
    *(".zip", ".gz", ".bz2", ".xz", ".zst", ".lz4", ".7z", ".rar"),
)
TABLES = (
    *(".parquet", ".arrow", ".feather", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".xlsx", ".xls", ".arff"),
    *(".data", ".test", ".train", ".dat", ".libsvm", ".svm", ".txt"),
)
ARRAYS = (
    *(".npz", ".npy", ".mat", ".h5", ".hdf5", ".pkl", ".pickle", ".pt", ".safetensors"),
    *(".bin", ".tfrecord", ".ts", ".idx"),
)
MEDIA = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".wav", ".flac", ".mp3", ".ogg")
DATA = (*ARCHIVES, *TABLES, *ARRAYS, *MEDIA)
_SUMS = re.compile(r"(^|[-_.])(md5|sha-?1|sha-?256|sha-?512)(sums?|sum)?(\.txt)?$|^checksums?(\.\w+)?$", re.I)
_LONGEST = 180


def extension(name: str) -> str:
    """The known extension of a name, lower case: `A.TAR.GZ` → `.tar.gz`; `` when there is none that we know."""
    lower = name.lower()
    return next((ending for ending in DATA if lower.endswith(ending)), "")


def stem(name: str) -> str:
    return name[: len(name) - len(extension(name))]


def is_data(url: str) -> bool:
    """Does the address itself promise a data file? `…/train-images-idx3-ubyte` does, `…/cifar.html` does not."""
    name = last_part(url)
    if urlsplit(url).path.endswith("/"):
        return False
    return bool(extension(name)) or re.search(r"-idx\d-ubyte$", name.lower()) is not None


def is_checksums(url: str) -> bool:
    """`SHA256SUMS`, `data.zip.md5`, `checksums.txt`."""
    return _SUMS.search(last_part(url)) is not None


def safe(name: str) -> str:
    """One path component, printable, not hidden, of bounded length."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = (
        "".join("_" if not letter.isprintable() or letter in '<>:"|?*' else letter for letter in name)
        .strip()
        .lstrip(".")
    )
    if len(name.encode()) > _LONGEST:
        ending = extension(name)
        name = name.encode()[: _LONGEST - len(ending)].decode(errors="ignore") + ending
    return name or "download"
