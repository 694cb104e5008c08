"""The rows that a model did not learn from, kept beside it so that its predictions can say how sure they are.

    keep(trained, making, schema, step)        # → model/calibration.arrow, at most 10,000 rows of three numbers

What a training held (its validation rows, or predictions of every fold by models that had not seen it) serves as it is;
else the validation rows are predicted, as many as there is time for. See `tools/evaluation/conformal.py`.
"""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.protocols import Predictor, Trained
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import datasets
    import numpy as np

LEAST_SECONDS, SHARE = 2.0, 0.03  # for predicting rows that no training held; of the training's seconds
PROBED = 64  # rows that tell how long the others will take
SPLITS = (("validation",), ("train", "validation"))


def keep(trained: Trained, model: Path, schema: Schema, step: Step) -> None:
    """Notes where there are none to keep."""
    import numpy as np

    from noglue.tools.evaluation.conformal import MOST_ROWS, Calibration
    from noglue.tools.values.derived_targets import own_unit

    held = trained.held
    if held is None and "validation" not in trained.learned_from:
        held = _predicted(trained, model, schema, step)
    if held is None:
        trained.notes.append("no rows are left to say how sure its predictions are")
        return
    truth, predicted = (np.asarray(part) for part in held)
    unit = _groups(truth, schema, step)
    truth, predicted = own_unit(truth, schema.derived), own_unit(predicted, schema.derived)
    known = goals.load(schema.goal).has_truth(truth) & np.isfinite(predicted).reshape(len(predicted), -1).all(axis=1)
    rows = np.flatnonzero(known)
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(step.seed).permutation(rows)[:MOST_ROWS])
    if not len(rows):
        return
    said = predicted[rows] if schema.classes is None else predicted[rows, truth[rows].astype(np.int64)]
    grouped = unit is not None and schema.group is not None
    Calibration(
        truth=truth[rows],
        said=said.astype(np.float64),
        unit=np.arange(len(rows)) if unit is None else unit[rows],
        classes=schema.classes,
        group=schema.group if grouped else None,
        ordered=schema.time is not None,
    ).save(model)
    if schema.group is not None and not grouped:
        trained.notes.append(
            f"which rows set aside share a value of {schema.group} is not known, so intervals count them one by one"
        )


def _predicted(trained: Trained, model: Path, schema: Schema, step: Step) -> "tuple[np.ndarray, np.ndarray] | None":
    """Targets and predictions of validation rows, drawn at random where there is no time for all."""
    import numpy as np

    from noglue.tools.data.arrays import label_array
    from noglue.tools.evaluation.conformal import MOST_ROWS

    if not (step.run / "data" / "validation").is_dir():
        return None
    rows = load_split(step.run / "data", "validation")
    if not len(rows):
        return None
    predictor: Predictor = catalogue.load("noglue.tools.models", trained.family).load(model, step.device)
    order = np.random.default_rng(step.seed).permutation(len(rows))[:MOST_ROWS]
    begun = time.monotonic()
    first = predictor.predict(rows.select(order[:PROBED]))
    each = (time.monotonic() - begun) / len(first)
    most = int(max(LEAST_SECONDS, SHARE * trained.seconds) / max(each, 1e-9))
    chosen = np.sort(order[PROBED : PROBED + most])
    rest = predictor.predict(rows.select(chosen)) if len(chosen) else first[:0]
    drawn = np.concatenate([order[:PROBED], chosen])
    truth = label_array(rows, str(schema.target))[drawn]
    whole = np.argsort(drawn, kind="stable")
    if len(drawn) == len(rows):  # in the split's order, so that its groups are known
        return truth[whole], np.concatenate([first, rest])[whole]
    return truth, np.concatenate([first, rest])


def _groups(truth: "np.ndarray", schema: Schema, step: Step) -> "np.ndarray | None":
    """The group of each row, int64 (n,), where the rows are found to be those of a split, in its order."""
    import numpy as np

    from noglue.tools.data.arrays import arrow_column, label_array
    from noglue.tools.data.codes import codes

    if schema.group is None:
        return None
    for names in SPLITS:
        splits = [_labelled(step.run / "data", name, schema) for name in names]
        there = [split for split in splits if split is not None and schema.group in split.column_names]
        if len(there) < len(names):
            continue
        targets = np.concatenate([label_array(split, str(schema.target)) for split in there])
        if len(targets) == len(truth) and np.array_equal(targets, truth, equal_nan=True):
            import pyarrow as pa

            values = [chunk for split in there for chunk in arrow_column(split, schema.group).chunks]
            return codes(pa.chunked_array(values))
    return None


def _labelled(data: Path, name: str, schema: Schema) -> "datasets.Dataset | None":
    import numpy as np

    from noglue.tools.data.arrays import label_array

    if not (data / name).is_dir():
        return None
    rows = load_split(data, name)
    known = goals.load(schema.goal).has_truth(label_array(rows, str(schema.target)))
    return rows if known.all() else rows.select(np.flatnonzero(known))
