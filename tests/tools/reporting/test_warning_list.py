"""Warnings are said once, by the step that knew more, and many of one kind are folded."""

from noglue.tools.reporting.warning_list import groups
from noglue.tools.spec.profiles import DataWarning


def warning(kind: str, message: str, *columns: str) -> DataWarning:
    return DataWarning(kind=kind, message=message, columns=list(columns))


def said(*steps: list[DataWarning]) -> list[str]:
    return [message for group in groups(*steps) for message in [*group.first, *group.more]]


def test_the_later_step_says_it_for_both() -> None:
    later = [warning("imbalance", "yes is 12 times as frequent as no in the train rows.", "paid")]
    earlier = [warning("imbalance", "yes is 11 times as frequent as no.", "paid")]
    assert said(later, earlier) == [later[0].message]
    other = [warning("imbalance", "a is 40 times as frequent as b.", "kind")]
    assert said(later, other) == [later[0].message, other[0].message]


def test_the_same_words_are_said_once_and_the_weightiest_first() -> None:
    leak, gaps = warning("leak", "x gives y away.", "x"), warning("missing", "z lacks most of its values.", "z")
    assert said([gaps], [leak, gaps]) == [leak.message, gaps.message]


def test_a_general_warning_of_an_earlier_step_gives_way_to_the_later_ones() -> None:
    assert said([warning("small", "Only 40 test rows.")], [warning("small", "Only 200 rows.")]) == [
        "Only 40 test rows."
    ]


def test_of_many_of_a_kind_three_are_shown_and_none_is_lost() -> None:
    many = [warning("missing", f"c{number} lacks most of its values.", f"c{number}") for number in range(9)]
    (group,) = groups(many)
    assert len(group.first) == 3
    assert [*group.first, *group.more] == [one.message for one in many]
