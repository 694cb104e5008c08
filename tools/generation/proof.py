"""What a judge must show on real pictures that it did not learn from, before anything is said by it.

    >>> proof = proven(judge.features, learned, held, seed=0, right=0.967, chance=0.104)
    >>> proof.passed, proof.near, proof.far
    (True, 4.1, 412.0)

It is right well above chance where there is something to be right of; its features vary; real pictures lie near real
ones in them; noise, and real pictures with their pixels in another order, lie far.
"""

from collections.abc import Callable

import numpy as np

from noglue.tools.evaluation.bootstrap import wilson
from noglue.tools.evaluation.generation_findings import JudgeProof
from noglue.tools.generation.spoilings import noise, scrambled
from noglue.tools.metrics._distances import frechet

ROWS = 500  # of each kind that are compared
FEWEST = 8  # held-out pictures below which nothing is proved
ABOVE_CHANCE = 0.1  # of the way from chance to always right that must be passed, beyond the interval
DIRECTIONS = 1.05  # in which the features must vary, at least: a good classifier's may vary along one above all
NEARER = 0.25  # of what spoilt pictures lie at: real ones must lie within

See = Callable[[np.ndarray], np.ndarray]


def proven(
    see: See, learned: np.ndarray, held: np.ndarray, seed: int, right: float | None = None, chance: float | None = None
) -> JudgeProof:
    """see(pixels) → features (n, d). learned, held: real pictures, uint8 (n, h, w, c), that it learned from and that it
    did not. right, chance: how often it is right on all of `held`, and how often the likeliest answer is.
    """
    random = np.random.default_rng(seed)
    near_rows, far_rows = learned[:ROWS], held[:ROWS]
    if len(held) < FEWEST or len(learned) < FEWEST:
        return JudgeProof(rows=len(held), right=right, chance=chance, failed=["too-few"])
    real = see(far_rows)
    spoilt = min(frechet(see(changed), real) for changed in (noise(near_rows, random), scrambled(near_rows, random)))
    known = see(near_rows)
    near, directions = frechet(known, real), varied(known)
    failed = []
    if right is not None and chance is not None and not well_above(right, chance, len(held)):
        failed.append("chance")
    if directions < DIRECTIONS:
        failed.append("constant")
    if not near < NEARER * spoilt:
        failed.append("noise")
    return JudgeProof(
        rows=len(held), right=right, chance=chance, near=near, far=spoilt, directions=directions, failed=failed
    )


def well_above(right: float, chance: float, rows: int) -> bool:
    return wilson(right, rows)[0] > chance + ABOVE_CHANCE * (1 - chance)


def varied(features: np.ndarray) -> float:
    """In how many directions features (n, d) vary as much as in the main ones: (Σλ)² / Σλ², 0 where they are all alike
    but for rounding.
    """
    rows = features.astype(np.float64)
    covariance = np.cov(rows, rowvar=False).reshape(rows.shape[1], -1)
    total = float(np.trace(covariance))
    if total <= 1e-8 * max(1e-12, float(np.square(rows).sum(1).mean())):
        return 0.0
    return total**2 / float(np.square(covariance).sum())


def in_words(proof: JudgeProof) -> str:
    """What it proved, or why it is not asked.

    >>> in_words(proof)
    'right on 96.7 % of 240 others (the likeliest answer on 10.4 %), which lie at 4.1 from them, noise at 412'
    """
    if "time" in proof.failed:
        return "there was no time to train it"
    if "too-few" in proof.failed:
        return f"not proved, as only {proof.rows} pictures could be held back"
    said = []
    if proof.right is not None and proof.chance is not None:
        said.append(
            f"right on {100 * proof.right:.1f} % of {proof.rows:,} others (the likeliest answer on "
            f"{100 * proof.chance:.1f} %)"
        )
    if "constant" in proof.failed:
        said.append("its features are all alike")
    said.append(f"other real pictures lie at {proof.near:.3g} from those, noise at {proof.far:.3g}")
    return ", ".join(said)
