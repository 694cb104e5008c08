"""The independent eye whose features and opinion samples are judged by. No generator is ever trained with it.

    >>> judge = train_judge(run / "data", step.folder / "judge", schema, step, seed=1, rows=20_000, epochs=3)
    >>> judge.how
    'a residual network that tells the 10 classes apart, trained on 19,000 train rows (right on 99.1 % of 1,000
    others …), principal components of the pixels and random convolutions'
    >>> judge.features(samples).shape, judge.accuracy(test_pixels, test_labels)
    ((10000, 258), 0.993)

    folder/judge.json          `About`
    folder/looks.safetensors   the projections of the looks (tools/generation/looks/)
    folder/model/              the family `resnet`'s files, where the network proved itself

Images without labels teach the network by how many quarter turns they were rotated (Gidaris et al. 2018,
https://arxiv.org/abs/1803.07728), which takes knowing what they show. It learns from the pictures as they are, never
mirrored, moved or cut out, as it would be blind to what a generator does of these. Each part must prove itself on
pictures that were held back (`proof.py`); one that fails is not asked, and `how` says so.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
from pydantic import BaseModel
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from noglue.tools.data.arrays import image_column
from noglue.tools.data.write_split import SplitWriter
from noglue.tools.evaluation.generation_findings import JudgeProof
from noglue.tools.evaluation.wording import listing
from noglue.tools.generation.judge_examples import MOST_HELD, LabelledImages, divided, labelled_images
from noglue.tools.generation.projection import Projection, scale_of
from noglue.tools.generation.proof import in_words, proven
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.profiles import Column, ImageShape
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Note, Progress, Step
from noglue.tools.training.image_model import ImagePredictor
from noglue.tools.training.pixels import IN_A_BATCH, Size, fitted

PIXELS = {"cpu": 32}  # the longest side that the network sees; `LARGER_PIXELS` on other devices
LARGER_PIXELS = 64
SMALL = 20 * 20  # pixels; on a CPU larger images get a network of half the width, a third of the work for MNIST
LONGER = 20  # by how much a smaller set's epochs are multiplied at most
ROWS = 2048  # images at a time
FITTED = 2_000  # pictures that the looks are fitted on
LOOKS = "noglue.tools.generation.looks"
NETWORK = "the residual network"


class About(BaseModel):
    """classes: those that the network tells apart, or None where it was taught turns or is not asked; how: in words.

    network: whether it is asked; network_scale: on its features. looks: those asked, by file name; size: of the
    pictures that they see; seed: of what they draw. proofs: see `Judge`.
    """

    classes: list[str] | None
    how: str
    network: bool = False
    network_scale: float = 1.0
    looks: list[str] = []
    size: Size
    seed: int = 0
    proofs: dict[str, JudgeProof] = {}


@dataclass(frozen=True)
class Look:
    """One of tools/generation/looks/, fitted on train pictures, of whose size all others are brought."""

    name: str
    seed: int
    size: Size
    projection: Projection

    def __call__(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (n, h, w, c) → float32 (n, d)."""
        return self.projection(catalogue.load(LOOKS, self.name).describe(fitted(pixels, self.size), self.seed))


@dataclass(frozen=True)
class Judge:
    """predictor: the network, or None where it is not asked. classes: None where it knows none. how: what it is and
    learned from, in words. proofs: what each part showed, by its name in words, those that are not asked among them.
    """

    about: About
    looks: list[Look]
    predictor: ImagePredictor | None = None

    @property
    def classes(self) -> list[str] | None:
        return self.about.classes

    @property
    def how(self) -> str:
        return self.about.how

    @property
    def trusted(self) -> bool:
        """Whether any part of it has proved itself."""
        return any(proof.passed for proof in self.proofs.values())

    @property
    def proofs(self) -> dict[str, JudgeProof]:
        return self.about.proofs

    def features(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 (n, h, w, c) of any size and channels → float32 (n, d); the train pictures' variances sum to 100."""
        parts = [_by_pieces(look, pixels) for look in self.looks]
        if self.predictor is not None:
            parts.insert(0, _by_pieces(self.predictor.features, pixels) * np.float32(self.about.network_scale))
        return np.concatenate(parts, 1) / np.float32(len(parts) ** 0.5)

    def probabilities(self, pixels: np.ndarray) -> np.ndarray | None:
        """float32 (n, k) over `classes`; None without classes."""
        return None if self.classes is None else _by_pieces(self._class_probabilities, pixels)

    def accuracy(self, pixels: np.ndarray, labels: np.ndarray) -> float | None:
        """How often it is right where there is a label (labels: int64 (n,), -1 for none); None where it can't be."""
        probabilities, known = self.probabilities(pixels), labels >= 0
        if probabilities is None or not known.any():
            return None
        return float((probabilities.argmax(1) == labels)[known].mean())

    def _class_probabilities(self, pixels: np.ndarray) -> np.ndarray:
        assert self.predictor is not None, "classes without a network"
        return self.predictor.answers(self.predictor.outputs(fitted(pixels, self.predictor.config.size)))


def train_judge(
    data: Path,
    folder: Path,
    schema: Schema,
    step: Step,
    *,
    seed: int,
    rows: int,
    epochs: int,
    seconds: float | None = None,
    network: bool = True,
) -> Judge:
    """Learn from at most `rows` of the train rows, and leave the judge in `folder`.

    epochs: over `rows` rows; a smaller set is gone over more often, for as many steps, at most 20 times as often.
    seconds: at most so long; where that is too short, the result depends on the machine's speed. network: False where
    there is no time to teach one. Nothing random outside is touched. Raises DataError `too-few-rows` without any
    image; BudgetSpent when no time is left at all.
    """
    step.progress("judge")
    examples = labelled_images(data, schema, seed, rows, PIXELS.get(step.device, LARGER_PIXELS))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    how, scale, proofs, kept = examples.how, 1.0, dict[str, JudgeProof](), False
    if network and len(examples.held_labels):
        how = _trained_network(examples, folder, schema, step, seed, rows, epochs, seconds)
        predictor = _network(folder, step.device)
        proof = _network_proof(predictor, examples, seed)
        proofs[NETWORK], kept = proof, proof.passed
        if kept:
            scale = scale_of(predictor.features(examples.upright[0][:FITTED]))
        else:
            shutil.rmtree(folder / "model")
    else:
        proofs[NETWORK] = JudgeProof(rows=0, failed=["too-few" if network else "time"])
    looks = _looks(*examples.upright, seed, proofs)
    _save_looks(folder, looks)
    about = About(
        classes=examples.classes if kept else None,
        how=_in_words(how, proofs, kept, [look.name for look in looks]),
        network=kept,
        network_scale=scale,
        looks=[look.name for look in looks],
        size=looks[0].size,
        seed=seed,
        proofs=proofs,
    )
    (folder / "judge.json").write_text(about.model_dump_json(indent=2), encoding="utf-8")
    return load_judge(folder, step.device)


def _trained_network(
    examples: LabelledImages, folder: Path, schema: Schema, step: Step, seed: int, rows: int, epochs: int,
    seconds: float | None,
) -> str:  # fmt: skip
    """Leaves it in folder/model. What it was told, in words."""
    taught = _write(examples, folder / "data", schema)
    often = round(epochs * min(LONGER, max(1.0, rows / len(examples.labels))))
    inner = replace(step, seed=seed, folder=folder / "work", deadline=_deadline(step, seconds), emit=_as_judge(step))
    inner.folder.mkdir()
    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[step.device] if step.device.startswith("cuda") else []):
        family = catalogue.load("noglue.tools.models", "resnet")
        width = 0.5 if step.device == "cpu" and examples.pixels[0, ..., 0].size > SMALL else 1.0
        options = {"pixels": max(examples.pixels.shape[1:3]), "width": width, "flips": False, "augment": False}
        trained = family.train(
            folder / "data", folder / "model", taught, Settings(epochs=often, options=options), inner
        )
        how = f"{examples.how}, trained on {len(examples.upright[0]):,} train rows"
        how = _with_what_was_cut(how, float(trained.settings["epochs"]), often)
    torch.set_num_threads(threads)
    for part in ("data", "work"):
        shutil.rmtree(folder / part)
    return how


def load_judge(folder: Path, device: str) -> Judge:
    """The judge that `train_judge` left. Raises DataError `unreadable` when the folder holds none."""
    try:
        about = About.model_validate_json((folder / "judge.json").read_text(encoding="utf-8"))
        kept = load_file(folder / "looks.safetensors")
        looks = [
            Look(name, about.seed, about.size, Projection(kept[f"{name}.middle"], kept[f"{name}.directions"],
                                              float(kept[f"{name}.scale"][0])))
            for name in about.looks
        ]  # fmt: skip
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise DataError(Kind.UNREADABLE, f"{folder} holds no judge: {error}.", hint="Train one first.") from error
    if not about.network:
        return Judge(about, looks)
    return Judge(about, looks, _network(folder, device))


def _network(folder: Path, device: str) -> ImagePredictor:
    with torch.random.fork_rng(devices=[device] if device.startswith("cuda") else []):  # it draws before it reads
        found: ImagePredictor = catalogue.load("noglue.tools.models", "resnet").load(folder / "model", device)
        return found


# ---- what it proves ----------------------------------------------------------------------------------------------


def _network_proof(predictor: ImagePredictor, examples: LabelledImages, seed: int) -> JudgeProof:
    held, labels = examples.held_pixels, examples.held_labels
    told = predictor.answers(predictor.outputs(fitted(held, predictor.config.size))).argmax(1)
    chance = float(np.bincount(labels).max() / len(labels))
    right = float((told == labels).mean())
    return proven(predictor.features, *examples.upright, seed, right=right, chance=chance)


def looking(pixels: np.ndarray, seed: int, most: int = FITTED + MOST_HELD) -> Judge:
    """The looks alone, which take a second, fitted on at most so many of these pictures, uint8 (n, h, w, c), at least
    one; nothing is left in a folder.
    """
    rest, held = divided(np.random.default_rng(seed).permutation(len(pixels))[:most])
    proofs: dict[str, JudgeProof] = {}
    looks = _looks(pixels[rest], pixels[held], seed, proofs)
    names = [look.name for look in looks]
    how = _in_words("", proofs, False, names)
    return Judge(About(classes=None, how=how, looks=names, size=looks[0].size, seed=seed, proofs=proofs), looks)


def _looks(learned: np.ndarray, held: np.ndarray, seed: int, proofs: dict[str, JudgeProof]) -> list[Look]:
    """Those that prove themselves; all of them where none does, so that there are features at all. Adds to `proofs`."""
    found, good = [], []
    height, width, channels = learned.shape[1:]
    size = Size(height=height, width=width, channels=channels)
    for name in catalogue.names(LOOKS):
        source = catalogue.load(LOOKS, name)
        look = Look(name, seed, size, Projection.fit(source.describe(learned[:FITTED], seed)))
        proof = proofs[source.NAME] = proven(look, learned, held, seed)
        found.append(look)
        good += [look] if proof.passed else []
    return good or found


def _save_looks(folder: Path, looks: list[Look]) -> None:
    arrays = {}
    for look in looks:
        arrays[f"{look.name}.middle"] = look.projection.middle
        arrays[f"{look.name}.directions"] = np.ascontiguousarray(look.projection.directions)
        arrays[f"{look.name}.scale"] = np.array([look.projection.scale], np.float64)
    save_file(arrays, folder / "looks.safetensors")


def _in_words(network: str, proofs: dict[str, JudgeProof], kept: bool, looks: list[str]) -> str:
    others = [catalogue.load(LOOKS, name).NAME for name in looks]
    if kept:
        return f"{network} ({in_words(proofs[NETWORK])}); beside it {listing(others)}"
    if NETWORK not in proofs:
        return listing(others)
    taught = not {"too-few", "time"} & set(proofs[NETWORK].failed)
    why = ", which has learned too little" if taught else ""
    return f"{listing(others)}, in the place of {network}{why}: {in_words(proofs[NETWORK])}"


# ---- how it is trained -------------------------------------------------------------------------------------------


def _write(examples: LabelledImages, data: Path, schema: Schema) -> Schema:
    """The examples as a prepared data set to classify."""
    import datasets

    count, height, width, channels = examples.pixels.shape
    kinds = {
        "image": datasets.Array3D((height, width, channels), "uint8"),
        "label": datasets.ClassLabel(names=examples.names),
    }
    with SplitWriter(data / "train", datasets.Features(kinds), "judge") as writer:
        writer.write({"image": image_column(examples.pixels), "label": pa.array(examples.labels, pa.int64())})
    change = {
        "goal": "classify",
        "target": "label",
        "features": [Column(name="image", kind="image", dtype="uint8")],
        "classes": examples.names,
        "image": ImageShape(height=height, width=width, channels=channels),
        "rows": {"train": count},
    }
    return schema.model_copy(update=change)


def _with_what_was_cut(how: str, done: float, planned: int) -> str:
    return f"{how}, for {done:.1f} of {planned} epochs as time was short" if done < 0.95 * planned else how


def _deadline(step: Step, seconds: float | None) -> float | None:
    own = None if seconds is None else time.monotonic() + seconds
    given = [deadline for deadline in (own, step.deadline) if deadline is not None]
    return min(given, default=None)


def _as_judge(step: Step) -> Callable[[Progress | Note], None]:
    """Its own progress would be mistaken for the generator's."""

    def emit(event: Progress | Note) -> None:
        if isinstance(event, Progress):
            step.progress("judge", event.done, event.total, unit="epochs")

    return emit


def _by_pieces(answer: Callable[[np.ndarray], np.ndarray], pixels: np.ndarray) -> np.ndarray:
    size = max(1, min(ROWS, IN_A_BATCH // max(1, int(np.prod(pixels.shape[1:])))))
    if not len(pixels):
        return answer(np.zeros((1, *pixels.shape[1:]), np.uint8))[:0]
    return np.concatenate([answer(pixels[start : start + size]) for start in range(0, len(pixels), size)])
