"""The card that a notebook shows of a model: what it does, how well, what was not done, where the report is."""

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noglue.agent.model.outcome import Outcome

MOST_WISHES = 5
_STYLE = "border:1px solid #8886;border-radius:6px;padding:.7em 1em;max-width:46em;font:14px/1.45 system-ui,sans-serif"


def html(outcome: "Outcome") -> str:
    """Plain HTML with its own few styles; every word of data or run is escaped."""
    from noglue.agent.ui.wording import score, title_of

    metric = outcome.task.metric or ""
    rows = []
    for place, title in (("test", "on the test rows"), ("baseline", "guessing"), ("simple", "a simple model")):
        measured = outcome.metrics.get(place, {}).get(metric)
        if measured is not None:
            said = score(metric, measured.model_dump())
            rows.append(f"<tr><td>{escape(title_of(metric))} {title}</td><td><b>{escape(said)}</b></td></tr>")
    kind = "" if outcome.model is None else f" · {escape(outcome.model.family)}"
    left = [wish for wish in outcome.wishes if wish.state in ("not-done", "refused")]
    lines = [f"<li>not done: {escape(wish.text)}{escape(f' ({wish.why})' if wish.why else '')}</li>"
             for wish in left[:MOST_WISHES]]  # fmt: skip
    verdict = f"<p>{escape(outcome.verdict)}</p>" if outcome.verdict else ""
    report = escape(outcome.report.as_uri(), quote=True) if outcome.report.is_absolute() else ""
    return (
        f'<div style="{_STYLE}"><b>{escape(outcome.run)}</b>{kind}'
        f"<table>{''.join(rows)}</table>{verdict}{'<ul>' + ''.join(lines) + '</ul>' if lines else ''}"
        f'<a href="{report}">report</a> <code>{escape(str(outcome.path))}</code></div>'
    )
