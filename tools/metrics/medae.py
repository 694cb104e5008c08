"""Median absolute error, in the target's own unit: half of the rows are off by less."""

from typing import TYPE_CHECKING

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import plainly

if TYPE_CHECKING:
    import numpy as np


@plainly
def compute(truth: "np.ndarray", predicted: "np.ndarray") -> float:
    import numpy as np

    return float(np.median(np.abs(truth - predicted)))


METRIC = Metric(
    name="medae",
    title="median absolute error",
    goal="regress",
    higher=False,
    aliases=(
        "medae",
        "median absolute error",
        "median error",
        "mdae",
        "median of the absolute errors",
        "typical error",
        "medianer absoluter fehler",
        "median des absoluten fehlers",
        "mediane abweichung",
        "erreur absolue médiane",
        "erreur médiane",
        "error absoluto mediano",
        "mediana del error absoluto",
        "error mediano",
    ),
    compute=compute,
    on_request=True,
    unit="target",
)
