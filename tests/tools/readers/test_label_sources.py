"""Every way in which picture files may be meant, and which one their names alone make the likeliest."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from noglue.tools import inspect
from noglue.tools.readers import image_folder
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.spec.step import Step

PNG: dict[int, bytes] = {}


def grow(root: Path, pictures: Iterable[str], tables: Mapping[str, str] | None = None) -> list[Path]:
    """Small real pictures, each of its own shade, and text files beside them."""
    for number, name in enumerate(pictures):
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shade = number % 251
        if shade not in PNG:
            Image.new("L", (4, 4), shade).save(root / "shade.png")
            PNG[shade] = (root / "shade.png").read_bytes()
            (root / "shade.png").unlink()
        place.write_bytes(PNG[shade])
    for name, text in (tables or {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return sorted(path for path in root.rglob("*") if path.is_file())


def first(files: list[Path]) -> tuple[Match, Raw]:
    match = image_folder.readings(files)[0]
    return match, image_folder.read(match)


def classes(raw: Raw, split: str | None = None) -> set[str]:
    assert raw.target is not None
    tables = raw.splits.values() if split is None else [raw.splits[split]]
    told = [cell for table in tables if raw.target in table.column_names for cell in table[raw.target].to_pylist()]
    return {str(cell) if raw.classes is None else raw.classes[cell] for cell in told if cell is not None}


def rows(raw: Raw) -> dict[str, int]:
    return {split: table.num_rows for split, table in raw.splits.items()}


def crossed(outer: Iterable[str], inner: Iterable[str], count: int = 4) -> list[str]:
    return [f"{one}/{other}/{one[-3:]}{n}.png" for one in outer for other in list(inner) for n in range(count)]


SAME = [f"{n}.png" for n in range(12)]


@pytest.mark.parametrize(
    ("pictures", "wanted"),
    [
        (crossed([f"patient{n:03}" for n in range(8)], ["0", "1"]), {"0", "1"}),
        (crossed([str(10250 + n) for n in range(8)], ["0", "1"]), {"0", "1"}),
        (crossed([f"sub-{n}" for n in range(8)], ["rest", "task"]), {"rest", "task"}),
        (crossed([f"fold{n}" for n in range(5)], ["dog", "siren"]), {"dog", "siren"}),
        (crossed([f"cv_{n}" for n in range(5)], ["bee", "wasp"]), {"bee", "wasp"}),
        (crossed(["walk", "run"], ["session0", "session1"]), {"walk", "run"}),
        (crossed(["benign", "malignant"], ["40X", "100X"]), {"benign", "malignant"}),
        ([f"{kind}/{c}/{n}" for kind in ("color", "grayscale", "segmented") for c in "ab" for n in SAME], {"a", "b"}),
        ([f"{kind}/{c}/{n}" for kind in ("rgb", "thermal") for c in "ab" for n in SAME], {"a", "b"}),
        ([f"{c}/{n}_{m}.png" for c in "ab" for n in range(12) for m in ("photo", "x")], {"a", "b"}),
        ([f"train_{c}/{n}" for c in ("cats", "dogs") for n in SAME], {"train_cats", "train_dogs"}),
        ([f"{c}_{n}.png" for c in ("open", "closed") for n in range(12)], {"open", "closed"}),
        ([f"{n}_{c}.png" for c in ("open", "closed") for n in range(12)], {"open", "closed"}),
        ([f"{c}/{n}" for c in ("mask", "no_mask") for n in SAME], {"mask", "no_mask"}),
    ],
)  # fmt: skip
def test_which_names_are_the_classes(tmp_path: Path, pictures: list[str], wanted: set[str]) -> None:
    _, raw = first(grow(tmp_path, pictures))
    assert classes(raw) == wanted


@pytest.mark.parametrize(
    "names",
    [
        "{split}/{kind}/{n}.png", "{kind}/{split}/{n}.png", "{split}_{kind}/{n}.png", "{kind}_{split}/{n}.png",
        "set/{split}/images/{kind}/{n}.png", "seg_{split}/seg_{split}/{kind}/{n}.png",
    ],
)  # fmt: skip
def test_splits_above_below_and_within_the_classes(tmp_path: Path, names: str) -> None:
    tree = [
        names.format(split=split, kind=kind, n=f"{split}{n}")
        for split, count in {"train": 9, "test": 5}.items()
        for kind in ("cats", "dogs")
        for n in range(count)
    ]
    match, raw = first(grow(tmp_path, tree))
    assert rows(raw) == {"train": 18, "test": 10} == image_folder.count(match)
    assert classes(raw, "train") == classes(raw, "test") == {"cats", "dogs"}


@pytest.mark.parametrize(
    ("train", "test"),
    [("Training", "Testdaten"), ("entrenamiento", "prueba"), ("entraînement", "test"), ("treino", "teste")],
)
def test_splits_in_other_languages(tmp_path: Path, train: str, test: str) -> None:
    tree = [f"{split}/{kind}/{split[:2]}{n}.png" for split in (train, test) for kind in ("a", "b") for n in range(8)]
    _, raw = first(grow(tmp_path, tree))
    assert (rows(raw), classes(raw)) == ({"train": 16, "test": 16}, {"a", "b"})


def test_lists_of_the_splits(tmp_path: Path) -> None:
    tree = [f"images/{kind}/{kind}_{n}.png" for kind in ("pie", "soup") for n in range(20)]
    lines = {
        f"meta/{split}.txt": "".join(f"{kind}/{kind}_{n}\n" for kind in ("pie", "soup") for n in numbers)
        for split, numbers in {"train": range(14), "test": range(14, 20)}.items()
    }
    match, raw = first(grow(tmp_path, tree, lines))
    assert rows(raw) == {"train": 28, "test": 12} == image_folder.count(match)
    assert classes(raw) == {"pie", "soup"}


def test_pictures_of_documents_are_no_class(tmp_path: Path) -> None:
    tree = [f"data/{kind}/{n}" for kind in ("bus", "car") for n in SAME]
    match, raw = first(grow(tmp_path, [*tree, "docs/plan.png", "docs/map.png"]))
    assert classes(raw) == {"bus", "car"}
    assert len(match.ignored) == 2


def test_classes_of_the_test_in_other_spelling_and_unknown_ones(tmp_path: Path) -> None:
    train = [f"Train/{kind}/{n}" for kind in ("Birds", "Cats") for n in SAME]
    _, raw = first(grow(tmp_path, [*train, *(f"Test/{kind}/t{n}" for kind in ("birds", "cat", "fish") for n in SAME)]))
    assert classes(raw, "train") == {"Birds", "Cats"}
    assert classes(raw, "test") == {"Birds", "Cats", "fish"}
    assert rows(raw) == {"train": 24, "test": 36}
    assert any("fish (12 files)" in note for note in raw.notes)
    assert any("birds as Birds" in note for note in raw.notes)


def test_a_test_without_any_known_class_is_to_be_predicted(tmp_path: Path) -> None:
    train = [f"train/{kind}/{n}" for kind in "ab" for n in SAME]
    _, raw = first(grow(tmp_path, [*train, *(f"test/images/{n}" for n in SAME)]))
    assert rows(raw) == {"train": 24, "unlabelled": 12}


def test_one_class_to_learn_from(tmp_path: Path) -> None:
    tree = [*(f"train/good/{n}" for n in SAME), *(f"test/{kind}/{n}" for kind in ("good", "scratched") for n in SAME)]
    match, raw = first(grow(tmp_path, tree))
    assert match.labels_from == "the folders"
    assert classes(raw, "train") == {"good"}


@pytest.mark.parametrize(
    ("masks", "reason"),
    [
        ([f"images/{n}" for n in SAME] + [f"masks/{n}" for n in SAME], "mask"),
        ([f"images/{n}" for n in SAME] + [f"annotations/trimaps/{n}" for n in SAME], "mask"),
        ([f"{n}.png" for n in range(12)] + [f"{n}_mask.png" for n in range(12)], "mask"),
        ([f"a/{n}.png" for n in range(12)] + [f"a/{n}_mask_1.png" for n in range(12)], "mask"),
        ([f"in/x_{n}.png" for n in range(12)] + [f"truth/x_{n}_segmentation.png" for n in range(12)], None),
    ],
)  # fmt: skip
def test_masks_are_no_pictures(tmp_path: Path, masks: list[str], reason: str | None) -> None:
    found = image_folder.readings(grow(tmp_path, masks))
    if reason is None:
        return
    assert all(len(match.ignored) == 12 for match in found)
    assert all(reason in why for why in found[0].ignored.values())
    assert all("masks" not in match.why for match in found)


def test_masks_that_are_all_there_is(tmp_path: Path) -> None:
    _, raw = first(grow(tmp_path, [f"masks/{kind}/{kind}{n}_mask.png" for kind in "ab" for n in range(12)]))
    assert classes(raw) == {"a", "b"}


@pytest.mark.parametrize(("place", "again"), [("", "cells"), ("pets", "pets - copy"), ("x/y", "x/z")])
def test_a_second_copy(tmp_path: Path, place: str, again: str) -> None:
    once = [f"{kind}/{n}" for kind in ("bus", "car") for n in SAME]
    grow(tmp_path / place, once)
    grow(tmp_path / again, once)
    match, raw = first(sorted(path for path in tmp_path.rglob("*") if path.is_file()))
    assert classes(raw) == {"bus", "car"}
    assert len(match.ignored) == raw.splits["all"].num_rows == 24


# ---- tables ------------------------------------------------------------------------------------------------------


def listed(header: str, row: str, count: int = 30, first_number: int = 0) -> str:
    numbers = range(first_number, first_number + count)
    return header + "\n" + "".join(row.format(n=n, kind="ab"[n % 2], half=n / 2, age=20 + n) + "\n" for n in numbers)


PHOTOS = [f"photos/IMG_{n:03}.png" for n in range(30)]


@pytest.mark.parametrize(
    "row",
    [
        "IMG_{n:03}.png,{kind}", "img_{n:03}.PNG,{kind}", "IMG_{n:03},{kind}", "photos/IMG_{n:03}.png,{kind}",
        "./data/photos/IMG_{n:03}.png,{kind}", "C:\\photos\\IMG_{n:03}.png,{kind}",
    ],
)  # fmt: skip
def test_how_tables_name_pictures(tmp_path: Path, row: str) -> None:
    match, raw = first(grow(tmp_path, PHOTOS, {"about.csv": listed("photo,variety", row)}))
    assert (raw.target, match.labels_from, match.coverage) == ("variety", "about.csv", 1.0)
    assert raw.splits["all"]["variety"].to_pylist() == ["a", "b"] * 15


def test_leading_zeros_that_a_spreadsheet_lost(tmp_path: Path) -> None:
    pictures = [f"img/{n:05}.png" for n in range(1, 31)]
    _, raw = first(grow(tmp_path, pictures, {"labels.csv": listed("id,label", "{n},{kind}", first_number=1)}))
    assert raw.splits["all"]["label"].to_pylist() == ["b", "a"] * 15


@pytest.mark.parametrize(("extra", "wanted"), [(400, {"all": 30}), (-10, {"all": 20, "unlabelled": 10})])
def test_more_rows_than_pictures_and_fewer(tmp_path: Path, extra: int, wanted: dict[str, int]) -> None:
    table = listed("photo,label", "IMG_{n:03}.png,{kind}", 30 + extra)
    match, raw = first(grow(tmp_path, PHOTOS, {"all.csv": table}))
    assert rows(raw) == wanted
    assert match.coverage == pytest.approx(wanted["all"] / 30)


def test_every_column_may_be_the_target(tmp_path: Path) -> None:
    tables = {
        "people.csv": listed("file,sex,age", "IMG_{n:03}.png,{kind},{age}"),
        "boxes.csv": listed("file,x,y", "IMG_{n:03}.png,{n},{half}"),
    }
    match, raw = first(grow(tmp_path, PHOTOS, tables))
    assert raw.target is None
    assert {"sex", "age", "x", "y"} <= set(raw.splits["all"].column_names)
    assert match.reading["kind"] == "tables"
    assert raw.splits["all"]["age"].to_pylist() == list(range(20, 50))


def test_tables_of_a_split_tell_of_it_alone(tmp_path: Path) -> None:
    pictures = [f"{split}/{n}.png" for split in ("train", "test") for n in range(30)]
    tables = {
        "train/metadata.csv": listed("file_name,label", "{n}.png,{kind}"),
        "test/metadata.csv": listed("file_name,label", "{n}.png,a"),
    }
    _, raw = first(grow(tmp_path, pictures, tables))
    assert raw.splits["train"]["label"].to_pylist().count("b") == 15
    assert raw.splits["test"]["label"].to_pylist() == ["a"] * 30


@pytest.mark.parametrize(
    ("column", "words"),
    [("split", ["train", "train", "test"]), ("partition", ["0", "0", "2"]), ("is_train", ["1", "1", "0"])],
)
def test_a_column_of_splits(tmp_path: Path, column: str, words: list[str]) -> None:
    if column == "partition":
        words = ["0", "0", "0", "1", "2"]
    lines = "".join(f"IMG_{n:03}.png,{'ab'[n % 2]},{words[n % len(words)]}\n" for n in range(30))
    match, raw = first(grow(tmp_path, PHOTOS, {"a.csv": f"file,label,{column}\n{lines}"}))
    assert rows(raw)["train"] == {3: 20, 5: 18}[len(words)]
    assert rows(raw) == image_folder.count(match)


def test_tables_without_headers_and_with_a_count_above(tmp_path: Path) -> None:
    tables = {
        "list_attr.txt": "30\nBald Smiling\n" + "".join(f"IMG_{n:03}.png {n % 2 * 2 - 1} 1\n" for n in range(30)),
        "list_eval_partition.txt": "".join(f"IMG_{n:03}.png {(n > 19) + (n > 24)}\n" for n in range(30)),
    }
    _, raw = first(grow(tmp_path, PHOTOS, tables))
    assert rows(raw) == {"train": 20, "validation": 5, "test": 5}
    assert raw.splits["train"]["Bald"].to_pylist() == [-1, 1] * 10


def test_columns_of_one_class_each_become_one(tmp_path: Path) -> None:
    lines = "".join(f"IMG_{n:03},{float(n % 3 == 0)},{float(n % 3 == 1)},{float(n % 3 == 2)}\n" for n in range(30))
    _, raw = first(grow(tmp_path, PHOTOS, {"truth.csv": "image,MEL,NV,BCC\n" + lines}))
    assert classes(raw) == {"MEL", "NV", "BCC"}


def test_several_labels_a_picture_are_told_of(tmp_path: Path) -> None:
    lines = "".join(f"IMG_{n:03}.png,{['Mass', 'Mass|Edema', 'Clear'][n % 3]}\n" for n in range(30))
    _, raw = first(grow(tmp_path, PHOTOS, {"entry.csv": "Image,Findings\n" + lines + "x.png,Edema\n"}))
    assert raw.splits["all"]["Edema"].to_pylist() == [False, True, False] * 10
    assert any("several labels for 10 files" in note for note in raw.notes)
    lines = "".join(f"IMG_{n:03}.png,{n % 2},{n % 3 > 0:d},{n % 5 > 2:d}\n" for n in range(30))
    _, raw = first(grow(tmp_path / "tags", PHOTOS, {"tags.csv": "file,odd,big,round\n" + lines}))
    assert raw.target is None
    assert any("odd, big, round" in note for note in raw.notes)


def test_the_majority_of_several_rows(tmp_path: Path) -> None:
    lines = "".join(f"IMG_{n:03}.png,{r},{'ab'[n % 2] if r else 'b'}\n" for n in range(30) for r in range(3))
    _, raw = first(grow(tmp_path, PHOTOS, {"votes.csv": "file,rater,label\n" + lines}))
    assert raw.splits["all"]["label"].to_pylist() == ["a", "b"] * 15
    assert any("majority" in note for note in raw.notes)


def test_labels_of_a_validation_split_in_a_table_beside_it(tmp_path: Path) -> None:
    pictures = [f"train/n0{k}/images/n0{k}_{n}.png" for k in (1, 2) for n in range(10)]
    pictures += [f"val/images/val_{n}.png" for n in range(10)]
    tables = {f"train/n0{k}/n0{k}_boxes.txt": f"n0{k}_1.png\t0\t1\n" for k in (1, 2)}
    tables |= {f"extra/{n}_boxes.txt": "x.png\t0\t1\n" for n in range(60)}
    tables |= {"val/val_annotations.txt": "".join(f"val_{n}.png\tn0{1 + n % 2}\t0\t27\n" for n in range(10))}
    _, raw = first(grow(tmp_path, pictures, tables))
    assert rows(raw) == {"train": 20, "validation": 10}
    assert classes(raw, "validation") == {"n01", "n02"}


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("{n}.cls", "{kind}", "beside"),
        ("{n}.json", '{{"label": "{kind}"}}', "beside"),
        ("{n}.txt", "{code} 0.5 0.5 0.2 0.2\n", "boxes"),
        ("{n}.xml", "<a><object><name>{kind}</name></object></a>", "boxes"),
    ],
)
def test_files_beside_the_pictures(tmp_path: Path, name: str, text: str, kind: str) -> None:
    beside = {name.format(n=n): text.format(kind="ab"[n % 2], code=n % 2) for n in range(30)}
    match, raw = first(grow(tmp_path, SAME + [f"{n}.png" for n in range(12, 30)], beside))
    assert match.reading["kind"] == kind
    assert len(classes(raw)) == 2
    assert raw.splits["all"].num_rows == 30


def test_boxes_in_one_file(tmp_path: Path) -> None:
    coco = {
        "images": [{"id": n, "file_name": f"IMG_{n:03}.png"} for n in range(30)],
        "annotations": [{"image_id": n, "category_id": n % 2, "bbox": [0, 0, 1, 1]} for n in range(30)],
        "categories": [{"id": 0, "name": "cup"}, {"id": 1, "name": "fork"}],
    }
    match, raw = first(grow(tmp_path, PHOTOS, {"instances.json": json.dumps(coco)}))
    assert match.labels_from.startswith("box files")
    assert classes(raw) == {"cup", "fork"}


# ---- laws --------------------------------------------------------------------------------------------------------

LAWS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = st.lists(st.text("abcdefgh", min_size=2, max_size=5), min_size=2, max_size=4, unique=True)


@LAWS
@given(names=NAMES, split=st.booleans(), depth=st.integers(0, 2), masks=st.booleans(), stray=st.integers(0, 3))
def test_every_picture_is_in_one_place(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], split: bool, depth: int, masks: bool, stray: int
) -> None:
    """Each picture that was found is read once or left aside with a reason, whichever the reading."""
    root = tmp_path_factory.mktemp("tree")
    tops = ["train/", "test/"] if split else [""]
    between = "/".join(f"d{level}" for level in range(depth))
    tree = [f"{top}{kind}/{between}/{n}.png" for top in tops for kind in names for n in range(5)]
    tree += [name.replace(".png", "_mask.png") for name in tree] if masks else []
    files = grow(root, [*tree, *(f"stray{n}.png" for n in range(stray))])
    for match in image_folder.readings(files):
        raw = image_folder.outline(match)
        read = [path for table in raw.splits.values() for path in table["path"].to_pylist()]
        assert sorted([*read, *match.ignored]) == sorted(map(str, files))
        assert len(set(read)) == len(read)
        assert image_folder.count(match) == {part: table.num_rows for part, table in raw.splits.items()}


def test_the_accounts_of_files_balance_in_every_reading(tmp_path: Path) -> None:
    tree = [f"{split}/{kind}/{n}" for split in ("train", "test") for kind in "ab" for n in SAME]
    tree += [f"train/a/{n}_mask.png" for n in range(12)] + ["Meta/1.png"]
    grow(tmp_path / "data", tree, {"README.md": "x", "t.csv": listed("f,label", "train/a/{n}.png,{kind}")})
    (tmp_path / "data" / "train" / "a" / "phone.heic").write_bytes(b"x")
    (tmp_path / "data" / "train" / "a" / "bad.png").write_bytes(b"x")
    (tmp_path / "steps").mkdir()
    folder = tmp_path / "steps" / "01-inspect"
    folder.mkdir()
    found = inspect.run(inspect.Args(roots=[str(tmp_path / "data")]), Step(folder=folder, run=tmp_path))
    mine = [profile.ledger for profile in found.profiles if profile.reader == "image_folder"]
    assert len(mine) >= 3
    for ledger in mine:
        assert ledger is not None
        assert ledger.balances
        assert sum(reason.count for reason in ledger.unusable.values()) == 2
        assert ledger.passed_over["a mask of another picture"].count == 12


@LAWS
@given(order=st.permutations([f"patient{n}" for n in range(6)]), names=st.permutations(["sick", "well"]))
def test_who_the_patients_are_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], names: list[str]
) -> None:
    root = tmp_path_factory.mktemp("tree")
    _, raw = first(grow(root, crossed(order, names)))
    assert classes(raw) == {"sick", "well"}
    assert raw.splits["all"].num_rows == 48


@LAWS
@given(order=st.permutations(["label", "age", "sex", "site"]))
def test_the_order_of_columns_changes_nothing(tmp_path_factory: pytest.TempPathFactory, order: list[str]) -> None:
    root = tmp_path_factory.mktemp("tree")
    cells = {"label": "{kind}", "age": "{age}", "sex": "{kind}", "site": "{n}"}
    header = ",".join(["file", *order])
    _, raw = first(grow(root, PHOTOS, {"t.csv": listed(header, ",".join(["IMG_{n:03}", *(cells[c] for c in order)]))}))
    assert raw.target == "label"
    assert raw.splits["all"]["label"].to_pylist() == ["a", "b"] * 15
    assert raw.splits["all"]["age"].to_pylist() == list(range(20, 50))


def test_a_workbook_beside_the_pictures_tells_their_labels(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [("photo", "what"), *((f"IMG_{n:03}", ["cat", "dog"][n % 2]) for n in range(30))]:
        book.active.append(row)
    book.save(tmp_path / "labels.xlsx")
    match, raw = first(grow(tmp_path, PHOTOS, {}))
    assert match.labels_from == "labels.xlsx"
    assert classes(raw) == {"cat", "dog"}


def test_codes_that_are_numbers_of_pictures_too_are_looked_up(tmp_path: Path) -> None:
    pictures = [f"{n}.png" for n in range(40)]
    labels = "file,kind_id\n" + "".join(f"{name},{11 + n % 2}\n" for n, name in enumerate(pictures))
    _, raw = first(grow(tmp_path, pictures, {"labels.csv": labels, "kinds.csv": "kind_id,kind\n11,cat\n12,dog\n"}))
    (table,) = raw.splits.values()
    told = zip(table["path"].to_pylist(), table["kind"].to_pylist(), strict=True)
    assert all(kind == ["cat", "dog"][int(Path(path).stem) % 2] for path, kind in told)
