"""Scores in words, the same in the verdict, in the warnings and in the report.

>>> score_text(metrics.load("accuracy"), Score(value=0.9722, low=0.951, high=0.986, n=360))
'97.2 % (95.1–98.6 %)'
"""

from noglue.tools.evaluation.scores import Score
from noglue.tools.metrics import Metric

PERCENT = ("fraction", "relative")  # units that are printed as percentages


def number(value: float) -> str:
    """Three or four digits, no exponent where a person would write none: 1234567.8 → `1,234,568`."""
    size = abs(value)
    if size >= 1e9 or size < 0.1:
        return f"{value:.3g}"
    decimals = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 3
    return f"{value:,.{decimals}f}"


def value_text(metric: Metric, value: float, decimals: int = 1) -> str:
    return f"{100 * value:.{decimals}f} %" if metric.unit in PERCENT else _plain(metric, value)


def score_text(metric: Metric, score: Score) -> str:
    """The value with its interval. Percentages get a second decimal where the interval is that narrow."""
    if metric.unit in PERCENT:
        decimals = 1 if score.high - score.low > 0.004 else 2
        low, high = f"{100 * score.low:.{decimals}f}", f"{100 * score.high:.{decimals}f}"
        return f"{100 * score.value:.{decimals}f} % ({low}–{high} %)"
    return f"{_plain(metric, score.value)} ({_plain(metric, score.low)} to {_plain(metric, score.high)})"


def _plain(metric: Metric, value: float) -> str:
    """Three decimals, four where they are needed, fewer from 1 on; of the target's own unit as its size asks for."""
    if metric.unit == "target":
        return number(value)
    if abs(value) >= 1:
        return number(value) if abs(value) < 10 else f"{value:,.1f}"
    text = f"{value:.3f}" if abs(value) >= 0.01 else f"{value:.4f}"
    return text.removeprefix("-") if float(text) == 0 else text


def gain_text(metric: Metric, difference: Score) -> str:
    """How much better or worse, without its sign: `2.8 points (0.6 to 5.0)`."""
    ends = sorted((abs(difference.low), abs(difference.high)))
    if metric.unit in PERCENT:
        return f"{100 * abs(difference.value):.1f} points ({100 * ends[0]:.1f} to {100 * ends[1]:.1f})"
    return f"{_plain(metric, abs(difference.value))} ({_plain(metric, ends[0])} to {_plain(metric, ends[1])})"


def signed_text(metric: Metric, difference: Score) -> str:
    """A difference with its sign: `+1.2 points (0.3 to 2.1)`, `−3.4 (−5.0 to −1.8)`."""
    ends = (difference.value, difference.low, difference.high)
    percent = metric.unit in PERCENT
    sizes = [f"{abs(100 * end):.1f}" if percent else _plain(metric, abs(end)) for end in ends]
    signs = ["−" if end < 0 and size.strip("0.") else "" for end, size in zip(ends, sizes, strict=True)]
    value, low, high = (sign + size for sign, size in zip(signs, sizes, strict=True))
    plus = "+" if difference.value > 0 else ""
    return f"{plus}{value}{' points' if percent else ''} ({low} to {high})"


def listing(names: list[str], most: int = 5) -> str:
    """`a, b, c and 4 more`; long names are cut."""
    shown = [cut(name, 40) for name in names[:most]]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")


def sentence(clause: str) -> str:
    """A clause that was written to follow others, standing alone: with a capital, and a full stop at its end."""
    whole = clause.strip()
    return f"{whole[:1].upper()}{whole[1:]}{'' if whole[-1:] in '.!?…' else '.'}" if whole else ""


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
