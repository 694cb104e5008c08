"""What `noglue compare` prints: each run's score, and how it stands to the first.

accuracy on the same 359 test rows
A  97.8 % (96.4–98.9 %)  24.1 s  resnet         runs/20261130-122151-recognise-handwritten-digits
B  95.0 % (92.5–97.2 %)   8.2 s  pixels linear  runs/20261130-122644-recognise-handwritten-digits
B is worse than A: accuracy −2.8 points (−4.7 to −0.8) on the same 359 test rows.
"""

from pathlib import Path

from noglue.agent.commands.compare import Comparison
from noglue.agent.ui.printing import print_json, say, short
from noglue.tools import metrics
from noglue.tools.reporting.quantities import clock


def comparison(found: Comparison, as_json: bool) -> int:
    """Always exit 0: that one is worse is an answer too."""
    if as_json:
        print_json(found.model_dump())
        return 0
    from noglue.tools.evaluation.wording import score_text

    metric = metrics.load(found.measure)
    rows = [
        (one.label, "–" if one.score is None else score_text(metric, one.score), clock(one.seconds),
         one.family.replace("_", " "), str(short(Path(one.path))))
        for one in found.runs
    ]  # fmt: skip
    wide = [max(len(row[place]) for row in rows) for place in range(4)]
    better = "higher" if found.higher else "lower"
    say(f"{found.title} on the same {found.rows:,} test rows ({better} is better)")
    for label, score, took, family, path in rows:
        say(f"{label:{wide[0]}}  {score:{wide[1]}}  {took:>{wide[2]}}  {family:{wide[3]}}  {path}")
    say(*(one.text for one in found.differences), *(f"note  {note}" for note in found.notes))
    return 0
