"""Tables whose cells are known one by one, as those of a workbook or of JSON: from rows of cells to a `Raw`.

    a sheet   [["Survey", ""], ["", ""], ["species", "mass"], ["Adelie", "3750"]]   →   species, mass over one row

A cell is text, as in a file of text, and goes the same way from there: numbers, dates and missing words are found by
`tools/values/text_values.py`, by forms that new files are read by too, be they of text or not. `Native` cells come from
a number or a date of the file's own, which no form can misread.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.pictures.decoding import EXTENSIONS
from noglue.tools.readers import _families
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import CellForm, DataForm
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import pyarrow as pa

_BROKEN = 0.3  # confidence in files that are not what their ending says
_SAMPLE = 1000  # rows by which tables are told apart


class Native(str):
    """The text of a number or a date that the file holds as such."""

    value: int | float | date | datetime

    def __new__(cls, value: int | float | date | datetime) -> "Native":
        text = super().__new__(cls, _written(value))
        text.value = value
        return text

    def by(self, form: CellForm) -> str:
        """As a file of text of this form would have it: with its decimal mark, in its order of day and month."""
        if form.kind == "number" and isinstance(self.value, float) and form.decimal != ".":
            return self.replace(".", form.decimal)
        if form.kind == "date" and isinstance(self.value, date) and form.dates and self._writes(form.dates[0]):
            day = self.value.strftime(form.dates[0])
            return day + self[10:] if isinstance(self.value, datetime) else day
        return str(self)

    @staticmethod
    def _writes(form: str) -> bool:
        """Whether a day can be written so; days as they stand here are read whatever the form."""
        return form.startswith("%") and not any(part in form for part in ("%q", "%V")) and form != "%Y%m%d"


@dataclass(frozen=True)
class Grid:
    """names: of the columns. rows: of cells, "" where empty. bad: place → why that row could not be read.

    joined: of tables of the same file, which stand beside it.
    """

    names: list[str]
    rows: list[list[str]]
    header: bool = True
    bad: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    joined: bool = False
    title: str = ""  # of its sheet, where the file has several

    @property
    def sample(self) -> list[list[str]]:
        return self.rows[:_SAMPLE]


Load = Callable[[Path, DataForm | None], Mapping[str, Grid]]  # the file's tables, "" where it has one alone


def cell(value: object) -> str:
    """A cell's text: `true`, `5`, `2.5`, `2024-01-05`, `2024-01-05 17:30:00`; "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | date | datetime):
        return Native(value)
    return value if isinstance(value, str) else str(value)


def _written(value: int | float | date | datetime | time) -> str:
    if isinstance(value, float):
        return "" if value != value else str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    return str(value)


def grid(rows: Sequence[Sequence[object]], form: DataForm | None = None) -> Grid | None:
    """The table in a sheet, without empty margins and what stands above its header; None where there is none."""
    from noglue.tools.readers._header import named_twice
    from noglue.tools.readers._table_foot import feet
    from noglue.tools.readers._table_top import top_of

    texts = [[cell(value) for value in row] for row in rows]
    texts = [row for row in texts if any(one.strip() for one in row)]
    width = max(map(len, texts), default=0)
    texts = [row + [""] * (width - len(row)) for row in texts]
    kept = [place for place in range(width) if any(row[place].strip() for row in texts)]
    texts = [[row[place] for place in kept] for row in texts]
    if len(texts) < 2 or not kept:
        return None
    top = top_of(texts[:_SAMPLE], form)
    body = texts[top.line :]
    below = feet(body)
    body = [[""] * len(row) if place in below else row for place, row in enumerate(body)]
    return Grid(top.names, body, top.header, below, [*top.told, *named_twice(top.heading, top.names)])


def readings(likely: Sequence[Path], files: Sequence[Path], load: Load, confidence: float) -> list[Match]:
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

    def keys(path: Path, name: str) -> list[str]:
        column = tables[path].names.index(name)
        return [row[column].strip() for row in tables[path].rows]

    pictures = sum(path.suffix.lower() in EXTENSIONS for path in files)
    sure = confidence * (0.4 if pictures > 10 * len(tables) else 1.0)
    found = _families.matches(tables, lambda _: sure, keys, lambda path: len(tables[path].rows), said,
                              lambda path: len(tables[path].rows) * len(tables[path].names))  # fmt: skip
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


def count(match: Match, load: Load) -> dict[str, int]:
    """Rows of data a split; of tables that are joined those of the first."""
    found: dict[str, int] = {}
    for split, parts in _parts(match, load, None).items():
        first = parts[0][1].names
        joined = "join" in match.reading or "beside" in match.reading
        found[split] = sum(len(one.rows) - len(one.bad) for _, one in parts if not joined or one.names == first)
    if "split" in match.reading:
        return {split: table.num_rows for split, table in read(match, load, None, None).splits.items()}
    return found


def read(match: Match, load: Load, rows: int | None, form: DataForm | None) -> Raw:
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

    rows = one.rows if form is not None else [row for place, row in enumerate(one.rows) if place not in one.bad]
    columns: dict[str, pa.Array] = {}
    for place, name in enumerate(one.names):
        texts = [row[place] for row in rows]
        known = form.cells.get(name) if form is not None else None
        if known is not None:
            texts = [text.by(known) if isinstance(text, Native) else text for text in texts]
        columns[name] = pa.array([str(text) if text.strip() else None for text in texts], pa.string())
    return pa.table(columns)
