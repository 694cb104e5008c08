"""Conventions for whole data sets: Hugging Face, WebDataset, Croissant, Frictionless, COCO, VOC, YOLO, Kaggle."""

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tasks.layouts.layout import Expected, layout, of_table
from noglue.tasks.layouts.real_data import digits, iris, wine

if TYPE_CHECKING:
    import numpy as np

DIGITS = "Classify the digits."
TEN = tuple("0123456789")
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SMALL = (8, 8, 1)
SPLIT = {"train": 150, "test": 50}


def _each() -> "Iterator[tuple[int, str, bytes, int, np.ndarray]]":
    """number, split, PNG, label, pixels"""
    from PIL import Image

    images, labels = digits(200)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        held = io.BytesIO()
        Image.fromarray(image).save(held, "PNG")
        yield number, "train" if number < 150 else "test", held.getvalue(), int(label), image


def _pictures(classes: tuple[str, ...] = WORDS, **changes: Any) -> Expected:
    return Expected(("image",), 200, (), classes, **({"splits": SPLIT, "shape": SMALL} | changes))


def _put(path: Path, content: bytes | str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


@layout(DIGITS)
def hf_parquet_images(place: Path) -> Expected:
    """Sharded Parquet with class names in the schema's metadata, and `README.md` on top."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    told = {"info": {"features": {"image": {"_type": "Image"}, "label": {"names": list(WORDS), "_type": "ClassLabel"}}}}
    for split in SPLIT:
        rows = [(png, label) for _, where, png, label, _ in _each() if where == split]
        picture = pa.array(
            [{"bytes": png, "path": None} for png, _ in rows],
            pa.struct([("bytes", pa.binary()), ("path", pa.string())]),
        )
        table = pa.table({"image": picture, "label": pa.array([label for _, label in rows], pa.int64())})
        (place / "data").mkdir(exist_ok=True)
        table = table.replace_schema_metadata({"huggingface": json.dumps(told)})
        pq.write_table(table, place / "data" / f"{split}-00000-of-00001.parquet")
    _put(place / "README.md", "---\nlicense: cc0-1.0\n---\n# Digits\n")
    return _pictures()


@layout(DIGITS)
def hf_saved_to_disk(place: Path) -> Expected:
    """`DatasetDict.save_to_disk`: Arrow files, `dataset_info.json`, `state.json`."""
    import datasets

    datasets.disable_progress_bars()
    features = datasets.Features({"image": datasets.Image(), "label": datasets.ClassLabel(names=list(WORDS))})
    held = {}
    for split in SPLIT:
        rows = [(png, label) for _, where, png, label, _ in _each() if where == split]
        given = {"image": [{"bytes": png, "path": None} for png, _ in rows], "label": [label for _, label in rows]}
        held[split] = datasets.Dataset.from_dict(given, features=features)
    datasets.DatasetDict(held).save_to_disk(str(place / "digits"))
    return _pictures()


@layout(DIGITS)
def hf_metadata_csv(place: Path) -> Expected:
    for split in SPLIT:
        lines = ["file_name,label"]
        for number, where, png, label, _ in _each():
            if where == split:
                _put(place / split / f"{number:04}.png", png)
                lines.append(f"{number:04}.png,{WORDS[label]}")
        _put(place / split / "metadata.csv", "\n".join(lines) + "\n")
    return _pictures()


@layout(DIGITS)
def hf_metadata_jsonl(place: Path) -> Expected:
    lines = []
    for number, where, png, label, _ in _each():
        _put(place / where / f"{number:04}.png", png)
        lines.append((where, json.dumps({"file_name": f"{number:04}.png", "digit": WORDS[label]})))
    for split in SPLIT:
        _put(place / split / "metadata.jsonl", "\n".join(line for where, line in lines if where == split) + "\n")
    return _pictures()


@layout(DIGITS)
def webdataset_shards(place: Path) -> Expected:
    """Samples in tar files: `000012.png` and `000012.cls` belong together."""
    shards: dict[str, list[tuple[str, bytes]]] = {}
    for number, where, png, label, _ in _each():
        name = f"digits-{where}-{number // 50:06}.tar"
        shards.setdefault(name, []).extend([(f"{number:06}.png", png), (f"{number:06}.cls", str(label).encode())])
    for name, members in shards.items():
        with tarfile.open(place / name, "w") as archive:
            for member, content in members:
                told = tarfile.TarInfo(member)
                told.size = len(content)
                archive.addfile(told, io.BytesIO(content))
    return _pictures(TEN, files=400)


@layout("Predict the species.")
def croissant(place: Path) -> Expected:
    """Metadata of ML Commons' Croissant 1.0 beside a CSV."""
    frame = iris()
    frame.to_csv(place / "flowers.csv", index=False)
    fields = [{"@type": "cr:Field", "@id": f"flowers/{name}", "name": name,
               "dataType": "sc:Text" if name == "species" else "sc:Float",
               "source": {"fileObject": {"@id": "flowers.csv"}, "extract": {"column": name}}}
              for name in frame.columns]  # fmt: skip
    told = {"@context": {"@vocab": "https://schema.org/", "cr": "http://mlcommons.org/croissant/", "sc": "https://schema.org/"},
            "@type": "sc:Dataset", "name": "flowers", "dct:conformsTo": "http://mlcommons.org/croissant/1.0",
            "distribution": [{"@type": "cr:FileObject", "@id": "flowers.csv", "name": "flowers.csv",
                              "contentUrl": "flowers.csv", "encodingFormat": "text/csv"}],
            "recordSet": [{"@type": "cr:RecordSet", "@id": "flowers", "name": "flowers", "field": fields}]}  # fmt: skip
    _put(place / "croissant.json", json.dumps(told, indent=1))
    return of_table(frame, "species")


@layout("Predict the cultivar.")
def frictionless_package(place: Path) -> Expected:
    """`datapackage.json`: the dialect and the types of columns are told there."""
    frame = wine()
    _put(place / "data" / "wine.csv", frame.to_csv(index=False, sep=";", decimal=","))
    fields = [{"name": name, "type": "string" if name == "cultivar" else "number"} for name in frame.columns]
    fields = [one | ({"decimalChar": ","} if one["type"] == "number" else {}) for one in fields]
    told = {"name": "wine", "resources": [{"name": "wine", "path": "data/wine.csv", "dialect": {"delimiter": ";"},
                                           "schema": {"fields": fields}}]}  # fmt: skip
    _put(place / "datapackage.json", json.dumps(told))
    return of_table(frame, "cultivar")


@layout("Classify the images.")
def coco_one_box_each(place: Path) -> Expected:
    """COCO's instances, one a picture: the class of the whole picture."""
    images, notes = [], []
    for number, _, png, label, _ in _each():
        _put(place / "images" / f"{number:04}.png", png)
        images.append({"id": number + 1, "file_name": f"{number:04}.png", "width": 8, "height": 8})
        notes.append({"id": number + 1, "image_id": number + 1, "category_id": label + 1, "bbox": [0, 0, 8, 8],
                      "area": 64, "iscrowd": 0, "segmentation": []})  # fmt: skip
    kinds = [{"id": label + 1, "name": word, "supercategory": "digit"} for label, word in enumerate(WORDS)]
    told = {"info": {}, "licenses": [], "images": images, "annotations": notes, "categories": kinds}
    _put(place / "annotations" / "instances.json", json.dumps(told))
    return _pictures(splits={})


@layout("Classify the images.")
def voc_one_object_each(place: Path) -> Expected:
    for number, _, png, label, _ in _each():
        _put(place / "JPEGImages" / f"{number:06}.png", png)
        _put(place / "Annotations" / f"{number:06}.xml",
             f"<annotation><folder>VOC</folder><filename>{number:06}.png</filename><size><width>8</width><height>8</height>"
             f"<depth>1</depth></size><object><name>{WORDS[label]}</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
             "<xmax>8</xmax><ymax>8</ymax></bndbox></object></annotation>")  # fmt: skip
    return _pictures(splits={})


@layout("Classify the images.")
def yolo_one_box_each(place: Path) -> Expected:
    for number, where, png, label, _ in _each():
        _put(place / "images" / where / f"{number:04}.png", png)
        _put(place / "labels" / where / f"{number:04}.txt", f"{label} 0.5 0.5 1.0 1.0\n")
    names = "".join(f"  {label}: {word}\n" for label, word in enumerate(WORDS))
    _put(place / "data.yaml", f"path: .\ntrain: images/train\nval: images/test\nnc: 10\nnames:\n{names}")
    return _pictures(splits={})


@layout("Predict the cultivar.")
def kaggle_competition(place: Path) -> Expected:
    """train.csv, test.csv without the answer, sample_submission.csv."""
    frame = wine()
    frame.insert(0, "id", range(len(frame)))
    frame[:140].to_csv(place / "train.csv", index=False)
    frame[140:].drop(columns="cultivar").to_csv(place / "test.csv", index=False)
    frame[140:][["id"]].assign(cultivar="class_0").to_csv(place / "sample_submission.csv", index=False)
    return of_table(wine(), "cultivar", splits={"unlabelled": 38})


@layout("Predict the cultivar.")
def features_and_labels_in_two_files(place: Path) -> Expected:
    wine().drop(columns="cultivar").to_csv(place / "X.csv", index=False)
    wine()[["cultivar"]].to_csv(place / "y.csv", index=False)
    return of_table(wine(), "cultivar")


@layout("Predict the cultivar.")
def two_tables_that_join(place: Path) -> Expected:
    """Measures by the number of a wine, and the cultivar by the same number, in another order."""
    frame = wine()
    frame.insert(0, "wine_id", [f"W{number:03}" for number in range(len(frame))])
    frame.drop(columns="cultivar").to_csv(place / "measures.csv", index=False)
    frame[["wine_id", "cultivar"]].sort_values("cultivar", kind="stable").to_csv(place / "cultivars.csv", index=False)
    return of_table(wine(), "cultivar")


@layout("Predict the cultivar.")
def classes_in_another_case_in_the_test(place: Path) -> Expected:
    """The same classes, written in capitals in the test."""
    frame = wine()
    frame[:140].to_csv(place / "train.csv", index=False)
    frame[140:].assign(cultivar=frame[140:]["cultivar"].str.upper()).to_csv(place / "test.csv", index=False)
    return of_table(wine(), "cultivar", splits={"train": 140, "test": 38})


@layout("Predict the cultivar.")
def folds_in_a_column(place: Path) -> Expected:
    frame = wine()
    frame["split"] = ["train" if number < 140 else "test" for number in range(len(frame))]
    frame.to_csv(place / "wine.csv", index=False)
    return of_table(wine(), "cultivar", splits={"train": 140, "test": 38})
