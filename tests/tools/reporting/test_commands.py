"""Commands that can be pasted: the shell takes them apart into the request as it was made."""

import shlex

from noglue.tools.reporting.commands import again, longer
from noglue.tools.reporting.facts import Asked, Wished

ASKED = Asked(paragraph="Tell the buyer's mood,\n  5 folds", sources=["my reviews.csv", "http://x.org/a.zip"])


def test_the_request_comes_back_whole() -> None:
    parts = shlex.split(again(ASKED, []))
    assert parts[:3] == ["noglue", "run", "Tell the buyer's mood, 5 folds"]
    assert parts[3:] == ["--data", "my reviews.csv", "--data", "http://x.org/a.zip"]


def test_what_the_words_say_already_is_not_said_again_by_a_flag() -> None:
    asked = Asked(paragraph="Predict mood from my.csv", sources=["my.csv"])
    by_words = [Wished(text="mood", kind="target", value={"column": "mood"})]
    assert again(asked, by_words) == "noglue run 'Predict mood from my.csv'"
    by_flag = [Wished(text="--target the mood", kind="target", value={"column": "the mood"})]
    assert shlex.split(again(asked, by_flag))[3:] == ["--target", "the mood"]


def test_a_new_flag_takes_the_place_of_the_old_one() -> None:
    wishes = [Wished(text="--family catboost", kind="family", value="catboost")]
    assert shlex.split(again(ASKED, wishes, family="linear"))[-2:] == ["--family", "linear"]
    assert "catboost" in again(ASKED, wishes)


def test_a_longer_budget_is_in_whole_minutes() -> None:
    assert longer(Asked(constraints={"budget_seconds": 120.0}), {}) == "8m"
    assert longer(Asked(), {"prepare": 5.0, "train": 40.0}) == "3m"
    assert longer(Asked(), {}) == "1m"
