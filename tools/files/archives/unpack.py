"""Members on to the disk: plain files below one folder, nothing else. Links inside become copies; modes are dropped."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from noglue.tools.files.archives import guard, kinds
from noglue.tools.files.archives.guard import Budget
from noglue.tools.files.archives.kinds import ArchiveKind
from noglue.tools.files.archives.member import Member
from noglue.tools.files.archives.members import BROKEN, members, stated_size
from noglue.tools.files.archives.packed import Packed
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.step import Step

_CHUNK = 1 << 18
_DEEPEST = 3
_MOST_NOTES = 50
_TELL_SECONDS = 0.25
_LEFT_ALONE = (Kind.BAD_ARCHIVE, Kind.ENCRYPTED_ARCHIVE, Kind.UNSUPPORTED_ARCHIVE)


@dataclass
class Tally:
    """What happened: clutter left out, members that a later one of the same name replaced, and things worth a note."""

    clutter: int = 0
    odd_names: int = 0
    replaced: int = 0
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """The first ones are kept: an archive may give cause for millions."""
        if len(self.notes) < _MOST_NOTES:
            self.notes.append(text)


@dataclass
class Unpacker:
    """One archive into one folder, archives in it too (to a depth of three). only: the folder in it that is wanted."""

    step: Step
    budget: Budget
    tally: Tally
    only: str | None = None
    _told: float = 0.0

    def unpack(self, archive: Packed, kind: ArchiveKind, into: Path, depth: int = 1) -> None:
        """Raises DataError, as `tools/extract.py` lists them."""
        shown = archive.name
        writer = _Writer(into, shown, self.budget, self.tally)
        member: Member | None = None
        try:
            size = stated_size(archive, kind)
            if size is not None:
                self.budget.expect(size)
            for member in members(archive, kind):
                path = guard.inside(member.name, shown)
                if path is None or not self._wanted(path):
                    continue
                self.tally.odd_names += member.odd
                writer.add(path, member)
                if depth == 1:
                    self._tell(member.read, shown)
            writer.copy_links()
        except BROKEN as error:
            raise guard.bad(shown, member.name if member else None, f"{error}.{archive.about_parts}") from error
        except OSError as error:
            raise guard.full(error, shown) or guard.bad(
                shown, member.name if member else None, error.strerror or error
            ) from error
        self._nested(writer.nested, depth)

    def _tell(self, read: int, shown: str) -> None:
        """A few times a second, whatever the number of members."""
        now = time.monotonic()
        if now - self._told >= _TELL_SECONDS:
            self._told = now
            self.step.progress("extract", read, self.budget.packed, unit="bytes", file=shown)

    def _wanted(self, path: PurePosixPath) -> bool:
        """Below `only`, either from the archive's root or under its single top folder, as GitHub packs."""
        wanted = PurePosixPath(self.only) if self.only else None
        return wanted is None or path.is_relative_to(wanted) or PurePosixPath(*path.parts[1:]).is_relative_to(wanted)

    def _nested(self, found: list[tuple[Path, ArchiveKind]], depth: int) -> None:
        for path, kind in found:
            if depth >= _DEEPEST:
                self.tally.note(f"{path.name} is packed {depth + 1} deep and stays packed.")
                continue
            inner = free_name(path.with_name(kinds.stem(path.name, kind) + ".unpacking"))
            try:
                inner.mkdir()
                self.unpack(Packed(path.name, (path,)), kind, inner, depth + 1)
            except DataError as error:
                shutil.rmtree(inner, ignore_errors=True)
                if error.kind not in _LEFT_ALONE:
                    raise
                self.tally.note(f"{error.message} It is left packed.")
                continue
            path.unlink()
            settle(inner, path.with_name(kinds.stem(path.name, kind)), kind)


class _Writer:
    """Files below one folder. A name that comes twice is replaced, one that collides with another is renamed."""

    def __init__(self, root: Path, shown: str, budget: Budget, tally: Tally) -> None:
        self.root, self.shown, self.budget, self.tally = root, shown, budget, tally
        self.nested: list[tuple[Path, ArchiveKind]] = []
        self._written: dict[PurePosixPath, Path] = {}
        self._folders: set[Path] = set()
        self._links: list[tuple[PurePosixPath, PurePosixPath]] = []

    def add(self, path: PurePosixPath, member: Member) -> None:
        if guard.is_clutter(path):
            self.tally.clutter += 1
            return
        self.budget.file()
        if member.link is not None:
            self._links.append((path, guard.target_of(path, member.link, self.shown, member.from_root)))
        elif member.stream is not None:
            self._write(path, member)

    def _write(self, path: PurePosixPath, member: Member) -> None:
        target = self._place(path)
        head = b""
        with target.open("wb") as file:
            while chunk := member.stream.read(_CHUNK):  # type: ignore[union-attr]
                self.budget.take(len(chunk))
                file.write(chunk)
                head = head or chunk[: kinds.HEAD]
        kind = kinds.of_head(head)
        if kind is not None and not (kind == "zip" and kinds.is_document(target)):
            self.nested.append((target, kind))

    def _place(self, path: PurePosixPath) -> Path:
        """Where to write. Nothing on the way is a link: none is ever made."""
        known = self._written.get(path)
        if known is not None:  # as tar has it, the later one counts
            self.nested = [(place, kind) for place, kind in self.nested if place != known]
            self.tally.replaced += 1
            self.tally.note(f"{path} occurs twice in {self.shown}; the later one counts.")
            return known
        target = self.root / path
        if target.parent not in self._folders:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError):
                raise guard.bad(self.shown, str(path), "its folder is a file as well") from None
            self._folders.add(target.parent)
        if target.exists():
            self.tally.note(f"{path} in {self.shown} collides with another name and was renamed.")
            target = free_name(target)
        self._written[path] = target
        return target

    def copy_links(self) -> None:
        """Links become copies of the file at the end of their chain. Each link is followed once, however long it is."""
        chain = dict(self._links)
        ends: dict[PurePosixPath, Path | None] = {}
        left = []
        for link, target in chain.items():
            source = self._end_of(target, chain, ends)
            if source is None:
                left.append(link)
                continue
            self.budget.take(source.stat().st_size)
            place = self._place(link)
            if place != source:
                shutil.copyfile(source, place)
        if left:
            some = ", ".join(str(link) for link in left[:3])
            self.tally.note(f"{len(left)} link(s) in {self.shown} lead to no file in it and were left out: {some}.")

    def _end_of(
        self,
        target: PurePosixPath,
        chain: dict[PurePosixPath, PurePosixPath],
        ends: dict[PurePosixPath, Path | None],
    ) -> Path | None:
        """The file at the end of a chain of links, None for a ring and a loose end. ends: what is known so far."""
        passed: dict[PurePosixPath, None] = {}
        while target not in ends and target not in self._written and target in chain and target not in passed:
            passed[target] = None
            target = chain[target]
        end = ends[target] if target in ends else None if target in passed else self._written.get(target)
        ends.update(dict.fromkeys(passed, end))
        return end


def settle(inner: Path, target: Path, kind: ArchiveKind) -> Path:
    """Move what was unpacked to its name: a single compressed file becomes that file, an archive a folder."""
    entries = list(inner.iterdir())
    if kind in kinds.STREAMS and len(entries) == 1 and entries[0].name == target.name and entries[0].is_file():
        place = free_name(target)
        entries[0].rename(place)
        inner.rmdir()
        return place
    place = free_name(target)
    inner.rename(place)
    return place


def free_name(path: Path) -> Path:
    """The path itself, or `name~2`, `name~3` when it is taken."""
    return next(place for place in _names(path) if not place.exists())


def _names(path: Path) -> Iterator[Path]:
    yield path
    for number in range(2, 1 << 20):
        yield path.with_name(f"{path.stem}~{number}{path.suffix}")
