"""What the report tells of where a model is wrong: curves over thresholds, features whose values it fails for.

>>> facts(found)["segment_rows"][0].value
'61.5 to 80'
"""

from typing import Any

from markupsafe import Markup

from noglue.tools.evaluation.findings import Curves, Evaluation, Segment
from noglue.tools.evaluation.wording import cut
from noglue.tools.reporting import charts, forest

MOST_SEGMENTS = 8
MOST_FEATURES = 4  # with a chart of their residuals


def facts(found: Evaluation | None) -> dict[str, Any]:
    """The templates' variables."""
    if found is None:
        return {"curve_charts": [], "segment_rows": [], "segments_apart": 0, "feature_charts": []}
    apart = [segment for segment in found.segments if segment.apart]
    shown = apart or found.segments[:3]
    return {
        "curve_charts": [] if found.curves is None else _curves(found.curves),
        "segment_rows": shown[:MOST_SEGMENTS],
        "segments_apart": len(apart),
        "feature_charts": _features(found.segments),
    }


def _curves(curves: Curves) -> list[tuple[str, Markup]]:
    """Captions and charts."""
    positive, share = cut(curves.positive, 40), curves.positives / curves.rows
    roc = charts.shares(
        f"ROC curve of {positive}", "false alarms", "recall", curves.roc, curves.here[0], ((0.0, 0.0), (1.0, 1.0))
    )
    recalled = charts.shares(
        f"Precision and recall of {positive}",
        "recall",
        "precision",
        curves.recalled,
        curves.here[1],
        ((0.0, share), (1.0, share)),
    )
    return [
        (f"recall of “{positive}” against false alarms among the others; area {curves.area:.3f}", roc),
        (f"precision against recall of “{positive}”; average precision {curves.average:.3f}", recalled),
    ]


def _features(segments: list[Segment]) -> list[tuple[str, Markup]]:
    """Residuals by the features that tell most of them."""
    names = list(dict.fromkeys(segment.feature for segment in segments if segment.quartiles is not None))
    drawn = []
    for name in names[:MOST_FEATURES]:
        of = [one for one in segments if one.feature == name and one.quartiles is not None]
        if len(of) >= 2:
            boxes = [(one.value, *one.quartiles) for one in _in_order(of) if one.quartiles is not None]
            chart = forest.ranges(f"Predicted minus true by {name}", boxes)
            drawn.append((f"By {cut(name, 80)}", chart))
    return drawn


def _in_order(segments: list[Segment]) -> list[Segment]:
    return sorted(segments, key=lambda one: one.place)
