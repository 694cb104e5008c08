"""The question behind a name that nothing has: which of the near ones was meant.

>>> did_you_mean(["Churned?"]), did_you_mean(["churn.csv", "runs", "tickets.csv"])
("Did you mean 'Churned?'?", "Did you mean 'churn.csv', 'runs' or 'tickets.csv'?")
"""

from collections.abc import Sequence


def did_you_mean(names: Sequence[str]) -> str:
    """Empty where no name is near."""
    quoted = [repr(name) for name in names]
    if not quoted:
        return ""
    return f"Did you mean {' or '.join(filter(None, (', '.join(quoted[:-1]), quoted[-1])))}?"
