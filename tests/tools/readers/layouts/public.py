"""Small versions of well-known data sets of pictures, with the files that each comes with."""

import json
from pathlib import Path

from tests.tools.readers.layouts.kit import NAMES, Expected, draw, each, layout, table, write

SYNSETS = {"nought": "n01440764", "one": "n01443537", "two": "n01484850"}


@layout
def imagenet(root: Path) -> Expected:
    """Kaggle's ImageNet: synset folders to train on, flat validation pictures with a table, synset names in a list."""
    base = root / "ILSVRC" / "Data" / "CLS-LOC"
    train = {draw(base / "train" / SYNSETS[name] / f"{SYNSETS[name]}_{n}.JPEG", name): name for name, n in each(6)}
    val = {draw(base / "val" / f"ILSVRC2012_val_{n:08d}.JPEG", name): name for name, n in each(3, start=100)}
    rows = [(path.stem, f"{SYNSETS[name]} 1 1 8 8 {SYNSETS[name]} 2 2 9 9") for path, name in val.items()]
    table(root / "LOC_val_solution.csv", rows, ("ImageId", "PredictionString"))
    write(root / "LOC_synset_mapping.txt", "".join(f"{key} {name}, a digit\n" for name, key in SYNSETS.items()))
    named = {path: f"{name}, a digit" for path, name in (train | val).items()}
    return Expected(truth=named, splits={"train": [*train], "validation": [*val]})


@layout
def tiny_imagenet(root: Path) -> Expected:
    base = root / "tiny-imagenet-200"
    train = {
        draw(base / "train" / SYNSETS[name] / "images" / f"{SYNSETS[name]}_{n}.JPEG", name): name for name, n in each(6)
    }
    for name, key in SYNSETS.items():
        rows = [(path.name, 0, 0, 9, 9) for path, one in train.items() if one == name]
        table(base / "train" / key / f"{key}_boxes.txt", rows, delimiter="\t")
    val = {draw(base / "val" / "images" / f"val_{n}.JPEG", name): name for name, n in each(3, start=100)}
    table(base / "val" / "val_annotations.txt", [(path.name, SYNSETS[name], 0, 0, 9, 9) for path, name in val.items()],
          delimiter="\t")  # fmt: skip
    test = [draw(base / "test" / "images" / f"test_{n}.JPEG", name) for name, n in each(2, start=200)]
    write(base / "wnids.txt", "\n".join(SYNSETS.values()))
    words = {**{key: name for name, key in SYNSETS.items()}, "n00001740": "entity", "n00001930": "physical entity"}
    write(base / "words.txt", "".join(f"{key}\t{name}\n" for key, name in words.items()))
    return Expected(
        truth=train | val, splits={"train": [*train], "validation": [*val], "unlabelled": test}, classes=NAMES
    )


@layout
def celeba(root: Path) -> Expected:
    """The original lists: a count, a line of names without one for the file, -1 and 1."""
    pictures = [draw(root / "img_align_celeba" / f"{n + 1:06d}.jpg", name) for name, n in each(12)]
    lines = [f"{path.name} {1 if n % 3 else -1:2d} {1 if n % 2 else -1:2d}" for n, path in enumerate(pictures)]
    write(root / "Anno" / "list_attr_celeba.txt", "\n".join([str(len(pictures)), "Smiling Young ", *lines]) + "\n")
    box = [f"{path.name}    95  71  226  313" for path in pictures]
    write(
        root / "Anno" / "list_bbox_celeba.txt", "\n".join([str(len(pictures)), "image_id x_1 y_1 width height", *box])
    )
    splits = {"train": pictures[:24], "validation": pictures[24:30], "test": pictures[30:]}
    parts = [f"{path.name} {number}" for number, paths in enumerate(splits.values()) for path in paths]
    write(root / "Eval" / "list_eval_partition.txt", "\n".join(parts) + "\n")
    truth = {path: 1 if n % 3 else -1 for n, path in enumerate(pictures)}
    return Expected(
        truth=truth, splits=splits, columns=("Smiling", "Young"), target="Smiling", hints={"target": "Smiling"}
    )


@layout
def birds(root: Path) -> Expected:
    """CUB-200-2011: the pictures in class folders, and the same in lists by number, with the split."""
    base = root / "CUB_200_2011"
    folders = {name: f"{NAMES.index(name) + 1:03d}.{name.title()}_Bird" for name in NAMES}
    truth = {draw(base / "images" / folders[name] / f"{name.title()}_Bird_{n:04d}.jpg", name): folders[name]
             for name, n in each(8)}  # fmt: skip
    ordered = sorted(truth)
    write(base / "images.txt", "".join(f"{n} {truth[path]}/{path.name}\n" for n, path in enumerate(ordered, 1)))
    write(base / "image_class_labels.txt",
          "".join(f"{n} {int(truth[path][:3])}\n" for n, path in enumerate(ordered, 1)))  # fmt: skip
    write(base / "train_test_split.txt", "".join(f"{n} {int(n % 3 > 0)}\n" for n in range(1, len(ordered) + 1)))
    write(base / "bounding_boxes.txt", "".join(f"{n} 1.0 1.0 9.0 9.0\n" for n in range(1, len(ordered) + 1)))
    write(base / "classes.txt", "".join(f"{n} {name}\n" for n, name in enumerate(folders.values(), 1)))
    test = [path for n, path in enumerate(ordered, 1) if n % 3 == 0]
    return Expected(truth=truth, splits={"train": [path for path in ordered if path not in test], "test": test},
                    classes=list(folders.values()))  # fmt: skip


@layout
def pets(root: Path) -> Expected:
    breeds = ("Abyssinian", "american_bulldog", "Birman")
    truth = {draw(root / "images" / f"{breeds[NAMES.index(name)]}_{n}.jpg", name): breeds[NAMES.index(name)]
             for name, n in each(10)}  # fmt: skip
    for path in truth:
        draw(root / "annotations" / "trimaps" / f"{path.stem}.png")
    rows = [
        f"{path.stem} {breeds.index(breed) + 1} {1 + (breed == breeds[1])} {1 + (breed == breeds[2])}"
        for path, breed in truth.items()
    ]
    write(
        root / "annotations" / "list.txt", "\n".join(["#Image CLASS-ID SPECIES BREED ID", "#ID: 1:37 Class ids", *rows])
    )
    write(root / "annotations" / "trainval.txt", "\n".join(rows[:20]) + "\n")
    write(root / "annotations" / "test.txt", "\n".join(rows[20:]) + "\n")
    return Expected(
        truth=truth, splits={"train": list(truth)[:20], "test": list(truth)[20:]}, classes=breeds, passed=31
    )


@layout
def dogs(root: Path) -> Expected:
    folders = {name: f"{SYNSETS[name]}-{name.title()}" for name in NAMES}
    truth = {
        draw(root / "Images" / folders[name] / f"{SYNSETS[name]}_{n}.jpg", name): folders[name] for name, n in each(6)
    }
    for path, folder in truth.items():
        write(root / "Annotation" / folder / path.stem,
              f"<annotation><object><name>{folder[10:]}</name></object></annotation>")  # fmt: skip
    return Expected(truth=truth, classes=list(folders.values()))


@layout
def caltech(root: Path) -> Expected:
    truth = {draw(root / "101_ObjectCategories" / name / f"image_{n:04d}.jpg", name): name for name, n in each(8)}
    rest = root / "101_ObjectCategories" / "BACKGROUND_Google"
    truth |= {draw(rest / f"image_{n:04d}.jpg", "rest"): rest.name for n in range(8)}
    return Expected(truth=truth, classes=[*NAMES, "BACKGROUND_Google"])


@layout
def traffic_signs(root: Path) -> Expected:
    """GTSRB as first published: a folder a class, each with a table of boxes; the test's classes in a table."""
    base = root / "GTSRB"
    header = ("Filename", "Width", "Height", "Roi.X1", "Roi.Y1", "Roi.X2", "Roi.Y2", "ClassId")
    train: dict[Path, int] = {}
    for name in NAMES:
        folder = base / "Final_Training" / "Images" / f"{NAMES.index(name):05d}"
        paths = [draw(folder / f"{n // 5:05d}_{n % 5:05d}.ppm", name) for n in range(10)]
        rows = [(path.name, 16, 16, 1, 1, 15, 15, NAMES.index(name)) for path in paths]
        table(folder / f"GT-{folder.name}.csv", rows, header, ";")
        train |= dict.fromkeys(paths, NAMES.index(name))
    test = {draw(base / "Final_Test" / "Images" / f"{n:05d}.ppm", name): NAMES.index(name) for name, n in each(4)}
    rows = [(path.name, 16, 16, 1, 1, 15, 15, label) for path, label in test.items()]
    table(base / "Final_Test" / "Images" / "GT-final_test.csv", rows, header, ";")
    return Expected(truth=train | test, splits={"train": [*train], "test": [*test]})


@layout
def food(root: Path) -> Expected:
    truth = {draw(root / "food-101" / "images" / name / f"{1000 + n}.jpg", name): name for name, n in each(10)}
    names = [f"{name}/{path.stem}" for path, name in truth.items()]
    meta = root / "food-101" / "meta"
    write(meta / "train.txt", "\n".join(names[:21]))
    write(meta / "test.txt", "\n".join(names[21:]))
    for split, inside in (("train", names[:21]), ("test", names[21:])):
        write(
            meta / f"{split}.json",
            json.dumps({kind: [one for one in inside if one.startswith(kind)] for kind in NAMES}),
        )
    write(meta / "classes.txt", "\n".join(NAMES))
    write(meta / "labels.txt", "\n".join(name.title() for name in NAMES))
    return Expected(truth=truth, splits={"train": list(truth)[:21], "test": list(truth)[21:]}, classes=NAMES)


@layout
def textures(root: Path) -> Expected:
    """DTD: ten official splits, of which the first is taken."""
    truth = {draw(root / "dtd" / "images" / name / f"{name}_{n:04d}.jpg", name): name for name, n in each(9)}
    paths = list(truth)
    for number in (1, 2):
        for part, split in enumerate(("train", "val", "test")):
            listed = [path for n, path in enumerate(paths) if (n // 3 + number - 1) % 3 == part]
            write(root / "dtd" / "labels" / f"{split}{number}.txt",
                  "".join(f"{truth[path]}/{path.name}\n" for path in listed))  # fmt: skip
    joint = "".join(f"{name}/{path.name} {name} \n" for path, name in truth.items())
    write(root / "dtd" / "labels" / "labels_joint_anno.txt", joint)
    by_split = [[path for n, path in enumerate(paths) if n // 3 % 3 == part] for part in range(3)]
    return Expected(truth=truth, splits=dict(zip(("train", "validation", "test"), by_split, strict=True)))


@layout
def indoor_scenes(root: Path) -> Expected:
    truth = {draw(root / "Images" / name / f"{name}_{n}.jpg", name): name for name, n in each(10)}
    names = [f"{name}/{path.name}" for path, name in truth.items()]
    write(root / "TrainImages.txt", "\n".join(names[:21]))
    write(root / "TestImages.txt", "\n".join(names[21:]))
    return Expected(truth=truth, splits={"train": list(truth)[:21], "test": list(truth)[21:]}, classes=NAMES)


@layout
def satellites(root: Path) -> Expected:
    """EuroSAT from Kaggle: class folders, three tables of their files, and a map of names to numbers."""
    truth = {
        draw(root / "EuroSAT" / name.title() / f"{name.title()}_{n}.jpg", name): name.title() for name, n in each(10)
    }
    rows = [(f"{label}/{path.name}", sorted({*truth.values()}).index(label), label) for path, label in truth.items()]
    for split, part in (("train", rows[:18]), ("validation", rows[18:24]), ("test", rows[24:])):
        table(root / "EuroSAT" / f"{split}.csv", [(n, *row) for n, row in enumerate(part)],
              ("", "Filename", "Label", "ClassName"))  # fmt: skip
    write(root / "EuroSAT" / "label_map.json", json.dumps({name.title(): n for n, name in enumerate(NAMES)}))
    paths = list(truth)
    splits = {"train": paths[:18], "validation": paths[18:24], "test": paths[24:]}
    return Expected(truth=truth, splits=splits)


@layout
def scenes(root: Path) -> Expected:
    """Intel's: each folder once more inside itself, and one to predict."""
    train = {draw(root / "seg_train" / "seg_train" / name / f"{n}.jpg", name): name for name, n in each(6)}
    test = {draw(root / "seg_test" / "seg_test" / name / f"{n}.jpg", name): name for name, n in each(3, start=50)}
    rest = [draw(root / "seg_pred" / "seg_pred" / f"{n}.jpg", name) for name, n in each(2, start=90)]
    return Expected(truth=train | test, splits={"train": [*train], "test": [*test], "unlabelled": rest}, classes=NAMES)


@layout
def fashion_products(root: Path) -> Expected:
    pictures = [draw(root / "images" / f"{15000 + n}.jpg", name) for name, n in each(12)]
    kinds = [NAMES[n % 3] for n in range(len(pictures))]
    rows = [
        (path.stem, "Men" if n % 2 else "Women", kinds[n], 2010 + n % 5, f"Name {n}") for n, path in enumerate(pictures)
    ]
    table(root / "styles.csv", rows, ("id", "gender", "subCategory", "year", "productDisplayName"))
    truth = dict(zip(pictures, kinds, strict=True))
    hints = {"target": "subCategory"}
    return Expected(truth=truth, target="subCategory", hints=hints, columns=("gender", "year"))


@layout
def scanned_chests(root: Path) -> Expected:
    """NIH's chest X-rays: several folders of pictures, one table, two lists of splits, several findings in a cell."""
    findings = ("No Finding", "Mass", "Edema", "Mass|Edema")
    pictures = [draw(root / f"images_{n % 3 + 1:03d}" / "images" / f"{n:08d}_000.png", name) for name, n in each(20)]
    rows = [(path.name, findings[n % 4], n // 2, 40 + n % 30, "MF"[n % 2]) for n, path in enumerate(pictures)]
    table(
        root / "Data_Entry_2017.csv",
        rows,
        ("Image Index", "Finding Labels", "Patient ID", "Patient Age", "Patient Gender"),
    )
    write(root / "train_val_list.txt", "\n".join(path.name for path in pictures[:45]))
    write(root / "test_list.txt", "\n".join(path.name for path in pictures[45:]))
    truth = {path: n % 4 in (1, 3) for n, path in enumerate(pictures)}
    return Expected(truth=truth, splits={"train": pictures[:45], "test": pictures[45:]}, target="Mass",
                    hints={"target": "Mass"})  # fmt: skip


@layout
def distracted_drivers(root: Path) -> Expected:
    """State Farm's: class folders `c0` …, a list of who drives in which picture, a flat test."""
    truth = {draw(root / "imgs" / "train" / f"c{NAMES.index(name)}" / f"img_{n}.jpg", name): f"c{NAMES.index(name)}"
             for name, n in each(9)}  # fmt: skip
    test = [draw(root / "imgs" / "test" / f"img_{n}.jpg", name) for name, n in each(3, start=100)]
    rows = [(f"p{n // 3 % 4:03d}", label, path.name) for n, (path, label) in enumerate(truth.items())]
    table(root / "driver_imgs_list.csv", rows, ("subject", "classname", "img"))
    table(root / "sample_submission.csv", [(path.name, 0.3, 0.3, 0.3) for path in test], ("img", "c0", "c1", "c2"))
    return Expected(truth=truth, splits={"train": [*truth], "unlabelled": test})


@layout
def seedlings(root: Path) -> Expected:
    train = {draw(root / "train" / f"{name.title()} Grass" / f"{n:08x}.png", name): f"{name.title()} Grass"
             for name, n in each(8)}  # fmt: skip
    test = [draw(root / "test" / f"{n:08x}.png", name) for name, n in each(3, start=5000)]
    table(root / "sample_submission.csv", [(path.name, "One Grass") for path in test], ("file", "species"))
    return Expected(truth=train, splits={"train": [*train], "unlabelled": test})


@layout
def bone_ages(root: Path) -> Expected:
    """RSNA's: numbers for names, a table for each split, one of them without the ages."""
    train = [draw(root / "boneage-training-dataset" / f"{1377 + n}.png", name) for name, n in each(10)]
    test = [draw(root / "boneage-test-dataset" / f"{4360 + n}.png", name) for name, n in each(3)]
    rows = [(path.stem, 50 + 3 * n, n % 2 == 0) for n, path in enumerate(train)]
    table(root / "boneage-training-dataset.csv", rows, ("id", "boneage", "male"))
    table(root / "boneage-test-dataset.csv", [(path.stem, "M") for path in test], ("Case ID", "Sex"))
    ages = {path: 50 + 3 * n for n, path in enumerate(train)}
    return Expected(truth=ages, splits={"train": train, "test": test}, target="boneage",
                    hints={"target": "boneage"}, columns=("male",))  # fmt: skip


@layout
def faces_of_people(root: Path) -> Expected:
    """Labelled Faces in the Wild: a folder a person, lists of pairs."""
    people = {name: f"{name.title()}_Person" for name in NAMES}
    truth = {
        draw(root / "lfw" / people[name] / f"{people[name]}_{n:04d}.jpg", name): people[name] for name, n in each(8)
    }
    write(root / "pairs.txt", "10\t300\n" + "".join(f"{people[name]}\t{n}\t{n + 1}\n" for name, n in each(4)))
    return Expected(truth=truth, classes=list(people.values()))


@layout
def office(root: Path) -> Expected:
    """Office-31: where a picture comes from above what it shows."""
    places = ("amazon", "dslr", "webcam")
    truth = {
        draw(root / places[n // 3 % 3] / "images" / name / f"frame_{n:04d}.jpg", name): name for name, n in each(12)
    }
    return Expected(truth=truth, classes=NAMES)


@layout
def fruits(root: Path) -> Expected:
    train = {draw(root / "fruits-360" / "Training" / f"Apple {name}" / f"{n}_100.jpg", name): f"Apple {name}"
             for name, n in each(8)}  # fmt: skip
    test = {draw(root / "fruits-360" / "Test" / f"Apple {name}" / f"{n}_100.jpg", name): f"Apple {name}"
            for name, n in each(3, start=50)}  # fmt: skip
    draw(root / "fruits-360" / "papers" / "figure.jpg")
    several = [draw(root / "fruits-360" / "test-multiple_fruits" / f"apples{n}.jpg") for n in range(3)]
    return Expected(truth=train | test, splits={"train": [*train], "test": [*test], "unlabelled": several})
