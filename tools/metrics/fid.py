"""Fréchet Inception distance: Heusel et al. 2017 (https://arxiv.org/abs/1706.08500).

On the 2,048 features of the Inception network whose weights came with the paper (`tools/generation/inception.py`),
of samples beside the test split. It falls as samples get more, so that a number means little without theirs.
"""

from noglue.tools.metrics import Metric
from noglue.tools.metrics.fd_own import compute

METRIC = Metric(
    name="fid",
    title="FID",
    goal="generate",
    higher=False,
    sees="inception features",
    aliases=("fid", "fid score", "fréchet inception distance", "frechet inception distance"),
    compute=compute,
)
