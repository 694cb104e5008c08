"""Small sets of pictures that no generator was tuned on, made or cut out when they are needed, always the same.

    write("letters", place)    2,300 characters of five alphabets, 105 × 105, dark on light, slanted and warped
    write("photos", place)     2,000 crops of 48 × 48 from scikit-learn's two photographs
    write("objects", place)    2,000 lit solids of four kinds, 32 × 32 in colour
    write("cifar", place)      2,400 of CIFAR-10's (JPEG copy) horses and automobiles
    write("digits", place)     1,000 digits of MNIST

Each lands in folders of PNG files, one a class.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.bench.whole import SHARED

Picture = tuple[str, np.ndarray]  # the class, uint8 (h, w) or (h, w, 3)
ALPHABETS = {
    "latin": "abdefghkmnpqrstyABDEGHKMNQRSW",
    "greek": "αβγδεζηθλμξπρσφψωΓΔΘΛΞΠΣΦΨΩ",
    "cyrillic": "бвгджзийлпфцчшщэюяБДЖИЛФЦЧШЭЮЯ",
    "armenian": "աբգդեզէթժիլխծկհձղճմյնշոչպջռս",
    "georgian": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძ",
}
FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf", "DejaVuSerif.ttf")
SIDE = 105


def letters(count: int = 2_300) -> Iterator[Picture]:
    import matplotlib

    random = np.random.default_rng(1)
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    names = list(ALPHABETS)
    for number in range(count):
        alphabet = names[number % len(names)]
        font = FONTS[int(random.integers(3 if alphabet == "georgian" else len(FONTS)))]
        page = Image.new("L", (SIDE, SIDE), 255)
        pen = ImageDraw.Draw(page)
        letter = ALPHABETS[alphabet][int(random.integers(len(ALPHABETS[alphabet])))]
        pen.text(
            (SIDE / 2, SIDE / 2), letter, 0, ImageFont.truetype(str(folder / font), int(random.integers(52, 76))), "mm"
        )
        yield alphabet, warped(np.asarray(page), random)


def warped(page: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Slanted, turned a little and bent along smooth waves, as by a hand; uint8 (h, w)."""
    from scipy.ndimage import gaussian_filter, map_coordinates

    side = np.arange(len(page)) - len(page) / 2
    y, x = np.meshgrid(side, side, indexing="ij")
    turn, slant = random.uniform(-0.15, 0.15), random.uniform(-0.25, 0.25)
    bends = [gaussian_filter(random.standard_normal(page.shape), 9) * 45 for _ in range(2)]
    rows = np.cos(turn) * y - np.sin(turn) * x + bends[0]
    columns = np.sin(turn) * y + np.cos(turn) * x + slant * y + bends[1]
    middle = len(page) / 2
    moved = map_coordinates(page.astype(np.float32), [rows + middle, columns + middle], order=1, cval=255.0)
    return np.asarray(moved.round().clip(0, 255), np.uint8)


def photos(count: int = 2_000, side: int = 48) -> Iterator[Picture]:
    from sklearn.datasets import load_sample_images

    random = np.random.default_rng(2)
    found = load_sample_images()
    halves = [np.asarray(Image.fromarray(image).resize((320, 213))) for image in found.images]
    for number in range(count):
        which = number % 2
        top, left = (int(random.integers(0, extent - side)) for extent in halves[which].shape[:2])
        yield ("temple", "flower")[which], halves[which][top : top + side, left : left + side]


def objects(count: int = 2_000, side: int = 32) -> Iterator[Picture]:
    random = np.random.default_rng(3)
    kinds: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "ball": lambda p: np.linalg.norm(p, axis=-1) - 0.8,
        "box": lambda p: np.abs(p).max(-1) - 0.6,
        "ring": lambda p: np.hypot(np.hypot(p[..., 0], p[..., 1]) - 0.65, p[..., 2]) - 0.25,
        "tube": lambda p: np.maximum(np.hypot(p[..., 0], p[..., 1]) - 0.4, np.abs(p[..., 2]) - 0.75),
    }
    for number in range(count):
        name = list(kinds)[number % len(kinds)]
        yield name, solid(kinds[name], side, random)


def solid(distance: Callable[[np.ndarray], np.ndarray], side: int, random: np.random.Generator) -> np.ndarray:
    """One solid, given by its distance field, seen from a random side under one lamp at the upper left."""
    from scipy.spatial.transform import Rotation

    turn = Rotation.random(rng=random).as_matrix()
    place = random.uniform(-0.15, 0.15, 2)
    ends = np.linspace(-1.15, 1.15, side)
    x, y = np.meshgrid(ends - place[0], ends - place[1])
    at = np.stack([x, y, np.full_like(x, -1.5)], -1)
    for _ in range(24):
        at[..., 2] += np.clip(distance(at @ turn), -0.2, 0.2)
    hit = (np.abs(distance(at @ turn)) < 0.05) & (at[..., 2] < 1.5)
    steps = 1e-2 * np.eye(3)
    normal = np.stack([distance((at + s) @ turn) - distance((at - s) @ turn) for s in steps], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-9
    light = np.clip(normal @ (np.array([-0.5, -0.6, -0.62])), 0, 1)
    colour, ground = random.uniform(0.35, 1, 3), random.uniform(0.05, 0.3)
    shown = np.where(hit[..., None], colour * (0.2 + 0.8 * light[..., None]), ground)
    return np.asarray((shown * 255).round(), np.uint8)


def cifar(count: int = 2_400) -> Iterator[Picture]:
    import io

    import pyarrow.parquet

    table = pyarrow.parquet.read_table(SHARED / "cifar10-jpeg" / "train.parquet")
    images, labels = table.column(0).to_pylist(), np.asarray(table.column(1))
    for label, name in ((1, "automobile"), (7, "horse")):
        for row in np.flatnonzero(labels == label)[: count // 2]:
            content = images[row]["bytes"] if isinstance(images[row], dict) else images[row]
            yield name, np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def digits(count: int = 1_000) -> Iterator[Picture]:
    import gzip

    with gzip.open(SHARED / "mnist" / "train-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(16 + count * 784), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(SHARED / "mnist" / "train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(8 + count), np.uint8, offset=8)
    yield from ((str(label), image) for label, image in zip(labels, pixels, strict=True))


SETS: dict[str, Callable[[], Iterator[Picture]]] = {
    "letters": letters,
    "photos": photos,
    "objects": objects,
    "cifar": cifar,
    "digits": digits,
}


def write(name: str, place: Path) -> Path:
    """The folder of that set, made once."""
    done = place / "whole"
    if not done.is_file():
        for number, (label, pixels) in enumerate(SETS[name]()):
            folder = place / name / label
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(folder / f"{number:05d}.png")
        done.touch()
    return place / name
