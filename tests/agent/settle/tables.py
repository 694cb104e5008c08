"""Columns of made-up tables, as `inspect` describes them."""

from noglue.tools.spec.profiles import Column, ColumnKind, Profile


def column(
    name: str, kind: ColumnKind = "number", low: float | None = None, high: float | None = None, values: str = ""
) -> Column:
    """values: separated by blanks."""
    each = values.split()
    dtype = "string" if each or kind in ("text", "date") else "double"
    return Column(name=name, kind=kind, dtype=dtype, distinct=len(each) or 100, minimum=low, maximum=high,
                  examples=each[:5], values=each)  # fmt: skip


def table(*columns: Column, rows: int = 300) -> Profile:
    return Profile(
        modality="table", reader="delimited", files={"all": ["t.csv"]}, rows={"all": rows}, columns=[*columns]
    )


HOUSES = (
    column("id", "identifier", 1, 300), column("sqft", low=30, high=300), column("rooms", low=1, high=6),
    column("year", low=1950, high=2020), column("district", "category", values="north south west east"),
    column("price", low=50_000, high=900_000),
)  # fmt: skip
MEMBERS = (
    column("member_no", "identifier"), column("signed_up", "date"), column("age", low=18, high=90),
    column("smoker", "boolean", values="yes no"), column("plan", "category", values="basic gold premium"),
    column("churned", "boolean", 0, 1, "0 1"),
)  # fmt: skip
WOHNUNGEN = (
    column("Nr", "identifier", 1, 300), column("Lage", "category", values="Stadt Land Rand"),
    column("Zimmer", low=1, high=5), column("Baujahr", low=1900, high=2020),
    column("Kaufpreis", low=100_000, high=900_000),
)  # fmt: skip
