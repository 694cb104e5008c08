"""Is it better than chance, and better than the simple model? Decided on paired differences, said in words."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from noglue.tools import metrics
from noglue.tools.evaluation import constant_answer
from noglue.tools.evaluation.bootstrap import Bootstrap
from noglue.tools.evaluation.decision_threshold import Threshold, as_certain
from noglue.tools.evaluation.independent_units import Units
from noglue.tools.evaluation.jackknife import Jackknife
from noglue.tools.evaluation.scores import CHANCE, FEATURELESS, Rival, Score
from noglue.tools.evaluation.wording import cut, gain_text, score_text, value_text
from noglue.tools.metrics import Evidence, Metric
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.short_time import ShortTime

Standing = Literal["better", "no-better", "worse", "undecided"]
Outcome = Literal["better", "no-better", "worse", "mixed", "undecided"]
Verdict = tuple[Outcome, str]

FEWEST_OF_A_CLASS = 10
SMALL = 0.1  # of what a rival leaves to gain: less than that is no gain to speak of
HARDLY = 0.02  # … and a lead of less than that is no lead


@dataclass
class Judge:
    """The truth of some rows, and what predictions of them are worth.

    main: the measure that decides. also: others that were asked for. threshold: of the model's answers. units: what is
    independent among the rows, None where each of them is. The same resamples serve every prediction, so that
    differences are paired.
    """

    schema: Schema
    main: Metric
    truth: np.ndarray
    seed: int
    units: Units | None = None
    also: tuple[str, ...] = ()
    threshold: Threshold | None = None

    def __post_init__(self) -> None:
        classes, asked = self.schema.classes, [self.main.name, *self.also]
        self.measures = metrics.for_goal(self.schema.goal, len(classes or []), asked, classes, self.schema.positive)
        self.resampling: Bootstrap | Jackknife = Bootstrap(len(self.truth), self.seed)
        if self.units is not None and self.units.count > 1:
            self.resampling = Jackknife(self.units.codes, self.seed)

    def scores(self, answer: Evidence, threshold: Threshold | None = None) -> dict[str, Score]:
        """Every measure that has a value here, those of answers by the threshold."""
        seen = {metric.name: self.seen(metric, answer, threshold) for metric in self.measures}
        found = {m.name: self._score(m, seen[m.name]) for m in self.measures}
        return {name: score for name, score in found.items() if score is not None}

    def _score(self, metric: Metric, seen: np.ndarray | None) -> Score | None:
        return None if seen is None else self.resampling.score(metric, self.truth, seen)

    def seen(self, metric: Metric, answer: Evidence, threshold: Threshold | None) -> np.ndarray | None:
        """What a measure is computed on: the answers, where they alone matter, else what it looks at."""
        return as_certain(answer.predicted, self.schema, threshold) if metric.answers else metric.seen(answer)

    def rival(
        self, name: str, title: str, model: Evidence, other: Evidence, threshold: Threshold | None = None
    ) -> Rival:
        """Another answer for the same rows, with its own threshold, and the model's lead over it."""
        difference = self._lead(self.main, (model, self.threshold), (other, threshold))
        return Rival(name=name, title=title, metrics=self.scores(other, threshold), difference=difference)

    def chance(self, title: str, model: Evidence, guesses: Evidence, train: np.ndarray) -> Rival:
        """What looks at no feature, as it answers best by the measure that decides. guesses: the training rows' shares
        of the classes, or their mean; train: their targets.
        """
        constant = constant_answer.best(self.main, self.schema, train) if self.schema.predicts == "classes" else None
        if constant is None:
            return self.rival(CHANCE, title, model, guesses)
        title = f"always answering “{cut(constant.positive, 60)}”"
        found = self.rival(CHANCE, title, model, guesses, constant)
        return found.model_copy(update={"answered": constant.positive})

    def _lead(
        self, metric: Metric, model: tuple[Evidence, Threshold | None], other: tuple[Evidence, Threshold | None]
    ) -> Score | None:
        own, its = self.seen(metric, *model), self.seen(metric, *other)
        return None if own is None or its is None else self.resampling.difference(metric, self.truth, own, its)

    def verdict(
        self,
        scores: dict[str, Score],
        model: Evidence,
        chance: Evidence,
        rivals: list[Rival],
        short: ShortTime | None = None,
    ) -> Verdict:
        """The outcome and one short paragraph. rivals: chance first. short: where the training had too little time:
        that is told, and the data are not blamed.

        What looks at no feature (chance, the last value, the last season) decides: the best of them must be beaten.
        """
        main, score = self.main, scores[self.main.name]
        against = self.hardest(rivals)
        others = [_beside(main, other) for other in rivals if other is not against]
        hasty = [] if short is None else [_in_haste(short)]
        text = f"{main.title} {score_text(main, score)} on {self._rows(score)}; {against.title} gives "
        text += f"{value_text(main, against.metrics[main.name].value)}."
        name = "chance" if against.name == CHANCE else against.title
        outcome = standing(main, against)
        if outcome == "better":
            return "better", " ".join([f"Better than {name}:", text, *others, *hasty])
        second = self._second_opinion() if against.name == CHANCE else None
        if (outcome in ("no-better", "undecided") or main.one_sided) and second is not None:
            lead = self._lead(second, (model, self.threshold), (chance, None))
            if side(second, lead) == "better":
                than = "the most frequent class" if against.answered is None else against.title
                text = f"By this measure {_no_better(outcome)} than {than}: {text}"
                text += self._for_nothing(against)
                also = f"Yet it does separate the classes: {second.title} {score_text(second, scores[second.name])}."
                return "mixed", " ".join([text, also, *others, *hasty])
        if outcome == "undecided":
            begins = f"{self._witnesses()} are too few to tell whether it is better than {name}:"
            return "undecided", " ".join([begins, text, *others, *hasty])
        text += self._for_nothing(against)
        begins = f"{'Worse' if outcome == 'worse' else 'No better'} than {name}:"
        ends = "What it learned does not carry over to new rows." if against.name == CHANCE else "Prefer that."
        ends = f"{hasty[0]} So this says little of the data." if hasty else ends
        return outcome, " ".join([begins, text, *(others if against.name != CHANCE else []), ends])

    def _for_nothing(self, against: Rival) -> str:
        """Of a measure that one and the same answer is perfect by: that it says nothing alone."""
        value = against.metrics[self.main.name].value
        if not self.main.one_sided or abs(value - float(self.main.higher)) > 1e-9:
            return ""
        return f" {self.main.title[:1].upper()}{self.main.title[1:]} alone can be had for nothing."

    def hardest(self, rivals: list[Rival]) -> Rival:
        """The best of those that look at no feature."""
        known = [rival for rival in rivals if rival.name in FEATURELESS and self.main.name in rival.metrics]
        best = known[0]
        for rival in known[1:]:
            if self.main.better(rival.metrics[self.main.name].value, best.metrics[self.main.name].value):
                best = rival
        return best

    def _rows(self, score: Score) -> str:
        """`360 test rows`, `12 test rows of 4 values of dog that training never saw`, `the last 300 rows by date`."""
        if self.units is not None and self.units.of is not None:
            unseen = " that training never saw" if self.schema.split == "grouped" else ""
            return f"{score.n:,} test rows of {_values(self.units)}{unseen}"
        if self.schema.split == "time" and self.schema.time is not None:
            return f"the last {score.n:,} rows by {self.schema.time}"
        return f"{score.n:,} test rows"

    def _witnesses(self) -> str:
        if self.units is not None and self.units.of is not None:
            return _values(self.units)
        return f"{len(self.truth):,} rows"

    def _second_opinion(self) -> Metric | None:
        """A measure that uneven classes do not flatter; None where one of the classes has too few rows to say."""
        if self.schema.predicts != "classes":
            return None
        rows = np.bincount(self.truth)
        if len(rows[rows > 0]) < 2 or rows[rows > 0].min() < FEWEST_OF_A_CLASS:
            return None
        return metrics.load("roc_auc" if len(self.schema.classes or []) == 2 else "balanced_accuracy")


def _no_better(outcome: Standing) -> str:
    return "worse" if outcome == "worse" else "no better"


def _in_haste(short: ShortTime) -> str:
    return f"The time was short: the training {short.in_words()}."


def _values(units: Units) -> str:
    return f"{units.count} value{'' if units.count == 1 else 's'} of {units.of}"


def standing(metric: Metric, rival: Rival) -> Standing:
    """Where the whole interval of the paired difference lies; with nought in it: no gain worth the name, or unknown."""
    lies = side(metric, rival.difference)
    if lies != "open" or rival.difference is None:
        return "no-better" if lies == "open" else lies
    its = rival.metrics[metric.name].value
    room = abs(1.0 - its) if metric.higher else abs(its)
    lead, most = rival.difference.value, rival.difference.high
    if not metric.higher:
        lead, most = -lead, -rival.difference.low
    return "undecided" if lead > HARDLY * room and most > SMALL * room else "no-better"


def side(metric: Metric, difference: Score | None) -> Literal["better", "worse", "open"]:
    """On which side of nought the whole interval of a difference lies."""
    if difference is None or difference.low <= 0 <= difference.high:
        return "open"
    return "better" if metric.better(difference.low, 0.0) else "worse"


def _beside(main: Metric, other: Rival) -> str:
    if main.name not in other.metrics or other.difference is None:
        return ""
    its = value_text(main, other.metrics[main.name].value)
    match side(main, other.difference):
        case "better":
            return f"Better than {other.title} ({its}) by {gain_text(main, other.difference)}."
        case "worse":
            return f"Worse than {other.title} ({its}) by {gain_text(main, other.difference)}: prefer that one."
    return f"No clear difference from {other.title} ({its})."
