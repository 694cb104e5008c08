"""Folders of pictures: classes at any depth, splits above and below them, what else folders stand for."""

from pathlib import Path

from tests.tools.readers.layouts.kit import NAMES, Expected, draw, each, layout, write


@layout
def classes_deep_down(root: Path) -> Expected:
    truth = {draw(root / "v2" / "raw" / "digits" / name / f"{n}.png", name): name for name, n in each(5)}
    return Expected(truth=truth, target="label", classes=NAMES)


@layout
def splits_above_classes(root: Path) -> Expected:
    sizes = {"training": 6, "valid": 2, "Testing": 3}
    found = {split: {draw(root / split / name / f"{n}.png", name): name for name, n in each(count, start=100 * count)}
             for split, count in sizes.items()}  # fmt: skip
    splits = {"train": [*found["training"]], "validation": [*found["valid"]], "test": [*found["Testing"]]}
    return Expected(truth={path: name for one in found.values() for path, name in one.items()}, splits=splits)


@layout
def splits_below_classes(root: Path) -> Expected:
    train = {draw(root / name / "train" / f"{n}.png", name): name for name, n in each(6)}
    test = {draw(root / name / "test" / f"{n}.png", name): name for name, n in each(3, start=50)}
    return Expected(truth=train | test, splits={"train": [*train], "test": [*test]}, classes=NAMES)


@layout
def folds(root: Path) -> Expected:
    truth = {draw(root / f"fold_{n // 3 % 4 + 1}" / name / f"{n}.png", name): name for name, n in each(12)}
    return Expected(truth=truth, classes=NAMES)


@layout
def hospitals(root: Path) -> Expected:
    sites = ("charite", "mayo", "karolinska")
    truth = {draw(root / sites[n // 3 % 3] / name / f"{n}.png", name): name for name, n in each(12)}
    return Expected(truth=truth, classes=NAMES)


@layout
def patients_above(root: Path) -> Expected:
    truth = {draw(root / f"patient_{n // 3 % 5:03d}" / name / f"{n}.png", name): name for name, n in each(15)}
    return Expected(truth=truth, classes=NAMES)


@layout
def patients_below(root: Path) -> Expected:
    truth = {draw(root / name / f"{1000 + 17 * (n // 6)}" / f"{n}.png", name): name for name, n in each(12)}
    return Expected(truth=truth, classes=NAMES)


@layout
def renderings(root: Path) -> Expected:
    truth = {draw(root / "color" / name / f"{n}.png", name): name for name, n in each(6)}
    for kind in ("grayscale", "segmented"):
        for name, n in each(6):
            draw(root / kind / name / f"{n}.png", name)
    return Expected(truth=truth, classes=NAMES, passed=36)


@layout
def unlabelled_beside_train(root: Path) -> Expected:
    train = {draw(root / "train" / name / f"{n}.png", name): name for name, n in each(6)}
    test = {draw(root / "test" / name / f"{n}.png", name): name for name, n in each(3, start=50)}
    extra = [draw(root / "unlabeled" / f"{n}.png", name) for name, n in each(4, start=90)]
    return Expected(truth=train | test, splits={"train": [*train], "test": [*test], "unlabelled": extra})


@layout
def extra_pictures_without_labels(root: Path) -> Expected:
    truth = {draw(root / name / f"{n}.png", name): name for name, n in each(8)}
    extra = [draw(root / "unlabelled" / f"{n}.png", name) for name, n in each(3, start=90)]
    return Expected(truth=truth, splits={"all": [*truth], "unlabelled": extra}, classes=NAMES)


@layout
def systems_leftovers(root: Path) -> Expected:
    truth = {draw(root / name / f"{n}.png", name): name for name, n in each(5)}
    for place in (root, root / "one"):
        for name in (".DS_Store", "Thumbs.db", "desktop.ini"):
            write(place / name, "x")
    for n in range(3):
        write(root / "__MACOSX" / "one" / f"._{n}.png", "x")
    return Expected(truth=truth, classes=NAMES, passed=9)


@layout
def test_in_other_case(root: Path) -> Expected:
    train = {draw(root / "Train" / name / f"{n}.png", name): name for name, n in each(6)}
    test = {draw(root / "TEST" / name.upper() / f"{n}.PNG", name): name for name, n in each(3, start=50)}
    return Expected(truth=train | test, splits={"train": [*train], "test": [*test]}, classes=NAMES)


@layout
def test_flat_beside_classes(root: Path) -> Expected:
    train = {draw(root / "train" / name / f"{n}.png", name): name for name, n in each(6)}
    test = [draw(root / "test" / f"{n}.png", name) for name, n in each(3, start=50)]
    return Expected(truth=train, splits={"train": [*train], "unlabelled": test}, classes=NAMES)


@layout
def ages_in_folders(root: Path) -> Expected:
    ages = [str(age) for age in range(20, 32)]
    truth = {draw(root / age / f"{age}_{n}.png"): age for age in ages for n in range(4)}
    return Expected(truth=truth, classes=ages)


@layout
def fields_of_names_first(root: Path) -> Expected:
    people = ("theo", "anna", "jack")
    truth = {draw(root / f"{NAMES.index(name)}_{people[n // 3 % 3]}_{n}.png", name): str(NAMES.index(name))
             for name, n in each(12)}  # fmt: skip
    return Expected(truth=truth, classes=["0", "1", "2"], among=True)


@layout
def fields_of_names_second(root: Path) -> Expected:
    people = ("theo", "anna", "jack")
    truth = {draw(root / f"{NAMES.index(name)}_{people[n // 3 % 3]}_{n}.png", name): people[n // 3 % 3]
             for name, n in each(12)}  # fmt: skip
    return Expected(truth=truth, classes=sorted(people))


@layout
def dotted_names(root: Path) -> Expected:
    truth = {draw(root / "train" / f"{name}.{n}.jpg", name): name for name, n in each(10)}
    return Expected(truth=truth, classes=NAMES)


@layout
def utkface(root: Path) -> Expected:
    truth = {draw(root / f"{20 + n % 9}_{n % 2}_{n % 4}_20170109{n:09d}.jpg.chip.jpg", name): str(n % 2)
             for name, n in each(24)}  # fmt: skip
    return Expected(truth=truth, classes=["0", "1"], among=True)


@layout
def utkface_ages(root: Path) -> Expected:
    truth = {draw(root / f"{20 + n % 9}_{n % 2}_{n % 4}_20170109{n:09d}.jpg", name): str(20 + n % 9)
             for name, n in each(24)}  # fmt: skip
    return Expected(truth=truth, classes=[str(20 + n) for n in range(9)], among=True)


@layout
def files_without_endings(root: Path) -> Expected:
    truth = {draw(root / name / f"{n:08x}", name): name for name, n in each(6)}
    return Expected(truth=truth, classes=NAMES)
