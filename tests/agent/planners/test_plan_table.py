"""The table that `noglue plan` shows."""

from noglue.agent.planners.rules import Rules
from noglue.agent.ui import plan_table
from tests.agent.planners.plans import TASK


def test_the_table_says_what_each_step_reads_writes_and_reaches() -> None:
    rows = {row["step"]: row for row in plan_table.rows(Rules().plan(TASK))}
    assert "www.cs.toronto.edu" in rows["download"]["reaches"]
    assert rows["download"]["writes"] == "cache"
    assert rows["train"]["reads"] == "data"
    assert rows["train"]["writes"] == "model"
    assert "sealed" in rows["evaluate"]["reads"]
    assert {row["reaches"] for step, row in rows.items() if step != "download"} == {"–"}
    lines = plan_table.lines(Rules().plan(TASK))
    assert lines[0].startswith("  download  ")
    assert lines[1].strip().startswith("writes cache; reaches www.cs.toronto.edu")
    assert "            reads data; writes model" in lines
