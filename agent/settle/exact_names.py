"""What a flag or a Python argument names: a column or a class by its very name, never one that is only near.

>>> exactly("Churned", ["Churned?", "churn_date"]), exactly("agent_fees", ["agent_fee"]), exactly("-1", ["1"])
('Churned?', None, None)

Cases, blanks, underscores and marks may differ; letters and numbers may not, nor a sign or a point within a number.
"""

import re
import unicodedata
from collections.abc import Sequence

_IN_NUMBERS = re.compile(r"(?<![\w.,])[-−](?=[\d.,])|(?<=\d)[.,](?=\d)|(?<![\w])[<>=≤≥]+")


def exactly(given: str, names: Sequence[str]) -> str | None:
    """The one name that is meant; None where there is none, or where two differ from what is given by marks alone."""
    for alike in (str, _folded, _bare):
        found = [name for name in names if alike(name) == alike(given)]
        if found and alike(given):
            return found[0] if len(set(found)) == 1 else None
    return None


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _bare(name: str) -> str:
    """Letters and digits, and behind them the marks that say which number, or which side of it."""
    letters = re.sub(r"[\W_]+", "", _folded(name))
    return f"{letters} {''.join(_IN_NUMBERS.findall(name))}" if letters else ""
