"""Rows of XML: an element that comes again and again, its attributes and what stands in it being the columns.

    <penguins><penguin id="1"><species>Adelie</species><mass unit="g">3750</mass></penguin>…</penguins>
    id  species  mass  mass.unit
    1   Adelie   3750  g

Elements that repeat under several names are several tables; `<field name="mass">3750</field>`, as MySQL writes it, is a
column `mass`. Rows inside of groups that have attributes alone bring these along. Neither entities nor outside files
are ever followed.
Source: https://www.w3.org/TR/xml/
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.pictures.formats import EXTENSIONS
from noglue.tools.readers import _flat_records, _grids
from noglue.tools.readers._splits import unreadable
from noglue.tools.spec.data_form import DataForm

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

READS = "rows of XML (.xml)"
_MOST_BYTES = 1 << 30
_DEEPEST = 200
_FEWEST = 2  # rows
_NAMED_TABLES = (("table_data",), ("table",), ("sheet",))  # whose attribute `name` is that of a table
Place = tuple[str, ...]  # names of elements, from the outermost
_OTHERS = ("html", "svg", "annotation", "plist", "project", "Types", "Relationships", "kml", "gpx", "score-partwise")


def _likely(files: Sequence[Path]) -> list[Path]:
    """By ending and first bytes. What lies beside a picture of its name tells of that picture, and is no table."""
    pictures = {path.stem for path in files if path.suffix.lower() in EXTENSIONS}
    likely = [path for path in files if path.suffix.lower() == ".xml" and not path.name.startswith(".")]
    return [path for path in likely if path.stem not in pictures and _root(path) not in _OTHERS]


def _load(path: Path, form: DataForm | None) -> dict[str, _grids.Grid]:
    """Raises DataError `unreadable`, naming the line where the file breaks."""
    if path.stat().st_size > _MOST_BYTES:
        raise unreadable(path, "it is larger than 1 GB; give it in parts")
    counts = _counted(path)
    places = _rows_of(counts)
    if not places and form is not None:  # one row to predict
        places = _only_row(path, counts, form)
    records: dict[str, list[dict[str, Any] | str]] = {}
    for place, element, around in _elements(path):
        if place in places:
            named = around.pop("name", "") if place[-2:-1] in _NAMED_TABLES else ""
            found = {**(around if places[place] else {}), **_record(element)}
            records.setdefault(named or place[-1], []).append(found)
            element.clear()
    several = len(records) > 1
    return {name if several else "": _flat_records.grid(found, form) for name, found in records.items() if found}


# ---- which elements are rows -------------------------------------------------------------------------------------


class _Counts:
    """How often each place of the tree comes, and how often with anything inside or with attributes."""

    def __init__(self) -> None:
        self.all: Counter[Place] = Counter()
        self.filled: Counter[Place] = Counter()
        self.leaves: Counter[Place] = Counter()


def _counted(path: Path) -> _Counts:
    counts = _Counts()
    for place, element, _ in _elements(path):
        counts.all[place] += 1
        if len(element) or element.attrib:
            counts.filled[place] += 1
        else:
            counts.leaves[place] += 1
        element[:] = [type(element)("x")] if len(element) else []  # of what is inside only that there is something
    return counts


def _only_row(path: Path, counts: _Counts, form: DataForm) -> dict[Place, bool]:
    """The element that has most of the columns that are known."""
    known = set(form.names or form.cells)
    shared = {
        place: len(known & set(_record(element))) for place, element, _ in _elements(path) if counts.filled[place]
    }
    best = max(shared, key=lambda place: shared[place], default=())
    return {best: False} if best else {}


def _rows_of(counts: _Counts) -> dict[Place, bool]:
    """The outermost places that repeat; or (True) what repeats in these, where they have attributes alone."""
    repeated = [place for place in counts.filled if len(place) > 1 and counts.all[place] >= _FEWEST]
    found: list[Place] = []
    for place in sorted(repeated, key=len):
        if any(place[: len(outer)] == outer for outer in found):
            continue
        inner = [one for one in repeated if len(one) == len(place) + 1 and one[:-1] == place]
        plain = any(len(one) == len(place) + 1 and one[:-1] == place for one in counts.leaves)
        rich = [one for one in inner if counts.all[one] >= 2 * counts.all[place] and one[-1] not in ("field", "column")]
        found.append(rich[0] if len(inner) == len(rich) == 1 and not plain else place)
    most = max((counts.all[place] for place in found), default=0)
    return {place: place[:-1] in repeated for place in found if counts.all[place] >= most // 1000}


# ---- reading -----------------------------------------------------------------------------------------------------


def _root(path: Path) -> str:
    """The outermost element's name, as far as the first bytes show it."""
    import re

    with path.open("rb") as file:
        head = file.read(4096)
    found = re.search(rb"<([A-Za-z_][\w.:-]*)", head.replace(b"\0", b""))
    return found[1].decode("ascii", "replace").rpartition(":")[2] if found else ""


def _elements(path: Path) -> "Iterator[tuple[Place, Element, dict[str, str]]]":
    """Every element as it ends, its place, and the attributes of those around it. Raises DataError `unreadable`."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    names: list[str] = []
    around: list[dict[str, str]] = []
    try:
        for event, element in iterparse(str(path), events=("start", "end")):
            if event == "start":
                names.append(_bare(element.tag))
                if len(names) > _DEEPEST:
                    raise unreadable(path, f"elements are nested more than {_DEEPEST} deep")
                around.append(dict(element.attrib) if len(names) > 2 else {})
                continue
            place = tuple(names)
            names.pop()
            around.pop()
            yield place, element, {_bare(key): one for part in around[-1:] for key, one in part.items()}
    except ParseError as error:
        line = getattr(error, "position", (0, 0))[0]
        raise unreadable(path, f"line {line:,} is no XML ({error})") from error
    except DefusedXmlException as error:
        raise unreadable(path, "it defines entities of its own, which are not followed") from error
    except (ValueError, LookupError, OSError) as error:
        raise unreadable(path, f"it is no XML ({error})") from error


def _record(element: "Element") -> dict[str, Any]:
    """An element's attributes and children; of one with both a text and attributes the text has its name alone."""
    found: dict[str, Any] = {_bare(key): value for key, value in element.attrib.items() if _bare(key) != "nil"}
    for child in element:
        named = child.tag and _bare(child.tag) in ("field", "column", "col", "value", "property") and child.get("name")
        name = str(named or _bare(child.tag))
        text = (child.text or "").strip()
        value: Any = text if not len(child) else _record(child)
        if name in found:
            before = found[name]
            value = [*(before if isinstance(before, list) else [before]), value]
        found[name] = value
        if not len(child):
            found |= {f"{name}.{_bare(key)}": one for key, one in child.attrib.items()
                      if _bare(key) != "nil" and not named}  # fmt: skip
    text = (element.text or "").strip()
    if text and not len(element):
        found.setdefault("text", text)
    return found


def _bare(name: str) -> str:
    """Without the name space."""
    return str(name).rpartition("}")[2]


_READER = _grids.GridReader(_likely, _load, 0.72)
sniff, readings, count, read = _READER.sniff, _READER.readings, _READER.count, _READER.read
