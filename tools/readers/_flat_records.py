"""Records with records and lists inside, as JSON, Avro and XML have them, to a table of cells.

{"size": {"mass": 3750}, "bill": [39.1, 18.7], "seen": ["spring", "autumn"]}
size.mass  bill.0  bill.1  seen
3750       39.1    18.7    spring autumn
"""

from collections.abc import Mapping, Sequence
from typing import Any

from noglue.tools.readers import _grids

Records = list[dict[str, Any] | str]  # a string: why this record could not be read
_LONGEST_LIST = 64


def grid(records: Sequence[dict[str, Any] | str]) -> _grids.Grid:
    """Columns in the order in which records bring them; lists of records are left out, and told."""
    flat: list[dict[str, str]] = []
    bad: dict[int, str] = {}
    dropped: dict[str, None] = {}
    for place, record in enumerate(records):
        if isinstance(record, str):
            bad[place] = record
        flat.append({} if isinstance(record, str) else _flat(record, dropped))
    names = list(dict.fromkeys(name for record in flat for name in record))
    rows = [[record.get(name, "") for name in names] for record in flat]
    notes = [f"{name}: lists of records have no place in a table and were left out" for name in dropped]
    return _grids.Grid(names, rows, bad=bad, notes=notes)


def _flat(record: Mapping[str, Any], dropped: dict[str, None], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in record.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            found |= _flat(value, dropped, f"{name}.")
        elif isinstance(value, list):
            numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in value)
            if value and numbers and len(value) <= _LONGEST_LIST:
                found |= {f"{name}.{place}": _grids.cell(one) for place, one in enumerate(value)}
            elif any(isinstance(one, dict | list) for one in value):
                dropped[name] = None
            else:
                found[name] = " ".join(_grids.cell(one) for one in value)
        else:
            found[name] = _grids.cell(value)
    return found
