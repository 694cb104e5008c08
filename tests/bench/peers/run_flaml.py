"""FLAML on one split, run by the interpreter that has it: no import of this project.

    /path/to/flaml/bin/python run_flaml.py TRAIN.csv TEST.csv TARGET KIND SECONDS SEED THREADS OUT.csv -

As `run_autogluon.py`; the models of the last line are the kinds that were tried.
"""

import json
import sys
import time

import pandas as pd

MEASURES = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}


def main() -> None:
    train, test, target, kind, seconds, seed, threads, out, _ = sys.argv[1:]
    from flaml import AutoML

    learn, ask = pd.read_csv(train), pd.read_csv(test).drop(columns=[target])
    begun = time.monotonic()
    automl = AutoML()
    automl.fit(
        dataframe=learn,
        label=target,
        task="regression" if kind == "regression" else "classification",
        metric=MEASURES[kind],
        time_budget=float(seconds),
        n_jobs=int(threads),
        seed=int(seed),
        verbose=0,
    )
    took = time.monotonic() - begun
    if kind == "regression":
        found = pd.DataFrame({"prediction": automl.predict(ask)})
    else:
        found = pd.DataFrame(automl.predict_proba(ask), columns=[str(name) for name in automl.classes_])
    found.to_csv(out, index=False)
    print(json.dumps({"seconds": round(took, 1), "models": sorted(automl.best_config_per_estimator)}))


if __name__ == "__main__":
    main()
