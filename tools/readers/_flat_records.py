"""Records with records and lists inside, as JSON, Avro and XML have them, to a table of cells.

{"size": {"mass": 3750}, "bill": [39.1, 18.7], "seen": ["spring", "autumn"]}
size.mass  bill.0  bill.1  seen
3750       39.1    18.7    spring autumn
"""

from collections.abc import Iterable, Mapping
from typing import Any

from noglue.tools.readers import _cells, _grids
from noglue.tools.spec.data_form import DataForm

Record = dict[str, Any] | str  # a string: why this record could not be read
Records = list[Record]
_LONGEST_LIST = 64


def grid(records: Iterable[Record], form: DataForm | None = None) -> _grids.Grid:
    """Columns in the order in which records bring them; lists of records are left out, and told."""
    filler = _cells.Filler(form=form)
    bad: dict[int, str] = {}
    dropped: dict[str, None] = {}
    for record in records:
        if isinstance(record, str):
            bad[filler.count] = record
            filler.row([])
        else:
            filler.record(_flat(record, dropped))
    notes = [f"{name}: lists of records have no place in a table and were left out" for name in dropped]
    return _grids.Grid(filler.names, filler.columns(), bad=bad, notes=notes)


def _flat(record: Mapping[str, Any], dropped: dict[str, None], before: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in record.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            found |= _flat(value, dropped, f"{name}.")
        elif isinstance(value, list):
            numbers = any(map(_is_number, value)) and all(one is None or _is_number(one) for one in value)
            if numbers and len(value) <= _LONGEST_LIST:
                found |= {f"{name}.{place}": one for place, one in enumerate(value)}
            elif any(isinstance(one, dict | list) for one in value):
                dropped[name] = None
            else:
                found[name] = " ".join(_cells.text(one) for one in value)
        else:
            found[name] = value
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
