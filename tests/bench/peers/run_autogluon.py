"""AutoGluon on one split, run by the interpreter that has it: no import of this project.

    /path/to/autogluon/bin/python run_autogluon.py TRAIN.csv TEST.csv TARGET KIND SECONDS SEED THREADS OUT.csv PRESET

KIND: binary, multiclass or regression. OUT.csv: a column for each class with its probability, or `prediction`. The last
line printed names the models of the leaderboard, so that a family that was skipped is seen.
"""

import json
import sys
import tempfile
import time

import pandas as pd

MEASURES = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "root_mean_squared_error"}


def main() -> None:
    train, test, target, kind, seconds, _, threads, out, preset = sys.argv[1:]
    from autogluon.tabular import TabularPredictor

    learn, ask = pd.read_csv(train), pd.read_csv(test).drop(columns=[target])
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        predictor = TabularPredictor(
            label=target, problem_type=kind, eval_metric=MEASURES[kind], path=folder, verbosity=0
        )
        predictor.fit(learn, time_limit=float(seconds), presets=preset, num_cpus=int(threads), num_gpus=0)
        took = time.monotonic() - begun
        if kind == "regression":
            found = pd.DataFrame({"prediction": predictor.predict(ask)})
        else:
            found = predictor.predict_proba(ask)
        found.to_csv(out, index=False)
        models = sorted(predictor.leaderboard()["model"])
    print(json.dumps({"seconds": round(took, 1), "models": models}))


if __name__ == "__main__":
    main()
