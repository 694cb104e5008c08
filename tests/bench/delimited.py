"""Delimited files: our reader beside DuckDB's sniffer and reader, and clevercsv's sniffer.

    pip install duckdb clevercsv                                       # neither is a dependency
    PYTHONPATH=. python -m tests.bench.delimited                       # the oddities that the tests hold, one a line
    PYTHONPATH=. python -m tests.bench.delimited --files CASES/tables  # the tables of a folder: same cells?
    PYTHONPATH=. python -m tests.bench.delimited --size 1000000        # seconds, memory on so many rows of 30 columns

Right: the same names, and the same cells as text in every row; of rows that are left out, their number.
`docs/decisions/0015-delimited-files.md` has the figures.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

Cells = list[list[str | None]]
READ = "SELECT * FROM read_csv(?, all_varchar = true, store_rejects = true, rejects_limit = 0)"


class Table(NamedTuple):
    names: list[str]
    rows: Cells
    lost: int = 0


class Case(NamedTuple):
    name: str
    content: bytes
    meant: Table | None  # None: no table


PEOPLE = Table(["name", "age", "joined"], [["Anna", "31", "2020-01-02"], ["Björn", "?", "2021-03-04"]])


def cases() -> Iterator[Case]:
    text = "name,age,joined\nAnna,31,2020-01-02\nBjörn,?,2021-03-04\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"):
        for mark in ",;\t|":
            yield Case(f"{encoding} {mark!r}", text.replace(",", mark).encode(encoding), PEOPLE)
    for end in ("\r\n", "\r"):
        yield Case(f"line ends {end!r}", text.replace("\n", end).encode(), PEOPLE)
    russian = [["Москва", "1"], ["Санкт-Петербург", "2"]] * 30
    yield _case("cp1251", Table(["город", "число"], russian), ";", "cp1251")
    late = Table(["name", "n"], [["plain", "1"]] * 40_000 + [["café", "2"]])
    yield _case("latin-1 far behind the beginning", late, ",", "latin-1")
    numbers = Table(["ort", "preis", "menge"], [["Bonn", "1.234,50", "10"], ["Köln", "17,25", "2.000"]])
    yield _case("decimal comma", numbers, ";")
    yield Case("quotes", b'id,text\n1,"a, b"\n2,"two\nlines"\n3,"said ""hi"""\n',
               Table(["id", "text"], [["1", "a, b"], ["2", "two\nlines"], ["3", 'said "hi"']]))  # fmt: skip
    yield Case("single quotes", b"id,text\n1,'a, b'\n2,'c, d'\n3,'e'\n",
               Table(["id", "text"], [["1", "a, b"], ["2", "c, d"], ["3", "e"]]))  # fmt: skip
    yield Case("runs of spaces", b'18.0   8   307.0  "ford torino"\n15.0   8   ?      "amc ambassador"\n',
               Table([], [["18.0", "8", "307.0", "ford torino"], ["15.0", "8", "?", "amc ambassador"]]))  # fmt: skip
    yield from _heads()
    plain: Cells = [[f"{n}", f"{n}"] for n in range(20)]
    yield Case("ragged rows", _written(Table(["a", "b"], plain), ",").encode() + b"1,2,3\n4\n",
               Table(["a", "b"], plain, lost=2))  # fmt: skip
    early = b"name,n,until\nbuzz,1,1996-06-17\nrex,2\nbo,3\nham,4\nsid\n"
    rest: Cells = [["rex", "2", None], ["bo", "3", None], ["ham", "4", None], ["sid", None, None]]
    yield Case("rows that end early", early, Table(["name", "n", "until"], [["buzz", "1", "1996-06-17"], *rest]))
    yield Case("header again", b"a,b\n1,2\n3,4\na,b\n5,6\n", Table(["a", "b"], [["1", "2"], ["3", "4"], ["5", "6"]]))
    yield Case("comma in the last text", b"id,text\n1,so, it goes\n2,well\n3,a, b\n4,c\n5,d\n6,e\n7,f\n8,g\n",
               Table(["id", "text"], [["1", "so, it goes"], ["2", "well"], ["3", "a, b"], *([f"{n}", one]
               for n, one in zip(range(4, 9), "cdefg", strict=True))]))  # fmt: skip
    yield Case("one column", b"value\n1\n2\n", Table(["value"], [["1"], ["2"]]))
    yield Case("a field of 200,000 characters", b"id,text\n1," + b"x" * 200_000 + b"\n2,b\n",
               Table(["id", "text"], [["1", "x" * 200_000], ["2", "b"]]))  # fmt: skip
    yield Case("NUL bytes", b"a,b\n1,x\0y\n2,z\n", Table(["a", "b"], [["1", "xy"], ["2", "z"]]))
    yield Case("leading zeros", b"zip,n\n01234,0\n90210,10\n", Table(["zip", "n"], [["01234", "0"], ["90210", "10"]]))
    for name, noise in (("empty", b""), ("zeros", b"\0" * 5000), ("a picture", b"\x89PNG\r\n" + bytes(range(32)) * 99)):
        yield Case(f"no table: {name}", noise, None)


def _heads() -> Iterator[Case]:
    """Which row names the columns; none: there are no names."""
    for text, names, above in (
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.9,virginica\n", 0, 0),
        ("a,b\nx,y\nz,w\n", 1, 0),
        ("red,small\nblue,large\nred,large\nblue,small\n", 0, 0),
        ("0,1,2\n4,5,6\n7,8,9\n", 1, 0),
        ("label,1x1,1x2\n5,0,0\n3,1,255\n", 1, 0),
        ("country,2010,2011\nDE,1,2\nFR,3,4\n", 1, 0),
        ("# made by us\n# twice\na,b\n1,2\n3,4\n", 1, 2),
        ("Report of May\n\na,b\n1,2\n3,4\n5,6\n", 1, 2),
        ("Survey,,\nof May,,\nname,age,city\nAnna,31,Bonn\nBen,45,Ulm\n", 1, 2),
    ):
        lines = [line.split(",") for line in text.splitlines()[above:]]
        body: Cells = [list(line) for line in lines[names:]]
        yield Case(f"header: {text.splitlines()[0]}", text.encode(), Table(lines[0] if names else [], body))


def _case(name: str, meant: Table, mark: str, encoding: str = "utf-8") -> Case:
    return Case(name, _written(meant, mark).encode(encoding), meant)


def _written(table: Table, mark: str) -> str:
    return "".join(mark.join(cell or "" for cell in row) + "\n" for row in (table.names, *table.rows))


# ---- readers -----------------------------------------------------------------------------------------------------


def ours(path: Path) -> Table | None:
    from noglue.tools.readers._text_tables import dialect_of, strings

    dialect = dialect_of(path)
    if dialect is None:
        return None
    found = strings(path, dialect)
    names = dialect.names if dialect.header else []
    return Table(names, _rows(found.table.to_pydict()), sum(found.lost.values()))


def duckdb(path: Path) -> Table | None:
    """Its sniffer alone decides; cells as text, rows that don't fit rejected and counted."""
    import duckdb as engine

    with engine.connect() as base:
        base.execute("SET threads = 2")
        [(header,)] = base.execute("SELECT HasHeader FROM sniff_csv(?, all_varchar = true)", [str(path)]).fetchall()
        found = base.sql(READ, params=[str(path)]).to_arrow_table()
        [(lost,)] = base.execute("SELECT count(DISTINCT line) FROM reject_errors").fetchall()
    return Table(found.column_names if header else [], _rows(found.to_pydict()), lost)


def duckdb_after_our_encoding(path: Path) -> Table | None:
    from noglue.tools.readers._encoding import encoding_of

    content = path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        utf8 = Path(folder) / "a.csv"
        utf8.write_text(content.decode(encoding_of(content), "replace").removeprefix("\ufeff"), "utf-8", newline="")
        return duckdb(utf8)


def clevercsv(path: Path) -> Table | None:
    """It tells delimiter and quotes; the encoding is charset-normalizer's, first row and bad rows as they come."""
    import clevercsv as sniffer

    rows: Cells = [list(row) for row in sniffer.read_table(str(path))]
    return Table([f"{cell}" for cell in rows[0]], rows[1:]) if rows else None


def _rows(columns: dict[str, list[str | None]]) -> Cells:
    return [[cell or None for cell in row] for row in zip(*columns.values(), strict=True)]


READERS: dict[str, Callable[[Path], Table | None]] = {
    "ours": ours,
    "duckdb": duckdb,
    "duckdb after our encoding": duckdb_after_our_encoding,
    "clevercsv": clevercsv,
}


def _read(reader: str, path: Path) -> "Table | str | None":
    try:
        return READERS[reader](path)
    except Exception as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0][:90]}"


def judged(found: "Table | str | None", meant: Table | None) -> str:
    """Empty where it is right, else what is wrong."""
    if meant is None or found is None:
        return "" if found is None or (meant is None and isinstance(found, str)) else "not refused, or refused"
    if isinstance(found, str):
        return found
    if [name.strip() for name in found.names] != meant.names:
        return f"names {found.names[:4]}"
    if [[cell and cell.strip() for cell in row] for row in found.rows] != meant.rows:
        return f"cells: {len(found.rows)} rows, like {str(found.rows[:1])[:60]}"
    return "" if found.lost == meant.lost else f"{found.lost} rows told as left out"


def oddities() -> None:
    right = dict.fromkeys(READERS, 0)
    everything = list(cases())
    with tempfile.TemporaryDirectory() as folder:
        for case in everything:
            path = Path(folder) / "a.csv"
            path.write_bytes(case.content)
            wrong = {name: judged(_read(name, path), case.meant) for name in READERS}
            for name, why in wrong.items():
                right[name] += not why
            if any(wrong.values()):
                print(case.name, *(f"\n    {name}: {why}" for name, why in wrong.items() if why), sep="")
    print(*(f"{name}: {number} of {len(everything)} right" for name, number in right.items()), sep="\n")


def files(folder: Path) -> None:
    """Where DuckDB reads other cells from real files than we do. What is right is for the reader of these lines."""
    same = compared = 0
    paths = sorted(path for path in folder.rglob("*") if path.suffix in {".csv", ".tsv", ".txt", ".data", ".dat"})
    for path in paths:
        mine, theirs = _read("ours", path), _read("duckdb after our encoding", path)
        if not isinstance(mine, Table) or len(mine.rows) < 2:
            continue
        wrong = judged(theirs, Table([name.strip() for name in mine.names], [
            [cell and cell.strip() for cell in row] for row in mine.rows], mine.lost))  # fmt: skip
        compared += 1
        same += not wrong
        if wrong:
            print(f"{path.relative_to(folder)}: ours {len(mine.rows)} rows × {len(mine.names)}; {wrong}")
    print(f"{same} of {compared} tables alike")


def size(rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, draw = Path(folder) / "big.csv", random.Random(0)
        with path.open("w", encoding="utf-8") as file:
            file.write(",".join(f"c{place}" for place in range(30)) + "\n")
            some = [",".join(f"{draw.gauss(0, 1):.6f}" for _ in range(30)) + "\n" for _ in range(1000)]
            file.writelines(some[place % 1000] for place in range(rows))
        for reader in ("ours", "duckdb"):
            subprocess.run([sys.executable, "-m", "tests.bench.delimited", "--one", reader, str(path)], check=True)


def one(reader: str, path: Path) -> None:
    """Sniff and read to Arrow, as strings: seconds, and the most memory that the process took."""
    started = time.monotonic()
    if reader == "ours":
        from noglue.tools.readers._text_tables import dialect_of, strings

        dialect = dialect_of(path)
        assert dialect is not None
        count = strings(path, dialect).table.num_rows
    else:
        import duckdb as engine

        with engine.connect() as base:
            base.execute("SET threads = 2")
            count = base.sql(READ, params=[str(path)]).to_arrow_table().num_rows
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{reader}: {count:,} rows, {time.monotonic() - started:.1f} s, {most:.2f} GB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=Path)
    parser.add_argument("--size", type=int)
    parser.add_argument("--one", nargs=2)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one[0], Path(asked.one[1]))
    elif asked.size:
        size(asked.size)
    elif asked.files:
        files(asked.files)
    else:
        oddities()


if __name__ == "__main__":
    main()
