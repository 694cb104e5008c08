"""The learning curve: training loss and validation score, each where it can be read; of a GAN, both players'."""

from markupsafe import Markup

from noglue.tools import metrics
from noglue.tools.evaluation.wording import PERCENT
from noglue.tools.reporting import charts
from noglue.tools.reporting.drawing import Label, Point
from noglue.tools.reporting.facts import Trained
from noglue.tools.spec import catalogue

ACROSS = ("epoch", "round", "step")
LEFT_OUT = ("seconds", "learning_rate")
SPREAD = "spread: the mean distance between two samples, as a share of that between two training images"
NAMES = {
    "loss": "training loss",
    "validation": "validation loss",
    "loss_d": "discriminator",
    "loss_g": "generator",
}


def curves(trained: Trained) -> list[tuple[str, Markup]]:
    """Caption and chart: one for the losses, one for the validation score where that is another measure.

    A history row is `{"epoch": 3, "loss": 0.41, "validation": 0.87, …}`, or of a GAN
    `{"step": 500, "loss_d": 0.6, "loss_g": 0.8, "fd_own": 12.1, …}`; other columns get a chart each.
    """
    rows = trained.history
    across = next((name for name in ACROSS if name in rows[0]), None) if rows else None
    if len(rows) < 2 or across is None:  # a list of candidates is no curve
        return []
    names = [name for name in rows[0] if name not in (across, *LEFT_OUT)]
    losses = [name for name in names if name == "loss" or (name == "validation" and not _is_score(trained))]
    players = [name for name in names if name in ("loss_d", "loss_g")]
    groups = [group for group in (losses, players) if group]
    groups += [[name] for name in names if name not in losses + players]
    found = []
    for group in groups:
        series = {_named(name, group): _points(rows, across, name) for name in group}
        series = {name: points for name, points in series.items() if points}
        if not series:
            continue
        up, label = ("loss", None) if group in (losses, players) else _measure(group[0], trained)
        caption = _caption(group, series, up)
        found.append((caption, charts.lines(f"{caption} by {across}", across, up, series, label)))
    return found


def _caption(group: list[str], series: dict[str, list[Point]], up: str) -> str:
    if "loss_g" in group:
        return "losses of both players"
    if group == ["spread"]:
        return SPREAD
    return " and ".join(series) if len(series) > 1 else up


def _is_score(trained: Trained) -> bool:
    """Whether the history's `validation` is the measure that choices were made by: then its best is the final score."""
    final, values = trained.validation.get(trained.metric), [row.get("validation") for row in trained.history]
    if final is None or not trained.metric:
        return False
    close = max(0.02 * abs(final), 0.01)
    return any(value is not None and abs(value - final) <= close for value in values)


def _measure(name: str, trained: Trained) -> tuple[str, Label | None]:
    """The axis' name, and how its ticks are written."""
    if name == "validation" and trained.metric:
        metric = metrics.load(trained.metric)
        return f"validation {metric.title}", _percent if metric.unit in PERCENT else None
    if name in catalogue.names("noglue.tools.metrics"):
        metric = metrics.load(name)
        return metric.title, _percent if metric.unit in PERCENT else None
    return NAMES.get(name, name.replace("_", " ")), _percent if name in ("spread", "coverage", "precision") else None


def _percent(value: float) -> str:
    return f"{100 * value:.4g} %"


def _named(name: str, group: list[str]) -> str:
    return name if len(group) == 1 else NAMES.get(name, name)


def _points(rows: list[dict[str, float]], across: str, name: str) -> list[Point]:
    """Points whose value is a number (a first epoch may lack one, a diverged one has NaN)."""
    points = [(row.get(across, float(place)), row.get(name)) for place, row in enumerate(rows, 1)]
    return [(x, y) for x, y in points if x is not None and y is not None and abs(y) < float("inf") and y == y]
