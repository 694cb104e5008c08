"""Get the data: URLs of any kind, files and folders, built-in sets by name.

    Args(sources=["https://www.cs.toronto.edu/~kriz/cifar.html"], prefer=["CIFAR-10"])
    → Result(files=["steps/01-download/files/cifar-10-python.tar.gz"], …)

Files come through a cache that runs share (`tools/net/cache_store.py`) and are copied into the step's folder, so that
a run is whole by itself. A path the user named is not copied; it is only looked at. `builtin:NAME` passes through.
"""

import errno
import os
import shutil
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import unquote

from pydantic import BaseModel, Field

from noglue.tools.files import named_files
from noglue.tools.net import checksums, failures, schemes
from noglue.tools.net import hub_files as hub
from noglue.tools.net.cache_store import Store
from noglue.tools.net.fetch import Fetcher
from noglue.tools.net.from_pages import Gatherer, Harvest, Item
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.step import Access, Arguments, Step
from noglue.tools.spec.step_paths import StepPath

ACCESS = Access(network=True, cache=True)
BUILTIN = "builtin:"
_LISTED_FILES = 100
_FINAL = (Kind.DISK_FULL, Kind.TOO_LARGE)
_NO_RANGE_COPY = (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)


class Args(Arguments):
    """sources: URLs, absolute paths, or `builtin:NAME`.

    mirrors: source → other places for the same file, tried in order when a source fails.
    checksums: source → `sha256:…`, `md5:…` as published. prefer: hints for pages that offer several versions or
    data sets, like `python` or `CIFAR-10`. max_bytes: for everything together. offline: only what the cache has.
    hub: where the Hugging Face Hub is, by default `HF_ENDPOINT` or huggingface.co.
    """

    sources: list[str] = Field(min_length=1)
    mirrors: dict[str, list[str]] = Field(default_factory=dict)
    checksums: dict[str, str] = Field(default_factory=dict)
    max_bytes: int = 64 << 30
    offline: bool = False
    prefer: list[str] = Field(default_factory=list)
    hub: str | None = None

    def reads(self) -> list[str]:
        """The user's own files and folders. Raises DataError `not-found`, with near names, outside the sandbox.

        Raises DataError `unsupported-address` for what is neither a path nor an address of the web.
        """
        for source in self.sources:
            if _is_path(source) and "://" in source and (refused := schemes.refused(source)) is not None:
                raise refused
        paths = [_path(source) for source in self.sources if _is_path(source)]
        for path in paths:
            named_files.require(path)
        return [str(path) for path in paths]


class Origin(BaseModel):
    """Where data came from. url: after redirects. sha256: of the file, or of the list of files (`sha256_of`)."""

    source: str
    url: str | None = None
    files: int = 1
    bytes: int
    sha256: str
    sha256_of: str = "content"
    checksum_verified: bool = False
    cached: bool = False


class PageFacts(BaseModel):
    """A landing page or a listing that was read. why: what decided for the links taken; left: those passed over."""

    url: str
    title: str = ""
    licence: str | None = None
    why: str = ""
    left: list[str] = []


class Result(BaseModel):
    """files: step paths to files or folders, `builtin:NAME` as given. only: file → the folder in it that is meant."""

    files: list[StepPath]
    count: int
    bytes: int
    origins: list[Origin]
    pages: list[PageFacts] = []
    skipped: list[str] = []
    only: dict[StepPath, str] = {}


def run(args: Args, step: Step) -> Result:
    """Raises DataError (see `Fetcher.get` and `Gatherer.gather`), naming the source; BudgetSpent."""
    shutil.rmtree(step.folder / "files", ignore_errors=True)  # what a killed try left
    result = Result(files=[], count=0, bytes=0, origins=[])
    with ExitStack() as stack:
        gatherer: Gatherer | None = None
        for source in args.sources:
            if source.startswith(BUILTIN):
                result.files.append(source)
            elif _is_path(source):
                _add_path(_path(source), source, result, step)
            else:
                gatherer = gatherer or _gatherer(args, step, stack)
                _add_harvest(source, _first_that_works(source, args, gatherer, step), result, step)
    return result


def _gatherer(args: Args, step: Step, stack: ExitStack) -> Gatherer:
    if step.cache is None:
        raise ValueError("download needs a cache folder")
    fetcher = stack.enter_context(closing(Fetcher(Store(step.cache), step, args.offline, args.max_bytes)))
    return Gatherer(fetcher, args.prefer, (args.hub or os.environ.get("HF_ENDPOINT") or hub.HUB).rstrip("/"))


def _first_that_works(source: str, args: Args, gatherer: Gatherer, step: Step) -> Harvest:
    """The source, else its mirrors in order; each failure is noted, the first is raised when all fail."""
    stated = args.checksums.get(source)
    checksum = checksums.parse(stated) if stated else None
    errors: list[DataError] = []
    for place in [source, *args.mirrors.get(source, [])]:
        try:
            return gatherer.gather(place, checksum)
        except DataError as error:
            if error.kind in _FINAL:
                raise
            errors.append(error)
            step.note(f"{failures.shown(place)}: {error.message}", kind=error.kind)
    first = errors[0]
    if len(errors) > 1:
        first.message += f" {len(errors) - 1} other place(s) failed too, the last so: {errors[-1].message}"
    first.data |= {"source": failures.shown(source), "tried": [error.kind for error in errors]}
    raise first


def _add_path(path: Path, source: str, result: Result, step: Step) -> None:
    named_files.require(path)
    known = named_files.describe(path)
    if known.files == 0:
        raise DataError(Kind.EMPTY, f"The folder {path} has no files in it.", hint="Name the folder with the data.")
    result.files.append(step.name(path))
    result.count += known.files
    result.bytes += known.bytes
    result.origins.append(
        Origin(source=source, files=known.files, bytes=known.bytes, sha256=known.sha256, sha256_of=known.of)
    )


def _add_harvest(source: str, harvest: Harvest, result: Result, step: Step) -> None:
    """Copy a source's files into the step's folder and put down where they came from."""
    folder = step.folder / "files"
    placed = [_place(item, folder, step) for item in harvest.items]
    if len(placed) <= _LISTED_FILES:
        result.files += [step.name(path) for path in placed]
    else:
        tops = dict.fromkeys(folder / path.relative_to(folder).parts[0] for path in placed)
        result.files += [step.name(path) for path in tops] if len(tops) <= _LISTED_FILES else [step.name(folder)]
    if harvest.only and placed:
        result.only[step.name(placed[0])] = harvest.only
    result.count += len(placed)
    result.bytes += sum(item.fetched.bytes for item in harvest.items)
    result.origins += _origins(source, harvest.items)
    result.skipped += harvest.skipped[:50]
    if harvest.page is not None:
        page, url = harvest.page, failures.shown(harvest.page.url)
        facts = PageFacts(
            url=url, title=page.title[:200], licence=page.licence, why=harvest.why, left=harvest.left[:50]
        )
        result.pages.append(facts)
        step.note(f"From {url} took {len(placed)} file(s): {harvest.why}.", left=facts.left[:10])


def _origins(source: str, items: list[Item]) -> list[Origin]:
    source = failures.shown(source)
    if len(items) <= _LISTED_FILES:
        return [
            Origin(
                source=source,
                url=item.fetched.final,
                bytes=item.fetched.bytes,
                sha256=item.fetched.sha256,
                checksum_verified=item.fetched.verified,
                cached=item.fetched.cached,
            )
            for item in items
        ]
    listing = "".join(sorted(f"{item.fetched.sha256}  {item.path}\n" for item in items))
    digests = checksums.Digests([])
    digests.update(listing.encode())
    return [
        Origin(
            source=source,
            url=source,
            files=len(items),
            bytes=sum(item.fetched.bytes for item in items),
            sha256=digests.hex(),
            sha256_of="listing",
            checksum_verified=all(item.fetched.verified for item in items),
            cached=all(item.fetched.cached for item in items),
        )
    ]


def _place(item: Item, folder: Path, step: Step) -> Path:
    """A copy under a name of its own; on file systems that share blocks it takes no room."""
    target = folder / item.path
    number = 2
    while target.exists():
        target = folder / Path(item.path).with_name(f"{number}-{Path(item.path).name}")
        number += 1
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        _copy(item.fetched.path, target)
    except OSError as error:
        raise failures.of_disk(error, target.name) or error from error
    return target


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as old, target.open("xb") as new:
        left = os.fstat(old.fileno()).st_size
        try:
            while left > 0 and (count := os.copy_file_range(old.fileno(), new.fileno(), left)):
                left -= count
        except OSError as error:
            if error.errno not in _NO_RANGE_COPY:
                raise
        if left > 0:  # between file systems that don't know each other
            old.seek(new.seek(0, os.SEEK_END))
            shutil.copyfileobj(old, new, 1 << 20)


def _is_path(source: str) -> bool:
    return not source.startswith((BUILTIN, "http://", "https://"))


def _path(source: str) -> Path:
    return Path(unquote(source.removeprefix("file://"))) if source.startswith("file://") else Path(source)
