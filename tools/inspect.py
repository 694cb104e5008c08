"""What lies in these files? Every reader says in which ways they may be meant; each way is a `Profile`.

    >>> run(Args(roots=["steps/02-extract/files"]), step).profile
    Profile(modality='image', reader='cifar_pickled', files={'train': […], 'test': […]}, rows={'train': 50000, …}, …)
    >>> [(one.reader, one.labels_from) for one in result.profiles]
    [('image_folder', 'the folders'), ('image_folder', 'labels.csv'), ('delimited', 'labels.csv')]

Roots are files, folders, or `builtin:NAME`. Counts of rows are exact; classes, columns and warnings are those of the
rows looked at, at most `rows_sample` a split.
"""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, Field

from noglue.tools.discovery import unread_stacks
from noglue.tools.files import damage, first_bytes
from noglue.tools.files.file_account import LEFT, REPLACED, Walked, account, unheard, walk
from noglue.tools.files.unchanging import unchanging
from noglue.tools.pictures.formats import EXTENSIONS
from noglue.tools.spec import catalogue, goals, modalities
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import DataWarning, GoalName, ModalityName, Profile
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.spec.step import Access, Arguments, Step

ACCESS = Access()
FILLED_BY = {
    "roots": ("extract.roots", "read_with.roots", "download.files"),
    "left": ("extract.skipped",),
    "replaced": ("extract.replaced",),
}
BUILTIN = "builtin:"
_SPLITS = ("train", "validation", "test")
_MOST_LISTED = 12
_MOST_ADVICE = 2
MOST_READINGS = 16
MUCH_SURER = 0.3  # of the same files, in confidence
BESIDE_SAMPLE = 5_000  # rows looked at of a reading beside the first that serves


class Args(Arguments):
    """reader: a module of `tools/readers/`, to be tried before all others. modality: what the task says; a reader that
    finds it is preferred. goal: `classify` and `regress` need labels, and a reading without any is put last.
    target: as the task names it; beside films, and sound of which nothing can be read, a table is the data only where
    it has that column.
    left: how many files of a system `extract` did not even unpack; replaced: how many it overwrote by later ones.
    """

    roots: list[str] = Field(min_length=1)
    goal: GoalName | None = None
    modality: ModalityName | None = None
    reader: str | None = None
    target: str | list[str] | None = None
    left: int = Field(0, ge=0)
    replaced: int = Field(0, ge=0)
    rows_sample: int = Field(100_000, ge=1)

    def reads(self) -> list[str]:
        return [root for root in self.roots if not root.startswith(BUILTIN)]


class Result(BaseModel):
    """profiles: every reading of the files, the likeliest first by what the files alone show; the request decides.

    profile: the first of them that is of the kind asked for.
    """

    profile: Profile
    profiles: list[Profile]


def run(args: Args, step: Step) -> Result:
    """Raises DataError `unknown-layout` (no reader knows the files), or the surest reader's own error."""
    with unchanging():
        return _run(args, step)


def _run(args: Args, step: Step) -> Result:
    from noglue.tools.preparation.profiling import profile
    from noglue.tools.values.cells import settled

    walked = [_walked(root, step) for root in args.roots]
    files = [path for one in walked for path in one.files]
    roots = [step.path(root) for root in args.roots if not root.startswith(BUILTIN)]
    errors: list[DataError] = []
    matches = _matches(files, args.reader, roots, errors)
    if not matches:
        raise (errors[0] if errors else _unheard(files)) or _unknown(files)
    found: list[Profile] = []
    served = False
    broken: dict[str, dict[str, str]] = {}
    for number, (name, match) in enumerate(matches):
        step.progress("read", number, len(matches), reader=name)
        sample = min(args.rows_sample, BESIDE_SAMPLE) if served else args.rows_sample
        try:
            raw = settled(_read(name, match, sample, [one.reader for one in found]))
        except DataError as error:
            step.note(f"The reader {name} gave up: {error.message}", reader=name, kind=error.kind)
            errors.append(error)
            continue
        raw.unusable = broken.setdefault(name, raw.unusable) | raw.unusable  # an outline opens none
        others = list(dict.fromkeys(other for other, _ in matches if other != name))
        listed = {split: [_name(Path(path), step) for path in paths] for split, paths in match.files.items()}
        one = profile(raw, name, others, match, listed, _rows(name, match, raw, sample))
        one.image = one.image or next((other.image for other in found if other.reader == name), None)
        one.warnings += [*_empty_classes(args.roots, one, step), *unread_stacks.warnings(files, one)]
        one.ledger = account(walked, match, raw, _takes(name, raw), lambda path: _name(path, step))
        if args.left:
            one.ledger.pass_over("", LEFT, args.left)
        if args.replaced:
            one.ledger.pass_over("", REPLACED, args.replaced)
        found.insert(0, one) if _serves(raw, args) and not served else found.append(one)
        served = served or _serves(raw, args)
    if not found:
        raise errors[0]
    found = _beside_unheard(found, files, args)
    step.note(f"{found[0].why} (reader: {found[0].reader})", reader=found[0].reader)
    return Result(profile=found[0], profiles=found)


def _matches(
    files: list[Path], first: str | None, roots: list[Path], errors: list[DataError]
) -> list[tuple[str, Match]]:
    """Every reader's claims, the surest first; those of the reader asked for before all others.

    A reader that a file breaks claims nothing, and what broke it joins `errors`.
    """
    found = []
    for name in catalogue.names("noglue.tools.readers"):
        reader = catalogue.load("noglue.tools.readers", name)
        try:
            with damage.of_files(name, files):
                claims = reader.readings(files) if hasattr(reader, "readings") else [reader.sniff(files)]
        except DataError as error:
            errors.append(error)
            continue
        found += [(name, _confined(_whole(match), roots)) for match in claims if match is not None]
    found = [one for one in found if one[0] == first or not any(_surer(other, one) for other in found)]
    return sorted(found, key=lambda pair: (pair[0] != first, -pair[1].confidence))[:MOST_READINGS]


def _surer(one: tuple[str, Match], other: tuple[str, Match]) -> bool:
    """Whether another reader is much surer of the very same files: mails in folders are no tables split at blanks."""
    if getattr(catalogue.load("noglue.tools.readers", one[0]), "BESIDE", False):
        return False
    if one[0] == other[0] or one[1].confidence < other[1].confidence + MUCH_SURER:
        return False
    files = set(_data(one[1]))
    folders = [path for path in files if path.is_dir()]
    return all(path in files or any(path.is_relative_to(folder) for folder in folders) for path in _data(other[1]))


def _data(match: Match) -> list[Path]:
    return [Path(path) for split, paths in match.files.items() if split != "about" for path in paths]


def _confined(match: Match, roots: list[Path]) -> Match:
    """Never a folder above what was given: the files beside it were not, and nothing here can see them.

    A folder that a reader names for all the files below it gives way to those of the roots that lie in it.
    """
    files = {}
    for split, paths in match.files.items():
        inside: list[Path] = []
        for path in map(Path, paths):
            below = [root for root in roots if root != path and root.is_relative_to(path)]
            inside += [root for root in below if root not in inside] or [path] * (not below)  # sheets are one file
        files[split] = inside
    return replace(match, files=files)


def _whole(match: Match) -> Match:
    """One split alone is no split: a lone `test.csv` is all there is."""
    splits = [split for split in match.files if split != "about"]
    if len(splits) != 1 or splits[0] not in _SPLITS:
        return match
    files = {("all" if split == splits[0] else split): paths for split, paths in match.files.items()}
    return replace(match, files=files)


def _read(name: str, match: Match, sample: int, before: list[str]) -> Raw:
    """Some rows. A reader's further readings are looked at by names and labels alone, where it can tell them so."""
    reader = catalogue.load("noglue.tools.readers", name)
    outlined = name in before and hasattr(reader, "outline")
    with damage.of_files(name, _data(match)):
        raw: Raw = reader.outline(match, sample) if outlined else reader.read(match, sample)
    return raw


def _serves(raw: Raw, args: Args) -> bool:
    """Whether a reading is of the kind that the task asks for."""
    kind = modalities.load(raw.modality)
    own = {kind.content, "path"}
    columns = {name for table in raw.splits.values() for name in table.column_names} - own
    labelled = kind.cells or bool(columns) or args.goal is None or not goals.needs_target(args.goal)
    return labelled and args.modality in (None, raw.modality)


def _rows(name: str, match: Match, raw: Raw, sample: int) -> dict[str, int]:
    """Exact counts: of the sample where it is everything, else by the reader's own count."""
    rows = {split: table.num_rows for split, table in raw.splits.items()}
    if max(rows.values(), default=0) < sample:
        return rows
    with damage.of_files(name, _data(match)):
        counted: dict[str, int] = catalogue.load("noglue.tools.readers", name).count(match)
    return {split: counted.get(split, seen) for split, seen in rows.items()}


def _walked(root: str, step: Step) -> Walked:
    """Every file below a root. Raises DataError `not-found`."""
    if root.startswith(BUILTIN):
        return Walked([Path(root)])
    place = step.path(root)
    if not place.exists():
        raise DataError(Kind.NOT_FOUND, f"There is no file or folder {root}.", hint="Check the path.", path=root)
    return walk(place)


def _takes(name: str, raw: Raw) -> Callable[[Path], bool]:
    """Whether a reader uses a file that lies in a folder of its match."""
    reader = catalogue.load("noglue.tools.readers", name)
    if hasattr(reader, "takes"):
        takes: Callable[[Path], bool] = reader.takes
        return takes
    return lambda path: not modalities.load(raw.modality).content or path.suffix.lower() in EXTENSIONS


def _beside_unheard(found: list[Profile], files: list[Path], args: Args) -> list[Profile]:
    """Tables among recordings of which none can be read, or films, list these; they are the data where the task names
    one of their columns.

    Raises DataError `unheard` where it does not.
    """
    from noglue.tools.values.conform import match_names

    error = _unheard(files)
    if error is None or any(modalities.load(one.modality).content for one in found):
        return found
    asked = args.target if isinstance(args.target, list) else [args.target] if args.target else []
    named = [one for one in found if asked and match_names([column.name for column in one.columns], asked)]
    if not named:
        raise error
    for one in named:
        one.labels_from = f"{one.labels_from or 'a table'}, beside recordings that can't be read"
    return named


def _unheard(files: list[Path]) -> DataError | None:
    """Where most of the data is film, or sound; that is read, so where this is asked none of it could be."""
    share = unheard(files)
    if not share.most:
        return None
    beside = [path.name for path in files if path.suffix.lower() in (".csv", ".tsv", ".xlsx", ".json", ".txt")][:5]
    listed = f" What lies next to them ({', '.join(beside)}) is not the data itself." if beside else ""
    return DataError(
        Kind.UNHEARD,
        f"{share.heard:,} of the {share.files:,} files are {share.kind}, and not one of them can be read here.{listed}",
        hint="The sound formats read are WAV, FLAC, Ogg, MP3 and AIFF; ffmpeg converts others to these. To learn from "
        "a table next to them, name one of its columns as the target.",
    )


def _empty_classes(roots: list[str], profile: Profile, step: Step) -> list[DataWarning]:
    """Folders without one file, beside class folders of images: someone may have meant them for classes."""
    if not modalities.load(profile.modality).content or not profile.classes:
        return []
    places = [step.path(root) for root in roots if not root.startswith(BUILTIN)]
    empty = {Path(folder).name for place in places for folder, inside, names in os.walk(place) if not inside + names}
    missing = sorted(name for name in empty - set(profile.classes) if not name.startswith("."))
    if not missing:
        return []
    listed = f"{', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}"
    return [DataWarning(kind="empty-class", message=f"Empty folders are not taken for classes: {listed}.")]


def _unknown(files: list[Path]) -> DataError:
    """Says what was seen inside, what a language model could try, and what the user can do."""
    endings = Counter(path.suffix.lower() or "(no ending)" for path in files)
    kinds = first_bytes.seen(files)
    shown = kinds[: first_bytes.MOST_KINDS]
    rest = len(files) - sum(1 + one.more for one in shown)
    listed = "; ".join(map(first_bytes.in_words, shown)) + (f"; and {rest:,} of other kinds" if rest else "")
    what = "these files" if len(files) != 1 else "this file"
    advice = list(dict.fromkeys(one.advice for one in shown if one.advice))[:_MOST_ADVICE]
    tried = f"A language model could write a reader for {what}: --model PROVIDER:NAME lets it try, in the sandbox."
    plain = "CSV, Parquet, NumPy arrays, or a folder of pictures, sound or texts for each class are read directly."
    read = [catalogue.load("noglue.tools.readers", name).READS for name in catalogue.names("noglue.tools.readers")]
    return DataError(
        Kind.UNKNOWN_LAYOUT,
        f"No reader knows {what}: {listed}." if files else "There are no files at all.",
        hint=" ".join([*advice, tried, plain]) if files else "Name a file or a folder that holds some.",
        endings=dict(endings.most_common(_MOST_LISTED)),
        seen=[one.model_dump() for one in kinds[:_MOST_LISTED]],
        read=read,
    )


def _name(path: Path, step: Step) -> str:
    return str(path) if path.name.startswith(BUILTIN) else step.name(path)
