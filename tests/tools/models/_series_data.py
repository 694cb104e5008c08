"""Small prepared sets of time series, as `prepare` writes them."""

from pathlib import Path

import datasets
import numpy as np
import pyarrow as pa

from noglue.tools.series.arrays import column
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.schema import Schema


def digits(count: int) -> tuple[list[np.ndarray], np.ndarray]:
    """scikit-learn's digits as series of 8 steps and 8 channels."""
    from sklearn.datasets import load_digits

    found = load_digits()
    return [one.T.astype(np.float32) for one in found.images[:count]], found.target[:count]


def waves(count: int, seed: int = 0) -> tuple[list[np.ndarray], np.ndarray]:
    """Two channels of 40 to 80 steps: of class 1 the second channel follows the first, of class 0 it runs before it."""
    draw = np.random.default_rng(seed)
    kinds = np.arange(count) % 2
    made = []
    for kind in kinds:
        at = np.arange(draw.integers(40, 80)) / 4 + draw.uniform(0, 6)
        made.append(np.stack([np.sin(at), np.sin(at + (0.8 if kind else -0.8))]) + draw.normal(0, 0.2, (2, len(at))))
    return [one.astype(np.float32) for one in made], kinds


def rows(series: list[np.ndarray], values: np.ndarray, names: list[str] | None) -> datasets.Dataset:
    kind = datasets.ClassLabel(names=names) if names else datasets.Value("float64")
    nested = datasets.Sequence(datasets.Sequence(datasets.Value("float32")))
    features = datasets.Features({"series": nested, "label": kind})
    labels = pa.array(values, pa.int64() if names else pa.float64())
    table = pa.table({"series": column(series), "label": labels}).cast(features.arrow_schema)
    return datasets.Dataset(table, info=datasets.DatasetInfo(features=features))


def prepared(
    run: Path, series: list[np.ndarray], values: np.ndarray, ends: tuple[int, int], names: list[str] | None
) -> Schema:
    """RUN/data and RUN/sealed. ends: of the training and of the validation rows."""
    bounds = {"data/train": (0, ends[0]), "data/validation": ends, "sealed/test": (ends[1], len(series))}
    for place, (start, end) in bounds.items():
        rows(series[start:end], values[start:end], names).save_to_disk(str(run / place))
    schema = Schema(
        goal="classify" if names else "regress",
        modality="series",
        target="label",
        features=[Column(name="series", kind="content", dtype="float32")],
        classes=names,
        rows={"train": ends[0], "validation": ends[1] - ends[0], "test": len(series) - ends[1]},
        split="random",
    )
    schema.save(run / "data")
    return schema
