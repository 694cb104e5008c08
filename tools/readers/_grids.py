"""Tables whose cells are known one by one, as those of a workbook or of JSON: from rows of cells to a `Raw`.

    a sheet   [["Survey", ""], ["", ""], ["species", "mass"], ["Adelie", "3750"]]   →   species, mass over one row

A cell is text, as in a file of text, and goes the same way from there: numbers, dates and missing words are found by
`tools/values/text_values.py`, by forms that new files are read by too, be they of text or not.

A reader of such files has the four functions of `Reader`, made of what it knows of them:

    _READER = _grids.GridReader(_likely, _load, 0.85)
    sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.pictures.formats import EXTENSIONS
from noglue.tools.readers import _cells, _families
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import pyarrow as pa

_BROKEN = 0.3  # confidence in files that are not what their ending says
_SAMPLE = 1000  # rows by which tables are told apart
_MOST_KEPT = 256 << 20  # bytes


@dataclass(frozen=True)
class Grid:
    """names: of the columns. columns: strings, "" where empty. bad: place → why that row could not be read.

    joined: of tables of the same file, which stand beside it.
    """

    names: list[str]
    columns: "Sequence[pa.ChunkedArray]"
    header: bool = True
    bad: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    joined: bool = False
    title: str = ""  # of its sheet, where the file has several

    @classmethod
    def of(cls, names: Sequence[str], rows: Iterable[Sequence[object]], form: DataForm | None = None) -> "Grid":
        """rows: of cells, of any type. form: of a model that was trained, or None."""
        filler = _cells.Filler(names, form)
        for row in rows:
            filler.row(row)
        return cls(filler.names, filler.columns())

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    @cached_property
    def sample(self) -> list[list[str]]:
        """Its first rows."""
        return [list(row) for row in zip(*(column[:_SAMPLE].to_pylist() for column in self.columns), strict=True)]

    def cells(self, name: str) -> list[str]:
        """Of one column, without blanks around them."""
        return [cell.strip() for cell in self.columns[self.names.index(name)].to_pylist()]


Load = Callable[[Path, DataForm | None], Mapping[str, Grid]]  # the file's tables, "" where it has one alone


def grid(rows: Sequence[Sequence[object]], form: DataForm | None = None) -> Grid | None:
    """The table in a sheet, without empty margins and what stands above its header; None where there is none."""
    from noglue.tools.readers._header import named_twice
    from noglue.tools.readers._table_foot import feet
    from noglue.tools.readers._table_top import top_of

    texts = [[_cells.text(value) for value in row] for row in rows]
    lines = [line for line, row in enumerate(texts) if any(one.strip() for one in row)]
    texts = [texts[line] for line in lines]
    width = max(map(len, texts), default=0)
    texts = [row + [""] * (width - len(row)) for row in texts]
    kept = [place for place in range(width) if any(row[place].strip() for row in texts)]
    texts = [[row[place] for place in kept] for row in texts]
    if len(texts) < 2 or not kept:
        return None
    top = top_of(texts[:_SAMPLE], form)
    below = feet(texts[top.line :])
    cells = ([rows[line][place] if place < len(rows[line]) else "" for place in kept] for line in lines[top.line :])
    made = Grid.of(top.names, ([] if place in below else row for place, row in enumerate(cells)), form)
    return replace(made, header=top.header, bad=below, notes=[*top.told, *named_twice(top.heading, top.names)])


class GridReader:
    """The functions of a `Reader` whose files come as grids.

    likely: which of some files are of the format, by name and first bytes. load: its tables, "" where it has one alone;
    raises DataError `unreadable`. confidence: in all such files, or by what is likely. most: files looked at. least:
    readings of no more confidence are none.
    """

    def __init__(
        self,
        likely: Callable[[Sequence[Path]], Sequence[Path]],
        load: Load,
        confidence: float | Callable[[Sequence[Path]], float],
        most: int = 50,
        least: float = 0.0,
    ) -> None:
        self._likely, self._load, self._confidence, self._most, self._least = likely, load, confidence, most, least
        self._kept: dict[tuple[Path, int, int], Mapping[str, Grid]] = {}

    def sniff(self, files: Sequence[Path]) -> Match | None:
        """The likeliest of `readings`."""
        return next(iter(self.readings(files)), None)

    def readings(self, files: Sequence[Path]) -> list[Match]:
        likely = self._likely(files)[: self._most]
        sure = self._confidence if isinstance(self._confidence, float) else self._confidence(likely)
        found = _readings(likely, files, self._tables, sure)
        return [match for match in found if match.confidence > self._least]

    def count(self, match: Match) -> dict[str, int]:
        """Rows of data a split. Raises as `read` does."""
        return _count(match, self._tables)

    def read(self, match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
        """Raises DataError `unreadable`, saying where a file breaks; `missing-columns`."""
        return _read(match, self._tables, rows, form)

    def _tables(self, path: Path, form: DataForm | None) -> Mapping[str, Grid]:
        """A file is looked at several times; its tables stay as long as they are small together."""
        if form is not None:
            return self._load(path, form)
        state = path.stat()
        key = (path, state.st_mtime_ns, state.st_size)
        if (kept := self._kept.get(key)) is not None:
            return kept
        found = self._load(path, None)
        self._kept[key] = found
        while sum(map(_size, self._kept.values())) > _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        return found


def _size(tables: Mapping[str, Grid]) -> int:
    return sum(column.nbytes for one in tables.values() for column in one.columns)


def _readings(likely: Sequence[Path], files: Sequence[Path], load: Load, confidence: float) -> list[Match]:
    """Every family of tables in these files, each sheet being one. files: all that lie there."""
    from noglue.tools.readers import _declared

    if not likely:
        return []
    said = _declared.of(files)
    tables: dict[Path, Grid] = {}
    broken: list[Path] = []
    for path in _declared.files_of(said, likely):
        try:
            inside = load(path, None)
        except DataError:
            broken.append(path)
            continue
        for name, one in inside.items():
            tables[path if len(inside) == 1 else path / name.replace("/", "_")] = one
    sheets = {place: (place, "") if place in likely else (place.parent, place.name) for place in tables}

    pictures = sum(path.suffix.lower() in EXTENSIONS for path in files)
    sure = confidence * (0.4 if pictures > 10 * len(tables) else 1.0)
    found = _families.matches(tables, lambda _: sure, lambda path, name: tables[path].cells(name),
                              lambda path: len(tables[path]), said,
                              lambda path: len(tables[path]) * len(tables[path].names))  # fmt: skip
    if broken and not found:  # `read` says what is wrong with them
        return [Match(_BROKEN, {"all": broken}, f"{broken[0].name} by its ending")]
    return [_declared.told(_of_files(match, sheets), said, likely) for match in found if not _twice(match, tables)]


def _twice(match: Match, tables: Mapping[Path, Grid]) -> bool:
    """Whether rows would come in a table and again in one that is joined of it."""
    paths = [path for split, some in match.files.items() if split != "about" for path in some]
    return len(paths) > 1 and any(tables[path].joined for path in paths)


def _of_files(match: Match, sheets: Mapping[Path, tuple[Path, str]]) -> Match:
    """The match with files in the place of their sheets, and in `reading` which sheet of each is meant."""
    files = {split: [sheets[path][0] for path in paths] for split, paths in match.files.items() if split != "about"}
    named = {split: [sheets[path][1] for path in match.files[split]] for split in files}
    reading = {key: value for key, value in match.reading.items() if key != "sample"}
    if any(name for names in named.values() for name in names):
        reading["sheets"] = json.dumps(named)
    used = {path for paths in files.values() for path in paths}
    ignored = {str(sheets[Path(path)][0]): why for path, why in match.ignored.items()}
    return Match(match.confidence, files, match.why, reading, match.labels_from, match.coverage,
                 {path: why for path, why in ignored.items() if Path(path) not in used})  # fmt: skip


def _count(match: Match, load: Load) -> dict[str, int]:
    """Rows of data a split; of tables that are joined those of the first."""
    found: dict[str, int] = {}
    for split, parts in _parts(match, load, None).items():
        first = parts[0][1].names
        joined = "join" in match.reading or "beside" in match.reading
        found[split] = sum(len(one) - len(one.bad) for _, one in parts if not joined or one.names == first)
    if "split" in match.reading:
        return {split: table.num_rows for split, table in _read(match, load, None, None).splits.items()}
    return found


def _read(match: Match, load: Load, rows: int | None, form: DataForm | None) -> Raw:
    """All splits, with one type a column. Raises DataError `unreadable`, `missing-columns`."""
    import pyarrow as pa

    from noglue.tools.readers import _declared, _joining, _partitions, _table_files
    from noglue.tools.values import cells

    known = form if form is not None and form.cells else None
    tables: dict[str, pa.Table] = {}
    lost: dict[str, int] = {}
    problems: dict[str, dict[int, str]] = {}
    notes: list[str] = []
    answers: list[str] = []
    header = True
    for split, grids in _parts(match, load, known).items():
        parts: list[tuple[str, pa.Table]] = []
        for path, one in grids:
            start = sum(part.num_rows for _, part in parts)
            table = _partitions.with_texts(path, _table(one, known))
            if known is None:
                for why in one.bad.values():
                    lost[f"{path.name}: {why}"] = lost.get(f"{path.name}: {why}", 0) + 1
            else:
                problems.setdefault(split, {}).update({start + place: why for place, why in one.bad.items()})
            table = _table_files.placed(path, table, one, known)
            named = path / one.title if one.title else path
            parts.append((path.name, _joining.with_class(named, table, match.reading)))
            notes += one.notes
            header = header and one.header
        if "join" in match.reading or "beside" in match.reading:
            answers = _joining.added(parts, match.reading) or answers
            tables[split] = _joining.joined(parts, match.reading, lost).slice(0, rows)
        else:
            notes += _sheets_of_one(grids)
            tables[split] = pa.concat_tables([part for _, part in parts], promote_options="default").slice(0, rows)
    target = _joining.class_column(match.reading, tables) or _table_files.target(tables, [])
    target = target or (answers[0] if len(answers) == 1 else None)
    tables = _joining.parted(tables, match.reading)
    found = cells.typed(tables, known.cells if known is not None else None)
    names = form.names if form is not None else None if header else next(iter(tables.values())).column_names
    target = _declared.target(match, found.tables) or target
    return Raw("table", found.tables, target, _declared.classes(match, target, found.tables),
               skipped=list(dict.fromkeys([*lost, *notes])), strays=found.strays,
               form=DataForm(cells=found.forms, names=names), notes=found.notes, lost=lost,
               problems=problems)  # fmt: skip


def _sheets_of_one(grids: Sequence[tuple[Path, Grid]]) -> list[str]:
    """Says which sheets of a file are read as one table, as some may be old or hidden."""
    titles: dict[Path, list[str]] = {}
    for path, one in grids:
        titles.setdefault(path, []).append(one.title)
    return [
        f"{path.name}: {len(names)} sheets of the same columns are read as one table: {', '.join(names)}"
        for path, names in titles.items()
        if len(names) > 1
    ]


def _parts(match: Match, load: Load, form: DataForm | None) -> dict[str, list[tuple[Path, Grid]]]:
    sheets = json.loads(match.reading.get("sheets", "{}"))
    found: dict[str, list[tuple[Path, Grid]]] = {}
    for split, paths in match.files.items():
        names = sheets.get(split, [""] * len(paths))
        for path, name in zip(map(Path, paths), names, strict=True):
            inside = {key.replace("/", "_"): one for key, one in load(path, form).items()}
            one = inside.get(name) if name else next(iter(inside.values()), None)
            if one is None:
                raise unreadable(path, f"there is no sheet {name!r} with a table" if name else "it holds no table")
            found.setdefault(split, []).append((path, replace(one, title=name)))
    return found


def _table(one: Grid, form: DataForm | None) -> "pa.Table":
    """Columns of strings, null where empty; rows that can't be read left out, or all null where a form is known."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kept = None if form is not None or not one.bad else pa.array(_good(one))
    columns: dict[str, pa.ChunkedArray] = {}
    for name, cells in zip(one.names, one.columns, strict=True):
        some = cells if kept is None else cells.take(kept)
        blank = pc.equal(pc.utf8_trim_whitespace(some), "")
        columns[name] = pc.if_else(blank, pa.scalar(None, pa.string()), some)
    return pa.table(columns)


def _good(one: Grid) -> list[int]:
    return [place for place in range(len(one)) if place not in one.bad]
