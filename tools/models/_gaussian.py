"""Principal components of the pixels, and a Gaussian of their coordinates for every class.

>>> sampler = load(run / "model" / "baseline")                     # digits, 8×8
>>> sampler.decode(sampler.latents(100, seed=0), sampler.labels(100, seed=0)).shape
(100, 8, 8, 1)

The components are found by subspace iteration on random directions (Halko, Martinsson & Tropp 2011,
https://arxiv.org/abs/0909.4061, algorithm 4.4); a class's covariance is drawn towards that of all classes together, the
more so the fewer rows it has (Friedman 1989, regularised discriminant analysis).
"""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pydantic import BaseModel
from safetensors.numpy import load_file, save_file

from noglue.tools.data.arrays import label_array
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Trained
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step

ROWS, SIDE, COMPONENTS = 20_000, 64, 64
MOST_VALUES = 40_000_000  # rows × pixel values learned from: at 64×64 in colour, some 3,000 rows
FEWEST_OF_A_CLASS = 10  # below this a class gets the Gaussian of all rows
AT_ONCE = 4096
LATENT, LABEL = 1, 2  # streams of a seed, so that labels and latents do not hang together


class Config(BaseModel):
    """shape: height, width, channels of a sample. frequencies: of the classes in training, adding up to 1."""

    family: str = "pixels_gaussian"
    shape: tuple[int, int, int]
    classes: list[str] | None
    frequencies: list[float]


class GaussianSampler:
    """See `Sampler`. Always on the CPU.

    weights: float32 `mean` (d,), `components` (k, d); for every class, or once, `centres` (c, k) and `roots` (c, k, k).
    """

    def __init__(self, config: Config, weights: dict[str, np.ndarray]) -> None:
        self.config, self.weights = config, weights
        self.classes, self.latent = config.classes, int(weights["components"].shape[0])

    def latents(self, count: int, seed: int) -> np.ndarray:
        return np.random.default_rng([seed, LATENT]).standard_normal((count, self.latent), dtype=np.float32)

    def labels(self, count: int, seed: int) -> np.ndarray | None:
        if self.classes is None:
            return None
        drawn: np.ndarray = np.random.default_rng([seed, LABEL]).choice(
            len(self.classes), count, p=self.config.frequencies
        )
        return drawn.astype(np.int64)

    def decode(
        self,
        latents: np.ndarray,
        labels: np.ndarray | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> np.ndarray:
        """Raises ValueError for labels that are missing, or that it has no classes for."""
        if (labels is None) != (self.classes is None):
            raise ValueError("labels are needed with classes, and senseless without")
        pixels = np.empty((len(latents), *self.config.shape), dtype=np.uint8)
        for start in range(0, len(latents), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            pixels[part] = self._decode(latents[part], None if labels is None else labels[part])
            if progress is not None:
                progress(min(start + AT_ONCE, len(latents)), len(latents))
        return pixels

    def _decode(self, latents: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
        which = np.zeros(len(latents), dtype=np.int64) if labels is None else labels
        places = np.empty_like(latents)
        for one in np.unique(which):
            rows = which == one
            places[rows] = latents[rows] @ self.weights["roots"][one].T + self.weights["centres"][one]
        values = places @ self.weights["components"] + self.weights["mean"]
        pixels: np.ndarray = values.round().clip(0, 255).astype(np.uint8)
        return pixels.reshape(-1, *self.config.shape)


def train(data: Path, model: Path, schema: Schema, step: Step) -> Trained:
    from noglue.tools.training.pixels import read, working_size
    from noglue.tools.training.split_arrays import some

    began = time.monotonic()
    rows = load_split(data, "train")
    if len(rows) == 0:
        raise DataError(Kind.TOO_FEW_ROWS, "There is no image to learn from.", hint="Give at least two images.")
    size = working_size(rows, SIDE)
    shape = (size.height, size.width, size.channels)
    chosen = rows.select(some(len(rows), min(ROWS, max(1, MOST_VALUES // int(np.prod(shape)))), step.seed))
    values = read(chosen, size, step.folder / "gaussian.pixels").reshape(len(chosen), -1).astype(np.float32)
    labels = label_array(chosen, schema.target) if schema.target and schema.classes else None
    weights = fit(values, labels, len(schema.classes or []), step.seed)
    known = label_array(rows, str(schema.target)) if labels is not None else np.zeros(len(rows), dtype=np.int64)
    counts = np.bincount(known[known >= 0], minlength=len(schema.classes or []) or 1)
    if counts.sum() == 0:
        raise DataError(Kind.TOO_FEW_ROWS, "No image carries a label.", hint="Label some, or leave all labels out.")
    config = Config(shape=shape, classes=schema.classes, frequencies=(counts / counts.sum()).tolist())
    model.mkdir(parents=True, exist_ok=True)
    save_file(weights, str(model / "weights.safetensors"))
    (model / "config.json").write_text(config.model_dump_json(indent=2), encoding="utf-8")
    return Trained(
        family="pixels_gaussian",
        parameters=sum(part.size for part in weights.values()),
        seconds=round(time.monotonic() - began, 2),
        stopped="nothing is left to learn",
        settings={"rows": len(chosen), "components": len(weights["components"]), "size": size.model_dump()},
    )


def fit(values: np.ndarray, labels: np.ndarray | None, classes: int, seed: int) -> dict[str, np.ndarray]:
    """`GaussianSampler.weights`. values: float32 (n, d), changed in place. labels: int64 (n,), -1 for none."""
    mean = values.mean(axis=0)
    values -= mean
    components = principal(values, min(COMPONENTS, values.shape[1], max(1, len(values) - 1)), seed)
    places = (values @ components.T).astype(np.float64)
    groups = [places[labels == one] for one in range(classes)] if labels is not None else [places]
    whole = _covariance(places)
    large = [group - group.mean(axis=0) for group in groups if len(group) >= FEWEST_OF_A_CLASS]
    within = _covariance(np.concatenate(large)) if large else whole
    gaussians = [_gaussian(group, whole, within) for group in groups]
    return {
        "mean": mean,
        "components": components,
        "centres": np.stack([centre for centre, _ in gaussians]).astype(np.float32),
        "roots": np.stack([root for _, root in gaussians]).astype(np.float32),
    }


def principal(values: np.ndarray, count: int, seed: int) -> np.ndarray:
    """The first `count` principal components of centred rows, float32 (count, d), each of length 1."""
    spare = min(count + 8, *values.shape)
    basis = np.random.default_rng(seed).standard_normal((values.shape[1], spare), dtype=np.float32)
    for _ in range(4):
        basis, _ = np.linalg.qr(values.T @ (values @ basis))
    narrow = values @ basis
    _, turns = np.linalg.eigh(narrow.T.astype(np.float64) @ narrow)
    return np.ascontiguousarray((basis @ turns[:, ::-1][:, :count]).T, dtype=np.float32)


def _covariance(places: np.ndarray) -> np.ndarray:
    """Of rows (n, k), drawn a little towards its own diagonal."""
    apart = places - places.mean(axis=0)
    found: np.ndarray = apart.T @ apart / max(1, len(places) - 1)
    share = places.shape[1] / (places.shape[1] + 10 * len(places))
    found[~np.eye(len(found), dtype=bool)] *= 1 - share
    return found


def _gaussian(group: np.ndarray, whole: np.ndarray, within: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (k,) and Cholesky factor (k, k). whole, within: the covariance of all rows, and of all about their means."""
    k = len(whole)
    if len(group) < FEWEST_OF_A_CLASS:
        centre, spread = np.zeros(k), whole  # the rows' coordinates have their mean there
    else:
        share = k / (k + len(group))
        centre, spread = group.mean(axis=0), (1 - share) * _covariance(group) + share * within
    least = 1e-6 * max(float(np.trace(spread)) / k, 1e-6)
    return centre, np.linalg.cholesky(spread + least * np.eye(k))


def load(folder: Path) -> GaussianSampler:
    """Raises DataError `unreadable` when the folder holds no such model."""
    try:
        config = Config.model_validate_json((folder / "config.json").read_text(encoding="utf-8"))
        weights = load_file(str(folder / "weights.safetensors"))
        sampler = GaussianSampler(config, weights)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(Kind.UNREADABLE, f"{folder} holds no Gaussian of pixels: {error}.") from error
    return sampler
