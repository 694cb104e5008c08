"""A request that names no data: what is searched for, which candidate is taken, and when the next one is."""

from typing import Any

import pytest

from noglue.agent.plan import Plan
from noglue.agent.planners.rules import Rules
from noglue.agent.protocols import Attempt
from noglue.agent.settle import candidates, queries
from noglue.agent.task import Constraints, Task
from noglue.tools.spec.errors import DataError, TaskUnclear
from noglue.tools.spec.profiles import Column, Profile
from noglue.tools.spec.sources import Candidate

RULES = Rules()
CRABS = "Classify rock crabs as blue or orange by the size of their shells."


def planned(paragraph: str = CRABS, data: list[str] | None = None, **constraints: Any) -> tuple[Task, Plan]:
    task = RULES.understand(paragraph, data or [], Constraints(**constraints))
    return task, RULES.plan(task)


def candidate(name: str, **facts: Any) -> Candidate:
    place = {"urls": [f"https://example.org/{name}.csv"], "page": f"https://example.org/{name}"}
    return Candidate(**{"name": name, "title": name.title(), "score": 0.8, "why": "mentions crabs"} | place | facts)


def searched(*found: Candidate) -> Attempt:
    asked = [{"source": "searxng", "found": len(found)}]
    listed = [one.model_dump(mode="json") for one in found]
    return Attempt(
        id="search", tool="search", args={"queries": ["crabs"]}, result={"candidates": listed, "asked": asked}
    )


def revise(task: Task, plan: Plan, history: list[Attempt]) -> Plan:
    revised = RULES.revise(task, plan, history)
    assert revised is not None
    return revised


def done(plan: Plan, id: str, **result: Any) -> Attempt:
    step = plan.step(id)
    return Attempt(id=id, tool=step.tool, args=step.args, result=result)


def failed(plan: Plan, id: str, kind: str) -> Attempt:
    error = {"code": 4, "kind": kind, "message": f"{id}: {kind}.", "hint": "", "data": {}}
    return Attempt(id=id, tool=plan.step(id).tool, args=plan.step(id).args, error=error)


def profile(modality: str = "table", rows: int = 200, *names: str) -> dict[str, Any]:
    columns = [Column(name=name, kind="category", dtype="string", distinct=2) for name in names or ("colour", "size")]
    told = Profile(modality=modality, reader="delimited", files={"all": ["x"]}, rows={"all": rows}, columns=columns)
    return {"profile": told.model_dump(mode="json")}


def ids(plan: Plan) -> list[str]:
    return [step.id for step in plan.steps]


@pytest.mark.parametrize(
    ("paragraph", "first"),
    [
        ("I'd like something that tells wines apart by their chemistry.", "wines chemistry"),
        ("Ich möchte anhand der Fettsäuren erkennen, aus welcher Region Italiens ein Olivenöl stammt.", "fettsäuren"),
        ("What's a fair price for a diamond? You know: carat, cut, colour, clarity.", "price diamond carat cut"),
    ],
)
def test_queries_are_the_words_that_matter(paragraph, first):
    asked = queries.queries(RULES.understand(paragraph, [], Constraints()))
    assert asked[0].startswith(first)
    assert 1 <= len(asked) <= 3
    assert all("dataset" in query for query in asked)


def test_a_short_query_says_what_is_to_be_told():
    task = Task(paragraph="A used car's price by its mileage, its doors and its make", goal="regress", modality="table")
    asked = queries.queries(task.model_copy(update={"target": "price of a used car"}))
    assert asked[0].startswith("car price mileage")
    assert "price car dataset csv" in asked


def test_what_is_to_be_told_apart_is_asked_for():
    task = Task(paragraph="is a tumour malignant or benign?", goal="classify")
    assert queries.classes(task) == ["malignant", "benign"]
    assert queries.classes(Task(paragraph="malignant or benign", goal="regress")) == []


def test_search_comes_first_and_fills_the_download():
    task, plan = planned()
    assert ids(plan)[:4] == ["search", "download", "extract", "inspect"]
    assert plan.step("download").args["sources"] == []
    plan = revise(
        task,
        plan,
        [
            searched(
                candidate("crabs", checksums={"https://example.org/crabs.csv": "md5:" + "a" * 32}), candidate("cray")
            )
        ],
    )
    fetch = plan.step("download").args
    assert fetch["sources"] == ["https://example.org/crabs.csv"]
    assert fetch["checksums"]
    assert "the best of 2" in plan.step("download").why


def test_a_built_in_set_and_a_name_need_no_search():
    assert ids(planned("Recognise handwritten digits.")[1])[0] == "inspect"
    assert ids(planned("Solve CIFAR-10.")[1])[0] == "download"


@pytest.mark.parametrize(
    ("paragraph", "tool"),
    [
        ("Recognise handwritten digits.", "inspect"),
        ("Tell from the chemical analysis of water whether it is safe to drink.", "search"),
        ("Recognise letters written by hand.", "search"),
    ],
)
def test_half_a_description_of_a_built_in_set_is_looked_for(paragraph: str, tool: str) -> None:
    assert planned(paragraph)[1].steps[0].tool == tool


def test_a_named_set_that_can_not_be_had_is_looked_for():
    task, plan = planned("Solve CIFAR-10.")
    history = [failed(plan, "download", "unreachable")]
    plan = revise(task, plan, history)
    assert ids(plan)[:4] == ["search", "download-2", "extract-2", "inspect-2"]
    assert "cifar 10" in plan.step("search").args["queries"][0]
    tried = candidate("cifar10", urls=history[0].args["sources"])
    plan = revise(task, plan, [*history, searched(tried, candidate("cifar"))])
    assert plan.step("download-2").args["sources"] == ["https://example.org/cifar.csv"]


def test_what_the_user_named_is_never_swapped():
    task, plan = planned("classify the photos at https://example.org/photos.zip")
    assert RULES.revise(task, plan, [failed(plan, "download", "not-found")]) is None


def test_without_internet_nothing_is_searched():
    with pytest.raises(TaskUnclear, match="does not say where the data is"):
        planned(offline=True)


@pytest.mark.parametrize(
    ("id", "kind"),
    [
        ("download", "not-found"),
        ("download", "checksum-mismatch"),
        ("extract", "bad-archive"),
        ("inspect", "unknown-layout"),
        ("prepare", "too-few-rows"),
    ],
)
def test_the_next_candidate_after_a_failure(id, kind):
    task, plan = planned()
    history = [searched(candidate("crabs"), candidate("cray"))]
    plan = revise(task, plan, history)
    for step in ("download", "extract", "inspect", "prepare"):
        if step == id:
            break
        history.append(done(plan, step, **(profile() if step == "inspect" else {})))
        plan = revise(task, plan, history)
    history.append(failed(plan, id, kind))
    plan = revise(task, plan, history)
    assert plan.step("download-2").args["sources"] == ["https://example.org/cray.csv"]
    assert kind in plan.step("download-2").why
    assert plan.step("prepare").needs["profile"] == "inspect-2.profile"
    unfinished = [step for step in ids(plan) if step not in {one.id for one in history if one.error is None}]
    assert unfinished[:4] == ["download-2", "extract-2", "inspect-2", "prepare"]


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (profile("image"), "it holds image data"),
        (profile("table", 3), "only 3 rows"),
        (profile("table", 200, "sp", "fl"), "columns"),
    ],
    ids=["another kind", "too few", "no such column"],
)
def test_data_that_is_something_else_gives_way(seen, reason):
    task, plan = planned("Predict the price of crabs in a table from their size.")
    history = [searched(candidate("crabs"), candidate("cray"))]
    plan = revise(task, plan, history)
    history += [done(plan, "download"), done(plan, "extract"), done(plan, "inspect", **seen)]
    revised = revise(task, plan, history)
    assert reason in revised.step("download-2").why
    with pytest.raises((DataError, TaskUnclear)):
        RULES.revise(task, plan, [searched(candidate("crabs")), *history[1:]])


def test_the_target_that_a_page_names_helps_where_the_words_do_not():
    task, plan = planned()
    history = [searched(candidate("crabs", target="sp"))]
    plan = revise(task, plan, history)
    history += [
        done(plan, "download"),
        done(plan, "extract"),
        done(plan, "inspect", **profile("table", 200, "sp", "fl")),
    ]
    assert revise(task, plan, history).step("prepare").args["target"] == "sp"


def test_a_full_disk_is_no_fault_of_the_data():
    task, plan = planned()
    history = [searched(candidate("crabs"), candidate("cray"))]
    plan = revise(task, plan, history)
    assert RULES.revise(task, plan, [*history, failed(plan, "download", "disk-full")]) is None


def test_after_the_last_candidate_the_error_stands():
    task, plan = planned()
    history = [searched(candidate("crabs"))]
    plan = revise(task, plan, history)
    assert RULES.revise(task, plan, [*history, failed(plan, "download", "not-found")]) is None


def test_the_report_tells_what_was_tried_and_left():
    task, plan = planned()
    history = [
        searched(candidate("crabs"), candidate("cray", doubts=["its licence is not stated"]), candidate("krill"))
    ]
    plan = revise(task, plan, history)
    history.append(failed(plan, "download", "not-found"))
    plan = revise(task, plan, history)
    history.append(done(plan, "download-2"))
    told = "\n".join(candidates.described(plan, history))
    assert "Taken: Cray (https://example.org/cray)" in told
    assert "licence is not stated" in told
    assert "Tried and rejected: Crabs: download: not-found." in told
    assert "Not needed: Krill (0.80)" in told


def test_a_plan_with_its_source_is_not_filled_again():
    """A resumed run revises after `search` once more: what was chosen stays chosen."""
    task, plan = planned()
    chosen = revise(task, plan, [searched(candidate("cray"), candidate("crabs"))])
    assert revise(task, chosen, [searched(candidate("crabs"), candidate("cray"))]) == chosen
