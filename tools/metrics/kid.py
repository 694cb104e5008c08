"""Kernel Inception distance: Bińkowski et al. 2018 (https://arxiv.org/abs/1801.01401).

On the 2,048 features of the Inception network (`tools/generation/inception.py`), of samples beside the test split.
"""

from noglue.tools.metrics import Metric
from noglue.tools.metrics.kd_own import compute

METRIC = Metric(
    name="kid",
    title="KID",
    goal="generate",
    higher=False,
    sees="inception features",
    aliases=("kid score", "kernel inception distance"),
    compute=compute,
    resampled=2_000,
)
