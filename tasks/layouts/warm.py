"""What the forked processes of `noglue bench --layouts` would each import anew: a second and a half of each."""

import importlib
from contextlib import suppress

from noglue.agent.request.combine import Reader
from noglue.agent.request.names import known
from noglue.agent.task import Constraints
from noglue.tasks.layouts import judge, layout, real_data
from noglue.tools import download, extract, inspect, prepare
from noglue.tools.pretrained.published import WeightsMissing
from noglue.tools.pretrained.sentences import shared
from noglue.tools.spec import catalogue

__all__ = ["download", "extract", "inspect", "judge", "prepare"]

for name in ("datasets", "pandas", "pyarrow.parquet", "sklearn.model_selection", "PIL.Image", "openpyxl"):
    with suppress(ImportError):
        importlib.import_module(name)
for reader in catalogue.names("noglue.tools.readers"):
    catalogue.load("noglue.tools.readers", reader)
layout.load_all()
with suppress(ImportError):
    real_data.mnist()
real_data.passages()
with suppress(WeightsMissing):
    shared()
Reader(known(), None).read("Predict the price from houses.csv with a linear model, but not the id.", [], Constraints())
