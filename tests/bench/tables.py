"""Tables: what `train` makes of them, beside scikit-learn's and CatBoost's defaults on the same rows.

    python -m tests.bench.tables                               the sets that scikit-learn carries
    python -m tests.bench.tables diamonds.csv:price --seeds 2  a file and its target column

Each seed draws another 20 % as test rows; the others learn from training and validation rows together. Prints the mean
and the standard deviation over the seeds: accuracy (higher is better), or RMSE in the target's units (lower is better).
"""

import argparse
import platform
import tempfile
import time
from pathlib import Path

import datasets
import numpy as np
import pandas as pd

from noglue.tools import metrics, train
from noglue.tools.spec import catalogue
from noglue.tools.spec.profiles import ColumnKind
from noglue.tools.spec.protocols import Predictor
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step
from tests.tools.models._table_data import builtin, prepared

BUILT_IN = ("iris", "wine", "breast_cancer", "diabetes")
RIVALS = ("linear", "logistic or ridge", "hist. gradient boosting", "catboost")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=BUILT_IN)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=120, help="for one training")
    parser.add_argument("--family")
    arguments = parser.parse_args()
    datasets.disable_progress_bars()
    print(f"{platform.machine()}, {platform.processor() or 'processor unknown'}, scikit-learn's defaults beside it")
    print("| table | measure | noglue | " + " | ".join(RIVALS) + " | validation | seconds |\n|" + "---|" * 9)
    for table in arguments.tables:
        found = [one(table, seed, arguments) for seed in range(arguments.seeds)]
        cells = [f"{np.mean(scores):.4g} ± {np.std(scores):.2g}" for scores in zip(*(f[1] for f in found), strict=True)]
        print("| " + " | ".join([Path(table.split(":")[0]).stem, found[0][0], *cells]) + " |", flush=True)


def one(table: str, seed: int, arguments: argparse.Namespace) -> tuple[str, list[float]]:
    """The measure's name; the test scores of noglue's model and of its rivals, the validation score, the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder)
        schema = builtin(run, table, seed=seed) if table in BUILT_IN else from_csv(run, table, seed)
        begun = time.monotonic()
        (run / "step").mkdir()
        step = Step(folder=run / "step", run=run, seed=seed, deadline=begun + arguments.seconds)
        result = train.run(train.Args(family=arguments.family), step)
        seconds = time.monotonic() - begun
        measure = metrics.load(result.metric)
        test = load_split(run / "sealed", "test")
        truth = np.array(test["target"])
        own: Predictor = catalogue.load("noglue.tools.models", result.family).load(run / "model", "cpu")
        simple: Predictor = catalogue.load("noglue.tools.models", "linear").load(run / "model" / "baseline", "cpu")
        predicted = [own.predict(test), simple.predict(test), *rivals(run, schema, seed)]
        scores = [measure.compute(truth, np.asarray(p, np.float64)) for p in predicted]
        return measure.title, [*scores, result.validation[result.metric], seconds]


def from_csv(run: Path, table: str, seed: int) -> Schema:
    """Text with few values becomes categories, with many is left out; rows without a target are left out."""
    file, target = table.rsplit(":", 1)
    frame = pd.read_csv(file).dropna(subset=[target])
    frame = frame.loc[:, [name for name in frame if not str(name).startswith("Unnamed")]]
    truth = frame.pop(target)
    kinds: dict[str, ColumnKind] = {}
    columns: dict[str, np.ndarray] = {}
    for name, values in frame.items():
        if pd.api.types.is_numeric_dtype(values):
            columns[str(name)] = values.to_numpy(np.float64)
        elif values.nunique() < len(values) / 2:
            columns[str(name)] = values.astype(object).where(values.notna(), None).to_numpy(object)
    if pd.api.types.is_float_dtype(truth) or (pd.api.types.is_numeric_dtype(truth) and truth.nunique() > 20):
        return prepared(run, columns, truth.to_numpy(np.float64), None, kinds, seed)
    codes, names = pd.factorize(truth, sort=True)
    return prepared(run, columns, codes, [str(name) for name in names], kinds, seed)


def rivals(run: Path, schema: Schema, seed: int) -> list[np.ndarray]:
    """Predictions of the test rows by others' defaults."""
    from catboost import CatBoostClassifier, CatBoostRegressor
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    names = [feature.name for feature in schema.features]
    words = [feature.name for feature in schema.features if feature.kind == "category"]
    parts = [
        load_split(run / "data", "train"),
        load_split(run / "data", "validation"),
        load_split(run / "sealed", "test"),
    ]
    frames = [part.to_pandas() for part in parts]
    for frame in frames:
        frame[words] = frame[words].astype(object).where(frame[words].notna(), "missing").astype(str)
    learn, test = pd.concat(frames[:2]), frames[2]
    kinds = {word: pd.CategoricalDtype(sorted(set(learn[word]) | set(test[word]))) for word in words}
    classify = schema.goal == "classify"
    linear = make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), words),
            (make_pipeline(SimpleImputer(), StandardScaler()), make_column_selector(dtype_include="number")),
        ),
        LogisticRegression(max_iter=1000) if classify else Ridge(),
    )
    boosting = HistGradientBoostingClassifier if classify else HistGradientBoostingRegressor
    cat = CatBoostClassifier if classify else CatBoostRegressor
    quiet = {"verbose": False, "allow_writing_files": False, "random_seed": seed, "cat_features": words}
    found = []
    for model, prepare in (
        (linear, lambda frame: frame),
        (boosting(categorical_features="from_dtype", random_state=seed), lambda frame: frame.astype(kinds)),
        (cat(**quiet), lambda frame: frame),
    ):
        model.fit(prepare(learn[names]), learn["target"])
        found.append(model.predict_proba(prepare(test[names])) if classify else model.predict(prepare(test[names])))
    return found


if __name__ == "__main__":
    main()
