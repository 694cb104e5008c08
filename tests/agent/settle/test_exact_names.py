"""What a flag names is the very name: cases, blanks and marks may differ, and nothing else."""

import pytest

from noglue.agent.request.wish import Wish
from noglue.agent.settle.exact_names import exactly
from noglue.agent.settle.settling import settle
from noglue.agent.task import Task
from noglue.tools.spec.errors import TaskUnclear
from tests.agent.settle.tables import column, table

HOUSES = [
    column("agent_fee", low=0, high=9e3),
    column("District", "category", values="east west"),
    column("Signup / Contact Date", "date"),
    column("Churned?", "category", values="no yes"),
]


def asked(target: str, *wishes: Wish) -> Task:
    learned = Wish(text=target, kind="target", value={"words": target})
    named = [] if any(one.kind == "target" for one in wishes) else [learned]
    return Task(paragraph=f"predict {target}", target=target, wishes=[*named, *wishes])


@pytest.mark.parametrize(
    ("given", "names", "meant"),
    [
        ("Churned", ["Churned?", "churn_date"], "Churned?"),
        ("AGENT FEE", ["agent_fee"], "agent_fee"),
        ("agent_fees", ["agent_fee"], None),
        ("Class", ["class", "Class"], "Class"),
        ("CLASS", ["class", "Class"], None),
        ("1", ["-1", "0"], None),
        ("x15", ["x1.5"], None),
        (">50K", ["<=50K", ">50K"], ">50K"),
        ("50K", ["<=50K", ">50K"], None),
        ("%", ["%", "#"], "%"),
    ],
)
def test_one_name_and_no_near_one(given, names, meant):
    assert exactly(given, names) == meant


@pytest.mark.parametrize(
    ("kind", "value", "meant"),
    [
        ("exclude", {"columns": ["agent_fees"]}, "agent_fee"),
        ("only", {"columns": ["agent fees"]}, "agent_fee"),
        ("group", {"words": "Districts"}, "District"),
        ("time", {"words": "Signup / Contact Dates"}, "Signup / Contact Date"),
        ("positive", {"words": "yess"}, "yes"),
        ("target", {"words": "Churneds"}, "Churned?"),
    ],
)
def test_a_flag_with_a_letter_too_many_ends_the_run_with_a_question(kind, value, meant):
    task = asked("Churned?", Wish(text=f"--{kind} it", kind=kind, value=value | {"exact": True}))
    with pytest.raises(TaskUnclear) as caught:
        settle(task, [table(*HOUSES)])
    assert f"Did you mean {meant!r}?" in f"{caught.value.message} {caught.value.hint}"


def test_a_mark_that_is_left_out_is_no_other_name():
    task = asked("Churned", Wish(text="--positive YES", kind="positive", value={"words": "YES", "exact": True}))
    assert settle(task, [table(*HOUSES)]).prepare["positive"] == "yes"
