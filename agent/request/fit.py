"""Fit the heads on the phrases: `python -m noglue.agent.request.fit [axis …]` writes `head.safetensors`.

Every phrase is learnt as it is, with a slip of the keyboard, and with words about budget, device or measure behind
it, so that those say nothing of the goal. Clauses come from `agent/request/phrasing.py`; how well those that were held
out are told is printed, and the head's shares are made as honest as they are on these. Deterministic: the same
phrases give the same file. Some ten minutes.
"""

import json
import random
import sys
import tomllib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from noglue.agent.request import gloss, head, phrasing, sides
from noglue.agent.request.head import FILE
from noglue.agent.request.phrasing import PHRASES, slip
from noglue.tools.pretrained import sentences

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse
    from sklearn.linear_model import LogisticRegression

FOLDERS = {
    "clause": "clauses",
    "measure": "measures",
    "rows": "rows",
}  # axis → folder of `phrases/` whose clauses it learns
_HELD = 5  # a fifth of the clauses is held out to judge the head of clauses
_LOUDER = 3.0  # the encoder's numbers beside those of the words
_RATE, _DECAY, _BATCH, _SMOOTH = 0.03, 0.02, 256, 0.05
_EPOCHS = {"clauses": 8, "measures": 8, "rows": 40}  # of a folder: the fewer clauses it has, the more
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


def features(vectors: "np.ndarray", clauses: Sequence[str]) -> "scipy.sparse.csr_matrix":
    """What the head of clauses reads of each clause: (n, 384 + PIECES + PAIRS)."""
    import numpy as np
    import scipy.sparse

    rows, columns, values = [], [], []
    for row, clause in enumerate(clauses):
        at = np.array(head.places(clause))
        for part in (at[at < head.PIECES], at[at >= head.PIECES]):
            rows += [row] * len(part)
            columns += part.tolist()
            values += [1 / np.sqrt(max(1, len(part)))] * len(part)
    words = scipy.sparse.csr_matrix((values, (rows, columns)), (len(clauses), head.PIECES + head.PAIRS), np.float32)
    return scipy.sparse.hstack([scipy.sparse.csr_matrix(_LOUDER * vectors), words]).tocsr()


def linear(inputs: "scipy.sparse.csr_matrix", answers: "np.ndarray", choices: int, epochs: int) -> "np.ndarray":
    """Weights (choices, features + 1), the bias last, of a softmax that is fitted by AdamW; rare choices count more."""
    import numpy as np
    import torch

    torch.manual_seed(0)
    torch.use_deterministic_algorithms(True)
    weight = torch.zeros(inputs.shape[1] + 1, choices, requires_grad=True)
    frequent = np.bincount(answers, minlength=choices)
    rarer = torch.tensor(np.sqrt(frequent.mean() / frequent), dtype=torch.float32)
    optimizer = torch.optim.AdamW([weight], lr=_RATE, weight_decay=_DECAY)
    ones = with_bias(inputs)
    order = np.random.default_rng(0)
    for epoch in range(epochs):
        optimizer.param_groups[0]["lr"] = _RATE * (1 - epoch / epochs)
        for batch in np.array_split(order.permutation(len(answers)), len(answers) // _BATCH + 1):
            rows = torch.from_numpy(ones[batch].toarray())
            expected = torch.from_numpy(answers[batch])
            loss = torch.nn.functional.cross_entropy(rows @ weight, expected, weight=rarer, label_smoothing=_SMOOTH)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return np.ascontiguousarray(weight.detach().numpy().T)


def with_bias(inputs: "scipy.sparse.csr_matrix") -> "scipy.sparse.csr_matrix":
    """The inputs with a column of ones behind them, for the bias."""
    import numpy as np
    import scipy.sparse

    return scipy.sparse.hstack([inputs, np.ones((inputs.shape[0], 1), np.float32)]).tocsr().astype(np.float32)


def temperature(scores: "np.ndarray", answers: "np.ndarray") -> float:
    """The number that scores (n, choices) are divided by so that their shares are as honest as can be (log loss)."""
    import numpy as np

    def loss(heat: float) -> float:
        cooled = scores / heat
        cooled = cooled - cooled.max(1, keepdims=True)
        log_shares = cooled - np.log(np.exp(cooled).sum(1, keepdims=True))
        return -float(log_shares[np.arange(len(answers)), answers].mean())

    return min((step / 20 for step in range(5, 61)), key=loss)


def clause_head(folder: str) -> tuple["np.ndarray", "np.ndarray", list[str]]:
    """Weight, bias and choices for the clauses of a folder; judged on a fifth of them that it did not learn."""
    import numpy as np

    ours, chance = phrasing.clauses(folder), random.Random(0)
    plain = [gloss.english(one.text, one.language) for one in ours]
    mark = sides.marked if folder == "rows" else str
    forms = [[mark(form) for form in phrasing.learned(one, chance)] for one in ours]
    whose = np.repeat(np.arange(len(ours)), [len(each) for each in forms])
    inputs = features(sentences.shared().encode(plain)[whose], [form for each in forms for form in each])
    names, kinds = np.unique([one.kind for one in ours], return_inverse=True)
    answers = kinds[whose].astype(np.int64)
    held_out = np.array([chance.random() < 1 / _HELD for _ in ours])
    trial = linear(inputs[~held_out[whose]], answers[~held_out[whose]], len(names), _EPOCHS[folder])
    first = np.searchsorted(whose, np.flatnonzero(held_out))  # of each, the form that is masked as when data are known
    scores = with_bias(inputs[first]) @ trial.T
    heat = temperature(scores, answers[first])
    _report([one for one, out in zip(ours, held_out, strict=True) if out], names[scores.argmax(1)], heat)
    whole = linear(inputs, answers, len(names), _EPOCHS[folder]) / heat
    whole[:, : sentences.SIZE] *= _LOUDER
    return whole[:, :-1], whole[:, -1], [str(name) for name in names]


def _logistic(strength: float) -> "LogisticRegression":
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=400, class_weight="balanced")


def _report(held_out: list[phrasing.Clause], predicted: "np.ndarray", heat: float) -> None:
    """How many clauses of templates that were not learnt are told right, for every kind and language."""
    right = [one.kind == kind for one, kind in zip(held_out, predicted, strict=True)]
    for axis in ("language", "kind"):
        groups: dict[str, list[bool]] = {}
        for one, sure in zip(held_out, right, strict=True):
            groups.setdefault(getattr(one, axis), []).append(sure)
        shares = [f"{name} {sum(ones) / len(ones):.0%} of {len(ones)}" for name, ones in sorted(groups.items())]
        sys.stdout.write(f"by {axis}: {', '.join(shares)}\n")
    sys.stdout.write(f"{sum(right) / len(right):.1%} of {len(right)} not learnt, temperature {heat:.2f}\n")


def sentence_head(axis: str) -> tuple["np.ndarray", "np.ndarray", list[str]]:
    """Weight, bias and choices of an axis that reads the encoder alone."""
    import numpy as np

    learnt = axes()[axis]
    vectors, answers = sentences.shared().encode([phrase for phrase, _ in learnt]), [choice for _, choice in learnt]
    model = _logistic(4.0).fit(vectors, answers)
    right = float((model.predict(vectors) == np.array(answers)).mean())
    sys.stdout.write(f"{axis}: {len(answers)} phrases, {right:.1%} right on them\n")
    return model.coef_, model.intercept_, [str(name) for name in model.classes_]


def main(chosen: Sequence[str]) -> None:
    """Fits the axes that are named, or all, and leaves the others as they are."""
    import numpy as np
    import safetensors
    import safetensors.numpy

    tensors: dict[str, np.ndarray] = {}
    choices: dict[str, list[str]] = {}
    if chosen:
        tensors = safetensors.numpy.load_file(FILE)
        with safetensors.safe_open(FILE, "numpy") as file:
            choices = json.loads(file.metadata()["choices"])
    for axis in chosen or (*axes(), *FOLDERS):
        apart = axis in FOLDERS
        weight, bias, choices[axis] = clause_head(FOLDERS[axis]) if apart else sentence_head(axis)
        exact = np.float16 if apart else np.float32
        tensors |= {
            f"{axis}.weight": np.ascontiguousarray(weight, exact),
            f"{axis}.bias": np.ascontiguousarray(bias, exact),
        }
    FILE.write_bytes(safetensors.numpy.save(tensors, metadata={"choices": json.dumps(choices)}))


if __name__ == "__main__":
    main(sys.argv[1:])
