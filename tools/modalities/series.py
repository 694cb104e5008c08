"""Measurements over time: heard in requests. They come as tables, and are read and learned from as such."""

from noglue.tools.spec.modalities import ModalityPlugin

MODALITY = ModalityPlugin(
    name="series",
    plural="time series",
    noun="series",
    piece="row",
    example="series.csv",
    search="time series dataset",
    endings="edf ts",
    tabular=True,
    rank=4,
)
