"""How often an independent classifier sees in a sample the class that was asked for.

Of a generator with classes. No higher than that classifier's own accuracy can be expected; where it is higher, the
samples are clearer cases than the data are.
"""

from noglue.tools.metrics import Metric
from noglue.tools.metrics._parts import computer
from noglue.tools.metrics.accuracy import combine, parts

METRIC = Metric(
    name="class_conditional_accuracy",
    title="asked-for classes",
    goal="generate",
    higher=True,
    unit="fraction",
    sees="predictions",
    aliases=("asked-for classes", "class fidelity", "class-conditional accuracy", "asked classes"),
    compute=computer(parts, combine),
    parts=parts,
    combine=combine,
    effective=len,
)
