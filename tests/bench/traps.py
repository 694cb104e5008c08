"""What the checks of the data find and cost: near-copies of pictures and rows, wrong labels, and their share of a run.

    python -m tests.bench.traps                          on the sets that scikit-learn carries
    python -m tests.bench.traps --data FOLDER            and FOLDER/mnist/*.gz, FOLDER/cifar10-jpeg/*.parquet

Near-copies: those found in the sets as they are, and of 100 planted ones. Wrong labels: mean over the seeds of the
share that is told, and of the rows named, how many were planted (precision) and how many of the planted ones are among
them (recall). Cost: seconds of processor time of all threads, of the checks and of the whole `prepare`.
"""

import argparse
import gzip
import io
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image
from sklearn import datasets

from noglue.tools.checks import label_noise, picture_copies, quick_model
from noglue.tools.data.row_content import Pixels
from tests.tools.preparing import Run

SHARES = (0, 0.02, 0.05, 0.1)
PLANTED = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{platform.machine()}, {platform.processor() or 'processor unknown'}, {arguments.seeds} seeds")
    pictures = {"digits": ((datasets.load_digits().images * 15).astype(np.uint8), datasets.load_digits().target, 1797)}
    if arguments.data is not None:
        pictures |= {"mnist": mnist(arguments.data / "mnist"), "cifar10-jpeg": cifar(arguments.data / "cifar10-jpeg")}
    near_copies(pictures)
    wrong_labels(pictures, arguments.seeds)
    cost()


def mnist(folder: Path) -> tuple[np.ndarray, np.ndarray, int]:
    """Pictures and labels of both splits, and how many are train's."""

    def of(name: str, skipped: int) -> np.ndarray:
        return np.frombuffer(gzip.open(folder / name).read()[skipped:], np.uint8)

    parts = [of(f"{split}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28) for split in ("train", "t10k")]
    labels = [of(f"{split}-labels-idx1-ubyte.gz", 8) for split in ("train", "t10k")]
    return np.concatenate(parts), np.concatenate(labels).astype(np.int64), len(parts[0])


def cifar(folder: Path) -> tuple[np.ndarray, np.ndarray, int]:
    tables = [pq.read_table(folder / f"{split}.parquet") for split in ("train", "test")]
    cells = [cell["bytes"] if isinstance(cell, dict) else cell for table in tables for cell in table[0].to_pylist()]
    grey = np.stack([np.asarray(Image.open(io.BytesIO(cell)).convert("L")) for cell in cells])
    return grey, np.concatenate([table[-1].to_numpy() for table in tables]), tables[0].num_rows


def jpeg(picture: np.ndarray) -> np.ndarray:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=60)
    return np.asarray(Image.open(buffer))


def resized(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape
    return np.asarray(Image.fromarray(picture).resize((width * 3 // 4, height * 3 // 4), 2).resize((width, height), 2))


CHANGES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "JPEG 60": jpeg,
    "brighter": lambda picture: np.clip(picture * 0.9 + 20, 0, 255).astype(np.uint8),
    "resized": resized,
    "a pixel cut off": lambda picture: np.asarray(Image.fromarray(picture[1:-1, 1:-1]).resize(picture.shape[::-1], 2)),
    "mirrored": lambda picture: picture[:, ::-1],
}


def near_copies(sets: dict[str, tuple[np.ndarray, np.ndarray, int]]) -> None:
    print("| pictures | near-copies in train | test rows with one in train | of them of another class | seconds |"
          + " | ".join(CHANGES) + " |\n|" + "---|" * (5 + len(CHANGES)))  # fmt: skip
    for name, (pictures, labels, train) in sets.items():
        begun = time.monotonic()
        rows = np.arange(len(pictures))
        found = picture_copies.find(Pixels(pictures[..., None]), [rows[:train], rows[train:]], np.random.default_rng(0))
        seconds = time.monotonic() - begun
        across = found.pairs[found.pairs[:, 0] >= train]
        differ = int((labels[across[:, 0]] != labels[across[:, 1]]).sum())
        cells = [f"{len(found.pairs) - len(across)}", f"{len(across)} of {len(pictures) - train:,}", str(differ)]
        planted = [f"{_planted(pictures[:5_000], change)}" for change in CHANGES.values()]
        print("| " + " | ".join([f"{name}, {len(pictures):,}", *cells, f"{seconds:.0f}", *planted]) + " |", flush=True)


def _planted(pictures: np.ndarray, change: Callable[[np.ndarray], np.ndarray]) -> int:
    """How many of 100 changed pictures are taken for copies of their own."""
    rows = np.random.default_rng(0).choice(len(pictures), PLANTED, replace=False)
    both = np.concatenate([pictures, np.stack([change(pictures[row]) for row in rows])])[..., None]
    found = picture_copies.find(Pixels(both), [np.arange(len(both))], np.random.default_rng(0))
    pairs = {(int(row), int(other)) for row, other in found.pairs}
    return sum((len(pictures) + place, int(row)) in pairs for place, row in enumerate(rows))


def wrong_labels(sets: dict[str, tuple[np.ndarray, np.ndarray, int]], seeds: int) -> None:
    tables: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for name in ("iris", "wine", "breast_cancer"):
        table = getattr(datasets, f"load_{name}")(as_frame=True)
        features = quick_model.matrix(pa.Table.from_pandas(table.data, preserve_index=False))[1]
        tables[name] = (features, table.target.to_numpy())
    for name, (pictures, labels, _) in sets.items():
        step = max(1, pictures.shape[1] // 16)
        small = pictures[: label_noise.MOST_ROWS, ::step, ::step]
        tables[name] = (small.reshape(len(small), -1).astype(np.float32), labels[: len(small)])
    print("| labels | " + " | ".join(f"{share:.0%} wrong" for share in SHARES) + " |\n|" + "---|" * (1 + len(SHARES)))
    for name, (features, codes) in tables.items():
        cells = [_told(features, codes, share, seeds) for share in SHARES]
        print("| " + " | ".join([f"{name}, {len(codes):,}", *cells]) + " |", flush=True)


def _told(features: np.ndarray, codes: np.ndarray, share: float, seeds: int) -> str:
    told, precision, recall = [], [], []
    for seed in range(seeds):
        random, given = np.random.default_rng(seed), codes.copy()
        wrong = random.choice(len(codes), int(share * len(codes)), replace=False)
        given[wrong] = (given[wrong] + random.integers(1, codes.max() + 1, len(wrong))) % (codes.max() + 1)
        found = label_noise.find(quick_model.out_of_bag(features, given, random), given)
        told.append(0.0 if found is None else found.share)
        if found is not None:
            right = np.isin(found.rows, wrong).sum()
            precision.append(right / len(found.rows))
            recall.append(right / max(1, len(wrong)))
    if not precision:
        return "nothing told"
    times = "" if len(precision) == seeds else f" ({len(precision)} of {seeds} told)"
    return f"{np.mean(told):.1%}{times}, precision {np.mean(precision):.2f}, recall {np.mean(recall):.2f}"


@contextmanager
def measured(seconds: dict[str, float]) -> Iterator[None]:
    """Processor time that the checks take while this lasts."""
    import cProfile
    import pstats

    profile = cProfile.Profile(time.process_time)
    with profile:
        yield
    for (file, _, function), (*_, whole, _callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        if (Path(file).stem, function) in {("traps", "warnings"), ("near_duplicates", "kept_together")}:
            seconds["checks"] += whole
        if (Path(file).stem, function) == ("pipeline", "prepare"):
            seconds["prepare"] += whole


def cost() -> None:
    print("| prepare | seconds | of them the checks |\n|---|---|---|")
    random = np.random.default_rng(0)
    wide = pd.DataFrame(random.normal(size=(100_000, 30)).round(3), columns=[f"x{i}" for i in range(30)])
    sets = {name: getattr(datasets, f"load_{name}")(as_frame=True).frame for name in ("breast_cancer", "digits")}
    sets["100,000 rows of 30 numbers"] = wide.assign(target=(wide["x0"] + wide["x1"] > 0).astype(int))
    for name, table in sets.items():
        seconds = {"checks": 0.0, "prepare": 0.0}
        with tempfile.TemporaryDirectory() as folder:
            table.to_csv(Path(folder) / "table.csv", index=False)
            with measured(seconds):
                Run(Path(folder) / "run").prepare(Path(folder) / "table.csv", target="target")
        print(f"| {name} | {seconds['prepare']:.1f} | {seconds['checks']:.1f} |", flush=True)


if __name__ == "__main__":
    main()
