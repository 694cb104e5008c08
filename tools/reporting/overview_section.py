"""What the report shows of the training rows: each column's values as a small drawing, and what it says of the target.

>>> facts(overview, "table")["column_rows"][0].relation
'0.61'
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from markupsafe import Markup

from noglue.tools.evaluation.wording import cut, number
from noglue.tools.overview.findings import Bar, ColumnView, Overview
from noglue.tools.reporting.drawing import tag
from noglue.tools.spec import modalities

WIDE, HIGH = 160, 36  # of a histogram
MOST_BARS = 5  # of a column that is learned from
MOST_CLASSES = 20
NAMES = ("overview", "column_rows", "silent_rows", "target_views", "measured", "related")
NONE, UNIQUE = "none seen", "hardly any value twice"
HARDLY = 3  # rows of the most frequent value, of a column whose values say nothing in a drawing


@dataclass(frozen=True)
class Share:
    """One value of a category. share: of the rows that were looked at, as text; wide: of the most frequent one, 0…1."""

    name: str
    rows: str
    share: str
    wide: float


@dataclass(frozen=True)
class Row:
    """One column. drawn: its histogram, with what stands below its ends; or bars. wide: of its relation, 0…1."""

    name: str
    kind: str
    missing: str
    distinct: str
    drawn: Markup | None
    low: str
    middle: str
    high: str
    beyond: str
    bars: list[Share]
    others: str
    relation: str
    wide: float
    to: str


def facts(overview: Overview | None, modality: str) -> dict[str, Any]:
    """The templates' variables, by their names. silent_rows: columns without a relation to the target by themselves."""
    if overview is None:
        return dict.fromkeys(NAMES)
    rows = [_row(view, MOST_BARS) for view in overview.columns]
    telling = [row for row in rows if row.relation not in ("", NONE)]
    related = any(row.relation for row in rows)
    return {
        "overview": overview,
        "column_rows": rows if not related or len(telling) == len(rows) else telling,
        "silent_rows": [row for row in rows if row not in telling] if related else [],
        "target_views": [_row(view, MOST_CLASSES) for view in overview.targets],
        "measured": bool(modalities.load(modality).content),
        "related": related,
    }


def _row(view: ColumnView, most: int) -> Row:
    low, middle, high = (_value(view, end) for end in (view.low, view.middle, view.high))
    shown, rest = view.bars[:most], view.bars[most:]
    others = view.others + sum(bar.rows for bar in rest)
    values = (view.distinct or 0) - len(shown)
    telling = any(bar.rows > HARDLY for bar in view.bars) or not others
    return Row(
        name=view.name,
        kind="yes or no" if view.kind == "boolean" else view.kind,
        missing=_missing(view.missing),
        distinct="" if view.distinct is None else f"{view.distinct:,}",
        drawn=_histogram(view, f"{view.name}: {low} to {high}, median {middle}") if view.counts else None,
        low=low,
        middle=middle,
        high=high,
        beyond=f"{view.beyond:,} farther out" if view.beyond else "",
        bars=_shares(shown) if telling else [],
        others=_others(values, others) if telling else UNIQUE if view.bars else "",
        relation="" if view.relation is None else f"{view.relation:.2f}" if view.relation else NONE,
        wide=view.relation or 0.0,
        to=view.to if view.relation else "",
    )


def _others(values: int, rows: int) -> str:
    return f"and {values:,} other value{'s' if values != 1 else ''}, {rows:,} rows" if rows and values > 0 else ""


def _missing(share: float) -> str:
    """`8.4 %`; `none`; `under 0.1 %`."""
    if not share:
        return "none"
    return f"{100 * share:.1f} %" if share >= 0.001 else "under 0.1 %"


def _shares(bars: list[Bar]) -> list[Share]:
    most, total = max((bar.rows for bar in bars), default=1) or 1, sum(bar.rows for bar in bars) or 1
    return [
        Share(cut(bar.value, 60) or "(empty)", f"{bar.rows:,}", f"{100 * bar.rows / total:.0f} %", bar.rows / most)
        for bar in bars
    ]


def _value(view: ColumnView, value: float | None) -> str:
    """An end of a histogram: a number, a date (with its hour where the dates span less than three days), a length."""
    if value is None:
        return ""
    if view.kind == "date":
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)
        short = (view.high or 0.0) - (view.low or 0.0) < 3 * 86400
        return f"{moment:%Y-%m-%d %H:%M}" if short else f"{moment:%Y-%m-%d}"
    text = f"{int(value):,}" if float(value).is_integer() and abs(value) < 1e12 else number(value)
    return f"{text} {view.unit}" if view.unit else text


def _histogram(view: ColumnView, title: str) -> Markup:
    """One path for all bars: forty columns of them stay small."""
    most, wide = max(view.counts) or 1, WIDE / len(view.counts)
    gap = min(1.0, wide * 0.12)
    parts = []
    for place, count in enumerate(view.counts):
        high = HIGH * count / most
        if count:
            high = max(high, 1.0)
            parts.append(f"M{place * wide + gap / 2:.1f} {HIGH}v{-high:.1f}h{wide - gap:.1f}v{high:.1f}z")
    path = tag("path", kind="bar", d="".join(parts))
    return tag("svg", path, kind="spark", viewBox=f"0 0 {WIDE} {HIGH}", preserveAspectRatio="none", role="img",
               aria_label=title)  # fmt: skip
