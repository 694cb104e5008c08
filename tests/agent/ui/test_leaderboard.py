"""The models that were tried, as `noglue show` lists them."""

from typing import Any

from noglue.agent.ui import leaderboard


def tried(title: str, score: float | None, share: float = 0.0) -> dict[str, Any]:
    validation = {} if score is None else {"rmse": score}
    return {"title": title, "validation": validation, "seconds": 1.25, "share": share, "chosen": share > 0}


def test_the_best_come_first_and_those_without_a_score_last() -> None:
    content = {"candidates": [tried("ridge", 5.0), tried("too slow", None), tried("catboost", 3.5, 0.8)],
               "task": {"metric": "rmse"}}  # fmt: skip
    first, *rest = leaderboard.lines(content)
    assert first == "tried    3 models, by their RMSE on rows that they did not learn from"
    assert [line.split()[0] for line in rest] == ["catboost", "ridge", "too"]
    assert rest[0].split()[1:] == ["3.50", "1.2", "s", "80", "%"]
    assert rest[1].endswith("–")


def test_of_one_model_and_of_strange_contents_nothing_is_listed() -> None:
    assert leaderboard.lines({"candidates": [tried("ridge", 5.0)], "task": {"metric": "rmse"}}) == []
    assert leaderboard.lines({"candidates": None}) == []
    assert leaderboard.lines({"candidates": [tried("a", None), tried("b", None)], "task": None}) == []


def test_of_many_the_first_dozen_are_listed() -> None:
    content = {"candidates": [tried(f"m{place}", float(place)) for place in range(30)], "task": {"metric": "rmse"}}
    assert leaderboard.lines(content)[-1] == "  and 18 more, in the report and in run.json"
