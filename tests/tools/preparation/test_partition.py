"""Rows to splits, by what the files say: official, unlabelled, partly labelled, repeated."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from noglue.tools.preparation.partition import Partition, Rows, Shares, partition
from noglue.tools.spec.errors import DataError


def parted(
    rows: dict[str, list[int]], strata: list[int], hashes: list[int] | None = None, **given_too: object
) -> Partition:
    known = Rows(
        np.array(strata), np.arange(len(strata), dtype=np.uint64) if hashes is None else np.array(hashes, np.uint64),
        **given_too,  # type: ignore[arg-type]
    )  # fmt: skip
    return partition({name: np.array(part) for name, part in rows.items()}, known, Shares(), np.random.default_rng(0))


@settings(derandomize=True, deadline=None)
@given(some.data())
def test_no_row_in_two_splits_and_no_test_content_in_train(data: some.DataObject) -> None:
    count = data.draw(some.integers(30, 150))
    strata = np.array(data.draw(some.lists(some.integers(-1, 2), min_size=count, max_size=count)))
    hashes = np.array(data.draw(some.lists(some.integers(0, 400), min_size=count, max_size=count)), np.uint64)
    official = data.draw(some.booleans())
    cut = count // 2
    rows = {"train": np.arange(cut), "test": np.arange(cut, count)} if official else {"all": np.arange(count)}
    if (strata[:cut] >= 0).sum() < 12:
        return
    found = partition(rows, Rows(strata, hashes), Shares(), np.random.default_rng(1))
    everything = np.concatenate(list(found.rows.values()))
    assert len(np.unique(everything)) == len(everything)
    for split in ("train", "validation", "test"):
        assert (strata[found.rows.get(split, np.zeros(0, int))] >= 0).all()
    learned = strata[found.rows["train"]]
    torn = [h for h in np.unique(hashes) if len(np.unique(strata[(hashes == h) & (strata >= 0)])) > 1]
    if not torn and len(np.unique(hashes)) > count / 2:  # else they can't be kept together without losing a class
        seen = set(hashes[found.rows["train"]]) | set(hashes[found.rows.get("validation", np.zeros(0, int))])
        assert not seen & set(hashes[found.rows["test"]])
        pool = strata[:cut] if found.how == "official" else strata
        if found.how != "official":
            assert set(learned) == set(pool[pool >= 0])


def test_classes_of_one_row_each_leave_no_test() -> None:
    with pytest.raises(DataError, match="second row") as caught:
        parted({"all": list(range(12))}, list(range(12)))
    assert caught.value.kind == "too-few-rows"


def test_the_official_test_split_is_kept_whole() -> None:
    found = parted({"train": list(range(40)), "test": list(range(40, 60))}, [0, 1] * 30)
    assert found.how == "official"
    assert found.rows["test"].tolist() == list(range(40, 60))
    assert sorted([*found.rows["train"], *found.rows["validation"]]) == list(range(40))


def test_rows_that_stand_in_test_leave_train() -> None:
    hashes = [*range(40), *range(5), *range(100, 115)]
    found = parted({"train": list(range(40)), "test": list(range(40, 60))}, [0, 1] * 30, hashes)
    assert len(found.rows["test"]) == 20
    assert not set(range(5)) & {*found.rows["train"], *found.rows["validation"]}
    assert [(w.kind, w.count) for w in found.warnings] == [("duplicates-across-splits", 5)]


def test_a_test_table_that_repeats_train_is_no_test() -> None:
    found = parted({"train": list(range(40)), "test": list(range(40, 60))}, [0, 1] * 30, [*range(40), *range(20)])
    assert found.how == "official"  # half of train is left
    found = parted({"train": list(range(20)), "test": list(range(20, 40))}, [0, 1] * 20, [*range(20)] * 2)
    assert found.how == "stratified"
    assert sum(map(len, found.rows.values())) == 20


def test_a_test_table_without_labels_is_what_to_predict() -> None:
    found = parted({"train": list(range(40)), "test": list(range(40, 60))}, [0, 1] * 20 + [-1] * 20)
    assert found.rows["unlabelled"].tolist() == list(range(40, 60))
    assert set(found.rows["test"]) < set(range(40))
    assert found.how == "stratified"
    assert "no labels" in found.why


def test_validation_serves_as_test_where_there_is_no_other() -> None:
    found = parted({"train": list(range(40)), "validation": list(range(40, 60))}, [0, 1] * 30)
    assert found.rows["test"].tolist() == list(range(40, 60))
    assert set(found.rows["validation"]) < set(range(40))


@pytest.mark.parametrize("gaps", [2, 20])
def test_rows_without_a_target_among_others_are_left_out_and_counted(gaps: int) -> None:
    found = parted({"all": list(range(100))}, [-1] * gaps + [0, 1] * ((100 - gaps) // 2))
    assert "unlabelled" not in found.rows
    assert [(w.kind, w.count) for w in found.warnings] == [("missing", gaps)]
    assert sum(map(len, found.rows.values())) == 100 - gaps


def test_a_class_of_one_row_stays_in_train() -> None:
    found = parted({"all": list(range(41))}, [0, 1] * 20 + [2])
    assert 40 in found.rows["train"]


def test_groups_and_times() -> None:
    groups = np.repeat(np.arange(20), 5)
    found = parted({"all": list(range(100))}, [0, 1] * 50, groups=groups)
    assert found.how == "grouped"
    assert not set(groups[found.rows["test"]]) & set(groups[np.r_[found.rows["train"], found.rows["validation"]]])
    found = parted({"all": list(range(100))}, [0, 1] * 50, times=np.arange(100)[::-1].copy())
    assert found.how == "time"
    assert found.rows["test"].tolist() == list(range(20))
    assert found.rows["validation"].max() < found.rows["train"].min()


def test_too_few_rows() -> None:
    with pytest.raises(DataError) as caught:
        parted({"all": [0, 1, 2]}, [0, 1, 0])
    assert caught.value.kind == "too-few-rows"


def test_groups_that_were_asked_for_leave_train_where_the_test_rows_came_with_the_data() -> None:
    groups = np.r_[np.arange(90) % 30, 20 + np.arange(30) % 15]
    rows = {"train": list(range(90)), "test": list(range(90, 120))}
    found = parted(rows, [0, 1] * 60, groups=groups, bound=True)
    learned = np.r_[found.rows["train"], found.rows["validation"]]
    assert found.rows["test"].tolist() == rows["test"]
    assert not set(groups[learned]) & set(groups[90:])
    assert not set(groups[found.rows["train"]]) & set(groups[found.rows["validation"]])
    assert [(why, len(part)) for why, part in found.left_out] == [("of a group that is in the test rows", 30)]
    with pytest.raises(DataError, match="90 more are of groups"):
        parted(rows, [0, 1] * 60, groups=np.arange(120) % 15, bound=True)
