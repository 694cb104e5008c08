"""Tables of one form whose files are called by kinds: the kind is the target where nothing else is asked for."""

from pathlib import Path

import pytest

from noglue.agent.planners.rules import Rules
from noglue.agent.settle.settling import settle
from noglue.agent.task import Constraints
from noglue.tools.inspect import Args, run
from noglue.tools.spec.step import Step


@pytest.mark.parametrize(
    ("paragraph", "target", "by"),
    [
        ("Predict the quality of a wine", "quality", None),
        ("Tell red wines from white wines", "file", "file"),
    ],
)
def test_a_column_that_is_named_goes_before_the_names_of_the_files(
    tmp_path: Path, paragraph: str, target: str, by: str | None
) -> None:
    (tmp_path / "wines").mkdir()
    for kind, first in (("red", 0), ("white", 7)):
        rows = "".join(f"{n * 0.37 % 5 + first},{n * 0.73 % 3},{3 + n * 7 % 6}\n" for n in range(80))
        (tmp_path / "wines" / f"winequality-{kind}.csv").write_text(f"acidity,sugar,quality\n{rows}")
    step = Step(tmp_path / "steps" / "01-inspect", tmp_path)
    step.folder.mkdir(parents=True)
    profiles = run(Args(roots=["wines"]), step).profiles
    found = settle(Rules().understand(paragraph, ["wines"], Constraints()), profiles)
    assert found.task.target == target
    assert found.profile.reading.get("class") == by
