"""Pictures whose labels stand in a file beside them."""

import json
from pathlib import Path

import numpy as np

from tests.tools.readers.layouts.kit import NAMES, Expected, draw, each, layout, pixels, table, write


def _pictures(root: Path, count: int = 8, form: str = "images/{:04d}.png", start: int = 0) -> dict[Path, str]:
    return {draw(root / form.format(n), name): name for name, n in each(count, start=start)}


@layout
def labels_csv(root: Path) -> Expected:
    truth = _pictures(root)
    table(root / "labels.csv", [(path.name, name) for path, name in truth.items()], ("filename", "digit"))
    return Expected(truth=truth, target="digit")


@layout
def labels_csv_by_stem(root: Path) -> Expected:
    truth = _pictures(root)
    table(root / "labels.csv", [(path.stem, name) for path, name in truth.items()], ("id", "kind"))
    return Expected(truth=truth, target="kind")


@layout
def labels_csv_backslashes(root: Path) -> Expected:
    truth = _pictures(root)
    table(
        root / "data.csv", [(f"C:\\data\\images\\{path.name}", name) for path, name in truth.items()], ("path", "label")
    )
    return Expected(truth=truth, target="label")


@layout
def labels_txt_blank(root: Path) -> Expected:
    truth = _pictures(root)
    write(root / "labels.txt", "".join(f"{path.name} {name}\n" for path, name in truth.items()))
    return Expected(truth=truth, target="labels")


@layout
def labels_txt_comma(root: Path) -> Expected:
    truth = _pictures(root)
    write(root / "labels.txt", "".join(f"images/{path.name},{name}\n" for path, name in truth.items()))
    return Expected(truth=truth, target="labels")


@layout
def labels_txt_line_by_line(root: Path) -> Expected:
    truth = _pictures(root)
    write(root / "labels.txt", "".join(f"{name}\n" for name in truth.values()))
    return Expected(truth=truth, target="labels")


@layout
def labels_txt_line_by_line_numbers(root: Path) -> Expected:
    pictures = _pictures(root, form="img_{}.png")
    write(root / "labels.txt", "".join(f"{NAMES.index(name) + 1}\n" for name in pictures.values()))
    return Expected(truth={path: NAMES.index(name) + 1 for path, name in pictures.items()}, target="labels")


@layout
def labels_json(root: Path) -> Expected:
    truth = _pictures(root)
    write(root / "labels.json", json.dumps({path.name: name for path, name in truth.items()}))
    return Expected(truth=truth, target="label")


@layout
def labels_json_by_class(root: Path) -> Expected:
    truth = _pictures(root)
    by_class = {kind: [path.name for path, name in truth.items() if name == kind] for kind in NAMES}
    write(root / "labels.json", json.dumps(by_class))
    return Expected(truth=truth, target="label")


@layout
def labels_json_records(root: Path) -> Expected:
    truth = _pictures(root)
    rows = [{"image": f"images/{path.name}", "label": name, "size": [16, 16]} for path, name in truth.items()]
    write(root / "annotations.json", json.dumps({"info": {"year": 2020}, "data": rows}))
    return Expected(truth=truth, target="label")


@layout
def labels_one_hot(root: Path) -> Expected:
    truth = _pictures(root)
    rows = [(path.name, *(int(name == kind) for kind in NAMES)) for path, name in truth.items()]
    table(root / "labels.csv", rows, ("image", *NAMES))
    return Expected(truth=truth, target="label")


@layout
def labels_numbers_and_classes_csv(root: Path) -> Expected:
    truth = _pictures(root)
    table(
        root / "labels.csv", [(path.name, NAMES.index(name) + 1) for path, name in truth.items()], ("file", "class_id")
    )
    table(root / "classes.csv", [(n + 1, name) for n, name in enumerate(NAMES)], ("class_id", "name"))
    return Expected(truth=truth, target="name")


@layout
def labels_numbers_and_classes_txt(root: Path) -> Expected:
    truth = _pictures(root)
    table(root / "labels.csv", [(path.name, NAMES.index(name)) for path, name in truth.items()], ("file", "label"))
    write(root / "classes.txt", "\n".join(NAMES))
    return Expected(truth=truth, target="label name")


@layout
def labels_of_several_columns(root: Path) -> Expected:
    truth = _pictures(root)
    rows = [(path.name, name, n % 2, 20 + n % 7) for n, (path, name) in enumerate(truth.items())]
    table(root / "metadata.csv", rows, ("file_name", "digit", "male", "age"))
    return Expected(truth={path: 20 + n % 7 for n, path in enumerate(truth)}, columns=("digit", "male", "age"),
                    target="age", hints={"target": "age"})  # fmt: skip


@layout
def ages_csv(root: Path) -> Expected:
    pictures = _pictures(root, 10)
    ages = {path: 20 + 1.5 * n for n, path in enumerate(pictures)}
    table(root / "ages.csv", [(path.name, age) for path, age in ages.items()], ("file", "age"))
    return Expected(truth=ages, target="age")


@layout
def labels_txt_beside(root: Path) -> Expected:
    truth = _pictures(root)
    for path, name in truth.items():
        write(path.with_suffix(".txt"), name)
    return Expected(truth=truth, target="label", classes=NAMES)


@layout
def labels_json_beside(root: Path) -> Expected:
    truth = _pictures(root)
    for n, (path, name) in enumerate(truth.items()):
        write(path.with_suffix(".json"), json.dumps({"id": n, "camera": {"iso": 100}, "label": name}))
    return Expected(truth=truth, target="label", classes=NAMES)


@layout
def labels_json_beside_in_a_folder(root: Path) -> Expected:
    truth = _pictures(root)
    for path, name in truth.items():
        write(root / "meta" / f"{path.name}.json", json.dumps({"file": path.name, "category": name}))
    return Expected(truth=truth, target="label", classes=NAMES)


@layout
def labels_tables_per_split(root: Path) -> Expected:
    train, test = _pictures(root), _pictures(root, 4, start=100)
    for split, truth in (("train", train), ("test", test)):
        table(root / f"{split}.csv", [(path.name, name) for path, name in truth.items()], ("image", "label"))
    return Expected(truth=train | test, splits={"train": [*train], "test": [*test]}, target="label")


@layout
def labels_split_column(root: Path) -> Expected:
    train, test = _pictures(root), _pictures(root, 4, start=100)
    rows = [(path.name, name, split) for split, one in (("train", train), ("test", test)) for path, name in one.items()]
    table(root / "meta.csv", rows, ("image", "label", "split"))
    return Expected(truth=train | test, splits={"train": [*train], "test": [*test]}, target="label")


@layout
def tables_and_pictures_apart(root: Path) -> Expected:
    truth = _pictures(root / "pictures", form="{:03d}.png")
    table(root / "tables" / "truth.csv", [(path.name, name) for path, name in truth.items()], ("picture", "digit"))
    return Expected(truth=truth, target="digit", roots=("pictures", "tables"))


@layout
def two_tables_on_a_key(root: Path) -> Expected:
    truth = _pictures(root, 12)
    people = [f"p{n}" for n in range(9)]
    rows = [(path.name, people[n % 9]) for n, path in enumerate(truth)]
    table(root / "images.csv", rows, ("file", "person"))
    table(root / "people.csv", [(one, 30 + n, NAMES[n % 3]) for n, one in enumerate(people)], ("person", "age", "kind"))
    return Expected(truth={path: NAMES[n % 9 % 3] for n, path in enumerate(truth)}, target="kind",
                    columns=("age", "kind"), hints={"target": "kind"})  # fmt: skip


@layout
def arrays_and_csv(root: Path) -> Expected:
    rows = [(n, name) for name, n in each(12)]
    np.save(root / "images.npy", np.stack([pixels(NAMES.index(name)) for _, name in rows]))
    table(root / "labels.csv", rows, ("index", "digit"))
    return Expected(rows={"all": 36}, target="digit", truth={Path(str(n)): name for n, name in rows})


@layout
def arrays_and_txt(root: Path) -> Expected:
    rows = [(n, name) for name, n in each(12)]
    np.save(root / "X.npy", np.stack([pixels(NAMES.index(name)) for _, name in rows]))
    write(root / "y.txt", "".join(f"{name}\n" for _, name in rows))
    return Expected(rows={"all": 36}, truth={Path(str(n)): name for n, name in rows})


@layout
def competition_of_pictures(root: Path) -> Expected:
    train, test = _pictures(root, 8, "train/{:04d}.jpg"), _pictures(root, 3, "test/{:04d}.jpg", start=100)
    table(root / "train.csv", [(path.stem, name) for path, name in train.items()], ("id", "label"))
    table(root / "test.csv", [(path.stem,) for path in test], ("id",))
    table(root / "sample_submission.csv", [(path.stem, NAMES[0]) for path in test], ("id", "label"))
    return Expected(truth=train, splits={"train": [*train], "unlabelled": [*test]}, target="label")


@layout
def competition_of_pictures_in_one_folder(root: Path) -> Expected:
    train, test = _pictures(root, 8), _pictures(root, 3, start=100)
    table(root / "train.csv", [(path.name, name) for path, name in train.items()], ("image_id", "label"))
    table(root / "test.csv", [(path.name,) for path in test], ("image_id",))
    table(root / "sample_submission.csv", [(path.name, NAMES[0]) for path in test], ("image_id", "label"))
    return Expected(truth=train, splits={"train": [*train], "unlabelled": [*test]}, target="label")


@layout
def competition_with_numbers_and_a_map(root: Path) -> Expected:
    """Cassava's: a number a picture, and a JSON that names the numbers."""
    train = _pictures(root, 8, "train_images/{:04d}.jpg")
    test = _pictures(root, 1, "test_images/{:04d}.jpg", start=100)
    table(root / "train.csv", [(path.name, NAMES.index(name)) for path, name in train.items()], ("image_id", "label"))
    write(root / "label_num_to_disease_map.json", json.dumps({str(n): name for n, name in enumerate(NAMES)}))
    table(root / "sample_submission.csv", [(path.name, 0) for path in test], ("image_id", "label"))
    numbers = {path: NAMES.index(name) for path, name in train.items()}
    return Expected(truth=numbers, splits={"train": [*train], "unlabelled": [*test]}, target="label",
                    columns=("label name",))  # fmt: skip
