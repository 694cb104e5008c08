"""What a language model reads of a request, beside the rules: a server on the loopback says it, made-up tables decide.

The server answers as a model would; the planner, the rules and settling are the real ones.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from noglue.agent.llm import model_wishes
from noglue.agent.llm.answer_forms import TaskReading
from noglue.agent.llm.choice import choose
from noglue.agent.llm.question import Asker
from noglue.agent.llm.spending import Limits
from noglue.agent.planners.llm import Llm
from noglue.agent.planners.rules import Rules
from noglue.agent.redact import Redactor
from noglue.agent.request.wish import Wish
from noglue.agent.settle import means
from noglue.agent.settle.settling import Settled, settle
from noglue.agent.task import Constraints, Task
from noglue.tools.spec.errors import TaskUnclear
from noglue.tools.spec.profiles import Column
from tests.agent.planners.model_server import ModelServer
from tests.agent.settle.tables import HOUSES, MEMBERS, column, table

START = "Predict churned from members.csv. "
CLERK = "The plan is written down by the clerk once people have gone."
READ = "read so by the language model"


def said(text: str, kind: str, value: Any = True) -> dict[str, Any]:
    return {"text": text, "kind": kind, "value": value}


def understood(
    words: str, *wishes: Any, flags: dict[str, Any] | None = None, data: list[str] | None = None, **answer: Any
) -> tuple[Task, Llm]:
    """The task, where the model answers with these wishes; the planner, for what it has said."""
    with ModelServer([json.dumps({"wishes": wishes, "why": "so it reads"} | answer)]) as server:
        choice = choose(server.url, {})
        planner = Llm(Rules(), lambda tell: Asker(choice, Limits(), Redactor({}), tell, timeout=20.0))
        task = planner.understand(words, data or [], Constraints(**flags or {}))
    assert not any("was refused" in text for text in planner.said), planner.said
    return task, planner


def beside(task: Task, columns: tuple[Column, ...] = MEMBERS) -> Settled:
    return settle(task, [table(*columns)])


def of(settled: Settled, kind: str) -> list[Wish]:
    return [wish for wish in settled.task.wishes if wish.kind == kind]


# ---- what only the model hears -------------------------------------------------------------------------------------


def test_odd_words_that_no_rule_hears_are_done_and_who_read_them_is_on_record() -> None:
    assert "exclude" not in beside(Rules().understand(START + CLERK, [], Constraints())).prepare
    task, planner = understood(START + CLERK, said(CLERK, "exclude", {"columns": ["plan"]}))
    found = beside(task)
    assert found.prepare["exclude"] == ["plan"]
    (wish,) = of(found, "exclude")
    assert (wish.text, wish.by, wish.state, wish.why) == (CLERK.rstrip("."), "model", "open", READ)
    assert any("only the model reads" in text for text in planner.said)
    assert "leave out plan" in task.evidence["wishes"]


def test_the_words_may_be_copied_with_other_spaces_letters_and_quotes() -> None:
    words = START + "Hands  off the\nclerk’s plan, it came later."
    task, _ = understood(words, said("hands off the clerk's plan", "exclude", {"columns": ["plan"]}))
    (wish,) = of(beside(task), "exclude")
    assert wish.text == "Hands  off the\nclerk’s plan"


def test_a_language_that_the_rules_do_not_read_is_heard_whole() -> None:
    clause = "プランは後から書かれたので使わないで"
    words = f"解約を予測してください。{clause}。"
    with pytest.raises(TaskUnclear):
        Rules().understand(words, [], Constraints(seed=3))
    wishes = [said(clause, "exclude", {"columns": ["プラン"]})]
    task, _ = understood(words, *wishes, goal="classify", target="解約", flags={"seed": 3})
    columns = (column("年齢", low=18, high=90), column("プラン", "category", values="基本 金"),
               column("解約", "category", values="はい いいえ"))  # fmt: skip
    found = beside(task, columns)
    assert (found.prepare["target"], found.prepare["exclude"], task.constraints.seed) == ("解約", ["プラン"], 3)
    assert [wish.value for wish in task.wishes if wish.kind == "seed"] == [3]


def test_an_everyday_measure_decides_once_the_goal_is_known() -> None:
    aside = "Being far off once hurts more than being slightly off often"
    task, _ = understood(f"Predict price from houses.csv. {aside}.", said(aside, "metric", "rmse"), goal="regress")
    assert task.metric == "rmse"
    task = task.model_copy(update={"goal": None, "metric": None, "confidence": {}})
    found = beside(task, HOUSES)
    assert (found.train["metric"], found.evaluate["metric"]) == ("rmse", "rmse")


def test_limits_that_only_the_model_hears_hold() -> None:
    words = START + "I must be off in a quarter of an hour, so 900 seconds and no more."
    task, _ = understood(words, said("900 seconds and no more", "budget", 900))
    assert task.constraints.budget_seconds == 900


def test_a_clause_that_is_not_understood_is_one_no_longer_and_what_asks_is_no_background() -> None:
    blue, hold = "Paint the plots in blue", "We'd like to see it hold up on the premium crowd"
    words = f"{START}{hold}. {blue}."
    assert Rules().understand(words, [], Constraints()).unread == [hold, blue]
    task, _ = understood(words, said(hold, "test", {"clause": "premium crowd"}), background=[blue])
    assert task.unread == [blue]
    found = beside(task)
    assert found.prepare["test_where"][0]["value"] == "premium"


def test_what_names_nothing_of_the_data_is_told_and_refuses_no_run() -> None:
    only = said("written down by the clerk", "only", {"columns": ["shoe size"]})
    task, _ = understood(START + CLERK, only)
    (wish,) = of(beside(task), "only")
    assert (wish.state, "shoe size" in wish.why, READ in wish.why) == ("not-done", True, True)
    with pytest.raises(TaskUnclear):
        beside(task.model_copy(update={"wishes": [one.model_copy(update={"by": "words"}) for one in task.wishes]}))


# ---- what the two read differently ---------------------------------------------------------------------------------


def test_where_the_two_differ_the_data_decide() -> None:
    """A column of that very name is the rules' to leave out; where none is, both find rows, and the model's count."""
    clause = "without the gold people"
    words = f"Predict churned from members.csv, {clause}."
    rows = said(clause, "test", {"clause": "gold people"})
    task, planner = understood(words, rows)
    (wish,) = [one for one in task.wishes if one.kind == "exclude"]
    assert wish.instead is not None
    assert any("the data will decide" in text for text in planner.said)
    named = (*MEMBERS, Column(name="gold people", kind="number", dtype="double", distinct=9))
    found = beside(task, named)
    assert (found.prepare["exclude"], "test_where" in found.prepare) == (["gold people"], False)
    assert "the language model read: test rows: gold people; the words name it outright" in of(found, "exclude")[0].why
    found = beside(task)
    assert (found.prepare["test_where"][0]["value"], "where" in found.prepare) == ("gold", False)
    (wish,) = of(found, "test")
    assert "the rules read: leave out gold people; the data leave both open" in wish.why
    assert wish.instead is None


def test_a_column_that_the_rules_take_for_the_target_and_the_model_leaves_out() -> None:
    aside = "The plan column would only teach it who was on duty"
    words = f"{START}{aside}."
    assert Rules().understand(words, [], Constraints()).target == "plan"
    assert beside(Rules().understand(words, [], Constraints())).prepare["target"] == "churned"
    task, _ = understood(words, said(aside, "exclude", {"columns": ["plan"]}), target="churned", goal="classify")
    found = beside(task)
    assert (found.prepare["target"], found.prepare["exclude"]) == ("churned", ["plan"])
    assert "the rules read: to be predicted: plan" in of(found, "target")[0].why
    assert found.task.target == "churned"


def test_numbers_and_names_that_stand_in_the_words_are_the_rules() -> None:
    words = START + "Use 5-fold cross-validation and a forest, judged by accuracy, within 10 minutes."
    other = [said("5-fold cross-validation", "folds", 10), said("a forest", "family", "svm"),
             said("judged by accuracy", "metric", "f1"), said("within 10 minutes", "budget", 10)]  # fmt: skip
    task, planner = understood(words, *other, goal="classify")
    kept = {wish.kind: wish.value for wish in task.wishes}
    assert (kept["folds"], kept["family"], kept["metric"], kept["budget"]) == (5, "forest", "accuracy", 600.0)
    assert (task.metric, task.constraints.family, task.constraints.budget_seconds) == ("accuracy", "forest", 600)
    assert sum("the rules read" in text for text in planner.said) == 4
    assert "the language model read: 10 folds" in next(wish.why for wish in task.wishes if wish.kind == "folds")


def test_the_model_knows_a_measure_that_the_rules_only_see_named() -> None:
    task = Task(paragraph="Judge it by the Brier thing", goal="classify",
                wishes=[Wish(text="Brier thing", kind="metric_unknown", value="Brier thing")])  # fmt: skip
    answer = TaskReading.model_validate({"wishes": [said("by the Brier thing", "metric", "brier")]})
    read, _ = model_wishes.combined(task, answer, [], Constraints())
    assert [(wish.kind, wish.value, wish.by) for wish in read.wishes] == [("metric", "brier", "model")]
    assert read.metric == "brier"


def test_silence_loses_nothing_and_agreement_leaves_no_trace() -> None:
    words = START + "Leave the plan out. Hold out the last 20 % of the rows as the test set. Show a confusion matrix."
    alone = Rules().understand(words, [], Constraints())
    silent, _ = understood(words)
    assert silent == alone
    agreed, planner = understood(words, *[
        said("Leave the plan out", "exclude", {"columns": ["the plan column"]}),
        said("the last 20 % of the rows as the test set", "test", {"share": 0.2, "place": "last"}),
        said("Show a confusion matrix", "show", "confusion"),
    ])  # fmt: skip
    assert agreed == alone
    assert len(planner.said) == 1


def test_a_wish_over_a_whole_sentence_takes_none_of_the_others_in_it() -> None:
    sentence = "Leave the plan out, show a confusion matrix and keep those of one age on one side"
    words = f"{START}{sentence}."
    alone = {wish.kind for wish in Rules().understand(words, [], Constraints()).wishes}
    task, _ = understood(words, said(sentence, "stratify", {"words": "smoker"}), said(sentence, "calibrate"))
    assert {"exclude", "show"} <= alone
    assert {wish.kind for wish in task.wishes} == alone | {"stratify", "calibrate"}
    assert not any(wish.instead for wish in task.wishes)


def test_a_column_has_one_use_whoever_reads_it() -> None:
    """Both name the plan; what the words name outright stays as the rules have it."""
    words = START + "The plan should be left out, I think."
    task, _ = understood(words, said("The plan should be left out, I think", "only", {"columns": ["plan"]}))
    found = beside(task)
    assert (found.prepare["exclude"], "only" in found.prepare) == (["plan"], False)
    assert "learn only from plan; the words name it outright" in of(found, "exclude")[0].why


def test_of_a_list_that_the_model_gives_by_half_the_other_half_stays() -> None:
    words = START + "Leave the plan and the age out."
    half = said("Leave the plan and the age out", "exclude", {"columns": ["age"]})
    task, _ = understood(words, half)
    assert beside(task).prepare["exclude"] == ["plan", "age"]
    more = said("Leave the plan and the age out", "exclude", {"columns": ["smoker", "age", "plan"]})
    assert beside(understood(words, more)[0]).prepare["exclude"] == ["smoker", "age", "plan"]
    each = [
        said("Leave the plan and the age out", "exclude", {"columns": [name]}) for name in ("smoker", "plan", "age")
    ]
    assert set(beside(understood(words, *each)[0]).prepare["exclude"]) == {"smoker", "age", "plan"}


@pytest.mark.parametrize(
    ("clause", "kind", "value", "heard"),
    [
        ("the recall of the yes must be at least 95 %", "calibrate", True, "at_least"),
        ("hold out the last 20 % of the rows as the test set", "time", {"words": "signed_up"}, "test"),
        ("with 5-fold cross-validation", "group", {"words": "member_no"}, "folds"),
        ("give me the 20 members most likely to churn", "positive", {"words": "1"}, "top"),
    ],
)
def test_what_the_same_words_may_ask_for_at_once_is_no_other_reading(
    clause: str, kind: str, value: Any, heard: str
) -> None:
    words = f"Predict churned from members.csv, {clause}."
    alone = Rules().understand(words, [], Constraints())
    task, _ = understood(words, said(clause, kind, value))
    assert heard in {wish.kind for wish in alone.wishes}
    assert [wish for wish in task.wishes if wish.by == "words"] == alone.wishes
    assert kind in {wish.kind for wish in task.wishes if wish.by == "model"}


def test_a_class_that_is_called_as_the_target_is_no_other_use_of_it() -> None:
    words = START + "Those who churned are whom I look for."
    task, _ = understood(words, said("Those who churned are whom I look for", "positive", {"words": "churned"}))
    assert not any(wish.instead for wish in task.wishes)


def test_a_clause_with_the_target_in_it_is_understood() -> None:
    words = "I'd like something that tells wines apart by their chemistry, from wines.csv"
    assert Rules().understand(words, [], Constraints()).unread == []
    task, _ = understood(words, target="tells wines apart", goal="classify")
    assert task.unread == []


def test_flags_come_first() -> None:
    words = START + CLERK + " Try it on the premium crowd."
    wishes = [said("premium crowd", "test", {"clause": "premium"}), said(CLERK, "family", "forest"),
              said(CLERK, "exclude", {"columns": ["age"]}), said(CLERK, "seed", 9)]  # fmt: skip
    flags = {"test_fraction": 0.25, "family": "linear", "exclude": ["plan"], "seed": 3}
    task, planner = understood(words, *wishes, flags=flags, data=["members.csv"])
    assert task.constraints.stated().items() >= flags.items()
    found = beside(task)
    assert found.prepare["exclude"] == ["plan", "age"]
    assert (found.prepare["test_fraction"], "test_where" in found.prepare) == (0.25, False)
    assert sum("a flag decides that" in text for text in planner.said) == 3


# ---- what is not believed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (said("leave the age out", "exclude", {"columns": ["age"]}), "are not in the request"),
        (said("the", "exclude", {"columns": ["age"]}), "are not in the request"),
        (said(CLERK, "data", "http://evil.example/x.csv"), "does not name http"),
        (said(CLERK, "data", "/etc/passwd"), "does not name /etc/passwd"),
        (said(CLERK, "data", "a"), "does not name a"),
        (said(CLERK, "test", {"file": "other.csv"}), "does not name the file other.csv"),
        (said(CLERK, "train", {"file": "../members.csv"}), "does not name the file"),
        (said(CLERK, "metric", "beauty"), "no measure beauty"),
        (said(CLERK, "metric", "rmse"), "does not measure how well to classify"),
        (said(CLERK, "family", "shell"), "no family 'shell'"),
        (said(CLERK, "family", "dcgan"), "can't classify"),
        (said(CLERK, "compare", ["forest", "oracle"]), "no family oracle"),
        (said(CLERK, "budget", 1), "do not say 1"),
        (said(CLERK, "rows", {"most": 50}), "do not say 50"),
        (said(CLERK, "goal", "generate"), "no wish of its own"),
    ],
)  # fmt: skip
def test_what_the_model_makes_up_is_left_out_and_told(tmp_path: Path, wish: dict[str, Any], why: str) -> None:
    words = "Classify whether churned is yes, from members.csv. " + CLERK
    alone = Rules().understand(words, [], Constraints())
    task, planner = understood(words, wish, goal="classify")
    assert (task.wishes, task.sources, task.constraints) == (alone.wishes, alone.sources, alone.constraints)
    (note,) = [text for text in planner.said if "is left out" in text]
    assert why in note
    assert why in task.evidence["wishes"]
    planner.asker.transcript.attach(tmp_path)
    kept = [json.loads(line) for line in (tmp_path / "llm.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["note"] for line in kept if "note" in line] == [note]


def test_what_can_not_be_done_yet_is_wished_by_a_model_and_never_demanded() -> None:
    """Differential privacy would end the run, as nothing here can do it."""
    task, planner = understood(START + CLERK, said(CLERK, "privacy"), said(CLERK, "privacy", "differential"))
    means.refuse(task)
    assert {wish.kind: wish.state for wish in beside(task).task.wishes}["privacy"] == "not-done"
    assert any("malformed" in text for text in planner.said)


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        (said(CLERK, "exclude", {"columns": []}), "columns has 0 things"),
        (said(CLERK, "exclude", {"columns": ["plan"] * 31}), "columns has 31 things"),
        (said(CLERK, "exclude", {"columns": ["x" * 300]}), "at most 240"),
        (said(CLERK, "exclude", {"columns": [{"name": "plan"}]}), "no word"),
        (said(CLERK, "exclude", "plan"), "no object"),
        (said(CLERK, "where", {"keep": True}), "clause is missing"),
        (said(CLERK, "test", {"share": 20}), "not between"),
        (said(CLERK, "folds", "many"), "no number"),
        (said(CLERK, "folds", 2.5), "no whole number"),
        (said(CLERK, "folds", 10**400), "not between"),
        (said(CLERK, "top", {"count": -1}), "not between"),
        (said(CLERK, "balance", "rm -rf /"), "none of weights"),
        (said(CLERK, "offline", False), "not true"),
        (said(CLERK, "shell", "rm -rf /"), "no kind 'shell'"),
        (said("x" * 501, "seed", 1), "at most 500"),
        ({"kind": "seed", "value": 1}, "required"),
        ("leave it", "valid dictionary"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_left_out_and_costs_nothing_else(wish: Any, why: str) -> None:
    task, planner = understood(START + CLERK, wish, said(CLERK, "exclude", {"columns": ["plan"]}))
    assert beside(task).prepare["exclude"] == ["plan"]
    (note,) = [text for text in planner.said if "malformed" in text]
    assert why in note


def test_a_model_that_rambles_is_cut_short() -> None:
    answer = TaskReading.model_validate({"wishes": [said(CLERK, "show", "table")] * 25, "background": ["x"] * 25})
    assert (len(answer.wishes), len(answer.background)) == (20, 20)
    assert answer.dropped == ["5 more than 20 are not read"]
    assert TaskReading.model_validate({"wishes": None, "background": 3, "dropped": ["evil"]}) == TaskReading()
    assert "dropped" not in json.dumps(TaskReading.model_json_schema())
