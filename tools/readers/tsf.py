"""Series that go on, in the Monash archive's `.tsf`: lines of `@` on top, then one series a line, its values by commas.

    @attribute series_name string
    @attribute start_timestamp date
    @frequency monthly
    @horizon 12
    @missing true
    @data
    T1:1979-01-01 00-00-00:25092.2,24271.5,25828.9,?,27697.5
    T2:1979-01-01 00-00-00:887896.5,887068.9,971549.0

Read as a long table: a row a value, with the attributes of its series, the time as the frequency counts it from the
start and `series_value`. Without a start or a frequency the steps are numbered from 0. `@horizon` is how far it is
forecast where the words don't say. Source: https://forecastingdata.org, https://github.com/rakshitha123/TSForecasting
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.files.unchanging import start
from noglue.tools.readers._data_lines import lines_below
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import numpy as np

READS = "series to be continued, in .tsf files"
VALUE, TIME, STEP = "series_value", "timestamp", "step"
_MARKED = 64  # bytes, by which a file that is none is told
_HEAD = 1 << 16
_FREQUENCIES = {
    "yearly": ("M", 12), "quarterly": ("M", 3), "monthly": ("M", 1), "weekly": ("s", 604_800), "daily": ("s", 86_400),
    "hourly": ("s", 3_600), "half_hourly": ("s", 1_800), "minutely": ("s", 60), "secondly": ("s", 1),
}  # fmt: skip
_OWN = {"frequency", "horizon", "missing", "equallength"}  # that no ARFF has
_NUMBERED = re.compile(r"(\d+)_(minutes?|seconds?|hours?|days?|weeks?|months?)")
_UNITS = {"minute": 60, "second": 1, "hour": 3_600, "day": 86_400, "week": 604_800}


def sniff(files: Sequence[Path]) -> Match | None:
    """By their first lines, whatever the files are called; several files are parts of one set."""
    headers = {path: header for path in files if (header := _header(path)) is not None}
    if not headers:
        return None
    paths = sorted(headers)
    reading = {"horizon": headers[paths[0]]["horizon"]} if headers[paths[0]].get("horizon", "").isdigit() else {}
    listed = ", ".join(path.name for path in paths[:4])
    return Match(0.97, {"all": paths}, f"{listed}: series of the Monash archive's form", reading, labels_from=listed)


def count(match: Match) -> dict[str, int]:
    """Values a split: one more than there are commas."""
    return {
        split: sum(line.count(",") + 1 for path in paths for _, line in lines_below(Path(path)))
        for split, paths in match.files.items()
    }


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` for a file without data, or with a line that is no series."""
    import pyarrow as pa

    splits: dict[str, pa.Table] = {}
    skipped: list[str] = []
    for split, paths in match.files.items():
        parts = [_table(Path(path), rows, skipped) for path in paths]
        splits[split] = pa.concat_tables(parts, promote_options="permissive")
    return Raw("table", splits, target=VALUE, skipped=skipped)


def _table(path: Path, rows: int | None, skipped: list[str]) -> Any:
    """The series of a file, one below the other."""
    import numpy as np
    import pyarrow as pa

    header = _header(path) or {}
    names = [name for name in header if name.startswith("@")]
    attributes = [name[1:] for name in names]
    dated = [place for place, name in enumerate(names) if header[name] == "date"]
    unit = _unit(header.get("frequency", ""))
    columns: dict[str, list[Any]] = {name: [] for place, name in enumerate(attributes) if place not in dated[:1]}
    times: list[Any] = []
    values: list[np.ndarray] = []
    done = 0
    for number, line in lines_below(path):
        if rows is not None and done >= rows:
            break
        *cells, series = _parted(line, len(names))
        if len(cells) != len(names):
            skipped.append(f"{path.name}, line {number}: {len(cells)} attributes, not {len(names)}")
            continue
        try:
            found = _numbers(series)
        except ValueError as error:
            raise unreadable(path, f"line {number}: {error}") from error
        begins = _moment(cells[dated[0]]) if dated and unit is not None else None
        times.append(_times(begins, unit, len(found)))
        values.append(found)
        for place, (name, cell) in enumerate(zip(attributes, cells, strict=True)):
            if place not in dated[:1]:
                columns[name].append(pa.repeat(_cell(cell, header[names[place]]), len(found)))
        done += len(found)
    if not values:
        raise unreadable(path, "there are no series below @data")
    whole = {name: pa.chunked_array(parts) for name, parts in columns.items()}
    when = STEP if times[0].dtype.kind == "i" else TIME
    whole[when] = pa.chunked_array([pa.array(one) for one in times])
    value = np.concatenate(values)
    whole[VALUE] = pa.chunked_array([pa.array(value, mask=~np.isfinite(value))])
    return pa.table(whole)


def _parted(line: str, attributes: int) -> list[str]:
    """The cells before the values, and these: a time may hold colons, values hold none."""
    cells = line.split(":")
    if len(cells) > attributes + 1:  # a start written with colons: the surplus belongs to it
        surplus = len(cells) - attributes - 1
        cells = [*cells[: attributes - 1], ":".join(cells[attributes - 1 : attributes + surplus]), cells[-1]]
    return cells


def _cell(cell: str, kind: str) -> Any:
    """A text, or a number where the header says so."""
    import pyarrow as pa

    if kind == "numeric":
        try:
            return pa.scalar(float(cell), pa.float64())
        except ValueError:
            return pa.scalar(None, pa.float64())
    return pa.scalar(cell.strip(), pa.string())


def _times(begins: Any, unit: tuple[str, int] | None, steps: int) -> "np.ndarray":
    """The times of so many steps, datetime64[us]; numbers from 0 where no start is known."""
    import numpy as np

    at = np.arange(steps)
    if begins is None or unit is None:
        return at
    if unit[0] == "s":
        return np.asarray(begins.astype("datetime64[us]") + (at * unit[1]).astype("timedelta64[s]"))
    month = begins.astype("datetime64[M]")
    day = begins.astype("datetime64[D]") - month.astype("datetime64[D]")
    firsts = (month + at * unit[1]).astype("datetime64[D]")
    lasts = (month + at * unit[1] + 1).astype("datetime64[D]") - 1
    return np.asarray(np.minimum(firsts + day, lasts).astype("datetime64[us]"))


def _unit(frequency: str) -> tuple[str, int] | None:
    """`monthly` → months, `10_minutes` → seconds."""
    if frequency in _FREQUENCIES:
        return _FREQUENCIES[frequency]
    found = _NUMBERED.fullmatch(frequency)
    if found is None:
        return None
    unit = found[2].removesuffix("s")
    return ("M", int(found[1])) if unit == "month" else ("s", int(found[1]) * _UNITS[unit])


def _moment(text: str) -> Any:
    """`1979-01-01 00-00-00`, `2012-01-01T00:00:00`; None for what is no moment."""
    import numpy as np

    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d)[-:](\d\d)(?:[-:](\d\d))?)?", text.strip())
    if found is None:
        return None
    clock = ":".join(part or "00" for part in found.groups()[1:])
    return np.datetime64(f"{found[1]}T{clock}", "s")


def _numbers(text: str) -> "np.ndarray":
    import numpy as np

    cells = [cell.strip() for cell in text.split(",")]
    try:
        return np.array([np.nan if cell in ("?", "", "NaN") else float(cell) for cell in cells], np.float64)
    except ValueError as error:
        raise ValueError(f"{str(error)[:60]}") from error


def _header(path: Path) -> dict[str, str] | None:
    """`@name` → kind of each attribute in order, and what the other lines of `@` say; None where it is no such file."""
    try:
        if not start(path, _MARKED).lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"#", b"@")):
            return None
        head = start(path, _HEAD).decode("utf-8", "replace").removeprefix("\ufeff")
    except OSError:
        return None
    found: dict[str, str] = {}
    for line in head.splitlines():
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        if not bare.startswith("@"):
            return None
        key, _, value = bare[1:].partition(" ")
        match key.lower():
            case "data":
                return found if any(name[0] == "@" for name in found) and found.keys() & _OWN else None
            case "attribute":
                name, _, kind = value.strip().rpartition(" ")
                if kind.lower() not in ("string", "date", "numeric") or not name:
                    return None
                found[f"@{name.strip()}"] = kind.lower()
            case "frequency" | "horizon" | "missing" | "equallength":
                found[key.lower()] = value.strip().lower()
            case "relation":
                continue
            case _:
                return None
    return None
