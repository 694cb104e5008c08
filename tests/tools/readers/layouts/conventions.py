"""Data sets that say what they are: Hugging Face, WebDataset, Croissant, Frictionless, COCO, VOC, LabelMe, CVAT."""

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.tools.readers.layouts.kit import (
    FLOWERS,
    NAMES,
    SPECIES,
    Expected,
    draw,
    each,
    flowers,
    layout,
    table,
    write,
)


def _encoded(root: Path, count: int, start: int = 0) -> list[tuple[bytes, str]]:
    """Pictures as bytes, with their names."""
    made = root.parent / "made"
    return [(draw(made / f"{n}.png", name).read_bytes(), name) for name, n in each(count, start=start)]


def _shards(root: Path, split: str, rows: list[tuple[bytes, str]], shards: int, told: bool = False) -> None:
    """Parquet as the hub keeps it: `train-00000-of-00003.parquet`; told: the class names in the schema's metadata."""
    root.mkdir(parents=True, exist_ok=True)
    for shard in range(shards):
        part = rows[shard::shards]
        images = [{"bytes": one, "path": f"{shard}_{n}.png"} for n, (one, _) in enumerate(part)]
        columns = pa.table({"image": images, "label": pa.array([NAMES.index(name) for _, name in part], pa.int64())})
        features = {"image": {"_type": "Image"}, "label": {"names": list(NAMES), "_type": "ClassLabel"}}
        metadata = {"huggingface": json.dumps({"info": {"features": features}})} if told else None
        pq.write_table(columns.replace_schema_metadata(metadata), root / f"{split}-{shard:05d}-of-{shards:05d}.parquet")


CARD = """---
license: mit
dataset_info:
  features:
  - name: image
    dtype: image
  - name: label
    dtype:
      class_label:
        names:
          '0': nought
          '1': one
          '2': two
  splits:
  - name: train
    num_examples: 36
configs:
- config_name: default
  data_files:
  - split: train
    path: data/train-*
  - split: test
    path: data/test-*
---
# Digits
"""


@layout
def hub_shards(root: Path) -> Expected:
    rows, test = _encoded(root, 12), _encoded(root, 4, 100)
    _shards(root / "data", "train", rows, 3, told=True)
    _shards(root / "data", "test", test, 1, told=True)
    return Expected(rows={"train": 36, "test": 12}, target="label", classes=NAMES, truth=_counted(rows + test))


def _counted(rows: list[tuple[bytes, str]]) -> dict[Path, str]:
    return {Path(str(n)): name for n, (_, name) in enumerate(rows)}


@layout
def hub_card_names_the_classes(root: Path) -> Expected:
    rows, test = _encoded(root, 12), _encoded(root, 4, 100)
    _shards(root / "data", "train", rows, 3)
    _shards(root / "data", "test", test, 1)
    write(root / "README.md", CARD)
    return Expected(rows={"train": 36, "test": 12}, target="label", classes=NAMES)


@layout
def hub_dataset_info_names_the_classes(root: Path) -> Expected:
    rows = _encoded(root, 12)
    _shards(root, "train", rows, 2)
    features = {"image": {"_type": "Image"}, "label": {"names": list(NAMES), "_type": "ClassLabel"}}
    write(root / "dataset_info.json", json.dumps({"features": features, "splits": {"train": {"num_examples": 36}}}))
    return Expected(rows={"all": 36}, target="label", classes=NAMES)


@layout
def hub_card_names_the_files(root: Path) -> Expected:
    rows = flowers()
    table(root / "iris_a.csv", rows[:90], FLOWERS)
    table(root / "iris_b.csv", rows[90:120], FLOWERS)
    table(root / "iris_c.csv", rows[120:], FLOWERS)
    splits = {"train": "iris_a.csv", "validation": "iris_b.csv", "test": "iris_c.csv"}
    listed = "".join(f"  - split: {split}\n    path: {path}\n" for split, path in splits.items())
    write(root / "README.md", f"---\nconfigs:\n- config_name: default\n  data_files:\n{listed}---\n# Iris\n")
    return Expected("table", rows={"train": 90, "validation": 30, "test": 30}, columns=FLOWERS)


@layout
def hub_card_of_two_configs(root: Path) -> Expected:
    rows = flowers()
    table(root / "full" / "x.csv", rows[:120], FLOWERS)
    table(root / "full" / "y.csv", rows[120:], FLOWERS)
    table(root / "tiny" / "x.csv", rows[:10], FLOWERS)
    table(root / "tiny" / "y.csv", rows[10:15], FLOWERS)
    write(root / "README.md", "---\nconfigs:\n"
          "- config_name: full\n  default: true\n  data_files: {train: full/x.csv, test: full/y.csv}\n"
          "- config_name: tiny\n  data_files:\n    train: tiny/x.csv\n    test: tiny/y.csv\n---\n")  # fmt: skip
    return Expected("table", rows={"train": 120, "test": 30}, columns=FLOWERS)


@layout
def hub_saved_pictures(root: Path) -> Expected:
    import datasets

    def saved(rows: list[tuple[bytes, str]]) -> Any:
        features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=list(NAMES))})
        columns = {"image": [{"bytes": one, "path": None} for one, _ in rows], "label": [name for _, name in rows]}
        return datasets.Dataset.from_dict(columns, features=features)

    parts = {"train": saved(_encoded(root, 12)), "test": saved(_encoded(root, 4, 100))}
    datasets.DatasetDict(parts).save_to_disk(str(root / "digits"))
    return Expected(rows={"train": 36, "test": 12}, target="label", classes=NAMES, passed=5)


@layout
def hub_saved_table(root: Path) -> Expected:
    import datasets

    rows = flowers()
    features = datasets.Features({name: datasets.Value("float64") for name in FLOWERS[:4]}
                                 | {"species": datasets.ClassLabel(names=list(SPECIES))})  # fmt: skip
    columns = {name: [row[n] for row in rows] for n, name in enumerate(FLOWERS)}
    datasets.Dataset.from_dict(columns, features=features).save_to_disk(str(root / "iris"), num_shards=3)
    return Expected("table", rows={"all": 150}, target="species", columns=FLOWERS, passed=2)


@layout
def hub_metadata_csv_per_split(root: Path) -> Expected:
    train = {draw(root / "train" / f"{n}.png", name): name for name, n in each(8)}
    test = {draw(root / "test" / f"{n}.png", name): name for name, n in each(3)}
    for split, truth in (("train", train), ("test", test)):
        table(
            root / split / "metadata.csv", [(path.name, name) for path, name in truth.items()], ("file_name", "label")
        )
    return Expected(truth=train | test, splits={"train": [*train], "test": [*test]}, target="label")


@layout
def hub_metadata_jsonl(root: Path) -> Expected:
    truth = {draw(root / "data" / "train" / "pics" / f"{n}.png", name): name for name, n in each(8)}
    lines = [
        json.dumps({"file_name": f"pics/{path.name}", "digit": name, "nested": {"a": 1}})
        for path, name in truth.items()
    ]
    write(root / "data" / "train" / "metadata.jsonl", "\n".join(lines))
    return Expected(truth=truth, target="digit")


def _tar(path: Path, rows: list[tuple[bytes, str]], ending: str, start: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "cls": lambda name: str(NAMES.index(name)),
        "txt": str,
        "json": lambda name: json.dumps({"label": name, "w": 16}),
    }
    with tarfile.open(path, "w") as archive:
        for n, (content, name) in enumerate(rows, start):
            for end, one in (("png", content), (ending, told[ending](name).encode())):
                member = tarfile.TarInfo(f"{n:06d}.{end}")
                member.size = len(one)
                archive.addfile(member, io.BytesIO(one))


@layout
def webdataset_cls(root: Path) -> Expected:
    train, test = _encoded(root, 12), _encoded(root, 4, 100)
    _tar(root / "digits-train-000000.tar", train[:18], "cls")
    _tar(root / "digits-train-000001.tar", train[18:], "cls", 18)
    _tar(root / "digits-test-000000.tar", test, "cls")
    return Expected(rows={"train": 36, "test": 12}, classes=["0", "1", "2"], archived=True)


@layout
def webdataset_json(root: Path) -> Expected:
    train = _encoded(root, 12)
    _tar(root / "00000.tar", train[:18], "json")
    _tar(root / "00001.tar", train[18:], "json", 18)
    return Expected(rows={"all": 36}, classes=NAMES, archived=True)


@layout
def webdataset_txt(root: Path) -> Expected:
    """Numbers that start anew in every shard."""
    train = _encoded(root, 12)
    _tar(root / "shard-0.tar", train[:18], "txt")
    _tar(root / "shard-1.tar", train[18:], "txt")
    return Expected(rows={"all": 36}, classes=NAMES, archived=True)


@layout
def croissant(root: Path) -> Expected:
    rows = flowers()
    table(root / "a.csv", rows, ("f1", "f2", "f3", "f4", "f5"))
    table(root / "b.csv", [(n, n * n) for n in range(400)], ("n", "square"))
    fields = [{"@type": "cr:Field", "@id": f"flowers/{name}", "dataType": "sc:Text" if n > 3 else "sc:Float",
               "source": {"fileObject": {"@id": "a.csv"}, "extract": {"column": f"f{n + 1}"}}}
              for n, name in enumerate(FLOWERS)]  # fmt: skip
    fields[4]["dataType"] = ["sc:Text", "cr:Label"]
    text = {"@context": {"@vocab": "https://schema.org/"}, "@type": "sc:Dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.0", "name": "iris",
            "distribution": [{"@type": "cr:FileObject", "@id": "a.csv", "name": "a.csv", "contentUrl": "a.csv",
                              "encodingFormat": "text/csv"}],
            "recordSet": [{"@type": "cr:RecordSet", "@id": "flowers", "name": "flowers", "field": fields}]}  # fmt: skip
    write(root / "metadata.json", json.dumps(text))
    return Expected("table", rows={"all": 150}, target="f5")


@layout
def croissant_of_pictures(root: Path) -> Expected:
    truth = {draw(root / "pics" / f"{n:04d}.png", name): name for name, n in each(8)}
    rows = [(path.name, 10 + n % 5, name, NAMES[n % 2]) for n, (path, name) in enumerate(truth.items())]
    table(root / "pics.csv", rows, ("file", "weight", "kind", "other"))
    fields = [{"@type": "cr:Field", "@id": "r/kind", "name": "kind", "dataType": ["sc:Text", "cr:Label"],
               "source": {"fileObject": {"@id": "pics-table"}, "extract": {"column": "kind"}}}]  # fmt: skip
    text = {"@type": "Dataset", "conformsTo": "http://mlcommons.org/croissant/1.0", "name": "digits",
            "distribution": [{"@type": "cr:FileObject", "@id": "pics-table", "contentUrl": "pics.csv"},
                             {"@type": "cr:FileSet", "@id": "pics", "includes": "pics/*.png"}],
            "recordSet": [{"@type": "cr:RecordSet", "@id": "r", "field": fields}]}  # fmt: skip
    write(root / "croissant.json", json.dumps(text))
    return Expected(truth=truth, target="kind")


@layout
def frictionless(root: Path) -> Expected:
    rows = [(*row[:3], "n/k" if n % 10 == 0 else row[3], row[4]) for n, row in enumerate(flowers())]
    table(root / "data" / "iris.txt", rows, FLOWERS, "|")
    fields = [{"name": name, "type": "number" if n < 4 else "string"} for n, name in enumerate(FLOWERS)]
    schema = {"fields": fields, "missingValues": ["", "n/k"]}
    resources = [{"name": "iris", "path": "data/iris.txt", "dialect": {"delimiter": "|"}, "schema": schema}]
    write(root / "datapackage.json", json.dumps({"name": "flowers", "resources": resources}))
    return Expected("table", rows={"all": 150}, columns=FLOWERS)


@layout
def frictionless_two_tables(root: Path) -> Expected:
    rows = flowers()
    table(root / "m.csv", [(n, *row[:4], SPECIES.index(row[4])) for n, row in enumerate(rows)],
          ("n", *FLOWERS[:4], "sp"))  # fmt: skip
    table(root / "s.csv", [(n, name) for n, name in enumerate(SPECIES)], ("code", "latin"))
    main = {"fields": [{"name": "n", "type": "integer"}], "primaryKey": "n",
            "foreignKeys": [{"fields": "sp", "reference": {"resource": "names", "fields": "code"}}]}  # fmt: skip
    resources = [{"name": "main", "path": "m.csv", "schema": main},
                 {"name": "names", "path": "s.csv", "schema": {"primaryKey": "code"}}]  # fmt: skip
    write(root / "datapackage.json", json.dumps({"resources": resources}))
    return Expected("table", rows={"all": 150}, columns=("petal_width", "latin"))


def _coco(truth: dict[Path, list[str]]) -> str:
    images = [{"id": 7 + n, "file_name": path.name, "width": 16, "height": 16} for n, path in enumerate(truth)]
    boxes = [{"id": 10 * n + k, "image_id": 7 + n, "category_id": NAMES.index(name) + 1, "bbox": [0, 0, 9, 9]}
             for n, names in enumerate(truth.values()) for k, name in enumerate(names)]  # fmt: skip
    categories = [{"id": n + 1, "name": name, "supercategory": "digit"} for n, name in enumerate(NAMES)]
    return json.dumps({"info": {}, "licenses": [], "images": images, "annotations": boxes, "categories": categories})


@layout
def coco_one_kind_a_picture(root: Path) -> Expected:
    train = {draw(root / "train2017" / f"{n:012d}.jpg", name): name for name, n in each(8)}
    val = {draw(root / "val2017" / f"{n:012d}.jpg", name): name for name, n in each(3, start=100)}
    for split, truth in (("train", train), ("val", val)):
        boxes = {path: [name] * (1 + n % 2) for n, (path, name) in enumerate(truth.items())}
        write(root / "annotations" / f"instances_{split}2017.json", _coco(boxes))
    return Expected(truth=train | val, splits={"train": [*train], "validation": [*val]}, target="label")


@layout
def voc(root: Path) -> Expected:
    base = root / "VOCdevkit" / "VOC2007"
    truth = {draw(base / "JPEGImages" / f"{n:06d}.jpg", name): name for name, n in each(10)}
    for path, name in truth.items():
        size = "<size><width>16</width><height>16</height><depth>1</depth></size>"
        corners = "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox>"
        box = f"<object><name>{name}</name>{corners}</object>"
        write(base / "Annotations" / f"{path.stem}.xml",
              f"<annotation><filename>{path.name}</filename>{size}{box}</annotation>")  # fmt: skip
    paths = list(truth)
    for split, part in (("train", paths[:18]), ("val", paths[18:24]), ("test", paths[24:]), ("trainval", paths[:24])):
        write(base / "ImageSets" / "Main" / f"{split}.txt", "".join(f"{path.stem}\n" for path in part))
        for kind in NAMES:
            signs = "".join(f"{path.stem} {1 if truth[path] == kind else -1:2d}\n" for path in part)
            write(base / "ImageSets" / "Main" / f"{kind}_{split}.txt", signs)
    splits = {"train": paths[:18], "validation": paths[18:24], "test": paths[24:]}
    return Expected(truth=truth, splits=splits, target="label", classes=NAMES)


@layout
def labelme(root: Path) -> Expected:
    truth = {draw(root / f"{n:03d}.png", name): name for name, n in each(8)}
    for path, name in truth.items():
        shapes = [{"label": name, "points": [[1, 1], [9, 9]], "shape_type": "rectangle", "flags": {}}]
        content = {"version": "5.0.1", "flags": {}, "shapes": shapes, "imagePath": path.name, "imageData": "A" * 99_000}
        write(path.with_suffix(".json"), json.dumps(content | {"imageHeight": 16, "imageWidth": 16}))
    return Expected(truth=truth, target="label", classes=NAMES)


@layout
def cvat(root: Path) -> Expected:
    truth = {draw(root / "images" / f"{n:03d}.png", name): name for name, n in each(8)}
    images = [f'<image id="{n}" name="{path.name}" width="16"><tag label="{name}" source="manual"></tag></image>'
              for n, (path, name) in enumerate(truth.items())]  # fmt: skip
    write(
        root / "annotations.xml",
        f"<?xml version='1.0'?><annotations><version>1.1</version>{''.join(images)}</annotations>",
    )
    return Expected(truth=truth, target="label")


@layout
def yolo_with_splits(root: Path) -> Expected:
    train = {draw(root / "images" / "train" / f"{n}.jpg", name): name for name, n in each(8)}
    val = {draw(root / "images" / "val" / f"{n}.jpg", name): name for name, n in each(3, start=100)}
    for path, name in (train | val).items():
        write(root / "labels" / path.parent.name / f"{path.stem}.txt", f"{NAMES.index(name)} 0.5 0.5 0.3 0.3\n")
    names = "".join(f"  {n}: {name}\n" for n, name in enumerate(NAMES))
    write(root / "digits.yaml", f"path: ../datasets/digits\ntrain: images/train\nval: images/val\nnames:\n{names}")
    return Expected(truth=train | val, splits={"train": [*train], "validation": [*val]}, target="label", classes=NAMES)
