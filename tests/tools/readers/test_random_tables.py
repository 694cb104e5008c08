"""Text that nobody wrote: the reader of delimited files makes rows of it that add up, or an error that has a name."""

import string
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noglue.tools.readers import delimited
from noglue.tools.spec.errors import DataError, Kind

MARKS = st.sampled_from(list(",;\t|\"'\n\\# \x00\ufeff"))
WORDS = st.one_of(
    st.text(string.ascii_letters + string.digits, max_size=8),
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(
        ["", "NA", "1.234,5", "1 234", "$5", "50%", "(3)", "2020-02-30", "31/12/99", "true", "−4", "12k", "\u2009"]
    ),
    st.text(max_size=6),
)
NOISE = st.lists(st.one_of(MARKS, WORDS), max_size=80).map(lambda parts: "".join(parts).replace("\r", ""))
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, int]:
    """A table that is one, with its number of rows: words that need no quotes, one delimiter, a header."""
    width = draw(st.integers(2, 5))
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    count = draw(st.integers(12, 30))
    number = st.integers(-1000, 1000).map(str)
    word = st.sampled_from(["red", "green", "blue"])
    columns = [
        draw(st.lists(draw(st.sampled_from([number, word])), min_size=count, max_size=count)) for _ in range(width)
    ]
    columns[0] = [str(place) for place in range(count)]
    head = delimiter.join(f"name_{place}" for place in range(width))
    lines = [head, *(delimiter.join(row) for row in zip(*columns, strict=True))]
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines) + "\n", count


def outcome(content: bytes) -> dict[str, int] | Kind:
    """Rows a split as read, which with those left out add up to those counted; or the kind of the error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(content)
        try:
            match = next(iter(delimited.readings([path])), None)
            if match is None:
                return Kind.UNKNOWN_LAYOUT
            raw, counted = delimited.read(match), delimited.count(match)
        except DataError as error:
            return error.kind if len(error.message) < 1000 else Kind.OTHER
    read = {split: table.num_rows for split, table in raw.splits.items()}
    kept, lost = sum(read.values()), sum(raw.lost.values())
    assert kept <= sum(counted.values()) <= kept + lost
    return read


@FEW
@given(NOISE)
def test_noise(text: str) -> None:
    found = outcome(text.encode("utf-8", "surrogatepass"))
    assert isinstance(found, dict) or found in (Kind.UNREADABLE, Kind.UNKNOWN_LAYOUT, Kind.TOO_WIDE, Kind.EMPTY)


@FEW
@given(st.binary(max_size=400))
def test_bytes(content: bytes) -> None:
    found = outcome(content.replace(b"\r", b""))
    assert isinstance(found, dict) or found in (Kind.UNREADABLE, Kind.UNKNOWN_LAYOUT, Kind.TOO_WIDE, Kind.EMPTY)


@FEW
@given(tables())
def test_tables_keep_every_row(made: tuple[str, int]) -> None:
    text, count = made
    assert outcome(text.encode()) == {"all": count}
