"""Is it better than chance, and better than the simple model? Decided on paired differences, said in words."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tools import metrics
from tools.core.bootstrap import Bootstrap
from tools.core.evaluation.findings import Rival, Score
from tools.core.evaluation.wording import cut, gain_text, score_text, value_text
from tools.core.schema import Schema
from tools.metrics import Metric

Outcome = Literal["better", "no-better", "worse", "mixed"]
Verdict = tuple[Outcome, str]

FEWEST_OF_A_CLASS = 10


@dataclass
class Judge:
    """The truth of some rows, and what predictions of them are worth.

    main: the measure that decides. The same resamples serve every prediction, so that differences are paired.
    """

    schema: Schema
    main: Metric
    truth: np.ndarray
    seed: int

    def __post_init__(self) -> None:
        self.measures = metrics.for_goal(self.schema.goal, len(self.schema.classes or []))
        self.bootstrap = Bootstrap(len(self.truth), self.seed)

    def scores(self, predicted: np.ndarray) -> dict[str, Score]:
        """Every measure that has a value here."""
        found = {metric.name: self.bootstrap.score(metric, self.truth, predicted) for metric in self.measures}
        return {name: score for name, score in found.items() if score is not None}

    def rival(self, name: str, title: str, model: np.ndarray, other: np.ndarray) -> Rival:
        """Another prediction of the same rows, with the model's lead over it."""
        difference = self.bootstrap.difference(self.main, self.truth, model, other)
        return Rival(name=name, title=title, metrics=self.scores(other), difference=difference)

    def verdict(self, scores: dict[str, Score], model: np.ndarray, chance: np.ndarray, rivals: list[Rival]) -> Verdict:
        """The outcome and one short paragraph. rivals: chance first."""
        main, score, against = self.main, scores[self.main.name], rivals[0]
        others = [_beside(main, other) for other in rivals[1:]]
        text = f"{main.title} {score_text(main, score)} on {score.n:,} test rows; {against.title} gives "
        text += f"{value_text(main, against.metrics[main.name].value)}."
        outcome = standing(main, against.difference)
        if outcome == "better":
            return "better", " ".join(["Better than chance:", text, *others])
        second = self._second_opinion()
        if outcome == "no-better" and second is not None:
            lead = self.bootstrap.difference(second, self.truth, model, chance)
            if standing(second, lead) == "better":
                text = f"By this measure no better than the most frequent class: {text}"
                also = f"Yet it does separate the classes: {second.title} {score_text(second, scores[second.name])}."
                return "mixed", " ".join([text, also, *others])
        word = "Worse" if outcome == "worse" else "No better"
        return outcome, f"{word} than chance: {text} What it learnt does not carry over to new rows."

    def _second_opinion(self) -> Metric | None:
        """A measure that uneven classes do not flatter; None where one of the classes has too few rows to say."""
        if self.schema.goal == "regress":
            return None
        rows = np.bincount(self.truth)
        if len(rows[rows > 0]) < 2 or rows[rows > 0].min() < FEWEST_OF_A_CLASS:
            return None
        return metrics.load("roc_auc" if len(self.schema.classes or []) == 2 else "balanced_accuracy")


def chance(schema: Schema, train: np.ndarray, rows: int) -> tuple[str, np.ndarray]:
    """The answer that looks at no feature, from the training targets alone: its name, and its predictions.

    Classes are given their training frequencies, so that the predicted class is always the most frequent one.
    """
    if schema.goal == "regress":
        mean = float(train.mean())
        return "always answering the training rows' mean", np.full(rows, mean)
    classes = schema.classes or []
    counts = np.bincount(train, minlength=len(classes)).astype(np.float64)
    name = f"always answering “{cut(classes[int(counts.argmax())], 60)}” (the most frequent class)"
    return name, np.tile(counts / counts.sum(), (rows, 1))


def standing(metric: Metric, difference: Score | None) -> Literal["better", "no-better", "worse"]:
    """On which side of nought the whole interval of a difference lies."""
    if difference is None or difference.low <= 0 <= difference.high:
        return "no-better"
    return "better" if metric.better(difference.low, 0.0) else "worse"


def _beside(main: Metric, other: Rival) -> str:
    if main.name not in other.metrics or other.difference is None:
        return ""
    its = value_text(main, other.metrics[main.name].value)
    match standing(main, other.difference):
        case "better":
            return f"Better than {other.title} ({its}) by {gain_text(main, other.difference)}."
        case "worse":
            return f"Worse than {other.title} ({its}) by {gain_text(main, other.difference)}: prefer that one."
    return f"No clear difference from {other.title} ({its})."
