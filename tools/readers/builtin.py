"""scikit-learn's built-in sets, by name: `builtin:digits` (no file, no network).

    digits         1797 images of 8×8, ten digits; 0…16 scaled to 0…255
    iris           150 rows, 4 measures, three species
    wine           178 rows, 13 measures, three cultivars
    breast_cancer  569 rows, 30 measures, malignant or benign
    diabetes       442 rows, 10 measures as taken (not standardised), progression after a year
    linnerud       20 rows, three exercises and three measures of the body; Weight stands as target

Source: https://scikit-learn.org/stable/datasets/toy_dataset.html
"""

import csv
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from noglue.tools.spec.data_form import DataForm, PixelScale
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw

READS = "scikit-learn's sets as builtin:NAME"
PREFIX = "builtin:"
DARKEST = 16  # of the digits' pixels
ROWS = {"digits": 1797, "iris": 150, "wine": 178, "breast_cancer": 569, "diabetes": 442, "linnerud": 20}
_TARGETS = {"iris": "species", "wine": "cultivar", "breast_cancer": "diagnosis", "diabetes": "progression"}
_MEASURES = (
    "radius", "texture", "perimeter", "area", "smoothness",
    "compactness", "concavity", "concave points", "symmetry", "fractal dimension",
)  # fmt: skip
_FEATURES = {
    "iris": ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"],
    "wine": [
        "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
        "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines", "proline",
    ],
    "breast_cancer": [
        *(f"mean {measure}" for measure in _MEASURES),
        *(f"{measure} error" for measure in _MEASURES),
        *(f"worst {measure}" for measure in _MEASURES),
    ],
    "diabetes": ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"],
}  # fmt: skip


def sniff(files: Sequence[Path]) -> Match | None:
    """A pseudo path `builtin:NAME` and nothing else; an unknown NAME is an error of `read`."""
    if len(files) != 1 or not files[0].name.startswith(PREFIX):
        return None
    return Match(1.0, {"all": list(files)}, f"scikit-learn's built-in set {_name(files[0])!r}")


def count(match: Match) -> dict[str, int]:
    """Rows a split, known beforehand."""
    return {"all": ROWS[_known(match)]}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `not-found` for a name that scikit-learn does not bundle.

    Its files are read as its own `load_…` functions read them, without the second that importing it takes.
    """
    import numpy as np
    import pyarrow as pa

    name, folder = _known(match), _folder()
    if name == "digits":
        return _digits(np.loadtxt(folder / "digits.csv.gz", delimiter=","), rows)
    classes = None
    if name == "linnerud":
        columns = _spaced(folder / "linnerud_exercise.csv") | _spaced(folder / "linnerud_physiological.csv")
    elif name == "diabetes":
        columns = _columns(np.loadtxt(folder / "diabetes_data_raw.csv.gz"), _FEATURES[name])
        columns[_TARGETS[name]] = pa.array(np.loadtxt(folder / "diabetes_target.csv.gz"))
    else:
        (_, _, *classes), *lines = csv.reader((folder / _file(name)).read_text(encoding="utf-8").splitlines())
        values = np.array(lines, dtype=np.float64)
        columns = _columns(values[:, :-1], _FEATURES[name])
        columns[_TARGETS[name]] = pa.array(values[:, -1].astype(np.int64))
    target = _TARGETS.get(name, "Weight")
    return Raw("table", {"all": _spread(pa.table(columns), rows)}, target=target, classes=classes)


def _folder() -> Path:
    """Where scikit-learn, which need not be imported for it, keeps the files."""
    package = importlib.util.find_spec("sklearn")
    places = package.submodule_search_locations if package else None
    if not places:
        raise DataError(Kind.NOT_FOUND, "scikit-learn, which brings the built-in sets, is not installed.")
    return Path(places[0]) / "datasets" / "data"


def _file(name: str) -> str:
    return "wine_data.csv" if name == "wine" else f"{name}.csv"


def _digits(values: Any, rows: int | None) -> Raw:
    """values: 64 pixels and the digit in each row."""
    import numpy as np
    import pyarrow as pa

    from noglue.tools.readers import _arrays

    pixels = np.rint(values[:, :64].reshape(-1, 8, 8) * (255 / DARKEST)).astype(np.uint8)[..., None]
    column, shape = _arrays.images(pixels)
    table = pa.table({"image": column, "label": pa.array(values[:, 64].astype(np.int64))})
    classes = [str(digit) for digit in range(10)]
    form = DataForm(pixels=PixelScale(low=0, high=DARKEST))
    return Raw("image", {"all": _spread(table, rows)}, target="label", classes=classes, image=shape, form=form)


def _spaced(path: Path) -> dict[str, Any]:
    """Columns of numbers between spaces, below their names."""
    import numpy as np

    names = path.read_text(encoding="utf-8").split("\n", 1)[0].split()
    return _columns(np.loadtxt(path, skiprows=1), names)


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
