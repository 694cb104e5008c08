"""The bare training of the image network on a known data set, without the agent: shared by `cifar.py`, `fashion.py`.

Prints the machine, then one line a seed: test accuracy, epochs, training images a second, seconds, peak memory.
"""

import argparse
import gzip
import importlib
import io
import platform
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.step import Note, Progress, Step
from tests.tools.models._image_data import array_rows, prepared

Arrays = tuple[np.ndarray, np.ndarray]  # uint8 (n, h, w, c) and int64 (n,)


def main(read: Callable[[Path, str], Arrays], names: list[str], folder: str, minutes: float, about: str) -> None:
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--data", type=Path, default=Path(folder))
    parser.add_argument("--minutes", type=float, default=minutes, help="for the training; 0: the recipe's own length")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--family", default="resnet")
    arguments = parser.parse_args()
    train, test = read(arguments.data, "train"), read(arguments.data, "test")
    print(f"{about}; {machine(arguments.device)}; {len(train[1])} train + validation, {len(test[1])} test", flush=True)
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as run:
            one(arguments, seed, Path(run), train, test, names)


def one(arguments: argparse.Namespace, seed: int, run: Path, train: Arrays, test: Arrays, names: list[str]) -> None:
    """A tenth of train chooses the state; the test split is seen once, at the end."""
    order = np.random.default_rng(seed).permutation(len(train[1]))
    cut = len(order) // 10
    parts = [array_rows(train[0][part], train[1][part], names) for part in (order[cut:], order[:cut])]
    schema = prepared(run, *parts, names)
    family = importlib.import_module(f"noglue.tools.models.{arguments.family}")
    deadline = time.monotonic() + 60 * arguments.minutes if arguments.minutes else None
    step = Step(folder=run, run=run, seed=seed, device=arguments.device, deadline=deadline, emit=tell)
    settings = Settings(epochs=arguments.epochs, options={"width": arguments.width} if arguments.width != 1 else {})
    trained = family.train(run / "data", run / "model", schema, settings, step)
    began = time.monotonic()
    probabilities = family.load(run / "model", arguments.device).predict(array_rows(test[0]))
    seconds = time.monotonic() - began
    accuracy = float((probabilities.argmax(axis=1) == test[1]).mean())
    epochs = trained.settings.get("epochs", 0)
    pace = epochs * len(parts[0]) / trained.seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(
        f"seed {seed}: test accuracy {accuracy:.4f}, validation {trained.validation}, {epochs} epochs, "
        f"{pace:.0f} images/s, {trained.seconds:.0f} s of training, {trained.stopped}; "
        f"{len(test[1])} predictions in {seconds:.1f} s; peak {peak:.2f} GB",
        flush=True,
    )


def tell(event: Progress | Note) -> None:
    """Notes, and progress every tenth second or so."""
    if isinstance(event, Note) or time.monotonic() - told[0] > 10:
        told[0] = time.monotonic()
        print(
            " ", *(f"{name}={value}" for name, value in event.model_dump(exclude={"event", "step"}).items()), flush=True
        )


told = [0.0]


def machine(device: str) -> str:
    import torch

    text = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    cpu = next((line.split(":")[1].strip() for line in text.splitlines() if "model name" in line), platform.processor())
    extra = [flag for flag in ("avx512_bf16", "amx_bf16") if flag in text]
    gpu = f", {torch.cuda.get_device_name(device)}" if device.startswith("cuda") else ""
    return f"{cpu}, {torch.get_num_threads()} cores {' '.join(extra)}{gpu}, torch {torch.__version__}"


def idx(folder: Path, split: str) -> Arrays:
    """MNIST and its kin: the pair of IDX files of a split, gzipped or not."""

    def content(kind: str) -> bytes:
        file = next(folder.glob(f"{'train' if split == 'train' else 't10k'}-{kind}*"))
        raw = file.read_bytes()
        return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw

    images, labels = content("images"), content("labels")
    count, height, width = (int.from_bytes(images[at : at + 4], "big") for at in (4, 8, 12))
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(count, height, width, 1)
    return pixels, np.frombuffer(labels, np.uint8, offset=8).astype(np.int64)


def parquet(folder: Path, split: str) -> Arrays:
    """The Hugging Face image layout: image{bytes, path}, label."""
    import pyarrow.parquet as pq
    from PIL import Image

    table = pq.read_table(folder / f"{split}.parquet")
    pixels = [np.asarray(Image.open(io.BytesIO(row["bytes"])).convert("RGB")) for row in table["image"].to_pylist()]
    return np.stack(pixels), table["label"].to_numpy().astype(np.int64)
