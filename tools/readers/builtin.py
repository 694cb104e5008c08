"""scikit-learn's built-in sets, by name: `builtin:digits` (no file, no network).

    digits         1797 images of 8×8, ten digits; 0…16 scaled to 0…255
    iris           150 rows, 4 measures, three species
    wine           178 rows, 13 measures, three cultivars
    breast_cancer  569 rows, 30 measures, malignant or benign
    diabetes       442 rows, 10 measures as taken (not standardised), progression after a year
    linnerud       20 rows, three exercises and three measures of the body; Weight stands as target

Source: https://scikit-learn.org/stable/datasets/toy_dataset.html
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw

READS = "scikit-learn's sets as builtin:NAME"
PREFIX = "builtin:"
ROWS = {"digits": 1797, "iris": 150, "wine": 178, "breast_cancer": 569, "diabetes": 442, "linnerud": 20}
_TARGETS = {"iris": "species", "wine": "cultivar", "breast_cancer": "diagnosis", "diabetes": "progression"}


def sniff(files: Sequence[Path]) -> Match | None:
    """A pseudo path `builtin:NAME` and nothing else; an unknown NAME is an error of `read`."""
    if len(files) != 1 or not files[0].name.startswith(PREFIX):
        return None
    return Match(1.0, {"all": list(files)}, f"scikit-learn's built-in set {_name(files[0])!r}")


def count(match: Match) -> dict[str, int]:
    """Rows a split, known beforehand."""
    return {"all": ROWS[_known(match)]}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `not-found` for a name that scikit-learn does not bundle."""
    import pyarrow as pa

    name = _known(match)
    if name == "digits":
        return _digits(rows)
    from sklearn import datasets

    if name == "linnerud":
        both = datasets.load_linnerud()
        columns = _columns(both.data, both.feature_names) | _columns(both.target, both.target_names)
        return Raw("table", {"all": _spread(pa.table(columns), rows)}, target="Weight")
    options = {"scaled": False} if name == "diabetes" else {}
    bunch = getattr(datasets, f"load_{name}")(**options)
    columns = _columns(bunch.data, bunch.feature_names)
    target = _TARGETS[name]
    regression = name == "diabetes"
    columns[target] = pa.array(bunch.target.astype("float64" if regression else "int64"))
    classes = None if regression else [str(label) for label in bunch.target_names]
    return Raw("table", {"all": _spread(pa.table(columns), rows)}, target=target, classes=classes)


def _digits(rows: int | None) -> Raw:
    """From scikit-learn's own file, as `load_digits` reads it, without the second that importing scikit-learn takes."""
    import importlib.util

    import numpy as np
    import pyarrow as pa

    from noglue.tools.readers import _arrays

    package = importlib.util.find_spec("sklearn")
    places = package.submodule_search_locations if package else None
    if not places:
        raise DataError(Kind.NOT_FOUND, "scikit-learn, which brings the digits, is not installed.")
    values = np.loadtxt(Path(places[0]) / "datasets" / "data" / "digits.csv.gz", delimiter=",")
    pixels = np.rint(values[:, :64].reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)[..., None]
    column, shape = _arrays.images(pixels)
    table = pa.table({"image": column, "label": pa.array(values[:, 64].astype(np.int64))})
    classes = [str(digit) for digit in range(10)]
    return Raw("image", {"all": _spread(table, rows)}, target="label", classes=classes, image=shape)


def _columns(values: Any, names: Sequence[str]) -> dict[str, Any]:
    import pyarrow as pa

    return {str(name): pa.array(values[:, place].astype("float64")) for place, name in enumerate(names)}


def _spread(table: Any, rows: int | None) -> Any:
    from noglue.tools.readers import _arrays

    return table if rows is None else table.take(_arrays.pick(table.num_rows, rows))


def _name(path: Path) -> str:
    return path.name.removeprefix(PREFIX).lower().replace("-", "_").replace(" ", "_")


def _known(match: Match) -> str:
    name = _name(next(path for paths in match.files.values() for path in paths))
    if name not in ROWS:
        raise DataError(
            Kind.NOT_FOUND, f"There is no built-in data set {name!r}.", hint=f"Built in are: {', '.join(sorted(ROWS))}."
        )
    return name
