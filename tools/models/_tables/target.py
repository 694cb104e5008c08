"""What is learned, between the target column and a learner's own numbers.

    >>> target = Target.fit(truth, schema)                 # classes 0, 1 and 4 of five are in the training rows
    >>> target.encode(np.array([0, 4])), target.decode(np.array([[0.2, 0.1, 0.7]]))
    (array([0, 2]), array([[0.2, 0.1, 0. , 0. , 0.7]], dtype=float32))

A value to regress on is standardised, after its logarithm when `log` is set; with `knots` its normal score is learned,
what its quantile would be of a normal distribution, which no far value can pull. Class probabilities are put right on
the way out: the temperature (Guo et al. 2017, https://arxiv.org/abs/1706.04599) makes them as sure as they should be,
and `logit_adjustment` adds to each class's logit when a measure that counts all classes alike was asked for (Menon et
al. 2021, https://arxiv.org/abs/2007.07314); models kept before call it `lift`.
"""

import numpy as np
from pydantic import AliasChoices, BaseModel, Field

from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema

KNOTS = 1000
SKEWED = 1.5  # from which skewness on a logarithm deserves a try
FAR = 20.0  # kurtosis, 3 of a normal distribution, from which on a few values count for most of the error


class Target(BaseModel):
    """classes: how many there are; present: those in the training rows, which a learner knows as 0…m-1.

    doubt: a share of every answer that is spread over the classes, since no more rows were there to be sure by.
    low, high: the bounds of a log value, with a tenth of its range to spare, in standardised units.
    knots: the values' quantiles, evenly spaced from the least to the greatest; none where they are not used.
    """

    classes: int = 0
    present: list[int] = []
    temperature: float = 1.0
    logit_adjustment: list[float] = Field(default=[], validation_alias=AliasChoices("logit_adjustment", "lift"))
    doubt: float = 0.0
    log: bool = False
    shift: float = 0.0
    mean: float = 0.0
    scale: float = 1.0
    low: float = 0.0
    high: float = 0.0
    knots: list[float] = []

    @classmethod
    def fit(cls, truth: np.ndarray, schema: Schema) -> "Target":
        """Raises DataError `one-class` and `constant-target`."""
        if schema.goal == "classify":
            present = np.unique(truth).tolist()
            if len(present) < 2:
                names = [(schema.classes or [])[i] for i in present]
                raise DataError(
                    Kind.ONE_CLASS,
                    f"All {len(truth)} training rows have the same {schema.target!r}: {', '.join(names) or 'none'}.",
                    hint="Give rows of at least two classes, or name another target column.",
                )
            return cls(classes=len(schema.classes or present), present=present)
        if not truth.std() > 0:
            raise DataError(
                Kind.CONSTANT_TARGET,
                f"All {len(truth)} training rows have the same {schema.target!r}: there is nothing to learn.",
                hint="Name another target column.",
            )
        return cls.fit_values(truth)

    @classmethod
    def fit_values(cls, truth: np.ndarray, log: bool = False) -> "Target":
        """Of values that are not all the same, and not negative when their logarithm is learned."""
        positive = truth[truth > 0]
        shift = float(positive.min()) if log and truth.min() <= 0 else 0.0
        values = np.log(truth + shift) if log else truth
        mean, scale = float(values.mean()), float(values.std())
        low, high = (float(values.min()) - mean) / scale, (float(values.max()) - mean) / scale
        spare = (high - low) / 10
        return cls(log=log, shift=shift, mean=mean, scale=scale, low=low - spare, high=high + spare)

    @classmethod
    def fit_quantiles(cls, truth: np.ndarray) -> "Target":
        """Of values that are not all the same, of which a few lie very far from the others."""
        return cls(knots=np.quantile(truth, np.linspace(0, 1, min(KNOTS, len(truth)))).tolist())

    def encode(self, truth: np.ndarray) -> np.ndarray:
        """int64 0…m-1 (-1 for a class not in training), or standardised float64 (NaN where there is no logarithm)."""
        if self.classes:
            places = np.full(self.classes, -1)
            places[self.present] = np.arange(len(self.present))
            return np.asarray(places[truth])
        if self.knots:
            from scipy.special import ndtri

            return np.asarray(ndtri(np.interp(truth, self.knots, self._shares_below())))
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.log(truth + self.shift) if self.log else truth
        values = np.where(np.isfinite(values), values, np.nan)
        return np.asarray((values - self.mean) / self.scale)

    def shares(self, truth: np.ndarray) -> np.ndarray:
        """How frequent each class present is, float64 (m,); empty for values."""
        if not self.classes:
            return np.zeros(0)
        return np.bincount(self.encode(truth), minlength=len(self.present)) / len(truth)

    def decode(self, predicted: np.ndarray) -> np.ndarray:
        """Probabilities (n, k) float32 or values (n,) float64, in the target column's own terms."""
        if not self.classes:
            if self.knots:
                from scipy.special import ndtr

                return np.asarray(np.interp(ndtr(predicted), self._shares_below(), self.knots))
            if self.log:
                return np.asarray(np.exp(np.clip(predicted, self.low, self.high) * self.scale + self.mean) - self.shift)
            return np.asarray(predicted * self.scale + self.mean, np.float64)
        logits = np.log(np.clip(predicted, 1e-12, 1.0)) / self.temperature
        if self.logit_adjustment:
            logits = logits + np.array(self.logit_adjustment)
        found = softmax(logits)
        return self.full((1 - self.doubt) * found + self.doubt / found.shape[1])

    def _shares_below(self) -> np.ndarray:
        """Of the values, which lie below each knot; never none or all, whose normal scores have no end."""
        count = len(self.knots)
        return np.linspace(0.5 / count, 1 - 0.5 / count, count)

    def full(self, predicted: np.ndarray) -> np.ndarray:
        """Probabilities of the classes present (n, m) as those of all (n, k) float32; values as they are."""
        if not self.classes:
            return predicted
        full = np.zeros((len(predicted), self.classes), np.float32)
        full[:, self.present] = predicted
        return full


def softmax(logits: np.ndarray) -> np.ndarray:
    """Over the last axis, float64."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def worth_a_log(truth: np.ndarray) -> bool:
    """Whether values are non-negative and so skewed that their logarithm deserves a try."""
    if len(truth) < 20 or truth.min() < 0 or truth.max() <= 0:
        return False
    centred = truth - truth.mean()
    return bool((centred**3).mean() > SKEWED * truth.std() ** 3 > 0)


def has_far_values(truth: np.ndarray) -> bool:
    """Whether a few values lie so far from the others that learning their ranks deserves a try."""
    if len(truth) < 20:
        return False
    centred = truth - truth.mean()
    return bool((centred**4).mean() > FAR * truth.std() ** 4 > 0)
