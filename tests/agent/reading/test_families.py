import pytest

from agent.reading import families, read


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("tell the iris species apart with logistic regression", "linear"),
        ("predict the price in houses.csv using gradient boosting", "boosted_trees"),
        ("classify ./photos/ with a CNN", "resnet"),
        ("classify ./photos/, not with a CNN", None),
        ("predict the price in houses.csv", None),
    ],
)
def test_a_family_by_its_everyday_name(text: str, family: str | None) -> None:
    assert read(text, [], {}).constraints.get("family") == family


def test_a_family_that_is_not_here_is_said_to_be_missing() -> None:
    task = read("tell the iris species apart with a random forest", [], {})
    assert "family" not in task.constraints
    assert "random forest" in task.evidence["family"]


def test_the_flag_wins() -> None:
    assert read("use logistic regression on iris", [], {"family": "table_blend"}).constraints["family"] == "table_blend"


def test_no_alias_means_two_families() -> None:
    assert len(set(families.aliases().values())) >= 4
