"""Several kinds of learner for a table, blended: linear models, kernels, trees, boosting, whichever these rows favour.

Every candidate is judged by cross-validation on the training and validation rows together (five folds). A first round
of varied learners is followed by a search over learners and their settings, a second layer above what the
blend's members say, and folds drawn again, until the budget is used; then a greedy selection gives each its weight. The
learners of the folds are kept for boosting and networks, the others fitted again to all these rows. Above 20,000 rows,
where rows belong together (a split by time or by group), or when time is short, the validation rows judge instead. The
scores are of rows that neither the learners nor (with folds) the weights had seen; that the search has chosen by them
flatters them a little.

Beside AutoGluon and FLAML see `tests/bench/peers`, beside library defaults `tests/bench/tables.py`.
options: `candidates`, names or beginnings of names to try, and nothing else (`["lightgbm", "kernel"]`); `avoid`, those
not to; `trials`, of the search at most; `balance`. `settings.epochs`: at most so many rounds of boosting, or epochs.
"""

from pathlib import Path

from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step

BASELINE = False
ALIASES = ("blend", "ensemble of several models", "stacking", "stacked ensemble", "model blend", "blend of models")
KINDS = ("ensembles",)
BLENDS = (
    "logistic",
    "ridge",
    "discriminant",
    "neighbours",
    "extra trees",
    "kernel",
    "gaussian process",
    "lightgbm",
    "catboost",
    "random forest",
)  # CatBoost, and beside these XGBoost and networks, only where their libraries are installed
MOST_ROWS = 200_000
LOADING, CELLS_PER_SECOND = 2.0, 1e6  # seconds for the libraries and the quickest learners; read and learned


def suits(schema: Schema) -> float:
    """Tables of up to 200,000 rows."""
    fits = schema.modality in ("table", "text") and schema.goal in ("classify", "regress")
    return 0.8 if fits and schema.rows.get("train", 0) <= MOST_ROWS else 0.0


def seconds(schema: Schema) -> float:
    """About how long the quickest learners take, boosting among them; most of it the libraries take to load."""
    rows = schema.rows.get("train", 0) + schema.rows.get("validation", 0)
    return LOADING + rows * len(schema.features) / CELLS_PER_SECOND


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    """Raises as `contest.train` does."""
    from noglue.tools.models._tables import candidates, contest

    entry = contest.Entry("table_blend", None, lambda options: candidates.candidates, blend=True)
    return contest.train(entry, data, model, schema, settings, step)


def load(model: Path, device: str) -> Predictor:
    """The device is not used: tables are predicted on the processor."""
    from noglue.tools.models._tables import predictor

    return predictor.load(model)
