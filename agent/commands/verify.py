"""`noglue generate --verify`: whether generated images are as they were signed, and by whom.

    samples/000017-boot.png: signed by SHA256:1f3a5c7e9b2d4f60 of the run 20261121-…, image unchanged

A PNG is checked by the signature it carries, against the provenance.json beside it where there is one; of a
provenance.json every listed file is checked, and an image beside them that it does not list is told as a stranger. A
file that was packed anew with the same pixels and words still holds.
"""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from noglue.agent.commands.batch_folder import PROVENANCE
from noglue.tools.files.step_result import read_result
from noglue.tools.generation import provenance
from noglue.tools.generation.signing import fingerprint
from noglue.tools.pictures.formats import EXTENSIONS as IMAGES
from noglue.tools.spec.errors import DataError, Kind, StepFailed

IMAGE_LIMIT, BATCH_LIMIT = 256 << 20, 1 << 30


def verify(files: list[Path], run: str | None = None, key: str | None = None) -> dict[str, Any]:
    """key: the public key of `run`, which must have signed. → what `--json` prints.

    wrong: [{"file", "why"}]. signed: [{"file", "run", "key", "files"}]. Raises DataError `not-found`,
    `no-batch` for a folder that is none.
    """
    _signer.cache_clear()
    wrong: list[dict[str, str]] = []
    signed: list[dict[str, Any]] = []
    repacked: list[str] = []
    for given in files:
        file = given / PROVENANCE if given.is_dir() else given
        if given.is_dir() and not file.is_file():
            raise DataError(
                Kind.NO_BATCH,
                f"The folder {given} holds no images of `noglue generate`: there is no {PROVENANCE} in it.",
                hint=f"Give a folder that `noglue generate` wrote, its {PROVENANCE}, or single PNG files.",
            )
        if not file.is_file():
            raise DataError(Kind.NOT_FOUND, f"There is no file {given}.", hint="Give a PNG or a provenance.json.")
        try:
            verified = _batch(file, wrong, repacked) if _is_batch(file) else _image(file)
            _must_be(verified["public_key"], key, f"It was signed with a different key from the run {run}'s.")
            of = {"run": verified["run"], "key": fingerprint(verified["public_key"]), "files": verified["files"]}
            signed.append({"file": str(file), **of})
        except (DataError, StepFailed) as error:
            wrong.append({"file": str(file), "why": error.message})
    return {
        "ok": not wrong,
        "checked": sum(entry["files"] for entry in signed) + len(files) - len(signed),
        "wrong": wrong,
        "signed": signed,
        "repacked": repacked,
        "key_known": key is not None,
    }


def _image(file: Path) -> dict[str, Any]:
    claim = provenance.check_image(_read(file, IMAGE_LIMIT))
    beside = file.with_name(PROVENANCE)
    if beside.is_file():
        _must_be(
            claim.public_key, _signer(beside), f"It was signed with a different key from the {PROVENANCE} next to it."
        )
    return {"run": claim.run, "public_key": claim.public_key, "files": 1}


@lru_cache(maxsize=1)
def _signer(beside: Path) -> str:
    """The public key of the batch that an image lies in."""
    try:
        return provenance.check_batch(_read(beside, BATCH_LIMIT)).public_key
    except (DataError, StepFailed) as error:
        raise DataError(Kind.ALTERED, f"The {PROVENANCE} next to it can't be trusted. {error.message}") from error


def _batch(file: Path, wrong: list[dict[str, str]], repacked: list[str]) -> dict[str, Any]:
    """Adds what is wrong with each listed file to `wrong`."""
    batch = provenance.check_batch(_read(file, BATCH_LIMIT))

    def check(listed: provenance.Listed) -> str | None:
        try:
            return _listed(file.parent, listed, batch)
        except (DataError, StepFailed) as error:
            return error.message

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for listed, said in zip(batch.files, pool.map(check, batch.files), strict=True):
            if said == "repacked":
                repacked.append(str(file.parent / listed.file))
            elif said is not None:
                wrong.append({"file": str(file.parent / listed.file), "why": said})
    known = {PROVENANCE, *(listed.file for listed in batch.files)}
    for stranger in sorted(file.parent.iterdir()):
        if stranger.suffix.lower() in IMAGES and stranger.name not in known:
            wrong.append(
                {"file": str(stranger), "why": f"It does not belong to the batch: {PROVENANCE} does not list it."}
            )
    return {"run": batch.run, "public_key": batch.public_key, "files": len(batch.files)}


def _listed(folder: Path, listed: provenance.Listed, batch: provenance.Batch) -> str | None:
    """None for a file as it was listed, `repacked` for an image in other bytes. Raises what is wrong with it."""
    if Path(listed.file).name != listed.file:
        raise DataError(Kind.ALTERED, "It does not lie in the batch's folder.")
    file = folder / listed.file
    if not file.is_file():
        raise DataError(Kind.MISSING, "It is missing.")
    data = _read(file, IMAGE_LIMIT)
    if hashlib.sha256(data).hexdigest() == listed.sha256:
        return None
    if file.suffix != ".png":
        raise DataError(Kind.ALTERED, f"It is not the file that {PROVENANCE} lists.")
    claim = provenance.check_image(data)
    _must_be(claim.public_key, batch.public_key, f"It was signed with a different key from {PROVENANCE}.")
    shared = set(provenance.Origin.model_fields)
    own = (claim.model_dump(include=shared), claim.index, claim.label)
    if own != (batch.model_dump(include=shared), listed.index, listed.label):
        raise DataError(Kind.ALTERED, f"It is not the image that {PROVENANCE} lists.")
    return "repacked"


def _must_be(found: str, wanted: str | None, otherwise: str) -> None:
    if wanted is not None and found != wanted:
        raise DataError(Kind.ANOTHER_KEY, otherwise)


def _is_batch(file: Path) -> bool:
    return file.suffix.lower() == ".json"


def _read(file: Path, limit: int) -> bytes:
    """Raises DataError `unreadable`, StepFailed `bad-result`."""
    try:
        return read_result(file.resolve(), limit)
    except OSError as error:
        raise DataError(Kind.UNREADABLE, f"It can't be read: {error.strerror}.") from error
