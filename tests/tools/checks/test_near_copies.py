"""Near-copies planted in real pictures, texts and tables; and real data that look alike and are no copies."""

import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image
from sklearn import datasets

from noglue.tools.checks import picture_copies, row_copies
from noglue.tools.checks.near_copies import Copies
from noglue.tools.data.row_content import Cells, Files, Pixels
from noglue.tools.preparation.near_duplicates import told
from noglue.tools.preparation.partition import Partition

DIGITS = np.repeat(np.repeat((datasets.load_digits().images * 15).astype(np.uint8), 4, axis=1), 4, axis=2)[:600]
PLANTED = np.random.default_rng(3).choice(600, 40, replace=False)


def among(content: Cells | Pixels | Files, count: int) -> set[tuple[int, int]]:
    finds = row_copies.find if isinstance(content, Cells) else picture_copies.find
    copies = finds(content, [np.arange(count)], np.random.default_rng(0))
    return {(int(row), int(other)) for row, other in copies.pairs}


def planted(count: int) -> set[tuple[int, int]]:
    return {(count + place, int(row)) for place, row in enumerate(PLANTED)}


def jpeg(picture: np.ndarray) -> np.ndarray:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=70)
    return np.asarray(Image.open(buffer))


CHANGES = {
    "saved as JPEG": jpeg,
    "brighter": lambda picture: np.clip(picture * 0.8 + 30, 0, 255).astype(np.uint8),
    "noise": lambda picture: np.clip(picture + np.random.default_rng(1).normal(0, 8, picture.shape), 0, 255),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_picture_saved_again_is_a_copy(change: str) -> None:
    again = np.stack([CHANGES[change](DIGITS[row]) for row in PLANTED]).astype(np.uint8)
    assert among(Pixels(np.concatenate([DIGITS, again])[..., None]), 640) == planted(600)


def test_digits_that_look_alike_are_no_copies() -> None:
    assert among(Pixels(DIGITS[..., None]), 600) == set()


def test_files_of_other_sizes(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, paths = tmp_path_factory.mktemp("files"), []
    for row in [*range(200), *(int(row) % 200 for row in PLANTED[:10])]:
        picture = Image.fromarray(DIGITS[row])
        path = folder / f"{len(paths)}.{'png' if len(paths) < 200 else 'jpg'}"
        (picture if len(paths) < 200 else picture.resize((48, 48))).save(path)
        paths.append(str(path))
    content = Files(pa.chunked_array([paths]))
    content.hashes()
    assert among(content, 210) == {(200 + place, int(row) % 200) for place, row in enumerate(PLANTED[:10])}
    assert content.name(203) == "203.jpg"


@pytest.mark.parametrize("name", ["wine", "breast_cancer", "diabetes"])
def test_rounded_rows_of_a_table(name: str) -> None:
    table = getattr(datasets, f"load_{name}")(as_frame=True).data
    rows = np.unique(PLANTED % len(table))
    rounded = table.iloc[rows].map(lambda value: value if value == int(value) else float(f"{value:.3g}"))
    both = Cells(pa.Table.from_pandas(pd.concat([table, rounded]), preserve_index=False))
    changed = (rounded.to_numpy() != table.iloc[rows].to_numpy()).any(axis=1)
    found = among(both, len(both.table))
    expected = {(len(table) + place, int(row)) for place, row in enumerate(rows) if changed[place]}
    assert len(found & expected) >= 0.95 * len(expected)
    assert among(Cells(pa.Table.from_pandas(table, preserve_index=False)), len(table)) == set()


def test_a_rounded_row_of_another_age_is_another_person() -> None:
    table = datasets.load_wine(as_frame=True).data.assign(age=np.arange(178) % 60)
    rounded = table.iloc[:30].map(lambda value: float(f"{value:.3g}")).assign(age=70)
    both = pa.Table.from_pandas(pd.concat([table, rounded]), preserve_index=False)
    assert among(Cells(both), 208) == set()


def documents() -> list[str]:
    """The descriptions that scikit-learn gives of its own sets, cut into pieces of forty words."""
    names = ("iris", "wine", "breast_cancer", "diabetes", "digits", "linnerud")
    words = " ".join(getattr(datasets, f"load_{name}")().DESCR for name in names).split()
    return [" ".join(words[start : start + 40]) for start in range(0, len(words) - 40, 40)]


def test_texts_with_some_words_changed() -> None:
    texts = documents()
    changed = [" ".join([*text.split()[:-2], "quite", "different"]) for text in texts[:20]]
    content = Cells(pa.table({"text": [*texts, *changed]}))
    assert among(content, len(texts) + 20) >= {(len(texts) + place, place) for place in range(20)}
    found = among(Cells(pa.table({"text": texts})), len(texts))
    assert len(found) <= 2  # boilerplate of the descriptions themselves


def test_texts_without_blanks() -> None:
    texts = ["".join(chr(0x4E00 + number) for number in np.random.default_rng(seed).integers(0, 3000, 60))
             for seed in range(50)]  # fmt: skip
    content = Cells(pa.table({"text": [*texts, texts[7][:-3] + "完了終"]}))
    assert among(content, 51) == {(50, 7)}


def test_near_copies_get_one_hash_and_test_rows_that_came_with_the_data_keep_theirs() -> None:
    hashes = np.array([10, 11, 12, 13, 14, 10, 16, 17, 18, 19], np.uint64)
    copies = Copies(np.array([[3, 0], [4, 3], [9, 8]]), 10, 10)
    joined = copies.united(hashes, np.arange(8))
    assert joined[0] == joined[3] == joined[4] == joined[5]
    assert list(joined[6:]) == list(hashes[6:])


def test_a_chain_through_most_rows_joins_nothing() -> None:
    hashes = np.arange(100, dtype=np.uint64)
    chain = Copies(np.stack([np.arange(1, 60), np.arange(59)], axis=1), 100, 100)
    assert (chain.united(hashes, np.arange(100)) == hashes).all()


@pytest.mark.parametrize(("looked_at", "rows", "kinds"), [(50_000, 100_000, ["unchecked"]), (99_000, 100_000, []),
                                                          (0, 100_000, []), (60, 100, [])])  # fmt: skip
def test_that_only_some_were_looked_at_is_told_though_nothing_was_found(
    looked_at: int, rows: int, kinds: list[str]
) -> None:
    copies = Copies(looked_at=looked_at, rows=rows)
    parted = Partition({"train": np.arange(10), "test": np.arange(10, 20)}, "random", "drawn")
    found = told(copies, parted, None, str, "images")
    assert [one.kind for one in found] == kinds
    assert all("50,000 of 100,000 images" in one.message for one in found)
