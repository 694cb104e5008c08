"""The models that a run tried, best first, for `noglue show`: validation score, seconds, share in what is kept.

>>> lines(content)[1]
'  catboost                        accuracy 93.1 %       2.1 s    62 %'
"""

from typing import Any

from noglue.agent.ui.wording import title_of
from noglue.tools.spec import catalogue

MOST = 12


def lines(content: dict[str, Any]) -> list[str]:
    """Nothing where fewer than two were tried. content: of run.json."""
    tried = [one for one in content.get("candidates") or [] if isinstance(one.get("validation"), dict)]
    name = _measure(content, tried)
    if len(tried) < 2 or name is None:
        return []
    from noglue.tools import metrics
    from noglue.tools.evaluation.wording import value_text

    metric = metrics.load(name)
    tried.sort(key=lambda one: _place(one["validation"].get(name), metric.higher))
    told = [f"tried    {len(tried)} models, by their {title_of(name)} on rows that they did not learn from"]
    for one in tried[:MOST]:
        score = one["validation"].get(name)
        shown = "–" if score is None else value_text(metric, float(score))
        share = f"{100 * one['share']:.0f} %" if one["share"] else "–"
        told.append(f"  {str(one['title'])[:34]:34}  {shown:>10}  {one['seconds']:>8.1f} s  {share:>6}")
    rest = len(tried) - MOST
    return [*told, *([f"  and {rest} more, in the report and in run.json"] if rest > 0 else [])]


def _measure(content: dict[str, Any], tried: list[dict[str, Any]]) -> str | None:
    """The measure that decides, else the one that most of them have."""
    names = [name for one in tried for name in one["validation"]]
    decides = (content.get("task") or {}).get("metric")
    first = decides if decides in names else max(names, key=names.count, default=None)
    return first if first in catalogue.names("noglue.tools.metrics") else None


def _place(score: float | None, higher: bool) -> tuple[bool, float]:
    """Those without a score last."""
    return score is None, 0.0 if score is None else -score if higher else score
