"""Unpack archives: zip, 7z, rar, tar (plain, gz, bz2, xz, zst, lz4), single compressed files. The rest passes.

    Args(files=["steps/01-download/files/cifar-10-python.tar.gz"])
    → Result(roots=["steps/02-extract/files/cifar-10-python"], files=8, …)

What a file is tells its content, not its name. Formats that are a zip inside (npz, xlsx, pt) are left whole.
Archives in archives are unpacked too, and the parts of one are joined (`x.zip.001`, `x.tar.gz.aa`, `x.part1.rar`).
"""

import shutil
from pathlib import Path

from pydantic import BaseModel, Field

from noglue.tools.files import named_files
from noglue.tools.files.archives import kinds
from noglue.tools.files.archives import packed as packing
from noglue.tools.files.archives.guard import Budget
from noglue.tools.files.archives.kinds import ArchiveKind
from noglue.tools.files.archives.packed import Packed
from noglue.tools.files.archives.unpack import Tally, Unpacker, free_name, settle
from noglue.tools.net import url_names
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.step import Access, Arguments, Step
from noglue.tools.spec.step_paths import StepPath

ACCESS = Access()
FILLED_BY = {"files": ("download.files", "extract.roots"), "only": ("download.only",)}
_BUILTIN = "builtin:"


class Args(Arguments):
    """files: step paths to files or folders (archives in a folder are unpacked too), or `builtin:NAME`.

    only: file → the folder in it that is wanted. max_bytes, max_files, max_ratio: for each archive, nested ones
    included; the ratio counts from 64 MB on.
    """

    files: list[str] = Field(min_length=1)
    only: dict[str, str] = Field(default_factory=dict)
    max_bytes: int = 256 << 30
    max_files: int = 5_000_000
    max_ratio: float = 300.0

    def reads(self) -> list[str]:
        return [file for file in self.files if not file.startswith(_BUILTIN)]


class Result(BaseModel):
    """roots: step paths to files and folders, for `inspect`. files, bytes: how many lie below them, and how large.

    unpacked: the number of archives. skipped: files that file managers leave (`.DS_Store`, `__MACOSX`).
    replaced: files that came again later in their archive.
    """

    roots: list[StepPath]
    files: int
    bytes: int
    unpacked: int = 0
    skipped: int = 0
    replaced: int = 0
    notes: list[str] = []


def run(args: Args, step: Step) -> Result:
    """Raises DataError: `bad-archive`, `unsafe-archive`, `archive-bomb`, `encrypted-archive`, `unsupported-archive`,
    `disk-full`, `not-found`."""
    extraction = _Extraction(args, step)
    extraction.result.roots += [file for file in args.files if file.startswith(_BUILTIN)]
    only = {step.path(file): args.only.get(file) for file in args.files if not file.startswith(_BUILTIN)}
    for path in only:
        named_files.require(path)
    for packed in packing.joined(list(only)):
        extraction.add(packed, step.folder / "files", only[packed.first])
    return extraction.finish()


class _Extraction:
    def __init__(self, args: Args, step: Step) -> None:
        self.args, self.step = args, step
        self.result = Result(roots=[], files=0, bytes=0)
        self.tally = Tally()
        shutil.rmtree(step.folder / "files", ignore_errors=True)  # what a killed try left

    def add(self, packed: Packed, into: Path, only: str | None = None) -> None:
        if packed.first.is_dir():
            self._folder(packed.first, into / packed.first.name)
            return
        kind = packed.kind()
        if kind is None:
            self._keep(packed.first)
        else:
            self._unpack(packed, kind, into, only)

    def _folder(self, folder: Path, into: Path) -> None:
        """A folder without archives is one root; else its entries, with the archives' content in their place."""
        if not any(_archive(file) for file in named_files.files_below(folder)):
            self._keep(folder)
            return
        entries = [entry for entry in sorted(folder.iterdir()) if entry.name[0] != "." and not entry.is_symlink()]
        for packed in packing.joined([entry for entry in entries if entry.is_dir() or entry.is_file()]):
            self.add(packed, into)

    def _keep(self, path: Path) -> None:
        files, size = named_files.measured(path)
        self.result.roots.append(self.step.name(path))
        self.result.files += files
        self.result.bytes += size

    def _unpack(self, archive: Packed, kind: ArchiveKind, into: Path, only: str | None) -> None:
        into.mkdir(parents=True, exist_ok=True)
        inner = free_name(into / f".{archive.name[:100]}.unpacking")
        inner.mkdir()
        limits = self.args
        budget = Budget(archive.name, archive.size, inner, limits.max_bytes, limits.max_files, limits.max_ratio)
        try:
            Unpacker(self.step, budget, self.tally, only).unpack(archive, kind, inner)
        except DataError:
            shutil.rmtree(inner, ignore_errors=True)
            raise
        if not any(inner.iterdir()):
            inner.rmdir()
            raise DataError(
                Kind.EMPTY, f"There is nothing in {archive.name}.", hint="Name another source.", file=archive.name
            )
        self._keep(settle(inner, into / kinds.stem(archive.name, kind), kind))
        self.result.unpacked += 1

    def finish(self) -> Result:
        if self.tally.odd_names:
            self.tally.note(f"{self.tally.odd_names} member names were not UTF-8 and were read as best they could.")
        self.result.skipped, self.result.replaced = self.tally.clutter, self.tally.replaced
        self.result.notes = self.tally.notes
        for note in self.result.notes:
            self.step.note(note)
        return self.result


def _archive(path: Path) -> bool:
    """Whether a file of a folder is to be unpacked, by its content, as one that is given by itself is.

    Pictures and sound are known by their names: opening a hundred thousand of them takes its time.
    """
    if packing.may_be_part(path):
        return True
    if path.suffix.lower() in url_names.MEDIA:
        return False
    kind = kinds.of_file(path)
    return kind is not None and kind not in kinds.UNSUPPORTED  # told by two bytes, as which numbers may begin too
