"""Fit the heads on the phrases: `python -m agent.request.fit` writes `head.safetensors`.

Every phrase is learnt as it is, with a slip of the keyboard, and with words about budget, device or measure behind
it, so that those say nothing of the goal. Deterministic: the same phrases give the same file. A few seconds.
"""

import json
import random
import sys
import tomllib
from pathlib import Path

from agent.request import encoder
from agent.request.head import FILE

PHRASES = Path(__file__).parent / "phrases"
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


def slip(phrase: str, chance: random.Random) -> str:
    """Two neighbouring letters swapped, or one left out, in one of the longer words."""
    words = phrase.split()
    long = [number for number, word in enumerate(words) if len(word) > 4]
    if not long:
        return phrase
    number = chance.choice(long)
    word, at = words[number], chance.randrange(1, len(words[number]) - 2)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    words[number] = swapped if chance.random() < 0.5 else word[:at] + word[at + 1 :]
    return " ".join(words)


def varied(learnt: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The phrases, each with a slip, and each that is a task with an aside."""
    chance = random.Random(0)
    found = list(learnt)
    for phrase, goal, modality in learnt:
        found.append((slip(phrase, chance), goal, modality))
        if goal != "other":
            found.append((f"{phrase}, {chance.choice(_ASIDES)}", goal, modality))
    return found


def clauses() -> list[tuple[str, str]]:
    """(clause, kind) of `phrases/clauses/`, each also with a slip of the keyboard."""
    chance = random.Random(0)
    found = []
    for file in sorted((PHRASES / "clauses").glob("*.toml")):
        for kind, languages in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for phrase in (phrase for language in languages.values() for phrase in language):
                found += [(phrase, kind), (slip(phrase, chance), kind)]
    return found


def axes() -> dict[str, list[tuple[str, str]]]:
    """Axis → (phrase, choice)."""
    learnt = varied(phrases())
    return {
        "goal": [(phrase, goal) for phrase, goal, _ in learnt],
        "modality": [(phrase, modality) for phrase, _, modality in learnt if modality != "other"],
        "clause": clauses(),
    }


def main() -> None:
    import numpy as np
    import safetensors.numpy
    from sklearn.linear_model import LogisticRegression

    tensors, choices = {}, {}
    for axis, learnt in axes().items():
        vectors = encoder.shared().encode([phrase for phrase, _ in learnt])
        answers = [choice for _, choice in learnt]
        model = LogisticRegression(C=4.0, max_iter=2000, class_weight="balanced").fit(vectors, answers)
        tensors[f"{axis}.weight"] = np.ascontiguousarray(model.coef_, np.float32)
        tensors[f"{axis}.bias"] = np.ascontiguousarray(model.intercept_, np.float32)
        choices[axis] = [str(name) for name in model.classes_]
        right = float((model.predict(vectors) == np.array(answers)).mean())
        sys.stdout.write(f"{axis}: {len(answers)} phrases, {right:.1%} right on them\n")
    FILE.write_bytes(safetensors.numpy.save(tensors, metadata={"choices": json.dumps(choices)}))


if __name__ == "__main__":
    main()
