"""Fit the heads on the phrases: `python -m agent.request.fit` writes `head.safetensors`.

Every phrase is learnt as it is, with a slip of the keyboard, and with words about budget, device or measure behind
it, so that those say nothing of the goal. Clauses come from `agent/request/phrasing.py`; how well those of templates
that were held out are told is printed, and the head's shares are made as honest as they are on these. Deterministic:
the same phrases give the same file. About a minute.
"""

import json
import random
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from agent.request import encoder, head, phrasing
from agent.request.head import FILE
from agent.request.phrasing import slip

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse
    from sklearn.linear_model import LogisticRegression

PHRASES = Path(__file__).parent / "phrases"
_STRONG, _HELD = 12.0, 5  # of the head of clauses: inverse regularization; every fifth template is held out to judge it
_ASIDES = (
    "in ten minutes",
    "on the gpu",
    "please use seed 3",
    "no internet here",
    "and tell me how good it is",
    "I only have a laptop",
    "it is for my thesis",
    "thanks in advance",
    "we collected it last year",
    "the data is on my disk",
    "data in train",
    "the file is measurements",
    "see stuff",
    "everything is in experiment",
    "report the score",
    "bitte schnell",
    "merci d'avance",
    "gracias",
)


def phrases() -> list[tuple[str, str, str]]:
    """(phrase, goal, modality) of every file; `other.toml` has no modality."""
    found = []
    for file in sorted(PHRASES.glob("*.toml")):
        for modality, languages in tomllib.loads(file.read_text(encoding="utf-8")).items():
            found += [(phrase, file.stem, modality) for language in languages.values() for phrase in language]
    return found


def varied(learnt: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The phrases, each with a slip, and each that is a task with an aside."""
    chance = random.Random(0)
    found = list(learnt)
    for phrase, goal, modality in learnt:
        found.append((slip(phrase, chance), goal, modality))
        if goal != "other":
            found.append((f"{phrase}, {chance.choice(_ASIDES)}", goal, modality))
    return found


def axes() -> dict[str, list[tuple[str, str]]]:
    """Axis → (phrase, choice), of the axes that read the encoder alone."""
    learnt = varied(phrases())
    return {
        "goal": [(phrase, goal) for phrase, goal, _ in learnt],
        "modality": [(phrase, modality) for phrase, _, modality in learnt if modality != "other"],
    }


def features(texts: list[str]) -> "scipy.sparse.csr_matrix":
    """What the head of clauses reads of each clause: (n, 384 + 4096)."""
    import numpy as np
    import scipy.sparse

    vectors = encoder.shared().encode(texts)
    pieces = scipy.sparse.csr_matrix(np.stack([head.letters(text) for text in texts]))
    return scipy.sparse.hstack([scipy.sparse.csr_matrix(vectors), pieces]).tocsr()


def temperature(scores: "np.ndarray", answers: "np.ndarray") -> float:
    """The number that scores (n, choices) are divided by so that their shares are as honest as can be (log loss)."""
    import numpy as np

    def loss(heat: float) -> float:
        cooled = scores / heat
        cooled = cooled - cooled.max(1, keepdims=True)
        log_shares = cooled - np.log(np.exp(cooled).sum(1, keepdims=True))
        return -float(log_shares[np.arange(len(answers)), answers].mean())

    return min((step / 20 for step in range(5, 61)), key=loss)


def clause_head() -> tuple["np.ndarray", "np.ndarray", list[str]]:
    """Weight, bias and choices of the axis `clause`; judged on a fifth of the templates that it did not learn."""
    import numpy as np

    learnt = phrasing.clauses()
    inputs, kinds = features([one.text for one in learnt]), np.array([one.kind for one in learnt])
    held = np.array([one.template % _HELD == 0 for one in learnt])
    trial = _logistic(_STRONG).fit(inputs[~held], kinds[~held])
    scores = trial.decision_function(inputs[held])
    answers = np.searchsorted(trial.classes_, kinds[held])
    heat = temperature(scores, answers)
    _report([one for one, out in zip(learnt, held, strict=True) if out], trial.classes_[scores.argmax(1)], heat)
    whole = _logistic(_STRONG).fit(inputs, kinds)
    return whole.coef_ / heat, whole.intercept_ / heat, [str(name) for name in whole.classes_]


def _logistic(strength: float) -> "LogisticRegression":
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=2000, class_weight="balanced")


def _report(held: list[phrasing.Clause], told: "np.ndarray", heat: float) -> None:
    """How many clauses of templates that were not learnt are told right, for every kind and language."""
    right = [one.kind == kind for one, kind in zip(held, told, strict=True)]
    for axis in ("language", "kind"):
        groups: dict[str, list[bool]] = {}
        for one, sure in zip(held, right, strict=True):
            groups.setdefault(getattr(one, axis), []).append(sure)
        shares = [f"{name} {sum(ones) / len(ones):.0%} of {len(ones)}" for name, ones in sorted(groups.items())]
        sys.stdout.write(f"clause by {axis}: {', '.join(shares)}\n")
    sys.stdout.write(f"clause: {sum(right) / len(right):.1%} of {len(right)} not learnt, temperature {heat:.2f}\n")


def main() -> None:
    import numpy as np
    import safetensors.numpy

    tensors, choices = {}, {}
    for axis, learnt in axes().items():
        vectors = encoder.shared().encode([phrase for phrase, _ in learnt])
        answers = [choice for _, choice in learnt]
        model = _logistic(4.0).fit(vectors, answers)
        tensors[f"{axis}.weight"] = np.ascontiguousarray(model.coef_, np.float32)
        tensors[f"{axis}.bias"] = np.ascontiguousarray(model.intercept_, np.float32)
        choices[axis] = [str(name) for name in model.classes_]
        right = float((model.predict(vectors) == np.array(answers)).mean())
        sys.stdout.write(f"{axis}: {len(answers)} phrases, {right:.1%} right on them\n")
    weight, bias, choices["clause"] = clause_head()
    tensors["clause.weight"] = np.ascontiguousarray(weight, np.float16)
    tensors["clause.bias"] = np.ascontiguousarray(bias, np.float16)
    FILE.write_bytes(safetensors.numpy.save(tensors, metadata={"choices": json.dumps(choices)}))


if __name__ == "__main__":
    main()
