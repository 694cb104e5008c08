"""Tables of text: CSV, TSV and whatever else is separated by commas, tabs, semicolons, bars or white space.

    train.csv  test.csv  sample_submission.csv   splits by name; without the target, `test` holds unlabelled rows
    adult.data  adult.test  adult.names          UCI's way: no header, column names told in `.names`, or another file
    part-0.csv  part-1.csv                       one table in several files of the same columns
    setosa.csv  virginica.csv                    … of which each is a class: the file's name, or its folder's
    train.csv  test.csv  test_labels.csv         the test's answers apart, by a key or row by row
    species=setosa/part-0.csv  species=virginica/…   a folder for each value of a column (`_partitions.py`)
    flowers.csv  species.csv                     numbers in one, their names in the other
    X_train.txt  y_train.txt  labels.txt         codes without a header, and a file that names them
    iris.csv: …,split                            a column that says which rows are for training and which for the test

Encoding, delimiter, quotes, header and comments are found by `_dialect.py`; columns become numbers, booleans and dates
by `text_values.py`, over all splits alike, by forms that new files are read by too. A column of pixels makes
a table one of images (`_pixel_cells.py`).
Source: https://www.rfc-editor.org/rfc/rfc4180
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.pictures.formats import EXTENSIONS
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import pyarrow as pa

    from noglue.tools.readers._dialect import Dialect

READS = "CSV, TSV and other delimited text"
_LIKELY = {
    ".csv": 0.8, ".tsv": 0.8, ".tab": 0.75, ".psv": 0.75, ".ssv": 0.75, ".data": 0.7, ".test": 0.6, ".train": 0.6,
    ".dat": 0.6, ".all-data": 0.6, ".txt": 0.5,
}  # fmt: skip
_BY_CONTENT = 0.45  # of a file that no ending says to be a table
_PACKED = (".gz", ".bz2", ".xz")
_MOST_FILES = 200
_MOST_KEYS = 1_000_000  # rows by which two tables are found to tell of the same things


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By ending, then by the beginning of at most 200 files; where no ending tells of a table, by content alone: every
    family of tables, and those that join some."""
    from noglue.tools.readers import _beginnings, _coded_labels, _declared, _families, _table_files
    from noglue.tools.readers._text_tables import count_rows, strings

    said = _declared.of(files)
    likely = [path for path in files if _suffix(path) in _LIKELY and not path.name.startswith(".")][:_MOST_FILES]
    tables = _table_files.tables_of(likely)
    if not tables:
        tables = _table_files.under_any_name(_beginnings.others(files, tuple(_LIKELY)))
    _add_fixed(tables, likely, files)
    pictures = sum(path.suffix.lower() in EXTENSIONS for path in files)
    share = 0.4 if pictures > 10 * len(tables) else 1.0

    def keys(path: Path, name: str) -> list[str]:
        column = strings(path, tables[path], _MOST_KEYS).table[name]
        return [str(value or "").strip() for value in column.to_pylist()]

    found = _families.matches(
        tables,
        lambda path: share * _LIKELY.get(_suffix(path), _BY_CONTENT),
        keys,
        lambda path: count_rows(path, tables[path]),
        said,
    )
    found = _coded_labels.with_names([_with_names(match, files, tables) for match in found], files, tables, keys)
    return [_declared.told(match, said, likely) for match in found]


def _add_fixed(tables: "dict[Path, Dialect]", likely: Sequence[Path], files: Sequence[Path]) -> None:
    """Files without a blank between their columns, where another tells of these; that one is no table then."""
    from noglue.tools.readers import _fixed_width
    from noglue.tools.readers._text_tables import dialect_of

    for path in likely:
        dialect = dialect_of(path) if path not in tables or not tables[path].header else None
        place = _fixed_width.beside(files, [path]) if dialect is not None else None
        layout = _fixed_width.layout_of(place) if place is not None else None
        if dialect is not None and place is not None and layout is not None:
            tables[path] = _fixed_width.by(dialect, layout.names, layout.starts)
            tables.pop(place, None)


def _with_names(match: Match, files: Sequence[Path], tables: "Mapping[Path, Dialect]") -> Match:
    """What tells the columns of tables without a header: UCI's `adult.names`, `columns.txt`, a data dictionary."""
    from noglue.tools.readers import _column_descriptions, _fixed_width

    paths = [path for split, some in match.files.items() if split != "about" for path in some]
    first = tables[paths[0]]
    stems = {path.stem for path in paths}
    found = [path for path in files if path.suffix == ".names" and path.stem in stems]
    if not first.header:
        found += _column_descriptions.beside(files, paths, len(first.names))
        layout = _fixed_width.beside(files, paths)
        if layout is not None:
            match = replace(match, reading={**match.reading, "layout": str(layout)})
            found = [layout]
    if not found:
        return match
    about = list(dict.fromkeys([*match.files.get("about", ()), *found]))
    ignored = {path: why for path, why in match.ignored.items() if Path(path) not in about}
    return replace(match, files={**match.files, "about": about}, ignored=ignored)


def as_before(file: Path, form: DataForm) -> Match | None:
    """New rows of a table that was read before, whatever the file is called: `questions.txt`, one column of text."""
    from noglue.tools.readers._text_tables import dialect_of

    return None if dialect_of(file, form) is None else Match(0.5, {"all": [file]}, "a table of text, as before")


def count(match: Match) -> dict[str, int]:
    """Rows of data, by counting lines."""
    from noglue.tools.readers._text_tables import count_rows

    found: dict[str, int] = {}
    for split, paths in match.files.items():
        dialects = _dialects(paths, None, match) if split != "about" else []
        first = dialects[0][1].names if dialects and _joins(match) else None  # the others tell more of the same rows
        for path, dialect in dialects:
            if first is None or dialect.names == first:
                found[split] = found.get(split, 0) + count_rows(path, dialect)
    return found if "split" not in match.reading else _counted_by_split(match)


def _counted_by_split(match: Match) -> dict[str, int]:
    """Rows a split, where a column tells which."""
    import pyarrow as pa

    from noglue.tools.readers import _joining
    from noglue.tools.readers._text_tables import strings

    column = match.reading["split"]
    found = _dialects(match.files["all"], None, match)
    parts = [strings(path, dialect).table.select([column]) for path, dialect in found]
    return {
        split: table.num_rows
        for split, table in _joining.parted({"all": pa.concat_tables(parts)}, match.reading).items()
    }


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """All splits, with one type a column. Ragged rows are left out and reported in `skipped`.

    Raises DataError `missing-columns` for new rows whose columns have no names and are not as many as they were.
    """
    from noglue.tools.readers import _coded_labels, _declared, _joining, _pixel_cells, _table_files
    from noglue.tools.values import cells

    taken = Taken()
    tables = {split: _table(match, split, rows, form, taken) for split in _table_files.order(match.files)}
    first = taken.first
    assert first is not None
    tables, target = _headed(tables, match, form, taken)
    notes: list[str] = []
    if form is None:
        tables, coded = _coded_labels.named(tables, match, notes)
        target = coded or target
    pixels = _pixel_cells.read(tables, taken.skipped, form)
    if pixels is not None:
        pixels.lost, pixels.problems = taken.lost, taken.problems
        return pixels
    tables = _joining.parted(tables, match.reading)
    found = cells.typed(tables, form.cells if form is not None else None, semicolons=first.delimiter == ";")
    names = form.names if form is not None else None if first.header else next(iter(tables.values())).column_names
    learned = DataForm(cells=found.forms, names=names, starts=_starts(first, match, form))
    target = _declared.target(match, found.tables) or target
    classes = _declared.classes(match, target, found.tables) or first.classes
    return Raw("table", found.tables, target, classes, None, taken.skipped, learned, found.strays, notes + found.notes,
               taken.lost, problems=taken.problems)  # fmt: skip


@dataclass
class Taken:
    """What the files tell beside their rows. first: the dialect of the first. answers: columns that a table of labels
    added.
    """

    first: "Dialect | None" = None
    skipped: list[str] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    problems: dict[str, dict[int, str]] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)


def _table(match: Match, split: str, rows: int | None, form: DataForm | None, taken: Taken) -> "pa.Table":
    """The files of a split as one table of strings; what is told of them is added to `taken`."""
    import pyarrow as pa

    from noglue.tools.readers import _joining, _partitions, _table_files
    from noglue.tools.readers._text_tables import strings

    parts: list[tuple[str, pa.Table]] = []
    left = rows if not _joins(match) else None
    share = _share(match, split) if rows is None else 1.0
    for path, dialect in _dialects(match.files[split], form, match):
        taken.first = taken.first or dialect
        part = strings(path, dialect, left, keep=form is not None and form.pictures is None, share=share)
        start = sum(one.num_rows for _, one in parts)
        taken.problems.setdefault(split, {}).update({start + row: why for row, why in part.problems.items()})
        table = _table_files.placed(path, _partitions.with_texts(path, part.table), dialect, form)
        parts.append((path.name, _joining.with_class(path, table, match.reading)))
        taken.skipped += part.notes
        taken.lost.update(part.lost)
        left = None if left is None else left - part.table.num_rows
        if left is not None and left <= 0:
            break
    if not _joins(match):
        return pa.concat_tables([part for _, part in parts], promote_options="default")
    taken.answers = _joining.added(parts, match.reading) or taken.answers
    return _joining.joined(parts, match.reading, taken.lost).slice(0, rows)


def _headed(
    tables: "dict[str, pa.Table]", match: Match, form: DataForm | None, taken: Taken
) -> "tuple[dict[str, pa.Table], str | None]":
    """The tables under the same names, and the target as far as headers, names and files beside tell it."""
    from noglue.tools.readers import _joining, _table_files

    assert taken.first is not None
    target, about = taken.first.target, [Path(path) for path in match.files.get("about", [])]
    if not taken.first.header and not _starts(taken.first, match, form):
        tables, named = _table_files.named(tables, about)
        target = named or target
    answer = taken.answers[0] if len(taken.answers) == 1 else None
    target = _joining.class_column(match.reading, tables) or _table_files.target(tables, about) or answer or target
    return _table_files.harmonised(tables), target


def _share(match: Match, split: str) -> float:
    """Of a split's rows those that are learned from, where all of them do not fit in memory. Tables that stand beside
    one another keep all, or their rows would not meet."""
    from noglue.tools.readers import _drawn

    if not _drawn.draws(match, split) or _joins(match):
        return 1.0
    sizes = {path: path.stat().st_size for path in map(Path, match.files[split])}
    packed = {path: size * _drawn.PACKED_TEXT for path, size in sizes.items() if path.suffix.lower() in _PACKED}
    return _drawn.share_of(sizes | packed, _drawn.MOST_TEXT)


def _starts(dialect: "Dialect", match: Match, form: DataForm | None) -> list[int]:
    """Of columns of fixed width that no blank separates; those between blanks are found in each file."""
    told = "layout" in match.reading or (form is not None and bool(form.starts))
    return list(dialect.columns) if told else []


def _joins(match: Match) -> bool:
    return "join" in match.reading or "beside" in match.reading


def _dialects(paths: Sequence[Path], form: DataForm | None, match: Match) -> "list[tuple[Path, Dialect]]":
    from noglue.tools.readers import _fixed_width
    from noglue.tools.readers._splits import unreadable
    from noglue.tools.readers._text_tables import dialect_of

    found = []
    layout = _fixed_width.layout_of(Path(match.reading["layout"])) if "layout" in match.reading else None
    for path in map(Path, paths):
        dialect = dialect_of(path, form if form is not None and form.cells else None)
        if dialect is None:
            raise unreadable(path, "it is empty, damaged, or not a table of text")
        if layout is not None:
            dialect = _fixed_width.by(dialect, layout.names, layout.starts)
        elif form is not None and form.starts and form.names:
            dialect = _fixed_width.by(dialect, form.names, form.starts)
        found.append((path, dialect))
    return found


def _suffix(path: Path) -> str:
    packed = path.suffix.lower() in _PACKED
    return (path.with_suffix("") if packed else path).suffix.lower()
