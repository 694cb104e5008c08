"""Small prepared image data sets, as `prepare` writes them; also a program: trains in a child process.

python -P tests/tools/models/_image_data.py RUN EPOCHS      trains on RUN/data, writes RUN/model
"""

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from noglue.tools.spec.profiles import Column, ImageShape
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.step import Step


def digits(rows: int = 1797) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (n, 8, 8, 1) and labels, of scikit-learn's digits."""
    from sklearn.datasets import load_digits

    found = load_digits()
    return (found.images * 255 / 16).round().astype(np.uint8)[:rows, ..., None], found.target[:rows]


def coloured(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """uint8 (n, 24, 20, 3): noise in which red (class 0) or blue (class 1) is the stronger."""
    random = np.random.default_rng(seed)
    labels = np.arange(rows) % 2
    pixels = random.integers(0, 150, (rows, 24, 20, 3))
    pixels[np.arange(rows), :, :, labels * 2] += 60
    return pixels.astype(np.uint8), labels


def png(pixels: np.ndarray, size: tuple[int, int], mode: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).resize(size).convert(mode).save(out, "PNG")
    return out.getvalue()


def array_rows(pixels: np.ndarray, values: np.ndarray | None = None, names: list[str] | None = None):  # type: ignore[no-untyped-def]
    """A `datasets.Dataset` of images of one size, with a target column `label` if values are given."""
    import datasets
    import pyarrow as pa

    from noglue.tools.data.arrays import image_column

    kinds = {"image": datasets.Array3D(pixels.shape[1:], "uint8")}
    columns = {"image": image_column(pixels)}
    if values is not None:
        kinds["label"] = datasets.ClassLabel(names=names) if names else datasets.Value("float64")
        columns["label"] = pa.chunked_array([pa.array(values, pa.int64() if names else pa.float64())])
    features = datasets.Features(kinds)
    return datasets.Dataset(pa.table(columns).cast(features.arrow_schema), info=datasets.DatasetInfo(features=features))


def file_rows(files: list[bytes], values: np.ndarray | None = None, names: list[str] | None = None):  # type: ignore[no-untyped-def]
    """A `datasets.Dataset` of encoded images."""
    import datasets

    kinds = {"image": datasets.Image()}
    columns: dict[str, object] = {"image": [{"bytes": file, "path": None} for file in files]}
    if values is not None:
        kinds["label"] = datasets.ClassLabel(names=names)
        columns["label"] = [int(value) for value in values]
    return datasets.Dataset.from_dict(columns, features=datasets.Features(kinds))


def prepared(run: Path, train, validation, names: list[str] | None) -> Schema:  # type: ignore[no-untyped-def]
    """Write RUN/data; a target without class names is a value."""
    for split, rows in (("train", train), ("validation", validation)):
        rows.save_to_disk(str(run / "data" / split))
    shape = getattr(train.features["image"], "shape", None)
    schema = Schema(
        goal="classify" if names else "regress",
        modality="image",
        target="label",
        features=[Column(name="image", kind="image", dtype="uint8")],
        classes=names,
        image=ImageShape(height=shape[0], width=shape[1], channels=shape[2]) if shape else None,
        rows={"train": len(train), "validation": len(validation)},
        split="random",
    )
    schema.save(run / "data")
    return schema


def main() -> None:
    from noglue.tools.models import resnet

    run, epochs = Path(sys.argv[1]), int(sys.argv[2])
    settings = Settings(epochs=epochs, options={"checkpoint_seconds": 0.2})
    step = Step(folder=run, run=run, seed=7, emit=lambda event: print(event, flush=True))
    resnet.train(run / "data", run / "model", Schema.load(run / "data"), settings, step)


if __name__ == "__main__":
    main()
