"""How quickly a model in memory answers one input: `python -m tests.bench.model [--seconds 60] [--repeats 200]`.

Models of scikit-learn's wine (as the budget gives them, and linear alone), of its digits, of crops of its photos (as
the budget gives them, and by the pretrained network) and of texts are trained; then one row, one picture as an array
and as a file, one text are asked again and again. The first answer loads the model.
Beside it the same for 1,000 at once. Medians and 95th percentiles of the repeats, in milliseconds.
"""

import argparse
import io
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits, load_wine

import noglue
from noglue.tasks.layouts.real_data import passages
from tests.bench.photos import patches, written

AT_ONCE = 1000
PHOTOS = 20  # of each of twelve classes


def told(name: str, model: noglue.Model, one: Any, many: Any, repeats: int) -> None:
    first = milliseconds(lambda: model.predict(one))
    taken = sorted(milliseconds(lambda: model.predict(one)) for _ in range(repeats))
    together = statistics.median(milliseconds(lambda: model.predict(many)) for _ in range(5))
    late = taken[int(0.95 * len(taken))]
    family = model.model.family if model.model else ""
    one_by_one = f"one {statistics.median(taken):6.1f} ms (95 %: {late:.1f})"
    print(
        f"{name:34} {family:18} first {first:7.0f} ms   {one_by_one}   {AT_ONCE} at once {together:7.0f} ms", flush=True
    )
    model.close()


def milliseconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - begin)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=60, help="budget of each training")
    arguments.add_argument("--repeats", type=int, default=200)
    asked = arguments.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "runs"

        def trained(words: str, **given: Any) -> noglue.Model:
            return noglue.run(words, runs=runs, planner="rules", budget=asked.seconds, **given)

        wine = load_wine(as_frame=True).frame
        rows = wine.drop(columns="target")
        many = rows.sample(AT_ONCE, replace=True, random_state=0)
        for words in ("Predict target with a linear model.", "Predict target."):
            told("a row of 13 numbers", trained(words, data=wine), rows.iloc[0].to_dict(), many, asked.repeats)
        digits = load_digits().images
        model = trained("Recognise handwritten digits.")
        told("a picture of 8×8, as an array", model, digits[0], digits[:AT_ONCE], asked.repeats)
        told("a picture of 8×8, as a PNG", model, png(digits[0]), [png(one) for one in digits[:AT_ONCE]], asked.repeats)
        photos = Path(folder) / "photos"
        written(photos, patches(PHOTOS, seed=0), PHOTOS)
        files = sorted(photos.rglob("*.jpg"))
        pictures = (files * AT_ONCE)[:AT_ONCE]
        for words in ("Classify the photos", "Classify the photos with pretrained_images"):
            model = trained(f"{words} in {photos}.")
            whole = np.asarray(Image.open(files[0]))
            told("a photo of 128×112, as an array", model, whole, [whole] * AT_ONCE, asked.repeats)
            told("a photo of 128×112, as a JPEG", model, files[0].read_bytes(), pictures, asked.repeats)
        kinds, texts = zip(*passages(), strict=True)
        place = Path(folder) / "texts"
        for number, (kind, text) in enumerate(zip(kinds, texts, strict=True)):
            (place / str(kind)).mkdir(parents=True, exist_ok=True)
            (place / str(kind) / f"{number}.txt").write_text(text, encoding="utf-8")
        model = trained(f"Classify the texts in {place}.")
        told("a text", model, texts[0], (list(texts) * AT_ONCE)[:AT_ONCE], asked.repeats)


def png(pixels: np.ndarray) -> bytes:
    sink = io.BytesIO()
    Image.fromarray(np.rint(pixels * 255 / 16).astype(np.uint8)).save(sink, "PNG")
    return sink.getvalue()


if __name__ == "__main__":
    main()
