"""Tables in several files, or several tables in one: which belong together, and as what."""

from pathlib import Path

from tests.tools.readers.layouts.kit import FLOWERS, SPECIES, Expected, flowers, layout, table, write

SHARED = FLOWERS[:4]


@layout
def features_and_labels_by_key(root: Path) -> Expected:
    rows = [(f"f{n:03d}", *row) for n, row in enumerate(flowers())]
    table(root / "features.csv", [row[:5] for row in rows], ("id", *SHARED))
    table(root / "labels.csv", [(row[0], row[5]) for row in reversed(rows)], ("id", "species"))
    return Expected("table", rows={"all": 150}, target="species", columns=FLOWERS)


@layout
def features_and_labels_by_other_keys(root: Path) -> Expected:
    rows = [(f"f{n:03d}", *row) for n, row in enumerate(flowers())]
    table(root / "features.csv", [row[:5] for row in rows], ("flower_id", *SHARED))
    table(root / "labels.csv", [(row[0], row[5]) for row in reversed(rows)], ("id", "species"))
    return Expected("table", rows={"all": 150}, target="species", columns=FLOWERS)


@layout
def features_and_labels_by_row(root: Path) -> Expected:
    rows = flowers()
    table(root / "features.csv", [row[:4] for row in rows], SHARED)
    table(root / "labels.csv", [(row[4],) for row in rows], ("species",))
    return Expected("table", rows={"all": 150}, target="species", columns=FLOWERS)


@layout
def halves_of_x_and_y(root: Path) -> Expected:
    rows = flowers()
    for split, part in (("train", rows[:100]), ("test", rows[100:])):
        table(root / f"X_{split}.csv", [row[:4] for row in part], SHARED)
        table(root / f"y_{split}.csv", [(row[4],) for row in part], ("species",))
    return Expected("table", rows={"train": 100, "test": 50}, target="species", columns=FLOWERS)


@layout
def test_labels_apart(root: Path) -> Expected:
    rows = [(n, *row) for n, row in enumerate(flowers())]
    table(root / "train.csv", rows[:100], ("id", *FLOWERS))
    table(root / "test.csv", [row[:5] for row in rows[100:]], ("id", *SHARED))
    table(root / "test_labels.csv", [(row[0], row[5]) for row in rows[100:]], ("id", "species"))
    return Expected("table", rows={"train": 100, "test": 50}, columns=FLOWERS)


@layout
def test_labels_apart_by_row(root: Path) -> Expected:
    rows = flowers()
    table(root / "train.csv", rows[:100], FLOWERS)
    table(root / "test.csv", [row[:4] for row in rows[100:]], SHARED)
    table(root / "test_labels.csv", [(row[4],) for row in rows[100:]], ("species",))
    return Expected("table", rows={"train": 100, "test": 50}, columns=FLOWERS)


@layout
def competition(root: Path) -> Expected:
    rows = [(n, *row) for n, row in enumerate(flowers())]
    table(root / "train.csv", rows[:100], ("id", *FLOWERS))
    table(root / "test.csv", [row[:5] for row in rows[100:]], ("id", *SHARED))
    table(root / "sample_submission.csv", [(row[0], "setosa") for row in rows[100:]], ("id", "species"))
    return Expected("table", rows={"train": 100, "unlabelled": 50}, target="species", columns=FLOWERS, passed=0)


@layout
def shards_without_split(root: Path) -> Expected:
    rows = flowers()
    for n in range(5):
        table(root / "out" / f"part-{n:05d}.csv", rows[30 * n : 30 * n + 30], FLOWERS)
    write(root / "out" / "_SUCCESS", "")
    return Expected("table", rows={"all": 150}, columns=FLOWERS)


@layout
def a_table_per_class(root: Path) -> Expected:
    rows = flowers()
    for name in SPECIES:
        table(root / f"{name}.csv", [row[:4] for row in rows if row[4] == name], SHARED)
    return Expected("table", rows={"all": 150}, target="file", columns=SHARED, classes=SPECIES)


@layout
def a_folder_of_tables_per_class(root: Path) -> Expected:
    rows = flowers()
    for name in SPECIES:
        own = [row[:4] for row in rows if row[4] == name]
        for half in (0, 1):
            table(root / name / f"measured_{half}.csv", own[half::2], SHARED)
    return Expected("table", rows={"all": 150}, target="folder", columns=SHARED, classes=SPECIES)


@layout
def a_table_per_site(root: Path) -> Expected:
    rows = flowers()
    for n, site in enumerate(("berlin", "lyon", "porto")):
        table(root / f"{site}.csv", rows[50 * n : 50 * n + 50], FLOWERS)
    return Expected("table", rows={"all": 150}, columns=FLOWERS)


@layout
def codes_and_names(root: Path) -> Expected:
    rows = [(n, *row[:4], SPECIES.index(row[4]) + 1) for n, row in enumerate(flowers())]
    table(root / "flowers.csv", rows, ("id", *SHARED, "species_id"))
    table(root / "species.csv", [(n + 1, name) for n, name in enumerate(SPECIES)], ("species_id", "species"))
    return Expected("table", rows={"all": 150}, columns=("petal_width", "species"))


@layout
def a_star_of_tables(root: Path) -> Expected:
    rows = flowers()
    table(root / "visits.csv", [(n, n % 30, *row[:2], row[4]) for n, row in enumerate(rows)],
          ("visit", "plant_id", *SHARED[:2], "species"))  # fmt: skip
    table(root / "plants.csv", [(n, n % 6, 10 * n) for n in range(30)], ("plant_id", "garden_id", "height"))
    table(root / "gardens.csv", [(n, f"g{n}", n * 100.5) for n in range(6)], ("garden_id", "garden", "area"))
    return Expected("table", rows={"all": 150}, columns=("species", "height", "area"), among=True)


@layout
def readme_beside(root: Path) -> Expected:
    table(root / "iris.csv", flowers(), FLOWERS)
    write(root / "README.txt", "Iris\n====\nsepal_length, in cm\nsepal_width, in cm\nspecies: the kind of flower\n")
    table(
        root / "data_dictionary.csv",
        [(name, "number", f"the {name}") for name in FLOWERS],
        ("column", "type", "meaning"),
    )
    return Expected("table", rows={"all": 150}, columns=FLOWERS)


@layout
def sheets_of_splits(root: Path) -> Expected:
    import openpyxl

    rows, book = flowers(), openpyxl.Workbook()
    book.active.title = "train"
    for sheet, part in ((book.active, rows[:100]), (book.create_sheet("test"), rows[100:])):
        for row in (FLOWERS, *part):
            sheet.append(row)
    book.save(root / "iris.xlsx")
    return Expected("table", rows={"train": 100, "test": 50}, columns=FLOWERS)


@layout
def splits_in_folders(root: Path) -> Expected:
    rows = flowers()
    table(root / "train" / "data.csv", rows[:100], FLOWERS)
    table(root / "test" / "data.csv", rows[100:], FLOWERS)
    return Expected("table", rows={"train": 100, "test": 50}, columns=FLOWERS)


@layout
def activities(root: Path) -> Expected:
    """UCI's phones: values, answers and who it was in three files a split, names of columns and classes beside."""
    rows = flowers()
    for split, part in (("train", rows[:100]), ("test", rows[100:])):
        folder = root / "UCI HAR Dataset" / split
        write(folder / f"X_{split}.txt", "".join("  " + "  ".join(f"{x:.7e}" for x in row[:4]) + "\n" for row in part))
        write(folder / f"y_{split}.txt", "".join(f"{SPECIES.index(row[4]) + 1}\n" for row in part))
        write(folder / f"subject_{split}.txt", "".join(f"{n // 10 + 1}\n" for n in range(len(part))))
    names = "".join(f"{n} {name}\n" for n, name in enumerate(SPECIES, 1))
    write(root / "UCI HAR Dataset" / "activity_labels.txt", names)
    write(root / "UCI HAR Dataset" / "features.txt", "".join(f"{n} {name}\n" for n, name in enumerate(SHARED, 1)))
    return Expected("table", rows={"train": 100, "test": 50}, target="target", columns=SHARED)


@layout
def colours_of_wine(root: Path) -> Expected:
    """Two files that are kinds, with a column that is asked for in each."""
    rows = flowers()
    table(root / "winequality-red.csv", [row[:4] for row in rows[:80]], (*SHARED[:3], "quality"), ";")
    table(root / "winequality-white.csv", [row[:4] for row in rows[80:]], (*SHARED[:3], "quality"), ";")
    return Expected("table", rows={"all": 150}, columns=("quality",), absent=("file",), among=True)


@layout
def folders_of_x_and_y(root: Path) -> Expected:
    rows = flowers()
    for split, part in (("train", rows[:100]), ("test", rows[100:])):
        table(root / split / "X.csv", [row[:4] for row in part], SHARED)
        table(root / split / "y.csv", [(row[4],) for row in part], ("species",))
    return Expected("table", rows={"train": 100, "test": 50}, target="species", columns=FLOWERS)


@layout
def answers_in_another_order(root: Path) -> Expected:
    """Numbers that count rows, but not in order, and nothing in the other table that they refer to."""
    rows = flowers()
    table(root / "features.csv", [row[:4] for row in rows], SHARED)
    table(root / "labels.csv", [(n, rows[n][4]) for n in range(149, -1, -1)], ("id", "species"))
    return Expected("table", rows={"all": 150}, columns=SHARED, absent=("species",), among=True)


@layout
def sheets_of_classes(root: Path) -> Expected:
    import openpyxl

    rows, book = flowers(), openpyxl.Workbook()
    book.remove(book.active)
    for name in SPECIES:
        sheet = book.create_sheet(name)
        for row in (SHARED, *(row[:4] for row in rows if row[4] == name)):
            sheet.append(row)
    book.save(root / "iris.xlsx")
    return Expected("table", rows={"all": 150}, target="file", classes=SPECIES)


@layout
def a_column_of_splits(root: Path) -> Expected:
    """The file is sorted by it, so that its beginning shows one split alone."""
    sizes = {"train": 90, "val": 20, "test": 40}
    words = [split for split, count in sizes.items() for _ in range(count)]
    table(root / "iris.csv", [(*row, word) for row, word in zip(flowers(), words, strict=True)], (*FLOWERS, "split"))
    return Expected("table", rows={"train": 90, "validation": 20, "test": 40}, columns=FLOWERS)


@layout
def a_column_of_splits_in_a_workbook(root: Path) -> Expected:
    import openpyxl

    book = openpyxl.Workbook()
    for n, row in enumerate([(*FLOWERS, "partition"), *flowers()]):
        book.active.append((*row, "test" if n % 3 == 0 else "training") if n else row)
    book.save(root / "iris.xlsx")
    return Expected("table", rows={"train": 100, "test": 50}, columns=FLOWERS)


@layout
def a_column_of_folds(root: Path) -> Expected:
    table(root / "iris.csv", [(*row, n % 5) for n, row in enumerate(flowers())], (*FLOWERS, "fold"))
    return Expected("table", rows={"all": 150}, columns=(*FLOWERS, "fold"))


@layout
def cards_of_sets(root: Path) -> Expected:
    """`set` that tells no split."""
    kinds = ("alpha", "beta", "gamma")
    table(root / "cards.csv", [(*row, kinds[n % 3]) for n, row in enumerate(flowers())], (*FLOWERS, "set"))
    return Expected("table", rows={"all": 150}, columns=(*FLOWERS, "set"))
